//! Trail: small plain reports in order, from the audio thread to a worker that draws or counts them.
//!
//! A ring of points. When it is full the new point is dropped and counted, so that the audio thread never waits; what is
//! already on its way arrives unharmed and in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rtrb::{Consumer, Producer, RingBuffer};

/// A pair with room for `points`. Allocates.
pub fn trail<T: Copy + Send>(points: usize) -> (TrailWriter<T>, TrailReader<T>) {
    let (producer, consumer) = RingBuffer::new(points);
    let dropped = Arc::new(AtomicU64::new(0));
    (TrailWriter { producer, dropped: dropped.clone() }, TrailReader { consumer, dropped })
}

/// The audio half.
pub struct TrailWriter<T: Copy + Send> {
    producer: Producer<T>,
    dropped: Arc<AtomicU64>,
}

impl<T: Copy + Send> TrailWriter<T> {
    /// Sends a point, or drops and counts it when the ring is full.
    pub fn push(&mut self, point: T) {
        if self.producer.push(point).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The worker's half.
pub struct TrailReader<T: Copy + Send> {
    consumer: Consumer<T>,
    dropped: Arc<AtomicU64>,
}

impl<T: Copy + Send> TrailReader<T> {
    /// Hands out everything that has arrived, oldest first, and returns how many points that were.
    pub fn drain(&mut self, mut take: impl FnMut(T)) -> usize {
        // Not more than are there now: a fast writer could keep this going for ever.
        let count = self.consumer.slots();
        // Cannot fail: that many slots are filled, and only this half empties them.
        let Ok(chunk) = self.consumer.read_chunk(count) else { return 0 };
        let (first, second) = chunk.as_slices();
        first.iter().chain(second).for_each(|point| take(*point));
        chunk.commit_all();
        count
    }

    /// Points lost to a full ring since the start.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drained(reader: &mut TrailReader<u32>) -> Vec<u32> {
        let mut points = Vec::new();
        let count = reader.drain(|point| points.push(point));
        assert_eq!(count, points.len());
        points
    }

    #[test]
    fn points_arrive_in_order_across_the_edge_of_the_ring() {
        let (mut writer, mut reader) = trail(5);
        for round in 0..20 {
            (0..3).for_each(|n| writer.push(round * 3 + n));
            assert_eq!(drained(&mut reader), [round * 3, round * 3 + 1, round * 3 + 2]);
        }
        assert_eq!(reader.dropped(), 0);
    }

    #[test]
    fn a_full_ring_drops_the_new_points_and_counts() {
        let (mut writer, mut reader) = trail(4);
        (0..7).for_each(|n| writer.push(n));
        assert_eq!(reader.dropped(), 3);
        assert_eq!(drained(&mut reader), [0, 1, 2, 3]);
        writer.push(9);
        assert_eq!(drained(&mut reader), [9]);
        assert_eq!((reader.dropped(), drained(&mut reader).len()), (3, 0));
    }
}
