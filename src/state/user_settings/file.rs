//! The settings on the disk. Several instances and processes share the file. Main and background threads.
//!
//! A save reads what is there, changes what this instance changed and replaces the file as a whole. What cannot be read
//! counts as the defaults and is kept under another name before a save takes its place; what a later version of the
//! program wrote is left alone.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{UserSettings, VERSION};
use crate::pending_file::PendingFile;
use crate::state::user_folder::user_folder;
use crate::state::write_lock::WriteLock;

/// Name of the file in the user's folder.
const NAME: &str = "settings.json";
/// Largest file that is read, in bytes; a complete one has about five hundred.
const MAX_BYTES: u64 = 1 << 16;
/// Files that could not be read and are kept, at most.
const MAX_KEPT: u32 = 99;

/// Why settings could not be read or written. Messages name the file.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The system names no home of the user.
    #[error("there is no folder for settings: neither the environment nor the system names one")]
    NoFolder,
    /// The operating system refused the file.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Far larger than any settings.
    #[error("{}: is too large for settings: more than {MAX_BYTES} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Not JSON, or not the JSON of settings.
    #[error("{}: at {at}: {cause}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// JSON path of the offending value.
        at: String,
        /// What was found and expected there.
        cause: String,
    },
    /// Outside of what there is to choose from.
    #[error("{}: at {at}: found {found}, expected {expected}", path.display())]
    OutOfRange {
        /// The file.
        path: PathBuf,
        /// JSON path of the offending value.
        at: String,
        /// What is there.
        found: String,
        /// What may be there.
        expected: String,
    },
    /// Written by a later version of the program. It is never overwritten.
    #[error("{}: has version {found}, expected {VERSION}: a later version of the program wrote it", path.display())]
    Later {
        /// The file.
        path: PathBuf,
        /// Version found.
        found: u64,
    },
    /// A file that cannot be read could not be put aside; it is still there, and nothing was saved.
    #[error("{}: cannot be kept under another name: {source}", path.display())]
    Keep {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Writing failed; an existing file stays as it was.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// What a save left behind.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedSettings {
    /// What the file says now, with what others have changed meanwhile.
    pub settings: UserSettings,
    /// Where a file that could not be read is kept, if there was one.
    pub kept: Option<PathBuf>,
}

/// The place of the settings.
#[derive(Debug, Clone)]
pub struct SettingsFile {
    path: Option<PathBuf>,
}

impl SettingsFile {
    /// The file of the user, whether or not it exists.
    pub fn of_user() -> Self {
        Self { path: user_folder().map(|folder| folder.join(NAME)) }
    }

    /// A file at any place.
    pub fn at(path: PathBuf) -> Self {
        Self { path: Some(path) }
    }

    /// Where it is; none where the user has no folder.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What the file says. No file means the defaults, and so does one that cannot be read, with the reason.
    pub fn load(&self) -> (UserSettings, Option<SettingsError>) {
        match self.path.as_deref().map_or(Ok(None), read) {
            Ok(settings) => (settings.unwrap_or_default(), None),
            Err(error) => (UserSettings::default(), Some(error)),
        }
    }

    /// Writes what differs between `before` and `after` into whatever the file says by now. Without a difference
    /// nothing is written. Waits for other writers, at most two seconds, and for the disk.
    ///
    /// # Errors
    /// `NoFolder`, `Later`, `OutOfRange` for values that could not be read back, `Keep` and `Write`. The file is then
    /// what it was.
    pub fn save(&self, before: &UserSettings, after: &UserSettings) -> Result<SavedSettings, SettingsError> {
        if before == after {
            return Ok(SavedSettings { settings: self.load().0, kept: None });
        }
        let path = self.path.as_deref().ok_or(SettingsError::NoFolder)?;
        after.validate().map_err(|wrong| out_of_range(path, wrong))?;
        let write_error = |source| SettingsError::Write { path: path.into(), source };
        // The file itself, so that a link to it stays one.
        let target = path.canonicalize().unwrap_or_else(|_| path.into());
        let folder = target.parent().ok_or_else(|| write_error(ErrorKind::InvalidInput.into()))?;
        let _lock = WriteLock::on(folder).map_err(write_error)?;
        let (settings, is_broken) = match read(&target) {
            Ok(there) => {
                let mut settings = there.unwrap_or_default();
                settings.take_changes(before, after);
                (settings, false)
            }
            Err(error @ SettingsError::Later { .. }) => return Err(error),
            Err(_) => (after.clone(), true),
        };
        let mut text = serde_json::to_string_pretty(&settings).map_err(|error| write_error(error.into()))?;
        text.push('\n');
        let (pending, mut file) = PendingFile::beside(&target).map_err(write_error)?;
        file.write_all(text.as_bytes()).map_err(write_error)?;
        let kept = is_broken.then(|| keep(&target)).transpose()?;
        pending.commit(file, true).map_err(|source| {
            kept.iter().for_each(|kept| _ = std::fs::rename(kept, &target));
            write_error(source)
        })?;
        Ok(SavedSettings { settings, kept })
    }
}

/// Reads and checks a file; none if it is not there.
fn read(path: &Path) -> Result<Option<UserSettings>, SettingsError> {
    let read_error = |source| SettingsError::Read { path: path.into(), source };
    // Before opening, because opening a pipe may wait for ever.
    match path.metadata() {
        Ok(found) if found.is_file() => {}
        Ok(_) => return Err(read_error(std::io::Error::new(ErrorKind::InvalidInput, "it is no file"))),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(read_error(error)),
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(read_error)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(SettingsError::TooLarge { path: path.into() });
    }
    parse(&bytes, path).map(Some)
}

fn parse(bytes: &[u8], path: &Path) -> Result<UserSettings, SettingsError> {
    /// The version alone, so that a later file is called that and not a list of unknown fields.
    #[derive(Deserialize)]
    struct Head {
        version: u64,
    }
    let head: Head = from_json(bytes, path)?;
    if head.version > u64::from(VERSION) {
        return Err(SettingsError::Later { path: path.into(), found: head.version });
    }
    let settings: UserSettings = from_json(bytes, path)?;
    settings.validate().map_err(|wrong| out_of_range(path, wrong))?;
    Ok(settings)
}

fn from_json<'a, T: Deserialize<'a>>(bytes: &'a [u8], path: &Path) -> Result<T, SettingsError> {
    let wrong = |at: String, error: &serde_json::Error| SettingsError::Json {
        path: path.into(),
        at,
        cause: error.to_string(),
    };
    let deserializer = &mut serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut *deserializer)
        .map_err(|error| wrong(error.path().to_string(), error.inner()))?;
    deserializer.end().map_err(|error| wrong(".".into(), &error))?;
    Ok(value)
}

fn out_of_range(path: &Path, wrong: super::OutOfRange) -> SettingsError {
    let super::OutOfRange { at, found, expected } = wrong;
    SettingsError::OutOfRange { path: path.into(), at: at.into(), found, expected }
}

/// Gives the file that cannot be read a name that nothing has yet.
fn keep(path: &Path) -> Result<PathBuf, SettingsError> {
    let keep_error = |source| SettingsError::Keep { path: path.into(), source };
    let free = (1..=MAX_KEPT)
        .map(|number| path.with_extension(format!("unreadable-{number}.json")))
        .find(|kept| kept.symlink_metadata().is_err_and(|error| error.kind() == ErrorKind::NotFound));
    let kept = free.ok_or_else(|| keep_error(ErrorKind::AlreadyExists.into()))?;
    std::fs::rename(path, &kept).map_err(keep_error)?;
    Ok(kept)
}

#[cfg(test)]
mod tests;
