//! Building blocks of noise against the original: see `track::golden`.

use super::chain::swept;
use super::colour::{self, Colour, Law};
use super::envelope::Envelope;
use super::motion::{Lfo, Motion, Wave};
use super::notch::read_static;
use super::sweep::Sweep;
use crate::dsp::butterworth::{band_pass, magnitude};
use crate::dsp::zero_phase::{run, zero_phase};
use crate::track::file::fields::Fields;
use crate::track::golden::{Case, RATE_HZ, cases, white};
use crate::track::sound::curve::{Curve, Shape};
use crate::track::sound::span::{QUANTUM, Span};
use realfft::RealFftPlanner;
use serde_json::{Value, json};
use std::f64::consts::TAU;

fn excitation(frames: std::ops::Range<usize>) -> Vec<f64> {
    white(frames).into_iter().map(f64::from).collect()
}

fn rounded(x: Vec<f64>) -> Vec<f32> {
    x.into_iter().map(|x| x as f32).collect()
}

#[test]
fn envelopes() {
    for case in cases("noise_envelope_0") {
        let fields = Fields::new(case.params.as_object().unwrap(), "params");
        let envelope = Envelope::read(&fields, Span::new(0.2, RATE_HZ));
        let mut found = Vec::new();
        for first in (0..case.frames as u64).step_by(QUANTUM) {
            let mut level = [1.0; QUANTUM];
            envelope.apply(first, &mut level);
            found.extend(level);
        }
        found.truncate(case.frames);
        case.check(&[found]);
    }
}

/// A number for all sweeps, or one for each.
fn of_sweep(value: &Value, i: usize) -> f64 {
    value.get(i).unwrap_or(value).as_f64().unwrap()
}

#[test]
fn sweeping_notches() {
    for case in ["swept_notch_0", "swept_notch_1"].iter().flat_map(|name| cases(name)) {
        let params = &case.params;
        let sweep = |(i, limits): (usize, &Value)| Sweep {
            min_hz: [of_sweep(limits, 0); 2],
            max_hz: [of_sweep(limits, 1); 2],
            q: [of_sweep(&params["notch_q"], i); 2],
            stages: [of_sweep(&params["cascade_count"], i); 2],
        };
        let sweeps = params["filter_sweeps"].as_array().unwrap().iter().enumerate().map(sweep).collect();
        let cycles = |key: &str| [params[key].as_f64().unwrap_or(0.0) / TAU; 2];
        let lfo = Lfo {
            wave: if params["lfo_waveform"] == "triangle" { Wave::Triangle } else { Wave::Sine },
            freq_hz: [case.number("lfo_freq"); 2],
            right_cycles: cycles("phase_offset"),
            intra_cycles: cycles("extra_phase_offset"),
        };
        let span = Span { rate_hz: RATE_HZ, frames: 16_384, duration_s: 16_384.0 / RATE_HZ };
        let motion = Motion::new(sweeps, lfo, None, span);
        let passes = 0..motion.passes();
        // The right ear is the one with the offset.
        let x = passes.fold(excitation(0..16_384), |x, pass| swept(&x, &motion, 1, pass, RATE_HZ));
        case.check(&[rounded(x)]);
    }
}

#[test]
fn notches_that_change_while_they_sweep() {
    for case in cases("swept_notch_varying_0") {
        let sweep = Sweep {
            min_hz: [500.0, 1_500.0],
            max_hz: [3_000.0, 8_000.0],
            q: [10.0, 40.0],
            stages: [2.0, 6.0],
        };
        // A transition's oscillator is a frame ahead of the case's.
        let right_cycles = [-2.0 / RATE_HZ; 2];
        let lfo = Lfo { wave: Wave::Sine, freq_hz: [2.0; 2], right_cycles, intra_cycles: [0.0; 2] };
        let span = Span { rate_hz: RATE_HZ, frames: 16_384, duration_s: 16_384.0 / RATE_HZ };
        let curve = Curve::new(span, 0.0, Some(16_383.0 / RATE_HZ), Shape::Linear);
        let motion = Motion::new(vec![sweep], lfo, Some(curve), span);
        case.check(&[rounded(swept(&excitation(0..16_384), &motion, 1, 0, RATE_HZ))]);
    }
}

#[test]
fn resting_notches() {
    for case in cases("static_notch_0") {
        let fields = Fields::new(case.params.as_object().unwrap(), "params");
        let notches = read_static(&fields);
        assert_eq!(notches.len(), 2);
        let ears = [0..8_192, 8_192..16_384].map(|frames| {
            let mut x = excitation(frames);
            for notch in &notches {
                (0..notch.stages).for_each(|_| zero_phase(&[notch.section(RATE_HZ)], 9, &mut x));
            }
            rounded(x)
        });
        case.check(&ears);
    }
}

/// The excitation under the slope of a colour, without cuts, at a peak of 1.
fn shaped(law: Law) -> Vec<f64> {
    let mut x = excitation(0..8_192);
    let frames = x.len();
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(frames), planner.plan_fft_inverse(frames));
    let mut bins = forward.make_output_vec();
    forward.process(&mut x, &mut bins).unwrap();
    let colour = Colour { law, ..Colour::WHITE };
    let lowest_hz = RATE_HZ / frames as f64;
    bins[0] = Default::default();
    for (i, bin) in bins.iter_mut().enumerate().skip(1) {
        *bin *= colour.amplitude(i as f64 * lowest_hz, lowest_hz, RATE_HZ);
    }
    inverse.process(&mut bins, &mut x).unwrap();
    at_peak_1(x)
}

fn at_peak_1(x: Vec<f64>) -> Vec<f64> {
    let top = x.iter().fold(0.0f64, |top, x| top.max(x.abs()));
    x.into_iter().map(|x| x / top).collect()
}

/// The colour of an object.
fn of_object(params: &Value) -> Colour {
    let object = json!({"noise_parameters": params});
    colour::read(&Fields::new(object.as_object().unwrap(), ""), "noise_parameters", true).colour
}

#[test]
fn colours_of_the_whole_buffer() {
    let red = of_object(&json!({"exponent": 2}));
    for (name, colour) in [
        ("noise_blue_fft", Colour::named("blue").unwrap()),
        ("noise_purple_fft", Colour::named("purple").unwrap()),
        ("noise_deep_brown_fft", Colour::named("deep brown").unwrap()),
        ("noise_red_fft", red),
    ] {
        cases(name).iter().for_each(|case| case.check(&[rounded(shaped(colour.law))]));
    }
    for case in ["noise_colored_0", "noise_colored_1"].iter().flat_map(|name| cases(name)) {
        case.check(&[rounded(shaped(of_object(&case.params).law))]);
    }
}

/// The original cuts with a causal band-pass. The same band-pass gives its samples, and has the magnitude of the colour.
fn check_cut(case: &Case, colour: Colour, is_normalized: bool) {
    let (low_hz, high_hz) = colour.low_cut_hz.zip(colour.high_cut_hz).unwrap();
    let sections = band_pass(4, low_hz, high_hz, RATE_HZ);
    let mut x = shaped(colour.law);
    run(&sections, &mut x);
    case.check(&[rounded(if is_normalized { at_peak_1(x) } else { x })]);
    let slope = Colour { low_cut_hz: None, high_cut_hz: None, ..colour };
    for freq_hz in [20.0, 90.0, 100.0, 500.0, 1_100.0, 7_000.0, 15_000.0] {
        let cut = colour.amplitude(freq_hz, 1.0, RATE_HZ) / slope.amplitude(freq_hz, 1.0, RATE_HZ);
        let expected = magnitude(&sections, freq_hz, RATE_HZ);
        assert!((cut - expected).abs() < 1e-6, "{} {freq_hz} Hz: {cut} {expected}", case.name);
    }
}

#[test]
fn colours_with_cuts() {
    let green = Colour::named("green").unwrap();
    cases("noise_green_fft").iter().for_each(|case| check_cut(case, green, true));
    cases("noise_colored_2").iter().for_each(|case| check_cut(case, of_object(&case.params), false));
}

/// Levels of the octaves from 125 Hz to 8 kHz, less their mean, in decibels.
fn octaves_db(x: &[f64]) -> [f64; 7] {
    let frames = x.len();
    let transform = RealFftPlanner::<f64>::new().plan_fft_forward(frames);
    let hann = |i: usize| 0.5 - 0.5 * (TAU * i as f64 / frames as f64).cos();
    let mut windowed: Vec<f64> = x.iter().enumerate().map(|(i, x)| x * hann(i)).collect();
    let mut bins = transform.make_output_vec();
    transform.process(&mut windowed, &mut bins).unwrap();
    let level = |i: i32| {
        let bin = |hz: f64| (hz * frames as f64 / RATE_HZ) as usize;
        let centre_hz = 125.0 * 2.0f64.powi(i);
        let band = &bins[bin(centre_hz / 2.0f64.sqrt())..bin(centre_hz * 2.0f64.sqrt())];
        10.0 * band.iter().map(|bin| bin.norm_sqr()).sum::<f64>().log10()
    };
    let levels = [0, 1, 2, 3, 4, 5, 6].map(level);
    let mean = levels.iter().sum::<f64>() / 7.0;
    levels.map(|level| level - mean)
}

/// Colours that the original makes with a causal filter, whose phase is not the law's: what agrees are the octaves.
#[test]
fn colours_of_recursive_filters() {
    for (name, law) in [("noise_pink_filter", Law::Pink), ("noise_brown_filter", Law::RunningSum)] {
        for case in cases(name) {
            let Some(truth) = case.waveform() else { continue };
            let truth: Vec<f64> = truth.into_iter().map(f64::from).collect();
            let (found, expected) = (octaves_db(&shaped(law)), octaves_db(&truth));
            let is_near = |(found, expected): (&f64, &f64)| (found - expected).abs() < 0.02;
            println!("{name}: octaves {found:.4?}, expected {expected:.4?}");
            assert!(found.iter().zip(&expected).all(is_near), "{name}: {found:?}, expected {expected:?}");
        }
    }
}
