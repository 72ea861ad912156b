//! What a waveshaper makes of a sine: a period before it and behind it.

use std::f32::consts::TAU;

use egui::{Align2, Id, Pos2, Rect, Sense, Stroke, Ui, pos2};

use super::{Touch, explain, label, plot};
use crate::dsp::units::db_to_gain;
use crate::editor::theme;

/// Height of the display as a magnitude, either way.
const REACH: f32 = 1.5;

/// Draws a period of a full-scale sine and what `shaped` makes of its magnitudes.
pub fn shaped_wave(ui: &Ui, touch: &Touch, rect: Rect, shaped: &dyn Fn(f32) -> f32, name: &str) {
    let painter = ui.painter().with_clip_rect(rect);
    let colours = touch.colours;
    painter.rect_filled(rect, theme::CONTROL_ROUNDING, colours.well);
    let y = |x: f32| rect.center().y - 0.5 * rect.height() * x / REACH;
    painter.hline(rect.x_range(), y(0.0), Stroke::new(1.0, colours.edge));
    for level_db in [0.0, -6.0f32] {
        let gain = db_to_gain(level_db);
        for side in [gain, -gain] {
            painter.hline(rect.x_range(), y(side), Stroke::new(1.0, colours.grid));
        }
        let at = pos2(rect.left() + 3.0, y(gain));
        label(&painter, at, Align2::LEFT_CENTER, format!("{level_db:.0}"), theme::SMALL, colours.text_dim);
    }
    let sine = |x: f32| (TAU * (x - rect.left()) / rect.width()).sin();
    let before: Vec<Pos2> = plot::places(rect).map(|x| pos2(x, y(sine(x)))).collect();
    let behind: Vec<Pos2> =
        plot::places(rect).map(|x| pos2(x, y(shaped(sine(x).abs()).copysign(sine(x))))).collect();
    plot::area(&painter, behind.iter().copied(), y(0.0), touch.accent.gamma_multiply(0.14));
    plot::curve(&painter, before, 1.0, colours.text_dim);
    plot::curve(&painter, behind, 2.0, touch.accent);
    let response = ui.interact(rect, Id::unique(("shaped wave", name)), Sense::hover());
    explain(&response, name, "A full-scale sine in grey and what comes out in colour.");
}
