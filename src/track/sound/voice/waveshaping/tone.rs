//! Sines, tremolo and values of a voice whose parameters may move with a transition. Audio thread; plain arithmetic that
//! loops inside a dispatch turn into vector code.

use super::progress::Progress;
use crate::dsp::sine::{sine_wrapped, wrap_cycles};
use crate::track::sound::span::{QUANTUM, Span};
use std::f64::consts::TAU;

/// A value that goes from its start to its end with α.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moving {
    start: f32,
    change: f32,
}

impl Moving {
    /// From `start` to `end`.
    pub fn new([start, end]: [f64; 2]) -> Self {
        Self { start: start as f32, change: (end - start) as f32 }
    }

    /// The value at α.
    #[inline(always)]
    pub fn at(self, alpha: f32) -> f32 {
        self.start + self.change * alpha
    }

    /// The same, louder or softer.
    pub fn times(self, gain: f32) -> Self {
        Self { start: self.start * gain, change: self.change * gain }
    }

    /// Whether it never changes.
    pub fn is_constant(self) -> bool {
        self.change == 0.0
    }
}

/// A sine oscillator whose frequency may move. Its phase has no increment at frame 0 and adds up the frequencies of the
/// frames 1…k.
#[derive(Debug, Clone, Copy)]
pub struct Tone {
    cycles_per_frame: f64,
    change: f64,
    offset_cycles: f64,
}

impl Tone {
    /// From one frequency to another, `offset_rad` ahead.
    pub fn new([start_hz, end_hz]: [f64; 2], offset_rad: f64, span: Span) -> Self {
        let frame_s = span.frame_s();
        Self {
            cycles_per_frame: start_hz * frame_s,
            change: (end_hz - start_hz) * frame_s,
            offset_cycles: offset_rad / TAU,
        }
    }

    /// Phases in cycles over the quantum that starts at `first`; the whole cycles before it are left out.
    #[inline(always)]
    pub fn phases(&self, first: u64, progress: &Progress) -> [f64; QUANTUM] {
        let anchor = wrap_cycles(self.cycles_per_frame * first as f64) + self.offset_cycles;
        let mut cycles = [0.0; QUANTUM];
        for i in 0..QUANTUM {
            cycles[i] = anchor + self.cycles_per_frame * f64::from(i as i32);
        }
        if self.change != 0.0 {
            for i in 0..QUANTUM {
                cycles[i] += self.change * progress.sums[i];
            }
        }
        cycles
    }

    /// The sine over the quantum that starts at `first`.
    #[inline(always)]
    pub fn sines(&self, first: u64, progress: &Progress) -> [f32; QUANTUM] {
        sines_of(&self.phases(first, progress))
    }
}

/// Sines of phases in cycles. Wrapping in `f64` and the polynomial in `f32` are loops of their own, so that each gets
/// all lanes of the vector unit.
#[inline(always)]
pub fn sines_of(cycles: &[f64; QUANTUM]) -> [f32; QUANTUM] {
    let mut sines = [0.0; QUANTUM];
    for i in 0..QUANTUM {
        sines[i] = wrap_cycles(cycles[i]) as f32;
    }
    for sine in &mut sines {
        *sine = sine_wrapped(*sine);
    }
    sines
}

/// Tremolo: the signal times 1 − depth·(1 − sine)/2.
#[inline(always)]
pub fn tremble(signal: &mut [f32; QUANTUM], sines: &[f32; QUANTUM], depth: Moving, progress: &Progress) {
    for i in 0..QUANTUM {
        signal[i] *= 1.0 - depth.at(progress.alpha[i]) * (0.5 - 0.5 * sines[i]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::sine::wrap_cycles;
    use crate::track::sound::curve::{Curve, Shape};
    use crate::track::sound::voice::waveshaping::progress::Course;

    #[test]
    fn phases_equal_brute_force_over_two_million_frames() {
        let span = Span::new(46.0, 44_100.0);
        for shape in [Shape::Linear, Shape::Logarithmic, Shape::Exponential] {
            let curve = Curve::new(span, 2.5, Some(40.0), shape);
            let (course, tone) = (Course::new(&curve), Tone::new([15_700.0, 80.0], 1.0, span));
            let (mut progress, mut cycles, mut worst) = (Progress::STILL, 1.0 / TAU, 0.0f64);
            for first in (0..2_000_000).step_by(QUANTUM) {
                course.fill(first, &mut progress);
                for (i, phase) in tone.phases(first, &progress).into_iter().enumerate() {
                    let frame = first + i as u64;
                    if frame > 0 {
                        let hz = 15_700.0 - 15_620.0 * curve.at(frame as f64);
                        cycles = wrap_cycles(cycles + hz * span.frame_s());
                    }
                    worst = worst.max(wrap_cycles(phase - cycles).abs());
                }
            }
            assert!(worst < 1e-8, "{worst}");
        }
    }

    #[test]
    fn an_hour_of_the_highest_tone_keeps_its_phase() {
        let span = Span::new(36_000.0, 44_100.0);
        let tone = Tone::new([15_700.0; 2], 0.0, span);
        // After whole hours a whole number of cycles is gone.
        for hours in [1, 9] {
            let first = hours * 3600 * 44_100;
            let past = (first % QUANTUM as u64) as usize;
            let phase = tone.phases(first - past as u64, &Progress::STILL)[past];
            assert!(wrap_cycles(phase).abs() * TAU < 1e-6, "{hours}");
        }
    }

    #[test]
    fn tremolo_takes_its_depth_away_at_the_lowest_point() {
        let mut sines = [0.0; QUANTUM];
        (sines[0], sines[1], sines[2]) = (1.0, -1.0, 0.0);
        let mut signal = [2.0; QUANTUM];
        tremble(&mut signal, &sines, Moving::new([0.6; 2]), &Progress::STILL);
        assert_eq!((signal[0], signal[2]), (2.0, 1.4));
        assert!((signal[1] - 0.8).abs() < 1e-6);
    }
}
