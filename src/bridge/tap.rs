//! Audio tap: what went into and came out of the chain, from the audio thread to the workers that listen.
//!
//! A ring of frames. When it is full the whole block is dropped and counted, so that the audio thread never waits and
//! the meters can say that they missed something. Whenever the format changes the writer raises the epoch and the
//! reader throws away what is left of the old one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use rtrb::chunks::WriteChunk;
use rtrb::{Consumer, Producer, RingBuffer};

/// One moment: input left, input right, output left, output right. Mono is the same in both.
pub type Frame = [f32; 4];

/// What the frames mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TapFormat {
    /// Sample rate in Hz; 0 until the first activation.
    pub sample_rate_hz: f32,
    /// Channels that carry something of their own, 1 or 2.
    pub channels: u32,
}

/// A pair with room for `frames`. Allocates.
pub fn tap(frames: usize) -> (TapWriter, TapReader) {
    let (producer, consumer) = RingBuffer::new(frames);
    let shared = Arc::new(Shared {
        epoch: AtomicU32::new(0),
        rate_bits: AtomicU32::new(0.0_f32.to_bits()),
        channels: AtomicU32::new(2),
        dropped: AtomicU64::new(0),
    });
    (TapWriter { producer, shared: shared.clone() }, TapReader { consumer, shared, epoch: 0 })
}

struct Shared {
    epoch: AtomicU32,
    rate_bits: AtomicU32,
    channels: AtomicU32,
    dropped: AtomicU64,
}

/// The audio half.
pub struct TapWriter {
    producer: Producer<Frame>,
    shared: Arc<Shared>,
}

impl TapWriter {
    /// Announces what the following frames mean. Not while a block is begun; the audio thread must be stopped or
    /// be the caller.
    pub fn set_format(&mut self, format: TapFormat) {
        self.shared.rate_bits.store(format.sample_rate_hz.to_bits(), Ordering::Relaxed);
        self.shared.channels.store(format.channels, Ordering::Relaxed);
        self.shared.epoch.fetch_add(1, Ordering::Release);
    }

    /// Begins a block of `frames`, which is sent once [`TapBlock::finish`] has the output. `None` when the ring is full:
    /// the block is dropped and counted.
    pub fn begin(&mut self, frames: usize) -> Option<TapBlock<'_>> {
        match self.producer.write_chunk(frames) {
            Ok(chunk) => Some(TapBlock { chunk, noted: 0 }),
            Err(_) => {
                self.shared.dropped.fetch_add(frames as u64, Ordering::Relaxed);
                None
            }
        }
    }
}

/// A block whose input is noted piece by piece and whose output is awaited. Dropping it sends nothing.
pub struct TapBlock<'a> {
    chunk: WriteChunk<'a, Frame>,
    /// Frames whose input is noted.
    noted: usize,
}

impl TapBlock<'_> {
    /// Notes what goes into the chain, from where the last piece ended. Frames for which this is not called are silent.
    pub fn input(&mut self, left: &[f32], right: &[f32]) {
        let from = self.noted;
        self.noted += left.len().min(right.len());
        let (first, second) = self.chunk.as_mut_slices();
        let (in_first, in_second) = (first.len().min(from), from.saturating_sub(first.len()));
        let frames = first[in_first..].iter_mut().chain(second.iter_mut().skip(in_second));
        for (frame, (left, right)) in frames.zip(left.iter().zip(right)) {
            *frame = [*left, *right, 0.0, 0.0];
        }
    }

    /// Notes what came out and sends the block.
    pub fn finish(mut self, left: &[f32], right: &[f32]) {
        for (frame, (left, right)) in both(&mut self.chunk).zip(left.iter().zip(right)) {
            frame[2] = *left;
            frame[3] = *right;
        }
        self.chunk.commit_all();
    }
}

/// All frames of a chunk, which the end of the ring may cut in two.
fn both<'c>(chunk: &'c mut WriteChunk<'_, Frame>) -> impl Iterator<Item = &'c mut Frame> {
    let (first, second) = chunk.as_mut_slices();
    first.iter_mut().chain(second)
}

/// The worker's half.
pub struct TapReader {
    consumer: Consumer<Frame>,
    shared: Arc<Shared>,
    epoch: u32,
}

impl TapReader {
    /// The new format, once after each change; what was left of the old one is thrown away.
    pub fn new_format(&mut self) -> Option<TapFormat> {
        let epoch = self.shared.epoch.load(Ordering::Acquire);
        if epoch == self.epoch {
            return None;
        }
        self.epoch = epoch;
        self.drain(usize::MAX, |_| ());
        Some(TapFormat {
            sample_rate_hz: f32::from_bits(self.shared.rate_bits.load(Ordering::Relaxed)),
            channels: self.shared.channels.load(Ordering::Relaxed),
        })
    }

    /// Hands out at most `most` frames in order and returns how many there were.
    pub fn drain(&mut self, most: usize, mut take: impl FnMut(Frame)) -> usize {
        let count = self.consumer.slots().min(most);
        // Cannot fail: that many slots are filled, and only this half empties them.
        let Ok(chunk) = self.consumer.read_chunk(count) else { return 0 };
        let (first, second) = chunk.as_slices();
        first.iter().chain(second).for_each(|frame| take(*frame));
        chunk.commit_all();
        count
    }

    /// Frames lost to a full ring since the start.
    pub fn dropped_frames(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(tap: &mut TapWriter, value: f32, frames: usize) {
        let input = vec![value; frames];
        let output = vec![-value; frames];
        if let Some(mut block) = tap.begin(frames) {
            let (first, second) = input.split_at(frames / 3);
            block.input(first, first);
            block.input(second, second);
            block.finish(&output, &output);
        }
    }

    #[test]
    fn frames_arrive_in_order_across_the_edge_of_the_ring() {
        let (mut writer, mut reader) = tap(10);
        for round in 0..20 {
            send(&mut writer, round as f32, 7);
            let mut seen = Vec::new();
            assert_eq!(reader.drain(100, |frame| seen.push(frame)), 7);
            let value = round as f32;
            assert!(seen.iter().all(|frame| *frame == [value, value, -value, -value]));
        }
        assert_eq!(reader.dropped_frames(), 0);
    }

    #[test]
    fn a_full_ring_drops_whole_blocks_and_counts() {
        let (mut writer, mut reader) = tap(10);
        send(&mut writer, 1.0, 8);
        send(&mut writer, 2.0, 3);
        send(&mut writer, 3.0, 2);
        let mut seen = Vec::new();
        reader.drain(100, |frame| seen.push(frame[0]));
        assert_eq!(seen, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 3.0, 3.0]);
        assert_eq!(reader.dropped_frames(), 3);
    }

    #[test]
    fn an_unfinished_block_is_not_sent() {
        let (mut writer, mut reader) = tap(10);
        drop(writer.begin(1));
        assert_eq!(reader.drain(10, |_| ()), 0);
    }

    #[test]
    fn a_new_format_discards_the_old_frames() {
        let (mut writer, mut reader) = tap(10);
        assert_eq!(reader.new_format(), None);
        send(&mut writer, 1.0, 4);
        let format = TapFormat { sample_rate_hz: 96_000.0, channels: 1 };
        writer.set_format(format);
        assert_eq!(reader.new_format(), Some(format));
        assert_eq!(reader.new_format(), None);
        assert_eq!(reader.drain(10, |_| ()), 0);
    }
}
