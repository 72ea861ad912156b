//! How much a programme is compressed, if at all. Pure, any thread.
//!
//! Peaks far above the loudness leave room for compression; what is dense already is left alone. The curve is laid through
//! the distribution of momentary loudness, so that what it takes from loudness and from its range is known beforehand.

use super::{Finding, Reason};
use crate::adaptive::bands::{BANDS, centre_hz};
use crate::adaptive::curve::Target;
use crate::adaptive::features::Portrait;
use crate::control::adaptive::{ATTACK, MAKEUP, MOVE_SPECS, MoveSpec, RATIO, RELEASE, THRESHOLD};
use crate::dsp::dynamics::GainComputer;

/// Knee of the layer's compressor, dB.
const KNEE_DB: f32 = 8.0;
/// High-pass before its detector, Hz.
const DETECTOR_HIGHPASS_HZ: f64 = 80.0;
/// What a K-weighted power of 1 reads in LUFS.
const LUFS_OF_ONE: f32 = -0.691;

/// The threshold lies this far above the median of momentary loudness for programmes that are hardly compressed, dB…
const HIGHEST_OFFSET_DB: f32 = 1.0;
/// …and this much lower for the most open ones.
const OFFSET_RANGE_DB: f32 = 3.0;
/// Most that the loudness range may lose, LU.
const MOST_RANGE_LOSS_LU: f32 = 1.0;
/// Most that the loud passages may be reduced, dB.
const MOST_REDUCTION_DB: f32 = 3.0;
/// A lower ratio is none.
const SMALLEST_RATIO: f32 = 1.05;
/// The latest passage speaks against compression when its own peaks are this much lower than those of the whole, dB.
const PSR_MARGIN_DB: f32 = 3.0;

/// Onsets per second at and above which the times are the shortest.
const BUSY_ONSETS_PER_S: f32 = 6.0;
/// Attack of calm and of busy programmes, ms.
const ATTACK_MS: [f32; 2] = [30.0, 12.0];
/// Release of calm and of busy programmes, ms.
const RELEASE_MS: [f32; 2] = [350.0, 110.0];

/// What to do with the five settings of the compressor, in the order threshold, ratio, attack, release, make-up.
pub fn find(portrait: &Portrait, target: &Target) -> [Finding; 5] {
    let wish = &target.dynamics;
    let openness_db = portrait.plr_db.min(portrait.psr_db + PSR_MARGIN_DB);
    let span_db = (wish.open_plr_db - wish.dense_plr_db).max(0.1);
    let amount = ((openness_db - wish.dense_plr_db) / span_db).clamp(0.0, 1.0);
    let [_, median_lu, loud_lu] = portrait.m_percentiles_lu;
    // Relative to the loudness, as the percentiles are.
    let threshold_lu = median_lu + HIGHEST_OFFSET_DB - OFFSET_RANGE_DB * amount;
    let threshold_db =
        (portrait.loudness_lufs + detector_over_loudness_db(portrait) + threshold_lu).clamp(-120.0, 20.0);
    let wanted_ratio = 1.0 + (wish.ratio - 1.0).max(0.0) * amount;
    let full = Distribution(portrait.m_percentiles_lu);
    // Everything that the curve takes is proportional to its slope.
    let one = GainComputer { threshold_db: threshold_lu, slope: 1.0, knee_db: KNEE_DB };
    let loss_limit = MOST_RANGE_LOSS_LU / full.range_loss_lu(&one).max(1e-6);
    let reduction_limit = MOST_REDUCTION_DB / one.reduction_db(loud_lu).max(1e-6);
    let wanted_slope = 1.0 - 1.0 / wanted_ratio;
    let slope = wanted_slope.min(loss_limit).min(reduction_limit).min(0.6);
    let mut ratio = 1.0 / (1.0 - slope);
    if ratio < SMALLEST_RATIO {
        ratio = 1.0;
    }
    let reason = if wish.ratio <= 1.0 {
        Reason::NotWanted
    } else if ratio == 1.0 && wanted_ratio < SMALLEST_RATIO {
        Reason::DenseAlready
    } else if slope < wanted_slope {
        Reason::RangeKept
    } else {
        Reason::PeaksStandOut
    };
    let curve = GainComputer { slope: 1.0 - 1.0 / ratio, ..one };
    let lost_lu = full.loudness_loss_lu(&curve);
    let busy = (portrait.onsets_per_s / BUSY_ONSETS_PER_S).clamp(0.0, 1.0);
    let between = |[calm, hurried]: [f32; 2]| calm * (hurried / calm).powf(busy);
    let timed = |spec: &MoveSpec, ms: f32| Finding {
        value: ms.clamp(spec.min, spec.max),
        measured: portrait.onsets_per_s,
        unit: "onsets/s",
        low: 0.0,
        high: BUSY_ONSETS_PER_S,
        wish: 0.0,
        confidence: 1.0,
        reason: Reason::ByOnsets,
    };
    let levelled = |place: usize, value: f32, reason: Reason| Finding {
        value: value.clamp(MOVE_SPECS[place].min, MOVE_SPECS[place].max),
        measured: openness_db,
        unit: "dB PLR",
        low: wish.dense_plr_db,
        high: wish.open_plr_db,
        wish: 0.0,
        confidence: 1.0,
        reason,
    };
    [
        Finding {
            measured: portrait.loudness_lufs + median_lu,
            unit: "LUFS",
            low: portrait.loudness_lufs + full.at(0.1),
            high: portrait.loudness_lufs + loud_lu,
            ..levelled(THRESHOLD, threshold_db, Reason::ByLoudness)
        },
        levelled(RATIO, ratio, reason),
        timed(&MOVE_SPECS[ATTACK], between(ATTACK_MS) * wish.attack),
        timed(&MOVE_SPECS[RELEASE], between(RELEASE_MS)),
        Finding {
            measured: lost_lu,
            unit: "LU",
            low: 0.0,
            high: MOVE_SPECS[MAKEUP].max,
            ..levelled(MAKEUP, lost_lu, if ratio > 1.0 { Reason::GivesBack } else { reason })
        },
    ]
}

/// What the compressor's detector reads over the loudness in LUFS, dB. It hears without K weighting, through a high-pass,
/// and a full-scale sine is 0 dB to it.
fn detector_over_loudness_db(portrait: &Portrait) -> f32 {
    let power: f64 = (0..BANDS)
        .map(|band| {
            let fourth = (centre_hz(band) / DETECTOR_HIGHPASS_HZ).powi(4);
            10f64.powf(f64::from(portrait.level_30s_db[band]) / 10.0) * fourth / (1.0 + fourth)
        })
        .sum();
    10.0 * (2.0 * power + 1e-9).log10() as f32 - LUFS_OF_ONE
}

/// Momentary loudness by its percentiles 10, 50 and 95, relative to the loudness of the whole, LU; straight in between.
struct Distribution([f32; 3]);

impl Distribution {
    /// Level that this share of the time lies below.
    fn at(&self, share: f32) -> f32 {
        let [soft, median, loud] = self.0;
        if share < 0.5 {
            median + (soft - median) * (0.5 - share) / 0.4
        } else {
            median + (loud - median) * (share - 0.5) / 0.45
        }
    }

    /// By how much the range between the outer percentiles shrinks.
    fn range_loss_lu(&self, curve: &GainComputer) -> f32 {
        curve.reduction_db(self.0[2]) - curve.reduction_db(self.0[0])
    }

    /// By how much the whole becomes softer.
    fn loudness_loss_lu(&self, curve: &GainComputer) -> f32 {
        let (mut before, mut after) = (0.0, 0.0);
        for step in 0..20 {
            let level_lu = self.at((step as f32 + 0.5) / 20.0);
            before += 10f32.powf(0.1 * level_lu);
            after += 10f32.powf(0.1 * (level_lu - curve.reduction_db(level_lu)));
        }
        10.0 * (before / after.max(1e-12)).log10()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adaptive::rule::tests::plain;
    use crate::control::adaptive::Character;

    fn ratio(portrait: &Portrait, character: Character) -> f32 {
        find(portrait, &Target::of(character))[1].value
    }

    #[test]
    fn dense_programmes_are_left_alone_and_open_ones_are_not() {
        let dense = Portrait { plr_db: 8.0, psr_db: 8.0, ..plain() };
        let m_percentiles_lu = [-1.2, -0.1, 0.9];
        let open = Portrait { plr_db: 17.0, psr_db: 17.0, m_percentiles_lu, ..plain() };
        assert_eq!(ratio(&dense, Character::Neutral), 1.0);
        assert!(ratio(&open, Character::Neutral) > 1.3, "{}", ratio(&open, Character::Neutral));
        assert_eq!(ratio(&open, Character::Open), 1.0);
        assert!(ratio(&open, Character::Dense) > ratio(&open, Character::Neutral));
        let found = find(&dense, &Target::of(Character::Neutral));
        assert_eq!((found[1].reason, found[4].value), (Reason::DenseAlready, 0.0));
    }

    #[test]
    fn the_loudness_range_loses_at_most_one_lu() {
        for character in Character::ALL {
            for [soft, median, loud] in
                [[-20.0, -4.0, 3.0], [-3.0, -0.5, 1.0], [-30.0, -15.0, 6.0], [-1.0, 0.0, 9.0]]
            {
                let m_percentiles_lu = [soft, median, loud];
                let portrait = Portrait { m_percentiles_lu, plr_db: 20.0, psr_db: 20.0, ..plain() };
                let found = find(&portrait, &Target::of(character));
                let relative_db =
                    found[0].value - portrait.loudness_lufs - detector_over_loudness_db(&portrait);
                let curve = GainComputer::new(relative_db, found[1].value, KNEE_DB);
                let loss_lu = curve.reduction_db(loud) - curve.reduction_db(soft);
                assert!(loss_lu <= 1.001, "{character:?} {m_percentiles_lu:?}: {loss_lu}");
                assert!(curve.reduction_db(loud) <= 3.001);
            }
        }
        // The limit is what holds it: without it a wide range would lose more.
        let wide = Portrait { m_percentiles_lu: [-20.0, -4.0, 3.0], plr_db: 20.0, psr_db: 20.0, ..plain() };
        assert_eq!(find(&wide, &Target::of(Character::Dense))[1].reason, Reason::RangeKept);
    }

    #[test]
    fn make_up_is_what_a_steady_programme_loses() {
        let steady = Distribution([0.0; 3]);
        let curve = GainComputer::new(-10.0, 2.0, KNEE_DB);
        assert!((steady.loudness_loss_lu(&curve) - 5.0).abs() < 1e-3);
        let moving = Distribution([-8.0, -1.0, 2.0]);
        let lost_lu = moving.loudness_loss_lu(&curve);
        assert!(lost_lu > curve.reduction_db(-8.0) && lost_lu < curve.reduction_db(2.0), "{lost_lu}");
    }

    #[test]
    fn busy_programmes_get_shorter_times() {
        let times = |onsets_per_s: f32, character| {
            let found = find(&Portrait { onsets_per_s, ..plain() }, &Target::of(character));
            (found[2].value, found[3].value)
        };
        let (calm, busy) = (times(0.0, Character::Neutral), times(8.0, Character::Neutral));
        assert!(busy.0 < calm.0 && busy.1 < calm.1, "{calm:?} {busy:?}");
        assert!(times(4.0, Character::Punchy).0 > times(4.0, Character::Neutral).0);
    }

    #[test]
    fn the_detector_reads_a_sine_at_its_level() {
        // A sine of 1 kHz at full scale in both channels: power ½ in each, K-weighted sum 2·½·1.17.
        let k = 1.0 * crate::adaptive::bands::k_power_gain(1_000.0, 48_000.0);
        let mut level_30s_db = [-80.0; BANDS];
        level_30s_db[22] = 10.0 * (0.5f32 / k as f32).log10();
        let loudness_lufs = 10.0 * k.log10() as f32 + LUFS_OF_ONE;
        let portrait = Portrait { level_30s_db, loudness_lufs, ..plain() };
        let reading_db = loudness_lufs + detector_over_loudness_db(&portrait);
        assert!(reading_db.abs() < 0.01, "{reading_db}");
    }
}
