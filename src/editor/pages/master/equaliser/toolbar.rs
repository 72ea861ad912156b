//! How the spectrum is shown: small switches in the upper right corner of the graph.

use egui::{Id, Rect, Ui, pos2, vec2};

use super::SPANS_DB;
use crate::editor::desk::Desk;
use crate::editor::view::View;
use crate::editor::widgets::explain;
use crate::editor::widgets::pill::word;
use crate::state::user_settings::{LevelRange, Smoothing, Tilt};

const HEIGHT: f32 = 18.0;

/// Draws and runs the switches.
pub fn show(ui: &mut Ui, desk: &Desk, graph: Rect, view: &mut View) {
    let touch = desk.touch(desk.colours.levels);
    let mut right = graph.right() - 5.0;
    let mut button = |width: f32, text: &str, is_on: bool, name: &str, meaning: &str| {
        let cell = Rect::from_min_size(pos2(right - width, graph.top() + 4.0), vec2(width, HEIGHT));
        right -= width + 3.0;
        let response = word(ui, &touch, cell, Id::unique(("analyser", name)), text, is_on);
        explain(&response, name, meaning);
        response.clicked()
    };
    let span_db = SPANS_DB[view.span % SPANS_DB.len()];
    if button(48.0, &format!("±{span_db} dB"), false, "Scale", "Range of the equaliser's curve.") {
        view.span = (view.span + 1) % SPANS_DB.len();
    }
    let analyser = &mut view.settings.analyser;
    let range = format!("{} dB", analyser.range_db.db());
    if button(46.0, &range, false, "Range", "Levels of the spectrum from top to bottom.") {
        analyser.range_db = next(&LevelRange::ALL, analyser.range_db);
    }
    let tilt = format!("{} dB/oct", analyser.tilt_db_per_octave.db_per_octave());
    if button(60.0, &tilt, false, "Tilt", "Tilts the spectrum: with 4.5 dB per octave music looks level.") {
        analyser.tilt_db_per_octave = next(&Tilt::ALL, analyser.tilt_db_per_octave);
    }
    let (text, following) = match analyser.smoothing {
        Smoothing::None => ("fine", Smoothing::SixthOctave),
        Smoothing::SixthOctave => ("1/6 oct", Smoothing::ThirdOctave),
        Smoothing::ThirdOctave => ("1/3 oct", Smoothing::None),
    };
    if button(46.0, text, false, "Smoothing", "Smooths the spectrum over parts of an octave.") {
        analyser.smoothing = following;
    }
    if button(38.0, "Hold", analyser.peak_hold, "Peak hold", "Keeps the highest levels as a line.") {
        analyser.peak_hold = !analyser.peak_hold;
    }
    if button(36.0, "Pre", analyser.show_input, "Input", "Shows the spectrum of the input as a line.") {
        analyser.show_input = !analyser.show_input;
    }
}

/// The value behind this one, round and round.
fn next<T: PartialEq + Copy>(values: &[T], present: T) -> T {
    let at = values.iter().position(|value| *value == present).map_or(0, |at| at + 1);
    values[at % values.len()]
}
