//! What every part of the song is made of: stereo buffers, a saw without aliases, a filter, seeded noise.

use std::f32::consts::{FRAC_PI_4, PI};

use super::RATE_HZ;

/// Seconds to frames.
pub fn frames(seconds: f64) -> usize {
    (seconds * f64::from(RATE_HZ)) as usize
}

/// Frequency of a MIDI note, A4 = 440 Hz; fractions are bends.
pub fn note_hz(note: f32) -> f32 {
    440.0 * 2f32.powf((note - 69.0) / 12.0)
}

/// Falls by 60 dB in `decay_s`.
pub fn decay(seconds: f32, decay_s: f32) -> f32 {
    (-6.91 * seconds / decay_s).exp()
}

/// Two channels of equal length.
#[derive(Clone)]
pub struct Stereo {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
}

impl Stereo {
    pub fn silence(frames: usize) -> Self {
        Self { left: vec![0.0; frames], right: vec![0.0; frames] }
    }

    /// Adds `gain` times another buffer of the same length.
    pub fn add(&mut self, other: &Self, gain: f32) {
        for (to, from) in [(&mut self.left, &other.left), (&mut self.right, &other.right)] {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += gain * from);
        }
    }

    /// Adds a mono sound at a time, placed between the loudspeakers (−1 left, 0 centre, 1 right) at constant power.
    pub fn place(&mut self, at_s: f64, pan: f32, sound: &[f32]) {
        let (right_gain, left_gain) = (FRAC_PI_4 * (1.0 + pan)).sin_cos();
        let start = frames(at_s.max(0.0));
        for (offset, sample) in sound.iter().enumerate() {
            let Some(left) = self.left.get_mut(start + offset) else { break };
            *left += left_gain * sample;
            self.right[start + offset] += right_gain * sample;
        }
    }

    /// Steps aside for each hit (start in seconds) and comes back within a fifth of a second.
    pub fn duck(&mut self, hits_s: &[f64], depth: f32) {
        for &hit_s in hits_s {
            let (start, length) = (frames(hit_s), frames(0.2));
            for offset in 0..length {
                let Some(left) = self.left.get_mut(start + offset) else { break };
                let x = offset as f32 / length as f32;
                let gain = 1.0 - depth * (x * 40.0).min(1.0) * (1.0 - x) * (1.0 - x);
                *left *= gain;
                self.right[start + offset] *= gain;
            }
        }
    }

    /// Second-order high-pass on both channels.
    pub fn high_pass(&mut self, cutoff_hz: f32) {
        for channel in [&mut self.left, &mut self.right] {
            let mut filter = Filter::default();
            channel.iter_mut().for_each(|x| *x = filter.step(*x, cutoff_hz, 0.707).high);
        }
    }

    /// Removes what is above 20 kHz, as converters do (windowed-sinc low-pass with linear phase, its delay taken off).
    pub fn band_limit(&mut self) {
        const HALF: usize = 128;
        let cutoff = 19_300.0 / RATE_HZ as f32;
        let tap = |n: usize| {
            let t = n as f32 - HALF as f32;
            let sinc = if t == 0.0 { 2.0 * cutoff } else { (2.0 * PI * cutoff * t).sin() / (PI * t) };
            let x = PI * n as f32 / HALF as f32;
            sinc * (0.42 - 0.5 * x.cos() + 0.08 * (2.0 * x).cos())
        };
        let taps: Vec<f32> = (0..=2 * HALF).map(tap).collect();
        for channel in [&mut self.left, &mut self.right] {
            let mut padded = vec![0.0; HALF];
            padded.extend(channel.iter());
            padded.resize(padded.len() + HALF, 0.0);
            for (out, window) in channel.iter_mut().zip(padded.windows(taps.len())) {
                *out = window.iter().zip(&taps).map(|(x, tap)| x * tap).sum();
            }
        }
    }

    /// Raised-cosine fade over the last `seconds`.
    pub fn fade_out(&mut self, seconds: f32) {
        let length = frames(f64::from(seconds)).min(self.left.len());
        let start = self.left.len() - length;
        for offset in 0..length {
            let gain = 0.5 + 0.5 * (PI * offset as f32 / length as f32).cos();
            self.left[start + offset] *= gain;
            self.right[start + offset] *= gain;
        }
    }

    /// Scales so that the larger channel peaks at `peak_dbfs`.
    pub fn normalise(&mut self, peak_dbfs: f32) {
        let peak = self.left.iter().chain(&self.right).fold(1e-9f32, |peak, x| peak.max(x.abs()));
        let gain = 10f32.powf(peak_dbfs / 20.0) / peak;
        self.left.iter_mut().chain(&mut self.right).for_each(|x| *x *= gain);
    }
}

/// The three outputs of [`Filter`] for one sample.
pub struct Bands {
    pub low: f32,
    pub band: f32,
    pub high: f32,
}

/// Trapezoidal state-variable filter (A. Simper, "Linear Trapezoidal State Variable Filter", 2013); safe to sweep.
#[derive(Default, Clone, Copy)]
pub struct Filter {
    first: f32,
    second: f32,
}

impl Filter {
    pub fn step(&mut self, x: f32, cutoff_hz: f32, q: f32) -> Bands {
        let g = (PI * (cutoff_hz / RATE_HZ as f32).min(0.45)).tan();
        let k = 1.0 / q;
        let a = 1.0 / (1.0 + g * (g + k));
        let band = a * (self.first + g * (x - self.second));
        let low = self.second + g * band;
        self.first = 2.0 * band - self.first;
        self.second = 2.0 * low - self.second;
        Bands { low, band: k * band, high: x - k * band - low }
    }
}

/// Sawtooth with its step rounded off by a polynomial, so that it does not alias audibly.
#[derive(Clone, Copy)]
pub struct Saw {
    phase: f32,
}

impl Saw {
    /// `phase` in cycles.
    pub fn new(phase: f32) -> Self {
        Self { phase }
    }

    pub fn step(&mut self, hz: f32) -> f32 {
        let step = hz / RATE_HZ as f32;
        self.phase = (self.phase + step).fract();
        let t = self.phase;
        let correction = if t < step {
            let x = t / step;
            x + x - x * x - 1.0
        } else if t > 1.0 - step {
            let x = (t - 1.0) / step;
            x * x + x + x + 1.0
        } else {
            0.0
        };
        2.0 * t - 1.0 - correction
    }
}

/// Seeded noise and small human differences (64-bit linear congruential generator, high bits).
pub struct Noise(u64);

impl Noise {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03)
    }

    /// Uniform in −1…1.
    pub fn step(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / 8_388_608.0 - 1.0
    }
}
