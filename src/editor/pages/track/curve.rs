//! The course of a parameter over its step, small in its row and large with the envelope behind it.

use egui::{Align2, Id, Mesh, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use crate::editor::theme;
use crate::editor::widgets::scale::with_unit;
use crate::editor::widgets::timeline::Look;
use crate::editor::widgets::{Touch, body, explain, label};
use crate::track::edit::catalogue::Parameter;
use crate::track::edit::sampled::{self, Point};
use crate::track::file::schema::Voice;

/// Least and most of some values, apart from each other.
fn range(points: &[Point]) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for point in points {
        (low, high) = (low.min(point[1]), high.max(point[1]));
    }
    if !(low.is_finite() && high.is_finite()) {
        return (0.0, 1.0);
    }
    let least = 1e-9_f64.max(low.abs().max(high.abs()) * 0.02);
    if high - low < least { (low - least, high + least) } else { (low, high) }
}

fn places(rect: Rect, points: &[Point], duration_s: f64, (low, high): (f64, f64)) -> Vec<Pos2> {
    let place = |point: &Point| {
        let x = (point[0] / duration_s.max(1e-9)).clamp(0.0, 1.0) as f32;
        let y = ((point[1] - low) / (high - low)) as f32;
        pos2(rect.left() + x * rect.width(), rect.bottom() - y * rect.height())
    };
    points.iter().map(place).collect()
}

/// A line that shows how something moves.
pub fn small(ui: &Ui, touch: &Touch, rect: Rect, points: &[Point], duration_s: f64) {
    ui.painter().rect_filled(rect, theme::CONTROL_ROUNDING, touch.colours.well);
    let line = places(rect.shrink(3.0), points, duration_s, range(points));
    ui.painter().add(Shape::line(line, Stroke::new(1.5, touch.accent)));
}

/// The graph over the parameters.
pub fn large(
    ui: &Ui,
    touch: &Touch,
    rect: Rect,
    (voice, duration_s): (&Voice, f64),
    parameter: Option<&Parameter>,
) {
    let colours = touch.colours;
    body(ui.painter(), rect, colours.well, colours.edge);
    let inner = rect.shrink(2.0);
    let axis = Look::default().axis(inner.with_max_y(inner.top() + 14.0), duration_s);
    axis.ruler(ui, touch, inner.bottom());
    let field = inner.with_min_y(inner.top() + 18.0).shrink2(vec2(0.0, 3.0));
    envelope(ui, touch, field, voice, duration_s);
    let response = ui.interact(rect, Id::unique("parameter course"), Sense::hover());
    let meaning = "The parameter over the step; the ground is what envelope and fades leave of the voice.";
    let Some(parameter) = parameter else {
        explain(&response, "Envelope", meaning);
        return;
    };
    explain(&response, &parameter.label, meaning);
    let points = sampled::parameter(voice, duration_s, parameter);
    let (low, high) = range(&points);
    let line = places(field, &points, duration_s, (low, high));
    let painter = ui.painter().with_clip_rect(inner);
    painter.add(Shape::line(line, Stroke::new(2.0, touch.accent)));
    let ends = points.first().zip(points.last()).map(|(start, end)| [start[1], end[1]]);
    let text = match ends {
        None => format!("{}: no number", parameter.label),
        Some([start, end]) if start == end => {
            format!("{} {}", parameter.label, with_unit(start, parameter.unit))
        }
        Some(ends) => {
            let [start, end] = ends.map(|value| with_unit(value, parameter.unit));
            format!("{} {start} to {end}", parameter.label)
        }
    };
    // Where the line leaves room: it begins high when it falls.
    let is_falling = ends.is_some_and(|[start, end]| start > end);
    let (at, align) = match is_falling {
        true => (field.left_bottom() + vec2(5.0, 0.0), Align2::LEFT_BOTTOM),
        false => (field.left_top() + vec2(5.0, 0.0), Align2::LEFT_TOP),
    };
    label(&painter, at, align, text, theme::SMALL, colours.text);
}

/// The level over the step as a ground.
fn envelope(ui: &Ui, touch: &Touch, field: Rect, voice: &Voice, duration_s: f64) {
    let points = sampled::envelope(voice, duration_s);
    let line = places(field, &points, duration_s, (0.0, 1.0));
    let ink = touch.colours.text_dim.gamma_multiply(0.22);
    let mut mesh = Mesh::default();
    for at in &line {
        mesh.colored_vertex(*at, ink);
        mesh.colored_vertex(pos2(at.x, field.bottom()), ink);
    }
    for i in 1..line.len() as u32 {
        mesh.add_triangle(2 * i - 2, 2 * i - 1, 2 * i);
        mesh.add_triangle(2 * i - 1, 2 * i, 2 * i + 1);
    }
    ui.painter().add(Shape::mesh(mesh));
    ui.painter().add(Shape::line(line, Stroke::new(1.0, touch.colours.text_dim)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_in_their_field() {
        let field = Rect::from_min_size(pos2(5.0, 5.0), vec2(100.0, 40.0));
        for points in [vec![[0.0, 3.0], [10.0, 3.0]], vec![[0.0, -5.0], [4.0, 0.0], [10.0, 1e6]], vec![]] {
            let line = places(field, &points, 10.0, range(&points));
            assert!(line.iter().all(|at| field.expand(0.01).contains(*at)), "{points:?}: {line:?}");
        }
        let flat = [[0.0, 0.0], [10.0, 0.0]];
        let at = places(field, &flat, 10.0, range(&flat));
        assert!((at[0].y - field.center().y).abs() < 0.1, "what rests lies in the middle");
    }
}
