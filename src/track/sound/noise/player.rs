//! A finished noise with its gains and envelope: the voice that steps and beds play.

use super::chain;
use super::envelope::Envelope;
use super::recipe::{Recipe, Source};
use super::stream::Stream;
use crate::dsp::vector::multiply;
use crate::track::sound::curve::Curve;
use crate::track::sound::span::{Behaviour, QUANTUM, Quantum};
use crate::track::sound::voice::Voice;
use fearless_simd::Level;
use std::sync::Arc;

/// Longest file that the original's chain is run on: over six minutes at 44.1 kHz.
const LONGEST_RENDERED: u64 = 1 << 24;

/// A noise at full level.
pub enum Sound {
    /// Made while it plays.
    Stream(Box<Stream>),
    /// Rendered when the step was compiled.
    Rendered(Arc<[Vec<f32>; 2]>),
    /// Nothing.
    Silence,
}

impl Sound {
    /// Renders or plans a noise. Files go through the original's chain where parity is asked for, if they have exactly the
    /// length of the step (else the original is silent, the error says so).
    pub fn new(recipe: Recipe) -> Result<Self, String> {
        if let (Source::File(recording), Behaviour::Original) = (&recipe.source, recipe.behaviour) {
            let channel = recording.channels.first().map_or(&[][..], Vec::as_slice);
            if channel.len() as u64 != recipe.span.frames {
                let (found, expected) = (channel.len(), recipe.span.frames);
                return Err(format!(
                    "found {found} frames, expected the {expected} of the step: silent in the original"
                ));
            }
            if recipe.span.frames <= LONGEST_RENDERED {
                let rate_hz = recipe.span.rate_hz;
                let ears = chain::render(channel, &recipe.motion, &recipe.static_notches, rate_hz);
                return Ok(Self::Rendered(Arc::new(ears)));
            }
        }
        Ok(Stream::new(recipe).map_or(Self::Silence, |stream| Self::Stream(Box::new(stream))))
    }

    fn fork(&self) -> Self {
        match self {
            Self::Stream(stream) => Self::Stream(Box::new(stream.fork())),
            Self::Rendered(ears) => Self::Rendered(Arc::clone(ears)),
            Self::Silence => Self::Silence,
        }
    }

    fn read(&mut self, first: u64, out: &mut Quantum) {
        match self {
            Self::Stream(stream) => stream.read(first, out),
            Self::Rendered(ears) => {
                for (ear, out) in ears.iter().zip([&mut out.left, &mut out.right]) {
                    let rest = ear.get(first as usize..).unwrap_or(&[]);
                    let n = rest.len().min(QUANTUM);
                    out[..n].copy_from_slice(&rest[..n]);
                    out[n..].fill(0.0);
                }
            }
            Self::Silence => *out = Quantum::SILENT,
        }
    }
}

/// A noise as it is heard.
pub struct Player {
    sound: Sound,
    gains: [[f64; 2]; 2],
    curve: Option<Curve>,
    envelope: Envelope,
    delay_frames: u64,
    vectors: Level,
}

impl Player {
    /// A noise with the gain of each ear at the start and at the end of `curve` (the start's without one) and an envelope.
    pub fn new(sound: Sound, gains: [[f64; 2]; 2], curve: Option<Curve>, envelope: Envelope) -> Self {
        Self { sound, gains, curve, envelope, delay_frames: 0, vectors: Level::new() }
    }

    /// Puts silence before the noise; gains and envelope keep their time.
    pub fn delayed(self, delay_frames: u64) -> Self {
        Self { delay_frames, ..self }
    }

    /// Level of an ear over a quantum.
    fn level(&self, first: u64, ear: usize) -> [f32; QUANTUM] {
        let [start, end] = self.gains[ear];
        let mut level = [start as f32; QUANTUM];
        if let Some(curve) = self.curve.as_ref().filter(|_| start != end) {
            for (i, level) in level.iter_mut().enumerate() {
                *level = (start + (end - start) * curve.at((first + i as u64) as f64)) as f32;
            }
        }
        self.envelope.apply(first, &mut level);
        level
    }

    fn read_delayed(&mut self, first: u64, out: &mut Quantum) {
        if let Some(at) = first.checked_sub(self.delay_frames) {
            self.sound.read(at, out);
            return;
        }
        let silent = self.delay_frames - first;
        if silent >= QUANTUM as u64 {
            *out = Quantum::SILENT;
            return;
        }
        self.sound.read(0, out);
        for x in [&mut out.left, &mut out.right] {
            x.copy_within(..QUANTUM - silent as usize, silent as usize);
            x[..silent as usize].fill(0.0);
        }
    }
}

impl Voice for Player {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        self.read_delayed(first, out);
        let left = self.level(first, 0);
        multiply(self.vectors, &mut out.left, &left);
        let right = if self.gains[0] == self.gains[1] { left } else { self.level(first, 1) };
        multiply(self.vectors, &mut out.right, &right);
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(Self {
            sound: self.sound.fork(),
            gains: self.gains,
            curve: self.curve.clone(),
            envelope: self.envelope.clone(),
            delay_frames: self.delay_frames,
            vectors: self.vectors,
        })
    }
}
