//! Search, tags and the list. A click or Enter loads, arrow keys select.

use egui::{EventFilter, Id, Key, Rect, Response, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use super::browsing::{Browsing, Selected};
use super::chips;
use crate::editor::desk::Desk;
use crate::editor::layout::rows;
use crate::editor::shelf::{choice_of, origin_name};
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::field::{self, Field, field};
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::{Touch, explain, focus_ring, line, width};
use crate::state::library::Entry;

/// Height of a row, in points.
const ROW: f32 = 40.0;

/// Room for the scroll bar beside the rows.
const SCROLL_BAR: f32 = 9.0;

/// What a row is.
#[derive(Clone, Copy)]
struct Marks {
    is_selected: bool,
    is_loaded: bool,
    is_changed: bool,
    is_default: bool,
}

/// Draws and runs the panel.
pub fn show(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, view: &mut View, browsing: &mut Browsing) {
    let panel = Panel::new(ui, touch, rect, "Presets", None);
    let (search, rest) = rows(panel.inside, field::HEIGHT);
    let (tags, list) = rows(rest, chips::LINE * chips::LINES as f32 - 4.0);
    let about = Field { name: "Search presets", hint: "Search names, descriptions and tags", is_long: false };
    let typed = field(ui, touch, search, Id::unique("preset search"), &mut browsing.words, about);
    chips::show(ui, touch, tags, &view.shelf.library().tags(), &mut browsing.tag);

    let slot = desk.params.ab_active();
    let loaded = view.shelf.loaded(slot).cloned();
    let is_changed =
        loaded.as_ref().is_some_and(|choice| !view.shelf.is_as_loaded(choice, &desk.params.expected()));
    let library = view.shelf.library();
    let found = library.find(&browsing.words, browsing.tag.as_deref());
    let count = format!("{} of {}", found.len(), library.entries().len());
    line(ui, panel.title, &count, theme::SMALL, touch.colours.text_dim);
    let at = browsing.selected.as_ref().and_then(|selected| found.iter().position(|it| selected.is(it)));
    let has_keys = typed.has_focus() || ui.memory(|memory| memory.has_focus(selected_id()));
    let by_keys = if has_keys || typed.lost_focus() { Keys::read(ui) } else { Keys::default() };
    let moved = moved(at, by_keys.by, found.len());
    if let Some(at) = moved {
        browsing.offset = scrolled(browsing.offset, at, list.height());
    }
    let selected = moved.or(at);
    let marks = |index: usize, entry: &Entry| {
        let is_loaded = entry.preset.is_ok() && loaded.as_ref() == Some(&choice_of(entry));
        let is_default =
            entry.preset.is_ok() && view.settings.default_preset.as_ref() == Some(&choice_of(entry));
        Marks { is_selected: selected == Some(index), is_loaded, is_changed, is_default }
    };
    let mut clicked = None;
    let builder = UiBuilder::new().max_rect(list).id_salt("preset list");
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(list.intersect(ui.clip_rect()));
        ui.spacing_mut().item_spacing.y = 0.0;
        let mut area = ScrollArea::vertical().auto_shrink(false);
        if moved.is_some() {
            area = area.vertical_scroll_offset(browsing.offset);
        }
        let shown = area.show_rows(ui, ROW, found.len(), |ui, range| {
            for index in range {
                let response = row(ui, touch, index, found[index], marks(index, found[index]));
                if response.clicked() {
                    response.ctx.memory_mut(|memory| memory.request_focus(selected_id()));
                    clicked = Some(index);
                }
            }
        });
        browsing.offset = shown.state.clamped_offset().y;
    });
    if found.is_empty() {
        line(ui, list.with_max_y(list.top() + 30.0), "Nothing fits.", theme::NORMAL, touch.colours.text_dim);
    }
    let to_load = clicked.or(selected.filter(|_| by_keys.is_enter));
    let chosen = to_load.or(moved).map(|index| Selected::of(found[index]));
    let load = to_load.map(|index| found[index]).filter(|entry| entry.preset.is_ok()).map(choice_of);
    if by_keys.is_enter && typed.lost_focus() {
        typed.request_focus();
    }
    if let Some(chosen) = chosen {
        browsing.select(chosen);
    }
    if let Some(choice) = load {
        view.shelf.load(desk, &choice);
        browsing.draft.follow(&choice, view.shelf.library());
    }
}

/// The row that is selected keeps its name as the selection moves, and so the keyboard.
fn selected_id() -> Id {
    Id::unique("selected preset")
}

/// What the keyboard asks of the list.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Keys {
    by: isize,
    is_enter: bool,
}

impl Keys {
    fn read(ui: &Ui) -> Self {
        ui.input(|input| {
            let presses = |key| input.num_presses(key) as isize;
            let page = 8 * (presses(Key::PageDown) - presses(Key::PageUp));
            let by = presses(Key::ArrowDown) - presses(Key::ArrowUp) + page;
            Self { by, is_enter: input.key_pressed(Key::Enter) }
        })
    }
}

/// Where a selection goes that is moved `by` rows; none where it does not move.
fn moved(at: Option<usize>, by: isize, count: usize) -> Option<usize> {
    if by == 0 || count == 0 {
        return None;
    }
    let last = count as isize - 1;
    let next = at.map_or(if by > 0 { 0 } else { last }, |at| (at as isize + by).clamp(0, last));
    Some(next as usize)
}

/// How far the list has to be scrolled for a row to be seen.
fn scrolled(offset: f32, row: usize, height: f32) -> f32 {
    let top = row as f32 * ROW;
    offset.min(top).max(top + ROW - height).max(0.0)
}

fn row(ui: &mut Ui, touch: &Touch, index: usize, entry: &Entry, marks: Marks) -> Response {
    let size = vec2(ui.available_width(), ROW);
    let (_, rect) = ui.allocate_space(size);
    let rect = rect.with_max_x(rect.right() - SCROLL_BAR);
    let id = if marks.is_selected { selected_id() } else { Id::unique(("preset row", index)) };
    let response = ui.interact(rect, id, Sense::click());
    if response.has_focus() {
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    }
    let colours = touch.colours;
    let inner = rect.shrink2(vec2(2.0, 1.0));
    if marks.is_selected || response.hovered() {
        let fill = if response.hovered() { colours.hovered } else { colours.raised };
        ui.painter().rect_filled(inner, theme::CONTROL_ROUNDING, fill);
    }
    if marks.is_selected {
        let bar = inner.with_max_x(inner.left() + 3.0);
        ui.painter().rect_filled(bar, 1, touch.accent);
    }
    let text = inner.shrink2(vec2(9.0, 2.0)).with_max_x(inner.right() - 7.0);
    let (first, second) = text.split_top_bottom_at_fraction(0.5);
    let state = state(entry, marks);
    let state_width = width(ui, &state, &theme::SMALL);
    let ink = if entry.preset.is_err() { colours.alarm } else { colours.text_dim };
    line(ui, first.with_min_x(first.right() - state_width - 1.0), &state, theme::SMALL, ink);
    let room = first.with_max_x(first.right() - state_width - 10.0);
    let name_ink = if marks.is_loaded { touch.accent } else { colours.text };
    let end = line(ui, room, &entry.name, theme::NORMAL, name_ink);
    if end + 30.0 < room.right() {
        let tags = entry.tags.join(" · ");
        line(ui, room.with_min_x(end + 10.0), &tags, theme::SMALL, colours.text_dim);
    }
    let description = entry.preset.as_ref().map_or_else(String::as_str, |_| entry.description.as_str());
    line(ui, second, description, theme::SMALL, colours.text_dim);
    focus_ring(ui, touch, inner.shrink(1.0), &response);
    response.widget_info(|| WidgetInfo {
        hint_text: Some(format!("{state}. {description}")),
        ..WidgetInfo::selected(Role::ListBoxOption, true, marks.is_selected, entry.name.as_str())
    });
    explain(&response, &entry.name, description);
    response
}

/// What is special about a preset, and whose it is.
fn state(entry: &Entry, marks: Marks) -> String {
    let mut parts = Vec::new();
    if entry.preset.is_err() {
        parts.push("Cannot be read");
    }
    if marks.is_loaded {
        parts.push(if marks.is_changed { "• Loaded, changed" } else { "• Loaded" });
    }
    if marks.is_default {
        parts.push("Default");
    }
    parts.push(origin_name(&entry.origin));
    parts.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_stays_within_the_list() {
        assert_eq!(moved(None, 1, 5), Some(0));
        assert_eq!(moved(None, -1, 5), Some(4));
        assert_eq!(moved(Some(3), 8, 5), Some(4));
        assert_eq!(moved(Some(3), -8, 5), Some(0));
        assert_eq!(moved(Some(3), 0, 5), None);
        assert_eq!(moved(Some(3), 1, 0), None);
    }

    #[test]
    fn the_selected_row_is_scrolled_into_sight() {
        assert_eq!(scrolled(0.0, 2, 200.0), 0.0);
        assert_eq!(scrolled(0.0, 10, 200.0), 240.0);
        assert_eq!(scrolled(400.0, 2, 200.0), 80.0);
    }

    #[test]
    fn a_row_says_what_it_is() {
        let library = crate::state::library::Library::at(None);
        let entry = &library.entries()[0];
        let plain = Marks { is_selected: true, is_loaded: false, is_changed: true, is_default: false };
        assert_eq!(state(entry, plain), "Factory");
        let all = Marks { is_loaded: true, is_default: true, ..plain };
        assert_eq!(state(entry, all), "• Loaded, changed · Default · Factory");
    }
}
