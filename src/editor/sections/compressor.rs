//! Compressor.

use egui::{Rect, Ui, pos2, vec2};

use super::{Desk, knobs};
use crate::editor::theme;
use crate::editor::widgets::about;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::pill;
use crate::editor::widgets::stripes::reduction;

/// Height of a pill in a title line.
const PILL_HEIGHT: f32 = 18.0;

/// Draws and runs the compressor.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let touch = desk.touch(theme::COMPRESSOR);
    let p = &desk.params.compressor;
    let panel = Panel::new(ui, &touch, rect, "Compressor", Some(&p.on));
    panel.fill(ui, |ui| {
        let left = switches(ui, desk, panel.title);
        let room = panel.title.with_min_x((left + 10.0).max(panel.title.right() - 260.0));
        reduction(
            ui,
            room,
            desk.telemetry.compressor_reduction_db,
            touch.accent,
            "Compressor gain reduction",
        );
        let row = [
            (&p.threshold, about("Thresh", "Level above which the compressor works.")),
            (&p.ratio, about("Ratio", "How many decibels in become one decibel out above the threshold.")),
            (&p.knee, about("Knee", "Width of the soft bend around the threshold.")),
            (&p.attack, about("Attack", "Time constant with which the gain goes down.")),
            (&p.release, about("Release", "Time constant with which the gain comes back.")),
            (&p.lookahead, about("Look", "How far the detector sees ahead. None in live mode.")),
            (&p.rms_blend, about("RMS", "Detector: 0 % reads peaks, 100 % reads RMS.")),
            (
                &p.sidechain_highpass,
                about("Low cut", "High-pass in the detector, so that bass does not pump the rest."),
            ),
            (
                &p.stereo_link,
                about("Link", "0 % compresses each channel by itself, 100 % both by the louder."),
            ),
            (&p.mix, about("Mix", "Share of the compressed signal; the rest is untouched, in phase.")),
            (&p.makeup, about("Make-up", "Gain after the compressor.")),
        ];
        knobs(ui, &touch, panel.inside, &row);
    });
}

/// The switches in the title line; returns where they end.
fn switches(ui: &mut Ui, desk: &Desk, title: Rect) -> f32 {
    let touch = desk.touch(theme::COMPRESSOR);
    let p = &desk.params.compressor;
    let mut left = title.left();
    for (param, width, label, meaning) in [
        (
            &p.auto_release,
            84.0,
            "Auto release",
            "The release follows the programme: quick after peaks, slow in dense parts.",
        ),
        (&p.auto_makeup, 76.0, "Auto gain", "Slowly makes up for the loudness that compression takes away."),
        (&p.external_sidechain, 64.0, "Ext key", "The detector listens to the side-chain input."),
    ] {
        let at = pos2(left, title.center().y - 0.5 * PILL_HEIGHT);
        pill(ui, &touch, Rect::from_min_size(at, vec2(width, PILL_HEIGHT)), param, about(label, meaning));
        left += width + 5.0;
    }
    left
}
