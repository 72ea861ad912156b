//! Picking one of a few: a field that opens a menu.

use egui::{Align2, EventFilter, Id, Key, Popup, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use nice_plug::prelude::*;

use super::{About, Touch, body, explain, focus_ring, wheel_notches};
use crate::editor::theme;

/// Width from which there is room for the arrow.
const ARROW_WIDTH: f32 = 74.0;

/// A field with the present choice of `param`. The wheel and the arrow keys go to the neighbours, Delete to
/// the default.
pub fn chooser<T: Enum + PartialEq + Copy + 'static>(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    param: &EnumParam<T>,
    about: About,
) {
    let present = param.unmodulated_plain_value().to_index();
    let id = Id::unique(("chooser", param.name()));
    let (mut chosen, is_open) = menu(ui, touch, rect, id, (param.name(), T::variants()[present]), |ui| {
        let mut chosen = None;
        for (index, name) in T::variants().iter().enumerate() {
            if ui.selectable_label(index == present, *name).clicked() {
                chosen = Some(index);
            }
        }
        chosen
    });
    let hover = ui.interact(rect, id.with("hover"), Sense::hover());
    if !is_open {
        explain(&hover, param.name(), about.meaning);
        chosen = chosen.or(neighbour(ui, &hover, id, present, T::variants().len()));
        if ui.memory(|memory| memory.has_focus(id)) && ui.input(|input| input.key_pressed(Key::Delete)) {
            chosen = Some(param.default_plain_value().to_index());
        }
    }
    if let Some(index) = chosen.filter(|index| *index != present) {
        touch.hand.gesture(param, T::from_index(index));
    }
}

/// The choice that wheel or arrow keys ask for: up is the one before, as in the open menu.
fn neighbour(ui: &Ui, hover: &Response, id: Id, present: usize, count: usize) -> Option<usize> {
    let turned = if hover.contains_pointer() { whole_notches(ui, id) } else { 0.0 };
    let keyed = if ui.memory(|memory| memory.has_focus(id)) { arrows(ui, id) } else { 0.0 };
    let by = turned + keyed;
    match by {
        _ if by > 0.0 => present.checked_sub(1),
        _ if by < 0.0 => Some((present + 1).min(count - 1)),
        _ => None,
    }
}

/// Whole notches of the wheel; what a trackpad gives in small parts adds up first.
fn whole_notches(ui: &Ui, id: Id) -> f32 {
    let turned = wheel_notches(ui);
    if turned == 0.0 {
        return 0.0;
    }
    ui.data_mut(|data| {
        let rest: &mut f32 = data.get_temp_mut_or_default(id.with("wheel"));
        *rest += turned;
        let whole = rest.trunc();
        *rest -= whole;
        whole
    })
}

/// Presses of the upright arrow keys, which then do not move the keyboard elsewhere.
fn arrows(ui: &Ui, id: Id) -> f32 {
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    ui.input(|input| input.num_presses(Key::ArrowUp) as f32 - input.num_presses(Key::ArrowDown) as f32)
}

/// A field that shows a text and opens a menu, with a name for those who do not see it; returns what was chosen there and
/// whether it is open.
pub fn menu(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    id: Id,
    (name, text): (&str, &str),
    items: impl FnOnce(&mut Ui) -> Option<usize>,
) -> (Option<usize>, bool) {
    let response = ui.interact(rect, id, Sense::click());
    let popup = Popup::menu(&response).width(rect.width().max(110.0));
    let open = popup.is_open();
    let lit = response.hovered() || open;
    body(ui.painter(), rect, touch.colours.well, if lit { touch.accent } else { touch.colours.edge });
    focus_ring(ui, touch, rect, &response);
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(text.to_owned()),
        ..WidgetInfo::labeled(Role::ComboBox, true, name)
    });
    let arrow = rect.width() >= ARROW_WIDTH;
    if arrow {
        triangle(ui, touch, pos2(rect.right() - 10.0, rect.center().y));
    }
    let room = rect.with_max_x(rect.right() - if arrow { 16.0 } else { 2.0 });
    ui.painter().with_clip_rect(room).text(
        if arrow { pos2(rect.left() + 7.0, rect.center().y) } else { rect.center() },
        if arrow { Align2::LEFT_CENTER } else { Align2::CENTER_CENTER },
        text,
        theme::SMALL,
        touch.colours.text,
    );
    let chosen = popup.show(items).and_then(|shown| shown.inner);
    (chosen, open)
}

fn triangle(ui: &Ui, touch: &Touch, at: egui::Pos2) {
    let points = vec![at + vec2(-3.5, -2.0), at + vec2(3.5, -2.0), at + vec2(0.0, 2.5)];
    ui.painter().add(egui::Shape::convex_polygon(points, touch.colours.text_dim, egui::Stroke::NONE));
}

/// All choices of `param` side by side.
pub fn segments<T: Enum + PartialEq + Copy + 'static>(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    param: &EnumParam<T>,
    about: About,
) {
    let present = param.unmodulated_plain_value().to_index();
    let id = Id::unique(("segments", param.name()));
    let chosen =
        side_by_side(ui, touch, rect, T::variants(), Some(present), (id, param.name(), about.meaning));
    if let Some(index) = chosen.filter(|index| *index != present) {
        touch.hand.gesture(param, T::from_index(index));
    }
}

/// Some choices side by side, none of them a parameter; returns what was chosen.
pub fn one_of(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    names: &[&str],
    present: Option<usize>,
    about: About,
) -> Option<usize> {
    let id = Id::unique(("one of", about.label));
    side_by_side(ui, touch, rect, names, present, (id, about.label, about.meaning))
}

fn side_by_side(
    ui: &Ui,
    touch: &Touch,
    rect: Rect,
    choices: &[&str],
    present: Option<usize>,
    (id, name, meaning): (Id, &str, &str),
) -> Option<usize> {
    let mut chosen = None;
    for (index, choice) in choices.iter().enumerate() {
        let cell = crate::editor::layout::column(rect, index, choices.len()).shrink2(vec2(1.0, 0.0));
        let is_present = present == Some(index);
        let response = super::pill::word(ui, touch, cell, id.with(index), choice, is_present);
        response.widget_info(|| {
            WidgetInfo::selected(Role::RadioButton, true, is_present, format!("{name}: {choice}"))
        });
        explain(&response, name, meaning);
        if response.clicked() {
            chosen = Some(index);
        }
    }
    chosen
}
