//! Controls and displays, one a file. Each draws into a rectangle it is given and touches parameters only through the
//! host. Main thread.

use egui::{Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, Response, Stroke, StrokeKind, Ui};
use nice_plug::prelude::*;

use super::theme;

pub mod chooser;
mod entry;
pub mod knob;
pub mod move_row;
mod operate;
pub mod panel;
pub mod pill;
pub mod slot;
pub mod stripes;
pub mod timeline;

pub use operate::{NOTCH, fineness, gesture, wheel_notches};

/// What every control needs: the way to the host and the colour of its module.
#[derive(Clone, Copy)]
pub struct Touch<'a> {
    /// Changes go here, inside gestures.
    pub setter: &'a ParamSetter<'a>,
    /// Marks what is on or set.
    pub accent: Color32,
}

/// What a control says about itself.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Short label beside or in the control.
    pub label: &'static str,
    /// One sentence for the tooltip.
    pub meaning: &'static str,
}

/// Shorthand for [`About`].
pub const fn about(label: &'static str, meaning: &'static str) -> About {
    About { label, meaning }
}

/// Name and meaning under a resting pointer.
pub fn explain(response: Response, name: &str, meaning: &str) {
    if !response.dragged() {
        response.on_hover_ui(|ui| {
            ui.strong(name);
            ui.label(egui::RichText::new(meaning).color(theme::TEXT_DIM));
        });
    }
}

/// Text around a point.
fn label(painter: &Painter, at: Pos2, align: Align2, text: impl ToString, font: FontId, colour: Color32) {
    painter.text(at, align, text, font, colour);
}

/// Small text that starts at a point on its middle line.
pub fn note(ui: &Ui, at: Pos2, text: &str, colour: Color32) {
    label(ui.painter(), at, Align2::LEFT_CENTER, text, theme::SMALL, colour);
}

/// Width of a line of text in points.
fn width(ui: &Ui, text: &str, font: &FontId) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), font.clone(), theme::TEXT).size().x
}

/// A value, without its unit where the unit does not fit.
fn fitted(ui: &Ui, text: String, room: f32, font: &FontId) -> String {
    if width(ui, &text, font) <= room {
        return text;
    }
    match text.rsplit_once(' ') {
        Some((number, "kHz")) => format!("{number} k"),
        Some((number, _)) => number.to_owned(),
        None => text,
    }
}

/// A control's body, lighter under the pointer.
fn body(painter: &Painter, rect: Rect, fill: Color32, edge: Color32) {
    let rounding = CornerRadius::same(theme::CONTROL_ROUNDING);
    painter.rect(rect, rounding, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
}
