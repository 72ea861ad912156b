//! Files that appear complete or not at all: written under a temporary name beside the target, synced, then renamed.
//!
//! For everything that writes user files, on background threads. [`remove_all`] serves the interrupt handler.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Every temporary that exists right now. Held while one is created, renamed or removed.
static OPEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// Makes temporary names unique within the process.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A file under its temporary name. Dropping it removes it.
#[derive(Debug)]
pub struct PendingFile {
    temporary: PathBuf,
    target: PathBuf,
    committed: bool,
}

impl PendingFile {
    /// Creates an empty temporary in the folder of `target`.
    ///
    /// # Errors
    /// What the system says, in particular when the folder is missing or read-only.
    pub fn beside(target: &Path) -> io::Result<(Self, File)> {
        let name = target.file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let temporary = target.with_file_name(format!(".{name}.{}-{count}.part", std::process::id()));
        let mut open = open_list();
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&temporary)?;
        open.push(temporary.clone());
        Ok((Self { temporary, target: target.to_owned(), committed: false }, file))
    }

    /// Brings the content to the disk and gives it its final name. `replace` allows an existing file to go.
    ///
    /// # Errors
    /// `AlreadyExists` when the target exists and must stay; otherwise what the system says. The temporary is removed.
    pub fn commit(mut self, file: File, replace: bool) -> io::Result<()> {
        file.sync_all()?;
        drop(file);
        let mut open = open_list();
        if !replace && self.target.symlink_metadata().is_ok() {
            drop(open);
            return Err(ErrorKind::AlreadyExists.into());
        }
        std::fs::rename(&self.temporary, &self.target)?;
        open.retain(|path| *path != self.temporary);
        self.committed = true;
        drop(open);
        self.sync_folder();
        Ok(())
    }

    /// Makes the new name itself survive a power cut where folders can be synced; the content is safe already.
    fn sync_folder(&self) {
        let folder =
            self.target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let Ok(folder) = File::open(folder) {
            _ = folder.sync_all();
        }
    }
}

impl Drop for PendingFile {
    fn drop(&mut self) {
        if !self.committed {
            let mut open = open_list();
            _ = std::fs::remove_file(&self.temporary);
            open.retain(|path| *path != self.temporary);
        }
    }
}

/// Removes every temporary of the process and returns a guard that keeps new ones from being made while it lives. For
/// interrupt handlers that end the process right after.
pub fn remove_all() -> impl Sized {
    let open: MutexGuard<'static, Vec<PathBuf>> = open_list();
    open.iter().for_each(|path| _ = std::fs::remove_file(path));
    open
}

fn open_list() -> MutexGuard<'static, Vec<PathBuf>> {
    // The list stays valid whatever a panicking thread was doing with it.
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    /// One test, because removing everything would disturb others that run beside it.
    #[test]
    fn files_appear_whole_or_not_at_all() {
        let folder = std::env::temp_dir().join(format!("auracore-pending-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let target = folder.join("file.txt");
        let names = || std::fs::read_dir(&folder).unwrap().count();

        let (pending, mut file) = PendingFile::beside(&target).unwrap();
        file.write_all(b"first").unwrap();
        assert!(!target.exists());
        pending.commit(file, false).unwrap();
        assert_eq!((std::fs::read_to_string(&target).unwrap().as_str(), names()), ("first", 1));

        let (pending, file) = PendingFile::beside(&target).unwrap();
        assert_eq!(pending.commit(file, false).unwrap_err().kind(), ErrorKind::AlreadyExists);
        drop(PendingFile::beside(&target).unwrap());
        assert_eq!((std::fs::read_to_string(&target).unwrap().as_str(), names()), ("first", 1));

        let (pending, file) = PendingFile::beside(&target).unwrap();
        assert_eq!(names(), 2);
        drop(remove_all());
        assert_eq!(names(), 1);
        assert!(pending.commit(file, true).is_err(), "what an interrupt removed does not come back");
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "first");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
