//! What new instances start with, and where the settings are.

use egui::{Id, Rect, Role, Sense, Ui, WidgetInfo};

use crate::editor::layout::{GAP, rows};
use crate::editor::shelf::{choice_of, origin_name};
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::chooser::menu;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::{Touch, explain, line, prose};
use crate::state::user_folder::{displayed, user_folder};

use super::titled;

const NONE: &str = "The program's own settings";

/// Draws and runs the panel; `problem` is what is wrong with the file.
pub fn show(ui: &mut Ui, touch: &Touch, rect: Rect, view: &mut View, problem: Option<&str>) {
    let panel = Panel::new(ui, touch, rect, "New instances and files", None);
    let (default, rest) = rows(panel.inside, 22.0);
    preset(ui, touch, default, view);
    let (place, rest) = rows(rest, 16.0);
    let folder = user_folder().map_or("none on this system".to_owned(), |folder| displayed(&folder));
    let value = titled(ui, touch, place, "Folder");
    line(ui, value, &folder, theme::SMALL, touch.colours.text);
    let response = ui.interact(place, Id::unique("settings folder"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Folder: {folder}")));
    explain(&response, "Settings and presets are here", &folder);
    let Some(problem) = problem else { return };
    prose(ui, rest.with_min_y(rest.top() - GAP + 2.0), problem, touch.colours.caution);
    let response = ui.interact(rest, Id::unique("settings trouble"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Alert, true, problem));
    explain(&response, "Settings", problem);
}

fn preset(ui: &mut Ui, touch: &Touch, rect: Rect, view: &mut View) {
    let field = titled(ui, touch, rect, "Start with");
    let present = view.settings.default_preset.clone();
    let library = view.shelf.library();
    let is_there = |choice: &&_| {
        let choice: &&crate::state::user_settings::PresetChoice = choice;
        library.named(&choice.name, choice.origin).is_some()
    };
    let text = match present.as_ref() {
        None => NONE.to_owned(),
        Some(choice) if is_there(&choice) => choice.name.clone(),
        Some(choice) => format!("{} (not in the library)", choice.name),
    };
    let id = Id::unique("default preset");
    let (chosen, is_open) = menu(ui, touch, field, id, ("Default preset", &text), |ui| {
        let mut chosen = None;
        ui.set_min_width(field.width() - 14.0);
        egui::ScrollArea::vertical().max_height(240.0).show(ui, |ui| {
            if ui.selectable_label(present.is_none(), NONE).clicked() {
                chosen = Some(0);
            }
            for (place, entry) in library.entries().iter().enumerate() {
                if entry.preset.is_err() {
                    continue;
                }
                let text = format!("{} · {}", entry.name, origin_name(&entry.origin));
                if ui.selectable_label(present.as_ref() == Some(&choice_of(entry)), text).clicked() {
                    chosen = Some(place + 1);
                }
            }
        });
        chosen
    });
    if !is_open {
        let hover = ui.interact(field, id.with("hover"), Sense::hover());
        explain(
            &hover,
            "Default preset",
            "A new instance takes it when its window first opens. Projects keep what they have.",
        );
    }
    if let Some(place) = chosen {
        view.settings.default_preset =
            place.checked_sub(1).and_then(|place| library.entries().get(place)).map(choice_of);
    }
}
