//! Presets by the names that sessions give them.

use super::{Files, Object, described, noise};
use crate::track::file::preset::by_name;
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;

/// Voices of a preset, each with its place within the preset.
type Voices = Vec<(String, Value)>;

/// Every preset that a session has asked for so far.
pub(super) struct Presets<'a> {
    files: &'a dyn Files,
    voices: HashMap<String, Result<Voices, String>>,
    noises: HashMap<String, Result<Object, String>>,
}

impl<'a> Presets<'a> {
    /// Looks for files in `files`.
    pub(super) fn new(files: &'a dyn Files) -> Self {
        Self { files, voices: HashMap::new(), noises: HashMap::new() }
    }

    /// The voices of `builtin:<name>`, `voice:<stem>` or `json:<stem>`. The error is a sentence for a problem.
    pub(super) fn voices(&mut self, id: &str) -> Result<Voices, String> {
        let files = self.files;
        self.voices.entry(id.to_owned()).or_insert_with(|| find_voices(id, files)).clone()
    }

    /// The noise of `noise_preset:<name>` or `noise:<stem>`. The error is a sentence for a problem.
    pub(super) fn noise(&mut self, id: &str) -> Result<Object, String> {
        let files = self.files;
        self.noises.entry(id.to_owned()).or_insert_with(|| find_noise(id, files)).clone()
    }
}

fn find_voices(id: &str, files: &dyn Files) -> Result<Voices, String> {
    match id.split_once(':') {
        Some(("builtin", name)) => {
            let preset = by_name(name).ok_or_else(|| unknown(id, "a track that comes with the program"))?;
            first_step(serde_json::from_str(preset.json).unwrap_or_default())
        }
        Some(("json", stem)) => first_step(document(files, stem, &["json"])?),
        Some(("voice", stem)) => match document(files, stem, &["voice", "voices"])? {
            Value::Array(list) => {
                let voices = list.into_iter().enumerate().filter(|(_, voice)| voice.is_object());
                Ok(voices.map(|(i, voice)| (format!("[{i}]"), voice)).collect())
            }
            voice => Ok(vec![(String::new(), voice)]),
        },
        _ => Err(unknown(id, "builtin:, voice: or json: with a name")),
    }
}

fn find_noise(id: &str, files: &dyn Files) -> Result<Object, String> {
    match id.split_once(':') {
        Some(("noise_preset", name)) => {
            noise::preset(name).ok_or_else(|| unknown(id, "Brown, Green or Pink, alone or after Rolling"))
        }
        Some(("noise", stem)) => match document(files, stem, &["noise"])? {
            Value::Object(noise) => Ok(noise),
            other => Err(format!("found {} in {id}, expected an object", described(&other))),
        },
        _ => Err(unknown(id, "noise_preset: or noise: with a name")),
    }
}

fn unknown(id: &str, expected: &str) -> String {
    format!("found {}, expected {expected}", described(&id.into()))
}

/// The document beside the session, under the first extension that can be read.
fn document(files: &dyn Files, stem: &str, extensions: &[&str]) -> Result<Value, String> {
    if stem.is_empty() || stem.contains(['/', '\\', ':']) {
        return Err(unknown(stem, "the name of a file beside the session, without folders"));
    }
    let mut read = extensions.iter().map(|extension| files.json(Path::new(&format!("{stem}.{extension}"))));
    let first = read.next().unwrap_or_else(|| Err(unknown(stem, "a file")));
    first.or_else(|why| read.find_map(Result::ok).ok_or(why))
}

/// The voices of the first step of a track.
fn first_step(track: Value) -> Result<Voices, String> {
    let steps = ["progression", "steps"].into_iter().find_map(|key| Some((key, track.get(key)?.get(0)?)));
    let (key, step) = steps.ok_or("found a preset without steps, expected a track")?;
    let voices = step.get("voices").and_then(Value::as_array).ok_or("found a preset without voices")?;
    Ok(voices
        .iter()
        .enumerate()
        .map(|(i, voice)| (format!(".{key}[0].voices[{i}]"), voice.clone()))
        .collect())
}
