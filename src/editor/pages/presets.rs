//! The library: finding and loading presets, keeping what is heard as one, and changing one's own.

use egui::{Rect, Ui};

use super::Desk;
use crate::editor::layout::{GAP, columns, rows};
use crate::editor::view::View;
use crate::state::library::{Entry, Library, Origin};
use crate::state::user_settings::PresetChoice;

mod change;
mod chips;
mod keep;
mod list;
mod question;
mod selected;

use change::Question;

/// Height of the panel about the selected preset: a share of the room, within limits.
const SELECTED: (f32, f32, f32) = (0.42, 184.0, 260.0);
/// Least height of the panel that keeps what is heard.
const KEEP_HEIGHT: f32 = 212.0;

/// What the page remembers between frames.
#[derive(Debug, Default)]
pub struct Browsing {
    words: String,
    tag: Option<String>,
    selected: Option<Selected>,
    /// How far the list is scrolled, in points.
    offset: f32,
    draft: keep::Draft,
    /// A new name being written.
    new_name: Option<String>,
    question: Option<Question>,
    said: Option<Said>,
}

/// One entry of the library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    name: String,
    origin: Origin,
}

impl Selected {
    fn of(entry: &Entry) -> Self {
        Self { name: entry.name.clone(), origin: entry.origin.clone() }
    }

    fn is(&self, entry: &Entry) -> bool {
        self.name == entry.name && self.origin == entry.origin
    }

    fn choice(&self) -> PresetChoice {
        PresetChoice { name: self.name.clone(), origin: self.origin.kind() }
    }
}

/// What came of the last thing done.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    text: String,
    is_problem: bool,
}

impl Browsing {
    /// The entry that is selected, if it is still there.
    fn selected<'a>(&self, library: &'a Library) -> Option<&'a Entry> {
        let selected = self.selected.as_ref()?;
        library.entries().iter().find(|entry| selected.is(entry))
    }

    fn select(&mut self, selected: Selected) {
        if self.selected.as_ref() != Some(&selected) {
            self.new_name = None;
            self.said = None;
        }
        self.selected = Some(selected);
    }
}

/// Draws and runs the page.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, view: &mut View) {
    let touch = desk.touch(desk.colours.levels);
    let (left, right) = columns(rect, (0.58 * rect.width()).max(rect.width() - 420.0));
    if let (None, Some(choice)) =
        (&view.presets.selected, view.shelf.loaded(desk.params.ab_active()).cloned())
    {
        let library = view.shelf.library();
        view.presets.selected = library.named(&choice.name, choice.origin).map(Selected::of);
        view.presets.draft.follow(&choice, library);
    }
    list::show(ui, desk, &touch, left, view);
    let (share, least, most) = SELECTED;
    let height = (share * right.height()).clamp(least, most).min(right.height() - KEEP_HEIGHT - GAP);
    let (about, below) = rows(right, height);
    selected::show(ui, desk, &touch, about, view);
    if view.presets.question.is_some() {
        question::show(ui, desk, &touch, below, view);
    } else {
        keep::show(ui, desk, &touch, below, view);
    }
}
