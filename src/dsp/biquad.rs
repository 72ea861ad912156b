//! Coefficients of a second-order digital section and its frequency response. Running it is the business of [`super::svf`].

use std::f64::consts::PI;

/// `H(z) = (b0 + b1 z⁻¹ + b2 z⁻²) / (1 + a1 z⁻¹ + a2 z⁻²)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Biquad {
    /// Numerator.
    pub b: [f64; 3],
    /// Denominator without its leading one.
    pub a: [f64; 2],
}

impl Biquad {
    /// Lets everything pass.
    pub const IDENTITY: Self = Self { b: [1.0, 0.0, 0.0], a: [0.0, 0.0] };

    /// Magnitude at `freq_hz`.
    pub fn magnitude(&self, freq_hz: f64, sample_rate_hz: f64) -> f64 {
        let (s1, c1) = (2.0 * PI * freq_hz / sample_rate_hz).sin_cos();
        let (s2, c2) = (2.0 * s1 * c1, 2.0 * c1 * c1 - 1.0);
        let num = (self.b[0] + self.b[1] * c1 + self.b[2] * c2).hypot(self.b[1] * s1 + self.b[2] * s2);
        let den = (1.0 + self.a[0] * c1 + self.a[1] * c2).hypot(self.a[0] * s1 + self.a[1] * s2);
        num / den
    }

    /// The section with poles and zeros exchanged: a boost becomes the mirror-image cut. The zeros must lie inside the
    /// unit circle.
    pub fn inverse(&self) -> Self {
        let scale = 1.0 / self.b[0];
        Self { b: [scale, self.a[0] * scale, self.a[1] * scale], a: [self.b[1] * scale, self.b[2] * scale] }
    }

    /// The section times a gain.
    pub fn scaled(&self, gain: f64) -> Self {
        Self { b: self.b.map(|b| b * gain), a: self.a }
    }

    /// Whether both poles lie inside the unit circle.
    pub fn is_stable(&self) -> bool {
        self.a[1].abs() < 1.0 && self.a[0].abs() < 1.0 + self.a[1]
    }
}
