//! Where a track comes from: a file with the files around it, or a track that comes with the program.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::track::file::files::Files;
use crate::track::file::files::{NoFiles, TrackFiles};
use crate::track::file::limits::Limits;
use crate::track::file::load::{Kind, LoadError, Loaded, parse, parse_with};
use crate::track::file::preset::{TrackPreset, by_name};
use crate::track::play::timeline::placements;

/// What a track of the program's own is called by.
const PRESET: &str = "preset:";

/// A track as named on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Input {
    /// A file.
    File(PathBuf),
    /// A track that comes with the program.
    Preset(&'static TrackPreset),
}

/// A track that was read.
pub(in crate::cli) struct Source {
    /// The track, with every start filled in as opening it in an editor does, and the findings so far.
    pub(in crate::cli) loaded: Loaded,
    /// What it may name.
    pub(in crate::cli) files: Box<dyn Files>,
}

impl Input {
    /// Understands an argument.
    ///
    /// # Errors
    /// When no track of the program has that name.
    pub(in crate::cli) fn of(argument: &OsStr) -> Result<Self, String> {
        match argument.to_str().and_then(|text| text.strip_prefix(PRESET)) {
            None => Ok(Self::File(argument.into())),
            Some(name) => by_name(name)
                .map(Self::Preset)
                .ok_or_else(|| format!("no track is called \"{name}\"; auracore tracks lists them")),
        }
    }

    /// The file, if it is one.
    pub(in crate::cli) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Preset(_) => None,
        }
    }

    /// A name for files made of it, without extension.
    pub(in crate::cli) fn stem(&self) -> OsString {
        match self {
            Self::File(path) => path.file_stem().unwrap_or(OsStr::new("track")).to_owned(),
            Self::Preset(preset) => preset.slug.into(),
        }
    }

    /// Reads it. `allowed` are files and folders that it may name besides those in its own folder.
    ///
    /// # Errors
    /// What is wrong with the file, with its name.
    pub(in crate::cli) fn open(&self, allowed: &[PathBuf]) -> Result<Source, String> {
        let limits = Limits::default();
        let (loaded, files): (_, Box<dyn Files>) = match self {
            Self::Preset(preset) => {
                let name = format!("{}.json", preset.slug);
                (parse(preset.json.as_bytes(), Path::new(&name), &limits), Box::new(NoFiles))
            }
            Self::File(path) => {
                let read_error = |source| LoadError::Read { path: path.clone(), source }.to_string();
                let text = text_of(path, &limits).map_err(read_error)?;
                let files = files_around(path, allowed, &limits)?;
                (parse_with(&text, path, &limits, &files), Box::new(files))
            }
        };
        let mut loaded = loaded.map_err(|error| error.to_string())?;
        loaded.track.fill_starts();
        Ok(Source { loaded, files })
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Preset(preset) => write!(f, "{PRESET}{}", preset.slug),
        }
    }
}

impl Source {
    /// Length of all steps in seconds, at the track's own rate.
    pub(in crate::cli) fn length_s(&self) -> f64 {
        let track = &self.loaded.track;
        let rate_hz = f64::from(track.global.sample_rate_hz);
        let ends =
            placements(&track.steps, &track.global, rate_hz).into_iter().map(|place| place.range().end);
        ends.max().unwrap_or(0) as f64 / rate_hz
    }
}

/// What a file turned out to be, in words.
pub(in crate::cli) fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::TrackV1 => "track, version 1",
        Kind::TrackV2 => "track, version 2",
        Kind::Voice => "voice preset",
        Kind::Voices => "list of voice presets",
        Kind::Noise => "noise",
        Kind::Session => "session",
    }
}

/// The folder of a track and what else was allowed.
///
/// # Errors
/// The path that cannot be looked at.
pub(in crate::cli) fn files_around(
    track: &Path,
    allowed: &[PathBuf],
    limits: &Limits,
) -> Result<TrackFiles, String> {
    let named = |path: &Path, error: io::Error| format!("{}: cannot be looked into: {error}", path.display());
    let mut files = TrackFiles::beside(track, limits.clone()).map_err(|error| named(track, error))?;
    for path in allowed {
        files.allow(path).map_err(|error| named(path, error))?;
    }
    Ok(files)
}

fn text_of(path: &Path, limits: &Limits) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.take(limits.file_bytes + 1).read_to_end(&mut text)?;
    Ok(text)
}
