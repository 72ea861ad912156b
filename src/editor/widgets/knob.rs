//! A knob with its label above and its value below.

use std::f32::consts::PI;

use egui::{Align2, Id, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};
use nice_plug::prelude::*;

use super::operate::operate;
use super::{About, Touch, entry, explain, fitted, focus_ring, label};
use crate::editor::layout::{column, row};
use crate::editor::theme;

/// Width of a knob below which a second row is begun.
const NARROWEST_KNOB: f32 = 62.0;
const LABEL_HEIGHT: f32 = 15.0;
const VALUE_HEIGHT: f32 = 17.0;
const MAX_DIAMETER: f32 = 58.0;
/// Angle of the lowest value, clockwise from the right; the highest mirrors it.
const START: f32 = 0.75 * PI;
const SWEEP: f32 = 1.5 * PI;

/// Draws and runs a knob in the middle of `rect`.
pub fn knob(ui: &mut Ui, touch: &Touch, rect: Rect, param: &FloatParam, about: About) {
    let id = Id::unique(("knob", param.name()));
    let room = rect.height() - LABEL_HEIGHT - VALUE_HEIGHT;
    let diameter = room.min(rect.width() - 4.0).min(MAX_DIAMETER);
    let height = diameter + LABEL_HEIGHT + VALUE_HEIGHT;
    let top = rect.center().y - 0.5 * height;
    let centre = pos2(rect.center().x, top + LABEL_HEIGHT + 0.5 * diameter);
    let value_rect =
        Rect::from_min_size(pos2(rect.left(), top + height - VALUE_HEIGHT), vec2(rect.width(), VALUE_HEIGHT));

    let grip = Rect::from_center_size(centre, vec2(diameter.max(rect.width() - 6.0), diameter));
    let response = ui.interact(grip, id, Sense::click_and_drag());
    let shown = operate(ui, &response, param, touch);
    let lit = response.hovered() || response.dragged() || response.has_focus();
    let painter = ui.painter();
    label(
        painter,
        pos2(centre.x, top),
        Align2::CENTER_TOP,
        about.label,
        theme::SMALL,
        touch.colours.text_dim,
    );
    dial(painter, centre, 0.5 * diameter, shown, origin(param), touch, lit);
    focus_ring(ui, touch, Rect::from_center_size(centre, vec2(diameter, diameter)), &response);
    explain(&response, param.name(), about.meaning);
    value(ui, touch, value_rect, id, param, shown);
}

/// Knobs in a row, or in two where they would be too narrow.
pub fn knobs(ui: &mut Ui, touch: &Touch, rect: Rect, knobs: &[(&FloatParam, About)]) {
    let rows = if rect.width() / (knobs.len() as f32) < NARROWEST_KNOB { 2 } else { 1 };
    let in_row = knobs.len().div_ceil(rows);
    for (index, (param, about)) in knobs.iter().enumerate() {
        let area = row(rect, index / in_row, rows);
        knob(ui, touch, column(area, index % in_row, in_row), param, *about);
    }
}

/// Where the coloured arc begins: at zero where the range has it, else at the lowest value.
pub fn origin(param: &FloatParam) -> f32 {
    let (low, high) = (param.preview_plain(0.0), param.preview_plain(1.0));
    if low < 0.0 && high >= 0.0 { param.preview_normalized(0.0) } else { 0.0 }
}

fn dial(painter: &Painter, centre: Pos2, radius: f32, shown: f32, origin: f32, touch: &Touch, lit: bool) {
    let width = (radius * 0.16).clamp(2.5, 5.0);
    let ring = radius - 0.5 * width;
    let colours = touch.colours;
    arc(painter, centre, ring, 0.0, 1.0, Stroke::new(width, colours.raised));
    arc(painter, centre, ring, origin.min(shown), origin.max(shown), Stroke::new(width, touch.accent));
    let cap = if lit { colours.hovered } else { colours.raised };
    painter.circle(centre, radius - width - 2.5, cap, Stroke::new(1.0, colours.edge));
    let (sin, cos) = (START + SWEEP * shown).sin_cos();
    let at = |share: f32| centre + vec2(cos, sin) * (radius * share);
    painter.line_segment([at(0.25), at(0.66)], Stroke::new(2.0, colours.text));
}

fn arc(painter: &Painter, centre: Pos2, radius: f32, from: f32, to: f32, stroke: Stroke) {
    if to - from < 1e-3 {
        return;
    }
    let steps = ((to - from) * 40.0).ceil() as usize + 1;
    let points = (0..=steps)
        .map(|step| {
            let share = from + (to - from) * step as f32 / steps as f32;
            let (sin, cos) = (START + SWEEP * share).sin_cos();
            centre + vec2(cos, sin) * radius
        })
        .collect();
    painter.add(Shape::line(points, stroke));
}

fn value(ui: &mut Ui, touch: &Touch, rect: Rect, id: Id, param: &FloatParam, shown: f32) {
    if entry::run(ui, touch, rect, id, param) {
        return;
    }
    // The knob itself is what the keyboard stops at.
    let response = ui.interact(rect, id.with("value"), Sense::CLICK);
    let text = param.normalized_value_to_string(shown, true);
    let colour = if response.hovered() { touch.accent } else { touch.colours.text };
    let short = fitted(ui, text.clone(), rect.width() - 5.0, &theme::SMALL);
    label(ui.painter(), rect.center(), Align2::CENTER_CENTER, short, theme::SMALL, colour);
    if response.clicked() {
        entry::open(ui, id, text);
    } else {
        response.on_hover_cursor(egui::CursorIcon::Text).on_hover_text("Click to type a value");
    }
}
