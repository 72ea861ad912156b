//! One move of the listener: where it is, where it is sent, what is proposed. Dragging holds it by hand.

use egui::{
    Align2, CornerRadius, Id, Key, PointerButton, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::{Touch, body, explain, fineness, focus_ring, key_notches, label, note, wheel_notches};
use crate::adaptive::advice::Explanation;
use crate::control::adaptive::MoveSpec;
use crate::editor::theme;

/// Room for the lock.
const LOCK_WIDTH: f32 = 18.0;
/// Room for the name.
const NAME_WIDTH: f32 = 72.0;
/// Room for the value.
const VALUE_WIDTH: f32 = 54.0;
/// Room for the proposal beside it.
const PROPOSAL_WIDTH: f32 = 40.0;
/// Share of the range that an arrow key covers.
const KEY_SHARE: f32 = 0.05;
/// How long a value asked for is believed rather than the engine's, in seconds.
const MEMORY_S: f64 = 1.0;

/// What is shown of a move.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Its names and bounds.
    pub spec: &'a MoveSpec,
    /// Where it is.
    pub present: f32,
    /// What is proposed and why, if anything is.
    pub explanation: Option<&'a Explanation>,
    /// Whether the user holds it.
    pub is_pinned: bool,
    /// Whether nothing automatic may touch it.
    pub is_locked: bool,
    /// Whether it is the one that is explained.
    pub is_chosen: bool,
}

/// What the user did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Done {
    /// Wants to know more.
    Chosen,
    /// Holds it at this value.
    Pinned(f32),
    /// Gave it back.
    Released,
    /// Locked or unlocked it.
    LockToggled,
}

/// Draws a row and tells what was done in it.
pub fn move_row(ui: &mut Ui, touch: &Touch, rect: Rect, shown: &Shown) -> Option<Done> {
    let Shown { spec, present, .. } = *shown;
    let (lock, rest) = rect.split_left_right_at_x(rect.left() + LOCK_WIDTH);
    let (name, rest) = rest.split_left_right_at_x(rest.left() + NAME_WIDTH);
    let (rest, proposal) = rest.split_left_right_at_x(rest.right() - PROPOSAL_WIDTH);
    let (bar, value) = rest.split_left_right_at_x(rest.right() - VALUE_WIDTH);
    let bar = bar.shrink2(vec2(2.0, 0.12 * rect.height()));
    let name_response = ui.interact(name, Id::unique(("name", spec.id)), Sense::CLICK);
    let ink = if shown.is_chosen || name_response.hovered() { touch.accent } else { touch.colours.text_dim };
    note(ui, name.left_center(), spec.name, ink);
    let response = ui.interact(bar, Id::unique(("move", spec.id)), Sense::click_and_drag());
    draw(ui, touch, bar, shown, response.hovered());
    focus_ring(ui, touch, bar, &response);
    let text = write(spec, present);
    let ink = if shown.is_pinned { touch.colours.caution } else { touch.colours.text };
    label(ui.painter(), value.right_center(), Align2::RIGHT_CENTER, &text, theme::SMALL, ink);
    if let Some(explanation) = shown.explanation {
        let text = write(spec, explanation.proposed);
        let number = text.split(' ').next().unwrap_or_default();
        let ink = touch.accent;
        label(ui.painter(), proposal.right_center(), Align2::RIGHT_CENTER, number, theme::SMALL, ink);
    }
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(text.clone()),
        ..WidgetInfo::slider(true, present.into(), spec.name)
    });
    let meaning = "Drag to hold it by hand: the listener learns. Double-click gives it back.";
    explain(&response, spec.name, &format!("Now {}. {meaning}", write(spec, present)));
    if padlock(ui, touch, lock, spec, shown.is_locked) {
        return Some(Done::LockToggled);
    }
    let by_key = response.has_focus() && ui.input(|input| input.key_pressed(Key::Delete));
    if response.double_clicked() || by_key {
        return Some(Done::Released);
    }
    let asked = asked_by_hand(ui, &response, spec, present, bar.width());
    let chosen = (name_response.clicked() || response.clicked()).then_some(Done::Chosen);
    asked.map(Done::Pinned).or(chosen)
}

/// The value that drag, wheel or keys ask for, shift finer. The engine goes there at its own pace; meanwhile what was asked
/// for is kept, so that quick movements add up.
fn asked_by_hand(ui: &Ui, response: &Response, spec: &MoveSpec, present: f32, width: f32) -> Option<f32> {
    let now_s = ui.input(|input| input.time);
    let id = response.id.with("asked");
    if response.drag_started() {
        ui.data_mut(|data| data.insert_temp(id, (present, now_s)));
    }
    let range = spec.max - spec.min;
    let turned = if response.hovered() && !response.dragged() { wheel_notches(ui) } else { 0.0 };
    let dragged = response.dragged_by(PointerButton::Primary);
    let motion = if dragged { response.drag_delta().x * fineness(ui) } else { 0.0 };
    let by = range * (motion / width + KEY_SHARE * (key_notches(ui, response) + turned));
    if by == 0.0 {
        return None;
    }
    let last = ui.data(|data| data.get_temp::<(f32, f64)>(id));
    let fresh = last.filter(|(_, at_s)| dragged || now_s - at_s < MEMORY_S);
    let value = (fresh.map_or(present, |(value, _)| value) + by).clamp(spec.min, spec.max);
    ui.data_mut(|data| data.insert_temp(id, (value, now_s)));
    Some(value)
}

fn draw(ui: &Ui, touch: &Touch, bar: Rect, shown: &Shown, is_lit: bool) {
    let Shown { spec, present, explanation, .. } = *shown;
    let painter = ui.painter();
    body(painter, bar, touch.colours.well, if is_lit { touch.accent } else { touch.colours.edge });
    let inner = bar.shrink(2.0);
    let x = |value: f32| {
        inner.left() + inner.width() * ((value - spec.min) / (spec.max - spec.min)).clamp(0.0, 1.0)
    };
    painter.vline(x(spec.neutral), inner.y_range(), Stroke::new(1.0, touch.colours.edge));
    let (from, to) = (x(spec.neutral.min(present)), x(spec.neutral.max(present)));
    let filled = Rect::from_x_y_ranges(from..=to.max(from + 1.0), inner.y_range());
    painter.rect_filled(filled, CornerRadius::same(2), touch.accent.gamma_multiply(0.75));
    if shown.is_pinned {
        let stroke = Stroke::new(1.5, touch.colours.caution);
        painter.rect_stroke(bar, theme::CONTROL_ROUNDING, stroke, StrokeKind::Inside);
    }
    if let Some(explanation) = explanation {
        painter.vline(x(explanation.proposed), inner.y_range(), Stroke::new(1.5, touch.colours.text));
    }
}

/// Draws a padlock, open or closed; true when it was clicked.
fn padlock(ui: &Ui, touch: &Touch, rect: Rect, spec: &MoveSpec, is_locked: bool) -> bool {
    let response = ui.interact(rect, Id::unique(("lock", spec.id)), Sense::click());
    let colours = touch.colours;
    let ink = match (is_locked, response.hovered()) {
        (true, _) => colours.caution,
        (false, true) => colours.text,
        (false, false) => colours.text_dim.gamma_multiply(0.6),
    };
    let centre = pos2(rect.left() + 7.0, rect.center().y + 1.5);
    let case = Rect::from_center_size(centre + vec2(0.0, 1.0), vec2(8.0, 5.5));
    let painter = ui.painter();
    if is_locked {
        painter.rect_filled(case, 1, ink);
    } else {
        painter.rect_stroke(case, 1, Stroke::new(1.0, ink), StrokeKind::Inside);
    }
    let side = if is_locked { 0.0 } else { 3.0 };
    let top = case.top() - 4.5;
    let shackle = vec![
        pos2(centre.x - 2.5 + side, case.top()),
        pos2(centre.x - 2.5 + side, top + 1.5),
        pos2(centre.x + side, top),
        pos2(centre.x + 2.5 + side, top + 1.5),
        pos2(centre.x + 2.5 + side, if is_locked { case.top() } else { top + 2.5 }),
    ];
    painter.add(egui::Shape::line(shackle, Stroke::new(1.2, ink)));
    focus_ring(ui, touch, rect.shrink(2.0), &response);
    let name = format!("Lock {}", spec.name);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_locked, &name));
    explain(&response, &name, "Nothing automatic touches what is locked.");
    response.clicked()
}

/// A value with its unit.
pub fn write(spec: &MoveSpec, value: f32) -> String {
    match spec.unit {
        "dB" => format!("{value:+.1} dB"),
        "ms" => format!("{value:.0} ms"),
        _ => format!("{value:.2}"),
    }
}
