//! One writer at a time in a folder, among all instances and processes. Background and main threads.
//!
//! Readers need none of it: files there change as a whole.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::{Duration, Instant};

/// The file that is locked. It stays, empty.
const NAME: &str = ".lock";
/// A writer needs milliseconds; after this, something is stuck and the user should hear of it.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(5);

/// The right to write in a folder. Given back when dropped, also by a process that dies.
#[derive(Debug)]
pub(super) struct WriteLock {
    _file: File,
}

impl WriteLock {
    /// Makes the folder where it is missing and waits for other writers, at most two seconds.
    ///
    /// # Errors
    /// `TimedOut` when another writer does not end; otherwise what the system says.
    pub(super) fn on(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(NAME))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                // Some network folders have no locks. Files still change as a whole there.
                Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => break,
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => {
                    return Err(io::Error::new(ErrorKind::TimedOut, "another program is writing there"));
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            }
        }
        Ok(Self { _file: file })
    }
}
