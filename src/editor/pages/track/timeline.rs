//! The track along time: ruler, steps, noise bed and clips below them, loop, position. Zoomed by the wheel, moved by
//! dragging the ruler.

use egui::{Color32, CornerRadius, Id, Key, PointerButton, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::Shown;
use super::blocks;
use crate::control::session::TrackTelemetry;
use crate::editor::widgets::timeline::Axis;
use crate::editor::widgets::{Touch, body, explain, fineness, focus_ring, note, wheel_notches};

/// Height of the ruler.
const RULER: f32 = 18.0;
/// Stretching by one notch of the wheel.
const ZOOM: f64 = 1.25;
/// Share of what is seen that one notch moves.
const STRIDE: f64 = 0.1;

/// What there is to know of the player.
#[derive(Debug, Clone, Copy)]
pub struct Playing {
    /// The newest report.
    pub telemetry: TrackTelemetry,
    /// The stretch that is repeated, in seconds; an end that is not behind the start is the track's.
    pub repeats: Option<(f64, f64)>,
    /// Whether the user may say where it is.
    pub can_seek: bool,
}

/// Draws and runs the timeline; gives the time to go to.
pub fn show(ui: &mut Ui, touch: &Touch, rect: Rect, shown: &mut Shown, playing: &Playing) -> Option<f64> {
    body(ui.painter(), rect, touch.colours.well, touch.colours.edge);
    let inner = rect.shrink(2.0);
    // While an end is dragged, the scale must not move under the hand.
    let length_s = shown.edge.map_or(shown.editing.length_s(), |edge| edge.length_s);
    let Some(track) = shown.editing.track().cloned().filter(|_| length_s > 0.0) else {
        let text = "No steps yet: choose a track, open a file or begin a new one.";
        let at = inner.left_center() + vec2(8.0, 0.0);
        note(ui, at, text, touch.colours.text_dim);
        return None;
    };
    let (ruler, field) = inner.split_top_bottom_at_y(inner.top() + RULER);
    let axis = shown.look.axis(ruler, length_s);
    axis.ruler(ui, touch, field.bottom());
    let mut asked = self::ruler(ui, touch, ruler, shown, &axis, playing.can_seek);
    let back = ui.interact(field, Id::unique("timeline field"), Sense::DRAG);
    if back.dragged_by(PointerButton::Middle) {
        shown.look.pan(&axis, -axis.seconds(back.drag_delta().x));
    } else if back.dragged() && playing.can_seek && shown.edge.is_none() {
        asked = asked.or(back.interact_pointer_pos().map(|at| axis.time_s(at.x)));
    }
    wheel(ui, rect, shown, &axis);
    blocks::show(ui, touch, field, shown, &track, &axis, playing.telemetry.step);
    if let Some((start_s, end_s)) = playing.repeats {
        let end_s = if end_s > start_s { end_s } else { length_s };
        let bar =
            Rect::from_x_y_ranges(axis.x(start_s)..=axis.x(end_s), ruler.bottom() - 3.0..=ruler.bottom());
        ui.painter().with_clip_rect(inner).rect_filled(bar, CornerRadius::same(1), touch.colours.compressor);
    }
    head(ui, inner, &axis, playing.telemetry.position_s, touch.colours.text);
    asked.filter(|_| playing.can_seek)
}

/// The position.
fn head(ui: &Ui, inner: Rect, axis: &Axis, time_s: f64, ink: Color32) {
    if !axis.sees(time_s, time_s) {
        return;
    }
    let x = axis.x(time_s);
    let painter = ui.painter().with_clip_rect(inner);
    painter.rect_filled(Rect::from_x_y_ranges(x - 1.0..=x + 1.0, inner.y_range()), CornerRadius::ZERO, ink);
    let top = inner.top();
    let corners = [(x - 5.0, top), (x + 5.0, top), (x, top + 7.0)].map(|(x, y)| egui::pos2(x, y));
    painter.add(egui::Shape::convex_polygon(corners.to_vec(), ink, egui::Stroke::NONE));
}

/// A click goes there, a drag moves what is seen, a double click shows everything; arrow keys do as the wheel.
fn ruler(ui: &Ui, touch: &Touch, rect: Rect, shown: &mut Shown, axis: &Axis, can_seek: bool) -> Option<f64> {
    let response = ui.interact(rect, Id::unique("timeline"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, "Timeline"));
    focus_ring(ui, touch, rect, &response);
    let meaning = match can_seek {
        true => {
            "Click to go there. The wheel stretches it, dragging here or the wheel with Shift moves it, \
                 a double click shows everything."
        }
        false => "The host says where the track is. The wheel stretches this, dragging here moves it.",
    };
    explain(&response, "Timeline", meaning);
    if response.has_focus() {
        let filter = egui::EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..egui::EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let presses = |key| ui.input(|input| input.num_presses(key) as f64);
        let on = presses(Key::ArrowRight) - presses(Key::ArrowLeft);
        let closer = presses(Key::ArrowUp) - presses(Key::ArrowDown);
        turn(shown, axis, rect.center().x, closer, on);
    }
    if response.double_clicked() {
        shown.look = Default::default();
    } else if response.dragged() {
        shown.look.pan(axis, -axis.seconds(response.drag_delta().x));
    } else if response.clicked() {
        return response.interact_pointer_pos().map(|at| axis.time_s(at.x));
    }
    None
}

fn wheel(ui: &Ui, rect: Rect, shown: &mut Shown, axis: &Axis) {
    let at = ui.input(|input| input.pointer.hover_pos()).filter(|at| rect.contains(*at));
    let is_here = ui.rect_contains_pointer(rect);
    let (Some(at), true) = (at, is_here) else { return };
    let notches = f64::from(wheel_notches(ui) / fineness(ui));
    match ui.input(|input| input.modifiers.shift || input.modifiers.command) {
        true => turn(shown, axis, at.x, 0.0, -notches),
        false => turn(shown, axis, at.x, notches, 0.0),
    }
}

fn turn(shown: &mut Shown, axis: &Axis, x: f32, closer: f64, on: f64) {
    if closer != 0.0 {
        shown.look.zoom(axis, x, ZOOM.powf(closer));
    }
    if on != 0.0 {
        shown.look.pan(axis, on * STRIDE * axis.span_s);
    }
}
