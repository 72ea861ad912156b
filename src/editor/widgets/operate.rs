//! How a continuous control is moved: drag, wheel, double click, each as complete gestures.
//!
//! The host may carry a change out as late as its next audio block. Meanwhile the value that the hand has set is kept
//! here, so that quick movements add up and the control shows what was asked for.

use egui::{Event, Id, MouseWheelUnit, Response, Ui, Vec2};
use nice_plug::prelude::*;

/// Movement in points that covers a control's whole range.
const FULL_TRAVEL: f32 = 220.0;
/// How much slower everything is while shift is held.
const FINE: f32 = 0.1;
/// Share of the range that one notch of the wheel covers.
pub const NOTCH: f32 = 0.02;
/// Points of smooth scrolling that count as a notch.
const POINTS_PER_NOTCH: f32 = 50.0;
/// How long a value set by hand is believed rather than the parameter.
const MEMORY_S: f64 = 0.25;

/// A value set by hand and when.
#[derive(Debug, Clone, Copy)]
struct Grip {
    normalized: f32,
    at_s: f64,
    dragging: bool,
}

/// Lets the hand move a parameter and returns the normalised value to show.
pub fn operate(ui: &Ui, response: &Response, param: &FloatParam, setter: &ParamSetter) -> f32 {
    let now_s = ui.input(|input| input.time);
    let remembered = ui.data(|data| data.get_temp::<Grip>(response.id));
    let fresh = remembered.filter(|grip| grip.dragging || now_s - grip.at_s < MEMORY_S);
    let mut grip = fresh.unwrap_or(Grip {
        normalized: param.unmodulated_normalized_value(),
        at_s: 0.0,
        dragging: false,
    });

    if response.drag_started() {
        setter.begin_set_parameter(param);
        grip.dragging = true;
    }
    if response.dragged() && grip.dragging {
        let before = param.preview_plain(grip.normalized);
        grip.normalized = (grip.normalized + travel(ui, response.drag_delta())).clamp(0.0, 1.0);
        let after = param.preview_plain(grip.normalized);
        if after != before {
            setter.set_parameter(param, after);
        }
        grip.at_s = now_s;
    }
    if response.drag_stopped() && grip.dragging {
        setter.end_set_parameter(param);
        grip.dragging = false;
    }
    let notches = if response.hovered() && !grip.dragging { wheel_notches(ui) } else { 0.0 };
    if response.double_clicked() {
        grip = Grip { normalized: param.default_normalized_value(), at_s: now_s, dragging: false };
        gesture(setter, param, param.default_plain_value());
    } else if notches != 0.0 {
        grip.normalized = (grip.normalized + notches * NOTCH).clamp(0.0, 1.0);
        grip.at_s = now_s;
        gesture(setter, param, param.preview_plain(grip.normalized));
    }
    keep(ui, response.id, grip);
    grip.normalized
}

fn keep(ui: &Ui, id: Id, grip: Grip) {
    ui.data_mut(|data| {
        if grip.at_s > 0.0 || grip.dragging {
            data.insert_temp(id, grip);
        } else {
            data.remove::<Grip>(id);
        }
    });
}

/// Sets a parameter once, as a gesture of its own.
pub fn gesture<P: Param>(setter: &ParamSetter, param: &P, value: P::Plain) {
    setter.begin_set_parameter(param);
    setter.set_parameter(param, value);
    setter.end_set_parameter(param);
}

/// Movement of the pointer as a share of a range: up and right are more, shift is finer.
fn travel(ui: &Ui, motion: Vec2) -> f32 {
    (motion.x - motion.y) / FULL_TRAVEL * fineness(ui)
}

/// Notches that the wheel has turned in this frame, up is more, shift is finer.
pub fn wheel_notches(ui: &Ui) -> f32 {
    let turned: f32 = ui.input(|input| input.events.iter().map(notches).sum());
    turned * fineness(ui)
}

fn notches(event: &Event) -> f32 {
    match event {
        // Some systems turn the wheel sideways while shift is held.
        Event::MouseWheel { unit, delta, .. } => match unit {
            MouseWheelUnit::Point => (delta.x + delta.y) / POINTS_PER_NOTCH,
            MouseWheelUnit::Line | MouseWheelUnit::Page => delta.x + delta.y,
        },
        _ => 0.0,
    }
}

/// Slowness that the shift key asks for.
pub fn fineness(ui: &Ui) -> f32 {
    if ui.input(|input| input.modifiers.shift) { FINE } else { 1.0 }
}
