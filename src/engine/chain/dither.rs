//! Word-length reduction with triangular dither, for integer files and converters.
//!
//! Triangular noise of two quantisation steps makes the error independent of the signal (S. Lipshitz, R. Wannamaker and
//! J. Vanderkooy, "Quantization and Dither", J. Audio Eng. Soc. 40(5), 1992). Shaping feeds the error back so that it moves
//! up in frequency, out of the range where hearing is keenest.

use crate::control::DitherControls;
use crate::dsp::StereoBlock;
use crate::dsp::rng::uniform_at;

/// Error feedback of the shaped mode, a double zero at zero frequency softened: `1 − 1.6 z⁻¹ + 0.7 z⁻²`.
const SHAPING: [f32; 2] = [1.6, -0.7];

/// Silence of this many samples blanks the dither; shorter gaps keep it, so that it does not pump with the music.
const BLANK_AFTER_SAMPLES: usize = 1_024;

/// The dither stage. It has no latency.
pub struct Dither {
    position: u64,
    channels: [ErrorMemory; 2],
    silent_samples: usize,
}

impl Default for Dither {
    fn default() -> Self {
        // What comes before the first sample counts as silence.
        Self { position: 0, channels: Default::default(), silent_samples: BLANK_AFTER_SAMPLES }
    }
}

#[derive(Default, Clone, Copy)]
struct ErrorMemory {
    errors: [f32; 2],
}

impl Dither {
    /// Starts the noise over.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Rounds a block in place to the chosen word length.
    pub fn process(&mut self, block: &mut StereoBlock, controls: &DitherControls) {
        let frames = block.frames();
        if !controls.on {
            self.position += frames as u64;
            return;
        }
        let steps = (1u64 << (controls.bits.count() - 1)) as f32;
        for i in 0..frames {
            let silent = block.left[i] == 0.0 && block.right[i] == 0.0;
            self.silent_samples = if silent { self.silent_samples + 1 } else { 0 };
            if self.silent_samples > BLANK_AFTER_SAMPLES {
                self.channels = Default::default();
            } else {
                let position = self.position + i as u64;
                for (c, channel) in [&mut *block.left, &mut *block.right].into_iter().enumerate() {
                    let noise = uniform_at(2 * c as u64, position) + uniform_at(2 * c as u64 + 1, position);
                    channel[i] = self.channels[c].round(channel[i], 0.5 * noise, steps, controls.shaping);
                }
            }
        }
        self.position += frames as u64;
    }
}

impl ErrorMemory {
    /// Nearest step to the sample plus noise; `noise` is in steps.
    fn round(&mut self, x: f32, noise: f32, steps: f32, shaping: bool) -> f32 {
        let [e1, e2] = self.errors;
        // Arithmetic in f64: at 24 bits a step is the last bit of an f32.
        let fed_back = if shaping { f64::from(SHAPING[0] * e1 + SHAPING[1] * e2) } else { 0.0 };
        let wanted = f64::from(x) * f64::from(steps) - fed_back;
        let rounded = (wanted + f64::from(noise)).round();
        self.errors = [(rounded - wanted) as f32, e1];
        // Full scale is one step lower on the positive side.
        let limit = f64::from(steps);
        (rounded.clamp(-limit, limit - 1.0) / limit) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::DitherBits;

    fn run(input: &[f32], controls: &DitherControls) -> Vec<f32> {
        let mut dither = Dither::default();
        let (mut left, mut right) = (input.to_vec(), input.to_vec());
        for (left, right) in left.chunks_mut(64).zip(right.chunks_mut(64)) {
            dither.process(&mut StereoBlock { left, right }, controls);
        }
        left
    }

    #[test]
    fn error_is_triangular_noise_around_the_signal() {
        for bits in [DitherBits::Bits16, DitherBits::Bits20, DitherBits::Bits24] {
            let controls = DitherControls { on: true, bits, shaping: false };
            let steps = (1u64 << (bits.count() - 1)) as f64;
            let input: Vec<f32> = (0..100_000).map(|n| 0.25 * (n as f32 * 0.01).sin()).collect();
            let out = run(&input, &controls);
            let errors: Vec<f64> =
                out.iter().zip(&input).map(|(y, x)| (f64::from(*y) - f64::from(*x)) * steps).collect();
            let mean = errors.iter().sum::<f64>() / errors.len() as f64;
            let power = errors.iter().map(|e| e * e).sum::<f64>() / errors.len() as f64;
            // Rounding gives 1/12 of a step squared, the triangular noise 1/6.
            assert!(mean.abs() < 0.01 && (power - 0.25).abs() < 0.01, "{bits:?}: {mean} {power}");
            assert!(out.iter().all(|y| (f64::from(*y) * steps).fract() == 0.0), "{bits:?} off the grid");
        }
    }

    #[test]
    fn shaping_moves_noise_up_and_silence_is_blank() {
        let input: Vec<f32> = (0..65_536).map(|n| 0.1 * (n as f32 * 0.05).sin()).collect();
        let low_power = |shaping| {
            let out = run(&input, &DitherControls { on: true, bits: DitherBits::Bits16, shaping });
            let mut average = 0.0f64;
            let mut power = 0.0f64;
            for (y, x) in out.iter().zip(&input) {
                average += 0.02 * (f64::from(*y) - f64::from(*x) - average);
                power += average * average;
            }
            power
        };
        assert!(low_power(true) < 0.1 * low_power(false));
        let mut faded = vec![0.001; 500];
        faded.extend(vec![0.0; 4_000]);
        let out = run(&faded, &DitherControls { on: true, bits: DitherBits::Bits16, shaping: true });
        assert!(out[500 + BLANK_AFTER_SAMPLES..].iter().all(|y| *y == 0.0));
        assert!(out[500..1_000].iter().any(|y| *y != 0.0));
    }
}
