//! The newest part of an endless sequence. Meter worker.

use std::collections::VecDeque;

/// Keeps the newest `most` of what is pushed, and knows whether they still move.
pub struct Newest<T> {
    kept: VecDeque<T>,
    most: usize,
    count: u64,
    moves: u64,
    /// Pushes until the last one that stood out has left.
    moving: usize,
}

impl<T: Copy> Newest<T> {
    /// Room for `most`; allocates, and never again.
    pub fn new(most: usize) -> Self {
        Self { kept: VecDeque::with_capacity(most), most, count: 0, moves: 0, moving: 0 }
    }

    /// Takes one in, in place of the oldest where there is no room. `stands_out` says that it can be told from its
    /// surroundings.
    pub fn push(&mut self, item: T, stands_out: bool) {
        if self.kept.len() == self.most {
            self.kept.pop_front();
        }
        self.kept.push_back(item);
        self.count += 1;
        self.moves += u64::from(stands_out || self.moving > 0);
        self.moving = if stands_out { self.most } else { self.moving.saturating_sub(1) };
    }

    /// Forgets all that is kept. The count goes on.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.moves += 1;
        self.moving = 0;
    }

    /// How many were pushed so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Another number whenever what is kept looks different: it rests once nothing that stands out is left.
    pub fn motion(&self) -> u64 {
        self.moves
    }

    /// The newest one.
    pub fn last(&self) -> Option<&T> {
        self.kept.back()
    }

    /// Replaces what is in `to` by what is kept, oldest first.
    pub fn copy_to(&self, to: &mut Vec<T>) {
        let (older, newer) = self.kept.as_slices();
        to.clear();
        to.extend_from_slice(older);
        to.extend_from_slice(newer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_newest_in_order() {
        let mut newest = Newest::new(3);
        let mut seen = vec![99];
        newest.copy_to(&mut seen);
        assert!(seen.is_empty() && newest.last().is_none());
        (1..=7).for_each(|n| newest.push(n, true));
        newest.copy_to(&mut seen);
        assert_eq!((seen, newest.last(), newest.count()), (vec![5, 6, 7], Some(&7), 7));
    }

    #[test]
    fn comes_to_rest_when_what_stood_out_has_left() {
        let mut newest = Newest::new(3);
        newest.push(1, true);
        let mut moves = 0;
        for _ in 0..10 {
            let before = newest.motion();
            newest.push(0, false);
            moves += u32::from(newest.motion() != before);
        }
        assert_eq!(moves, 3, "the third silence pushes the sound out");
        let before = newest.motion();
        newest.push(1, true);
        assert_ne!(newest.motion(), before);
        let before = newest.motion();
        newest.clear();
        assert_ne!(newest.motion(), before);
        let before = newest.motion();
        newest.push(0, false);
        assert_eq!(newest.motion(), before, "an empty past is as still as silence");
    }
}
