//! What a JSON document is, and the top level of a track.

use super::{Kind, Misfit};
use crate::track::file::limits::Limits;
use crate::track::file::schema::keys::{TRACK, VOICE};
use crate::track::file::schema::reader::{Reader, described, refused};
use crate::track::file::schema::{Global, Object, Part, Problems, Step, Track};
use serde_json::Value;

/// Keys that only a noise has at its top level.
const NOISE_KEYS: &[&str] = &[
    "noise_parameters",
    "color_params",
    "noise_type",
    "lfo_waveform",
    "lfo_freq",
    "start_lfo_freq",
    "sweeps",
    "static_notches",
    "duration_seconds",
];
/// Keys that only the steps of a session have.
const SESSION_STEP_KEYS: &[&str] = &["binaural_preset_id", "background_audio_path", "warmup_clip_path"];
/// Keys of sessions that begin with this, at the top level.
const SESSION_PREFIX: &str = "background_noise_";

/// What the document is, by its content and then by the extension of its file.
pub(super) fn kind(value: &Value, extension: &str) -> Result<Kind, Misfit> {
    let by_content = match value {
        Value::Array(list) if list.iter().any(is_voice) => Some(Kind::Voices),
        Value::Object(object) => object_kind(object, extension),
        _ => None,
    };
    let by_extension = || match (extension, value) {
        ("voice", Value::Object(_)) => Some(Kind::Voice),
        ("voices", Value::Array(_)) => Some(Kind::Voices),
        ("noise", Value::Object(_)) => Some(Kind::Noise),
        ("session", Value::Object(_)) => Some(Kind::Session),
        _ => None,
    };
    by_content.or_else(by_extension).ok_or_else(|| {
        let expected = match extension {
            "voice" | "noise" | "session" => "an object",
            "voices" => "a list of voices",
            _ => "an object with progression or steps (a track), or a voice, a list of voices, a noise or a session",
        };
        Misfit::new("", outline(value), expected)
    })
}

fn object_kind(object: &Object, extension: &str) -> Option<Kind> {
    let has = |names: &[&str]| names.iter().any(|name| object.contains_key(*name));
    if has(&["progression", "global"]) {
        Some(Kind::TrackV2)
    } else if has(&["global_settings", "globalSettings"]) {
        Some(Kind::TrackV1)
    } else if has(&["steps"]) {
        let is_session = extension == "session" || is_session(object);
        Some(if is_session { Kind::Session } else { Kind::TrackV1 })
    } else if has(VOICE[0].names) {
        Some(Kind::Voice)
    } else if has(NOISE_KEYS) {
        Some(Kind::Noise)
    } else {
        None
    }
}

fn is_voice(value: &Value) -> bool {
    VOICE[0].names.iter().any(|name| value.get(name).is_some())
}

fn is_session(object: &Object) -> bool {
    let mut steps = object.get("steps").and_then(Value::as_array).into_iter().flatten();
    object.keys().any(|key| key.starts_with(SESSION_PREFIX))
        || steps.any(|step| SESSION_STEP_KEYS.iter().any(|key| step.get(key).is_some()))
}

/// An object by its first keys, anything else as in every message.
fn outline(value: &Value) -> String {
    let Value::Object(object) = value else { return described(value) };
    let keys: Vec<_> = object.keys().take(5).map(|key| described(&key.as_str().into())).collect();
    match keys.as_slice() {
        [] => "an empty object".to_owned(),
        keys => format!("an object with {}", keys.join(", ")),
    }
}

impl Track {
    /// Reads a track in either layout.
    pub(in super::super::super) fn read(
        mut source: Object,
        limits: &Limits,
        problems: &mut Problems,
    ) -> Result<Self, Misfit> {
        let is_present = ["progression", "global"].iter().any(|key| source.contains_key(*key));
        let reader = Reader::new(&source, "", TRACK);
        let [global_key, steps_key, noise_key, clips_key, scene_key] =
            ["global", "progression", "background_noise", "overlay_clips", "sam_scene"]
                .map(|name| reader.spelling(name));
        reader.finish(problems);

        let mut take = |key: &str| source.get_mut(key).map_or(Value::Null, Value::take);
        let global = match take(global_key) {
            value @ Value::Object(_) => Global::read(value, global_key, problems),
            Value::Null if is_present => Global::default(),
            Value::Null => return Err(Misfit::new("", "no global_settings", "an object of that name")),
            other => return Err(Misfit::new(global_key, described(&other), "an object")),
        };
        let steps = match take(steps_key) {
            Value::Array(steps) => read_steps(steps, steps_key, limits, problems)?,
            Value::Null if is_present => Vec::new(),
            Value::Null => return Err(Misfit::new("", "no steps", "a list of that name")),
            other => return Err(Misfit::new(steps_key, described(&other), "a list of steps")),
        };
        let background_noise = match take(noise_key) {
            Value::Null => None,
            noise => Some(Part::read(noise, noise_key.into(), "a noise bed", problems)),
        };
        let sam_scene = Some(take(scene_key)).filter(|scene| !scene.is_null());
        let clips = match take(clips_key) {
            Value::Null => Vec::new(),
            Value::Array(clips) => {
                Misfit::check(clips_key, clips.len(), limits.clips, "clips")?;
                let clips = clips.into_iter().enumerate();
                clips
                    .map(|(i, clip)| Part::read(clip, format!("{clips_key}[{i}]"), "a clip", problems))
                    .collect()
            }
            other => {
                problems.push(refused(
                    clips_key,
                    format!("found {}, expected a list of clips", described(&other)),
                ));
                source.insert(clips_key.into(), other);
                Vec::new()
            }
        };
        Ok(Self { global, steps, background_noise, clips, sam_scene, source: Value::Object(source) })
    }
}

fn read_steps(
    steps: Vec<Value>,
    key: &str,
    limits: &Limits,
    problems: &mut Problems,
) -> Result<Vec<Step>, Misfit> {
    Misfit::check(key, steps.len(), limits.steps, "steps")?;
    let mut all_voices = 0;
    for (i, step) in steps.iter().enumerate() {
        let voices = step.get("voices").and_then(Value::as_array).map_or(0, Vec::len);
        Misfit::check(&format!("{key}[{i}].voices"), voices, limits.step_voices, "voices")?;
        all_voices += voices;
    }
    Misfit::check(key, all_voices, limits.voices, "voices")?;
    let steps = steps.into_iter().enumerate();
    Ok(steps.map(|(i, step)| Step::read(step, &format!("{key}[{i}]"), problems)).collect())
}
