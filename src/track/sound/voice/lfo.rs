//! Skewed oscillators: the shapes that the slow movements of tones follow.
//!
//! Plain arithmetic for vector loops, on any thread. A skew of s puts the turn from the first to the second half of a
//! cycle at ½ + ½s of its length instead of the middle.

use crate::dsp::sine::sine_exact;

/// The larger of two numbers; quicker than the standard library's where no number is missing.
#[inline(always)]
pub fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The smaller of two numbers.
#[inline(always)]
pub fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// How a cycle is divided into its halves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skew {
    /// Where in the cycle (0…1) the second half begins.
    pub turning_point: f64,
    /// Unskewed cycles per cycle in the first half.
    first_slope: f64,
    /// The same in the second.
    second_slope: f64,
}

impl Skew {
    /// The division for a skew of −1…1; beyond that it is held just inside.
    #[inline(always)]
    pub fn new(skew: f64) -> Self {
        let turning_point = smaller(larger(0.5 + 0.5 * skew, 1e-9), 1.0 - 1e-9);
        let (first_slope, second_slope) = (0.5 / turning_point, 0.5 / (1.0 - turning_point));
        Self { turning_point, first_slope, second_slope }
    }

    /// The phase (0…1) at which the unskewed oscillator stands where the skewed one stands at `phase` (0…1).
    #[inline(always)]
    pub fn unskewed(&self, phase: f64) -> f64 {
        let past = phase - self.turning_point;
        let (first, second) = (past * self.first_slope, past * self.second_slope);
        0.5 + if past < 0.0 { first } else { second }
    }

    /// The other way round.
    pub fn skewed(&self, phase: f64) -> f64 {
        self.turning_point + (phase - 0.5) / if phase < 0.5 { self.first_slope } else { self.second_slope }
    }

    /// Sine with its halves stretched, for a phase of 0…1.
    #[inline(always)]
    pub fn sine(&self, phase: f64) -> f64 {
        sine_exact(self.unskewed(phase))
    }

    /// Triangle with its halves stretched, for a phase of 0…1.
    #[cfg(test)]
    #[inline(always)]
    pub fn triangle(&self, phase: f64) -> f64 {
        triangle(self.unskewed(phase))
    }
}

/// A sine or a triangle, told apart without a branch so that loops over them become vector code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Form {
    sine: f64,
    triangle: f64,
}

impl Form {
    /// The triangle, or else the sine.
    pub fn new(is_triangle: bool) -> Self {
        let triangle = f64::from(u8::from(is_triangle));
        Self { sine: 1.0 - triangle, triangle }
    }

    /// The value for a phase of 0…1.
    #[inline(always)]
    pub fn at(&self, phase: f64) -> f64 {
        self.sine * sine_exact(phase) + self.triangle * triangle(phase)
    }
}

/// −1 at phase 0, 1 at ½, straight lines between.
#[inline(always)]
pub fn triangle(phase: f64) -> f64 {
    1.0 - 4.0 * (phase - 0.5).abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_skew_they_are_the_plain_shapes() {
        let skew = Skew::new(0.0);
        for i in 0..1000 {
            let phase = f64::from(i) / 1000.0;
            assert!((skew.sine(phase) - (std::f64::consts::TAU * phase).sin()).abs() < 1e-13);
            assert!((skew.triangle(phase) - (1.0 - 4.0 * (phase - 0.5).abs())).abs() < 1e-13);
        }
    }

    #[test]
    fn skew_moves_the_crossing_and_nothing_leaves_the_range() {
        let skew = Skew::new(0.5);
        assert_eq!(skew.turning_point, 0.75);
        assert!(skew.sine(0.375) > 0.999_999 && skew.sine(0.875) < -0.999_999);
        assert!((skew.triangle(0.749_999) - 1.0).abs() < 1e-5);
        for skew in [-1e9, -1.0, -0.3, 0.9, 1.0, 1e9] {
            let skew = Skew::new(skew);
            for i in 0..100 {
                let phase = f64::from(i) / 100.0;
                assert!(skew.sine(phase).abs() <= 1.0 + 1e-12);
                assert!(skew.triangle(phase).abs() <= 1.0 + 1e-6);
                assert!((skew.skewed(skew.unskewed(phase)) - phase).abs() < 1e-9, "{skew:?} {phase}");
            }
        }
    }
}
