//! Typing a value: a text field over a control that is asked for it.

use egui::text::{CCursor, CCursorRange};
use egui::{Align2, Frame, Id, Key, PointerButton, Rect, TextEdit, Ui};
use nice_plug::prelude::*;

use super::Touch;
use crate::editor::theme;

/// A second click within this time after the field opened was a double click on the control.
const DOUBLE_CLICK_S: f64 = 0.5;

/// The text being typed.
#[derive(Debug, Clone)]
struct Typing {
    text: String,
    /// What it opened with.
    original: String,
    since_s: f64,
    /// The pass in which it was last drawn; none yet.
    drawn: Option<u64>,
}

fn key(id: Id) -> Id {
    id.with("typing")
}

/// Opens the field of a control with the present value in it.
pub fn open(ui: &Ui, id: Id, text: String) {
    let since_s = ui.input(|input| input.time);
    let original = text.clone();
    ui.data_mut(|data| data.insert_temp(key(id), Typing { text, original, since_s, drawn: None }));
}

/// Runs the field of a parameter's control if it is open; false if it is not. Text that the parameter does not understand
/// leaves the old value.
pub fn run(ui: &mut Ui, touch: &Touch, rect: Rect, id: Id, param: &FloatParam) -> bool {
    match ask(ui, touch, rect, id) {
        Typed::Closed => return false,
        Typed::Going => {}
        Typed::Reset => touch.hand.gesture(param, param.default_plain_value()),
        Typed::Done(text) => {
            if let Some(normalized) = param.string_to_normalized_value(&text) {
                touch.hand.gesture(param, param.preview_plain(normalized));
            }
        }
    }
    true
}

/// How far the typing is.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// There is no field.
    Closed,
    /// It is open, or was left without a change.
    Going,
    /// This was typed.
    Done(String),
    /// The control was double-clicked.
    Reset,
}

/// Runs a field if it is open. Enter or a click elsewhere takes the text, Escape leaves the old one.
pub fn ask(ui: &mut Ui, touch: &Touch, rect: Rect, id: Id) -> Typed {
    let key = key(id);
    let Some(mut typing) = ui.data(|data| data.get_temp::<Typing>(key)) else { return Typed::Closed };
    let pass = ui.ctx().cumulative_pass_nr();
    if typing.drawn.is_some_and(|drawn| drawn + 1 < pass) {
        // Its page was left with the field open.
        ui.data_mut(|data| data.remove::<Typing>(key));
        return Typed::Closed;
    }
    let field_id = key.with("field");
    let field = TextEdit::singleline(&mut typing.text)
        .id(field_id)
        .font(theme::SMALL)
        .align(Align2::CENTER_CENTER)
        .margin(egui::Margin::symmetric(2, 0))
        .frame(Frame::new().fill(touch.colours.well))
        .desired_width(rect.width());
    let response = ui.put(rect, field);
    if typing.drawn.replace(pass).is_none() {
        response.request_focus();
        select_all(ui, field_id, &typing.text);
    }
    // The field may be too young to have been clicked itself.
    let again = ui.input(|input| {
        let inside = input.pointer.interact_pos().is_some_and(|at| rect.contains(at));
        let twice = input.pointer.button_double_clicked(PointerButton::Primary);
        inside && twice && input.time - typing.since_s < DOUBLE_CLICK_S
    });
    let abandoned = ui.input(|input| input.key_pressed(Key::Escape));
    let done = response.lost_focus();
    let text = typing.text.clone();
    let is_changed = text != typing.original;
    if ui.input(|input| input.key_pressed(Key::Enter) || input.key_pressed(Key::Escape))
        && (done || abandoned)
    {
        // Who types by keyboard goes on by keyboard.
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    ui.data_mut(|data| {
        if again || done || abandoned {
            data.remove::<Typing>(key);
        } else {
            data.insert_temp(key, typing);
        }
    });
    match (again, done && !abandoned && is_changed) {
        (true, _) => Typed::Reset,
        (false, true) => Typed::Done(text),
        (false, false) => Typed::Going,
    }
}

fn select_all(ui: &Ui, field_id: Id, text: &str) {
    let mut state = TextEdit::load_state(ui.ctx(), field_id).unwrap_or_default();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(text.chars().count()));
    state.cursor.set_char_range(Some(all));
    TextEdit::store_state(ui.ctx(), field_id, state);
}
