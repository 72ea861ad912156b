//! A value in a flat field that is dragged sideways: a slider for tight places.

use egui::{Align2, CornerRadius, Id, Rect, Sense, Ui, pos2};
use nice_plug::prelude::*;

use super::knob::origin;
use super::operate::operate;
use super::{About, Touch, body, entry, explain, fitted, focus_ring, label, note, width};
use crate::editor::theme;

/// Draws and runs a slider that fills `rect`. A click opens it for typing.
pub fn slot(ui: &mut Ui, touch: &Touch, rect: Rect, param: &FloatParam, about: About) {
    let id = Id::unique(("slot", param.name()));
    if entry::run(ui, touch, rect, id, param) {
        return;
    }
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let shown = operate(ui, &response, param, touch);
    let text = param.normalized_value_to_string(shown, true);
    if response.clicked() && !response.double_clicked() && !response.has_focus() {
        entry::open(ui, id, text.clone());
    }

    let painter = ui.painter();
    let lit = response.hovered() || response.dragged();
    body(painter, rect, touch.colours.well, if lit { touch.accent } else { touch.colours.edge });
    let inner = rect.shrink(2.0);
    let x = |share: f32| inner.left() + inner.width() * share;
    let (from, to) = (origin(param).min(shown), origin(param).max(shown));
    let filled = Rect::from_min_max(pos2(x(from), inner.top()), pos2(x(to), inner.bottom()));
    painter.rect_filled(filled, CornerRadius::same(2), touch.accent.gamma_multiply(0.28));
    let room = rect.width() - 10.0;
    if width(ui, about.label, &theme::SMALL) + width(ui, &text, &theme::SMALL) + 4.0 <= room {
        note(ui, pos2(rect.left() + 5.0, rect.center().y), about.label, touch.colours.text_dim);
        let at = pos2(rect.right() - 5.0, rect.center().y);
        label(painter, at, Align2::RIGHT_CENTER, text, theme::SMALL, touch.colours.text);
    } else {
        let short = fitted(ui, text, room, &theme::SMALL);
        label(painter, rect.center(), Align2::CENTER_CENTER, short, theme::SMALL, touch.colours.text);
    }
    focus_ring(ui, touch, rect, &response);
    explain(&response, param.name(), about.meaning);
}
