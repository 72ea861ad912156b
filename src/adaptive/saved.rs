//! What a project keeps of the listener: where it has gone, what it has learned, what it aims for.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reference::Reference;
use super::steering::Course;
use super::taste::Taste;

/// Everything that is saved.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Layout1")]
pub struct Saved {
    /// Commits, pins and locks.
    pub course: Course,
    /// What was learned from corrections.
    pub taste: Taste,
    /// What is aimed for instead of a character.
    pub reference: Option<Reference>,
    /// Why what was saved is not here: one sentence, never saved itself.
    pub lost: Option<String>,
}

/// Layout 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout1 {
    version: u64,
    course: Course,
    taste: Taste,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<Reference>,
}

impl Saved {
    /// Layout written by this version of the program. A change of meaning raises it and adds a step to the ladder.
    pub const VERSION: u64 = 1;
}

impl From<Saved> for Layout1 {
    fn from(saved: Saved) -> Self {
        Self { version: Saved::VERSION, course: saved.course, taste: saved.taste, reference: saved.reference }
    }
}

impl TryFrom<Value> for Saved {
    type Error = String;

    /// Climbs the ladder from whatever layout the value has.
    fn try_from(value: Value) -> Result<Self, String> {
        let version = value.get("version").and_then(Value::as_u64).ok_or("no version")?;
        match version {
            // Stands for something that could not be read.
            0 => {
                let lost = value.get("lost").and_then(Value::as_str).unwrap_or("unreadable").to_owned();
                Ok(Self { lost: Some(lost), ..Self::default() })
            }
            Self::VERSION => {
                let Layout1 { course, taste, reference, .. } =
                    serde_json::from_value(value).map_err(|error| error.to_string())?;
                Ok(Self { course: course.bounded(), taste, reference, lost: None })
            }
            later => Err(format!("found layout {later}, expected at most {}", Self::VERSION)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::rng::uniform_at;

    #[test]
    fn survives_its_own_json_and_refuses_other() {
        let mut saved = Saved::default();
        saved.course.committed.0[3] = 1.5;
        saved.course.pins[3] = Some(1.5);
        saved.course.history.push_back(Default::default());
        let json = serde_json::to_string(&saved).unwrap();
        assert_eq!(serde_json::from_str::<Saved>(&json).unwrap(), saved);
        for (field, reason) in [
            ("null", "no version"),
            ("{\"version\": 99}", "found layout 99, expected at most 1"),
            ("{\"version\": 1, \"course\": 3}", "invalid type"),
        ] {
            let error = serde_json::from_str::<Saved>(field).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn layout_1_is_read() {
        let text = include_str!("../../tests/fixtures/state/adaptive-1.json");
        let saved: Saved = serde_json::from_str(text).unwrap();
        let course = &saved.course;
        assert_eq!((course.committed.0[6], course.committed.0[15], course.committed.0[18]), (1.5, 0.9, 0.5));
        assert_eq!((course.pins[2], course.locks, course.has_learned), (Some(-1.25), 3, true));
        assert_eq!(course.history, [Default::default()]);
        assert_eq!(saved.taste.labels(), ["150 Hz: -0.75 dB"]);
        let reference = saved.reference.as_ref().unwrap();
        assert_eq!(
            (reference.names.as_slice(), reference.target().loudness_lufs),
            (&["liked.wav".to_owned()][..], Some(-11.5))
        );
        let kept: Value = serde_json::from_str(&serde_json::to_string(&saved).unwrap()).unwrap();
        assert_eq!(kept, serde_json::from_str::<Value>(text).unwrap(), "nothing is lost on the way");
    }

    #[test]
    fn damaged_states_are_refused_or_harmless() {
        let text = include_bytes!("../../tests/fixtures/state/adaptive-1.json");
        let (mut read, mut refused) = (0, 0);
        for round in 0..4_000u64 {
            let mut damaged = text.to_vec();
            for k in 0..1 + round % 3 {
                let random = |n: u64| (uniform_at(round, 8 * k + n).abs() * 1e6) as usize;
                let at = random(0) % damaged.len();
                match random(1) % 3 {
                    0 => damaged[at] = b"0123456789-.eE,[]{}\":nul"[random(2) % 24],
                    1 => _ = damaged.remove(at),
                    _ => damaged.truncate(at.max(1)),
                }
            }
            match serde_json::from_slice::<Saved>(&damaged) {
                Ok(saved) => {
                    read += 1;
                    assert_eq!(saved.course.committed, saved.course.committed.bounded());
                    let target = saved.reference.as_ref().map(Reference::target);
                    assert!(
                        target.is_none_or(|target| target.level_db.iter().all(|level| level.is_finite()))
                    );
                }
                Err(_) => refused += 1,
            }
        }
        assert!(read > 100 && refused > 100, "{read} read, {refused} refused");
    }

    #[test]
    fn values_from_strangers_are_bounded() {
        let mut json = serde_json::to_value(Saved::default()).unwrap();
        json["course"]["committed"][1] = 99.0.into();
        let saved: Saved = serde_json::from_value(json).unwrap();
        assert_eq!(saved.course.committed.0[1], 2.0);
    }
}
