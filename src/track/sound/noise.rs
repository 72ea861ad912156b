//! Coloured noise with notches that sweep through it: what the noise voices and the background bed play.
//!
//! Two ways lead to it. The original renders the whole step at once ([`chain`]); noise fed from a file can be compared
//! with it sample by sample. Otherwise the noise is made in overlapping frames in the frequency domain ([`stream`]),
//! each from nothing but its number, so that any position can be played at once and an hour takes no more memory than a
//! second: only its statistics are those of the original, whose random numbers differ with every run.
//!
//! Everything is read and planned off the audio thread; a [`player::Player`] plays on it.

pub mod bed;
pub mod chain;
pub mod colour;
pub mod envelope;
#[cfg(test)]
mod golden;
mod level;
mod looped;
pub mod motion;
pub mod notch;
pub mod player;
mod recipe;
mod shape;
mod spectrum;
#[cfg(test)]
mod statistics;
pub mod stream;
pub mod sweep;
#[cfg(test)]
mod tests;

pub use recipe::{Keys, Recipe, Source, forward};
