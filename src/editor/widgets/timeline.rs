//! A stretch of time along a row: where moments stand, how it is zoomed and moved, its ruler, how spans share lanes.

use egui::{Align2, Rangef, Rect, Stroke, Ui, pos2};

use super::{Touch, label};
use crate::editor::theme;

/// The shortest stretch that can be looked at, in seconds.
const SHORTEST_S: f64 = 0.05;
/// Least room between two numbers of the ruler, in points.
const NUMBER_ROOM: f64 = 64.0;
/// Distances of numbers, in seconds.
const STEPS_S: [f64; 21] = [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0,
    1_800.0, 3_600.0, 7_200.0, 21_600.0,
];

/// What is looked at of a track; begins with all of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// First moment, in seconds.
    start_s: f64,
    /// Times that the whole is stretched.
    zoom: f64,
}

impl Default for Look {
    fn default() -> Self {
        Self { start_s: 0.0, zoom: 1.0 }
    }
}

impl Look {
    /// The axis of this look at a track of `length_s` seconds.
    pub fn axis(&self, rect: Rect, length_s: f64) -> Axis {
        let length_s = length_s.max(SHORTEST_S);
        let span_s = (length_s / self.zoom).max(SHORTEST_S).min(length_s);
        Axis { rect, start_s: self.start_s.clamp(0.0, length_s - span_s), span_s, length_s }
    }

    /// Stretches by a factor; the moment at `x` stays there.
    pub fn zoom(&mut self, axis: &Axis, x: f32, factor: f64) {
        let share = f64::from((x - axis.rect.left()) / axis.rect.width()).clamp(0.0, 1.0);
        let span_s = (axis.span_s / factor).clamp(SHORTEST_S.min(axis.length_s), axis.length_s);
        let start_s = axis.start_s + share * (axis.span_s - span_s);
        *self = Self { start_s: start_s.clamp(0.0, axis.length_s - span_s), zoom: axis.length_s / span_s };
    }

    /// Moves on by some seconds, not beyond the ends.
    pub fn pan(&mut self, axis: &Axis, by_s: f64) {
        self.start_s = (axis.start_s + by_s).clamp(0.0, axis.length_s - axis.span_s);
    }
}

/// Maps seconds to points and back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// Where it lies.
    pub rect: Rect,
    /// The moment at its left end.
    pub start_s: f64,
    /// Seconds from end to end.
    pub span_s: f64,
    /// Seconds of the whole track.
    pub length_s: f64,
}

impl Axis {
    /// Place of a moment, at most just outside.
    pub fn x(&self, time_s: f64) -> f32 {
        let share = ((time_s - self.start_s) / self.span_s).clamp(-0.1, 1.1);
        self.rect.left() + self.rect.width() * share as f32
    }

    /// Moment at a place, within the track.
    pub fn time_s(&self, x: f32) -> f64 {
        let share = f64::from((x - self.rect.left()) / self.rect.width());
        (self.start_s + share * self.span_s).clamp(0.0, self.length_s)
    }

    /// Seconds that a distance covers.
    pub fn seconds(&self, points: f32) -> f64 {
        f64::from(points / self.rect.width()) * self.span_s
    }

    /// Whether anything between two moments is in sight.
    pub fn sees(&self, from_s: f64, to_s: f64) -> bool {
        to_s >= self.start_s && from_s <= self.start_s + self.span_s
    }

    /// Distance of the numbers, in seconds.
    pub fn step_s(&self) -> f64 {
        let least_s = self.span_s * NUMBER_ROOM / f64::from(self.rect.width()).max(1.0);
        let known = STEPS_S.into_iter().find(|step_s| *step_s >= least_s);
        known.unwrap_or_else(|| (least_s / 21_600.0).ceil() * 21_600.0)
    }

    /// Lines and numbers along `rect`, and fainter lines down to `depth`.
    pub fn ruler(&self, ui: &Ui, touch: &Touch, depth: f32) {
        let step_s = self.step_s();
        let painter = ui.painter().with_clip_rect(self.rect.with_max_y(depth).intersect(ui.clip_rect()));
        let first = (self.start_s / step_s).floor() as i64;
        let last = ((self.start_s + self.span_s) / step_s).ceil() as i64;
        for number in first..=last {
            let time_s = number as f64 * step_s;
            let x = self.x(time_s);
            let short = Rangef::new(self.rect.bottom() - 6.0, self.rect.bottom());
            painter.vline(x, short, Stroke::new(1.0, touch.colours.text_dim));
            painter.vline(x, Rangef::new(self.rect.bottom(), depth), Stroke::new(1.0, touch.colours.grid));
            for part in 1..5 {
                let x = self.x(time_s + step_s * f64::from(part) / 5.0);
                let tick = Rangef::new(self.rect.bottom() - 3.0, self.rect.bottom());
                painter.vline(x, tick, Stroke::new(1.0, touch.colours.edge));
            }
            let at = pos2(x + 3.0, self.rect.top());
            let text = moment(time_s, step_s);
            // A number that would be cut off at the right end is left out.
            if x + NUMBER_ROOM as f32 * 0.7 < self.rect.right() || number == first {
                label(&painter, at, Align2::LEFT_TOP, text, theme::SMALL, touch.colours.text_dim);
            }
        }
    }
}

/// A moment with as many figures as steps of this size need: `0:05`, `1:02:00`, `0:00.25`.
pub fn moment(time_s: f64, step_s: f64) -> String {
    let places = match step_s {
        step_s if step_s >= 1.0 => 0,
        step_s if step_s >= 0.1 => 1,
        _ => 2,
    };
    let parts = 10f64.powi(places);
    let whole = (time_s.max(0.0) * parts).round() / parts;
    let (minutes, seconds) = ((whole / 60.0).floor(), whole % 60.0);
    let width = if places == 0 { 2 } else { 3 + places as usize };
    let places = places as usize;
    match minutes as u64 {
        minutes if minutes >= 60 => {
            format!("{}:{:02}:{seconds:0width$.places$}", minutes / 60, minutes % 60)
        }
        minutes => format!("{minutes}:{seconds:0width$.places$}"),
    }
}

/// A lane for each span, given with start and end, so that none lies over another, in at most `most` lanes: what finds
/// none that is free goes into the last.
pub fn lanes(spans: &[(f64, f64)], most: usize) -> Vec<usize> {
    let mut ends: Vec<f64> = Vec::new();
    let lane = |&(start_s, end_s): &(f64, f64)| {
        let free = ends.iter().position(|end| *end <= start_s);
        let lane = free.unwrap_or(ends.len()).min(most.saturating_sub(1));
        match ends.get_mut(lane) {
            Some(end) => *end = end.max(end_s),
            None => ends.push(end_s),
        }
        lane
    };
    spans.iter().map(lane).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::vec2;

    fn rect() -> Rect {
        Rect::from_min_size(pos2(10.0, 0.0), vec2(600.0, 20.0))
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let mut look = Look::default();
        for (x, factor) in [(310.0, 2.0), (100.0, 3.0), (600.0, 1.5), (200.0, 0.5)] {
            let before = look.axis(rect(), 600.0);
            let time_s = before.time_s(x);
            look.zoom(&before, x, factor);
            let after = look.axis(rect(), 600.0);
            assert!((after.time_s(x) - time_s).abs() < 1e-6, "{x} {factor}");
            assert!((after.x(time_s) - x).abs() < 1e-2);
        }
        let axis = look.axis(rect(), 600.0);
        look.zoom(&axis, 10.0, 1e-9);
        assert_eq!(look, Look::default(), "never less than all of it");
        let axis = look.axis(rect(), 600.0);
        look.zoom(&axis, 310.0, 1e9);
        assert!((look.axis(rect(), 600.0).span_s - SHORTEST_S).abs() < 1e-9);
    }

    #[test]
    fn moving_stops_at_the_ends() {
        let mut look = Look::default();
        look.zoom(&look.axis(rect(), 100.0), 310.0, 4.0);
        look.pan(&look.axis(rect(), 100.0), -1e6);
        assert_eq!(look.axis(rect(), 100.0).start_s, 0.0);
        look.pan(&look.axis(rect(), 100.0), 1e6);
        let axis = look.axis(rect(), 100.0);
        assert!((axis.start_s + axis.span_s - 100.0).abs() < 1e-9);
        // The track got shorter meanwhile.
        let axis = look.axis(rect(), 40.0);
        assert!((axis.start_s + axis.span_s - 40.0).abs() < 1e-9 && axis.span_s == 10.0);
    }

    #[test]
    fn numbers_keep_their_distance_and_say_enough() {
        for length_s in [0.3, 5.0, 61.0, 3_600.0, 90_000.0, 1e6] {
            let axis = Look::default().axis(rect(), length_s);
            let step_s = axis.step_s();
            assert!(axis.x(axis.start_s + step_s) - axis.x(axis.start_s) >= 60.0, "{length_s}");
            assert_ne!(moment(step_s, step_s), moment(2.0 * step_s, step_s));
        }
        let written = [(5.0, 5.0), (65.0, 1.0), (3_720.0, 60.0), (0.25, 0.05), (59.999, 0.1)];
        let texts = written.map(|(time_s, step_s)| moment(time_s, step_s));
        assert_eq!(texts, ["0:05", "1:05", "1:02:00", "0:00.25", "1:00.0"]);
    }

    #[test]
    fn spans_share_lanes_without_lying_over_each_other() {
        let spans = [(0.0, 10.0), (5.0, 8.0), (10.0, 20.0), (9.0, 12.0), (11.0, 13.0)];
        assert_eq!(lanes(&spans, 9), [0, 1, 0, 1, 2]);
        assert_eq!(lanes(&spans, 2), [0, 1, 0, 1, 1]);
        assert_eq!(lanes(&spans, 1), [0; 5]);
        assert!(lanes(&[], 3).is_empty());
    }
}
