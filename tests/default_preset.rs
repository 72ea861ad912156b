//! A new instance sounds as its user wants new instances to as soon as its window opens; what hosts see as defaults and what
//! a project sounds like is the same on every machine.

#![allow(unsafe_code)] // an entry by address

use std::path::Path;

use auracore::control::MasterControls;
use auracore::state::library::{Existing, Library};
use auracore::state::preset::{Preset, by_name};
use auracore::state::user_folder::user_folder;
use auracore::state::user_settings::file::SettingsFile;
use auracore::state::user_settings::{PresetChoice, PresetOrigin, UserSettings};
use clack_host::prelude::*;
use nice_plug::params::Params;

#[path = "support/host.rs"]
#[allow(dead_code)] // each test executable uses its own part
mod host;
#[path = "support/programme.rs"]
#[allow(dead_code)]
mod programme;
#[path = "plugin_hosts/rig.rs"]
#[allow(dead_code)]
mod rig;
#[path = "support/window.rs"]
#[allow(dead_code)]
mod window;

use rig::{EFFECT, Rig, settings_home};
use window::Window;

const SIZE: [f32; 2] = [1_100.0, 720.0];

fn mine() -> Preset {
    let mut preset = by_name("warm").unwrap().clone();
    preset.name = "Mine".into();
    preset.controls.limiter.ceiling_db = -2.5;
    preset.controls.global.input_gain_db = -3.0;
    preset.controls.global.bypass = true;
    preset
}

/// Keeps a preset of the user's and makes it the default.
fn prefer(preset: &Preset, mut library: Library, settings: &SettingsFile) {
    library.save(preset, Existing::Keep).unwrap();
    let choice = PresetChoice { name: preset.name.clone(), origin: PresetOrigin::User };
    let before = UserSettings::default();
    settings.save(&before, &UserSettings { default_preset: Some(choice), ..before.clone() }).unwrap();
}

fn prefer_mine_in(folder: &Path) {
    let library = Library::at(Some(folder.join("presets")));
    prefer(&mine(), library, &SettingsFile::at(folder.join("settings.json")));
}

/// One test, because all instances of a process read the same settings.
#[test]
fn hosts_see_the_program_whatever_the_user_prefers() {
    let home = settings_home();
    assert!(user_folder().unwrap().starts_with(home));
    let entry = unsafe { PluginEntry::load_from_raw(&auracore::clap_entry, c"built in") }.unwrap();
    let mut plain = Rig::new(&entry, EFFECT);
    assert!(!home.exists(), "looking for settings makes nothing");
    prefer(&mine(), Library::of_user(), &SettingsFile::of_user());

    let mut preferring = Rig::new(&entry, EFFECT);
    assert_eq!(preferring.params(), plain.params());
    assert_eq!(preferring.values(), plain.values());
    for (value, param) in preferring.values().iter().zip(preferring.params()) {
        assert!((value - param.default).abs() < 1e-6, "{}", param.name);
    }
    std::fs::remove_dir_all(home).unwrap();
}

#[test]
fn a_new_instance_takes_the_default_preset_when_its_window_opens() {
    let mut window = Window::prepared(SIZE, |_, folder| prefer_mine_in(folder));
    let settings = window.params.settings();
    assert_eq!((settings.limiter.ceiling_db, settings.global.input_gain_db), (-2.5, -3.0));
    assert!(!settings.global.bypass, "how one listens is no part of it");
    assert!(window.params.ab_equal());
    let slots = window.harness.state_mut().view();
    assert_eq!(slots.shelf.loaded(auracore::state::Slot::A).unwrap().name, "Mine");

    // Once, and not over what was changed since.
    window.told();
    window.open_again();
    window.frames(3);
    assert_eq!(window.told(), []);
}

#[test]
fn a_project_stays_what_it_was() {
    let saved = auracore::params::AuraParams::default().serialize_fields();
    let window = Window::prepared(SIZE, |params, folder| {
        prefer_mine_in(folder);
        params.deserialize_fields(&saved);
    });
    assert_eq!(window.params.settings(), MasterControls::default());
    assert_eq!(window.told(), []);
}

#[test]
fn settings_that_cannot_be_read_leave_the_program_as_it_is() {
    let window = Window::prepared(SIZE, |_, folder| {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("settings.json"), "broken").unwrap();
    });
    assert_eq!(window.params.settings(), MasterControls::default());
}
