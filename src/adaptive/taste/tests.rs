//! The contract of learning, on made-up programmes.

use super::*;
use crate::adaptive::bands::BANDS;

const INDEX: usize = 6;

/// A programme with a spectrum, crests and widths of its own.
fn song(seed: u32) -> Portrait {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 * 2.0 - 1.0
    };
    let mut portrait = Portrait { heard_s: 60.0, loudness_lufs: -16.0, ..Portrait::EMPTY };
    let mut walk = 0.0;
    for (band, level) in portrait.level_30s_db.iter_mut().enumerate() {
        walk = 0.7 * walk + 3.0 * next();
        *level = -12.0 - 0.2 * band as f32 + walk;
    }
    portrait.crest_db = std::array::from_fn(|_| 8.0 + 4.0 * next());
    portrait.side_mid_db = std::array::from_fn(|band| -14.0 + 0.3 * band as f32 + 5.0 * next());
    portrait.correlation = std::array::from_fn(|_| 0.6 + 0.35 * next());
    portrait.plr_db = 12.0 + 4.0 * next();
    portrait.onsets_per_s = 2.0 + 2.0 * next();
    portrait
}

/// The same song at another moment: everything a little different.
fn later(portrait: &Portrait, by_db: f32) -> Portrait {
    let mut later = *portrait;
    for band in 0..BANDS {
        later.level_30s_db[band] += by_db * (band as f32).sin();
    }
    later.plr_db += by_db;
    later.crest_db.iter_mut().for_each(|crest| *crest += 0.5 * by_db);
    later
}

fn moved(taste: &Taste, portrait: &Portrait) -> f32 {
    taste.additions(portrait)[INDEX]
}

#[test]
fn one_correction_moves_the_same_material_most_of_the_way_and_other_material_hardly() {
    let (mut least, mut most, mut elsewhere) = (f32::MAX, 0.0f32, 0.0f32);
    for seed in 0..20 {
        let here = song(seed);
        let mut taste = Taste::default();
        taste.learn(INDEX, 2.0, &here);
        let share = moved(&taste, &here) / 2.0;
        (least, most) = (least.min(share), most.max(share));
        let soon = moved(&taste, &later(&here, 1.0)) / 2.0;
        assert!(soon >= 0.5, "a verse is the song of its chorus: {soon}");
        for other in (100..140).map(song) {
            let share = moved(&taste, &other) / 2.0;
            elsewhere = elsewhere.max(share.abs());
        }
        assert!(taste.additions(&here).iter().enumerate().all(|(i, x)| i == INDEX || *x == 0.0));
    }
    // As the manual prints them, by a tenth more or less.
    for (found, printed) in [(least, 0.81), (most, 0.81), (elsewhere, 0.14)] {
        assert!(
            (found - printed).abs() <= 0.1 * printed,
            "{least} to {most}, unrelated material {elsewhere}"
        );
    }
}

#[test]
fn three_corrections_arrive() {
    let here = song(3);
    let mut taste = Taste::default();
    for _ in 0..3 {
        let missing = 2.0 - moved(&taste, &here);
        taste.learn(INDEX, missing, &here);
    }
    assert!(moved(&taste, &here) / 2.0 >= 0.85, "{}", moved(&taste, &here));
}

#[test]
fn opposite_corrections_cancel() {
    let here = song(4);
    let mut taste = Taste::default();
    taste.learn(INDEX, 2.0, &here);
    taste.learn(INDEX, -2.0, &here);
    assert!(moved(&taste, &here).abs() < 0.3, "{}", moved(&taste, &here));
}

#[test]
fn a_wish_for_everything_becomes_a_habit() {
    let mut taste = Taste::default();
    let once = {
        let mut once = Taste::default();
        once.learn(INDEX, 1.5, &song(0));
        moved(&once, &song(200))
    };
    for seed in 0..25 {
        let here = song(seed);
        taste.learn(INDEX, 1.5 - moved(&taste, &here), &here);
    }
    let habit = moved(&taste, &song(200));
    assert!(habit > 0.6 && habit > 4.0 * once.abs(), "{once}, then {habit}");
}

#[test]
fn forgetting_is_exact_and_the_list_is_bounded() {
    let (here, there) = (song(5), song(6));
    let mut taste = Taste::default();
    taste.learn(INDEX, 2.0, &here);
    let before = taste.clone();
    taste.learn(INDEX, -1.0, &there);
    taste.forget(1);
    assert_eq!(taste, before);
    taste.forget(1);
    assert_eq!(taste, before, "there is none");
    for seed in 0..200 {
        taste.learn(seed as usize % MOVES, 0.5, &song(seed));
    }
    assert_eq!(taste.labels().len(), MOST_CORRECTIONS);
    taste.forget_all();
    assert_eq!(taste, Taste::default());
    taste.forget(0);
}

#[test]
fn nonsense_teaches_nothing_and_wishes_are_bounded() {
    let here = song(7);
    let mut taste = Taste::default();
    taste.learn(99, 1.0, &here);
    taste.learn(INDEX, f32::NAN, &here);
    taste.learn(INDEX, 1.0, &Portrait::EMPTY);
    assert!(taste.is_empty());
    for _ in 0..10 {
        taste.learn(INDEX, 100.0, &here);
    }
    assert!(moved(&taste, &here) <= MOST_DB);
}

#[test]
fn what_is_exported_is_what_was_learned() {
    let mut taste = Taste::default();
    for seed in 0..10 {
        taste.learn(seed as usize, 0.7, &song(seed));
    }
    let copy = Taste::import(&taste.export()).unwrap();
    assert_eq!(copy, taste);
    assert_eq!(copy.additions(&song(3)), taste.additions(&song(3)));
    let text = taste.export();
    for (from, to, error) in [
        ("\"version\": 1", "\"version\": 7", "found layout 7"),
        ("\"eq_60\"", "\"eq_61\"", "corrections[1].move: found \"eq_61\""),
        ("\"corrections\"", "\"mistakes\"", "unknown field"),
    ] {
        let told = Taste::import(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(told.contains(error), "{told}");
    }
    let short = text.replacen("\"material\": [\n", "\"material\": [\n 1.0,\n", 1);
    assert!(Taste::import(&short).unwrap_err().to_string().contains("expected 46"));
}
