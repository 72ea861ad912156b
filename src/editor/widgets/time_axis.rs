//! Time in histories: the newest moment stands at the right edge.

use egui::{Painter, Rect, Stroke};

use super::Touch;

/// Place of one of `count` moments that fill a display.
pub fn newest_right(rect: Rect, index: usize, count: usize) -> f32 {
    rect.right() - rect.width() * (count - 1 - index) as f32 / count.saturating_sub(1).max(1) as f32
}

/// The newest moments, no more than a display has room for.
pub fn newest_that_fit<T>(rect: Rect, moments: &[T]) -> &[T] {
    let shown = moments.len().min((rect.width() * 1.5) as usize);
    &moments[moments.len() - shown..]
}

/// Upright lines at whole seconds before now, or at longer steps where those would stand too close.
pub fn seconds(painter: &Painter, touch: &Touch, rect: Rect, moments: usize, per_s: f32) {
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
