//! Level displays: upright peak meters and lying gain reduction.

use egui::{Align2, CornerRadius, Id, Painter, Rect, Sense, Ui, pos2, vec2};

use super::{Touch, explain, label};
use crate::dsp::units::gain_to_db;
use crate::editor::theme;

/// Lowest level on a peak meter, dBFS.
const FLOOR_DB: f32 = -60.0;
/// Highest level on a peak meter, dBFS.
const TOP_DB: f32 = 3.0;
/// From here up a peak meter warns, dBFS.
const HOT_DB: f32 = -0.1;
/// Longest bar of a gain reduction display, dB.
const MOST_REDUCTION_DB: f32 = 18.0;
/// Levels with a number beside them, dBFS.
const MARKS_DB: [f32; 6] = [0.0, -6.0, -12.0, -24.0, -36.0, -48.0];
/// Room for the numbers.
const SCALE_WIDTH: f32 = 22.0;

/// Height of a level as a share of a meter. The top 24 dB take half of it.
fn share(level_db: f32) -> f32 {
    ((level_db.max(FLOOR_DB) - FLOOR_DB) / (TOP_DB - FLOOR_DB)).clamp(0.0, 1.0).powf(1.4)
}

/// Two upright bars with a scale between window edge and bars, for `peaks` as magnitudes.
pub fn peaks(ui: &Ui, touch: &Touch, rect: Rect, peaks: [f32; 2], caption: &str, explanation: &str) {
    let painter = ui.painter();
    let dim = touch.colours.text_dim;
    let body = rect.with_min_y(rect.top() + 16.0);
    label(painter, rect.center_top(), Align2::CENTER_TOP, caption, theme::SMALL, dim);
    let bars = body.with_min_x(body.left() + SCALE_WIDTH);
    for mark in MARKS_DB {
        let y = body.bottom() - body.height() * share(mark);
        let at = pos2(bars.left() - 4.0, y);
        label(painter, at, Align2::RIGHT_CENTER, format!("{}", mark.abs()), theme::SMALL, dim);
    }
    let width = (0.5 * (bars.width() - 3.0)).min(16.0);
    for (index, peak) in peaks.into_iter().enumerate() {
        let left = bars.left() + index as f32 * (width + 3.0);
        let bar = Rect::from_min_size(pos2(left, bars.top()), vec2(width, bars.height()));
        upright(painter, touch, bar, gain_to_db(peak.max(1e-6)));
    }
    for mark in MARKS_DB {
        let y = body.bottom() - body.height() * share(mark);
        let line = egui::Stroke::new(1.0, touch.colours.panel.gamma_multiply(0.8));
        painter.hline(bars.left()..=bars.left() + 2.0 * width + 3.0, y, line);
    }
    let response = ui.interact(rect, Id::unique(("peaks", caption)), Sense::hover());
    explain(&response, caption, explanation);
}

/// Two small upright bars without a scale, for `peaks` as magnitudes.
pub fn bars(ui: &Ui, touch: &Touch, rect: Rect, peaks: [f32; 2], name: &str, explanation: &str) {
    let width = 0.5 * (rect.width() - 2.0);
    for (index, peak) in peaks.into_iter().enumerate() {
        let left = rect.left() + index as f32 * (width + 2.0);
        let bar = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
        bar_of(ui.painter(), touch, bar, gain_to_db(peak.max(1e-6)));
    }
    let response = ui.interact(rect, Id::unique(("bars", name)), Sense::hover());
    explain(&response, name, explanation);
}

fn bar_of(painter: &Painter, touch: &Touch, bar: Rect, level_db: f32) {
    painter.rect_filled(bar, CornerRadius::same(2), touch.colours.well);
    let top = bar.bottom() - bar.height() * share(level_db);
    if top < bar.bottom() - 0.5 {
        let ink = if level_db > HOT_DB { touch.colours.alarm } else { touch.accent };
        painter.rect_filled(bar.with_min_y(top), CornerRadius::same(2), ink);
    }
}

fn upright(painter: &Painter, touch: &Touch, bar: Rect, level_db: f32) {
    painter.rect_filled(bar, CornerRadius::same(2), touch.colours.well);
    let top = bar.bottom() - bar.height() * share(level_db);
    if top < bar.bottom() - 0.5 {
        painter.rect_filled(bar.with_min_y(top), CornerRadius::same(2), touch.accent);
    }
    if level_db > HOT_DB {
        // The colour alone would not tell everybody: the end of the bar has a cap as well.
        let cap = bar.with_max_y(bar.bottom() - bar.height() * share(HOT_DB));
        painter.rect_filled(cap, CornerRadius::same(2), touch.colours.alarm);
        label(painter, cap.center(), Align2::CENTER_CENTER, "!", theme::SMALL, touch.colours.on_accent);
    }
}

/// A lying bar that grows from the right with the gain reduction, and its number.
pub fn reduction(ui: &Ui, touch: &Touch, rect: Rect, reduction_db: f32, name: &str) {
    let painter = ui.painter();
    let rect = Rect::from_center_size(rect.center(), vec2(rect.width(), 16.0));
    let (bar, number) = rect.split_left_right_at_x(rect.right() - 34.0);
    let bar = Rect::from_center_size(bar.center(), vec2(bar.width(), 6.0));
    reduction_bar(painter, touch, bar, reduction_db);
    let text = format!("{:.1}", reduction_db.max(0.0));
    label(painter, number.right_center(), Align2::RIGHT_CENTER, text, theme::SMALL, touch.colours.text);
    let response = ui.interact(rect, Id::unique(("reduction", name)), Sense::hover());
    explain(&response, name, "Gain reduction in decibels, held with a steady fall.");
}

/// The bar alone.
pub fn reduction_bar(painter: &Painter, touch: &Touch, bar: Rect, reduction_db: f32) {
    painter.rect_filled(bar, CornerRadius::same(3), touch.colours.well);
    let share = (reduction_db / MOST_REDUCTION_DB).clamp(0.0, 1.0).sqrt();
    if reduction_db >= 0.05 {
        let left = bar.right() - bar.width() * share;
        painter.rect_filled(bar.with_min_x(left), CornerRadius::same(3), touch.accent);
    }
}
