//! The thread: it serves its desk, and the audio thread never notices when it is slow, hangs or dies.
//!
//! Nothing here sleeps: turns are asked for and waited for, and the desk's clock goes on as the test says.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex};

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
    hang: Mutex<Hang>,
    hang_changed: Condvar,
    die: AtomicBool,
    saved: Mutex<(Arc<Saved>, u64)>,
    clock_ms: AtomicU64,
}

/// Whether the worker is to stand still, and whether it does.
#[derive(Default)]
struct Hang {
    is_wanted: bool,
    is_there: bool,
}

impl Levers {
    /// Returns once the worker stands still.
    fn hang(&self) {
        let mut hang = self.hang.lock().unwrap();
        hang.is_wanted = true;
        while !hang.is_there {
            hang = self.hang_changed.wait(hang).unwrap();
        }
    }

    fn let_go(&self) {
        *self.hang.lock().unwrap() = Hang::default();
        self.hang_changed.notify_all();
    }
}

struct TestDesk(Arc<Levers>);

impl Desk for TestDesk {
    fn controls(&self) -> AdaptiveControls {
        let mut hang = self.0.hang.lock().unwrap();
        while hang.is_wanted {
            hang.is_there = true;
            self.0.hang_changed.notify_all();
            hang = self.0.hang_changed.wait(hang).unwrap();
        }
        drop(hang);
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

    fn now(&self) -> Duration {
        Duration::from_millis(self.0.clock_ms.load(Ordering::Relaxed))
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

/// Lets the worker have a turn, unless it hangs or is dead.
fn turn(listener: &Adaptive) {
    listener.view.link.ask(|_| ());
    listener.view.link.wait();
}

/// Plays white noise with a turn of the worker for each 0.4 s; returns the last of what the engine is told.
fn play(listener: &mut Adaptive, seconds: f64) -> Moves {
    play_with(listener, seconds, turn)
}

/// The same, with something else than a turn.
fn play_with(listener: &mut Adaptive, seconds: f64, mut meanwhile: impl FnMut(&Adaptive)) -> Moves {
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
            meanwhile(listener);
        }
    }
    moves
}

/// Lets the worker have turns, each a second later, until something is so.
fn until(listener: &mut Adaptive, levers: &Levers, what: &str, mut is_so: impl FnMut(&mut Adaptive) -> bool) {
    for _ in 0..100 {
        turn(listener);
        if is_so(listener) {
            return;
        }
        levers.clock_ms.fetch_add(1_000, Ordering::Relaxed);
    }
    panic!("never: {what}");
}

#[test]
fn it_moves_keeps_and_shows() {
    let (mut listener, levers) = started();
    let moves = play(&mut listener, 25.0);
    assert!(moves.0[6..10].iter().sum::<f32>() < -1.0, "white noise is too bright: {moves:?}");
    until(&mut listener, &levers, "kept", |_| levers.saved.lock().unwrap().0.course.committed == moves);
    let picture = listener.view.picture();
    assert!(picture.advice.is_some() && picture.heard_s > 15.0 && picture.dropped_frames == 0);
    assert!(picture.trouble.is_none() && picture.model.contains("built in"), "{picture:?}");
}

#[test]
fn wishes_are_carried_out_and_errors_told() {
    let (mut listener, levers) = started();
    play(&mut listener, 1.0);
    listener.view.ask(Ask::Steer(Wish::Pin { index: 5, value: 2.5 }));
    until(&mut listener, &levers, "pinned", |_| levers.saved.lock().unwrap().0.course.pins[5] == Some(2.5));
    until(&mut listener, &levers, "learned", |_| !levers.saved.lock().unwrap().0.taste.is_empty());
    assert_eq!(listener.view.picture().corrections.len(), 1);
    listener.view.ask(Ask::ForgetAll);
    until(&mut listener, &levers, "forgotten", |_| levers.saved.lock().unwrap().0.taste.is_empty());
    listener.view.ask(Ask::ToggleLock(2));
    until(&mut listener, &levers, "locked", |_| levers.saved.lock().unwrap().0.course.locks == 0b100);
    for (ask, words) in [
        (Ask::Model("/no/such.onnx".into()), "/no/such.onnx"),
        (Ask::Reference(vec!["/no/such.wav".into()]), "/no/such.wav"),
        (Ask::LoadTaste("/no/such.json".into()), "/no/such.json"),
    ] {
        listener.view.ask(ask);
        until(&mut listener, &levers, words, |listener| {
            listener.view.picture().trouble.as_ref().is_some_and(|told| told.contains(words))
        });
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
    until(&mut listener, &levers, "shown", |listener| listener.view.picture().committed.0[4] == -1.5);
}

#[test]
fn a_worker_that_hangs_is_seen_and_nothing_else_happens() {
    let (mut listener, levers) = started();
    play(&mut listener, 22.0);
    let held = play(&mut listener, 0.3);
    levers.hang();
    let beats = listener.view.beats().expect("it lives");
    let before = held;
    let after = play_with(&mut listener, 3.0, |_| ());
    assert_eq!(before, after, "the last good values hold");
    assert_eq!(listener.view.beats(), Some(beats), "it stands still");
    levers.let_go();
    until(&mut listener, &levers, "back", |listener| listener.view.beats().is_some_and(|now| now > beats));
    play(&mut listener, 0.5);
    until(&mut listener, &levers, "what was missed is told", |listener| {
        listener.view.picture().dropped_frames > 0
    });
}

#[test]
fn a_worker_that_dies_is_told_and_nothing_else_happens() {
    let (mut listener, levers) = started();
    let (tell, told) = channel();
    listener.view.wake_with(move || _ = tell.send(()));
    let mut saved = Saved::default();
    saved.course.committed.0[7] = 2.0;
    listener.restorer.restore(&saved);
    assert_eq!(play(&mut listener, 0.1).0[7], 2.0);
    levers.die.store(true, Ordering::Relaxed);
    listener.view.link.ask(|_| ());
    // Pictures may come before; the last word is that it has died.
    while listener.view.beats().is_some() {
        told.recv().expect("it tells");
    }
    assert_eq!(play(&mut listener, 2.0).0[7], 2.0, "the last good values hold");
    drop(listener);
}
