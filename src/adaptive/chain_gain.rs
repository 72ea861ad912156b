//! How much louder the chain makes the programme when its adaptive drive is taken off. Worker thread.
//!
//! Input and output are weighted and averaged alike, so the few milliseconds between them do not matter. Knowing the gain
//! without the drive makes the wanted drive a matter of arithmetic: nothing feeds back, nothing can swing.

use crate::control::adaptive::{DRIVE, Moves};
use crate::dsp::MAX_BLOCK;
use crate::dsp::loudness::LoudnessFollower;

/// Time constant of the average, in hops of 100 ms.
const AVERAGE_HOPS: f32 = 100.0;
/// Hops after which the average is told.
const FEWEST_HOPS: f32 = 20.0;

/// See the module.
pub struct ChainGain {
    input: LoudnessFollower,
    output: LoudnessFollower,
    sum_db: f32,
    weight: f32,
    hops: f32,
}

impl ChainGain {
    /// An estimate without anything heard, for a sample rate.
    pub fn new(rate_hz: f64) -> Self {
        Self {
            input: LoudnessFollower::new(rate_hz),
            output: LoudnessFollower::new(rate_hz),
            sum_db: 0.0,
            weight: 0.0,
            hops: 0.0,
        }
    }

    /// Listens to a stretch of input and output, left and right of each, all of one length.
    pub fn push(&mut self, [in_left, in_right, out_left, out_right]: [&[f32]; 4]) {
        let chunks = |plane: &'_ [f32]| plane.len().div_ceil(MAX_BLOCK);
        for chunk in 0..chunks(in_left) {
            let start = chunk * MAX_BLOCK;
            let end = (start + MAX_BLOCK).min(in_left.len());
            self.input.process(&in_left[start..end], &in_right[start..end]);
            self.output.process(&out_left[start..end], &out_right[start..end]);
        }
    }

    /// Takes a hop into the average; `present` is where the moves were.
    pub fn hop(&mut self, present: &Moves) {
        let (Some(input), Some(output)) = (self.input.level_db(), self.output.level_db()) else { return };
        let gain_db = output - input - present.0[DRIVE];
        if gain_db.is_finite() {
            let share = 1.0 / AVERAGE_HOPS;
            self.sum_db += share * (gain_db - self.sum_db);
            self.weight += share * (1.0 - self.weight);
            self.hops += 1.0;
        }
    }

    /// The gain in dB, once enough was heard.
    pub fn gain_db(&self) -> Option<f32> {
        (self.hops >= FEWEST_HOPS).then(|| self.sum_db / self.weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drive_does_not_count() {
        let tone: Vec<f32> = (0..4_800).map(|n| 0.1 * (n as f32 * 0.13).sin()).collect();
        for (gain, drive_db) in [(1.0f32, 0.0f32), (0.5, 0.0), (2.0, 3.0)] {
            let mut chain = ChainGain::new(48_000.0);
            let mut present = Moves::NEUTRAL;
            present.0[DRIVE] = drive_db;
            let out: Vec<f32> = tone.iter().map(|x| x * gain).collect();
            assert_eq!(chain.gain_db(), None);
            for _ in 0..200 {
                chain.push([&tone, &tone, &out, &out]);
                chain.hop(&present);
            }
            let wanted = 20.0 * gain.log10() - drive_db;
            assert!((chain.gain_db().unwrap() - wanted).abs() < 0.05, "{:?} {wanted}", chain.gain_db());
        }
    }

    #[test]
    fn faults_and_silence_say_nothing() {
        let mut chain = ChainGain::new(48_000.0);
        for _ in 0..100 {
            chain.push([&[f32::NAN; 100], &[f32::NAN; 100], &[0.0; 100], &[0.0; 100]]);
            chain.hop(&Moves::NEUTRAL);
        }
        assert_eq!(chain.gain_db(), None);
    }
}
