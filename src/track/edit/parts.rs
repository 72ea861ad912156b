//! The noise bed and the clips.

use super::voices::check_parameter;
use super::{EditError, Edited, PartField, check};
use crate::track::edit::catalogue::{self, Parameter};
use crate::track::file::fields::shown;
use crate::track::file::hearing::{MUTE, SOLO};
use crate::track::file::schema::keys::{BACKGROUND_NOISE, CLIP, Key, NOISE};
use crate::track::file::schema::{Object, Part, Track};
use serde_json::{Value, json};

/// Gain of a new noise bed: well below the tones.
const NEW_BED_GAIN: f64 = 0.1;

/// A plain bed of pink noise.
pub(super) fn add_noise(track: &mut Track) -> Edited {
    if track.background_noise.is_some() {
        return Err(EditError::new("background_noise", "a noise bed", "none"));
    }
    let source = json!({"gain": NEW_BED_GAIN, "start_time": 0.0, "fade_in": 3.0, "fade_out": 3.0,
        "params": {"noise_parameters": {"name": "pink"}, "sweeps": []}});
    track.background_noise = Some(Part { path: "background_noise".into(), disabled: false, source });
    Ok(())
}

/// Takes the bed away.
pub(super) fn remove_noise(track: &mut Track) -> Edited {
    bed(track)?;
    track.background_noise = None;
    // Its place in the file goes with it.
    if let Some(source) = track.source.as_object_mut() {
        source.retain(|key, _| key != "background_noise" && key != "noise");
    }
    Ok(())
}

fn bed(track: &mut Track) -> Result<&mut Part, EditError> {
    let none = || EditError::new("background_noise", "none", "a noise bed");
    track.background_noise.as_mut().ok_or_else(none)
}

/// Sets a field of the bed.
pub(super) fn set_noise(track: &mut Track, field: &PartField) -> Edited {
    let part = bed(track)?;
    if let PartField::Inner(key, value) = field {
        let at = "background_noise.params";
        let inner = object(part, "background_noise")?.get_mut("params").and_then(Value::as_object_mut);
        let none =
            || EditError::new(at, "no parameters in the track itself", "a noise that is not in a file");
        return set_key(inner.ok_or_else(none)?, at, NOISE, catalogue::noise(), key, value.as_ref());
    }
    set(part, "background_noise", BACKGROUND_NOISE, catalogue::noise_bed(), field)
}

/// A new clip.
pub(super) fn add_clip(track: &mut Track, path: &str) -> Edited {
    if path.trim().is_empty() {
        return Err(EditError::new("overlay_clips", "no path", "the path of a recording"));
    }
    let source = json!({"file_path": path, "start": 0.0, "duration": 0.0, "amp": 1.0, "pan": 0.0,
        "fade_in": 0.0, "fade_out": 0.0, "description": ""});
    track.clips.push(Part { path: String::new(), disabled: false, source });
    Ok(())
}

/// Takes a clip away.
pub(super) fn remove_clip(track: &mut Track, clip: usize) -> Edited {
    check::place("overlay_clips", clip, track.clips.len())?;
    track.clips.remove(clip);
    if track.clips.is_empty()
        && let Some(source) = track.source.as_object_mut()
    {
        // A list that could not be read must not come back.
        for key in ["overlay_clips", "clips"] {
            if let Some(place) = source.get_mut(key) {
                *place = Value::Null;
            }
        }
    }
    Ok(())
}

/// Sets a field of a clip.
pub(super) fn set_clip(track: &mut Track, clip: usize, field: &PartField) -> Edited {
    check::place("overlay_clips", clip, track.clips.len())?;
    let place = format!("overlay_clips[{clip}]");
    set(&mut track.clips[clip], &place, CLIP, catalogue::clip(), field)
}

fn set(part: &mut Part, place: &str, table: &[Key], known: &[Parameter], field: &PartField) -> Edited {
    let object = object(part, place)?;
    let mut flag = |key: &str, is_set: bool| {
        match is_set {
            true => _ = object.insert(key.to_owned(), true.into()),
            false => _ = object.shift_remove(key),
        }
        Ok(())
    };
    match field {
        PartField::Mute(is_muted) => flag(MUTE, *is_muted),
        PartField::Solo(is_soloed) => flag(SOLO, *is_soloed),
        PartField::Key(key, value) => set_key(object, place, table, known, key, value.as_ref()),
        PartField::Inner(key, _) => Err(EditError::new(place, format!("a key {key} inside"), "a noise bed")),
    }
}

fn object<'a>(part: &'a mut Part, place: &str) -> Result<&'a mut Object, EditError> {
    let found = shown(&part.source);
    part.source.as_object_mut().ok_or_else(|| EditError::new(place, found, "an object"))
}

fn set_key(
    object: &mut Object,
    place: &str,
    table: &[Key],
    known: &[Parameter],
    key: &str,
    value: Option<&Value>,
) -> Edited {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        object.shift_remove(key);
        return Ok(());
    };
    let at = format!("{place}.{key}");
    check::key(&at, table, key, value)?;
    if let Some(parameter) = known.iter().find(|parameter| parameter.has_key(key)) {
        check_parameter(&at, parameter, value)?;
    }
    object.insert(key.to_owned(), value.clone());
    Ok(())
}
