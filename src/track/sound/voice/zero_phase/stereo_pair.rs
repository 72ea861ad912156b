//! Two second-order sections in series on both ears at once, forwards or backwards in time. Audio thread.

use super::super::Quantum;
use crate::dsp::biquad::Biquad;
use crate::dsp::svf::settled;
use crate::dsp::zero_phase::{steady_gain, steady_memory};
use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f64x2, f64x4};

/// Left and right.
pub type Frame = [f64; 2];

/// Memory of both sections in the transposed direct form II, each value for both ears.
pub type Memory = [Frame; 4];

/// Memory of sections that have heard nothing.
pub const SILENT: Memory = [[0.0; 2]; 4];

/// Coefficients: `y = b0·x + s1`, `s1 ← c1·x − a1·s1 + s2`, `s2 ← c2·x − a2·s1`, which is the direct form with its
/// output put in, so that the input need not wait for it.
#[derive(Debug, Clone, Copy)]
struct Section {
    b0: f64,
    c: [f64; 2],
    a: [f64; 2],
}

impl From<Biquad> for Section {
    fn from(Biquad { b: [b0, b1, b2], a: [a1, a2] }: Biquad) -> Self {
        Self { b0, c: [b1 - a1 * b0, b2 - a2 * b0], a: [a1, a2] }
    }
}

/// One or two sections in series for two ears.
#[derive(Debug, Clone)]
pub struct StereoPair {
    level: Level,
    sections: [Section; 2],
    /// Memory after a constant 1 for ever, of both sections.
    steady: [f64; 4],
}

impl StereoPair {
    /// The first two of `sections`; a missing one lets everything pass.
    pub fn new(sections: &[Biquad]) -> Self {
        let [first, second] = std::array::from_fn(|i| sections.get(i).copied().unwrap_or(Biquad::IDENTITY));
        let ([s1, s2], [t1, t2]) = (steady_memory(&first), steady_memory(&second));
        let gain = steady_gain(&first);
        Self {
            level: Level::new(),
            sections: [first.into(), second.into()],
            steady: [s1, s2, t1 * gain, t2 * gain],
        }
    }

    /// Memory after `frame` for ever.
    pub fn steady(&self, frame: Frame) -> Memory {
        self.steady.map(|s| frame.map(|x| s * x))
    }

    /// Filters frames in place.
    pub fn run(&self, memory: &mut Memory, frames: &mut [Frame]) {
        dispatch!(self.level, simd => run(simd, &self.sections, memory, frames.iter_mut()));
        settle(memory);
    }

    /// Filters frames in place from the last to the first.
    pub fn run_back(&self, memory: &mut Memory, frames: &mut [Frame]) {
        dispatch!(self.level, simd => run(simd, &self.sections, memory, frames.iter_mut().rev()));
        settle(memory);
    }

    /// What [`Self::run_back`] leaves in the memory, without the sound.
    pub fn hear_back(&self, memory: &mut Memory, frames: &[Frame]) {
        dispatch!(self.level, simd => hear(simd, &self.sections, memory, frames.iter().rev()));
        settle(memory);
    }

    /// Copies a quantum to as many frames.
    pub fn join(&self, quantum: &Quantum, frames: &mut [Frame]) {
        dispatch!(self.level, _simd => join(quantum, frames));
    }

    /// Copies as many frames to a quantum.
    pub fn split(&self, frames: &[Frame], quantum: &mut Quantum) {
        dispatch!(self.level, _simd => split(frames, quantum));
    }

    /// What a 1 leaves in the memory when `0…frames − 1` frames of silence have followed it.
    pub fn echoes(&self, frames: usize) -> Box<[[f64; 4]]> {
        let mut memory = SILENT;
        let after = |i: usize| {
            self.run(&mut memory, &mut [[f64::from(u8::from(i == 0)); 2]]);
            memory.map(|[left, _]| left)
        };
        (0..frames).map(after).collect()
    }

    /// What [`Self::hear_back`] leaves in a silent memory, from the echoes of as many frames at least: a sum of products,
    /// which unlike the filter need not wait for itself.
    pub fn heard_back(&self, echoes: &[[f64; 4]], frames: &[Frame]) -> Memory {
        dispatch!(self.level, simd => heard(simd, echoes, frames))
    }

    /// How `frames` of silence change the memory: column `i` is what becomes of a 1 in value `i`.
    pub fn transition(&self, frames: usize) -> [[f64; 4]; 4] {
        let mut silence = vec![[0.0; 2]; frames];
        std::array::from_fn(|i| {
            let mut memory = SILENT;
            memory[i] = [1.0; 2];
            silence.fill([0.0; 2]);
            dispatch!(self.level, simd => run(simd, &self.sections, &mut memory, silence.iter_mut()));
            memory.map(|[left, _]| left)
        })
    }
}

#[inline(always)]
fn join(quantum: &Quantum, frames: &mut [Frame]) {
    for (frame, (left, right)) in frames.iter_mut().zip(quantum.left.iter().zip(&quantum.right)) {
        *frame = [f64::from(*left), f64::from(*right)];
    }
}

#[inline(always)]
fn split(frames: &[Frame], quantum: &mut Quantum) {
    let ears = quantum.left.iter_mut().zip(&mut quantum.right);
    for ([left, right], (left_out, right_out)) in frames.iter().zip(ears) {
        (*left_out, *right_out) = (*left as f32, *right as f32);
    }
}

/// Brings what has died away to exact zero.
fn settle(memory: &mut Memory) {
    memory.as_flattened_mut().iter_mut().for_each(|s| *s = settled(*s));
}

/// Coefficients and memory of both sections in registers.
struct Lanes<S: Simd> {
    k: [[f64x2<S>; 5]; 2],
    s: [[f64x2<S>; 2]; 2],
}

impl<S: Simd> Lanes<S> {
    #[inline(always)]
    fn new(simd: S, sections: &[Section; 2], m: &Memory) -> Self {
        let load = |frame: Frame| f64x2::simd_from(simd, frame);
        let k = |s: &Section| [s.b0, s.c[0], s.c[1], -s.a[0], -s.a[1]].map(|k| f64x2::splat(simd, k));
        Self {
            k: [k(&sections[0]), k(&sections[1])],
            s: [[load(m[0]), load(m[1])], [load(m[2]), load(m[3])]],
        }
    }

    #[inline(always)]
    fn step(&mut self, mut x: f64x2<S>) -> f64x2<S> {
        for i in 0..2 {
            let ([b0, c1, c2, a1, a2], [s1, s2]) = (self.k[i], self.s[i]);
            self.s[i] = [a1.mul_add(s1, c1.mul_add(x, s2)), a2.mul_add(s1, c2 * x)];
            x = b0.mul_add(x, s1);
        }
        x
    }

    #[inline(always)]
    fn memory(&self) -> Memory {
        let [[a, b], [c, d]] = self.s;
        [a, b, c, d].map(|lanes| [lanes[0], lanes[1]])
    }
}

#[inline(always)]
fn run<'a, S: Simd>(
    simd: S,
    sections: &[Section; 2],
    memory: &mut Memory,
    frames: impl Iterator<Item = &'a mut Frame>,
) {
    let mut lanes = Lanes::new(simd, sections, memory);
    for frame in frames {
        let y = lanes.step(f64x2::simd_from(simd, *frame));
        *frame = [y[0], y[1]];
    }
    *memory = lanes.memory();
}

#[inline(always)]
fn hear<'a, S: Simd>(
    simd: S,
    sections: &[Section; 2],
    memory: &mut Memory,
    frames: impl Iterator<Item = &'a Frame>,
) {
    let mut lanes = Lanes::new(simd, sections, memory);
    for frame in frames {
        lanes.step(f64x2::simd_from(simd, *frame));
    }
    *memory = lanes.memory();
}

#[inline(always)]
fn heard<S: Simd>(simd: S, echoes: &[[f64; 4]], frames: &[Frame]) -> Memory {
    let mut sums = [[f64x4::splat(simd, 0.0); 2]; 4];
    // Four sums at once hide the time that an addition takes.
    for (echoes, frames) in echoes.chunks(4).zip(frames.chunks(4)) {
        for (sums, (echo, frame)) in sums.iter_mut().zip(echoes.iter().zip(frames)) {
            let echo = f64x4::simd_from(simd, *echo);
            sums[0] = echo.mul_add(frame[0], sums[0]);
            sums[1] = echo.mul_add(frame[1], sums[1]);
        }
    }
    let ear = |ear: usize| (sums[0][ear] + sums[1][ear]) + (sums[2][ear] + sums[3][ear]);
    let (left, right) = (ear(0), ear(1));
    std::array::from_fn(|i| [left[i], right[i]])
}
