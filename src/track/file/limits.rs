//! How large a track file and the files it names may be. Whatever is larger is refused with the number found and the
//! number allowed.
//!
//! For everything that reads files off the audio thread.

use std::ops::RangeInclusive;

/// Sample rates that a track can be rendered at, in Hz.
pub const RATES_HZ: RangeInclusive<u32> = 8_000..=384_000;

/// Longest step, in seconds.
pub const STEP_S: f64 = 24.0 * 3600.0;

/// The largest sizes that are accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Bytes of one JSON document.
    pub file_bytes: u64,
    /// Objects and arrays inside each other.
    pub nesting: usize,
    /// Numbers, texts, objects and so on in one document.
    pub values: usize,
    /// Steps of a track.
    pub steps: usize,
    /// Voices of one step.
    pub step_voices: usize,
    /// Voices of all steps together.
    pub voices: usize,
    /// Overlay clips.
    pub clips: usize,
    /// End of the last step in seconds.
    pub track_s: f64,
    /// Bytes of a path that a track names.
    pub path_bytes: usize,
    /// Length of one recording in seconds.
    pub recording_s: f64,
    /// Samples of all recordings of a track over all channels, at four bytes each: two hours of stereo at 48 kHz.
    pub recording_samples: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 32 << 20,
            nesting: 64,
            values: 1_000_000,
            steps: 10_000,
            step_voices: 256,
            voices: 20_000,
            clips: 1_000,
            track_s: 48.0 * 3600.0,
            path_bytes: 4_096,
            recording_s: 6.0 * 3600.0,
            recording_samples: 2 * 2 * 3600 * 48_000,
        }
    }
}
