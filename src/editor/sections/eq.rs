//! Equaliser: the response with its handles above, a column of fields for each band below.

use egui::{Rect, Ui, pos2, vec2};
use nice_plug::prelude::*;

use super::{Desk, response};
use crate::control::EqKind;
use crate::editor::layout::column;
use crate::editor::theme;
use crate::editor::widgets::chooser::{chooser, compact};
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::{number, pill};
use crate::editor::widgets::slot::slot;
use crate::editor::widgets::{About, Touch, about};
use crate::params::EqBandParams;

const ROWS: usize = 5;
const ROW_HEIGHT: f32 = 19.0;
const ROW_GAP: f32 = 3.0;
/// Placements where space is short.
const PLACES: [&str; 3] = ["L/R", "Mid", "Side"];
const NUMBERS: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "8"];

/// Draws and runs the equaliser.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let touch = desk.touch(theme::EQ);
    let p = &desk.params.eq;
    let panel = Panel::new(ui, &touch, rect, "Equaliser", Some(&p.on));
    panel.fill(ui, |ui| {
        let fields = ROWS as f32 * (ROW_HEIGHT + ROW_GAP) - ROW_GAP;
        let (graph, strips) = panel.inside.split_top_bottom_at_y(panel.inside.bottom() - fields);
        response::show(ui, desk, graph.with_max_y(graph.bottom() - 7.0));
        let bands = p.bands();
        for (index, band) in bands.into_iter().enumerate() {
            let cell = column(strips, index, bands.len());
            strip(ui, &touch, cell.shrink2(vec2(2.5, 0.0)), band, NUMBERS[index]);
        }
    });
}

fn strip(ui: &mut Ui, touch: &Touch, rect: Rect, band: &EqBandParams, name: &'static str) {
    let row = |index: usize| {
        let top = rect.top() + index as f32 * (ROW_HEIGHT + ROW_GAP);
        Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW_HEIGHT))
    };
    let first = row(0);
    let (switch, rest) = first.split_left_right_at_x(first.left() + 17.0);
    let (place, solo) = rest.split_left_right_at_x(rest.right() - 17.0);
    number(ui, touch, switch, &band.on, about(name, "Band on or off."));
    let meaning = "Part of the stereo image that this band filters.";
    compact(ui, touch, place.shrink2(vec2(1.0, 0.0)), &band.placement, &PLACES, about("Place", meaning));
    let solo_touch = Touch { accent: theme::COMPRESSOR, ..*touch };
    pill(
        ui,
        &solo_touch,
        solo,
        &band.solo,
        about("S", "Solo: hear only the region that this band works on."),
    );

    let kind = band.kind.unmodulated_plain_value();
    chooser(ui, touch, row(1), &band.kind, about("Kind", "Shape of the band."));
    slot(ui, touch, row(2), &band.freq, about("Freq", "Centre, corner or pivot frequency."));
    match kind {
        EqKind::LowCut | EqKind::HighCut => {
            chooser(ui, touch, row(3), &band.slope, about("Slope", "Steepness of the cut."));
        }
        _ => slot(ui, touch, row(3), &band.gain, gain_about(kind)),
    }
    slot(
        ui,
        touch,
        row(4),
        &band.q,
        about("Q", "Quality factor: higher is narrower. For cuts it raises the corner."),
    );
}

fn gain_about(kind: EqKind) -> About {
    match kind {
        EqKind::Notch => about("Gain", "A notch has no gain; this counts for the other kinds."),
        _ => about("Gain", "Boost or cut."),
    }
}
