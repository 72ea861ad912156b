//! Soft clipper.

use egui::{Rect, Ui};

use super::{Desk, knobs};
use crate::editor::theme;
use crate::editor::widgets::about;
use crate::editor::widgets::panel::Panel;

/// Draws and runs the clipper.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let touch = desk.touch(theme::CLIPPER);
    let p = &desk.params.clipper;
    let panel = Panel::new(ui, &touch, rect, "Clipper", Some(&p.on));
    panel.fill(ui, |ui| {
        let row = [
            (&p.drive, about("Drive", "Gain into the clipper.")),
            (&p.level, about("Level", "Level that the clipped wave approaches.")),
            (&p.softness, about("Soft", "0 % clips hard, 100 % bends over the whole range.")),
        ];
        knobs(ui, &touch, panel.inside, &row);
    });
}
