//! The library: finding and loading presets, keeping what is heard as one, and changing one's own.

use egui::{Rect, Ui};

use crate::editor::desk::Desk;
use crate::editor::layout::{GAP, columns, rows};
use crate::editor::view::View;

mod browsing;
mod change;
mod chips;
mod draft;
mod keep;
mod list;
mod question;
mod selected;

pub use browsing::Browsing;

use browsing::Selected;

/// Height of the panel about the selected preset: a share of the room, within limits.
const SELECTED: (f32, f32, f32) = (0.42, 184.0, 260.0);
/// Least height of the panel that keeps what is heard.
const KEEP_HEIGHT: f32 = 212.0;

/// Draws and runs the page.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, view: &mut View, browsing: &mut Browsing) {
    let touch = desk.touch(desk.colours.levels);
    let (left, right) = columns(rect, (0.58 * rect.width()).max(rect.width() - 420.0));
    if let (None, Some(choice)) = (&browsing.selected, view.shelf.loaded(desk.params.ab_active()).cloned()) {
        let library = view.shelf.library();
        browsing.selected = library.named(&choice.name, choice.origin).map(Selected::of);
        browsing.draft.follow(&choice, library);
    }
    list::show(ui, desk, &touch, left, view, browsing);
    let (share, least, most) = SELECTED;
    let height = (share * right.height()).clamp(least, most).min(right.height() - KEEP_HEIGHT - GAP);
    let (about, below) = rows(right, height);
    selected::show(ui, desk, &touch, about, view, browsing);
    if browsing.question.is_some() {
        question::show(ui, desk, &touch, below, view, browsing);
    } else {
        keep::show(ui, desk, &touch, below, view, browsing);
    }
}
