//! Track files: binaural, isochronic and noise voices on a timeline that plays, seeks and renders.
//!
//! Four rooms. [`file`] reads and writes what a track says. [`edit`] changes it as an editor does. [`sound`] is what it
//! sounds like, voice by voice, each a function of its position. [`play`] compiles a track off the audio thread
//! ([`play::plan`]), measures its levels in the background ([`play::scan`]) and plays it ([`play::player`]), where the
//! audio side only advances and renders ([`play::program`]).

pub mod edit;
pub mod file;
#[cfg(test)]
mod golden;
pub mod play;
pub mod sound;
