//! Switches: a pill with a word in it, and the round stage switch.

use egui::{
    Align2, Color32, CornerRadius, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
};
use nice_plug::prelude::*;

use super::{About, Touch, explain, focus_ring, label};
use crate::editor::theme;

/// A word that lights up while its parameter is on.
pub fn pill(ui: &mut Ui, touch: &Touch, rect: Rect, param: &BoolParam, about: About) {
    let on = param.unmodulated_plain_value();
    let response = button(ui, touch, rect, Id::unique(("pill", param.name())), about.label, on);
    switch(touch, &response, param, on);
    explain(&response, param.name(), about.meaning);
}

/// Runs a switch that has been drawn.
fn switch(touch: &Touch, response: &Response, param: &BoolParam, on: bool) {
    if response.clicked() {
        touch.hand.gesture(param, !on);
    }
    response.context_menu(|ui| {
        let default = param.default_plain_value();
        let name = if default { "on" } else { "off" };
        if ui.button(format!("Back to {name}")).clicked() {
            touch.hand.gesture(param, default);
            ui.close();
        }
    });
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, param.name()));
}

/// A button with a word in it, lit or not.
pub fn word(ui: &Ui, touch: &Touch, rect: Rect, id: Id, text: &str, on: bool) -> Response {
    named(ui, touch, rect, id, (text, text), on)
}

/// The same with a name of its own, where the word alone says too little.
pub fn named(ui: &Ui, touch: &Touch, rect: Rect, id: Id, (text, name): (&str, &str), on: bool) -> Response {
    let response = button(ui, touch, rect, id, text, on);
    response.widget_info(|| match on {
        true => WidgetInfo::selected(Role::Button, true, true, name),
        // Most of these are commands, which are not switches.
        false => WidgetInfo::labeled(Role::Button, true, name),
    });
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    response
}

fn button(ui: &Ui, touch: &Touch, rect: Rect, id: Id, text: &str, on: bool) -> Response {
    let response = ui.interact(rect, id, Sense::click());
    let colours = touch.colours;
    let (fill, ink) = match (on, response.hovered()) {
        (true, _) => (touch.accent, colours.on_accent),
        (false, false) => (colours.raised, colours.text_dim),
        (false, true) => (colours.hovered, colours.text),
    };
    ui.painter().rect_filled(rect, CornerRadius::same(theme::CONTROL_ROUNDING), fill);
    label(ui.painter(), rect.center(), Align2::CENTER_CENTER, text, theme::SMALL, ink);
    focus_ring(ui, touch, rect, &response);
    response
}

/// The switch of a whole stage, which may stand in several places: a ring that is filled while the stage is on.
pub fn power(ui: &mut Ui, touch: &Touch, rect: Rect, param: &BoolParam, (name, place): (&str, &str)) -> bool {
    let on = param.unmodulated_plain_value();
    let response = ui.interact(rect, Id::unique(("power", param.name(), place)), Sense::click());
    switch(touch, &response, param, on);
    let ring = if on || response.hovered() { touch.accent } else { touch.colours.text_dim };
    let radius = 0.5 * rect.height().min(rect.width()) - 3.0;
    ui.painter().circle_stroke(rect.center(), radius, Stroke::new(1.5, ring));
    if on {
        ui.painter().circle_filled(rect.center(), radius - 2.5, touch.accent);
    }
    focus_ring(ui, touch, rect, &response);
    let meaning = if on { "On. Click to switch this off." } else { "Off. Click to switch this on." };
    explain(&response, name, meaning);
    on
}

/// A numbered button: filled while what it stands for is on, framed while it is chosen.
pub fn number(
    ui: &Ui,
    touch: &Touch,
    rect: Rect,
    id: Id,
    (name, number): (&str, usize),
    (is_on, is_chosen): (bool, bool),
) -> Response {
    let response = ui.interact(rect, id, Sense::click());
    let colours = touch.colours;
    let rounding = CornerRadius::same(theme::CONTROL_ROUNDING);
    let edge = if is_chosen {
        Stroke::new(2.0, colours.text)
    } else {
        Stroke::new(1.0, if is_on || response.hovered() { touch.accent } else { colours.edge })
    };
    let fill = if is_on { touch.accent } else { Color32::TRANSPARENT };
    ui.painter().rect(rect, rounding, fill, edge, StrokeKind::Inside);
    let ink = if is_on { colours.on_accent } else { colours.text_dim };
    label(ui.painter(), rect.center(), Align2::CENTER_CENTER, number, theme::SMALL, ink);
    focus_ring(ui, touch, rect, &response);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, name));
    response
}
