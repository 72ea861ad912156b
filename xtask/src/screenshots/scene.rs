//! What a picture's window is given: settings, a preset in which every stage works, and music.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Picture;
use crate::{Result, song};

/// The track that plays on the track's own page.
const TRACK: &str = "presets/tracks/isochronic-trainer.json";
/// Longer than any picture takes, in seconds.
const MUSIC_S: f64 = 300.0;

/// Files that all pictures share.
pub struct Scene {
    folder: PathBuf,
    music: PathBuf,
}

/// Files of one picture.
pub struct Dressed {
    /// The user's home.
    pub home: PathBuf,
    /// The track to play.
    pub track: PathBuf,
}

impl Scene {
    /// Writes the music into a folder.
    ///
    /// # Errors
    /// What the file system says.
    pub fn prepare(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        song::write_from_chorus(&folder.join("song.wav"))?;
        let music = folder.join("music.json");
        fs::write(&music, track().to_string())?;
        Ok(Self { folder: folder.to_owned(), music })
    }

    /// Writes the settings that show what is to be on a picture.
    ///
    /// # Errors
    /// What the file system says.
    pub fn dress(&self, picture: &Picture) -> Result<Dressed> {
        let home = self.folder.join(picture.name());
        let own = home.join(".config/auracore");
        let presets = own.join("presets/mastering");
        fs::create_dir_all(&presets)?;
        fs::write(presets.join("album-master.json"), preset().to_string())?;
        fs::write(own.join("settings.json"), settings(picture).to_string())?;
        let track = if picture.page == "track" { PathBuf::from(TRACK) } else { self.music.clone() };
        Ok(Dressed { home, track })
    }
}

fn settings(picture: &Picture) -> Value {
    json!({
        "version": 1,
        "theme": picture.theme,
        "window_size_points": picture.size,
        "page": picture.page,
        "module": picture.module.unwrap_or("eq"),
        "default_preset": { "name": "Album Master", "origin": "user" },
    })
}

/// The piece over and over.
fn track() -> Value {
    json!({
        "name": "Song",
        "progression": [{ "description": "Song", "duration": MUSIC_S, "voices": [] }],
        "overlay_clips": [{ "file_path": "song.wav", "start": 0.0, "duration": MUSIC_S, "loop": true, "amp": 1.0 }],
    })
}

/// Every stage at work on a mix of about -19 LUFS.
fn preset() -> Value {
    let band = |kind: &str, freq_hz: f64, gain_db: f64, q: f64| json!({ "kind": kind, "freq_hz": freq_hz, "gain_db": gain_db, "q": q });
    json!({
        "version": 1,
        "name": "Album Master",
        "description": "Every stage at work.",
        "tags": ["album", "loud"],
        "controls": {
            "eq": { "bands": [
                band("low_cut", 28.0, 0.0, 0.71),
                band("low_shelf", 95.0, 1.8, 0.71),
                band("bell", 280.0, -2.4, 1.1),
                band("bell", 760.0, 1.2, 0.8),
                band("bell", 2_600.0, 2.2, 0.9),
                band("bell", 5_200.0, -3.1, 2.6),
                band("bell", 9_000.0, 0.0, 0.71),
                band("high_shelf", 11_000.0, 3.4, 0.71),
            ] },
            "compressor": {
                "on": true, "threshold_db": -24.0, "ratio": 2.6, "knee_db": 9.0, "attack_ms": 22.0, "release_ms": 160.0,
                "sidechain_highpass_hz": 90.0
            },
            "width": { "width": 1.18, "mono_below_hz": 110.0 },
            "clipper": { "on": true, "drive_db": 3.0, "level_db": -3.0, "softness": 0.5 },
            "limiter": { "drive_db": 10.0, "ceiling_db": -1.0 },
        },
    })
}
