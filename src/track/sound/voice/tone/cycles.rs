//! Phases in cycles that are as exact after ten hours as at the start, and rotations by a fixed angle.

use crate::dsp::sine::{sine_exact, sine_wrapped, wrap_cycles};
use crate::track::sound::span::QUANTUM;
use std::f64::consts::TAU;
use std::ops::{Add, Neg};

/// Numbers of the frames of a quantum, for loops: turning integers into floats would keep them from becoming vector code.
pub const FRAMES: [f64; QUANTUM] = {
    let mut frames = [0.0; QUANTUM];
    let mut i = 1;
    while i < QUANTUM {
        frames[i] = frames[i - 1] + 1.0;
        i += 1;
    }
    frames
};

/// A phase, split so that its fraction keeps its precision however many cycles have passed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cycles {
    /// Full cycles.
    pub whole: f64,
    /// What is left, −½…½.
    pub part: f64,
}

impl Cycles {
    /// A number of cycles.
    pub fn new(cycles: f64) -> Self {
        Self::default() + cycles
    }

    /// The unwrapped phase in radians.
    pub fn radians(self) -> f64 {
        (self.whole + self.part) * TAU
    }
}

impl Add<f64> for Cycles {
    type Output = Self;

    fn add(self, cycles: f64) -> Self {
        // Wrapped apart, so that neither swallows the other's low digits.
        let wrapped = wrap_cycles(cycles);
        let sum = self.part + wrapped;
        let part = wrap_cycles(sum);
        Self { whole: self.whole + (cycles - wrapped) + (sum - part), part }
    }
}

impl Add for Cycles {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let sum = self + other.part;
        Self { whole: sum.whole + other.whole, part: sum.part }
    }
}

impl Neg for Cycles {
    type Output = Self;

    fn neg(self) -> Self {
        Self { whole: -self.whole, part: -self.part }
    }
}

/// The time base of a rotation: so many seconds in so many frames.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    /// Seconds.
    pub seconds: f64,
    /// Frames within them.
    pub frames: f64,
}

impl Clock {
    /// Cycles per frame of a frequency.
    pub fn cycles_per_frame(&self, hz: f64) -> f64 {
        hz * self.seconds / self.frames
    }
}

/// A rotation by the same angle every frame, kept in two parts so that its multiples are exact.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn {
    /// A multiple of 2⁻²⁰ cycles: its product with any frame number of a day is free of rounding.
    coarse: f64,
    /// The rest, below 2⁻²⁰ cycles.
    fine: f64,
}

impl Turn {
    /// The rotation of a frequency.
    pub fn new(hz: f64, clock: Clock) -> Self {
        const STEPS: f64 = 1_048_576.0;
        let coarse = (clock.cycles_per_frame(hz) * STEPS).round() / STEPS;
        let (product, rounding) = (hz * clock.seconds, hz.mul_add(clock.seconds, -(hz * clock.seconds)));
        Self { coarse, fine: ((product - coarse * clock.frames) + rounding) / clock.frames }
    }

    /// Cycles per frame.
    pub fn per_frame(&self) -> f64 {
        self.coarse + self.fine
    }

    /// The rotation after a number of frames, less full cycles.
    #[inline]
    pub fn part_after(&self, frames: f64) -> f64 {
        wrap_cycles(self.coarse * frames) + self.fine * frames
    }

    /// The rotation after a number of frames.
    pub fn after(&self, frames: f64) -> Cycles {
        Cycles::new(self.coarse * frames) + self.fine * frames
    }
}

/// Cosines and sines of a rotation over one quantum: turns one sine into the sixty-four that follow.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotor {
    cosines: [f64; QUANTUM],
    sines: [f64; QUANTUM],
}

impl Rotor {
    /// The rotor of a turn.
    pub fn new(turn: Turn) -> Self {
        let angle = |frame: usize| TAU * turn.part_after(frame as f64);
        Self {
            cosines: std::array::from_fn(|i| angle(i).cos()),
            sines: std::array::from_fn(|i| angle(i).sin()),
        }
    }

    /// What the phase in cycles of a quantum's first frame becomes: its sine and cosine, for [`Rotor::sine`].
    #[inline]
    pub fn start(phase: f64) -> [f64; 2] {
        [sine_exact(phase), sine_exact(phase + 0.25)]
    }

    /// Sine at frame `i` of the quantum.
    #[inline(always)]
    pub fn sine(&self, [sine, cosine]: [f64; 2], i: usize) -> f64 {
        sine * self.cosines[i] + cosine * self.sines[i]
    }

    /// Cosine at frame `i` of the quantum.
    #[inline(always)]
    pub fn cosine(&self, [sine, cosine]: [f64; 2], i: usize) -> f64 {
        cosine * self.cosines[i] - sine * self.sines[i]
    }
}

/// A plain sine of unchanging frequency.
#[derive(Debug, Clone)]
pub struct Wave {
    turn: Turn,
    offset: f64,
    rotor: Box<Rotor>,
}

impl Wave {
    /// A wave of a frequency, `offset` cycles on at frame 0.
    pub fn new(hz: f64, offset: f64, clock: Clock) -> Self {
        let turn = Turn::new(hz, clock);
        Self { turn, offset: wrap_cycles(offset), rotor: Box::new(Rotor::new(turn)) }
    }

    /// The rotor and its start for the quantum at `frame`.
    pub fn at(&self, frame: u64) -> (&Rotor, [f64; 2]) {
        (&self.rotor, Rotor::start(self.turn.part_after(frame as f64) + self.offset))
    }
}

/// Sines of phases in cycles, for a dispatch.
#[inline(always)]
pub fn sines(phases: &[f64; QUANTUM], out: &mut [f32; QUANTUM]) {
    // Two loops, so that the second is vector code of full width.
    for i in 0..QUANTUM {
        out[i] = wrap_cycles(phases[i]) as f32;
    }
    for x in out {
        *x = sine_wrapped(*x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hz in hundredths, frames per second: the exact fraction by whole numbers.
    fn exact_part(centihertz: u128, rate: u128, frames: u128) -> f64 {
        wrap_cycles((frames * centihertz % (100 * rate)) as f64 / (100 * rate) as f64)
    }

    #[test]
    fn a_high_tone_is_exact_for_ten_hours() {
        for rate in [44_100u128, 48_000, 96_000] {
            let frames = 36_000 * rate;
            let clock = Clock { seconds: 36_000.0, frames: frames as f64 };
            for centihertz in [1_570_025u128, 1_573_400, 137] {
                // Whole hundredths of a hertz are not exact in binary; quarters are.
                let centihertz = centihertz / 25 * 25;
                let turn = Turn::new(centihertz as f64 / 100.0, clock);
                for frame in [1, 44_099, frames / 10 - 7, frames - 1] {
                    let after = turn.after(frame as f64);
                    let error = wrap_cycles(after.part - exact_part(centihertz, rate, frame));
                    assert!(error.abs() * TAU < 1e-9, "{rate} {centihertz} {frame}: {error}");
                }
            }
        }
    }

    #[test]
    fn rotor_follows_the_library() {
        let clock = Clock { seconds: 1.0, frames: 44_100.0 };
        let wave = Wave::new(1234.5, 0.3, clock);
        let (rotor, start) = wave.at(64_000);
        for i in 0..QUANTUM {
            let angle = TAU * wrap_cycles(0.3 + 1234.5 / 44_100.0 * (64_000 + i) as f64);
            assert!((rotor.sine(start, i) - angle.sin()).abs() < 1e-10);
            assert!((rotor.cosine(start, i) - angle.cos()).abs() < 1e-10);
        }
    }

    #[test]
    fn cycles_add_without_loss() {
        let sum = Cycles::new(1e9 + 0.25) + Cycles::new(0.5) + (-0.875);
        assert_eq!((sum.whole, sum.part), (1e9, -0.125));
    }
}
