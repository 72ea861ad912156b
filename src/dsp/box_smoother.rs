//! Smoothing with a memory of exactly known length: two moving averages in series.
//!
//! If the input stays at or above a level for the whole span, the output reaches that level: this is what lets a limiter
//! promise its ceiling. Values are kept on a grid of 2⁻²⁴, so the running sums are exact and never drift.

use std::collections::VecDeque;

/// Added and taken away again, rounds an `f64` to a multiple of 2⁻²⁴.
const GRID: f64 = 1.5 * (1u64 << 28) as f64;

/// Two moving averages in series whose lengths can change while they run.
#[derive(Debug, Clone)]
pub struct BoxSmoother {
    first: Box1,
    second: Box1,
}

impl BoxSmoother {
    /// Lengths are at most `longest_samples` together; allocates.
    pub fn new(longest_samples: usize) -> Self {
        Self { first: Box1::new(longest_samples), second: Box1::new(longest_samples) }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        self.first.reset();
        self.second.reset();
    }

    /// Spreads a step over `span + 1` samples. The split of the two averages makes side lobes of the gain's spectrum
    /// cancel (ratio 0.58 : 0.42). Changing the span keeps the past.
    pub fn set_span(&mut self, span: usize) {
        let total = span + 2;
        let long = ((total as f64 * 0.58).round() as usize).max(1);
        self.first.set_length(long);
        self.second.set_length(total - long);
    }

    /// Whether everything remembered is zero.
    pub fn is_idle(&self) -> bool {
        self.first.sum == 0.0 && self.second.sum == 0.0
    }

    /// Smooths a block in place.
    pub fn process(&mut self, block: &mut [f32]) {
        for x in block {
            let average = self.first.push(f64::from(*x));
            *x = self.second.push(average) as f32;
        }
    }
}

/// One moving average.
#[derive(Debug, Clone)]
struct Box1 {
    past: VecDeque<f64>,
    length: usize,
    sum: f64,
    scale: f64,
}

impl Box1 {
    fn new(longest: usize) -> Self {
        // The queue always holds as many values as the longest box can look back at.
        Self { past: VecDeque::from(vec![0.0; longest + 2]), length: 1, sum: 0.0, scale: 1.0 }
    }

    fn reset(&mut self) {
        self.past.iter_mut().for_each(|x| *x = 0.0);
        self.sum = 0.0;
    }

    fn set_length(&mut self, length: usize) {
        while self.length < length {
            self.sum += self.past[self.past.len() - 1 - self.length];
            self.length += 1;
        }
        while self.length > length {
            self.length -= 1;
            self.sum -= self.past[self.past.len() - 1 - self.length];
        }
        self.scale = 1.0 / length as f64;
    }

    #[inline(always)]
    fn push(&mut self, x: f64) -> f64 {
        let x = (x + GRID) - GRID;
        let leaving = self.past[self.past.len() - self.length];
        self.past.pop_front();
        self.past.push_back(x);
        self.sum += x - leaving;
        self.sum * self.scale
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
            let mut x: Vec<f32> = (0..1_000).map(|n| if (300..=300 + span).contains(&n) { 3.0 } else { 0.0 }).collect();
            smoother.process(&mut x);
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
            smoother.process(&mut x);
            assert!((0.0..=10.001).contains(&x[0]));
        }
        for _ in 0..300 {
            smoother.process(&mut [0.0]);
        }
        assert!(smoother.is_idle());
    }
}
