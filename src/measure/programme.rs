//! Measures a whole programme held in memory; for the command line and for tests.

use super::bands::{Band, third_octaves};
use super::meter::Meter;
use super::{MeasureError, amplitude_db, checked_rate};
use ebur128::{EbuR128, Mode};
use serde::Serialize;

/// Samples handed to the meter at once.
const PUSH_SAMPLES: usize = 1 << 14;

/// What there is to say about a programme.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// Length, seconds.
    pub duration_s: f64,
    /// Sample rate, Hz.
    pub sample_rate_hz: f64,
    /// Number of channels.
    pub channels: usize,
    /// Integrated loudness, LUFS.
    pub integrated_lufs: f64,
    /// Loudness range, LU.
    pub range_lu: f64,
    /// Highest loudness of 400 ms, LUFS.
    pub max_momentary_lufs: f64,
    /// Highest loudness of 3 s, LUFS.
    pub max_short_term_lufs: f64,
    /// Largest sample, dB of full scale.
    pub sample_peak_dbfs: f64,
    /// True peak, dB of full scale.
    pub true_peak_dbtp: f64,
    /// True peak less integrated loudness, LU.
    pub plr_lu: Option<f64>,
    /// Correlation of the first two channels, −1…1.
    pub correlation: Option<f64>,
    /// Root mean square over all channels, dB of a full-scale square wave.
    pub rms_dbfs: f64,
    /// Mean of the channel in which it is furthest from 0, linear.
    pub dc_offset: f64,
    /// Samples that were NaN, infinite or beyond +120 dBFS, and were taken as silence.
    pub faults: u64,
    /// Third-octave levels, 25 Hz to 20 kHz.
    pub third_octaves: Vec<Band>,
}

/// Integrated loudness of planar audio in LUFS, −∞ for silence: a fraction of the work of [`measure_programme`].
///
/// # Errors
/// As for [`measure_programme`].
pub fn integrated_lufs(channels: &[&[f32]], sample_rate_hz: f64) -> Result<f64, MeasureError> {
    checked_samples(channels, sample_rate_hz)?;
    let rate_hz = checked_rate(sample_rate_hz, channels.len())?;
    let mut meter = EbuR128::new(channels.len() as u32, rate_hz, Mode::I).map_err(MeasureError::Loudness)?;
    meter.add_frames_planar_f32(channels).map_err(MeasureError::Loudness)?;
    meter.loudness_global().map_err(MeasureError::Loudness)
}

/// Samples of each plane, if rate and planes can be measured.
fn checked_samples(channels: &[&[f32]], sample_rate_hz: f64) -> Result<usize, MeasureError> {
    checked_rate(sample_rate_hz, channels.len())?;
    let samples = channels[0].len();
    match channels.iter().position(|plane| plane.len() != samples) {
        Some(channel) => {
            Err(MeasureError::Lengths { channel, expected: samples, found: channels[channel].len() })
        }
        None => Ok(samples),
    }
}

/// Measures planar audio from its first sample to its last.
///
/// # Errors
/// [`MeasureError::SampleRate`], [`MeasureError::Channels`], or [`MeasureError::Lengths`] where the planes differ.
pub fn measure_programme(channels: &[&[f32]], sample_rate_hz: f64) -> Result<Summary, MeasureError> {
    let samples = checked_samples(channels, sample_rate_hz)?;
    let mut meter = Meter::for_programme(sample_rate_hz, channels.len())?;
    let mut planes: Vec<&[f32]> = Vec::with_capacity(channels.len());
    for start in (0..samples).step_by(PUSH_SAMPLES) {
        let end = samples.min(start + PUSH_SAMPLES);
        planes.clear();
        planes.extend(channels.iter().map(|plane| &plane[start..end]));
        meter.push(&planes);
    }
    meter.finish();
    let reading = meter.reading();
    let (rms, dc_offset) = rms_and_offset(channels);
    Ok(Summary {
        duration_s: samples as f64 / sample_rate_hz,
        sample_rate_hz,
        channels: channels.len(),
        integrated_lufs: reading.integrated_lufs,
        range_lu: reading.range_lu,
        max_momentary_lufs: reading.max_momentary_lufs,
        max_short_term_lufs: reading.max_short_term_lufs,
        sample_peak_dbfs: reading.sample_peak_dbfs,
        true_peak_dbtp: reading.true_peak_dbtp,
        plr_lu: reading.plr_lu,
        correlation: reading.programme_correlation,
        rms_dbfs: amplitude_db(rms),
        dc_offset,
        faults: reading.faults,
        third_octaves: third_octaves(channels, sample_rate_hz),
    })
}

/// Root mean square over all channels and the mean that is furthest from 0.
fn rms_and_offset(channels: &[&[f32]]) -> (f64, f64) {
    let samples = channels[0].len().max(1) as f64;
    let (mut energy, mut offset) = (0.0, 0.0f64);
    let mut clean = [0.0f32; 1_024];
    for plane in channels {
        let mut sum = 0.0;
        for chunk in plane.chunks(clean.len()) {
            super::copy_clean(chunk, &mut clean);
            for &x in &clean[..chunk.len()] {
                sum += f64::from(x);
                energy += f64::from(x) * f64::from(x);
            }
        }
        let mean = sum / samples;
        offset = if mean.abs() > offset.abs() { mean } else { offset };
    }
    ((energy / (samples * channels.len() as f64)).sqrt(), offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rms_offset_and_peaks_of_a_square_with_an_offset() {
        let square: Vec<f32> = (0..48_000).map(|i| if i / 100 % 2 == 0 { 0.75 } else { -0.25 }).collect();
        let silent = vec![0.0; square.len()];
        let summary = measure_programme(&[&square, &silent], 48_000.0).expect("fits");
        assert!((summary.dc_offset - 0.25).abs() < 1e-6);
        let mean_square = (0.5625 + 0.0625) / 2.0 / 2.0f64;
        assert!((summary.rms_dbfs - 10.0 * mean_square.log10()).abs() < 1e-6);
        assert!((summary.sample_peak_dbfs + 2.4988).abs() < 1e-3);
        assert!(summary.true_peak_dbtp > summary.sample_peak_dbfs);
        assert_eq!((summary.duration_s, summary.channels, summary.correlation), (1.0, 2, None));
    }

    #[test]
    fn nothing_measures_as_nothing() {
        let summary = measure_programme(&[&[], &[]], 44_100.0).expect("an empty file is a file");
        assert_eq!(summary.duration_s, 0.0);
        for level in
            [summary.integrated_lufs, summary.true_peak_dbtp, summary.rms_dbfs, summary.sample_peak_dbfs]
        {
            assert_eq!(level, f64::NEG_INFINITY);
        }
        assert_eq!((summary.plr_lu, summary.correlation, summary.dc_offset), (None, None, 0.0));
    }

    #[test]
    fn the_last_sample_counts() {
        for samples in [1, 100, 479, 480, 481, 5_000] {
            let mut plane = vec![0.0; samples];
            plane[samples - 1] = 0.5;
            let summary = measure_programme(&[&plane], 48_000.0).expect("fits");
            assert!((summary.true_peak_dbtp + 6.0206).abs() < 1e-3, "{samples}: {}", summary.true_peak_dbtp);
        }
    }

    #[test]
    fn unequal_planes_are_an_error() {
        let error =
            measure_programme(&[&[0.0; 3], &[0.0; 3], &[0.0; 2]], 48_000.0).expect_err("lengths differ");
        assert_eq!(error, MeasureError::Lengths { channel: 2, expected: 3, found: 2 });
    }
}
