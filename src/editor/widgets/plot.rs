//! Curves and areas.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2};

/// Distance of the points of a curve.
pub const STEP: f32 = 2.5;

/// Places from the left edge of a graph to its right one.
pub fn places(rect: Rect) -> impl Iterator<Item = f32> {
    let steps = (rect.width() / STEP).ceil() as usize;
    (0..=steps).map(move |step| (rect.left() + step as f32 * STEP).min(rect.right()))
}

/// A line through points.
pub fn curve(painter: &Painter, points: Vec<Pos2>, width: f32, colour: Color32) {
    painter.add(Shape::line(points, Stroke::new(width, colour)));
}

/// The area between a curve and a level line.
pub fn area(painter: &Painter, points: impl Iterator<Item = Pos2>, base: f32, colour: Color32) {
    between(painter, points.map(|point| (point, pos2(point.x, base))), colour);
}

/// The area between two curves, given as pairs of points.
pub fn between(painter: &Painter, pairs: impl Iterator<Item = (Pos2, Pos2)>, colour: Color32) {
    let mut mesh = Mesh::default();
    for (one, other) in pairs {
        mesh.colored_vertex(one, colour);
        mesh.colored_vertex(other, colour);
        let count = mesh.vertices.len() as u32;
        if count >= 4 {
            mesh.add_triangle(count - 4, count - 3, count - 2);
            mesh.add_triangle(count - 3, count - 2, count - 1);
        }
    }
    painter.add(mesh);
}

/// Many small squares in one shape, as dots of a cloud.
pub fn dots(painter: &Painter, points: impl Iterator<Item = (Pos2, Color32)>, size: f32) {
    let mut mesh = Mesh::default();
    for (at, colour) in points {
        mesh.add_colored_rect(Rect::from_center_size(at, egui::Vec2::splat(size)), colour);
    }
    painter.add(mesh);
}
