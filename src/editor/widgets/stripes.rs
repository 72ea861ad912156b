//! Level displays: upright peak meters and lying gain reduction.

use egui::{Align2, Color32, CornerRadius, Painter, Rect, Ui, pos2, vec2};

use super::{explain, label};
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
pub fn peaks(ui: &Ui, rect: Rect, peaks: [f32; 2], accent: Color32, caption: &str, explanation: &str) {
    let painter = ui.painter();
    let body = rect.with_min_y(rect.top() + 16.0);
    label(painter, rect.center_top(), Align2::CENTER_TOP, caption, theme::SMALL, theme::TEXT_DIM);
    let bars = body.with_min_x(body.left() + SCALE_WIDTH);
    for mark in MARKS_DB {
        let y = body.bottom() - body.height() * share(mark);
        let at = pos2(bars.left() - 4.0, y);
        let text = format!("{}", mark.abs());
        label(painter, at, Align2::RIGHT_CENTER, text, theme::SMALL, theme::TEXT_DIM);
    }
    let width = (0.5 * (bars.width() - 3.0)).min(16.0);
    for (index, peak) in peaks.into_iter().enumerate() {
        let left = bars.left() + index as f32 * (width + 3.0);
        let bar = Rect::from_min_size(pos2(left, bars.top()), vec2(width, bars.height()));
        upright(painter, bar, gain_to_db(peak.max(1e-6)), accent);
    }
    for mark in MARKS_DB {
        let y = body.bottom() - body.height() * share(mark);
        painter.hline(bars.x_range(), y, egui::Stroke::new(1.0, theme::PANEL.gamma_multiply(0.8)));
    }
    explain(
        ui.interact(rect, egui::Id::unique(("peaks", caption)), egui::Sense::hover()),
        caption,
        explanation,
    );
}

fn upright(painter: &Painter, bar: Rect, level_db: f32, accent: Color32) {
    painter.rect_filled(bar, CornerRadius::same(2), theme::WELL);
    let top = bar.bottom() - bar.height() * share(level_db);
    let colour = if level_db > HOT_DB { theme::ALARM } else { accent };
    if top < bar.bottom() - 0.5 {
        painter.rect_filled(bar.with_min_y(top), CornerRadius::same(2), colour);
    }
}

/// A lying bar that grows from the right with the gain reduction, and its number.
pub fn reduction(ui: &Ui, rect: Rect, reduction_db: f32, accent: Color32, name: &str) {
    let painter = ui.painter();
    let rect = Rect::from_center_size(rect.center(), vec2(rect.width(), 16.0));
    let (bar, number) = rect.split_left_right_at_x(rect.right() - 34.0);
    let bar = Rect::from_center_size(bar.center(), vec2(bar.width(), 8.0));
    painter.rect_filled(bar, CornerRadius::same(3), theme::WELL);
    let share = (reduction_db / MOST_REDUCTION_DB).clamp(0.0, 1.0).sqrt();
    if reduction_db >= 0.05 {
        let left = bar.right() - bar.width() * share;
        painter.rect_filled(bar.with_min_x(left), CornerRadius::same(3), accent);
    }
    let text = format!("{:.1}", reduction_db.max(0.0));
    label(painter, number.right_center(), Align2::RIGHT_CENTER, text, theme::SMALL, theme::TEXT);
    let id = egui::Id::unique(("reduction", name));
    explain(
        ui.interact(rect, id, egui::Sense::hover()),
        name,
        "Gain reduction in decibels, held with a steady fall.",
    );
}
