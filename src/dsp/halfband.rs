//! Half-band interpolation: the samples that lie half-way between given ones, the building block of every oversampler here.
//!
//! A linear-phase half-band filter leaves the given samples as they are and makes each new one from pairs of neighbours
//! at equal distance: `y = Σ tap[j]·(x[−j] + x[1 + j])`. Taps are a windowed sinc with a Kaiser window
//! (Kaiser and Schafer 1980), scaled to unity at zero frequency.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x8};
use std::f64::consts::PI;

/// Frames of one vector.
pub const VECTOR: usize = 8;

/// One-sided taps of a half-band interpolator with `pairs` pairs of neighbours and the given stop-band attenuation.
pub fn taps(pairs: usize, attenuation_db: f64) -> Vec<f32> {
    let beta = kaiser_beta(attenuation_db);
    let raw: Vec<f64> = (0..pairs)
        .map(|j| {
            let distance = j as f64 + 0.5;
            let window = bessel_i0(beta * (1.0 - (distance / pairs as f64).powi(2)).sqrt()) / bessel_i0(beta);
            (PI * distance).sin() / (PI * distance) * window
        })
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|t| (t / (2.0 * sum)) as f32).collect()
}

/// Shape parameter of a Kaiser window for a stop-band attenuation above 50 dB.
fn kaiser_beta(attenuation_db: f64) -> f64 {
    0.1102 * (attenuation_db - 8.7)
}

/// Modified Bessel function of the first kind, order zero, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..60 {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
    }
    sum
}

/// For every position of `out`, adds `taps[j]·(before[i − j] + behind[i + j])` up: `before` and `behind` are longer than `out`
/// by the number of taps less one, `before` at its start and `behind` at its end.
pub fn convolve_pairs(level: Level, taps: &[f32], before: &[f32], behind: &[f32], out: &mut [f32]) {
    dispatch!(level, simd => convolve_pairs_simd(simd, taps, before, behind, out));
}

#[inline(always)]
fn convolve_pairs_simd<S: Simd>(simd: S, taps: &[f32], before: &[f32], behind: &[f32], out: &mut [f32]) {
    let reach = taps.len() - 1;
    for (index, out) in out.chunks_mut(VECTOR).enumerate() {
        let start = index * VECTOR;
        let count = out.len();
        let load = |x: &[f32], at: usize| {
            if count == VECTOR {
                f32x8::from_slice(simd, &x[at..at + VECTOR])
            } else {
                let mut padded = [0.0; VECTOR];
                padded[..count].copy_from_slice(&x[at..at + count]);
                f32x8::simd_from(simd, padded)
            }
        };
        // Two sums hide the latency of the additions.
        let (mut even, mut odd) = (f32x8::splat(simd, 0.0), f32x8::splat(simd, 0.0));
        for (j, tap) in taps.iter().enumerate() {
            let pair = load(before, start + reach - j) + load(behind, start + j);
            if j % 2 == 0 {
                even = pair.mul_add(*tap, even);
            } else {
                odd = pair.mul_add(*tap, odd);
            }
        }
        out.copy_from_slice(&(even + odd).as_slice()[..count]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gain of the interpolator for a sine at `f` (share of the given rate).
    fn gain(taps: &[f32], f: f64) -> f64 {
        taps.iter()
            .enumerate()
            .map(|(j, t)| 2.0 * f64::from(*t) * (2.0 * PI * f * (j as f64 + 0.5)).cos())
            .sum()
    }

    #[test]
    fn passes_the_band_and_is_flat() {
        for (pairs, attenuation_db, edge, ripple_db) in
            [(24, 70.0, 0.4535, 0.01), (32, 95.0, 0.4535, 0.002), (4, 70.0, 0.227, 0.01)]
        {
            let taps = taps(pairs, attenuation_db);
            for i in 0..=200 {
                let f = edge * f64::from(i) / 200.0;
                let db = 20.0 * gain(&taps, f).abs().log10();
                assert!(db.abs() < ripple_db, "{pairs} pairs at {f}: {db} dB");
            }
        }
    }
}
