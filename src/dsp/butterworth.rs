//! Digital Butterworth filters of any order as second-order sections, designed off the audio thread.
//!
//! Bilinear transform with prewarped corners, the textbook design: A. V. Oppenheim, R. W. Schafer, "Discrete-Time Signal
//! Processing", ch. 7. An order stands for the low-pass prototype, so band filters have twice as many poles.

use super::biquad::Biquad;
use super::prototype::butterworth_qs;
use std::f64::consts::PI;

/// Lowest corner as a share of the rate; below it the coefficients would run out of digits.
const LOWEST: f64 = 1e-8;

/// Highest corner as a share of the rate.
const HIGHEST: f64 = 0.5 - 1e-6;

/// Narrowest band as a ratio of its corners.
const NARROWEST: f64 = 1.0 + 1e-6;

/// Low-pass with its −3 dB point at `cutoff_hz`, which is held just inside 0…`rate_hz`/2. Order 0 is no filter.
pub fn low_pass(order: usize, cutoff_hz: f64, rate_hz: f64) -> Vec<Biquad> {
    let corner = prewarped(cutoff_hz, rate_hz);
    sections_of(order, |damping| match damping {
        Some(damping) => bilinear([0.0, 0.0, corner * corner], [1.0, damping * corner, corner * corner]),
        None => first_order([0.0, corner], [1.0, corner]),
    })
}

/// High-pass with its −3 dB point at `cutoff_hz`, which is held just inside 0…`rate_hz`/2. Order 0 is no filter.
pub fn high_pass(order: usize, cutoff_hz: f64, rate_hz: f64) -> Vec<Biquad> {
    let corner = prewarped(cutoff_hz, rate_hz);
    sections_of(order, |damping| match damping {
        Some(damping) => bilinear([1.0, 0.0, 0.0], [1.0, damping * corner, corner * corner]),
        None => first_order([1.0, 0.0], [1.0, corner]),
    })
}

/// Band-pass with its −3 dB points at the two corners, in either order: `order` sections.
pub fn band_pass(order: usize, low_hz: f64, high_hz: f64, rate_hz: f64) -> Vec<Biquad> {
    let (centre_square, width) = band(low_hz, high_hz, rate_hz);
    let numerator = [0.0, width, 0.0];
    band_denominators(order, centre_square, width).map(|a| bilinear(numerator, a)).collect()
}

/// Band-stop with its −3 dB points at the two corners, in either order: `order` sections.
pub fn band_stop(order: usize, low_hz: f64, high_hz: f64, rate_hz: f64) -> Vec<Biquad> {
    let (centre_square, width) = band(low_hz, high_hz, rate_hz);
    let numerator = [1.0, 0.0, centre_square];
    band_denominators(order, centre_square, width).map(|a| bilinear(numerator, a)).collect()
}

/// The analogue corner that the bilinear transform takes to `freq_hz`.
fn prewarped(freq_hz: f64, rate_hz: f64) -> f64 {
    (PI * (freq_hz / rate_hz).clamp(LOWEST, HIGHEST)).tan()
}

/// Square of the centre and width of a band between prewarped corners.
fn band(low_hz: f64, high_hz: f64, rate_hz: f64) -> (f64, f64) {
    let low = prewarped(low_hz.min(high_hz), rate_hz);
    let high = prewarped(low_hz.max(high_hz), rate_hz).max(low * NARROWEST);
    (low * high, high - low)
}

/// One section per pole pair of the prototype, given its damping 1/Q, and one for the real pole of an odd order (none).
fn sections_of(order: usize, section: impl Fn(Option<f64>) -> Biquad) -> Vec<Biquad> {
    let single = (order % 2 == 1).then(|| section(None));
    butterworth_qs(order).map(|q| section(Some(1.0 / q))).chain(single).collect()
}

/// Denominators `s² + c1·s + c0` of a band filter. The prototype's pole at the angle φ from the negative real axis becomes
/// the two solutions of `s² + width·e^jφ·s + centre² = 0`; each makes a section with its conjugate.
fn band_denominators(order: usize, centre_square: f64, width: f64) -> impl Iterator<Item = [f64; 3]> {
    let single = (order % 2 == 1).then_some([1.0, width, centre_square]);
    let pairs = (0..order / 2).flat_map(move |i| {
        let angle = PI * (2 * i + 1 + order % 2) as f64 / (2 * order) as f64;
        // Square root of the discriminant (width/2·e^jφ)² − centre².
        let quarter = 0.25 * width * width;
        let (re, im) = (quarter * (2.0 * angle).cos() - centre_square, quarter * (2.0 * angle).sin());
        let (size, turn) = (re.hypot(im).sqrt(), im.atan2(re) / 2.0);
        let (root_re, root_im) = (size * turn.cos(), size * turn.sin());
        let (half_re, half_im) = (0.5 * width * angle.cos(), 0.5 * width * angle.sin());
        [1.0, -1.0].map(|sign| {
            let (pole_re, pole_im) = (-half_re + sign * root_re, -half_im + sign * root_im);
            [1.0, -2.0 * pole_re, pole_re * pole_re + pole_im * pole_im]
        })
    });
    pairs.chain(single)
}

/// A section from analogue polynomials, highest power first, with s = (1 − z⁻¹) / (1 + z⁻¹).
fn bilinear(b: [f64; 3], a: [f64; 3]) -> Biquad {
    let digital = |p: [f64; 3]| [p[0] + p[1] + p[2], 2.0 * (p[2] - p[0]), p[0] - p[1] + p[2]];
    let (b, a) = (digital(b), digital(a));
    Biquad { b: b.map(|b| b / a[0]), a: [a[1] / a[0], a[2] / a[0]] }
}

/// The same for first-order polynomials.
fn first_order(b: [f64; 2], a: [f64; 2]) -> Biquad {
    let digital = |p: [f64; 2]| [p[0] + p[1], p[1] - p[0]];
    let (b, a) = (digital(b), digital(a));
    Biquad { b: [b[0] / a[0], b[1] / a[0], 0.0], a: [a[1] / a[0], 0.0] }
}

/// Frames after which a transient of stable sections has fallen to `share` of itself, by their slowest pole.
pub fn settling_frames(sections: &[Biquad], share: f64) -> f64 {
    let slowest = sections.iter().map(pole_radius).fold(0.0, f64::max);
    if slowest <= 0.0 { 0.0 } else { (share.ln() / slowest.min(1.0 - 1e-12).ln()).max(0.0) }
}

/// Distance of a section's farther pole from zero.
fn pole_radius(section: &Biquad) -> f64 {
    let [a1, a2] = section.a;
    let discriminant = 0.25 * a1 * a1 - a2;
    if discriminant < 0.0 { a2.sqrt() } else { 0.5 * a1.abs() + discriminant.sqrt() }
}

/// Magnitude of sections in series at a frequency.
#[cfg(test)]
pub fn magnitude(sections: &[Biquad], freq_hz: f64, rate_hz: f64) -> f64 {
    sections.iter().map(|section| section.magnitude(freq_hz, rate_hz)).product()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::FRAC_1_SQRT_2;

    const RATE_HZ: f64 = 44_100.0;

    #[test]
    fn corners_are_half_power_and_slopes_are_butterworth() {
        // |H|² = 1/(1 + Ω^2n) with Ω the prototype's frequency that a digital one stands for.
        let warped = |f: f64| (PI * f / RATE_HZ).tan();
        for order in 1..=7 {
            let exponent = 2 * order as i32;
            let (low, high) = (low_pass(order, 1_000.0, RATE_HZ), high_pass(order, 1_000.0, RATE_HZ));
            let (pass, stop) =
                (band_pass(order, 500.0, 2_000.0, RATE_HZ), band_stop(order, 2_000.0, 500.0, RATE_HZ));
            assert_eq!((low.len(), pass.len()), (order.div_ceil(2), order));
            for freq_hz in [10.0, 300.0, 500.0, 990.0, 1_000.0, 2_000.0, 8_000.0, 20_000.0] {
                let ratio = warped(freq_hz) / warped(1_000.0);
                let band_ratio = (warped(freq_hz).powi(2) - warped(500.0) * warped(2_000.0))
                    / (warped(freq_hz) * (warped(2_000.0) - warped(500.0)));
                let curve = |ratio: f64| (1.0 + ratio.powi(exponent)).sqrt().recip();
                for (sections, expected) in [
                    (&low, curve(ratio)),
                    (&high, curve(1.0 / ratio)),
                    (&pass, curve(band_ratio)),
                    (&stop, curve(1.0 / band_ratio)),
                ] {
                    let found = magnitude(sections, freq_hz, RATE_HZ);
                    assert!(
                        (found - expected).abs() < 1e-9,
                        "order {order}, {freq_hz} Hz: {found} {expected}"
                    );
                }
            }
            assert!((magnitude(&low, 1_000.0, RATE_HZ) - FRAC_1_SQRT_2).abs() < 1e-10);
        }
    }

    #[test]
    fn absurd_corners_give_stable_sections() {
        for corner in [-5.0, 0.0, 1e-9, 22_050.0, 1e9] {
            for sections in [
                low_pass(5, corner, RATE_HZ),
                high_pass(5, corner, RATE_HZ),
                band_pass(5, corner, corner, RATE_HZ),
                band_stop(4, corner, 100.0, RATE_HZ),
            ] {
                assert!(sections.iter().all(|s| s.b.iter().chain(&s.a).all(|c| c.is_finite())), "{corner}");
                assert!(sections.iter().all(|s| pole_radius(s) <= 1.0), "{corner}: {sections:?}");
            }
        }
        assert!(low_pass(0, 100.0, RATE_HZ).is_empty());
    }
}
