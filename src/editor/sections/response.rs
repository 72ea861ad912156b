//! The equaliser's response over the spectrum of the output, with a handle for each band.

use egui::{
    Align2, Color32, CornerRadius, CursorIcon, Id, Mesh, Pos2, Rect, Response, Sense, Shape, Stroke, Ui,
    pos2, vec2,
};
use nice_plug::prelude::*;

use super::Desk;
use crate::control::range::EQ_GAIN_DB;
use crate::control::{EqBand, EqKind};
use crate::editor::theme;
use crate::editor::widgets::{NOTCH, explain, fineness, gesture, wheel_notches};
use crate::engine::chain::eq::response_db;
use crate::params::EqBandParams;

/// Ends of the frequency axis.
const LOW_HZ: f32 = 20.0;
const HIGH_HZ: f32 = 20_000.0;
/// Half the height of the response axis.
const SPAN_DB: f32 = 18.0;
/// Ends of the spectrum's axis, which has no numbers.
const SPECTRUM_DB: std::ops::RangeInclusive<f32> = -96.0..=-6.0;
/// The spectrum is drawn tilted around 1 kHz so that music looks level, in dB per octave.
const SPECTRUM_TILT_DB: f32 = 3.0;
/// Used until the meters know the rate.
const ASSUMED_RATE_HZ: f64 = 48_000.0;
/// Distance of the points of a curve.
const STEP: f32 = 3.0;
const HANDLE_RADIUS: f32 = 8.5;
/// How long a handle believes the hand rather than the parameter.
const MEMORY_S: f64 = 0.25;
const LINES_HZ: [(f32, &str); 10] = [
    (20.0, ""),
    (50.0, "50"),
    (100.0, "100"),
    (200.0, "200"),
    (500.0, "500"),
    (1_000.0, "1k"),
    (2_000.0, "2k"),
    (5_000.0, "5k"),
    (10_000.0, "10k"),
    (20_000.0, ""),
];
const LINES_DB: [f32; 5] = [-12.0, -6.0, 0.0, 6.0, 12.0];

/// Maps frequencies and decibels to points and back.
#[derive(Debug, Clone, Copy)]
struct Axes(Rect);

impl Axes {
    fn x(&self, hz: f32) -> f32 {
        self.0.left() + self.0.width() * (hz / LOW_HZ).ln() / (HIGH_HZ / LOW_HZ).ln()
    }

    fn hz(&self, x: f32) -> f32 {
        LOW_HZ * (HIGH_HZ / LOW_HZ).powf((x - self.0.left()) / self.0.width())
    }

    fn y(&self, db: f32) -> f32 {
        self.0.center().y - 0.5 * self.0.height() * db / SPAN_DB
    }
}

/// Where the hand holds a band, until the host has carried it out.
#[derive(Debug, Clone, Copy)]
struct Hold {
    freq_hz: f32,
    gain_db: f32,
    at_s: f64,
    dragging: bool,
    /// Whether the kind of band has a gain to move.
    with_gain: bool,
}

/// Draws the graph and runs its handles.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, CornerRadius::same(theme::CONTROL_ROUNDING), theme::WELL);
    let axes = Axes(rect);
    grid(&painter, axes);
    spectrum(&painter, axes, &desk.picture.output_spectrum_db, desk.picture.bin_hz);

    let params = desk.params.eq.bands();
    let mut bands = desk.params.settings().eq.bands;
    let mut handles = Vec::with_capacity(bands.len());
    for (index, band) in bands.iter_mut().enumerate() {
        handles.push(handle(ui, desk, axes, params[index], band, index));
    }
    let rate_hz = sample_rate_hz(desk);
    curve(&painter, axes, &bands, rate_hz);
    for (index, (band, response)) in bands.iter().zip(&handles).enumerate() {
        knob(&painter, axes, band, index, response.hovered() || response.dragged());
    }
    for (index, (band, response)) in bands.iter().zip(handles).enumerate() {
        let name = format!("Band {}", index + 1);
        let values = [&params[index].freq, &params[index].gain].map(|param| param.to_string());
        let gain = if has_gain(band.kind) { format!(", {}", values[1]) } else { String::new() };
        let hint = format!(
            "{}{gain}. Drag to move, wheel for Q, shift for fine, double click for no gain.",
            values[0]
        );
        explain(response.on_hover_cursor(CursorIcon::Grab), &name, &hint);
    }
}

fn sample_rate_hz(desk: &Desk) -> f64 {
    let bins = desk.picture.output_spectrum_db.len();
    let rate_hz = 2.0 * f64::from(desk.picture.bin_hz) * bins.saturating_sub(1) as f64;
    if rate_hz > 8_000.0 { rate_hz } else { ASSUMED_RATE_HZ }
}

fn grid(painter: &egui::Painter, axes: Axes) {
    let rect = axes.0;
    for (hz, name) in LINES_HZ {
        let x = axes.x(hz);
        painter.vline(x, rect.y_range(), Stroke::new(1.0, theme::PANEL));
        painter.text(
            pos2(x + 3.0, rect.bottom() - 2.0),
            Align2::LEFT_BOTTOM,
            name,
            theme::SMALL,
            theme::TEXT_DIM,
        );
    }
    for db in LINES_DB {
        let colour = if db == 0.0 { theme::EDGE } else { theme::PANEL };
        painter.hline(rect.x_range(), axes.y(db), Stroke::new(1.0, colour));
        if rect.height() > 110.0 || db.abs() == 12.0 {
            let at = pos2(rect.left() + 4.0, axes.y(db));
            painter.text(
                at,
                Align2::LEFT_CENTER,
                if db == 0.0 { "0".to_owned() } else { format!("{db:+.0}") },
                theme::SMALL,
                theme::TEXT_DIM,
            );
        }
    }
}

fn spectrum(painter: &egui::Painter, axes: Axes, bins_db: &[f32], bin_hz: f32) {
    if bins_db.len() < 2 || bin_hz <= 0.0 {
        return;
    }
    let (low, high) = (SPECTRUM_DB.start(), SPECTRUM_DB.end());
    let top_at = |x: f32| {
        let bin = |x: f32| axes.hz(x) / bin_hz;
        let (from, to) = (bin(x - 0.5 * STEP), bin(x + 0.5 * STEP));
        let (first, last) = (from.ceil() as usize, to.floor() as usize);
        let level = if first <= last {
            bins_db[first.min(bins_db.len() - 1)..(last + 1).min(bins_db.len())]
                .iter()
                .copied()
                .fold(f32::MIN, f32::max)
        } else {
            let at = 0.5 * (from + to);
            let below = (at as usize).min(bins_db.len() - 2);
            let share = at - below as f32;
            bins_db[below].max(*low) * (1.0 - share) + bins_db[below + 1].max(*low) * share
        };
        let tilted = level + SPECTRUM_TILT_DB * (axes.hz(x) / 1_000.0).log2();
        axes.0.bottom() - axes.0.height() * ((tilted - low) / (high - low)).clamp(0.0, 1.0)
    };
    let tops = xs(axes.0).map(|x| pos2(x, top_at(x)));
    area(painter, tops, axes.0.bottom(), theme::TEXT_DIM.gamma_multiply(0.22));
}

fn curve(painter: &egui::Painter, axes: Axes, bands: &[EqBand], rate_hz: f64) {
    let nyquist_hz = 0.5 * rate_hz;
    let audible = bands.iter().filter(|band| band.on).map(|band| EqBand { solo: false, ..*band });
    let responses: Vec<_> = audible.map(|band| response_db(&band, rate_hz)).collect();
    let at = |x: f32| {
        let hz = f64::from(axes.hz(x)).min(0.999 * nyquist_hz);
        let db: f64 = responses.iter().map(|response| response(hz)).sum();
        pos2(x, axes.y((db as f32).clamp(-2.0 * SPAN_DB, 2.0 * SPAN_DB)))
    };
    let points: Vec<Pos2> = xs(axes.0).map(at).collect();
    area(painter, points.iter().copied(), axes.y(0.0), theme::EQ.gamma_multiply(0.16));
    painter.add(Shape::line(points, Stroke::new(2.0, theme::EQ)));
}

fn xs(rect: Rect) -> impl Iterator<Item = f32> {
    let steps = (rect.width() / STEP).ceil() as usize;
    (0..=steps).map(move |step| (rect.left() + step as f32 * STEP).min(rect.right()))
}

/// The area between a curve and a level line.
fn area(painter: &egui::Painter, points: impl Iterator<Item = Pos2>, base: f32, colour: Color32) {
    let mut mesh = Mesh::default();
    for point in points {
        mesh.colored_vertex(point, colour);
        mesh.colored_vertex(pos2(point.x, base), colour);
        let count = mesh.vertices.len() as u32;
        if count >= 4 {
            mesh.add_triangle(count - 4, count - 3, count - 2);
            mesh.add_triangle(count - 3, count - 2, count - 1);
        }
    }
    painter.add(mesh);
}

fn has_gain(kind: EqKind) -> bool {
    matches!(kind, EqKind::Bell | EqKind::LowShelf | EqKind::HighShelf | EqKind::Tilt)
}

fn place(axes: Axes, band: &EqBand) -> Pos2 {
    let gain_db = if has_gain(band.kind) { band.gain_db.clamp(-SPAN_DB, SPAN_DB) } else { 0.0 };
    let inside = axes.0.shrink(HANDLE_RADIUS + 1.0);
    inside.clamp(pos2(axes.x(band.freq_hz), axes.y(gain_db)))
}

fn knob(painter: &egui::Painter, axes: Axes, band: &EqBand, index: usize, lit: bool) {
    let at = place(axes, band);
    let (fill, ink) = if band.on { (theme::EQ, theme::WELL) } else { (theme::RAISED, theme::TEXT_DIM) };
    let edge = if lit { theme::TEXT } else { theme::WELL };
    painter.circle(at, HANDLE_RADIUS, fill, Stroke::new(1.5, edge));
    painter.text(at, Align2::CENTER_CENTER, index + 1, theme::SMALL, ink);
}

/// Lets the hand move a band; `band` becomes what is to be shown.
fn handle(
    ui: &Ui,
    desk: &Desk,
    axes: Axes,
    params: &EqBandParams,
    band: &mut EqBand,
    index: usize,
) -> Response {
    let id = Id::unique(("eq handle", index));
    let now_s = ui.input(|input| input.time);
    let remembered = ui.data(|data| data.get_temp::<Hold>(id));
    let fresh = remembered.filter(|hold| hold.dragging || now_s - hold.at_s < MEMORY_S);
    let mut hold = fresh.unwrap_or(Hold {
        freq_hz: band.freq_hz,
        gain_db: band.gain_db,
        at_s: 0.0,
        dragging: false,
        with_gain: has_gain(band.kind),
    });
    (band.freq_hz, band.gain_db) = (hold.freq_hz, hold.gain_db);
    let grip = Rect::from_center_size(place(axes, band), vec2(2.0, 2.0) * HANDLE_RADIUS);
    let response = ui.interact(grip, id, Sense::click_and_drag());
    drag(ui, desk, axes, params, &response, &mut hold, now_s);
    if response.double_clicked() && has_gain(band.kind) {
        hold = Hold { gain_db: 0.0, at_s: now_s, ..hold };
        gesture(desk.setter, &params.gain, 0.0);
    }
    let notches = if response.hovered() { wheel_notches(ui) } else { 0.0 };
    if notches != 0.0 {
        let q = params.q.unmodulated_normalized_value() + notches * NOTCH;
        gesture(desk.setter, &params.q, params.q.preview_plain(q.clamp(0.0, 1.0)));
    }
    (band.freq_hz, band.gain_db) = (hold.freq_hz, hold.gain_db);
    ui.data_mut(|data| data.insert_temp(id, hold));
    response
}

/// Follows a drag: frequency sideways, gain upright, both in one gesture.
fn drag(
    ui: &Ui,
    desk: &Desk,
    axes: Axes,
    params: &EqBandParams,
    response: &Response,
    hold: &mut Hold,
    now_s: f64,
) {
    if response.drag_started() {
        hold.dragging = true;
        desk.setter.begin_set_parameter(&params.freq);
        if hold.with_gain {
            desk.setter.begin_set_parameter(&params.gain);
        }
    }
    if response.dragged() && hold.dragging {
        let motion = response.drag_delta() * fineness(ui);
        hold.freq_hz = axes.hz(axes.x(hold.freq_hz) + motion.x).clamp(LOW_HZ, HIGH_HZ);
        hold.at_s = now_s;
        desk.setter.set_parameter(&params.freq, hold.freq_hz);
        if hold.with_gain {
            hold.gain_db = EQ_GAIN_DB.clamp(hold.gain_db - motion.y * 2.0 * SPAN_DB / axes.0.height());
            desk.setter.set_parameter(&params.gain, hold.gain_db);
        }
    }
    if response.drag_stopped() && hold.dragging {
        hold.dragging = false;
        desk.setter.end_set_parameter(&params.freq);
        if hold.with_gain {
            desk.setter.end_set_parameter(&params.gain);
        }
    }
}
