//! FLAC output: frames by `flacenc`, a batch at a time on all cores, the stream header by itself.
//!
//! The header says what is known only at the end (sizes, checksum), so it is written twice. Reference: RFC 9639.

use std::io::{Seek, SeekFrom, Write};

use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr as _, Decode as _, StreamInfo};
use flacenc::config;
use flacenc::encode_fixed_size_frame;
use flacenc::error::{Verified, Verify as _};
use flacenc::source::{Context, Fill as _, FrameBuf};
use rayon::prelude::*;

use super::Tags;
use super::format::{Layout, Rounding};

/// Frames coded together.
const BLOCK_FRAMES: usize = 4_096;
/// Blocks that are collected and then encoded side by side.
const BATCH_BLOCKS: usize = 32;
/// Largest payload of a FLAC metadata block.
const MAX_BLOCK_BYTES: usize = (1 << 24) - 1;
/// Highest rate that the encoder accepts.
const ENCODER_MAX_HZ: u32 = 96_000;
/// A rate for which FLAC frames have no code, so that they refer to the stream header.
const UNCODED_HZ: u32 = 95_999;
/// Highest rate that FLAC allows.
const MAX_HZ: u32 = 655_350;
/// What a file begins with.
const MAGIC: &[u8] = b"fLaC";
/// Type numbers of metadata blocks, and the mark of the last one.
const STREAM_INFO: u8 = 0;
const VORBIS_COMMENT: u8 = 4;
const PICTURE: u8 = 6;
const LAST: u8 = 0x80;
/// Payload of the stream header.
const STREAM_INFO_BYTES: usize = 34;

/// A FLAC file on its way out.
pub(super) struct Encoder {
    layout: Layout,
    bits: u32,
    rounding: Rounding,
    configs: [Verified<config::Encoder>; 3],
    /// What the frame encoder wants to know of the stream.
    stream: StreamInfo,
    checksum: Context,
    /// Interleaved samples that wait for their batch to be full.
    waiting: Vec<i32>,
    blocks: usize,
    smallest_block_bytes: usize,
    largest_block_bytes: usize,
    /// What the format could not take.
    pub(super) lost_tags: Vec<String>,
}

impl Encoder {
    /// Writes a provisional header and the tags.
    pub(super) fn new(out: &mut impl Write, layout: Layout, bits: u32, tags: &Tags) -> Result<Self, String> {
        if layout.rate_hz > MAX_HZ {
            return Err(format!("FLAC holds rates to {MAX_HZ} Hz, found {} Hz", layout.rate_hz));
        }
        let rate_hz = if layout.rate_hz > ENCODER_MAX_HZ { UNCODED_HZ } else { layout.rate_hz };
        let mut encoder = Self {
            layout,
            bits,
            rounding: Rounding::to(bits),
            configs: configs()?,
            stream: StreamInfo::new(rate_hz as usize, layout.channels, bits as usize).map_err(text)?,
            checksum: Context::new(bits as usize, layout.channels),
            waiting: Vec::new(),
            blocks: 0,
            smallest_block_bytes: usize::MAX,
            largest_block_bytes: 0,
            lost_tags: tags.lost_in_flac(),
        };
        out.write_all(MAGIC).map_err(text)?;
        out.write_all(&encoder.header()).map_err(text)?;
        encoder.write_tags(out, tags)?;
        Ok(encoder)
    }

    fn write_tags(&mut self, out: &mut impl Write, tags: &Tags) -> Result<(), String> {
        let comment = (VORBIS_COMMENT, tags.vorbis_comment());
        let pictures = tags.flac_pictures().into_iter().map(|payload| (PICTURE, payload));
        let (fitting, lost): (Vec<_>, Vec<_>) = std::iter::once(comment)
            .chain(pictures)
            .partition(|(_, payload)| payload.len() <= MAX_BLOCK_BYTES);
        let lost = lost.iter().map(|(kind, _)| match *kind {
            PICTURE => "a picture over 16 MiB",
            _ => "comments over 16 MiB",
        });
        self.lost_tags.extend(lost.map(str::to_owned));
        // The stream header is not the last block, so that there has to be another one.
        let fitting = if fitting.is_empty() { vec![(VORBIS_COMMENT, vec![0; 8])] } else { fitting };
        let count = fitting.len();
        for (number, (kind, payload)) in fitting.into_iter().enumerate() {
            let last = if number + 1 == count { LAST } else { 0 };
            out.write_all(&block_header(kind | last, payload.len())).map_err(text)?;
            out.write_all(&payload).map_err(text)?;
        }
        Ok(())
    }

    /// Takes planes of the same length.
    pub(super) fn push(&mut self, out: &mut impl Write, planes: &[&[f32]]) -> Result<(), String> {
        let full = BATCH_BLOCKS * BLOCK_FRAMES * self.layout.channels;
        for frame in 0..planes[0].len() {
            self.waiting.extend(planes.iter().map(|plane| self.rounding.round(plane[frame])));
            if self.waiting.len() == full {
                self.write_waiting(out)?;
            }
        }
        Ok(())
    }

    /// Encodes the blocks that wait, side by side.
    fn write_waiting(&mut self, out: &mut impl Write) -> Result<(), String> {
        let samples = std::mem::take(&mut self.waiting);
        let sample_bytes = (self.bits / 8) as usize;
        let mut le_bytes = Vec::with_capacity(samples.len() * sample_bytes);
        samples.iter().for_each(|sample| le_bytes.extend_from_slice(&sample.to_le_bytes()[..sample_bytes]));
        let blocks = samples.par_chunks(BLOCK_FRAMES * self.layout.channels).enumerate();
        let encode = || {
            let encode =
                |(number, block)| encode_block(&self.configs, block, self.blocks + number, &self.stream);
            blocks.map(encode).collect::<Result<Vec<Vec<u8>>, String>>()
        };
        let checksum = &mut self.checksum;
        let (encoded, summed) =
            rayon::join(encode, || checksum.fill_le_bytes(&le_bytes, sample_bytes).map_err(text));
        summed?;
        for block in encoded? {
            self.blocks += 1;
            self.smallest_block_bytes = self.smallest_block_bytes.min(block.len());
            self.largest_block_bytes = self.largest_block_bytes.max(block.len());
            out.write_all(&block).map_err(text)?;
        }
        self.waiting = samples;
        self.waiting.clear();
        Ok(())
    }

    /// Writes the rest and the final header. Returns the samples that were clipped and the tags that were lost.
    pub(super) fn finish(mut self, out: &mut (impl Write + Seek)) -> Result<(u64, Vec<String>), String> {
        self.write_waiting(out)?;
        out.seek(SeekFrom::Start(MAGIC.len() as u64)).map_err(text)?;
        out.write_all(&self.header()).map_err(text)?;
        Ok((self.rounding.clipped, self.lost_tags))
    }

    /// The stream header as far as it is known, with its block header. Lengths and rates are big-endian bit fields.
    fn header(&self) -> Vec<u8> {
        let mut bytes = block_header(STREAM_INFO, STREAM_INFO_BYTES).to_vec();
        // The shorter last block does not count.
        bytes.extend([(BLOCK_FRAMES as u16).to_be_bytes(); 2].concat());
        let smallest = if self.blocks == 0 { 0 } else { self.smallest_block_bytes };
        for size in [smallest, self.largest_block_bytes] {
            bytes.extend(&(size as u32).to_be_bytes()[1..]);
        }
        let fields = u64::from(self.layout.rate_hz) << 44
            | (self.layout.channels as u64 - 1) << 41
            | u64::from(self.bits - 1) << 36
            | self.layout.frames & 0xf_ffff_ffff;
        bytes.extend(fields.to_be_bytes());
        bytes.extend(self.checksum.md5_digest());
        bytes
    }
}

fn block_header(kind: u8, payload_bytes: usize) -> [u8; 4] {
    let [_, high, middle, low] = (payload_bytes as u32).to_be_bytes();
    [kind, high, middle, low]
}

/// From the tightest way of coding to the plainest, which cannot fail.
fn configs() -> Result<[Verified<config::Encoder>; 3], String> {
    let config = |use_fixed, use_lpc| {
        let mut config = config::Encoder::default();
        config.subframe_coding.use_fixed = use_fixed;
        config.subframe_coding.use_lpc = use_lpc;
        config.into_verified().map_err(|(_, error)| text(error))
    };
    Ok([config(true, true)?, config(false, true)?, config(false, false)?])
}

/// Encodes a block and decodes it again. Sums inside the encoder overflow on some loud blocks of 24 bit, which then come
/// out thousands of times too large; such a block is coded more plainly.
fn encode_block(
    configs: &[Verified<config::Encoder>],
    block: &[i32],
    number: usize,
    stream: &StreamInfo,
) -> Result<Vec<u8>, String> {
    // A block of uncoded samples with its headers, generously.
    let most_bits = 1_024 + block.len() * (stream.bits_per_sample() + 1);
    let mut buffer = FrameBuf::with_size(stream.channels(), BLOCK_FRAMES).map_err(text)?;
    buffer.fill_interleaved(block).map_err(text)?;
    for config in configs {
        let frame = encode_fixed_size_frame(config, &buffer, number, stream).map_err(text)?;
        if frame.count_bits() <= most_bits && frame.decode() == block {
            let mut sink = ByteSink::new();
            frame.write(&mut sink).map_err(text)?;
            return Ok(sink.into_inner());
        }
    }
    Err(format!("block {number} cannot be encoded as FLAC"))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
