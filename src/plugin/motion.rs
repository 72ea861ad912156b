//! Whether the meters move, so that nobody draws what stands still. Meter worker.

use crate::control::DynamicsPoint;
use crate::view::meters::MeterPicture;

/// Steps that count as a movement, in dB.
const STEP_DB: f32 = 0.1;
/// Below this everything looks like silence.
const FLOOR_DB: f32 = -100.0;
/// The same as a magnitude.
const FLOOR: f32 = 1e-5;
/// Reductions below this look like none, in dB.
const QUIET_REDUCTION_DB: f32 = 0.05;

/// Whether a point of dynamics looks like silence.
pub fn is_quiet(point: &DynamicsPoint) -> bool {
    point.compressor_level_db < FLOOR_DB
        && point.limiter_input_peak < FLOOR
        && point.limiter_output_peak < FLOOR
        && point.compressor_reduction_db < QUIET_REDUCTION_DB
        && point.limiter_reduction_db < QUIET_REDUCTION_DB
}

/// What has changed from one picture to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Something that would be drawn otherwise.
    pub visible: bool,
    /// Enough to draw it anew at once.
    pub moved: bool,
}

/// Remembers what was shown last.
#[derive(Debug, Default)]
pub struct Motion {
    steps: [i32; 7],
    dynamics: u64,
    peaks: [f32; 4],
    loudness: u64,
}

impl Motion {
    /// Compares `picture` with the last one. `dynamics` and `loudness` are numbers that change when those trails do. A
    /// loudness trail that runs out in silence takes minutes, and alone is not worth waking anybody.
    pub fn follow(&mut self, picture: &MeterPicture, dynamics: u64, loudness: u64) -> Change {
        let step = |db: f32| (db.max(FLOOR_DB) / STEP_DB) as i32;
        let [in_left, in_right, out_left, out_right] = picture.peaks.map(|peak| step(20.0 * peak.log10()));
        let levels = picture.output.map_or([FLOOR_DB; 3], |reading| {
            [reading.momentary_lufs, reading.short_term_lufs, reading.integrated_lufs].map(|lufs| lufs as f32)
        });
        let [momentary, short_term, integrated] = levels.map(step);
        let steps = [in_left, in_right, out_left, out_right, momentary, short_term, integrated];
        let now = Self { steps, dynamics, peaks: picture.peaks, loudness };
        let before = std::mem::replace(self, now);
        let moved = self.steps != before.steps || dynamics != before.dynamics;
        Change { visible: moved || self.peaks != before.peaks || loudness != before.loudness, moved }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_comes_to_rest_and_sound_moves() {
        let mut motion = Motion::default();
        let mut moved = |peaks| motion.follow(&MeterPicture { peaks, ..MeterPicture::default() }, 0, 0).moved;
        assert!(moved([0.0; 4]));
        assert!(!moved([0.0; 4]));
        assert!(moved([0.5, 0.5, 0.25, 0.25]));
        assert!(!moved([0.5, 0.5, 0.25, 0.25]));
        assert!(moved([0.5, 0.5, 0.25, 0.24]));
        assert!(!moved([0.5, 0.5, 0.25, 0.239_99]));
    }

    #[test]
    fn trails_change_the_picture_and_only_dynamics_wake() {
        let mut motion = Motion::default();
        let picture = MeterPicture::default();
        motion.follow(&picture, 0, 0);
        assert_eq!(motion.follow(&picture, 0, 0), Change { visible: false, moved: false });
        assert_eq!(motion.follow(&picture, 1, 0), Change { visible: true, moved: true });
        assert_eq!(motion.follow(&picture, 1, 1), Change { visible: true, moved: false });
        let finer = MeterPicture { peaks: [1e-9; 4], ..MeterPicture::default() };
        assert_eq!(motion.follow(&finer, 1, 1), Change { visible: true, moved: false });
    }

    #[test]
    fn a_point_stands_out_by_any_of_its_values() {
        let quiet = DynamicsPoint::SILENCE;
        assert!(is_quiet(&quiet));
        assert!(!is_quiet(&DynamicsPoint { compressor_level_db: -80.0, ..quiet }));
        assert!(!is_quiet(&DynamicsPoint { compressor_reduction_db: 0.1, ..quiet }));
        assert!(!is_quiet(&DynamicsPoint { limiter_input_peak: 1e-4, ..quiet }));
        assert!(!is_quiet(&DynamicsPoint { limiter_output_peak: 1e-4, ..quiet }));
        assert!(!is_quiet(&DynamicsPoint { limiter_reduction_db: 0.1, ..quiet }));
    }
}
