//! What a project keeps of the listener: where it has gone, what it has learned, what it aims for.

use serde::{Deserialize, Deserializer, Serialize};

use super::reference::Reference;
use super::steering::Course;
use super::taste::Taste;
use crate::stored::Layout;

/// Everything that is saved.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    /// Commits, pins and locks.
    #[serde(deserialize_with = "bounded")]
    pub course: Course,
    /// What was learned from corrections.
    pub taste: Taste,
    /// What is aimed for instead of a character.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// Why what was saved is not here: one sentence, never saved itself.
    #[serde(skip)]
    pub lost: Option<String>,
}

impl Layout for Saved {
    fn lost(reason: String) -> Self {
        Self { lost: Some(reason), ..Self::default() }
    }
}

fn bounded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Course, D::Error> {
    Course::deserialize(deserializer).map(Course::bounded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::rng::uniform_at;
    use crate::stored::{Versioned, parse};
    use serde_json::Value;
    use std::sync::Arc;

    fn written(saved: &Saved) -> Value {
        let text = serde_json::to_string(&Versioned(Arc::new(saved.clone()))).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn survives_its_own_json_and_refuses_other() {
        let mut saved = Saved::default();
        saved.course.committed.0[3] = 1.5;
        saved.course.pins[3] = Some(1.5);
        saved.course.history.push_back(Default::default());
        assert_eq!(parse::<Saved>(&written(&saved).to_string()).unwrap(), saved);
        for (field, reason) in [
            ("null", "no version"),
            ("{\"version\": 99}", "found layout 99, expected at most 1"),
            ("{\"version\": 1, \"course\": 3}", "invalid type"),
        ] {
            let error = parse::<Saved>(field).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn layout_1_is_read() {
        let text = include_str!("../../tests/fixtures/state/adaptive-1.json");
        let saved: Saved = parse(text).unwrap();
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
        assert_eq!(
            written(&saved),
            serde_json::from_str::<Value>(text).unwrap(),
            "nothing is lost on the way"
        );
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
            match parse::<Saved>(&String::from_utf8(damaged).unwrap()) {
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
        let mut json = written(&Saved::default());
        json["course"]["committed"][1] = 99.0.into();
        let saved: Saved = parse(&json.to_string()).unwrap();
        assert_eq!(saved.course.committed.0[1], 2.0);
    }
}
