//! Where the plugin, the editor and the state leave their wishes for the track worker, and wait for it.
//!
//! Wishes overwrite each other: only the newest file, rate and track count. Never locked by the audio thread while it
//! works in real time.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::worker::Working;

/// A track to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Open {
    /// A file that the user chose.
    File(PathBuf),
    /// One of those that come with the program, by its place in the list.
    Factory(usize),
    /// One that is being edited. Plays on from where the last one was.
    Document(Edited),
    /// None.
    Nothing,
}

/// The state of a track that is being edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// Display name.
    pub name: String,
    /// The track file's text.
    pub text: Arc<str>,
    /// Where the file is, for the recordings beside it.
    pub origin: Option<PathBuf>,
    /// A number of the editor's own, which comes back in the picture as long as this is the track that plays.
    pub tag: u64,
}

/// What is wanted at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Wishes {
    /// Sample rate, from the first activation on.
    pub rate_hz: Option<f64>,
    /// A track to open first.
    pub open: Option<Open>,
    /// Where to save the track after that.
    pub save: Option<PathBuf>,
    /// Whether the player is to begin with a clean memory.
    pub afresh: bool,
}

/// See the module.
pub struct Board {
    inner: Mutex<Inner>,
    changed: Condvar,
    busy: AtomicBool,
    interrupt: AtomicBool,
    has_track: AtomicBool,
    position: AtomicU64,
    measured: AtomicU32,
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

struct Inner {
    wishes: Wishes,
    asked: u64,
    done: u64,
    stop: bool,
    /// What the thread will own; `None` once it runs.
    waiting: Option<Working>,
    thread: Option<JoinHandle<()>>,
}

impl Board {
    /// For a worker that does not run yet.
    pub fn new(worker: Working) -> Self {
        let inner = Inner {
            wishes: Wishes::default(),
            asked: 0,
            done: 0,
            stop: false,
            waiting: Some(worker),
            thread: None,
        };
        Self {
            inner: Mutex::new(inner),
            changed: Condvar::new(),
            busy: AtomicBool::new(false),
            interrupt: AtomicBool::new(false),
            has_track: AtomicBool::new(false),
            position: AtomicU64::new(0),
            measured: AtomicU32::new(0),
            wake: OnceLock::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Plain values, whole after every statement.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a track.
    pub fn open(self: &Arc<Self>, what: Open) {
        self.ask(|wishes| wishes.open = Some(what));
    }

    /// Saves the track, as it is once everything asked for before is done.
    pub fn save(self: &Arc<Self>, path: PathBuf) {
        self.ask(|wishes| wishes.save = Some(path));
    }

    /// The track in the state is another one now.
    pub fn replaced(self: &Arc<Self>) {
        self.ask(|_| ());
    }

    /// Prepares for a sample rate; `afresh` also where it is the present one.
    pub fn prepare(self: &Arc<Self>, rate_hz: f64, afresh: bool) {
        if !afresh && self.lock().wishes.rate_hz == Some(rate_hz) {
            return; // hosts activate often, and what is being measured need not start over
        }
        self.ask(|wishes| {
            wishes.rate_hz = Some(rate_hz);
            wishes.afresh |= afresh;
        });
    }

    /// Notes a wish and wakes the worker. Without a track there is no thread, and without threads to be had no track.
    fn ask(self: &Arc<Self>, wish: impl FnOnce(&mut Wishes)) {
        let mut inner = self.lock();
        wish(&mut inner.wishes);
        let needed = inner.waiting.as_ref().is_some_and(|worker| {
            inner.wishes.open.is_some() || inner.wishes.save.is_some() || worker.has_work()
        });
        if needed && let Some(worker) = inner.waiting.take() {
            let board = self.clone();
            let run = move || worker.run(&board);
            inner.thread = thread::Builder::new().name("auracore track".to_owned()).spawn(run).ok();
        }
        if inner.thread.is_some() {
            inner.asked += 1;
            self.busy.store(true, Ordering::Release);
            self.interrupt.store(true, Ordering::Relaxed);
            self.changed.notify_all();
        }
    }

    /// For the worker: the newest wishes, once there are new ones or `patience` is over. `None` is the end.
    pub fn next(&self, patience: Option<Duration>) -> Option<(u64, Wishes)> {
        let mut inner = self.lock();
        let mut waited = false;
        while !inner.stop && inner.asked == inner.done && !waited {
            inner = match patience {
                Some(patience) => {
                    waited = true;
                    self.changed.wait_timeout(inner, patience).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner),
            };
        }
        self.interrupt.store(inner.stop, Ordering::Relaxed);
        let wishes = inner.wishes.clone();
        inner.wishes.open = None;
        inner.wishes.save = None;
        inner.wishes.afresh = false;
        (!inner.stop).then_some((inner.asked, wishes))
    }

    /// For the worker: everything asked for up to here is done.
    pub fn done(&self, asked: u64) {
        let mut inner = self.lock();
        inner.done = asked;
        self.busy.store(inner.done != inner.asked, Ordering::Release);
        self.changed.notify_all();
    }

    /// Whether anything that was asked for is not done.
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire)
    }

    /// Blocks until everything is done.
    pub fn wait(&self) {
        let mut inner = self.lock();
        while inner.asked != inner.done && !inner.stop {
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the worker and waits for it.
    pub fn end(&self) {
        let thread = {
            let mut inner = self.lock();
            inner.stop = true;
            inner.waiting = None;
            self.interrupt.store(true, Ordering::Relaxed);
            self.changed.notify_all();
            inner.thread.take()
        };
        if let Some(thread) = thread {
            // A worker that panicked has nothing left to say.
            let _ = thread.join();
        }
    }

    /// For the worker, however it ends: nobody waits for it any longer.
    pub fn ended(&self) {
        self.lock().stop = true;
        self.busy.store(false, Ordering::Release);
        self.changed.notify_all();
    }

    /// Set while newer wishes are there than those being worked on.
    pub fn interrupt(&self) -> &AtomicBool {
        &self.interrupt
    }

    /// Whether the player has been given a track.
    pub fn has_track(&self) -> bool {
        self.has_track.load(Ordering::Relaxed)
    }

    /// For the worker.
    pub fn set_has_track(&self, has_track: bool) {
        self.has_track.store(has_track, Ordering::Relaxed);
    }

    /// Frame of the track that is heard, as far as known.
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Relaxed)
    }

    /// For the audio thread.
    pub fn set_position(&self, frame: u64) {
        self.position.store(frame, Ordering::Relaxed);
    }

    /// Share of the track whose levels are measured.
    pub fn measured(&self) -> f32 {
        self.measured.load(Ordering::Relaxed) as f32 / 100.0
    }

    /// For the worker and its helpers; wakes the editor now and then.
    pub fn set_measured(&self, share: f64) {
        let hundredths = (share * 100.0) as u32;
        if self.measured.swap(hundredths, Ordering::Relaxed) != hundredths {
            self.wake();
        }
    }

    /// Sets what wakes the editor.
    pub fn wake_with(&self, wake: impl Fn() + Send + Sync + 'static) {
        // A second editor for the same plugin does not exist.
        let _ = self.wake.set(Box::new(wake));
    }

    /// Wakes the editor.
    pub fn wake(&self) {
        if let Some(wake) = self.wake.get() {
            wake();
        }
    }
}
