//! Typed reading of a JSON object's fields, with defaults, spellings and a record of everything that did not fit.
//!
//! Used while a track is compiled, never on the audio thread.

use crate::track::file::problem::{Problem, Severity};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Numbers beyond this are refused, so that no arithmetic on them leaves the range of `f32`.
const LARGEST_NUMBER: f64 = 1e9;

/// How a key was asked for: what may stand there, and what counts where nothing does.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    /// Anything.
    Value,
    /// A number; without a default something else stands in for it.
    Number(Option<f64>),
    /// A yes or no.
    Flag(bool),
    /// A text.
    Text(String),
}

/// The fields of one object of a file.
///
/// Reading never fails: a value of the wrong kind gives the default and is recorded as [`Severity::Refused`], which
/// disables the part it belongs to.
#[derive(Debug)]
pub struct Fields<'a> {
    map: &'a Map<String, Value>,
    path: String,
    problems: RefCell<Vec<Problem>>,
    /// Every key asked for, with its place in the order of asking.
    read: RefCell<BTreeMap<String, (usize, Asked)>>,
}

impl<'a> Fields<'a> {
    /// Reads `map`, which stands at `path` of its file.
    pub fn new(map: &'a Map<String, Value>, path: impl Into<String>) -> Self {
        Self { map, path: path.into(), problems: RefCell::default(), read: RefCell::default() }
    }

    /// Place of the object in its file.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value as written; null counts as absent.
    pub fn value(&self, key: &str) -> Option<&'a Value> {
        self.note(key, Asked::Value);
        self.map.get(key).filter(|value| !value.is_null())
    }

    /// Remembers how a key was asked for; what says more about it counts.
    fn note(&self, key: &str, asked: Asked) {
        let mut read = self.read.borrow_mut();
        let next = read.len();
        let known = &mut read.entry(key.to_owned()).or_insert((next, Asked::Value)).1;
        if matches!(known, Asked::Value | Asked::Number(None)) && asked != Asked::Value {
            *known = asked;
        }
    }

    /// Every key asked for so far, in the order of asking.
    pub fn asked(&self) -> Vec<(String, Asked)> {
        let read = self.read.borrow();
        let mut asked: Vec<_> =
            read.iter().map(|(key, (at, asked))| (*at, key.clone(), asked.clone())).collect();
        asked.sort_by_key(|(at, ..)| *at);
        asked.into_iter().map(|(_, key, asked)| (key, asked)).collect()
    }

    /// Whether the key is there with a value.
    pub fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    /// A number if the key is there; booleans count as 0 and 1, and a text that is nothing but a number as that number.
    pub fn maybe_number(&self, key: &str) -> Option<f64> {
        let value = self.value(key);
        self.note(key, Asked::Number(None));
        let value = value?;
        let number = number_of(value);
        if number.is_none() {
            self.refuse(key, format!("found {}, expected a number within ±1e9", shown(value)));
        }
        number
    }

    /// A number, or `default` where the key is absent.
    pub fn number(&self, key: &str, default: f64) -> f64 {
        let number = self.maybe_number(key);
        self.note(key, Asked::Number(Some(default)));
        number.unwrap_or(default)
    }

    /// The number under the first of several spellings.
    pub fn number_of(&self, keys: &[&str], default: f64) -> f64 {
        let Some((last, first)) = keys.split_last() else { return default };
        first.iter().find_map(|key| self.maybe_number(key)).unwrap_or_else(|| self.number(last, default))
    }

    /// A yes or no: booleans, numbers (0 is no) and the texts true, yes, on and their opposites.
    pub fn flag(&self, key: &str, default: bool) -> bool {
        let value = self.value(key);
        self.note(key, Asked::Flag(default));
        let Some(value) = value else { return default };
        let flag = match value {
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Some(true),
                "false" | "no" | "off" | "0" | "" => Some(false),
                _ => None,
            },
            other => number_of(other).map(|number| number != 0.0),
        };
        flag.unwrap_or_else(|| {
            self.refuse(key, format!("found {}, expected true or false", shown(value)));
            default
        })
    }

    /// A text, or `default` where the key is absent.
    pub fn text(&self, key: &str, default: &'a str) -> &'a str {
        let value = self.value(key);
        self.note(key, Asked::Text(default.to_owned()));
        match value {
            None => default,
            Some(Value::String(text)) => text,
            Some(other) => {
                self.refuse(key, format!("found {}, expected a text", shown(other)));
                default
            }
        }
    }

    /// Start and end of a parameter of a transition by the common naming rule: `xyz` becomes `startXyz` and `endXyz`; a
    /// missing start is the static `xyz` or its default, a missing end is the start.
    pub fn ramp(&self, key: &str, default: f64) -> [f64; 2] {
        let (start_key, end_key) = (prefixed("start", key), prefixed("end", key));
        let fixed = self.number(key, default);
        let start = self.maybe_number(&start_key).unwrap_or(fixed);
        [start, self.maybe_number(&end_key).unwrap_or(start)]
    }

    /// The static value twice, or a ramp: what a voice that exists in both forms reads.
    pub fn pair(&self, key: &str, default: f64, is_transition: bool) -> [f64; 2] {
        if is_transition { self.ramp(key, default) } else { [self.number(key, default); 2] }
    }

    /// Records that `key` makes the part unusable; `message` says what was found and what was expected.
    pub fn refuse(&self, key: &str, message: impl Into<String>) {
        self.record(key, Severity::Refused, message.into());
    }

    /// Records that `key` was read in another way than written.
    pub fn repair(&self, key: &str, message: impl Into<String>) {
        self.record(key, Severity::Repaired, message.into());
    }

    /// Records that `key` has no effect.
    pub fn ignore(&self, key: &str, message: impl Into<String>) {
        self.record(key, Severity::Ignored, message.into());
    }

    fn record(&self, key: &str, severity: Severity, message: String) {
        let path = match (self.path.is_empty(), key.is_empty()) {
            (_, true) => self.path.clone(),
            (true, _) => key.to_owned(),
            _ => format!("{}.{key}", self.path),
        };
        self.problems.borrow_mut().push(Problem { path, severity, message });
    }

    /// Keys of the object that nothing has asked for.
    pub fn unread(&self) -> Vec<&'a str> {
        let read = self.read.borrow();
        self.map.keys().map(String::as_str).filter(|key| !read.contains_key(*key)).collect()
    }

    /// Whether something was refused so far.
    pub fn is_refused(&self) -> bool {
        self.problems.borrow().iter().any(|problem| problem.severity == Severity::Refused)
    }

    /// Everything recorded.
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }
}

/// `start` + `baseFreq` → `startBaseFreq`.
pub fn prefixed(prefix: &str, key: &str) -> String {
    let mut letters = key.chars();
    match letters.next() {
        Some(first) => format!("{prefix}{}{}", first.to_ascii_uppercase(), letters.as_str()),
        None => prefix.to_owned(),
    }
}

/// A JSON value as a number, where it is one (see [`Fields::maybe_number`]).
pub fn number_of(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (number.abs() <= LARGEST_NUMBER).then_some(number)
}

/// A value for a message, cut to a readable length.
pub fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_kinds_spellings_and_ramps() {
        let object = json!({"a": 2, "b": true, "c": "3.5", "on": "yes", "startXyz": 1, "xyz": 7, "word": "x", "gone": null});
        let fields = Fields::new(object.as_object().unwrap(), "steps[0]");
        assert_eq!(
            (fields.number("a", 0.0), fields.number("b", 0.0), fields.number("c", 0.0)),
            (2.0, 1.0, 3.5)
        );
        assert_eq!(
            (fields.number("gone", 4.0), fields.flag("on", false), fields.text("word", "")),
            (4.0, true, "x")
        );
        assert_eq!((fields.ramp("xyz", 0.0), fields.ramp("other", 9.0)), ([1.0, 1.0], [9.0, 9.0]));
        assert_eq!(fields.unread(), Vec::<&str>::new());
        assert!(fields.into_problems().is_empty());
    }

    #[test]
    fn says_where_and_what_does_not_fit() {
        let object = json!({"baseFreq": [1], "huge": 1e300, "nan": "nan", "x": 1});
        let fields = Fields::new(object.as_object().unwrap(), "steps[0].params");
        assert_eq!((fields.number("baseFreq", 5.0), fields.number("huge", 6.0)), (5.0, 6.0));
        assert_eq!(fields.number("nan", 7.0), 7.0);
        assert_eq!(fields.unread(), ["x"]);
        let problems = fields.into_problems();
        assert_eq!(problems.len(), 3);
        assert_eq!(
            problems[0].to_string(),
            "steps[0].params.baseFreq: refused: found [1], expected a number within ±1e9"
        );
    }
}
