//! What has been learned as a file of its own, to be carried from one project to another. Background threads.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::Taste;
use crate::pending_file::PendingFile;

/// Largest file that is read, in bytes; sixty-four corrections take a twentieth of it.
const LARGEST_BYTES: u64 = 1 << 20;

/// Why a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", path.display())]
pub struct TasteFileError {
    path: PathBuf,
    problem: String,
}

impl Taste {
    /// Reads a file that [`Taste::save`] wrote.
    ///
    /// # Errors
    /// [`TasteFileError`], naming the file and the place in it.
    pub fn load(path: &Path) -> Result<Self, TasteFileError> {
        let wrong = |problem: String| TasteFileError { path: path.to_owned(), problem };
        let bytes = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
        if bytes > LARGEST_BYTES {
            return Err(wrong(format!("has {bytes} bytes, expected at most {LARGEST_BYTES}")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        Self::import(&text).map_err(|error| wrong(error.to_string()))
    }

    /// Writes everything that was learned, replacing a file of that name as a whole.
    ///
    /// # Errors
    /// [`TasteFileError`], naming the file.
    pub fn save(&self, path: &Path) -> Result<(), TasteFileError> {
        let write = || {
            let (pending, mut file) = PendingFile::beside(path)?;
            file.write_all(self.export().as_bytes())?;
            pending.commit(file, true)
        };
        write().map_err(|error: std::io::Error| TasteFileError {
            path: path.to_owned(),
            problem: error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adaptive::rule::tests::plain;

    #[test]
    fn a_file_carries_what_was_learned() {
        let folder = std::env::temp_dir().join(format!("auracore-taste-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("taste.json");
        let mut taste = Taste::default();
        taste.learn(3, 1.5, &plain());
        taste.save(&path).unwrap();
        assert_eq!(Taste::load(&path).unwrap(), taste);
        std::fs::write(&path, "[]").unwrap();
        assert!(
            Taste::load(&path).unwrap_err().to_string().contains("taste.json: not a list of corrections")
        );
        std::fs::write(&path, vec![b' '; LARGEST_BYTES as usize + 1]).unwrap();
        assert!(Taste::load(&path).unwrap_err().to_string().contains("expected at most"));
        let nowhere = folder.join("no/such/folder.json");
        assert!(taste.save(&nowhere).unwrap_err().to_string().contains("folder.json"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
