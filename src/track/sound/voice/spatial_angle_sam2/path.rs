//! A drawn path around the head: its points, smoothed, travelled at constant speed.
//!
//! Read and smoothed off the audio thread; `travel` runs on it. Corner cutting after Chaikin (1974), splines after
//! Catmull and Rom (1974).

use crate::track::file::fields::{Fields, number_of, shown};
use crate::track::sound::span::{Behaviour, QUANTUM};
use serde_json::Value;
use std::sync::Arc;

/// Most points that a file may give, and that smoothing may make of them.
const MOST_POINTS: usize = 10_000;
const MOST_SMOOTHED: usize = 200_000;

/// A point in the plane: right of the head and in front of it.
type Point = [f64; 2];

/// One straight piece.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Piece {
    /// Shares of the whole length that lie before it and before the next.
    begin: f64,
    end: f64,
    from: Point,
    /// Way per share of the whole length.
    speed: Point,
}

/// A path that is travelled once per cycle.
#[derive(Debug, Clone)]
pub struct Path {
    pieces: Arc<[Piece]>,
}

impl Path {
    /// Reads the voice's `customPathProfile`. A profile that is no path is refused.
    ///
    /// The original closes a path with a second copy of its first point, rounds off the corners on both sides of the
    /// copies, and then leaves out the last stretch: it jumps there in every cycle.
    pub fn read(fields: &Fields, behaviour: Behaviour) -> Self {
        let nothing = Value::Null;
        let profile = fields.value("customPathProfile").unwrap_or(&nothing);
        let listed = profile.get("points").unwrap_or(profile);
        let points: Option<Vec<Point>> =
            listed.as_array().and_then(|list| list.iter().map(point_of).collect());
        let points = match points {
            Some(points) if (2..=MOST_POINTS).contains(&points.len()) => points,
            _ => {
                let found = shown(profile);
                let expected = format!("expected 2 to {MOST_POINTS} points [x, y]");
                fields.refuse("customPathProfile", format!("found {found}, {expected}"));
                return Self { pieces: pieces_of(&[[0.0, 1.0]; 2]) };
            }
        };
        let number = |keys: &[&str]| keys.iter().find_map(|key| profile.get(key).and_then(number_of));
        let closed = number(&["closedLoop", "closed", "closed_loop"]).unwrap_or(0.0) != 0.0;
        let passes = number(&["smoothingPasses"]);
        let passes =
            passes.unwrap_or_else(|| fields.number("customPathSmoothingPasses", 1.0)).clamp(0.0, 6.0);
        let ratio = number(&["smoothingRatio"]);
        let ratio = ratio.unwrap_or_else(|| fields.number("customPathSmoothingRatio", 0.25)).clamp(0.0, 0.5);
        let nodes = number(&["subNodesPerSegment"]).unwrap_or(24.0).clamp(4.0, 256.0);
        let is_spline = profile.get("kind").and_then(Value::as_str) == Some("spline");
        let leaves_gap = closed && behaviour == Behaviour::Original && !is_spline;
        let points = if leaves_gap { closed_up(points) } else { opened(points, closed) };
        let smoothed = if is_spline {
            spline(&points, closed, nodes as usize)
        } else {
            (0..passes as usize).fold(points, |points, _| cut_corners(points, closed, ratio))
        };
        Self { pieces: pieces_of(&if closed && !leaves_gap { closed_up(smoothed) } else { smoothed }) }
    }

    /// Where the path stands at each share of its length, 0…1: to the right, and in front.
    #[inline(always)]
    pub fn travel(&self, shares: &[f64; QUANTUM]) -> [[f32; QUANTUM]; 2] {
        let mut places = [[0.0; QUANTUM]; 2];
        let mut piece = &self.pieces[0];
        for i in 0..QUANTUM {
            let share = shares[i];
            if share < piece.begin || share >= piece.end {
                let after = self.pieces.partition_point(|piece| piece.begin <= share);
                piece = &self.pieces[after.saturating_sub(1)];
            }
            for axis in 0..2 {
                places[axis][i] = (piece.from[axis] + (share - piece.begin) * piece.speed[axis]) as f32;
            }
        }
        places
    }
}

fn point_of(value: &Value) -> Option<Point> {
    let [x, y] = match value {
        Value::Array(list) if list.len() >= 2 => [&list[0], &list[1]],
        Value::Object(map) => [map.get("x")?, map.get("y")?],
        _ => return None,
    };
    Some([number_of(x)?, number_of(y)?])
}

fn between(a: Point, b: Point, share: f64) -> Point {
    [0, 1].map(|axis| a[axis] + (b[axis] - a[axis]) * share)
}

fn closed_up(mut points: Vec<Point>) -> Vec<Point> {
    if points.first() != points.last() {
        points.extend(points.first().copied());
    }
    points
}

/// The points of a closed path without a copy of the first at its end.
fn opened(mut points: Vec<Point>, closed: bool) -> Vec<Point> {
    while closed && points.len() > 2 && points.first() == points.last() {
        points.pop();
    }
    points
}

/// One pass of corner cutting: each corner gives way to two points, `ratio` of the way along its sides. The ends of an
/// open path stay.
fn cut_corners(points: Vec<Point>, closed: bool, ratio: f64) -> Vec<Point> {
    if points.len() * 2 > MOST_SMOOTHED {
        return points;
    }
    let sides = if closed { points.len() } else { points.len() - 1 };
    let mut cut = Vec::with_capacity(2 * points.len());
    cut.extend(points.first().filter(|_| !closed));
    for i in 0..sides {
        let (from, to) = (points[i], points[(i + 1) % points.len()]);
        cut.extend([between(from, to, ratio), between(from, to, 1.0 - ratio)]);
    }
    cut.extend(points.last().filter(|_| !closed));
    cut
}

/// A uniform Catmull-Rom spline through the points, in `nodes` straight pieces between any two.
fn spline(points: &[Point], closed: bool, nodes: usize) -> Vec<Point> {
    let count = points.len();
    let sides = if closed { count } else { count - 1 };
    let nodes = nodes.min((MOST_SMOOTHED / sides).max(1));
    let at = |i: isize| {
        if closed {
            points[i.rem_euclid(count as isize) as usize]
        } else {
            points[i.clamp(0, count as isize - 1) as usize]
        }
    };
    let mut smooth = Vec::with_capacity(sides * nodes + 1);
    for side in 0..sides as isize {
        let [p0, p1, p2, p3] = [-1, 0, 1, 2].map(|step| at(side + step));
        smooth.extend((0..nodes).map(|node| {
            let t = node as f64 / nodes as f64;
            [0, 1].map(|axis| {
                let (a, b, c, d) = (p0[axis], p1[axis], p2[axis], p3[axis]);
                let cubic = (3.0 * (b - c) + d - a) * t + 2.0 * a - 5.0 * b + 4.0 * c - d;
                0.5 * ((cubic * t + c - a) * t + 2.0 * b)
            })
        }));
    }
    smooth.extend(points.last().filter(|_| !closed));
    smooth
}

fn pieces_of(points: &[Point]) -> Arc<[Piece]> {
    let length = |pair: &[Point]| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]);
    let whole: f64 = points.windows(2).map(length).sum();
    let mut gone = 0.0;
    let pieces = points.windows(2).filter_map(|pair| {
        let share = length(pair) / whole;
        // A path of no length, and pieces of none, have no speed.
        (share > 0.0).then(|| {
            let begin = gone;
            gone += share;
            let speed = [0, 1].map(|axis| (pair[1][axis] - pair[0][axis]) / share);
            Piece { begin, end: gone, from: pair[0], speed }
        })
    });
    let mut pieces: Vec<Piece> = pieces.collect();
    if let Some(last) = pieces.last_mut() {
        last.end = f64::INFINITY;
    } else {
        return [Piece { begin: 0.0, end: f64::INFINITY, from: points[0], speed: [0.0; 2] }].into();
    }
    pieces.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn path(profile: Value, behaviour: Behaviour) -> Path {
        let object = json!({ "customPathProfile": profile });
        let fields = Fields::new(object.as_object().unwrap(), "");
        let path = Path::read(&fields, behaviour);
        assert!(!fields.is_refused());
        path
    }

    fn place(path: &Path, share: f64) -> [f32; 2] {
        path.travel(&[share; QUANTUM]).map(|axis| axis[0])
    }

    #[test]
    fn travels_at_constant_speed() {
        let corner =
            path(json!({"points": [[0, 0], [3, 0], [3, 1]], "smoothingPasses": 0}), Behaviour::Intended);
        for (share, [x, y]) in [(0.0, [0.0, 0.0]), (0.5, [2.0, 0.0]), (0.75, [3.0, 0.0]), (1.0, [3.0, 1.0])] {
            let found = place(&corner, share);
            assert!((found[0] - x).abs() < 1e-6 && (found[1] - y).abs() < 1e-6, "{share}: {found:?}");
        }
        let mut shares = [0.0; QUANTUM];
        (0..QUANTUM).for_each(|i| shares[i] = (i * 37 % QUANTUM) as f64 / QUANTUM as f64);
        let travelled = corner.travel(&shares);
        for i in 0..QUANTUM {
            assert_eq!(place(&corner, shares[i]), [travelled[0][i], travelled[1][i]]);
        }
    }

    #[test]
    fn closes_without_a_jump_unless_the_original_is_wanted() {
        let square =
            json!({"points": [[-1, -1], [-1, 1], [1, 1], [1, -1]], "closedLoop": true, "smoothingPasses": 2});
        let jump = |behaviour| {
            let path = path(square.clone(), behaviour);
            let ([x0, y0], [x1, y1]) = (place(&path, 0.0), place(&path, 1.0));
            (x1 - x0).hypot(y1 - y0)
        };
        assert!(jump(Behaviour::Intended) < 1e-6);
        assert!(jump(Behaviour::Original) > 0.1);
    }

    #[test]
    fn corners_are_cut_and_splines_meet_their_points() {
        let points = vec![[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]];
        let cut = cut_corners(points.clone(), false, 0.25);
        assert_eq!(cut, [[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [4.0, 1.0], [4.0, 3.0], [4.0, 4.0]]);
        assert_eq!(cut_corners(points.clone(), true, 0.25).len(), 6);
        let smooth = spline(&points, false, 8);
        assert_eq!((smooth.len(), smooth[0], smooth[8], smooth[16]), (17, points[0], points[1], points[2]));
        assert_eq!(spline(&points, true, 8).len(), 24);
    }

    #[test]
    fn what_is_no_path_is_refused_and_what_has_no_length_stands() {
        for profile in
            [json!(null), json!({}), json!({"points": [[1, 2]]}), json!({"points": [[1], 2, 3]}), json!("x")]
        {
            let object = json!({ "customPathProfile": profile });
            let fields = Fields::new(object.as_object().unwrap(), "");
            let path = Path::read(&fields, Behaviour::Intended);
            assert!(fields.is_refused(), "{profile}");
            assert_eq!(place(&path, 0.3), [0.0, 1.0]);
        }
        let point = path(json!([[5, 5], [5, 5], [5, 5]]), Behaviour::Intended);
        assert_eq!(place(&point, 0.7), [5.0, 5.0]);
    }
}
