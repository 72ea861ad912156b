//! What a compressor has done in the last seconds: level as an area from below, reduction as an area from above.

use egui::{Align2, Id, Rect, Sense, Stroke, Ui, pos2};

use super::{Touch, backed, explain, plot};
use crate::editor::theme;

/// Lowest level shown, dB.
const FLOOR_DB: f32 = -60.0;
/// Reductions that the scale may end with, dB.
const SCALES_DB: [f32; 4] = [6.0, 12.0, 24.0, 48.0];

/// One moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// Level that the detector saw, dB.
    pub level_db: f32,
    /// Reduction, positive dB.
    pub reduction_db: f32,
}

/// Draws the moments, oldest first, `per_s` of them a second; the newest stands at the right edge.
pub fn reduction_history(ui: &Ui, touch: &Touch, rect: Rect, moments: &[Moment], per_s: f32, name: &str) {
    let painter = ui.painter().with_clip_rect(rect);
    let colours = touch.colours;
    painter.rect_filled(rect, theme::CONTROL_ROUNDING, colours.well);
    let most_db = moments.iter().fold(0.0f32, |most, moment| most.max(moment.reduction_db));
    let scale_db = SCALES_DB.into_iter().find(|scale_db| most_db <= *scale_db).unwrap_or(SCALES_DB[3]);
    let y_of_reduction = |db: f32| rect.top() + rect.height() * (db / scale_db).clamp(0.0, 1.0);
    let y_of_level = |db: f32| rect.bottom() - rect.height() * ((db - FLOOR_DB) / -FLOOR_DB).clamp(0.0, 1.0);
    seconds(&painter, touch, rect, moments.len(), per_s);
    let x = |index: usize| newest_right(rect, index, moments.len());
    let levels = moments.iter().enumerate().map(|(n, moment)| pos2(x(n), y_of_level(moment.level_db)));
    plot::area(&painter, levels, rect.bottom(), colours.text_dim.gamma_multiply(0.25));
    let reductions = || moments.iter().enumerate().map(|(n, m)| pos2(x(n), y_of_reduction(m.reduction_db)));
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

/// Place of one of `count` moments that fill a display.
pub fn newest_right(rect: Rect, index: usize, count: usize) -> f32 {
    rect.right() - rect.width() * (count - 1 - index) as f32 / count.saturating_sub(1).max(1) as f32
}

/// Moments that a display can show: no more than it has points.
pub fn moments_that_fit(rect: Rect, available: usize) -> usize {
    available.min((rect.width() * 1.5) as usize)
}

/// Upright lines at whole seconds before now, or at longer steps where those would stand too close.
pub fn seconds(painter: &egui::Painter, touch: &Touch, rect: Rect, moments: usize, per_s: f32) {
    if moments < 2 || per_s <= 0.0 {
        return;
    }
    let shown_s = (moments - 1) as f32 / per_s;
    let room = rect.width() / shown_s;
    let step_s =
        [1.0, 5.0, 10.0, 30.0, 60.0f32].into_iter().find(|step_s| step_s * room >= 24.0).unwrap_or(60.0);
    let count = (shown_s / step_s) as usize;
    for index in 1..=count {
        let x = rect.right() - room * step_s * index as f32;
        painter.vline(x, rect.y_range(), Stroke::new(1.0, touch.colours.grid));
    }
}
