//! Pulses: the trapezoid that switches isochronic tones on and off, and its square and rounded relatives.
//!
//! Audio thread, 64 frames at a time.

use super::QUANTUM;
use super::lfo::{larger, smaller};
use super::tone::cycles::{Clock, FRAMES, Turn};
use super::tone::ramp::{Pair, RampQuantum, RampedPhase, lerp};
use crate::dsp::sine::{fraction_of_cycle, sine_wrapped};
use fearless_simd::{Level, dispatch};

/// Steeper than any ramp that is heard: stands for an edge.
const EDGE: f64 = 1e30;

/// One pulse per cycle: a rise, a top at 1, a fall as long as the rise, and silence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trapezoid {
    /// Share of the cycle that is not silent.
    audible: f64,
    /// Rise per cycle.
    slope: f64,
    /// Level at the start of the rise: 1 where there is no rise.
    bias: f64,
}

impl Trapezoid {
    /// `ramp` is the share of the audible part that the rise takes, `gap` the share of the cycle that is silent.
    #[inline(always)]
    pub fn new(ramp: f64, gap: f64) -> Self {
        let audible = 1.0 - gap;
        let rise = 0.5 * smaller(audible, 2.0 * ramp * audible);
        let is_edge = rise <= 0.0;
        Self {
            audible,
            slope: if is_edge { EDGE } else { 1.0 / rise },
            bias: if is_edge { 1.0 } else { 0.0 },
        }
    }

    /// Level at a phase of 0…1.
    #[inline(always)]
    pub fn at(&self, phase: f64) -> f64 {
        let (rise, fall) = (phase * self.slope + self.bias, (self.audible - phase) * self.slope);
        larger(smaller(smaller(rise, fall), 1.0), 0.0)
    }
}

/// What a pulse looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The trapezoid itself.
    Trapezoid,
    /// 1 wherever the trapezoid is above 0.
    Square,
    /// Rise and fall as half cosines.
    Rounded,
}

impl Shape {
    /// Reads `pulseShape`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "" | "trapezoid" => Some(Self::Trapezoid),
            "square" | "pulse" => Some(Self::Square),
            "raised_cosine" | "raised-cosine" | "cosine" | "hann" => Some(Self::Rounded),
            _ => None,
        }
    }
}

/// A row of equal pulses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pulses {
    turn: Turn,
    offset: f64,
    trapezoid: Trapezoid,
    shape: Shape,
    depth: f32,
}

impl Pulses {
    /// Pulses at `hz`, `offset` cycles on at frame 0, that open the sound from 1 − `depth` to 1.
    pub fn new(hz: f64, offset: f64, trapezoid: Trapezoid, shape: Shape, depth: f64, clock: Clock) -> Self {
        let offset = fraction_of_cycle(offset);
        Self { turn: Turn::new(hz, clock), offset, trapezoid, shape, depth: depth.clamp(0.0, 1.0) as f32 }
    }

    /// Writes the gains of the quantum at `first`.
    pub fn fill(&self, level: Level, first: u64, gains: &mut [f32; QUANTUM]) {
        let anchor = self.turn.part_after(first as f64) + self.offset;
        dispatch!(level, _simd => pulse_loop(self, anchor, gains));
    }
}

#[inline(always)]
fn pulse_loop(pulses: &Pulses, anchor: f64, gains: &mut [f32; QUANTUM]) {
    let per_frame = pulses.turn.per_frame();
    for i in 0..QUANTUM {
        gains[i] = pulses.trapezoid.at(fraction_of_cycle(anchor + FRAMES[i] * per_frame)) as f32;
    }
    match pulses.shape {
        Shape::Trapezoid => {}
        Shape::Square => gains.iter_mut().for_each(|gain| *gain = if *gain > 0.0 { 1.0 } else { 0.0 }),
        Shape::Rounded => {
            gains.iter_mut().for_each(|gain| *gain = 0.5 - 0.5 * sine_wrapped(0.25 - 0.5 * *gain))
        }
    }
    if pulses.depth != 1.0 {
        gains.iter_mut().for_each(|gain| *gain = (1.0 - pulses.depth) + pulses.depth * *gain);
    }
}

/// Trapezoid pulses whose rate, ramp and gap move.
#[derive(Debug, Clone, Copy)]
pub struct MovingPulses {
    hz: Pair,
    phase: RampedPhase,
    ramp: Pair,
    gap: Pair,
}

impl MovingPulses {
    /// From the start to the end of each number.
    pub fn new(hz: Pair, ramp: Pair, gap: Pair, clock: Clock) -> Self {
        Self { hz, phase: RampedPhase::new(hz, clock), ramp, gap }
    }

    /// Writes the gains of the quantum that `ramp` describes.
    pub fn fill(&self, level: Level, ramp: &RampQuantum, gains: &mut [f32; QUANTUM]) {
        let mut phases = [0.0; QUANTUM];
        self.phase.fill(ramp, true, &mut phases);
        dispatch!(level, _simd => moving_loop(self, ramp, &phases, gains));
    }
}

#[inline(always)]
fn moving_loop(
    pulses: &MovingPulses,
    ramp: &RampQuantum,
    phases: &[f64; QUANTUM],
    gains: &mut [f32; QUANTUM],
) {
    for i in 0..QUANTUM {
        let alpha = ramp.alpha[i];
        let trapezoid =
            Trapezoid::new(lerp(pulses.ramp, alpha).clamp(0.0, 1.0), lerp(pulses.gap, alpha).clamp(0.0, 1.0));
        let gain = trapezoid.at(fraction_of_cycle(phases[i])) as f32;
        gains[i] = if lerp(pulses.hz, alpha) > 0.0 { gain } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trapezoid_rises_stays_falls_and_rests() {
        let pulse = Trapezoid::new(0.2, 0.15);
        assert_eq!((pulse.at(0.0), pulse.at(0.5), pulse.at(0.86)), (0.0, 1.0, 0.0));
        assert!((pulse.at(0.085) - 0.5).abs() < 1e-12 && (pulse.at(0.765) - 0.5).abs() < 1e-12);
        let edge = Trapezoid::new(0.0, 0.5);
        assert_eq!((edge.at(0.0), edge.at(0.499_999), edge.at(0.5), edge.at(0.9)), (1.0, 1.0, 0.0, 0.0));
        let triangle = Trapezoid::new(3.0, 0.0);
        assert!((triangle.at(0.25) - 0.5).abs() < 1e-12 && triangle.at(0.5) == 1.0);
        assert_eq!(Trapezoid::new(0.2, 1.0).at(0.3), 0.0);
    }

    #[test]
    fn shapes_and_depth() {
        let clock = Clock { seconds: 1.0, frames: 64.0 };
        let gains = |shape, depth| {
            let mut gains = [0.0; QUANTUM];
            let pulses = Pulses::new(1.0, 0.0, Trapezoid::new(0.5, 0.5), shape, depth, clock);
            pulses.fill(Level::new(), 640, &mut gains);
            gains
        };
        assert_eq!(gains(Shape::Square, 1.0)[1], 1.0);
        assert_eq!((gains(Shape::Square, 0.25)[40], gains(Shape::Trapezoid, 1.0)[8]), (0.75, 0.5));
        assert!((gains(Shape::Rounded, 1.0)[4] - 0.146_446_6).abs() < 1e-6);
        assert_eq!([Shape::parse("Hann"), Shape::parse("what")], [Some(Shape::Rounded), None]);
    }
}
