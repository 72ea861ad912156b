//! Where a spatial voice is at each frame: a row of segments, each a motion that is known in closed form.

use crate::dsp::sine::sine_exact;
use crate::track::file::fields::{Fields, number_of, shown};
use crate::track::file::problem::Severity;
use crate::track::sound::span::Span;
use serde_json::{Map, Value, json};
use std::f64::consts::PI;

/// How a segment moves; angles in degrees, times in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Motion {
    Rotate { start: f64, speed: f64 },
    Oscillate { center: f64, extent: f64, period_s: f64 },
    Arc { start: f64, extent: f64, period_s: f64, rotate_hz: f64 },
}

impl Motion {
    fn azimuth_deg(&self, time_s: f64) -> f64 {
        match *self {
            Self::Rotate { start, speed } => start + speed * time_s,
            Self::Oscillate { center, extent, period_s } => center + extent * sine_exact(time_s / period_s),
            Self::Arc { start, extent, period_s, rotate_hz } => {
                let swing = 0.5 * (1.0 - sine_exact(time_s / period_s + 0.25));
                start + 360.0 * rotate_hz * time_s + swing * extent
            }
        }
    }

    /// Bound of the speed in degrees a second.
    fn fastest_deg_per_s(&self) -> f64 {
        match *self {
            Self::Rotate { speed, .. } => speed.abs(),
            Self::Oscillate { extent, period_s, .. } => extent.abs() * 2.0 * PI / period_s,
            Self::Arc { extent, period_s, rotate_hz, .. } => {
                360.0 * rotate_hz.abs() + extent.abs() * PI / period_s
            }
        }
    }
}

/// One segment.
#[derive(Debug, Clone, PartialEq)]
struct Segment {
    begin: u64,
    frames: u64,
    length_s: f64,
    motion: Motion,
    is_eased: bool,
    distances_m: [f64; 2],
    /// Whole turns that make the azimuth go on where the segment before ended.
    turns_deg: f64,
}

impl Segment {
    fn azimuth_deg(&self, frame: f64, frame_s: f64) -> f64 {
        let time_s = frame * frame_s;
        let azimuth_deg = self.motion.azimuth_deg(time_s);
        if !self.is_eased {
            return azimuth_deg + self.turns_deg;
        }
        let start_deg = self.motion.azimuth_deg(0.0);
        let weight = 0.5 + 0.5 * sine_exact(0.5 * (time_s / self.length_s - 0.5));
        start_deg + (azimuth_deg - start_deg) * weight + self.turns_deg
    }

    fn distance_m(&self, frame: f64) -> f64 {
        let [from, to] = self.distances_m;
        from + (to - from) * frame / self.frames as f64
    }
}

/// The course of a voice around the head. After the last segment it rests.
#[derive(Debug, Clone, PartialEq)]
pub struct Trajectory {
    segments: Vec<Segment>,
    frame_s: f64,
}

impl Trajectory {
    /// Reads `spatialTrajectory`; where there is none, the voice swings slowly in front.
    pub fn read(fields: &Fields<'_>, span: Span) -> Self {
        const KEY: &str = "spatialTrajectory";
        let default =
            json!({"mode": "oscillate", "extent_deg": 75, "period_s": 20, "distance_m": [1.0, 1.4]});
        let mut trajectory = Self { segments: Vec::new(), frame_s: span.frame_s() };
        match fields.value(KEY) {
            Some(Value::Array(segments)) => {
                for (i, segment) in segments.iter().enumerate() {
                    let key = format!("{KEY}[{i}]");
                    match segment {
                        Value::Object(map) => trajectory.add(map, &key, fields, span),
                        other => fields.refuse(&key, format!("found {}, expected an object", shown(other))),
                    }
                }
            }
            None => {}
            Some(other) => fields.refuse(KEY, format!("found {}, expected an array", shown(other))),
        }
        if let (true, Some(map)) = (trajectory.segments.is_empty(), default.as_object()) {
            trajectory.add(map, KEY, fields, span);
        }
        trajectory
    }

    fn add(&mut self, map: &Map<String, Value>, key: &str, outer: &Fields<'_>, span: Span) {
        let fields = Fields::new(map, key);
        let begin = self.segments.last().map_or(0, |last| last.begin + last.frames);
        let rest_s = span.duration_s - begin as f64 * self.frame_s;
        let length_s = fields.number("seconds", rest_s);
        let segment = Segment {
            begin,
            frames: span.frames_in(length_s),
            length_s,
            motion: read_motion(&fields, length_s),
            is_eased: fields.text("easing", "linear") == "sine",
            distances_m: read_distances(&fields),
            turns_deg: 0.0,
        };
        for problem in fields.into_problems() {
            match problem.severity {
                Severity::Refused => outer.refuse(&problem.path, problem.message),
                Severity::Repaired => outer.repair(&problem.path, problem.message),
                Severity::Ignored => outer.ignore(&problem.path, problem.message),
            }
        }
        if segment.frames > 0 {
            self.join(segment);
        }
    }

    /// Appends a segment, turned so that the azimuth takes the short way to it.
    fn join(&mut self, mut segment: Segment) {
        if let Some(last) = self.segments.last() {
            let gap_deg = segment.azimuth_deg(0.0, self.frame_s)
                - last.azimuth_deg((last.frames - 1) as f64, self.frame_s);
            segment.turns_deg = -360.0 * (gap_deg / 360.0).round();
        }
        self.segments.push(segment);
    }

    /// The segment at a frame and the frame within it; the last segment's last frame is held.
    fn locate(&self, frame: u64) -> Option<(&Segment, f64)> {
        let index = self.segments.partition_point(|segment| segment.begin <= frame).checked_sub(1)?;
        let segment = &self.segments[index];
        Some((segment, (frame - segment.begin).min(segment.frames - 1) as f64))
    }

    /// Azimuth in radians, positive to the left, without jumps of a whole turn.
    pub fn azimuth_rad(&self, frame: u64) -> f64 {
        self.locate(frame).map_or(0.0, |(segment, at)| segment.azimuth_deg(at, self.frame_s).to_radians())
    }

    /// Distance in metres.
    pub fn distance_m(&self, frame: u64) -> f64 {
        self.locate(frame).map_or(1.0, |(segment, at)| segment.distance_m(at))
    }

    /// Bound of the speed in radians a second; infinite where segments do not meet.
    pub fn fastest_rad_per_s(&self) -> f64 {
        let eased = |segment: &Segment| if segment.is_eased { 1.0 + 0.5 * PI } else { 1.0 };
        let within = self.segments.iter().map(|s| s.motion.fastest_deg_per_s().to_radians() * eased(s));
        let fastest = within.fold(0.0, f64::max);
        let jumps = self.segments.windows(2).any(|pair| {
            let before_rad = self.azimuth_rad(pair[1].begin - 1);
            let after_rad = self.azimuth_rad(pair[1].begin);
            (after_rad - before_rad).abs() > fastest * self.frame_s + 1e-9
        });
        if jumps { f64::INFINITY } else { fastest }
    }
}

fn read_motion(fields: &Fields<'_>, length_s: f64) -> Motion {
    let start = fields.number("start_deg", 0.0);
    let extent = fields.number("extent_deg", 180.0);
    let period_s = fields.number("period_s", length_s);
    let period_s = if period_s > 1e-6 { period_s } else { length_s.max(1e-6) };
    match fields.text("mode", "oscillate") {
        "rotate" => {
            let speed = fields.number("speed_deg_per_s", extent / length_s.max(1e-6));
            Motion::Rotate { start, speed }
        }
        "oscillate" => Motion::Oscillate { center: fields.number("center_deg", start), extent, period_s },
        "rotating_arc" => {
            Motion::Arc { start, extent, period_s, rotate_hz: fields.number("rotate_freq_hz", 0.0) }
        }
        other => {
            fields.repair(
                "mode",
                format!("found {other:?}, expected rotate, oscillate or rotating_arc; taken as oscillate"),
            );
            Motion::Oscillate { center: start, extent, period_s }
        }
    }
}

/// A distance or a pair of them.
fn read_distances(fields: &Fields<'_>) -> [f64; 2] {
    match fields.value("distance_m") {
        Some(Value::Array(pair)) => match pair.iter().map(number_of).collect::<Option<Vec<_>>>().as_deref() {
            Some([from, to]) => [*from, *to],
            _ => {
                fields.refuse("distance_m", "expected a number or a pair of numbers");
                [1.0; 2]
            }
        },
        _ => [fields.number("distance_m", 1.0); 2],
    }
}
