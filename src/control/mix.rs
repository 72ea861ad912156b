//! Where a sound source stands in the mix in front of the chain.

/// Most sources that there are.
pub const SOURCES: usize = 8;

/// A source's channel strip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Strip {
    /// Linear gain.
    pub gain: f32,
    /// Silent.
    pub mute: bool,
    /// Silences the sources that are not soloed.
    pub solo: bool,
}

impl Default for Strip {
    fn default() -> Self {
        Self { gain: 1.0, mute: false, solo: false }
    }
}

/// What the mixer reports about a source.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SourceTelemetry {
    /// Largest samples of the last host block behind the strip, left and right, linear.
    pub peaks: [f32; 2],
    /// Stretches that were left out because they held something that is no number.
    pub unsound_stretches: u64,
    /// Switched off after a fault of its own, until the host activates the plugin again.
    pub is_off: bool,
}

impl SourceTelemetry {
    /// This report with peaks no lower than an earlier one's times `fall`, so that a display that looks seldom sees them.
    pub fn held(&self, before: &Self, fall: f32) -> Self {
        let peaks = [0, 1].map(|side| self.peaks[side].max(before.peaks[side] * fall));
        Self { peaks, ..*self }
    }
}

/// What the mixer reports, in the order of the sources.
pub type MixTelemetry = [SourceTelemetry; SOURCES];
