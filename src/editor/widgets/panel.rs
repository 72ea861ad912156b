//! The frame of a module: its name, its switch, and what is inside.

use egui::{Align2, CornerRadius, Rect, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};
use nice_plug::prelude::*;

use super::pill::power;
use super::{Touch, label};
use crate::editor::layout::PADDING;
use crate::editor::theme;

/// Height of a panel's first line.
pub const TITLE_HEIGHT: f32 = 26.0;
/// How much of a switched-off module's colours is left.
const OFF_OPACITY: f32 = 0.8;

/// A drawn frame and the room in it.
pub struct Panel {
    /// What is left of the first line, right of the name.
    pub title: Rect,
    /// Below the first line.
    pub inside: Rect,
    on: bool,
}

impl Panel {
    /// Draws the frame with its name and, where there is one, its switch.
    pub fn new(ui: &mut Ui, touch: &Touch, rect: Rect, name: &str, switch: Option<&BoolParam>) -> Self {
        frame(ui, touch, rect);
        let line = Rect::from_min_size(
            rect.min + vec2(PADDING, 2.0),
            vec2(rect.width() - 2.0 * PADDING, TITLE_HEIGHT),
        );
        let mut left = line.left() + 1.0;
        let mut on = true;
        if let Some(param) = switch {
            let ring = Rect::from_center_size(pos2(left + 7.0, line.center().y), vec2(18.0, 18.0));
            on = power(ui, touch, ring, param, (name, "panel"));
            left = ring.right() + 4.0;
        }
        let ink = if on { touch.accent } else { touch.colours.text_dim };
        let galley = ui.painter().layout_no_wrap(name.to_owned(), theme::NORMAL, ink);
        let width = galley.size().x;
        label(ui.painter(), pos2(left, line.center().y), Align2::LEFT_CENTER, name, theme::NORMAL, ink);
        let title = line.with_min_x((left + width + 10.0).min(line.right()));
        let inside =
            Rect::from_min_max(pos2(line.left(), line.bottom()), rect.max - vec2(PADDING, PADDING - 2.0));
        Self { title, inside, on }
    }

    /// Draws what belongs to the module, faded while it is off.
    pub fn fill(&self, ui: &mut Ui, contents: impl FnOnce(&mut Ui)) {
        ui.scope_builder(UiBuilder::new().max_rect(self.inside), |ui| {
            if !self.on {
                ui.multiply_opacity(OFF_OPACITY);
            }
            contents(ui);
        });
    }
}

/// Draws an empty frame.
pub fn frame(ui: &Ui, touch: &Touch, rect: Rect) {
    let rounding = CornerRadius::same(theme::PANEL_ROUNDING);
    let edge = Stroke::new(1.0, touch.colours.edge);
    ui.painter().rect(rect, rounding, touch.colours.panel, edge, StrokeKind::Inside);
}
