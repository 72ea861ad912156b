//! Sines of phases in cycles, as plain arithmetic that loops turn into vector code.
//!
//! A phase is kept in cycles (1 = a full turn) in `f64` and wrapped before its fraction goes to `f32`: an hour into a
//! 15.7 kHz tone that leaves 1e-8 cycles. The polynomials are minimax fits of sin(2πx)/x over a quarter turn.

/// Adding and taking away 1.5·2⁵² rounds to the nearest integer for magnitudes below 2⁵¹.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// The phase less its nearest whole number of cycles: −½…½.
#[inline(always)]
pub fn wrap_cycles(cycles: f64) -> f64 {
    cycles - ((cycles + ROUNDER) - ROUNDER)
}

/// The phase less the whole cycles below it: 0…1.
#[inline(always)]
pub fn fraction_of_cycle(cycles: f64) -> f64 {
    let wrapped = wrap_cycles(cycles);
    if wrapped < 0.0 { wrapped + 1.0 } else { wrapped }
}

/// sin(2π·`cycles`) for a wrapped phase (−½…½), within 2e-7.
#[inline(always)]
pub fn sine_wrapped(cycles: f32) -> f32 {
    // Mirrored at the quarter turns.
    let folded = 0.25 - (cycles.abs() - 0.25).abs();
    let s = folded * folded;
    let p = -14.381_391 * s + 42.007_797;
    let p = p * s - 76.704_17;
    let p = p * s + 81.605_22;
    let p = p * s - 41.341_7;
    (p * s + std::f32::consts::TAU) * folded.copysign(cycles)
}

/// sin(2π·`cycles`) for any phase.
#[inline(always)]
pub fn sine(cycles: f64) -> f32 {
    sine_wrapped(wrap_cycles(cycles) as f32)
}

/// cos(2π·`cycles`) for any phase.
#[inline(always)]
pub fn cosine(cycles: f64) -> f32 {
    sine(cycles + 0.25)
}

/// sin(2π·`cycles`) for any phase in full precision (1e-14), for sines that become phases themselves.
#[inline(always)]
pub fn sine_exact(cycles: f64) -> f64 {
    let wrapped = wrap_cycles(cycles);
    let folded = 0.25 - (wrapped.abs() - 0.25).abs();
    let s = folded * folded;
    let p = 0.341_604_508_793_647_2 * s - 0.783_508_223_741_635_1;
    let p = p * s + 3.827_325_371_699_487_3;
    let p = p * s - 15.095_081_681_033_628;
    let p = p * s + 42.058_708_688_248_84;
    let p = p * s - 76.705_860_027_308_36;
    let p = p * s + 81.605_249_278_642_1;
    let p = p * s - 41.341_702_240_409_2;
    (p * s + std::f64::consts::TAU) * folded.copysign(wrapped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    #[test]
    fn agree_with_the_library_over_many_turns() {
        let (mut worst, mut worst_exact) = (0.0f64, 0.0f64);
        for i in -40_000..40_000 {
            let cycles = f64::from(i) * 1.234_567e-3;
            let truth = (TAU * wrap_cycles(cycles)).sin();
            worst = worst.max((f64::from(sine(cycles)) - truth).abs());
            worst_exact = worst_exact.max((sine_exact(cycles) - truth).abs());
        }
        assert!(worst < 2.5e-7 && worst_exact < 1e-14, "{worst} {worst_exact}");
        assert!((f64::from(cosine(0.125)) - 0.125f64.mul_add(TAU, 0.0).cos()).abs() < 1e-6);
    }

    #[test]
    fn ten_hours_of_the_highest_tone_stay_exact() {
        let cycles = 15_700.0 * 36_000.0 + 0.375;
        assert!((wrap_cycles(cycles) - 0.375).abs() < 1e-7 / TAU);
        assert_eq!(fraction_of_cycle(-0.25), 0.75);
        assert_eq!(fraction_of_cycle(5.0), 0.0);
    }
}
