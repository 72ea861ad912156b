//! The response over the spectrum, with a node for each band.

use egui::{CornerRadius, Id, Pos2, Sense, Ui, pos2};

use super::{ghost, node};
use crate::control::{EqBand, EqKind};
use crate::editor::pages::Desk;
use crate::editor::pages::master::equaliser::response::Response;
use crate::editor::theme;
use crate::editor::view::{Analyser, View};
use crate::editor::widgets::axes::Axes;
use crate::editor::widgets::spectrum::{SpectrumScale, outline};
use crate::editor::widgets::{Touch, plot};
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
        if response.is_pointer_button_down_on() || response.has_focus() {
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
    plot::curve(painter, along(&Response::of(bands, rate_hz)), 2.0, touch.accent.gamma_multiply(strength));
}

/// Sets the nearest band that does nothing to a place; `None` where every band works.
fn add(
    desk: &Desk,
    params: &[&EqBandParams; 8],
    bands: &[EqBand; 8],
    axes: &Axes,
    at: Pos2,
) -> Option<usize> {
    let (hz, db) = (axes.hz(at.x), axes.db(at.y));
    let is_free = |band: &EqBand| !band.on || (band.kind == EqKind::Bell && band.gain_db.abs() < 0.05);
    let distance = |band: &EqBand| (band.freq_hz / hz).log2().abs();
    let free = bands.iter().enumerate().filter(|(_, band)| is_free(band));
    let (index, _) = free.min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)))?;
    let band = params[index];
    let hand = desk.hand;
    hand.gesture(&band.on, true);
    hand.gesture(&band.kind, EqKind::Bell);
    hand.gesture(&band.freq, hz);
    hand.gesture(&band.gain, db);
    Some(index)
}
