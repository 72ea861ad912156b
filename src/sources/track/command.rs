//! What may be asked of the track's worker, and what it and the player tell each other without a lock.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A track to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Open {
    /// A file that the user chose.
    File(PathBuf),
    /// One of those that come with the program, by its place in the list.
    Factory(usize),
    /// One that is being edited. Plays on from where the last one was.
    Document(Edited),
    /// None.
    Nothing,
}

/// The state of a track that is being edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// Display name.
    pub name: String,
    /// The track file's text.
    pub text: Arc<str>,
    /// Where the file is, for the recordings beside it.
    pub origin: Option<PathBuf>,
    /// A number of the editor's own, which comes back in the picture as long as this is the track that plays.
    pub tag: u64,
}

/// Commands that wait. The newest one of a kind counts.
#[derive(Debug, PartialEq, Default)]
pub struct Commands {
    /// Another sample rate to prepare for, in Hz.
    pub rate_hz: Option<f64>,
    /// A track to open first.
    pub open: Option<Open>,
    /// Where to save the track after that.
    pub save: Option<PathBuf>,
    /// Whether the player is to begin with a clean memory.
    pub afresh: bool,
}

/// What player and worker tell each other.
#[derive(Debug, Default)]
pub struct Signs {
    has_track: AtomicBool,
    position: AtomicU64,
}

impl Signs {
    /// Whether the player has been given a track.
    pub fn has_track(&self) -> bool {
        self.has_track.load(Ordering::Relaxed)
    }

    /// For the worker.
    pub fn set_has_track(&self, has_track: bool) {
        self.has_track.store(has_track, Ordering::Relaxed);
    }

    /// Frame of the track that is heard, as far as known.
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Relaxed)
    }

    /// For the audio thread.
    pub fn set_position(&self, frame: u64) {
        self.position.store(frame, Ordering::Relaxed);
    }
}
