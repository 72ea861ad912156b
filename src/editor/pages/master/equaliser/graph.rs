//! The response over the spectrum, with a node for each band.

use egui::{Align2, CornerRadius, Id, Pos2, Sense, Shape, Stroke, Ui, pos2};

use super::{ghost, node};
use nice_plug::prelude::Param;

use crate::control::{EqBand, EqKind, EqPlacement};
use crate::editor::desk::Desk;
use crate::editor::pages::master::equaliser::response::Response;
use crate::editor::theme;
use crate::editor::view::{Analyser, View};
use crate::editor::widgets::axes::Axes;
use crate::editor::widgets::spectrum::{SpectrumScale, outline, scale_marks};
use crate::editor::widgets::{Touch, label, plot};
use crate::params::EqBandParams;

/// Draws the graph and runs its nodes.
pub fn show(ui: &mut Ui, desk: &Desk, axes: &Axes, view: &mut View) {
    let touch = desk.touch(desk.colours.eq);
    let rect = axes.rect;
    let ground = ui.interact(rect, Id::unique("eq graph"), Sense::CLICK);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, CornerRadius::same(theme::CONTROL_ROUNDING), desk.colours.well);
    axes.grid(&painter, &touch);
    spectra(&painter, desk, axes, &view.settings.analyser);
    axes.numbers(&painter, &touch);
    ghost::show(&painter, desk, axes);

    let params = desk.params.eq.bands();
    let mut bands = desk.params.settings().eq.bands;
    let nodes: Vec<_> = bands
        .iter_mut()
        .enumerate()
        .map(|(index, band)| node::run(ui, &touch, axes, params[index], band, index))
        .collect();
    curves(&painter, desk, &touch, axes, &bands, view.band);
    for (index, (band, response)) in bands.iter().zip(&nodes).enumerate() {
        let is_lit = response.hovered() || response.dragged();
        node::draw(&painter, &touch, axes, band, index, (is_lit, view.band == index));
        // Not by the press alone: what is being typed for another band is taken first.
        if response.clicked() || response.dragged() || response.has_focus() {
            view.band = index;
        }
    }
    for (index, (band, response)) in bands.iter().zip(nodes).enumerate() {
        node::explain(ui, &touch, axes, params[index], band, &response, index);
    }
    if ground.double_clicked()
        && let Some(at) = ground.interact_pointer_pos()
        && let Some(index) = add(desk, &params, &bands, axes, at)
    {
        view.band = index;
    }
}

fn spectra(painter: &egui::Painter, desk: &Desk, axes: &Axes, analyser: &Analyser) {
    let picture = desk.picture;
    let scale = SpectrumScale {
        tilt_db_per_octave: analyser.tilt_db_per_octave.db_per_octave(),
        range_db: analyser.range_db.db(),
    };
    let colours = desk.colours;
    let line = |bins_db: &[f32]| outline(axes, bins_db, picture.bin_hz, scale);
    for (level_db, y) in scale_marks(axes, scale) {
        let at = pos2(axes.rect.right() - 3.0, y);
        let ink = colours.levels;
        // Under the switches of the display there is no room.
        if y > axes.rect.top() + 30.0 {
            label(painter, at, Align2::RIGHT_CENTER, format!("{level_db:.0}"), theme::SMALL, ink);
        }
    }
    if analyser.show_input {
        let input = line(&picture.input_spectrum_db);
        plot::curve(painter, input, 1.0, colours.text_dim.gamma_multiply(0.55));
    }
    let output = line(&picture.output_spectrum_db);
    plot::area(painter, output.iter().copied(), axes.rect.bottom(), colours.levels.gamma_multiply(0.16));
    plot::curve(painter, output, 1.0, colours.levels.gamma_multiply(0.7));
    if analyser.peak_hold {
        plot::curve(painter, line(&picture.held_spectrum_db), 1.0, colours.caution.gamma_multiply(0.8));
    }
}

fn curves(painter: &egui::Painter, desk: &Desk, touch: &Touch, axes: &Axes, bands: &[EqBand], chosen: usize) {
    let along = |response: &Response| -> Vec<Pos2> {
        let limit_db = 2.0 * axes.span_db;
        let db = |x: f32| response.db(axes.hz(x)).clamp(-limit_db, limit_db);
        plot::places(axes.rect).map(|x| pos2(x, axes.y(db(x)))).collect()
    };
    let rate_hz = desk.rate_hz();
    let alone = along(&Response::of(&bands[chosen..=chosen], rate_hz));
    plot::area(painter, alone.into_iter(), axes.y(0.0), touch.accent.gamma_multiply(0.14));
    let strength = if desk.params.eq.on.value() { 1.0 } else { 0.4 };
    let ink = touch.accent.gamma_multiply(strength);
    // What mid and side hear differs as soon as one band is not for both.
    let heard_by = |placement: EqPlacement| -> Vec<EqBand> {
        let reaches = |band: &&EqBand| band.placement == EqPlacement::Stereo || band.placement == placement;
        bands.iter().filter(reaches).copied().collect()
    };
    if bands.iter().any(|band| band.on && band.placement != EqPlacement::Stereo) {
        let side = along(&Response::of(&heard_by(EqPlacement::Side), rate_hz));
        if let Some(end) = side.last() {
            label(painter, pos2(end.x - 4.0, end.y - 2.0), Align2::RIGHT_BOTTOM, "side", theme::SMALL, ink);
        }
        painter.extend(Shape::dashed_line(&side, Stroke::new(1.5, ink), 6.0, 4.0));
    }
    plot::curve(painter, along(&Response::of(&heard_by(EqPlacement::Mid), rate_hz)), 2.0, ink);
}

/// Sets the nearest band that does nothing, a flat bell, to a place; `None` where every band works.
fn add(
    desk: &Desk,
    params: &[&EqBandParams; 8],
    bands: &[EqBand; 8],
    axes: &Axes,
    at: Pos2,
) -> Option<usize> {
    let (hz, db) = (axes.hz(at.x), axes.db(at.y));
    let is_free = |band: &EqBand| band.kind == EqKind::Bell && band.gain_db.abs() < 0.05;
    // Those that are switched off come last.
    let distance = |band: &EqBand| (band.freq_hz / hz).log2().abs() + if band.on { 0.0 } else { 100.0 };
    let free = bands.iter().enumerate().filter(|(_, band)| is_free(band));
    let (index, _) = free.min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)))?;
    let band = params[index];
    let hand = desk.hand;
    hand.gesture(&band.on, true);
    hand.gesture(&band.placement, EqPlacement::Stereo);
    hand.gesture(&band.q, band.q.default_plain_value());
    hand.gesture(&band.solo, false);
    hand.gesture(&band.freq, hz);
    hand.gesture(&band.gain, db);
    Some(index)
}
