//! Programme-dependent release: percussive material recovers fast, sustained material slowly.
//!
//! Follows D. Giannoulis, M. Massberg and J. Reiss, "Parameter Automation in a Dynamic Range Compressor", J. Audio Eng.
//! Soc. 61(10), 2013: the time constant is inversely proportional to the squared crest factor.

use crate::control::CompressorControls;
use crate::dsp::CONTROL_INTERVAL;
use crate::dsp::units::{exp2_fast, one_pole};

/// Averaging time of peak and RMS for the crest factor.
const CREST_S: f64 = 0.2;

/// Squared crest factor that leaves the user's release as it is (a crest of 9 dB).
const NEUTRAL_CREST_SQUARED: f32 = 8.0;

/// Range of the factor on the user's release.
const FACTOR: (f32, f32) = (0.25, 3.0);

/// Gives the release coefficient, moved by the crest factor where asked for.
pub struct AutoRelease {
    step_s: f64,
    release_s: f64,
    on: bool,
    keep: f32,
    peak_square: f32,
    mean_square: f32,
    sum: f32,
    largest: f32,
    filled: usize,
    coefficient: f32,
}

impl AutoRelease {
    pub fn new(sample_rate_hz: f64) -> Self {
        let step_s = 1.0 / sample_rate_hz;
        Self {
            step_s,
            release_s: 0.0,
            on: false,
            keep: one_pole(CREST_S, CONTROL_INTERVAL as f64 * step_s),
            peak_square: 0.0,
            mean_square: 0.0,
            sum: 0.0,
            largest: 0.0,
            filled: 0,
            coefficient: 0.0,
        }
    }

    pub fn reset(&mut self) {
        (self.peak_square, self.mean_square) = (0.0, 0.0);
        (self.sum, self.largest, self.filled) = (0.0, 0.0, 0);
        self.update();
    }

    pub fn set(&mut self, controls: &CompressorControls) {
        let release_s = f64::from(controls.release_ms) * 1e-3;
        if (release_s, controls.auto_release) != (self.release_s, self.on) {
            (self.release_s, self.on) = (release_s, controls.auto_release);
            self.update();
        }
    }

    /// Whether a control interval begins.
    pub fn is_at_grid(&self) -> bool {
        self.filled == 0
    }

    /// Samples until the coefficient may change.
    pub fn to_grid(&self) -> usize {
        CONTROL_INTERVAL - self.filled
    }

    /// Listens to a stretch that does not cross the control grid; returns the one-pole coefficient for it.
    pub fn follow(&mut self, input: [&[f32]; 2]) -> f32 {
        let coefficient = self.coefficient;
        for (l, r) in input[0].iter().zip(input[1]) {
            let square = 0.5 * (l * l + r * r);
            self.sum += square;
            self.largest = if square > self.largest { square } else { self.largest };
        }
        self.filled += input[0].len();
        if self.filled >= CONTROL_INTERVAL {
            self.finish_interval();
        }
        coefficient
    }

    fn finish_interval(&mut self) {
        let mean = self.sum / self.filled as f32;
        self.mean_square = mean + self.keep * (self.mean_square - mean);
        let falling = self.largest + self.keep * (self.peak_square - self.largest);
        self.peak_square = self.largest.max(falling);
        (self.sum, self.largest, self.filled) = (0.0, 0.0, 0);
        if self.on {
            self.update();
        }
    }

    fn update(&mut self) {
        let audible = self.on && self.mean_square > 1e-12;
        let crest_square = if audible { self.peak_square / self.mean_square } else { NEUTRAL_CREST_SQUARED };
        let factor = (NEUTRAL_CREST_SQUARED / crest_square).clamp(FACTOR.0, FACTOR.1);
        // exp(−step / time) without a call: the exponent is tiny.
        let time_s = self.release_s as f32 * factor;
        self.coefficient = exp2_fast(-std::f32::consts::LOG2_E * self.step_s as f32 / time_s.max(1e-4));
    }
}
