//! A background thread that works for one plugin instance, and how the rest of the program talks to it.
//!
//! Commands go in through an inbox that the job defines, so that it decides what overwrites what; signs of life come
//! back. A thread starts when it is first needed, runs below the audio thread's priority, and is stopped and joined when
//! its owner is dropped. A panic ends the work and is told; it harms nobody else. Never touched by the audio thread while
//! it works in real time.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use thread_priority::{ThreadPriority, set_current_thread_priority};

/// What a thread does, and what it owns meanwhile.
pub trait Job: Send + 'static {
    /// What waits to be done. Empty by default.
    type Inbox: Default + Send + 'static;

    /// Does what is asked for. Returns when to be called again unless something comes in before; `None` waits for that.
    fn turn(&mut self, inbox: Self::Inbox, link: &Link<Self>) -> Option<Duration>
    where
        Self: Sized;
}

/// What both sides share.
pub struct Link<J: Job> {
    inner: Mutex<Inner<J>>,
    changed: Condvar,
    signs: Signs,
}

/// What can be told without a lock.
#[derive(Default)]
struct Signs {
    is_busy: AtomicBool,
    is_overtaken: AtomicBool,
    turns: AtomicU64,
    progress: AtomicU32,
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

struct Inner<J: Job> {
    inbox: J::Inbox,
    asked: u64,
    done: u64,
    stop: bool,
    /// What the thread will own; `None` once it runs.
    waiting: Option<J>,
    thread: Option<JoinHandle<()>>,
}

/// Of 100, where 50 is ordinary: on Linux a niceness of 8.
const PRIORITY: u8 = 30;

/// Turns of a worker that has died.
const DEAD: u64 = u64::MAX;

/// The owner: stops the thread and waits for it when dropped.
pub struct Worker<J: Job>(Arc<Link<J>>);

impl<J: Job> Worker<J> {
    /// A worker that does not run yet.
    pub fn new(job: J) -> Self {
        let inner = Inner {
            inbox: J::Inbox::default(),
            asked: 0,
            done: 0,
            stop: false,
            waiting: Some(job),
            thread: None,
        };
        let (inner, changed, signs) = (Mutex::new(inner), Condvar::new(), Signs::default());
        Self(Arc::new(Link { inner, changed, signs }))
    }

    /// What the others talk to.
    pub fn link(&self) -> &Arc<Link<J>> {
        &self.0
    }
}

impl<J: Job> Drop for Worker<J> {
    fn drop(&mut self) {
        let thread = {
            let mut inner = self.0.lock();
            inner.stop = true;
            inner.waiting = None;
            self.0.signs.is_overtaken.store(true, Ordering::Relaxed);
            self.0.changed.notify_all();
            inner.thread.take()
        };
        if let Some(thread) = thread {
            // A worker that panicked has nothing left to say.
            let _ = thread.join();
        }
    }
}

impl<J: Job> Link<J> {
    fn lock(&self) -> MutexGuard<'_, Inner<J>> {
        // Whole after every statement, whoever panicked.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts the thread unless it runs. Without threads to be had nothing is done, and nobody waits for it.
    pub fn start(self: &Arc<Self>, name: &str) {
        drop(self.start_if(name, |_, _| true));
    }

    /// Starts the thread unless it runs or there is nothing for it to do.
    fn start_if(
        self: &Arc<Self>,
        name: &str,
        needed: impl FnOnce(&J, &J::Inbox) -> bool,
    ) -> MutexGuard<'_, Inner<J>> {
        let mut inner = self.lock();
        let Inner { inbox, waiting, .. } = &mut *inner;
        if waiting.as_ref().is_some_and(|job| needed(job, inbox))
            && let Some(job) = waiting.take()
        {
            let link = self.clone();
            let run = move || run(job, &link);
            inner.thread = thread::Builder::new().name(name.to_owned()).spawn(run).ok();
        }
        inner
    }

    /// Leaves something in the inbox and interrupts what is under way.
    pub fn ask(&self, change: impl FnOnce(&mut J::Inbox)) {
        let mut inner = self.lock();
        change(&mut inner.inbox);
        self.asked(inner);
    }

    /// The same, and starts the thread if it does not run and is needed for what is in the inbox then.
    pub fn ask_and_start(
        self: &Arc<Self>,
        name: &str,
        change: impl FnOnce(&mut J::Inbox),
        needed: impl FnOnce(&J, &J::Inbox) -> bool,
    ) {
        change(&mut self.lock().inbox);
        let inner = self.start_if(name, needed);
        self.asked(inner);
    }

    fn asked(&self, mut inner: MutexGuard<'_, Inner<J>>) {
        if inner.thread.is_some() && !inner.stop {
            inner.asked += 1;
            self.signs.is_busy.store(true, Ordering::Release);
            self.signs.is_overtaken.store(true, Ordering::Relaxed);
            self.changed.notify_all();
        }
    }

    /// Whether anything that was asked for is not done. Any thread, without a lock.
    pub fn is_busy(&self) -> bool {
        self.signs.is_busy.load(Ordering::Acquire)
    }

    /// Blocks until everything that was asked for is done, or never will be.
    pub fn wait(&self) {
        let mut inner = self.lock();
        while inner.asked != inner.done && !inner.stop {
            inner = self.changed.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Set while something newer waits than what is worked on, or an end: long work gives up then.
    pub fn is_overtaken(&self) -> &AtomicBool {
        &self.signs.is_overtaken
    }

    /// Turns of the thread since the start; `None` for one that has died. A number that stands still for seconds where it
    /// should move means that the work hangs.
    pub fn turns(&self) -> Option<u64> {
        let turns = self.signs.turns.load(Ordering::Relaxed);
        (turns != DEAD).then_some(turns)
    }

    /// Share of what is worked on that is done, 0 to 1 in hundredths.
    pub fn progress(&self) -> f32 {
        self.signs.progress.load(Ordering::Relaxed) as f32 / 100.0
    }

    /// For the worker and its helpers: tells progress, and wakes whoever looks where it shows.
    pub fn set_progress(&self, share: f64) {
        let hundredths = (share * 100.0) as u32;
        if self.signs.progress.swap(hundredths, Ordering::Relaxed) != hundredths {
            self.wake();
        }
    }

    /// Sets what is called, by the worker's thread, when there is something new to show. The first call counts: a second
    /// window for the same instance does not exist.
    pub fn wake_with(&self, wake: impl Fn() + Send + Sync + 'static) {
        let _ = self.signs.wake.set(Box::new(wake));
    }

    /// For the worker: there is something new to show.
    pub fn wake(&self) {
        if let Some(wake) = self.signs.wake.get() {
            wake();
        }
    }

    /// What waits, once something does or `patience` is over, and the number of what was asked for. `None` is the end.
    fn next(&self, patience: Option<Duration>) -> Option<(u64, J::Inbox)> {
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
        self.signs.is_overtaken.store(inner.stop, Ordering::Relaxed);
        (!inner.stop).then(|| (inner.asked, std::mem::take(&mut inner.inbox)))
    }

    fn done(&self, asked: u64) {
        let mut inner = self.lock();
        inner.done = asked;
        self.signs.is_busy.store(inner.done != inner.asked, Ordering::Release);
        self.signs.turns.fetch_add(1, Ordering::Relaxed);
        self.changed.notify_all();
    }

    /// However it ends: nobody waits for it any longer.
    fn ended(&self, has_died: bool) {
        self.lock().stop = true;
        self.signs.is_busy.store(false, Ordering::Release);
        self.changed.notify_all();
        if has_died {
            self.signs.turns.store(DEAD, Ordering::Relaxed);
            self.wake();
        }
    }
}

fn run<J: Job>(mut job: J, link: &Link<J>) {
    // Below the audio thread even where a host runs that at ordinary priority; where it cannot be had nothing is lost.
    _ = ThreadPriority::try_from(PRIORITY).map(set_current_thread_priority);
    let work = || {
        let mut patience = Some(Duration::ZERO);
        while let Some((asked, inbox)) = link.next(patience) {
            patience = job.turn(inbox, link);
            link.done(asked);
        }
    };
    // What a panic leaves half done goes with the thread.
    let has_died = catch_unwind(AssertUnwindSafe(work)).is_err();
    link.ended(has_died);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Sender, channel};

    /// Hands on every command; 0 panics, 1 waits until it is overtaken.
    struct Parrot(Sender<Vec<u32>>);

    impl Job for Parrot {
        type Inbox = Vec<u32>;

        fn turn(&mut self, inbox: Vec<u32>, link: &Link<Self>) -> Option<Duration> {
            assert!(!inbox.contains(&0), "as it was told");
            if inbox.contains(&1) {
                link.set_progress(0.5);
                while !link.is_overtaken().load(Ordering::Relaxed) {
                    thread::yield_now();
                }
            }
            // Nobody listens at the end.
            let _ = self.0.send(inbox);
            None
        }
    }

    #[test]
    fn starts_when_needed_and_ends_with_its_owner() {
        let (sender, heard) = channel();
        let worker = Worker::new(Parrot(sender));
        worker.link().ask(|inbox| inbox.push(7));
        assert!(!worker.link().is_busy(), "nobody works yet");
        worker.link().ask_and_start("test", |inbox| inbox.push(8), |_, inbox| inbox.len() == 2);
        worker.link().wait();
        assert_eq!(heard.iter().find(|inbox| !inbox.is_empty()), Some(vec![7, 8]));
        assert!(!worker.link().is_busy() && worker.link().turns() > Some(0));
        let link = worker.link().clone();
        drop(worker);
        assert!(heard.iter().next().is_none(), "the thread is gone, and its sender with it");
        link.ask(|inbox| inbox.push(9));
        link.wait();
        assert!(!link.is_busy());
    }

    #[test]
    fn newer_commands_overtake_long_work() {
        let (sender, heard) = channel();
        let worker = Worker::new(Parrot(sender));
        worker.link().start("test");
        worker.link().ask(|inbox| inbox.push(1));
        while worker.link().progress() < 0.5 {
            thread::yield_now();
        }
        worker.link().ask(|inbox| inbox.push(2));
        worker.link().wait();
        let heard: Vec<_> = heard.try_iter().filter(|inbox| !inbox.is_empty()).collect();
        assert_eq!(heard, [[1], [2]]);
    }

    #[test]
    fn a_panic_is_told_and_nobody_waits_for_ever() {
        let (sender, _heard) = channel();
        let (woken, wakes) = channel();
        let worker = Worker::new(Parrot(sender));
        worker.link().wake_with(move || _ = woken.send(()));
        worker.link().ask_and_start("test", |inbox| inbox.push(0), |_, _| true);
        worker.link().wait();
        wakes.recv().unwrap();
        assert_eq!(worker.link().turns(), None);
        assert!(!worker.link().is_busy());
    }
}
