//! Whether anything in the window moves. Pure.

use crate::control::ChainTelemetry;
use crate::plugin::MeterPicture;

/// How long after the last movement the window stays lively.
const LINGER_S: f64 = 0.6;
/// Steps that count as a movement, in dB.
const STEP_DB: f32 = 0.1;

/// Remembers what was seen last.
#[derive(Debug, Default)]
pub struct Motion {
    seen: [i32; 8],
    moved_at_s: f64,
}

impl Motion {
    /// Looks at the meters; true while they, or the user's hand, move or have just moved.
    pub fn look(
        &mut self,
        picture: &MeterPicture,
        chain: &ChainTelemetry,
        touched: bool,
        now_s: f64,
    ) -> bool {
        let step = |db: f32| (db.max(-100.0) / STEP_DB) as i32;
        let peak = |index: usize| step(20.0 * picture.peaks[index].log10());
        let reading = picture.output.as_ref();
        let seen = [
            peak(0),
            peak(1),
            peak(2),
            peak(3),
            step(chain.compressor_reduction_db),
            step(chain.limiter_reduction_db),
            step(reading.map_or(-100.0, |r| r.momentary_lufs as f32)),
            step(reading.map_or(-100.0, |r| r.short_term_lufs as f32)),
        ];
        if seen != self.seen || touched {
            self.seen = seen;
            self.moved_at_s = now_s;
        }
        now_s - self.moved_at_s < LINGER_S
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_comes_to_rest_and_sound_wakes() {
        let (mut motion, chain) = (Motion::default(), ChainTelemetry::default());
        let silent = MeterPicture::default();
        assert!(motion.look(&silent, &chain, false, 10.0));
        assert!(motion.look(&silent, &chain, false, 10.5));
        assert!(!motion.look(&silent, &chain, false, 11.0));
        assert!(motion.look(&silent, &chain, true, 12.0));
        assert!(!motion.look(&silent, &chain, false, 13.0));
        let loud = MeterPicture { peaks: [0.5; 4], ..MeterPicture::default() };
        assert!(motion.look(&loud, &chain, false, 14.0));
        let reducing = ChainTelemetry { limiter_reduction_db: 1.0, ..chain };
        assert!(!motion.look(&loud, &chain, false, 15.0));
        assert!(motion.look(&loud, &reducing, false, 15.1));
    }
}
