//! What a limiter has done in the last seconds: peaks before it and behind it from below, reduction from above.

use egui::{Align2, Id, Rect, Sense, Stroke, Ui, pos2};

use super::reduction_history::{newest_right, seconds};
use super::{Touch, backed, explain, plot};
use crate::editor::theme;

/// Lowest peak shown, dBFS.
const FLOOR_DB: f32 = -30.0;
/// Highest peak shown, dBFS.
const TOP_DB: f32 = 9.0;
/// Levels with a line and a number, dBFS.
const MARKS_DB: [f32; 6] = [6.0, 0.0, -6.0, -12.0, -18.0, -24.0];

/// One moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peaks {
    /// Largest sample before the limiter, dBFS.
    pub input_db: f32,
    /// Largest sample behind it, dBFS.
    pub output_db: f32,
    /// Reduction, positive dB.
    pub reduction_db: f32,
}

/// Draws the moments, oldest first, `per_s` of them a second, with a line at the ceiling.
pub fn waveform_history(ui: &Ui, touch: &Touch, rect: Rect, peaks: &[Peaks], per_s: f32, ceiling_db: f32) {
    let painter = ui.painter().with_clip_rect(rect);
    let colours = touch.colours;
    painter.rect_filled(rect, theme::CONTROL_ROUNDING, colours.well);
    seconds(&painter, touch, rect, peaks.len(), per_s);
    let y = |db: f32| rect.bottom() - rect.height() * ((db - FLOOR_DB) / (TOP_DB - FLOOR_DB)).clamp(0.0, 1.0);
    for db in MARKS_DB {
        painter.hline(rect.x_range(), y(db), Stroke::new(1.0, colours.grid));
    }
    let x = |index: usize| newest_right(rect, index, peaks.len());
    let line = |level: fn(&Peaks) -> f32| {
        peaks.iter().enumerate().map(move |(n, moment)| pos2(x(n), y(level(moment))))
    };
    plot::area(&painter, line(|p| p.input_db), rect.bottom(), colours.text_dim.gamma_multiply(0.32));
    plot::area(&painter, line(|p| p.output_db), rect.bottom(), touch.accent.gamma_multiply(0.45));
    let hanging = || {
        let y = |db: f32| rect.top() + rect.height() * (db / (TOP_DB - FLOOR_DB)).clamp(0.0, 1.0);
        peaks.iter().enumerate().map(move |(n, moment)| pos2(x(n), y(moment.reduction_db)))
    };
    plot::area(&painter, hanging(), rect.top(), colours.caution.gamma_multiply(0.28));
    plot::curve(&painter, hanging().collect(), 1.5, colours.caution);
    painter.hline(rect.x_range(), y(ceiling_db), Stroke::new(1.0, touch.accent));
    for db in MARKS_DB {
        let at = pos2(rect.left() + 3.0, y(db));
        backed(&painter, touch, at, Align2::LEFT_CENTER, format!("{db:.0}"), colours.text_dim);
    }
    let at = pos2(rect.right() - 4.0, y(ceiling_db) - 2.0);
    backed(&painter, touch, at, Align2::RIGHT_BOTTOM, format!("ceiling {ceiling_db:.1}"), touch.accent);
    let response = ui.interact(rect, Id::unique("waveform history"), Sense::hover());
    let meaning =
        "Peaks before the limiter in grey and behind it in colour; what it took away hangs from above.";
    explain(&response, "Limiter history", meaning);
}
