//! Changes to a track as an editor makes them: each is one plain value, checked, and loses nothing that the file held.
//!
//! Main and background threads. What cannot be done is an error that says where, and the track stays as it was.

pub mod catalogue;
mod check;
mod document;
mod form;
mod parts;
pub mod sampled;
mod starts;
mod steps;
#[cfg(test)]
mod tests;
mod voices;

pub use document::{Document, OpenError};
pub use starts::overlap_after_s;

use crate::track::file::limits::Limits;
use crate::track::file::schema::{CrossfadeCurve, Object, Track, VoiceType};
use serde_json::Value;

/// One change. Places count from 0 and are those before the change.
#[derive(Debug, Clone, PartialEq)]
pub enum Operation {
    /// A setting of the whole track.
    SetGlobal(GlobalField),
    /// A new step behind one, or in front of all.
    AddStep {
        /// The step that it follows.
        after: Option<usize>,
    },
    /// A copy of a step right behind it.
    DuplicateStep(usize),
    /// Takes a step away.
    DeleteStep(usize),
    /// Takes a step to another place.
    MoveStep {
        /// Its place.
        from: usize,
        /// Its place afterwards.
        to: usize,
    },
    /// Lets every step begin where the one before leaves off, less its crossfade.
    PlaceSteps,
    /// A setting of a step.
    SetStep {
        /// The step.
        step: usize,
        /// What is set.
        field: StepField,
    },
    /// A new voice with its synth's defaults, behind one or in front of all.
    AddVoice {
        /// The step.
        step: usize,
        /// The voice that it follows.
        after: Option<usize>,
        /// Name of the synth in files.
        synth: String,
    },
    /// A voice as it stands in a file, behind one or in front of all: pasting.
    InsertVoice {
        /// The step.
        step: usize,
        /// The voice that it follows.
        after: Option<usize>,
        /// The voice, an object.
        voice: Value,
    },
    /// A copy of a voice right behind it.
    DuplicateVoice {
        /// The step.
        step: usize,
        /// The voice.
        voice: usize,
    },
    /// Takes a voice away.
    DeleteVoice {
        /// The step.
        step: usize,
        /// The voice.
        voice: usize,
    },
    /// Takes a voice to another place in its step.
    MoveVoice {
        /// The step.
        step: usize,
        /// Its place.
        from: usize,
        /// Its place afterwards.
        to: usize,
    },
    /// A setting of a voice.
    SetVoice {
        /// The step.
        step: usize,
        /// The voice.
        voice: usize,
        /// What is set.
        field: VoiceField,
    },
    /// A plain pink noise bed under the whole track, where there is none.
    AddNoise,
    /// Takes the noise bed away.
    RemoveNoise,
    /// A setting of the noise bed.
    SetNoise(PartField),
    /// A recording laid over the track, behind the others.
    AddClip {
        /// The file, as the track is to name it.
        path: String,
    },
    /// Takes a clip away.
    RemoveClip(usize),
    /// A setting of a clip.
    SetClip {
        /// The clip.
        clip: usize,
        /// What is set.
        field: PartField,
    },
}

/// A setting of the whole track.
#[derive(Debug, Clone, PartialEq)]
pub enum GlobalField {
    /// Sample rate of an export in Hz.
    SampleRate(u32),
    /// Length of the joins in seconds.
    CrossfadeDuration(Option<f64>),
    /// Share of the crossfade that overlaps, 0…1.
    CrossfadeOverlap(f64),
    /// Fade law of the joins.
    CrossfadeCurve(CrossfadeCurve),
    /// Peak that each bus of a step is brought to, 0…1.
    NormalizationLevel(f64),
    /// Whether steps follow each other in loudness.
    KeepLoudness(bool),
}

/// A setting of a step.
#[derive(Debug, Clone, PartialEq)]
pub enum StepField {
    /// Length in seconds, 0…86400; the steps behind it move along.
    Duration(f64),
    /// Start in seconds; the steps behind it move along.
    Start(f64),
    /// What the step is for.
    Description(String),
    /// Length of the join with the next step in seconds; none is the track's.
    CrossfadeDuration(Option<f64>),
    /// Faded share of that join, 0…1; none is the track's.
    CrossfadeOverlap(Option<f64>),
    /// Fade law of that join; none is the track's.
    CrossfadeCurve(Option<CrossfadeCurve>),
    /// Gain of the tonal bus, 0…0.48.
    BinauralVolume(f64),
    /// Gain of the noise bus, 0…0.48.
    NoiseVolume(f64),
    /// Peak of each bus, 0…1; none is the track's.
    NormalizationLevel(Option<f64>),
}

/// A setting of a voice.
#[derive(Debug, Clone, PartialEq)]
pub enum VoiceField {
    /// Name of the synth in files.
    Synth(String),
    /// Whether parameters move; what sounds now becomes the start, and back.
    Transition(bool),
    /// The bus.
    VoiceType(VoiceType),
    /// What the voice is for; voices of one name in neighbouring steps keep their phase.
    Description(String),
    /// A parameter by its key in the file; none takes the key away, so that the default counts.
    Param(String, Option<Value>),
    /// The whole envelope: `type` and `params`.
    Envelope(Option<Object>),
    /// A number of the present envelope by its key.
    EnvelopeParam(String, f64),
    /// Whether it is not heard.
    Mute(bool),
    /// Whether it is among those heard alone.
    Solo(bool),
}

/// A setting of a noise bed or a clip.
#[derive(Debug, Clone, PartialEq)]
pub enum PartField {
    /// A key of the object; none takes it away.
    Key(String, Option<Value>),
    /// A key of the noise inside a bed; none takes it away.
    Inner(String, Option<Value>),
    /// Whether it is not heard.
    Mute(bool),
    /// Whether it is among those heard alone.
    Solo(bool),
}

/// Why a change cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: found {found}, expected {expected}")]
pub struct EditError {
    /// Where in the track, for example `progression[2].voices[0].params.baseFreq`.
    pub at: String,
    /// What was asked for.
    pub found: String,
    /// What can be.
    pub expected: String,
}

impl EditError {
    fn new(at: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { at: at.into(), found: found.into(), expected: expected.into() }
    }
}

/// What every change answers.
type Edited = Result<(), EditError>;

/// Makes a change.
///
/// Starts of steps: the first change of the steps or their timing gives every step its explicit start, as opening the
/// file in the original editor does. From then on a step that began where the one before left off less the crossfade
/// does so after every change, and any other keeps its distance from the end of the step in front of it.
///
/// # Errors
/// A place that does not exist, a value that the compiler would not take as it is, or a track beyond `limits`. The
/// track is then as it was.
pub fn apply(track: &mut Track, operation: &Operation, limits: &Limits) -> Result<(), EditError> {
    *track = edited(track, operation, limits)?.0;
    Ok(())
}

/// The track after a change, and its file.
fn edited(track: &Track, operation: &Operation, limits: &Limits) -> Result<(Track, String), EditError> {
    let mut edited = track.clone();
    change(&mut edited, operation)?;
    steps::number(&mut edited);
    let text = check::text_within(&edited, limits)?;
    Ok((edited, text))
}

fn change(track: &mut Track, operation: &Operation) -> Edited {
    match operation {
        Operation::SetGlobal(field) => steps::set_global(track, field),
        Operation::AddStep { after } => steps::add(track, *after),
        Operation::DuplicateStep(step) => steps::duplicate(track, *step),
        Operation::DeleteStep(step) => steps::delete(track, *step),
        Operation::MoveStep { from, to } => steps::shift(track, *from, *to),
        Operation::PlaceSteps => {
            starts::place_all(track);
            Ok(())
        }
        Operation::SetStep { step, field } => steps::set(track, *step, field),
        Operation::AddVoice { step, after, synth } => voices::add(track, *step, *after, synth),
        Operation::InsertVoice { step, after, voice } => voices::insert(track, *step, *after, voice),
        Operation::DuplicateVoice { step, voice } => voices::duplicate(track, *step, *voice),
        Operation::DeleteVoice { step, voice } => voices::delete(track, *step, *voice),
        Operation::MoveVoice { step, from, to } => voices::shift(track, *step, *from, *to),
        Operation::SetVoice { step, voice, field } => voices::set(track, *step, *voice, field),
        Operation::AddNoise => parts::add_noise(track),
        Operation::RemoveNoise => parts::remove_noise(track),
        Operation::SetNoise(field) => parts::set_noise(track, field),
        Operation::AddClip { path } => parts::add_clip(track, path),
        Operation::RemoveClip(clip) => parts::remove_clip(track, *clip),
        Operation::SetClip { clip, field } => parts::set_clip(track, *clip, field),
    }
}

impl Operation {
    /// What it sets, where it sets a field: operations with the same answer overwrite each other.
    pub fn target(&self) -> Option<String> {
        let name = |field: &dyn std::fmt::Debug| {
            let text = format!("{field:?}");
            text.split(['(', ' ']).next().unwrap_or_default().to_owned()
        };
        Some(match self {
            Self::SetGlobal(field) => format!("global {}", name(field)),
            Self::SetStep { step, field } => format!("step {step} {}", name(field)),
            Self::SetVoice { step, voice, field } => match field {
                VoiceField::Param(key, _) => format!("step {step} voice {voice} param {key}"),
                VoiceField::EnvelopeParam(key, _) => format!("step {step} voice {voice} envelope {key}"),
                other => format!("step {step} voice {voice} {}", name(other)),
            },
            Self::SetNoise(field) => format!("noise {}", field.target()),
            Self::SetClip { clip, field } => format!("clip {clip} {}", field.target()),
            _ => return None,
        })
    }
}

impl PartField {
    fn target(&self) -> String {
        match self {
            Self::Key(key, _) => format!("key {key}"),
            Self::Inner(key, _) => format!("inner {key}"),
            Self::Mute(_) => "mute".to_owned(),
            Self::Solo(_) => "solo".to_owned(),
        }
    }
}
