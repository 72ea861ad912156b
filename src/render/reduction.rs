//! Gain reduction over a recording or a stream, taken in block by block.

use super::BLOCK_FRAMES;

/// Length over which the hardest working passage is averaged.
const PASSAGE_S: f64 = 3.0;

/// Gain reduction over a recording, positive dB. Each block of about ten milliseconds counts with its largest value.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Reduction {
    /// The largest.
    pub max_db: f64,
    /// Mean over the recording.
    pub average_db: f64,
    /// Highest mean of any three seconds (of the whole recording if that is shorter).
    pub hardest_3s_db: f64,
}

/// Takes a [`Reduction`] in block by block; needs no more memory than the passage.
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

    fn measured(blocks_db: &[f32], rate_hz: u32) -> Reduction {
        let mut meter = ReductionMeter::new(rate_hz);
        blocks_db.iter().for_each(|block_db| meter.push(*block_db));
        meter.finish()
    }

    /// The plain arithmetic, over all blocks at once.
    fn of(blocks_db: &[f32], rate_hz: u32) -> Reduction {
        let passage = (PASSAGE_S * f64::from(rate_hz) / BLOCK_FRAMES as f64).round() as usize;
        let passage = passage.clamp(1, blocks_db.len().max(1));
        let mut sums = vec![0.0];
        sums.extend(blocks_db.iter().scan(0.0, |sum, block_db| {
            *sum += f64::from(*block_db);
            Some(*sum)
        }));
        let hardest = sums.iter().zip(&sums[passage.min(sums.len() - 1)..]).map(|(start, end)| end - start);
        Reduction {
            max_db: blocks_db.iter().copied().fold(0.0, f32::max).into(),
            average_db: sums[blocks_db.len()] / blocks_db.len().max(1) as f64,
            hardest_3s_db: hardest.fold(0.0, f64::max) / passage as f64,
        }
    }

    #[test]
    fn reductions_of_a_short_burst() {
        // Ten seconds of blocks at 51 200 Hz are a thousand, three seconds are three hundred.
        let mut blocks_db = vec![0.0; 1_000];
        blocks_db[400..700].fill(2.0);
        blocks_db[500] = 5.0;
        let reduction = measured(&blocks_db, 51_200);
        assert_eq!(reduction.max_db, 5.0);
        assert!((reduction.average_db - 0.603).abs() < 1e-9);
        assert!((reduction.hardest_3s_db - 2.01).abs() < 1e-9);
    }

    #[test]
    fn reductions_of_less_than_a_passage_are_its_mean() {
        let reduction = measured(&[1.0, 3.0], 48_000);
        assert_eq!(reduction, Reduction { max_db: 3.0, average_db: 2.0, hardest_3s_db: 2.0 });
        assert_eq!(measured(&[], 48_000), Reduction::default());
    }

    #[test]
    fn reductions_are_those_of_a_whole_recording() {
        for blocks in [0, 1, 7, 250, 281, 282, 1_000] {
            let reductions_db: Vec<f32> = (0..blocks).map(|n| (n as f32 * 0.1).sin().abs() * 6.0).collect();
            let (found, expected) = (measured(&reductions_db, 48_000), of(&reductions_db, 48_000));
            assert_eq!(found.max_db, expected.max_db);
            assert!((found.average_db - expected.average_db).abs() < 1e-9);
            assert!(
                (found.hardest_3s_db - expected.hardest_3s_db).abs() < 1e-9,
                "{blocks}: {found:?} {expected:?}"
            );
        }
    }
}
