//! Long hold for low notes: while the bass alone needs reduction, the gain stays put between its half-waves.

use crate::dsp::units::log2_fast;
use crate::dsp::vector;
use crate::dsp::{MAX_BLOCK, StereoBlock};
use fearless_simd::Level;

/// Half a period of the lowest note that is held steady, 20 Hz.
const HOLD_S: f64 = 0.025;

/// Length of a hop in seconds; averaging over it leaves only the bass.
const HOP_S: f64 = 16.0 / 48_000.0;

/// Lifts the bass level a little (0.1 dB), since hops do not meet the crest of a wave exactly; the need of the whole
/// signal bounds it anyway.
const CREST_ALLOWANCE: f32 = 1.012;

/// Needs of one hop in octaves.
#[derive(Clone, Copy, Default)]
struct Hop {
    bass: f32,
    whole: f32,
}

impl Hop {
    /// The larger of both needs.
    fn or(self, other: Self) -> Self {
        Self { bass: self.bass.max(other.bass), whole: self.whole.max(other.whole) }
    }
}

/// Holds the need of the bass for both channels.
pub struct BassHold {
    level: Level,
    hop_samples: usize,
    hold_hops: usize,
    hops: [Vec<Hop>; 2],
    newest: usize,
    /// Hops by which the hold is read late.
    late: usize,
    /// Largest needs within the hold.
    most: [Hop; 2],
    filled: usize,
    sums: [f32; 2],
    largest: [f32; 2],
    held: [f32; 2],
}

impl BassHold {
    pub fn new(sample_rate_hz: f64, longest_delay: usize) -> Self {
        // Hosts and their validators try any rate; below 1500 Hz every sample is a hop.
        let hop_samples = ((HOP_S * sample_rate_hz).round() as usize).max(1);
        let hold_hops = (HOLD_S * sample_rate_hz / hop_samples as f64).ceil() as usize;
        let ring = vec![Hop::default(); hold_hops + longest_delay / hop_samples + 2];
        Self {
            level: Level::new(),
            hop_samples,
            hold_hops,
            hops: [ring.clone(), ring],
            newest: 0,
            late: 0,
            most: [Hop::default(); 2],
            filled: 0,
            sums: [0.0; 2],
            largest: [0.0; 2],
            held: [0.0; 2],
        }
    }

    pub fn reset(&mut self) {
        self.hops.iter_mut().for_each(|h| h.fill(Hop::default()));
        (self.newest, self.filled) = (0, 0);
        self.most = [Hop::default(); 2];
        (self.sums, self.largest, self.held) = ([0.0; 2], [0.0; 2], [0.0; 2]);
    }

    /// Raises `held` to what the bass needs, `delay` samples late. False if it needs nothing.
    pub fn process(
        &mut self,
        block: &mut StereoBlock,
        needed: &[[f32; MAX_BLOCK]; 2],
        ceiling: &[f32],
        delay: usize,
        held: &mut [[f32; MAX_BLOCK]; 2],
    ) -> bool {
        let frames = block.frames();
        let mut any = false;
        let mut start = 0;
        while start < frames {
            let end = (start + self.hop_samples - self.filled).min(frames);
            for (c, audio) in block.channels().into_iter().enumerate() {
                // Added one by one, so that the rounding does not depend on where a block ends.
                self.sums[c] = audio[start..end].iter().fold(self.sums[c], |sum, x| sum + x);
                let largest = vector::largest_magnitude(self.level, &needed[c][start..end]);
                self.largest[c] = self.largest[c].max(largest);
                if self.held[c] > 0.0 {
                    any = true;
                    held[c][start..end].iter_mut().for_each(|h| *h = h.max(self.held[c]));
                }
            }
            self.filled += end - start;
            if self.filled == self.hop_samples {
                self.finish_hop(ceiling[end - 1], delay);
            }
            start = end;
        }
        any
    }

    fn finish_hop(&mut self, ceiling: f32, delay: usize) {
        self.filled = 0;
        let length = self.hops[0].len();
        self.newest = (self.newest + 1) % length;
        let late = delay / self.hop_samples;
        let shifted = std::mem::replace(&mut self.late, late) != late;
        for c in 0..2 {
            let bass = (self.sums[c] / self.hop_samples as f32).abs() * CREST_ALLOWANCE / ceiling;
            // A hop in which the whole signal needed nothing cannot need anything for its bass.
            let bass = if self.largest[c] > 0.0 { log2_fast(bass).max(0.0) } else { 0.0 };
            self.hops[c][self.newest] = Hop { bass, whole: self.largest[c] };
            self.find_most(c, shifted);
            self.held[c] = self.most[c].bass.min(self.most[c].whole);
        }
        (self.sums, self.largest) = ([0.0; 2], [0.0; 2]);
    }

    /// Largest needs within the hold. Only when the largest one leaves is the whole hold looked through.
    fn find_most(&mut self, c: usize, shifted: bool) {
        let length = self.hops[c].len();
        let ago = |hops: usize| (self.newest + 2 * length - hops) % length;
        let entering = self.hops[c][ago(self.late)];
        let leaving = self.hops[c][ago(self.late + self.hold_hops)];
        let most = self.most[c];
        let stands =
            |most: f32, entering: f32, leaving: f32| leaving < most || entering >= most || most == 0.0;
        if !shifted
            && stands(most.bass, entering.bass, leaving.bass)
            && stands(most.whole, entering.whole, leaving.whole)
        {
            self.most[c] = most.or(entering);
        } else {
            let recent = (0..self.hold_hops).map(|i| self.hops[c][ago(self.late + i)]);
            self.most[c] = recent.fold(Hop::default(), Hop::or);
        }
    }
}
