//! A slow follower of perceived level for gain matching on the audio thread; metering proper is elsewhere.

use super::biquad::Biquad;
use super::svf::{Svf, SvfCoeffs};
use super::{MAX_BLOCK, units};
use std::f64::consts::PI;

/// Time constant of the power average; about the short-term window of EBU R 128.
const AVERAGE_S: f64 = 1.5;

/// Mean square below which a signal counts as silence and the average holds, about −70 LUFS.
const GATE: f32 = 1e-7;

/// Largest square that is listened to, +6 dBFS.
const LOUDEST: f32 = 4.0;

/// Highest corner of the K-weighting as a share of the sample rate; reached below 3.5 kHz.
const HIGHEST_CORNER: f64 = 0.49;

/// The two K-weighting sections of ITU-R BS.1770-4 for any sample rate, by the bilinear transform of their analogue
/// prototypes.
pub fn k_weighting(sample_rate_hz: f64) -> [Biquad; 2] {
    // Corners that lie beyond half the rate would make the sections unstable.
    let warped = |corner_hz: f64| (PI * corner_hz / sample_rate_hz).min(PI * HIGHEST_CORNER).tan();
    let shelf = {
        let (k, q) = (warped(1_681.974_451), 0.707_175_236_955);
        let vh = 10.0f64.powf(3.999_843_853_97 / 20.0);
        let vb = vh.powf(0.499_666_774_155);
        let a0 = 1.0 + k / q + k * k;
        Biquad {
            b: [(vh + vb * k / q + k * k) / a0, 2.0 * (k * k - vh) / a0, (vh - vb * k / q + k * k) / a0],
            a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
        }
    };
    let high_pass = {
        let (k, q) = (warped(38.135_470_876), 0.500_327_037_325);
        let a0 = 1.0 + k / q + k * k;
        Biquad { b: [1.0, -2.0, 1.0], a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0] }
    };
    [shelf, high_pass]
}

/// Follows the K-weighted power of a stereo signal over a few seconds, holding its value in silence.
#[derive(Debug, Clone)]
pub struct LoudnessFollower {
    sections: [SvfCoeffs; 2],
    state: [[Svf; 2]; 2],
    keep: f32,
    power: f32,
    weight: f32,
}

impl LoudnessFollower {
    /// A follower for a sample rate.
    pub fn new(sample_rate_hz: f64) -> Self {
        Self {
            sections: k_weighting(sample_rate_hz).map(SvfCoeffs::from),
            state: Default::default(),
            keep: units::one_pole(AVERAGE_S, 1.0 / sample_rate_hz),
            power: 0.0,
            weight: 0.0,
        }
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.state = Default::default();
        (self.power, self.weight) = (0.0, 0.0);
    }

    /// Listens to a block of at most [`MAX_BLOCK`] frames.
    pub fn process(&mut self, left: &[f32], right: &[f32]) {
        let mut square = [0.0f32; MAX_BLOCK];
        for (x, states) in [left, right].into_iter().zip(&mut self.state) {
            for (sum, x) in square.iter_mut().zip(x) {
                let y = states[0].tick(&self.sections[0], f64::from(*x));
                let y = states[1].tick(&self.sections[1], y) as f32;
                *sum += y * y;
            }
            states.iter_mut().for_each(Svf::settle);
        }
        for square in &square[..left.len()] {
            if *square > GATE {
                // A mishap far above full scale must not be remembered for minutes.
                let square = if *square < LOUDEST { *square } else { LOUDEST };
                self.power = square + self.keep * (self.power - square);
                self.weight = 1.0 + self.keep * (self.weight - 1.0);
            }
        }
    }

    /// Level in decibels, or `None` while too little has been heard.
    pub fn level_db(&self) -> Option<f32> {
        // An average that is still filling is divided by how full it is.
        (self.weight > 0.05).then(|| 10.0 * (self.power / self.weight).log10())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weighting_matches_the_table_of_the_standard_at_48_khz() {
        let [shelf, high_pass] = k_weighting(48_000.0);
        for (got, printed) in [
            (shelf.b, [1.535_124_86, -2.691_696_19, 1.198_392_81]),
            ([1.0, shelf.a[0], shelf.a[1]], [1.0, -1.690_659_29, 0.732_480_77]),
            ([1.0, high_pass.a[0], high_pass.a[1]], [1.0, -1.990_047_45, 0.990_072_25]),
        ] {
            for (a, b) in got.iter().zip(printed) {
                assert!((a - b).abs() < 2e-8, "{a} {b}");
            }
        }
    }

    #[test]
    fn follows_level_and_holds_it_in_silence() {
        let mut follower = LoudnessFollower::new(48_000.0);
        let tone: Vec<f32> = (0..64 * 1_500).map(|n| 0.1 * (n as f32 * 0.131).sin()).collect();
        for block in tone.chunks(64) {
            follower.process(block, block);
        }
        let level = follower.level_db().unwrap();
        assert!((level + 19.3).abs() < 0.7, "{level}");
        for _ in 0..2_000 {
            follower.process(&[0.0; 64], &[0.0; 64]);
        }
        // The ring-down of the weighting filters passes the gate for a moment.
        assert!((follower.level_db().unwrap() - level).abs() < 0.3);
    }
}
