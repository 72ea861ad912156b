//! Which steps sound when: stretches of the track within which that does not change.

use crate::track::play::timeline::Placement;
use std::ops::Range;

/// Stretches in order, each with the steps that sound in it.
#[derive(Debug, Default)]
pub struct Segments {
    /// First frame of each stretch and where its steps are listed.
    starts: Vec<(u64, Range<usize>)>,
    steps: Vec<u32>,
}

impl Segments {
    /// Collects the stretches of all steps.
    pub fn new(placements: &[Placement]) -> Self {
        let mut edges: Vec<(u64, bool, u32)> = Vec::new();
        for (index, placement) in placements.iter().enumerate().filter(|(_, p)| p.span.frames > 0) {
            let range = placement.range();
            edges.extend([(range.start, true, index as u32), (range.end, false, index as u32)]);
        }
        edges.sort_unstable();
        let mut segments = Self::default();
        let mut sounding: Vec<u32> = Vec::new();
        let mut edges = edges.into_iter().peekable();
        while let Some((frame, begins, step)) = edges.next() {
            if begins {
                let place = sounding.partition_point(|other| *other < step);
                sounding.insert(place, step);
            } else {
                sounding.retain(|other| *other != step);
            }
            if edges.peek().is_none_or(|next| next.0 != frame) {
                let begin = segments.steps.len();
                segments.steps.extend_from_slice(&sounding);
                segments.starts.push((frame, begin..segments.steps.len()));
            }
        }
        segments
    }

    /// First frame after the stretch that a frame lies in, and the steps that sound in it, in the order of the file.
    #[inline]
    pub fn at(&self, frame: u64) -> (u64, &[u32]) {
        let next = self.starts.partition_point(|(start, _)| *start <= frame);
        let end = self.starts.get(next).map_or(u64::MAX, |(start, _)| *start);
        match next.checked_sub(1).and_then(|i| self.starts.get(i)) {
            Some((_, range)) => (end, &self.steps[range.clone()]),
            None => (end, &[]),
        }
    }
}
