//! Glitch bursts of transitions: short swelling bursts of noise around the carrier, one at the end of every interval.
//!
//! The bursts are made off the audio thread and shared; the audio thread adds them.

use crate::dsp::rng::uniform_at;
use crate::track::sound::span::{QUANTUM, Quantum};
use crate::track::sound::voice::{Voice, VoiceContext};
use realfft::RealFftPlanner;
use std::f64::consts::TAU;
use std::sync::Arc;

/// Samples of all different bursts of a voice; beyond that they repeat.
const MOST_SAMPLES: u64 = 1 << 20;
/// Bursts that may sound at once.
const MOST_AT_ONCE: f64 = 16.0;

/// Noise that is laid over a voice.
struct Glitch {
    inner: Box<dyn Voice>,
    bursts: Arc<[Vec<f32>]>,
    /// Frames from the end of one burst to the end of the next.
    interval: f64,
    /// Number of bursts.
    count: u64,
}

/// Adds the bursts that the `glitch…` keys of a transition ask for; other voices stay as they are.
pub fn wrap(inner: Box<dyn Voice>, context: &VoiceContext<'_>, centre_hz: f64) -> Box<dyn Voice> {
    if !context.is_transition {
        return inner;
    }
    let mean = |key: &str| context.pair(key, 0.0).iter().sum::<f64>() * 0.5;
    let (mut interval_s, burst_s, level) =
        (mean("glitchInterval"), mean("glitchDur"), mean("glitchNoiseLevel"));
    let (width_hz, exponent) = (mean("glitchFocusWidth"), mean("glitchFocusExp"));
    if !(interval_s > 0.0 && burst_s > 0.0 && level > 0.0) {
        return inner;
    }
    if burst_s > MOST_AT_ONCE * interval_s {
        let message = format!("shorter than a {MOST_AT_ONCE}th of glitchDur, which it is taken for");
        context.fields.repair("glitchInterval", message);
        interval_s = burst_s / MOST_AT_ONCE;
    }
    let span = context.span;
    let (length, count) = (span.frames_in(burst_s).min(MOST_SAMPLES), (span.duration_s / interval_s) as u64);
    if length == 0 || count == 0 {
        return inner;
    }
    let stream = context
        .fields
        .path()
        .bytes()
        .fold(0x6c17_c4e5u64, |hash, byte| (hash ^ u64::from(byte)) * 31 % (1 << 32));
    let focus = Focus { centre_hz, width_hz, exponent, rate_hz: span.rate_hz };
    let different = (MOST_SAMPLES / length).clamp(1, count);
    let bursts = (0..different).map(|burst| make(stream, burst * length, length as usize, level, &focus));
    Box::new(Glitch { inner, bursts: bursts.collect(), interval: interval_s * span.rate_hz, count })
}

/// The part of the spectrum that the noise keeps.
struct Focus {
    centre_hz: f64,
    width_hz: f64,
    exponent: f64,
    rate_hz: f64,
}

impl Focus {
    fn gain(&self, hz: f64) -> f64 {
        if self.width_hz == 0.0 {
            return 1.0;
        }
        let distance = ((hz - self.centre_hz) / self.width_hz).abs().powf(self.exponent);
        if distance.is_nan() { 0.0 } else { (-0.5 * distance).exp() }
    }
}

/// One burst: Gaussian noise through the focus, with its peak at 1, swelling from 0 to `level`.
fn make(stream: u64, position: u64, length: usize, level: f64, focus: &Focus) -> Vec<f32> {
    let mut noise: Vec<f64> = (0..length as u64).map(|i| gaussian(stream, position + i)).collect();
    let mut planner = RealFftPlanner::new();
    let (there, back) = (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
    let mut spectrum = there.make_output_vec();
    let bin_hz = focus.rate_hz / length as f64;
    // The lengths come from the plans, so the transforms cannot fail; if one did, the noise would stay as it was.
    if focus.width_hz != 0.0 && there.process(&mut noise, &mut spectrum).is_ok() {
        for (bin, value) in spectrum.iter_mut().enumerate() {
            *value *= focus.gain(bin as f64 * bin_hz);
        }
        let _ = back.process(&mut spectrum, &mut noise);
    }
    let peak = noise.iter().fold(0.0f64, |peak, x| peak.max(x.abs()));
    let scale = if peak > 0.0 { level / peak } else { 0.0 };
    let last = (length.max(2) - 1) as f64;
    noise.iter().enumerate().map(|(i, x)| (x * scale * i as f64 / last) as f32).collect()
}

/// A normally distributed number (Box and Muller 1958).
fn gaussian(stream: u64, position: u64) -> f64 {
    let first = 0.5 - 0.5 * f64::from(uniform_at(stream, 2 * position));
    let second = f64::from(uniform_at(stream, 2 * position + 1));
    (-2.0 * first.max(1e-12).ln()).sqrt() * (0.5 * TAU * second).cos()
}

impl Voice for Glitch {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        self.inner.render(first, out);
        let length = self.bursts[0].len() as u64;
        // Bursts that end after the quantum begins and begin before it ends, and one to either side of them.
        let earliest = ((first as f64 / self.interval) as u64).max(1);
        let latest = (((first + length) as f64 + QUANTUM as f64) / self.interval) as u64 + 1;
        for burst in earliest..=latest.min(self.count) {
            let end = (burst as f64 * self.interval) as u64;
            let samples = &self.bursts[(burst - 1) as usize % self.bursts.len()];
            for i in 0..QUANTUM {
                let place = (first + i as u64 + length).checked_sub(end);
                if let Some(sample) = place.and_then(|place| samples.get(place as usize)) {
                    out.left[i] += sample;
                    out.right[i] += sample;
                }
            }
        }
    }

    fn fork(&self) -> Box<dyn Voice> {
        let (bursts, interval, count) = (self.bursts.clone(), self.interval, self.count);
        Box::new(Self { inner: self.inner.fork(), bursts, interval, count })
    }

    fn run_in_frames(&self) -> u64 {
        self.inner.run_in_frames()
    }
}
