//! Loudness over the last minutes, with the level that a service plays at.

use egui::{Align2, Id, Rect, Sense, Shape, Stroke, Ui, pos2};

use super::time_axis::{newest_right, seconds};
use super::{Touch, backed, explain, plot};
use crate::editor::theme;
use crate::view::meters::LoudnessPoint;

/// Lowest loudness shown, LUFS.
const FLOOR_LUFS: f32 = -36.0;
/// Highest loudness shown, LUFS.
const TOP_LUFS: f32 = 0.0;
/// Distance of the lines, LU.
const GRID_LU: f32 = 6.0;

/// Draws the moments, oldest first, `per_s` of them a second.
pub fn loudness_history(
    ui: &Ui,
    touch: &Touch,
    rect: Rect,
    moments: &[LoudnessPoint],
    per_s: f32,
    target: Option<(&str, f32)>,
) {
    let painter = ui.painter().with_clip_rect(rect);
    let colours = touch.colours;
    painter.rect_filled(rect, theme::CONTROL_ROUNDING, colours.well);
    let y = |lufs: f32| {
        rect.bottom() - rect.height() * ((lufs - FLOOR_LUFS) / (TOP_LUFS - FLOOR_LUFS)).clamp(0.0, 1.0)
    };
    seconds(&painter, touch, rect, moments.len(), per_s);
    let lines = ((TOP_LUFS - FLOOR_LUFS) / GRID_LU) as i32;
    for index in 1..lines {
        let lufs = TOP_LUFS - index as f32 * GRID_LU;
        painter.hline(rect.x_range(), y(lufs), Stroke::new(1.0, colours.grid));
    }
    let x = |index: usize| newest_right(rect, index, moments.len());
    let line = |level: fn(&LoudnessPoint) -> f32| {
        moments.iter().enumerate().map(move |(n, moment)| pos2(x(n), y(level(moment))))
    };
    let momentary = line(|m| m.momentary_lufs);
    plot::area(&painter, momentary, rect.bottom(), touch.accent.gamma_multiply(0.22));
    plot::curve(&painter, line(|m| m.short_term_lufs).collect(), 1.5, touch.accent);
    plot::curve(&painter, line(|m| m.integrated_lufs).collect(), 2.0, colours.text);
    if let Some((name, lufs)) = target {
        let ends = [pos2(rect.left(), y(lufs)), pos2(rect.right(), y(lufs))];
        painter.extend(Shape::dashed_line(&ends, Stroke::new(1.0, colours.caution), 5.0, 4.0));
        let at = pos2(rect.right() - 4.0, y(lufs) - 2.0);
        let text = format!("{name} {lufs:.0}");
        backed(&painter, touch, at, Align2::RIGHT_BOTTOM, text, colours.caution);
    }
    for index in 1..lines {
        let lufs = TOP_LUFS - index as f32 * GRID_LU;
        let at = pos2(rect.left() + 3.0, y(lufs));
        backed(&painter, touch, at, Align2::LEFT_CENTER, format!("{lufs:.0}"), colours.text_dim);
    }
    let response = ui.interact(rect, Id::unique("loudness history"), Sense::hover());
    let minutes = moments.len() as f32 / per_s.max(1.0) / 60.0;
    let meaning = format!(
        "Momentary loudness as an area, short-term as a line, integrated as a bright line. {minutes:.1} minutes."
    );
    explain(&response, "Loudness history", &meaning);
}
