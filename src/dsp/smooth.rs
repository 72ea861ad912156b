//! Smoothing of controls: gains glide sample by sample along straight lines.

use super::MAX_BLOCK;

/// A value that glides to its target in a straight line of fixed duration, sample by sample, and then equals it.
#[derive(Debug, Clone, Copy)]
pub struct Ramp {
    value: f32,
    target: f32,
    step: f32,
    left_samples: u32,
    length_samples: u32,
}

impl Ramp {
    /// A ramp that rests at `value` and takes `time_s` for a glide.
    pub fn new(value: f32, time_s: f64, sample_rate_hz: f64) -> Self {
        let length_samples = ((time_s * sample_rate_hz) as u32).max(1);
        Self { value, target: value, step: 0.0, left_samples: 0, length_samples }
    }

    /// Glides to `target` from wherever the value is now.
    pub fn set_target(&mut self, target: f32) {
        if target != self.target {
            self.target = target;
            self.step = (target - self.value) / self.length_samples as f32;
            self.left_samples = self.length_samples;
        }
    }

    /// Goes to `value` at once.
    pub fn jump_to(&mut self, value: f32) {
        self.value = value;
        self.target = value;
        self.left_samples = 0;
    }

    /// The present value.
    pub fn value(&self) -> f32 {
        self.value
    }

    /// Where the value glides to.
    pub fn target(&self) -> f32 {
        self.target
    }

    /// Whether the value rests at its target.
    pub fn is_settled(&self) -> bool {
        self.left_samples == 0
    }

    /// Whether the value rests at `value`.
    pub fn rests_at(&self, value: f32) -> bool {
        self.is_settled() && self.value == value
    }

    /// Moves one sample on.
    pub fn advance(&mut self) -> f32 {
        if self.left_samples > 0 {
            self.left_samples -= 1;
            self.value = if self.left_samples == 0 { self.target } else { self.value + self.step };
        }
        self.value
    }

    /// The next `frames` values.
    pub fn fill<'a>(&mut self, scratch: &'a mut [f32; MAX_BLOCK], frames: usize) -> &'a [f32] {
        let values = &mut scratch[..frames];
        if self.is_settled() {
            values.fill(self.value);
        } else {
            values.iter_mut().for_each(|v| *v = self.advance());
        }
        values
    }

    /// Multiplies both channels by the next values; leaves them untouched, bit for bit, when resting at one.
    pub fn apply_gain(&mut self, block: &mut super::StereoBlock) {
        if self.rests_at(1.0) {
            return;
        }
        let mut scratch = [0.0; MAX_BLOCK];
        let gains = self.fill(&mut scratch, block.frames());
        for channel in block.channels() {
            channel.iter_mut().zip(gains).for_each(|(x, g)| *x *= g);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settles_exactly_and_in_time() {
        let mut ramp = Ramp::new(0.0, 0.01, 1_000.0);
        ramp.set_target(0.3);
        let steps: Vec<f32> = (0..12).map(|_| ramp.advance()).collect();
        assert!(steps.windows(2).all(|w| w[1] >= w[0]));
        assert_eq!(steps[9], 0.3);
        assert!(ramp.rests_at(0.3));
    }

    #[test]
    fn filling_equals_advancing() {
        let mut a = Ramp::new(1.0, 0.05, 1_000.0);
        a.set_target(-2.0);
        let mut b = a;
        let mut scratch = [0.0; MAX_BLOCK];
        for n in [1, 7, 30, 64] {
            let filled = a.fill(&mut scratch, n).to_vec();
            let stepped: Vec<f32> = (0..n).map(|_| b.advance()).collect();
            assert_eq!(filled, stepped);
        }
    }
}
