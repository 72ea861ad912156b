//! What a saved state may say about a parameter, and looking it up there. Main thread.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use nice_plug::plugin::ParamValue;
use nice_plug::prelude::*;

/// Values of a saved state by the ids of the parameters.
pub type SavedParams = BTreeMap<String, ParamValue>;

/// What a parameter is saved as, with the program's default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// A finite number.
    Number(f32),
    /// On or off.
    Switch(bool),
    /// One of these ids; the default's place among them.
    Choice(&'static [&'static str], usize),
}

impl Kind {
    /// Whether a saved value is one of this kind.
    pub fn accepts(self, value: &ParamValue) -> bool {
        match (self, value) {
            (Self::Number(_), ParamValue::F32(number)) => number.is_finite(),
            (Self::Switch(_), ParamValue::Bool(_)) => true,
            (Self::Choice(ids, _), ParamValue::String(id)) => ids.contains(&id.as_str()),
            _ => false,
        }
    }

    /// The default as it is saved.
    pub fn default_value(self) -> ParamValue {
        match self {
            Self::Number(default) => ParamValue::F32(default),
            Self::Switch(default) => ParamValue::Bool(default),
            Self::Choice(ids, default) => ParamValue::String(ids[default].to_owned()),
        }
    }
}

/// A parameter that can be looked up in a saved state.
pub trait Savable: Param {
    /// What it is saved as.
    fn kind(&self) -> Kind;

    /// The value that a saved one means; none for one of another kind.
    fn plain(&self, saved: &ParamValue) -> Option<Self::Plain>;
}

impl Savable for FloatParam {
    fn kind(&self) -> Kind {
        Kind::Number(self.default_plain_value())
    }

    fn plain(&self, saved: &ParamValue) -> Option<f32> {
        if let ParamValue::F32(number) = saved { Some(*number) } else { None }
    }
}

impl Savable for BoolParam {
    fn kind(&self) -> Kind {
        Kind::Switch(self.default_plain_value())
    }

    fn plain(&self, saved: &ParamValue) -> Option<bool> {
        if let ParamValue::Bool(is_on) = saved { Some(*is_on) } else { None }
    }
}

impl<T: Enum + PartialEq + 'static> Savable for EnumParam<T> {
    fn kind(&self) -> Kind {
        Kind::Choice(T::ids().unwrap_or(T::variants()), self.default_plain_value().to_index())
    }

    fn plain(&self, saved: &ParamValue) -> Option<T> {
        let ParamValue::String(id) = saved else { return None };
        T::ids()?.iter().position(|known| known == id).map(T::from_index)
    }
}

/// Parameters as they are met, see [`super::View::Listing`].
pub type Listing = RefCell<Vec<(ParamPtr, Kind)>>;

/// A saved state to be looked into, see [`super::View::Saved`].
#[derive(Debug, Clone, Copy)]
pub struct Lookup<'a> {
    /// Ids of the parameters by their addresses.
    pub ids: &'a HashMap<ParamPtr, String>,
    /// The values.
    pub saved: &'a SavedParams,
}

impl Lookup<'_> {
    /// What the state says of a parameter, else its default.
    pub fn of<P: Savable>(self, param: &P) -> P::Plain {
        let saved = self.ids.get(&param.as_ptr()).and_then(|id| self.saved.get(id));
        saved.and_then(|saved| param.plain(saved)).unwrap_or_else(|| param.default_plain_value())
    }
}
