//! How long the flanger's delay is at each frame.

use super::settings::{Law, Settings};
use crate::dsp::sine::{fraction_of_cycle, sine_exact};
use crate::dsp::units::exp2_fast;
use crate::track::sound::span::{QUANTUM, Span};
use crate::track::sound::voice::fractional::{Delays, RUN};

/// The swept delay, in frames.
#[derive(Debug, Clone)]
pub struct Sweep {
    cycles_per_frame: f64,
    is_triangle: bool,
    law: Law,
    middle: f64,
    depth: f64,
    least: f64,
    most: f64,
    newest: usize,
}

impl Sweep {
    /// Scales the settings to frames.
    pub fn new(settings: &Settings, span: Span) -> Self {
        let frames = |time_ms: f64| time_ms * span.rate_hz / 1000.0;
        let newest = settings.reader.newest();
        // Nothing can be read before it is written.
        let least = frames(settings.limits_ms[0]).max(if newest > 0 { newest as f64 + 1.0 } else { 0.1 });
        Self {
            cycles_per_frame: settings.rate_hz / span.rate_hz,
            is_triangle: settings.is_triangle,
            law: settings.law,
            middle: frames(settings.delay_ms).max(least),
            depth: frames(settings.depth_ms),
            least,
            most: frames(settings.limits_ms[1]).max(least),
            newest,
        }
    }

    /// Longest delay that can occur.
    pub fn longest_frames(&self) -> f64 {
        match self.law {
            Law::Reciprocal => self.most,
            Law::Delay | Law::Exponential => self.middle + self.depth,
        }
    }

    /// Delays of the frames from `first` on, and how many frames can be read before something must be written.
    #[inline(always)]
    pub fn delays(&self, first: u64) -> (Delays, usize) {
        let mut delays = [0.0; QUANTUM];
        for i in 0..QUANTUM {
            delays[i] = (first + i as u64) as f64 * self.cycles_per_frame;
        }
        self.oscillate(&mut delays);
        self.bend(&mut delays);
        let mut shortest = self.most;
        for delay in &mut delays {
            *delay = if *delay < self.least { self.least } else { *delay };
            shortest = if *delay < shortest { *delay } else { shortest };
        }
        let chunk = (shortest.ceil() as usize - self.newest).clamp(1, QUANTUM);
        // Whole runs are read much faster.
        let chunk = if chunk > RUN { chunk - chunk % RUN } else { chunk };
        (Delays::split(&delays), chunk)
    }

    /// Phases in cycles become −1…1.
    #[inline(always)]
    fn oscillate(&self, phases: &mut [f64; QUANTUM]) {
        if self.is_triangle {
            for x in phases {
                *x = 4.0 * (fraction_of_cycle(*x) - 0.5).abs() - 1.0;
            }
        } else {
            for x in phases {
                *x = sine_exact(*x);
            }
        }
    }

    /// The oscillator's value becomes a delay.
    #[inline(always)]
    fn bend(&self, values: &mut [f64; QUANTUM]) {
        let (low, high) = ((self.middle - self.depth).max(self.least), self.middle + self.depth);
        match self.law {
            Law::Delay => {
                for x in values {
                    *x = self.middle + self.depth * *x;
                }
            }
            Law::Reciprocal => {
                let reach = 0.5 * (1.0 / low - 1.0 / high);
                for x in values {
                    *x = 1.0 / (1.0 / self.middle + reach * *x).clamp(1.0 / self.most, 1.0 / self.least);
                }
            }
            Law::Exponential => {
                let octaves = (high / low).log2() as f32;
                for x in values {
                    *x = low * f64::from(exp2_fast(octaves * 0.5 * (*x as f32 + 1.0)));
                }
            }
        }
    }
}
