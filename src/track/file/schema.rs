//! What a track file holds: plain structs, the keys they are read from, and the JSON schema made of the same keys.
//!
//! Every part keeps the JSON it was read from. Saving writes that back with the changed fields exchanged, so that unknown
//! keys, the order of keys and even values that could not be read survive. Off the audio thread.

use crate::track::file::problem::Problem;
use serde_json::{Map, Value};
use std::sync::LazyLock;

pub use json_schema::json_schema;

mod json_schema;
pub mod keys;
pub(super) mod read;
pub(super) mod reader;

/// A JSON object as it stands in a file.
pub type Object = Map<String, Value>;

/// A track.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Track {
    /// Settings of the whole track.
    pub global: Global,
    /// Steps in the order of the file.
    pub steps: Vec<Step>,
    /// The noise bed under the whole track.
    pub background_noise: Option<Part>,
    /// Recordings laid over the track.
    pub clips: Vec<Part>,
    /// The scene of the spatial workbench, kept as it is.
    pub sam_scene: Option<Value>,
    /// The top level as read; what stands in fields of its own above is null here.
    pub source: Value,
}

/// Settings of the whole track.
#[derive(Debug, Clone, PartialEq)]
pub struct Global {
    /// Sample rate that an export has, in Hz.
    pub sample_rate_hz: u32,
    /// Length of the joins in seconds. None counts as 1 s where steps are joined and as 0 s in [`Track::fill_starts`].
    pub crossfade_duration_s: Option<f64>,
    /// Share of the crossfade that overlaps and is faded, 0…1.
    pub crossfade_overlap: f64,
    /// Fade law of the joins.
    pub crossfade_curve: CrossfadeCurve,
    /// Peak that each bus of a step is brought to, linear.
    pub normalization_level: f64,
    /// Whether the loudness of a step follows that of the step before.
    pub preserve_relative_step_loudness: bool,
    /// Name of the exported file.
    pub output_filename: Option<String>,
    /// The object as read.
    pub source: Value,
}

/// Fade law of a join.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum CrossfadeCurve {
    /// Amplitudes add up to one.
    #[default]
    Linear,
    /// Powers add up to one.
    EqualPower,
}

impl CrossfadeCurve {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::EqualPower => "equal_power",
        }
    }
}

/// A stretch of the track with voices of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Length in seconds; a step of 0 s is skipped.
    pub duration_s: f64,
    /// Start in seconds from the beginning of the track, where the file states it.
    pub start_s: Option<f64>,
    /// What the step is for.
    pub description: String,
    /// Voices in the order of the file.
    pub voices: Vec<Voice>,
    /// Gain of the tonal bus as written; at most 0.48 takes effect.
    pub binaural_volume: f64,
    /// Gain of the noise bus as written; at most 0.48 takes effect.
    pub noise_volume: f64,
    /// Peak of each bus instead of the track's, linear.
    pub normalization_level: Option<f64>,
    /// Length of the join with the next step in seconds instead of the track's.
    pub crossfade_duration_s: Option<f64>,
    /// Fade law of the join with the next step instead of the track's.
    pub crossfade_curve: Option<CrossfadeCurve>,
    /// Faded share of the join with the next step, 0…1, instead of the track's.
    pub crossfade_overlap: Option<f64>,
    /// Place in the file, in the file's own spelling.
    pub path: String,
    /// The object as read, without its voices.
    pub source: Value,
}

/// The bus that a voice is mixed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum VoiceType {
    /// Tones; written as `binaural`.
    #[default]
    Tonal,
    /// Noise; written as `noise`.
    Noise,
}

/// One sound of a step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Voice {
    /// Which synth renders it, as written.
    pub synth_function_name: String,
    /// Whether parameters move from start to end values.
    pub is_transition: bool,
    /// Parameters of the synth.
    pub params: Object,
    /// Envelope over the step: `type` and `params`.
    pub volume_envelope: Option<Object>,
    /// The bus.
    pub voice_type: VoiceType,
    /// The text under `description`, or else under `name`, without blanks around it.
    pub description: String,
    /// Text of the first of `voice_id`, `voiceId`, `id`, `uuid` and `guid` that is there.
    pub identity: Option<String>,
    /// Place in the file, in the file's own spelling.
    pub path: String,
    /// Whether the voice is not to be heard.
    pub is_muted: bool,
    /// Whether the voice is among those that are heard alone.
    pub is_soloed: bool,
    /// Whether the voice could not be read and stays silent.
    pub disabled: bool,
    /// The object as read.
    pub source: Value,
}

/// A noise bed or a clip: an object that is read where it is compiled.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Part {
    /// Place in the file, in the file's own spelling.
    pub path: String,
    /// Whether it is no object at all and stays silent.
    pub disabled: bool,
    /// The value as read.
    pub source: Value,
}

impl Part {
    /// A part made by the program.
    pub fn new(object: Object, path: impl Into<String>) -> Self {
        Self { path: path.into(), disabled: false, source: Value::Object(object) }
    }

    /// Its keys.
    pub fn object(&self) -> &Object {
        static EMPTY: LazyLock<Object> = LazyLock::new(Object::new);
        self.source.as_object().unwrap_or(&EMPTY)
    }
}

impl Default for Global {
    fn default() -> Self {
        Self::read(Value::Null, "global", &mut Vec::new())
    }
}

impl Default for Step {
    fn default() -> Self {
        Self::read_alone(Value::Null, "", &mut Vec::new())
    }
}

impl Track {
    /// Gives every step an explicit start, as opening a file in the original editor does: a step without one begins
    /// where the steps before it leave off, less the **global** crossfade (0 s if the file names none).
    pub fn fill_starts(&mut self) {
        let overlap_s = self.global.crossfade_duration_s.unwrap_or(0.0) * self.global.crossfade_overlap;
        let mut running_s = 0.0_f64;
        for step in &mut self.steps {
            match step.start_s {
                Some(start_s) => running_s = running_s.max(start_s + step.duration_s),
                None => {
                    step.start_s = Some(running_s);
                    running_s += (step.duration_s - overlap_s).max(0.0);
                }
            }
        }
    }

    /// Voices of all steps, in order.
    pub fn voices(&self) -> impl Iterator<Item = &Voice> {
        self.steps.iter().flat_map(|step| &step.voices)
    }

    /// The text under a key of the top level or else of the global settings: `name`, `description` and the like.
    pub fn text(&self, key: &str) -> Option<&str> {
        [&self.source, &self.global.source].into_iter().find_map(|source| source.get(key)?.as_str())
    }
}

/// Findings so far, filled while reading.
pub(super) type Problems = Vec<Problem>;
