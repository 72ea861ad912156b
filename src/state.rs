//! What is saved besides the parameters. Main thread.
//!
//! The host saves every parameter by its id. Each further field is saved by itself as JSON, so that one that cannot be
//! read falls back to its default without costing the others.

use serde::{Deserialize, Serialize};

use crate::control::MasterControls;
use crate::stored::Layout;

pub mod library;
pub mod preset;
pub mod track;
pub mod user_folder;
pub mod user_settings;
mod write_lock;

#[cfg(test)]
mod scratch;

/// Two settings to compare. The active one lives in the parameters, the other one waits here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbSlots {
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

impl Layout for AbSlots {
    /// Twice the default. A restored state knows better ones: the setting that it restores.
    fn lost(_reason: String) -> Self {
        Self::default()
    }
}

impl AbSlots {
    /// The same setting twice.
    pub fn both(controls: MasterControls) -> Self {
        Self { active: Slot::A, waiting: controls }
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
    use crate::stored::{Versioned, parse};
    use std::sync::Arc;

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
        let json = serde_json::to_string(&Versioned(Arc::new(slots))).unwrap();
        assert!(json.starts_with("{\"version\":1,\"active\":\"b\",\"waiting\":{"), "{json}");
        assert_eq!(parse::<AbSlots>(&json).unwrap(), slots);
        assert!(parse::<AbSlots>(&json.replace("drive_db", "drive")).is_err());
    }
}
