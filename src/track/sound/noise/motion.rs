//! Where the notches of a noise stand at a frame: the slow oscillator, its offsets for the right ear and for the second
//! pass, and the course of a transition, all in closed form of the position.

use super::notch::Notch;
use super::sweep::Sweep;
use crate::dsp::sine::{fraction_of_cycle, sine_exact};
use crate::track::sound::curve::Curve;
use crate::track::sound::span::Span;
use std::sync::Arc;

/// Frames between two places that a playing noise asks for.
pub const GRID: u64 = 2_048;

/// Steps above this length are summed in strides.
const LONG_FRAMES: u64 = 1 << 22;

/// Shape of the slow oscillator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wave {
    /// A cosine.
    Sine,
    /// From −1 to 1 in the first half of the cycle and back.
    Triangle,
}

/// The slow oscillator; each pair is start and end of a transition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lfo {
    /// Shape.
    pub wave: Wave,
    /// Frequency in Hz.
    pub freq_hz: [f64; 2],
    /// Lead of the right ear in cycles.
    pub right_cycles: [f64; 2],
    /// Lead of the second pass in cycles.
    pub intra_cycles: [f64; 2],
}

/// The notches of both ears over a step.
#[derive(Debug, Clone)]
pub struct Motion {
    sweeps: Vec<Sweep>,
    lfo: Lfo,
    curve: Option<Curve>,
    span: Span,
    passes: usize,
    /// Sum of α over the frames up to and including each grid point, where the curve has no closed form.
    sums: Arc<[f64]>,
}

impl Motion {
    /// Notches of `sweeps`, in a transition along `curve`.
    pub fn new(sweeps: Vec<Sweep>, lfo: Lfo, curve: Option<Curve>, span: Span) -> Self {
        // The original runs the second pass of a transition even where it lies on the first.
        let passes = if curve.is_some() || lfo.intra_cycles != [0.0; 2] { 2 } else { 1 };
        let sums = match &curve {
            Some(curve) if curve.shape.polynomial().is_none() && lfo.freq_hz[0] != lfo.freq_hz[1] => {
                written_sums(curve, span.frames)
            }
            _ => Arc::from([]),
        };
        Self { sweeps, lfo, curve, span, passes, sums }
    }

    /// Passes of the sweeps: 1 or 2.
    pub fn passes(&self) -> usize {
        self.passes
    }

    /// Sweeps in each pass.
    pub fn sweeps(&self) -> usize {
        self.sweeps.len()
    }

    /// Whether both ears hear the same.
    pub fn is_mono(&self) -> bool {
        self.sweeps.is_empty() || self.lfo.right_cycles == [0.0; 2]
    }

    /// The notch of a sweep at a frame for an ear (0 left) and a pass. Quick for multiples of [`GRID`].
    pub fn notch(&self, frame: u64, ear: usize, pass: usize, sweep: usize) -> Notch {
        let alpha = self.curve.as_ref().map_or(0.0, |curve| curve.at(frame as f64));
        let at = |[start, end]: [f64; 2]| start + (end - start) * alpha;
        let offset = ear as f64 * at(self.lfo.right_cycles) + pass as f64 * at(self.lfo.intra_cycles);
        let cycles = self.cycles(frame) + offset;
        let lfo = match self.lfo.wave {
            Wave::Sine => sine_exact(cycles + 0.25),
            Wave::Triangle => 1.0 - (4.0 * fraction_of_cycle(cycles) - 2.0).abs(),
        };
        self.sweeps[sweep].notch(alpha, lfo)
    }

    /// Cycles of the oscillator up to a frame. In a transition the frequency adds up frame by frame, the frame's own
    /// included.
    fn cycles(&self, frame: u64) -> f64 {
        let [start_hz, end_hz] = self.lfo.freq_hz;
        match &self.curve {
            None => start_hz * self.span.frame_s() * frame as f64,
            Some(curve) => {
                let frames = (frame + 1) as f64;
                let sum = if start_hz == end_hz { 0.0 } else { self.sum_of_alpha(curve, frame) };
                (start_hz * frames + (end_hz - start_hz) * sum) / self.span.rate_hz
            }
        }
    }

    fn sum_of_alpha(&self, curve: &Curve, frame: u64) -> f64 {
        let Some(polynomial) = curve.shape.polynomial() else {
            let at = (frame / GRID) as usize;
            let sum = self.sums.get(at).or(self.sums.last()).copied().unwrap_or(0.0);
            return (frame / GRID * GRID + 1..=frame).fold(sum, |sum, frame| sum + curve.at(frame as f64));
        };
        // Frames before `begin` have α = 0, frames from `end` on 1; between them the share grows by `step` a frame.
        let begin = (curve.start_s / curve.frame_s).ceil();
        let end = ((curve.start_s + curve.length_s) / curve.frame_s).ceil();
        let n = ((frame + 1) as f64).min(end) - begin;
        let after = ((frame + 1) as f64 - end).max(0.0);
        if n <= 0.0 || curve.length_s <= 0.0 {
            return after;
        }
        let step = curve.frame_s / curve.length_s;
        let first = (begin * curve.frame_s - curve.start_s) / curve.length_s;
        let (pairs, squares) = (0.5 * n * (n - 1.0), (n - 1.0) * n * (2.0 * n - 1.0) / 6.0);
        let linear = n * first + step * pairs;
        let square = n * first * first + 2.0 * first * step * pairs + step * step * squares;
        polynomial[0] * n + polynomial[1] * linear + polynomial[2] * square + after
    }
}

/// Sums on the grid: frame by frame, in long steps by the middles of short stretches.
fn written_sums(curve: &Curve, frames: u64) -> Arc<[f64]> {
    let stride = if frames > LONG_FRAMES { 64 } else { 1 };
    let middle = 0.5 * (stride - 1) as f64;
    let mut before = 0.0;
    let sum_at = |first: u64| {
        let sum = before + curve.at(first as f64);
        let strides = (first..first + GRID).step_by(stride);
        before += strides.map(|at| stride as f64 * curve.at(at as f64 + middle)).sum::<f64>();
        sum
    };
    (0..frames + 2 * GRID).step_by(GRID as usize).map(sum_at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::sound::curve::Shape;

    const LFO: Lfo =
        Lfo { wave: Wave::Sine, freq_hz: [1.0, 4.0], right_cycles: [0.0, 0.25], intra_cycles: [0.0; 2] };

    fn motion(shape: Shape, offset_s: f64, length_s: f64) -> Motion {
        let span = Span::new(1.0, 44_100.0);
        Motion::new(Vec::new(), LFO, Some(Curve::new(span, offset_s, Some(length_s), shape)), span)
    }

    #[test]
    fn closed_sums_are_the_sums_frame_by_frame() {
        for shape in [Shape::Linear, Shape::Logarithmic, Shape::Exponential] {
            for (offset_s, length_s) in [(0.0, 1.0), (0.1, 0.5), (0.300_01, 0.0), (0.9, 1.0)] {
                let motion = motion(shape.clone(), offset_s, length_s);
                let curve = motion.curve.clone().unwrap();
                let mut sum = 0.0;
                for frame in 0..44_100u64 {
                    sum += curve.at(frame as f64);
                    if frame % 997 == 0 {
                        let found = motion.sum_of_alpha(&curve, frame);
                        assert!(
                            (found - sum).abs() < 1e-6,
                            "{shape:?} {offset_s} {length_s} {frame}: {found} {sum}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn written_curves_add_up_on_the_grid() {
        let written = motion(Shape::parse("alpha*alpha").unwrap(), 0.1, 0.5);
        let square = motion(Shape::Exponential, 0.1, 0.5);
        for block in 0..20 {
            assert!((written.cycles(block * GRID) - square.cycles(block * GRID)).abs() < 1e-9, "{block}");
        }
        let hour = Span::new(3_600.0, 44_100.0);
        let [written, square] = ["alpha*alpha", "exponential"].map(|text| {
            let curve = Curve::new(hour, 10.0, Some(3_000.0), Shape::parse(text).unwrap());
            Motion::new(Vec::new(), LFO, Some(curve), hour).cycles(70_000 * GRID)
        });
        assert!((written - square).abs() < 1e-6, "{written} {square}");
    }

    #[test]
    fn the_oscillator_keeps_time_for_ten_hours() {
        let span = Span::new(36_000.0, 44_100.0);
        let sweep = Sweep { min_hz: [1_000.0; 2], max_hz: [3_000.0; 2], q: [25.0; 2], stages: [1.0; 2] };
        let lfo = Lfo { wave: Wave::Triangle, freq_hz: [44_100.0 / 8_192.0; 2], ..LFO };
        let motion = Motion::new(vec![sweep], lfo, None, span);
        let freqs = |block: u64| motion.notch(block * GRID, 0, 0, 0).freq_hz;
        let base = 775_192 / 4 * 4;
        for (block, expected) in [(0, 1_000.0), (1, 2_000.0), (2, 3_000.0), (3, 2_000.0), (4, 1_000.0)] {
            assert!((freqs(base + block) - expected).abs() < 1e-3, "{block}: {}", freqs(base + block));
        }
    }
}
