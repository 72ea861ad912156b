//! The room and the echo.

use super::signal::{Filter, Stereo, frames};

/// Delay lines of the reverberator in samples at 44.1 kHz: pairwise without common factors.
const LINES: [usize; 8] = [1_433, 1_601, 1_867, 2_053, 2_251, 2_399, 2_617, 2_797];
const DECAY_S: f32 = 1.7;
const PRE_DELAY_S: f64 = 0.018;

/// A medium hall: eight delay lines fed back through a Householder matrix, duller at each round
/// (J.-M. Jot, "Digital delay networks for designing artificial reverberators", 1991). Returns the wet sound only.
pub fn reverb(input: &Stereo) -> Stereo {
    let length = input.left.len();
    let mut wet = Stereo::silence(length);
    let mut lines = LINES.map(|samples| vec![0.0f32; samples]);
    let mut dull = [0.0f32; 8];
    let gains = LINES.map(|samples| 10f32.powf(-3.0 * samples as f32 / super::RATE_HZ as f32 / DECAY_S));
    let pre_delay = frames(PRE_DELAY_S);
    for frame in 0..length {
        let source = frame.checked_sub(pre_delay).map_or([0.0; 2], |at| [input.left[at], input.right[at]]);
        let mut taps = [0.0f32; 8];
        for line in 0..8 {
            let out = lines[line][frame % LINES[line]];
            dull[line] += 0.58 * (out - dull[line]);
            taps[line] = gains[line] * dull[line];
        }
        let shared = taps.iter().sum::<f32>() * 0.25;
        for line in 0..8 {
            lines[line][frame % LINES[line]] = source[line % 2] + taps[line] - shared;
        }
        wet.left[frame] = taps[0] + taps[2] - taps[4] - taps[6];
        wet.right[frame] = taps[1] + taps[3] - taps[5] - taps[7];
    }
    wet.high_pass(180.0);
    wet
}

/// Echoes that change sides, each darker than the last. Returns the wet sound only.
pub fn echo(input: &Stereo, delay_s: f64) -> Stereo {
    let delay = frames(delay_s);
    let mut wet = Stereo::silence(input.left.len());
    let mut filters = [Filter::default(); 2];
    for frame in delay..input.left.len() {
        let past = frame - delay;
        let left = input.left[past] + 0.42 * wet.right[past];
        let right = 0.42 * wet.left[past] + 0.3 * input.right[past];
        wet.left[frame] = filters[0].step(left, 3_600.0, 0.6).low;
        wet.right[frame] = filters[1].step(right, 3_600.0, 0.6).low;
    }
    wet
}
