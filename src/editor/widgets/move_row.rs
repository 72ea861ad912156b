//! One move of the listener: where it is, where it is sent, what is proposed. Dragging holds it by hand.

use egui::{Align2, CornerRadius, Id, Rect, Sense, Stroke, Ui, pos2};

use super::{Touch, body, explain, label, note};
use crate::adaptive::advice::Explanation;
use crate::control::adaptive::MoveSpec;
use crate::editor::theme;

/// Room for the name.
const NAME_WIDTH: f32 = 74.0;
/// Room for the value.
const VALUE_WIDTH: f32 = 58.0;

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
}

/// What the user did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Done {
    /// Holds it at this value.
    Pinned(f32),
    /// Gave it back.
    Released,
    /// Locked or unlocked it.
    LockToggled,
}

/// Draws a row and tells what was done in it.
pub fn move_row(ui: &mut Ui, touch: &Touch, rect: Rect, shown: &Shown) -> Option<Done> {
    let Shown { spec, present, explanation, .. } = *shown;
    let proposed = explanation.map(|explanation| explanation.proposed);
    let (name, rest) = rect.split_left_right_at_x(rect.left() + NAME_WIDTH);
    let (bar, value) = rest.split_left_right_at_x(rest.right() - VALUE_WIDTH);
    let bar = bar.shrink2(egui::vec2(2.0, 3.0));

    let name_response = ui.interact(name, Id::unique(("lock", spec.id)), Sense::click());
    let ink = if shown.is_locked { theme::ALARM } else { theme::TEXT_DIM };
    let lock = if shown.is_locked { "■ " } else { "" };
    note(ui, name.left_center(), &format!("{lock}{}", spec.name), ink);
    let locks = name_response.clicked();
    explain(name_response, spec.name, "Click to lock: nothing automatic touches what is locked.");

    let response = ui.interact(bar, Id::unique(("move", spec.id)), Sense::click_and_drag());
    let painter = ui.painter();
    body(painter, bar, theme::WELL, if response.hovered() { touch.accent } else { theme::EDGE });
    let inner = bar.shrink(2.0);
    let x = |value: f32| {
        inner.left() + inner.width() * ((value - spec.min) / (spec.max - spec.min)).clamp(0.0, 1.0)
    };
    let (from, to) = (x(spec.neutral.min(present)), x(spec.neutral.max(present)));
    let fill = if shown.is_pinned { theme::COMPRESSOR } else { touch.accent };
    painter.rect_filled(
        Rect::from_x_y_ranges(from..=to.max(from + 1.0), inner.y_range()),
        CornerRadius::same(2),
        fill.gamma_multiply(0.75),
    );
    if let Some(proposed) = proposed {
        painter.vline(x(proposed), inner.y_range(), Stroke::new(1.5, theme::TEXT));
    }
    let text = write(spec, proposed.filter(|_| !shown.is_pinned).unwrap_or(present));
    let at = pos2(value.right(), value.center().y);
    let ink = if shown.is_pinned { theme::COMPRESSOR } else { theme::TEXT };
    label(painter, at, Align2::RIGHT_CENTER, text, theme::SMALL, ink);

    let dragged = response.interact_pointer_pos().filter(|_| response.dragged());
    let pinned = dragged.map(|at| {
        let share = ((at.x - inner.left()) / inner.width()).clamp(0.0, 1.0);
        Done::Pinned(spec.min + share * (spec.max - spec.min))
    });
    let released = response.double_clicked() || response.secondary_clicked();
    let proposal = explanation.map_or(String::new(), |explanation| told(spec, explanation));
    let now =
        format!("Now {}. {proposal}Drag to hold it by hand: the listener learns.", write(spec, present));
    explain(response, spec.name, &now);
    if locks {
        return Some(Done::LockToggled);
    }
    if released { Some(Done::Released) } else { pinned }
}

/// A proposal with its reasons.
fn told(spec: &MoveSpec, explanation: &Explanation) -> String {
    let Explanation { measured, measured_unit, low, high, reason, .. } = explanation;
    format!(
        "Proposed {}, {:.0} % sure: {reason}. Measured {measured:.1} {measured_unit}, right is {low:.1} to {high:.1}. ",
        write(spec, explanation.proposed),
        100.0 * explanation.confidence,
    )
}

/// A value with its unit.
fn write(spec: &MoveSpec, value: f32) -> String {
    match spec.unit {
        "dB" => format!("{value:+.1} dB"),
        "ms" => format!("{value:.0} ms"),
        _ => format!("{value:.2}"),
    }
}
