//! The preset library: the presets that come with the program, then the user's own files. Main and background threads.
//!
//! A file that cannot be read stays in the list with the reason, so that nothing vanishes without a word.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::preset::{Preset, factory};
use super::user_folder::user_folder;
use super::user_settings::PresetOrigin;

mod change;
mod error;
mod file_name;
mod search;

pub use change::Existing;
pub use error::LibraryError;

/// Where presets stand in the user's folder.
const FOLDER: &str = "presets/mastering";
/// Most files of the user that are read, and most that there may be for a new one to be written.
pub const MAX_FILES: usize = 1_000;
/// Most directory entries that are looked at.
const MAX_ENTRIES: usize = 10_000;
/// Most bytes that are read of all files together. A complete preset has about four thousand.
const MAX_TOTAL_BYTES: u64 = 32 << 20;

/// A preset of the library, readable or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Display name; of a file that cannot be read, the file's.
    pub name: String,
    /// What it is for; empty where it cannot be read.
    pub description: String,
    /// Words to group by; none where it cannot be read.
    pub tags: Vec<String>,
    /// Whose it is.
    pub origin: Origin,
    /// The preset, or why it cannot be read, naming the file.
    pub preset: Result<Preset, String>,
}

/// Whose a preset is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Comes with the program and cannot be changed.
    Factory,
    /// This file of the user.
    User(PathBuf),
}

impl Origin {
    /// Without the file, as settings name it.
    pub fn kind(&self) -> PresetOrigin {
        match self {
            Self::Factory => PresetOrigin::Factory,
            Self::User(_) => PresetOrigin::User,
        }
    }
}

/// All presets that there are to choose from, as of the last look at the disk.
#[derive(Debug, Clone)]
pub struct Library {
    folder: Option<PathBuf>,
    entries: Vec<Entry>,
    problem: Option<String>,
}

impl Library {
    /// The factory presets and those in the user's folder.
    pub fn of_user() -> Self {
        Self::at(user_folder().map(|folder| folder.join(FOLDER)))
    }

    /// The factory presets and those in a folder, which need not exist.
    pub fn at(folder: Option<PathBuf>) -> Self {
        let mut library = Self { folder, entries: Vec::new(), problem: None };
        library.refresh();
        library
    }

    /// Where the user's presets are; none where the user has no folder.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Looks at the disk again.
    pub fn refresh(&mut self) {
        self.entries = factory().iter().map(|preset| Entry::new(preset.clone(), Origin::Factory)).collect();
        let (files, problem) = self.folder.as_deref().map_or_else(Default::default, files);
        self.problem = problem;
        let mut bytes_left = MAX_TOTAL_BYTES;
        let mut own: Vec<Entry> =
            files.into_iter().map(|path| Entry::of_file(path, &mut bytes_left)).collect();
        // Stable: equal names stay in the order of their files.
        own.sort_by_key(|entry| entry.name.to_lowercase());
        self.entries.append(&mut own);
    }

    /// Everything: the factory presets in their own order, then the user's by name, whatever the case.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What kept the user's folder from being listed in full, if anything did.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// The first preset of that exact name and origin that can be read.
    pub fn named(&self, name: &str, origin: PresetOrigin) -> Option<&Entry> {
        let is_it = |entry: &&Entry| entry.origin.kind() == origin && entry.name == name;
        self.entries.iter().find(|entry| is_it(entry) && entry.preset.is_ok())
    }
}

impl Entry {
    fn new(preset: Preset, origin: Origin) -> Self {
        Self {
            name: preset.name.clone(),
            description: preset.description.clone(),
            tags: preset.tags.clone(),
            origin,
            preset: Ok(preset),
        }
    }

    fn unreadable(path: PathBuf, reason: String) -> Self {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (description, tags) = Default::default();
        Self { name, description, tags, origin: Origin::User(path), preset: Err(reason) }
    }

    /// A file of the user, as far as `bytes_left` reaches.
    fn of_file(path: PathBuf, bytes_left: &mut u64) -> Self {
        let bytes = match plain_file(&path) {
            Ok(found) => found.len(),
            Err(reason) => return Self::unreadable(path, reason),
        };
        let Some(left) = bytes_left.checked_sub(bytes) else {
            let reason = format!(
                "{}: not read: the presets before it and this one have more than {MAX_TOTAL_BYTES} bytes",
                path.display()
            );
            return Self::unreadable(path, reason);
        };
        *bytes_left = left;
        match Preset::load(&path) {
            Ok(preset) => Self::new(preset, Origin::User(path)),
            Err(error) => Self::unreadable(path, error.to_string()),
        }
    }
}

/// A file that may be opened: no pipe, which could wait for ever, and no link, which could lead anywhere.
fn plain_file(path: &Path) -> Result<Metadata, String> {
    let found =
        path.symlink_metadata().map_err(|error| format!("{}: cannot be read: {error}", path.display()))?;
    match found.is_file() {
        true => Ok(found),
        false if found.is_symlink() => {
            Err(format!("{}: not read: it is a link, expected a file", path.display()))
        }
        false => Err(format!("{}: not read: it is no file", path.display())),
    }
}

/// The preset files in a folder in the order of their names, and what kept the list from being complete.
fn files(folder: &Path) -> (Vec<PathBuf>, Option<String>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return (Vec::new(), None),
        Err(error) => return (Vec::new(), Some(format!("{}: cannot be read: {error}", folder.display()))),
    };
    let (mut paths, mut problem) = (Vec::new(), None);
    for (index, entry) in entries.enumerate() {
        if index >= MAX_ENTRIES {
            problem = Some(format!(
                "{}: has more than {MAX_ENTRIES} entries; the others were not looked at",
                folder.display()
            ));
            break;
        }
        match entry {
            Ok(entry) => {
                paths.extend(Some(entry.path()).filter(|path| is_preset_name(path) && !path.is_dir()))
            }
            Err(error) => problem = Some(format!("{}: cannot be read in full: {error}", folder.display())),
        }
    }
    paths.sort();
    if paths.len() > MAX_FILES {
        problem = Some(format!(
            "{}: has {} presets, expected at most {MAX_FILES}; the others were not read",
            folder.display(),
            paths.len()
        ));
        paths.truncate(MAX_FILES);
    }
    (paths, problem)
}

/// Whether a file is meant as a preset: ends with `.json`, in any case, and is not hidden.
fn is_preset_name(path: &Path) -> bool {
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    is_json && !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

#[cfg(test)]
mod tests;
