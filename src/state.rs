//! What is saved besides the parameters. Main thread.
//!
//! The host saves every parameter by its id. Each further field is saved by itself as JSON, so that one that cannot be
//! read falls back to its default without costing the others.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::control::MasterControls;

pub mod library;
pub mod preset;
pub mod start;
pub mod track;
pub mod user_folder;
pub mod user_settings;
mod write_lock;

#[cfg(test)]
mod scratch;

/// The text of a saved field if it can be read, else that of an empty one with the reason, for types whose layout 0 stands
/// for something lost. Nothing saved means the default.
pub fn tidied<T: Default + Serialize + DeserializeOwned>(field: Option<&str>) -> String {
    let read = field.map_or(Ok(T::default()), serde_json::from_str::<T>);
    match (field, read) {
        (Some(field), Ok(_)) => field.to_owned(),
        (_, Ok(empty)) => json(&empty),
        (_, Err(error)) => json(&serde_json::json!({ "version": 0, "lost": error.to_string() })),
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Two settings to compare. The active one lives in the parameters, the other one waits here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbSlots {
    /// Layout of this structure; see [`AbSlots::VERSION`].
    version: u32,
    active: Slot,
    waiting: MasterControls,
}

/// Name of a setting to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// The first.
    #[default]
    A,
    /// The second.
    B,
}

impl Slot {
    /// The slot that is not this one.
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

impl Default for AbSlots {
    fn default() -> Self {
        Self::both(MasterControls::default())
    }
}

impl AbSlots {
    /// Layout written by this version of the program. A change of meaning raises it and adds a migration.
    pub const VERSION: u32 = 1;

    /// The same setting twice.
    pub fn both(controls: MasterControls) -> Self {
        Self { version: Self::VERSION, active: Slot::A, waiting: controls }
    }

    /// The slot being heard.
    pub fn active(&self) -> Slot {
        self.active
    }

    /// The setting that is not being heard.
    pub fn waiting(&self) -> &MasterControls {
        &self.waiting
    }

    /// Puts `current` away and hands out the other setting, which becomes the active one. What a listener compares
    /// *with* stays as it is: latency mode, bypass, gain match and delta.
    pub fn switch(&mut self, current: MasterControls) -> MasterControls {
        let next = self.waiting.heard_as(&current);
        self.waiting = current;
        self.active = self.active.other();
        next
    }

    /// Makes the waiting setting equal to `current`.
    pub fn copy(&mut self, current: MasterControls) {
        self.waiting = current;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_drive(drive_db: f32) -> MasterControls {
        let mut controls = MasterControls::default();
        controls.limiter.drive_db = drive_db;
        controls
    }

    #[test]
    fn switching_twice_comes_back() {
        let mut slots = AbSlots::default();
        slots.copy(with_drive(3.0));
        let b = slots.switch(with_drive(6.0));
        assert_eq!((slots.active(), b), (Slot::B, with_drive(3.0)));
        let a = slots.switch(b);
        assert_eq!((slots.active(), a), (Slot::A, with_drive(6.0)));
    }

    #[test]
    fn listening_settings_stay() {
        let mut slots = AbSlots::default();
        let mut current = with_drive(1.0);
        current.global.gain_match = true;
        current.mode = crate::control::LatencyMode::Live;
        let next = slots.switch(current);
        assert!(next.global.gain_match);
        assert_eq!(next.mode, current.mode);
    }

    #[test]
    fn survives_its_own_json_and_refuses_other() {
        let mut slots = AbSlots::default();
        slots.switch(with_drive(2.5));
        let json = serde_json::to_string(&slots).unwrap();
        assert_eq!(serde_json::from_str::<AbSlots>(&json).unwrap(), slots);
        assert!(serde_json::from_str::<AbSlots>(&json.replace("drive_db", "drive")).is_err());
    }
}
