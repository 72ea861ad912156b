//! Half-band interpolation: the samples that lie half-way between given ones, the building block of every oversampler here.
//!
//! A linear-phase half-band filter leaves the given samples as they are and makes each new one from pairs of neighbours
//! at equal distance: `y = Σ tap[j]·(x[−j] + x[1 + j])`. Taps are a windowed sinc with a Kaiser window
//! (Kaiser and Schafer 1980), scaled to unity at zero frequency.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x8};
use std::f64::consts::PI;

/// Frames of one vector; buffers handed to [`interpolate`] need this much room behind their last frame.
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

/// Neighbours of a new sample: those before it and those behind it, each as a stretch of signal over time.
pub type Neighbours<'a> = (&'a [f32], &'a [f32]);

/// `out[i] = Σ taps[j]·(before_j[i] + behind_j[i])`. All stretches are as long as `out`, a multiple of [`VECTOR`].
pub fn interpolate(level: Level, taps: &[f32], neighbours: &[Neighbours], out: &mut [f32]) {
    dispatch!(level, simd => interpolate_simd(simd, taps, neighbours, out));
}

#[inline(always)]
fn interpolate_simd<S: Simd>(simd: S, taps: &[f32], neighbours: &[Neighbours], out: &mut [f32]) {
    // Two vectors at a time hide the latency of the additions.
    let mut start = 0;
    while start + 2 * VECTOR <= out.len() {
        let (mut sum0, mut sum1) = (f32x8::splat(simd, 0.0), f32x8::splat(simd, 0.0));
        for (tap, (before, behind)) in taps.iter().zip(neighbours) {
            let (before, behind) = (&before[start..start + 2 * VECTOR], &behind[start..start + 2 * VECTOR]);
            let load = |x: &[f32], half: usize| f32x8::from_slice(simd, &x[half * VECTOR..(half + 1) * VECTOR]);
            let tap = f32x8::splat(simd, *tap);
            sum0 = tap.mul_add(load(before, 0) + load(behind, 0), sum0);
            sum1 = tap.mul_add(load(before, 1) + load(behind, 1), sum1);
        }
        out[start..start + VECTOR].copy_from_slice(sum0.as_slice());
        out[start + VECTOR..start + 2 * VECTOR].copy_from_slice(sum1.as_slice());
        start += 2 * VECTOR;
    }
    if start < out.len() {
        let mut sum = f32x8::splat(simd, 0.0);
        for (tap, (before, behind)) in taps.iter().zip(neighbours) {
            let load = |x: &[f32]| f32x8::from_slice(simd, &x[start..start + VECTOR]);
            sum = f32x8::splat(simd, *tap).mul_add(load(before) + load(behind), sum);
        }
        out[start..start + VECTOR].copy_from_slice(sum.as_slice());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gain of the interpolator for a sine at `f` (share of the given rate).
    fn gain(taps: &[f32], f: f64) -> f64 {
        taps.iter().enumerate().map(|(j, t)| 2.0 * f64::from(*t) * (2.0 * PI * f * (j as f64 + 0.5)).cos()).sum()
    }

    #[test]
    fn passes_the_band_and_is_flat() {
        for (pairs, attenuation_db, edge, ripple_db) in [(24, 70.0, 0.4535, 0.01), (32, 95.0, 0.4535, 0.002), (4, 70.0, 0.227, 0.01)]
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
