//! Listens to a programme: audio in blocks of any length becomes hops of 100 ms and what is remembered of them. For the
//! worker and for whole files; never on the audio thread. Everything is allocated by `new`.
//!
//! Every 50 ms a Hann frame of at least 80 ms ends; two frames make a hop. The gate lets a hop be *heard* when momentary
//! loudness is above −50 LUFS and above that of all heard hops less 20 LU; what is not heard changes nothing but the
//! momentary and short-term windows. After 30 s of sound that was too soft for the second condition, the loudness it is
//! held against is counted anew, so that neither a fault nor a louder programme before closes the gate for ever.

mod frames;
mod memory;
mod recent;

use super::bands::BANDS;
use super::features::Portrait;
use frames::Frames;
use memory::Memory;
use recent::Recent;

/// Lowest sample rate that is listened to, in Hz.
pub const MIN_RATE_HZ: f64 = 8_000.0;
/// Highest sample rate that is listened to, in Hz.
pub const MAX_RATE_HZ: f64 = 384_000.0;
/// Time between two hops, in seconds.
pub const HOP_S: f64 = 0.1;

/// Larger samples than this, +24 dBFS, are faults; they are let in at this size.
const LARGEST_SAMPLE: f32 = 16.0;
/// Smaller samples than this are silence; keeps subnormal numbers out of the transform.
const SMALLEST_SAMPLE: f32 = 1e-30;
/// Hops in the window of momentary loudness.
const MOMENTARY_HOPS: usize = 4;
/// Hops in the window of short-term loudness.
const SHORT_TERM_HOPS: usize = 30;
/// Absolute gate, LUFS.
const QUIETEST_LUFS: f64 = -50.0;
/// Relative gate, LU.
const DEPTH_LU: f64 = 20.0;
/// Hops of sound below the relative gate after which loudness is counted anew.
const TOO_SOFT_HOPS: u32 = 300;
/// Power that stands for silence where a logarithm is taken.
const SILENCE: f64 = 1e-30;

/// Loudness of a K-weighted power that is the sum of both channels.
pub fn lufs(k_power: f64) -> f64 {
    -0.691 + 10.0 * k_power.max(SILENCE).log10()
}

/// Span that levels are averaged over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Time constant of 3 s.
    Short,
    /// Time constant of 30 s.
    Long,
}

/// What one hop of 100 ms was like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hop {
    /// Whether it passed the gate.
    pub heard: bool,
    /// Loudness of the latest 0.4 s, LUFS.
    pub momentary_lufs: f64,
    /// Loudness of the latest 3 s, LUFS.
    pub short_term_lufs: f64,
    /// Loudness of all that was heard, LUFS; −∞ before.
    pub integrated_lufs: f64,
    /// Largest sample of either channel.
    pub peak: f32,
    /// K-weighted power, the sum of both channels.
    pub k_power: f64,
}

/// Mean powers of a frame or hop.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Powers {
    left: [f64; BANDS],
    right: [f64; BANDS],
    /// Of left times right; negative where the channels oppose each other.
    cross: [f64; BANDS],
    /// K-weighted, all frequencies, the sum of both channels.
    k: f64,
}

impl Powers {
    const NONE: Self = Self { left: [0.0; BANDS], right: [0.0; BANDS], cross: [0.0; BANDS], k: 0.0 };

    /// Goes this share of the way to other powers.
    fn approach(&mut self, other: &Self, share: f64) {
        let step = |from: &mut f64, to: f64| *from += share * (to - *from);
        for band in 0..BANDS {
            step(&mut self.left[band], other.left[band]);
            step(&mut self.right[band], other.right[band]);
            step(&mut self.cross[band], other.cross[band]);
        }
        step(&mut self.k, other.k);
    }

    fn total(&self, band: usize) -> f64 {
        (self.left[band] + self.right[band]) / 2.0
    }

    fn mid(&self, band: usize) -> f64 {
        (self.left[band] + self.right[band] + 2.0 * self.cross[band]) / 4.0
    }

    fn side(&self, band: usize) -> f64 {
        (self.left[band] + self.right[band] - 2.0 * self.cross[band]) / 4.0
    }
}

/// Which hops pass.
#[derive(Debug, Clone, Copy)]
struct Gate {
    /// Sum of the K powers that passed, and how many.
    k_sum: f64,
    count: u64,
    too_soft: u32,
}

impl Gate {
    const NEW: Self = Self { k_sum: 0.0, count: 0, too_soft: 0 };

    fn integrated_lufs(&self) -> f64 {
        if self.count == 0 { f64::NEG_INFINITY } else { lufs(self.k_sum / self.count as f64) }
    }

    fn passes(&mut self, k: f64, momentary_lufs: f64) -> bool {
        if momentary_lufs <= QUIETEST_LUFS {
            return false;
        }
        if momentary_lufs <= self.integrated_lufs() - DEPTH_LU {
            self.too_soft += 1;
            if self.too_soft < TOO_SOFT_HOPS {
                return false;
            }
            *self = Self::NEW;
        }
        self.k_sum += k;
        self.count += 1;
        self.too_soft = 0;
        true
    }
}

/// Ears and memory of adaptive mastering.
pub struct Listener {
    frames: Frames,
    /// The latest samples of both channels, as rings that end before `at`.
    rings: [Vec<f32>; 2],
    at: usize,
    step: usize,
    until_step: usize,
    /// Powers of the first frame of the hop, once it is there.
    first: Option<Powers>,
    peak: f32,
    gate: Gate,
    /// K power of the latest hops, heard or not.
    loudness: Recent<SHORT_TERM_HOPS>,
    peaks: Recent<SHORT_TERM_HOPS>,
    memory: Memory,
}

impl Listener {
    /// A listener that has heard nothing. A rate outside 8 to 384 kHz counts as the nearest of them.
    pub fn new(rate_hz: f64) -> Self {
        let rate_hz = if rate_hz.is_nan() { MIN_RATE_HZ } else { rate_hz.clamp(MIN_RATE_HZ, MAX_RATE_HZ) };
        let frames = Frames::new(rate_hz);
        let step = (rate_hz * HOP_S / 2.0).round() as usize;
        Self {
            rings: std::array::from_fn(|_| vec![0.0; frames.length()]),
            frames,
            at: 0,
            step,
            until_step: step,
            first: None,
            peak: 0.0,
            gate: Gate::NEW,
            loudness: Recent::EMPTY,
            peaks: Recent::EMPTY,
            memory: Memory::EMPTY,
        }
    }

    /// Forgets everything. Does not allocate.
    pub fn reset(&mut self) {
        self.rings.iter_mut().for_each(|ring| ring.fill(0.0));
        self.at = 0;
        self.until_step = self.step;
        self.first = None;
        self.peak = 0.0;
        self.gate = Gate::NEW;
        self.loudness = Recent::EMPTY;
        self.peaks = Recent::EMPTY;
        self.memory = Memory::EMPTY;
    }

    /// Takes audio of any length and tells of every hop that ends in it. The result does not depend on how the audio is
    /// cut. Channels of different lengths end with the shorter; mono is the same channel twice.
    pub fn push(&mut self, left: &[f32], right: &[f32], mut on_hop: impl FnMut(&Hop)) {
        let (mut left, mut right) = (left, right);
        loop {
            let (used, hop) = self.until_hop(left, right);
            let Some(hop) = hop else { return };
            on_hop(&hop);
            (left, right) = (&left[used..], &right[used..]);
        }
    }

    /// Takes audio up to the end of the next hop and tells how many samples that were, for those who want the portrait
    /// between two hops. Without a hop everything was taken.
    pub fn until_hop(&mut self, left: &[f32], right: &[f32]) -> (usize, Option<Hop>) {
        let length = left.len().min(right.len());
        let mut used = 0;
        while used < length {
            let room = self.rings[0].len() - self.at;
            let count = self.until_step.min(length - used).min(room);
            let to = self.at..self.at + count;
            for (ring, x) in self.rings.iter_mut().zip([left, right]) {
                let peak = copy_clean(&x[used..used + count], &mut ring[to.clone()]);
                self.peak = self.peak.max(peak);
            }
            used += count;
            self.at = to.end % self.rings[0].len();
            self.until_step -= count;
            if self.until_step == 0 {
                self.until_step = self.step;
                if let Some(hop) = self.end_frame() {
                    return (used, Some(hop));
                }
            }
        }
        (used, None)
    }

    fn end_frame(&mut self) -> Option<Hop> {
        let powers = self.frames.powers([&self.rings[0], &self.rings[1]], self.at);
        let Some(first) = self.first.take() else {
            self.first = Some(powers);
            return None;
        };
        let frames_k = [first.k, powers.k];
        let mut mean = first;
        mean.approach(&powers, 0.5);
        let peak = std::mem::take(&mut self.peak);
        self.loudness.push(mean.k);
        self.peaks.push(f64::from(peak));
        let momentary_lufs = lufs(self.loudness.mean_of_latest(MOMENTARY_HOPS));
        let short_term_lufs = lufs(self.loudness.mean_of_latest(SHORT_TERM_HOPS));
        let heard = self.gate.passes(mean.k, momentary_lufs);
        let hop = Hop {
            heard,
            momentary_lufs,
            short_term_lufs,
            integrated_lufs: self.gate.integrated_lufs(),
            peak,
            k_power: mean.k,
        };
        self.memory.push(&hop, &mean, frames_k, self.peaks.max());
        Some(hop)
    }

    /// Seconds that were heard.
    pub fn heard_s(&self) -> f64 {
        self.memory.heard_s()
    }

    /// Level of the bands relative to the K-weighted power of the same span, dB; zeros before anything was heard.
    pub fn levels_db(&self, window: Window) -> [f32; BANDS] {
        self.memory.levels_db(window)
    }

    /// All that is known, for rule, model and explanation. Sorts a minute of loudness: for every hop, not for every sample.
    pub fn portrait(&self) -> Portrait {
        self.memory.portrait(self.gate.integrated_lufs())
    }
}

/// Copies samples with faults and subnormal numbers taken out; returns the largest magnitude.
fn copy_clean(from: &[f32], to: &mut [f32]) -> f32 {
    let mut peak = 0.0f32;
    for (to, &from) in to.iter_mut().zip(from) {
        let size = from.abs();
        let heard = size.is_finite() && size >= SMALLEST_SAMPLE;
        *to = if heard { from.clamp(-LARGEST_SAMPLE, LARGEST_SAMPLE) } else { 0.0 };
        peak = peak.max(to.abs());
    }
    peak
}

#[cfg(test)]
mod tests;
