//! Third-octave levels of a whole programme; for `measure_programme`.
//!
//! Mean power spectrum of half-overlapping Hann frames (P. D. Welch, 1967), summed into base-two third octaves.

use super::power_db;
use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};
use serde::Serialize;
use std::sync::Arc;

/// Longest frame, in samples.
const FRAME_SAMPLES: usize = 1 << 14;
/// Lowest and highest band as thirds of an octave from 1 kHz: 25 Hz to 20 kHz.
const THIRDS: std::ops::RangeInclusive<i32> = -16..=13;
/// A band is reported when its centre is below the sample rate divided by this, so that all of it is below Nyquist.
const RATE_PER_CENTRE: f64 = 2.3;

/// One band of a spectrum.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    /// Centre frequency, Hz.
    pub centre_hz: f64,
    /// Level, where 0 dB is a full-scale sine in this band; −∞ in silence.
    pub level_db: f64,
}

/// Mean third-octave levels of planar audio of equal lengths, the channels' powers averaged. Faults count as silence.
pub(super) fn third_octaves(channels: &[&[f32]], sample_rate_hz: f64) -> Vec<Band> {
    let centres = THIRDS.map(|third| 1_000.0 * 2f64.powf(f64::from(third) / 3.0));
    let centres = centres.filter(|centre_hz| *centre_hz < sample_rate_hz / RATE_PER_CENTRE);
    let samples = channels.first().map_or(0, |plane| plane.len());
    if samples == 0 {
        return centres.map(|centre_hz| Band { centre_hz, level_db: f64::NEG_INFINITY }).collect();
    }
    let mut welch = Welch::new(samples.min(FRAME_SAMPLES));
    channels.iter().for_each(|plane| welch.add(plane));
    let power = welch.mean_square_per_bin();
    let bin_hz = sample_rate_hz / FRAME_SAMPLES as f64;
    let edge = 2f64.powf(1.0 / 6.0);
    centres
        .map(|centre_hz| {
            let first = (centre_hz / edge / bin_hz).ceil() as usize;
            let end = ((centre_hz * edge / bin_hz).ceil() as usize).min(power.len());
            let mean_square: f64 = power[first.min(end)..end].iter().sum();
            Band { centre_hz, level_db: power_db(2.0 * mean_square) }
        })
        .collect()
}

/// Averages the power spectra of frames, always on the bins of the longest frame.
struct Welch {
    window: Vec<f32>,
    fft: Arc<dyn RealToComplex<f32>>,
    frame: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    power: Vec<f64>,
    frames: u64,
}

impl Welch {
    fn new(frame_samples: usize) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(FRAME_SAMPLES);
        Self {
            window: hann(frame_samples),
            frame: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            power: vec![0.0; FRAME_SAMPLES / 2 + 1],
            fft,
            frames: 0,
        }
    }

    fn add(&mut self, samples: &[f32]) {
        let length = self.window.len();
        let mut start = 0;
        while start + length <= samples.len() {
            super::copy_clean(&samples[start..start + length], &mut self.frame);
            self.frame.iter_mut().zip(&self.window).for_each(|(x, w)| *x *= w);
            // The transform uses its input as scratch, so what lies after a short frame is cleared each time.
            self.frame[length..].fill(0.0);
            self.fft
                .process_with_scratch(&mut self.frame, &mut self.spectrum, &mut self.scratch)
                .expect("the buffers were made by this plan");
            for (power, x) in self.power.iter_mut().zip(&self.spectrum) {
                *power += f64::from(x.re).powi(2) + f64::from(x.im).powi(2);
            }
            self.frames += 1;
            start += (length / 2).max(1);
        }
    }

    /// Mean square that each bin stands for: over all bins they add up to that of the signal.
    fn mean_square_per_bin(&self) -> Vec<f64> {
        let window_energy: f64 = self.window.iter().map(|&w| f64::from(w).powi(2)).sum();
        // Two, for the negative frequencies that the real transform leaves out.
        let scale = 2.0 / (window_energy * FRAME_SAMPLES as f64 * self.frames as f64);
        self.power.iter().map(|power| power * scale).collect()
    }
}

/// Hann window of `length` samples, its zeros half a sample outside.
pub(super) fn hann(length: usize) -> Vec<f32> {
    let angle = |i: usize| std::f64::consts::TAU * (i as f64 + 0.5) / length as f64;
    (0..length).map(|i| (0.5 - 0.5 * angle(i).cos()) as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(frequency_hz: f64, rate_hz: f64, samples: usize) -> Vec<f32> {
        let step = std::f64::consts::TAU * frequency_hz / rate_hz;
        (0..samples).map(|i| (step * i as f64).sin() as f32).collect()
    }

    #[test]
    fn a_sine_reads_its_level_in_its_band_only() {
        for (rate_hz, samples) in [(44_100.0, 44_100), (48_000.0, 400_000), (96_000.0, 96_000)] {
            let tone = sine(1_000.0, rate_hz, samples);
            let silent = vec![0.0; samples];
            for (planes, want_db) in
                [(vec![&tone[..], &tone[..]], 0.0), (vec![&tone[..], &silent[..]], -3.01)]
            {
                let bands = third_octaves(&planes, rate_hz);
                let at_1k = bands.iter().find(|band| band.centre_hz == 1_000.0).expect("1 kHz is a centre");
                assert!((at_1k.level_db - want_db).abs() < 0.02, "{rate_hz}: {}", at_1k.level_db);
                let others = bands.iter().filter(|band| (band.centre_hz / 1_000.0).log2().abs() > 0.5);
                others.for_each(|band| assert!(band.level_db < -70.0, "{band:?}"));
            }
        }
    }

    #[test]
    fn faults_do_not_spread_and_short_programmes_have_levels() {
        let mut tone = sine(1_000.0, 48_000.0, 4_800);
        tone[100] = f32::NAN;
        let bands = third_octaves(&[&tone], 48_000.0);
        assert!(bands.iter().all(|band| band.level_db.is_finite()));
        let loudest = bands.iter().max_by(|a, b| a.level_db.total_cmp(&b.level_db)).expect("bands");
        assert!(loudest.centre_hz == 1_000.0 && loudest.level_db.abs() < 0.1, "{loudest:?}");
        assert!(third_octaves(&[&[]], 48_000.0).iter().all(|band| band.level_db == f64::NEG_INFINITY));
        assert!(third_octaves(&[&[0.5]], 48_000.0).len() == 30);
    }
}
