//! The trail of compressor and limiter: one point for each fixed stretch of audio. Audio thread.
//!
//! Stretches are whole blocks of the engine's grid counted from the last reset, so the trail is the same, bit for bit,
//! however the host cuts its blocks.

use super::chain::Chain;
use crate::control::DynamicsPoint;
use crate::dsp::MAX_BLOCK;

/// About how long a stretch is.
const STRETCH_S: f64 = 0.01;
/// Squared levels below this (−150 dB) read as silence.
const SMALLEST_SQUARE: f32 = 1e-15;

/// Gathers what the stages report into points.
pub struct Trail {
    point_frames: u64,
    /// The stretch so far; its compressor level stands in `level_square`.
    point: DynamicsPoint,
    level_square: f32,
}

impl Trail {
    /// A trail for a sample rate in Hz.
    pub fn new(sample_rate_hz: f64) -> Self {
        Self {
            point_frames: Self::point_frames_for(sample_rate_hz) as u64,
            point: DynamicsPoint::SILENCE,
            level_square: 0.0,
        }
    }

    /// Frames of a stretch at a sample rate: the multiple of [`MAX_BLOCK`] that is nearest to 10 ms, at least one.
    pub fn point_frames_for(sample_rate_hz: f64) -> usize {
        let blocks = (STRETCH_S * sample_rate_hz / MAX_BLOCK as f64).round();
        (blocks as usize).max(1) * MAX_BLOCK
    }

    /// Begins a stretch.
    pub fn reset(&mut self) {
        self.point = DynamicsPoint::SILENCE;
        self.level_square = 0.0;
    }

    /// Takes in the block that the chain has just rendered, which ended at `position`; a point where that ends a stretch.
    pub fn follow(&mut self, chain: &Chain, position: u64) -> Option<DynamicsPoint> {
        let (compressor, limiter) = (chain.compressor(), chain.limiter());
        let [input_peak, output_peak] = limiter.peaks();
        let point = &mut self.point;
        self.level_square = self.level_square.max(compressor.level_square());
        point.compressor_reduction_db = point.compressor_reduction_db.max(compressor.reduction_db());
        point.limiter_input_peak = point.limiter_input_peak.max(input_peak);
        point.limiter_output_peak = point.limiter_output_peak.max(output_peak);
        point.limiter_reduction_db = point.limiter_reduction_db.max(limiter.reduction_db());
        if !position.is_multiple_of(self.point_frames) {
            return None;
        }
        let mut done = self.point;
        if self.level_square >= SMALLEST_SQUARE {
            done.compressor_level_db = 10.0 * self.level_square.log10();
        }
        self.reset();
        Some(done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_whole_blocks_and_about_10_ms() {
        for rate_hz in [44_100.0, 48_000.0, 88_200.0, 96_000.0, 192_000.0] {
            let frames = Trail::point_frames_for(rate_hz);
            assert_eq!(frames % MAX_BLOCK, 0);
            assert!((frames as f64 / rate_hz - 0.01).abs() < 0.000_7, "{rate_hz}: {frames}");
        }
        assert_eq!(Trail::point_frames_for(1.0), MAX_BLOCK);
    }
}
