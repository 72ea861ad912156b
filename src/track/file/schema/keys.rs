//! The keys of every object of a track file: their spellings, what they hold and what they mean.
//!
//! One list for the loader, for saving and for the JSON schema.

use crate::track::file::hearing::{MUTE, SOLO};

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Anything.
    Any,
    /// A number within ±1e9.
    Number,
    /// A number within these bounds.
    Within(f64, f64),
    /// True or false, also as 1 or 0.
    Flag,
    /// A text.
    Text,
    /// The name of a synth.
    Synth,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// An object with free keys.
    Object,
    /// An object of this name in the schema.
    One(&'static str),
    /// A list of objects of this name in the schema.
    Many(&'static str),
    /// A list of times and factors.
    Points,
}

/// A key of an object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    /// Spellings: the first is written, and the first of them that an object has counts.
    pub names: &'static [&'static str],
    /// What it holds.
    pub kind: Kind,
    /// What it means.
    pub about: &'static str,
}

const fn key(names: &'static [&'static str], kind: Kind, about: &'static str) -> Key {
    Key { names, kind, about }
}

const MUTED: Key = key(&[MUTE], Kind::Flag, "Whether it is not heard. Only AuraCore knows it.");
const SOLOED: Key =
    key(&[SOLO], Kind::Flag, "Whether only what has this key is heard. Only AuraCore knows it.");
const SECONDS: Kind = Kind::Within(0.0, 1e9);
const SHARE: Kind = Kind::Within(0.0, 1.0);
const CURVES: Kind = Kind::Choice(&["linear", "equal_power"]);

/// The top level. The second spelling of the first four is the older layout.
pub const TRACK: &[Key] = &[
    key(
        &["global", "global_settings", "globalSettings"],
        Kind::One("global"),
        "Settings of the whole track.",
    ),
    key(&["progression", "steps"], Kind::Many("step"), "Steps, played one after the other."),
    key(&["background_noise", "noise"], Kind::One("background_noise"), "Noise bed under the whole track."),
    key(&["overlay_clips", "clips"], Kind::Many("clip"), "Recordings laid over the track."),
    key(&["sam_scene"], Kind::Object, "Scene of the spatial workbench; kept as it is."),
    key(&["name"], Kind::Text, "Name of the track."),
    key(&["description"], Kind::Text, "What the track is for."),
];

/// Settings of the whole track.
pub const GLOBAL: &[Key] = &[
    key(&["sample_rate", "sampleRate"], Kind::Within(8_000.0, 384_000.0), "Sample rate of an export in Hz."),
    key(&["crossfade_duration", "crossfadeDuration"], SECONDS, "Length of the joins in seconds."),
    key(&["crossfade_overlap"], SHARE, "Share of the crossfade that overlaps and is faded."),
    key(&["crossfade_curve", "crossfadeCurve"], CURVES, "Fade law of the joins."),
    key(&["output_filename", "outputFilename"], Kind::Text, "Name of the exported file."),
    key(&["normalization_level"], SHARE, "Peak that each bus of a step is brought to."),
    key(&["preserve_relative_step_loudness"], Kind::Flag, "Whether steps follow each other in loudness."),
    key(&["name"], Kind::Text, "Name of the track."),
    key(&["description"], Kind::Text, "What the track is for."),
    key(&["parallel_voices"], Kind::Flag, "Without effect on the sound."),
    key(&["parallel_voices_max_workers"], Kind::Number, "Without effect on the sound."),
    key(&["parallel_backend"], Kind::Text, "Without effect on the sound."),
    key(&["parallel_max_memory_gb"], Kind::Number, "Without effect on the sound."),
    key(&["continuity_max_db_step"], Kind::Number, "Without effect on the sound."),
    key(&["continuity_window_ms"], Kind::Number, "Without effect on the sound."),
];

/// A step.
pub const STEP: &[Key] = &[
    key(
        &["duration", "Duration", "durationSeconds", "stepDuration"],
        Kind::Within(0.0, 86_400.0),
        "Length in seconds.",
    ),
    key(&["start", "start_time"], SECONDS, "Start in seconds from the beginning of the track."),
    key(&["description"], Kind::Text, "What the step is for."),
    key(&["voices"], Kind::Many("voice"), "What sounds."),
    key(&["binaural_volume"], Kind::Number, "Gain of the tonal bus; at most 0.48 takes effect."),
    key(&["noise_volume"], Kind::Number, "Gain of the noise bus; at most 0.48 takes effect."),
    key(&["normalization_level"], SHARE, "Peak of each bus instead of the track's."),
    key(&["crossfade_duration"], SECONDS, "Length of the join with the next step in seconds."),
    key(&["crossfade_curve"], CURVES, "Fade law of the join with the next step."),
    key(&["crossfade_overlap"], SHARE, "Faded share of the join with the next step."),
    key(&["noise_preset_id"], Kind::Text, "Noise preset that a voice was made from; without effect."),
    key(&["parallel_voices"], Kind::Flag, "Without effect on the sound."),
    key(&["parallel_voices_max_workers"], Kind::Number, "Without effect on the sound."),
    key(&["parallel_backend"], Kind::Text, "Without effect on the sound."),
    key(&["parallel_max_memory_gb"], Kind::Number, "Without effect on the sound."),
];

/// Spellings of a voice's identity, the first that is there counts.
pub const IDENTITY: &[&str] = &["voice_id", "voiceId", "id", "uuid", "guid"];

/// A voice.
pub const VOICE: &[Key] = &[
    key(
        &["synth_function_name", "synthFunctionName", "synth_function"],
        Kind::Synth,
        "Which synth renders it.",
    ),
    key(&["is_transition", "isTransition"], Kind::Flag, "Whether parameters move from start to end values."),
    key(&["params", "parameters"], Kind::One("params"), "Parameters of the synth."),
    key(&["volume_envelope", "volumeEnvelope"], Kind::One("envelope"), "Envelope over the step."),
    key(&["voice_type"], Kind::Text, "The bus: `noise`, or anything else for tones."),
    key(&["description"], Kind::Text, "What the voice is for; voices of one name keep their phase."),
    key(&["name"], Kind::Text, "Stands in for an empty description."),
    key(&["voice_id"], Kind::Any, "Identity: voices of one identity keep their phase."),
    key(&["voiceId"], Kind::Any, "Identity."),
    key(&["id"], Kind::Any, "Identity."),
    key(&["uuid"], Kind::Any, "Identity."),
    key(&["guid"], Kind::Any, "Identity."),
    key(&["sam_source_id"], Kind::Any, "Identity in the spatial scene."),
    MUTED,
    SOLOED,
];

/// The envelope of a voice.
pub const ENVELOPE: &[Key] = &[
    key(&["type"], Kind::Text, "linear_fade, adsr or linen."),
    key(&["params"], Kind::Object, "Times in seconds, levels 0 to 1."),
];

/// The noise bed.
pub const BACKGROUND_NOISE: &[Key] = &[
    key(&["file", "params_path", "noise_file", "file_path"], Kind::Text, "A .noise file, beside the track."),
    key(&["params"], Kind::One("noise"), "The noise itself instead of a file."),
    key(&["gain", "amp"], Kind::Number, "Linear gain."),
    key(&["start_time"], SECONDS, "Start in seconds."),
    key(&["fade_in"], SECONDS, "Fade at the beginning in seconds."),
    key(&["fade_out"], SECONDS, "Fade at the end in seconds."),
    key(&["amp_envelope"], Kind::Points, "Gain over time."),
    key(&["pan"], Kind::Within(-1.0, 1.0), "Position, −1 left to 1 right."),
    MUTED,
    SOLOED,
];

/// An overlay clip.
pub const CLIP: &[Key] = &[
    key(&["file_path", "path", "file"], Kind::Text, "An audio file, beside the track."),
    key(&["start", "start_time"], SECONDS, "Start in seconds."),
    key(&["duration"], SECONDS, "Length in seconds; 0 or none is the whole file."),
    key(&["amp", "gain"], Kind::Number, "Linear gain."),
    key(&["pan"], Kind::Within(-1.0, 1.0), "Position, −1 left to 1 right."),
    key(&["fade_in"], SECONDS, "Fade at the beginning in seconds."),
    key(&["fade_out"], SECONDS, "Fade at the end in seconds."),
    key(&["loop"], Kind::Flag, "Whether the file is repeated to fill the duration."),
    key(&["description"], Kind::Text, "What the clip is."),
    MUTED,
    SOLOED,
];

/// A `.noise` file.
pub const NOISE: &[Key] = &[
    key(&["duration_seconds"], Kind::Within(0.0, 86_400.0), "Length in seconds where nothing else sets it."),
    key(&["sample_rate"], Kind::Number, "Without effect: the track's counts."),
    key(&["lfo_waveform"], Kind::Choice(&["sine", "triangle"]), "Shape of the sweep."),
    key(&["transition"], Kind::Flag, "Whether start values move to end values."),
    key(&["lfo_freq"], Kind::Number, "Sweep rate in Hz."),
    key(&["start_lfo_freq"], Kind::Number, "Sweep rate at the start in Hz."),
    key(&["end_lfo_freq"], Kind::Number, "Sweep rate at the end in Hz."),
    key(&["sweeps"], Kind::Many("sweep"), "Moving notches."),
    key(&["static_notches"], Kind::Any, "Standing notches: lists of [Hz, Q, stages] or objects."),
    key(&["noise_parameters", "color_params", "noise_type"], Kind::Any, "Colour: a name, or an object."),
    key(&["input_audio_path"], Kind::Text, "A recording instead of noise."),
    key(&["start_lfo_phase_offset_deg"], Kind::Number, "Sweep of the right ear ahead of the left, degrees."),
    key(&["end_lfo_phase_offset_deg"], Kind::Number, "The same at the end."),
    key(&["start_intra_phase_offset_deg"], Kind::Number, "Second sweep ahead of the first, degrees."),
    key(&["end_intra_phase_offset_deg"], Kind::Number, "The same at the end."),
    key(&["initial_offset"], SECONDS, "Start of the transition in seconds."),
    key(&["duration", "post_offset"], SECONDS, "Length of the transition in seconds."),
    key(&["start_time"], SECONDS, "Start in seconds."),
    key(&["fade_in"], SECONDS, "Fade at the beginning in seconds."),
    key(&["fade_out"], SECONDS, "Fade at the end in seconds."),
    key(&["amp_envelope"], Kind::Points, "Gain over time."),
];

/// A moving notch of a noise.
pub const SWEEP: &[Key] = &[
    key(&["start_min"], Kind::Number, "Lowest frequency in Hz."),
    key(&["start_max"], Kind::Number, "Highest frequency in Hz."),
    key(&["end_min"], Kind::Number, "Lowest frequency at the end in Hz."),
    key(&["end_max"], Kind::Number, "Highest frequency at the end in Hz."),
    key(&["start_q"], Kind::Number, "Quality of the notch."),
    key(&["end_q"], Kind::Number, "Quality at the end."),
    key(&["start_casc"], Kind::Number, "Notches in series."),
    key(&["end_casc"], Kind::Number, "Notches in series at the end."),
];
