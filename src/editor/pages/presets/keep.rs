//! Keeps what is heard as a preset of one's own.

use egui::{Align, Id, Key, Rect, Ui, UiBuilder, vec2};

use super::browsing::{Browsing, Said};
use super::change::Desktop;
use crate::editor::desk::Desk;
use crate::editor::layout::rows;
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::field::{self, Field, field};
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::word;
use crate::editor::widgets::{Touch, explain, line, prose};
use crate::state::library::{Existing, Library};
use crate::state::user_folder::displayed;

/// Height of the description: a share of the room, within limits.
const DESCRIPTION: (f32, f32, f32) = (0.2, 38.0, 100.0);
/// Height of the line with the folder.
const FOLDER: f32 = 20.0;

/// Draws and runs the panel.
pub fn show(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, view: &mut View, browsing: &mut Browsing) {
    let panel = Panel::new(ui, touch, rect, "Keep what you hear", None);
    let inside = panel.inside.with_min_y(panel.inside.top() + 1.0);
    let (share, least, most) = DESCRIPTION;
    let height = (share * inside.height()).clamp(least, most);
    let (name, rest) = rows(inside, field::HEIGHT);
    let (description, rest) = rows(rest.translate(vec2(0.0, -2.0)), height);
    let (tags, rest) = rows(rest.translate(vec2(0.0, -2.0)), field::HEIGHT);
    let (save, rest) = rows(rest.translate(vec2(0.0, -2.0)), 24.0);
    let draft = &mut browsing.draft;
    let about = |name, hint, is_long| Field { name, hint, is_long };
    let id = |what: &str| Id::unique(("keep preset", what));
    let typed = field(ui, touch, name, id("name"), &mut draft.name, about("Preset name", "Name", false));
    let hint = "What it is for, a sentence or two";
    let field_about = about("Preset description", hint, true);
    field(ui, touch, description, id("description"), &mut draft.description, field_about);
    let hint = "Tags, with commas between them";
    field(ui, touch, tags, id("tags"), &mut draft.tags, about("Preset tags", hint, false));
    let response = word(ui, touch, save, id("save"), "Save", false);
    explain(&response, "Save", "Writes the present settings as a preset of your own.");
    let is_enter = typed.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if response.clicked() || is_enter {
        let preset = draft.preset(&desk.params.expected());
        let mut on =
            Desktop { shelf: &mut view.shelf, settings: &mut view.settings, slot: desk.params.ab_active() };
        browsing.save(&mut on, &preset, Existing::Keep);
    }
    let (said, folder) = rest.split_top_bottom_at_y(rest.bottom() + 2.0 - FOLDER);
    tell(ui, touch, said, view, browsing.said.as_ref());
    place(ui, touch, folder, view.shelf.library());
}

/// What came of the last change, or what is wrong with the folder.
fn tell(ui: &mut Ui, touch: &Touch, rect: Rect, view: &mut View, said: Option<&Said>) {
    let problem = view.shelf.library().problem().map(str::to_owned);
    let (text, ink) = match (said, problem) {
        (Some(said), _) if said.is_problem => (said.text.clone(), touch.colours.alarm),
        (Some(said), _) => (said.text.clone(), touch.colours.text),
        (None, Some(problem)) => (problem, touch.colours.caution),
        (None, None) => return,
    };
    prose(ui, rect, &text, ink);
    let response = ui.interact(rect, Id::unique("preset news"), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, &text));
    explain(&response, "Presets", &text);
}

/// Where the files are.
fn place(ui: &mut Ui, touch: &Touch, rect: Rect, library: &Library) {
    let Some(folder) = library.folder() else {
        let text = "There is no folder for your presets on this system.";
        line(ui, rect, text, theme::SMALL, touch.colours.caution);
        return;
    };
    let shown = displayed(folder);
    let (path, button) = rect.split_left_right_at_x(rect.right() - 50.0);
    let builder = UiBuilder::new().max_rect(path).layout(egui::Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        line(ui, path.with_max_x(path.right() - 6.0), &shown, theme::SMALL, touch.colours.text_dim);
    });
    let hover = ui.interact(path, Id::unique("preset folder"), egui::Sense::hover());
    hover.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &shown));
    explain(&hover, "Your presets are here", &shown);
    let response = word(ui, touch, button, Id::unique("copy folder"), "Copy", false);
    explain(&response, "Copy", "Copies the folder's name, for a file browser.");
    if response.clicked() {
        ui.copy_text(folder.display().to_string());
    }
}
