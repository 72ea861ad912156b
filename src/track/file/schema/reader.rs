//! Reading an object of a track file by its table of keys: spellings, bounds, and a word about every key without effect.
//!
//! Unlike the parameters of a voice, a setting that does not fit falls back to its default and the part still sounds.

use super::keys::Key;
use super::{Object, Problems};
use crate::track::file::fields::{Fields, number_of, shown};
use crate::track::file::problem::{Problem, Severity};
use serde_json::Value;
use std::ops::RangeInclusive;

/// Unknown keys of one object that are listed one by one.
const MOST_UNKNOWN: usize = 20;

/// An object with its table.
pub struct Reader<'a> {
    object: &'a Object,
    fields: Fields<'a>,
    table: &'static [Key],
}

impl<'a> Reader<'a> {
    /// Reads `object`, which stands at `path`, by `table`.
    pub fn new(object: &'a Object, path: impl Into<String>, table: &'static [Key]) -> Self {
        Self { object, fields: Fields::new(object, path), table }
    }

    /// The spelling of a key in this object: the first one with a value, or the one that is written.
    pub fn spelling(&self, name: &'static str) -> &'static str {
        spelling(self.object, self.table, name)
    }

    /// The value of a key in whichever spelling.
    pub fn value(&self, name: &'static str) -> Option<&'a Value> {
        self.fields.value(self.spelling(name))
    }

    /// A number within bounds, where the key has a value. What lies outside is moved to the nearest bound.
    pub fn maybe_number(&self, name: &'static str, bounds: RangeInclusive<f64>) -> Option<f64> {
        let key = self.spelling(name);
        let value = self.fields.value(key)?;
        let Some(number) = number_of(value) else {
            let found = described(value);
            self.fields.repair(key, format!("found {found}, expected a number within ±1e9; left out"));
            return None;
        };
        let (&low, &high) = (bounds.start(), bounds.end());
        if !bounds.contains(&number) {
            let message =
                format!("found {number}, expected {low} to {high}; taken as {}", number.clamp(low, high));
            self.fields.repair(key, message);
        }
        // A negative zero would survive comparing and differ in a file.
        Some(number.clamp(low, high) + 0.0)
    }

    /// The same with a default.
    pub fn number(&self, name: &'static str, default: f64, bounds: RangeInclusive<f64>) -> f64 {
        self.maybe_number(name, bounds).unwrap_or(default)
    }

    /// A yes or no.
    pub fn flag(&self, name: &'static str, default: bool) -> bool {
        self.fields.flag(self.spelling(name), default)
    }

    /// A text, where the key has a value.
    pub fn text(&self, name: &'static str) -> Option<&'a str> {
        let key = self.spelling(name);
        let value = self.fields.value(key)?;
        if !value.is_string() {
            self.fields.repair(key, format!("found {}, expected a text; left out", described(value)));
        }
        value.as_str()
    }

    /// An object, where the key has a value; anything else makes the part unusable.
    pub fn object(&self, name: &'static str) -> Option<&'a Object> {
        let key = self.spelling(name);
        let value = self.fields.value(key)?;
        if !value.is_object() {
            self.fields.refuse(key, format!("found {}, expected an object", described(value)));
        }
        value.as_object()
    }

    /// The fields below the table.
    pub fn fields(&self) -> &Fields<'a> {
        &self.fields
    }

    /// Whether something was refused.
    pub fn is_refused(&self) -> bool {
        self.fields.is_refused()
    }

    /// Hands over everything found. Second spellings of a key and keys that are in no table are listed.
    pub fn finish(self, problems: &mut Problems) {
        for key in self.table {
            let counts = self.spelling(key.names[0]);
            for name in key.names.iter().filter(|name| self.fields.has(name) && **name != counts) {
                self.fields.ignore(name, format!("has no effect beside {counts}"));
            }
        }
        let unknown = self.fields.unread();
        for name in unknown.iter().take(MOST_UNKNOWN) {
            self.fields.ignore(&in_path(name), "is no known key; kept when the track is saved");
        }
        if let Some(rest @ 1..) = unknown.len().checked_sub(MOST_UNKNOWN) {
            self.fields.ignore("", format!("has {rest} more unknown keys; kept when the track is saved"));
        }
        problems.extend(self.fields.into_problems());
    }
}

/// The spelling of a key that counts in an object: the first with a value, else the first that is there as null, else
/// the one that is written.
pub fn spelling(object: &Object, table: &'static [Key], name: &'static str) -> &'static str {
    let names = table.iter().find(|key| key.names[0] == name).map_or(&[][..], |key| key.names);
    let with_value = names.iter().find(|name| object.get(**name).is_some_and(|value| !value.is_null()));
    with_value.or_else(|| names.iter().find(|name| object.contains_key(**name))).copied().unwrap_or(name)
}

/// A value for a message: its text if it is short, else what it is.
pub fn described(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(_) => "an object".to_owned(),
        other => shown(other),
    }
}

/// A finding that makes a part unusable.
pub fn refused(path: &str, message: String) -> Problem {
    Problem { path: path.to_owned(), severity: Severity::Refused, message }
}

/// A key as a path shows it: cut to a readable length.
pub fn in_path(key: &str) -> String {
    match key.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &key[..end]),
        None => key.to_owned(),
    }
}
