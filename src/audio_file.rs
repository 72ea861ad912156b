//! Audio files: reading, writing and resampling recordings for the command line.
//!
//! Everything here allocates freely and belongs on a background thread. Whole recordings fit into memory; what does not is
//! written piece by piece ([`StreamWriter`]). Samples are planar `f32`, full scale is ±1.

use std::path::PathBuf;

mod flac;
mod format;
mod read;
mod resample;
mod stream;
mod tags;
mod wav;
mod write;

pub use format::{Existing, FileFormat, Layout, SampleBits, WriteSpec, Written};
pub use read::{AudioFile, Limits, SourceDepth, read};
pub use resample::resample;
pub use stream::{CompleteFile, StreamWriter};
pub use tags::Tags;
pub use write::write;

/// Most channels that any part of the program handles.
pub const MAX_CHANNELS: usize = 2;

/// A recording in memory.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AudioData {
    /// One vector per channel (one or two), all of the same length.
    pub channels: Vec<Vec<f32>>,
    /// Sample rate.
    pub rate_hz: u32,
}

impl AudioData {
    /// Sample frames.
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Length in seconds.
    pub fn duration_s(&self) -> f64 {
        self.frames() as f64 / f64::from(self.rate_hz.max(1))
    }
}

/// Why a file could not be read or written. Every message begins with the file's name.
#[derive(Debug, thiserror::Error)]
pub enum AudioFileError {
    /// The operating system refused the file.
    #[error("{}: cannot be opened: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A folder or a device was given.
    #[error("{}: is not a file", path.display())]
    NotAFile {
        /// What was given.
        path: PathBuf,
    },
    /// Zero bytes.
    #[error("{}: is empty (0 bytes); expected WAV, AIFF, FLAC, MP3 or OGG Vorbis audio", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// No known container or codec.
    #[error("{}: is not audio that can be read: found {found}, expected WAV, AIFF, FLAC, MP3 or OGG Vorbis ({cause})",
        path.display())]
    Unrecognised {
        /// The file.
        path: PathBuf,
        /// Its first bytes, printable.
        found: String,
        /// The decoder's reason.
        cause: String,
    },
    /// The file ends before its own structure does.
    #[error("{}: is cut short: it ends before its headers say", path.display())]
    Incomplete {
        /// The file.
        path: PathBuf,
    },
    /// A valid container without a single frame.
    #[error("{}: contains no audio (0 frames)", path.display())]
    NoAudio {
        /// The file.
        path: PathBuf,
    },
    /// More channels than the chain has.
    #[error("{}: has {found} channels, expected mono or stereo", path.display())]
    Channels {
        /// The file.
        path: PathBuf,
        /// Channels found.
        found: usize,
    },
    /// Longer than the limit.
    #[error("{}: is too long: found {found_s:.0} s at {rate_hz} Hz, at most {limit_s:.0} s fit", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Its length, as far as it was read.
        found_s: f64,
        /// Its sample rate.
        rate_hz: u32,
        /// The limit at this rate and channel count.
        limit_s: f64,
    },
    /// The file ends before the length that its header promises.
    #[error("{}: is cut short: found {found} of {expected} frames", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Frames decoded.
        found: u64,
        /// Frames promised.
        expected: u64,
    },
    /// The stream breaks inside.
    #[error("{}: is damaged at {at_s:.2} s: {cause}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Position of the first damage.
        at_s: f64,
        /// The decoder's reason.
        cause: String,
    },
    /// The decoded audio does not match the checksum inside the file.
    #[error("{}: is damaged: the audio does not match the file's own checksum", path.display())]
    Checksum {
        /// The file.
        path: PathBuf,
    },
    /// The wished format cannot hold the wished word length.
    #[error("{}: FLAC holds 16 or 24 bit, not 32-bit float; write WAV or choose another word length", path.display())]
    FloatFlac {
        /// The file.
        path: PathBuf,
    },
    /// The output exists and must not be replaced.
    #[error("{}: exists already and is left alone", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Writing failed; nothing was left behind.
    #[error("{}: cannot be written: {cause}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        cause: String,
    },
}
