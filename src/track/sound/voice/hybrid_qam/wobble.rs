//! Phases of two tones around a carrier that an oscillator moves up and down, whatever moves besides.
//!
//! There is no closed form once the oscillator itself moves or a frequency is held at zero, so the phases are added up
//! once off the audio thread and kept every [`SPACING`] frames. From there the audio thread adds up again, in the same
//! way for every path that leads to a frame.

use super::super::sweep::{Lfo, Moment, Motion, Moving};
use super::super::{QUANTUM, Span};
use crate::dsp::sine::{sine_exact, wrap_cycles};
use fearless_simd::{Level, dispatch};
use std::f64::consts::TAU;
use std::sync::Arc;

/// Frames between two kept phases.
pub const SPACING: u64 = 16 * QUANTUM as u64;

/// What the tones' frequencies are made of.
#[derive(Debug, Clone)]
struct Law {
    carrier_hz: Moving,
    beat_hz: Moving,
    range_hz: Moving,
    lfo: Lfo,
    frame_s: f64,
}

impl Law {
    /// Advances of both tones over each frame, in cycles.
    #[inline(always)]
    fn advances(&self, moment: &Moment) -> [[f64; QUANTUM]; 2] {
        let phases = self.lfo.phases(moment);
        let mut advances = [[0.0; QUANTUM]; 2];
        for i in 0..QUANTUM {
            let alpha = moment.alpha[i];
            let wobble_hz = 0.5 * self.range_hz.at(alpha) * sine_exact(phases[i]);
            let carrier_hz = above_zero(self.carrier_hz.at(alpha) + wobble_hz);
            let half_hz = 0.5 * self.beat_hz.at(alpha);
            advances[0][i] = above_zero(carrier_hz - half_hz) * self.frame_s;
            advances[1][i] = above_zero(carrier_hz + half_hz) * self.frame_s;
        }
        advances
    }

    /// Moves both phases over a quantum.
    #[inline(always)]
    fn pass(&self, moment: &Moment, phases: &mut [f64; 2]) {
        let advances = self.advances(moment);
        for (phase, advances) in phases.iter_mut().zip(&advances) {
            // Four sums at once, for speed.
            let mut sums = [0.0; 4];
            for advances in advances.as_chunks::<4>().0 {
                for (sum, advance) in sums.iter_mut().zip(advances) {
                    *sum += advance;
                }
            }
            *phase = wrap_cycles(*phase + (sums[0] + sums[1]) + (sums[2] + sums[3]));
        }
    }
}

#[inline(always)]
fn above_zero(x: f64) -> f64 {
    if x > 0.0 { x } else { 0.0 }
}

/// Two tones around a wobbling carrier.
#[derive(Debug, Clone)]
pub struct Wobble {
    law: Law,
    /// Phases of both tones at every multiple of [`SPACING`], wrapped.
    kept: Arc<[[f64; 2]]>,
    /// Where the last quantum ended, and the phases there.
    next: u64,
    phases: [f64; 2],
}

impl Wobble {
    /// Adds the phases up: carrier, beat and range of the carrier in Hz, and the oscillator that moves it.
    pub fn new(
        [carrier_hz, beat_hz, range_hz]: [Moving; 3],
        lfo: Lfo,
        phases_rad: [f64; 2],
        motion: &Motion,
        span: Span,
    ) -> Self {
        let law = Law { carrier_hz, beat_hz, range_hz, lfo, frame_s: span.frame_s() };
        let level = Level::new();
        let mut phases = phases_rad.map(|phase_rad| wrap_cycles(phase_rad / TAU));
        let start = phases;
        let mut kept = vec![phases];
        for first in (0..span.frames).step_by(QUANTUM) {
            if first % SPACING == 0 && first > 0 {
                kept.push(phases);
            }
            dispatch!(level, _simd => law.pass(&motion.without_sums(first), &mut phases));
        }
        Self { law, kept: kept.into(), next: 0, phases: start }
    }

    /// Phases of both tones at a moment, in cycles.
    #[inline(always)]
    pub fn phases(&mut self, motion: &Motion, moment: &Moment) -> [[f64; QUANTUM]; 2] {
        let anchor = moment.first - moment.first % SPACING;
        if self.next != moment.first || anchor == moment.first {
            self.phases = self.kept[((anchor / SPACING) as usize).min(self.kept.len() - 1)];
            for first in (anchor..moment.first).step_by(QUANTUM) {
                self.law.pass(&motion.without_sums(first), &mut self.phases);
            }
        }
        let mut cycles = [[0.0; QUANTUM]; 2];
        let advances = self.law.advances(moment);
        for (tone, cycles) in cycles.iter_mut().enumerate() {
            let mut phase = self.phases[tone];
            for i in 0..QUANTUM {
                cycles[i] = phase;
                phase += advances[tone][i];
            }
            self.phases[tone] = wrap_cycles(phase);
        }
        self.next = moment.first + QUANTUM as u64;
        cycles
    }
}
