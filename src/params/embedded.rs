//! The field of the state that holds the track: read by the host when it saves, replaced when it restores or when a
//! track is opened.

use std::sync::{Arc, Mutex, OnceLock};

use nice_plug::params::persist::PersistentField;

use super::lock;
use crate::state::track::SavedTrack;

/// The track of a plugin instance. Main and background threads.
#[derive(Default)]
pub struct EmbeddedTrack {
    held: Mutex<Held>,
    replaced: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

#[derive(Default)]
struct Held {
    track: Arc<SavedTrack>,
    revision: u64,
}

impl EmbeddedTrack {
    /// The track and a number that changes whenever it is replaced.
    pub fn read(&self) -> (Arc<SavedTrack>, u64) {
        let held = lock(&self.held);
        (held.track.clone(), held.revision)
    }

    /// Holds another track.
    pub fn replace(&self, track: SavedTrack) {
        let track = Arc::new(track);
        {
            let mut held = lock(&self.held);
            held.track = track;
            held.revision += 1;
        }
        if let Some(replaced) = self.replaced.get() {
            replaced();
        }
    }

    /// Adds what became known of the track with this number, unless it was replaced since. Nobody is told.
    pub fn complete(&self, revision: u64, track: SavedTrack) {
        let mut held = lock(&self.held);
        if held.revision == revision {
            held.track = Arc::new(track);
        }
    }

    /// Sets what is called after each replacement, by whoever replaces. The first call counts.
    pub fn on_replace(&self, call: impl Fn() + Send + Sync + 'static) {
        // A second worker for the same plugin does not exist.
        let _ = self.replaced.set(Box::new(call));
    }
}

impl<'a> PersistentField<'a, SavedTrack> for EmbeddedTrack {
    fn set(&self, new_value: SavedTrack) {
        // Hosts restore often, and usually what is there already.
        if *self.read().0 != new_value {
            self.replace(new_value);
        }
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&SavedTrack) -> R,
    {
        f(&self.read().0)
    }
}
