//! Threads that the instances in one process share, so that many of them together keep no more threads busy than there
//! are processors. They end with the last instance.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// How often a worker that waits for its turn looks whether it still wants it.
const LOOK: Duration = Duration::from_millis(10);

static SHARED: Mutex<Weak<Pools>> = Mutex::new(Weak::new());

/// Pools of threads; without any to be had, work is done where it is asked for.
pub struct Pools {
    quick: Option<ThreadPool>,
    thorough: Option<ThreadPool>,
    /// Held by the instance whose turn it is.
    turn: Mutex<()>,
}

impl Pools {
    /// Those that other instances use, or new ones.
    pub fn shared() -> Arc<Self> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let processors = thread::available_parallelism().map_or(1, usize::from);
            let pool = |threads: usize, name: &'static str| {
                ThreadPoolBuilder::new()
                    .num_threads(threads)
                    .thread_name(move |_| name.to_owned())
                    .build()
                    .ok()
            };
            let pools = Arc::new(Self {
                quick: pool(processors, "auracore quick"),
                // One processor stays for everything else.
                thorough: pool(processors.saturating_sub(1).max(1), "auracore levels"),
                turn: Mutex::new(()),
            });
            *shared = Arc::downgrade(&pools);
            pools
        })
    }

    /// Work of a moment.
    pub fn quick<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        within(self.quick.as_ref(), work)
    }

    /// Work of seconds or minutes, one instance at a time. `None` when `interrupt` was set while others had their turn.
    pub fn thorough<R: Send>(&self, interrupt: &AtomicBool, work: impl FnOnce() -> R + Send) -> Option<R> {
        while !interrupt.load(Ordering::Relaxed) {
            if let Ok(_turn) = self.turn.try_lock() {
                return Some(within(self.thorough.as_ref(), work));
            }
            if self.turn.is_poisoned() {
                self.turn.clear_poison();
            }
            thread::sleep(LOOK);
        }
        None
    }
}

fn within<R: Send>(pool: Option<&ThreadPool>, work: impl FnOnce() -> R + Send) -> R {
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_turn_at_a_time_and_waiting_can_be_given_up() {
        let pools = Pools::shared();
        assert!(Arc::ptr_eq(&pools, &Pools::shared()));
        let interrupt = AtomicBool::new(false);
        let answer = pools.thorough(&interrupt, || {
            // While this has its turn, another one waits until it no longer wants to.
            let other = AtomicBool::new(false);
            thread::scope(|scope| {
                let waiting = scope.spawn(|| Pools::shared().thorough(&other, || ()));
                thread::sleep(2 * LOOK);
                let still_waits = !waiting.is_finished();
                other.store(true, Ordering::Relaxed);
                (still_waits, waiting.join().unwrap())
            })
        });
        assert_eq!(answer, Some((true, None)));
        assert_eq!(pools.thorough(&interrupt, || 7), Some(7));
        assert_eq!(pools.quick(|| 8), 8);
    }
}
