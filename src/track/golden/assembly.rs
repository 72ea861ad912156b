//! How steps are joined, shifted and measured, and the course of transitions.

use super::{Case, RATE_HZ, Tape, cases, play, renamed, tone, white};
use crate::track::file::fields::Fields;
use crate::track::file::files::TrackFiles;
use crate::track::file::limits::Limits;
use crate::track::file::load::parse;
use crate::track::file::schema::CrossfadeCurve;
use crate::track::play::align::best_lag;
use crate::track::play::levels::{LevelLaw, Peaks, StepLevel};
use crate::track::play::plan::{CompileOptions, Plan};
use crate::track::play::program::{Buses, Program};
use crate::track::play::scan::Loudness;
use crate::track::play::timeline::Join;
use crate::track::sound::curve::Curve;
use crate::track::sound::span::{Behaviour, QUANTUM, Quantum, Span};
use crate::track::sound::voice::Voice;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

#[test]
fn transitions_take_the_course_of_the_original() {
    let names =
        [("initial_offset", "initial_offset"), ("duration", "duration"), ("curve", "transition_curve")];
    for case in cases("transition_alpha_") {
        let params = renamed(&case.params, &names);
        let fields = Fields::new(&params, "params");
        let curve =
            Curve::read(&fields, Span::new(case.number("total_duration"), RATE_HZ), Behaviour::Original);
        case.check(&[(0..case.frames).map(|frame| curve.at(frame as f64) as f32).collect()]);
        assert!(fields.into_problems().is_empty(), "{}", case.name);
    }
}

#[test]
fn joins_fade_like_the_original() {
    for case in cases("crossfade_") {
        let curve = match case.params["curve"].as_str() {
            Some("linear") => CrossfadeCurve::Linear,
            _ => CrossfadeCurve::EqualPower,
        };
        let join = Join { start: 300, frames: case.frames as u64, curve };
        let (old, new) = (tone(0..case.frames), tone(300..300 + case.frames));
        let faded = [0, 1].map(|ear| {
            let mix = |i: usize| {
                let [out, into] = join.gains(300 + i as u64);
                old[ear][i] * out + new[ear][i] * into
            };
            (0..case.frames).map(mix).collect::<Vec<f32>>()
        });
        case.check(&faded);
    }
}

/// A track of one step that plays the case's input at gain 1, shifted.
fn shifted(case: &Case) -> Plan {
    let step = json!({"duration": (case.frames as f64 + 0.01) / RATE_HZ, "voices": []});
    let text = json!({"global_settings": {"sample_rate": RATE_HZ}, "progression": [step]}).to_string();
    let track = parse(text.as_bytes(), Path::new("track.json"), &Limits::default()).unwrap().track;
    let options = CompileOptions { rate_hz: RATE_HZ, behaviour: Behaviour::Original };
    let files = TrackFiles::new(&super::reference(""), Limits::default()).unwrap();
    let mut plan = Plan::compile(&track, options, &files).0;
    let step = &mut plan.steps[0];
    step.tones = vec![Tape::boxed(tone(0..case.frames))];
    step.lag_frames = case.params["lag"].as_i64().unwrap();
    step.level = StepLevel::new(LevelLaw { normalization_level: 1.0, tones_volume: 0.48, noise_volume: 0.0 });
    step.level.raise(Peaks { tones: 0.48, noise: 0.0 });
    plan
}

/// The tones of a track as a voice.
struct Tones(Program);

impl Voice for Tones {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        let mut buses = Buses::SILENT;
        self.0.render(first, QUANTUM, &mut buses);
        *out = buses.tones;
    }

    fn fork(&self) -> Box<dyn Voice> {
        unreachable!("one is enough")
    }
}

#[test]
fn lags_shift_a_step_within_its_length() {
    for case in cases("apply_lag_") {
        let plan = shifted(&case);
        assert_eq!(plan.frames, case.frames as u64);
        case.check(&play(&mut Tones(Program::new(Arc::new(plan))), case.frames));
    }
}

#[test]
fn lags_are_those_that_the_original_finds() {
    for (from, frames, lag) in [(37, 2_205, 36), (300, 4_410, 79), (0, 512, 0)] {
        assert_eq!(best_lag(&tone(0..frames), &tone(from..from + frames)), lag, "from {from}");
    }
}

#[test]
fn loudness_is_what_the_original_measures() {
    let quiet: Vec<f32> = white(0..8_192).iter().map(|x| 0.3 * x).collect();
    for ([left, right], expected) in
        [(tone(0..4_410), 0.329_122_871_160_507_2), ([quiet.clone(), quiet], 0.165_704_399_347_305_3)]
    {
        let mut loudness = Loudness::new(RATE_HZ, left.len() as u64);
        for (l, r) in left.iter().zip(&right) {
            loudness.push(0.5 * (f64::from(*l).powi(2) + f64::from(*r).powi(2)));
        }
        let found = loudness.finish();
        assert!((found - expected).abs() < 1e-6, "{found}, expected {expected}");
    }
}
