//! Session files: a list of presets on a time line, converted to a track.
//!
//! Presets are found among the program's own ones (`builtin:`, `noise_preset:`) and beside the session file (`voice:`,
//! `json:`, `noise:`). Off the audio thread.

use crate::track::file::files::Files;
use crate::track::file::limits::Limits;
use crate::track::file::load::Misfit;
use crate::track::file::schema::keys::{Key, Kind};
use crate::track::file::schema::read::{curve, duration};
use crate::track::file::schema::reader::{Reader, described, in_path, refused};
use crate::track::file::schema::{Global, Object, Part, Problems, Step, Track, Voice};
use presets::Presets;
use serde_json::{Value, json};

mod noise;
mod presets;

const fn key(names: &'static [&'static str], kind: Kind) -> Key {
    Key { names, kind, about: "" }
}

const SESSION: &[Key] = &[
    key(&["steps"], Kind::Many("session_step")),
    key(&["sample_rate"], Kind::Number),
    key(&["crossfade_duration"], Kind::Number),
    key(&["crossfade_curve"], Kind::Text),
    key(&["output_filename"], Kind::Text),
    key(&["background_noise_preset_id"], Kind::Text),
    key(&["background_noise_gain"], Kind::Number),
    key(&["background_noise_start_time"], Kind::Number),
    key(&["background_noise_fade_in"], Kind::Number),
    key(&["background_noise_fade_out"], Kind::Number),
    key(&["background_noise_amp_envelope"], Kind::Points),
    key(&["normalization_level"], Kind::Number),
];
const STEP: &[Key] = &[
    key(&["binaural_preset_id"], Kind::Text),
    key(&["duration"], Kind::Number),
    key(&["start"], Kind::Number),
    key(&["noise_preset_id"], Kind::Text),
    key(&["background_audio_path", "warmup_clip_path"], Kind::Text),
    key(&["background_audio_volume"], Kind::Number),
    key(&["background_audio_extend"], Kind::Flag),
    key(&["crossfade_duration"], Kind::Number),
    key(&["crossfade_curve"], Kind::Text),
    key(&["description"], Kind::Text),
    key(&["noise_volume"], Kind::Number),
    key(&["binaural_volume"], Kind::Number),
];

/// Converts a session. A preset that cannot be found is refused by name and the rest is converted.
pub(super) fn convert(
    session: &Object,
    limits: &Limits,
    files: &dyn Files,
    problems: &mut Problems,
) -> Result<Track, Misfit> {
    let empty = Vec::new();
    let steps = match session.get("steps") {
        None | Some(Value::Null) => &empty,
        Some(Value::Array(steps)) => steps,
        Some(other) => return Err(Misfit::new("steps", described(other), "a list of steps")),
    };
    Misfit::check("steps", steps.len(), limits.steps, "steps")?;

    let mut presets = Presets::new(files);
    let global = global(session, problems);
    let background_noise = bed(session, &mut presets, problems);
    let mut track = Track { global, background_noise, ..Track::default() };
    let (mut running_s, mut all_voices) = (0.0, 0);
    for (i, value) in steps.iter().enumerate() {
        let path = format!("steps[{i}]");
        let Value::Object(object) = value else {
            problems.push(refused(&path, format!("found {}, expected a step (an object)", described(value))));
            continue;
        };
        let (step, clip) = step(object, &path, running_s, &mut presets, problems);
        let crossfade_s = step.crossfade_duration_s.or(track.global.crossfade_duration_s).unwrap_or(0.0);
        let start_s = step.start_s.unwrap_or(running_s);
        running_s = start_s + (step.duration_s - crossfade_s).max(0.0);
        track.clips.extend(clip);
        Misfit::check(&path, step.voices.len(), limits.step_voices, "voices")?;
        all_voices += step.voices.len();
        Misfit::check("steps", all_voices, limits.voices, "voices")?;
        track.steps.push(step);
    }
    Misfit::check("steps", track.clips.len(), limits.clips, "clips")?;
    Ok(track)
}

fn global(session: &Object, problems: &mut Problems) -> Global {
    let mut source = Object::new();
    let shared =
        ["sample_rate", "crossfade_duration", "crossfade_curve", "output_filename", "normalization_level"];
    for key in shared {
        source.extend(session.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    source.entry("crossfade_duration").or_insert(0.0.into());
    source.entry("output_filename").or_insert("session_output.flac".into());
    let mut global = Global::read(Value::Object(source), "", problems);
    // Where the value could not be read.
    global.crossfade_duration_s.get_or_insert(0.0);
    global
}

fn bed(session: &Object, presets: &mut Presets<'_>, problems: &mut Problems) -> Option<Part> {
    let reader = Reader::new(session, "", SESSION);
    let id = reader.text("background_noise_preset_id").filter(|id| !id.is_empty());
    let noise = id.map(|id| presets.noise(id));
    if let Some(Err(why)) = &noise {
        reader.fields().refuse("background_noise_preset_id", why.as_str());
    }
    let mut bed = Object::new();
    for (key, name, default) in [
        ("gain", "background_noise_gain", 1.0),
        ("start_time", "background_noise_start_time", 0.0),
        ("fade_in", "background_noise_fade_in", 0.0),
        ("fade_out", "background_noise_fade_out", 0.0),
    ] {
        bed.insert(key.into(), reader.number(name, default, 0.0..=1e9).into());
    }
    let envelope = reader.value("background_noise_amp_envelope").cloned();
    bed.extend(envelope.map(|points| ("amp_envelope".to_owned(), points)));
    reader.finish(problems);
    bed.insert("params".into(), Value::Object(noise?.ok()?));
    Some(Part::new(bed, "background_noise"))
}

/// A step and the recording under it.
fn step(
    object: &Object,
    path: &str,
    running_s: f64,
    presets: &mut Presets<'_>,
    problems: &mut Problems,
) -> (Step, Option<Part>) {
    let reader = Reader::new(object, path, STEP);
    let volume = |name| reader.number(name, 0.48, -1e9..=1e9);
    let mut step = Step {
        duration_s: duration(&reader),
        start_s: reader.maybe_number("start", 0.0..=1e9).or(Some(running_s)),
        description: reader.text("description").unwrap_or_default().to_owned(),
        binaural_volume: volume("binaural_volume"),
        noise_volume: volume("noise_volume"),
        crossfade_duration_s: reader.maybe_number("crossfade_duration", 0.0..=1e9),
        crossfade_curve: curve(&reader),
        path: path.to_owned(),
        ..Step::default()
    };
    let clip = json!({
        "file_path": reader.text("background_audio_path").unwrap_or_default(),
        "start": step.start_s,
        "duration": step.duration_s,
        "amp": volume("background_audio_volume"),
        "loop": reader.flag("background_audio_extend", true),
    });
    let has_clip = clip["file_path"] != "";
    let clip = Part { path: format!("{path}.background_audio_path"), disabled: false, source: clip };
    let mut found = Vec::new();
    step.voices = voices(&reader, path, presets, &mut found);
    reader.finish(problems);
    problems.append(&mut found);
    (step, has_clip.then_some(clip))
}

fn voices(reader: &Reader<'_>, path: &str, presets: &mut Presets<'_>, problems: &mut Problems) -> Vec<Voice> {
    let id = |key| reader.text(key).filter(|id| !id.is_empty());
    let place = |key: &str, id: &str, rest: &str| format!("{path}.{key}({}){rest}", in_path(id));
    let mut voices = Vec::new();
    let key = "binaural_preset_id";
    match id(key).map(|id| (id, presets.voices(id))) {
        Some((id, Ok(found))) => voices.extend(
            found.into_iter().map(|(rest, voice)| Voice::read(voice, &place(key, id, &rest), problems)),
        ),
        Some((_, Err(why))) => reader.fields().refuse(key, why),
        None => {}
    }
    let key = "noise_preset_id";
    match id(key).map(|id| (id, presets.noise(id))) {
        Some((id, Ok(noise))) => {
            voices.push(Voice::read(noise::voice(&noise, id), &place(key, id, ""), problems));
        }
        Some((_, Err(why))) => reader.fields().refuse(key, why),
        None => {}
    }
    voices
}
