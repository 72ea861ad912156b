//! Level of a noise over its step: linear fades at both ends and an envelope of points.

use super::recipe::forward;
use crate::track::file::fields::{Fields, number_of, shown};
use crate::track::sound::span::{QUANTUM, Span};
use serde_json::Value;

/// Most points of an envelope; more than an hour of them at ten a second.
const MOST_POINTS: usize = 65_536;

/// Fades and points.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    frames: u64,
    frame_s: f64,
    fade_in_frames: u64,
    fade_out_frames: u64,
    /// Time in seconds and factor, in the order of time.
    points: Vec<[f64; 2]>,
}

impl Envelope {
    /// Reads `fade_in`, `fade_out` (seconds) and `amp_envelope` (`[time, factor]`, or objects).
    pub fn read(fields: &Fields<'_>, span: Span) -> Self {
        let frames_of = |key| {
            let rounded = (fields.number(key, 0.0) * span.rate_hz).round().max(0.0) as u64;
            rounded.min(span.frames)
        };
        Self {
            frames: span.frames,
            frame_s: 1.0 / span.rate_hz,
            fade_in_frames: frames_of("fade_in"),
            fade_out_frames: frames_of("fade_out"),
            points: points(fields),
        }
    }

    /// A level of 1 throughout.
    pub fn flat(span: Span) -> Self {
        let frame_s = 1.0 / span.rate_hz;
        Self { frames: span.frames, frame_s, fade_in_frames: 0, fade_out_frames: 0, points: Vec::new() }
    }

    /// Multiplies the frames from `first` on by the level.
    pub fn apply(&self, first: u64, level: &mut [f32; QUANTUM]) {
        if !self.points.is_empty() {
            self.apply_points(first, level);
        }
        if first < self.fade_in_frames {
            let scale = last_step(self.fade_in_frames);
            for (i, level) in level.iter_mut().enumerate() {
                *level *= (((first + i as u64) as f64 * scale) as f32).min(1.0);
            }
        }
        if first + QUANTUM as u64 > self.frames - self.fade_out_frames {
            let scale = last_step(self.fade_out_frames);
            for (i, level) in level.iter_mut().enumerate() {
                let left = self.frames.saturating_sub(first + i as u64 + 1);
                if left < self.fade_out_frames {
                    *level *= (left as f64 * scale) as f32;
                }
            }
        }
    }

    fn apply_points(&self, first: u64, level: &mut [f32; QUANTUM]) {
        let points = &self.points;
        let mut next = points.partition_point(|point| point[0] <= first as f64 * self.frame_s);
        for (i, level) in level.iter_mut().enumerate() {
            let time_s = (first + i as u64) as f64 * self.frame_s;
            while points.get(next).is_some_and(|point| point[0] <= time_s) {
                next += 1;
            }
            let factor = match (next.checked_sub(1).map(|at| points[at]), points.get(next)) {
                (Some([from_s, from]), Some([to_s, to])) => {
                    from + (to - from) * (time_s - from_s) / (to_s - from_s)
                }
                (Some(point), None) | (None, Some(&point)) => point[1],
                (None, None) => 1.0,
            };
            *level *= factor as f32;
        }
    }
}

/// Step of a fade that meets both 0 and 1.
fn last_step(frames: u64) -> f64 {
    1.0 / frames.saturating_sub(1).max(1) as f64
}

fn points(fields: &Fields<'_>) -> Vec<[f64; 2]> {
    let entries = match fields.value("amp_envelope") {
        None => return Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(other) => {
            fields.refuse("amp_envelope", format!("found {}, expected an array of points", shown(other)));
            return Vec::new();
        }
    };
    if entries.len() > MOST_POINTS {
        let message = format!("found {} points, only the first {MOST_POINTS} are used", entries.len());
        fields.ignore("amp_envelope", message);
    }
    let entries = entries.iter().take(MOST_POINTS).enumerate();
    let mut points: Vec<[f64; 2]> = entries.filter_map(|(i, entry)| point(fields, i, entry)).collect();
    points.sort_by(|a, b| a[0].total_cmp(&b[0]));
    points
}

fn point(fields: &Fields<'_>, i: usize, entry: &Value) -> Option<[f64; 2]> {
    let key = format!("amp_envelope[{i}]");
    let numbers = match entry {
        Value::Array(numbers) => [numbers.first().and_then(number_of), numbers.get(1).and_then(number_of)],
        Value::Object(map) => {
            let object = Fields::new(map, "");
            let first = |keys: &[&str]| keys.iter().find_map(|key| object.maybe_number(key));
            let numbers = [first(&["time", "t", "x"]), first(&["amp", "value", "y"])];
            forward(fields, &key, object);
            numbers
        }
        _ => [None; 2],
    };
    let [Some(time_s), Some(factor)] = numbers else {
        fields.repair(&key, format!("found {}, expected a time and a factor; left out", shown(entry)));
        return None;
    };
    Some([time_s, factor])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn levels(object: &Value, duration_s: f64) -> Vec<f32> {
        let span = Span::new(duration_s, 1_000.0);
        let envelope = Envelope::read(&Fields::new(object.as_object().unwrap(), ""), span);
        let mut levels = Vec::new();
        for first in (0..span.frames).step_by(QUANTUM) {
            let mut level = [1.0; QUANTUM];
            envelope.apply(first, &mut level);
            levels.extend(level);
        }
        levels.truncate(span.frames as usize);
        levels
    }

    #[test]
    fn fades_meet_zero_and_one_and_points_are_joined_by_lines() {
        let object = json!({"fade_in": 0.101, "fade_out": 0.051, "amp_envelope": [{"t": 0.6, "value": 0.2}, [0.4, 1.0]]});
        let levels = levels(&object, 1.0);
        assert_eq!((levels[0], levels[999]), (0.0, 0.0));
        assert!((levels[50] - 0.5).abs() < 1e-6 && (levels[100] - 1.0).abs() < 1e-6);
        assert!((levels[500] - 0.6).abs() < 1e-6 && (levels[900] - 0.2).abs() < 1e-6);
        assert!((levels[974] - 0.1).abs() < 1e-6, "{}", levels[974]);
    }

    #[test]
    fn odd_values_stay_finite() {
        let object =
            json!({"fade_in": 9, "fade_out": 1e9, "amp_envelope": [[0.3, 1], [0.3, 0], "x", [-5, 2]]});
        assert!(levels(&object, 0.77).iter().all(|level| level.is_finite()));
        assert!(levels(&json!({"fade_in": -1}), 0.1).iter().all(|level| *level == 1.0));
    }
}
