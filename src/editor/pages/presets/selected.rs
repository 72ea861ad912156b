//! The preset that is selected: what it is, and what can be done with it.

use egui::{Align2, Id, Key, Rect, Ui, pos2, vec2};

use super::browsing::{Browsing, Question, Selected};
use super::change::Desktop;
use crate::editor::desk::Desk;
use crate::editor::layout::{column, row};
use crate::editor::shelf::origin_name;
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::field::{Field, field};
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::word;
use crate::editor::widgets::{Touch, explain, label, line, prose};
use crate::state::library::{Entry, Existing, Origin};

/// Height of a line of buttons.
const BUTTONS: f32 = 26.0;

/// What is to be done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Load,
    MakeDefault,
    NoDefault,
    BeginRename,
    Rename,
    EndRename,
    Delete,
}

/// Draws and runs the panel.
pub fn show(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, view: &mut View, browsing: &mut Browsing) {
    let panel = Panel::new(ui, touch, rect, "Selected", None);
    let Some(entry) = browsing.selected(view.shelf.library()).cloned() else {
        let text = "A click on a preset loads it. Undo takes it back.";
        prose(ui, panel.inside, text, touch.colours.text_dim);
        return;
    };
    let is_default =
        entry.preset.is_ok() && view.settings.default_preset.as_ref() == Some(&Selected::of(&entry).choice());
    let (text, buttons) =
        panel.inside.split_top_bottom_at_y(panel.inside.bottom() - lines(&entry) as f32 * BUTTONS);
    describe(ui, touch, panel.title, text, &entry);
    let action = run(ui, touch, buttons, &entry, is_default, browsing);
    if let Some(action) = action {
        act(desk, action, &entry, view, browsing);
    }
}

fn describe(ui: &Ui, touch: &Touch, title: Rect, rect: Rect, entry: &Entry) {
    let colours = touch.colours;
    let at = pos2(title.right(), title.center().y);
    let (align, font) = (Align2::RIGHT_CENTER, theme::SMALL);
    label(ui.painter(), at, align, origin_name(&entry.origin), font, colours.text_dim);
    let (name, rest) = rect.split_top_bottom_at_y(rect.top() + 22.0);
    line(ui, name, &entry.name, theme::TITLE, colours.text);
    let (text, ink) = match &entry.preset {
        Ok(_) => (entry.description.as_str(), colours.text),
        Err(reason) => (reason.as_str(), colours.alarm),
    };
    let rest = rest.with_min_y(rest.top() + 2.0);
    let end = prose(ui, rest.with_max_y(rest.bottom() - 16.0), text, ink);
    let tags = rest.with_min_y(end + 1.0).with_max_y(end + 16.0);
    line(ui, tags, &entry.tags.join(" · "), theme::SMALL, colours.text_dim);
}

/// The buttons that there are for an entry; for one's own also those that change the file.
fn run(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    entry: &Entry,
    is_default: bool,
    browsing: &mut Browsing,
) -> Option<Action> {
    let mut action = None;
    let mut button = |ui: &Ui, cell: Rect, (name, meaning): (&str, &str), is_on: bool, what: Action| {
        let response = word(ui, touch, cell, Id::unique(("selected preset", name)), name, is_on);
        explain(&response, name.trim_end_matches('…'), meaning);
        if response.clicked() {
            action = Some(what);
        }
    };
    let cell = |line: usize, index: usize, count: usize| {
        column(row(rect, line, lines(entry)), index, count).shrink2(vec2(1.5, 2.0))
    };
    if entry.preset.is_ok() {
        button(ui, cell(0, 0, 2), ("Load", "Takes over its sound."), false, Action::Load);
        let (name, meaning, what) = if is_default {
            ("Is the default", "New instances start with it. A click ends that.", Action::NoDefault)
        } else {
            ("Set as default", "New instances will start with it.", Action::MakeDefault)
        };
        button(ui, cell(0, 1, 2), (name, meaning), is_default, what);
    }
    if entry.origin == Origin::Factory {
        return action;
    }
    if let Some(name) = &mut browsing.new_name {
        let about = Field { name: "New name", hint: "New name", is_long: false };
        let line = row(rect, 1, 2).shrink2(vec2(1.5, 2.0));
        let (place, buttons) = line.split_left_right_at_x(line.right() - 134.0);
        let typed = field(ui, touch, place.with_max_x(place.right() - 3.0), rename_id(), name, about);
        button(ui, column(buttons, 0, 2), ("Rename", "Gives it this name."), false, Action::Rename);
        let end = column(buttons, 1, 2).with_min_x(buttons.center().x + 3.0);
        button(ui, end, ("Cancel", "Keeps the old name."), false, Action::EndRename);
        if typed.lost_focus() {
            let (is_enter, is_escape) =
                ui.input(|input| (input.key_pressed(Key::Enter), input.key_pressed(Key::Escape)));
            action = action.or(is_enter.then_some(Action::Rename));
            action = action.or(is_escape.then_some(Action::EndRename));
        }
        return action;
    }
    if entry.preset.is_ok() {
        button(ui, cell(1, 0, 2), ("Rename…", "Gives it another name."), false, Action::BeginRename);
    }
    button(ui, cell(1, 1, 2), ("Delete…", "Asks, then deletes its file."), false, Action::Delete);
    if action == Some(Action::BeginRename) {
        ui.memory_mut(|memory| memory.request_focus(rename_id()));
    }
    action
}

/// Lines of buttons: a factory preset has none that change its file.
fn lines(entry: &Entry) -> usize {
    if entry.origin == Origin::Factory { 1 } else { 2 }
}

fn rename_id() -> Id {
    Id::unique("new name of a preset")
}

fn act(desk: &Desk, action: Action, entry: &Entry, view: &mut View, browsing: &mut Browsing) {
    let selected = Selected::of(entry);
    match action {
        Action::Load => {
            view.shelf.load(desk, &selected.choice());
            browsing.draft.follow(&selected.choice(), view.shelf.library());
        }
        Action::MakeDefault => view.settings.default_preset = Some(selected.choice()),
        Action::NoDefault => view.settings.default_preset = None,
        Action::BeginRename => browsing.new_name = Some(entry.name.clone()),
        Action::EndRename => browsing.new_name = None,
        Action::Rename => {
            let name = browsing.new_name.clone().unwrap_or_default().trim().to_owned();
            let mut on = Desktop {
                shelf: &mut view.shelf,
                settings: &mut view.settings,
                slot: desk.params.ab_active(),
            };
            browsing.rename(&mut on, &selected, &name, Existing::Keep);
        }
        Action::Delete => {
            if let Origin::User(path) = &entry.origin {
                browsing.question = Some(Question::Delete(selected, path.clone()));
            }
        }
    }
}
