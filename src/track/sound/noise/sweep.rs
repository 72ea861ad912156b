//! Sweeps of a noise: the ranges that notches move through, in every spelling that files use.

use super::notch::{MOST_STAGES, Notch};
use super::recipe::forward;
use crate::track::file::fields::{Fields, number_of, shown};
use crate::track::sound::span::Behaviour;
use serde_json::{Map, Value};

/// Most sweeps that are read.
const MOST_SWEEPS: usize = 16;

/// One sweep; each value at the start and at the end of a transition, the same twice without one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sweep {
    /// One end of the range in Hz.
    pub min_hz: [f64; 2],
    /// The other end in Hz; the ends may be swapped.
    pub max_hz: [f64; 2],
    /// Quality of the notch.
    pub q: [f64; 2],
    /// Stages of the notch, rounded when used.
    pub stages: [f64; 2],
}

impl Sweep {
    /// The notch at `alpha` of the transition and at `lfo` (−1…1) of the range.
    pub fn notch(&self, alpha: f64, lfo: f64) -> Notch {
        let at = |[start, end]: [f64; 2]| start + (end - start) * alpha;
        let (min, max) = (at(self.min_hz), at(self.max_hz));
        Notch {
            freq_hz: 0.5 * (min + max) + 0.5 * (max - min).abs() * lfo,
            q: at(self.q),
            stages: at(self.stages).round_ties_even().clamp(1.0, f64::from(MOST_STAGES)) as u32,
        }
    }
}

/// How sweeps are to be read.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// Values move from a start to an end.
    pub is_transition: bool,
    /// Intent or parity.
    pub behaviour: Behaviour,
    /// Quality where nothing gives one.
    pub default_q: f64,
}

const DEFAULT_MIN_HZ: f64 = 1_000.0;
const DEFAULT_MAX_HZ: f64 = 10_000.0;
const DEFAULT_STAGES: f64 = 10.0;

impl Reading {
    /// Reads `sweeps` (in transitions also `start_sweeps`). No such key is one sweep from 1 to 10 kHz, an empty array none.
    pub fn read(&self, fields: &Fields<'_>) -> Vec<Sweep> {
        let keys: &[&str] =
            if self.is_transition { &["start_sweeps", "sweeps"] } else { &["sweeps", "start_sweeps"] };
        let Some(key) = keys.iter().find(|key| fields.has(key)) else {
            return vec![self.sweep(fields, 0, &|_| None)];
        };
        let Some(Value::Array(entries)) = fields.value(key) else {
            fields.refuse(key, "expected an array of sweeps");
            return Vec::new();
        };
        if entries.len() > MOST_SWEEPS {
            let message = format!("found {} sweeps, only the first {MOST_SWEEPS} are used", entries.len());
            fields.ignore(key, message);
        }
        let entries = entries.iter().take(MOST_SWEEPS).enumerate();
        entries.filter_map(|(i, entry)| self.entry(fields, key, i, entry)).collect()
    }

    fn entry(&self, fields: &Fields<'_>, key: &str, i: usize, entry: &Value) -> Option<Sweep> {
        match entry {
            Value::Object(map) => Some(self.object(fields, &format!("{key}[{i}]"), i, map)),
            Value::Array(numbers) => Some(self.array(fields, i, numbers)),
            other => {
                let message = format!("found {}, expected an object or an array", shown(other));
                fields.refuse(&format!("{key}[{i}]"), message);
                None
            }
        }
    }

    fn object(&self, fields: &Fields<'_>, key: &str, i: usize, map: &Map<String, Value>) -> Sweep {
        let object = Fields::new(map, "");
        let first = |keys: &[&str]| keys.iter().find_map(|key| object.maybe_number(key));
        let sweep = self.sweep(fields, i, &|part| {
            let starts: &[&str] = match part {
                Part::Min => &["start_min", "startMin", "min"],
                Part::Max => &["start_max", "startMax", "max"],
                Part::Q => &["start_q", "startQ", "q"],
                Part::Stages => &["start_casc", "startCasc", "start_cascade", "cascade", "casc"],
            };
            let ends: &[&str] = match part {
                Part::Min => &["end_min", "endMin"],
                Part::Max => &["end_max", "endMax"],
                Part::Q => &["end_q", "endQ"],
                Part::Stages => &["end_casc", "endCasc", "end_cascade"],
            };
            let end = first(ends).or_else(|| match (part, self.behaviour) {
                // The original looks for the wrong key.
                (Part::Min, Behaviour::Original) => object.maybe_number("max"),
                _ => None,
            });
            Some([first(starts), end])
        });
        forward(fields, key, object);
        sweep
    }

    /// `[min, max, q, stages]`, or in transitions `[min, max, end min, end max, q, end q, stages, end stages]`.
    fn array(&self, fields: &Fields<'_>, i: usize, numbers: &[Value]) -> Sweep {
        let at = |i: usize| numbers.get(i).and_then(number_of);
        self.sweep(fields, i, &|part| {
            Some(match (part, self.is_transition || numbers.len() > 4) {
                (Part::Min, true) => [at(0), at(2)],
                (Part::Max, true) => [at(1), at(3)],
                (Part::Q, true) => [at(4), at(5)],
                (Part::Stages, true) => [at(6), at(7)],
                (Part::Min, false) => [at(0), None],
                (Part::Max, false) => [at(1), None],
                (Part::Q, false) => [at(2), None],
                (Part::Stages, false) => [at(3), None],
            })
        })
    }

    /// A sweep from what an entry says, the voice's own values and the defaults.
    fn sweep(
        &self,
        fields: &Fields<'_>,
        i: usize,
        entry: &dyn Fn(Part) -> Option<[Option<f64>; 2]>,
    ) -> Sweep {
        let range = |part, default: f64| {
            let [start, end] = entry(part).unwrap_or_default();
            let start = start.unwrap_or(default);
            [start, end.unwrap_or(start)]
        };
        let shape = |part, bases: &[&str], default: f64| {
            let [start, end] = entry(part).unwrap_or_default();
            let prefixed = |prefix: &str| {
                let mut values = bases.iter().map(|base| per_sweep(fields, &format!("{prefix}{base}"), i));
                values.find_map(|value| value)
            };
            let given = start.is_some();
            let start = start.or_else(|| prefixed("start_")).or_else(|| prefixed("")).unwrap_or(default);
            let end = end.or_else(|| if given { None } else { prefixed("end_") });
            [start, end.unwrap_or(start)]
        };
        let mut sweep = Sweep {
            min_hz: range(Part::Min, DEFAULT_MIN_HZ),
            max_hz: range(Part::Max, DEFAULT_MAX_HZ),
            q: shape(Part::Q, &["notch_q", "q"], self.default_q),
            stages: shape(Part::Stages, &["casc", "cascade_count"], DEFAULT_STAGES),
        };
        if !self.is_transition {
            for values in [&mut sweep.min_hz, &mut sweep.max_hz, &mut sweep.q, &mut sweep.stages] {
                values[1] = values[0];
            }
        }
        sweep
    }
}

#[derive(Clone, Copy)]
enum Part {
    Min,
    Max,
    Q,
    Stages,
}

/// A number for all sweeps, or an array with one for each.
fn per_sweep(fields: &Fields<'_>, key: &str, i: usize) -> Option<f64> {
    match fields.value(key)? {
        Value::Array(numbers) => numbers.get(i).or(numbers.last()).and_then(number_of),
        _ => fields.maybe_number(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(object: &Value, is_transition: bool, behaviour: Behaviour) -> Vec<Sweep> {
        let fields = Fields::new(object.as_object().unwrap(), "");
        let sweeps = Reading { is_transition, behaviour, default_q: 25.0 }.read(&fields);
        assert!(!fields.is_refused());
        sweeps
    }

    #[test]
    fn every_spelling_of_a_static_sweep() {
        let object = json!({
            "sweeps": [{"min": 500, "max": 900, "q": 7, "cascade": 3}, {"startMin": 600, "start_max": 800, "start_casc": 2},
                       [100, 200, 5, 1], [300, 400]],
            "notch_q": [1, 2, 3, 4], "casc": 6
        });
        let found = read(&object, false, Behaviour::Intended);
        let plain: Vec<[f64; 4]> =
            found.iter().map(|s| [s.min_hz[1], s.max_hz[1], s.q[1], s.stages[1]]).collect();
        let expected = [
            [500.0, 900.0, 7.0, 3.0],
            [600.0, 800.0, 2.0, 2.0],
            [100.0, 200.0, 5.0, 1.0],
            [300.0, 400.0, 4.0, 6.0],
        ];
        assert_eq!(plain, expected);
        let absent = read(&json!({}), false, Behaviour::Intended);
        assert_eq!((absent.len(), absent[0].max_hz, absent[0].q), (1, [10_000.0; 2], [25.0; 2]));
        assert_eq!(read(&json!({"sweeps": []}), false, Behaviour::Intended), []);
    }

    #[test]
    fn transitions_move_and_swapped_limits_sort() {
        let object = json!({"start_sweeps": [[9000, 1000, 2000, 4000, 20, 30, 3, 6], {"min": 1, "max": 5, "end_max": 9}],
                            "start_q": 8, "end_q": 10});
        let found = read(&object, true, Behaviour::Intended);
        let notch = found[0].notch(0.0, -1.0);
        assert_eq!((notch.freq_hz, notch.q, notch.stages), (1_000.0, 20.0, 3));
        let notch = found[0].notch(1.0, 1.0);
        assert_eq!((notch.freq_hz, notch.q, notch.stages), (4_000.0, 30.0, 6));
        assert_eq!((found[1].min_hz, found[1].max_hz, found[1].q), ([1.0, 1.0], [5.0, 9.0], [8.0, 10.0]));
        assert_eq!(read(&object, true, Behaviour::Original)[1].min_hz, [1.0, 5.0]);
    }
}
