//! Digital equaliser sections whose magnitude follows the analogue one up to 20 kHz, without the cramping of the
//! bilinear transform.
//!
//! Poles come from impulse invariance; the numerator is then solved so that the magnitude agrees with the analogue
//! prototype at three frequencies. Both ideas, and the basis φ0 = cos²(ω/2), φ1 = sin²(ω/2), φ2 = 4φ0φ1 in which squared
//! magnitudes are linear, are from M. Vicanek, "Matched Second Order Digital Filters" (2016).

use super::biquad::Biquad;
use super::prototype::Prototype;
use std::f64::consts::PI;

/// Highest pole frequency as a share of the sample rate: beyond it impulse invariance folds back.
const HIGHEST_POLE: f64 = 0.47;

/// Highest frequency at which magnitudes are matched, as a share of the sample rate: 20.3 kHz at 44.1 kHz.
const HIGHEST_MATCH: f64 = 0.46;

/// The middle matching point follows the section's frequency up to here, as a share of the sample rate.
const HIGHEST_MIDDLE_MATCH: f64 = 0.3;

/// Squared magnitudes in Vicanek's basis.
type PhiBasis = [f64; 3];

/// Designs the section for a prototype at `freq_hz`. The prototype's gain must be at least one: cuts are inverted boosts.
pub fn design(prototype: Prototype, freq_hz: f64, sample_rate_hz: f64) -> Biquad {
    let f0 = freq_hz / sample_rate_hz;
    let (pole_ratio, pole_q) = prototype.poles();
    let pole = (f0 * pole_ratio).min(HIGHEST_POLE);
    match prototype {
        Prototype::LowPass1 | Prototype::HighPass1 => first_order(prototype, f0),
        Prototype::HighPass { .. } => {
            let match_at = f0.min(HIGHEST_MATCH);
            zeros_at(prototype, f0, impulse_invariant_poles(pole, pole_q), [1.0, -2.0, 1.0], match_at)
        }
        Prototype::Notch { .. } => {
            let zero = f0.min(HIGHEST_POLE);
            let zeros = [1.0, -2.0 * (2.0 * PI * zero).cos(), 1.0];
            zeros_at(prototype, f0, impulse_invariant_poles(pole, pole_q), zeros, 0.0)
        }
        Prototype::Bell { .. } | Prototype::LowShelf { .. } | Prototype::LowPass { .. } => {
            matched_at_three(prototype, f0, impulse_invariant_poles(pole, pole_q))
        }
    }
}

/// Denominator of a resonance at `pole` (share of the sample rate) with quality factor `q`.
fn impulse_invariant_poles(pole: f64, q: f64) -> [f64; 2] {
    let (w, damping) = (2.0 * PI * pole, 0.5 / q);
    let radius = (-damping * w).exp();
    let a1 = if damping <= 1.0 {
        -2.0 * radius * ((1.0 - damping * damping).sqrt() * w).cos()
    } else {
        // Two real poles, written without the overflow of a hyperbolic cosine.
        let spread = (damping * damping - 1.0).sqrt();
        -((spread - damping) * w).exp() - (-(spread + damping) * w).exp()
    };
    [a1, radius * radius]
}

fn phi(f: f64) -> PhiBasis {
    let s = (PI * f).sin();
    let (p1, p0) = (s * s, 1.0 - s * s);
    [p0, p1, 4.0 * p0 * p1]
}

fn dot(a: PhiBasis, b: PhiBasis) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn denominator_in_phi([a1, a2]: [f64; 2]) -> PhiBasis {
    [(1.0 + a1 + a2).powi(2), (1.0 - a1 + a2).powi(2), -4.0 * a2]
}

/// Numerator through the analogue magnitude at zero, at the section's frequency and near the top of the band.
fn matched_at_three(prototype: Prototype, f0: f64, a: [f64; 2]) -> Biquad {
    let den = denominator_in_phi(a);
    let target = |f: f64| dot(phi(f), den) * prototype.magnitude(f / f0).powi(2);
    let (middle, top) = (f0.min(HIGHEST_MIDDLE_MATCH), HIGHEST_MATCH);
    let (pm, pt) = (phi(middle), phi(top));
    let b0 = target(0.0);
    // Two equations in B1 and B2 remain once B0 = |B(0)|² is known.
    let (rm, rt) = (target(middle) - b0 * pm[0], target(top) - b0 * pt[0]);
    let determinant = pm[1] * pt[2] - pt[1] * pm[2];
    let b1 = (rm * pt[2] - rt * pm[2]) / determinant;
    let b2 = (pm[1] * rt - pt[1] * rm) / determinant;
    let nyquist = den[1] * prototype.magnitude(0.5 / f0).powi(2);
    if is_positive([b0, b1, b2]) && b1 > 1e-3 * nyquist {
        return Biquad { b: factor([b0, b1, b2]), a };
    }
    // No real filter passes through all three: keep zero and half the sample rate, and come as near the middle as it gets.
    let w = 0.5 * (b0.sqrt() + nyquist.sqrt());
    let b2 = ((rm - nyquist * pm[1]) / pm[2]).max(-0.999 * w * w);
    Biquad { b: factor([b0, nyquist, b2]), a }
}

/// Whether a squared magnitude is positive at all frequencies, so that a minimum-phase polynomial has it.
fn is_positive([b0, b1, b2]: PhiBasis) -> bool {
    b0 > 0.0 && b1 > 0.0 && 0.25 * (b0.sqrt() + b1.sqrt()).powi(2) + b2 > 0.0
}

/// The minimum-phase polynomial with the given squared magnitude.
fn factor([b0, b1, b2]: PhiBasis) -> [f64; 3] {
    let (root0, root1) = (b0.max(0.0).sqrt(), b1.max(0.0).sqrt());
    let w = 0.5 * (root0 + root1);
    let lead = 0.5 * (w + (w * w + b2).max(0.0).sqrt());
    [lead, 0.5 * (root0 - root1), -b2 / (4.0 * lead)]
}

/// Fixed zeros, scaled so that the magnitude is right at one frequency.
fn zeros_at(prototype: Prototype, f0: f64, a: [f64; 2], zeros: [f64; 3], match_at: f64) -> Biquad {
    let raw = Biquad { b: zeros, a };
    raw.scaled(prototype.magnitude(match_at / f0) / raw.magnitude(match_at, 1.0))
}

/// One real pole and one zero: at zero frequency and near the top for a low-pass, a zero at DC for a high-pass.
fn first_order(prototype: Prototype, f0: f64) -> Biquad {
    let a1 = -(-2.0 * PI * f0.min(HIGHEST_POLE)).exp();
    let a = [a1, 0.0];
    if prototype == Prototype::HighPass1 {
        return zeros_at(prototype, f0, a, [1.0, -1.0, 0.0], f0.min(HIGHEST_MATCH));
    }
    let den = denominator_in_phi(a);
    let pt = phi(HIGHEST_MATCH);
    let b0 = den[0];
    let b1 = ((dot(pt, den) * prototype.magnitude(HIGHEST_MATCH / f0).powi(2) - b0 * pt[0]) / pt[1]).max(0.0);
    Biquad { b: [0.5 * (b0.sqrt() + b1.sqrt()), 0.5 * (b0.sqrt() - b1.sqrt()), 0.0], a }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worst_error_db(section: &Biquad, prototype: Prototype, f0: f64, fs: f64, from_hz: f64) -> f64 {
        let top = 20_000.0f64;
        (0..=600)
            .map(|i| from_hz * (top / from_hz).powf(i as f64 / 600.0))
            .map(|f| 20.0 * (section.magnitude(f, fs) / prototype.magnitude(f / f0)).log10().abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn bells_follow_the_analogue_curve_to_20_khz() {
        let error_db = |fs: f64, f0: f64, q: f64, gain_db: f64| {
            let bell = Prototype::Bell { gain: 10.0f64.powf(gain_db / 20.0), q };
            worst_error_db(&design(bell, f0, fs), bell, f0, fs, 10.0)
        };
        // As the manual prints them; a tenth more or less wants another figure there.
        for (fs, f0, q, printed_db) in [
            (44_100.0, 10_000.0, 1.41, 0.20),
            (44_100.0, 15_000.0, 1.41, 0.30),
            (48_000.0, 10_000.0, 1.41, 0.18),
            (48_000.0, 15_000.0, 0.7, 0.36),
            (96_000.0, 15_000.0, 1.41, 0.09),
        ] {
            let error = error_db(fs, f0, q, 6.0);
            println!("{fs} {f0} {q}: {error} dB");
            assert!(
                (error - printed_db).abs() <= 0.1 * printed_db,
                "{fs} {f0} {q}: {error} dB, not {printed_db}"
            );
        }
        assert!(error_db(44_100.0, 60.0, 0.71, 12.0) < 0.10);
        assert!(error_db(44_100.0, 20_000.0, 0.7, 6.0) < 0.20);
    }

    #[test]
    fn shelves_cuts_and_notches_follow_the_analogue_curve() {
        let gain = 2.0;
        for fs in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
            for (f0, prototype, from_hz, limit_db) in [
                (100.0, Prototype::LowShelf { gain, q: 0.71 }, 10.0, 0.1),
                (3_000.0, Prototype::LowShelf { gain, q: 0.71 }, 10.0, 0.15),
                (10_000.0, Prototype::LowShelf { gain, q: 0.71 }, 10.0, 0.3),
                (30.0, Prototype::HighPass { q: 0.71 }, 10.0, 0.1),
                (200.0, Prototype::HighPass { q: 0.71 }, 40.0, 0.1),
                (16_000.0, Prototype::LowPass { q: 0.71 }, 10.0, 0.5),
                (8_000.0, Prototype::LowPass1, 10.0, 0.6),
                (40.0, Prototype::HighPass1, 10.0, 0.1),
            ] {
                let error = worst_error_db(&design(prototype, f0, fs), prototype, f0, fs, from_hz);
                assert!(error < limit_db, "{fs} {f0} {prototype:?}: {error} dB");
            }
        }
        let notch = design(Prototype::Notch { q: 10.0 }, 1_000.0, 48_000.0);
        assert!(notch.magnitude(1_000.0, 48_000.0) < 1e-9);
        assert!(
            (notch.magnitude(2_000.0, 48_000.0) - Prototype::Notch { q: 10.0 }.magnitude(2.0)).abs() < 2e-3
        );
    }

    #[test]
    fn every_corner_of_the_range_is_stable_and_minimum_phase() {
        for fs in [44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0] {
            for f0 in [10.0, 100.0, 5_000.0, 15_000.0, 22_000.0, 30_000.0] {
                for q in [0.1, 0.71, 4.0, 40.0] {
                    for gain in [1.0, 1.5, 16.0] {
                        for prototype in [
                            Prototype::Bell { gain, q },
                            Prototype::LowShelf { gain, q },
                            Prototype::LowPass { q },
                            Prototype::HighPass { q },
                            Prototype::Notch { q },
                        ] {
                            let section = design(prototype, f0, fs);
                            assert!(section.is_stable(), "{fs} {f0} {prototype:?} {section:?}");
                            assert!(section.b.iter().all(|b| b.is_finite()));
                            if matches!(prototype, Prototype::Bell { .. } | Prototype::LowShelf { .. }) {
                                assert!(section.inverse().is_stable(), "{fs} {f0} {prototype:?} inverse");
                            }
                        }
                    }
                }
            }
        }
    }
}
