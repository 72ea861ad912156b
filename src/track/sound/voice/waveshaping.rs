//! What the waveshaping voices share: soft saturation of constant peak, moving sines, and the pan of a mono source.
//!
//! Built off the audio thread, rendered on it. The saturation is tanh(s·x)/tanh(s).

pub(super) mod progress;
pub(super) mod tone;
#[cfg(test)]
pub(super) mod trial;

use super::{QUANTUM, VoiceContext};
use crate::track::file::fields::prefixed;
use progress::Progress;
use std::f32::consts::LN_2;
use std::f64::consts::{FRAC_PI_4, LOG2_E};
use tone::Moving;

/// Amounts up to this give silence, as they do where the division would lose all precision.
const LEAST_AMOUNT: f32 = 1e-6;
/// Lowest frequency in Hz; lower ones, negative ones included, are raised to it.
const LEAST_HZ: f64 = 1e-9;

/// Saturation by an amount that may move.
#[derive(Debug, Clone, Copy)]
pub struct Shaper {
    amount: Moving,
    /// 1/tanh(amount) where the amount is constant.
    scale: Option<f32>,
}

impl Shaper {
    /// Saturation from one amount to another.
    pub fn new(amount: [f64; 2]) -> Self {
        let amount = Moving::new(amount.map(|amount| amount.max(f64::from(LEAST_AMOUNT))));
        Self { amount, scale: amount.is_constant().then(|| scale_of(amount.at(0.0))) }
    }

    /// Saturates `x`.
    #[inline(always)]
    pub fn shape(&self, x: &mut [f32; QUANTUM], progress: &Progress) {
        match self.scale {
            Some(scale) => {
                let amount = self.amount.at(0.0);
                for x in x {
                    *x = tanh(amount * *x) * scale;
                }
            }
            None => {
                for i in 0..QUANTUM {
                    let amount = self.amount.at(progress.alpha[i]);
                    x[i] = tanh(amount * x[i]) * scale_of(amount);
                }
            }
        }
    }
}

#[inline(always)]
fn scale_of(amount: f32) -> f32 {
    let scale = 1.0 / tanh(amount);
    if amount > LEAST_AMOUNT { scale } else { 0.0 }
}

/// Hyperbolic tangent, within 2e-7 of the value for any finite argument, small ones included.
///
/// tanh|u| = −e/(2 + e) with e = exp(−2|u|) − 1, whose whole and fractional powers of two are taken apart so that
/// nothing cancels near zero.
#[inline(always)]
pub fn tanh(u: f32) -> f32 {
    /// Adding 1.5·2²³ rounds to the nearest integer, which then stands in the low bits.
    const ROUNDER: f32 = 12_582_912.0;
    let power = (-2.0 * LOG2_E as f32) * u.abs();
    let power = if power > -40.0 { power } else { -40.0 };
    let shifted = power + ROUNDER;
    let f = power - (shifted - ROUNDER);
    let p = EXP2_SLOPE[1..].iter().fold(EXP2_SLOPE[0], |p, c| p * f + c) * f;
    let scale = f32::from_bits(shifted.to_bits().wrapping_sub(ROUNDER.to_bits()).wrapping_add(127) << 23);
    let e = scale * p + (scale - 1.0);
    (-e / (2.0 + e)).copysign(u)
}

/// (2^f − 1)/f on −½…½, highest power first; relative error 1.3e-8.
const EXP2_SLOPE: [f32; 6] =
    [0.000_154_531_63, 0.001_339_086_3, 0.009_618_082, 0.055_503_57, 0.240_226_5, LN_2];

/// Start and end of a parameter of a voice whose transition has defaults of its own and no use for the static key.
pub fn ends(context: &VoiceContext, key: &str, [fixed, start, end]: [f64; 3]) -> [f64; 2] {
    let fields = context.fields;
    if context.is_transition {
        [fields.number(&prefixed("start", key), start), fields.number(&prefixed("end", key), end)]
    } else {
        [fields.number(key, fixed); 2]
    }
}

/// Both frequencies of a sine, raised to the least that these voices know.
pub fn audible_hz(pair_hz: [f64; 2]) -> [f64; 2] {
    pair_hz.map(|hz| hz.max(LEAST_HZ))
}

/// Gains of the ears for a mono source at `pan`, −1 (left) to 1 (right): constant power, −3 dB in the middle.
pub fn pan_gains(pan: f64) -> [f64; 2] {
    let angle = (pan.clamp(-1.0, 1.0) + 1.0) * FRAC_PI_4;
    [angle.cos(), angle.sin()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tangent_agrees_with_the_library() {
        let mut worst = 0.0f64;
        for i in -200_000..200_000 {
            let u = (i as f32 * 1e-4).powi(3) * 0.02;
            let truth = f64::from(u).tanh();
            worst = worst.max((f64::from(tanh(u)) - truth).abs() / truth.abs().max(1e-30));
        }
        assert!(worst < 3e-7, "{worst}");
        assert_eq!((tanh(0.0), tanh(1e30), tanh(-1e30)), (0.0, 1.0, -1.0));
    }

    #[test]
    fn keeps_the_peak_and_is_silent_without_an_amount() {
        let mut progress = Progress::STILL;
        progress.alpha[1] = 1.0;
        for (amount, expected) in
            [([5.0, 5.0], 1.0), ([1e-3, 1e-3], 1.0), ([1e9, 1e9], 1.0), ([0.0, -4.0], 0.0), ([0.5, 7.0], 1.0)]
        {
            let mut x = [1.0; QUANTUM];
            Shaper::new(amount).shape(&mut x, &progress);
            assert!((x[0] - expected).abs() < 1e-6 && (x[1] - expected).abs() < 1e-6, "{amount:?} {x:?}");
        }
        let mut x = [0.5; QUANTUM];
        Shaper::new([0.5, 7.0]).shape(&mut x, &progress);
        assert!((f64::from(x[0]) - 0.25f64.tanh() / 0.5f64.tanh()).abs() < 1e-6);
        assert!((f64::from(x[1]) - 3.5f64.tanh() / 7.0f64.tanh()).abs() < 1e-6);
    }

    #[test]
    fn pans_with_constant_power() {
        for (pan, [left, right]) in [(-2.0, [1.0, 0.0]), (0.0, [0.5f64.sqrt(); 2]), (1.0, [0.0, 1.0])] {
            let gains = pan_gains(pan);
            assert!((gains[0] - left).abs() < 1e-12 && (gains[1] - right).abs() < 1e-12);
        }
    }
}
