//! Name, pages, presets, undo, comparison.

use egui::{Align2, Id, Painter, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::pages::Desk;
use super::theme;
use super::view::Page;
use super::widgets::chooser::menu;
use super::widgets::pill::word;
use super::widgets::{Touch, explain, focus_ring, label, width};
use crate::state::Slot;
use crate::state::preset::{Preset, factory};

const HEIGHT: f32 = 24.0;
/// Room for the name of the program.
const NAME_WIDTH: f32 = 84.0;
/// What everything right of the tabs takes at least.
const RIGHT_WIDTH: f32 = 330.0;

/// The preset that each comparison slot was last loaded with.
#[derive(Debug, Default)]
pub struct Loaded {
    a: Option<usize>,
    b: Option<usize>,
}

impl Loaded {
    fn of(&mut self, slot: Slot) -> &mut Option<usize> {
        match slot {
            Slot::A => &mut self.a,
            Slot::B => &mut self.b,
        }
    }
}

/// Draws and runs the header.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, page: &mut Page, loaded: &mut Loaded) {
    let touch = desk.touch(desk.colours.levels);
    let middle = rect.center().y;
    let at = pos2(rect.left() + 2.0, middle);
    label(ui.painter(), at, Align2::LEFT_CENTER, "AuraCore", theme::TITLE, desk.colours.text);
    let (tabs_area, right) = rect.split_left_right_at_x(rect.right() - RIGHT_WIDTH.max(0.34 * rect.width()));
    tabs(ui, &touch, tabs_area.with_min_x(rect.left() + NAME_WIDTH), page);
    let line = Rect::from_center_size(right.center(), vec2(right.width(), HEIGHT));
    let (preset_area, buttons) = line.split_left_right_at_x(line.right() - 166.0);
    presets(ui, desk, &touch, preset_area, loaded);
    let mut left = buttons.left() + 8.0;
    let mut next = |width: f32| {
        let cell = Rect::from_min_size(pos2(left, buttons.top()), vec2(width, HEIGHT));
        left += width + 4.0;
        cell
    };
    steps(ui, desk, &touch, [next(24.0), next(24.0)]);
    next(2.0);
    comparison(ui, desk, &touch, [next(24.0), next(24.0), next(40.0)], loaded);
}

fn tabs(ui: &mut Ui, touch: &Touch, rect: Rect, page: &mut Page) {
    let mut left = rect.left() + 8.0;
    let spare = (rect.width() - 320.0).clamp(0.0, 120.0) / Page::ALL.len() as f32;
    for tab in Page::ALL {
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
        explain(&response, name, tab.meaning());
        if response.clicked() {
            *page = tab;
        }
    }
}

fn presets(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, loaded: &mut Loaded) {
    let (back, rest) = rect.split_left_right_at_x(rect.left() + 20.0);
    let (field, forth) = rest.split_left_right_at_x(rest.right() - 20.0);
    let all = factory();
    let present = loaded.of(desk.params.ab_active());
    let text = present.map_or("Choose a preset", |index| all[index].name.as_str());
    let field = field.shrink2(vec2(4.0, 0.0));
    let (mut chosen, open) = menu(ui, touch, field, Id::unique("presets"), ("Preset", text), |ui| {
        let mut chosen = None;
        ui.set_min_width(field.width() - 14.0);
        let height = (ui.ctx().content_rect().height() - field.bottom() - 30.0).max(200.0);
        egui::ScrollArea::vertical().max_height(height).show(ui, |ui| {
            for (index, preset) in all.iter().enumerate() {
                let row = ui.selectable_label(*present == Some(index), &preset.name);
                if row.on_hover_text(&preset.description).clicked() {
                    chosen = Some(index);
                }
            }
        });
        chosen
    });
    if let (Some(index), false) = (*present, open) {
        let hover = ui.interact(field, Id::unique("preset hover"), Sense::hover());
        explain(&hover, text, &all[index].description);
    }
    let step = |ui: &Ui, rect, text, by: usize| {
        let response = word(ui, touch, rect, Id::unique(("preset", text)), text, false);
        explain(&response, "Preset", "Loads the neighbour in the list.");
        response.clicked().then(|| present.map_or(0, |index| (index + by) % all.len()))
    };
    chosen = chosen.or(step(ui, back, "<", all.len() - 1)).or(step(ui, forth, ">", 1));
    if let Some(index) = chosen {
        load(desk, &all[index]);
        *present = Some(index);
    }
}

/// Takes over a preset's sound. How it is listened to stays: mode, bypass, gain match, delta.
pub fn load(desk: &Desk, preset: &Preset) {
    let now = desk.params.settings();
    let mut next = preset.controls;
    next.mode = now.mode;
    next.global.bypass = now.global.bypass;
    next.global.gain_match = now.global.gain_match;
    next.global.delta = now.global.delta;
    desk.hand.apply(&next);
}

fn steps(ui: &Ui, desk: &Desk, touch: &Touch, [undo, redo]: [Rect; 2]) {
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
    let (can_undo, can_redo) = (desk.hand.can_undo(), desk.hand.can_redo());
    let by_key = if ui.ctx().egui_wants_keyboard_input() { None } else { step_by_key(ui) };
    if run(undo, ("Undo", "Takes back the last change. Ctrl+Z."), can_undo, true) || by_key == Some(true) {
        desk.hand.undo();
    }
    if run(redo, ("Redo", "Takes it once more. Ctrl+Shift+Z."), can_redo, false) || by_key == Some(false) {
        desk.hand.redo();
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
    let bow = (0..=10).map(|step| {
        let angle = std::f32::consts::PI * (0.5 - step as f32 / 10.0);
        at(-1.0 - 4.0 * angle.cos(), 0.5 + 3.5 * -angle.sin()) - vec2(0.0, -0.5)
    });
    let mut line: Vec<_> = vec![at(3.0, -3.0)];
    line.extend(bow.map(|point| point));
    line.push(at(2.0, 4.5));
    painter.add(Shape::line(line, Stroke::new(1.6, ink)));
    let head = vec![at(6.5, -3.0), at(2.5, -6.5), at(2.5, 0.5)];
    painter.add(Shape::convex_polygon(head, ink, Stroke::NONE));
}

fn comparison(ui: &mut Ui, desk: &Desk, touch: &Touch, [a, b, copy]: [Rect; 3], loaded: &mut Loaded) {
    let active = desk.params.ab_active();
    for (slot, cell, name) in [(Slot::A, a, "A"), (Slot::B, b, "B")] {
        let response = word(ui, touch, cell, Id::unique(("slot", name)), name, slot == active);
        if response.clicked() && slot != active {
            desk.hand.compare();
        }
        explain(&response, "Compare", "Two settings to switch between. How you listen stays as it is.");
    }
    let text = if active == Slot::A { "A > B" } else { "B > A" };
    let response = word(ui, touch, copy, Id::unique("copy slot"), text, false);
    if response.clicked() {
        desk.params.ab_copy();
        let present = *loaded.of(active);
        *loaded.of(active.other()) = present;
    }
    explain(&response, "Copy", "Copies what you hear into the other slot.");
}
