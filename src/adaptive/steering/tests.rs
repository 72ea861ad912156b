//! When the steering moves and when it holds.

use super::*;
use crate::control::adaptive::DRIVE;

fn controls(mode: AdaptiveMode) -> AdaptiveControls {
    AdaptiveControls { mode, ..AdaptiveControls::default() }
}

fn moves(db: f32) -> Moves {
    let mut moves = Moves::NEUTRAL;
    moves.0[6] = db;
    moves
}

fn proposal(db: f32) -> Proposal {
    Proposal { moves: moves(db), weight: 1.0 }
}

/// Hops with one proposal until a target comes, at most this many; returns the hops and the target.
fn until(steering: &mut Steering, mode: AdaptiveMode, db: f32, most: usize) -> Option<(usize, MoveTarget)> {
    (1..=most)
        .find_map(|hop| steering.hop(true, Some(&proposal(db)), &controls(mode)).map(|target| (hop, target)))
}

#[test]
fn suggesting_moves_only_when_told() {
    let mut steering = Steering::default();
    assert_eq!(until(&mut steering, AdaptiveMode::Suggest, 3.0, 2_000), None);
    let target = steering.wish(Wish::Apply, Some(&proposal(3.0))).unwrap();
    assert_eq!(target, MoveTarget { moves: moves(3.0), pace: Pace::ByHand });
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
    let (hop, target) = until(&mut steering, AdaptiveMode::Learn, 3.0, 400).unwrap();
    assert!((329..=331).contains(&hop), "30 s and 3 s after silence: {hop}");
    assert_eq!(target.pace, Pace::Automatic);
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
    steering.toggle_lock(6);
    assert_eq!(until(&mut steering, AdaptiveMode::Adaptive, 3.0, 2_000), None);
    steering.toggle_lock(6);
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
    wanted.moves.0[DRIVE] = 4.0;
    let target = (0..100).find_map(|_| steering.hop(true, Some(&wanted), &controls(AdaptiveMode::Adaptive)));
    let moves = target.unwrap().moves;
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

#[test]
fn little_heard_moves_from_where_things_are_and_not_from_nothing() {
    let held = Course { committed: moves(3.0), ..Course::default() };
    let mut steering = Steering::resume(held);
    for hop in 0..200 {
        let weight = (hop as f32 / 120.0).min(1.0);
        let proposal = Proposal { moves: moves(3.0), weight };
        assert_eq!(steering.hop(true, Some(&proposal), &controls(AdaptiveMode::Adaptive)), None, "{hop}");
    }
    let nothing_yet = Proposal { moves: moves(-3.0), weight: 0.0 };
    steering.wish(Wish::Apply, Some(&nothing_yet));
    assert_eq!(steering.committed().0[6], 3.0);
}

#[test]
fn a_gesture_is_one_step_and_taking_it_back_teaches_nothing() {
    let mut steering = Steering::default();
    steering.wish(Wish::Apply, Some(&proposal(1.0)));
    for step in 1..200 {
        let value = 1.0 + 0.01 * step as f32;
        steering.wish(Wish::Pin { index: 6, value }, Some(&proposal(1.0)));
    }
    assert_eq!(steering.course().history.len(), 2, "what was there before the gesture, and before that");
    steering.wish(Wish::Undo, Some(&proposal(1.0)));
    assert_eq!((steering.committed().0[6], steering.course().pins[6]), (1.0, None));
    assert!(steering.settle(10.0).is_empty());
    steering.wish(Wish::Undo, Some(&proposal(1.0)));
    assert_eq!(steering.committed(), Moves::NEUTRAL);
}

#[test]
fn a_compressor_that_does_nothing_is_no_reason_to_move() {
    let mut idle = moves(0.0);
    idle.0[THRESHOLD] = -20.0;
    idle.0[RELEASE] = 300.0;
    let mut steering = Steering::default();
    for _ in 0..200 {
        let proposal = Proposal { moves: idle, weight: 1.0 };
        assert_eq!(steering.hop(true, Some(&proposal), &controls(AdaptiveMode::Adaptive)), None);
    }
}

#[test]
fn only_what_was_taken_back_is_not_proposed_again() {
    let mut steering = Steering::default();
    until(&mut steering, AdaptiveMode::Adaptive, 3.0, 100).unwrap();
    let mut both = moves(3.0);
    both.0[DRIVE] = 5.0;
    let both = Proposal { moves: both, weight: 1.0 };
    steering.wish(Wish::Undo, Some(&both));
    let target = (0..100)
        .find_map(|_| steering.hop(true, Some(&both), &controls(AdaptiveMode::Adaptive)))
        .expect("drive was never taken back");
    assert_eq!((target.moves.0[DRIVE], target.moves.0[6]), (5.0, 0.0));
}
