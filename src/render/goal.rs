//! What a master shall be, and how near it came.

/// Loudness that a recording is brought to before the chain, in LUFS, so that a preset's thresholds mean the same for
/// quiet and for loud ones. Lower targets lower it.
pub const OPERATING_LUFS: f64 = -18.0;

/// What a master shall be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// Integrated loudness in LUFS; none leaves the level to the controls.
    pub target_lufs: Option<f64>,
    /// Highest true peak of the result, −20…0 dBTP.
    pub ceiling_dbtp: f64,
    /// Most that the limiter may turn down, as the mean over the hardest three seconds, in dB.
    pub max_reduction_db: f64,
}

/// How near the goal the master came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There was no target to reach.
    NoTarget,
    /// Within 0.1 LU.
    Reached,
    /// More level would need more limiting than allowed.
    LimitedByReduction,
    /// The gains of the chain do not suffice, or the limiter gives back what the level adds.
    OutOfReach,
    /// Silence, or under 0.4 s: there is no loudness.
    Unmeasurable,
}
