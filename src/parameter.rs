//! What every declaration of parameters is made of: builders for each kind of quantity, text both ways, choices, and the
//! ways in which a value is read and set.

use std::sync::{Mutex, MutexGuard, PoisonError};

use nice_plug::prelude::*;

mod choice;
pub mod declare;
mod persisted;
mod saved;
pub mod text;

pub use saved::{Kind, Listing, Lookup, Savable, SavedParams};

/// The lock of a plain value, which a panic elsewhere cannot have left half written.
pub fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Which of a parameter's values is meant.
#[derive(Debug, Clone, Copy)]
pub enum View<'a> {
    /// With the host's modulation.
    Playing,
    /// Without it.
    Set,
    /// The one in a saved state. Main thread.
    Saved(Lookup<'a>),
    /// The default, while all parameters are listed. Main thread.
    Listing(&'a Listing),
}

impl View<'_> {
    /// The value of a parameter.
    pub fn of<P: Savable>(self, param: &P) -> P::Plain {
        match self {
            Self::Playing => param.modulated_plain_value(),
            Self::Set => param.unmodulated_plain_value(),
            Self::Saved(state) => state.of(param),
            Self::Listing(listing) => {
                listing.borrow_mut().push((param.as_ptr(), param.kind()));
                param.default_plain_value()
            }
        }
    }
}

/// Sets parameters through the host.
pub struct Writer<'a> {
    /// Where to.
    pub setter: &'a ParamSetter<'a>,
    /// What is done.
    pub act: Act<'a>,
}

/// What a writer does with a parameter.
#[derive(Clone, Copy)]
pub enum Act<'a> {
    /// Sets it where it has another value.
    SetChanged,
    /// Sets it.
    SetAll,
    /// Ends a gesture on it if its name is among these.
    End(&'a [String]),
}

impl Writer<'_> {
    /// Does it with one parameter; setting is a complete gesture.
    pub fn set<P: Param>(&self, param: &P, value: P::Plain)
    where
        P::Plain: Copy,
    {
        let sets = match self.act {
            Act::SetChanged => param.unmodulated_plain_value() != value,
            Act::SetAll => true,
            Act::End(names) => {
                if names.iter().any(|name| name == param.name()) {
                    self.setter.end_set_parameter(param);
                }
                false
            }
        };
        if sets {
            self.setter.begin_set_parameter(param);
            self.setter.set_parameter(param, value);
            self.setter.end_set_parameter(param);
        }
    }
}
