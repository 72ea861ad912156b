//! Fields of the state beside the parameters, as the framework reads and writes them.

use nice_plug::params::persist::PersistentField;

use crate::stored::{Layout, Stored, Versioned};

impl<'a, T: Layout + Send + Sync> PersistentField<'a, Versioned<T>> for Stored<T> {
    fn set(&self, Versioned(value): Versioned<T>) {
        self.restore(value);
    }

    fn map<F, R>(&self, f: F) -> R
    where
        F: Fn(&Versioned<T>) -> R,
    {
        f(&Versioned(self.read().0))
    }
}
