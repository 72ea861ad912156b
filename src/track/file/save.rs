//! Writing a track: always the present layout, with everything that was read and not changed as it was.
//!
//! Off the audio thread. Writing what was read from a written file gives the same bytes.

use crate::pending_file::PendingFile;
use crate::track::file::hearing::{MUTE, SOLO};
use crate::track::file::schema::keys::{GLOBAL, Key, STEP, TRACK, VOICE};
use crate::track::file::schema::reader::spelling;
use crate::track::file::schema::{CrossfadeCurve, Global, Object, Part, Step, Track, Voice, VoiceType};
use serde_json::Value;
use std::io::{self, Write as _};
use std::path::Path;

/// The track as a JSON document, indented, with a line end.
pub fn to_json(track: &Track) -> String {
    // The alternate form of a value is its indented one.
    format!("{:#}\n", to_value(track))
}

/// Writes a complete file, replacing an existing one only when the new one is on the disk.
///
/// # Errors
/// What the system says; an existing file is then as it was.
pub fn save(track: &Track, path: &Path) -> io::Result<()> {
    let (pending, mut file) = PendingFile::beside(path)?;
    file.write_all(to_json(track).as_bytes())?;
    pending.commit(file, true)
}

/// The track as a JSON value in the present layout.
pub fn to_value(track: &Track) -> Value {
    let mut out = Written::new(&track.source, TRACK);
    out.put("global", global(&track.global));
    out.put("progression", track.steps.iter().map(step).collect());
    match &track.background_noise {
        Some(noise) => out.put("background_noise", noise.source.clone()),
        None => out.drop_null("background_noise"),
    }
    if !track.clips.is_empty() || out.is_null("overlay_clips") {
        out.put("overlay_clips", track.clips.iter().map(|clip: &Part| clip.source.clone()).collect());
    }
    match &track.sam_scene {
        Some(scene) => out.put("sam_scene", scene.clone()),
        None => out.drop_null("sam_scene"),
    }
    Value::Object(out.object)
}

fn global(global: &Global) -> Value {
    let was = Global::read(global.source.clone(), "", &mut Vec::new());
    let mut out = Written::new(&global.source, GLOBAL);
    out.set("sample_rate", global.sample_rate_hz, was.sample_rate_hz);
    out.set("crossfade_duration", global.crossfade_duration_s, was.crossfade_duration_s);
    out.set("crossfade_overlap", global.crossfade_overlap, was.crossfade_overlap);
    out.set("crossfade_curve", global.crossfade_curve.name(), was.crossfade_curve.name());
    out.set("normalization_level", global.normalization_level, was.normalization_level);
    let flags = [global.preserve_relative_step_loudness, was.preserve_relative_step_loudness];
    out.set("preserve_relative_step_loudness", flags[0], flags[1]);
    out.set("output_filename", global.output_filename.clone(), was.output_filename);
    Value::Object(out.object)
}

fn step(step: &Step) -> Value {
    if is_stray(&step.source) {
        return step.source.clone();
    }
    let was = Step::read_alone(step.source.clone(), "", &mut Vec::new());
    let mut out = Written::new(&step.source, STEP);
    out.set("duration", step.duration_s, was.duration_s);
    out.set("start", step.start_s, was.start_s);
    out.set("description", step.description.as_str(), was.description.as_str());
    out.set("binaural_volume", step.binaural_volume, was.binaural_volume);
    out.set("noise_volume", step.noise_volume, was.noise_volume);
    out.set("normalization_level", step.normalization_level, was.normalization_level);
    out.set("crossfade_duration", step.crossfade_duration_s, was.crossfade_duration_s);
    let curve_name = |step: &Step| step.crossfade_curve.map(CrossfadeCurve::name);
    out.set("crossfade_curve", curve_name(step), curve_name(&was));
    out.set("crossfade_overlap", step.crossfade_overlap, was.crossfade_overlap);
    if !step.voices.is_empty() || out.is_null("voices") {
        out.put("voices", step.voices.iter().map(voice).collect());
    }
    Value::Object(out.object)
}

fn voice(voice: &Voice) -> Value {
    if is_stray(&voice.source) {
        return voice.source.clone();
    }
    let was = Voice::read(voice.source.clone(), "", &mut Vec::new());
    let mut out = Written::new(&voice.source, VOICE);
    out.set("synth_function_name", voice.synth_function_name.as_str(), was.synth_function_name.as_str());
    out.set("is_transition", voice.is_transition, was.is_transition);
    out.set("params", voice.params.clone(), was.params);
    out.set("volume_envelope", voice.volume_envelope.clone(), was.volume_envelope);
    out.set("voice_type", bus(voice.voice_type), bus(was.voice_type));
    out.set("description", voice.description.as_str(), was.description.as_str());
    let flag = |is_set: bool| is_set.then_some(true);
    out.set(MUTE, flag(voice.is_muted), flag(was.is_muted));
    out.set(SOLO, flag(voice.is_soloed), flag(was.is_soloed));
    out.set("voice_id", voice.identity.clone(), was.identity);
    Value::Object(out.object)
}

fn bus(voice_type: VoiceType) -> &'static str {
    match voice_type {
        VoiceType::Tonal => "binaural",
        VoiceType::Noise => "noise",
    }
}

/// Whether a part was read from something that can never be one; it is written back as it is.
fn is_stray(source: &Value) -> bool {
    !source.is_object() && !source.is_null()
}

/// An object on its way out, every key in the spelling that is written.
struct Written {
    object: Object,
}

impl Written {
    fn new(source: &Value, table: &'static [Key]) -> Self {
        let mut object = Object::new();
        let empty = Object::new();
        let source = source.as_object().unwrap_or(&empty);
        let spellings: Vec<_> =
            table.iter().map(|key| (key.names[0], spelling(source, table, key.names[0]))).collect();
        for (name, value) in source {
            let written = spellings.iter().find(|(written, read)| read == name || written == name);
            match written {
                Some((written, read)) if read == name => {
                    _ = object.insert((*written).to_owned(), value.clone())
                }
                // A null beside the value that counts.
                Some(_) => {}
                None => _ = object.insert(name.clone(), value.clone()),
            }
        }
        Self { object }
    }

    /// Writes a field if it is no longer what was read; none removes it.
    fn set<T: PartialEq + Into<Value>>(&mut self, key: &str, now: T, was: T) {
        if now == was {
            return;
        }
        match now.into() {
            Value::Null => _ = self.object.shift_remove(key),
            value => self.put(key, value),
        }
    }

    fn put(&mut self, key: &str, value: Value) {
        self.object.insert(key.to_owned(), value);
    }

    fn is_null(&self, key: &str) -> bool {
        self.object.get(key).is_some_and(Value::is_null)
    }

    fn drop_null(&mut self, key: &str) {
        if self.is_null(key) {
            self.object.shift_remove(key);
        }
    }
}
