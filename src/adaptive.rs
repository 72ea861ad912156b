//! Adaptive mastering: a listener that proposes, moves within bounds, and learns from the user.
//!
//! The audio thread pushes what goes into and comes out of the chain into a ring ([`port`]). A worker ([`worker`]) hears it
//! tenth of a second by tenth ([`listener`]), paints a portrait ([`features`]), asks the rule ([`rule`]) and the model
//! ([`model`], [`onnx`]), adds what it has learned ([`taste`]) and decides when a proposal becomes a move ([`steering`]).
//! What it decides goes back as a handful of numbers under a sequence number; the engine travels there slowly.
//!
//! The moves lie in a layer of their own: what the user or automation sets is never rewritten.

use crate::bridge::latest::latest;
use crate::bridge::tap::tap;
use crate::bridge::targets::targets;
use crate::control::adaptive::Moves;
use crate::worker::Worker;

pub mod advice;
pub mod bands;
mod chain_gain;
pub mod conductor;
pub mod curve;
pub mod features;
pub mod listener;
pub mod model;
pub mod onnx;
pub mod port;
pub mod reference;
pub mod response;
pub mod rule;
mod saved;
pub mod steering;
pub mod survey;
pub mod taste;
pub mod worker;

pub use saved::Saved;

use port::{Port, TargetSender};
use steering::MoveTarget;
use worker::{AdaptivePicture, AdaptiveView, AdaptiveWorker, Desk, Listening};

/// Room for two thirds of a second at 48 kHz, six times the worker's period.
const TAP_FRAMES: usize = 1 << 15;

/// The listener of one instance.
pub struct Adaptive {
    /// The audio thread's half.
    pub port: Port,
    /// Ends the thread when dropped.
    pub worker: AdaptiveWorker,
    /// The editor's half.
    pub view: AdaptiveView,
    /// Puts a restored project in place, whatever the worker does.
    pub restorer: Restorer,
}

/// Tells the audio thread of a project that was restored. Main thread.
pub struct Restorer(TargetSender);

impl Restorer {
    /// Puts what was saved in place.
    pub fn restore(&mut self, saved: &Saved) {
        self.0.send(&worker::in_place(saved));
    }
}

/// A listener that serves this desk. Starts nothing yet; allocates.
pub fn adaptive(desk: Box<dyn Desk>) -> Adaptive {
    let (tap_writer, tap_reader) = tap(TAP_FRAMES);
    let (targets_writer, targets_reader) = targets();
    let (restored_writer, restored) = targets();
    let (present_writer, present) = latest(Moves::NEUTRAL);
    let (picture_writer, pictures) = latest(AdaptivePicture::default());
    let last = desk.now();
    let listening = Listening {
        tap: tap_reader,
        target_sender: TargetSender::new(targets_writer),
        present,
        pictures: picture_writer,
        desk,
        conductor: None,
        revision: 0,
        rate_hz: 0.0,
        planes: Default::default(),
        trouble: None,
        target: None,
        shown_revision: None,
        last,
    };
    let worker = Worker::new(listening);
    let link = worker.link().clone();
    Adaptive {
        port: Port {
            tap: tap_writer,
            targets: targets_reader,
            restored,
            present: present_writer,
            target: MoveTarget { moves: Moves::NEUTRAL, pace: Default::default() },
            is_frozen: false,
            is_listening: false,
        },
        worker: AdaptiveWorker(worker),
        view: AdaptiveView { pictures, link },
        restorer: Restorer(TargetSender::new(restored_writer)),
    }
}
