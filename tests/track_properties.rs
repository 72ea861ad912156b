//! Tracks that nobody wrote: whatever the schema allows renders finite, bounded sound that does not depend on how it is
//! asked for, and is saved as it was read.

use auracore::track::file::files::NoFiles;
use auracore::track::file::limits::Limits;
use auracore::track::file::load::parse;
use auracore::track::file::save::to_json;
use auracore::track::play::plan::{CompileOptions, Plan};
use auracore::track::play::prepare::for_rendering;
use auracore::track::play::program::{Buses, Program};
use auracore::track::sound::span::{Behaviour, QUANTUM};
use auracore::track::sound::voice::layer;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Tracks per property; each differs in everything.
const TRACKS: u64 = 150;

/// A small generator of choices, the same on every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn chance(&mut self, in_ten: u64) -> bool {
        self.below(10) < in_ten
    }

    fn number(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next() as f64 / (1u64 << 31) as f64
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}

/// Keys that voices know, with sensible ranges; any voice may get any of them.
const KEYS: &[(&str, f64, f64)] = &[
    ("baseFreq", 20.0, 16_000.0),
    ("beatFreq", 0.0, 40.0),
    ("ampL", 0.0, 1.5),
    ("ampR", 0.0, 1.5),
    ("amp", 0.0, 1.0),
    ("carrierFreq", 20.0, 15_000.0),
    ("modFreq", 0.0, 30.0),
    ("freqOscRangeL", 0.0, 600.0),
    ("freqOscFreqL", 0.0, 20.0),
    ("freqOscSkewL", -1.0, 1.0),
    ("freqOscRangeR", 0.0, 10.0),
    ("freqOscFreqR", 0.0, 5.0),
    ("ampOscDepthL", 0.0, 1.0),
    ("ampOscFreqL", 0.0, 10.0),
    ("phaseOscFreq", 0.0, 3.0),
    ("phaseOscRange", 0.0, 6.0),
    ("panRangeMin", -1.0, 0.0),
    ("panRangeMax", 0.0, 1.0),
    ("panFreq", 0.0, 4.0),
    ("rampPercent", 0.0, 1.0),
    ("gapPercent", 0.0, 1.0),
    ("qamAmDepthL", 0.0, 1.0),
    ("crossModDepth", 0.0, 0.5),
    ("crossModDelay", 0.0, 0.1),
    ("shapeAmount", 0.0, 10.0),
    ("initial_offset", 0.0, 1.0),
    ("duration", 0.0, 1.0),
    ("flangeFeedback", -0.9, 0.9),
    ("flangeLoopHpfHz", 0.0, 100.0),
    ("lfo_freq", 0.0, 5.0),
    ("notch_q", 1.0, 40.0),
    ("arcWidthDeg", 0.0, 360.0),
];

fn params(dice: &mut Dice, is_transition: bool) -> Map<String, Value> {
    let mut params = Map::new();
    for (key, low, high) in KEYS {
        if !dice.chance(3) {
            continue;
        }
        if is_transition && dice.chance(7) {
            for prefix in ["start", "end"] {
                params.insert(
                    auracore::track::file::fields::prefixed(prefix, key),
                    json!(dice.number(*low, *high)),
                );
            }
        } else {
            params.insert((*key).to_owned(), json!(dice.number(*low, *high)));
        }
    }
    for flag in ["flangeEnable", "spatialEnable", "harmonicSuppression", "leftHigh", "beatingSidebands"] {
        if dice.chance(1) {
            params.insert(flag.to_owned(), json!(true));
        }
    }
    if dice.chance(3) {
        let curves = ["linear", "logarithmic", "exponential", "alpha**3", "sin(alpha*pi/2)"];
        params.insert("transition_curve".to_owned(), json!(dice.pick(&curves)));
        params.insert("freqOscShape".to_owned(), json!(dice.pick(&["sine", "triangle"])));
    }
    params
}

fn voice(dice: &mut Dice, names: &[String]) -> Value {
    let name = dice.pick(names).clone();
    let is_transition = name.ends_with("_transition");
    let mut voice = json!({"synth_function_name": name, "is_transition": is_transition,
        "params": params(dice, is_transition), "description": format!("voice {}", dice.below(4))});
    if name.contains("noise") {
        voice["voice_type"] = json!("noise");
    }
    voice["volume_envelope"] = match dice.below(5) {
        0 => {
            json!({"type": "adsr", "params": {"attack": dice.number(0.0, 1.0), "release": dice.number(0.0, 1.0)}})
        }
        1 => json!({"type": "linen", "params": {"attack": dice.number(0.0, 1.0)}}),
        2 => json!({"type": "linear_fade", "params": {"fade_duration": dice.number(0.0, 2.0), "start_amp": 0,
            "end_amp": dice.number(0.0, 1.0)}}),
        _ => Value::Null,
    };
    voice
}

fn track(seed: u64) -> Value {
    let mut dice = Dice(seed);
    let names: Vec<String> = layer::names().filter(|name| name != "subliminal_encode").collect();
    let step = |dice: &mut Dice| {
        let voices: Vec<Value> = (0..dice.below(4)).map(|_| voice(dice, &names)).collect();
        json!({"duration": dice.number(0.0, 1.5), "voices": voices, "binaural_volume": dice.number(0.0, 0.6),
            "crossfade_overlap": dice.number(0.0, 1.0), "x_custom": dice.below(9)})
    };
    let steps: Vec<Value> = (0..1 + dice.below(4)).map(|_| step(&mut dice)).collect();
    json!({"global": {"sample_rate": 44_100, "crossfade_duration": dice.number(0.0, 1.0),
        "crossfade_curve": dice.pick(&["linear", "equal_power"]),
        "preserve_relative_step_loudness": dice.chance(3)}, "progression": steps})
}

fn plan(track: &Value, rate_hz: f64) -> Arc<Plan> {
    let text = serde_json::to_vec(track).unwrap();
    let mut track = parse(&text, Path::new("some.json"), &Limits::default()).unwrap().track;
    track.fill_starts();
    let options = CompileOptions { rate_hz, behaviour: Behaviour::Intended };
    for_rendering(&track, options, &NoFiles, &AtomicBool::new(false), &|_| {}).unwrap().0
}

/// Renders all of a plan in pieces as long as `cut` says.
fn render(plan: &Arc<Plan>, cut: impl Fn(u64) -> usize) -> Vec<f32> {
    let mut program = Program::new(plan.clone());
    let (mut out, mut buses, mut at) = (Vec::new(), Buses::SILENT, 0);
    while at < plan.frames {
        let count = cut(at).min((plan.frames - at) as usize);
        program.render(at, count, &mut buses);
        for i in 0..count {
            out.push(buses.tones.left[i] + buses.noise.left[i] + buses.clips.left[i]);
            out.push(buses.tones.right[i] + buses.noise.right[i] + buses.clips.right[i]);
        }
        at += count as u64;
    }
    out
}

#[test]
fn any_track_is_finite_bounded_and_independent_of_cuts_and_seeks() {
    for seed in 0..TRACKS {
        let track = track(seed);
        let rate_hz = [22_050.0, 44_100.0, 48_000.0, 96_000.0][seed as usize % 4];
        let plan = plan(&track, rate_hz);
        let whole = render(&plan, |_| QUANTUM);
        // Each bus peaks at 0.456 by the level law, twice that where steps are summed unfaded, and 3 dB of continuity.
        let bound = 0.99 * plan.steps.len() as f32 + 1e-3;
        assert!(whole.iter().all(|x| x.abs() <= bound), "track {seed}: not finite or above {bound}");
        let cut = render(&plan, |at| 1 + (at as usize * 7) % QUANTUM);
        assert!(whole == cut, "track {seed}: another sound in other pieces");
        let (mut program, mut buses) = (Program::new(plan.clone()), Buses::SILENT);
        let mut dice = Dice(seed + 1_000);
        for _ in 0..20.min(plan.frames) {
            let first = dice.below(plan.frames);
            let count = QUANTUM.min((plan.frames - first) as usize);
            program.render(first, count, &mut buses);
            for i in 0..count {
                let x = buses.tones.left[i] + buses.noise.left[i] + buses.clips.left[i];
                let off = (x - whole[2 * (first as usize + i)]).abs();
                assert!(off < 1e-6, "track {seed}, frame {first} + {i}: {off}\n{track:#}");
            }
        }
    }
}

#[test]
fn any_track_is_saved_as_it_was_read() {
    for seed in 0..TRACKS {
        let text = serde_json::to_vec(&track(seed)).unwrap();
        let first = to_json(&parse(&text, Path::new("some.json"), &Limits::default()).unwrap().track);
        let second =
            to_json(&parse(first.as_bytes(), Path::new("some.json"), &Limits::default()).unwrap().track);
        assert!(first == second, "track {seed}");
        assert!(first.contains("x_custom"), "unknown keys stay");
    }
}
