//! The presets within reach of the window, and which of them each comparison slot was last loaded with. Main thread.

use std::fmt;

use nice_plug::prelude::ParamSetter;
use serde_json::Value;

use super::desk::Desk;
use crate::control::MasterControls;
use crate::params::AuraParams;
use crate::state::Slot;
use crate::state::library::{Entry, Library, Origin};
use crate::state::preset::Preset;
use crate::state::user_settings::PresetChoice;

/// Numbers that differ by less than this share are the same: a parameter holds whole steps.
const SHARE: f64 = 1e-3;
/// The same for numbers around zero.
const LEAST: f64 = 1e-3;

/// See the module.
pub struct Shelf {
    read: Box<dyn Fn() -> Library + Send>,
    /// Read when it is first looked at.
    library: Option<Library>,
    a: Option<PresetChoice>,
    b: Option<PresetChoice>,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Shelf").field("a", &self.a).field("b", &self.b).finish_non_exhaustive()
    }
}

impl Shelf {
    /// The presets that `read` finds. It is called when they are first needed.
    pub fn new(read: impl Fn() -> Library + Send + 'static) -> Self {
        Self { read: Box::new(read), library: None, a: None, b: None }
    }

    /// The library, as of the last look at the disk.
    pub fn library(&mut self) -> &mut Library {
        self.library.get_or_insert_with(&self.read)
    }

    /// Looks at the disk again, if it was looked at before.
    pub fn refresh(&mut self) {
        self.library.iter_mut().for_each(Library::refresh);
    }

    /// What a slot was last loaded with.
    pub fn loaded(&self, slot: Slot) -> Option<&PresetChoice> {
        match slot {
            Slot::A => self.a.as_ref(),
            Slot::B => self.b.as_ref(),
        }
    }

    /// Says what a slot was loaded with.
    pub fn set_loaded(&mut self, slot: Slot, preset: Option<PresetChoice>) {
        match slot {
            Slot::A => self.a = preset,
            Slot::B => self.b = preset,
        }
    }

    /// Follows a preset to its new name, or forgets one that is gone.
    pub fn follow(&mut self, old: &PresetChoice, new: Option<&PresetChoice>) {
        for loaded in [&mut self.a, &mut self.b] {
            if loaded.as_ref() == Some(old) {
                *loaded = new.cloned();
            }
        }
    }

    /// Where nothing is known of the first slot, but it sounds like the default preset, that is what it was loaded with.
    pub fn recognise(&mut self, default: Option<&PresetChoice>, params: &AuraParams) {
        if let (None, Slot::A, Some(default)) = (&self.a, params.ab_active(), default)
            && self.is_as_loaded(default, &params.expected())
        {
            self.a = Some(default.clone());
        }
    }

    /// Gives a new instance the sound of the default preset, where that is there. The framework has no other way to set a
    /// parameter than through an open window, and the defaults that hosts see are the program's on every machine.
    pub fn start_with(&mut self, choice: &PresetChoice, params: &AuraParams, setter: &ParamSetter) {
        let preset = self.library().named(&choice.name, choice.origin);
        if let Some(preset) = preset.and_then(|entry| entry.preset.as_ref().ok()) {
            params.start_with(&preset.controls, setter);
            (self.a, self.b) = (Some(choice.clone()), Some(choice.clone()));
        }
    }

    /// Whether the settings are those of a preset that is there.
    pub fn is_as_loaded(&mut self, choice: &PresetChoice, settings: &MasterControls) -> bool {
        let preset = self.library().named(&choice.name, choice.origin);
        let preset = preset.and_then(|entry| entry.preset.as_ref().ok());
        preset.is_some_and(|preset| sounds_like(settings, preset))
    }

    /// Takes over a preset's sound in the active slot. How it is listened to stays: mode, bypass, gain match, delta.
    pub fn load(&mut self, desk: &Desk, choice: &PresetChoice) {
        let Some(entry) = self.library().named(&choice.name, choice.origin) else { return };
        let Ok(preset) = &entry.preset else { return };
        desk.hand.apply(&preset.controls.heard_as(&desk.params.settings()));
        self.set_loaded(desk.params.ab_active(), Some(choice.clone()));
    }

    /// The preset `by` places further than what a slot was loaded with, round and round over those that can be read.
    pub fn neighbour(&mut self, slot: Slot, by: isize) -> Option<PresetChoice> {
        let present = self.loaded(slot).cloned();
        let readable: Vec<PresetChoice> =
            self.library().entries().iter().filter(|entry| entry.preset.is_ok()).map(choice_of).collect();
        let at = readable.iter().position(|choice| Some(choice) == present.as_ref());
        let next = at.map_or(0, |at| (at as isize + by).rem_euclid(readable.len().max(1) as isize) as usize);
        readable.get(next).cloned()
    }
}

/// A preset as settings name it.
pub fn choice_of(entry: &Entry) -> PresetChoice {
    PresetChoice { name: entry.name.clone(), origin: entry.origin.kind() }
}

/// Whose a preset is, in a word.
pub fn origin_name(origin: &Origin) -> &'static str {
    match origin {
        Origin::Factory => "Factory",
        Origin::User(_) => "Yours",
    }
}

/// Whether the settings are a preset's, but for how one listens.
fn sounds_like(settings: &MasterControls, preset: &Preset) -> bool {
    let preset = preset.controls.clamped().heard_as(settings);
    let value = |controls: &MasterControls| serde_json::to_value(controls).unwrap_or_default();
    preset == *settings || is_near(&value(&preset), &value(settings))
}

fn is_near(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| is_near(a, b)))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_near(a, b))
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or_default(), b.as_f64().unwrap_or_default());
            (a - b).abs() <= LEAST.max(SHARE * a.abs().max(b.abs()))
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::LatencyMode;
    use crate::state::preset::factory;
    use crate::state::user_settings::PresetOrigin;

    fn shelf() -> Shelf {
        Shelf::new(|| Library::at(None))
    }

    fn choice(index: usize) -> PresetChoice {
        PresetChoice { name: factory()[index].name.clone(), origin: PresetOrigin::Factory }
    }

    #[test]
    fn every_slot_knows_its_own_preset_and_steps_go_round() {
        let mut shelf = shelf();
        assert_eq!(shelf.neighbour(Slot::A, 1), Some(choice(0)));
        shelf.set_loaded(Slot::A, Some(choice(0)));
        shelf.set_loaded(Slot::B, Some(choice(3)));
        assert_eq!(shelf.neighbour(Slot::A, -1), Some(choice(factory().len() - 1)));
        assert_eq!(shelf.neighbour(Slot::B, 1), Some(choice(4)));
        let renamed = PresetChoice { name: "New".into(), origin: PresetOrigin::User };
        shelf.follow(&choice(3), Some(&renamed));
        assert_eq!(shelf.loaded(Slot::B), Some(&renamed));
        shelf.follow(&renamed, None);
        assert_eq!((shelf.loaded(Slot::A), shelf.loaded(Slot::B)), (Some(&choice(0)), None));
    }

    #[test]
    fn a_preset_is_recognised_in_the_parameters_and_a_change_is_seen() {
        let mut shelf = shelf();
        for (index, preset) in factory().iter().enumerate() {
            let params = AuraParams::holding(&preset.controls);
            let mut settings = params.settings();
            settings.mode = LatencyMode::Live;
            settings.global.bypass = true;
            assert!(shelf.is_as_loaded(&choice(index), &settings), "{}", preset.name);
            settings.eq.bands[4].gain_db += 0.1;
            assert!(!shelf.is_as_loaded(&choice(index), &settings), "{}", preset.name);
        }
        let gone = PresetChoice { name: "No such preset".into(), origin: PresetOrigin::User };
        assert!(!shelf.is_as_loaded(&gone, &MasterControls::default()));
    }

    #[test]
    fn a_new_instance_recognises_the_default_preset() {
        let mut shelf = shelf();
        let params = AuraParams::holding(&factory()[2].controls);
        shelf.recognise(Some(&choice(3)), &params);
        assert_eq!(shelf.loaded(Slot::A), None);
        shelf.recognise(Some(&choice(2)), &params);
        assert_eq!(shelf.loaded(Slot::A), Some(&choice(2)));
    }
}
