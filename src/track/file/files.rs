//! The files that a track names: found in its own folder and wherever the user allowed, decoded, resampled, remembered.
//!
//! For compiling tracks on background threads. One lock is held while a file is decoded, so that voices that share a
//! recording decode it once.

use crate::audio_file;
use crate::track::file::limits::{Limits, RATES_HZ};
use crate::track::file::load::json;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A decoded recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// One or two channels of the same length.
    pub channels: Vec<Vec<f32>>,
    /// Sample rate in Hz.
    pub rate_hz: u32,
}

/// Files that a track names, found beside it and nowhere the user did not choose. Off the audio thread.
pub trait Files: Sync {
    /// Decodes a recording at its own rate. The error is a sentence for a [`crate::track::file::problem::Problem`].
    fn recording(&self, path: &Path) -> Result<Arc<Recording>, String>;

    /// The same, resampled to `rate_hz`.
    fn recording_at(&self, path: &Path, rate_hz: f64) -> Result<Arc<Recording>, String>;

    /// Reads a JSON document (a `.noise` file).
    fn json(&self, path: &Path) -> Result<serde_json::Value, String>;
}

/// Bytes of a file that are hashed at once.
const PIECE: usize = 1 << 16;

/// SHA-256 of what is read, in hexadecimal digits: tells whether a file is still the one that a project was saved with.
///
/// # Errors
/// Those of reading.
pub fn content_hash(mut bytes: impl io::Read) -> io::Result<String> {
    let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE]);
    loop {
        match bytes.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => hash.update(&piece[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// For tracks that name no files: refuses every one.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoFiles;

impl NoFiles {
    fn refuse<T>(path: &Path) -> Result<T, String> {
        Err(format!("found the file {}, expected none: there is no folder to look in", shown(path)))
    }
}

impl Files for NoFiles {
    fn recording(&self, path: &Path) -> Result<Arc<Recording>, String> {
        Self::refuse(path)
    }

    fn recording_at(&self, path: &Path, _rate_hz: f64) -> Result<Arc<Recording>, String> {
        Self::refuse(path)
    }

    fn json(&self, path: &Path) -> Result<Value, String> {
        Self::refuse(path)
    }
}

/// The files around a track file.
#[derive(Debug)]
pub struct TrackFiles {
    root: PathBuf,
    /// Folders and files that may be read, as given and with every link followed.
    open: Vec<PathBuf>,
    limits: Limits,
    recordings: Mutex<Recordings>,
}

/// Everything decoded so far, by file and rate; at its own rate a recording stands under none.
#[derive(Debug, Default)]
struct Recordings {
    known: HashMap<(PathBuf, Option<u32>), Arc<Recording>>,
    samples: u64,
}

impl TrackFiles {
    /// Files below `root`.
    ///
    /// # Errors
    /// When the folder does not exist or cannot be looked into.
    pub fn new(root: &Path, limits: Limits) -> io::Result<Self> {
        let mut files =
            Self { root: root.canonicalize()?, open: Vec::new(), limits, recordings: Mutex::default() };
        files.allow(root)?;
        Ok(files)
    }

    /// Files in the folder of a track file and below.
    ///
    /// # Errors
    /// As [`TrackFiles::new`].
    pub fn beside(track: &Path, limits: Limits) -> io::Result<Self> {
        let folder = track.parent().filter(|folder| !folder.as_os_str().is_empty());
        Self::new(folder.unwrap_or(Path::new(".")), limits)
    }

    /// Lets a track also name this file, or anything in this folder, by its full path.
    ///
    /// # Errors
    /// When there is nothing of that name.
    pub fn allow(&mut self, path: &Path) -> io::Result<()> {
        self.open.extend([path.canonicalize()?, std::path::absolute(path)?]);
        Ok(())
    }

    /// The real place of a file that a track names. Nothing outside is touched, not even to see whether it is there.
    ///
    /// # Errors
    /// A sentence that says what was found and what was expected.
    pub fn find(&self, path: &Path) -> Result<PathBuf, String> {
        let length = path.as_os_str().len();
        if length == 0 || length > self.limits.path_bytes {
            return Err(format!("found a path of {length} bytes, expected 1 to {}", self.limits.path_bytes));
        }
        let outside = || {
            format!(
                "found {}, expected a file in the folder of the track or in one that was allowed",
                shown(path)
            )
        };
        let wanted = tidy(&self.root.join(path)).filter(|wanted| self.is_open(wanted)).ok_or_else(outside)?;
        let real = wanted.canonicalize().or_else(|error| {
            // A path written on Windows.
            let turned = path.to_str().filter(|text| text.contains('\\')).map(|text| text.replace('\\', "/"));
            turned.map_or(Err(error), |turned| {
                let wanted = tidy(&self.root.join(turned)).filter(|wanted| self.is_open(wanted));
                wanted.ok_or(io::ErrorKind::NotFound)?.canonicalize()
            })
        });
        let real = real.map_err(|error| format!("{} cannot be read: {error}", shown(path)))?;
        if self.is_open(&real) { Ok(real) } else { Err(outside()) }
    }

    fn is_open(&self, path: &Path) -> bool {
        self.open.iter().any(|open| path.starts_with(open))
    }

    /// The recording under a rate, from memory or made of what `make` gives.
    fn remembered(
        &self,
        recordings: &mut Recordings,
        key: (PathBuf, Option<u32>),
        make: impl FnOnce(u64) -> Result<Recording, String>,
    ) -> Result<Arc<Recording>, String> {
        if let Some(known) = recordings.known.get(&key) {
            return Ok(Arc::clone(known));
        }
        let made = make(self.limits.recording_samples - recordings.samples)?;
        let samples: u64 = made.channels.iter().map(|channel| channel.len() as u64).sum();
        recordings.samples = (recordings.samples + samples).min(self.limits.recording_samples);
        let made = Arc::new(made);
        recordings.known.insert(key, Arc::clone(&made));
        Ok(made)
    }

    fn decoded(&self, recordings: &mut Recordings, real: &Path) -> Result<Arc<Recording>, String> {
        self.remembered(recordings, (real.to_owned(), None), |left| {
            let limits = audio_file::Limits { max_duration_s: self.limits.recording_s, max_samples: left };
            let audio = audio_file::read(real, &limits).map_err(|error| error.to_string())?.audio;
            if !RATES_HZ.contains(&audio.rate_hz) {
                let (low, high) = (RATES_HZ.start(), RATES_HZ.end());
                return Err(format!("found audio at {} Hz, expected {low} to {high} Hz", audio.rate_hz));
            }
            Ok(Recording { channels: audio.channels, rate_hz: audio.rate_hz })
        })
    }
}

impl Files for TrackFiles {
    fn recording(&self, path: &Path) -> Result<Arc<Recording>, String> {
        let real = self.find(path)?;
        let mut recordings = self.recordings.lock().unwrap_or_else(PoisonError::into_inner);
        self.decoded(&mut recordings, &real)
    }

    fn recording_at(&self, path: &Path, rate_hz: f64) -> Result<Arc<Recording>, String> {
        let (low_hz, high_hz) = (f64::from(*RATES_HZ.start()), f64::from(*RATES_HZ.end()));
        if !(low_hz..=high_hz).contains(&rate_hz) {
            return Err(format!("found a rate of {rate_hz} Hz, expected {low_hz} to {high_hz} Hz"));
        }
        let (real, rate_hz) = (self.find(path)?, rate_hz.round() as u32);
        let mut recordings = self.recordings.lock().unwrap_or_else(PoisonError::into_inner);
        let decoded = self.decoded(&mut recordings, &real)?;
        if decoded.rate_hz == rate_hz {
            return Ok(decoded);
        }
        self.remembered(&mut recordings, (real, Some(rate_hz)), |left| {
            let frames = decoded.channels.first().map_or(0, Vec::len) as f64;
            let samples =
                frames * f64::from(rate_hz) / f64::from(decoded.rate_hz) * decoded.channels.len() as f64;
            if samples > left as f64 {
                return Err(format!("{} needs {samples:.0} samples of memory, {left} are left", shown(path)));
            }
            let resampled = |channel: &Vec<f32>| audio_file::resample(channel, decoded.rate_hz, rate_hz);
            Ok(Recording { channels: decoded.channels.iter().map(resampled).collect(), rate_hz })
        })
    }

    fn json(&self, path: &Path) -> Result<Value, String> {
        let real = self.find(path)?;
        let mut text = Vec::new();
        File::open(real)
            .and_then(|file| file.take(self.limits.file_bytes + 1).read_to_end(&mut text))
            .map_err(|error| format!("{} cannot be read: {error}", shown(path)))?;
        if text.len() as u64 > self.limits.file_bytes {
            return Err(format!("{} is larger than {} bytes", shown(path), self.limits.file_bytes));
        }
        json::read(&text, &self.limits).map_err(|error| {
            format!("{}: line {}, column {}: {}", shown(path), error.line, error.column, error.cause)
        })
    }
}

/// The path without `.` and `..`; none if it climbs above its own root.
fn tidy(path: &Path) -> Option<PathBuf> {
    let mut tidy = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if !tidy.pop() => return None,
            Component::ParentDir => {}
            other => tidy.push(other),
        }
    }
    Some(tidy)
}

/// A path for a message, cut to a readable length.
fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own that goes when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("auracore-files-{name}-{}", std::process::id()));
            std::fs::create_dir_all(path.join("track/inner")).unwrap();
            std::fs::write(path.join("track/inner/a.noise"), "{\"lfo_freq\": 0.25}").unwrap();
            std::fs::write(path.join("secret.noise"), "{}").unwrap();
            Self(path)
        }

        fn files(&self, limits: Limits) -> TrackFiles {
            TrackFiles::beside(&self.0.join("track/some.json"), limits).unwrap()
        }

        /// A second of a ramp at 48 kHz, 16 bit stereo, as WAV.
        fn with_wav(self) -> Self {
            let spec = hound::WavSpec {
                channels: 2,
                sample_rate: 48_000,
                bits_per_sample: 16,
                sample_format: hound::SampleFormat::Int,
            };
            let mut writer = hound::WavWriter::create(self.0.join("track/ramp.wav"), spec).unwrap();
            (0..96_000).for_each(|i| writer.write_sample((i / 2 % 1000) as i16).unwrap());
            writer.finalize().unwrap();
            self
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn names_resolve_against_the_track_and_stay_inside() {
        let folder = Folder::new("inside");
        let mut files = folder.files(Limits::default());
        for path in ["inner/a.noise", "./inner/../inner/a.noise", "inner\\a.noise"] {
            assert_eq!(files.json(Path::new(path)).unwrap()["lfo_freq"], 0.25, "{path}");
        }
        assert!(files.json(&folder.0.join("track/inner/a.noise")).is_ok(), "the full path of a file inside");
        let secret = folder.0.join("secret.noise");
        for path in [Path::new("../secret.noise"), Path::new("inner/../../secret.noise"), &secret] {
            let error = files.json(path).unwrap_err();
            assert!(error.contains("secret.noise, expected a file in the folder of the track"), "{error}");
        }
        assert!(files.find(Path::new("..\\secret.noise")).is_err());
        assert!(files.find(Path::new("../../../../../../../../../../../../../../etc/passwd")).is_err());
        assert!(files.find(Path::new("")).unwrap_err().contains("0 bytes"));
        assert!(files.find(Path::new(&"x".repeat(5000))).unwrap_err().contains("5000 bytes"));
        assert!(files.json(Path::new("none.noise")).unwrap_err().starts_with("none.noise cannot be read"));
        files.allow(&secret).unwrap();
        assert!(files.json(&secret).is_ok());
        assert!(files.json(Path::new("../secret.noise")).is_ok(), "the same file by another name");
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_outside_are_refused() {
        let folder = Folder::new("links");
        std::os::unix::fs::symlink(folder.0.join("secret.noise"), folder.0.join("track/link.noise")).unwrap();
        std::os::unix::fs::symlink(folder.0.join("track/inner"), folder.0.join("track/within")).unwrap();
        let files = folder.files(Limits::default());
        assert!(files.json(Path::new("link.noise")).unwrap_err().contains("expected a file in the folder"));
        assert!(files.json(Path::new("within/a.noise")).is_ok());
    }

    #[test]
    fn recordings_are_decoded_once_and_resampled_once() {
        let folder = Folder::new("once").with_wav();
        let files = folder.files(Limits::default());
        let plain = files.recording(Path::new("ramp.wav")).unwrap();
        assert_eq!((plain.rate_hz, plain.channels.len(), plain.channels[0].len()), (48_000, 2, 48_000));
        assert!(Arc::ptr_eq(&plain, &files.recording_at(Path::new("inner/../ramp.wav"), 48_000.0).unwrap()));
        let other = files.recording_at(Path::new("ramp.wav"), 44_100.0).unwrap();
        assert_eq!((other.rate_hz, other.channels[1].len()), (44_100, 44_100));
        assert!(Arc::ptr_eq(&other, &files.recording_at(Path::new("ramp.wav"), 44_100.0).unwrap()));
        assert!(files.recording_at(Path::new("ramp.wav"), f64::NAN).is_err());
        assert!(files.recording(Path::new("inner/a.noise")).unwrap_err().contains("is not audio"));
    }

    #[test]
    fn all_recordings_together_stay_within_the_limit() {
        let folder = Folder::new("limit").with_wav();
        let files = folder.files(Limits { recording_samples: 100_000, ..Limits::default() });
        assert!(files.recording(Path::new("ramp.wav")).is_ok());
        let error = files.recording_at(Path::new("ramp.wav"), 44_100.0).unwrap_err();
        assert_eq!(error, "ramp.wav needs 88200 samples of memory, 4000 are left");
        let small = folder.files(Limits { recording_samples: 90_000, ..Limits::default() });
        assert!(small.recording(Path::new("ramp.wav")).unwrap_err().contains("too long"));
    }

    #[test]
    fn hashes_and_refusals() {
        let hash = content_hash(&b"abc"[..]).unwrap();
        assert!(hash.len() == 64 && hash.starts_with("ba7816bf"), "{hash}");
        assert!(NoFiles.recording(Path::new("x.wav")).unwrap_err().contains("x.wav"));
        assert!(NoFiles.recording_at(Path::new("x.wav"), 48_000.0).is_err());
        assert!(NoFiles.json(Path::new("x.noise")).is_err());
    }
}
