//! Where frequencies and decibels stand in a graph, and its lines and numbers.

use egui::{Align2, Painter, Pos2, Rect, Stroke, pos2};

use super::{Touch, label};
use crate::editor::theme;

/// Ends of the frequency axis.
pub const LOW_HZ: f32 = 20.0;
/// See [`LOW_HZ`].
pub const HIGH_HZ: f32 = 20_000.0;

/// Lines that get a number.
const NAMED_HZ: [(f32, &str); 8] = [
    (50.0, "50"),
    (100.0, "100"),
    (200.0, "200"),
    (500.0, "500"),
    (1_000.0, "1k"),
    (2_000.0, "2k"),
    (5_000.0, "5k"),
    (10_000.0, "10k"),
];

/// Maps frequencies and gains to points and back.
#[derive(Debug, Clone, Copy)]
pub struct Axes {
    /// The graph.
    pub rect: Rect,
    /// Half the height of the graph, in dB.
    pub span_db: f32,
}

impl Axes {
    /// Place of a frequency.
    pub fn x(&self, hz: f32) -> f32 {
        self.rect.left() + self.rect.width() * (hz / LOW_HZ).ln() / (HIGH_HZ / LOW_HZ).ln()
    }

    /// Frequency at a place.
    pub fn hz(&self, x: f32) -> f32 {
        LOW_HZ * (HIGH_HZ / LOW_HZ).powf((x - self.rect.left()) / self.rect.width())
    }

    /// Place of a gain.
    pub fn y(&self, db: f32) -> f32 {
        self.rect.center().y - 0.5 * self.rect.height() * db / self.span_db
    }

    /// Gain at a place.
    pub fn db(&self, y: f32) -> f32 {
        (self.rect.center().y - y) * 2.0 * self.span_db / self.rect.height()
    }

    /// Where a frequency and a gain meet.
    pub fn at(&self, hz: f32, db: f32) -> Pos2 {
        pos2(self.x(hz), self.y(db))
    }

    /// Lines of frequency and gain.
    pub fn grid(&self, painter: &Painter, touch: &Touch) {
        let rect = self.rect;
        let line = Stroke::new(1.0, touch.colours.grid);
        for decade in [10.0, 100.0, 1_000.0, 10_000.0f32] {
            for step in 1..10 {
                let hz = decade * step as f32;
                if (LOW_HZ..=HIGH_HZ).contains(&hz) {
                    painter.vline(self.x(hz), rect.y_range(), line);
                }
            }
        }
        for db in self.lines_db() {
            let stroke = if db == 0.0 { Stroke::new(1.0, touch.colours.edge) } else { line };
            painter.hline(rect.x_range(), self.y(db), stroke);
        }
    }

    /// Numbers on the lines: frequencies along the lower edge, gains along the left one.
    pub fn numbers(&self, painter: &Painter, touch: &Touch) {
        let ink = touch.colours.text_dim;
        for (hz, name) in NAMED_HZ {
            let at = pos2(self.x(hz) + 2.0, self.rect.bottom() - 1.0);
            label(painter, at, Align2::LEFT_BOTTOM, name, theme::SMALL, ink);
        }
        for db in self.lines_db() {
            let text = if db == 0.0 { "0".to_owned() } else { format!("{db:+.0}") };
            let at = pos2(self.rect.left() + 3.0, self.y(db));
            label(painter, at, Align2::LEFT_CENTER, text, theme::SMALL, ink);
        }
    }

    /// Gains that get a line, far enough from each other to be read.
    fn lines_db(&self) -> impl Iterator<Item = f32> + use<> {
        let steps_db = [1.0, 2.0, 3.0, 6.0, 12.0f32];
        let room = self.rect.height() / (2.0 * self.span_db);
        let step_db = steps_db.into_iter().find(|step_db| step_db * room >= 24.0).unwrap_or(12.0);
        let count = ((self.span_db - 0.01) / step_db) as i32;
        (-count..=count).map(move |index| index as f32 * step_db)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    #[test]
    fn maps_there_and_back() {
        let axes = Axes { rect: Rect::from_min_size(pos2(10.0, 20.0), vec2(600.0, 300.0)), span_db: 18.0 };
        for (hz, db) in [(20.0, 18.0), (1_000.0, 0.0), (12_345.0, -7.5)] {
            let at = axes.at(hz, db);
            assert!((axes.hz(at.x) / hz - 1.0).abs() < 1e-4);
            assert!((axes.db(at.y) - db).abs() < 1e-4);
        }
        assert_eq!(axes.at(LOW_HZ, 18.0), axes.rect.min);
    }

    #[test]
    fn lines_keep_their_distance() {
        for (height, span_db) in [(120.0, 18.0), (300.0, 18.0), (900.0, 6.0), (200.0, 30.0)] {
            let axes = Axes { rect: Rect::from_min_size(Pos2::ZERO, vec2(600.0, height)), span_db };
            let ys: Vec<f32> = axes.lines_db().map(|db| axes.y(db)).collect();
            assert!(ys.len() >= 3, "{ys:?}");
            assert!(ys.windows(2).all(|pair| pair[0] - pair[1] >= 20.0), "{height} {span_db}: {ys:?}");
        }
    }
}
