//! What the page of presets remembers between frames.

use std::path::PathBuf;

use super::draft::Draft;
use crate::state::library::{Entry, Library, Origin};
use crate::state::preset::Preset;
use crate::state::user_settings::PresetChoice;

/// See the module.
#[derive(Debug, Default)]
pub struct Browsing {
    /// What is searched for.
    pub words: String,
    /// The tag that is asked for.
    pub tag: Option<String>,
    /// The entry that is selected; it may be gone.
    pub selected: Option<Selected>,
    /// How far the list is scrolled, in points.
    pub offset: f32,
    /// The preset being described.
    pub draft: Draft,
    /// A new name being written.
    pub new_name: Option<String>,
    /// What is to be confirmed.
    pub question: Option<Question>,
    /// What came of the last change.
    pub said: Option<Said>,
}

/// One entry of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub origin: Origin,
}

impl Selected {
    /// That entry.
    pub fn of(entry: &Entry) -> Self {
        Self { name: entry.name.clone(), origin: entry.origin.clone() }
    }

    /// Whether it is that entry.
    pub fn is(&self, entry: &Entry) -> bool {
        self.name == entry.name && self.origin == entry.origin
    }

    /// As settings name it.
    pub fn choice(&self) -> PresetChoice {
        PresetChoice { name: self.name.clone(), origin: self.origin.kind() }
    }
}

/// What came of the last thing done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// For the user.
    pub text: String,
    /// Whether it failed.
    pub is_problem: bool,
}

impl Browsing {
    /// The entry that is selected, if it is still there.
    pub fn selected<'a>(&self, library: &'a Library) -> Option<&'a Entry> {
        let selected = self.selected.as_ref()?;
        library.entries().iter().find(|entry| selected.is(entry))
    }

    /// Selects an entry.
    pub fn select(&mut self, selected: Selected) {
        if self.selected.as_ref() != Some(&selected) {
            self.new_name = None;
            self.said = None;
        }
        self.selected = Some(selected);
    }
}

/// A change that would cost something, to be confirmed.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// A new preset would replace this file.
    Replace(Box<Preset>, PathBuf),
    /// A renamed preset would replace this file.
    RenameOver(Selected, String, PathBuf),
    /// A file would be deleted.
    Delete(Selected, PathBuf),
}
