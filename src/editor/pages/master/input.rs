//! Input gain and input level.

use egui::{Rect, Ui};

use crate::editor::desk::Desk;
use crate::editor::widgets::about;
use crate::editor::widgets::knob::knob;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::stripes::peaks;

const KNOB_HEIGHT: f32 = 84.0;

/// Draws and runs the input strip.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let touch = desk.touch(desk.colours.levels);
    let panel = Panel::new(ui, &touch, rect, "Input", None);
    panel.fill(ui, |ui| {
        let (top, meter) = panel.inside.split_top_bottom_at_y(panel.inside.top() + KNOB_HEIGHT);
        let about = about("Gain", "Gain before the first stage.");
        knob(ui, &touch, top, &desk.params.global.input_gain, about);
        let [left, right, ..] = desk.picture.peaks;
        let meter = meter.with_min_y(meter.top() + 4.0);
        let meaning = "Sample peaks before the input gain, left and right.";
        peaks(ui, &touch, meter, [left, right], "In", meaning);
    });
}
