//! What a model is to the rest: 134 numbers in, thirteen moves and how sure it is of each out. For the worker; the model
//! that is used lies in [`super::onnx`].

use std::collections::BTreeMap;
use std::fmt;

use super::features::FEATURES;
use crate::control::adaptive::{ADAPTIVE_BANDS, WIDTH_REGIONS};

/// Numbers that a model predicts: the gains of the equaliser in the order of the moves, then of the side in three regions.
pub const PREDICTED: usize = ADAPTIVE_BANDS + WIDTH_REGIONS;

/// What a model thinks of a programme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// Gains that bring the programme to what it should be, dB: the equaliser's, then those of the side.
    pub move_db: [f32; PREDICTED],
    /// Standard deviation of each, dB.
    pub uncertainty_db: [f32; PREDICTED],
}

impl Verdict {
    /// What a model said, if it makes sense.
    ///
    /// # Errors
    /// [`ModelError::Output`] for what is not finite, and for an uncertainty below zero.
    pub fn checked(
        source: &str,
        move_db: [f32; PREDICTED],
        uncertainty_db: [f32; PREDICTED],
    ) -> Result<Self, ModelError> {
        let wrong = |output: &str, place: usize, found: f32, expected: &str| ModelError::Output {
            source_name: source.into(),
            found: format!("{found} at place {place} of {output}"),
            expected: expected.into(),
        };
        for (place, (gain_db, deviation_db)) in move_db.into_iter().zip(uncertainty_db).enumerate() {
            if !gain_db.is_finite() {
                return Err(wrong("move_db", place, gain_db, "a finite number"));
            }
            if !(deviation_db.is_finite() && deviation_db >= 0.0) {
                return Err(wrong("uncertainty_db", place, deviation_db, "a finite number from 0 on"));
            }
        }
        Ok(Self { move_db, uncertainty_db })
    }
}

/// What a model tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// Where it comes from: a path, or the words for the one that is built in.
    pub source_name: String,
    /// What runs it.
    pub backend: &'static str,
    /// What its maker wrote into it, such as `recipe`, `seed`, `commit`, `metrics` and `licence`.
    pub notes: BTreeMap<String, String>,
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.source_name, self.backend)
    }
}

/// Something that judges programmes.
pub trait Model: Send {
    /// Judges a row of [`super::features::vector`].
    ///
    /// # Errors
    /// [`ModelError::Run`] and [`ModelError::Output`].
    fn run(&mut self, features: &[f32; FEATURES]) -> Result<Verdict, ModelError>;

    /// What it tells of itself.
    fn description(&self) -> &Description;
}

/// Why there is no model, or no verdict.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The file cannot be read.
    #[error("{source_name}: {cause}")]
    Read {
        /// Which file.
        source_name: String,
        /// What the system said.
        cause: String,
    },
    /// The file is no model, or not one of ours.
    #[error("{source_name}: found {found}, expected {expected}")]
    Format {
        /// Which file.
        source_name: String,
        /// What is in it.
        found: String,
        /// What should be.
        expected: String,
    },
    /// There is nothing to run models with.
    #[error("models cannot be run: {cause}")]
    Backend {
        /// What was missing.
        cause: String,
    },
    /// The model cannot be made ready, or failed at a row.
    #[error("{source_name} cannot be run: {cause}")]
    Run {
        /// Which model.
        source_name: String,
        /// What its backend said.
        cause: String,
    },
    /// The model ran and said nonsense.
    #[error("{source_name} said {found}, expected {expected}")]
    Output {
        /// Which model.
        source_name: String,
        /// What it said.
        found: String,
        /// What it may say.
        expected: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_finite_verdicts_pass() {
        let fine = Verdict::checked("it", [1.0; PREDICTED], [0.0; PREDICTED]).expect("finite");
        assert_eq!(fine.move_db, [1.0; PREDICTED]);
        for (place, bad) in [(0, f32::NAN), (12, f32::INFINITY)] {
            let mut values = [0.5; PREDICTED];
            values[place] = bad;
            for (moves, deviations) in [(values, [0.5; PREDICTED]), ([0.5; PREDICTED], values)] {
                let error = Verdict::checked("it", moves, deviations).expect_err("not finite").to_string();
                assert!(
                    error.starts_with("it said ") && error.contains(&format!("place {place}")),
                    "{error}"
                );
            }
        }
        assert!(Verdict::checked("it", [-1.0; PREDICTED], [-1.0; PREDICTED]).is_err());
    }
}
