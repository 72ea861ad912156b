//! Voices without memory: a formula of the position, run as vector code.
//!
//! Made off the audio thread, rendered on it.

use super::{Quantum, Voice};
use fearless_simd::{Level, dispatch};

/// The arithmetic of a voice that needs nothing but the position.
pub trait Formula: Clone + Send + Sync + 'static {
    /// Writes the quantum at `first`. Compiled for the vector unit of the machine: mark it `#[inline(always)]`.
    fn fill(&self, first: u64, out: &mut Quantum);
}

/// A [`Formula`] as a voice.
#[derive(Debug, Clone)]
pub struct Formulaic<F> {
    level: Level,
    formula: F,
}

impl<F: Formula> Formulaic<F> {
    /// Plays a formula.
    pub fn new(formula: F) -> Self {
        Self { level: Level::new(), formula }
    }
}

impl<F: Formula> Voice for Formulaic<F> {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        dispatch!(self.level, _simd => self.formula.fill(first, out));
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(self.clone())
    }
}
