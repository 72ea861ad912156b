//! Projects that earlier versions of the program saved, opened on a machine whose user prefers something else and in an
//! instance that held another project: everything is what was saved, and what was not saved is the program's own.
//!
//! The fixtures are whole states as the framework writes them, one for every set of parameters and fields that ever shipped.

#![allow(unsafe_code)] // an entry by address

use std::ffi::CStr;
use std::sync::OnceLock;

use auracore::state::library::{Existing, Library};
use auracore::state::preset::by_name;
use auracore::state::user_settings::file::SettingsFile;
use auracore::state::user_settings::{PresetChoice, PresetOrigin, UserSettings};
use clack_host::prelude::*;
use serde_json::Value;

#[path = "plugin_hosts/rig.rs"]
#[allow(dead_code)] // each test executable uses its own part of the rig
mod rig;
use rig::{EFFECT, INSTRUMENT, Numbers, Rig, settings_home};

/// The chain with its slots to compare; with a track since; with the listener since.
const PROJECTS: [&str; 3] = [
    include_str!("fixtures/state/project-1.json"),
    include_str!("fixtures/state/project-2.json"),
    include_str!("fixtures/state/project-3.json"),
];
/// Parameters in them.
const SAVED_PARAMS: [usize; 3] = [105, 121, 130];
const FIELDS: [&str; 3] = ["ab", "track", "adaptive"];

fn entry() -> &'static PluginEntry {
    static ENTRY: OnceLock<PluginEntry> = OnceLock::new();
    ENTRY.get_or_init(|| {
        settings_home();
        let mut preset = by_name("loud-club").unwrap().clone();
        preset.name = "Mine".into();
        Library::of_user().save(&preset, Existing::Keep).unwrap();
        let choice = PresetChoice { name: preset.name, origin: PresetOrigin::User };
        let before = UserSettings::default();
        let after = UserSettings { default_preset: Some(choice), ..before.clone() };
        SettingsFile::of_user().save(&before, &after).unwrap();
        unsafe { PluginEntry::load_from_raw(&auracore::clap_entry, c"built in") }.unwrap()
    })
}

/// A state in the form that CLAP hosts get: its length in front.
fn with_length(json: &str) -> Vec<u8> {
    [&(json.len() as u64).to_le_bytes(), json.as_bytes()].concat()
}

fn saved(rig: &mut Rig) -> Value {
    serde_json::from_slice(&rig.save()[8..]).unwrap()
}

/// A field of a state, which is a text within the text.
fn field(state: &Value, name: &str) -> Option<Value> {
    let text = state["fields"].get(name)?.as_str().unwrap();
    Some(serde_json::from_str(text).unwrap())
}

/// An instance that holds a project of its own: random values, the other slot, a track, what a listener learned.
fn with_another_project(id: &CStr) -> Rig {
    let mut rig = Rig::new(entry(), id);
    assert!(rig.load(&with_length(PROJECTS[2])));
    let params = rig.params();
    rig.set(&Numbers(12).changes(400, 1, &params));
    rig
}

#[test]
fn a_project_of_any_version_is_what_was_saved() {
    for (project, count) in PROJECTS.into_iter().zip(SAVED_PARAMS) {
        let before: Value = serde_json::from_str(project).unwrap();
        let program = saved(&mut Rig::new(entry(), EFFECT));
        assert_eq!(before["params"].as_object().unwrap().len(), count);
        for id in [EFFECT, INSTRUMENT] {
            let mut rig = with_another_project(id);
            assert!(rig.load(&with_length(project)));
            let after = saved(&mut rig);
            for (id, value) in after["params"].as_object().unwrap() {
                let kept = before["params"].get(id);
                assert_eq!(value, kept.unwrap_or(&program["params"][id]), "{id} of {count}");
            }
            for name in FIELDS {
                let expected = field(&before, name).or_else(|| field(&program, name));
                assert_eq!(field(&after, name), expected, "{name} of {count}");
            }
            // Opened and saved again it is the same, whichever instance held it.
            let bytes = rig.save();
            let mut second = Rig::new(entry(), id);
            assert!(second.load(&bytes));
            assert_eq!(second.save(), bytes);
        }
    }
}

#[test]
fn the_fixtures_differ_from_the_program_and_from_the_user_s_preset() {
    let program = saved(&mut Rig::new(entry(), EFFECT));
    for project in PROJECTS {
        let project: Value = serde_json::from_str(project).unwrap();
        let params = project["params"].as_object().unwrap();
        let moved = params.iter().filter(|(id, value)| program["params"][id] != **value).count();
        assert!(2 * moved > params.len(), "{moved} of {}", params.len());
    }
}

#[test]
fn a_field_that_cannot_be_read_costs_no_other() {
    let whole: Value = serde_json::from_str(PROJECTS[2]).unwrap();
    let program = saved(&mut Rig::new(entry(), EFFECT));
    for broken in FIELDS {
        for text in ["", "{\"version\":", "null", "{\"version\": 99}", "{\"version\": 1, \"later\": 2}"] {
            let mut project = whole.clone();
            project["fields"][broken] = text.into();
            let mut rig = with_another_project(EFFECT);
            assert!(rig.load(&with_length(&project.to_string())));
            let after = saved(&mut rig);
            // Parameters younger than the project are at their defaults; all others are the project's.
            for (id, value) in whole["params"].as_object().unwrap() {
                assert_eq!(&after["params"][id], value, "{id} beside {broken}: {text}");
            }
            for name in FIELDS.into_iter().filter(|name| *name != broken) {
                assert_eq!(field(&after, name), field(&whole, name), "{name} beside {broken}: {text}");
            }
            if broken == "ab" {
                // Both slots are what is restored: the other one holds the limiter's drive of the project, too.
                let slots = field(&after, "ab").unwrap();
                assert_eq!(slots["active"], "a");
                let drive = &whole["params"]["lim_drive"]["f32"];
                assert_eq!(&slots["waiting"]["limiter"]["drive_db"], drive);
            } else {
                assert_eq!(field(&after, broken), field(&program, broken), "{broken}: {text}");
            }
        }
    }
}
