//! A field of the state beside the parameters: read by the host when it saves, replaced when it restores, replaced or
//! completed by the part that it belongs to.

use std::sync::{Arc, Mutex, OnceLock};

use nice_plug::params::persist::PersistentField;
use serde::{Serialize, de::DeserializeOwned};

use super::lock;

/// Something that a plugin instance keeps. Main and background threads.
#[derive(Default)]
pub struct Embedded<T> {
    held: Mutex<Held<T>>,
    replaced: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

#[derive(Default)]
struct Held<T> {
    value: Arc<T>,
    revision: u64,
}

impl<T> Embedded<T> {
    /// The value and a number that changes whenever it is replaced.
    pub fn read(&self) -> (Arc<T>, u64) {
        let held = lock(&self.held);
        (held.value.clone(), held.revision)
    }

    /// Holds another value. Returns its number.
    pub fn replace(&self, value: T) -> u64 {
        let value = Arc::new(value);
        let revision = {
            let mut held = lock(&self.held);
            held.value = value;
            held.revision += 1;
            held.revision
        };
        if let Some(replaced) = self.replaced.get() {
            replaced();
        }
        revision
    }

    /// Brings the value with this number up to date, unless it was replaced since. Nobody is told.
    pub fn complete(&self, revision: u64, value: T) {
        let mut held = lock(&self.held);
        if held.revision == revision {
            held.value = Arc::new(value);
        }
    }

    /// Sets what is called after each replacement, by whoever replaces. The first call counts.
    pub fn on_replace(&self, call: impl Fn() + Send + Sync + 'static) {
        // A second worker for the same plugin does not exist.
        let _ = self.replaced.set(Box::new(call));
    }
}

impl<'a, T> PersistentField<'a, T> for Embedded<T>
where
    T: Serialize + DeserializeOwned + PartialEq + Send + Sync,
{
    fn set(&self, new_value: T) {
        // Hosts restore often, and usually what is there already.
        if *self.read().0 != new_value {
            self.replace(new_value);
        }
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&T) -> R,
    {
        f(&self.read().0)
    }
}
