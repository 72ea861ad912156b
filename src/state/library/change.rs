//! Saving, renaming and deleting presets of the user.
//!
//! One writer at a time, also among processes, and every change begins with another look at the disk.

use std::path::{Path, PathBuf};

use super::file_name::{numbered, stem};
use super::{Entry, Library, LibraryError, MAX_FILES, Origin};
use crate::state::preset::Preset;
use crate::state::user_settings::PresetOrigin;
use crate::state::write_lock::WriteLock;

/// What to do where a preset of that name is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Refuse with [`LibraryError::AlreadyThere`].
    Keep,
    /// Take its place.
    Replace,
}

impl Library {
    /// Writes a preset into the user's folder under a file name made from its name, and tells the file. A preset that
    /// is replaced stays until the new one is on the disk.
    ///
    /// # Errors
    /// Every variant of [`LibraryError`] but `Factory`, `Gone`, `Unreadable` and `Remove`.
    pub fn save(&mut self, preset: &Preset, existing: Existing) -> Result<PathBuf, LibraryError> {
        let folder = self.folder.clone().ok_or(LibraryError::NoFolder)?;
        // Before a folder is made for nothing.
        preset.validate(&folder.join(numbered(&stem(&preset.name)).next().unwrap_or_default()))?;
        let _lock = self.lock(&folder)?;
        let path = match self.named(&preset.name, PresetOrigin::User).map(|entry| &entry.origin) {
            Some(Origin::User(path)) if existing == Existing::Replace => path.clone(),
            Some(Origin::User(path)) => {
                return Err(LibraryError::AlreadyThere { name: preset.name.clone(), path: path.clone() });
            }
            _ => self.free(&folder, &preset.name)?,
        };
        preset.save(&path)?;
        self.refresh();
        Ok(path)
    }

    /// Gives a preset of the user another name, and a file name that fits, and tells the file. The old file goes when
    /// the new one is on the disk. Settings that name the preset are the caller's to change.
    ///
    /// # Errors
    /// Every variant of [`LibraryError`]. After `Remove` both files are there.
    pub fn rename(
        &mut self,
        origin: &Origin,
        new_name: &str,
        existing: Existing,
    ) -> Result<PathBuf, LibraryError> {
        let (folder, old) = self.own(origin)?;
        let _lock = self.lock(&folder)?;
        let entry = self.at_path(&old)?;
        let mut preset = entry.preset.clone().map_err(|reason| LibraryError::Unreadable { reason })?;
        if preset.name == new_name {
            return Ok(old);
        }
        preset.name = new_name.to_owned();
        let path = match self.named(new_name, PresetOrigin::User).map(|entry| &entry.origin) {
            Some(Origin::User(path)) if existing == Existing::Replace => path.clone(),
            Some(Origin::User(path)) => {
                return Err(LibraryError::AlreadyThere { name: new_name.to_owned(), path: path.clone() });
            }
            // Names that differ in case or signs share a file name.
            _ if folder.join(format!("{}.json", stem(new_name))) == old => old.clone(),
            _ => {
                preset.validate(&old)?;
                self.free(&folder, new_name)?
            }
        };
        preset.save(&path)?;
        let removed = if path == old { Ok(()) } else { remove(&old) };
        self.refresh();
        removed.map(|()| path)
    }

    /// Deletes a preset of the user, readable or not.
    ///
    /// # Errors
    /// `NoFolder`, `Factory`, `Folder`, `Gone` and `Remove`.
    pub fn delete(&mut self, origin: &Origin) -> Result<(), LibraryError> {
        let (folder, path) = self.own(origin)?;
        let _lock = self.lock(&folder)?;
        self.at_path(&path)?;
        remove(&path)?;
        self.refresh();
        Ok(())
    }

    /// The folder and the file of a preset of the user.
    fn own(&self, origin: &Origin) -> Result<(PathBuf, PathBuf), LibraryError> {
        let path = match origin {
            Origin::User(path) => path.clone(),
            Origin::Factory => return Err(LibraryError::Factory),
        };
        let folder = self.folder.clone().ok_or(LibraryError::NoFolder)?;
        // Asked before a lock would make a folder that is not there.
        if path.symlink_metadata().is_err() {
            return Err(LibraryError::Gone { path });
        }
        Ok((folder, path))
    }

    /// Keeps other writers out and looks at what they have left.
    fn lock(&mut self, folder: &Path) -> Result<WriteLock, LibraryError> {
        let lock = WriteLock::on(folder)
            .map_err(|source| LibraryError::Folder { path: folder.to_owned(), source })?;
        self.refresh();
        Ok(lock)
    }

    /// The entry of a file. Only files that the library lists are ever changed.
    fn at_path(&self, path: &Path) -> Result<&Entry, LibraryError> {
        let is_it = |entry: &&Entry| matches!(&entry.origin, Origin::User(own) if own == path);
        self.entries.iter().find(is_it).ok_or_else(|| LibraryError::Gone { path: path.to_owned() })
    }

    /// A file name that nothing has yet.
    fn free(&self, folder: &Path, name: &str) -> Result<PathBuf, LibraryError> {
        let full = || LibraryError::Full { path: folder.to_owned() };
        let own = self.entries.iter().filter(|entry| entry.origin != Origin::Factory).count();
        if own >= MAX_FILES {
            return Err(full());
        }
        // More than there are presets, because links and folders may have names, too.
        let stem = stem(name);
        let mut names = numbered(&stem).take(2 * MAX_FILES).map(|name| folder.join(name));
        names.find(|path| path.symlink_metadata().is_err()).ok_or_else(full)
    }
}

fn remove(path: &Path) -> Result<(), LibraryError> {
    std::fs::remove_file(path).map_err(|source| LibraryError::Remove { path: path.to_owned(), source })
}
