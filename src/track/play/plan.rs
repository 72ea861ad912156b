//! A compiled track: every voice built for one sample rate, every step placed. Immutable, shared, made off the audio
//! thread.

use crate::track::file::fields::Fields;
use crate::track::file::files::Files;
use crate::track::file::hearing::Hearing;
use crate::track::file::problem::Problem;
use crate::track::file::schema::{Part, Step, Track, Voice as VoiceEntry, VoiceType};
use crate::track::play::levels::{LevelLaw, StepLevel};
use crate::track::play::timeline::{Join, Placement, placements};
use crate::track::sound::clip::Clip;
use crate::track::sound::span::{Behaviour, Span};
use crate::track::sound::voice::layer::{self, VoiceSpec};
use crate::track::sound::voice::{Built, Voice};
use segments::Segments;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

mod carry;
mod segments;

/// Length of a track that holds nothing, in seconds.
const EMPTY_TRACK_S: f64 = 1.0;

/// What a track is compiled for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompileOptions {
    /// Sample rate of the output in Hz.
    pub rate_hz: f64,
    /// Intent or parity.
    pub behaviour: Behaviour,
}

/// One step, ready to be played.
pub struct PlannedStep {
    /// Where it lies.
    pub placement: Placement,
    /// Frames by which the original renderer delays the step against its start (negative: drops its first frames).
    pub lag_frames: i64,
    /// Description from the file.
    pub name: String,
    /// Tonal voices.
    pub tones: Vec<Box<dyn Voice>>,
    /// Noise voices.
    pub noise: Vec<Box<dyn Voice>>,
    /// Places of the tones and of the noise voices that are not heard. They are only measured, so that muting a voice
    /// leaves the rest as loud as it was.
    pub unheard: [Vec<usize>; 2],
    /// Joins of later steps (by index) that this one fades out in.
    pub fade_outs: Vec<(usize, Join)>,
    /// Measured level.
    pub level: StepLevel,
    /// What the sound of the step depends on, for the cache of measured levels.
    pub content: u64,
}

/// A compiled track.
pub struct Plan {
    /// Sample rate in Hz.
    pub rate_hz: f64,
    /// Length in frames.
    pub frames: u64,
    /// Steps as in the file; those without a length have no frames.
    pub steps: Vec<PlannedStep>,
    /// Background noise over the whole track.
    pub bed: Option<Box<dyn Voice>>,
    /// Overlay clips.
    pub clips: Vec<Arc<Clip>>,
    /// Whether each step follows the loudness of the one before.
    pub keeps_loudness: bool,
    /// Which steps sound when.
    pub(super) segments: Segments,
}

impl Plan {
    /// Compiles a track. What cannot be used is silent and listed; the rest plays.
    pub fn compile(track: &Track, options: CompileOptions, files: &dyn Files) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let placements = placements(&track.steps, &track.global, options.rate_hz);
        let mut steps = Vec::with_capacity(placements.len());
        let mut carried = carry::Carried::default();
        let hearing = Hearing::of(track);
        for (i, (step, placement)) in track.steps.iter().zip(&placements).enumerate() {
            let hand_over =
                hand_over(placement, placements[i + 1..].iter().find(|p| p.span.frames > 0), options);
            let voices = voices(step, placement, hand_over, options, &mut carried, files, &mut problems);
            steps.push(planned(step, *placement, track, options, voices, hearing));
        }
        for (i, placement) in placements.iter().enumerate().filter(|(_, placement)| placement.join.frames > 0)
        {
            for earlier in &mut steps[..i] {
                let (range, join) = (earlier.placement.range(), placement.join.range());
                if range.start < join.end && join.start < range.end {
                    earlier.fade_outs.push((i, placement.join));
                }
            }
        }
        let end = placements.iter().map(|placement| placement.range().end).max().unwrap_or(0);
        let frames = if end == 0 { (EMPTY_TRACK_S * options.rate_hz) as u64 } else { end };
        let bed = bed(track, frames, options, hearing, files, &mut problems);
        let clips = clips(track, options, files, &mut problems);
        let ends = clips.iter().map(|(_, clip)| clip.range().end);
        // The length of a track does not depend on what is heard.
        let clip_end = ends.filter(|end| *end < u64::MAX).max();
        let heard = clips.into_iter().filter(|(entry, _)| hearing.hears_part(entry));
        let clips = heard.map(|(_, clip)| clip).collect();
        let segments = Segments::new(&placements);
        let plan = Self {
            rate_hz: options.rate_hz,
            frames: frames.max(clip_end.unwrap_or(0)),
            steps,
            bed,
            clips,
            keeps_loudness: track.global.preserve_relative_step_loudness,
            segments,
        };
        (plan, problems)
    }

    /// Length in seconds.
    pub fn duration_s(&self) -> f64 {
        self.frames as f64 / self.rate_hz
    }

    /// The step that sounds at a frame: the latest to have started.
    pub fn step_at(&self, frame: u64) -> Option<usize> {
        self.segments
            .at(frame)
            .1
            .iter()
            .copied()
            .max_by_key(|step| self.steps[*step as usize].placement.start)
            .map(|step| step as usize)
    }

    /// Whether every step has been measured.
    pub fn is_settled(&self) -> bool {
        self.steps.iter().all(|step| step.level.is_settled())
    }
}

fn planned(
    step: &Step,
    placement: Placement,
    track: &Track,
    options: CompileOptions,
    voices: [Vec<Compiled<'_>>; 2],
    hearing: Hearing,
) -> PlannedStep {
    let unheard = |voices: &[Compiled<'_>]| {
        let heard = voices.iter().map(|(entry, _)| hearing.hears_voice(entry)).enumerate();
        heard.filter(|(_, is_heard)| !is_heard).map(|(place, _)| place).collect()
    };
    let unheard = [unheard(&voices[0]), unheard(&voices[1])];
    let [tones, noise] = voices.map(|voices| voices.into_iter().map(|(_, voice)| voice).collect());
    let law = LevelLaw {
        normalization_level: step.normalization_level.unwrap_or(track.global.normalization_level),
        tones_volume: step.binaural_volume,
        noise_volume: step.noise_volume,
    };
    PlannedStep {
        placement,
        lag_frames: 0,
        name: step.description.clone(),
        tones,
        noise,
        unheard,
        fade_outs: Vec::new(),
        level: StepLevel::new(law),
        content: content(step, placement.span, options.behaviour),
    }
}

/// The step's own frame after which the next step's voices continue its carriers.
///
/// The original always hands on the phases of the last frame, which fits only steps that do not overlap. Intended is that
/// a voice which goes on into the next step is in phase with itself throughout the crossfade.
fn hand_over(placement: &Placement, next: Option<&Placement>, options: CompileOptions) -> u64 {
    let last = placement.span.frames.saturating_sub(1);
    match (options.behaviour, next) {
        (Behaviour::Intended, Some(next)) => next.start.saturating_sub(placement.start + 1).min(last),
        _ => last,
    }
}

/// A voice of a file and what it became.
type Compiled<'a> = (&'a VoiceEntry, Box<dyn Voice>);

/// Builds the voices of a step, tones and noise.
fn voices<'a>(
    step: &'a Step,
    placement: &Placement,
    hand_over: u64,
    options: CompileOptions,
    carried: &mut carry::Carried,
    files: &dyn Files,
    problems: &mut Vec<Problem>,
) -> [Vec<Compiled<'a>>; 2] {
    let (mut tones, mut noise) = (Vec::new(), Vec::new());
    if placement.span.frames == 0 {
        return [tones, noise];
    }
    let mut handed_on = carry::Carried::default();
    for (index, entry) in step.voices.iter().enumerate() {
        let key = carry::Key::of(entry, index);
        let Some(built) =
            voice(entry, placement.span, options.behaviour, carried.phases(&key), files, problems)
        else {
            continue;
        };
        if let Some(phases) = built.phases {
            handed_on.leave(key, phases(hand_over));
        }
        match entry.voice_type {
            VoiceType::Noise => noise.push((entry, built.voice)),
            VoiceType::Tonal => tones.push((entry, built.voice)),
        }
    }
    *carried = handed_on;
    [tones, noise]
}

/// Builds one voice; nothing where it could not be read.
fn voice(
    entry: &VoiceEntry,
    span: Span,
    behaviour: Behaviour,
    carried_phases_rad: Option<[f64; 2]>,
    files: &dyn Files,
    problems: &mut Vec<Problem>,
) -> Option<Built> {
    let spec = VoiceSpec {
        path: &entry.path,
        name: &entry.synth_function_name,
        is_transition: entry.is_transition,
        params: &entry.params,
        volume_envelope: entry.volume_envelope.as_ref(),
    };
    (!entry.disabled).then(|| layer::build(&spec, span, behaviour, carried_phases_rad, files, problems))
}

fn bed(
    track: &Track,
    frames: u64,
    options: CompileOptions,
    hearing: Hearing,
    files: &dyn Files,
    problems: &mut Vec<Problem>,
) -> Option<Box<dyn Voice>> {
    let entry =
        track.background_noise.as_ref().filter(|entry| !entry.disabled && hearing.hears_part(entry))?;
    let fields = Fields::new(entry.object(), entry.path.clone());
    let span = Span { rate_hz: options.rate_hz, frames, duration_s: frames as f64 / options.rate_hz };
    let bed = crate::track::sound::noise::bed::read(&fields, span, options.behaviour, files);
    let refused = fields.is_refused();
    problems.extend(fields.into_problems());
    bed.filter(|_| !refused)
}

fn clips<'a>(
    track: &'a Track,
    options: CompileOptions,
    files: &dyn Files,
    problems: &mut Vec<Problem>,
) -> Vec<(&'a Part, Arc<Clip>)> {
    let mut clips = Vec::new();
    for entry in track.clips.iter().filter(|entry| !entry.disabled) {
        let fields = Fields::new(entry.object(), entry.path.clone());
        let clip = Clip::read(&fields, options.rate_hz, options.behaviour, files);
        let refused = fields.is_refused();
        problems.extend(fields.into_problems());
        clips.extend(clip.filter(|_| !refused).map(|clip| (entry, Arc::new(clip))));
    }
    clips
}

/// A number that differs when anything differs that the level of a step depends on.
fn content(step: &Step, span: Span, behaviour: Behaviour) -> u64 {
    let mut hasher = DefaultHasher::new();
    (span.rate_hz.to_bits(), span.duration_s.to_bits(), behaviour).hash(&mut hasher);
    for voice in &step.voices {
        (&voice.synth_function_name, voice.is_transition, voice.disabled).hash(&mut hasher);
        (voice.voice_type == VoiceType::Noise).hash(&mut hasher);
        serde_json::to_string(&voice.params).unwrap_or_default().hash(&mut hasher);
        serde_json::to_string(&voice.volume_envelope).unwrap_or_default().hash(&mut hasher);
    }
    hasher.finish()
}
