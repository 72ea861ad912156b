//! Loops over the frequencies of a frame: random numbers in, notches on them, all on the audio thread and in vector code.

use super::notch::Notch;
use crate::dsp::rng::uniform_at;
use crate::dsp::sine::sine_wrapped;
use crate::dsp::units::log2_fast;
use fearless_simd::{Level, dispatch};
use std::f64::consts::PI;

/// Frequencies that a loop takes at once; the spectra are padded to a multiple of it.
pub const LANES: usize = 64;

/// −2·ln 2: turns a base-two logarithm into the square of a Rayleigh radius.
const MINUS_TWO_LN_2: f32 = -2.0 * std::f32::consts::LN_2;

/// Real and imaginary parts of a frame, from frequency zero up.
#[derive(Debug, Clone)]
pub struct Spectrum {
    /// Real parts.
    pub re: Vec<f32>,
    /// Imaginary parts.
    pub im: Vec<f32>,
}

impl Spectrum {
    /// Silence at `bins` frequencies.
    pub fn silent(bins: usize) -> Self {
        let padded = bins.next_multiple_of(LANES);
        Self { re: vec![0.0; padded], im: vec![0.0; padded] }
    }

    /// Copies another spectrum of the same size.
    pub fn copy_from(&mut self, other: &Self) {
        self.re.copy_from_slice(&other.re);
        self.im.copy_from_slice(&other.im);
    }
}

/// The frequencies of a frame, in the terms that notches need.
#[derive(Debug, Clone)]
pub struct Axis {
    level: Level,
    rate_hz: f64,
    /// 1 − cos ω.
    versines: Vec<f32>,
    /// sin ω.
    sines: Vec<f32>,
}

impl Axis {
    /// Frequencies of a frame of `frame` samples.
    pub fn new(frame: usize, rate_hz: f64) -> Self {
        let bins = (frame / 2 + 1).next_multiple_of(LANES);
        let w = |bin: usize| 2.0 * PI * bin.min(frame / 2) as f64 / frame as f64;
        Self {
            level: Level::new(),
            rate_hz,
            versines: (0..bins).map(|bin| versine(w(bin))).collect(),
            sines: (0..bins).map(|bin| w(bin).sin() as f32).collect(),
        }
    }

    /// Multiplies a spectrum by a notch's response, phase included: the ears differ in it too.
    pub fn apply(&self, notch: &Notch, x: &mut Spectrum) {
        if !notch.is_audible(self.rate_hz) {
            return;
        }
        let centre = versine(2.0 * PI * notch.freq_hz / self.rate_hz);
        let (width, stages) = (notch.width(self.rate_hz) as f32, notch.stages);
        dispatch!(self.level, _simd => notch_loop(self, centre, width, stages, x));
    }

    /// Fills a spectrum with complex Gaussians of the standard deviation `amplitude` in each part, addressed by
    /// `position` within `stream`: two positions for each frequency.
    pub fn fill_random(&self, stream: u64, position: u64, amplitude: &[f32], x: &mut Spectrum) {
        dispatch!(self.level, _simd => random_loop(stream, position, amplitude, x));
    }
}

/// 1 − cos `w` without loss at low frequencies.
fn versine(w: f64) -> f32 {
    let half = (0.5 * w).sin();
    (2.0 * half * half) as f32
}

#[inline(always)]
fn notch_loop(axis: &Axis, centre: f32, width: f32, stages: u32, x: &mut Spectrum) {
    let axes = axis.versines.chunks_exact(LANES).zip(axis.sines.chunks_exact(LANES));
    for ((re, im), (versines, sines)) in
        x.re.chunks_exact_mut(LANES).zip(x.im.chunks_exact_mut(LANES)).zip(axes)
    {
        let (mut power_re, mut power_im) = ([0.0f32; LANES], [0.0f32; LANES]);
        for i in 0..LANES {
            let distance = centre - versines[i];
            let spread = width * sines[i];
            let scale = distance / (distance * distance + spread * spread + 1e-30);
            power_re[i] = distance * scale;
            power_im[i] = -spread * scale;
        }
        let mut left = stages;
        loop {
            if left & 1 == 1 {
                for i in 0..LANES {
                    let (a, b) = (re[i], im[i]);
                    re[i] = a * power_re[i] - b * power_im[i];
                    im[i] = a * power_im[i] + b * power_re[i];
                }
            }
            left >>= 1;
            if left == 0 {
                break;
            }
            for i in 0..LANES {
                let (a, b) = (power_re[i], power_im[i]);
                power_re[i] = a * a - b * b;
                power_im[i] = 2.0 * a * b;
            }
        }
    }
}

/// Box and Muller's way to Gaussians.
#[inline(always)]
fn random_loop(stream: u64, position: u64, amplitude: &[f32], x: &mut Spectrum) {
    let parts = x.re.chunks_exact_mut(LANES).zip(x.im.chunks_exact_mut(LANES));
    for (chunk, ((re, im), amplitude)) in parts.zip(amplitude.chunks_exact(LANES)).enumerate() {
        let first = position.wrapping_add((2 * LANES * chunk) as u64);
        for i in 0..LANES {
            let at = first.wrapping_add(2 * i as u64);
            re[i] = uniform_at(stream, at);
            im[i] = uniform_at(stream, at.wrapping_add(1));
        }
        for i in 0..LANES {
            // 0 < share ≤ 1, so the logarithm exists.
            let share = 0.5 - 0.5 * re[i];
            let radius = amplitude[i] * (MINUS_TWO_LN_2 * log2_fast(share)).max(0.0).sqrt();
            let turn = 0.5 * im[i];
            let quarter_on = if turn > 0.25 { turn - 0.75 } else { turn + 0.25 };
            re[i] = radius * sine_wrapped(quarter_on);
            im[i] = radius * sine_wrapped(turn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notch_has_the_magnitude_of_its_stages() {
        let axis = Axis::new(4_096, 44_100.0);
        for notch in [
            Notch { freq_hz: 1_000.0, q: 25.0, stages: 10 },
            Notch { freq_hz: 80.0, q: 5.0, stages: 1 },
            Notch { freq_hz: 16_000.0, q: 2.0, stages: 7 },
        ] {
            let mut x = Spectrum::silent(2_049);
            x.re.fill(1.0);
            axis.apply(&notch, &mut x);
            for bin in 0..2_049 {
                let freq_hz = bin as f64 * 44_100.0 / 4_096.0;
                let expected = notch.magnitude(freq_hz, 44_100.0).powi(notch.stages as i32);
                let found = f64::from(x.re[bin].hypot(x.im[bin]));
                assert!((found - expected).abs() < 2e-4, "{notch:?} {freq_hz} Hz: {found} {expected}");
            }
        }
    }

    #[test]
    fn random_spectra_are_gaussian_and_independent() {
        let axis = Axis::new(4_096, 44_100.0);
        let (mut x, amplitude) = (Spectrum::silent(2_049), vec![1.0; 2_112]);
        let (mut square, mut fourth, mut cross, mut count) = (0.0f64, 0.0f64, 0.0f64, 0.0);
        for frame in 0..100 {
            axis.fill_random(9, frame * 8_192, &amplitude, &mut x);
            for (re, im) in x.re.iter().zip(&x.im) {
                let (re, im) = (f64::from(*re), f64::from(*im));
                square += re * re + im * im;
                fourth += re.powi(4) + im.powi(4);
                cross += re * im;
                count += 2.0;
            }
        }
        assert!((square / count - 1.0).abs() < 0.01, "{}", square / count);
        assert!((fourth / count - 3.0).abs() < 0.08, "{}", fourth / count);
        assert!((cross / count).abs() < 0.01);
    }
}
