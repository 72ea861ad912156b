//! What a limiter has done in the last seconds: peaks before it and behind it from below, reduction from above.

use egui::{Align2, Id, Rect, Sense, Stroke, Ui, pos2};

use super::time_axis::{newest_right, newest_that_fit, seconds};
use super::{Touch, backed, explain, plot};
use crate::control::DynamicsPoint;
use crate::dsp::units::gain_to_db;
use crate::editor::theme;

/// Lowest peak shown, dBFS.
const FLOOR_DB: f32 = -30.0;
/// Highest peak shown, dBFS.
const TOP_DB: f32 = 9.0;
/// Levels with a line and a number, dBFS.
const MARKS_DB: [f32; 6] = [6.0, 0.0, -6.0, -12.0, -18.0, -24.0];

/// Level of a peak, finite for silence.
fn peak_db(peak: f32) -> f32 {
    gain_to_db(peak.max(1e-6))
}

/// Draws the newest of a trail, oldest first, with `per_s` points a second and a line at the ceiling.
pub fn waveform_history(
    ui: &Ui,
    touch: &Touch,
    rect: Rect,
    trail: &[DynamicsPoint],
    per_s: f32,
    ceiling_db: f32,
) {
    let moments = newest_that_fit(rect, trail);
    let painter = ui.painter().with_clip_rect(rect);
    let colours = touch.colours;
    painter.rect_filled(rect, theme::CONTROL_ROUNDING, colours.well);
    seconds(&painter, touch, rect, moments.len(), per_s);
    let y = |db: f32| rect.bottom() - rect.height() * ((db - FLOOR_DB) / (TOP_DB - FLOOR_DB)).clamp(0.0, 1.0);
    for db in MARKS_DB {
        painter.hline(rect.x_range(), y(db), Stroke::new(1.0, colours.grid));
    }
    let x = |index: usize| newest_right(rect, index, moments.len());
    let line = |level: fn(&DynamicsPoint) -> f32| {
        moments.iter().enumerate().map(move |(n, moment)| pos2(x(n), y(level(moment))))
    };
    plot::area(
        &painter,
        line(|p| peak_db(p.limiter_input_peak)),
        rect.bottom(),
        colours.text_dim.gamma_multiply(0.32),
    );
    plot::area(
        &painter,
        line(|p| peak_db(p.limiter_output_peak)),
        rect.bottom(),
        touch.accent.gamma_multiply(0.45),
    );
    let hanging = || {
        let y = |db: f32| rect.top() + rect.height() * (db / (TOP_DB - FLOOR_DB)).clamp(0.0, 1.0);
        moments.iter().enumerate().map(move |(n, moment)| pos2(x(n), y(moment.limiter_reduction_db)))
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
