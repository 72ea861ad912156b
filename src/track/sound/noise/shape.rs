//! How loud each frequency of a streamed noise is before its sweeps: colour, band limits and static notches.

use super::chain::{BOTTOM_HZ, TOP_HZ};
use super::colour::Colour;
use super::notch::Notch;
use super::spectrum::LANES;
use crate::track::sound::span::Span;
use std::f64::consts::PI;

/// Amplitudes of the frequencies of a frame, and the part that the static notches have in them. A recording has no colour
/// and keeps its level; a colour is brought to a power of one without notches.
pub fn shape(colour: Option<&Colour>, notches: &[Notch], span: Span, frame: usize) -> (Vec<f32>, Vec<f32>) {
    let bins = frame / 2 + 1;
    // The exponents of a colour start at the lowest frequency of the whole step.
    let lowest_hz = span.rate_hz / span.frames.max(4) as f64;
    let freq_hz = |bin: usize| bin as f64 * span.rate_hz / frame as f64;
    let plain = |bin: usize| match bin {
        0 => 0.0,
        bin if bin == bins - 1 => 0.0,
        bin => {
            let slope = colour.map_or(1.0, |colour| colour.amplitude(freq_hz(bin), lowest_hz, span.rate_hz));
            slope * band(freq_hz(bin), span.rate_hz)
        }
    };
    let plain: Vec<f64> = (0..bins).map(plain).collect();
    let power: f64 = plain.iter().map(|amplitude| amplitude * amplitude).sum();
    let scale = if colour.is_some() && power > 0.0 { power.sqrt().recip() } else { 1.0 };
    let mut resting = vec![1.0f32; bins];
    for notch in notches.iter().filter(|notch| notch.is_audible(span.rate_hz)) {
        for (bin, resting) in resting.iter_mut().enumerate() {
            *resting *= notch.magnitude(freq_hz(bin), span.rate_hz).powi(2 * notch.stages as i32) as f32;
        }
    }
    let loud = plain.iter().zip(&resting).map(|(plain, resting)| (plain * scale) as f32 * resting);
    let padded = |mut amplitudes: Vec<f32>| {
        amplitudes.resize(bins.next_multiple_of(LANES), 0.0);
        amplitudes
    };
    (padded(loud.collect()), padded(resting))
}

/// The band limits of the chain: Butterworth, first order above and second below, forwards and backwards.
fn band(freq_hz: f64, rate_hz: f64) -> f64 {
    let warped = |hz: f64| (PI * (hz / rate_hz).min(0.499_9)).tan();
    let (above, below) = (warped(freq_hz) / warped(TOP_HZ), warped(BOTTOM_HZ) / warped(freq_hz));
    1.0 / ((1.0 + above * above) * (1.0 + below.powi(4)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::butterworth::{high_pass, low_pass, magnitude};

    #[test]
    fn band_limits_are_the_filters_applied_twice() {
        let sections = [low_pass(1, TOP_HZ, 48_000.0), high_pass(2, BOTTOM_HZ, 48_000.0)].concat();
        for freq_hz in [10.0, 50.0, 1_000.0, 10_000.0, 23_000.0] {
            let expected = magnitude(&sections, freq_hz, 48_000.0).powi(2);
            assert!((band(freq_hz, 48_000.0) - expected).abs() < 1e-9, "{freq_hz}");
        }
    }

    #[test]
    fn a_colour_has_a_power_of_one() {
        let span = Span::new(10.0, 44_100.0);
        let (amplitude, _) = shape(Colour::named("deep brown").as_ref(), &[], span, 4_096);
        let power: f64 = amplitude.iter().map(|amplitude| f64::from(*amplitude).powi(2)).sum();
        assert!((power - 1.0).abs() < 1e-6, "{power}");
        assert_eq!((amplitude[0], amplitude.len()), (0.0, 2_112));
    }
}
