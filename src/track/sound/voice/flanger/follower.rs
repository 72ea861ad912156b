//! Keeps the loudness of a sound that something was added to.

use super::settings::Loudness;
use crate::track::sound::span::QUANTUM;

/// Power that both sides are taken to have at least, so that silence is at gain 1.
const FLOOR: f64 = 1e-12;
/// Time constants until the follower has forgotten: two poles in a row leave 3e-7 of an error.
const MEMORY: f64 = 18.0;
/// Frames of a pole that are computed side by side.
const STRIDE: usize = 4;

/// Compares the powers before and after, smoothed, and evens them out.
#[derive(Debug, Clone)]
pub struct Follower {
    /// The pole and its powers.
    poles: [f64; STRIDE],
    least_gain: f64,
    most_gain: f64,
    power_in: f64,
    power_out: f64,
    gain: f64,
}

impl Follower {
    /// A follower at rest.
    pub fn new(loudness: Loudness, rate_hz: f64) -> Self {
        let pole = (-1.0 / (loudness.time_ms * 1e-3 * rate_hz)).exp();
        let poles = std::array::from_fn(|i| pole.powi(i as i32 + 1));
        let Loudness { least_gain, most_gain, .. } = loudness;
        Self { poles, least_gain, most_gain, power_in: 0.0, power_out: 0.0, gain: 1.0 }
    }

    /// Forgets the past.
    pub fn reset(&mut self) {
        [self.power_in, self.power_out, self.gain] = [0.0, 0.0, 1.0];
    }

    /// Frames after which the past has no effect.
    pub fn memory_frames(&self) -> f64 {
        -MEMORY / self.poles[0].ln()
    }

    /// Brings `x` to the loudness of `reference`.
    #[inline(always)]
    pub fn level(&mut self, reference: &[f32; QUANTUM], x: &mut [f32; QUANTUM]) {
        let fresh = 1.0 - self.poles[0];
        let (mut power_in, mut power_out) = ([0.0; QUANTUM], [0.0; QUANTUM]);
        for i in 0..QUANTUM {
            let (reference, x) = (f64::from(reference[i]), f64::from(x[i]));
            (power_in[i], power_out[i]) = (fresh * reference * reference, fresh * x * x);
        }
        self.power_in = smooth(&self.poles, self.power_in, &mut power_in);
        self.power_out = smooth(&self.poles, self.power_out, &mut power_out);
        let mut wanted = [0.0; QUANTUM];
        for i in 0..QUANTUM {
            let ratio = (power_in[i] + FLOOR) as f32 / (power_out[i] + FLOOR) as f32;
            wanted[i] = fresh * f64::from(ratio.sqrt());
        }
        let mut gains = wanted;
        let last = smooth(&self.poles, self.gain, &mut gains);
        let is_within = |gain: &f64| *gain >= self.least_gain && *gain <= self.most_gain;
        if gains.iter().fold(true, |all, gain| all & is_within(gain)) {
            self.gain = last;
        } else {
            for i in 0..QUANTUM {
                let gain = self.poles[0] * self.gain + wanted[i];
                self.gain = gain.clamp(self.least_gain, self.most_gain);
                gains[i] = self.gain;
            }
        }
        for i in 0..QUANTUM {
            x[i] *= gains[i] as f32;
        }
    }
}

/// `y ← pole·y + x` over a quantum in place, a stride at a time so that no frame waits for the one before; returns the
/// last value.
#[inline(always)]
fn smooth(poles: &[f64; STRIDE], mut state: f64, x: &mut [f64; QUANTUM]) -> f64 {
    for x in x.as_chunks_mut::<STRIDE>().0 {
        for i in 1..STRIDE {
            x[i] += poles[0] * x[i - 1];
        }
        for i in 0..STRIDE {
            x[i] += poles[i] * state;
        }
        state = x[STRIDE - 1];
    }
    state
}
