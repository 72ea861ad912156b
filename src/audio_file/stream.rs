//! Writes recordings that do not fit into memory: header, pieces of any length, end. Complete or not at all.
//!
//! Background threads only. Memory is bounded whatever the length; a file keeps its temporary name until
//! [`CompleteFile::commit`], so that several files can be made to appear together.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::format::{Existing, FileFormat, Layout, SampleBits, WriteSpec, Written};
use super::{AudioFileError, MAX_CHANNELS, Tags, flac, wav};
use crate::pending_file::PendingFile;

/// Bytes that are collected before the system is called.
const BUFFER_BYTES: usize = 1 << 18;

/// A file that is being written. Dropping it leaves nothing behind.
pub struct StreamWriter {
    path: PathBuf,
    replace: bool,
    layout: Layout,
    pushed: u64,
    pending: PendingFile,
    out: BufWriter<File>,
    encoder: Encoder,
    lost_tags: Vec<String>,
}

enum Encoder {
    Wav(wav::Encoder),
    Flac(Box<flac::Encoder>),
}

/// A file with all its content that still has its temporary name. Dropping it leaves nothing behind.
pub struct CompleteFile {
    path: PathBuf,
    replace: bool,
    pending: PendingFile,
    file: File,
    written: Written,
}

impl StreamWriter {
    /// Begins a file of `layout.frames` frames. Integers are rounded as [`super::write()`] rounds them.
    ///
    /// # Errors
    /// `Channels`, `FloatFlac` and `Exists`, found before anything is touched, and `Write`.
    pub fn create(path: &Path, spec: WriteSpec, layout: Layout, tags: &Tags) -> Result<Self, AudioFileError> {
        if layout.channels == 0 || layout.channels > MAX_CHANNELS {
            return Err(AudioFileError::Channels { path: path.into(), found: layout.channels });
        }
        if (spec.format, spec.bits) == (FileFormat::Flac, SampleBits::Float32) {
            return Err(AudioFileError::FloatFlac { path: path.into() });
        }
        let replace = spec.existing == Existing::Replace;
        if !replace && path.symlink_metadata().is_ok() {
            return Err(AudioFileError::Exists { path: path.into() });
        }
        let (pending, file) = PendingFile::beside(path).map_err(|error| failed(path, error))?;
        let mut out = BufWriter::with_capacity(BUFFER_BYTES, file);
        let (encoder, lost_tags) = match spec.format {
            FileFormat::Wav => {
                let encoder = wav::Encoder::new(&mut out, layout, spec.bits, tags);
                (Encoder::Wav(encoder.map_err(|error| failed(path, error))?), tags.lost_in_wav())
            }
            FileFormat::Flac => {
                let encoder = flac::Encoder::new(&mut out, layout, u32::from(spec.bits.count()), tags);
                (Encoder::Flac(Box::new(encoder.map_err(|error| failed(path, error))?)), Vec::new())
            }
        };
        Ok(Self { path: path.into(), replace, layout, pushed: 0, pending, out, encoder, lost_tags })
    }

    /// Adds a piece: one plane per channel, all of the same length, 0 included.
    ///
    /// # Errors
    /// `Channels` when the planes are not as many as announced, `Write` when the system refuses.
    pub fn push(&mut self, planes: &[&[f32]]) -> Result<(), AudioFileError> {
        let frames = planes.first().map_or(0, |plane| plane.len());
        if planes.len() != self.layout.channels || planes.iter().any(|plane| plane.len() != frames) {
            return Err(AudioFileError::Channels { path: self.path.clone(), found: planes.len() });
        }
        self.pushed += frames as u64;
        let done = match &mut self.encoder {
            Encoder::Wav(wav) => wav.push(&mut self.out, planes).map_err(|error| error.to_string()),
            Encoder::Flac(flac) => flac.push(&mut self.out, planes),
        };
        done.map_err(|cause| failed(&self.path, cause))
    }

    /// Ends the content.
    ///
    /// # Errors
    /// `Write`, also when there was another number of frames than announced.
    pub fn finish(self) -> Result<CompleteFile, AudioFileError> {
        let Self { path, replace, layout, pushed, pending, mut out, encoder, mut lost_tags } = self;
        if pushed != layout.frames {
            let cause = format!("{pushed} frames came, {} were announced", layout.frames);
            return Err(failed(&path, cause));
        }
        let clipped_samples = match encoder {
            Encoder::Wav(wav) => wav.finish(&mut out).map_err(|error| failed(&path, error))?,
            Encoder::Flac(flac) => {
                let (clipped, lost) = flac.finish(&mut out).map_err(|cause| failed(&path, cause))?;
                lost_tags.extend(lost);
                clipped
            }
        };
        out.flush().map_err(|error| failed(&path, error))?;
        let file = out.into_inner().map_err(|error| failed(&path, error.into_error()))?;
        let written = Written { clipped_samples, lost_tags };
        Ok(CompleteFile { path, replace, pending, file, written })
    }
}

impl CompleteFile {
    /// Gives the file its name, once it is on the disk.
    ///
    /// # Errors
    /// `Exists` when a file of that name has appeared meanwhile, or `Write`. Nothing is left behind.
    pub fn commit(self) -> Result<Written, AudioFileError> {
        self.pending.commit(self.file, self.replace).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => AudioFileError::Exists { path: self.path.clone() },
            _ => failed(&self.path, error),
        })?;
        Ok(self.written)
    }
}

fn failed(path: &Path, cause: impl std::fmt::Display) -> AudioFileError {
    AudioFileError::Write { path: path.into(), cause: cause.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio_file::{AudioData, write};

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("auracore-stream-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    fn noise(frames: usize) -> AudioData {
        let plane = |key| (0..frames).map(|n| crate::dsp::rng::uniform_at(key, n as u64)).collect();
        AudioData { channels: vec![plane(1), plane(2)], rate_hz: 48_000 }
    }

    fn specs() -> [(WriteSpec, &'static str); 3] {
        let spec = |format, bits| WriteSpec { format, bits, existing: Existing::Refuse };
        [
            (spec(FileFormat::Wav, SampleBits::Float32), "a.wav"),
            (spec(FileFormat::Wav, SampleBits::Int24), "b.wav"),
            (spec(FileFormat::Flac, SampleBits::Int16), "c.flac"),
        ]
    }

    #[test]
    fn pieces_of_any_length_make_the_file_that_the_whole_makes() {
        let (folder, audio) = (folder("pieces"), noise(300_001));
        let layout = Layout { channels: 2, rate_hz: 48_000, frames: 300_001 };
        for (spec, name) in specs() {
            write(&folder.join(name), &audio, spec, &Tags::titled("T", "", "")).unwrap();
            let path = folder.join(format!("pieces-{name}"));
            let mut writer = StreamWriter::create(&path, spec, layout, &Tags::titled("T", "", "")).unwrap();
            let (mut at, mut length) = (0, 0);
            while at < 300_001 {
                let end = (at + length).min(300_001);
                writer.push(&[&audio.channels[0][at..end], &audio.channels[1][at..end]]).unwrap();
                (at, length) = (end, (length * 7 + 13) % 70_000);
            }
            let complete = writer.finish().unwrap();
            assert!(!path.exists());
            complete.commit().unwrap();
            assert!(std::fs::read(&path).unwrap() == std::fs::read(folder.join(name)).unwrap(), "{name}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_stream_that_ends_early_leaves_nothing() {
        let (folder, audio) = (folder("early"), noise(1_000));
        let planes = [&audio.channels[0][..], &audio.channels[1][..]];
        for (spec, name) in specs() {
            let layout = Layout { channels: 2, rate_hz: 48_000, frames: 1_001 };
            let path = folder.join(name);
            let mut writer = StreamWriter::create(&path, spec, layout, &Tags::default()).unwrap();
            writer.push(&planes).unwrap();
            assert!(matches!(writer.push(&planes[..1]), Err(AudioFileError::Channels { found: 1, .. })));
            let error = writer.finish().err().unwrap().to_string();
            assert!(error.contains("1000 frames came, 1001 were announced"), "{error}");
            let layout = Layout { channels: 2, rate_hz: 48_000, frames: 1_000 };
            let mut writer = StreamWriter::create(&path, spec, layout, &Tags::default()).unwrap();
            writer.push(&planes).unwrap();
            drop(writer.finish().unwrap());
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
