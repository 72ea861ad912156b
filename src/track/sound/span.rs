//! What every sound of a track is compiled for and rendered in: the step's length and rate, intent or parity, 64 frames at
//! a time.

/// Frames that a voice renders at once, and the grid its positions lie on.
pub const QUANTUM: usize = crate::dsp::MAX_BLOCK;

/// A stretch of stereo sound.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantum {
    /// Left channel.
    pub left: [f32; QUANTUM],
    /// Right channel.
    pub right: [f32; QUANTUM],
}

impl Quantum {
    /// Silence.
    pub const SILENT: Self = Self { left: [0.0; QUANTUM], right: [0.0; QUANTUM] };
}

/// Length and rate of the step that a voice is compiled for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Sample rate in Hz.
    pub rate_hz: f64,
    /// Length in frames: the whole frames within the duration.
    pub frames: u64,
    /// Length in seconds.
    pub duration_s: f64,
}

impl Span {
    /// A step of `duration_s` at `rate_hz`.
    pub fn new(duration_s: f64, rate_hz: f64) -> Self {
        Self { rate_hz, frames: (duration_s * rate_hz).max(0.0) as u64, duration_s }
    }

    /// Seconds from one frame to the next: duration by frames, not exactly 1/rate where the duration is no whole number
    /// of frames.
    pub fn frame_s(&self) -> f64 {
        self.duration_s / self.frames.max(1) as f64
    }

    /// Whole frames within a time, as file formats count them: truncated, never negative.
    pub fn frames_in(&self, time_s: f64) -> u64 {
        (time_s * self.rate_hz).max(0.0) as u64
    }
}

/// Which behaviour a track is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Behaviour {
    /// What the file evidently means.
    #[default]
    Intended,
    /// What the original renderer does, its defects included, for comparison with its exports.
    Original,
}
