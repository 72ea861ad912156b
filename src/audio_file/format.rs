//! What a written file may look like: container, word length, size, and how samples become integers.
//!
//! For everything in this room that writes. Background threads only.

use std::path::Path;

/// Containers that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// RIFF WAVE.
    Wav,
    /// Free Lossless Audio Codec.
    Flac,
}

impl FileFormat {
    /// File name extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
        }
    }

    /// The format that a file name's extension asks for.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "wav" | "wave" => Some(Self::Wav),
            "flac" => Some(Self::Flac),
            _ => None,
        }
    }
}

/// Word lengths that can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleBits {
    /// 16-bit integer.
    Int16,
    /// 24-bit integer.
    Int24,
    /// 32-bit floating point.
    Float32,
}

impl SampleBits {
    /// Bits per sample.
    pub fn count(self) -> u16 {
        match self {
            Self::Int16 => 16,
            Self::Int24 => 24,
            Self::Float32 => 32,
        }
    }
}

impl std::fmt::Display for SampleBits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bit{}", self.count(), if *self == Self::Float32 { " float" } else { "" })
    }
}

/// What happens to a file that already has the output's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays and writing fails.
    Refuse,
    /// It is replaced, once the new file is complete.
    Replace,
}

/// How to write a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteSpec {
    /// Container.
    pub format: FileFormat,
    /// Word length.
    pub bits: SampleBits,
    /// What may happen to an existing file.
    pub existing: Existing,
}

/// Size of a recording, known before its first sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Channels, one or two.
    pub channels: usize,
    /// Sample rate.
    pub rate_hz: u32,
    /// Length in frames.
    pub frames: u64,
}

/// What writing a file did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// Samples beyond the integer range, written as its end.
    pub clipped_samples: u64,
    /// Names of tag fields that the format cannot hold.
    pub lost_tags: Vec<String>,
}

/// Rounds to integers and counts what did not fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rounding {
    scale: f64,
    pub(super) clipped: u64,
}

impl Rounding {
    /// For integers of `bits` bits, 2 to 31.
    pub(super) fn to(bits: u32) -> Self {
        Self { scale: f64::from(1_u32 << (bits - 1)), clipped: 0 }
    }

    pub(super) fn round(&mut self, sample: f32) -> i32 {
        let exact = (f64::from(sample) * self.scale).round_ties_even();
        let fitting = exact.clamp(-self.scale, self.scale - 1.0);
        if fitting != exact {
            self.clipped += 1;
        }
        // A NaN becomes zero here; the comparison above has counted it.
        fitting as i32
    }
}

#[cfg(test)]
mod tests {
    use super::Rounding;

    #[test]
    fn every_16_bit_value_comes_back_and_the_ends_clip() {
        let mut rounding = Rounding::to(16);
        for value in i16::MIN..=i16::MAX {
            assert_eq!(rounding.round(f32::from(value) / 32_768.0), i32::from(value));
        }
        assert_eq!(rounding.clipped, 0);
        assert_eq!(
            [1.0, -1.5, f32::INFINITY].map(|sample| rounding.round(sample)),
            [32_767, -32_768, 32_767]
        );
        assert_eq!(rounding.clipped, 3);
        assert_eq!(rounding.round(f32::NAN), 0);
        assert_eq!(rounding.clipped, 4);
    }

    #[test]
    fn halves_round_to_even() {
        let mut rounding = Rounding::to(16);
        let halves = [0.5_f32, 1.5, 2.5, -0.5, -1.5].map(|half| rounding.round(half / 32_768.0));
        assert_eq!(halves, [0, 2, 2, 0, -2]);
    }
}
