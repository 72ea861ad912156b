//! Frequencies, phases and values of a beat voice whose parameters may move with a transition.
//!
//! Made off the audio thread, filled on it by plain arithmetic that loops inside a dispatch turn into vector code. Every
//! phase is a function of the frame, so any position costs the same and is as exact as the first.

use super::waveshaping::progress::{Course, Progress};
use super::{Behaviour, QUANTUM, Span, VoiceContext};
use crate::dsp::sine::sine;
use crate::track::sound::curve::{Curve, Shape};
use std::f64::consts::TAU;
use std::ops::Range;

/// A frame later than any that is played.
const NEVER: u64 = 1 << 50;

/// Where a transition is over the frames of a quantum.
#[derive(Debug, Clone)]
pub struct Moment {
    /// First frame of the quantum.
    pub first: u64,
    /// Seconds from one frame to the next.
    frame_s: f64,
    /// α at each frame.
    pub alpha: [f64; QUANTUM],
    progress: Progress,
}

/// The course of a voice's parameters.
#[derive(Debug, Clone)]
pub struct Motion {
    /// The ramp; a static voice has none.
    curve: Option<Curve>,
    course: Course,
    frame_s: f64,
}

impl Motion {
    /// Along a curve, or still.
    pub fn new(span: Span, curve: Option<Curve>) -> Self {
        let course = curve.as_ref().map_or_else(Course::still, Course::new);
        Self { curve, course, frame_s: span.frame_s() }
    }

    /// As the voice's keys say.
    pub fn of(context: &VoiceContext) -> Self {
        Self::new(context.span, context.is_transition.then(|| context.curve()))
    }

    /// For voices whose original ramps from the first frame to the last whatever the keys say; intended is what they say.
    pub fn to_last_frame(context: &VoiceContext) -> Self {
        let span = context.span;
        let whole = || {
            let length_s = span.frames.saturating_sub(1) as f64 * span.frame_s();
            Curve::new(span, 0.0, Some(length_s), Shape::Linear)
        };
        match context.behaviour {
            Behaviour::Intended => Self::of(context),
            Behaviour::Original => Self::new(span, context.is_transition.then(whole)),
        }
    }

    /// The quantum that starts at `first`.
    #[inline(always)]
    pub fn at(&self, first: u64) -> Moment {
        let mut moment = self.without_sums(first);
        if self.curve.is_some() {
            self.course.fill(first, &mut moment.progress);
        }
        moment
    }

    /// The same for values and oscillators alone, without what [`Sweep`] needs.
    #[inline(always)]
    pub fn without_sums(&self, first: u64) -> Moment {
        let mut moment =
            Moment { first, frame_s: self.frame_s, alpha: [0.0; QUANTUM], progress: Progress::STILL };
        if let Some(curve) = &self.curve {
            curve.fill(first, &mut moment.alpha);
        }
        moment
    }

    /// α at a frame, and the sum of α over the frames before it.
    fn before(&self, frame: u64) -> (f64, f64) {
        let (at_zero, _) = self.course.at(0);
        let (alpha, sum) = self.course.at(frame);
        (alpha, sum - alpha + at_zero)
    }
}

/// A value that goes from its start to its end with α.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moving {
    start: f64,
    change: f64,
}

impl Moving {
    /// From `start` to `end`.
    pub fn new([start, end]: [f64; 2]) -> Self {
        Self { start, change: end - start }
    }

    /// Whether it is 0 all the time.
    pub fn is_zero(self) -> bool {
        self.start == 0.0 && self.change == 0.0
    }

    /// The value times a factor.
    pub fn scaled(self, factor: f64) -> Self {
        Self { start: self.start * factor, change: self.change * factor }
    }

    /// The value at α.
    #[inline(always)]
    pub fn at(self, alpha: f64) -> f64 {
        self.start + self.change * alpha
    }

    /// The value at each frame.
    #[inline(always)]
    pub fn values(self, moment: &Moment) -> [f32; QUANTUM] {
        let mut values = [self.start as f32; QUANTUM];
        if self.change != 0.0 {
            for i in 0..QUANTUM {
                values[i] = self.at(moment.alpha[i]) as f32;
            }
        }
        values
    }
}

/// When a tone's phase takes its first step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstStep {
    /// Frame 0 has one frame's advance already.
    AtFrameZero,
    /// Frame 0 is at the start phase.
    AtFrameOne,
}

/// The phase of a tone whose frequency moves but never falls below zero.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// Cycles per frame.
    frequency: Moving,
    offset_cycles: f64,
    /// 1 where α of the frame itself is not in the sum.
    lag: f64,
    /// Frames at which the frequency would be negative, and the phase that is held there.
    held: Range<u64>,
    held_cycles: f64,
}

impl Sweep {
    /// A tone from one frequency to another that starts at a phase.
    pub fn new(frequency_hz: [f64; 2], phase_rad: f64, first_step: FirstStep, motion: &Motion) -> Self {
        let frequency = Moving::new(frequency_hz.map(|hz| hz * motion.frame_s));
        let start_cycles = phase_rad / TAU;
        let (lag, first) = match first_step {
            FirstStep::AtFrameZero => (0.0, frequency.start),
            FirstStep::AtFrameOne => (1.0, 0.0),
        };
        let (at_zero, _) = motion.course.at(0);
        let offset_cycles = start_cycles + first + frequency.change * at_zero;
        let held = 0..0;
        let sweep = Self { frequency, offset_cycles, lag, held, held_cycles: start_cycles };
        sweep.held_above_zero(motion)
    }

    /// Finds where the frequency would be negative, on the assumption that it crosses zero once at most.
    fn held_above_zero(mut self, motion: &Motion) -> Self {
        let is_negative = |frame: u64| self.frequency.at(motion.before(frame).0) < 0.0;
        let (starts, ends) = (is_negative(0), is_negative(NEVER));
        if !starts && !ends {
            return self;
        }
        let (mut low, mut high) = (0, NEVER);
        while starts != ends && low < high {
            let middle = low + (high - low) / 2;
            if is_negative(middle) == starts { low = middle + 1 } else { high = middle }
        }
        let (_, sum) = motion.before(low);
        let cycles = self.frequency.start * low as f64 + self.frequency.change * sum;
        match (starts, ends) {
            (true, false) => {
                self.held = 0..low;
                self.offset_cycles -= cycles;
            }
            (false, true) => {
                self.held = low..u64::MAX;
                self.held_cycles += cycles;
            }
            _ => self.held = 0..u64::MAX,
        }
        self
    }

    /// Phases in cycles, whole ones included.
    #[inline(always)]
    pub fn phases(&self, moment: &Moment) -> [f64; QUANTUM] {
        let (frequency, lag) = (self.frequency, self.lag * self.frequency.change);
        let anchor = self.offset_cycles + frequency.start * moment.first as f64;
        let mut cycles = [0.0; QUANTUM];
        for i in 0..QUANTUM {
            cycles[i] = anchor + frequency.start * f64::from(i as i32);
        }
        if frequency.change != 0.0 {
            for i in 0..QUANTUM {
                cycles[i] += frequency.change * moment.progress.sums[i] - lag * moment.alpha[i];
            }
        }
        if self.held.start < moment.first + QUANTUM as u64 && moment.first < self.held.end {
            for i in 0..QUANTUM {
                if self.held.contains(&(moment.first + i as u64)) {
                    cycles[i] = self.held_cycles;
                }
            }
        }
        cycles
    }
}

/// A slow oscillator whose phase is frequency times time plus an offset, also while they move: it chirps faster than its
/// frequency says, as it does in the files' original.
#[derive(Debug, Clone, Copy)]
pub struct Lfo {
    frequency_hz: Moving,
    offset_cycles: Moving,
}

impl Lfo {
    /// An oscillator by its frequency and phase offset.
    pub fn new(frequency_hz: [f64; 2], offset_rad: [f64; 2]) -> Self {
        Self {
            frequency_hz: Moving::new(frequency_hz),
            offset_cycles: Moving::new(offset_rad).scaled(1.0 / TAU),
        }
    }

    /// Whether it stands still all the time.
    pub fn is_still(self) -> bool {
        self.frequency_hz.is_zero()
    }

    /// The same a quarter turn ahead: its sine is this one's cosine.
    pub fn quarter_ahead(mut self) -> Self {
        self.offset_cycles.start += 0.25;
        self
    }

    /// Phases in cycles.
    #[inline(always)]
    pub fn phases(&self, moment: &Moment) -> [f64; QUANTUM] {
        let (frequency, offset) = (self.frequency_hz.scaled(moment.frame_s), self.offset_cycles);
        let anchor = frequency.start * moment.first as f64 + offset.start;
        let mut cycles = [0.0; QUANTUM];
        for i in 0..QUANTUM {
            cycles[i] = anchor + frequency.start * f64::from(i as i32);
        }
        if frequency.change != 0.0 || offset.change != 0.0 {
            let first = moment.first as f64;
            for i in 0..QUANTUM {
                let change = frequency.change * (first + f64::from(i as i32)) + offset.change;
                cycles[i] += moment.alpha[i] * change;
            }
        }
        cycles
    }

    /// Its sines.
    #[inline(always)]
    pub fn sines(&self, moment: &Moment) -> [f32; QUANTUM] {
        let cycles = self.phases(moment);
        let mut sines = [0.0; QUANTUM];
        for i in 0..QUANTUM {
            sines[i] = sine(cycles[i]);
        }
        sines
    }
}

/// A phase that sways: half its range, in cycles, times the sine of an oscillator.
#[derive(Debug, Clone, Copy)]
pub struct Sway {
    lfo: Lfo,
    half_range_cycles: Moving,
}

impl Sway {
    /// A sway of `range_rad` from peak to peak, or none where nothing would move.
    pub fn new(lfo: Lfo, range_rad: [f64; 2]) -> Option<Self> {
        let half_range_cycles = Moving::new(range_rad).scaled(0.5 / TAU);
        (!half_range_cycles.is_zero()).then_some(Self { lfo, half_range_cycles })
    }

    /// Adds the sway to one tone's phases and takes it from another's.
    #[inline(always)]
    pub fn part(&self, moment: &Moment, behind: &mut [f64; QUANTUM], ahead: &mut [f64; QUANTUM]) {
        let sines = self.lfo.sines(moment);
        for i in 0..QUANTUM {
            let sway = self.half_range_cycles.at(moment.alpha[i]) * f64::from(sines[i]);
            behind[i] -= sway;
            ahead[i] += sway;
        }
    }
}

/// A level that swings between 1 − depth and 1.
#[derive(Debug, Clone, Copy)]
pub struct Tremolo {
    lfo: Lfo,
    depth: Moving,
    deepest: f32,
}

impl Tremolo {
    /// A tremolo with its depth held within 0…`deepest`, or none where the depth is 0.
    pub fn new(lfo: Lfo, depth: [f64; 2], deepest: f32) -> Option<Self> {
        let depth = Moving::new(depth);
        (!depth.is_zero()).then_some(Self { lfo, depth, deepest })
    }

    /// The same, or none where the oscillator stands still.
    pub fn if_moving(self) -> Option<Self> {
        (!self.lfo.is_still()).then_some(self)
    }

    /// The level at each frame: 1 − d/2 + (d/2)·`sign`·sine.
    #[inline(always)]
    pub fn gains(&self, moment: &Moment, sign: f32) -> [f32; QUANTUM] {
        let (sines, mut gains) = (self.lfo.sines(moment), self.depth.values(moment));
        for i in 0..QUANTUM {
            let depth = if gains[i] < 0.0 { 0.0 } else { gains[i] };
            let half = 0.5 * if depth > self.deepest { self.deepest } else { depth };
            gains[i] = (1.0 - half) + sign * half * sines[i];
        }
        gains
    }
}

#[cfg(test)]
mod voice_tests;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_the_sums_of_the_frequencies() {
        let span = Span::new(3.000_01, 44_100.0);
        for (shape, offset_s, length_s) in
            [("linear", 0.5, Some(2.0)), ("exponential", 0.0, None), ("logarithmic", 1.0, Some(0.0))]
        {
            let curve = Curve::new(span, offset_s, length_s, Shape::parse(shape).unwrap());
            let motion = Motion::new(span, Some(curve.clone()));
            for frequency_hz in
                [[200.0, 300.0], [-5.0, 9.0], [7.0, -30.0], [-1.0, -2.0], [15_700.0, 15_699.0]]
            {
                for first_step in [FirstStep::AtFrameZero, FirstStep::AtFrameOne] {
                    let sweep = Sweep::new(frequency_hz, 0.5, first_step, &motion);
                    let (mut sum, mut worst) = (0.5 / TAU, 0.0f64);
                    for first in (0..span.frames).step_by(QUANTUM) {
                        let cycles = sweep.phases(&motion.at(first));
                        for (i, cycles) in cycles.iter().enumerate() {
                            let alpha = curve.at((first + i as u64) as f64);
                            let hz = frequency_hz[0] + (frequency_hz[1] - frequency_hz[0]) * alpha;
                            let advance = hz.max(0.0) * span.frame_s();
                            sum += if first_step == FirstStep::AtFrameZero { advance } else { 0.0 };
                            worst = worst.max((sum - cycles).abs());
                            sum += if first_step == FirstStep::AtFrameOne { advance } else { 0.0 };
                        }
                    }
                    assert!(worst < 1e-7, "{shape} {frequency_hz:?} {first_step:?}: {worst}");
                }
            }
        }
    }
}
