//! `spatial_angle_modulation`: a mono sine that moves around a built-in model of a head.
//!
//! The model has no measured data. Interaural time: a sphere, k·(a/c)·sin(azimuth) with k from 3 at low to 2 at high
//! frequencies (Kuhn 1977); for a sine a delay is a phase, so there is no delay line. Interaural level: the one-pole
//! head shadow of Brown and Duda (1998) at the carrier's frequency. Behind: quieter by 1 dB, by 4 dB where the pinna
//! shadows. Everything is smooth in the angle. Built off the audio thread, rendered on it.

use super::formula::{Formula, Formulaic};
use super::waveshaping::progress::{Course, Progress};
use super::waveshaping::tone::{Moving, Tone, sines_of};
use super::{Behaviour, Built, QUANTUM, Quantum, VoiceContext};
use crate::dsp::sine::wrap_cycles;
use crate::track::sound::curve::{Curve, Shape};
use std::f64::consts::FRAC_2_PI;

/// Time for sound to pass the radius of a head (8.75 cm at 343 m/s).
const HEAD_S: f32 = 0.0875 / 343.0;
/// Turning frequency of the head shadow: c/(π·a).
const SHADOW_HZ: f32 = 1.0 / (std::f32::consts::PI * HEAD_S);
/// Weight of high frequencies at the near ear and in the shadow.
const SHADOW_WEIGHTS: [f32; 2] = [2.0, 0.1];
/// Frequency about which the interaural time goes from its low to its high law.
const TIME_TURN_HZ: f32 = 1000.0;
/// Frequency about which the pinna begins to shadow what is behind.
const PINNA_HZ: f32 = 4000.0;
/// What is lost behind at low frequencies, and in addition at high ones: 1 dB, 4 dB in all.
const BEHIND_LOSS: [f32; 2] = [0.108_749, 0.260_294];
/// Beats below this stand still in front.
const LEAST_BEAT_HZ: f64 = 1e-6;
/// Steps of the path in the search for its peak.
const PEAK_STEPS: usize = 16;

/// Compiles the voice. The original reads only start and end of its transitions and takes the whole step for them.
pub fn build(context: &VoiceContext) -> Built {
    let (fields, span) = (context.fields, context.span);
    let course = match (context.is_transition, context.behaviour) {
        (false, _) => Course::still(),
        (true, Behaviour::Intended) => Course::new(&context.curve()),
        (true, Behaviour::Original) => Course::new(&Curve::new(span, 0.0, None, Shape::Linear)),
    };
    let carrier_hz = context.pair("carrierFreq", 440.0);
    let beat_hz = context.pair("beatFreq", 4.0);
    let arc_deg = [context.pair("arcStartDeg", 0.0), context.pair("arcEndDeg", 360.0)];
    let stands = beat_hz.iter().all(|hz| *hz < LEAST_BEAT_HZ);
    let mut voice = SpatialAngle {
        course,
        carrier: Tone::new(carrier_hz, 0.0, span),
        beat: Tone::new(if stands { [0.0; 2] } else { beat_hz }, 0.0, span),
        carrier_hz: Moving::new(carrier_hz),
        path: if stands { Path::Around { turn_cycles: 0.0 } } else { Path::read(context) },
        arc_cycles: arc_deg.map(|pair| Moving::new(pair.map(|deg| deg / 360.0))),
        amp: Moving::new(context.pair("amp", 0.7)),
    };
    let windows = window_sum(fields.number("overlap_factor", 8.0));
    let peak = f64::from(voice.peak()) * windows;
    let gain = if peak > 1.0 { 0.98 / peak } else { 1.0 } * windows;
    voice.amp = voice.amp.times(gain as f32);
    Built::new(Formulaic::new(voice))
}

/// What the original's overlapping frames add up to: Hann windows, and their roots for two and four frames. It decides
/// how loud the voice is beside others.
fn window_sum(overlap_factor: f64) -> f64 {
    let factor = overlap_factor.trunc().clamp(1.0, 64.0);
    factor * if factor == 2.0 || factor == 4.0 { FRAC_2_PI } else { 0.5 }
}

/// Where the sine goes in a cycle.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Path {
    /// Around the head; squares and diamonds differ from the circle only in distance, which is not heard.
    Around { turn_cycles: f64 },
    /// To and fro through the middle, from the front to behind.
    Through,
    /// Along an arc and back, slower at its ends.
    Arc,
    /// Along an arc and back at constant speed.
    EvenArc,
}

impl Path {
    fn read(context: &VoiceContext) -> Self {
        match context.fields.text("pathShape", "circle").trim() {
            "circle" | "square" => Self::Around { turn_cycles: 0.0 },
            "diamond" => Self::Around { turn_cycles: 0.125 },
            "linear" => Self::Through,
            "arc" => Self::Arc,
            "oscillating_arc" => Self::EvenArc,
            other => {
                context.fields.repair("pathShape", format!("found {other:?}, taken as circle"));
                Self::Around { turn_cycles: 0.0 }
            }
        }
    }
}

#[derive(Debug, Clone)]
struct SpatialAngle {
    course: Course,
    carrier: Tone,
    beat: Tone,
    carrier_hz: Moving,
    path: Path,
    /// Ends of the arc.
    arc_cycles: [Moving; 2],
    amp: Moving,
}

impl SpatialAngle {
    /// How far to the right and how far in front (−1…1 each) the sine is at phases of its path.
    #[inline(always)]
    fn places(&self, mut cycles: [f64; QUANTUM], alpha: &[f32; QUANTUM]) -> [[f32; QUANTUM]; 2] {
        let shares = match self.path {
            Path::Around { turn_cycles } => {
                cycles.iter_mut().for_each(|cycles| *cycles += turn_cycles);
                return around(cycles);
            }
            Path::Through => return [[0.0; QUANTUM], sines_of(&cycles)],
            Path::Arc => around(cycles)[1].map(|cosine| 0.5 - 0.5 * cosine),
            Path::EvenArc => cycles.map(|cycles| (2.0 * wrap_cycles(cycles)).abs() as f32),
        };
        for i in 0..QUANTUM {
            let [start, end] = self.arc_cycles.map(|end| end.at(alpha[i]));
            cycles[i] = f64::from(start + shares[i] * (end - start));
        }
        around(cycles)
    }

    /// Largest gain of an ear times the amplitude, at both ends of a transition.
    fn peak(&self) -> f32 {
        let mut peak = 0.0f32;
        for (alpha, step) in
            [0.0, 1.0].into_iter().flat_map(|alpha| (0..PEAK_STEPS).map(move |step| (alpha, step)))
        {
            let mut cycles = [0.0; QUANTUM];
            for (i, cycle) in cycles.iter_mut().enumerate() {
                *cycle = (step * QUANTUM + i) as f64 / (PEAK_STEPS * QUANTUM) as f64;
            }
            let [right, front] = self.places(cycles, &[alpha; QUANTUM]);
            for i in 0..QUANTUM {
                let gains = ear_gains(right[i], front[i], self.carrier_hz.at(alpha));
                peak = peak.max(gains[0].max(gains[1]) * self.amp.at(alpha).abs());
            }
        }
        peak
    }
}

impl Formula for SpatialAngle {
    #[inline(always)]
    fn fill(&self, first: u64, out: &mut Quantum) {
        let mut progress = Progress::STILL;
        self.course.fill(first, &mut progress);
        let [right, front] = self.places(self.beat.phases(first, &progress), &progress.alpha);
        let carrier = self.carrier.phases(first, &progress);
        let (mut gains, mut leads_cycles) = ([[0.0; QUANTUM]; 2], [0.0; QUANTUM]);
        for i in 0..QUANTUM {
            let hz = self.carrier_hz.at(progress.alpha[i]);
            let amp = self.amp.at(progress.alpha[i]);
            let ears = ear_gains(right[i], front[i], hz);
            gains[0][i] = amp * ears[0];
            gains[1][i] = amp * ears[1];
            leads_cycles[i] = 0.5 * hz * delay_s(hz) * right[i];
        }
        for (ear, out) in [&mut out.left, &mut out.right].into_iter().enumerate() {
            let (mut cycles, sign) = (carrier, [-1.0, 1.0][ear]);
            for i in 0..QUANTUM {
                cycles[i] += f64::from(sign * leads_cycles[i]);
            }
            *out = sines_of(&cycles);
            for i in 0..QUANTUM {
                out[i] *= gains[ear][i];
            }
        }
    }
}

/// Sine and cosine of an azimuth.
#[inline(always)]
fn around(mut cycles: [f64; QUANTUM]) -> [[f32; QUANTUM]; 2] {
    let right = sines_of(&cycles);
    cycles.iter_mut().for_each(|cycles| *cycles += 0.25);
    [right, sines_of(&cycles)]
}

/// Time between the ears in seconds for a sine at the side.
#[inline(always)]
fn delay_s(hz: f32) -> f32 {
    let ratio = hz * (1.0 / TIME_TURN_HZ);
    HEAD_S * (2.0 + 1.0 / (1.0 + ratio * ratio))
}

/// Gains of the left and the right ear.
#[inline(always)]
fn ear_gains(right: f32, front: f32, hz: f32) -> [f32; 2] {
    let shadow = square(hz * (1.0 / SHADOW_HZ));
    let pinna = square(hz * (1.0 / PINNA_HZ));
    let loss = BEHIND_LOSS[0] + BEHIND_LOSS[1] * pinna / (1.0 + pinna);
    let distance = 1.0 - loss * (0.5 - 0.5 * front);
    [-right, right].map(|towards| {
        let [near, far] = SHADOW_WEIGHTS;
        let weight = 0.5 * (near + far) + 0.5 * (near - far) * towards;
        distance * ((1.0 + weight * weight * shadow) / (1.0 + shadow)).sqrt()
    })
}

#[inline(always)]
fn square(x: f32) -> f32 {
    x * x
}

#[cfg(test)]
mod tests {
    use super::super::waveshaping::trial;
    use super::*;
    use crate::track::sound::span::Span;
    use serde_json::{Value, json};

    const SHAPES: [&str; 6] = ["circle", "square", "linear", "arc", "diamond", "oscillating_arc"];

    fn rendered(params: &Value, duration_s: f64) -> [Vec<f32>; 2] {
        let span = Span::new(duration_s, 48_000.0);
        let (mut voice, problems) = trial::built(build, params, span, false, Behaviour::Intended);
        assert!(problems.is_empty(), "{problems:?}");
        let mut channels = [Vec::new(), Vec::new()];
        for first in (0..span.frames).step_by(QUANTUM) {
            let out = trial::quantum(&mut *voice, first);
            channels[0].extend(out.left);
            channels[1].extend(out.right);
        }
        channels
    }

    fn power(samples: &[f32]) -> f32 {
        samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32
    }

    #[test]
    fn goes_around_by_the_right() {
        let [left, right] = rendered(&json!({"beatFreq": 1, "carrierFreq": 3000}), 1.0);
        let at = |channel: &[f32], turn: f32| {
            let centre = (turn * 48_000.0) as usize;
            power(&channel[centre.max(480) - 480..][..960])
        };
        let difference_db = |turn: f32| 10.0 * (at(&right, turn) / at(&left, turn)).log10();
        assert!((8.0..20.0).contains(&difference_db(0.25)), "{}", difference_db(0.25));
        assert!((difference_db(0.25) + difference_db(0.75)).abs() < 0.1);
        assert!(difference_db(0.5).abs() < 0.1);
        let behind_db = 10.0 * (at(&left, 0.5) / at(&left, 0.01)).log10();
        assert!((-3.0..-1.0).contains(&behind_db), "{behind_db}");
    }

    #[test]
    fn the_near_ear_hears_first() {
        // A source that stands at the right: the ears differ by the delay of a low tone, 3·a/c.
        let object =
            json!({"pathShape": "arc", "arcStartDeg": 90, "arcEndDeg": 90, "carrierFreq": 100, "amp": 0.1});
        let [left, right] = rendered(&object, 0.1);
        let rising = |x: &[f32]| {
            let i = (1..x.len()).find(|i| x[i - 1] < 0.0 && x[*i] >= 0.0).unwrap();
            i as f32 - x[i] / (x[i] - x[i - 1])
        };
        let delay_s = (rising(&left) - rising(&right)).rem_euclid(480.0) / 48_000.0;
        let expected_s = HEAD_S * (2.0 + 1.0 / 1.01);
        assert!((delay_s - expected_s).abs() < 1e-6, "{delay_s} {expected_s}");
    }

    #[test]
    fn never_clicks_and_keeps_its_level() {
        for shape in SHAPES {
            let [left, right] =
                rendered(&json!({"pathShape": shape, "carrierFreq": 200, "beatFreq": 7}), 1.0);
            for channel in [&left, &right] {
                let peak = channel.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
                assert!((0.5..0.981).contains(&peak), "{shape} {peak}");
                // The steepest sine of that peak, and a little for the movement.
                let steepest =
                    channel.windows(2).fold(0.0f32, |most, pair| most.max((pair[1] - pair[0]).abs()));
                assert!(
                    steepest < 1.2 * peak * std::f32::consts::TAU * 200.0 / 48_000.0,
                    "{shape} {steepest}"
                );
            }
        }
    }

    #[test]
    fn seeks_exactly_and_stands_extremes() {
        for shape in SHAPES {
            trial::seeks_exactly(
                build,
                &json!({"pathShape": shape, "endCarrierFreq": 300, "endArcEndDeg": 90}),
            );
            let keys = [
                "amp",
                "carrierFreq",
                "beatFreq",
                "arcStartDeg",
                "arcEndDeg",
                "overlap_factor",
                "endAmp",
                "endCarrierFreq",
                "startBeatFreq",
                "initial_offset",
            ];
            trial::stands_extremes(build, &json!({"pathShape": shape}), &keys);
        }
    }
}
