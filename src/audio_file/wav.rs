//! WAV output: the header for a known length, samples as they come, the tag chunks behind them.
//!
//! Files beyond 4 GiB become RF64: the same layout with 64-bit sizes in a chunk of their own (EBU Tech 3306).

use std::io::{self, Write};

use super::format::{Layout, Rounding};
use super::{SampleBits, Tags};

/// Payload of the chunk of 64-bit sizes: file, audio, frames, and an empty table.
const DS64_BYTES: u32 = 28;
/// Size that stands for "see the 64-bit one".
const ELSEWHERE: u32 = u32::MAX;
/// Format tags.
const PCM: u16 = 1;
const FLOAT: u16 = 3;
const EXTENSIBLE: u16 = 0xfffe;
/// What makes a format tag a sub-format of the extensible header.
const SUBFORMAT_TAIL: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

/// A WAV file on its way out.
#[derive(Debug)]
pub(super) struct Encoder {
    bits: SampleBits,
    rounding: Rounding,
    audio_bytes: u64,
    chunks: Vec<u8>,
    /// Samples of one piece as they stand in the file.
    bytes: Vec<u8>,
}

impl Encoder {
    /// Writes the header.
    pub(super) fn new(
        out: &mut impl Write,
        layout: Layout,
        bits: SampleBits,
        tags: &Tags,
    ) -> io::Result<Self> {
        let frame_bytes = layout.channels as u64 * u64::from(bits.count() / 8);
        let audio_bytes = layout.frames * frame_bytes;
        let chunks = tags.wav_chunks();
        out.write_all(&header(layout, bits, audio_bytes, chunks.len() as u64))?;
        let rounding = Rounding::to(u32::from(bits.count()).min(24));
        Ok(Self { bits, rounding, audio_bytes, chunks, bytes: Vec::new() })
    }

    /// Writes planes of the same length.
    pub(super) fn push(&mut self, out: &mut impl Write, planes: &[&[f32]]) -> io::Result<()> {
        self.bytes.clear();
        for frame in 0..planes[0].len() {
            for plane in planes {
                let sample = plane[frame];
                match self.bits {
                    SampleBits::Float32 => self.bytes.extend(sample.to_le_bytes()),
                    SampleBits::Int16 => {
                        self.bytes.extend(&self.rounding.round(sample).to_le_bytes()[..2]);
                    }
                    SampleBits::Int24 => {
                        self.bytes.extend(&self.rounding.round(sample).to_le_bytes()[..3]);
                    }
                }
            }
        }
        out.write_all(&self.bytes)
    }

    /// Writes what stands behind the audio. Returns the samples that were clipped.
    pub(super) fn finish(self, out: &mut impl Write) -> io::Result<u64> {
        // Chunks begin at even positions.
        out.write_all(&[0][..(self.audio_bytes % 2) as usize])?;
        out.write_all(&self.chunks)?;
        Ok(self.rounding.clipped)
    }
}

/// Everything before the first sample.
fn header(layout: Layout, bits: SampleBits, audio_bytes: u64, chunk_bytes: u64) -> Vec<u8> {
    let format = format(layout, bits);
    let behind = audio_bytes.next_multiple_of(2) + chunk_bytes;
    let riff_bytes = 4 + 8 + format.len() as u64 + 8 + behind;
    let mut bytes = Vec::with_capacity(128);
    if riff_bytes <= u64::from(u32::MAX) - 8 {
        bytes.extend(b"RIFF");
        bytes.extend((riff_bytes as u32).to_le_bytes());
        bytes.extend(b"WAVE");
    } else {
        bytes.extend(b"RF64");
        bytes.extend(ELSEWHERE.to_le_bytes());
        bytes.extend(b"WAVEds64");
        bytes.extend(DS64_BYTES.to_le_bytes());
        for size in [riff_bytes + 8 + u64::from(DS64_BYTES), audio_bytes, layout.frames] {
            bytes.extend(size.to_le_bytes());
        }
        bytes.extend(0u32.to_le_bytes());
    }
    bytes.extend(b"fmt ");
    bytes.extend((format.len() as u32).to_le_bytes());
    bytes.extend(format);
    bytes.extend(b"data");
    let is_long = bytes.starts_with(b"RF64");
    bytes.extend(if is_long { ELSEWHERE } else { audio_bytes as u32 }.to_le_bytes());
    bytes
}

/// Payload of the format chunk: the plain one for 16 bit, the extensible one for what came later.
fn format(layout: Layout, bits: SampleBits) -> Vec<u8> {
    let (channels, width) = (layout.channels as u16, bits.count());
    let frame_bytes = channels * width / 8;
    let tag = if bits == SampleBits::Float32 { FLOAT } else { PCM };
    let mut bytes = Vec::with_capacity(40);
    bytes.extend(if bits == SampleBits::Int16 { PCM } else { EXTENSIBLE }.to_le_bytes());
    bytes.extend(channels.to_le_bytes());
    bytes.extend(layout.rate_hz.to_le_bytes());
    bytes.extend(layout.rate_hz.saturating_mul(frame_bytes.into()).to_le_bytes());
    bytes.extend(frame_bytes.to_le_bytes());
    bytes.extend(width.to_le_bytes());
    if bits != SampleBits::Int16 {
        // Front centre, or front left and right.
        let speakers: u32 = if channels == 1 { 4 } else { 3 };
        bytes.extend(22u16.to_le_bytes());
        bytes.extend(width.to_le_bytes());
        bytes.extend(speakers.to_le_bytes());
        bytes.extend(tag.to_le_bytes());
        bytes.extend(SUBFORMAT_TAIL);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_gibibytes_is_where_the_sizes_become_long() {
        let stereo = |frames| Layout { channels: 2, rate_hz: 48_000, frames };
        let head = |frames: u64| header(stereo(frames), SampleBits::Float32, frames * 8, 0);
        let short = head((u64::from(u32::MAX) - 100) / 8);
        assert!(short.starts_with(b"RIFF") && short.len() == 68);
        let frames = 1 << 30;
        let long = head(frames);
        assert!(long.starts_with(b"RF64\xff\xff\xff\xffWAVEds64"));
        let size = |at: usize| u64::from_le_bytes(long[at..at + 8].try_into().unwrap());
        assert_eq!(size(20), long.len() as u64 - 8 + frames * 8, "of everything behind it");
        assert_eq!((size(28), size(36)), (frames * 8, frames));
        assert_eq!(&long[long.len() - 8..], b"data\xff\xff\xff\xff");
    }
}
