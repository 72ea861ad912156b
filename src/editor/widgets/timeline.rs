//! The track from its start to its end: steps, loop, position; a click goes there.

use egui::{Align2, Color32, CornerRadius, Id, Rect, Sense, Ui, pos2, vec2};

use super::{Touch, body, explain};
use crate::control::session::TrackTelemetry;
use crate::editor::theme;
use crate::plugin::TrackPicture;

/// Steps narrower than this get no name.
const NAME_WIDTH: f32 = 34.0;

/// A stretch that is repeated, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Loop {
    /// Start.
    pub start_s: f64,
    /// End; the end of the track where it does not lie behind the start.
    pub end_s: f64,
}

/// Draws the timeline; gives the time that was clicked where `can_seek`.
pub fn timeline(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    picture: &TrackPicture,
    telemetry: &TrackTelemetry,
    repeats: Option<Loop>,
    can_seek: bool,
) -> Option<f64> {
    let length_s = picture.length_s;
    let can_seek = can_seek && length_s > 0.0;
    let sense = if can_seek { Sense::click_and_drag() } else { Sense::hover() };
    let response = ui.interact(rect, Id::unique("timeline"), sense);
    let lit = can_seek && response.hovered();
    body(ui.painter(), rect, touch.colours.well, if lit { touch.accent } else { touch.colours.edge });
    let inner = rect.shrink(2.0);
    let x = |time_s: f64| inner.left() + inner.width() * (time_s / length_s).clamp(0.0, 1.0) as f32;
    if length_s > 0.0 {
        steps(ui, touch, inner, picture, telemetry.step, &x);
        let painter = ui.painter();
        if let Some(Loop { start_s, end_s }) = repeats {
            let end_s = if end_s > start_s { end_s } else { length_s };
            let bar = Rect::from_x_y_ranges(x(start_s)..=x(end_s), inner.bottom() - 4.0..=inner.bottom());
            painter.rect_filled(bar, CornerRadius::same(2), touch.colours.compressor);
        }
        let at = x(telemetry.position_s);
        let line = Rect::from_x_y_ranges(at - 1.0..=at + 1.0, inner.y_range());
        painter.rect_filled(line, CornerRadius::ZERO, touch.colours.text);
    }
    let asked = response.interact_pointer_pos().filter(|_| response.clicked() || response.dragged());
    let time_s =
        asked.map(|at| f64::from(((at.x - inner.left()) / inner.width()).clamp(0.0, 1.0)) * length_s);
    let meaning = if can_seek { "Click or drag to go there." } else { "The host says where the track is." };
    explain(&response, "Timeline", meaning);
    time_s.filter(|_| can_seek)
}

fn steps(
    ui: &Ui,
    touch: &Touch,
    inner: Rect,
    picture: &TrackPicture,
    present: Option<usize>,
    x: &dyn Fn(f64) -> f32,
) {
    for (index, step) in picture.steps.iter().enumerate().filter(|(_, step)| step.end_s > step.start_s) {
        let cell = Rect::from_x_y_ranges(x(step.start_s)..=x(step.end_s), inner.y_range());
        let fill = match present == Some(index) {
            true => touch.accent.gamma_multiply(0.4),
            false if index % 2 == 0 => touch.colours.raised,
            false => touch.colours.edge,
        };
        let cell = cell.with_max_x((cell.right() - 1.0).max(cell.left() + 0.5));
        ui.painter().rect_filled(cell, CornerRadius::same(2), fill);
        if cell.width() >= NAME_WIDTH {
            let clip = cell.shrink2(vec2(4.0, 0.0));
            let ink: Color32 =
                if present == Some(index) { touch.colours.text } else { touch.colours.text_dim };
            let at = pos2(clip.left(), clip.center().y);
            let painter = ui.painter().with_clip_rect(clip);
            painter.text(at, Align2::LEFT_CENTER, &step.name, theme::SMALL, ink);
        }
    }
}
