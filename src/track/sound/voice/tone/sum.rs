//! Sums over millions of frames in a few thousand steps, and the way to any frame of them.
//!
//! A course is what is summed, one value per frame. Where it is smooth, a panel of up to 4096 frames is summed from
//! twelve values, by the Gauss rule whose measure is the frames themselves (Gautschi, Orthogonal Polynomials, 2004,
//! section 1.5.2: discrete Chebyshev polynomials); where it has a kink the panel is halved down to single frames.

use super::cycles::{Cycles, FRAMES};
use crate::track::sound::span::QUANTUM;
use fearless_simd::{Level, dispatch};
use std::sync::{Arc, LazyLock};

/// Frames of the longest panel.
const LONGEST: u64 = 4096;
/// Most anchors of one sum.
const MOST_ANCHORS: u64 = 16_384;
/// Values that sum a panel, and the fewer that test it.
const FULL: usize = 12;
const TEST: usize = 8;

/// One value per frame.
pub trait Course: Clone + Send + Sync {
    /// The value at a frame, between frames too. Finite.
    fn at(&self, frame: f64) -> f64;

    /// Whether nothing is known that makes the course uneven from frame `first` to frame `last`.
    fn is_smooth(&self, first: f64, last: f64) -> bool;
}

/// Frames counted from the panel's first, and their weights.
struct Rule<const K: usize> {
    frames: [f64; K],
    weights: [f64; K],
}

impl<const K: usize> Rule<K> {
    fn new(count: f64) -> Self {
        // Squared norms' ratios of the monic polynomials on −1…1.
        let beta = |k: usize| {
            let k = k as f64;
            (1.0 - (k / count).powi(2)) / (4.0 - 1.0 / (k * k))
        };
        let norm = count * (1..K).map(beta).product::<f64>();
        let mut rule = Self { frames: [0.0; K], weights: [0.0; K] };
        for i in 0..K {
            let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (K as f64 + 0.5)).cos();
            let mut weight = 0.0;
            for _ in 0..20 {
                let (mut older, mut newer, mut older_slope, mut slope) = (0.0, 1.0, 0.0, 0.0);
                for k in 0..K {
                    let factor = if k == 0 { 0.0 } else { beta(k) };
                    let (next, next_slope) =
                        (x * newer - factor * older, newer + x * slope - factor * older_slope);
                    (older, newer, older_slope, slope) = (newer, next, slope, next_slope);
                }
                weight = norm / (slope * older);
                x -= newer / slope;
            }
            rule.frames[i] = 0.5 * (count * x + count - 1.0);
            rule.weights[i] = weight;
        }
        // Constants are summed exactly, whatever Newton's steps left.
        let excess = rule.weights.iter().sum::<f64>() / count;
        rule.weights = rule.weights.map(|weight| weight / excess);
        rule
    }

    /// The sum and a bound of what its rounding leaves.
    #[inline(always)]
    fn sum(&self, course: &impl Course, first: f64) -> (f64, f64) {
        let mut values = [0.0; K];
        for i in 0..K {
            values[i] = self.weights[i] * course.at(first + self.frames[i]);
        }
        let (mut sum, mut size) = (0.0, 0.0);
        for value in values {
            sum += value;
            size += value.abs();
        }
        (sum, 1e-11 + 1e-14 * size)
    }
}

/// Rules for 128, 256 … 4096 frames.
static RULES: LazyLock<[(Rule<FULL>, Rule<TEST>); 6]> = LazyLock::new(|| {
    std::array::from_fn(|i| {
        let count = (128u32 << i).into();
        (Rule::new(count), Rule::new(count))
    })
});

/// Sums single frames; `count` is at most a quantum.
#[inline(always)]
fn plain_sum(course: &impl Course, first: u64, count: usize) -> f64 {
    let mut values = [0.0; QUANTUM];
    let first = first as f64;
    for i in 0..QUANTUM {
        values[i] = course.at(first + FRAMES[i]);
    }
    values[..count].iter().sum()
}

/// Sum of the frames `from..to`; `from` is a multiple of a quantum.
#[inline(always)]
fn sum_between(course: &impl Course, from: u64, to: u64) -> Cycles {
    let (mut sum, mut at) = (Cycles::default(), from);
    while at < to {
        let mut size = LONGEST;
        let fits = |size: u64| at.is_multiple_of(size) && at + size <= to;
        while size > QUANTUM as u64 && !(fits(size) && course.is_smooth(at as f64, (at + size - 1) as f64)) {
            size /= 2;
        }
        loop {
            if size <= QUANTUM as u64 {
                let count = size.min(to - at);
                sum = sum + plain_sum(course, at, count as usize);
                at += count;
                break;
            }
            let (full, test) = &RULES[size.trailing_zeros() as usize - 7];
            let ((value, bound), (tested, _)) = (full.sum(course, at as f64), test.sum(course, at as f64));
            if (value - tested).abs() <= bound {
                sum = sum + value;
                at += size;
                break;
            }
            size /= 2;
        }
    }
    sum
}

/// The running sum of a course in cycles, reachable at any frame.
#[derive(Clone)]
pub struct Sum<C> {
    /// What is summed.
    pub course: C,
    level: Level,
    grid: u64,
    /// Sums before the multiples of `grid`.
    anchors: Arc<[Cycles]>,
    /// The last position handed out, in the order of playing.
    reached: (u64, Cycles),
}

impl<C: Course> Sum<C> {
    /// Prepares the sums of `frames` frames.
    pub fn new(course: C, frames: u64, level: Level) -> Self {
        let grid = (frames / MOST_ANCHORS + 1).next_power_of_two().max(LONGEST);
        let mut sums = Vec::with_capacity((frames / grid) as usize + 1);
        let mut sum = Cycles::default();
        sums.push(sum);
        for anchor in 0..frames / grid {
            let (from, to) = (anchor * grid, (anchor + 1) * grid);
            sum = sum + dispatch!(level, _simd => sum_between(&course, from, to));
            sums.push(sum);
        }
        LazyLock::force(&RULES);
        Self { course, level, grid, anchors: sums.into(), reached: (0, Cycles::default()) }
    }

    /// Sum of all frames before `frame`.
    pub fn before(&self, frame: u64) -> Cycles {
        let anchor = (frame / self.grid).min(self.anchors.len() as u64 - 1);
        let course = &self.course;
        self.anchors[anchor as usize]
            + dispatch!(self.level, _simd => sum_between(course, anchor * self.grid, frame))
    }

    /// [`Sum::before`] at once where playing has just got there.
    pub fn resume(&mut self, frame: u64) -> Cycles {
        if self.reached.0 == frame && !frame.is_multiple_of(self.grid) {
            self.reached.1
        } else {
            self.before(frame)
        }
    }

    /// Notes what the sum before `frame` is.
    pub fn reach(&mut self, frame: u64, sum: Cycles) {
        self.reached = (frame, sum);
    }
}

/// Turns values into sums: each with (`inclusive`) or without its own frame. Returns the sum of all.
#[inline(always)]
pub fn accumulate(values: &mut [f64; QUANTUM], inclusive: bool) -> f64 {
    const RUN: usize = 8;
    // Eight short runs side by side, then their offsets: additions in one long row would wait for each other.
    let own = *values;
    for i in 1..RUN {
        for run in 0..QUANTUM / RUN {
            values[run * RUN + i] += values[run * RUN + i - 1];
        }
    }
    for run in 1..QUANTUM / RUN {
        let offset = values[run * RUN - 1];
        for value in &mut values[run * RUN..(run + 1) * RUN] {
            *value += offset;
        }
    }
    let total = values[QUANTUM - 1];
    if !inclusive {
        for i in 0..QUANTUM {
            values[i] -= own[i];
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Kinked;

    impl Course for Kinked {
        fn at(&self, frame: f64) -> f64 {
            (frame * 1e-4).sin().max(-0.3) + 0.1
        }

        fn is_smooth(&self, first: f64, last: f64) -> bool {
            (self.at(first) < -0.199_999) == (self.at(last) < -0.199_999)
        }
    }

    #[test]
    fn rules_sum_polynomials_exactly() {
        for (full, test) in RULES.iter() {
            let count = (full.frames[0] + full.frames[FULL - 1] + 1.0).round() as u64;
            for power in [0, 1, 2, 9, 15] {
                let y = |frame: f64| (2.0 * frame / count as f64 - 0.7).powi(power);
                let truth: f64 = (0..count).map(|frame| y(frame as f64)).sum();
                let sum: f64 = (0..FULL).map(|i| full.weights[i] * y(full.frames[i])).sum();
                let tested: f64 = (0..TEST).map(|i| test.weights[i] * y(test.frames[i])).sum();
                assert!((sum - truth).abs() < 1e-11 * truth.abs().max(1.0), "{count} {power}: {sum} {truth}");
                assert!((tested - truth).abs() < 1e-11 * truth.abs().max(1.0), "{count} {power}");
            }
        }
    }

    #[test]
    fn sums_are_those_of_the_frames() {
        let frames = 700_000;
        let mut sum = Sum::new(Kinked, frames, Level::new());
        let mut truth = Cycles::default();
        for frame in 0..frames {
            if frame % 50_048 == 0 || frame % 9999 == 0 {
                let found = sum.before(frame);
                assert!((found + -truth).radians().abs() < 1e-8, "{frame}: {found:?} {truth:?}");
            }
            truth = truth + Kinked.at(frame as f64);
        }
        assert_eq!(sum.resume(64), sum.before(64));
    }

    #[test]
    fn accumulates_with_and_without_the_own_frame() {
        let values: [f64; QUANTUM] = std::array::from_fn(|i| (i as f64 * 0.7).sin());
        let (mut with, mut without) = (values, values);
        let total = accumulate(&mut with, true);
        assert_eq!(total, accumulate(&mut without, false));
        let mut truth = 0.0;
        for i in 0..QUANTUM {
            assert!((without[i] - truth).abs() < 1e-13);
            truth += values[i];
            assert!((with[i] - truth).abs() < 1e-13);
        }
        assert!((total - truth).abs() < 1e-13);
    }
}
