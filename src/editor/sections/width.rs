//! Stereo width.

use egui::{Rect, Ui};

use super::{Desk, knobs};
use crate::editor::theme;
use crate::editor::widgets::about;
use crate::editor::widgets::panel::Panel;

/// Draws and runs the width stage.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let touch = desk.touch(theme::WIDTH);
    let p = &desk.params.width;
    let panel = Panel::new(ui, &touch, rect, "Width", Some(&p.on));
    panel.fill(ui, |ui| {
        let row = [
            (&p.width, about("Width", "Gain of the side signal: 0 % is mono, 100 % leaves it alone.")),
            (&p.mono_below, about("Mono", "Everything below this frequency becomes mono.")),
            (&p.balance, about("Balance", "Lowers the other side; never raises anything.")),
        ];
        knobs(ui, &touch, panel.inside, &row);
    });
}
