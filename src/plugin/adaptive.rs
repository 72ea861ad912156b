//! The listener's view of a plugin instance: its parameters and its state.

use std::sync::{Arc, Mutex, PoisonError};

use crate::adaptive::port::Port;
use crate::adaptive::worker::{AdaptiveView, AdaptiveWorker, Desk};
use crate::adaptive::{Adaptive, Saved, adaptive};
use crate::control::adaptive::AdaptiveControls;
use crate::params::AuraParams;

/// The parameters, as the worker sees them.
struct Parameters(Arc<AuraParams>);

impl Desk for Parameters {
    fn controls(&self) -> AdaptiveControls {
        self.0.adaptive_controls()
    }

    fn saved(&self) -> (Arc<Saved>, u64) {
        self.0.course.read()
    }

    fn keep(&self, revision: u64, saved: Saved) {
        self.0.course.complete(revision, saved);
    }
}

/// The listener of an instance: audio half, owner, editor's half. Whatever the host restores is put in place at once.
pub fn listener(params: &Arc<AuraParams>) -> (Port, AdaptiveWorker, AdaptiveView) {
    let Adaptive { port, worker, view, restorer } = adaptive(Box::new(Parameters(params.clone())));
    let restorer = Mutex::new(restorer);
    let restored = Arc::downgrade(params);
    params.course.on_replace(move || {
        if let Some(params) = restored.upgrade() {
            let mut restorer = restorer.lock().unwrap_or_else(PoisonError::into_inner);
            restorer.restore(&params.course.read().0);
        }
    });
    (port, worker, view)
}
