//! How wide the three regions are made. Pure, any thread.

use super::{Finding, Reason};
use crate::adaptive::bands::{DOUBLE_BANDS, edge_hz};
use crate::adaptive::curve::Target;
use crate::adaptive::features::Portrait;
use crate::control::adaptive::{MOVE_SPECS, WIDTH, WIDTH_BORDERS_HZ, WIDTH_REGIONS};

/// How much of what lies outside of the corridor is made good.
const SHARE: f32 = 0.6;
/// Nothing is widened where the channels have less in common than this.
const LEAST_CORRELATION: f32 = 0.3;
/// How much is narrowed for each unit of negative correlation, as a share of the width.
const OPPOSED_SHARE: f32 = 0.4;
/// A side this far below the middle is none: there is nothing to widen, dB.
const MONO_DB: f32 = -28.0;
/// Zones of correlation that overlap each region.
const ZONES_OF_REGION: [&[usize]; WIDTH_REGIONS] = [&[0, 1], &[1, 2], &[2, 3]];
/// A pair of bands counts by its level over the target, within these bounds, so that neither bass nor silence rules. dB.
const LEVEL_WITHIN_DB: f32 = 10.0;

/// The region of width that a double band lies in.
pub fn region_of(double_band: usize) -> usize {
    let middle_hz = edge_hz(2 * double_band + 1) as f32;
    WIDTH_BORDERS_HZ.iter().filter(|border_hz| middle_hz > **border_hz).count()
}

/// What to do with each region.
pub fn find(portrait: &Portrait, target: &Target) -> [Finding; WIDTH_REGIONS] {
    std::array::from_fn(|region| {
        let measured = side_over_mid_db(portrait, target, region);
        let [low, high] = target.side_mid_db[region];
        let correlation = ZONES_OF_REGION[region]
            .iter()
            .map(|zone| portrait.correlation[*zone])
            .fold(f32::INFINITY, f32::min);
        let spec = &MOVE_SPECS[WIDTH + region];
        let outside_db = measured - measured.clamp(low, high);
        let wanted = 10f32.powf(-SHARE * outside_db / 20.0);
        let (value, reason) = if correlation < 0.0 {
            (wanted.min(1.0 + OPPOSED_SHARE * correlation), Reason::Opposed)
        } else if outside_db > 0.0 {
            (wanted, Reason::TooWide)
        } else if outside_db == 0.0 {
            (1.0, Reason::Inside)
        } else if measured < MONO_DB {
            (1.0, Reason::Mono)
        } else if correlation < LEAST_CORRELATION || region == 0 {
            (1.0, Reason::NotSafe)
        } else {
            (wanted, Reason::TooNarrow)
        };
        Finding {
            value: value.clamp(spec.min, spec.max),
            measured,
            unit: "dB side/mid",
            low,
            high,
            wish: 0.0,
            confidence: 1.0,
            reason,
        }
    })
}

/// Power of the side over that of the middle in a region, dB, every part of the spectrum counted by what it carries.
fn side_over_mid_db(portrait: &Portrait, target: &Target, region: usize) -> f32 {
    let (mut side, mut middle) = (0.0, 0.0);
    for double in (0..DOUBLE_BANDS).filter(|double| region_of(*double) == region) {
        let over_db = (0..2)
            .map(|half| portrait.level_30s_db[2 * double + half] - target.level_db[2 * double + half])
            .fold(f32::NEG_INFINITY, f32::max);
        if over_db < -2.0 * LEVEL_WITHIN_DB {
            continue;
        }
        let weight = 10f32.powf(0.1 * over_db.clamp(-LEVEL_WITHIN_DB, LEVEL_WITHIN_DB));
        let ratio = 10f32.powf(0.1 * portrait.side_mid_db[double].clamp(-70.0, 70.0));
        side += weight * ratio / (1.0 + ratio);
        middle += weight / (1.0 + ratio);
    }
    10.0 * ((side + 1e-7) / (middle + 1e-7)).log10().clamp(-7.0, 7.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adaptive::rule::tests::plain;
    use crate::control::adaptive::Character;

    fn widths(portrait: &Portrait) -> [Finding; WIDTH_REGIONS] {
        find(portrait, &Target::of(Character::Neutral))
    }

    #[test]
    fn what_is_inside_stays_exactly() {
        let found = widths(&plain());
        assert!(
            found.iter().all(|finding| finding.value == 1.0 && finding.reason == Reason::Inside),
            "{found:?}"
        );
    }

    #[test]
    fn wide_bass_is_narrowed_and_only_that() {
        let mut portrait = plain();
        (0..DOUBLE_BANDS).filter(|d| region_of(*d) == 0).for_each(|d| portrait.side_mid_db[d] = -4.0);
        let found = widths(&portrait);
        assert!(found[0].value < 0.9 && found[0].reason == Reason::TooWide, "{:?}", found[0]);
        assert!((found[0].measured + 4.0).abs() < 0.1, "{}", found[0].measured);
        assert_eq!((found[1].value, found[2].value), (1.0, 1.0));
    }

    #[test]
    fn nothing_is_widened_that_is_not_safe() {
        let narrow = Portrait { side_mid_db: [-22.0; DOUBLE_BANDS], ..plain() };
        let found = widths(&narrow);
        assert!(found[1].value > 1.05 && found[2].value > 1.05, "{found:?}");
        assert_eq!(found[0].value, 1.0);
        let loose = Portrait { correlation: [0.2; 4], ..narrow };
        assert!(widths(&loose).iter().all(|finding| finding.value == 1.0));
        let mono = Portrait { side_mid_db: [-60.0; DOUBLE_BANDS], correlation: [1.0; 4], ..plain() };
        assert!(widths(&mono).iter().all(|finding| finding.value == 1.0));
    }

    #[test]
    fn opposed_channels_are_narrowed() {
        let opposed = Portrait { correlation: [-0.5, 0.8, 0.8, 0.8], ..plain() };
        let found = widths(&opposed);
        assert_eq!((found[0].value, found[0].reason), (0.8, Reason::Opposed));
        assert_eq!(found[2].value, 1.0);
    }
}
