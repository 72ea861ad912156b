//! Level detection: high-pass, peak and RMS.

use crate::control::CompressorControls;
use crate::dsp::MAX_BLOCK;
use crate::dsp::dynamics::GainComputer;
use crate::dsp::matched::design;
use crate::dsp::prototype::Prototype;
use crate::dsp::svf::{SvfCoeffs, settled};
use crate::dsp::units::{DB_PER_OCTAVE, one_pole};
use crate::dsp::vector;
use fearless_simd::{Level, dispatch};
use std::f64::consts::FRAC_1_SQRT_2;

/// Averaging time of the RMS detector.
const RMS_S: f64 = 0.01;

/// The side-chain high-pass is off at and below this frequency.
const HIGHPASS_OFF_HZ: f32 = 20.0;

/// Levels of both channels and the reduction they ask for, sample by sample.
pub struct Detector {
    level: Level,
    sample_rate_hz: f64,
    highpass_hz: f32,
    highpass: SvfCoeffs,
    state: [[f64; 2]; 2],
    mean_square: [f32; 2],
    keep: f32,
}

impl Detector {
    pub fn new(sample_rate_hz: f64) -> Self {
        Self {
            level: Level::new(),
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

    /// Writes the reduction that a static curve asks for at each sample. A full-scale sine reads 0 dB, whatever the blend
    /// of peak (0) and RMS (1). Returns the square of the highest level of either channel.
    pub fn reductions_db(
        &mut self,
        input: [&[f32]; 2],
        rms_blend: f32,
        curve: &GainComputer,
        reductions: &mut [[f32; MAX_BLOCK]; 2],
    ) -> f32 {
        let [left, right] = reductions;
        let frames = input[0].len();
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        left.copy_from_slice(input[0]);
        right.copy_from_slice(input[1]);
        if self.highpass_hz > HIGHPASS_OFF_HZ {
            self.filter(left, right);
        }
        let [mut mean_left, mut mean_right] = self.mean_square;
        for (l, r) in left.iter_mut().zip(right.iter_mut()) {
            let (square_l, square_r) = (*l * *l, *r * *r);
            mean_left = square_l + self.keep * (mean_left - square_l);
            mean_right = square_r + self.keep * (mean_right - square_r);
            // Twice the mean square of a sine is its peak, squared.
            *l = square_l + rms_blend * (2.0 * mean_left - square_l);
            *r = square_r + rms_blend * (2.0 * mean_right - square_r);
        }
        self.mean_square = [mean_left, mean_right].map(|m| if m < 1e-30 { 0.0 } else { m });
        let mut highest = 0.0f32;
        for squares in [left, right] {
            highest = highest.max(vector::largest_magnitude(self.level, squares));
            vector::scaled_log2(self.level, squares, 0.5 * DB_PER_OCTAVE);
            dispatch!(self.level, _simd => reduce(squares, curve));
        }
        highest
    }

    fn filter(&mut self, left: &mut [f32], right: &mut [f32]) {
        dispatch!(self.level, _simd => filter_pair(&self.highpass, &mut self.state, left, right));
        self.state.as_flattened_mut().iter_mut().for_each(|s| *s = settled(*s));
    }
}

/// One section on both channels side by side; `state` holds both channels of the first integrator, then of the second.
#[inline(always)]
fn filter_pair(k: &SvfCoeffs, state: &mut [[f64; 2]; 2], left: &mut [f32], right: &mut [f32]) {
    let [mut s1, mut s2] = *state;
    for (l, r) in left.iter_mut().zip(right) {
        let x = [f64::from(*l), f64::from(*r)];
        let y: [f64; 2] = std::array::from_fn(|c| k.d * x[c] + (k.c[0] * s1[c] + k.c[1] * s2[c]));
        let next1: [f64; 2] = std::array::from_fn(|c| k.a[0] * s1[c] + k.a[1] * s2[c] + k.b[0] * x[c]);
        s2 = std::array::from_fn(|c| k.a[2] * s1[c] + k.a[3] * s2[c] + k.b[1] * x[c]);
        s1 = next1;
        (*l, *r) = (y[0] as f32, y[1] as f32);
    }
    *state = [s1, s2];
}

/// Levels in dB to reductions in dB.
#[inline(always)]
fn reduce(levels: &mut [f32], curve: &GainComputer) {
    for level in levels {
        *level = curve.reduction_db(*level);
    }
}
