//! Correlation of left and right as a lying scale from -1 to +1.

use egui::{Align2, CornerRadius, Id, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::{Touch, explain, label};
use crate::editor::theme;

/// Height of the bar.
const BAR_HEIGHT: f32 = 8.0;

/// Draws the scale with its numbers; nothing is marked where there is no correlation.
pub fn correlation(ui: &Ui, touch: &Touch, rect: Rect, correlation: Option<f64>) {
    let painter = ui.painter();
    let colours = touch.colours;
    let (low, rest) = rect.split_left_right_at_x(rect.left() + 16.0);
    let (bar, high) = rest.split_left_right_at_x(rest.right() - 18.0);
    for (place, text) in [(low, "-1"), (high, "+1")] {
        label(painter, place.center(), Align2::CENTER_CENTER, text, theme::SMALL, colours.text_dim);
    }
    let bar = Rect::from_center_size(bar.center(), vec2(bar.width() - 4.0, BAR_HEIGHT));
    painter.rect_filled(bar, CornerRadius::same(3), colours.well);
    painter.vline(bar.center().x, bar.y_range(), Stroke::new(1.0, colours.edge));
    if let Some(value) = correlation {
        let x = bar.center().x + 0.5 * bar.width() * value.clamp(-1.0, 1.0) as f32;
        let colour = if value < 0.0 { colours.alarm } else { touch.accent };
        let filled = Rect::from_x_y_ranges(x.min(bar.center().x)..=x.max(bar.center().x), bar.y_range());
        painter.rect_filled(filled, CornerRadius::same(2), colour.gamma_multiply(0.5));
        let marker = Rect::from_center_size(pos2(x, bar.center().y), vec2(4.0, BAR_HEIGHT + 4.0));
        painter.rect_filled(marker, CornerRadius::same(2), colour);
    }
    let response = ui.interact(rect, Id::unique(("correlation", rect.min.x as i32)), Sense::hover());
    let now = correlation.map_or("nothing to compare".to_owned(), |value| format!("{value:+.2}"));
    let meaning = format!("Now {now}. +1 is mono, 0 is unrelated, below 0 suffers when summed to mono.");
    explain(&response, "Correlation", &meaning);
}
