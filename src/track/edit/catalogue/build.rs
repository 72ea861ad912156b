//! Puts the catalogue together: keys and defaults as the compilers ask for them, words and ranges from the tables.

use super::table::{self, Row};
use super::words::SYNTHS;
use super::{Control, EnvelopeKind, Parameter, Synth};
use crate::track::file::fields::{Asked, Fields, prefixed};
use crate::track::file::files::NoFiles;
use crate::track::file::files::{Files, Recording};
use crate::track::file::schema::Object;
use crate::track::sound::clip::Clip;
use crate::track::sound::noise::bed;
use crate::track::sound::span::{Behaviour, Span};
use crate::track::sound::voice::{Envelope, layer};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// What a compiler asked for, in order.
pub(super) type Questions = Vec<(String, Asked)>;

/// Every synth.
pub(super) fn synths() -> Vec<Synth> {
    let synth = |words: &super::words::Words| {
        let asked = [false, true].map(|is_transition| layer::asked(words.name, is_transition));
        Synth {
            name: words.name,
            title: words.title,
            about: words.about,
            voice_type: words.voice_type,
            has_transition: !asked[1].is_empty(),
            parameters: parameters(words.name, table::VOICES, &asked),
        }
    };
    SYNTHS.iter().map(synth).collect()
}

/// The bed itself.
pub(super) fn noise_bed() -> Vec<Parameter> {
    parameters("bed", table::BED, &[bed_asked(), Vec::new()])
}

/// What the compiler of a bed asks for.
pub(super) fn bed_asked() -> Questions {
    let object = Object::new();
    let fields = Fields::new(&object, "");
    bed::read(&fields, Span::new(0.01, 8_000.0), Behaviour::Intended, &NoFiles);
    fields.asked()
}

/// The noise of a bed.
pub(super) fn noise() -> Vec<Parameter> {
    parameters("bed", table::VOICES, &[false, true].map(noise_asked))
}

/// What the compiler of a bed's noise asks for.
pub(super) fn noise_asked(is_transition: bool) -> Questions {
    let object = Object::from_iter([("transition".to_owned(), Value::Bool(is_transition))]);
    let fields = Fields::new(&object, "");
    bed::read_noise(&fields, Span::new(0.01, 8_000.0), Behaviour::Intended, &NoFiles);
    fields.asked()
}

/// A clip.
pub(super) fn clip() -> Vec<Parameter> {
    parameters("clip", table::CLIP, &[clip_asked(), Vec::new()])
}

/// What the compiler of a clip asks for.
pub(super) fn clip_asked() -> Questions {
    let object = Object::from_iter([("file_path".to_owned(), json!("a"))]);
    let fields = Fields::new(&object, "");
    Clip::read(&fields, 8_000.0, Behaviour::Intended, &Beep);
    let mut asked = fields.asked();
    let others = ["path", "file"].map(|key| (key.to_owned(), Asked::Text(String::new())));
    asked.extend(others);
    asked
}

/// A recording to ask about clips with.
struct Beep;

impl Files for Beep {
    fn recording(&self, _: &Path) -> Result<Arc<Recording>, String> {
        Ok(Arc::new(Recording { channels: vec![vec![0.0; 80]], rate_hz: 8_000 }))
    }

    fn recording_at(&self, path: &Path, _: f64) -> Result<Arc<Recording>, String> {
        self.recording(path)
    }

    fn json(&self, path: &Path) -> Result<Value, String> {
        NoFiles.json(path)
    }
}

/// Every envelope.
pub(super) fn envelopes() -> Vec<EnvelopeKind> {
    let kind = |(name, title, rows): &(&'static str, &'static str, &'static [Row])| {
        let object = Object::from_iter([("type".to_owned(), json!(name))]);
        let asked = Envelope::asked(&Fields::new(&object, ""), Span::new(1.0, 1_000.0));
        EnvelopeKind { name, title, parameters: parameters(name, rows, &[asked, Vec::new()]) }
    };
    table::ENVELOPES.iter().map(kind).collect()
}

/// The parameters that a compiler asks for in its two forms.
fn parameters(owner: &str, rows: &[Row], asked: &[Questions; 2]) -> Vec<Parameter> {
    let mut taken: Vec<String> = Vec::new();
    let mut parameters = Vec::new();
    for row in rows.iter().filter(|row| row.only.is_empty() || row.only.contains(&owner)) {
        let sides: &[&str] = if row.keys.contains('#') { &["L", "R"] } else { &[""] };
        for side in sides {
            if let Some(parameter) = parameter(row, side, asked, &taken) {
                let keys = [&parameter.keys, &parameter.start_keys, &parameter.end_keys];
                taken.extend(keys.into_iter().flatten().cloned());
                parameters.push(parameter);
            }
        }
    }
    parameters.sort_by_key(|parameter| parameter.group);
    parameters
}

fn parameter(row: &Row, side: &str, [plain, moving]: &[Questions; 2], taken: &[String]) -> Option<Parameter> {
    let spellings: Vec<String> = row.keys.split('|').map(|key| key.replace('#', side)).collect();
    let within = |asked: &Questions, keys: &[String]| -> Vec<String> {
        let asked = asked.iter().map(|(key, _)| key);
        asked.filter(|key| keys.contains(key) && !taken.contains(key)).cloned().collect()
    };
    let [in_static, in_transition] = [plain, moving].map(|asked| within(asked, &spellings));
    let keys = if in_static.is_empty() { &in_transition } else { &in_static };
    let bases: Vec<String> = match row.moving {
        Some(key) => vec![key.replace('#', side)],
        None => spellings.clone(),
    };
    let at = |prefix: &str| -> Vec<String> {
        let forms = bases.iter().flat_map(|key| [prefixed(prefix, key), format!("{prefix}_{key}")]);
        within(moving, &forms.collect::<Vec<_>>())
    };
    let (start_keys, mut end_keys) = (at("start"), at("end"));
    if keys.is_empty() && start_keys.is_empty() {
        return None;
    }
    if row.stays {
        end_keys.clear();
    }
    let default =
        own_default(plain, keys).or_else(|| own_default(moving, keys)).or(row.default.map(Value::from));
    let label = match side {
        "L" => format!("{} left", row.label),
        "R" => format!("{} right", row.label),
        _ => row.label.to_owned(),
    };
    Some(Parameter {
        label,
        unit: row.unit,
        group: row.group,
        control: row.control,
        default: shaped(default.unwrap_or(Value::Null), row.control),
        start_default: own_default(moving, &start_keys),
        end_default: own_default(moving, &end_keys),
        in_static: !in_static.is_empty(),
        in_transition: !in_transition.is_empty() || !start_keys.is_empty(),
        keys: keys.clone(),
        start_keys,
        end_keys,
    })
}

/// The default that a compiler has for any of some keys.
fn own_default(asked: &Questions, keys: &[String]) -> Option<Value> {
    let of_key = |key: &String| asked.iter().find(|(asked, _)| asked == key).map(|(_, asked)| asked);
    keys.iter().filter_map(of_key).find_map(|asked| match asked {
        Asked::Number(Some(number)) => Some((*number).into()),
        Asked::Flag(flag) => Some((*flag).into()),
        Asked::Text(text) => Some(text.as_str().into()),
        Asked::Number(None) | Asked::Value => None,
    })
}

/// A default as its control holds it: compilers read some switches as numbers.
fn shaped(default: Value, control: Control) -> Value {
    match (control, default.as_f64()) {
        (Control::Switch, Some(number)) => (number != 0.0).into(),
        _ => default,
    }
}
