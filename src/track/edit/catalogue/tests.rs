//! The catalogue against the compilers: no key that is not read, no default that is not the compiler's, no parameter
//! without effect, no key of a compiler forgotten.

use super::*;
use crate::track::file::fields::{Asked, prefixed};
use crate::track::file::files::NoFiles;
use crate::track::sound::span::{Behaviour, QUANTUM, Quantum, Span};
use crate::track::sound::voice::layer::{self, VoiceSpec};
use serde_json::Map;

/// What a voice with these parameters sounds like, here and there in three seconds.
fn sound(name: &str, is_transition: bool, params: &Object) -> Vec<f32> {
    let mut problems = Vec::new();
    let spec = VoiceSpec { path: "voice", name, is_transition, params, volume_envelope: None };
    let span = Span::new(3.0, 16_000.0);
    let built = layer::build(&spec, span, Behaviour::Intended, None, &NoFiles, &mut problems);
    assert!(
        problems.iter().all(|x| x.severity != crate::track::file::problem::Severity::Refused),
        "{problems:?}"
    );
    let (mut voice, mut quantum, mut out) = (built.voice, Quantum::SILENT, Vec::new());
    for first in (0..48_000 - QUANTUM as u64).step_by(QUANTUM) {
        voice.render(first, &mut quantum);
        if first % 3 == 0 {
            out.extend(quantum.left.iter().chain(&quantum.right).step_by(7));
        }
    }
    out
}

/// Those that sound without files.
fn heard() -> impl Iterator<Item = &'static Synth> {
    synths().iter().filter(|synth| synth.name != "subliminal_encode")
}

fn between(control: Control, share: f64) -> Option<f64> {
    match control {
        Control::Slider { low, high, is_logarithmic: true } => Some(low * (high / low).powf(share)),
        Control::Slider { low, high, .. } => Some(low + (high - low) * share),
        _ => None,
    }
}

/// A voice in which everything moves, so that everything that is changed is heard.
fn lively(synth: &Synth, is_transition: bool) -> Object {
    let mut params = Map::new();
    for (i, parameter) in synth.parameters.iter().enumerate() {
        if !(if is_transition { parameter.in_transition } else { parameter.in_static }) {
            continue;
        }
        let share = 0.3 + 0.02 * (i % 8) as f64;
        if let Some(value) = between(parameter.control, share) {
            let at = if is_transition { At::Start } else { At::Plain };
            params.insert(parameter.key(&params, at).to_owned(), value.into());
            if is_transition && parameter.moves() {
                let value = between(parameter.control, share + 0.15).unwrap_or(value);
                params.insert(parameter.key(&params, At::End).to_owned(), value.into());
            }
        }
    }
    for key in ["flangeEnable", "spatialEnable", "beatingSidebands"] {
        if synth.parameter(key).is_some() {
            params.insert(key.to_owned(), true.into());
        }
    }
    let fixed = [
        ("initial_offset", 0.4),
        ("transition_duration", 1.2),
        ("post_offset", 0.3),
        ("glitchInterval", 0.5),
        ("glitchDur", 0.2),
        ("flangeDelayMs", 3.0),
        ("flangeDepthMs", 1.0),
        ("flangeMinDelayMs", 0.5),
        ("flangeMaxDelayMs", 20.0),
        ("attackTime", 0.5),
        ("releaseTime", 0.5),
        ("fade_in", 0.5),
        ("fade_out", 0.5),
        ("crossModDelay", 0.1),
        ("flangeLoopHpfHz", 50.0),
        ("spatialMaxDegPerS", 90.0),
        ("forceMono", 0.0),
    ];
    for (key, value) in fixed {
        if let Some(parameter) = synth.parameter(key) {
            let all = [&parameter.keys, &parameter.start_keys, &parameter.end_keys];
            for key in all.into_iter().flatten() {
                if params.contains_key(key) {
                    params.insert(key.clone(), value.into());
                }
            }
        }
    }
    params
}

#[test]
fn every_synth_of_the_compiler_is_there_and_no_other() {
    let known: Vec<String> = layer::names().filter(|name| !name.ends_with(layer::TRANSITION)).collect();
    let mut listed: Vec<&str> = synths().iter().map(|synth| synth.name).collect();
    assert_eq!(listed.len(), known.len());
    listed.retain(|name| !known.iter().any(|known| known == name));
    assert_eq!(listed, Vec::<&str>::new());
    let transitions = synths().iter().filter(|synth| synth.has_transition).count();
    assert_eq!(transitions, layer::names().count() - known.len());
}

#[test]
fn no_key_of_a_compiler_is_forgotten() {
    let forms = |key: &str| {
        let moving = ["start", "end"].map(|prefix| [prefixed(prefix, key), format!("{prefix}_{key}")]);
        std::iter::once(key.to_owned()).chain(moving.into_iter().flatten()).collect::<Vec<_>>()
    };
    let others: Vec<String> = table::OTHERS.iter().flat_map(|key| forms(key)).collect();
    let mut forgotten = Vec::new();
    let mut check = |owner: &str, parameters: &[Parameter], asked: Vec<(String, Asked)>| {
        for (key, _) in asked {
            // A parameter that stays has ends which are read to no effect; a plain key has no use beside its start.
            let is_known = |x: &Parameter| {
                x.keys.iter().chain(&x.start_keys).any(|own| forms(own).contains(&key) || *own == key)
            };
            let is_end = parameters.iter().any(|x| {
                x.has_key(&key)
                    || x.keys.iter().chain(&x.start_keys).any(|own| own.replacen("start", "end", 1) == key)
            });
            if !others.contains(&key) && !is_end && !parameters.iter().any(is_known) {
                forgotten.push(format!("{owner} {key}"));
            }
        }
    };
    for synth in synths() {
        for is_transition in [false, true] {
            check(synth.name, &synth.parameters, layer::asked(synth.name, is_transition));
        }
    }
    check("clip", clip(), build::clip_asked());
    check(
        "bed",
        &[noise_bed(), &[]].concat(),
        build::bed_asked().into_iter().filter(|(key, _)| key != "params").collect(),
    );
    for is_transition in [false, true] {
        check("noise", noise(), build::noise_asked(is_transition));
    }
    assert_eq!(forgotten, Vec::<String>::new());
}

#[test]
fn defaults_are_those_of_the_compiler() {
    for synth in heard() {
        for is_transition in [false, true].into_iter().filter(|is| !is || synth.has_transition) {
            let there = |x: &&Parameter| if is_transition { x.in_transition } else { x.in_static };
            let silent = sound(synth.name, is_transition, &Map::new());
            for parameter in synth.parameters.iter().filter(there) {
                let at = if is_transition { At::Start } else { At::Plain };
                let value = parameter.value(&Map::new(), at);
                if value.is_null() {
                    continue;
                }
                let mut params = Map::from_iter([(parameter.key(&Map::new(), at).to_owned(), value)]);
                if is_transition && parameter.moves() {
                    let end = parameter.value(&Map::new(), At::End);
                    params.insert(parameter.key(&Map::new(), At::End).to_owned(), end);
                }
                let same = sound(synth.name, is_transition, &params) == silent;
                assert!(same, "{} {is_transition} {params:?}", synth.name);
            }
        }
    }
}

/// A path around the head, fast and far.
const FAST: (&str, &str) = (
    "spatialTrajectory",
    r#"[{"mode": "rotate", "speed_deg_per_s": 1000, "seconds": 2, "distance_m": [2, 9]}]"#,
);

/// Parameters whose effect others take away in [`lively`], with the values of those that bring it back.
const BESIDE: &[(&str, &[(&str, &str)])] = &[
    ("pan", &[("panRangeMin", "null"), ("panRangeMax", "null")]),
    ("pulseRate", &[("pulseRateL", "null"), ("pulseRateR", "null")]),
    ("post_offset", &[("transition_duration", "null")]),
    ("flangeMaxDelayMs", &[("flangeDelayMs", "19"), ("flangeDepthMs", "9")]),
    ("arcStartDeg", &[("pathShape", "\"arc\"")]),
    ("arcEndDeg", &[("pathShape", "\"arc\"")]),
    ("overlap_factor", &[("amp", "0.01")]),
    ("rotationDirection", &[("pathType", "\"closed\"")]),
    ("discontinuousSteps", &[("pathType", "\"discontinuous\""), ("pathShape", "\"ramp\"")]),
    ("spatialEarAngleDeg", &[("spatialDecoder", "\"foa_cardioid\"")]),
    ("spatialRefDistanceM", &[FAST]),
    ("spatialRolloff", &[FAST]),
    ("spatialMinDistanceM", &[FAST, ("spatialRefDistanceM", "1")]),
    ("spatialDezipperDistMs", &[FAST]),
    ("spatialMaxDegPerS", &[FAST]),
];

/// Limits that the voice of [`lively`] does not reach.
const QUIET: &[&str] = &["flangeLoudnessMinGain", "flangeLoudnessMaxGain", "spatialMaxDelayStepSamples"];

#[test]
fn every_parameter_is_heard() {
    let mut unheard = Vec::new();
    for synth in heard() {
        for is_transition in [false, true].into_iter().filter(|is| !is || synth.has_transition) {
            let base = lively(synth, is_transition);
            let lively = sound(synth.name, is_transition, &base);
            for parameter in &synth.parameters {
                let there = if is_transition { parameter.in_transition } else { parameter.in_static };
                if !there || QUIET.contains(&parameter.keys.first().map_or("", String::as_str)) {
                    continue;
                }
                let ends: &[At] = match (is_transition, parameter.moves()) {
                    (false, _) => &[At::Plain],
                    (true, false) => &[At::Start],
                    (true, true) => &[At::Start, At::End],
                };
                for at in ends {
                    let (mut params, mut before) = (base.clone(), None);
                    for (_, beside) in BESIDE.iter().filter(|(key, _)| parameter.has_key(key)) {
                        for (key, value) in *beside {
                            let forms = [(*key).to_owned(), prefixed("start", key), prefixed("end", key)];
                            params.retain(|key, _| !forms.contains(key));
                            params.insert((*key).to_owned(), serde_json::from_str(value).unwrap());
                        }
                        before = Some(sound(synth.name, is_transition, &params));
                    }
                    let now = parameter.value(&params, *at);
                    let other = match parameter.control {
                        Control::Slider { .. } => between(parameter.control, 0.8).map(Value::from),
                        Control::Switch => Some((now != Value::Bool(true)).into()),
                        Control::Choice(choices) => {
                            choices.iter().map(|x| Value::from(x.value)).rfind(|x| *x != now)
                        }
                        Control::Text | Control::Free => None,
                    };
                    let Some(other) = other else { continue };
                    params.insert(parameter.key(&params, *at).to_owned(), other);
                    if sound(synth.name, is_transition, &params) == *before.as_ref().unwrap_or(&lively) {
                        unheard.push(format!(
                            "{} {is_transition} {} {at:?}",
                            synth.name,
                            parameter.key(&params, *at)
                        ));
                    }
                }
            }
        }
    }
    assert!(unheard.is_empty(), "{unheard:#?}");
}

#[test]
fn what_a_voice_holds_counts_before_defaults() {
    let synth = synth("binaural_beat_transition").unwrap();
    let base = synth.parameter("baseFreq").unwrap();
    let params: Object = serde_json::from_str(r#"{"baseFreq": 300, "endBaseFreq": 150}"#).unwrap();
    assert_eq!(
        [At::Plain, At::Start, At::End].map(|at| base.value(&params, at)),
        [json!(300), json!(300), json!(150)]
    );
    assert_eq!(base.value(&Map::new(), At::End), json!(200.0));
    assert_eq!((base.key(&params, At::Start), base.unit, base.group), ("startBaseFreq", "Hz", Group::Tone));
    let shaped = super::synth("rhythmic_waveshaping").unwrap().parameter("modFreq").unwrap();
    let ends = [At::Plain, At::Start, At::End].map(|at| shaped.value(&Map::new(), at));
    assert_eq!(ends, [json!(4.0), json!(12.0), json!(7.83)]);
}

#[test]
fn envelopes_are_what_the_compiler_reads() {
    use crate::track::file::fields::Fields;
    use crate::track::sound::voice::Envelope;
    for kind in envelopes() {
        let object = kind.object();
        let fields = Fields::new(&object, "");
        let (envelope, problems) = Envelope::read(&fields, Span::new(20.0, 1_000.0), Behaviour::Intended);
        assert!(
            problems.is_empty() && fields.into_problems().is_empty() && !envelope.is_flat(),
            "{object:?}"
        );
        let asked = Envelope::asked(&Fields::new(&object, ""), Span::new(20.0, 1_000.0));
        assert_eq!(asked.len(), kind.parameters.len(), "{}", kind.name);
    }
}
