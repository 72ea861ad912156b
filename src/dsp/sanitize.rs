//! The gate at the engine's input and output: finite in, finite and normal out.

use fearless_simd::{Level, dispatch};

/// Largest input magnitude that enters the chain, +102 dBFS: far above any signal, far below overflow in a squared detector.
pub const LARGEST_INPUT: f32 = 131_072.0;

/// Whether all samples are zero or normal numbers up to `largest` in magnitude: the usual case, told in one quick pass.
pub fn is_ordinary(level: Level, samples: &[f32], largest: f32) -> bool {
    dispatch!(level, _simd => is_ordinary_loop(samples, largest))
}

#[inline(always)]
fn is_ordinary_loop(samples: &[f32], largest: f32) -> bool {
    const SIGN: u32 = 1 << 31;
    let smallest = f32::MIN_POSITIVE.to_bits();
    let span = largest.to_bits() - smallest;
    let unusual = samples.iter().fold(0, |unusual, x| {
        // The bits of a positive float sort like the float itself; subnormals wrap around to huge values.
        let magnitude = x.to_bits() & !SIGN;
        unusual | (u32::from(magnitude.wrapping_sub(smallest) > span) & u32::from(magnitude != 0))
    });
    unusual == 0
}

/// Replaces NaN and infinities by silence and subnormals by zero, in place. Returns how many samples were not finite.
pub fn sanitize(samples: &mut [f32]) -> u64 {
    let mut replaced = 0;
    for x in samples {
        let finite = x.is_finite();
        replaced += u64::from(!finite);
        *x = if finite && x.abs() >= f32::MIN_POSITIVE { *x } else { 0.0 };
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_samples_are_told_from_others() {
        let level = Level::new();
        for good in [0.0, -0.0, 1.0, -1e-30, f32::MIN_POSITIVE, 2.0] {
            assert!(is_ordinary(level, &[0.5, good, 0.1, 0.0, 0.2, 0.3, 0.4, -1.0, good], 2.0), "{good}");
        }
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-40, -1e-45, 2.1, -3.0, f32::MAX] {
            assert!(!is_ordinary(level, &[0.5, 0.1, 0.0, 0.2, 0.3, 0.4, -1.0, 0.0, bad], 2.0), "{bad}");
        }
    }

    #[test]
    fn bad_samples_are_replaced_and_counted() {
        let mut x = [1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-40, -1e-40, -0.5, 1e30];
        assert_eq!(sanitize(&mut x), 3);
        assert_eq!(x, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.5, 1e30]);
    }
}
