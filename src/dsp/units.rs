//! The one place where units are converted: decibels, milliseconds, octaves, time constants.
//!
//! The `_fast` forms are polynomial, branch-free and accurate to better than 2e-6 relative, so that loops over a block
//! turn into vector code; use them on the audio thread, the exact ones elsewhere.

/// Decibels of one octave of amplitude (a factor of two).
pub const DB_PER_OCTAVE: f32 = 6.020_6;

/// Lowest magnitude that [`log2_fast`] is meant for; about −350 dB.
const SMALLEST_NORMAL: f32 = f32::MIN_POSITIVE;

/// Amplitude of a level in decibels.
pub fn db_to_gain(db: f32) -> f32 {
    10.0f32.powf(db / 20.0)
}

/// Level in decibels of an amplitude; −∞ for zero.
pub fn gain_to_db(gain: f32) -> f32 {
    20.0 * gain.log10()
}

/// Frames of a time in milliseconds, rounded to the nearest.
pub fn ms_to_samples(ms: f32, sample_rate_hz: f64) -> usize {
    (f64::from(ms) * 1e-3 * sample_rate_hz).round() as usize
}

/// Coefficient of a one-pole that covers 63 % of the way in `time_s`, for steps `step_s` apart: `y += (1 - a)(x - y)`.
pub fn one_pole(time_s: f64, step_s: f64) -> f32 {
    if time_s <= 0.0 { 0.0 } else { (-step_s / time_s).exp() as f32 }
}

/// Base-two logarithm of a positive, normal number. Absolute error below 3e-6; zero and subnormals read as −126.
#[inline(always)]
pub fn log2_fast(x: f32) -> f32 {
    let bits = x.max(SMALLEST_NORMAL).to_bits() as i32;
    // Splitting at sqrt(1/2) keeps the mantissa around one, where the series is best and log2(1) is exactly 0.
    let shifted = bits - 0x3f35_04f3;
    let exponent = shifted >> 23;
    let mantissa = f32::from_bits((bits - (exponent << 23)) as u32) - 1.0;
    let mut p = LOG2_COEFFS[0];
    for c in &LOG2_COEFFS[1..] {
        p = p * mantissa + c;
    }
    exponent as f32 + mantissa * p
}

/// Two to the power of `x`, for −126…126. Relative error below 2e-7; 0 gives exactly 1.
#[inline(always)]
pub fn exp2_fast(x: f32) -> f32 {
    // Adding 1.5·2²³ rounds to the nearest integer, which then stands in the low bits: no conversion is needed.
    const ROUND: f32 = 12_582_912.0;
    let shifted = x.clamp(-126.0, 126.0) + ROUND;
    let fraction = x.clamp(-126.0, 126.0) - (shifted - ROUND);
    let mut p = EXP2_COEFFS[0];
    for c in &EXP2_COEFFS[1..] {
        p = p * fraction + c;
    }
    let exponent = shifted.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    (1.0 + fraction * p) * f32::from_bits(exponent)
}

/// Minimax fit of `log2(1 + m) / m` on [√½ − 1, √2 − 1], highest power first; largest error 2.5e-7.
const LOG2_COEFFS: [f32; 8] = [
    -0.149_731_3,
    0.235_708_87,
    -0.248_323_1,
    0.286_869,
    -0.360_263_46,
    0.480_931_15,
    -0.721_352_5,
    std::f32::consts::LOG2_E,
];

/// Minimax fit of `(2^x − 1) / x` on [−½, ½], highest power first; largest error 3e-7.
const EXP2_COEFFS: [f32; 5] =
    [0.001_340_037, 0.009_666_37, 0.055_503_33, 0.240_223_5, std::f32::consts::LN_2];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fast_logarithm_is_accurate_over_the_whole_range() {
        for i in -1200..=1200 {
            let x = 2.0f32.powf(i as f32 / 10.0 + 0.037);
            assert!((log2_fast(x) - x.log2()).abs() < 3e-6 * (1.0 + x.log2().abs() * 0.05), "{x}");
        }
        assert_eq!(log2_fast(1.0), 0.0);
        assert_eq!(log2_fast(0.0), -126.0);
    }

    #[test]
    fn fast_exponential_is_accurate_and_exact_at_zero() {
        for i in -1000..=1000 {
            let x = i as f32 / 50.0 + 0.013;
            assert!((exp2_fast(x) / x.exp2() - 1.0).abs() < 3e-7, "{x}");
        }
        assert_eq!(exp2_fast(0.0), 1.0);
        assert!(exp2_fast(-1e9) > 0.0 && exp2_fast(1e9).is_finite());
    }

    #[test]
    fn decibels_and_times_convert() {
        assert!((db_to_gain(-6.0206) - 0.5).abs() < 1e-6);
        assert!((gain_to_db(0.5) + 6.0206).abs() < 1e-4);
        assert_eq!(ms_to_samples(1.5, 48_000.0), 72);
        assert_eq!(one_pole(0.0, 1.0), 0.0);
    }
}
