//! The stereo image as a cloud: mono stands upright, the side signal lies across.

use std::f32::consts::FRAC_1_SQRT_2;

use egui::{Align2, Id, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use super::{Touch, explain, label, plot};
use crate::editor::theme;

/// Largest magnification of quiet programmes, as a gain.
const MOST_GAIN: f32 = 8.0;
/// Time constant with which the size follows a programme that gets quieter, in seconds.
const FALL_S: f32 = 6.0;

/// Draws left and right samples, oldest first, into the largest square in the middle of `rect`.
pub fn vectorscope(ui: &Ui, touch: &Touch, rect: Rect, samples: &[[f32; 2]]) {
    let side = rect.width().min(rect.height());
    let square = Rect::from_center_size(rect.center(), vec2(side, side));
    let painter = ui.painter().with_clip_rect(square);
    let colours = touch.colours;
    painter.rect_filled(square, theme::CONTROL_ROUNDING, colours.well);
    let (centre, radius) = (square.center(), 0.5 * side - 4.0);
    let corners = [vec2(0.0, -radius), vec2(radius, 0.0), vec2(0.0, radius), vec2(-radius, 0.0)];
    let diamond = corners.map(|corner| centre + corner).to_vec();
    painter.add(Shape::closed_line(diamond, Stroke::new(1.0, colours.edge)));
    let diagonal = 0.5 * radius;
    for sign in [1.0, -1.0] {
        let reach = vec2(diagonal, sign * diagonal);
        painter.line_segment([centre - reach, centre + reach], Stroke::new(1.0, colours.grid));
    }
    let peak = samples.iter().flatten().fold(0.0f32, |peak, x| peak.max(x.abs()));
    let gain = (0.9 / slow_peak(ui, rect, peak).max(1e-6)).min(MOST_GAIN);
    let count = samples.len().max(1) as f32;
    let cloud = samples.iter().enumerate().map(|(index, [left, right])| {
        // What is louder on the right leans to the right.
        let (mid, side) = (left + right, right - left);
        let at = centre + vec2(side, -mid) * (0.5 * radius * gain);
        (at, touch.accent.gamma_multiply(0.15 + 0.55 * index as f32 / count))
    });
    plot::dots(&painter, cloud, 1.6);
    let corner = 0.5 * radius + 8.0 * FRAC_1_SQRT_2;
    for (text, x) in [("L", -corner), ("R", corner)] {
        let at = pos2(centre.x + x, centre.y - corner);
        label(&painter, at, Align2::CENTER_CENTER, text, theme::SMALL, colours.text_dim);
    }
    let response = ui.interact(square, Id::unique(("vectorscope", rect.min.x as i32)), Sense::hover());
    explain(
        &response,
        "Stereo image",
        "Mono stands upright, width spreads sideways, out of phase lies flat.",
    );
}

/// The peak that the size of the cloud follows: up at once, down slowly, so that quiet stays quieter than loud.
fn slow_peak(ui: &Ui, rect: Rect, peak: f32) -> f32 {
    let passed_s = ui.input(|input| input.stable_dt).min(0.1);
    let fallen = (-passed_s / FALL_S).exp();
    ui.data_mut(|data| {
        let held: &mut f32 =
            data.get_temp_mut_or_default(Id::unique(("vectorscope peak", rect.min.x as i32)));
        *held = peak.max(*held * fallen);
        *held
    })
}
