//! Loops over a block, compiled for the vector unit that the machine has.
//!
//! Each is a plain loop inside a dispatch: the compiler turns it into vector code for the level found at start-up.

use super::units::{DB_PER_OCTAVE, exp2_fast, log2_fast};
use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x8};

/// Largest magnitude; zero for an empty slice.
pub fn largest_magnitude(level: Level, x: &[f32]) -> f32 {
    dispatch!(level, simd => largest_magnitude_simd(simd, x))
}

/// [`largest_magnitude`] inside a dispatch.
#[inline(always)]
pub fn largest_magnitude_simd<S: Simd>(simd: S, x: &[f32]) -> f32 {
    let chunks = x.chunks_exact(8);
    let rest = chunks.remainder().iter().fold(0.0f32, |m, x| if x.abs() > m { x.abs() } else { m });
    let lanes = chunks.fold(f32x8::splat(simd, 0.0), |m, chunk| m.max(f32x8::from_slice(simd, chunk).abs()));
    lanes.as_slice().iter().fold(rest, |m, x| if *x > m { *x } else { m })
}

/// `x ← log2(x / reference)`, limited to 0…`most`.
pub fn octaves_above(level: Level, x: &mut [f32], reference: &[f32], most: f32) {
    dispatch!(level, _simd => octaves_above_loop(x, reference, most));
}

#[inline(always)]
fn octaves_above_loop(x: &mut [f32], reference: &[f32], most: f32) {
    for (x, r) in x.iter_mut().zip(reference) {
        *x = log2_fast(*x / *r).clamp(0.0, most);
    }
}

/// `x ← x · 2^(−octaves)`.
pub fn attenuate(level: Level, x: &mut [f32], octaves: &[f32]) {
    dispatch!(level, _simd => attenuate_loop(x, octaves));
}

#[inline(always)]
fn attenuate_loop(x: &mut [f32], octaves: &[f32]) {
    for (x, o) in x.iter_mut().zip(octaves) {
        *x *= exp2_fast(-*o);
    }
}

/// `gains ← 10^(−decibels / 20)`.
pub fn decibels_down(level: Level, decibels: &[f32], gains: &mut [f32]) {
    dispatch!(level, _simd => decibels_down_loop(decibels, gains));
}

#[inline(always)]
fn decibels_down_loop(decibels: &[f32], gains: &mut [f32]) {
    for (d, g) in decibels.iter().zip(gains) {
        *g = exp2_fast(*d * (-1.0 / DB_PER_OCTAVE));
    }
}

/// `x ← scale · log2(x)`.
pub fn scaled_log2(level: Level, x: &mut [f32], scale: f32) {
    dispatch!(level, _simd => scaled_log2_loop(x, scale));
}

#[inline(always)]
fn scaled_log2_loop(x: &mut [f32], scale: f32) {
    for x in x {
        *x = scale * log2_fast(*x);
    }
}

/// Limits each sample to plus or minus its limit.
pub fn clamp_to(level: Level, x: &mut [f32], limits: &[f32]) {
    dispatch!(level, _simd => clamp_to_loop(x, limits));
}

#[inline(always)]
fn clamp_to_loop(x: &mut [f32], limits: &[f32]) {
    for (x, limit) in x.iter_mut().zip(limits) {
        let low = if *x < -limit { -limit } else { *x };
        *x = if low > *limit { *limit } else { low };
    }
}

/// `x ← x · y`.
pub fn multiply(level: Level, x: &mut [f32], y: &[f32]) {
    dispatch!(level, _simd => multiply_loop(x, y));
}

#[inline(always)]
fn multiply_loop(x: &mut [f32], y: &[f32]) {
    for (x, y) in x.iter_mut().zip(y) {
        *x *= y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::rng::uniform_at;

    #[test]
    fn agree_with_scalar_arithmetic_for_any_length() {
        let level = Level::new();
        for len in [0, 1, 7, 8, 9, 64] {
            let x: Vec<f32> = (0..len).map(|i| uniform_at(1, i)).collect();
            let y: Vec<f32> = (0..len).map(|i| uniform_at(2, i).abs() + 0.1).collect();
            let largest = x.iter().fold(0.0f32, |m, x| m.max(x.abs()));
            assert_eq!(largest_magnitude(level, &x), largest);
            let mut z = x.clone();
            attenuate(level, &mut z, &y);
            assert!(z.iter().zip(x.iter().zip(&y)).all(|(z, (x, y))| (z - x * (-y).exp2()).abs() < 1e-6));
            let mut z = x.clone();
            clamp_to(level, &mut z, &y);
            assert!(z.iter().zip(x.iter().zip(&y)).all(|(z, (x, y))| *z == x.clamp(-y, *y)));
            let mut z = y.clone();
            octaves_above(level, &mut z, &x.iter().map(|x| x.abs() + 0.05).collect::<Vec<_>>(), 3.0);
            assert!(z.iter().all(|z| (0.0..=3.0).contains(z)));
        }
    }
}
