//! FLAC output by `flacenc`.

use std::fs::File;
use std::io::Write as _;

use flacenc::bitsink::ByteSink;
use flacenc::component::{BitRepr as _, Decode as _, Frame, MetadataBlockData, Stream, StreamInfo};
use flacenc::config::Encoder;
use flacenc::encode_fixed_size_frame;
use flacenc::error::{Verified, Verify as _};
use flacenc::source::{Context, Fill as _, FrameBuf};
use rayon::prelude::*;

use super::write::Rounding;
use super::{AudioData, Tags, Written};

/// Frames coded together.
const BLOCK_FRAMES: usize = 4_096;
/// Largest payload of a FLAC metadata block.
const MAX_BLOCK_BYTES: usize = (1 << 24) - 1;
/// Highest rate that the encoder accepts.
const ENCODER_MAX_HZ: u32 = 96_000;
/// A rate for which FLAC frames have no code, so that they refer to the stream header.
const UNCODED_HZ: u32 = 95_999;
/// Highest rate that FLAC allows.
const MAX_HZ: u32 = 655_350;
/// Where the stream header keeps its 20 bits of sample rate.
const RATE_OFFSET: usize = 18;
/// Type numbers of metadata blocks.
const VORBIS_COMMENT: u8 = 4;
const PICTURE: u8 = 6;

pub(super) fn write(file: &mut File, audio: &AudioData, bits: u32, tags: &Tags) -> Result<Written, String> {
    if audio.rate_hz > MAX_HZ {
        return Err(format!("FLAC holds rates to {MAX_HZ} Hz, found {} Hz", audio.rate_hz));
    }
    let mut rounding = Rounding::to(bits);
    let mut stream = encode(&interleaved(audio, &mut rounding), audio, bits)?;
    let mut lost_tags = tags.lost_in_flac();
    let comment = (VORBIS_COMMENT, tags.vorbis_comment());
    let pictures = tags.flac_pictures().into_iter().map(|payload| (PICTURE, payload));
    for (kind, payload) in std::iter::once(comment).chain(pictures) {
        if payload.len() > MAX_BLOCK_BYTES {
            lost_tags
                .push(if kind == PICTURE { "a picture over 16 MiB" } else { "comments over 16 MiB" }.into());
            continue;
        }
        stream.add_metadata_block(MetadataBlockData::new_unknown(kind, &payload).map_err(text)?);
    }
    let mut sink = ByteSink::new();
    stream.write(&mut sink).map_err(text)?;
    let mut bytes = sink.into_inner();
    state_rate(&mut bytes, audio.rate_hz);
    file.write_all(&bytes).map_err(text)?;
    Ok(Written { clipped_samples: rounding.clipped, lost_tags })
}

/// Puts the true rate into the stream header, which carries no checksum over it.
fn state_rate(bytes: &mut [u8], rate_hz: u32) {
    let [_, high, middle, low] = (rate_hz << 4).to_be_bytes();
    bytes[RATE_OFFSET] = high;
    bytes[RATE_OFFSET + 1] = middle;
    bytes[RATE_OFFSET + 2] = bytes[RATE_OFFSET + 2] & 0x0f | low;
}

fn interleaved(audio: &AudioData, rounding: &mut Rounding) -> Vec<i32> {
    let mut samples = Vec::with_capacity(audio.frames() * audio.channels.len());
    for frame in 0..audio.frames() {
        samples.extend(audio.channels.iter().map(|channel| rounding.round(channel[frame])));
    }
    samples
}

/// Encodes the blocks side by side; only the checksum over all samples has to go through them in order.
fn encode(samples: &[i32], audio: &AudioData, bits: u32) -> Result<Stream, String> {
    let (channels, bits) = (audio.channels.len(), bits as usize);
    let rate_hz = if audio.rate_hz > ENCODER_MAX_HZ { UNCODED_HZ } else { audio.rate_hz };
    let mut stream = Stream::new(rate_hz as usize, channels, bits).map_err(text)?;
    let configs = configs()?;
    let blocks = samples.par_chunks(BLOCK_FRAMES * channels).enumerate();
    let frames: Result<Vec<Frame>, String> =
        blocks.map(|(number, block)| encode_block(&configs, block, number, stream.stream_info())).collect();
    frames?.into_iter().for_each(|frame| stream.add_frame(frame));
    // The encoder counts the shorter last block, which the format leaves out of its minimum; readers take the difference
    // for blocks of varying size.
    stream.stream_info_mut().set_block_sizes(BLOCK_FRAMES, BLOCK_FRAMES).map_err(text)?;
    let mut checksum = Context::new(bits, channels);
    samples
        .chunks(BLOCK_FRAMES * channels)
        .try_for_each(|block| checksum.fill_interleaved(block))
        .map_err(text)?;
    stream.stream_info_mut().set_md5_digest(&checksum.md5_digest());
    Ok(stream)
}

/// From the tightest way of coding to the plainest, which cannot fail.
fn configs() -> Result<[Verified<Encoder>; 3], String> {
    let config = |use_fixed, use_lpc| {
        let mut config = Encoder::default();
        config.subframe_coding.use_fixed = use_fixed;
        config.subframe_coding.use_lpc = use_lpc;
        config.into_verified().map_err(|(_, error)| text(error))
    };
    Ok([config(true, true)?, config(false, true)?, config(false, false)?])
}

/// Encodes a block and decodes it again. Sums inside the encoder overflow on some loud blocks of 24 bit, which then come
/// out thousands of times too large; such a block is coded more plainly.
fn encode_block(
    configs: &[Verified<Encoder>],
    block: &[i32],
    number: usize,
    stream: &StreamInfo,
) -> Result<Frame, String> {
    // A block of uncoded samples with its headers, generously.
    let most_bits = 1_024 + block.len() * (stream.bits_per_sample() + 1);
    let mut buffer = FrameBuf::with_size(stream.channels(), BLOCK_FRAMES).map_err(text)?;
    buffer.fill_interleaved(block).map_err(text)?;
    for config in configs {
        let frame = encode_fixed_size_frame(config, &buffer, number, stream).map_err(text)?;
        if frame.count_bits() <= most_bits && frame.decode() == block {
            return Ok(frame);
        }
    }
    Err(format!("block {number} cannot be encoded as FLAC"))
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
