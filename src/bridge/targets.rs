//! Targets: whole sets of numbers from a worker to the audio thread.
//!
//! Plain atomics under a sequence number that is odd while a set is being written. The reader tries once: a set that is
//! not whole is left for the next time, so neither side ever waits, and what is torn is never seen.

use std::array;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering, fence};

use atomic_float::AtomicF32;

/// A set of numbers and the flags that belong to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Targets<const N: usize> {
    /// The numbers.
    pub values: [f32; N],
    /// What else there is to say about them.
    pub flags: u32,
}

/// A pair that starts without news. Allocates.
pub fn targets<const N: usize>() -> (TargetWriter<N>, TargetReader<N>) {
    let shared = Arc::new(Shared {
        sequence: AtomicU32::new(0),
        values: array::from_fn(|_| AtomicF32::new(0.0)),
        flags: AtomicU32::new(0),
    });
    (TargetWriter { shared: shared.clone() }, TargetReader { shared, seen: 0 })
}

struct Shared<const N: usize> {
    sequence: AtomicU32,
    values: [AtomicF32; N],
    flags: AtomicU32,
}

/// The half that publishes; any one thread.
pub struct TargetWriter<const N: usize> {
    shared: Arc<Shared<N>>,
}

impl<const N: usize> TargetWriter<N> {
    /// Publishes a set in place of the last one.
    pub fn publish(&mut self, targets: &Targets<N>) {
        let shared = &*self.shared;
        // Nobody else writes it.
        let sequence = shared.sequence.load(Ordering::Relaxed);
        shared.sequence.store(sequence.wrapping_add(1), Ordering::Relaxed);
        // Whoever sees any of the new numbers will also see that the sequence has moved.
        fence(Ordering::Release);
        for (shared, value) in shared.values.iter().zip(targets.values) {
            shared.store(value, Ordering::Relaxed);
        }
        shared.flags.store(targets.flags, Ordering::Relaxed);
        shared.sequence.store(sequence.wrapping_add(2), Ordering::Release);
    }
}

/// The half that reads; any one thread, the audio thread included.
pub struct TargetReader<const N: usize> {
    shared: Arc<Shared<N>>,
    seen: u32,
}

impl<const N: usize> TargetReader<N> {
    /// The newest set, once, if it is whole at this moment.
    pub fn take(&mut self) -> Option<Targets<N>> {
        let shared = &*self.shared;
        let sequence = shared.sequence.load(Ordering::Acquire);
        if sequence == self.seen || sequence % 2 == 1 {
            return None;
        }
        let targets = Targets {
            values: array::from_fn(|i| shared.values[i].load(Ordering::Relaxed)),
            flags: shared.flags.load(Ordering::Relaxed),
        };
        fence(Ordering::Acquire);
        if shared.sequence.load(Ordering::Relaxed) != sequence {
            return None;
        }
        self.seen = sequence;
        Some(targets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: usize = 19;

    fn alike(number: u32) -> Targets<MANY> {
        Targets { values: [number as f32; MANY], flags: number }
    }

    #[test]
    fn the_newest_set_arrives_once() {
        let (mut writer, mut reader) = targets();
        assert_eq!(reader.take(), None);
        writer.publish(&alike(1));
        writer.publish(&alike(2));
        assert_eq!(reader.take(), Some(alike(2)));
        assert_eq!(reader.take(), None);
        writer.publish(&alike(2));
        assert_eq!(reader.take(), Some(alike(2)), "published again is news");
    }

    #[test]
    fn a_set_that_is_being_written_is_left_alone() {
        let (mut writer, mut reader) = targets();
        writer.publish(&alike(1));
        writer.shared.sequence.fetch_add(1, Ordering::Relaxed);
        assert_eq!(reader.take(), None);
        writer.shared.sequence.fetch_add(1, Ordering::Relaxed);
        assert_eq!(reader.take(), Some(alike(1)));
    }

    #[test]
    fn the_sequence_may_run_over() {
        let (mut writer, mut reader) = targets();
        writer.shared.sequence.store(u32::MAX - 1, Ordering::Relaxed);
        assert!(reader.take().is_some());
        writer.publish(&alike(7));
        assert_eq!(writer.shared.sequence.load(Ordering::Relaxed), 0);
        assert_eq!(reader.take(), Some(alike(7)));
    }

    #[test]
    fn torn_sets_are_never_seen() {
        // Numbers that an f32 holds exactly; enough to meet often, however busy the machine is.
        const SETS: u32 = 2_000_000;
        let (mut writer, mut reader) = targets();
        let (mut tries, mut taken, mut last) = (0u64, 0u64, 0);
        let mut wrong = None;
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| {
                for number in 1..=SETS {
                    writer.publish(&alike(number));
                    // Some rest, or the reader would hardly ever find a whole set.
                    (0..number % 64).for_each(|_| std::hint::spin_loop());
                }
            });
            while last < SETS && wrong.is_none() {
                let is_over = writing.is_finished();
                for _ in 0..1_000 {
                    tries += 1;
                    let Some(set) = reader.take() else { continue };
                    taken += 1;
                    if set != alike(set.flags) || set.flags <= last {
                        wrong = Some(set);
                    }
                    last = set.flags;
                }
                assert!(!is_over || last == SETS, "the last set is there for whoever looks");
                // Where both share a processor there are no news without the writer.
                std::thread::yield_now();
            }
        });
        assert_eq!(wrong, None, "torn, or older than {last}");
        assert!(taken > 10, "{taken} of {tries} reads found a set");
    }
}
