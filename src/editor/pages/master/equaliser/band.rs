//! The bands side by side as buttons, and all controls of the chosen one.

use egui::{Id, Rect, Ui, pos2, vec2};
use nice_plug::prelude::*;

use super::flatten::has_gain;
use crate::control::{EqKind, EqPlacement};
use crate::editor::desk::Desk;
use crate::editor::layout::{column, columns};
use crate::editor::widgets::chooser::chooser;
use crate::editor::widgets::knob::knob;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::{number, pill};
use crate::editor::widgets::{About, Touch, about, explain};
use crate::params::EqBandParams;

const NAMES: [&str; 8] = ["Band 1", "Band 2", "Band 3", "Band 4", "Band 5", "Band 6", "Band 7", "Band 8"];
const NUMBER_SIZE: f32 = 20.0;
const ROW: f32 = 22.0;
const ROW_GAP: f32 = 5.0;

/// Draws and runs the panel below the graph.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, chosen: &mut usize) {
    let touch = desk.touch(desk.colours.eq);
    let bands = desk.params.eq.bands();
    let panel = Panel::new(ui, &touch, rect, NAMES[*chosen], Some(&bands[*chosen].on));
    numbers(ui, desk, &touch, panel.title, chosen);
    let band = bands[*chosen];
    panel.fill(ui, |ui| {
        let inside = panel.inside;
        let (fields, dials) = columns(inside, (0.36 * inside.width()).clamp(150.0, 260.0));
        let line = |index: usize| {
            let top = fields.top() + 4.0 + index as f32 * (ROW + ROW_GAP);
            Rect::from_min_size(pos2(fields.left(), top), vec2(fields.width(), ROW))
        };
        chooser(ui, &touch, line(0), &band.kind, about("Kind", "Shape of the band."));
        let meaning = "Part of the stereo image that this band filters.";
        let (place, solo) = columns(line(1), line(1).width() - 46.0);
        chooser(ui, &touch, place, &band.placement, about("Place", meaning));
        let alone = touch.in_colour(desk.colours.caution);
        let meaning = "Hear only the region that this band works on.";
        pill(ui, &alone, solo, &band.solo, about("Solo", meaning));
        dials_of(ui, &touch, (line(2), dials), band);
    });
}

/// The knobs; cuts have a slope in place of a gain.
fn dials_of(ui: &mut Ui, touch: &Touch, (line, dials): (Rect, Rect), band: &EqBandParams) {
    let kind = band.kind.unmodulated_plain_value();
    let is_cut = matches!(kind, EqKind::LowCut | EqKind::HighCut);
    if is_cut {
        chooser(ui, touch, line, &band.slope, about("Slope", "Steepness of the cut."));
    }
    let freq = (&band.freq, about("Frequency", "Centre, corner or pivot frequency."));
    let q = (&band.q, about("Q", "Quality factor: higher is narrower. For cuts it raises the corner."));
    let gain = (&band.gain, about("Gain", "Boost or cut."));
    let shown: Vec<(&FloatParam, About)> = if has_gain(kind) { vec![freq, gain, q] } else { vec![freq, q] };
    for (index, (param, about)) in shown.iter().enumerate() {
        knob(ui, touch, column(dials, index, 3), param, *about);
    }
}

/// One button for each band: a click chooses it, a double click switches it.
fn numbers(ui: &mut Ui, desk: &Desk, touch: &Touch, title: Rect, chosen: &mut usize) {
    let bands = desk.params.eq.bands();
    let width = (title.width() / bands.len() as f32).min(NUMBER_SIZE + 14.0);
    let left = title.right() - width * bands.len() as f32;
    for (index, band) in bands.iter().enumerate() {
        let at = pos2(left + index as f32 * width, title.center().y - 0.5 * NUMBER_SIZE);
        let cell = Rect::from_min_size(at, vec2(width - 4.0, NUMBER_SIZE));
        let is_on = band.on.unmodulated_plain_value();
        let id = Id::unique(("band", index));
        let response = number(ui, touch, cell, id, (NAMES[index], index + 1), (is_on, *chosen == index));
        if response.clicked() {
            *chosen = index;
        }
        if response.double_clicked() {
            desk.hand.gesture(&band.on, !is_on);
        }
        let place = match band.placement.value() {
            EqPlacement::Stereo => "",
            EqPlacement::Mid => ", mid",
            EqPlacement::Side => ", side",
        };
        let meaning = format!("{}{place} at {}. Double-click to switch it.", band.kind, band.freq);
        explain(&response, NAMES[index], &meaning);
    }
}
