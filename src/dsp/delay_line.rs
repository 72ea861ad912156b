//! A fixed delay for audio that must stay aligned with a path that has latency.

use super::history::History;

/// Delays one channel by a whole number of samples, bit for bit.
#[derive(Debug, Clone)]
pub struct DelayLine {
    history: History,
}

impl DelayLine {
    /// A delay of `samples`; allocates.
    pub fn new(samples: usize) -> Self {
        Self { history: History::new(samples) }
    }

    /// Length in samples.
    pub fn samples(&self) -> usize {
        self.history.look_back()
    }

    /// Fills the line with silence.
    pub fn reset(&mut self) {
        self.history.reset();
    }

    /// Replaces the block by the one that came `samples` earlier.
    pub fn process(&mut self, block: &mut [f32]) {
        if self.samples() > 0 {
            let delayed = self.history.push(block);
            block.copy_from_slice(&delayed[..block.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_exactly_for_any_block_cut() {
        for delay in [0, 1, 63, 64, 65, 1_000] {
            let mut line = DelayLine::new(delay);
            let mut n = 0usize;
            for size in [5, 64, 1, 17].into_iter().cycle().take(200) {
                let mut block: Vec<f32> = (n..n + size).map(|i| i as f32 + 1.0).collect();
                line.process(&mut block);
                for (k, x) in block.iter().enumerate() {
                    assert_eq!(*x, if n + k < delay { 0.0 } else { (n + k - delay) as f32 + 1.0 });
                }
                n += size;
            }
        }
    }
}
