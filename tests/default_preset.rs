//! A new instance in a host starts with the user's default preset, and a project stays what it was.

#![allow(unsafe_code)] // an entry by address

use auracore::state::library::{Existing, Library};
use auracore::state::preset::by_name;
use auracore::state::user_folder::user_folder;
use auracore::state::user_settings::file::SettingsFile;
use auracore::state::user_settings::{PresetChoice, PresetOrigin, UserSettings};
use clack_host::prelude::*;

#[path = "plugin_hosts/rig.rs"]
#[allow(dead_code)] // each test executable uses its own part of the rig
mod rig;
use rig::{EFFECT, Rig, settings_home};

/// What the host takes for the parameter's default is what a person would type.
fn assert_default(rig: &mut Rig, name: &str, typed: &str) {
    let default = rig.params().into_iter().find(|param| param.name == name).unwrap().default;
    let expected = rig.typed(0, name, typed).value;
    assert!((default - expected).abs() < 1e-6, "{name}: {default} is not {typed}");
}

/// One test, because all instances of a process read the same settings.
#[test]
fn new_instances_start_with_the_default_preset() {
    let home = settings_home();
    assert!(user_folder().unwrap().starts_with(home));
    let entry = unsafe { PluginEntry::load_from_raw(&auracore::clap_entry, c"built in") }.unwrap();
    let mut plain = Rig::new(&entry, EFFECT);
    assert_default(&mut plain, "Limit ceiling", "-1");
    assert!(!home.exists(), "looking for settings makes nothing");

    let mut preset = by_name("warm").unwrap().clone();
    preset.name = "Mine".into();
    preset.controls.limiter.ceiling_db = -2.5;
    preset.controls.global.input_gain_db = -3.0;
    preset.controls.global.bypass = true;
    Library::of_user().save(&preset, Existing::Keep).unwrap();
    let choice = PresetChoice { name: "Mine".into(), origin: PresetOrigin::User };
    let before = UserSettings::default();
    let after = UserSettings { default_preset: Some(choice), ..before.clone() };
    SettingsFile::of_user().save(&before, &after).unwrap();

    let mut mine = Rig::new(&entry, EFFECT);
    assert_default(&mut mine, "Limit ceiling", "-2.5");
    assert_default(&mut mine, "Input gain", "-3");
    assert_default(&mut mine, "Bypass", "off");
    let defaults: Vec<f64> = mine.params().iter().map(|param| param.default).collect();
    for (value, default) in mine.values().iter().zip(&defaults) {
        assert!((value - default).abs() < 1e-6);
    }
    assert_ne!(mine.values(), plain.values());
    assert!(mine.load(&plain.save()));
    assert_eq!(mine.values(), plain.values(), "a project is what it was");

    std::fs::write(SettingsFile::of_user().path().unwrap(), "broken").unwrap();
    assert_eq!(Rig::new(&entry, EFFECT).values(), plain.values());
    std::fs::remove_dir_all(home).unwrap();
}
