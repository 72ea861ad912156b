//! Track files: binaural, isochronic and noise voices on a timeline that plays, seeks and renders.
//!
//! Four rooms. [`mod@file`] reads and writes what a track says. [`edit`] changes it as an editor does. [`sound`] is what it
//! sounds like, voice by voice, each a function of its position. [`play`] compiles a track off the audio thread
//! ([`play::plan`]), measures its levels in the background ([`play::scan`]) and plays it ([`play::player`]), where the
//! audio side only advances and renders ([`play::program`]).
//!
//! # Example
//!
//! A track is read, compiled for a sample rate, measured, and rendered anywhere; what goes wrong on the way is listed with
//! its place:
//!
//! ```
//! use std::path::Path;
//! use std::sync::atomic::AtomicBool;
//!
//! use auracore::track::file::files::NoFiles;
//! use auracore::track::file::limits::Limits;
//! use auracore::track::file::load::parse;
//! use auracore::track::play::plan::CompileOptions;
//! use auracore::track::play::prepare::for_rendering;
//! use auracore::track::play::program::{Buses, Program};
//! use auracore::track::sound::span::{Behaviour, QUANTUM};
//!
//! let text = r#"{"progression": [{"duration": 2.0, "voices": [
//!     {"synth_function_name": "binaural_beat", "params": {"baseFreq": 200.0, "beatFreq": 10.0}}]}]}"#;
//! let loaded = parse(text.as_bytes(), Path::new("example.json"), &Limits::default()).unwrap();
//! assert_eq!(loaded.track.steps.len(), 1);
//!
//! let options = CompileOptions { rate_hz: 48_000.0, behaviour: Behaviour::Intended };
//! let cancel = AtomicBool::new(false);
//! let (plan, problems) =
//!     for_rendering(&loaded.track, options, &NoFiles, &cancel, &|_share| {}).unwrap();
//! assert!(problems.is_empty());
//! assert_eq!(plan.frames, 96_000);
//!
//! let mut program = Program::new(plan);
//! let mut buses = Buses::SILENT;
//! program.render(48_000, QUANTUM, &mut buses);
//! assert!(buses.tones.left.iter().any(|sample| *sample != 0.0));
//! assert!(buses.noise.left.iter().all(|sample| *sample == 0.0));
//! ```

pub mod edit;
pub mod file;
#[cfg(test)]
mod golden;
pub mod play;
pub mod sound;
