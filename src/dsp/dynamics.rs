//! Building blocks of a feed-forward compressor in the log domain, after D. Giannoulis, M. Massberg and J. Reiss,
//! "Digital Dynamic Range Compressor Design", J. Audio Eng. Soc. 60(6), 2012.

/// Static curve: reduction in dB (positive) for a level in dB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GainComputer {
    /// Level at which reduction begins, in the middle of the knee.
    pub threshold_db: f32,
    /// 1 − 1/ratio: how much of what exceeds the threshold is taken away.
    pub slope: f32,
    /// Width of the quadratic knee, at least [`Self::NARROWEST_KNEE_DB`].
    pub knee_db: f32,
}

impl GainComputer {
    /// A knee below this is as good as hard and keeps the arithmetic free of divisions by zero.
    pub const NARROWEST_KNEE_DB: f32 = 1e-3;

    /// The curve for a threshold, a ratio of at least one and a knee width.
    pub fn new(threshold_db: f32, ratio: f32, knee_db: f32) -> Self {
        Self {
            threshold_db,
            slope: 1.0 - 1.0 / ratio.max(1.0),
            knee_db: knee_db.max(Self::NARROWEST_KNEE_DB),
        }
    }

    /// Reduction for a level, without branches: the quadratic part and the straight part are the same formula with the
    /// excess limited to the knee, plus what lies above it.
    #[inline(always)]
    pub fn reduction_db(&self, level_db: f32) -> f32 {
        let into_knee = level_db - self.threshold_db + 0.5 * self.knee_db;
        let inside = into_knee.clamp(0.0, self.knee_db);
        let above = into_knee - self.knee_db;
        let above = if above > 0.0 { above } else { 0.0 };
        self.slope * (inside * inside / (2.0 * self.knee_db) + above)
    }
}

/// Smooth decoupled peak detector for two channels: the release stage may only fall slowly, the attack stage smooths its
/// output.
#[derive(Debug, Clone, Copy, Default)]
pub struct DecoupledSmoother {
    released: [f32; 2],
    smoothed: [f32; 2],
}

impl DecoupledSmoother {
    /// One step with one-pole coefficients (share of the old value that stays).
    #[inline(always)]
    pub fn tick(&mut self, x: [f32; 2], attack: f32, release: f32) -> [f32; 2] {
        for c in 0..2 {
            let falling = x[c] * (1.0 - release) + release * self.released[c];
            self.released[c] = if x[c] > falling { x[c] } else { falling };
            self.smoothed[c] = self.released[c] * (1.0 - attack) + attack * self.smoothed[c];
        }
        self.smoothed
    }

    /// Back to no reduction.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Brings reductions that can no longer be heard to exact zero.
    pub fn settle(&mut self) {
        const NEGLIGIBLE_DB: f32 = 1e-5;
        if self.released.iter().chain(&self.smoothed).all(|x| *x < NEGLIGIBLE_DB) {
            self.reset();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn static_curve_is_exact_and_continuous() {
        let curve = GainComputer::new(-20.0, 4.0, 10.0);
        assert_eq!(curve.reduction_db(-26.0), 0.0);
        assert!((curve.reduction_db(-20.0) - 0.75 * 25.0 / 20.0).abs() < 1e-5);
        assert!((curve.reduction_db(0.0) - 15.0).abs() < 1e-5);
        for edge in [-25.0, -15.0] {
            let step = curve.reduction_db(edge + 1e-3) - curve.reduction_db(edge - 1e-3);
            assert!(step.abs() < 2e-3, "{edge}: {step}");
        }
        let hard = GainComputer::new(-20.0, 2.0, 0.0);
        assert!(hard.reduction_db(-20.01) == 0.0 && (hard.reduction_db(-10.0) - 5.0).abs() < 1e-3);
        assert_eq!(GainComputer::new(-20.0, 1.0, 6.0).reduction_db(0.0), 0.0);
    }
}
