//! Text to JSON within limits: nesting and the number of values are counted while reading, so that a hostile file is
//! refused before it fills the memory.

use crate::track::file::limits::Limits;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::cell::Cell;
use std::fmt;

/// Where and why a text is no JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Line, from 1.
    pub line: usize,
    /// Byte within the line, from 1.
    pub column: usize,
    /// What was found and expected.
    pub cause: String,
}

/// Reads a document. A byte order mark in front is skipped.
pub fn read(text: &[u8], limits: &Limits) -> Result<Value, SyntaxError> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let left = Cell::new(limits.values);
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Counted { limits, left: &left, depth: 0 }.deserialize(&mut deserializer);
    value.and_then(|value| deserializer.end().map(|()| value)).map_err(|error| explained(&error, text))
}

fn explained(error: &serde_json::Error, text: &[u8]) -> SyntaxError {
    let (line, column) = (error.line(), error.column());
    let place = format!(" at line {line} column {column}");
    let cause = error.to_string().replace(&place, "");
    let rest = text.split(|byte| *byte == b'\n').nth(line.saturating_sub(1)).unwrap_or_default();
    let rest = rest.get(column.saturating_sub(1)..).unwrap_or_default();
    let word = ["NaN", "Infinity", "-Infinity"].into_iter().find(|word| rest.starts_with(word.as_bytes()));
    match word {
        Some(word) => SyntaxError { line, column, cause: format!("found {word}, expected a finite number") },
        None => SyntaxError { line, column, cause },
    }
}

/// A value at some depth that counts against what is left.
#[derive(Clone, Copy)]
struct Counted<'a> {
    limits: &'a Limits,
    left: &'a Cell<usize>,
    depth: usize,
}

impl Counted<'_> {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth >= self.limits.nesting {
            return Err(E::custom(format_args!("nested more than {} levels deep", self.limits.nesting)));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Counted<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| {
            D::Error::custom(format_args!("more than {} values in one file", self.limits.values))
        })?;
        self.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Counted<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(value) = access.next_element_seed(inner)? {
            list.push(value);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            map.insert(key, access.next_value_seed(inner)?);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Result<Value, SyntaxError> {
        super::read(text.as_bytes(), &Limits { nesting: 3, values: 6, ..Limits::default() })
    }

    #[test]
    fn reads_what_the_library_reads() {
        let text = "\u{feff} {\"a\": [1, -2, 0.1], \"b\": \"\\u00e9\"}";
        assert_eq!(read(text), Ok(json!({"a": [1, -2, 0.1], "b": "é"})));
        assert_eq!(read("0.30000000000000004").unwrap().to_string(), "0.30000000000000004");
    }

    #[test]
    fn says_where_it_stops_and_why() {
        let refused = |text: &str| read(text).unwrap_err();
        let error = refused("{\n  \"a\": NaN}");
        assert_eq!((error.line, error.cause.as_str()), (2, "found NaN, expected a finite number"));
        assert!(
            refused("[-Infinity]").cause.contains("finite")
                || refused("[-Infinity]").cause.contains("number")
        );
        assert!(refused("{\"a\": 1e999}").cause.contains("out of range"));
        assert_eq!(refused("[[[[0]]]]").cause, "nested more than 3 levels deep");
        assert_eq!(refused("[1,2,3,4,5,6]").cause, "more than 6 values in one file");
        assert!(refused("[1] 2").cause.contains("trailing"));
        assert!(refused("").cause.contains("EOF"));
        assert!(super::read(b"\"\xff\"", &Limits::default()).is_err(), "no UTF-8");
    }
}
