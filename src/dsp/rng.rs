//! Random numbers addressed by position: the same place in time gives the same number, offline, live and after a seek.

/// A uniform random number in [−1, 1) that depends on nothing but `stream` and `position`.
///
/// The mixing is the finaliser of SplitMix64 (Steele, Lea and Flood 2014).
#[inline]
pub fn uniform_at(stream: u64, position: u64) -> f32 {
    let mut z = position.wrapping_add(stream << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    // The top 24 bits fill a float's mantissa exactly.
    (z >> 40) as f32 * (1.0 / 8_388_608.0) - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_uniform_and_uncorrelated() {
        let n = 200_000u64;
        for stream in [0, 1, 7] {
            let x: Vec<f64> = (0..n).map(|i| f64::from(uniform_at(stream, i))).collect();
            let mean = x.iter().sum::<f64>() / n as f64;
            let power = x.iter().map(|v| v * v).sum::<f64>() / n as f64;
            let lag = x.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / n as f64;
            assert!(
                mean.abs() < 5e-3 && (power - 1.0 / 3.0).abs() < 5e-3 && lag.abs() < 5e-3,
                "{mean} {power} {lag}"
            );
        }
        let between: f64 =
            (0..n).map(|i| f64::from(uniform_at(0, i) * uniform_at(1, i))).sum::<f64>() / n as f64;
        assert!(between.abs() < 5e-3);
    }
}
