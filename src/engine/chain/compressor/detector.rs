//! Level detection: high-pass, peak and RMS.

use crate::control::CompressorControls;
use crate::dsp::MAX_BLOCK;
use crate::dsp::matched::design;
use crate::dsp::prototype::Prototype;
use crate::dsp::svf::{Svf, SvfCoeffs};
use crate::dsp::units::{DB_PER_OCTAVE, log2_fast, one_pole};
use std::f64::consts::FRAC_1_SQRT_2;

/// Averaging time of the RMS detector.
const RMS_S: f64 = 0.01;

/// The side-chain high-pass is off at and below this frequency.
const HIGHPASS_OFF_HZ: f32 = 20.0;

/// Levels of both channels in dB, sample by sample.
pub struct Detector {
    sample_rate_hz: f64,
    highpass_hz: f32,
    highpass: SvfCoeffs,
    state: [Svf; 2],
    mean_square: [f32; 2],
    keep: f32,
}

impl Detector {
    pub fn new(sample_rate_hz: f64) -> Self {
        Self {
            sample_rate_hz,
            highpass_hz: HIGHPASS_OFF_HZ,
            highpass: SvfCoeffs::IDENTITY,
            state: Default::default(),
            mean_square: [0.0; 2],
            keep: one_pole(RMS_S, 1.0 / sample_rate_hz),
        }
    }

    pub fn reset(&mut self) {
        self.state = Default::default();
        self.mean_square = [0.0; 2];
    }

    pub fn set(&mut self, controls: &CompressorControls) {
        if controls.sidechain_highpass_hz != self.highpass_hz {
            self.highpass_hz = controls.sidechain_highpass_hz;
            let prototype = Prototype::HighPass { q: FRAC_1_SQRT_2 };
            self.highpass = design(prototype, f64::from(self.highpass_hz), self.sample_rate_hz).into();
        }
    }

    /// Writes the level of each sample; a full-scale sine reads 0 dB, whatever the blend of peak (0) and RMS (1).
    pub fn levels_db(&mut self, input: [&[f32]; 2], rms_blend: f32, levels: &mut [[f32; MAX_BLOCK]; 2]) {
        let filtered = self.highpass_hz > HIGHPASS_OFF_HZ;
        for c in 0..2 {
            let frames = input[c].len();
            let levels = &mut levels[c][..frames];
            levels.copy_from_slice(input[c]);
            if filtered {
                levels.iter_mut().for_each(|x| *x = self.state[c].tick(&self.highpass, f64::from(*x)) as f32);
                self.state[c].settle();
            }
            let mut mean_square = self.mean_square[c];
            for x in levels.iter_mut() {
                let square = *x * *x;
                mean_square = square + self.keep * (mean_square - square);
                // Twice the mean square of a sine is its peak, squared.
                *x = square + rms_blend * (2.0 * mean_square - square);
            }
            self.mean_square[c] = if mean_square < 1e-30 { 0.0 } else { mean_square };
            levels.iter_mut().for_each(|x| *x = 0.5 * DB_PER_OCTAVE * log2_fast(*x));
        }
    }
}
