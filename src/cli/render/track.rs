//! Renders one track: read, compile, measure, write.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::outputs::Job;
use super::source::{Input, Source};
use super::values::clock;
use crate::audio_file::{
    AudioFileError, Existing, FileFormat, Layout, SampleBits, StreamWriter, Tags, WriteSpec,
};
use crate::render::session::{Export, ExportError, Exported, Level, Session, export};
use crate::render::{Outcome, Reduction};
use crate::track::file::problem::Problem;
use crate::track::play::plan::{CompileOptions, Plan};
use crate::track::play::prepare::for_rendering;
use crate::track::sound::span::Behaviour;

/// What to do with each track.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) start_s: f64,
    pub(super) length_s: Option<f64>,
    /// None is the track's own.
    pub(super) rate_hz: Option<u32>,
    pub(super) bits: SampleBits,
    pub(super) level: Level,
    /// Name of the mastering preset.
    pub(super) preset: Option<String>,
    pub(super) behaviour: Behaviour,
    pub(super) allowed: Vec<PathBuf>,
    pub(super) existing: Existing,
}

/// What was done.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TrackReport {
    #[serde(serialize_with = "input_text")]
    pub(super) input: Input,
    #[serde(serialize_with = "crate::cli::path_text")]
    pub(super) output: PathBuf,
    pub(super) format: &'static str,
    pub(super) bits: String,
    pub(super) rate_hz: u32,
    pub(super) start_s: f64,
    pub(super) duration_s: f64,
    /// Largest sample, linear.
    pub(super) peak: f32,
    /// From the mix to the file; none through the mastering chain.
    pub(super) gain_db: Option<f64>,
    pub(super) preset: Option<String>,
    pub(super) outcome: Outcome,
    pub(super) integrated_lufs: Option<f64>,
    pub(super) true_peak_dbtp: Option<f64>,
    pub(super) limiter: Option<Reduction>,
    pub(super) stems: Vec<String>,
    pub(super) passes: usize,
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Vec<String>,
}

fn input_text<S: serde::Serializer>(input: &Input, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(input)
}

/// Renders a track. Nothing is written unless everything went well. `progress` hears what is being done and how much of
/// it, 0 to 1.
pub(super) fn render(
    job: &Job,
    source: Source,
    settings: &Settings,
    progress: &(dyn Fn(&str, f64) + Sync),
) -> Result<TrackReport, String> {
    let Source { loaded, files } = source;
    let (track, mut problems) = (loaded.track, loaded.problems);
    let rate_hz = settings.rate_hz.unwrap_or(track.global.sample_rate_hz);
    let mut notes = Vec::new();
    progress("reading", 0.0);
    let options = CompileOptions { rate_hz: rate_hz.into(), behaviour: settings.behaviour };
    let never = AtomicBool::new(false);
    let levels = |share| progress("measuring levels", share);
    let (plan, found) = for_rendering(&track, options, files.as_ref(), &never, &levels)
        .ok_or_else(|| format!("{}: was interrupted", job.input))?;
    problems.extend(found);
    let range = part(&plan, settings, &mut notes).map_err(|error| format!("{}: {error}", job.input))?;
    let name = track.text("name").unwrap_or_default();
    let out =
        Output { job, settings, rate_hz, frames: range.end - range.start, tags: Tags::titled(name, "", "") };
    let (file, stems, stem_names) = out.create(&plan).map_err(|error| error.to_string())?;
    let wished =
        Export { range: range.clone(), level: settings.level.clone(), bits: settings.bits, file, stems };
    let exported = export(&Session::new(plan), wished, progress).map_err(|error| match error {
        ExportError::File(error) => error.to_string(),
        ExportError::Render(error) => format!("{}: {error}", job.input),
    })?;
    add_notes(&mut notes, &exported, settings);
    let seconds = |frames: u64| frames as f64 / f64::from(rate_hz);
    let (start_s, duration_s) = (seconds(range.start), seconds(range.end - range.start));
    Ok(report(job, settings, rate_hz, [start_s, duration_s], &exported, stem_names, problems, notes))
}

fn report(
    job: &Job,
    settings: &Settings,
    rate_hz: u32,
    [start_s, duration_s]: [f64; 2],
    exported: &Exported,
    stems: Vec<String>,
    problems: Vec<Problem>,
    notes: Vec<String>,
) -> TrackReport {
    let figures = exported.figures;
    let through_chain = exported.controls.is_some();
    TrackReport {
        input: job.input.clone(),
        output: job.output.clone(),
        format: job.format.extension(),
        bits: settings.bits.to_string(),
        rate_hz,
        start_s,
        duration_s,
        peak: exported.peak,
        gain_db: exported.gain.map(|gain| 20.0 * f64::from(gain).log10()),
        preset: settings.preset.clone().filter(|_| through_chain),
        outcome: exported.outcome,
        integrated_lufs: figures.map(|figures| figures.heard.integrated_lufs),
        true_peak_dbtp: figures.map(|figures| figures.heard.true_peak_dbtp),
        limiter: figures.filter(|_| through_chain).map(|figures| figures.limiter),
        stems,
        passes: exported.passes,
        problems,
        notes,
    }
}

/// The frames that are wanted.
fn part(plan: &Plan, settings: &Settings, notes: &mut Vec<String>) -> Result<Range<u64>, String> {
    let frame = |time_s: f64| (time_s * plan.rate_hz).round() as u64;
    let start = frame(settings.start_s);
    let length_text = clock(plan.duration_s());
    if start >= plan.frames {
        return Err(format!(
            "found --start {}, expected less than its length of {length_text}",
            clock(settings.start_s)
        ));
    }
    let Some(length_s) = settings.length_s else { return Ok(start..plan.frames) };
    let end = start + frame(length_s);
    if end == start {
        return Err(format!("found --length {length_s} s, expected a frame at least"));
    }
    if end > plan.frames {
        notes.push(format!("ends at {length_text}, where the track does"));
    }
    Ok(start..end.min(plan.frames))
}

/// The files to be written.
struct Output<'a> {
    job: &'a Job,
    settings: &'a Settings,
    rate_hz: u32,
    frames: u64,
    tags: Tags,
}

impl Output<'_> {
    /// Begins the file and those of the buses that hold anything.
    #[allow(clippy::type_complexity)]
    fn create(
        &self,
        plan: &Plan,
    ) -> Result<(StreamWriter, [Option<StreamWriter>; 3], Vec<String>), AudioFileError> {
        let file = self.writer(&self.job.output, self.settings.bits)?;
        let (mut stems, mut names) = ([None, None, None], Vec::new());
        // Exact where the format allows it, so that they sum to the mix.
        let bits = if self.job.format == FileFormat::Wav { SampleBits::Float32 } else { SampleBits::Int24 };
        let sounds = [
            plan.steps.iter().any(|step| !step.tones.is_empty()),
            plan.bed.is_some() || plan.steps.iter().any(|step| !step.noise.is_empty()),
            !plan.clips.is_empty(),
        ];
        let paths = self.job.stems.iter().flatten();
        for ((stem, path), _) in stems.iter_mut().zip(paths).zip(sounds).filter(|(_, sounds)| *sounds) {
            *stem = Some(self.writer(path, bits)?);
            names.push(path.display().to_string());
        }
        Ok((file, stems, names))
    }

    fn writer(&self, path: &Path, bits: SampleBits) -> Result<StreamWriter, AudioFileError> {
        let spec = WriteSpec { format: self.job.format, bits, existing: self.settings.existing };
        let layout = Layout { channels: 2, rate_hz: self.rate_hz, frames: self.frames };
        StreamWriter::create(path, spec, layout, &self.tags)
    }
}

fn add_notes(notes: &mut Vec<String>, exported: &Exported, settings: &Settings) {
    let found = exported.figures.map_or(f64::NAN, |figures| figures.heard.integrated_lufs);
    let target = match &settings.level {
        Level::Loudness(target) => *target,
        Level::Master(_, goal) => goal.target_lufs.unwrap_or(found),
        _ => found,
    };
    let short = (target - found).abs();
    match (exported.outcome, exported.controls.is_some()) {
        (Outcome::NoTarget | Outcome::Reached, _) => {}
        (Outcome::Unmeasurable, _) => {
            notes.push("silent or under 0.4 s: it has no loudness, so that no target was aimed for".into());
        }
        (_, false) => notes.push(format!(
            "stopped at {found:.1} LUFS, {short:.1} LU short of {target:.1}: its true peak is at -1 dBTP; --master takes it further"
        )),
        (Outcome::LimitedByReduction, true) => notes.push(format!(
            "stopped at {found:.1} LUFS, {short:.1} LU short of {target:.1}: more takes too much limiting"
        )),
        (Outcome::OutOfReach, true) => notes.push(format!(
            "ended at {found:.1} LUFS, {short:.1} LU from {target:.1}: the gains of the chain do not reach further"
        )),
    }
    if exported.written.clipped_samples > 0 {
        notes.push(format!("{} samples clipped at full scale", exported.written.clipped_samples));
    }
    if exported.clipped_stem_samples > 0 {
        notes.push(format!("{} samples of the stems clipped at full scale", exported.clipped_stem_samples));
    }
}
