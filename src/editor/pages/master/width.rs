//! Stereo width: the image as a cloud, correlation, controls.

use egui::{Rect, Ui};

use crate::editor::desk::Desk;
use crate::editor::layout::GAP;
use crate::editor::widgets::about;
use crate::editor::widgets::correlation::correlation;
use crate::editor::widgets::knob::knobs;
use crate::editor::widgets::panel::{Panel, frame};
use crate::editor::widgets::vectorscope::vectorscope;

const CORRELATION_HEIGHT: f32 = 22.0;

/// Draws and runs the width stage.
pub fn show(ui: &mut Ui, desk: &Desk, (display, rect): (Rect, Rect)) {
    let touch = desk.touch(desk.colours.width);
    frame(ui, &touch, display);
    let inside = display.shrink(GAP);
    let (cloud, scale) = inside.split_top_bottom_at_y(inside.bottom() - CORRELATION_HEIGHT);
    vectorscope(ui, &touch, cloud, &desk.picture.scope);
    correlation(ui, &touch, scale, desk.picture.output.and_then(|reading| reading.correlation));
    let p = &desk.params.width;
    let panel = Panel::new(ui, &touch, rect, "Width", Some(&p.on));
    panel.fill(ui, |ui| {
        let row = [
            (&p.width, about("Width", "Gain of the side signal: 0 % is mono, 100 % leaves it alone.")),
            (&p.mono_below, about("Mono below", "Everything below this frequency becomes mono.")),
            (&p.balance, about("Balance", "Lowers the other side; never raises anything.")),
        ];
        knobs(ui, &touch, panel.inside, &row);
    });
}
