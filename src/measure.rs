//! Loudness, peaks, correlation and spectrum, for files and for the editor.
//!
//! Runs on any thread but the audio thread: the plugin sends its output through a ring and a [`Meter`] reads the other
//! end. [`measure_programme`] measures a whole file. Definitions: ITU-R BS.1770-5, EBU Tech 3341 and 3342.
//!
//! A level where nothing has been measured is −∞; a ratio that needs what is not there is `None`. Both become `null` in
//! JSON.
//!
//! # Example
//!
//! By its definition a full-scale sine of 997 Hz in one channel measures −3.01 LUFS:
//!
//! ```
//! use auracore::measure::measure_programme;
//!
//! let rate_hz = 48_000.0;
//! let radians = |frame: u32| std::f64::consts::TAU * 997.0 * f64::from(frame) / rate_hz;
//! let sine: Vec<f32> = (0..240_000).map(|frame| radians(frame).sin() as f32).collect();
//! let silence = vec![0.0_f32; sine.len()];
//! let summary = measure_programme(&[&sine[..], &silence[..]], rate_hz).unwrap();
//!
//! assert!((summary.integrated_lufs + 3.01).abs() < 0.05);
//! assert!(summary.true_peak_dbtp.abs() < 0.05);
//! assert_eq!(summary.duration_s, 5.0);
//! ```

mod bands;
mod correlation;
mod loudness;
mod meter;
mod programme;
pub mod service;
mod spectrum;
mod true_peak;

pub use bands::Band;
pub use loudness::CELLS_PER_S;
pub use meter::{Meter, Reading};
pub use programme::{Summary, integrated_lufs, measure_programme};
pub use spectrum::{Smoothing, Spectrum, SpectrumSettings};

/// Lowest sample rate that can be measured, in Hz.
pub const MIN_RATE_HZ: f64 = 8_000.0;
/// Highest sample rate that can be measured, in Hz.
pub const MAX_RATE_HZ: f64 = 384_000.0;
/// Most channels a meter takes: 5.1 in the order L, R, C, LFE, Ls, Rs.
pub const MAX_CHANNELS: usize = 6;

/// Samples beyond this magnitude (+120 dBFS) are faults, as NaN and ±∞ are: letting them in could overflow the sums.
const LARGEST_SAMPLE: f32 = 1e6;
/// Samples below this magnitude (−600 dBFS) are silence; keeps subnormal numbers out of the filters.
const SMALLEST_SAMPLE: f32 = 1e-30;

/// Why something cannot be measured.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum MeasureError {
    /// The sample rate is outside what the filters are made for.
    #[error("sample rate is {found_hz} Hz, expected {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz")]
    SampleRate {
        /// What was asked for, in Hz.
        found_hz: f64,
    },
    /// No channel, or more than the loudness standard places.
    #[error("{found} channels, expected 1 to {MAX_CHANNELS}")]
    Channels {
        /// What was asked for.
        found: usize,
    },
    /// The channels of a programme differ in length.
    #[error("channel {channel} has {found} samples, expected {expected} as in channel 0")]
    Lengths {
        /// The first channel that differs, from 0.
        channel: usize,
        /// Samples in channel 0.
        expected: usize,
        /// Samples in that channel.
        found: usize,
    },
    /// The spectrum's frame is not a power of two in range.
    #[error("spectrum frame of {found} samples, expected a power of two from 256 to 65536")]
    FrameSize {
        /// What was asked for, in samples.
        found: usize,
    },
    /// The loudness library refused the configuration.
    #[error("loudness meter: {0}")]
    Loudness(ebur128::Error),
}

/// The rate as the whole number the loudness filter is designed for.
fn checked_rate(sample_rate_hz: f64, channels: usize) -> Result<u32, MeasureError> {
    // Written so that NaN fails too.
    if !(MIN_RATE_HZ..=MAX_RATE_HZ).contains(&sample_rate_hz) {
        return Err(MeasureError::SampleRate { found_hz: sample_rate_hz });
    }
    if !(1..=MAX_CHANNELS).contains(&channels) {
        return Err(MeasureError::Channels { found: channels });
    }
    Ok(sample_rate_hz.round() as u32)
}

/// Copies samples, replacing faults by silence; returns how many were replaced.
fn copy_clean(from: &[f32], to: &mut [f32]) -> u64 {
    let mut faults = 0;
    for (to, &from) in to.iter_mut().zip(from) {
        let size = from.abs();
        faults += u64::from(size.is_nan() || size > LARGEST_SAMPLE);
        *to = if (SMALLEST_SAMPLE..=LARGEST_SAMPLE).contains(&size) { from } else { 0.0 };
    }
    faults
}

/// Level of an amplitude in dB, −∞ for zero.
fn amplitude_db(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

/// Level of a mean square in dB, −∞ for zero.
fn power_db(power: f64) -> f64 {
    10.0 * power.log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_become_silence_and_are_counted() {
        let from = [0.5, f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e5, f32::MAX, 1e-39, -0.25];
        let mut to = [9.0; 8];
        assert_eq!(copy_clean(&from, &mut to), 4);
        assert_eq!(to, [0.5, 0.0, 0.0, 0.0, 1e5, 0.0, 0.0, -0.25]);
    }

    #[test]
    fn errors_tell_what_was_found() {
        for rate in [f64::NAN, 0.0, 7_999.0, 400_000.0, f64::INFINITY] {
            assert!(matches!(Meter::new(rate, 2), Err(MeasureError::SampleRate { .. })), "{rate}");
        }
        assert_eq!(Meter::new(48_000.0, 0).err(), Some(MeasureError::Channels { found: 0 }));
        assert_eq!(Meter::new(48_000.0, 7).err(), Some(MeasureError::Channels { found: 7 }));
        let text = MeasureError::Lengths { channel: 1, expected: 10, found: 9 }.to_string();
        assert_eq!(text, "channel 1 has 9 samples, expected 10 as in channel 0");
    }
}
