//! What a new instance of the plugin starts with. Main thread.

use super::library::Library;
use super::user_settings::PresetOrigin;
use super::user_settings::file::SettingsFile;
use crate::control::MasterControls;

/// The settings of the user's default preset, and what kept them from being used: then, and without such a preset, the
/// program's own defaults. How one listens is never part of it: latency mode, bypass, gain match, delta.
///
/// Reads at most the settings and the user's presets.
pub fn initial_controls() -> (MasterControls, Option<String>) {
    controls(&SettingsFile::of_user(), Library::of_user)
}

fn controls(settings: &SettingsFile, library: impl FnOnce() -> Library) -> (MasterControls, Option<String>) {
    let defaults = MasterControls::default();
    let (settings, problem) = settings.load();
    let problem = problem.map(|error| error.to_string());
    let Some(choice) = settings.default_preset else { return (defaults, problem) };
    let library = match choice.origin {
        PresetOrigin::Factory => Library::at(None),
        PresetOrigin::User => library(),
    };
    let entry = library.named(&choice.name, choice.origin);
    match entry.and_then(|entry| entry.preset.as_ref().ok()) {
        Some(preset) => (preset.controls.heard_as(&defaults), problem),
        None => (defaults, Some(format!("the default preset {:?} is not in the library", choice.name))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::LatencyMode;
    use crate::state::library::Existing;
    use crate::state::preset::by_name;
    use crate::state::scratch::Scratch;
    use crate::state::user_settings::{PresetChoice, UserSettings};

    #[test]
    fn the_sound_of_the_default_preset_and_not_how_it_is_heard() {
        let scratch = Scratch::new();
        let (file, folder) = (SettingsFile::at(scratch.path("settings.json")), scratch.path("presets"));
        let start = || controls(&file, || Library::at(Some(folder.clone())));
        assert_eq!(start(), (MasterControls::default(), None));
        assert!(scratch.names("").is_empty(), "nothing is made by reading");

        let choose = |name: &str, origin| {
            let before = file.load().0;
            let default_preset = Some(PresetChoice { name: name.into(), origin });
            file.save(&before, &UserSettings { default_preset, ..before.clone() }).unwrap();
        };
        choose("Warm", PresetOrigin::Factory);
        assert_eq!(start(), (by_name("warm").unwrap().controls, None));

        let mut own = by_name("wide").unwrap().clone();
        own.name = "Mine".into();
        own.controls.mode = LatencyMode::Live;
        own.controls.global.bypass = true;
        own.controls.global.gain_match = true;
        own.controls.global.delta = true;
        own.controls.global.input_gain_db = -3.0;
        Library::at(Some(folder.clone())).save(&own, Existing::Keep).unwrap();
        choose("Mine", PresetOrigin::Factory);
        let (controls, problem) = start();
        assert_eq!(controls, MasterControls::default());
        assert!(problem.unwrap().contains("\"Mine\""));

        choose("Mine", PresetOrigin::User);
        let mut expected = by_name("wide").unwrap().controls;
        expected.global.input_gain_db = -3.0;
        assert_eq!(start(), (expected, None));

        std::fs::write(scratch.path("settings.json"), "broken").unwrap();
        let (controls, problem) = start();
        assert_eq!(controls, MasterControls::default());
        assert!(problem.unwrap().contains("settings.json"));
    }
}
