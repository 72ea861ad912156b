//! Holds the true-peak meter against closed forms and against a long direct interpolation.

use super::*;
use std::f64::consts::TAU;

const RATES_HZ: [f64; 5] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0];

fn peak_of(samples: &[f32], rate_hz: f64) -> f32 {
    let mut meter = TruePeak::new(rate_hz);
    let known = meter.push(samples, 0.0);
    meter.push(&vec![0.0; meter.delay_samples()], known)
}

fn error_db(measured: f32, truth: f64) -> f64 {
    20.0 * (f64::from(measured) / truth).log10()
}

/// Raised-cosine gain at the ends, so that the start and end of a tone are no peaks of their own.
fn fade(i: usize, samples: usize) -> f64 {
    let edge = samples as f64 / 4.0;
    let near = (i.min(samples - 1 - i) as f64 / edge).min(1.0);
    0.5 - 0.5 * (std::f64::consts::PI * near).cos()
}

fn noise(samples: usize, mut seed: u32) -> Vec<f32> {
    (0..samples)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

/// Largest value on a grid of 64 points a sample, each by a sinc of 512 samples.
fn true_peak_by_long_sinc(samples: &[f32]) -> f64 {
    let at = |i: i64| samples.get(i as usize).map_or(0.0, |&x| f64::from(x));
    (0..64).fold(0.0, |top: f64, step| {
        let shift = f64::from(step) / 64.0;
        let taps: Vec<f64> =
            (-255..=256).map(|k| f64::from(k) - shift).map(|x| sinc(x) * kaiser(x / 257.0, 9.0)).collect();
        let value = |i: i64| taps.iter().zip(i - 255..).map(|(tap, k)| tap * at(k)).sum::<f64>().abs();
        (0..samples.len() as i64).map(value).fold(top, f64::max)
    })
}

/// Limits the band of a signal to a fraction of the sample rate.
fn band_limited(samples: &[f32], cutoff: f64) -> Vec<f32> {
    let taps: Vec<f64> = (-200..=200)
        .map(|k| 2.0 * cutoff * sinc(2.0 * cutoff * k as f64) * kaiser(k as f64 / 201.0, 9.0))
        .collect();
    let at = |i: i64| samples.get(i as usize).map_or(0.0, |&x| f64::from(x));
    (0..samples.len() as i64)
        .map(|i| taps.iter().zip(-200..).map(|(tap, k)| tap * at(i + k)).sum::<f64>() as f32)
        .collect()
}

#[test]
fn sines_read_their_amplitude_up_to_20_khz() {
    let mut worst = 0.0f64;
    for rate_hz in RATES_HZ {
        for frequency_hz in
            [100.0, 997.0, 5_000.0, 10_000.0, 15_000.0, 18_000.0, 20_000.0, rate_hz / 4.0, rate_hz / 6.0]
        {
            for phase in (0..16).map(|p| TAU * f64::from(p) / 16.0) {
                let samples = (rate_hz / 25.0) as usize;
                let tone: Vec<f32> = (0..samples)
                    .map(|i| {
                        (0.5 * fade(i, samples) * (TAU * frequency_hz * i as f64 / rate_hz + phase).sin())
                            as f32
                    })
                    .collect();
                // At 100 Hz the fade moves the crest a little below the amplitude.
                let slack_db = if frequency_hz < 200.0 { 0.1 } else { 0.01 };
                let error = error_db(peak_of(&tone, rate_hz), 0.5);
                assert!(error.abs() < slack_db, "{frequency_hz} Hz at {rate_hz} Hz: {error} dB");
                worst = if slack_db < 0.1 { worst.max(error.abs()) } else { worst };
            }
        }
    }
    // As the manual prints it, by a tenth more or less.
    assert!((worst - 0.0007).abs() <= 0.00007, "worst error of sines {worst} dB");
}

#[test]
fn aligned_partials_read_their_sum() {
    let mut worst = 0.0f64;
    for rate_hz in RATES_HZ {
        for offset in [0.0, 0.11, 0.25, 0.37, 0.5, 0.73] {
            let (samples, partials) = (4_000, 20);
            let crest = samples as f64 / 2.0 + offset;
            let pulse: Vec<f32> = (0..samples)
                .map(|i| {
                    let at = TAU * (i as f64 - crest) / rate_hz;
                    let sum: f64 = (1..=partials).map(|k| (at * 1_000.0 * f64::from(k)).cos()).sum();
                    (fade(i, samples) * sum / f64::from(partials)) as f32
                })
                .collect();
            let error = error_db(peak_of(&pulse, rate_hz), 1.0);
            assert!(error.abs() < 0.02, "{offset} at {rate_hz} Hz: {error} dB");
            worst = worst.max(error.abs());
        }
    }
    println!("worst error of pulses {worst:.4} dB");
}

#[test]
fn noise_agrees_with_a_long_sinc_on_a_fine_grid() {
    for (rate_hz, seed) in [(44_100.0, 1), (44_100.0, 7), (48_000.0, 2), (96_000.0, 3), (192_000.0, 4)] {
        let samples = band_limited(&noise(3_000, seed), 20_000.0f64.min(0.4 * rate_hz) / rate_hz * 0.98);
        let error = error_db(peak_of(&samples, rate_hz), true_peak_by_long_sinc(&samples));
        println!("noise at {rate_hz} Hz: {error:.4} dB");
        assert!(error.abs() < 0.02, "{rate_hz} Hz: {error} dB");
    }
}

#[test]
fn skipping_changes_nothing() {
    for rate_hz in RATES_HZ {
        let kernels = Kernels::new(rate_hz);
        let window = SPAN + kernels.taps() - 1;
        // Noise that swells and ebbs, so that every kind of skip happens.
        let swell = |i: usize| (i as f32 * 0.0007).sin().powi(4) + 1e-3;
        let samples: Vec<f32> = noise(60_000, 5).iter().enumerate().map(|(i, x)| x * swell(i)).collect();
        let (mut known, mut all, mut skipped) = (0.0f32, 0.0f32, 0);
        for start in (0..samples.len() - window).step_by(BLOCK) {
            let block = &samples[start..start + window];
            all = all.max(kernels.block_peak(block, 0.0));
            skipped += usize::from(largest(block) * kernels.half_band_reach * kernels.fine_reach <= known);
            known = kernels.block_peak(block, known);
            assert_eq!(known.to_bits(), all.to_bits(), "{start} at {rate_hz} Hz");
        }
        assert!(skipped > 50, "{skipped}");
    }
}

#[test]
fn no_value_exceeds_the_stated_reach() {
    // The worst input for each kernel has the signs of its taps.
    let kernels = Kernels::new(48_000.0);
    for reverse in [false, true] {
        let window = SPAN + kernels.taps() - 1;
        let mut input = vec![0.0; window];
        let whole: Vec<f32> =
            kernels.half_band.iter().chain(kernels.half_band.iter().rev()).copied().collect();
        for (x, tap) in input[MARGIN + 20..].iter_mut().zip(&whole) {
            *x = if reverse { -tap.signum() } else { tap.signum() };
        }
        let peak = kernels.block_peak(&input, 0.0);
        let bound = kernels.half_band_reach * kernels.fine_reach;
        assert!(peak >= 0.9 * kernels.half_band_reach && peak <= bound, "{peak} of {bound}");
    }
}

#[test]
fn cuts_do_not_matter_and_reset_restarts() {
    let samples = noise(5_000, 9);
    let whole = peak_of(&samples, 44_100.0);
    for block in [1, 7, 32, 441, 1_024] {
        let mut meter = TruePeak::new(44_100.0);
        meter.push(&noise(333, 10), 0.0);
        meter.reset();
        let known = samples.chunks(block).fold(0.0, |known, chunk| meter.push(chunk, known));
        let peak = meter.push(&vec![0.0; meter.delay_samples()], known);
        assert_eq!(peak.to_bits(), whole.to_bits(), "{block}");
    }
}
