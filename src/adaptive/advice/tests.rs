//! How rule, model and corrections come together.

use super::*;
use crate::adaptive::bands::BANDS;
use crate::adaptive::model::PREDICTED;
use crate::adaptive::rule::tests::{deviating, plain};
use crate::control::adaptive::Character;

fn verdict(move_db: f32, uncertainty_db: f32) -> Verdict {
    Verdict { move_db: [move_db; PREDICTED], uncertainty_db: [uncertainty_db; PREDICTED] }
}

fn neutral() -> Target {
    Target::of(Character::Neutral)
}

fn advice(portrait: &Portrait, verdict: Option<&Verdict>) -> Advice {
    advise(portrait, &neutral(), verdict, &Taste::default(), None)
}

/// A programme that lacks treble.
fn dull() -> Portrait {
    deviating(|band| -9.0 / (1.0 + f64::exp((24.0 - band as f64) / 2.0)))
}

#[test]
fn what_is_plain_stays_and_what_is_dull_is_brightened() {
    assert_eq!(advice(&plain(), None).moves.0[..ADAPTIVE_BANDS], [0.0; ADAPTIVE_BANDS]);
    let dull = advice(&dull(), None);
    assert!(dull.moves.0[6..10].iter().sum::<f32>() > 1.5, "{:?}", dull.moves);
}

#[test]
fn the_weight_grows_with_what_was_heard_and_the_advice_does_not() {
    let at = |heard_s: f64| advice(&Portrait { heard_s, ..dull() }, None);
    assert_eq!(advice(&Portrait::EMPTY, None).moves, Moves::NEUTRAL);
    assert_eq!((at(2.9).weight, at(7.5).weight, at(60.0).weight), (0.0, 0.5, 1.0));
    assert_eq!(at(7.5).moves, at(60.0).moves);
    assert!(at(7.5).confidence < at(60.0).confidence);
}

#[test]
fn a_model_is_heard_as_far_as_it_is_sure() {
    let mut last = f32::INFINITY;
    for uncertainty_db in [0.1, 1.0, 2.0, 3.0] {
        let moves = advice(&plain(), Some(&verdict(-1.5, uncertainty_db))).moves;
        let said = (0..ADAPTIVE_BANDS).map(|band| -moves.0[band]).fold(0.0, f32::max);
        assert!(said < last && said <= 1.5, "{uncertainty_db}: {said}");
        last = said;
    }
    let unsure = advice(&plain(), Some(&verdict(-1.5, 5.0)));
    assert_eq!(unsure.moves, advice(&plain(), None).moves, "out of its depth it says nothing");
    let timid = advice(&plain(), Some(&verdict(-0.45, 0.1)));
    assert_eq!(timid.moves, advice(&plain(), None).moves, "what is too small for anybody is left");
    // Width, dynamics and drive are the rule's.
    let moves = advice(&dull(), Some(&verdict(-4.0, 0.0))).moves;
    assert_eq!(moves.0[ADAPTIVE_BANDS..], advice(&dull(), None).moves.0[ADAPTIVE_BANDS..]);
}

#[test]
fn where_the_model_is_unsure_the_rule_stands() {
    let top = |said: &Verdict| -> f32 { advice(&dull(), Some(said)).moves.0[6..10].iter().sum() };
    let alone: f32 = advice(&dull(), None).moves.0[6..10].iter().sum();
    assert!(alone > 1.5 && (top(&verdict(0.0, 8.0)) - alone).abs() < 0.1);
    assert!(top(&verdict(0.0, 0.1)) < 0.7 * alone, "a sure model keeps it from mistakes");
    assert!(top(&verdict(4.0, 0.1)) > alone);
}

#[test]
fn the_model_raises_nothing_that_is_not_there() {
    let cut_off = deviating(|band| if band > BANDS - 6 { -45.0 } else { 0.0 });
    let moves = advice(&cut_off, Some(&verdict(2.0, 0.1))).moves;
    assert!(moves.0[8] <= 0.0, "{moves:?}");
}

#[test]
fn a_character_is_not_argued_away_by_the_model() {
    let bright = Target::of(Character::Bright);
    let top = |verdict: Option<&Verdict>| -> f32 {
        let advice = advise(&plain(), &bright, verdict, &Taste::default(), None);
        advice.moves.0[6..10].iter().sum()
    };
    let (alone, with_model) = (top(None), top(Some(&verdict(0.0, 0.1))));
    assert!(alone > 1.0 && (with_model - alone).abs() < 1e-4, "{alone}, {with_model}");
}

#[test]
fn everything_is_within_bounds_whatever_is_said() {
    let mut taste = Taste::default();
    for index in 0..MOVES {
        for _ in 0..5 {
            taste.learn(index, 50.0, &dull());
        }
    }
    for said in [verdict(1e6, 0.0), verdict(-1e6, 0.0), verdict(4.0, f32::MAX)] {
        for error_db in [None, Some(1e9), Some(f32::NAN), Some(-1e9)] {
            let advice = advise(&dull(), &neutral(), Some(&said), &taste, error_db);
            assert_eq!(advice.moves, advice.moves.bounded());
            for (index, explanation) in advice.explanations.iter().enumerate() {
                assert_eq!(explanation.proposed, advice.moves.0[index]);
                assert!((0.0..=1.0).contains(&explanation.confidence), "{}", explanation.id);
            }
        }
    }
}

#[test]
fn the_largest_part_of_a_move_gives_the_reason() {
    let mut taste = Taste::default();
    taste.learn(3, 2.0, &plain());
    let advice = advise(&plain(), &neutral(), Some(&verdict(0.0, 0.1)), &taste, Some(3.0));
    assert_eq!(advice.explanations[3].reason, Reason::Taste);
    assert_eq!(advice.explanations[4].reason, Reason::Inside);
    let heard = advise(&plain(), &neutral(), Some(&verdict(1.0, 0.1)), &taste, Some(3.0));
    assert_eq!(heard.explanations[4].reason, Reason::Model);
    for explanation in &heard.explanations {
        let parts = explanation.from_rule + explanation.from_model + explanation.from_taste;
        let spec = &MOVE_SPECS[crate::control::adaptive::move_by_id(explanation.id).unwrap()];
        assert!((spec.neutral + parts - explanation.proposed).abs() < 1e-3, "{explanation:?}");
    }
}
