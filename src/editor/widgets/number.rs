//! A plain number in a flat field, like a [slot](super::slot) that is tied to no parameter of the host: dragged, turned by
//! the wheel, stepped by keys, typed, and double-clicked back to its default.

use egui::{Align2, CornerRadius, Id, Key, Rect, Response, Sense, Ui, WidgetInfo, pos2};

use super::entry::{self, Typed};
use super::operate::{NOTCH, key_notches, travel};
use super::scale::{Scale, read, with_unit};
use super::{Touch, body, explain, focus_ring, label, wheel, width};
use crate::editor::theme;

/// A number and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Number<'a> {
    /// Names it in the tree of widgets.
    pub id: Id,
    /// Its whole name, for those who do not see where it stands.
    pub name: &'a str,
    /// Word in the field; may be empty.
    pub label: &'a str,
    /// One sentence for the tooltip.
    pub meaning: &'a str,
    /// Unit; empty where there is none.
    pub unit: &'a str,
    /// Range of the slider; a file may hold what lies beyond.
    pub scale: Scale,
    /// The number now.
    pub value: f64,
    /// Whether it is the default, because nothing else is stated.
    pub is_default: bool,
}

/// What the hand did to a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The new number; none is the default.
    pub value: Option<f64>,
    /// Whether the hand has let go.
    pub is_done: bool,
}

/// A drag under way.
#[derive(Debug, Clone, Copy)]
struct Grip {
    scale: Scale,
    share: f64,
}

/// Draws and runs the field.
pub fn number(ui: &mut Ui, touch: &Touch, rect: Rect, number: &Number) -> Option<Change> {
    let exact = with_unit(number.value, number.unit);
    match entry::ask(ui, touch, rect, number.id) {
        Typed::Closed => {}
        Typed::Going => return None,
        Typed::Reset => return Some(Change { value: None, is_done: true }),
        Typed::Done(text) => {
            let value = read(&text, number.unit).filter(|_| text.trim() != exact)?;
            return Some(Change { value: Some(value), is_done: true });
        }
    }
    let response = ui.interact(rect, number.id, Sense::click_and_drag());
    let change = operate(ui, &response, number);
    let is_typed = response.clicked() && !response.double_clicked() && !response.has_focus();
    let by_key = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if is_typed || by_key {
        entry::open(ui, number.id, exact.clone());
    }
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    draw(ui, touch, rect, number, &exact, &response);
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(exact.clone()),
        ..WidgetInfo::slider(true, number.value, number.name)
    });
    explain(&response, number.name, number.meaning);
    change
}

fn operate(ui: &Ui, response: &Response, number: &Number) -> Option<Change> {
    let scale = number.scale.holding(number.value);
    let to_default = response.double_clicked()
        || response.has_focus()
            && ui.input(|input| input.key_pressed(Key::Delete) || input.key_pressed(Key::Backspace));
    if to_default {
        return Some(Change { value: None, is_done: true });
    }
    if response.drag_started() {
        let grip = Grip { scale, share: scale.share(number.value) };
        ui.data_mut(|data| data.insert_temp(response.id, grip));
    }
    if let Some(mut grip) = ui.data(|data| data.get_temp::<Grip>(response.id)) {
        let is_done = !response.dragged();
        grip.share = (grip.share + f64::from(travel(ui, response.drag_delta()))).clamp(0.0, 1.0);
        let value = grip.scale.value(grip.share);
        ui.data_mut(|data| match is_done {
            true => data.remove::<Grip>(response.id),
            false => {
                data.insert_temp(response.id, grip);
            }
        });
        let has_moved = response.drag_delta() != egui::Vec2::ZERO && value != number.value;
        let value = if has_moved { value } else { number.value };
        return (has_moved || is_done).then_some(Change { value: Some(value), is_done });
    }
    let turned = if response.hovered() { wheel::claimed(ui, response.id) } else { 0.0 };
    let notches = turned + key_notches(ui, response);
    (notches != 0.0).then(|| {
        let share = scale.share(number.value) + f64::from(notches * NOTCH);
        Change { value: Some(stepped(&scale, number.value, share)), is_done: false }
    })
}

/// The value at a place, or the next one that differs: a fine notch is never lost in rounding.
fn stepped(scale: &Scale, value: f64, share: f64) -> f64 {
    let next = scale.value(share);
    if next != value {
        return next;
    }
    let up = share > scale.share(value);
    scale.value(share + if up { 2e-3 } else { -2e-3 })
}

fn draw(ui: &Ui, touch: &Touch, rect: Rect, number: &Number, text: &str, response: &Response) {
    let colours = touch.colours;
    let lit = response.hovered() || response.dragged();
    body(ui.painter(), rect, colours.well, if lit { touch.accent } else { colours.edge });
    let inner = rect.shrink(2.0);
    let scale = number.scale.holding(number.value);
    let origin = if scale.low < 0.0 && scale.high > 0.0 { scale.share(0.0) } else { 0.0 };
    let shown = scale.share(number.value);
    let x = |share: f64| inner.left() + inner.width() * share as f32;
    let filled = Rect::from_min_max(
        pos2(x(origin.min(shown)), inner.top()),
        pos2(x(origin.max(shown)), inner.bottom()),
    );
    ui.painter().rect_filled(filled, CornerRadius::same(2), touch.accent.gamma_multiply(0.28));
    let painter = ui.painter().with_clip_rect(inner.intersect(ui.clip_rect()));
    // What nobody stated is written dim.
    let ink = if number.is_default { colours.text_dim } else { colours.text };
    let centre = rect.center().y;
    if number.label.is_empty() {
        label(&painter, rect.center(), Align2::CENTER_CENTER, text, theme::SMALL, ink);
    } else {
        let left = (rect.right() - 5.0 - width(ui, text, &theme::SMALL)).max(rect.left() + 5.0);
        label(&painter, pos2(left, centre), Align2::LEFT_CENTER, text, theme::SMALL, ink);
        let room = inner.with_max_x(left - 4.0).intersect(ui.clip_rect());
        let painter = ui.painter().with_clip_rect(room);
        let at = pos2(rect.left() + 5.0, centre);
        label(&painter, at, Align2::LEFT_CENTER, number.label, theme::SMALL, colours.text_dim);
    }
    focus_ring(ui, touch, rect, response);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fine_notch_always_moves() {
        let scale = Scale::linear(0.0, 3_600.0);
        assert!(stepped(&scale, 600.0, scale.share(600.0) + 1e-9) > 600.0);
        assert!(stepped(&scale, 600.0, scale.share(600.0) - 1e-9) < 600.0);
        assert_eq!(stepped(&scale, 3_600.0, 1.2), 3_600.0);
    }
}
