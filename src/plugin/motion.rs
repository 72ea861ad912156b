//! Whether the meters move, so that nobody draws what stands still. Meter worker.

use super::MeterPicture;

/// Steps that count as a movement, in dB.
const STEP_DB: f32 = 0.1;
/// Below this everything looks like silence.
const FLOOR_DB: f32 = -100.0;

/// Remembers what was shown last.
#[derive(Debug, Default)]
pub struct Motion {
    seen: [i32; 7],
}

impl Motion {
    /// Whether `picture` looks different from the last one.
    pub fn moved(&mut self, picture: &MeterPicture) -> bool {
        let step = |db: f32| (db.max(FLOOR_DB) / STEP_DB) as i32;
        let [in_left, in_right, out_left, out_right] = picture.peaks.map(|peak| step(20.0 * peak.log10()));
        let loudness = picture.output.map_or([FLOOR_DB; 3], |reading| {
            [reading.momentary_lufs, reading.short_term_lufs, reading.integrated_lufs].map(|lufs| lufs as f32)
        });
        let [momentary, short_term, integrated] = loudness.map(step);
        let seen = [in_left, in_right, out_left, out_right, momentary, short_term, integrated];
        seen != std::mem::replace(&mut self.seen, seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_comes_to_rest_and_sound_moves() {
        let mut motion = Motion::default();
        let silence = MeterPicture::default();
        assert!(motion.moved(&silence));
        assert!(!motion.moved(&silence));
        let sound = MeterPicture { peaks: [0.5, 0.5, 0.25, 0.25], ..MeterPicture::default() };
        assert!(motion.moved(&sound));
        assert!(!motion.moved(&sound));
        let fallen = MeterPicture { peaks: [0.5, 0.5, 0.25, 0.24], ..MeterPicture::default() };
        assert!(motion.moved(&fallen));
    }
}
