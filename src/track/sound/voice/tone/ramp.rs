//! The course of a transition as tones need it: α at every frame and the sum of all α so far.
//!
//! Whatever moves in proportion to α has its own running sum in proportion to this one, so that frequencies that ramp
//! have phases in closed form.

use super::cycles::{Clock, Cycles, FRAMES, Turn};
use super::sum::{Course, Sum, accumulate};
use crate::track::sound::curve::Curve;
use crate::track::sound::span::QUANTUM;
use crate::track::sound::voice::lfo::{larger, smaller};
use fearless_simd::{Level, dispatch};
use std::ops::Range;
use std::sync::Arc;

/// Start and end of a parameter.
pub type Pair = [f64; 2];

/// The value between `start` and `end`.
#[inline(always)]
pub fn lerp([start, end]: Pair, alpha: f64) -> f64 {
    start + (end - start) * alpha
}

/// A transition curve and the sums of its α.
#[derive(Clone)]
pub struct Ramp {
    curve: Curve,
    /// Frames between which α moves.
    inside: Range<u64>,
    /// α before and after.
    pub ends: Pair,
    /// Least and greatest α.
    pub extent: Pair,
    inner: InnerSum,
    level: Level,
}

/// Sum of α from the first frame inside the ramp on.
#[derive(Clone)]
enum InnerSum {
    /// Of `c0 + c1·a + c2·a²`, with a = `start` + i·`step`.
    Polynomial { coefficients: [f64; 3], start: f64, step: f64 },
    /// Interpolated between sums at equal distances.
    Table { spacing: f64, count: f64, sums: Arc<[f64]> },
}

/// α of one quantum.
pub struct RampQuantum {
    /// First frame.
    pub first: u64,
    /// Sum of α over all frames before.
    pub before: f64,
    /// α at each frame.
    pub alpha: [f64; QUANTUM],
    /// Sum of α from the first frame to each, inclusive.
    pub sums: [f64; QUANTUM],
}

#[derive(Clone)]
struct Alpha<'a> {
    curve: &'a Curve,
    first: u64,
}

impl Course for Alpha<'_> {
    fn at(&self, frame: f64) -> f64 {
        self.curve.at(self.first as f64 + frame)
    }

    fn is_smooth(&self, _: f64, _: f64) -> bool {
        true
    }
}

impl Ramp {
    /// Prepares a curve over a step of `frames` frames.
    pub fn new(curve: Curve, frames: u64, level: Level) -> Self {
        let reaches = |frame: u64, share: f64| curve.elapsed(frame as f64) >= share;
        // The least share above zero: the ramp begins where anything has elapsed, or with a jump.
        let first_with = |time_s: f64, share: f64| {
            let near = (time_s / curve.frame_s).min(frames as f64) as u64;
            (near.saturating_sub(1)..near + 3)
                .find(|frame| reaches(*frame, share))
                .unwrap_or(near + 3)
                .min(frames)
        };
        let inside =
            first_with(curve.start_s, f64::MIN_POSITIVE)..first_with(curve.start_s + curve.length_s, 1.0);
        let inside = inside.start..inside.end.max(inside.start);
        let ends = [curve.shape.at(0.0), curve.shape.at(1.0)];
        let inner = match curve.shape.polynomial() {
            // A jump has no inside.
            Some(coefficients) if inside.is_empty() => {
                InnerSum::Polynomial { coefficients, start: 0.0, step: 0.0 }
            }
            Some(coefficients) => InnerSum::Polynomial {
                coefficients,
                start: (inside.start as f64 * curve.frame_s - curve.start_s) / curve.length_s,
                step: curve.frame_s / curve.length_s,
            },
            None => Self::table(&curve, &inside, level),
        };
        // A written curve may go anywhere; a thousand places tell where.
        let places = (0..=1000).map(|i| curve.shape.at(f64::from(i) / 1000.0));
        let extent = places.fold([0.0f64, 1.0], |[least, most], alpha| [least.min(alpha), most.max(alpha)]);
        Self { curve, inside, ends, extent, inner, level }
    }

    fn table(curve: &Curve, inside: &Range<u64>, level: Level) -> InnerSum {
        let count = inside.end - inside.start;
        let spacing = count / 4096 + 1;
        let sum = Sum::new(Alpha { curve, first: inside.start }, count, level);
        let sums = (0..=count / spacing + 1).map(|i| {
            let sum = sum.before((i * spacing).min(count));
            sum.whole + sum.part
        });
        InnerSum::Table { spacing: spacing as f64, count: count as f64, sums: sums.collect() }
    }

    /// The quanta (as frames) within which α moves.
    pub fn moving(&self) -> Range<u64> {
        let quantum = QUANTUM as u64;
        self.inside.start / quantum * quantum..self.inside.end.next_multiple_of(quantum)
    }

    /// Whether the frames from `first` to `last` lie on one side of each end of the ramp.
    pub fn is_smooth(&self, first: f64, last: f64) -> bool {
        let (begin, end) = (self.inside.start as f64, self.inside.end as f64);
        (first >= begin || last < begin) && (first >= end || last < end)
    }

    /// α at a frame, between frames too.
    #[inline]
    pub fn alpha(&self, frame: f64) -> f64 {
        self.curve.at(frame)
    }

    /// Sum of α over the frames before `frame`, between frames too.
    pub fn sum_before(&self, frame: f64) -> f64 {
        let (begin, end) = (self.inside.start as f64, self.inside.end as f64);
        if frame <= begin {
            return frame * self.ends[0];
        }
        let count = frame.min(end) - begin;
        begin * self.ends[0] + self.inner_sum(count) + (frame - end).max(0.0) * self.ends[1]
    }

    /// Mean of α over the first `frames` frames.
    pub fn mean(&self, frames: u64) -> f64 {
        let frames = frames.max(1) as f64;
        self.sum_before(frames) / frames
    }

    /// Sum over `n` frames from the first inside on.
    fn inner_sum(&self, n: f64) -> f64 {
        match &self.inner {
            InnerSum::Polynomial { coefficients, start, step } => {
                let places = n * (n - 1.0) * 0.5;
                let squares = places * (2.0 * n - 1.0) / 3.0;
                let linear = n * start + step * places;
                let square = n * start * start + 2.0 * start * step * places + step * step * squares;
                coefficients[0] * n + coefficients[1] * linear + coefficients[2] * square
            }
            InnerSum::Table { spacing, count, sums } => {
                let node = ((n / spacing) as usize).min(sums.len() - 2);
                let from = node as f64 * spacing;
                let (to, node_sums) = ((from + spacing).min(*count), (sums[node], sums[node + 1]));
                if n <= from || to <= from {
                    return node_sums.0;
                }
                // A sum's slope at its upper end is the value half a frame before.
                let slope = |n: f64| (to - from) * self.unclamped(self.inside.start as f64 + n - 0.5);
                let ((a, b), da, db) = (node_sums, slope(from), slope(to));
                let x = (n - from) / (to - from);
                let (rest, bend) = (1.0 - x, x * (1.0 - x));
                a + (b - a) * x * x * (3.0 - 2.0 * x) + bend * (rest * da - x * db)
            }
        }
    }

    /// The shape at a frame, continued past the ends of the ramp.
    fn unclamped(&self, frame: f64) -> f64 {
        self.curve.shape.at((frame * self.curve.frame_s - self.curve.start_s) / self.curve.length_s)
    }

    /// α and its sums over the quantum at `first`.
    pub fn quantum(&self, first: u64) -> RampQuantum {
        let mut alpha = [0.0; QUANTUM];
        match &self.inner {
            InnerSum::Polynomial { coefficients, start, step } if !self.inside.is_empty() => {
                let place = start + step * (first as f64 - self.inside.start as f64);
                dispatch!(self.level, _simd => polynomial(coefficients, place, *step, &mut alpha));
            }
            _ => self.curve.fill(first, &mut alpha),
        }
        let mut sums = alpha;
        accumulate(&mut sums, true);
        RampQuantum { first, before: self.sum_before(first as f64), alpha, sums }
    }
}

#[inline(always)]
fn polynomial(coefficients: &[f64; 3], place: f64, step: f64, alpha: &mut [f64; QUANTUM]) {
    for i in 0..QUANTUM {
        let a = larger(smaller(place + step * FRAMES[i], 1.0), 0.0);
        alpha[i] = coefficients[0] + a * (coefficients[1] + a * coefficients[2]);
    }
}

/// A frequency that ramps, as the phase it adds up to.
#[derive(Debug, Clone, Copy)]
pub struct RampedPhase {
    /// Cycles per frame at the start.
    start: Turn,
    /// Cycles per frame from start to end.
    change: f64,
}

impl RampedPhase {
    /// From a frequency's start to its end.
    pub fn new(hz: Pair, clock: Clock) -> Self {
        Self { start: Turn::new(hz[0], clock), change: clock.cycles_per_frame(hz[1] - hz[0]) }
    }

    /// Phase in cycles that the frames before `frame` add up to.
    pub fn before(&self, ramp: &Ramp, frame: u64) -> Cycles {
        self.start.after(frame as f64) + self.change * ramp.sum_before(frame as f64)
    }

    /// Phases of a quantum less whole cycles: each frame's own share included where `inclusive`.
    pub fn fill(&self, ramp: &RampQuantum, inclusive: bool, phases: &mut [f64; QUANTUM]) {
        let anchor = (self.start.after(ramp.first as f64) + self.change * ramp.before).part;
        let (per_frame, change) = (self.start.per_frame(), self.change);
        let own = f64::from(u8::from(inclusive));
        for i in 0..QUANTUM {
            let excluded = (1.0 - own) * ramp.alpha[i];
            phases[i] = anchor + (FRAMES[i] + own) * per_frame + change * (ramp.sums[i] - excluded);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::sound::curve::Shape;
    use crate::track::sound::span::Span;

    fn shapes() -> Vec<Shape> {
        let written = ["alpha**3", "sin(alpha*pi/2)", "0.5+0.2*exp(-alpha)"];
        let mut shapes = vec![Shape::Linear, Shape::Logarithmic, Shape::Exponential];
        shapes.extend(written.map(|text| Shape::parse(text).unwrap()));
        shapes
    }

    #[test]
    fn sums_follow_the_frames_one_by_one() {
        for (duration_s, offset_s, length_s) in [
            (20.0, 1.5, Some(12.0)),
            (20.0, 0.0, None),
            (3.0, 1.0, Some(0.0)),
            (0.01, 0.003, Some(0.002)),
            (2.0, 9.0, None),
        ] {
            for shape in shapes() {
                let span = Span::new(duration_s, 44_100.0);
                let ramp =
                    Ramp::new(Curve::new(span, offset_s, length_s, shape.clone()), span.frames, Level::new());
                let mut truth = 0.0;
                for frame in 0..span.frames {
                    if frame % 97 == 0 || ramp.inside.start.abs_diff(frame) < 3 {
                        let error = (ramp.sum_before(frame as f64) - truth).abs();
                        assert!(error < 1e-11 * truth.max(1e4), "{shape:?} {frame}: {error}");
                    }
                    truth += ramp.alpha(frame as f64);
                }
            }
        }
    }

    #[test]
    fn quanta_continue_the_sum() {
        let span = Span::new(2.0, 48_000.0);
        let ramp = Ramp::new(Curve::new(span, 0.3, Some(1.0), Shape::Logarithmic), span.frames, Level::new());
        let phase = RampedPhase::new([440.0, 100.0], Clock { seconds: 1.0, frames: 48_000.0 });
        let mut phases = [0.0; QUANTUM];
        for first in (0..span.frames).step_by(QUANTUM) {
            phase.fill(&ramp.quantum(first), true, &mut phases);
            for i in [0, 63] {
                let truth = phase.before(&ramp, first + i as u64 + 1);
                let error = crate::dsp::sine::wrap_cycles(phases[i] - truth.part);
                assert!(error.abs() < 1e-9, "{first} {i}: {error}");
            }
        }
    }
}
