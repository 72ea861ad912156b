//! Writes WAV and FLAC files, complete or not at all. Background threads only.

use std::path::Path;

use super::format::{Layout, WriteSpec, Written};
use super::stream::StreamWriter;
use super::{AudioData, AudioFileError, Tags};

/// Frames that are handed on at once.
const PIECE_FRAMES: usize = 1 << 16;

/// Writes a recording under a temporary name in the same folder and renames it when it is complete and on the disk. On any
/// failure nothing is left behind and an existing file stays as it was.
///
/// Integers are `f32` · 2^(bits − 1), rounded to the nearest (ties to even); dither is the business of the chain.
///
/// # Errors
/// The variants of [`AudioFileError`] that concern writing.
pub fn write(
    path: &Path,
    audio: &AudioData,
    spec: WriteSpec,
    tags: &Tags,
) -> Result<Written, AudioFileError> {
    let (channels, rate_hz) = (audio.channels.len(), audio.rate_hz);
    let layout = Layout { channels, rate_hz, frames: audio.frames() as u64 };
    let mut writer = StreamWriter::create(path, spec, layout, tags)?;
    for start in (0..audio.frames()).step_by(PIECE_FRAMES) {
        let end = audio.frames().min(start + PIECE_FRAMES);
        let piece: Vec<&[f32]> = audio.channels.iter().map(|channel| &channel[start..end]).collect();
        writer.push(&piece)?;
    }
    writer.finish()?.commit()
}
