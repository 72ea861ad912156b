//! Track files, voice presets, noise files and sessions become one thing: a [`Track`]. Detected by content, then by the
//! file's extension.
//!
//! Off the audio thread. What is broken inside costs its own part and is listed; only a document that is none of these
//! at all, or larger than the limits, is an error.

use crate::track::file::files::Files;
use crate::track::file::files::{NoFiles, TrackFiles};
use crate::track::file::limits::Limits;
use crate::track::file::problem::{Problem, Severity};
use crate::track::file::schema::reader::described;
use crate::track::file::schema::{Object, Part, Problems, Step, Track, Voice};
use crate::track::file::session;
use serde_json::{Value, json};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

pub(super) mod document;
pub mod json;

/// Length of the step that a voice preset is put into, in seconds.
const PRESET_STEP_S: f64 = 60.0;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A track in the older layout (`steps`, `global_settings`).
    TrackV1,
    /// A track in the present layout (`progression`, `global`).
    TrackV2,
    /// One voice.
    Voice,
    /// A list of voices.
    Voices,
    /// A noise.
    Noise,
    /// A session of presets.
    Session,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The track, or the track made of it.
    pub track: Track,
    /// Everything that was ignored, read in another way or refused.
    pub problems: Vec<Problem>,
    /// What the file was.
    pub kind: Kind,
}

/// Why a file is no track. Every message begins with the file's name.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The operating system refused the file.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// More bytes than any track needs.
    #[error("{}: is too large for a track: expected at most {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Most bytes accepted.
        limit: u64,
    },
    /// No JSON.
    #[error("{}: line {line}, column {column}: {cause}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Byte within the line, from 1.
        column: usize,
        /// What was found and expected.
        cause: String,
    },
    /// JSON, but no track, or one beyond the limits.
    #[error("{}: {misfit}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Place, found and expected.
        misfit: Misfit,
    },
}

/// What makes a document as a whole unusable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{at}: found {found}, expected {expected}")]
pub struct Misfit {
    /// Where, or `top level`.
    pub at: String,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: String,
}

impl Misfit {
    pub(super) fn new(at: &str, found: impl Into<String>, expected: impl Into<String>) -> Self {
        let at = if at.is_empty() { "top level" } else { at };
        Self { at: at.to_owned(), found: found.into(), expected: expected.into() }
    }

    /// Checks a count against its limit.
    pub(super) fn check(at: &str, found: usize, limit: usize, what: &str) -> Result<(), Self> {
        if found <= limit {
            return Ok(());
        }
        Err(Self::new(at, format!("{found} {what}"), format!("at most {limit}")))
    }
}

/// Reads a file; a session finds its presets beside it.
///
/// # Errors
/// Every variant of [`LoadError`].
pub fn load(path: &Path, limits: &Limits) -> Result<Loaded, LoadError> {
    let read_error = |source| LoadError::Read { path: path.into(), source };
    let mut text = Vec::new();
    let file = File::open(path).map_err(read_error)?;
    file.take(limits.file_bytes + 1).read_to_end(&mut text).map_err(read_error)?;
    let files = TrackFiles::beside(path, limits.clone()).map_err(read_error)?;
    parse_with(&text, path, limits, &files)
}

/// Reads a document without access to any other file; `name` serves for messages and for its extension.
///
/// # Errors
/// As [`load`], without those of the file system.
pub fn parse(text: &[u8], name: &Path, limits: &Limits) -> Result<Loaded, LoadError> {
    parse_with(text, name, limits, &NoFiles)
}

/// The same with the presets of a session from `files`.
///
/// # Errors
/// As [`parse`].
pub fn parse_with(text: &[u8], name: &Path, limits: &Limits, files: &dyn Files) -> Result<Loaded, LoadError> {
    if text.len() as u64 > limits.file_bytes {
        return Err(LoadError::TooLarge { path: name.into(), limit: limits.file_bytes });
    }
    let value = json::read(text, limits).map_err(|error| LoadError::Syntax {
        path: name.into(),
        line: error.line,
        column: error.column,
        cause: error.cause,
    })?;
    let extension = name.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    read(value, &extension.to_ascii_lowercase(), limits, files)
        .map_err(|misfit| LoadError::Content { path: name.into(), misfit })
}

fn read(value: Value, extension: &str, limits: &Limits, files: &dyn Files) -> Result<Loaded, Misfit> {
    let kind = document::kind(&value, extension)?;
    let problems = &mut Vec::new();
    let track = match (kind, value) {
        (Kind::TrackV1 | Kind::TrackV2, Value::Object(object)) => Track::read(object, limits, problems)?,
        (Kind::Session, Value::Object(object)) => session::convert(&object, limits, files, problems)?,
        (Kind::Noise, Value::Object(object)) => noise_track(object, problems),
        (Kind::Voices, Value::Array(list)) => voices_track(list, limits, problems)?,
        (_, value) => one_step(vec![Voice::read(value, "", problems)]),
    };
    check_length(&track, limits)?;
    Ok(Loaded { track, problems: std::mem::take(problems), kind })
}

fn one_step(voices: Vec<Voice>) -> Track {
    let step = Step { duration_s: PRESET_STEP_S, voices, ..Step::default() };
    Track { steps: vec![step], ..Track::default() }
}

fn voices_track(list: Vec<Value>, limits: &Limits, problems: &mut Problems) -> Result<Track, Misfit> {
    Misfit::check("", list.len(), limits.step_voices, "voices")?;
    let voices = list.into_iter().enumerate().filter_map(|(i, value)| {
        let path = format!("[{i}]");
        if value.is_object() {
            return Some(Voice::read(value, &path, problems));
        }
        let message = format!("found {}, expected a voice (an object); left out", described(&value));
        problems.push(Problem { path, severity: Severity::Ignored, message });
        None
    });
    Ok(one_step(voices.collect()))
}

fn noise_track(noise: Object, problems: &mut Problems) -> Track {
    let length = json!({ "duration": noise.get("duration_seconds").unwrap_or(&json!(PRESET_STEP_S)) });
    let mut found = Vec::new();
    let step = Step::read(length, "", &mut found);
    problems.extend(found.into_iter().map(|problem| Problem { path: "duration_seconds".into(), ..problem }));
    let mut bed = Object::new();
    bed.insert("params".into(), Value::Object(noise));
    bed.insert("gain".into(), 1.0.into());
    let background_noise = Some(Part::new(bed, "background_noise"));
    Track { steps: vec![step], background_noise, ..Track::default() }
}

/// The end of the last step, as late as any way of placing the steps puts it.
fn check_length(track: &Track, limits: &Limits) -> Result<(), Misfit> {
    let (mut end_s, mut last_s) = (0.0_f64, 0.0_f64);
    for step in &track.steps {
        end_s = step.start_s.unwrap_or(end_s) + step.duration_s;
        last_s = last_s.max(end_s);
    }
    if last_s <= limits.track_s {
        return Ok(());
    }
    Err(Misfit::new("", format!("a track of {last_s} s"), format!("at most {} s", limits.track_s)))
}
