//! A preset of one's own while it is being described.

use crate::control::MasterControls;
use crate::state::library::Library;
use crate::state::preset::{self, Preset};
use crate::state::user_settings::{PresetChoice, PresetOrigin};

/// See the module.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// As it is written.
    pub name: String,
    /// As it is written.
    pub description: String,
    /// As it is written.
    pub tags: String,
    /// Loudness that it is mastered for.
    pub target_lufs: Option<f32>,
}

impl Draft {
    /// Takes over what is written in a preset that was loaded, so that saving it again says the same. Of a factory preset
    /// only what it is mastered for: the words are for a new one.
    pub fn follow(&mut self, choice: &PresetChoice, library: &Library) {
        let entry = library.named(&choice.name, choice.origin);
        let Some(preset) = entry.and_then(|entry| entry.preset.as_ref().ok()) else { return };
        self.target_lufs = preset.target_lufs;
        if choice.origin == PresetOrigin::User {
            self.name.clone_from(&preset.name);
            self.description.clone_from(&preset.description);
            self.tags = preset.tags.join(", ");
        }
    }

    /// Goes along with a preset that gets another name.
    pub fn rename(&mut self, old: &str, new: &str) {
        if self.name == old {
            self.name = new.to_owned();
        }
    }

    /// The preset. How one listens is no part of it.
    pub fn preset(&self, heard: &MasterControls) -> Preset {
        let tags = self.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        Preset {
            version: preset::VERSION,
            name: self.name.trim().to_owned(),
            description: self.description.split_whitespace().collect::<Vec<_>>().join(" "),
            tags: tags.map(str::to_owned).collect(),
            target_lufs: self.target_lufs,
            controls: heard.heard_as(&MasterControls::default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::LatencyMode;

    #[test]
    fn a_draft_becomes_a_preset_without_how_one_listens() {
        let draft = Draft {
            name: " Mine ".into(),
            description: "Two\nlines ".into(),
            tags: "warm, , own ,".into(),
            target_lufs: Some(-14.0),
        };
        let mut heard = MasterControls { mode: LatencyMode::Live, ..MasterControls::default() };
        heard.global.delta = true;
        heard.limiter.drive_db = 3.0;
        let preset = draft.preset(&heard);
        assert_eq!((preset.name.as_str(), preset.description.as_str()), ("Mine", "Two lines"));
        assert_eq!(preset.tags, ["warm", "own"]);
        assert_eq!(preset.target_lufs, Some(-14.0));
        assert_eq!(preset.controls.limiter.drive_db, 3.0);
        assert_eq!(preset.controls.mode, LatencyMode::Master);
        assert!(!preset.controls.global.delta);
    }

    #[test]
    fn the_words_of_a_factory_preset_stay_its_own() {
        let mut draft = Draft { name: "Mine".into(), ..Draft::default() };
        let choice = PresetChoice { name: "Streaming".into(), origin: PresetOrigin::Factory };
        draft.follow(&choice, &Library::at(None));
        assert_eq!(draft.name, "Mine");
        assert!(draft.target_lufs.is_some());
    }
}
