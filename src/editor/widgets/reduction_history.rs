//! What a compressor has done in the last seconds: level as an area from below, reduction as an area from above.

use egui::{Align2, Id, Rect, Sense, Stroke, Ui, pos2};

use super::time_axis::{newest_right, newest_that_fit, seconds};
use super::{Touch, backed, explain, plot};
use crate::control::DynamicsPoint;
use crate::editor::theme;

/// Lowest level shown, dB.
const FLOOR_DB: f32 = -60.0;
/// Reductions that the scale may end with, dB.
const SCALES_DB: [f32; 4] = [6.0, 12.0, 24.0, 48.0];

/// Draws the newest of a trail, oldest first, with `per_s` points a second.
pub fn reduction_history(
    ui: &Ui,
    touch: &Touch,
    rect: Rect,
    trail: &[DynamicsPoint],
    per_s: f32,
    name: &str,
) {
    let moments = newest_that_fit(rect, trail);
    let painter = ui.painter().with_clip_rect(rect);
    let colours = touch.colours;
    painter.rect_filled(rect, theme::CONTROL_ROUNDING, colours.well);
    let most_db = moments.iter().fold(0.0f32, |most, moment| most.max(moment.compressor_reduction_db));
    let scale_db = SCALES_DB.into_iter().find(|scale_db| most_db <= *scale_db).unwrap_or(SCALES_DB[3]);
    let y_of_reduction = |db: f32| rect.top() + rect.height() * (db / scale_db).clamp(0.0, 1.0);
    let y_of_level = |db: f32| rect.bottom() - rect.height() * ((db - FLOOR_DB) / -FLOOR_DB).clamp(0.0, 1.0);
    seconds(&painter, touch, rect, moments.len(), per_s);
    let x = |index: usize| newest_right(rect, index, moments.len());
    let levels =
        moments.iter().enumerate().map(|(n, moment)| pos2(x(n), y_of_level(moment.compressor_level_db)));
    plot::area(&painter, levels, rect.bottom(), colours.text_dim.gamma_multiply(0.25));
    let reductions =
        || moments.iter().enumerate().map(|(n, m)| pos2(x(n), y_of_reduction(m.compressor_reduction_db)));
    plot::area(&painter, reductions(), rect.top(), touch.accent.gamma_multiply(0.3));
    plot::curve(&painter, reductions().collect(), 1.5, touch.accent);
    for share in [0.25, 0.5, 0.75] {
        let db = scale_db * share;
        painter.hline(rect.x_range(), y_of_reduction(db), Stroke::new(1.0, colours.grid));
        let at = pos2(rect.left() + 3.0, y_of_reduction(db));
        backed(&painter, touch, at, Align2::LEFT_CENTER, format!("-{db}"), colours.text_dim);
    }
    let response = ui.interact(rect, Id::unique(("reduction history", name)), Sense::hover());
    let meaning = "Gain reduction from above in decibels, the level that causes it from below.";
    explain(&response, name, meaning);
}
