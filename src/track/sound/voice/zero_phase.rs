//! Zero-phase filters around a voice: forwards and backwards over the whole step, at any position of it. Audio thread.
//!
//! The backward pass has to come from the end of the step. It forgets, though: voices are deterministic, so the filter
//! looks ahead as far as its transients last. The step is cut into blocks. What a block adds to the backward filter's
//! memory is found once, when the look-ahead reaches it; the memory at the end of any block is then a short sum over the
//! blocks ahead. Each frame passes the filter twice, however long the look-ahead is, and no burst is longer than a
//! block. At the ends of the step the odd reflections and steady states of `dsp::zero_phase` apply exactly.

use super::{QUANTUM, Quantum, Span, Voice};
use crate::dsp::biquad::Biquad;
use crate::dsp::butterworth;
use std::sync::Arc;
use stereo_pair::{Frame, Memory, SILENT, StereoPair};

mod stereo_pair;

/// Frames of a block: small against the longest transients, large against the cost of the sum over the blocks ahead.
const BLOCK: usize = 8 * QUANTUM;

/// Longest extension of the ends.
const LONGEST_EXTENSION: usize = 15;

/// Share of a transient that may be neglected.
const NEGLECTED: f64 = 2e-8;

/// Low-pass corners of voices stay within these bounds. Outside them transients would last for seconds, and nothing
/// that can be heard would change: the lower is in Hz, the upper a share of the rate.
const LOWEST_CORNER_HZ: f64 = 2.0;
const HIGHEST_CORNER: f64 = 0.495;

/// Corner of the high-pass of [`qam_pair`] in Hz, and of its low-pass as a share of the rate.
const QAM_HIGH_PASS_HZ: f64 = 30.0;
const QAM_LOW_PASS: f64 = 0.45;

/// Order of both filters of [`qam_pair`].
const QAM_ORDER: usize = 4;

/// A Butterworth low-pass of the order 1…4, forwards and backwards over the step. The corner is held within 2 Hz…0.495 of
/// the rate.
pub fn low_pass(inner: Box<dyn Voice>, span: Span, order: usize, cutoff_hz: f64) -> Box<dyn Voice> {
    let order = order.clamp(1, 4);
    let cutoff_hz = cutoff_hz.min(HIGHEST_CORNER * span.rate_hz).max(LOWEST_CORNER_HZ);
    let sections = butterworth::low_pass(order, cutoff_hz, span.rate_hz);
    Box::new(ZeroPhase::new(inner, span, &sections, 3 * (order + 1)))
}

/// The filters of the amplitude-modulated beats: a high-pass at 30 Hz, then a low-pass at 0.45 of the rate, both of the
/// fourth order and each forwards and backwards over the step.
pub fn qam_pair(inner: Box<dyn Voice>, span: Span) -> Box<dyn Voice> {
    let high = butterworth::high_pass(QAM_ORDER, QAM_HIGH_PASS_HZ, span.rate_hz);
    let high = Box::new(ZeroPhase::new(inner, span, &high, LONGEST_EXTENSION));
    low_pass(high, span, QAM_ORDER, QAM_LOW_PASS * span.rate_hz)
}

/// A block that has passed the forward filter.
#[derive(Clone)]
struct Block {
    frames: [Frame; BLOCK],
    /// What the block alone leaves in the backward filter's memory; for the last block that memory itself.
    heard_back: Memory,
}

/// What a block does to the backward filter's memory.
struct Laws {
    /// What a 1 at each of its frames adds.
    echoes: Box<[[f64; 4]]>,
    /// What becomes of what was there.
    fading: [[f64; 4]; 4],
}

/// A voice behind a zero-phase filter. See [`Voice::run_in_frames`] for the cost of a seek.
struct ZeroPhase {
    inner: Box<dyn Voice>,
    filter: StereoPair,
    frames: u64,
    extension: usize,
    /// Blocks that the backward pass looks ahead.
    ahead: u64,
    laws: Arc<Laws>,
    /// The latest input: the extension's length of what came before, then a block.
    input: Box<[Frame]>,
    forward: Memory,
    /// Blocks from the wanted one to the end of the look-ahead, at their number modulo the length.
    ring: Box<[Block]>,
    /// First block of the ring that is exact, and the block to come next.
    held: std::ops::Range<u64>,
    /// Memory of the backward filter after the last frame.
    end: Memory,
    /// The finished block, and which one it is.
    output: Box<[Frame]>,
    finished: Option<u64>,
}

impl ZeroPhase {
    fn new(inner: Box<dyn Voice>, span: Span, sections: &[Biquad], extension: usize) -> Self {
        let filter = StereoPair::new(sections);
        let blocks = span.frames.div_ceil(BLOCK as u64).max(1);
        let settling = butterworth::settling_frames(sections, NEGLECTED);
        let ahead = ((settling / BLOCK as f64).ceil() as u64).clamp(1, blocks);
        let laws = Laws { echoes: filter.echoes(BLOCK), fading: filter.transition(BLOCK) };
        let extension = extension.min(LONGEST_EXTENSION).min(span.frames.saturating_sub(1) as usize);
        Self::with(inner, filter, span.frames, extension, ahead, Arc::new(laws))
    }

    fn with(
        inner: Box<dyn Voice>,
        filter: StereoPair,
        frames: u64,
        extension: usize,
        ahead: u64,
        laws: Arc<Laws>,
    ) -> Self {
        let block = Block { frames: [[0.0; 2]; BLOCK], heard_back: SILENT };
        Self {
            inner,
            filter,
            frames,
            extension,
            ahead,
            laws,
            input: vec![[0.0; 2]; LONGEST_EXTENSION + BLOCK].into(),
            forward: SILENT,
            ring: vec![block; ahead as usize + 1].into(),
            held: 0..0,
            end: SILENT,
            output: vec![[0.0; 2]; BLOCK].into(),
            finished: None,
        }
    }

    fn last_block(&self) -> u64 {
        self.frames.saturating_sub(1) / BLOCK as u64
    }

    fn slot(&self, block: u64) -> usize {
        (block % self.ring.len() as u64) as usize
    }

    /// Makes `block` the finished one.
    fn finish(&mut self, block: u64) {
        let end = (block + self.ahead).min(self.last_block()) + 1;
        let from = self.held.start.max(self.held.end.saturating_sub(self.ring.len() as u64));
        // Going on costs a block for each one skipped; starting again costs the run-in and the look-ahead.
        if block < from || end > self.held.end + 2 * self.ahead + 1 {
            let start = block.saturating_sub(self.ahead);
            self.forward = SILENT;
            self.held = block..start;
        }
        while self.held.end < end {
            self.prepare(self.held.end);
            self.held.end += 1;
        }
        let mut memory = if block == self.last_block() { self.end } else { SILENT };
        for ahead in (block + 1..end).rev() {
            memory = self.before(ahead, &memory);
        }
        self.output.copy_from_slice(&self.ring[self.slot(block)].frames);
        let count = self.frames_of(block);
        self.filter.run_back(&mut memory, &mut self.output[..count]);
        self.finished = Some(block);
    }

    /// Memory of the backward filter before a block, given the one after it.
    fn before(&self, block: u64, after: &Memory) -> Memory {
        let mut memory = self.ring[self.slot(block)].heard_back;
        for (column, after) in self.laws.fading.iter().zip(after) {
            for (memory, weight) in memory.iter_mut().zip(column) {
                for (memory, after) in memory.iter_mut().zip(after) {
                    *memory += weight * after;
                }
            }
        }
        memory
    }

    /// Frames of a block that lie within the step.
    fn frames_of(&self, block: u64) -> usize {
        (self.frames.saturating_sub(block * BLOCK as u64)).min(BLOCK as u64) as usize
    }

    /// Takes the next block from the voice through the forward filter.
    fn prepare(&mut self, block: u64) {
        let (count, slot) = (self.frames_of(block), self.slot(block));
        self.read(block, count);
        let input = &self.input[LONGEST_EXTENSION..LONGEST_EXTENSION + count];
        if block == 0
            && let Some(&first) = input.first()
        {
            let mut before = [[0.0; 2]; LONGEST_EXTENSION];
            let before = &mut before[..self.extension];
            reflect(first, input[1..].iter(), before);
            before.reverse();
            self.forward = self.filter.steady(*before.first().unwrap_or(&first));
            self.filter.run(&mut self.forward, before);
        }
        let frames = &mut self.ring[slot].frames[..count];
        frames.copy_from_slice(input);
        self.filter.run(&mut self.forward, frames);
        self.ring[slot].heard_back = if block == self.last_block() {
            self.end = self.memory_after_end(count, slot);
            let mut memory = self.end;
            self.filter.hear_back(&mut memory, &self.ring[slot].frames[..count]);
            memory
        } else {
            self.filter.heard_back(&self.laws.echoes, &self.ring[slot].frames)
        };
    }

    /// Reads a block of the voice behind the end of what was read before.
    fn read(&mut self, block: u64, count: usize) {
        self.input.copy_within(BLOCK.., 0);
        let mut quantum = Quantum::SILENT;
        for offset in (0..count).step_by(QUANTUM) {
            self.inner.render(block * BLOCK as u64 + offset as u64, &mut quantum);
            let frames = &mut self.input[LONGEST_EXTENSION + offset..][..QUANTUM];
            self.filter.join(&quantum, frames);
        }
    }

    /// Memory of the backward filter after the last frame of the step, which is frame `count − 1` of the input and has
    /// just passed the forward filter into `slot`.
    fn memory_after_end(&self, count: usize, slot: usize) -> Memory {
        let Some(last) = count.checked_sub(1) else { return SILENT };
        let (past, last_input) = self.input[..=LONGEST_EXTENSION + last].split_at(LONGEST_EXTENSION + last);
        let mut after = [[0.0; 2]; LONGEST_EXTENSION];
        let after = &mut after[..self.extension];
        reflect(last_input[0], past.iter().rev(), after);
        self.filter.run(&mut self.forward.clone(), after);
        let mut memory = self.filter.steady(*after.last().unwrap_or(&self.ring[slot].frames[last]));
        self.filter.hear_back(&mut memory, after);
        memory
    }
}

/// Fills `out` with the point reflection at `pivot` of what lies beyond it, nearest first.
fn reflect<'a>(pivot: Frame, beyond: impl Iterator<Item = &'a Frame>, out: &mut [Frame]) {
    for (out, x) in out.iter_mut().zip(beyond) {
        *out = [2.0 * pivot[0] - x[0], 2.0 * pivot[1] - x[1]];
    }
}

impl Voice for ZeroPhase {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        let block = (first / BLOCK as u64).min(self.last_block());
        if self.finished != Some(block) {
            self.finish(block);
        }
        let frames = &self.output[(first % BLOCK as u64) as usize..][..QUANTUM];
        self.filter.split(frames, out);
    }

    fn fork(&self) -> Box<dyn Voice> {
        let (filter, laws) = (self.filter.clone(), self.laws.clone());
        Box::new(Self::with(self.inner.fork(), filter, self.frames, self.extension, self.ahead, laws))
    }

    /// The blocks that the forward filter hears before the wanted one. A seek renders as many again ahead, so that it
    /// costs twice this and a block: at 44.1 kHz about 22 500 frames for the 30 Hz high-pass, 2 500 for a low-pass at
    /// 300 Hz.
    fn run_in_frames(&self) -> u64 {
        self.ahead * BLOCK as u64 + self.inner.run_in_frames()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::rng::uniform_at;
    use crate::dsp::zero_phase::zero_phase;

    const RATE_HZ: f64 = 44_100.0;

    /// Noise about an offset, a different one in each ear; never asked for beyond its end.
    #[derive(Clone)]
    struct Noise {
        frames: u64,
    }

    impl Noise {
        fn at(frame: u64) -> Frame {
            [1, 2].map(|ear| f64::from(0.4 * uniform_at(ear, frame)) + 0.2 * ear as f64)
        }
    }

    impl Voice for Noise {
        fn render(&mut self, first: u64, out: &mut Quantum) {
            assert!(first < self.frames && first.is_multiple_of(QUANTUM as u64));
            for i in 0..QUANTUM {
                let frame = first + i as u64;
                // Beyond the end comes something that must not be heard.
                let value = if frame < self.frames { Self::at(frame) } else { [1e6; 2] };
                (out.left[i], out.right[i]) = (value[0] as f32, value[1] as f32);
            }
        }

        fn fork(&self) -> Box<dyn Voice> {
            Box::new(self.clone())
        }
    }

    fn span(frames: u64) -> Span {
        Span { rate_hz: RATE_HZ, frames, duration_s: frames as f64 / RATE_HZ }
    }

    fn rendered(voice: &mut dyn Voice, frames: u64) -> [Vec<f64>; 2] {
        let mut quantum = Quantum::SILENT;
        let mut ears = [Vec::new(), Vec::new()];
        for first in (0..frames).step_by(QUANTUM) {
            voice.render(first, &mut quantum);
            ears[0].extend(quantum.left.iter().map(|x| f64::from(*x)));
            ears[1].extend(quantum.right.iter().map(|x| f64::from(*x)));
        }
        ears.each_mut().map(|ear| ear[..frames as usize].to_vec())
    }

    fn whole(frames: u64, filter: impl Fn(&mut [f64])) -> [Vec<f64>; 2] {
        [0, 1].map(|ear| {
            let mut x: Vec<f64> = (0..frames).map(|i| f64::from(Noise::at(i)[ear] as f32)).collect();
            filter(&mut x);
            x
        })
    }

    fn worst(a: &[Vec<f64>; 2], b: &[Vec<f64>; 2]) -> f64 {
        assert_eq!(a.each_ref().map(Vec::len), b.each_ref().map(Vec::len));
        a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }

    const LENGTHS: [u64; 12] = [1, 2, 14, 16, 17, 63, 511, 512, 513, 520, 5_000, 60_001];

    #[test]
    fn equals_the_filter_over_the_whole_step() {
        for frames in LENGTHS {
            for (order, cutoff_hz) in [(4, 300.0), (2, 40.0), (1, 10_000.0), (3, 1_000.0)] {
                let noise = Box::new(Noise { frames });
                let found = rendered(&mut *low_pass(noise, span(frames), order, cutoff_hz), frames);
                let sections = butterworth::low_pass(order, cutoff_hz, RATE_HZ);
                let expected = whole(frames, |x| zero_phase(&sections, 3 * (order + 1), x));
                let error = worst(&found, &expected);
                assert!(error < 1e-6, "{frames} frames, order {order}, {cutoff_hz} Hz: {error}");
            }
        }
    }

    #[test]
    fn the_pair_equals_its_filters_over_the_whole_step() {
        let high = butterworth::high_pass(4, 30.0, RATE_HZ);
        let low = butterworth::low_pass(4, 0.45 * RATE_HZ, RATE_HZ);
        for frames in LENGTHS {
            let found = rendered(&mut *qam_pair(Box::new(Noise { frames }), span(frames)), frames);
            let expected = whole(frames, |x| {
                zero_phase(&high, 15, x);
                zero_phase(&low, 15, x);
            });
            let error = worst(&found, &expected);
            assert!(error < 1e-6, "{frames} frames: {error}");
        }
    }

    #[test]
    fn seeks_give_what_playing_from_the_start_gives() {
        let frames = 100_001;
        let mut voice = qam_pair(Box::new(Noise { frames }), span(frames));
        let linear = rendered(&mut *voice, frames);
        let mut forked = voice.fork();
        let mut quantum = Quantum::SILENT;
        for i in 0..60 {
            let quanta = frames.div_ceil(QUANTUM as u64);
            // Jumps of every size, among them to the last quantum and to the neighbours of the one before.
            let wanted = match i % 4 {
                0 => (f64::from(uniform_at(9, i).abs()) * quanta as f64) as u64,
                1 => quanta - 1,
                2 => i,
                _ => i + 40,
            };
            let first = wanted * QUANTUM as u64;
            let voice = if i % 3 == 0 { &mut forked } else { &mut voice };
            voice.render(first, &mut quantum);
            for (k, x) in linear[0][first as usize..].iter().take(QUANTUM).enumerate() {
                let error = (x - f64::from(quantum.left[k])).abs();
                assert!(error < 1e-6, "jump {i} to {first}: {error}");
            }
        }
    }

    #[test]
    fn absurd_corners_stay_finite() {
        for cutoff_hz in [-1.0, 0.0, 0.3, 22_049.0, 1e9] {
            let voice = &mut *low_pass(Box::new(Noise { frames: 3_000 }), span(3_000), 4, cutoff_hz);
            assert!(rendered(voice, 3_000).iter().flatten().all(|x| x.abs() < 4.0), "{cutoff_hz}");
        }
        let mut quantum = Quantum::SILENT;
        qam_pair(Box::new(Noise { frames: 1 }), span(0)).render(0, &mut quantum);
        assert!(quantum.left.iter().all(|x| x.is_finite()));
    }
}
