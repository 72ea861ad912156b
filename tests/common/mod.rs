//! Independent measuring and test signals, shared by the tests. Nothing here uses the code under test.
#![allow(dead_code)] // each test binary uses its own part

use std::f64::consts::{PI, TAU};

/// Deterministic white noise in [−1, 1).
pub fn noise(seed: u64, len: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2) + 1;
    (0..len)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            ((state >> 40) as f32) / 8_388_608.0 - 1.0
        })
        .collect()
}

pub fn sine(freq_hz: f64, amplitude: f64, phase: f64, rate_hz: f64, len: usize) -> Vec<f32> {
    (0..len).map(|n| (amplitude * (TAU * freq_hz * n as f64 / rate_hz + phase).sin()) as f32).collect()
}

/// Zeroth-order modified Bessel function.
fn i0(x: f64) -> f64 {
    let (mut sum, mut term, mut k) = (1.0, 1.0, 1.0);
    while term > 1e-12 * sum {
        term *= (x / (2.0 * k)).powi(2);
        sum += term;
        k += 1.0;
    }
    sum
}

/// Windowed-sinc low-pass of `2 * half + 1` taps, cut-off as a share of the rate.
pub fn low_pass(signal: &[f32], cutoff: f64, half: usize) -> Vec<f32> {
    let beta = 10.0;
    let taps: Vec<f64> = (-(half as i64)..=half as i64)
        .map(|k| {
            let x = k as f64;
            let window = i0(beta * (1.0 - (x / (half as f64 + 1.0)).powi(2)).sqrt()) / i0(beta);
            let sinc = if k == 0 { 2.0 * cutoff } else { (TAU * cutoff * x).sin() / (PI * x) };
            sinc * window
        })
        .collect();
    convolve_same(signal, &taps)
}

fn convolve_same(signal: &[f32], taps: &[f64]) -> Vec<f32> {
    let half = taps.len() / 2;
    (0..signal.len())
        .map(|n| {
            let lo = (n + half + 1).saturating_sub(signal.len());
            let hi = taps.len().min(n + half + 1);
            (lo..hi).map(|k| taps[k] * f64::from(signal[n + half - k])).sum::<f64>() as f32
        })
        .collect()
}

/// True peak in linear terms: 32 times interpolation with 256 taps a phase, looked at wherever the samples are near their
/// maximum (interpolation cannot exceed the neighbourhood by more than 6 dB for band-limited programme).
pub fn true_peak(signal: &[f32]) -> f32 {
    const UP: usize = 32;
    const TAPS: usize = 256;
    let beta = 9.0;
    let phases: Vec<Vec<f32>> = (1..UP)
        .map(|p| {
            let fraction = p as f64 / UP as f64;
            (0..TAPS)
                .map(|k| {
                    let x = k as f64 - (TAPS / 2 - 1) as f64 - fraction;
                    let window =
                        i0(beta * (1.0 - (x / (TAPS / 2) as f64).powi(2)).max(0.0).sqrt()) / i0(beta);
                    ((PI * x).sin() / (PI * x) * window) as f32
                })
                .collect()
        })
        .collect();
    let peak = signal.iter().fold(0.0f32, |m, x| m.max(x.abs()));
    let mut padded = vec![0.0; TAPS];
    padded.extend_from_slice(signal);
    padded.extend(vec![0.0; TAPS]);
    let mut largest = peak;
    for n in TAPS / 2..padded.len() - TAPS / 2 - 1 {
        if padded[n].abs().max(padded[n + 1].abs()) < 0.5 * peak {
            continue;
        }
        let window = &padded[n + 1 - TAPS / 2..n + 1 + TAPS / 2];
        for phase in &phases {
            let mut sums = [0.0f32; 8];
            for (w, t) in window.chunks_exact(8).zip(phase.chunks_exact(8)) {
                for i in 0..8 {
                    sums[i] += w[i] * t[i];
                }
            }
            largest = largest.max(sums.iter().sum::<f32>().abs());
        }
    }
    largest
}

/// Peak as the interpolator printed in ITU-R BS.1770-4, annex 2, reads it.
pub fn meter_peak(signal: &[f32]) -> f32 {
    const P0: [f64; 12] = [
        0.0017089843750,
        0.0109863281250,
        -0.0196533203125,
        0.0332031250000,
        -0.0594482421875,
        0.1373291015625,
        0.9721679687500,
        -0.1022949218750,
        0.0476074218750,
        -0.0266113281250,
        0.0148925781250,
        -0.0083007812500,
    ];
    const P1: [f64; 12] = [
        -0.0291748046875,
        0.0292968750000,
        -0.0517578125000,
        0.0891113281250,
        -0.1665039062500,
        0.4650878906250,
        0.7797851562500,
        -0.2003173828125,
        0.1015625000000,
        -0.0582275390625,
        0.0330810546875,
        -0.0189208984375,
    ];
    let mut largest = 0.0f64;
    for w in signal.windows(12) {
        for taps in [P0, P1] {
            let forward: f64 = taps.iter().zip(w).map(|(t, x)| t * f64::from(*x)).sum();
            let backward: f64 = taps.iter().rev().zip(w).map(|(t, x)| t * f64::from(*x)).sum();
            largest = largest.max(forward.abs()).max(backward.abs());
        }
    }
    largest as f32
}

pub fn db(x: f32) -> f32 {
    20.0 * x.log10()
}

pub fn peak(signal: &[f32]) -> f32 {
    signal.iter().fold(0.0f32, |m, x| m.max(x.abs()))
}

/// Amplitude of one frequency in a signal, by projection with a Hann window.
pub fn tone_level(signal: &[f32], freq_hz: f64, rate_hz: f64) -> f64 {
    let n = signal.len() as f64;
    let (mut re, mut im, mut sum) = (0.0, 0.0, 0.0);
    for (i, x) in signal.iter().enumerate() {
        let w = 0.5 - 0.5 * (TAU * i as f64 / n).cos();
        let (s, c) = (TAU * freq_hz * i as f64 / rate_hz).sin_cos();
        re += w * c * f64::from(*x);
        im += w * s * f64::from(*x);
        sum += w;
    }
    2.0 * re.hypot(im) / sum
}
