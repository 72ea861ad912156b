//! Listening to a stream without keeping it: peaks, loudness, gain reduction.

use super::Stretch;
use crate::measure::{MeasureError, Meter};
use crate::render::Reduction;

/// What a stream turned out to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heard {
    /// Integrated loudness, LUFS; −∞ for silence and for less than 0.4 s.
    pub integrated_lufs: f64,
    /// Loudness range, LU.
    pub range_lu: f64,
    /// True peak, dBTP.
    pub true_peak_dbtp: f64,
}

/// A stream and what the chain did to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// The sound.
    pub heard: Heard,
    /// Gain reduction of the compressor.
    pub compressor: Reduction,
    /// Gain reduction of the limiter.
    pub limiter: Reduction,
}

/// Loudness and peaks of a stream.
pub(super) struct Listener(Meter);

impl Listener {
    pub(super) fn new(rate_hz: u32) -> Result<Self, MeasureError> {
        Meter::for_programme(rate_hz.into(), 2).map(Self)
    }

    pub(super) fn push(&mut self, planes: [&[f32]; 2]) {
        self.0.push(&planes);
    }

    pub(super) fn finish(mut self) -> Heard {
        self.0.finish();
        let reading = self.0.reading();
        Heard {
            integrated_lufs: reading.integrated_lufs,
            range_lu: reading.range_lu,
            true_peak_dbtp: reading.true_peak_dbtp,
        }
    }
}

/// Largest sample of a stretch.
pub(super) fn peak(stretch: &Stretch) -> f32 {
    stretch.mix.iter().flatten().fold(0.0, |peak, sample| peak.max(sample.abs()))
}
