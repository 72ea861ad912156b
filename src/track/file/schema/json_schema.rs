//! The JSON schema of track files, made of the tables that the loader reads by.

use super::keys::{BACKGROUND_NOISE, CLIP, ENVELOPE, GLOBAL, Key, Kind, NOISE, STEP, SWEEP, TRACK, VOICE};
use crate::track::sound::voice::layer;
use serde_json::{Map, Value, json};

/// The schema of track files in both layouts (JSON Schema 2020-12).
///
/// It describes what takes effect as written. The loader accepts more (texts that are numbers, values beyond their
/// bounds) and says what it made of it.
pub fn json_schema() -> Value {
    let mut track = object(TRACK, &[]);
    let head = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Track",
        "description": "A session of binaural, isochronic and noise voices.",
        "anyOf": [
            {"required": ["progression"]},
            {"required": ["global"]},
            {"required": ["steps", "global_settings"]},
            {"required": ["steps", "globalSettings"]},
        ],
        "$defs": {
            "global": object(GLOBAL, &[]),
            "step": object(STEP, &[]),
            "voice": voice(),
            "params": json!({"type": "object", "description": "Parameters of a synth by name; null counts as absent."}),
            "envelope": object(ENVELOPE, &["type"]),
            "background_noise": object(BACKGROUND_NOISE, &[]),
            "noise": object(NOISE, &[]),
            "sweep": object(SWEEP, &[]),
            "clip": object(CLIP, &[]),
        },
    });
    if let (Some(track), Value::Object(head)) = (track.as_object_mut(), head) {
        track.extend(head);
    }
    track
}

fn voice() -> Value {
    let mut voice = object(VOICE, &[]);
    let names: Vec<_> = VOICE[0].names.iter().map(|name| json!({ "required": [name] })).collect();
    voice["anyOf"] = names.into();
    voice
}

fn object(table: &[Key], required: &[&str]) -> Value {
    let mut properties = Map::new();
    for key in table {
        let (written, others) = key.names.split_first().unwrap_or((&"", &[]));
        let mut schema = value(key.kind);
        schema["description"] = key.about.into();
        for other in others {
            let mut alias = schema.clone();
            alias["description"] = format!("Another spelling of {written}.").into();
            properties.insert((*other).to_owned(), alias);
        }
        properties.insert((*written).to_owned(), schema);
    }
    let mut object = json!({"type": "object", "properties": properties});
    if !required.is_empty() {
        object["required"] = required.into();
    }
    object
}

/// What a key may hold. Null always counts as absent.
fn value(kind: Kind) -> Value {
    let reference = |name: &str| json!({ "$ref": format!("#/$defs/{name}") });
    match kind {
        Kind::Any => json!({}),
        Kind::Number => json!({"type": ["number", "null"], "minimum": -1e9, "maximum": 1e9}),
        Kind::Within(low, high) => json!({"type": ["number", "null"], "minimum": low, "maximum": high}),
        Kind::Flag => json!({"type": ["boolean", "number", "null"]}),
        Kind::Text => json!({"type": ["string", "null"]}),
        Kind::Synth => json!({"type": "string", "enum": layer::names().collect::<Vec<_>>()}),
        Kind::Choice(texts) => {
            let texts = texts.iter().map(|text| json!(text)).chain([Value::Null]);
            json!({ "enum": texts.collect::<Vec<_>>() })
        }
        Kind::Object => json!({"type": ["object", "null"]}),
        Kind::One(name) => json!({"anyOf": [reference(name), {"type": "null"}]}),
        Kind::Many(name) => json!({"type": ["array", "null"], "items": reference(name)}),
        Kind::Points => json!({
            "type": ["array", "null"],
            "items": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        }),
    }
}
