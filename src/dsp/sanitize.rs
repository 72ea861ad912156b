//! The gate at the engine's input and output: finite in, finite and normal out.

/// Largest input magnitude that enters the chain, +102 dBFS: far above any signal, far below overflow in a squared detector.
pub const LARGEST_INPUT: f32 = 131_072.0;

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
    fn bad_samples_are_replaced_and_counted() {
        let mut x = [1.0, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-40, -1e-40, -0.5, 1e30];
        assert_eq!(sanitize(&mut x), 3);
        assert_eq!(x, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.5, 1e30]);
    }
}
