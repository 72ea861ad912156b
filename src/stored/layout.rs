//! The form in which a value is saved: a JSON object with the number of its layout, and the ladder up to the newest one.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Turns the fields of one layout into those of the next; an error is a sentence that says what was found and expected.
pub type Step = fn(Value) -> Result<Value, String>;

/// A value that is saved. What serde makes of it is its newest layout, without the number.
pub trait Layout: Default + PartialEq + Serialize + DeserializeOwned {
    /// Steps of the ladder: the first one takes layout 1 to layout 2. A change of meaning adds one, and a saved file of the
    /// layout before to the tests.
    const STEPS: &'static [Step] = &[];

    /// Layout that this version of the program writes.
    const VERSION: u64 = 1 + Self::STEPS.len() as u64;

    /// What stands for a value that could not be read, for this reason.
    fn lost(reason: String) -> Self;
}

/// A value as it is saved. Reading one never fails where there is JSON at all: what cannot be read is [`Layout::lost`].
#[derive(Debug, PartialEq)]
pub struct Versioned<T>(pub Arc<T>);

impl<T: Layout> Serialize for Versioned<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a, T> {
            version: u64,
            #[serde(flatten)]
            fields: &'a T,
        }
        Written { version: T::VERSION, fields: &*self.0 }.serialize(serializer)
    }
}

impl<'de, T: Layout> Deserialize<'de> for Versioned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let saved = Value::deserialize(deserializer)?;
        Ok(Self(Arc::new(climb(saved).unwrap_or_else(T::lost))))
    }
}

/// Reads a saved value.
///
/// # Errors
/// A sentence that says what was found and what was expected.
pub fn parse<T: Layout>(text: &str) -> Result<T, String> {
    climb(serde_json::from_str(text).map_err(|error| error.to_string())?)
}

/// A text that [`Versioned`] can read in any case: the field itself where it is JSON, else one that says what is wrong, and
/// for a field that is not there one that stands for the default. A framework that leaves the old value in place where a
/// field is missing or broken never does so with this.
pub fn legible(field: Option<&str>) -> String {
    let nothing = |reason: Option<String>| {
        let mut nothing = serde_json::json!({ "version": NOTHING });
        if let Some(reason) = reason {
            nothing[LOST] = reason.into();
        }
        nothing.to_string()
    };
    match field.map(|field| (field, serde_json::from_str::<serde::de::IgnoredAny>(field))) {
        Some((field, Ok(_))) => field.to_owned(),
        Some((_, Err(error))) => nothing(Some(error.to_string())),
        None => nothing(None),
    }
}

/// Layout that is never saved: there was nothing to read, or nothing that could be.
const NOTHING: u64 = 0;
/// Why, in layout 0.
const LOST: &str = "lost";

/// Goes up from whatever layout the value has.
fn climb<T: Layout>(mut saved: Value) -> Result<T, String> {
    let version = saved.get("version").and_then(Value::as_u64).ok_or("no version")?;
    if version == NOTHING {
        let reason = saved.get(LOST).and_then(Value::as_str);
        return Ok(reason.map_or_else(T::default, |reason| T::lost(reason.to_owned())));
    }
    if version > T::VERSION {
        return Err(format!("found layout {version}, expected at most {}", T::VERSION));
    }
    if let Value::Object(fields) = &mut saved {
        fields.shift_remove("version");
    }
    for (below, step) in T::STEPS.iter().enumerate().skip(version as usize - 1) {
        saved = step(saved).map_err(|error| format!("layout {}: {error}", below + 1))?;
    }
    serde_json::from_value(saved).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In layout 1 a level in hundredths, in layout 2 in decibels, since layout 3 with a name.
    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Level {
        level_db: f64,
        name: String,
        #[serde(skip)]
        lost: Option<String>,
    }

    impl Layout for Level {
        const STEPS: &'static [Step] = &[
            |fields| {
                let level = fields["level"].as_f64().ok_or("level is no number")?;
                Ok(serde_json::json!({ "level_db": level / 100.0 }))
            },
            |mut fields| {
                fields["name"] = "unnamed".into();
                Ok(fields)
            },
        ];

        fn lost(reason: String) -> Self {
            Self { lost: Some(reason), ..Self::default() }
        }
    }

    fn read(text: &str) -> Level {
        let Versioned(level) = serde_json::from_str(text).unwrap();
        Arc::into_inner(level).unwrap()
    }

    #[test]
    fn every_layout_climbs_to_the_newest() {
        for text in [
            r#"{"version": 1, "level": -150}"#,
            r#"{"version": 2, "level_db": -1.5}"#,
            r#"{"level_db": -1.5, "version": 3, "name": "unnamed"}"#,
        ] {
            let level = read(text);
            assert_eq!(
                (level.level_db, level.name.as_str(), &level.lost),
                (-1.5, "unnamed", &None),
                "{text}"
            );
            let written = serde_json::to_string(&Versioned(Arc::new(level))).unwrap();
            assert_eq!(written, r#"{"version":3,"level_db":-1.5,"name":"unnamed"}"#);
        }
    }

    #[test]
    fn what_cannot_be_read_is_the_default_and_says_why() {
        for (text, reason) in [
            ("null", "no version"),
            (r#"{"version": -1}"#, "no version"),
            (r#"{"version": 4}"#, "found layout 4, expected at most 3"),
            (r#"{"version": 1}"#, "layout 1: level is no number"),
            (r#"{"version": 3, "level_db": 1, "name": 2}"#, "invalid type"),
            (r#"{"version": 3, "level_db": 1, "name": "", "more": 1}"#, "unknown field"),
            (&legible(Some(r#"{"version":"#)), "EOF"),
        ] {
            let level = read(text);
            assert!(level.lost.as_ref().unwrap().contains(reason), "{text}: {level:?}");
            assert_eq!(Level { lost: None, ..level }, Level::default());
        }
        assert!(parse::<Level>("{").unwrap_err().contains("EOF"));
    }

    #[test]
    fn nothing_saved_is_the_default_and_nothing_is_lost() {
        assert_eq!(read(&legible(None)), Level::default());
        let text = r#"{"version": 2, "level_db": 1}"#;
        assert_eq!(legible(Some(text)), text, "left as it is");
    }
}
