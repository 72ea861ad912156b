//! Smoothing with a memory of exactly known length: two moving averages in series.
//!
//! If the input stays at or above a level for the whole span, the output reaches that level: this is what lets a limiter
//! promise its ceiling. Values are kept on a grid of 2⁻²⁴, so the running sums are exact and never drift.

use super::MAX_BLOCK;
use super::history::History;

/// Added and taken away again, rounds an `f64` to a multiple of 2⁻²⁴.
const GRID: f64 = 1.5 * (1u64 << 28) as f64;

/// A left and a right value, side by side for the vector unit.
type Pair = [f64; 2];

/// Two moving averages in series for two channels, whose lengths can change while they run.
#[derive(Debug, Clone)]
pub struct BoxSmoother {
    first: Box1,
    second: Box1,
    /// Zeros that came in a row.
    zeros: usize,
}

impl BoxSmoother {
    /// Lengths are at most `longest_samples` together; allocates.
    pub fn new(longest_samples: usize) -> Self {
        Self { first: Box1::new(longest_samples), second: Box1::new(longest_samples), zeros: usize::MAX }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.first.reset();
        self.second.reset();
        self.zeros = usize::MAX;
    }

    /// Spreads a step over `span + 1` samples. The split of the two averages makes side lobes of the gain's spectrum
    /// cancel (ratio 0.58 : 0.42). Changing the span keeps the past.
    pub fn set_span(&mut self, span: usize) {
        let total = span + 2;
        let long = ((total as f64 * 0.58).round() as usize).max(1);
        self.first.set_length(long);
        self.second.set_length(total - long);
    }

    /// Whether everything remembered is zero, also what a longer span would reach back to.
    pub fn is_idle(&self) -> bool {
        self.zeros >= self.first.past.look_back() + self.second.past.look_back()
    }

    /// Smooths a block in place.
    pub fn process(&mut self, left: &mut [f32], right: &mut [f32]) {
        let frames = left.len();
        let mut pairs = [[0.0; 2]; MAX_BLOCK];
        let pairs = &mut pairs[..frames];
        let last = left.iter().zip(right.iter()).rposition(|(l, r)| *l != 0.0 || *r != 0.0);
        self.zeros = last.map_or(self.zeros.saturating_add(frames), |last| frames - 1 - last);
        for (pair, (l, r)) in pairs.iter_mut().zip(left.iter().zip(right.iter())) {
            *pair = [f64::from(*l), f64::from(*r)];
        }
        self.first.process(pairs);
        self.second.process(pairs);
        for (pair, (l, r)) in pairs.iter().zip(left.iter_mut().zip(right.iter_mut())) {
            (*l, *r) = (pair[0] as f32, pair[1] as f32);
        }
    }
}

/// One moving average.
#[derive(Debug, Clone)]
struct Box1 {
    past: History<Pair>,
    length: usize,
    sum: Pair,
    scale: f64,
}

impl Box1 {
    fn new(longest: usize) -> Self {
        Self { past: History::new(longest + 1), length: 1, sum: [0.0; 2], scale: 1.0 }
    }

    fn reset(&mut self) {
        self.past.reset();
        self.sum = [0.0; 2];
    }

    fn set_length(&mut self, length: usize) {
        let past = self.past.view(0);
        let ago = |samples: usize| past[past.len() - samples];
        while self.length < length {
            self.length += 1;
            (0..2).for_each(|c| self.sum[c] += ago(self.length)[c]);
        }
        while self.length > length {
            (0..2).for_each(|c| self.sum[c] -= ago(self.length)[c]);
            self.length -= 1;
        }
        self.scale = 1.0 / length as f64;
    }

    fn process(&mut self, block: &mut [Pair]) {
        for x in block.iter_mut() {
            *x = [(x[0] + GRID) - GRID, (x[1] + GRID) - GRID];
        }
        let view = self.past.push(block);
        let leaving = &view[view.len() - block.len() - self.length..];
        let mut sum = self.sum;
        for (x, leaving) in block.iter_mut().zip(leaving) {
            sum = [sum[0] + (x[0] - leaving[0]), sum[1] + (x[1] - leaving[1])];
            *x = [sum[0] * self.scale, sum[1] * self.scale];
        }
        self.sum = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::rng::uniform_at;

    #[test]
    fn reaches_a_level_that_is_held_for_the_span() {
        for span in [0, 1, 5, 72, 200] {
            let mut smoother = BoxSmoother::new(256);
            smoother.set_span(span);
            let mut x: Vec<f32> =
                (0..1_000).map(|n| if (300..=300 + span).contains(&n) { 3.0 } else { 0.0 }).collect();
            let mut other = vec![1.0; x.len()];
            for (x, other) in x.chunks_mut(64).zip(other.chunks_mut(64)) {
                smoother.process(x, other);
            }
            assert!((other[999] - 1.0).abs() < 1e-6);
            assert!((x[300 + span] - 3.0).abs() < 1e-6, "span {span}: {}", x[300 + span]);
            assert!(x[..300].iter().all(|v| *v == 0.0) && x[300 + 2 * span + 1..].iter().all(|v| *v == 0.0));
        }
    }

    #[test]
    fn never_drifts_and_changes_span_without_forgetting() {
        let mut smoother = BoxSmoother::new(128);
        for n in 0..200_000u64 {
            if n % 16 == 0 {
                smoother.set_span(((n / 16) % 100) as usize);
            }
            let mut x = [uniform_at(9, n).abs() * 10.0];
            smoother.process(&mut x, &mut [0.5]);
            assert!((0.0..=10.001).contains(&x[0]));
        }
        for _ in 0..300 {
            smoother.process(&mut [0.0], &mut [0.0]);
        }
        assert!(smoother.is_idle());
    }
}
