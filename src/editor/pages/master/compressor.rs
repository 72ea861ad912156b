//! Compressor: static curve with the programme on it, the last seconds, all controls.

use egui::{Rect, Ui, pos2, vec2};

use crate::dsp::dynamics::GainComputer;
use crate::dsp::units::{db_to_gain, gain_to_db};
use crate::editor::desk::Desk;
use crate::editor::layout::{GAP, columns};
use crate::editor::widgets::knob::knobs;
use crate::editor::widgets::panel::{Panel, frame};
use crate::editor::widgets::pill::pill;
use crate::editor::widgets::reduction_history::reduction_history;
use crate::editor::widgets::stripes::reduction;
use crate::editor::widgets::transfer_curve::{TransferCurve, transfer_curve};
use crate::editor::widgets::{Touch, about};

/// Height of a pill in a title line.
const PILL_HEIGHT: f32 = 18.0;
/// Most of the display's width that the static curve takes.
const CURVE_SHARE: f32 = 0.42;

/// Draws and runs the compressor.
pub fn show(ui: &mut Ui, desk: &Desk, (display, rect): (Rect, Rect)) {
    let touch = desk.touch(desk.colours.compressor);
    displays(ui, desk, &touch, display);
    let p = &desk.params.compressor;
    let panel = Panel::new(ui, &touch, rect, "Compressor", Some(&p.on));
    panel.fill(ui, |ui| {
        let left = switches(ui, desk, panel.title);
        let room = panel.title.with_min_x((left + 10.0).max(panel.title.right() - 260.0));
        let now_db = desk.telemetry.compressor_reduction_db;
        reduction(ui, &touch, room, now_db, "Compressor gain reduction");
        let row = [
            (&p.threshold, about("Threshold", "Level above which the compressor works.")),
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

fn displays(ui: &Ui, desk: &Desk, touch: &Touch, rect: Rect) {
    frame(ui, touch, rect);
    let inside = rect.shrink(GAP);
    let c = desk.params.settings().compressor;
    let computer = GainComputer::new(c.threshold_db, c.ratio, c.knee_db);
    // As the engine mixes: the compressed share with its make-up, the rest untouched.
    let auto_db = desk.telemetry.auto_makeup_db;
    let gain_db = |reduction_db: f32| {
        let wet = db_to_gain(c.makeup_db - reduction_db);
        gain_to_db((1.0 + c.mix * (wet - 1.0)).max(1e-6)) + auto_db
    };
    let output_db = |level_db: f32| level_db + gain_db(computer.reduction_db(level_db));
    let trail = desk.picture.dynamics.as_slice();
    let dot_db = trail.last().filter(|_| c.on).map(|now| {
        let level_db = now.compressor_level_db;
        [level_db, level_db + gain_db(now.compressor_reduction_db)]
    });
    let shown = TransferCurve {
        floor_db: -60.0,
        top_db: 6.0,
        output_db: &output_db,
        threshold_db: Some(c.threshold_db),
        dot_db,
    };
    let side = (CURVE_SHARE * inside.width()).min(1.2 * inside.height());
    let (curve, history) = columns(inside, side);
    transfer_curve(ui, touch, curve, &shown, "Compressor curve");
    reduction_history(ui, touch, history, trail, desk.picture.dynamics_per_s, "Compressor history");
}

/// The switches in the title line; returns where they end.
fn switches(ui: &mut Ui, desk: &Desk, title: Rect) -> f32 {
    let touch = desk.touch(desk.colours.compressor);
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
