//! Learning from corrections: what the user wanted more or less of than was proposed, and for which material. Worker
//! thread; microseconds.
//!
//! Every correction is kept with a description of what was playing. What to add to a proposal is the mean of a Gaussian
//! process over those descriptions, one for each move, with the squared-exponential kernel and a small constant (C. E.
//! Rasmussen and C. K. I. Williams, "Gaussian Processes for Machine Learning", 2006, chapter 2): the same material follows
//! the user nearly all the way at once, other material only once the same wish was expressed for many kinds of it. A newer
//! correction speaks louder than older ones for the same material. Nothing but the list of corrections is kept, so taking
//! the last one back is exact, and the same list and the same audio give the same result.

use serde::{Deserialize, Serialize};

use super::features::Portrait;
use crate::control::adaptive::{MOVE_SPECS, MOVES, move_by_id};

mod describe;
mod file;

pub use file::TasteFileError;

use describe::{DESCRIPTION, Description, describe, likeness};

/// Corrections that are kept; the oldest makes room.
pub const MOST_CORRECTIONS: usize = 64;
/// Variance of what a single correction says, relative to that of the wishes themselves.
const NOISE: f64 = 0.25;
/// What all kinds of material have in common.
const COMMON: f64 = 0.07;
/// How much a newer correction for the same material takes from the weight of an older one.
const OVERRULED: f64 = 3.0;
/// What is left of a correction's weight with every later one, whatever it is for.
const KEEP: f64 = 0.98;
/// Largest addition to a gain, in dB; for other units half of the range.
const MOST_DB: f32 = 3.0;
/// Layout of what is exported.
const VERSION: u32 = 1;

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum TasteError {
    /// Not the JSON that is exported.
    #[error("not a list of corrections: {0}")]
    Json(#[from] serde_json::Error),
    /// Made by a later version.
    #[error("found layout {found}, expected {VERSION}")]
    Version {
        /// What was found.
        found: u32,
    },
    /// Too much.
    #[error("found {found} corrections, expected at most {MOST_CORRECTIONS}")]
    TooMany {
        /// What was found.
        found: usize,
    },
    /// A correction makes no sense.
    #[error("corrections[{place}].{field}: {problem}")]
    Correction {
        /// Place in the list.
        place: usize,
        /// Which field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

/// One correction.
#[derive(Debug, Clone, PartialEq)]
struct Learned {
    index: usize,
    /// What was wanted over the proposal without anything learned, in the unit of the move.
    wanted: f32,
    material: Description,
}

/// What has been learned.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Layout1", into = "Layout1")]
pub struct Taste {
    corrections: Vec<Learned>,
    /// Weight of each correction in what is added to its move.
    weights: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout1 {
    version: u32,
    corrections: Vec<Saved>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    #[serde(rename = "move")]
    id: String,
    wanted: f32,
    material: Vec<f32>,
}

impl Taste {
    /// Learns that a move should have been this much more than was proposed, with what was learned so far, for what was
    /// playing. Moves that do not exist and what is not a number teach nothing.
    pub fn learn(&mut self, index: usize, more: f32, portrait: &Portrait) {
        if index >= MOVES || !more.is_finite() || portrait.is_empty() {
            return;
        }
        let material = describe(portrait);
        let wanted = self.addition_for(index, &material) + more;
        let wanted = wanted.clamp(-largest(index), largest(index));
        self.corrections.push(Learned { index, wanted, material });
        if self.corrections.len() > MOST_CORRECTIONS {
            self.corrections.remove(0);
        }
        self.weigh();
    }

    /// What to add to each move for a programme, in its unit.
    pub fn additions(&self, portrait: &Portrait) -> [f32; MOVES] {
        if self.corrections.is_empty() || portrait.is_empty() {
            return [0.0; MOVES];
        }
        let material = describe(portrait);
        let mut additions = [0.0f64; MOVES];
        for (correction, weight) in self.corrections.iter().zip(&self.weights) {
            additions[correction.index] += weight * kernel(&correction.material, &material);
        }
        std::array::from_fn(|index| (additions[index] as f32).clamp(-largest(index), largest(index)))
    }

    fn addition_for(&self, index: usize, material: &Description) -> f32 {
        let corrections = self.corrections.iter().zip(&self.weights);
        let of_move = corrections.filter(|(correction, _)| correction.index == index);
        of_move.map(|(correction, weight)| weight * kernel(&correction.material, material)).sum::<f64>()
            as f32
    }

    /// Takes a correction back, by its place among [`Self::labels`]; nothing happens where there is none.
    pub fn forget(&mut self, place: usize) {
        if place < self.corrections.len() {
            self.corrections.remove(place);
            self.weigh();
        }
    }

    /// Takes everything back.
    pub fn forget_all(&mut self) {
        *self = Self::default();
    }

    /// Whether nothing was learned.
    pub fn is_empty(&self) -> bool {
        self.corrections.is_empty()
    }

    /// The corrections as people read them, oldest first.
    pub fn labels(&self) -> Vec<String> {
        let label = |correction: &Learned| {
            let spec = &MOVE_SPECS[correction.index];
            let text = format!("{}: {:+.2} {}", spec.name, correction.wanted, spec.unit);
            text.trim_end().to_owned()
        };
        self.corrections.iter().map(label).collect()
    }

    /// Everything as JSON, for [`Taste::import`].
    pub fn export(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads what [`Taste::export`] wrote.
    ///
    /// # Errors
    /// [`TasteError`], naming the place.
    pub fn import(text: &str) -> Result<Self, TasteError> {
        serde_json::from_str::<Layout1>(text)?.try_into()
    }

    /// Finds the weights: for each move the solution of (K + noise) w = wanted.
    fn weigh(&mut self) {
        self.weights = vec![0.0; self.corrections.len()];
        for index in 0..MOVES {
            let places: Vec<usize> =
                (0..self.corrections.len()).filter(|place| self.corrections[*place].index == index).collect();
            if places.is_empty() {
                continue;
            }
            let material = |at: usize| &self.corrections[places[at]].material;
            let count = places.len();
            let mut matrix = vec![vec![0.0; count]; count];
            for row in 0..count {
                for column in 0..count {
                    matrix[row][column] = kernel(material(row), material(column));
                }
                let newer: f64 = (row + 1..count).map(|later| likeness(material(row), material(later))).sum();
                let later = (self.corrections.len() - 1 - places[row]) as i32;
                matrix[row][row] += NOISE * (1.0 + OVERRULED * newer) / KEEP.powi(later);
            }
            let wanted = places.iter().map(|place| f64::from(self.corrections[*place].wanted)).collect();
            for (place, weight) in places.iter().zip(solve(matrix, wanted)) {
                self.weights[*place] = weight;
            }
        }
    }
}

fn kernel(a: &Description, b: &Description) -> f64 {
    likeness(a, b) + COMMON
}

/// Largest addition to a move.
fn largest(index: usize) -> f32 {
    let spec = &MOVE_SPECS[index];
    let half_range = 0.5 * (spec.max - spec.min);
    if spec.unit == "dB" { half_range.min(MOST_DB) } else { half_range }
}

/// Solves a symmetric positive definite system by Cholesky decomposition.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let count = right.len();
    for row in 0..count {
        for column in 0..=row {
            let known: f64 = (0..column).map(|k| matrix[row][k] * matrix[column][k]).sum();
            let rest = matrix[row][column] - known;
            // The noise on the diagonal keeps this far from zero.
            matrix[row][column] = if row == column { rest.sqrt() } else { rest / matrix[column][column] };
        }
        let known: f64 = (0..row).map(|k| matrix[row][k] * right[k]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    for row in (0..count).rev() {
        let known: f64 = (row + 1..count).map(|k| matrix[k][row] * right[k]).sum();
        right[row] = (right[row] - known) / matrix[row][row];
    }
    right
}

impl From<Taste> for Layout1 {
    fn from(taste: Taste) -> Self {
        let saved = |learned: Learned| Saved {
            id: MOVE_SPECS[learned.index].id.to_owned(),
            wanted: learned.wanted,
            material: learned.material.to_vec(),
        };
        Self { version: VERSION, corrections: taste.corrections.into_iter().map(saved).collect() }
    }
}

impl TryFrom<Layout1> for Taste {
    type Error = TasteError;

    fn try_from(layout: Layout1) -> Result<Self, TasteError> {
        if layout.version != VERSION {
            return Err(TasteError::Version { found: layout.version });
        }
        let found = layout.corrections.len();
        if found > MOST_CORRECTIONS {
            return Err(TasteError::TooMany { found });
        }
        let mut taste = Self::default();
        for (place, saved) in layout.corrections.into_iter().enumerate() {
            let wrong = |field, problem| TasteError::Correction { place, field, problem };
            let index = move_by_id(&saved.id)
                .ok_or_else(|| wrong("move", format!("found \"{}\", expected a move's name", saved.id)))?;
            if !saved.wanted.is_finite() {
                return Err(wrong("wanted", format!("found {}, expected a number", saved.wanted)));
            }
            let numbers = saved.material.len();
            let material: Description = saved
                .material
                .try_into()
                .map_err(|_| wrong("material", format!("found {numbers} numbers, expected {DESCRIPTION}")))?;
            if material.iter().any(|x| !x.is_finite()) {
                return Err(wrong("material", "found something else than numbers".to_owned()));
            }
            let wanted = saved.wanted.clamp(-largest(index), largest(index));
            taste.corrections.push(Learned { index, wanted, material });
        }
        taste.weigh();
        Ok(taste)
    }
}

#[cfg(test)]
mod tests;
