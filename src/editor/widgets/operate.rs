//! How a continuous control is moved: drag, wheel, arrow keys, double click, right click, each as complete gestures.
//!
//! The host may carry a change out as late as its next audio block. Meanwhile the value that the hand has set is kept
//! here, so that quick movements add up and the control shows what was asked for.

use egui::{Event, EventFilter, Id, Key, MouseWheelUnit, PointerButton, Response, Ui, Vec2, WidgetInfo};
use nice_plug::prelude::*;

use super::{Touch, entry};

/// Movement in points that covers a control's whole range.
const FULL_TRAVEL: f32 = 220.0;
/// How much slower everything is while shift is held.
const FINE: f32 = 0.1;
/// Share of the range that one notch of the wheel or one arrow key covers.
pub const NOTCH: f32 = 0.02;
/// Notches of a page key.
const PAGE: f32 = 5.0;
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
pub fn operate(ui: &mut Ui, response: &Response, param: &FloatParam, touch: &Touch) -> f32 {
    let now_s = ui.input(|input| input.time);
    let remembered = ui.data(|data| data.get_temp::<Grip>(response.id));
    let fresh = remembered.filter(|grip| grip.dragging || now_s - grip.at_s < MEMORY_S);
    let mut grip = fresh.unwrap_or(Grip {
        normalized: param.unmodulated_normalized_value(),
        at_s: 0.0,
        dragging: false,
    });

    drag(ui, response, param, touch, &mut grip, now_s);
    let mut notches = if response.hovered() && !grip.dragging { wheel_notches(ui) } else { 0.0 };
    notches += key_notches(ui, response);
    let to_default = response.double_clicked() || is_reset_by_key(ui, response);
    if to_default {
        grip = Grip { normalized: param.default_normalized_value(), at_s: now_s, dragging: false };
        touch.hand.gesture(param, param.default_plain_value());
    } else if notches != 0.0 {
        grip.normalized = (grip.normalized + notches * NOTCH).clamp(0.0, 1.0);
        grip.at_s = now_s;
        touch.hand.gesture(param, param.preview_plain(grip.normalized));
    }
    let text = || param.normalized_value_to_string(grip.normalized, true);
    if response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        entry::open(ui, response.id, text());
    }
    response.context_menu(|ui| {
        if ui.button("Type a value…").clicked() {
            entry::open(ui, response.id, text());
            ui.close();
        }
        let default = param.normalized_value_to_string(param.default_normalized_value(), true);
        if ui.button(format!("Back to {default}")).clicked() {
            touch.hand.gesture(param, param.default_plain_value());
            ui.close();
        }
        if ui.button("Copy the value").clicked() {
            ui.copy_text(text());
            ui.close();
        }
    });
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(text()),
        ..WidgetInfo::slider(true, param.preview_plain(grip.normalized).into(), param.name())
    });
    keep(ui, response.id, grip);
    grip.normalized
}

fn drag(ui: &Ui, response: &Response, param: &FloatParam, touch: &Touch, grip: &mut Grip, now_s: f64) {
    if response.drag_started_by(PointerButton::Primary) {
        touch.hand.begin(param);
        grip.dragging = true;
    }
    if response.dragged() && grip.dragging {
        let before = param.preview_plain(grip.normalized);
        grip.normalized = (grip.normalized + travel(ui, response.drag_delta())).clamp(0.0, 1.0);
        let after = param.preview_plain(grip.normalized);
        if after != before {
            touch.hand.set(param, after);
        }
        grip.at_s = now_s;
    }
    // Also where the drag ended unseen, as when the control was not drawn for a while.
    if grip.dragging && !response.dragged() {
        touch.hand.end(param);
        grip.dragging = false;
    }
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

/// Movement of the pointer as a share of a range: up and right are more, shift is finer.
pub(super) fn travel(ui: &Ui, motion: Vec2) -> f32 {
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

/// Notches that arrow and page keys ask of the control that has the keyboard; shift is finer.
pub fn key_notches(ui: &Ui, response: &Response) -> f32 {
    if !response.has_focus() {
        return 0.0;
    }
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    let steps = [
        (Key::ArrowUp, 1.0),
        (Key::ArrowRight, 1.0),
        (Key::ArrowDown, -1.0),
        (Key::ArrowLeft, -1.0),
        (Key::PageUp, PAGE),
        (Key::PageDown, -PAGE),
    ];
    let pressed =
        ui.input(|input| steps.iter().map(|(key, by)| by * input.num_presses(*key) as f32).sum::<f32>());
    pressed * fineness(ui)
}

fn is_reset_by_key(ui: &Ui, response: &Response) -> bool {
    response.has_focus()
        && ui.input(|input| input.key_pressed(Key::Delete) || input.key_pressed(Key::Backspace))
}

/// Slowness that the shift key asks for.
pub fn fineness(ui: &Ui) -> f32 {
    if ui.input(|input| input.modifiers.shift) { FINE } else { 1.0 }
}
