//! The thread: it serves its desk, and the audio thread never notices when it is slow, hangs or dies.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::*;
use crate::adaptive::steering::Wish;
use crate::adaptive::{Adaptive, adaptive};
use crate::bridge::tap::TapFormat;
use crate::control::adaptive::AdaptiveAmounts;
use crate::dsp::rng::uniform_at;

const BLOCK: usize = 480;

/// What a test does to the worker from outside.
#[derive(Default)]
struct Levers {
    hang: AtomicBool,
    die: AtomicBool,
    saved: Mutex<(Arc<Saved>, u64)>,
}

struct TestDesk(Arc<Levers>);

impl Desk for TestDesk {
    fn controls(&self) -> AdaptiveControls {
        while self.0.hang.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(1));
        }
        assert!(!self.0.die.load(Ordering::Relaxed), "the test kills the worker");
        AdaptiveControls { mode: AdaptiveMode::Adaptive, ..AdaptiveControls::default() }
    }

    fn saved(&self) -> (Arc<Saved>, u64) {
        self.0.saved.lock().unwrap().clone()
    }

    fn keep(&self, revision: u64, saved: Saved) {
        let mut kept = self.0.saved.lock().unwrap();
        if kept.1 == revision {
            kept.0 = Arc::new(saved);
        }
    }
}

/// A listener at 48 kHz with its thread running.
fn started() -> (Adaptive, Arc<Levers>) {
    let levers = Arc::new(Levers::default());
    let mut listener = adaptive(Box::new(TestDesk(levers.clone())));
    listener.port.activate(TapFormat { sample_rate_hz: 48_000.0, channels: 2 }, Moves::NEUTRAL, false);
    listener.worker.start();
    (listener, levers)
}

/// Plays white noise as fast as the worker takes it, as the audio thread does; returns the last of what the engine is told.
fn play(listener: &mut Adaptive, seconds: f64) -> Moves {
    let controls = AdaptiveControls { mode: AdaptiveMode::Adaptive, ..AdaptiveControls::default() };
    let mut moves = Moves::NEUTRAL;
    for block in 0..(100.0 * seconds) as u64 {
        let audio: [f32; BLOCK] =
            std::array::from_fn(|n| 0.1 * uniform_at(7, block * BLOCK as u64 + n as u64));
        let adaptation = listener.port.adaptation(&controls);
        assert_eq!(adaptation.amounts, AdaptiveAmounts::ALL);
        moves = adaptation.moves;
        if let Some(mut block) = listener.port.begin(BLOCK) {
            block.input(&audio, &audio);
            block.finish(&audio, &audio);
        }
        listener.port.report(moves);
        if block % 40 == 39 {
            thread::sleep(Duration::from_millis(105));
        }
    }
    moves
}

/// Waits until something is so, for at most ten seconds.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..1_000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("never: {what}");
}

#[test]
fn it_moves_keeps_and_shows() {
    let (mut listener, levers) = started();
    let moves = play(&mut listener, 25.0);
    assert!(moves.0[6..10].iter().sum::<f32>() < -1.0, "white noise is too bright: {moves:?}");
    until("kept", || levers.saved.lock().unwrap().0.course.committed == moves);
    let picture = listener.view.picture();
    assert!(picture.advice.is_some() && picture.heard_s > 15.0 && picture.dropped_frames == 0);
    assert!(picture.trouble.is_none() && picture.model.contains("built in"), "{picture:?}");
}

#[test]
fn wishes_are_carried_out_and_errors_told() {
    let (mut listener, levers) = started();
    play(&mut listener, 1.0);
    listener.view.ask(Ask::Steer(Wish::Pin { index: 5, value: 2.5 }));
    until("pinned", || levers.saved.lock().unwrap().0.course.pins[5] == Some(2.5));
    until("learned", || !levers.saved.lock().unwrap().0.taste.is_empty());
    assert_eq!(listener.view.picture().corrections.len(), 1);
    listener.view.ask(Ask::ForgetAll);
    until("forgotten", || levers.saved.lock().unwrap().0.taste.is_empty());
    listener.view.ask(Ask::ToggleLock(2));
    until("locked", || levers.saved.lock().unwrap().0.course.locks == 0b100);
    for (ask, words) in [
        (Ask::Model("/no/such.onnx".into()), "/no/such.onnx"),
        (Ask::Reference(vec!["/no/such.wav".into()]), "/no/such.wav"),
        (Ask::LoadTaste("/no/such.json".into()), "/no/such.json"),
    ] {
        listener.view.ask(ask);
        until(words, || listener.view.picture().trouble.as_ref().is_some_and(|told| told.contains(words)));
    }
    assert!(listener.view.picture().model.contains("built in"), "what was there still speaks");
}

#[test]
fn what_is_restored_goes_on() {
    let (mut listener, levers) = started();
    play(&mut listener, 1.0);
    let mut saved = Saved::default();
    saved.course.committed.0[4] = -1.5;
    *levers.saved.lock().unwrap() = (Arc::new(saved.clone()), 1);
    listener.restorer.restore(&saved);
    assert_eq!(play(&mut listener, 0.1).0[4], -1.5, "at once");
    until("shown", || listener.view.picture().committed.0[4] == -1.5);
}

#[test]
fn a_worker_that_hangs_is_seen_and_nothing_else_happens() {
    let (mut listener, levers) = started();
    play(&mut listener, 22.0);
    let held = play(&mut listener, 0.3);
    levers.hang.store(true, Ordering::Relaxed);
    thread::sleep(Duration::from_millis(100));
    let beats = listener.view.beats().expect("it lives");
    let before = held;
    let after = play(&mut listener, 3.0);
    assert_eq!(before, after, "the last good values hold");
    assert_eq!(listener.view.beats(), Some(beats), "it stands still");
    levers.hang.store(false, Ordering::Relaxed);
    until("back", || listener.view.beats().is_some_and(|now| now > beats));
    play(&mut listener, 0.5);
    until("what was missed is told", || listener.view.picture().dropped_frames > 0);
}

#[test]
fn a_worker_that_dies_is_told_and_nothing_else_happens() {
    let (mut listener, levers) = started();
    let told = Arc::new(AtomicBool::new(false));
    let tell = told.clone();
    listener.view.wake_with(move || tell.store(true, Ordering::Relaxed));
    let mut saved = Saved::default();
    saved.course.committed.0[7] = 2.0;
    listener.restorer.restore(&saved);
    assert_eq!(play(&mut listener, 0.1).0[7], 2.0);
    levers.die.store(true, Ordering::Relaxed);
    until("dead", || listener.view.beats().is_none());
    assert!(told.load(Ordering::Relaxed));
    assert_eq!(play(&mut listener, 2.0).0[7], 2.0, "the last good values hold");
    drop(listener);
}
