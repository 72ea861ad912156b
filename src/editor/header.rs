//! Name, pages, presets, undo, comparison.

use egui::{Align2, Id, Painter, Rect, RichText, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::desk::Desk;
use super::pages::track::Editing;
use super::shelf::{Shelf, choice_of, origin_name};
use super::theme;
use super::view::{Named as _, Page, page_meaning};
use super::widgets::chooser::menu;
use super::widgets::pill::{named, word};
use super::widgets::{Touch, explain, focus_ring, label, width};
use crate::state::Slot;
use crate::state::library::Origin;
use crate::state::user_settings::PresetChoice;

const HEIGHT: f32 = 24.0;
/// Room for the name of the program.
const NAME_WIDTH: f32 = 84.0;
/// What everything right of the tabs takes at least.
const RIGHT_WIDTH: f32 = 330.0;

/// Draws and runs the header; where a track is edited, undo and redo are its own.
pub fn show(
    ui: &mut Ui,
    desk: &Desk,
    rect: Rect,
    page: &mut Page,
    shelf: &mut Shelf,
    edited: Option<&mut Editing>,
) {
    let touch = desk.touch(desk.colours.levels);
    let middle = rect.center().y;
    let at = pos2(rect.left() + 2.0, middle);
    label(ui.painter(), at, Align2::LEFT_CENTER, "AuraCore", theme::TITLE, desk.colours.text);
    let (tabs_area, right) = rect.split_left_right_at_x(rect.right() - RIGHT_WIDTH.max(0.34 * rect.width()));
    tabs(ui, &touch, tabs_area.with_min_x(rect.left() + NAME_WIDTH), page);
    let line = Rect::from_center_size(right.center(), vec2(right.width(), HEIGHT));
    let (preset_area, buttons) = line.split_left_right_at_x(line.right() - 166.0);
    presets(ui, desk, &touch, preset_area, shelf);
    let mut left = buttons.left() + 8.0;
    let mut next = |width: f32| {
        let cell = Rect::from_min_size(pos2(left, buttons.top()), vec2(width, HEIGHT));
        left += width + 4.0;
        cell
    };
    steps(ui, desk, &touch, [next(24.0), next(24.0)], edited);
    next(2.0);
    comparison(ui, desk, &touch, [next(24.0), next(24.0), next(40.0)], shelf);
}

fn tabs(ui: &mut Ui, touch: &Touch, rect: Rect, page: &mut Page) {
    let mut left = rect.left() + 8.0;
    let spare = (rect.width() - 320.0).clamp(0.0, 120.0) / Page::ALL.len() as f32;
    for &tab in Page::ALL {
        let name = tab.name();
        let tab_width = width(ui, name, &theme::NORMAL) + 14.0 + spare;
        let cell = Rect::from_min_size(pos2(left, rect.top()), vec2(tab_width, rect.height()));
        left += tab_width;
        let response = ui.interact(cell, Id::unique(("page", name)), Sense::click());
        let chosen = *page == tab;
        let ink = match (chosen, response.hovered()) {
            (true, _) | (false, true) => touch.colours.text,
            (false, false) => touch.colours.text_dim,
        };
        label(ui.painter(), cell.center(), Align2::CENTER_CENTER, name, theme::NORMAL, ink);
        if chosen {
            let line =
                cell.shrink2(vec2(6.0, 0.0)).with_min_y(cell.bottom() - 5.0).with_max_y(cell.bottom() - 3.0);
            ui.painter().rect_filled(line, 1, touch.accent);
        }
        focus_ring(ui, touch, cell.shrink2(vec2(2.0, 6.0)), &response);
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, name));
        explain(&response, name, page_meaning(tab));
        if response.clicked() {
            *page = tab;
        }
    }
}

fn presets(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, shelf: &mut Shelf) {
    let (back, rest) = rect.split_left_right_at_x(rect.left() + 20.0);
    let (field, forth) = rest.split_left_right_at_x(rest.right() - 20.0);
    let slot = desk.params.ab_active();
    let present = shelf.loaded(slot).cloned();
    let is_changed =
        present.as_ref().is_some_and(|choice| !shelf.is_as_loaded(choice, &desk.params.expected()));
    let mark = if is_changed { " •" } else { "" };
    let name = present.as_ref().map_or("Choose a preset", |choice| choice.name.as_str());
    let text = format!("{name}{mark}");
    let field = field.shrink2(vec2(4.0, 0.0));
    let (place, open) = menu(ui, touch, field, Id::unique("presets"), ("Preset", &text), |ui| {
        ui.set_min_width(field.width() - 14.0);
        list(ui, touch, shelf, present.as_ref(), field.bottom())
    });
    let mut chosen = place.and_then(|place| shelf.library().entries().get(place)).map(choice_of);
    if !open {
        let hover = ui.interact(field, Id::unique("preset hover"), Sense::hover());
        explain(&hover, name, &told(shelf, present.as_ref(), is_changed));
    }
    let steps = [(back, "<", "Previous preset", -1), (forth, ">", "Next preset", 1)];
    for (rect, text, spoken, by) in steps {
        let response = named(ui, touch, rect, Id::unique(("preset", text)), (text, spoken), false);
        explain(&response, spoken, "Loads the neighbour in the list.");
        if response.clicked() {
            chosen = shelf.neighbour(slot, by);
        }
    }
    if let Some(choice) = chosen {
        shelf.load(desk, &choice);
    }
}

/// What is to be said of the preset that a slot was loaded with.
fn told(shelf: &mut Shelf, present: Option<&PresetChoice>, is_changed: bool) -> String {
    let Some(choice) = present else { return "The presets of the mastering chain.".to_owned() };
    match shelf.library().named(&choice.name, choice.origin) {
        None => "It is not in the library any more.".to_owned(),
        Some(entry) if is_changed => format!("{} Changed since it was loaded.", entry.description),
        Some(entry) => entry.description.clone(),
    }
}

/// The library as a menu below `top`: what can be read, the user's own after the factory's.
fn list(
    ui: &mut Ui,
    touch: &Touch,
    shelf: &mut Shelf,
    present: Option<&PresetChoice>,
    top: f32,
) -> Option<usize> {
    let mut chosen = None;
    let height = (ui.ctx().content_rect().height() - top - 30.0).max(200.0);
    egui::ScrollArea::vertical().max_height(height).show(ui, |ui| {
        let mut group = None;
        for (place, entry) in shelf.library().entries().iter().enumerate() {
            if entry.preset.is_err() {
                continue;
            }
            if matches!(entry.origin, Origin::User(_)) && group.replace(entry.origin.kind()).is_none() {
                let title = RichText::new(origin_name(&entry.origin)).font(theme::SMALL);
                ui.label(title.color(touch.colours.text_dim));
            }
            let row = ui.selectable_label(present == Some(&choice_of(entry)), &entry.name);
            if row.on_hover_text(&entry.description).clicked() {
                chosen = Some(place);
            }
        }
    });
    chosen
}

fn steps(ui: &Ui, desk: &Desk, touch: &Touch, [undo, redo]: [Rect; 2], edited: Option<&mut Editing>) {
    let run = |rect: Rect, (name, meaning): (&str, &str), can: bool, is_back: bool| {
        let response = ui.interact(rect, Id::unique(("step", name)), Sense::click());
        let colours = touch.colours;
        let fill = if can && response.hovered() { colours.hovered } else { colours.raised };
        ui.painter().rect_filled(rect, theme::CONTROL_ROUNDING, fill);
        let ink = if can { colours.text } else { colours.text_dim.gamma_multiply(0.5) };
        turned_arrow(ui.painter(), rect, ink, is_back);
        focus_ring(ui, touch, rect, &response);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, can, name));
        explain(&response, name, meaning);
        can && response.clicked()
    };
    let (can_undo, can_redo) =
        edited.as_ref().map_or((desk.hand.can_undo(), desk.hand.can_redo()), |edited| edited.can_step());
    let by_key = if ui.ctx().text_edit_focused() || ui.input(|input| input.pointer.any_down()) {
        None
    } else {
        step_by_key(ui)
    };
    let back = run(
        undo,
        ("Undo", "Takes back the last change of the chain, or of the track on its page. Ctrl+Z."),
        can_undo,
        true,
    );
    let forth = run(redo, ("Redo", "Takes it once more. Ctrl+Shift+Z."), can_redo, false);
    let asked = [back.then_some(true), forth.then_some(false), by_key].into_iter().flatten().next();
    match (asked, edited) {
        (Some(is_back), Some(edited)) => edited.step(is_back),
        (Some(true), None) => desk.hand.undo(),
        (Some(false), None) => desk.hand.redo(),
        (None, _) => {}
    }
}

/// Whether undo (true) or redo (false) was asked for by key.
fn step_by_key(ui: &Ui) -> Option<bool> {
    use egui::{Key, Modifiers};
    ui.input_mut(|input| {
        if input.consume_key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z)
            || input.consume_key(Modifiers::COMMAND, Key::Y)
        {
            return Some(false);
        }
        input.consume_key(Modifiers::COMMAND, Key::Z).then_some(true)
    })
}

/// An arrow that turns back to the left, or forth to the right.
fn turned_arrow(painter: &Painter, rect: Rect, ink: egui::Color32, is_back: bool) {
    let side = if is_back { -1.0 } else { 1.0 };
    let at = |x: f32, y: f32| rect.center() + vec2(side * x, y);
    // The head points forth; its line comes from there, turns round in a half circle and goes back below.
    let mut line = vec![at(3.0, -3.0)];
    line.extend((0..=10).map(|step| {
        let (sin, cos) = (std::f32::consts::PI * (step as f32 / 10.0)).sin_cos();
        at(-1.0 - 3.75 * sin, 0.75 - 3.75 * cos)
    }));
    line.push(at(2.0, 4.5));
    painter.add(Shape::line(line, Stroke::new(1.6, ink)));
    let head = vec![at(6.5, -3.0), at(2.5, -6.5), at(2.5, 0.5)];
    painter.add(Shape::convex_polygon(head, ink, Stroke::NONE));
}

fn comparison(ui: &mut Ui, desk: &Desk, touch: &Touch, [a, b, copy]: [Rect; 3], shelf: &mut Shelf) {
    let active = desk.params.ab_active();
    for (slot, cell, name) in [(Slot::A, a, "A"), (Slot::B, b, "B")] {
        let response = word(ui, touch, cell, Id::unique(("slot", name)), name, slot == active);
        if response.clicked() && slot != active {
            desk.hand.compare();
        }
        explain(&response, "Compare", "Two settings to switch between. How you listen stays as it is.");
    }
    let words = if active == Slot::A { ("A > B", "Copy A to B") } else { ("B > A", "Copy B to A") };
    let response = named(ui, touch, copy, Id::unique("copy slot"), words, false);
    if response.clicked() {
        desk.params.ab_copy();
        let present = shelf.loaded(active).cloned();
        shelf.set_loaded(active.other(), present);
    }
    explain(&response, "Copy", "Copies what you hear into the other slot.");
}
