//! What compressor and limiter did, point by point, for displays that show it over time.

/// The dynamics of a short stretch of audio, about 10 ms. Each stage reports in its own time: the limiter sees a sound
/// after it has passed the compressor's look-ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DynamicsPoint {
    /// Highest level of either channel in the compressor's detector, where a full-scale sine reads 0 dB: behind the
    /// side-chain filter, with its blend of peak and RMS. −∞ below −150 dB and while the stage is off.
    pub compressor_level_db: f32,
    /// Largest reduction by the compressor, positive dB, before mix and make-up; 0 while the stage is off.
    pub compressor_reduction_db: f32,
    /// Largest sample magnitude of either channel that enters the limiter's gain, behind its drive: delayed by the
    /// limiter's latency, so that it is the very sound of [`Self::limiter_output_peak`].
    pub limiter_input_peak: f32,
    /// Largest sample magnitude of either channel that leaves the limiter, before the output trim.
    pub limiter_output_peak: f32,
    /// Largest reduction by the limiter, positive dB; 0 while the stage is off.
    pub limiter_reduction_db: f32,
}

impl DynamicsPoint {
    /// Nothing heard, nothing done.
    pub const SILENCE: Self = Self {
        compressor_level_db: f32::NEG_INFINITY,
        compressor_reduction_db: 0.0,
        limiter_input_peak: 0.0,
        limiter_output_peak: 0.0,
        limiter_reduction_db: 0.0,
    };
}
