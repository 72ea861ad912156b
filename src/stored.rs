//! What a project keeps besides the parameters: one value, its number, and the form in which it is saved. Main and
//! background threads.
//!
//! A saved value is a JSON object with the number of its layout. Layouts that older versions of the program wrote climb a
//! ladder, one step a layout ([`Layout`]). One that cannot be read becomes the default with the reason and costs no other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

mod layout;

pub use layout::{Layout, Step, Versioned, legible, parse};

/// Something that a plugin instance keeps: read by the host when it saves, replaced when it restores, replaced or completed
/// by the part that it belongs to.
#[derive(Default)]
pub struct Stored<T> {
    held: Mutex<Held<T>>,
    replaced: OnceLock<Box<dyn Fn() + Send + Sync>>,
    is_restored: AtomicBool,
}

#[derive(Default)]
struct Held<T> {
    value: Arc<T>,
    revision: u64,
}

impl<T> Stored<T> {
    /// Holds a value from the start.
    pub fn new(value: T) -> Self {
        Self {
            held: Mutex::new(Held { value: Arc::new(value), revision: 0 }),
            replaced: OnceLock::new(),
            is_restored: AtomicBool::new(false),
        }
    }

    /// The value and a number that changes whenever it is replaced.
    pub fn read(&self) -> (Arc<T>, u64) {
        let held = self.lock();
        (held.value.clone(), held.revision)
    }

    /// Holds another value. Returns its number.
    pub fn replace(&self, value: T) -> u64 {
        self.put(Arc::new(value))
    }

    /// Changes the value and returns what the change returns. No other change comes between.
    pub fn update<R>(&self, change: impl FnOnce(&mut T) -> R) -> R
    where
        T: Clone,
    {
        let returned = {
            let mut held = self.lock();
            held.revision += 1;
            change(Arc::make_mut(&mut held.value))
        };
        self.tell();
        returned
    }

    /// Brings the value with this number up to date, unless it was replaced since. Nobody is told.
    pub fn complete(&self, revision: u64, value: T) {
        let mut held = self.lock();
        if held.revision == revision {
            held.value = Arc::new(value);
        }
    }

    /// Sets what is called after each replacement, by whoever replaces. The first call counts.
    pub fn on_replace(&self, call: impl Fn() + Send + Sync + 'static) {
        // A second worker for the same plugin does not exist.
        let _ = self.replaced.set(Box::new(call));
    }

    /// Holds what a saved state says.
    pub fn restore(&self, value: Arc<T>)
    where
        T: PartialEq,
    {
        self.is_restored.store(true, Ordering::Relaxed);
        // Hosts restore often, and usually what is there already.
        if self.read().0 != value {
            self.put(value);
        }
    }

    /// Whether a saved state has ever been put in place.
    pub fn is_restored(&self) -> bool {
        self.is_restored.load(Ordering::Relaxed)
    }

    fn put(&self, value: Arc<T>) -> u64 {
        let revision = {
            let mut held = self.lock();
            held.value = value;
            held.revision += 1;
            held.revision
        };
        self.tell();
        revision
    }

    fn tell(&self) {
        if let Some(replaced) = self.replaced.get() {
            replaced();
        }
    }

    /// A plain value, which a panic elsewhere cannot have left half written.
    fn lock(&self) -> MutexGuard<'_, Held<T>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn every_replacement_has_a_number_and_is_told() {
        let stored = Stored::new(1);
        let told = Arc::new(AtomicUsize::new(0));
        let counted = told.clone();
        stored.on_replace(move || _ = counted.fetch_add(1, Ordering::Relaxed));
        assert_eq!((stored.replace(2), stored.update(|value| std::mem::replace(value, 3))), (1, 2));
        assert_eq!((*stored.read().0, stored.read().1), (3, 2));
        stored.complete(1, 8);
        assert_eq!(*stored.read().0, 3, "replaced since");
        stored.complete(2, 4);
        assert_eq!((*stored.read().0, told.load(Ordering::Relaxed)), (4, 2));
    }

    #[test]
    fn restoring_what_is_there_changes_nothing_but_is_known() {
        let stored = Stored::new(7);
        assert!(!stored.is_restored());
        stored.restore(Arc::new(7));
        assert_eq!((stored.is_restored(), stored.read().1), (true, 0));
        stored.restore(Arc::new(8));
        assert_eq!((*stored.read().0, stored.read().1), (8, 1));
    }
}
