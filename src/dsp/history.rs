//! A contiguous view of the most recent samples, for units that look back over a window.

use super::MAX_BLOCK;

/// Blocks that fit behind the look-back before it is moved to the front again: the move costs `look_back / SPARE` a frame.
const SPARE_BLOCKS: usize = 16;

/// The last `look_back` samples and the present block, side by side in memory.
#[derive(Debug, Clone)]
pub struct History<T = f32> {
    samples: Vec<T>,
    look_back: usize,
    start: usize,
}

impl<T: Copy + Default> History<T> {
    /// Remembers `look_back` samples behind the present block; allocates.
    pub fn new(look_back: usize) -> Self {
        Self { samples: vec![T::default(); look_back + SPARE_BLOCKS * MAX_BLOCK], look_back, start: 0 }
    }

    /// Forgets everything: the past is silence.
    pub fn reset(&mut self) {
        self.samples.fill(T::default());
        self.start = 0;
    }

    /// Samples of the past that are kept.
    pub fn look_back(&self) -> usize {
        self.look_back
    }

    /// Appends a block of at most four times [`MAX_BLOCK`] samples (oversampled blocks are longer) and returns `look_back` older samples followed by it.
    pub fn push(&mut self, block: &[T]) -> &[T] {
        let frames = block.len();
        debug_assert!(frames <= 4 * MAX_BLOCK);
        if self.start + self.look_back + frames > self.samples.len() {
            self.samples.copy_within(self.start..self.start + self.look_back, 0);
            self.start = 0;
        }
        let end = self.start + self.look_back;
        self.samples[end..end + frames].copy_from_slice(block);
        self.start += frames;
        self.view(frames)
    }

    /// `look_back` older samples followed by the `frames` newest ones.
    pub fn view(&self, frames: usize) -> &[T] {
        &self.samples[self.start - frames..self.start + self.look_back]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_past_whatever_the_block_sizes() {
        for look_back in [0, 1, 47, 300, 2_000] {
            let mut history = History::new(look_back);
            let mut n = 0usize;
            for size in [1, 64, 7, 0, 33].into_iter().cycle().take(400) {
                let block: Vec<f32> = (n..n + size).map(|i| i as f32 + 1.0).collect();
                let view = history.push(&block);
                assert_eq!(view.len(), look_back + size);
                for (k, x) in view.iter().enumerate() {
                    let index = (n + k) as i64 - look_back as i64;
                    assert_eq!(*x, if index < 0 { 0.0 } else { index as f32 + 1.0 });
                }
                n += size;
            }
        }
    }
}
