//! A rendered stream as a sound source.

use crate::dsp::StereoBlock;
use crate::source::{Moment, Source, Spec, Tail};
use rtrb::Consumer;

/// Plays frames in the order in which they come; silence where there are none.
pub(super) struct Stretches(Consumer<[f32; 2]>);

impl Stretches {
    /// For the reading half of a ring.
    pub(super) fn new(frames: Consumer<[f32; 2]>) -> Self {
        Self(frames)
    }
}

impl Source for Stretches {
    type Controls = ();

    fn prepare(&mut self, _spec: &Spec) {}

    fn reset(&mut self) {}

    fn advance(&mut self, _now: &Moment<'_>, _controls: &()) {}

    fn render(&mut self, out: &mut StereoBlock<'_>) {
        for (left, right) in out.left.iter_mut().zip(&mut *out.right) {
            let Ok(frame) = self.0.pop() else { return };
            *left += frame[0];
            *right += frame[1];
        }
    }

    fn tail(&self) -> Tail {
        Tail::Samples(self.0.slots() as u64)
    }
}
