//! Why a move is proposed, in numbers.

use egui::{Align2, Rect, Ui, pos2};

use crate::adaptive::advice::Explanation;
use crate::control::adaptive::MOVE_SPECS;
use crate::editor::desk::Desk;
use crate::editor::theme;
use crate::editor::widgets::move_row::write;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::{Touch, label};

/// Draws the panel for one move.
pub fn show(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, index: usize) {
    let spec = &MOVE_SPECS[index];
    let panel = Panel::new(ui, touch, rect, spec.name, None);
    let explanation = desk.listener.advice.as_ref().and_then(|advice| advice.explanations.get(index));
    let dim = touch.colours.text_dim;
    let Some(explanation) = explanation else {
        let text = "Nothing is proposed before a few seconds have been heard.";
        let at = panel.inside.left_top() + egui::vec2(0.0, 4.0);
        label(ui.painter(), at, Align2::LEFT_TOP, text, theme::SMALL, dim);
        return;
    };
    confidence(ui, touch, panel.title, explanation.confidence);
    let Explanation { measured, measured_unit: unit, low, high, reason, .. } = explanation;
    let parts = [
        ("rule", explanation.from_rule),
        ("model", explanation.from_model),
        ("learned from you", explanation.from_taste),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(_, part)| part.abs() >= 0.005)
        .map(|(name, part)| format!("{name} {part:+.2}"))
        .collect();
    let sum = if parts.is_empty() { "nothing to do".to_owned() } else { parts.join(", ") };
    let lines = [
        format!("Measured {measured:.1} {unit}, right is {low:.1} to {high:.1} {unit}"),
        format!("Proposed {}: {sum}", write(spec, explanation.proposed)),
        format!("Why: {reason}"),
    ];
    let painter = ui.painter().with_clip_rect(panel.inside);
    for (index, text) in lines.into_iter().enumerate() {
        let at = pos2(panel.inside.left(), panel.inside.top() + 1.0 + 17.0 * index as f32);
        label(&painter, at, Align2::LEFT_TOP, text, theme::SMALL, touch.colours.text);
    }
}

/// How sure it is, as a bar and a number.
fn confidence(ui: &Ui, touch: &Touch, title: Rect, confidence: f32) {
    let text = format!("{:.0} % sure", 100.0 * confidence);
    let at = title.right_center();
    label(ui.painter(), at, Align2::RIGHT_CENTER, text, theme::SMALL, touch.colours.text_dim);
    let bar = Rect::from_min_max(
        pos2((title.right() - 160.0).max(title.left()), title.center().y - 3.0),
        pos2(title.right() - 64.0, title.center().y + 3.0),
    );
    ui.painter().rect_filled(bar, 3, touch.colours.well);
    let filled = bar.with_max_x(bar.left() + bar.width() * confidence.clamp(0.0, 1.0));
    ui.painter().rect_filled(filled, 3, touch.accent);
}
