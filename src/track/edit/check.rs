//! What a change may set: places that exist, values that are read back as they are, tracks within the limits.

use super::{EditError, Edited};
use crate::track::file::fields::{number_of, shown};
use crate::track::file::limits::Limits;
use crate::track::file::load::json;
use crate::track::file::save::to_json;
use crate::track::file::schema::Track;
use crate::track::file::schema::keys::{Key, Kind};
use serde_json::Value;

/// Checks that a place exists.
pub(super) fn place(at: &str, index: usize, count: usize) -> Edited {
    if index < count {
        return Ok(());
    }
    let expected = match count {
        0 => "none, there are none".to_owned(),
        count => format!("0 to {}", count - 1),
    };
    Err(EditError::new(at, index.to_string(), expected))
}

/// Checks a number against its bounds, both included.
pub(super) fn number(at: &str, value: f64, low: f64, high: f64) -> Edited {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(EditError::new(at, value.to_string(), format!("a number from {low} to {high}")))
}

/// The same where there may be none.
pub(super) fn maybe_number(at: &str, value: Option<f64>, low: f64, high: f64) -> Edited {
    value.map_or(Ok(()), |value| number(at, value, low, high))
}

/// Checks a value against what its key holds; keys that are in no table may hold anything.
pub(super) fn key(at: &str, table: &[Key], name: &str, value: &Value) -> Edited {
    let Some(key) = table.iter().find(|key| key.names.contains(&name)) else { return Ok(()) };
    let expected = match key.kind {
        Kind::Number | Kind::Within(..) if !value.is_number() => "a number",
        Kind::Number if number_of(value).is_none() => "a number within ±1e9",
        Kind::Within(low, high) => return number(at, value.as_f64().unwrap_or(f64::NAN), low, high),
        Kind::Flag if !value.is_boolean() => "true or false",
        Kind::Text | Kind::Synth if !value.is_string() => "a text",
        Kind::Choice(texts) if !value.as_str().is_some_and(|text| texts.contains(&text)) => {
            return Err(EditError::new(at, shown(value), format!("one of {}", texts.join(", "))));
        }
        Kind::Object | Kind::One(_) if !value.is_object() => "an object",
        Kind::Many(_) if !value.is_array() => "a list",
        Kind::Points if !is_points(value) => "a list of times and factors",
        _ => return Ok(()),
    };
    Err(EditError::new(at, shown(value), expected))
}

fn is_points(value: &Value) -> bool {
    let is_point = |point: &Value| {
        point.as_array().is_some_and(|pair| pair.len() == 2 && pair.iter().all(|x| number_of(x).is_some()))
    };
    value.as_array().is_some_and(|points| points.iter().all(is_point))
}

/// The file of a track, checked to be one that can be read back: its counts, its length and its size.
pub(super) fn text_within(track: &Track, limits: &Limits) -> Result<String, EditError> {
    let at_most = |at: &str, found: usize, limit: usize, what: &str| match found <= limit {
        true => Ok(()),
        false => Err(EditError::new(at, format!("{found} {what}"), format!("at most {limit}"))),
    };
    at_most("progression", track.steps.len(), limits.steps, "steps")?;
    for step in &track.steps {
        at_most(&step.path, step.voices.len(), limits.step_voices, "voices")?;
    }
    at_most("progression", track.voices().count(), limits.voices, "voices")?;
    at_most("overlay_clips", track.clips.len(), limits.clips, "clips")?;
    let (mut end_s, mut last_s) = (0.0_f64, 0.0_f64);
    for step in &track.steps {
        end_s = step.start_s.unwrap_or(end_s) + step.duration_s;
        last_s = last_s.max(end_s);
    }
    if last_s > limits.track_s {
        let expected = format!("at most {} s", limits.track_s);
        return Err(EditError::new("progression", format!("a track of {last_s} s"), expected));
    }
    let text = to_json(track);
    at_most("the file", text.len(), usize::try_from(limits.file_bytes).unwrap_or(usize::MAX), "bytes")?;
    match json::read(text.as_bytes(), limits) {
        Ok(_) => Ok(text),
        Err(error) => Err(EditError::new("the file", error.cause, "a track within the limits")),
    }
}
