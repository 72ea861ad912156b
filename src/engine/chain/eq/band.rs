//! From the settings of a band to the sections that realise it.

use crate::control::{EqBand, EqKind};
use crate::dsp::biquad::Biquad;
use crate::dsp::matched::design;
use crate::dsp::prototype::{Prototype, butterworth_qs};
use std::f64::consts::FRAC_1_SQRT_2;

/// Sections that the steepest band needs.
pub const MAX_SECTIONS: usize = 4;

/// What a band glides through: octaves, decibels, octaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    pub log2_freq: f64,
    pub gain_db: f64,
    pub log2_q: f64,
}

impl Position {
    pub fn of(band: &EqBand) -> Self {
        Self {
            log2_freq: f64::from(band.freq_hz.clamp(10.0, 30_000.0)).log2(),
            gain_db: f64::from(band.gain_db.clamp(-24.0, 24.0)),
            log2_q: f64::from(band.q.clamp(0.1, 40.0)).log2(),
        }
    }

    /// A step towards `target` that leaves `rest` of the way, and lands when nearly there.
    pub fn step_towards(&mut self, target: &Self, rest: f64) {
        for (now, target, near) in [
            (&mut self.log2_freq, target.log2_freq, 1e-4),
            (&mut self.gain_db, target.gain_db, 1e-3),
            (&mut self.log2_q, target.log2_q, 1e-3),
        ] {
            let distance = (*now - target) * rest;
            *now = if distance.abs() < near { target } else { target + distance };
        }
    }
}

/// Number of sections a band runs.
pub fn section_count(band: &EqBand) -> usize {
    match band.kind {
        _ if !band.on => 0,
        _ if band.solo => 1,
        EqKind::LowCut | EqKind::HighCut => band.slope.order().div_ceil(2),
        _ => 1,
    }
}

/// Whether the band leaves the signal as it is.
pub fn is_identity(band: &EqBand, position: &Position) -> bool {
    let has_gain = matches!(band.kind, EqKind::Bell | EqKind::LowShelf | EqKind::HighShelf | EqKind::Tilt);
    !band.on || (!band.solo && has_gain && position.gain_db == 0.0)
}

/// The sections of a band at a position; the first [`section_count`] are meaningful.
pub fn sections(band: &EqBand, position: &Position, sample_rate_hz: f64) -> [Biquad; MAX_SECTIONS] {
    let (freq_hz, q) = (position.log2_freq.exp2(), position.log2_q.exp2());
    let mut sections = [Biquad::IDENTITY; MAX_SECTIONS];
    let design = |prototype| design(prototype, freq_hz, sample_rate_hz);
    if band.solo {
        sections[0] = solo_section(band.kind, q, design);
        return sections;
    }
    let gain = 10.0f64.powf(position.gain_db.abs() / 20.0);
    let boosts = position.gain_db >= 0.0;
    // Cuts are inverted boosts: mirror images in shape and in error.
    let mirrored = |boost: Biquad, boosts: bool| if boosts { boost } else { boost.inverse() };
    sections[0] = match band.kind {
        EqKind::Bell => mirrored(design(Prototype::Bell { gain, q }), boosts),
        EqKind::LowShelf => mirrored(design(Prototype::LowShelf { gain, q }), boosts),
        // Raising the highs is raising everything and lowering the lows.
        EqKind::HighShelf => high_shelf(design(Prototype::LowShelf { gain, q }), gain, boosts),
        EqKind::Tilt => {
            let shelf = high_shelf(design(Prototype::LowShelf { gain, q }), gain, boosts);
            shelf.scaled(10.0f64.powf(-position.gain_db / 40.0))
        }
        EqKind::Notch => design(Prototype::Notch { q }),
        EqKind::LowCut | EqKind::HighCut => {
            cut(band, q, &mut sections, design);
            return sections;
        }
    };
    sections
}

fn high_shelf(low_boost: Biquad, gain: f64, boosts: bool) -> Biquad {
    if boosts { low_boost.inverse().scaled(gain) } else { low_boost.scaled(1.0 / gain) }
}

/// A Butterworth cascade whose most resonant section follows the Q control.
fn cut(band: &EqBand, q: f64, sections: &mut [Biquad; MAX_SECTIONS], design: impl Fn(Prototype) -> Biquad) {
    let (order, low_cut) = (band.slope.order(), band.kind == EqKind::LowCut);
    let resonance = q / FRAC_1_SQRT_2;
    for (i, (section, butterworth_q)) in sections.iter_mut().zip(butterworth_qs(order)).enumerate() {
        let q = if i + 1 == order / 2 { butterworth_q * resonance } else { butterworth_q };
        *section = design(if low_cut { Prototype::HighPass { q } } else { Prototype::LowPass { q } });
    }
    if order % 2 == 1 {
        sections[order / 2] = design(if low_cut { Prototype::HighPass1 } else { Prototype::LowPass1 });
    }
}

/// What solo lets through: the region that the band works on.
fn solo_section(kind: EqKind, q: f64, design: impl Fn(Prototype) -> Biquad) -> Biquad {
    match kind {
        EqKind::LowShelf | EqKind::LowCut => design(Prototype::LowPass { q: FRAC_1_SQRT_2 }),
        EqKind::HighShelf | EqKind::HighCut => design(Prototype::HighPass { q: FRAC_1_SQRT_2 }),
        EqKind::Bell | EqKind::Notch | EqKind::Tilt => {
            // Everything minus a notch of the same poles.
            let notch = design(Prototype::Notch { q });
            let [b0, b1, b2] = notch.b;
            Biquad { b: [1.0 - b0, notch.a[0] - b1, notch.a[1] - b2], a: notch.a }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::CutSlope;

    fn magnitude_db(band: &EqBand, freq_hz: f64) -> f64 {
        let sections = sections(band, &Position::of(band), 48_000.0);
        let product: f64 =
            sections[..section_count(band)].iter().map(|s| s.magnitude(freq_hz, 48_000.0)).product();
        20.0 * product.log10()
    }

    #[test]
    fn gains_stand_at_table_frequencies() {
        let band = EqBand { freq_hz: 1_000.0, gain_db: 6.0, q: 0.71, ..EqBand::default() };
        for (kind, expected) in [
            (EqKind::Bell, [0.0, 6.0, 0.0]),
            (EqKind::LowShelf, [6.0, 3.0, 0.0]),
            (EqKind::HighShelf, [0.0, 3.0, 6.0]),
            (EqKind::Tilt, [-3.0, 0.0, 3.0]),
        ] {
            for sign in [1.0, -1.0] {
                let band = EqBand { kind, gain_db: 6.0 * sign, ..band };
                for (freq, db) in [15.0, 1_000.0, 20_000.0].into_iter().zip(expected) {
                    let got = magnitude_db(&band, freq);
                    assert!((got - db * f64::from(sign)).abs() < 0.15, "{kind:?} {sign} at {freq}: {got}");
                }
            }
        }
    }

    #[test]
    fn cuts_are_as_steep_as_they_say() {
        for (slope, per_octave) in [
            (CutSlope::Db6, 6.0),
            (CutSlope::Db12, 12.0),
            (CutSlope::Db18, 18.0),
            (CutSlope::Db24, 24.0),
            (CutSlope::Db36, 36.0),
            (CutSlope::Db48, 48.0),
        ] {
            let low = EqBand {
                kind: EqKind::LowCut,
                slope,
                freq_hz: 1_000.0,
                q: std::f32::consts::FRAC_1_SQRT_2,
                ..EqBand::default()
            };
            let fall = magnitude_db(&low, 100.0) - magnitude_db(&low, 50.0);
            assert!((fall - per_octave).abs() < per_octave * 0.01, "{slope:?}: {fall}");
            assert!((magnitude_db(&low, 1_000.0) + 3.01).abs() < 0.05, "{slope:?}");
            let high = EqBand { kind: EqKind::HighCut, freq_hz: 500.0, ..low };
            let fall = magnitude_db(&high, 4_000.0) - magnitude_db(&high, 8_000.0);
            assert!((fall - per_octave).abs() < per_octave * 0.06, "{slope:?}: {fall}");
            assert!((magnitude_db(&high, 500.0) + 3.01).abs() < 0.05, "{slope:?}");
        }
    }
}
