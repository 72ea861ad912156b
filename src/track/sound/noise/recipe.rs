//! What a noise is to be, read from a voice, a track's noise object or a noise file, before anything is rendered.

use super::colour::{self, Choice, Colour};
use super::motion::{Lfo, Motion, Wave};
use super::notch::{self, Notch};
use super::sweep::Reading;
use crate::track::file::fields::Fields;
use crate::track::file::files::{Files, Recording};
use crate::track::file::problem::Severity;
use crate::track::sound::curve::Curve;
use crate::track::sound::span::{Behaviour, Span};
use std::path::Path;
use std::sync::Arc;

/// Where the sound comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// Random numbers.
    Colour {
        /// Shape of the spectrum.
        colour: Colour,
        /// Which random numbers.
        stream: u64,
    },
    /// The first channel of a file.
    File(Arc<Recording>),
    /// Nothing: an amplitude of zero, or a file that cannot be had.
    Silence,
}

/// A noise before its level.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// Sound that is filtered.
    pub source: Source,
    /// Sweeping notches.
    pub motion: Motion,
    /// Resting notches, each applied forwards and backwards.
    pub static_notches: Vec<Notch>,
    /// Length and rate.
    pub span: Span,
    /// Intent or parity.
    pub behaviour: Behaviour,
}

/// What differs between the objects that describe a noise.
#[derive(Debug, Clone, Copy)]
pub struct Keys {
    /// Frequency of the oscillator in Hz.
    pub default_lfo_hz: f64,
    /// Lead of the right ear in degrees.
    pub default_right_deg: f64,
    /// Quality of a notch.
    pub default_q: f64,
    /// Whether the colour is that of a noise file.
    pub is_noise_file: bool,
}

impl Keys {
    /// Reads a noise; `curve` makes it a transition. `place` distinguishes noises that are given no seed.
    pub fn read(
        &self,
        fields: &Fields<'_>,
        span: Span,
        curve: Option<Curve>,
        behaviour: Behaviour,
        files: &dyn Files,
        place: &str,
    ) -> Recipe {
        let is_transition = curve.is_some();
        let sweeps = Reading { is_transition, behaviour, default_q: self.default_q };
        Recipe {
            source: self.source(fields, span, behaviour, files, place),
            motion: Motion::new(sweeps.read(fields), self.lfo(fields, is_transition), curve, span),
            static_notches: notch::read_static(fields),
            span,
            behaviour,
        }
    }

    fn lfo(&self, fields: &Fields<'_>, is_transition: bool) -> Lfo {
        let wave = match fields.text("lfo_waveform", "sine").trim().to_lowercase().as_str() {
            "sine" => Wave::Sine,
            "triangle" => Wave::Triangle,
            other => {
                let message = format!("found {other:?}, expected sine or triangle; taken as sine");
                fields.repair("lfo_waveform", message);
                Wave::Sine
            }
        };
        let pair = |start_keys: &[&str], end_key: &str, default: f64| {
            let start = fields.number_of(start_keys, default);
            [start, if is_transition { fields.maybe_number(end_key).unwrap_or(start) } else { start }]
        };
        let freq: &[&str] = if is_transition { &["start_lfo_freq", "lfo_freq"] } else { &["lfo_freq"] };
        let right = ["start_lfo_phase_offset_deg", "lfo_phase_offset_deg"];
        let intra = ["start_intra_phase_offset_deg", "intra_phase_offset_deg"];
        let cycles = |degrees: [f64; 2]| degrees.map(|degrees| degrees / 360.0);
        Lfo {
            wave,
            freq_hz: pair(freq, "end_lfo_freq", self.default_lfo_hz),
            right_cycles: cycles(pair(&right, "end_lfo_phase_offset_deg", self.default_right_deg)),
            intra_cycles: cycles(pair(&intra, "end_intra_phase_offset_deg", 0.0)),
        }
    }

    fn source(
        &self,
        fields: &Fields<'_>,
        span: Span,
        behaviour: Behaviour,
        files: &dyn Files,
        place: &str,
    ) -> Source {
        let choice = self.choice(fields, behaviour);
        let path = fields.text("input_audio_path", "").trim();
        if path.is_empty() {
            let Choice { colour, seed, is_silent } = choice;
            let stream = seed.map_or_else(
                || hash(place.bytes().filter(|c| c.is_ascii_digit() || *c == b'[')),
                |seed| hash(seed.to_le_bytes()),
            );
            return if is_silent { Source::Silence } else { Source::Colour { colour, stream } };
        }
        let found = match behaviour {
            Behaviour::Original => files.recording(Path::new(path)),
            Behaviour::Intended => files.recording_at(Path::new(path), span.rate_hz),
        };
        match found {
            Ok(recording) if recording.channels.first().is_some_and(|channel| !channel.is_empty()) => {
                Source::File(recording)
            }
            Ok(_) => {
                fields.refuse("input_audio_path", "found an empty recording, expected sound");
                Source::Silence
            }
            Err(message) => {
                fields.refuse("input_audio_path", message);
                Source::Silence
            }
        }
    }

    /// The colour. The original ignores `noise_parameters` in voices.
    fn choice(&self, fields: &Fields<'_>, behaviour: Behaviour) -> Choice {
        let keys: &[&str] = if self.is_noise_file || behaviour == Behaviour::Intended {
            &["noise_parameters", "color_params", "noise_type"]
        } else {
            &["noise_type"]
        };
        let key = keys.iter().find(|key| fields.has(key)).unwrap_or(&"noise_type");
        let mut choice = colour::read(fields, key, self.is_noise_file);
        if self.is_noise_file {
            choice.seed = choice.seed.or(Some(1));
        }
        choice
    }
}

/// FNV-1a, so that neighbouring seeds and places give unrelated numbers.
fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let hash = bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, mix);
    hash ^ (hash >> 32)
}

/// Hands the findings of an object inside another one on, with its place in front.
pub fn forward(parent: &Fields<'_>, key: &str, child: Fields<'_>) {
    for problem in child.into_problems() {
        let key = if problem.path.is_empty() { key.to_owned() } else { format!("{key}.{}", problem.path) };
        match problem.severity {
            Severity::Ignored => parent.ignore(&key, problem.message),
            Severity::Repaired => parent.repair(&key, problem.message),
            Severity::Refused => parent.refuse(&key, problem.message),
        }
    }
}
