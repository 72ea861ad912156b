//! How far a transition has come, and how far it has come in sum: what the phase of a sine is made of whose frequency
//! follows a curve.
//!
//! A frequency f(j) = f0 + (f1 − f0)·α(j) gives the phase (f0·k + (f1 − f0)·Σα)·Δt, so one sum serves all sines of a
//! voice. The sum is a closed form of the frame (Faulhaber's formulas, or knots for a written curve): any position costs
//! the same and is as exact as the first. Made off the audio thread, filled on it.

use crate::track::sound::curve::Curve;
use crate::track::sound::span::QUANTUM;
use crate::track::sound::voice::VoiceContext;
use std::sync::Arc;

/// A frame later than any that is played.
const NEVER: u64 = 1 << 50;
/// Most straight pieces that a written curve is cut into.
const MOST_PIECES: u64 = 1 << 14;

/// Progress over the frames of a quantum.
#[derive(Debug, Clone)]
pub struct Progress {
    /// α at each frame.
    pub alpha: [f32; QUANTUM],
    /// Σ α(j) for 1 ≤ j ≤ frame.
    pub sums: [f64; QUANTUM],
}

impl Progress {
    /// Nothing has moved yet.
    pub const STILL: Self = Self { alpha: [0.0; QUANTUM], sums: [0.0; QUANTUM] };
}

/// A transition's curve with the sums of its frames.
#[derive(Debug, Clone)]
pub struct Course {
    /// First frame at which the ramp has elapsed in part, first at which it has in whole.
    begin: u64,
    end: u64,
    before: f64,
    after: f64,
    ramp: Ramp,
    /// α at frame 0, which no sum contains.
    at_zero: f64,
    /// Sum over the frames `begin..end`.
    ramp_sum: f64,
}

#[derive(Debug, Clone)]
enum Ramp {
    Polynomial(Polynomial),
    Written(Knots),
}

impl Course {
    /// The course of a static voice: α stays 0.
    pub fn still() -> Self {
        let ramp = Ramp::Polynomial(Polynomial { at_first: 0.0, per_frame: 0.0, coefficients: [0.0; 3] });
        Self { begin: NEVER, end: NEVER, before: 0.0, after: 0.0, ramp, at_zero: 0.0, ramp_sum: 0.0 }
    }

    /// The course of a voice: along its curve if it is a transition.
    pub fn of(context: &VoiceContext) -> Self {
        if context.is_transition { Self::new(&context.curve()) } else { Self::still() }
    }

    /// The course along `curve`.
    pub fn new(curve: &Curve) -> Self {
        let begin = first_frame(|frame| curve.elapsed(frame as f64) > 0.0);
        let end = first_frame(|frame| curve.elapsed(frame as f64) >= 1.0);
        let frames = if end == NEVER { 0 } else { end - begin };
        let ramp = match curve.shape.polynomial() {
            Some(coefficients) => {
                let per_frame = if frames > 0 { curve.frame_s / curve.length_s } else { 0.0 };
                let at_first = curve.elapsed(begin as f64);
                Ramp::Polynomial(Polynomial { at_first, per_frame, coefficients })
            }
            None => Ramp::Written(Knots::new(curve, begin, frames)),
        };
        let ramp_sum = ramp.sum(frames);
        Self {
            begin,
            end,
            before: curve.shape.at(0.0),
            after: curve.shape.at(1.0),
            ramp,
            at_zero: curve.at(0.0),
            ramp_sum,
        }
    }

    /// α at `frame` and the sum of α from frame 1 to it.
    pub fn at(&self, frame: u64) -> (f64, f64) {
        let before = self.begin.min(frame + 1) as f64 * self.before - self.at_zero;
        if frame < self.begin {
            (self.before, before)
        } else if frame < self.end {
            let elapsed = frame - self.begin;
            (self.ramp.at(elapsed), before + self.ramp.sum(elapsed + 1))
        } else {
            (self.after, before + self.ramp_sum + (frame - self.end + 1) as f64 * self.after)
        }
    }

    /// Fills in the quantum that starts at `first`.
    #[inline(always)]
    pub fn fill(&self, first: u64, progress: &mut Progress) {
        let last = first + QUANTUM as u64 - 1;
        if last < self.begin || first >= self.end {
            let (alpha, sum) = self.at(first);
            progress.alpha = [alpha as f32; QUANTUM];
            for i in 0..QUANTUM {
                progress.sums[i] = sum + f64::from(i as i32) * alpha;
            }
        } else if first >= self.begin && last < self.end {
            let before = self.begin as f64 * self.before - self.at_zero;
            match &self.ramp {
                Ramp::Polynomial(ramp) => ramp.fill((first - self.begin) as f64, before, progress),
                Ramp::Written(knots) => knots.fill(first - self.begin, before, progress),
            }
        } else {
            for i in 0..QUANTUM {
                let (alpha, sum) = self.at(first + i as u64);
                (progress.alpha[i], progress.sums[i]) = (alpha as f32, sum);
            }
        }
    }
}

/// The first frame for which a condition holds that holds ever after.
fn first_frame(holds: impl Fn(u64) -> bool) -> u64 {
    let (mut low, mut high) = (0, NEVER);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

impl Ramp {
    /// α at the frame `elapsed` frames into the ramp.
    fn at(&self, elapsed: u64) -> f64 {
        match self {
            Self::Polynomial(polynomial) => polynomial.at(elapsed as f64),
            Self::Written(knots) => knots.at(elapsed),
        }
    }

    /// Sum over the first `frames` frames of the ramp.
    fn sum(&self, frames: u64) -> f64 {
        match self {
            Self::Polynomial(polynomial) => polynomial.sum(frames as f64),
            Self::Written(knots) => knots.sum(frames),
        }
    }
}

/// c0 + c1·a + c2·a² for an elapsed share a that grows evenly.
#[derive(Debug, Clone, Copy)]
struct Polynomial {
    at_first: f64,
    per_frame: f64,
    coefficients: [f64; 3],
}

impl Polynomial {
    #[inline(always)]
    fn at(&self, elapsed: f64) -> f64 {
        let [c0, c1, c2] = self.coefficients;
        let share = self.at_first + elapsed * self.per_frame;
        c0 + share * (c1 + share * c2)
    }

    #[inline(always)]
    fn sum(&self, n: f64) -> f64 {
        let ([c0, c1, c2], a, h) = (self.coefficients, self.at_first, self.per_frame);
        let sum_m = 0.5 * n * (n - 1.0);
        let sum_m2 = sum_m * (2.0 * n - 1.0) * (1.0 / 3.0);
        c0 * n + c1 * (n * a + h * sum_m) + c2 * (n * a * a + 2.0 * a * h * sum_m + h * h * sum_m2)
    }

    #[inline(always)]
    fn fill(&self, elapsed: f64, before: f64, progress: &mut Progress) {
        for i in 0..QUANTUM {
            let elapsed = elapsed + f64::from(i as i32);
            progress.alpha[i] = self.at(elapsed) as f32;
            progress.sums[i] = before + self.sum(elapsed + 1.0);
        }
    }
}

/// A written curve: exact at every frame of a short ramp, in straight pieces of 2^`shift` frames in a long one.
#[derive(Debug, Clone)]
struct Knots {
    shift: u32,
    pieces: Arc<[Piece]>,
}

/// A straight piece of a written curve.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// α at its first frame, and what is added at each further one.
    from: f64,
    slope: f64,
    /// Sum over the frames of the ramp before it.
    sum: f64,
}

impl Knots {
    fn new(curve: &Curve, begin: u64, frames: u64) -> Self {
        let shift = frames.div_ceil(MOST_PIECES).next_power_of_two().trailing_zeros();
        let at = |elapsed: u64| curve.at((begin + elapsed) as f64);
        let mut sum = 0.0;
        let pieces = (0..frames.div_ceil(1 << shift)).map(|i| {
            let (first, end) = (i << shift, ((i + 1) << shift).min(frames));
            let (from, length) = (at(first), (end - first) as f64);
            let piece = Piece { from, slope: (at(end) - from) / length, sum };
            sum += piece.sum_of(length);
            piece
        });
        Self { shift, pieces: pieces.collect() }
    }

    fn at(&self, elapsed: u64) -> f64 {
        let (piece, rest) = self.split(elapsed);
        piece.from + piece.slope * rest as f64
    }

    fn sum(&self, frames: u64) -> f64 {
        let Some(last) = frames.checked_sub(1) else { return 0.0 };
        let (piece, rest) = self.split(last);
        piece.sum + piece.sum_of((rest + 1) as f64)
    }

    #[inline(always)]
    fn fill(&self, elapsed: u64, before: f64, progress: &mut Progress) {
        let mut done = 0;
        while done < QUANTUM {
            let (piece, rest) = self.split(elapsed + done as u64);
            let run = ((1 << self.shift) - rest).min((QUANTUM - done) as u64) as usize;
            for i in 0..run {
                let rest = rest as f64 + f64::from(i as i32);
                progress.alpha[done + i] = (piece.from + piece.slope * rest) as f32;
                progress.sums[done + i] = before + piece.sum + piece.sum_of(rest + 1.0);
            }
            done += run;
        }
    }

    /// The piece that a frame of the ramp lies in, and the frames from the piece's start.
    #[inline(always)]
    fn split(&self, elapsed: u64) -> (Piece, u64) {
        (self.pieces[(elapsed >> self.shift) as usize], elapsed & ((1 << self.shift) - 1))
    }
}

impl Piece {
    /// Sum over its first `n` frames.
    #[inline(always)]
    fn sum_of(&self, n: f64) -> f64 {
        n * self.from + self.slope * 0.5 * n * (n - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::sound::curve::Shape;
    use crate::track::sound::span::Span;

    fn curve(text: &str, start_s: f64, length_s: Option<f64>, span: Span) -> Curve {
        Curve::new(span, start_s, length_s, Shape::parse(text).unwrap())
    }

    #[test]
    fn sums_equal_brute_force_over_two_million_frames() {
        let span = Span::new(45.350_01, 44_100.0);
        for (text, start_s, length_s) in [
            ("linear", 0.0, None),
            ("linear", 3.000_01, Some(20.0)),
            ("logarithmic", 1.5, Some(33.3)),
            ("exponential", 0.0, Some(45.0)),
            ("exponential", 10.0, Some(0.0)),
            ("linear", 0.0, Some(0.0)),
            ("linear", 99.0, Some(1.0)),
            ("1 - alpha", 2.0, Some(30.0)),
            ("alpha**3", 0.0, None),
        ] {
            let curve = curve(text, start_s, length_s, span);
            let course = Course::new(&curve);
            let mut progress = Progress::STILL;
            let (mut sum, mut worst, mut worst_alpha) = (0.0, 0.0f64, 0.0f64);
            for quantum in 0..2_000_000 / QUANTUM as u64 {
                course.fill(quantum * QUANTUM as u64, &mut progress);
                for i in 0..QUANTUM {
                    let frame = quantum * QUANTUM as u64 + i as u64;
                    let alpha = curve.at(frame as f64);
                    sum += if frame > 0 { alpha } else { 0.0 };
                    worst = worst.max((progress.sums[i] - sum).abs());
                    worst_alpha = worst_alpha.max((f64::from(progress.alpha[i]) - alpha).abs());
                }
            }
            let is_named = curve.shape.polynomial().is_some();
            let (most_alpha, most) = if is_named { (1e-7, 1e-6) } else { (1e-5, 5e-3) };
            assert!(worst_alpha < most_alpha, "{text} {start_s}: alpha {worst_alpha}");
            assert!(worst < most, "{text} {start_s}: sum {worst}");
        }
    }

    #[test]
    fn a_short_written_curve_is_exact_and_a_long_one_stays_so() {
        let short = curve("sin(alpha * pi / 2)", 0.0, None, Span::new(0.1, 44_100.0));
        let (course, mut sum) = (Course::new(&short), 0.0);
        for frame in 1..4410 {
            sum += short.at(frame as f64);
            assert!((course.at(frame).1 - sum).abs() < 1e-9, "{frame}");
        }
        let long = curve("sin(alpha * pi / 2)", 0.0, None, Span::new(36_000.0, 48_000.0));
        let frames = 36_000.0 * 48_000.0;
        let integral = frames * 2.0 / std::f64::consts::PI;
        let sum = Course::new(&long).at(frames as u64 - 1).1;
        assert!((sum / integral - 1.0).abs() < 2e-9, "{}", sum / integral - 1.0);
    }

    #[test]
    fn nothing_moves_in_a_step_without_frames_or_a_ramp_behind_its_end() {
        for span in [Span::new(0.0, 44_100.0), Span::new(1e-9, 44_100.0), Span::new(1e9, 1.0)] {
            let course = Course::new(&curve("linear", 1e9, None, span));
            assert_eq!((course.at(0), course.at(64)), ((0.0, 0.0), (0.0, 0.0)));
        }
    }
}
