//! Controls and displays, one a file. Each draws into a rectangle it is given and touches parameters only through the
//! [`Hand`]. Main thread.

use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, Response, Stroke, StrokeKind, Ui, pos2,
};

use super::hand::Hand;
use super::theme::{self, Palette};

pub mod axes;
pub mod chooser;
pub mod correlation;
mod entry;
pub mod field;
pub mod keyboard;
pub mod knob;
pub mod loudness_history;
pub mod move_row;
pub mod number;
mod operate;
pub mod panel;
pub mod pill;
pub mod plot;
pub mod reduction_history;
pub mod scale;
pub mod shaped_wave;
pub mod slot;
pub mod spectrum;
pub mod stripes;
pub mod text_line;
pub mod time_axis;
pub mod timeline;
pub mod transfer_curve;
pub mod vectorscope;
pub mod waveform_history;
pub mod wheel;

pub use operate::{NOTCH, fineness, key_notches, wheel_notches};

/// What every control needs: the way to the host, the theme and the colour of its module.
#[derive(Clone, Copy)]
pub struct Touch<'a> {
    /// Changes go here, inside gestures.
    pub hand: &'a Hand<'a>,
    /// The theme.
    pub colours: &'static Palette,
    /// Marks what is on or set.
    pub accent: Color32,
}

impl Touch<'_> {
    /// The same in another colour.
    pub fn in_colour(self, accent: Color32) -> Self {
        Self { accent, ..self }
    }
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
pub fn explain(response: &Response, name: &str, meaning: &str) {
    // Who drags knows, and an open menu hides what is under it.
    if response.dragged() || response.context_menu_opened() {
        return;
    }
    response.clone().on_hover_ui(|ui| {
        ui.strong(name);
        ui.label(meaning);
    });
}

/// Text around a point.
pub fn label(painter: &Painter, at: Pos2, align: Align2, text: impl ToString, font: FontId, colour: Color32) {
    painter.text(at, align, text, font, colour);
}

/// Small text over a drawing, on a ground of its own so that it can be read.
pub fn backed(
    painter: &Painter,
    touch: &Touch,
    at: Pos2,
    align: Align2,
    text: impl ToString,
    colour: Color32,
) {
    let galley = painter.layout_no_wrap(text.to_string(), theme::SMALL, colour);
    let rect = align.anchor_size(at, galley.size());
    painter.rect_filled(rect.expand2(egui::vec2(2.0, -1.0)), 3, touch.colours.well.gamma_multiply(0.85));
    painter.galley(rect.min, galley, colour);
}

/// Small text that starts at a point on its middle line.
pub fn note(ui: &Ui, at: Pos2, text: &str, colour: Color32) {
    label(ui.painter(), at, Align2::LEFT_CENTER, text, theme::SMALL, colour);
}

/// One line of text from the left of `rect`, in its middle, as much of it as there is room for. Returns where it ends.
pub fn line(ui: &Ui, rect: Rect, text: &str, font: FontId, colour: Color32) -> f32 {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, colour);
    job.wrap = TextWrapping::truncate_at_width(rect.width());
    let galley = ui.painter().layout_job(job);
    let at = pos2(rect.left(), rect.center().y - 0.5 * galley.size().y);
    let right = at.x + galley.size().x;
    ui.painter().galley(at, galley, colour);
    right
}

/// Small text in lines from the top of `rect`, as many of them as there is room for. Returns where they end.
pub fn prose(ui: &Ui, rect: Rect, text: &str, colour: Color32) -> f32 {
    let mut job = LayoutJob::simple(text.to_owned(), theme::SMALL, colour, rect.width());
    let row_height = ui.ctx().fonts_mut(|fonts| fonts.row_height(&theme::SMALL));
    job.wrap.max_rows = ((rect.height() / row_height).floor() as usize).max(1);
    let galley = ui.painter().layout_job(job);
    let bottom = rect.top() + galley.size().y;
    ui.painter().galley(rect.min, galley, colour);
    bottom
}

/// Width of a line of text in points.
pub fn width(ui: &Ui, text: &str, font: &FontId) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::WHITE).size().x
}

/// A value, without its unit where the unit does not fit.
pub fn fitted(ui: &Ui, text: String, room: f32, font: &FontId) -> String {
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
pub fn body(painter: &Painter, rect: Rect, fill: Color32, edge: Color32) {
    let rounding = CornerRadius::same(theme::CONTROL_ROUNDING);
    painter.rect(rect, rounding, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
}

/// Shows where the keyboard is.
pub fn focus_ring(ui: &Ui, touch: &Touch, rect: Rect, response: &Response) {
    if response.has_focus() {
        let rounding = CornerRadius::same(theme::CONTROL_ROUNDING + 1);
        let stroke = Stroke::new(1.5, touch.colours.text);
        ui.painter().rect_stroke(rect.expand(1.0), rounding, stroke, StrokeKind::Outside);
    }
}
