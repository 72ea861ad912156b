//! A stage's static curve: level in against level out, with a dot where the programme is.

use egui::{Align2, Id, Painter, Pos2, Rect, Sense, Stroke, Ui, pos2};

use super::{Touch, explain, label, plot};
use crate::editor::theme;

/// Distance of the grid's lines, dB.
const GRID_DB: f32 = 12.0;
/// Distance of the curve's points, dB.
const STEP_DB: f32 = 0.5;

/// A static curve; both axes have the same range.
pub struct TransferCurve<'a> {
    /// Lowest level of both axes, dB; the highest is `top_db`.
    pub floor_db: f32,
    /// Highest level of both axes, dB.
    pub top_db: f32,
    /// Level out for a level in, dB.
    pub output_db: &'a dyn Fn(f32) -> f32,
    /// A level that is marked on the input axis, dB.
    pub threshold_db: Option<f32>,
    /// Where the programme is: level in and level out, dB.
    pub dot_db: Option<[f32; 2]>,
}

/// Draws a curve.
pub fn transfer_curve(ui: &Ui, touch: &Touch, rect: Rect, shown: &TransferCurve, name: &str) {
    let painter = ui.painter().with_clip_rect(rect);
    let (colours, rounding) = (touch.colours, theme::CONTROL_ROUNDING);
    painter.rect_filled(rect, rounding, colours.well);
    let share = |db: f32| (db - shown.floor_db) / (shown.top_db - shown.floor_db);
    let at = |input_db: f32, output_db: f32| {
        pos2(rect.left() + rect.width() * share(input_db), rect.bottom() - rect.height() * share(output_db))
    };
    grid(&painter, touch, rect, shown, &at);
    if let Some(threshold_db) = shown.threshold_db {
        let x = at(threshold_db, 0.0).x;
        let dashes = egui::Shape::dashed_line(
            &[pos2(x, rect.top()), pos2(x, rect.bottom())],
            Stroke::new(1.0, touch.accent.gamma_multiply(0.6)),
            3.0,
            3.0,
        );
        painter.extend(dashes);
    }
    let steps = ((shown.top_db - shown.floor_db) / STEP_DB) as usize;
    let levels = (0..=steps).map(|step| shown.floor_db + step as f32 * STEP_DB);
    let points: Vec<Pos2> = levels.map(|level_db| at(level_db, (shown.output_db)(level_db))).collect();
    plot::area(&painter, points.iter().copied(), rect.bottom(), touch.accent.gamma_multiply(0.12));
    plot::curve(&painter, points, 2.0, touch.accent);
    if let Some([input_db, output_db]) = shown.dot_db.filter(|[input_db, _]| *input_db > shown.floor_db) {
        let dot = at(input_db.min(shown.top_db), output_db.min(shown.top_db));
        painter.circle(dot, 4.5, colours.text, Stroke::new(1.5, colours.well));
    }
    let response = ui.interact(rect, Id::unique(("transfer curve", name)), Sense::hover());
    explain(&response, name, "Level in to the right, level out upwards. The dot is the programme now.");
}

fn grid(painter: &Painter, touch: &Touch, rect: Rect, shown: &TransferCurve, at: &dyn Fn(f32, f32) -> Pos2) {
    let line = Stroke::new(1.0, touch.colours.grid);
    let first = (shown.floor_db / GRID_DB).ceil() as i32;
    let last = (shown.top_db / GRID_DB).floor() as i32;
    let named_every = if rect.height() < 160.0 { 2 } else { 1 };
    for index in first..=last {
        let db = index as f32 * GRID_DB;
        let place = at(db, db);
        painter.vline(place.x, rect.y_range(), line);
        painter.hline(rect.x_range(), place.y, line);
        let has_room = rect.y_range().shrink(7.0).contains(place.y);
        if index % named_every == 0 && has_room {
            let corner = pos2(rect.left() + 3.0, place.y);
            let ink = touch.colours.text_dim;
            label(painter, corner, Align2::LEFT_CENTER, format!("{db:.0}"), theme::SMALL, ink);
        }
    }
    let ends = [at(shown.floor_db, shown.floor_db), at(shown.top_db, shown.top_db)];
    painter.line_segment(ends, Stroke::new(1.0, touch.colours.edge));
}
