//! Second-order analogue prototypes that the equaliser is modelled on: their magnitude is the truth a digital band is held to.

use std::f64::consts::FRAC_1_SQRT_2;

/// Magnitude of an analogue section at a frequency, both relative to the section's own frequency (`ratio = f / f0`).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Prototype {
    /// Bell with linear gain `gain` at the centre; bandwidth by `q` as in the Audio EQ Cookbook.
    Bell {
        /// Linear gain at the centre.
        gain: f64,
        /// Quality factor.
        q: f64,
    },
    /// Low shelf with linear gain `gain` far below the corner.
    LowShelf {
        /// Linear gain at zero.
        gain: f64,
        /// Quality factor; 0.71 is the steepest without overshoot.
        q: f64,
    },
    /// Second-order low-pass.
    LowPass {
        /// Quality factor.
        q: f64,
    },
    /// Second-order high-pass.
    HighPass {
        /// Quality factor.
        q: f64,
    },
    /// First-order low-pass.
    LowPass1,
    /// First-order high-pass.
    HighPass1,
    /// Band-stop with a zero at the centre.
    Notch {
        /// Quality factor.
        q: f64,
    },
}

impl Prototype {
    /// Magnitude at `ratio = f / f0`.
    pub fn magnitude(self, ratio: f64) -> f64 {
        let square = ratio * ratio;
        // |r0 + j·r1·ratio − r2·ratio²|
        let poly = |r0: f64, r1: f64, r2: f64| (r0 - r2 * square).hypot(r1 * ratio);
        match self {
            Self::Bell { gain, q } => {
                let a = gain.sqrt();
                poly(1.0, a / q, 1.0) / poly(1.0, 1.0 / (a * q), 1.0)
            }
            Self::LowShelf { gain, q } => {
                let a = gain.sqrt();
                let damping = a.sqrt() / q;
                a * poly(a, damping, 1.0) / poly(1.0, damping, a)
            }
            Self::LowPass { q } => 1.0 / poly(1.0, 1.0 / q, 1.0),
            Self::HighPass { q } => square / poly(1.0, 1.0 / q, 1.0),
            Self::LowPass1 => 1.0 / poly(1.0, 1.0, 0.0),
            Self::HighPass1 => ratio / poly(1.0, 1.0, 0.0),
            Self::Notch { q } => poly(1.0, 0.0, 1.0) / poly(1.0, 1.0 / q, 1.0),
        }
    }

    /// Frequency ratio and quality factor of the poles.
    pub fn poles(self) -> (f64, f64) {
        match self {
            Self::Bell { gain, q } => (1.0, q * gain.sqrt()),
            Self::LowShelf { gain, q } => (gain.powf(-0.25), q),
            Self::LowPass { q } | Self::HighPass { q } | Self::Notch { q } => (1.0, q),
            Self::LowPass1 | Self::HighPass1 => (1.0, FRAC_1_SQRT_2),
        }
    }
}

/// Quality factors of the second-order sections of a Butterworth filter, most resonant last.
pub fn butterworth_qs(order: usize) -> impl Iterator<Item = f64> {
    let pairs = order / 2;
    (0..pairs).map(move |i| {
        // Angles of the pole pairs from the real axis, from the flattest to the steepest.
        let angle = std::f64::consts::PI * (2 * i + 1 + order % 2) as f64 / (2 * order) as f64;
        0.5 / angle.cos()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prototypes_have_their_textbook_gains() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(Prototype::Bell { gain: 2.0, q: 1.0 }.magnitude(1.0), 2.0);
        close(Prototype::Bell { gain: 2.0, q: 1.0 }.magnitude(0.0), 1.0);
        close(Prototype::LowShelf { gain: 4.0, q: 0.71 }.magnitude(0.0), 4.0);
        close(Prototype::LowShelf { gain: 4.0, q: 0.71 }.magnitude(1.0), 2.0);
        close(Prototype::LowPass { q: FRAC_1_SQRT_2 }.magnitude(1.0), FRAC_1_SQRT_2);
        close(Prototype::HighPass { q: FRAC_1_SQRT_2 }.magnitude(1.0), FRAC_1_SQRT_2);
        close(Prototype::Notch { q: 3.0 }.magnitude(1.0), 0.0);
    }

    #[test]
    fn butterworth_sections_multiply_to_a_flat_filter() {
        for order in [2, 3, 4, 6, 8] {
            let product: f64 =
                butterworth_qs(order).map(|q| Prototype::LowPass { q }.magnitude(1.0)).product();
            let first = if order % 2 == 1 { Prototype::LowPass1.magnitude(1.0) } else { 1.0 };
            assert!((product * first - FRAC_1_SQRT_2).abs() < 1e-12, "order {order}");
        }
    }
}
