//! What the meters show at one moment.

use crate::control::DynamicsPoint;
use crate::measure::Reading;

/// Most points of [`MeterPicture::dynamics`].
pub const DYNAMICS_POINTS: usize = 1_000;
/// Most frames of [`MeterPicture::scope`].
pub const SCOPE_FRAMES: usize = 1_024;
/// Points of [`MeterPicture::loudness`] in a second of audio.
pub const LOUDNESS_POINTS_PER_S: usize = 10;
/// Most points of [`MeterPicture::loudness`]: five minutes.
pub const LOUDNESS_POINTS: usize = 300 * LOUDNESS_POINTS_PER_S;

/// Loudness of the output at one moment, LUFS; −∞ where there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoudnessPoint {
    /// Loudness of the last 400 ms.
    pub momentary_lufs: f32,
    /// Loudness of the last 3 s.
    pub short_term_lufs: f32,
    /// Gated loudness since the last reset.
    pub integrated_lufs: f32,
}

impl LoudnessPoint {
    /// Nothing heard.
    pub const SILENCE: Self = Self {
        momentary_lufs: f32::NEG_INFINITY,
        short_term_lufs: f32::NEG_INFINITY,
        integrated_lufs: f32::NEG_INFINITY,
    };
}

/// A picture for the editor. Spectra, trails and scope are kept up only while somebody looks.
#[derive(Debug, Clone, Default)]
pub struct MeterPicture {
    /// Another number whenever something above −100 dB that the picture shows has changed.
    pub serial: u64,
    /// Loudness and peaks of the input, side-chain not included; `None` before any audio.
    pub input: Option<Reading>,
    /// Loudness and peaks of the output; `None` before any audio.
    pub output: Option<Reading>,
    /// Sample peaks as magnitudes with a steady fall: input left and right, output left and right.
    pub peaks: [f32; 4],
    /// Spectrum of the input, dB of a full-scale sine per bin from 0 Hz to half the sample rate.
    pub input_spectrum_db: Vec<f32>,
    /// Spectrum of the output, likewise.
    pub output_spectrum_db: Vec<f32>,
    /// Highest level that each bin of the output has shown since the hold was switched on, the smoothing changed or the
    /// meters were reset; empty while the hold is off.
    pub held_spectrum_db: Vec<f32>,
    /// Distance of the spectrum's bins in Hz.
    pub bin_hz: f32,
    /// What compressor and limiter did: the newest [`DYNAMICS_POINTS`], oldest first.
    pub dynamics: Vec<DynamicsPoint>,
    /// Points of dynamics that have arrived so far, those gone included: how far `dynamics` has moved on. Never falls.
    pub dynamics_count: u64,
    /// Points of dynamics in a second of audio, about 100; 0 before any audio.
    pub dynamics_per_s: f32,
    /// The newest frames of the output, left and right, oldest first: [`SCOPE_FRAMES`] of them, about 20 ms. Above
    /// 72 kHz only every second, third… frame.
    pub scope: Vec<[f32; 2]>,
    /// Loudness over time, [`LOUDNESS_POINTS_PER_S`], the newest [`LOUDNESS_POINTS`], oldest first; emptied by a reset.
    pub loudness: Vec<LoudnessPoint>,
    /// Frames that the meters missed since the start because the worker was late, as in faster-than-real-time renders.
    pub dropped_frames: u64,
    /// Points of dynamics that they missed, likewise.
    pub dropped_points: u64,
}

impl MeterPicture {
    /// Takes over spectra, trails and scope from another picture, which is left without.
    pub fn take_curves(&mut self, from: &mut Self) {
        self.input_spectrum_db = std::mem::take(&mut from.input_spectrum_db);
        self.output_spectrum_db = std::mem::take(&mut from.output_spectrum_db);
        self.held_spectrum_db = std::mem::take(&mut from.held_spectrum_db);
        self.dynamics = std::mem::take(&mut from.dynamics);
        self.scope = std::mem::take(&mut from.scope);
        self.loudness = std::mem::take(&mut from.loudness);
    }
}
