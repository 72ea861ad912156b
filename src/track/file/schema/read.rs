//! From JSON values to the structs of a track, part by part: what does not fit costs its part and nothing else.

use super::keys::{GLOBAL, IDENTITY, STEP, VOICE};
use super::reader::{Reader, described, refused};
use super::{CrossfadeCurve, Global, Object, Part, Problems, Step, Voice, VoiceType};
use crate::track::file::fields::number_of;
use crate::track::file::hearing::{MUTE, SOLO};
use crate::track::file::limits::{RATES_HZ, STEP_S};
use serde_json::Value;
use std::ops::RangeInclusive;

/// Numbers that have no bounds of their own.
const ANY: RangeInclusive<f64> = -1e9..=1e9;
/// Times that are never negative.
const SECONDS: RangeInclusive<f64> = 0.0..=1e9;

impl Global {
    /// Reads the settings of a track. Anything but an object has every default.
    pub(crate) fn read(source: Value, path: &str, problems: &mut Problems) -> Self {
        let empty = Object::new();
        let reader = Reader::new(source.as_object().unwrap_or(&empty), path, GLOBAL);
        let rates_hz = f64::from(*RATES_HZ.start())..=f64::from(*RATES_HZ.end());
        let global = Self {
            sample_rate_hz: reader.number("sample_rate", 44_100.0, rates_hz).round() as u32,
            crossfade_duration_s: reader.maybe_number("crossfade_duration", SECONDS),
            crossfade_overlap: reader.number("crossfade_overlap", 1.0, 0.0..=1.0),
            crossfade_curve: curve(&reader).unwrap_or_default(),
            normalization_level: reader.number("normalization_level", 0.95, 0.0..=1.0),
            preserve_relative_step_loudness: reader.flag("preserve_relative_step_loudness", false),
            output_filename: reader.text("output_filename").map(str::to_owned),
            source: Value::Null,
        };
        reader.finish(problems);
        Self { source, ..global }
    }
}

impl Step {
    /// Reads a step and its voices. Anything but an object is a step of no length.
    pub(crate) fn read(mut source: Value, path: &str, problems: &mut Problems) -> Self {
        let voices = source.get_mut("voices").map(Value::take);
        let mut step = Self::read_alone(source, path, problems);
        match voices {
            None | Some(Value::Null) => {}
            Some(Value::Array(voices)) => {
                let voices = voices.into_iter().enumerate();
                step.voices = voices
                    .map(|(i, voice)| Voice::read(voice, &format!("{path}.voices[{i}]"), problems))
                    .collect();
            }
            Some(other) => {
                let message = format!("found {}, expected a list of voices", described(&other));
                problems.push(refused(&format!("{path}.voices"), message));
                step.source["voices"] = other;
            }
        }
        step
    }

    /// Reads a step without its voices.
    pub(crate) fn read_alone(source: Value, path: &str, problems: &mut Problems) -> Self {
        let empty = Object::new();
        if !source.is_object() {
            problems
                .push(refused(path, format!("found {}, expected a step (an object)", described(&source))));
        }
        let reader = Reader::new(source.as_object().unwrap_or(&empty), path, STEP);
        let step = Self {
            duration_s: duration(&reader),
            start_s: reader.maybe_number("start", SECONDS),
            description: reader.text("description").unwrap_or_default().to_owned(),
            voices: Vec::new(),
            binaural_volume: reader.number("binaural_volume", 0.48, ANY),
            noise_volume: reader.number("noise_volume", 0.48, ANY),
            normalization_level: reader.maybe_number("normalization_level", 0.0..=1.0),
            crossfade_duration_s: reader.maybe_number("crossfade_duration", SECONDS),
            crossfade_curve: curve(&reader),
            crossfade_overlap: reader.maybe_number("crossfade_overlap", 0.0..=1.0),
            path: path.to_owned(),
            source: Value::Null,
        };
        if source.is_object() {
            reader.finish(problems);
        }
        Self { source, ..step }
    }
}

impl Voice {
    /// Reads a voice. What cannot be a voice is disabled.
    pub(crate) fn read(source: Value, path: &str, problems: &mut Problems) -> Self {
        let Value::Object(object) = &source else {
            problems
                .push(refused(path, format!("found {}, expected a voice (an object)", described(&source))));
            return Self { path: path.to_owned(), disabled: true, source, ..Self::default() };
        };
        let reader = Reader::new(object, path, VOICE);
        let name = reader.fields().text(reader.spelling("synth_function_name"), "").to_owned();
        if name.trim().is_empty() && !reader.is_refused() {
            reader.fields().refuse("synth_function_name", "found none, expected the name of a synth");
        }
        let voice = Self {
            synth_function_name: name,
            is_transition: reader.flag("is_transition", false),
            params: reader.object("params").cloned().unwrap_or_default(),
            volume_envelope: reader.object("volume_envelope").cloned(),
            voice_type: match reader.text("voice_type") {
                Some("noise") => VoiceType::Noise,
                _ => VoiceType::Tonal,
            },
            description: ["description", "name"]
                .into_iter()
                .filter_map(|key| reader.text(key).map(str::trim))
                .find(|text| !text.is_empty())
                .unwrap_or_default()
                .to_owned(),
            identity: IDENTITY.iter().find_map(|key| identity(reader.fields().value(key)?)),
            path: path.to_owned(),
            is_muted: reader.flag(MUTE, false),
            is_soloed: reader.flag(SOLO, false),
            disabled: reader.is_refused(),
            source: Value::Null,
        };
        reader.finish(problems);
        Self { source, ..voice }
    }
}

impl Part {
    /// Reads a bed or a clip, `what` for messages.
    pub(crate) fn read(source: Value, path: String, what: &str, problems: &mut Problems) -> Self {
        let disabled = !source.is_object();
        if disabled {
            problems
                .push(refused(&path, format!("found {}, expected {what} (an object)", described(&source))));
        }
        Self { path, disabled, source }
    }
}

pub(crate) fn duration(reader: &Reader<'_>) -> f64 {
    let key = reader.spelling("duration");
    if let Some(value) = reader.value("duration").filter(|value| number_of(value).is_none()) {
        let found = described(value);
        reader
            .fields()
            .refuse(key, format!("found {found}, expected a number of seconds; the step is skipped"));
        return 0.0;
    }
    let duration_s = reader.number("duration", 0.0, SECONDS);
    if duration_s > STEP_S {
        let message = format!("found {duration_s} s, expected at most {} s; the step is skipped", STEP_S);
        reader.fields().refuse(key, message);
        return 0.0;
    }
    if duration_s == 0.0 {
        reader.fields().ignore(key, "is not above 0 s; the step is skipped");
    }
    duration_s
}

pub(crate) fn curve(reader: &Reader<'_>) -> Option<CrossfadeCurve> {
    let name = reader.text("crossfade_curve")?;
    let curve =
        [CrossfadeCurve::Linear, CrossfadeCurve::EqualPower].into_iter().find(|curve| curve.name() == name);
    if curve.is_none() {
        let message =
            format!("found {}, expected linear or equal_power; taken as linear", described(&name.into()));
        reader.fields().repair(reader.spelling("crossfade_curve"), message);
    }
    curve.or(Some(CrossfadeCurve::Linear))
}

/// What tells one voice from another: a text as it is, anything else as JSON.
fn identity(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
