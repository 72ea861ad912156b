//! Leaf signal-processing units. They know nothing of hosts, files, threads or parameters: values arrive as arguments.
//!
//! Audio is `f32` in stereo blocks of at most [`MAX_BLOCK`] frames, so that scratch memory lives on the stack.

pub mod biquad;
pub mod box_smoother;
pub mod butterworth;
pub mod cascade;
pub mod delay_line;
pub mod dynamics;
pub mod halfband;
pub mod history;
pub mod loudness;
pub mod matched;
pub mod oversample;
pub mod prototype;
pub mod rng;
pub mod sanitize;
pub mod sine;
pub mod smooth;
pub mod svf;
pub mod true_peak;
pub mod units;
pub mod vector;
pub mod window_max;
pub mod zero_phase;

/// Longest block, in frames, that a unit is handed.
pub const MAX_BLOCK: usize = 64;

/// Frames between two updates of anything that moves at control rate. The grid is counted from the last reset and
/// survives block edges, so the result does not depend on how the host cuts its blocks.
pub const CONTROL_INTERVAL: usize = 16;

/// Two channels of the same length, at most [`MAX_BLOCK`] frames.
pub struct StereoBlock<'a> {
    /// Left channel.
    pub left: &'a mut [f32],
    /// Right channel.
    pub right: &'a mut [f32],
}

impl StereoBlock<'_> {
    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// Both channels, left first.
    pub fn channels(&mut self) -> [&mut [f32]; 2] {
        [self.left, self.right]
    }

    /// Some of the frames.
    pub fn range(&mut self, range: std::ops::Range<usize>) -> StereoBlock<'_> {
        StereoBlock { left: &mut self.left[range.clone()], right: &mut self.right[range] }
    }
}
