//! Output trim and dither.

use egui::{Rect, Ui, pos2, vec2};

use super::Desk;
use crate::editor::theme;
use crate::editor::widgets::chooser::chooser;
use crate::editor::widgets::knob::knob;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::{pill, power};
use crate::editor::widgets::{Touch, about, note};

/// Draws and runs the output panel.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let touch = desk.touch(theme::LEVELS);
    let panel = Panel::new(ui, &touch, rect, "Output", None);
    panel.fill(ui, |ui| {
        let (left, right) = panel.inside.split_left_right_at_fraction(0.46);
        let knob_rect = left.with_max_y(left.top() + 100.0);
        let meaning = "Gain after the limiter. It only lowers, so the ceiling holds.";
        knob(ui, &touch, knob_rect, &desk.params.global.output_trim, about("Trim", meaning));
        dither(ui, desk, right.with_min_x(right.left() + 4.0));
    });
}

fn dither(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let touch: Touch = desk.touch(theme::DITHER);
    let p = &desk.params.dither;
    let line =
        |index: f32| Rect::from_min_size(rect.min + vec2(0.0, 2.0 + index * 28.0), vec2(rect.width(), 21.0));
    let first = line(0.0);
    let ring = Rect::from_center_size(pos2(first.left() + 8.0, first.center().y), vec2(18.0, 18.0));
    let on = power(ui, &touch, ring, &p.on, "Dither");
    let ink = if on { touch.accent } else { theme::TEXT_DIM };
    note(ui, pos2(ring.right() + 4.0, first.center().y), "Dither", ink);
    chooser(
        ui,
        &touch,
        line(1.0),
        &p.bits,
        about("Bits", "Word length to round to. Leave dither off where the host works in floating point."),
    );
    pill(
        ui,
        &touch,
        line(2.0),
        &p.shaping,
        about("Shaping", "Moves the noise to where hearing is least sensitive."),
    );
}
