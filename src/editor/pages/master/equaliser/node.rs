//! A band as a node that the hand moves: frequency sideways, gain upright, the wheel for Q.

use egui::{
    Align2, CursorIcon, EventFilter, Id, Key, Painter, PointerButton, Pos2, Rect, Response, Role, Sense,
    Stroke, Ui, Vec2, WidgetInfo, pos2,
};
use nice_plug::prelude::*;

use super::flatten::{flatten, has_gain};
use super::menu;
use crate::control::EqBand;
use crate::control::range::EQ_GAIN_DB;
use crate::editor::hand::Hand;
use crate::editor::theme;
use crate::editor::widgets::axes::{Axes, HIGH_HZ, LOW_HZ};
use crate::editor::widgets::keyboard::note_name;
use crate::editor::widgets::{NOTCH, Touch, fineness, label, wheel_notches};
use crate::params::EqBandParams;

const RADIUS: f32 = 9.0;
/// What an arrow key covers, in points.
const KEY_STEP: f32 = 6.0;
/// How long a node believes the hand rather than the parameter.
const MEMORY_S: f64 = 0.25;

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

fn place(axes: &Axes, band: &EqBand) -> Pos2 {
    let gain_db = if has_gain(band.kind) { band.gain_db } else { 0.0 };
    axes.rect.shrink(RADIUS + 1.0).clamp(axes.at(band.freq_hz, gain_db))
}

/// Lets the hand move a band; `band` becomes what is to be shown.
pub fn run(
    ui: &mut Ui,
    touch: &Touch,
    axes: &Axes,
    params: &EqBandParams,
    band: &mut EqBand,
    index: usize,
) -> Response {
    let id = Id::unique(("eq node", index));
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
    let grip = Rect::from_center_size(place(axes, band), Vec2::splat(2.0 * RADIUS));
    let response = ui.interact(grip, id, Sense::click_and_drag());
    drag(ui, touch, axes, params, &response, &mut hold, now_s);
    keys(ui, touch, axes, params, &response, &mut hold, now_s);
    if response.double_clicked() {
        flatten(touch, params);
        hold = Hold { gain_db: 0.0, at_s: now_s, ..hold };
    }
    let notches = if response.hovered() || response.dragged() { wheel_notches(ui) } else { 0.0 };
    if notches != 0.0 {
        let q = params.q.unmodulated_normalized_value() + notches * NOTCH;
        touch.hand.gesture(&params.q, params.q.preview_plain(q.clamp(0.0, 1.0)));
    }
    response.context_menu(|ui| menu::show(ui, touch, params));
    (band.freq_hz, band.gain_db) = (hold.freq_hz, hold.gain_db);
    ui.data_mut(|data| data.insert_temp(id, hold));
    response
}

/// Follows a drag: both parameters in one gesture.
fn drag(
    ui: &Ui,
    touch: &Touch,
    axes: &Axes,
    params: &EqBandParams,
    response: &Response,
    hold: &mut Hold,
    now_s: f64,
) {
    let hand = touch.hand;
    if response.drag_started_by(PointerButton::Primary) {
        hold.dragging = true;
        take_hold(hand, params, hold);
    }
    if response.dragged() && hold.dragging {
        move_by(touch, axes, params, hold, response.drag_delta() * fineness(ui));
        hold.at_s = now_s;
    }
    if hold.dragging && !response.dragged() {
        hold.dragging = false;
        let_go(hand, params, hold);
    }
}

/// Begins the gestures of what a band of this kind can move…
fn take_hold(hand: &Hand, params: &EqBandParams, hold: &Hold) {
    hand.begin(&params.freq);
    if hold.with_gain {
        hand.begin(&params.gain);
    }
}

/// …and ends them.
fn let_go(hand: &Hand, params: &EqBandParams, hold: &Hold) {
    hand.end(&params.freq);
    if hold.with_gain {
        hand.end(&params.gain);
    }
}

/// Moves what is held.
fn move_by(touch: &Touch, axes: &Axes, params: &EqBandParams, hold: &mut Hold, motion: Vec2) {
    if motion.x != 0.0 {
        hold.freq_hz = axes
            .hz(axes.x(hold.freq_hz) + motion.x)
            .clamp(LOW_HZ.min(hold.freq_hz), HIGH_HZ.max(hold.freq_hz));
        touch.hand.set(&params.freq, hold.freq_hz);
    }
    if hold.with_gain && motion.y != 0.0 {
        hold.gain_db = EQ_GAIN_DB.clamp(axes.db(axes.y(hold.gain_db) + motion.y));
        touch.hand.set(&params.gain, hold.gain_db);
    }
}

/// Follows the arrow keys while the node has the keyboard.
fn keys(
    ui: &Ui,
    touch: &Touch,
    axes: &Axes,
    params: &EqBandParams,
    response: &Response,
    hold: &mut Hold,
    now_s: f64,
) {
    if !response.has_focus() {
        return;
    }
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let presses = |key| ui.input(|input| input.num_presses(key)) as f32;
    let x = presses(Key::ArrowRight) - presses(Key::ArrowLeft);
    let y = presses(Key::ArrowDown) - presses(Key::ArrowUp);
    if x == 0.0 && y == 0.0 {
        return;
    }
    take_hold(touch.hand, params, hold);
    move_by(touch, axes, params, hold, Vec2::new(x, y) * (KEY_STEP * fineness(ui)));
    let_go(touch.hand, params, hold);
    hold.at_s = now_s;
}

/// Draws a band: filled while it is on, ringed while it is chosen.
pub fn draw(
    painter: &Painter,
    touch: &Touch,
    axes: &Axes,
    band: &EqBand,
    index: usize,
    (is_lit, is_chosen): (bool, bool),
) {
    let at = place(axes, band);
    let colours = touch.colours;
    let (fill, ink) =
        if band.on { (touch.accent, colours.on_accent) } else { (colours.raised, colours.text_dim) };
    let edge = if is_lit { colours.text } else { colours.well };
    if is_chosen {
        painter.circle_stroke(at, RADIUS + 3.5, Stroke::new(1.5, colours.text));
    }
    if band.solo {
        painter.circle_stroke(at, RADIUS + 6.5, Stroke::new(2.0, colours.caution));
        let beside = at + Vec2::new(RADIUS + 8.0, -RADIUS);
        painter.text(beside, Align2::LEFT_CENTER, "solo", theme::SMALL, colours.caution);
    }
    painter.circle(at, RADIUS, fill, Stroke::new(1.5, edge));
    painter.text(at, Align2::CENTER_CENTER, index + 1, theme::SMALL, ink);
}

/// Says what a node is, beside it while it is held and in a tooltip otherwise.
pub fn explain(
    ui: &Ui,
    touch: &Touch,
    axes: &Axes,
    params: &EqBandParams,
    band: &EqBand,
    response: &Response,
    index: usize,
) {
    let name = format!("Node {}", index + 1);
    let freq = params.freq.normalized_value_to_string(params.freq.preview_normalized(band.freq_hz), true);
    let gain = params.gain.normalized_value_to_string(params.gain.preview_normalized(band.gain_db), true);
    let gain = if has_gain(band.kind) { format!(", {gain}") } else { String::new() };
    let values = format!("{freq} ({}){gain}, Q {}", note_name(band.freq_hz), params.q);
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(values.clone()),
        ..WidgetInfo::labeled(Role::Slider, true, &name)
    });
    if response.dragged() || response.has_focus() {
        let at = place(axes, band);
        let below = at.y < axes.rect.top() + 40.0;
        let at = pos2(at.x, at.y + if below { RADIUS + 6.0 } else { -RADIUS - 6.0 });
        let align = if below { Align2::CENTER_TOP } else { Align2::CENTER_BOTTOM };
        let half = 0.5 * crate::editor::widgets::width(ui, &values, &theme::SMALL) + 4.0;
        let x = at.x.clamp(axes.rect.left() + half, (axes.rect.right() - half).max(axes.rect.left() + half));
        label(ui.painter(), pos2(x, at.y), align, values, theme::SMALL, touch.colours.text);
        return;
    }
    let meaning = format!(
        "{values}. Drag to move, wheel for Q, shift for fine, double-click to flatten, right-click for more."
    );
    let hovered = response.clone().on_hover_cursor(CursorIcon::Grab);
    crate::editor::widgets::explain(&hovered, &name, &meaning);
}
