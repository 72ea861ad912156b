//! Contracts of the rule as a whole, in the domain of bands.

use super::*;
use crate::adaptive::bands::{DOUBLE_BANDS, centre_hz};
use crate::adaptive::curve::{neutral_db, normalised};
use crate::adaptive::response::response_db;
use crate::control::adaptive::{Character, RATIO};
use crate::dsp::rng::uniform_at;

/// A programme that lies at the middle of everything.
pub fn plain() -> Portrait {
    Portrait {
        heard_s: 60.0,
        level_30s_db: *neutral_db(),
        level_3s_db: *neutral_db(),
        crest_db: [8.0; DOUBLE_BANDS],
        side_mid_db: std::array::from_fn(|double| if width::region_of(double) == 0 { -20.0 } else { -10.0 }),
        correlation: [0.9, 0.8, 0.7, 0.7],
        loudness_lufs: -18.0,
        integrated_lufs: -18.0,
        short_term_lufs: -18.0,
        m_percentiles_lu: [-3.0, -0.2, 1.5],
        range_lu: 4.0,
        psr_db: 11.0,
        plr_db: 11.0,
        flux_db: 2.0,
        onsets_per_s: 3.0,
        floor_lu: -10.0,
        air_drop_db: -8.0,
        ..Portrait::EMPTY
    }
}

/// A programme with this deviation from the neutral curve, dB.
pub fn deviating(deviation_db: impl Fn(usize) -> f64) -> Portrait {
    let level_30s_db =
        normalised(std::array::from_fn(|band| f64::from(neutral_db()[band]) + deviation_db(band)));
    Portrait { level_30s_db, level_3s_db: level_30s_db, ..plain() }
}

fn gains_db(portrait: &Portrait) -> [f32; ADAPTIVE_BANDS] {
    let found = find(portrait, &Target::of(Character::Neutral), None);
    std::array::from_fn(|band| found[band].value)
}

fn largest(gains_db: &[f32; ADAPTIVE_BANDS]) -> f32 {
    gains_db.iter().fold(0.0, |most, gain| most.max(gain.abs()))
}

fn shelf_db(gain_db: f64, corner_hz: f64, band: usize) -> f64 {
    let octaves = (centre_hz(band) / corner_hz).log2();
    gain_db / (1.0 + (-3.0 * octaves).exp())
}

fn bell_db(gain_db: f64, hz: f64, band: usize) -> f64 {
    gain_db * (-((centre_hz(band) / hz).log2() / 0.6).powi(2)).exp()
}

#[test]
fn what_lies_in_the_corridor_is_left_exactly() {
    let target = Target::of(Character::Neutral);
    for seed in 0..200 {
        // Anything inside, as jagged as it likes, in both directions.
        let portrait = Portrait {
            level_30s_db: std::array::from_fn(|band| {
                target.level_db[band]
                    + 0.98 * target.corridor_db[band] * uniform_at(7, seed * 64 + band as u64)
            }),
            ..plain()
        };
        let found = find(&portrait, &target, None);
        assert!(found[..ADAPTIVE_BANDS].iter().all(|finding| finding.value == 0.0), "{seed}");
    }
}

#[test]
fn faults_are_corrected_in_the_right_direction() {
    let rising = gains_db(&deviating(|band| shelf_db(7.0, 5_000.0, band)));
    assert!(rising[6..].iter().sum::<f32>() < -2.0, "{rising:?}");
    let muddy = gains_db(&deviating(|band| bell_db(6.0, 300.0, band)));
    assert!(muddy[2] + muddy[3] < -1.5 && muddy[7].abs() < 1.0, "{muddy:?}");
    let hollow = gains_db(&deviating(|band| bell_db(-6.0, 2_000.0, band)));
    assert!(hollow[4] + hollow[5] > 1.5, "{hollow:?}");
    let thin = gains_db(&deviating(|band| -7.0 + shelf_db(7.0, 150.0, band)));
    assert!(thin[0] + thin[1] + thin[2] > 2.0, "{thin:?}");
}

#[test]
fn a_character_is_added_once() {
    for character in [Character::Bright, Character::Warm, Character::Punchy, Character::Dense] {
        let target = Target::of(character);
        let moved_db = |portrait: &Portrait| -> [f32; ADAPTIVE_BANDS] {
            let found = find(portrait, &target, None);
            std::array::from_fn(|index| found[index].value)
        };
        let first = moved_db(&plain());
        let response = response_db(&first);
        let wish = target.wish_db;
        let error = (4..36).map(|b| (response[b] - wish[b]).abs()).sum::<f32>() / 32.0;
        let wanted = (4..36).map(|b| wish[b].abs()).sum::<f32>() / 32.0;
        assert!(error < 0.5 * wanted, "{character:?}: {error} of {wanted} is missing");
        let second = moved_db(&deviating(|band| f64::from(response[band])));
        assert!(largest(&second) < 0.6 * largest(&first), "{character:?}: {first:?} then {second:?}");
        let found = find(&plain(), &target, None);
        assert!(found.iter().any(|finding| finding.reason == Reason::Character));
        assert!(found[..ADAPTIVE_BANDS].iter().all(|finding| (finding.value - finding.wish).abs() < 1e-6));
    }
}

#[test]
fn a_reference_is_followed_without_doubt() {
    let shape = |band: usize| shelf_db(2.5, 4_000.0, band) + bell_db(-2.0, 400.0, band);
    let reference = deviating(shape);
    let target =
        Target { level_db: reference.level_30s_db, is_reference: true, ..Target::of(Character::Neutral) };
    let found = find(&plain(), &target, None);
    let gains: [f32; ADAPTIVE_BANDS] = std::array::from_fn(|index| found[index].value);
    let response = response_db(&gains);
    let error = |of: &dyn Fn(usize) -> f64| {
        let off: Vec<f64> =
            (4..36).map(|b| f64::from(target.level_db[b] - neutral_db()[b]) - of(b)).collect();
        let mean = off.iter().sum::<f64>() / 32.0;
        off.iter().map(|x| (x - mean).abs()).sum::<f64>() / 32.0
    };
    let (before, after) = (error(&|_| 0.0), error(&|b| f64::from(response[b])));
    assert!(after < 0.3 * before, "{before} dB off, then {after}");
    assert!(found.iter().any(|finding| finding.reason == Reason::LikeReference));
}

#[test]
fn asking_again_after_the_move_asks_for_little() {
    for seed in 0..40u64 {
        let random = |n: u64| f64::from(uniform_at(seed + 1, n));
        let (shelf, bell) = (5.0 * random(0), 4.0 * random(1));
        let (corner_hz, hz) = (1_000.0 * (4.0 * random(2)).exp2(), 700.0 * (3.0 * random(3)).exp2());
        let fault = |band: usize| shelf_db(shelf, corner_hz, band) + bell_db(bell, hz, band);
        let first = gains_db(&deviating(fault));
        let response = response_db(&first);
        let second = gains_db(&deviating(|band| fault(band) + f64::from(response[band])));
        let (moved, more) = (largest(&first), largest(&second));
        // What a bound has cut off is asked for again.
        let is_cut_off = first.iter().zip(&MOVE_SPECS).any(|(gain, spec)| gain.abs() > 0.9 * spec.max);
        assert!(is_cut_off || more < 0.75 || more < 0.6 * moved, "{seed}: {first:?} then {second:?}");
    }
}

#[test]
fn gain_changes_nothing_but_the_threshold() {
    let fault = deviating(|band| bell_db(6.0, 500.0, band));
    let soft = Portrait {
        loudness_lufs: fault.loudness_lufs - 12.0,
        integrated_lufs: fault.integrated_lufs - 12.0,
        short_term_lufs: fault.short_term_lufs - 12.0,
        ..fault
    };
    let target = Target::of(Character::Dense);
    let (loud, soft) = (find(&fault, &target, None), find(&soft, &target, None));
    for index in 0..MOVES {
        let expected = loud[index].value - if index == THRESHOLD { 12.0 } else { 0.0 };
        assert!((soft[index].value - expected).abs() < 1e-4, "{}", MOVE_SPECS[index].id);
    }
    assert!(loud[RATIO].value > 1.0);
}

#[test]
fn nothing_is_raised_where_nothing_is() {
    // A low-pass at 11 kHz on a programme that is dull below it, too.
    let dull =
        gains_db(&deviating(
            |band| if centre_hz(band) > 11_000.0 { -50.0 } else { shelf_db(-6.0, 3_000.0, band) },
        ));
    assert!(dull[8] <= 0.0, "{dull:?}");
    let cut_off = gains_db(&deviating(|band| if centre_hz(band) > 15_500.0 { -50.0 } else { 0.0 }));
    assert!(largest(&cut_off) < 0.5, "{cut_off:?}");
    let no_sub = gains_db(&deviating(|band| if centre_hz(band) < 90.0 { -40.0 } else { 0.0 }));
    assert!(no_sub[0] <= 0.0 && no_sub[1] <= 0.0, "{no_sub:?}");
}

#[test]
fn resonances_are_not_boosted_into() {
    // Narrow peaks and dips of any place: nothing is raised by more than a trifle.
    for hole in [8, 15, 22, 30] {
        let gains = gains_db(&deviating(|band| if band == hole { -10.0 } else { 0.0 }));
        assert!(gains.iter().all(|gain| *gain < 0.5), "{hole}: {gains:?}");
    }
}

#[test]
fn wild_programmes_stay_within_bounds() {
    for seed in 0..400u64 {
        let random = |n: usize| uniform_at(seed + 100, n as u64);
        let scale = 10f32.powf(2.0 * random(999));
        let portrait = Portrait {
            level_30s_db: std::array::from_fn(|band| -30.0 + 30.0 * scale * random(band)),
            side_mid_db: std::array::from_fn(|double| 60.0 * random(100 + double)),
            correlation: std::array::from_fn(|zone| random(200 + zone)),
            loudness_lufs: -40.0 + 60.0 * random(300),
            m_percentiles_lu: [-40.0 * random(301).abs(), 20.0 * random(302), 30.0 * random(303).abs()],
            psr_db: 40.0 * random(304).abs(),
            plr_db: 40.0 * random(305).abs(),
            onsets_per_s: 20.0 * random(306).abs(),
            ..plain()
        };
        for character in Character::ALL {
            let found = find(&portrait, &Target::of(character), Some(100.0 * random(400)));
            for (finding, spec) in found.iter().zip(&MOVE_SPECS) {
                assert!((spec.min..=spec.max).contains(&finding.value), "{seed} {}: {finding:?}", spec.id);
                let told = [finding.measured, finding.low, finding.high, finding.confidence];
                assert!(told.iter().all(|x| x.is_finite()), "{seed} {}: {finding:?}", spec.id);
            }
        }
    }
}

#[test]
fn drive_follows_the_error_within_its_bounds() {
    let drive = |error_db| find(&plain(), &Target::of(Character::Neutral), error_db)[DRIVE].value;
    assert_eq!(
        (drive(Some(3.0)), drive(Some(99.0)), drive(None), drive(Some(f32::NAN))),
        (3.0, 12.0, 0.0, 0.0)
    );
}

#[test]
fn an_empty_portrait_moves_nothing() {
    let found = find(&Portrait::EMPTY, &Target::of(Character::Dense), Some(3.0));
    assert_eq!(found.map(|finding| finding.value), Moves::NEUTRAL.0);
}
