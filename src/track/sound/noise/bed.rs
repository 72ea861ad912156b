//! The background noise of a track: its own noise file or inline description, on the track's clock.

use super::envelope::Envelope;
use super::player::{Player, Sound};
use super::recipe::{Keys, Recipe, forward};
use crate::track::file::fields::{Fields, shown};
use crate::track::file::files::Files;
use crate::track::sound::curve::Curve;
use crate::track::sound::span::{Behaviour, Span};
use crate::track::sound::voice::Voice;
use serde_json::Value;
use std::path::Path;

const KEYS: Keys =
    Keys { default_lfo_hz: 1.0 / 12.0, default_right_deg: 0.0, default_q: 30.0, is_noise_file: true };

/// Reads a track's `background_noise` object and compiles the bed, whose frames are those of the whole track. `None` where
/// there is none, or none that can be played, which is then among the problems of `fields`.
pub fn read(
    fields: &Fields<'_>,
    track: Span,
    behaviour: Behaviour,
    files: &dyn Files,
) -> Option<Box<dyn Voice>> {
    let is_original = behaviour == Behaviour::Original;
    let envelope = Envelope::read(fields, track);
    let gain = fields.number_of(if is_original { &["gain"] } else { &["gain", "amp"] }, 1.0);
    let pan = if is_original { 0.0 } else { fields.number("pan", 0.0).clamp(-1.0, 1.0) };
    let delay_frames = track.frames_in(fields.number("start_time", 0.0));
    let (key, description) = description(fields, is_original, files)?;
    let Value::Object(map) = &description else {
        fields.refuse(key, format!("found {}, expected the object of a noise file", shown(&description)));
        return None;
    };
    let noise = Fields::new(map, "");
    let recipe = read_noise(&noise, track, behaviour, files);
    let is_refused = noise.is_refused();
    forward(fields, key, noise);
    if is_refused || fields.is_refused() {
        return None;
    }
    let sound = Sound::new(recipe).map_err(|message| fields.refuse(key, message)).ok()?;
    let balance = [1.0 - pan, 1.0 + pan].map(|side| gain * side.clamp(0.0, 1.0));
    let gains = balance.map(|gain| [gain; 2]);
    Some(Box::new(Player::new(sound, gains, None, envelope).delayed(delay_frames)))
}

/// Reads the object of a noise file.
pub fn read_noise(noise: &Fields<'_>, track: Span, behaviour: Behaviour, files: &dyn Files) -> Recipe {
    let curve = noise.flag("transition", false).then(|| Curve::read(noise, track, behaviour));
    KEYS.read(noise, track, curve, behaviour, files, "")
}

/// The noise's description and the key it was found under.
fn description(fields: &Fields<'_>, is_original: bool, files: &dyn Files) -> Option<(&'static str, Value)> {
    if !is_original && let Some(inline) = fields.value("params") {
        return Some(("params", inline.clone()));
    }
    let known = ["file", "params_path", "noise_file", "file_path"];
    let keys = if is_original { &known[..3] } else { &known[..] };
    let path = keys.iter().map(|key| (*key, fields.text(key, "").trim())).find(|(_, path)| !path.is_empty());
    let (key, path) = path?;
    match files.json(Path::new(path)) {
        Ok(description) => Some((key, description)),
        Err(message) => {
            fields.refuse(key, message);
            None
        }
    }
}
