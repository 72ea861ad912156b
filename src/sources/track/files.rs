//! The files of a track that a project carries: documents from the project itself, recordings from where they were, as
//! long as they are what they were. Background threads.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::state::track::{SavedContent, SavedFile, SavedTrack};
use crate::track::file::files::{Files, Recording};
use crate::track::file::files::{TrackFiles, content_hash};
use crate::track::file::limits::Limits;

/// Files of a saved track, which notes what it was asked for.
pub struct EmbeddedFiles<'a> {
    track: &'a SavedTrack,
    beside: Option<TrackFiles>,
    asked: Mutex<Vec<SavedFile>>,
}

impl<'a> EmbeddedFiles<'a> {
    /// For one track.
    pub fn new(track: &'a SavedTrack) -> Self {
        // A folder that is gone leaves every recording missing, which is said for each of them.
        let beside = track.origin.as_ref().and_then(|path| TrackFiles::beside(path, Limits::default()).ok());
        Self { track, beside, asked: Mutex::default() }
    }

    /// What was asked for and found.
    pub fn into_asked(self) -> Vec<SavedFile> {
        self.asked.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn folder(&self, name: &str) -> Result<&TrackFiles, String> {
        self.beside.as_ref().ok_or_else(|| match self.track.file(name) {
            Some(SavedContent::Recording { path, .. }) => {
                format!("{path} is missing, expected the recording that the track was opened with")
            }
            _ => format!("found the file {name}, expected none: there is no folder to look in"),
        })
    }

    /// The folder in which a recording is, provided that it is the one it was.
    fn unchanged(&self, path: &Path) -> Result<&TrackFiles, String> {
        let name = path.to_string_lossy();
        let folder = self.folder(&name)?;
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.iter().any(|file| file.name == name) {
            return Ok(folder);
        }
        let real = folder.find(path)?;
        let sha256 = File::open(&real).and_then(content_hash);
        let sha256 = sha256.map_err(|error| format!("{name} cannot be read: {error}"))?;
        if let Some(SavedContent::Recording { sha256: expected, .. }) = self.track.file(&name)
            && *expected != sha256
        {
            return Err(format!(
                "{name} has changed since the track was opened, expected the same recording"
            ));
        }
        let path = real.to_string_lossy().into_owned();
        asked.push(SavedFile { name: name.into_owned(), content: SavedContent::Recording { path, sha256 } });
        Ok(folder)
    }
}

impl Files for EmbeddedFiles<'_> {
    fn recording(&self, path: &Path) -> Result<Arc<Recording>, String> {
        self.unchanged(path)?.recording(path)
    }

    fn recording_at(&self, path: &Path, rate_hz: f64) -> Result<Arc<Recording>, String> {
        self.unchanged(path)?.recording_at(path, rate_hz)
    }

    fn json(&self, path: &Path) -> Result<Value, String> {
        let name = path.to_string_lossy();
        let value = match self.track.file(&name) {
            Some(SavedContent::Document(value)) => value.clone(),
            _ => self.folder(&name)?.json(path)?,
        };
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if !asked.iter().any(|file| file.name == name) {
            let content = SavedContent::Document(value.clone());
            asked.push(SavedFile { name: name.into_owned(), content });
        }
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("auracore-embedded-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn documents_come_along_and_recordings_must_be_the_same() {
        let folder = folder("same");
        std::fs::write(folder.join("a.noise"), "{\"lfo_freq\": 0.25}").unwrap();
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 48_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let wav = |level: i16| {
            let mut writer = hound::WavWriter::create(folder.join("rain.wav"), spec).unwrap();
            (0..480).for_each(|_| writer.write_sample(level).unwrap());
            writer.finalize().unwrap();
        };
        wav(100);
        let mut track = SavedTrack { origin: Some(folder.join("track.json")), ..SavedTrack::default() };
        let (rain, noise) = (Path::new("rain.wav"), Path::new("a.noise"));
        let files = EmbeddedFiles::new(&track);
        assert_eq!(files.recording(rain).unwrap().channels[0].len(), 480);
        assert!(files.recording_at(rain, 44_100.0).is_ok());
        assert_eq!(files.json(noise).unwrap()["lfo_freq"], 0.25);
        assert!(files.recording(Path::new("none.wav")).is_err());
        let asked = files.into_asked();
        assert_eq!(asked.len(), 2, "{asked:?}");
        track.files = asked;

        wav(200);
        std::fs::remove_file(folder.join("a.noise")).unwrap();
        let files = EmbeddedFiles::new(&track);
        assert!(files.recording(rain).unwrap_err().contains("rain.wav has changed"));
        assert_eq!(files.json(noise).unwrap()["lfo_freq"], 0.25);

        std::fs::remove_dir_all(&folder).unwrap();
        let files = EmbeddedFiles::new(&track);
        let error = files.recording_at(rain, 48_000.0).unwrap_err();
        assert!(error.contains("rain.wav is missing"), "{error}");
        assert!(files.json(noise).is_ok());
    }
}
