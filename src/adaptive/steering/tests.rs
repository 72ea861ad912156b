//! When the steering moves and when it holds.

use super::*;
use crate::control::adaptive::DRIVE;

fn controls(mode: AdaptiveMode) -> AdaptiveControls {
    AdaptiveControls { mode, ..AdaptiveControls::default() }
}

fn proposal(db: f32) -> Moves {
    let mut moves = Moves::NEUTRAL;
    moves.0[6] = db;
    moves
}

/// Hops with one proposal until a heading comes, at most this many; returns the hops and the heading.
fn until(steering: &mut Steering, mode: AdaptiveMode, db: f32, most: usize) -> Option<(usize, Heading)> {
    (1..=most).find_map(|hop| {
        steering.hop(true, Some(&proposal(db)), &controls(mode)).map(|heading| (hop, heading))
    })
}

#[test]
fn suggesting_moves_only_when_told() {
    let mut steering = Steering::default();
    assert_eq!(until(&mut steering, AdaptiveMode::Suggest, 3.0, 2_000), None);
    let heading = steering.wish(Wish::Apply, Some(&proposal(3.0))).unwrap();
    assert_eq!(heading, Heading { moves: proposal(3.0), pace: Pace::ByHand });
    let back = steering.wish(Wish::Undo, Some(&proposal(3.0))).unwrap();
    assert_eq!(back.moves, Moves::NEUTRAL);
    assert_eq!(steering.wish(Wish::Undo, None), None, "nothing is left to take back");
}

#[test]
fn learning_takes_half_a_minute_of_sound_and_then_holds() {
    let mut steering = Steering::default();
    for _ in 0..500 {
        assert_eq!(steering.hop(false, Some(&proposal(3.0)), &controls(AdaptiveMode::Learn)), None);
    }
    let (hop, heading) = until(&mut steering, AdaptiveMode::Learn, 3.0, 400).unwrap();
    assert!((329..=331).contains(&hop), "30 s and 3 s after silence: {hop}");
    assert_eq!(heading.pace, Pace::Automatic);
    assert_eq!(until(&mut steering, AdaptiveMode::Learn, -3.0, 2_000), None, "holds");
    steering.wish(Wish::ListenAgain, None);
    assert!(until(&mut steering, AdaptiveMode::Learn, -3.0, 400).is_some());
}

#[test]
fn following_takes_patience_and_a_difference_worth_it() {
    let mut steering = Steering::default();
    assert_eq!(until(&mut steering, AdaptiveMode::Adaptive, 0.6, 2_000), None, "not worth it");
    let (hop, _) = until(&mut steering, AdaptiveMode::Adaptive, 3.0, 100).unwrap();
    assert!((40..=42).contains(&hop), "{hop}");
    // A proposal that keeps changing its mind is not followed.
    for _ in 0..50 {
        assert_eq!(until(&mut steering, AdaptiveMode::Adaptive, -3.0, 30), None);
        assert_eq!(until(&mut steering, AdaptiveMode::Adaptive, 3.0, 30), None);
    }
}

#[test]
fn silence_and_freezing_hold_everything() {
    let mut steering = Steering::default();
    for _ in 0..1_000 {
        assert_eq!(steering.hop(false, Some(&proposal(3.0)), &controls(AdaptiveMode::Adaptive)), None);
    }
    let frozen = AdaptiveControls { freeze: true, ..controls(AdaptiveMode::Adaptive) };
    for _ in 0..1_000 {
        assert_eq!(steering.hop(true, Some(&proposal(3.0)), &frozen), None);
    }
    assert!(until(&mut steering, AdaptiveMode::Adaptive, 3.0, 100).is_some());
    steering.hop(false, None, &controls(AdaptiveMode::Adaptive));
    let (hop, _) = until(&mut steering, AdaptiveMode::Adaptive, -3.0, 200).unwrap();
    assert!(hop >= 70, "3 s after silence and 4 s of patience: {hop}");
}

#[test]
fn what_was_taken_back_is_not_done_again() {
    let mut steering = Steering::default();
    until(&mut steering, AdaptiveMode::Adaptive, 3.0, 100).unwrap();
    steering.wish(Wish::Undo, Some(&proposal(3.0))).unwrap();
    assert_eq!(until(&mut steering, AdaptiveMode::Adaptive, 3.2, 2_000), None);
    assert!(until(&mut steering, AdaptiveMode::Adaptive, -2.0, 100).is_some(), "something new is");
}

#[test]
fn locked_and_pinned_moves_stay() {
    let mut steering = Steering::default();
    steering.set_locks(1 << 6);
    assert_eq!(until(&mut steering, AdaptiveMode::Adaptive, 3.0, 2_000), None);
    steering.set_locks(0);
    steering.wish(Wish::Pin { index: 6, value: 1.0 }, Some(&proposal(3.0)));
    assert_eq!(until(&mut steering, AdaptiveMode::Adaptive, 3.0, 2_000), None);
    assert_eq!(steering.committed().0[6], 1.0);
    steering.wish(Wish::Unpin { index: 6 }, None);
    assert!(until(&mut steering, AdaptiveMode::Adaptive, 3.0, 100).is_some());
}

#[test]
fn a_settled_pin_is_one_correction_from_where_it_began() {
    let mut steering = Steering::default();
    for value in [2.5, 2.0, 1.0] {
        steering.wish(Wish::Pin { index: 6, value }, Some(&proposal(3.0)));
        assert!(steering.settle(1.0).is_empty(), "still being moved");
    }
    let settled = steering.settle(1.1);
    assert_eq!(settled, [Correction { index: 6, wanted: 1.0, proposed: 3.0 }]);
    assert!(steering.settle(10.0).is_empty(), "once");
    assert!(steering.wish(Wish::Pin { index: 99, value: 1.0 }, None).is_none());
    assert!(steering.wish(Wish::Pin { index: 6, value: f32::NAN }, None).is_none());
}

#[test]
fn modules_are_followed_by_themselves() {
    let mut steering = Steering::default();
    let mut wanted = proposal(0.5);
    wanted.0[DRIVE] = 4.0;
    let heading = (0..100).find_map(|_| steering.hop(true, Some(&wanted), &controls(AdaptiveMode::Adaptive)));
    let moves = heading.unwrap().moves;
    assert_eq!((moves.0[DRIVE], moves.0[6]), (4.0, 0.0));
}

#[test]
fn history_is_bounded_and_survives_saving() {
    let mut steering = Steering::default();
    for n in 0..100 {
        steering.wish(Wish::Apply, Some(&proposal((n % 4) as f32)));
    }
    assert_eq!(steering.course().history.len(), HISTORY);
    let json = serde_json::to_string(steering.course()).unwrap();
    let course: Course = serde_json::from_str(&json).unwrap();
    assert_eq!(&course, steering.course());
    assert_eq!(Steering::resume(course).committed(), steering.committed());
}
