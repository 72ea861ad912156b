//! Switches: a pill with a word in it, and the round stage switch.

use egui::{Align2, Color32, CornerRadius, Id, Rect, Response, Sense, Stroke, StrokeKind, Ui};
use nice_plug::prelude::*;

use super::operate::gesture;
use super::{About, Touch, explain, label};
use crate::editor::theme;

/// A word that lights up while its parameter is on.
pub fn pill(ui: &mut Ui, touch: &Touch, rect: Rect, param: &BoolParam, about: About) {
    let on = param.unmodulated_plain_value();
    let response = word(ui, touch.accent, rect, Id::unique(("pill", param.name())), about.label, on);
    if response.clicked() {
        gesture(touch.setter, param, !on);
    }
    explain(response, param.name(), about.meaning);
}

/// A button with a word in it, lit or not.
pub fn word(ui: &Ui, accent: Color32, rect: Rect, id: Id, text: &str, on: bool) -> Response {
    let response = ui.interact(rect, id, Sense::click());
    let (fill, ink) = match (on, response.hovered()) {
        (true, false) => (accent, theme::WELL),
        (true, true) => (accent.gamma_multiply(0.85), theme::WELL),
        (false, false) => (theme::RAISED, theme::TEXT_DIM),
        (false, true) => (theme::HOVERED, theme::TEXT),
    };
    ui.painter().rect_filled(rect, CornerRadius::same(theme::CONTROL_ROUNDING), fill);
    label(ui.painter(), rect.center(), Align2::CENTER_CENTER, text, theme::SMALL, ink);
    response
}

/// The switch of a whole stage: a ring that is filled while the stage is on.
pub fn power(ui: &mut Ui, touch: &Touch, rect: Rect, param: &BoolParam, name: &str) -> bool {
    let on = param.unmodulated_plain_value();
    let response = ui.interact(rect, Id::unique(("power", param.name())), Sense::click());
    if response.clicked() {
        gesture(touch.setter, param, !on);
    }
    let ring = if on || response.hovered() { touch.accent } else { theme::TEXT_DIM };
    let radius = 0.5 * rect.height().min(rect.width()) - 3.0;
    ui.painter().circle_stroke(rect.center(), radius, Stroke::new(1.5, ring));
    if on {
        ui.painter().circle_filled(rect.center(), radius - 2.5, touch.accent);
    }
    let meaning = if on { "On. Click to switch this off." } else { "Off. Click to switch this on." };
    explain(response, name, meaning);
    on
}

/// A numbered switch that is filled while on, for bands.
pub fn number(ui: &mut Ui, touch: &Touch, rect: Rect, param: &BoolParam, about: About) {
    let on = param.unmodulated_plain_value();
    let response = ui.interact(rect, Id::unique(("number", param.name())), Sense::click());
    if response.clicked() {
        gesture(touch.setter, param, !on);
    }
    let rounding = CornerRadius::same(theme::CONTROL_ROUNDING);
    let edge = if on || response.hovered() { touch.accent } else { theme::TEXT_DIM };
    let fill = if on { touch.accent } else { Color32::TRANSPARENT };
    ui.painter().rect(rect, rounding, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    let ink = if on { theme::WELL } else { theme::TEXT_DIM };
    label(ui.painter(), rect.center(), Align2::CENTER_CENTER, about.label, theme::SMALL, ink);
    explain(response, param.name(), about.meaning);
}
