//! Why the library could not be changed.

use std::path::PathBuf;

use super::MAX_FILES;
use crate::state::preset::PresetError;

/// Why a preset could not be saved, renamed or deleted. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The system names no home of the user.
    #[error("there is no folder for presets: neither the environment nor the system names one")]
    NoFolder,
    /// The folder cannot be made, or another program does not stop writing there.
    #[error("{}: cannot be written: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A preset of the user has that name.
    #[error("a preset called {name:?} is already there: {}", path.display())]
    AlreadyThere {
        /// Display name.
        name: String,
        /// Its file.
        path: PathBuf,
    },
    /// It comes with the program.
    #[error("factory presets cannot be changed; save it as one of your own")]
    Factory,
    /// It is no file of this library, or not any more.
    #[error("{}: is not in the library", path.display())]
    Gone {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be read and so cannot be renamed.
    #[error("{reason}")]
    Unreadable {
        /// Why, naming the file.
        reason: String,
    },
    /// There are too many files already.
    #[error("{}: has {MAX_FILES} presets, which is as many as there may be", path.display())]
    Full {
        /// The folder.
        path: PathBuf,
    },
    /// The preset is not sound, or its file could not be written.
    #[error(transparent)]
    Preset(#[from] PresetError),
    /// The file could not be removed.
    #[error("{}: cannot be removed: {source}", path.display())]
    Remove {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}
