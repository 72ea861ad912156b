//! How loud an ear is: its amplitude and the slow oscillator that lowers it.
//!
//! gain = amp·(1 − depth·½(1 + oscillator)). Audio thread, 64 frames at a time.

use super::cycles::{Clock, FRAMES, Rotor, Turn, Wave};
use crate::dsp::sine::{fraction_of_cycle, sine_wrapped, wrap_cycles};
use crate::track::sound::span::QUANTUM;
use crate::track::sound::voice::lfo::Skew;
use fearless_simd::{Level, dispatch};

/// The numbers of an ear's loudness.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TremoloSettings {
    /// Linear amplitude.
    pub amp_gain: f64,
    /// Share of it that the oscillator takes away at its top.
    pub depth: f64,
    /// Frequency of the oscillator in Hz.
    pub hz: f64,
    /// Its phase at the step's start, in cycles.
    pub phase: f64,
    /// Its skew, −1…1.
    pub skew: f64,
}

/// A gain over time.
#[derive(Clone)]
pub enum Tremolo {
    /// Always the same.
    Constant(f32),
    /// `middle` − `swing`·sine.
    Sine { middle: f64, swing: f64, wave: Wave },
    /// The same with a skewed sine.
    Skewed { middle: f64, swing: f64, turn: Turn, phase: f64, skew: Skew },
}

impl Tremolo {
    /// The gain that settings describe.
    pub fn new(settings: &TremoloSettings, clock: Clock) -> Self {
        let swing = 0.5 * settings.depth * settings.amp_gain;
        let (middle, skew) = (settings.amp_gain - swing, Skew::new(settings.skew));
        if swing == 0.0 {
            Self::Constant(settings.amp_gain as f32)
        } else if settings.hz == 0.0 {
            let stands_at = skew.sine(fraction_of_cycle(settings.phase));
            Self::Constant((middle - swing * stands_at) as f32)
        } else if settings.skew == 0.0 {
            Self::Sine { middle, swing, wave: Wave::new(settings.hz, settings.phase, clock) }
        } else {
            let (turn, phase) = (Turn::new(settings.hz, clock), wrap_cycles(settings.phase));
            Self::Skewed { middle, swing, turn, phase, skew }
        }
    }

    /// Multiplies the quantum at `first` by the gain.
    pub fn apply(&self, level: Level, first: u64, out: &mut [f32; QUANTUM]) {
        match self {
            Self::Constant(gain) => dispatch!(level, _simd => scale(*gain, out)),
            Self::Sine { middle, swing, wave } => {
                let wave = wave.at(first);
                dispatch!(level, _simd => swing_plainly(*middle, *swing, wave, out));
            }
            Self::Skewed { middle, swing, turn, phase, skew } => {
                let (anchor, per_frame) = (turn.part_after(first as f64) + phase, turn.per_frame());
                let skew = *skew;
                dispatch!(level, _simd => swing_skewed(*middle, *swing, (anchor, per_frame, skew), out));
            }
        }
    }
}

#[inline(always)]
fn scale(gain: f32, out: &mut [f32; QUANTUM]) {
    for x in out {
        *x *= gain;
    }
}

#[inline(always)]
fn swing_plainly(middle: f64, swing: f64, (rotor, start): (&Rotor, [f64; 2]), out: &mut [f32; QUANTUM]) {
    for i in 0..QUANTUM {
        out[i] *= (middle - swing * rotor.sine(start, i)) as f32;
    }
}

#[inline(always)]
fn swing_skewed(
    middle: f64,
    swing: f64,
    (anchor, per_frame, skew): (f64, f64, Skew),
    out: &mut [f32; QUANTUM],
) {
    let (middle, swing) = (middle as f32, swing as f32);
    for i in 0..QUANTUM {
        let phase = skew.unskewed(fraction_of_cycle(anchor + FRAMES[i] * per_frame));
        out[i] *= middle - swing * sine_wrapped(wrap_cycles(phase) as f32);
    }
}
