//! Changes of the library, with what they mean for the slots and for what new instances start with.

use super::browsing::{Browsing, Question, Said, Selected};
use crate::editor::shelf::Shelf;
use crate::state::Slot;
use crate::state::library::{Existing, LibraryError, Origin};
use crate::state::preset::Preset;
use crate::state::user_settings::{PresetChoice, PresetOrigin, UserSettings};

/// What a change works on.
pub struct Desktop<'a> {
    /// The presets.
    pub shelf: &'a mut Shelf,
    /// What new instances start with is one of these.
    pub settings: &'a mut UserSettings,
    /// The slot that is heard.
    pub slot: Slot,
}

impl Browsing {
    /// Keeps a preset, or asks first where its name is taken.
    pub fn save(&mut self, on: &mut Desktop, preset: &Preset, existing: Existing) {
        if preset.name.is_empty() {
            return self.complain(&"A preset needs a name.");
        }
        match on.shelf.library().save(preset, existing) {
            Ok(path) => {
                let choice = PresetChoice { name: preset.name.clone(), origin: PresetOrigin::User };
                on.shelf.set_loaded(on.slot, Some(choice));
                self.say(format!("Saved as {}", path.display()));
                self.selected = Some(Selected { name: preset.name.clone(), origin: Origin::User(path) });
            }
            Err(LibraryError::AlreadyThere { path, .. }) => {
                self.question = Some(Question::Replace(Box::new(preset.clone()), path));
            }
            Err(error) => self.complain(&error),
        }
    }

    /// Gives a preset another name, or asks first where the name is taken.
    pub fn rename(&mut self, on: &mut Desktop, old: &Selected, name: &str, existing: Existing) {
        if name.is_empty() {
            return self.complain(&"A preset needs a name.");
        }
        match on.shelf.library().rename(&old.origin, name, existing) {
            Ok(path) => {
                let new = Selected { name: name.to_owned(), origin: Origin::User(path) };
                on.shelf.follow(&old.choice(), Some(&new.choice()));
                if on.settings.default_preset.as_ref() == Some(&old.choice()) {
                    on.settings.default_preset = Some(new.choice());
                }
                self.draft.rename(&old.name, name);
                self.say(format!("{} is called {name} now", old.name));
                self.selected = Some(new);
                self.new_name = None;
            }
            Err(LibraryError::AlreadyThere { path, .. }) => {
                self.question = Some(Question::RenameOver(old.clone(), name.to_owned(), path));
            }
            Err(error) => self.complain(&error),
        }
    }

    /// Deletes a preset.
    pub fn delete(&mut self, on: &mut Desktop, old: &Selected) {
        match on.shelf.library().delete(&old.origin) {
            Ok(()) => {
                // Another file may have the same name.
                let choice = old.choice();
                if on.shelf.library().named(&choice.name, choice.origin).is_none() {
                    on.shelf.follow(&choice, None);
                    if on.settings.default_preset.as_ref() == Some(&choice) {
                        on.settings.default_preset = None;
                    }
                }
                self.say(format!("{} is deleted", old.name));
                self.selected = None;
            }
            Err(error) => self.complain(&error),
        }
    }

    /// Does what was asked about.
    pub fn confirm(&mut self, on: &mut Desktop) {
        match self.question.take() {
            Some(Question::Replace(preset, _)) => self.save(on, &preset, Existing::Replace),
            Some(Question::RenameOver(old, name, _)) => self.rename(on, &old, &name, Existing::Replace),
            Some(Question::Delete(old, _)) => self.delete(on, &old),
            None => {}
        }
    }

    fn say(&mut self, text: String) {
        self.said = Some(Said { text, is_problem: false });
    }

    fn complain(&mut self, error: &impl ToString) {
        self.said = Some(Said { text: error.to_string(), is_problem: true });
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::state::library::Library;
    use crate::state::preset::factory;

    struct Bench {
        folder: PathBuf,
        shelf: Shelf,
        settings: UserSettings,
        browsing: Browsing,
    }

    impl Bench {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("auracore-{name}-{}", std::process::id()));
            _ = std::fs::remove_dir_all(&folder);
            let read = folder.clone();
            let shelf = Shelf::new(move || Library::at(Some(read.clone())));
            Self { folder, shelf, settings: UserSettings::default(), browsing: Browsing::default() }
        }

        fn parts(&mut self) -> (&mut Browsing, Desktop<'_>) {
            let on = Desktop { shelf: &mut self.shelf, settings: &mut self.settings, slot: Slot::A };
            (&mut self.browsing, on)
        }

        fn save(&mut self, name: &str) {
            let preset = Preset { name: name.into(), ..factory()[1].clone() };
            let (browsing, mut on) = self.parts();
            browsing.save(&mut on, &preset, Existing::Keep);
        }

        fn files(&self) -> Vec<String> {
            let entries = std::fs::read_dir(&self.folder).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = names.filter(|name| name.ends_with(".json")).collect();
            names.sort();
            names
        }
    }

    impl Drop for Bench {
        fn drop(&mut self) {
            _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    fn user(name: &str) -> Option<PresetChoice> {
        Some(PresetChoice { name: name.into(), origin: PresetOrigin::User })
    }

    #[test]
    fn a_saved_preset_is_loaded_and_a_second_one_asks() {
        let mut bench = Bench::new("preset-save");
        bench.save("Mine");
        assert_eq!(bench.shelf.loaded(Slot::A), user("Mine").as_ref());
        assert_eq!(bench.files(), ["mine.json"]);
        bench.save("Mine");
        assert!(
            matches!(&bench.browsing.question, Some(Question::Replace(_, path)) if path.ends_with("mine.json"))
        );
        let (browsing, mut on) = bench.parts();
        browsing.confirm(&mut on);
        assert_eq!(bench.browsing.question, None);
        assert!(!bench.browsing.said.as_ref().unwrap().is_problem);
        assert_eq!(bench.files(), ["mine.json"]);
        bench.save("");
        assert!(bench.browsing.said.as_ref().unwrap().is_problem);
    }

    #[test]
    fn slots_and_the_default_follow_a_rename_and_forget_what_is_deleted() {
        let mut bench = Bench::new("preset-rename");
        bench.save("Other");
        bench.save("Mine");
        bench.settings.default_preset = user("Mine");
        let mine = bench.browsing.selected.clone().unwrap();
        let (browsing, mut on) = bench.parts();
        browsing.rename(&mut on, &mine, "Other", Existing::Keep);
        assert!(matches!(&browsing.question, Some(Question::RenameOver(..))));
        browsing.question = None;
        browsing.rename(&mut on, &mine, "Third", Existing::Keep);
        assert_eq!(bench.shelf.loaded(Slot::A), user("Third").as_ref());
        assert_eq!(bench.settings.default_preset, user("Third"));
        assert_eq!(bench.files(), ["other.json", "third.json"]);

        let third = bench.browsing.selected.clone().unwrap();
        let (browsing, mut on) = bench.parts();
        browsing.delete(&mut on, &third);
        assert_eq!((bench.shelf.loaded(Slot::A), &bench.settings.default_preset), (None, &None));
        assert_eq!(bench.files(), ["other.json"]);
        let (browsing, mut on) = bench.parts();
        browsing.delete(&mut on, &third);
        assert!(bench.browsing.said.as_ref().unwrap().is_problem);
    }
}
