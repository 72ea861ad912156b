//! A track, or a part of it, into files: find the gain or the settings of the chain, then render once more and write.

use std::ops::Range;

use super::finish::{Finish, dither};
use super::hearing::{Figures, Listener, peak};
use super::{Planes, Session};
use crate::audio_file::{AudioFileError, SampleBits, StreamWriter, Written};
use crate::control::MasterControls;
use crate::render::search::{Renderer, Sound, search};
use crate::render::{ENGINE_RATES_HZ, Goal, Outcome, RenderError};
use crate::track::play::plan::Plan;

/// Peak under which a track is silent and gets no gain.
const SILENT_PEAK: f32 = 1e-9;
/// Highest true peak of a track that is brought to a loudness by gain alone, in dBTP, and what is kept from it for the
/// last bit.
const GAIN_CEILING_DBTP: f64 = -1.0;
const GAIN_MARGIN_DB: f64 = 0.01;

/// How loud a file becomes.
#[derive(Debug, Clone, PartialEq)]
pub enum Level {
    /// The largest sample of the whole track gets this value, whichever part of it is written: parts fit together.
    Peak(f32),
    /// The same, rounded to 16 bit towards zero and without dither, as the original exports.
    Original(f32),
    /// What is written gets this loudness in LUFS by gain alone, as far as a true peak of −1 dBTP allows.
    Loudness(f64),
    /// What is written goes through the mastering chain.
    Master(Box<MasterControls>, Goal),
}

/// What to write.
pub struct Export {
    /// Frames of the track.
    pub range: Range<u64>,
    /// Its level.
    pub level: Level,
    /// Word length of the file.
    pub bits: SampleBits,
    /// The file.
    pub file: StreamWriter,
    /// Files for tones, noise and clips as they are before any level; none leaves one out.
    pub stems: [Option<StreamWriter>; 3],
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// Gain from the mix to the file, linear; none through the chain.
    pub gain: Option<f32>,
    /// Largest sample of the file, linear.
    pub peak: f32,
    /// Loudness and peaks, where they had to be measured.
    pub figures: Option<Figures>,
    /// Settings of the chain, where it was used.
    pub controls: Option<MasterControls>,
    /// How near the wished loudness it came.
    pub outcome: Outcome,
    /// How often the track was rendered, the measuring of its steps not counted.
    pub passes: usize,
    /// What writing the file did.
    pub written: Written,
    /// Samples of the stems that were clipped.
    pub clipped_stem_samples: u64,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A file could not be written. Names it.
    #[error(transparent)]
    File(#[from] AudioFileError),
    /// The track cannot be brought to that level. Names no file.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// How a file gets its level.
struct Decision {
    finish: Finish,
    gain: Option<f32>,
    figures: Option<Figures>,
    controls: Option<MasterControls>,
    outcome: Outcome,
    passes: usize,
}

/// Renders and writes. All files appear together at the end, or none. `progress` hears what is being done and how much of
/// it, 0 to 1.
///
/// # Errors
/// [`ExportError`].
pub fn export(
    session: &Session,
    export: Export,
    progress: &(dyn Fn(&str, f64) + Sync),
) -> Result<Exported, ExportError> {
    let Export { range, level, bits, mut file, mut stems } = export;
    let mut decision = decide(session, &range, level, bits, progress)?;
    let with_stems = stems.iter().any(Option::is_some);
    let mut peak = 0.0f32;
    pass(
        session,
        range,
        with_stems,
        &mut decision.finish,
        &|share| progress("writing", share),
        &mut |buses, planes| {
            peak = planes.iter().flatten().fold(peak, |peak, sample| peak.max(sample.abs()));
            for (stem, bus) in stems.iter_mut().zip(buses.into_iter().flatten()) {
                if let Some(stem) = stem {
                    stem.push(&[&bus[0], &bus[1]])?;
                }
            }
            file.push(&[&planes[0], &planes[1]])
        },
    )?;
    let file = file.finish()?;
    let stems = stems.into_iter().flatten().map(StreamWriter::finish).collect::<Result<Vec<_>, _>>()?;
    let mut clipped_stem_samples = 0;
    for stem in stems {
        clipped_stem_samples += stem.commit()?.clipped_samples;
    }
    let written = file.commit()?;
    let Decision { gain, figures, controls, outcome, passes, .. } = decision;
    let passes = passes + 1;
    Ok(Exported { gain, peak, figures, controls, outcome, passes, written, clipped_stem_samples })
}

fn decide(
    session: &Session,
    range: &Range<u64>,
    level: Level,
    bits: SampleBits,
    progress: &(dyn Fn(&str, f64) + Sync),
) -> Result<Decision, RenderError> {
    match level {
        Level::Peak(wished) | Level::Original(wished) => {
            let (found, passes) = match known_peak(session.plan()) {
                Some(found) => (found, 0),
                None => (find_peak(session, &|share| progress("finding the peak", share)), 1),
            };
            let gain = if found > SILENT_PEAK { wished / found } else { 1.0 };
            let finish = match level {
                Level::Original(_) => Finish::Truncated { gain },
                _ => Finish::gain(gain, bits),
            };
            let outcome = Outcome::NoTarget;
            Ok(Decision { finish, gain: Some(gain), figures: None, controls: None, outcome, passes })
        }
        Level::Loudness(target_lufs) => {
            let mix = &mut Finish::gain(1.0, SampleBits::Float32);
            let figures = hear(session, range, mix, &|share| progress("measuring", share))?;
            Ok(by_gain(figures, target_lufs, bits))
        }
        Level::Master(controls, goal) => master(session, range, *controls, goal, bits, progress),
    }
}

/// The gain to a loudness, as far as the peaks allow.
fn by_gain(mut figures: Figures, target_lufs: f64, bits: SampleBits) -> Decision {
    let heard = &mut figures.heard;
    let (gain_db, outcome) = if heard.integrated_lufs.is_finite() {
        let wished_db = target_lufs - heard.integrated_lufs;
        let most_db = GAIN_CEILING_DBTP - GAIN_MARGIN_DB - heard.true_peak_dbtp;
        (wished_db.min(most_db), if wished_db <= most_db { Outcome::Reached } else { Outcome::OutOfReach })
    } else {
        (0.0, Outcome::Unmeasurable)
    };
    heard.integrated_lufs += gain_db;
    heard.true_peak_dbtp += gain_db;
    let gain = 10f64.powf(gain_db / 20.0) as f32;
    let finish = Finish::gain(gain, bits);
    Decision { finish, gain: Some(gain), figures: Some(figures), controls: None, outcome, passes: 1 }
}

fn master(
    session: &Session,
    range: &Range<u64>,
    mut controls: MasterControls,
    goal: Goal,
    bits: SampleBits,
    progress: &(dyn Fn(&str, f64) + Sync),
) -> Result<Decision, RenderError> {
    let rate_hz = rate_hz(session);
    if !ENGINE_RATES_HZ.contains(&rate_hz) {
        return Err(RenderError::Rate { found_hz: rate_hz });
    }
    // The chain's own dither does the rounding, so that what is measured is what is written.
    controls.dither = dither(bits, controls.dither.shaping);
    let (mut before_lufs, mut first_passes) = (f64::NEG_INFINITY, 0);
    if goal.target_lufs.is_some() {
        let mix = &mut Finish::gain(1.0, SampleBits::Float32);
        let figures = hear(session, range, mix, &|share| progress("measuring", share))?;
        (before_lufs, first_passes) = (figures.heard.integrated_lufs, 1);
    }
    let mut part = Part { session, range, progress, heard: Vec::new() };
    let found = search(&controls, goal, before_lufs, &mut part)?;
    Ok(Decision {
        finish: Finish::chain(rate_hz, found.controls),
        gain: None,
        figures: part.figures(&found.controls),
        controls: Some(found.controls),
        outcome: found.outcome,
        passes: first_passes + found.passes,
    })
}

/// A part of a track, and what the chain made of it each time.
struct Part<'a> {
    session: &'a Session,
    range: &'a Range<u64>,
    progress: &'a (dyn Fn(&str, f64) + Sync),
    heard: Vec<(MasterControls, Figures)>,
}

impl Part<'_> {
    fn figures(&self, controls: &MasterControls) -> Option<Figures> {
        self.heard.iter().find(|(known, _)| known == controls).map(|(_, figures)| *figures)
    }
}

impl Renderer for Part<'_> {
    fn render(&mut self, pass: usize, controls: &MasterControls) -> Result<Sound, RenderError> {
        let chain = &mut Finish::chain(rate_hz(self.session), *controls);
        let tell = |share| (self.progress)(&format!("pass {pass}"), share);
        let figures = hear(self.session, self.range, chain, &tell)?;
        self.heard.push((*controls, figures));
        Ok(sound(&figures))
    }

    fn recall(&mut self, controls: &MasterControls) -> Result<Option<(f64, Sound)>, RenderError> {
        let figures = self.figures(controls);
        Ok(figures.map(|figures| (figures.heard.true_peak_dbtp, sound(&figures))))
    }
}

fn sound(figures: &Figures) -> Sound {
    Sound { integrated_lufs: figures.heard.integrated_lufs, hardest_3s_db: figures.limiter.hardest_3s_db }
}

/// Plays a part through a finish and tells what came out.
fn hear(
    session: &Session,
    range: &Range<u64>,
    finish: &mut Finish,
    progress: &(dyn Fn(f64) + Sync),
) -> Result<Figures, RenderError> {
    let mut listener = Listener::new(rate_hz(session))?;
    pass(session, range.clone(), false, finish, progress, &mut |_, [left, right]| {
        listener.push([left, right]);
        Ok::<(), RenderError>(())
    })?;
    let [compressor, limiter] = finish.reductions();
    Ok(Figures { heard: listener.finish(), compressor, limiter })
}

/// What hears the buses and the finished sound of a stretch.
type Hear<'a, E> = dyn FnMut(Option<&[Planes; 3]>, &Planes) -> Result<(), E> + Send + 'a;

/// Plays a part through a finish.
fn pass<E: Send>(
    session: &Session,
    range: Range<u64>,
    with_buses: bool,
    finish: &mut Finish,
    progress: &(dyn Fn(f64) + Sync),
    hear: &mut Hear<'_, E>,
) -> Result<(), E> {
    let (all, mut done) = (range.end - range.start, 0);
    session.play(range, with_buses, &mut |stretch| {
        let mut planes = stretch.mix.clone();
        finish.process(&mut planes);
        hear(stretch.buses.as_ref(), &planes)?;
        done += stretch.frames() as u64;
        progress(done as f64 / all as f64);
        Ok(())
    })?;
    hear(None, &finish.tail())
}

/// Largest sample of the whole track.
fn find_peak(session: &Session, progress: &(dyn Fn(f64) + Sync)) -> f32 {
    let (all, mut done, mut most) = (session.plan().frames, 0, 0.0f32);
    let never: Result<(), std::convert::Infallible> = session.play(0..all, false, &mut |stretch| {
        most = most.max(peak(stretch));
        done += stretch.frames() as u64;
        progress(done as f64 / all as f64);
        Ok(())
    });
    match never {
        Ok(()) => most,
        Err(never) => match never {},
    }
}

/// Largest sample of the whole track where the measured levels of its steps tell: steps of nothing but tones that do not
/// overlap, over nothing else.
fn known_peak(plan: &Plan) -> Option<f32> {
    let mut steps: Vec<_> = plan.steps.iter().filter(|step| step.placement.span.frames > 0).collect();
    steps.sort_by_key(|step| step.placement.start);
    let overlap = steps.windows(2).any(|two| two[0].placement.range().end > two[1].placement.start);
    let others = plan.bed.is_some() || !plan.clips.is_empty();
    if overlap || others || steps.iter().any(|step| !step.noise.is_empty() || step.lag_frames != 0) {
        return None;
    }
    Some(
        steps
            .iter()
            .map(|step| step.level.gains().tones.abs() * step.level.peaks().tones)
            .fold(0.0, f32::max),
    )
}

fn rate_hz(session: &Session) -> u32 {
    session.plan().rate_hz.round() as u32
}
