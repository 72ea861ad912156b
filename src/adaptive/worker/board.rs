//! The board between the worker and the rest of the program: wishes one way, signs of life the other.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use crate::adaptive::steering::Wish;

/// What the editor and others may ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Something about the moves.
    Steer(Wish),
    /// Locks a move against everything automatic, or unlocks it.
    ToggleLock(usize),
    /// Aim for the mean of these files.
    Reference(Vec<PathBuf>),
    /// Aim for the character again.
    NoReference,
    /// Ask this model instead of the one that comes with the program, until the instance ends.
    Model(PathBuf),
    /// Ask the model that comes with the program.
    OwnModel,
    /// Unlearn the correction at this place of the list, and only if it still reads like this.
    Forget(usize, String),
    /// Unlearn all corrections.
    ForgetAll,
    /// Replace what has been learned by what a file holds.
    LoadTaste(PathBuf),
    /// Write what has been learned to a file.
    SaveTaste(PathBuf),
}

/// Asks the worker, from any thread but the audio thread.
#[derive(Clone)]
pub struct Asker(Arc<Board>);

impl Asker {
    pub(super) fn new(board: Arc<Board>) -> Self {
        Self(board)
    }

    /// Asks the worker for something.
    pub fn ask(&self, ask: Ask) {
        self.0.ask(ask);
    }
}

/// Beats of a worker that died.
const DEAD: u64 = u64::MAX;

/// Where wishes are left for the worker. Never touched by the audio thread.
#[derive(Default)]
pub struct Board {
    inner: Mutex<Inner>,
    changed: Condvar,
    beats: AtomicU64,
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

#[derive(Default)]
struct Inner {
    asks: Vec<Ask>,
    stop: bool,
}

impl Board {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Plain values, whole after every statement.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a wish.
    pub fn ask(&self, ask: Ask) {
        self.lock().asks.push(ask);
        self.changed.notify_all();
    }

    /// Sets what is called when there is something new to show. A second editor for the same plugin does not exist.
    pub fn wake_with(&self, wake: impl Fn() + Send + Sync + 'static) {
        let _ = self.wake.set(Box::new(wake));
    }

    /// Tells whoever shows the listener that there is something new.
    pub fn wake(&self) {
        if let Some(wake) = self.wake.get() {
            wake();
        }
    }

    /// Looks at the ring since the start; `None` for a worker that died.
    pub fn beats(&self) -> Option<u64> {
        let beats = self.beats.load(Ordering::Relaxed);
        (beats != DEAD).then_some(beats)
    }

    /// The worker has looked at the ring once more.
    pub fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }

    /// The worker is gone.
    pub fn die(&self) {
        self.beats.store(DEAD, Ordering::Relaxed);
        self.wake();
    }

    /// Asks the worker to end.
    pub fn stop(&self) {
        self.lock().stop = true;
        self.changed.notify_all();
    }

    /// What was asked for, after at most `patience`; `None` is the end.
    pub fn next(&self, patience: Duration) -> Option<Vec<Ask>> {
        let mut inner = self.lock();
        if inner.asks.is_empty() && !inner.stop {
            inner = self.changed.wait_timeout(inner, patience).unwrap_or_else(PoisonError::into_inner).0;
        }
        (!inner.stop).then(|| std::mem::take(&mut inner.asks))
    }
}
