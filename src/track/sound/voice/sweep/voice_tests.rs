//! Tests of the beat voices that share [`super`]: the far end of long steps, seeks, absurd parameters.

use crate::track::file::fields::Fields;
use crate::track::file::files::Recording;
use crate::track::sound::voice::*;
use serde_json::{Value, json};
use std::f64::consts::TAU;
use std::path::Path;
use std::sync::Arc;

type Build = fn(&VoiceContext) -> Built;

const RATE_HZ: f64 = 44_100.0;

const VOICES: [Build; 4] = [monaural_beat::build, qam_beat::build, hybrid_qam::build, sam_monaural::build];

struct NoFiles;

impl Files for NoFiles {
    fn recording(&self, _: &Path) -> Result<Arc<Recording>, String> {
        Err(String::new())
    }

    fn recording_at(&self, _: &Path, _: f64) -> Result<Arc<Recording>, String> {
        Err(String::new())
    }

    fn json(&self, _: &Path) -> Result<Value, String> {
        Err(String::new())
    }
}

fn built(
    build: Build,
    params: &Value,
    duration_s: f64,
    is_transition: bool,
    behaviour: Behaviour,
) -> Box<dyn Voice> {
    let fields = Fields::new(params.as_object().unwrap(), "");
    let span = Span::new(duration_s, RATE_HZ);
    let carried_phases_rad = None;
    let context =
        VoiceContext { fields: &fields, span, is_transition, behaviour, carried_phases_rad, files: &NoFiles };
    build(&context).voice
}

fn quantum(voice: &mut dyn Voice, first: u64) -> Quantum {
    let mut quantum = Quantum::SILENT;
    voice.render(first, &mut quantum);
    quantum
}

/// Largest difference from a formula of the frame.
fn worst(quantum: &Quantum, first: u64, truth: impl Fn(u64) -> [f64; 2]) -> f64 {
    let error = |i: usize| {
        let [left, right] = truth(first + i as u64);
        (f64::from(quantum.left[i]) - left).abs().max((f64::from(quantum.right[i]) - right).abs())
    };
    (0..QUANTUM).map(error).fold(0.0, f64::max)
}

/// Sine of `frames`·`centihertz`/100 cycles by whole-number arithmetic.
fn exact_sine(frames: u64, centihertz: u64, offset_cycles: f64) -> f64 {
    let cycle = RATE_HZ as u128 * 100;
    let part = u128::from(frames) * u128::from(centihertz) % cycle;
    (TAU * (part as f64 / cycle as f64 + offset_cycles)).sin()
}

#[test]
fn ten_hours_in_a_monaural_beat_is_as_exact_as_at_the_start() {
    let params = json!({"baseFreq": 15_700.25, "beatFreq": 4.5, "amp_upper_L": 0.25, "amp_lower_R": 0.0});
    let mut voice = built(monaural_beat::build, &params, 36_010.0, false, Behaviour::Intended);
    for first in [0, 64 * 2_480_625, 64 * 24_806_250] {
        let error = worst(&quantum(&mut *voice, first), first, |frame| {
            let (lower, upper) =
                (exact_sine(frame + 1, 1_569_800, 0.0), exact_sine(frame + 1, 1_570_250, 0.0));
            // 15 702.5 Hz is 1 570 250 hundredths.
            [0.5 * lower + 0.25 * upper, 0.5 * upper]
        });
        assert!(error < 3e-6, "frame {first}: {error}");
    }
}

#[test]
fn an_hour_into_a_ramp_a_monaural_beat_is_exact() {
    let params = json!({
        "startBaseFreq": 200.0, "endBaseFreq": 500.0, "startBeatFreq": 4.0, "endBeatFreq": 10.0,
        "startAmpOscDepth": 0.5, "startAmpOscFreq": 0.05, "endAmpOscFreq": 2.0,
    });
    let mut voice = built(monaural_beat::build, &params, 7_200.0, true, Behaviour::Intended);
    let frames = 7_200 * 44_100u64;
    // Cycles of Σ (f0 + Δ·j/N)/rate for j = 0…k, with whole numbers.
    let cycles = |frame: u64, from_hz: u128, change_hz: u128| {
        let (k, n, rate) = (u128::from(frame), u128::from(frames), 44_100u128);
        let total = 2 * n * rate;
        let part = (from_hz * (k + 1) * 2 * n + change_hz * k * (k + 1)) % total;
        TAU * (part as f64 / total as f64)
    };
    let first = 3_600 * 44_100 / 64 * 64;
    let error = worst(&quantum(&mut *voice, first), first, |frame| {
        let (share, time_s) = (frame as f64 / frames as f64, frame as f64 / RATE_HZ);
        let tremolo = 0.75 + 0.25 * (TAU * (0.05 + 1.95 * share) * time_s).sin();
        [0.5 * tremolo * (cycles(frame, 198, 297).sin() + cycles(frame, 202, 303).sin()); 2]
    });
    assert!(error < 3e-6, "{error}");
}

#[test]
fn an_hour_into_the_filtered_voices_only_the_filters_gain_is_left() {
    // The filters leave carriers of 2 kHz and their slow modulation alone.
    let qam = json!({
        "baseFreqL": 2000.0, "baseFreqR": 2004.5, "startPhaseL": 0.3, "qamAmFreqL": 4.25, "qamAmDepthR": 0.0,
        "harmonicDepth": 0.5, "harmonicRatio": 1.5,
    });
    let mut voice = built(qam_beat::build, &qam, 4_000.0, false, Behaviour::Intended);
    let first = 3_600 * 44_100 / 64 * 64;
    let error = worst(&quantum(&mut *voice, first), first, |frame| {
        let cosine =
            |centihertz: u64, offset_cycles: f64| exact_sine(frame, centihertz, 0.25 + offset_cycles);
        let left = cosine(200_000, 0.3 / TAU) + 0.5 * cosine(300_000, 0.45 / TAU);
        let right = cosine(200_450, 0.0) + 0.5 * cosine(300_675, 0.0);
        [0.5 * left * (1.0 + 0.5 * cosine(425, 0.0)), 0.5 * right]
    });
    assert!(error < 5e-6, "{error}");
    let hybrid = json!({
        "qamCarrierFreqL": 2000.0, "monoCarrierFreqR": 3000.0, "monoBeatFreqInChannelR": 5.0, "monoAmDepthR": 0.5,
        "monoAmFreqR": 0.75,
    });
    let mut voice = built(hybrid_qam::build, &hybrid, 4_000.0, false, Behaviour::Intended);
    let error = worst(&quantum(&mut *voice, first), first, |frame| {
        let sine = |centihertz: u64, offset_cycles: f64| exact_sine(frame, centihertz, offset_cycles);
        let tremolo = 1.0 - 0.25 * (1.0 + sine(75, 0.0));
        let left = sine(200_000, 0.25) * (1.0 + 0.5 * sine(400, 0.25));
        [0.5 * left, 0.5 * tremolo * (sine(299_750, 0.0) + sine(300_250, 0.0))]
    });
    assert!(error < 5e-6, "{error}");
}

#[test]
fn a_wobbling_carrier_stays_exact() {
    let params = json!({
        "monoCarrierFreqR": 3000.0, "monoFmRangeR": 100.0, "monoFmFreqR": 0.7, "monoFmPhaseOffsetR": 0.3,
        "monoStartPhaseR_Tone2": 1.0,
    });
    let mut voice = built(hybrid_qam::build, &params, 40.0, false, Behaviour::Intended);
    let (first, mut lower_hz) = (64 * 25_000u64, 0.0);
    for frame in 0..first {
        lower_hz += 50.0 * (TAU * 0.7 * frame as f64 / RATE_HZ + 0.3).sin();
    }
    let found = f64::from(quantum(&mut *voice, first).right[0]);
    let cycles = |hz: f64| TAU * ((hz * first as f64 + lower_hz) / RATE_HZ);
    let truth = 0.5 * (cycles(2_998.0).sin() + (cycles(3_002.0) + 1.0).sin());
    assert!((found - truth).abs() < 1e-5, "{found} {truth}");
}

#[test]
fn seeks_give_what_playing_from_the_start_gives() {
    let params = json!({
        "startMonoFmRangeR": 20.0, "endMonoFmFreqR": 6.0, "startBaseFreq": 100.0, "endBaseFreq": 400.0, "baseFreqL": 90.0,
        "crossModDepth": 0.5, "crossModDelay": 0.011, "endQamAmFreqL": 30.0, "endCrossModDepth": 0.7, "amp": 2.0,
        "initial_offset": 0.2, "duration": 0.5, "attackTime": 0.1, "releaseTime": 0.3, "monoFmRangeR": 9.0,
        "monoFmFreqR": 3.0,
    });
    for (index, build) in VOICES.into_iter().enumerate() {
        for is_transition in [false, true] {
            let mut voice = built(build, &params, 1.234, is_transition, Behaviour::Intended);
            let quanta = Span::new(1.234, RATE_HZ).frames.div_ceil(QUANTUM as u64);
            let linear: Vec<Quantum> =
                (0..quanta).map(|i| quantum(&mut *voice, i * QUANTUM as u64)).collect();
            let mut forked = voice.fork();
            for i in 0..40 {
                let wanted = (i * 7_919 + i * i) % quanta;
                let found = quantum(&mut *forked, wanted * QUANTUM as u64);
                let expected = &linear[wanted as usize];
                let pairs =
                    found.left.iter().zip(&expected.left).chain(found.right.iter().zip(&expected.right));
                // The last quantum has meaning only up to the end of the step.
                let error = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(error < 1e-6, "voice {index}, jump {i} to {wanted}: {error}");
            }
        }
    }
}

#[test]
fn absurd_parameters_stay_finite() {
    let keys = [
        "baseFreq",
        "beatFreq",
        "amp_lower_L",
        "phaseOscFreq",
        "phaseOscRange",
        "ampOscDepth",
        "ampOscFreq",
        "baseFreqL",
        "qamAmFreqL",
        "qamAmDepthL",
        "modShapeL",
        "qamAm2FreqR",
        "qamAm2DepthR",
        "crossModDepth",
        "crossModDelay",
        "harmonicDepth",
        "harmonicRatio",
        "subHarmonicFreq",
        "subHarmonicDepth",
        "sidebandOffset",
        "attackTime",
        "releaseTime",
        "qamCarrierFreqL",
        "monoCarrierFreqR",
        "monoFmRangeR",
        "monoFmFreqR",
        "monoAmDepthR",
        "amp",
        "monoBeatFreqInChannelR",
        "startBaseFreq",
        "endBaseFreq",
        "endModShapeL",
        "endMonoFmRangeR",
        "initial_offset",
        "duration",
        "endAmp",
        "sidebandDepth",
    ];
    for (index, build) in VOICES.into_iter().enumerate() {
        for (value, duration_s) in
            [(1e9, 0.3), (-1e9, 0.3), (1e-9, 0.3), (0.0, 0.01), (-0.5, 0.0), (1e9, 1e-5)]
        {
            for is_transition in [false, true] {
                let mut params: serde_json::Map<_, _> =
                    keys.iter().map(|key| ((*key).to_owned(), json!(value))).collect();
                params.insert("beatingSidebands".into(), json!(true));
                let params = Value::Object(params);
                let voice = &mut *built(build, &params, duration_s, is_transition, Behaviour::Original);
                for first in
                    [0, 64, 128, 0].into_iter().take_while(|first| *first as f64 <= duration_s * RATE_HZ)
                {
                    let found = quantum(voice, first);
                    let is_finite = found.left.iter().chain(&found.right).all(|x| x.is_finite());
                    assert!(is_finite, "voice {index} with {value} for {duration_s} s, frame {first}");
                }
            }
        }
    }
}

#[test]
fn both_spellings_of_a_ramp_count_where_intent_does() {
    let render = |params: &Value, behaviour| {
        let mut voice = built(monaural_beat::build, params, 1.0, true, behaviour);
        quantum(&mut *voice, 44_032)
    };
    let ours = json!({"startBaseFreq": 100.0, "endBaseFreq": 300.0});
    let editors = json!({"start_baseFreq": 100.0, "end_baseFreq": 300.0});
    let nothing = json!({});
    assert_eq!(render(&ours, Behaviour::Intended), render(&editors, Behaviour::Intended));
    assert_eq!(render(&nothing, Behaviour::Original), render(&editors, Behaviour::Original));
    assert_ne!(render(&ours, Behaviour::Original), render(&editors, Behaviour::Original));
}

#[test]
fn a_loud_middle_beat_is_brought_down_to_its_peak() {
    for (amp, expected) in [(0.7, 0.7), (1.0, 1.0), (2.5, 0.98)] {
        let mut voice = built(sam_monaural::build, &json!({"amp": amp}), 1.0, false, Behaviour::Intended);
        let peak = (0..44_100u64)
            .step_by(QUANTUM)
            .flat_map(|first| quantum(&mut *voice, first).left)
            .fold(0.0, |peak, x| x.abs().max(peak));
        assert!((f64::from(peak) - expected).abs() < 1e-3, "{amp}: {peak}");
    }
}
