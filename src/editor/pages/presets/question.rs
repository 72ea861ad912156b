//! Asks before anything is lost, naming the file.

use std::path::Path;

use egui::{Id, Key, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::browsing::{Browsing, Question};
use super::change::Desktop;
use crate::editor::desk::Desk;
use crate::editor::layout::column;
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::word;
use crate::editor::widgets::{Touch, explain, line, prose};

/// Draws and runs the question.
pub fn show(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, view: &mut View, browsing: &mut Browsing) {
    let Some(question) = &browsing.question else { return };
    let warn = touch.in_colour(touch.colours.caution);
    let panel = Panel::new(ui, &warn, rect, "Are you sure?", None);
    let (text, path, yes) = told(question);
    let (head, rest) = panel.inside.split_top_bottom_at_y(panel.inside.top() + 24.0);
    line(ui, head, &text, theme::NORMAL, touch.colours.text);
    let (file, buttons) = rest.split_top_bottom_at_y(rest.bottom() - 28.0);
    prose(ui, file.with_max_y(file.bottom() - 4.0), &path.display().to_string(), touch.colours.text_dim);
    let spoken = ui.interact(head.union(file), Id::unique("preset question"), Sense::hover());
    let whole = format!("{text} {}", path.display());
    spoken.widget_info(|| WidgetInfo::labeled(Role::Alert, true, &whole));
    explain(&spoken, &text, &path.display().to_string());

    let cell = |index| column(buttons, index, 2).shrink2(vec2(1.5, 2.0));
    let confirm = word(ui, &warn, cell(0), Id::unique("preset yes"), yes, true);
    explain(&confirm, yes, "What is there now is lost.");
    let refuse = word(ui, touch, cell(1), Id::unique("preset no"), "Leave it", false);
    explain(&refuse, "Leave it", "Nothing changes. Escape.");
    let is_escape = ui.input(|input| input.key_pressed(Key::Escape));
    if refuse.clicked() || is_escape {
        browsing.question = None;
    } else if confirm.clicked() {
        let mut on =
            Desktop { shelf: &mut view.shelf, settings: &mut view.settings, slot: desk.params.ab_active() };
        browsing.confirm(&mut on);
    }
}

/// The question, its file, and the word for yes.
fn told(question: &Question) -> (String, &Path, &'static str) {
    match question {
        Question::Replace(preset, path) => (format!("Replace {}?", preset.name), path, "Replace"),
        Question::RenameOver(_, name, path) => (format!("Replace {name}?"), path, "Replace"),
        Question::Delete(selected, path) => (format!("Delete {}?", selected.name), path, "Delete"),
    }
}
