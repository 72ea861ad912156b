//! Bytes as a file, for what reads by path.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A folder that goes with its thread.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!(
            "auracore-fuzz-{}-{}-{number}",
            module_path!().replace("::", "-"),
            std::process::id()
        ));
        std::fs::create_dir_all(&path).expect("a folder for temporary files");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Calls `look` with a file of these bytes in a folder with nothing else.
pub fn with_file<T>(bytes: &[u8], look: impl FnOnce(&Path) -> T) -> T {
    thread_local!(static FOLDER: RefCell<Folder> = RefCell::new(Folder::new()));
    FOLDER.with_borrow(|folder| {
        let path = folder.0.join("file");
        std::fs::write(&path, bytes).expect("a temporary file");
        look(&path)
    })
}
