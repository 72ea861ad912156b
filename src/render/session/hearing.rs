//! Listening to a stream without keeping it: peaks, loudness, gain reduction.

use super::Stretch;
use crate::measure::{MeasureError, Meter};
use crate::render::{BLOCK_FRAMES, PASSAGE_S, Reduction};

/// What a stream turned out to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// Integrated loudness, LUFS; −∞ for silence and for less than 0.4 s.
    pub integrated_lufs: f64,
    /// Loudness range, LU.
    pub range_lu: f64,
    /// True peak, dBTP.
    pub true_peak_dbtp: f64,
}

/// A stream and what the chain did to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// The sound.
    pub heard: Heard,
    /// Gain reduction of the compressor.
    pub compressor: Reduction,
    /// Gain reduction of the limiter.
    pub limiter: Reduction,
}

/// Loudness and peaks of a stream.
pub(super) struct Listener(Meter);

impl Listener {
    pub(super) fn new(rate_hz: u32) -> Result<Self, MeasureError> {
        Meter::for_programme(rate_hz.into(), 2).map(Self)
    }

    pub(super) fn push(&mut self, planes: [&[f32]; 2]) {
        self.0.push(&planes);
    }

    pub(super) fn finish(mut self) -> Heard {
        self.0.finish();
        let reading = self.0.reading();
        Heard {
            integrated_lufs: reading.integrated_lufs,
            range_lu: reading.range_lu,
            true_peak_dbtp: reading.true_peak_dbtp,
        }
    }
}

/// Largest sample of a stretch.
pub(super) fn peak(stretch: &Stretch) -> f32 {
    stretch.mix.iter().flatten().fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// A [`Reduction`] that is taken in block by block and needs no more memory than the passage.
pub(super) struct ReductionMeter {
    passage_db: Vec<f32>,
    blocks: u64,
    sum_db: f64,
    passage_sum_db: f64,
    max_db: f32,
    hardest_sum_db: f64,
}

impl ReductionMeter {
    pub(super) fn new(rate_hz: u32) -> Self {
        let passage = (PASSAGE_S * f64::from(rate_hz) / BLOCK_FRAMES as f64).round().max(1.0);
        Self {
            passage_db: vec![0.0; passage as usize],
            blocks: 0,
            sum_db: 0.0,
            passage_sum_db: 0.0,
            max_db: 0.0,
            hardest_sum_db: 0.0,
        }
    }

    pub(super) fn push(&mut self, block_db: f32) {
        let at = (self.blocks % self.passage_db.len() as u64) as usize;
        let oldest_db = std::mem::replace(&mut self.passage_db[at], block_db);
        self.blocks += 1;
        self.sum_db += f64::from(block_db);
        self.passage_sum_db += f64::from(block_db) - f64::from(oldest_db);
        self.max_db = self.max_db.max(block_db);
        self.hardest_sum_db = self.hardest_sum_db.max(self.passage_sum_db);
    }

    pub(super) fn finish(&self) -> Reduction {
        // A stream shorter than the passage is one passage.
        let passage = self.blocks.clamp(1, self.passage_db.len() as u64);
        Reduction {
            max_db: self.max_db.into(),
            average_db: self.sum_db / self.blocks.max(1) as f64,
            hardest_3s_db: self.hardest_sum_db / passage as f64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reductions_are_those_of_a_whole_recording() {
        for blocks in [0, 1, 7, 250, 281, 282, 1_000] {
            let reductions_db: Vec<f32> = (0..blocks).map(|n| (n as f32 * 0.1).sin().abs() * 6.0).collect();
            let mut meter = ReductionMeter::new(48_000);
            reductions_db.iter().for_each(|block_db| meter.push(*block_db));
            let (found, expected) = (meter.finish(), Reduction::of(&reductions_db, 48_000));
            assert_eq!(found.max_db, expected.max_db);
            assert!((found.average_db - expected.average_db).abs() < 1e-9);
            assert!(
                (found.hardest_3s_db - expected.hardest_3s_db).abs() < 1e-9,
                "{blocks}: {found:?} {expected:?}"
            );
        }
    }
}
