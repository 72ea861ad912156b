//! Second-order sections in the state-variable form: safe to modulate at any speed.
//!
//! Any stable biquad is also a trapezoidal state-variable filter (A. Simper, "Solving the continuous SVF equations using
//! trapezoidal integration", 2013). Its state update is the Cayley transform of a dissipative system, so its matrix is a
//! contraction for every setting; and so is any straight line between two of them. Coefficients may therefore glide
//! from sample to sample without the filter ever gaining energy.

use super::biquad::Biquad;

/// One section as a state-space step: `y = d·x + c·s`, `s ← a·s + b·x`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SvfCoeffs {
    /// State matrix, row by row.
    pub a: [f64; 4],
    /// Input vector.
    pub b: [f64; 2],
    /// Output vector.
    pub c: [f64; 2],
    /// Direct path.
    pub d: f64,
}

impl SvfCoeffs {
    /// Lets everything pass.
    pub const IDENTITY: Self = Self { a: [0.0; 4], b: [0.0; 2], c: [0.0; 2], d: 1.0 };
}

impl From<Biquad> for SvfCoeffs {
    fn from(Biquad { b: [b0, b1, b2], a: [a1, a2] }: Biquad) -> Self {
        let (low, high) = (1.0 + a1 + a2, 1.0 - a1 + a2);
        // Integrator gain g, g·damping, and the gains of the high-, band- and low-pass outputs.
        let g = (low / high).sqrt();
        let gk = 2.0 * (1.0 - a2) / high;
        let c = 1.0 + gk + g * g;
        let (hp, bp, lp) =
            (c * (b0 - b1 + b2) / 4.0, c * (b0 - b2) / (2.0 * g), c * (b0 + b1 + b2) / (4.0 * g * g));
        // Simper's solution of the implicit step: v1 = a1·s1 + a2·(x − s2), v2 = s2 + a2·s1 + a3·(x − s2).
        let (t1, t2, t3) = (1.0 / c, g / c, g * g / c);
        let (m0, m1, m2) = (hp, bp - hp * gk / g, lp - hp);
        Self {
            a: [2.0 * t1 - 1.0, -2.0 * t2, 2.0 * t2, 1.0 - 2.0 * t3],
            b: [2.0 * t2, 2.0 * t3],
            c: [m1 * t1 + m2 * t2, m2 - m1 * t2 - m2 * t3],
            d: m0 + m1 * t2 + m2 * t3,
        }
    }
}

/// State of one section for one channel.
#[derive(Debug, Clone, Copy, Default)]
pub struct Svf {
    state: [f64; 2],
}

impl Svf {
    /// Filters one sample.
    #[inline(always)]
    pub fn tick(&mut self, k: &SvfCoeffs, x: f64) -> f64 {
        let [s1, s2] = self.state;
        let y = k.d * x + (k.c[0] * s1 + k.c[1] * s2);
        self.state = [k.a[0] * s1 + k.a[1] * s2 + k.b[0] * x, k.a[2] * s1 + k.a[3] * s2 + k.b[1] * x];
        y
    }

    /// Clears the state.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Brings a state that has died away to exact zero, so that no subnormals circulate in silence.
    pub fn settle(&mut self) {
        for s in &mut self.state {
            *s = settled(*s);
        }
    }
}

/// Zero for a state so small that it can no longer be heard or represented in the output, −400 dB.
#[inline(always)]
pub fn settled(state: f64) -> f64 {
    if state.abs() < 1e-20 { 0.0 } else { state }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::matched::design;
    use crate::dsp::prototype::Prototype;

    #[test]
    fn equals_the_biquad_it_was_made_from() {
        for prototype in [
            Prototype::Bell { gain: 3.0, q: 2.0 },
            Prototype::LowShelf { gain: 2.0, q: 0.71 },
            Prototype::HighPass { q: 1.3 },
            Prototype::LowPass1,
            Prototype::Notch { q: 0.5 },
        ] {
            let biquad = design(prototype, 3_000.0, 48_000.0);
            let coeffs = SvfCoeffs::from(biquad);
            let mut svf = Svf::default();
            let (mut x, mut y) = ([0.0; 3], [0.0; 3]);
            for n in 0..200u64 {
                let input = f64::from(crate::dsp::rng::uniform_at(0, n));
                x = [input, x[0], x[1]];
                let direct: f64 =
                    (0..3).map(|i| biquad.b[i] * x[i]).sum::<f64>() - biquad.a[0] * y[0] - biquad.a[1] * y[1];
                y = [direct, y[0], y[1]];
                assert!((svf.tick(&coeffs, input) - direct).abs() < 1e-12, "{prototype:?} at {n}");
            }
        }
    }

    #[test]
    fn the_state_never_gains_energy_however_coefficients_jump() {
        for i in 0..2_000u64 {
            let random = |s: u64| f64::from(crate::dsp::rng::uniform_at(s, i)) * 0.5 + 0.5;
            let bell = Prototype::Bell { gain: 1.0 + 15.0 * random(1), q: 0.1 * 400.0f64.powf(random(2)) };
            let k = SvfCoeffs::from(design(bell, 10.0 * 2_000.0f64.powf(random(3)), 44_100.0));
            // Largest singular value of the state matrix from its two invariants.
            let [p, q, r, s] = k.a;
            let (sum, det) = (p * p + q * q + r * r + s * s, p * s - q * r);
            let largest = ((sum + (sum * sum - 4.0 * det * det).max(0.0).sqrt()) / 2.0).sqrt();
            assert!(largest <= 1.0 + 1e-9, "{bell:?}: {largest}");
        }
    }
}
