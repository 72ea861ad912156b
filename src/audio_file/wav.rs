//! WAV output: samples by `hound`, then the tag chunks appended behind them.

use std::fs::File;
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};

use hound::{SampleFormat, WavSpec, WavWriter};

use super::write::Rounding;
use super::{AudioData, SampleBits, Tags, Written};

/// Room for the headers that `hound` writes, rounded up.
const HEADER_BYTES: u64 = 128;

/// Size of the file that `write` would make, at most 128 bytes too high.
pub(super) fn file_bytes(audio: &AudioData, bits: SampleBits, tags: &Tags) -> u64 {
    let frame_bytes = audio.channels.len() as u64 * u64::from(bits.count() / 8);
    HEADER_BYTES + audio.frames() as u64 * frame_bytes + tags.wav_chunks().len() as u64
}

pub(super) fn write(
    file: &mut File,
    audio: &AudioData,
    bits: SampleBits,
    tags: &Tags,
) -> Result<Written, String> {
    let spec = WavSpec {
        channels: audio.channels.len() as u16,
        sample_rate: audio.rate_hz,
        bits_per_sample: bits.count(),
        sample_format: if bits == SampleBits::Float32 { SampleFormat::Float } else { SampleFormat::Int },
    };
    let mut writer = WavWriter::new(BufWriter::new(&mut *file), spec).map_err(text)?;
    let mut rounding = Rounding::to(u32::from(bits.count()).min(24));
    for frame in 0..audio.frames() {
        for channel in &audio.channels {
            match bits {
                SampleBits::Float32 => writer.write_sample(channel[frame]),
                SampleBits::Int16 | SampleBits::Int24 => writer.write_sample(rounding.round(channel[frame])),
            }
            .map_err(text)?;
        }
    }
    writer.finalize().map_err(text)?;
    append(file, &tags.wav_chunks()).map_err(text)?;
    Ok(Written { clipped_samples: rounding.clipped, lost_tags: tags.lost_in_wav() })
}

/// Adds chunks behind the audio and corrects the size in the RIFF header.
fn append(file: &mut File, chunks: &[u8]) -> std::io::Result<()> {
    let end = file.seek(SeekFrom::End(0))?;
    // Chunks begin at even positions; `hound` does not pad an odd one itself.
    file.write_all(&[0][..(end % 2) as usize])?;
    file.write_all(chunks)?;
    let riff_bytes = file.stream_position()? - 8;
    file.seek(SeekFrom::Start(4))?;
    file.write_all(&(riff_bytes as u32).to_le_bytes())
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
