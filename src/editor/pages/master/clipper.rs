//! Soft clipper: its curve and its controls.

use egui::{Rect, Ui};

use crate::dsp::units::{db_to_gain, gain_to_db};
use crate::editor::desk::Desk;
use crate::editor::layout::{GAP, columns};
use crate::editor::widgets::about;
use crate::editor::widgets::knob::knobs;
use crate::editor::widgets::panel::{Panel, frame};
use crate::editor::widgets::shaped_wave::shaped_wave;
use crate::editor::widgets::transfer_curve::{TransferCurve, transfer_curve};
use crate::engine::chain::clipper::static_curve;

/// Draws and runs the clipper.
pub fn show(ui: &mut Ui, desk: &Desk, (display, rect): (Rect, Rect)) {
    let touch = desk.touch(desk.colours.clipper);
    frame(ui, &touch, display);
    let inside = display.shrink(GAP);
    let c = desk.params.settings().clipper;
    let output_db = |input_db: f32| gain_to_db(static_curve(db_to_gain(input_db), &c).max(1e-6));
    let shown = TransferCurve {
        floor_db: -36.0,
        top_db: 12.0,
        output_db: &output_db,
        threshold_db: None,
        dot_db: None,
    };
    let (curve, wave) = columns(inside, 0.5 * (inside.width() - GAP));
    transfer_curve(ui, &touch, curve, &shown, "Clipper curve");
    shaped_wave(ui, &touch, wave, &|magnitude| static_curve(magnitude, &c), "Clipped sine");
    let p = &desk.params.clipper;
    let panel = Panel::new(ui, &touch, rect, "Clipper", Some(&p.on));
    panel.fill(ui, |ui| {
        let row = [
            (&p.drive, about("Drive", "Gain into the clipper.")),
            (&p.level, about("Level", "Level that the clipped wave approaches.")),
            (&p.softness, about("Softness", "0 % clips hard, 100 % bends over the whole range.")),
        ];
        knobs(ui, &touch, panel.inside, &row);
    });
}
