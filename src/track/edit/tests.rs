//! Any sequence of changes keeps a track that reads back as it is, and every way back gives the very bytes.

use super::*;
use crate::track::edit::catalogue::{self, At, Control};
use crate::track::file::load::parse;
use crate::track::file::preset::factory;
use crate::track::file::save::to_json;
use serde_json::json;
use std::path::Path;

fn track(value: &Value) -> Track {
    parse(value.to_string().as_bytes(), Path::new("track.json"), &Limits::default()).unwrap().track
}

fn three() -> Track {
    let step = |seconds: f64| {
        json!({"duration": seconds, "mine": 7, "voices": [
        {"synth_function_name": "binaural_beat", "params": {"baseFreq": 200, "other": [1]}, "description": "a"}]})
    };
    track(
        &json!({"later": {"x": 1}, "global": {"crossfade_duration": 2.0, "z": 1}, "progression": [step(10.0), step(20.0), step(30.0)]}),
    )
}

fn did(track: &mut Track, operation: Operation) {
    apply(track, &operation, &Limits::default()).unwrap_or_else(|error| panic!("{operation:?}: {error}"));
}

fn starts(track: &Track) -> Vec<f64> {
    track.steps.iter().map(|step| step.start_s.unwrap()).collect()
}

fn set(step: usize, field: StepField) -> Operation {
    Operation::SetStep { step, field }
}

fn voice(field: VoiceField) -> Operation {
    Operation::SetVoice { step: 0, voice: 0, field }
}

#[test]
fn starts_stay_coherent() {
    let mut edited = three();
    did(&mut edited, set(0, StepField::Duration(15.0)));
    assert_eq!(starts(&edited), [0.0, 13.0, 31.0]);
    did(&mut edited, Operation::AddStep { after: Some(0) });
    assert_eq!(starts(&edited), [0.0, 13.0, 26.0, 44.0]);
    did(&mut edited, set(3, StepField::Start(50.0)));
    did(&mut edited, Operation::DeleteStep(1));
    assert_eq!(starts(&edited), [0.0, 13.0, 37.0], "four seconds of silence stay in front of the last");
    did(&mut edited, Operation::MoveStep { from: 0, to: 1 });
    assert_eq!(starts(&edited), [0.0, 18.0, 37.0]);
    did(&mut edited, set(0, StepField::CrossfadeDuration(Some(5.0))));
    assert_eq!(starts(&edited), [0.0, 15.0, 34.0]);
    did(&mut edited, Operation::SetGlobal(GlobalField::CrossfadeDuration(Some(0.0))));
    assert_eq!(starts(&edited), [0.0, 15.0, 34.0], "its own crossfade and a gap do not follow the track's");
    did(&mut edited, Operation::PlaceSteps);
    assert_eq!(starts(&edited), [0.0, 15.0, 30.0]);
    did(&mut edited, Operation::DuplicateStep(2));
    assert_eq!(starts(&edited), [0.0, 15.0, 30.0, 60.0]);
}

#[test]
fn nothing_that_the_file_held_is_lost() {
    let mut edited = three();
    did(&mut edited, Operation::DuplicateStep(0));
    did(&mut edited, voice(VoiceField::Param("baseFreq".into(), Some(json!(210.5)))));
    did(&mut edited, voice(VoiceField::Mute(true)));
    let text = to_json(&edited);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&value["later"]["x"], &value["global"]["z"], &value["progression"][1]["mine"]),
        (&json!(1), &json!(1), &json!(7))
    );
    let first = &value["progression"][0]["voices"][0];
    assert_eq!(
        (&first["params"], &first["auracore_mute"]),
        (&json!({"baseFreq": 210.5, "other": [1]}), &json!(true))
    );
    did(&mut edited, voice(VoiceField::Mute(false)));
    assert!(!to_json(&edited).contains("auracore"));
}

#[test]
fn what_cannot_be_done_says_where_and_changes_nothing() {
    let limits = Limits { steps: 3, step_voices: 1, clips: 0, track_s: 100.0, ..Limits::default() };
    let param = |key: &str, value: Value| voice(VoiceField::Param(key.into(), Some(value)));
    for (operation, message) in [
        (Operation::DeleteStep(3), "progression: found 3, expected 0 to 2"),
        (Operation::DeleteVoice { step: 1, voice: 4 }, "progression[1].voices: found 4, expected 0 to 0"),
        (
            set(1, StepField::Duration(f64::NAN)),
            "progression[1].duration: found NaN, expected a number from 0 to 86400",
        ),
        (set(1, StepField::Duration(90.0)), "progression: found a track of 126 s, expected at most 100 s"),
        (
            set(0, StepField::BinauralVolume(0.5)),
            "progression[0].binaural_volume: found 0.5, expected a number from 0 to 0.48",
        ),
        (Operation::DuplicateStep(0), "progression: found 4 steps, expected at most 3"),
        (
            Operation::DuplicateVoice { step: 0, voice: 0 },
            "progression[0]: found 2 voices, expected at most 1",
        ),
        (Operation::AddClip { path: "a.wav".into() }, "overlay_clips: found 1 clips, expected at most 0"),
        (
            param("baseFreq", json!("x")),
            "progression[0].voices[0].params.baseFreq: found \"x\", expected a number within ±1e9",
        ),
        (
            param("leftHigh", json!(3)),
            "progression[0].voices[0].params.leftHigh: found 3, expected true or false",
        ),
        (
            param("panType", json!("up")),
            "progression[0].voices[0].params.panType: found \"up\", expected one of \"linear\", \"inward\", \"outward\"",
        ),
        (
            voice(VoiceField::Synth("organ".into())),
            "progression[0].voices[0].synth_function_name: found \"organ\", expected the name of a synth",
        ),
        (Operation::RemoveNoise, "background_noise: found none, expected a noise bed"),
    ] {
        let (mut edited, before) = (three(), three());
        let error = apply(&mut edited, &operation, &limits).unwrap_err();
        assert_eq!((error.to_string().as_str(), &edited), (message, &before));
    }
}

#[test]
fn a_voice_keeps_its_sound_when_it_becomes_a_transition_and_back() {
    for synth in catalogue::synths().iter().filter(|synth| synth.has_transition) {
        let mut edited = three();
        did(&mut edited, voice(VoiceField::Synth(synth.name.into())));
        for parameter in synth.parameters.iter().filter(|x| x.moves() && x.in_static) {
            if let Control::Slider { low, high, .. } = parameter.control {
                let key = parameter.key(&edited.steps[0].voices[0].params, At::Plain).to_owned();
                did(&mut edited, voice(VoiceField::Param(key, Some((0.7 * low + 0.3 * high).into()))));
            }
        }
        let plain = edited.steps[0].voices[0].params.clone();
        did(&mut edited, voice(VoiceField::Transition(true)));
        for parameter in synth.parameters.iter().filter(|x| x.moves() && x.in_static) {
            let params = &edited.steps[0].voices[0].params;
            let values = [At::Start, At::End].map(|at| parameter.value(params, at));
            assert_eq!(
                values,
                [(); 2].map(|()| parameter.value(&plain, At::Plain)),
                "{} {parameter:?}",
                synth.name
            );
        }
        if let Some(parameter) = synth
            .parameters
            .iter()
            .find(|x| x.moves() && x.in_static && matches!(x.control, Control::Slider { .. }))
        {
            let key = |at, edited: &Track| parameter.key(&edited.steps[0].voices[0].params, at).to_owned();
            let (start, end) = (key(At::Start, &edited), key(At::End, &edited));
            did(&mut edited, voice(VoiceField::Param(start, Some(json!(0.375)))));
            did(&mut edited, voice(VoiceField::Param(end, Some(json!(0.625)))));
            did(&mut edited, voice(VoiceField::Transition(false)));
            assert_eq!(parameter.value(&edited.steps[0].voices[0].params, At::Plain), json!(0.375));
            did(&mut edited, voice(VoiceField::Transition(true)));
            assert_eq!(
                parameter.value(&edited.steps[0].voices[0].params, At::End),
                json!(0.625),
                "{}",
                synth.name
            );
        }
    }
}

/// A linear congruential generator.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end.max(1)
    }

    fn number(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.below(1_000) as f64 / 999.0
    }

    fn operation(&mut self, track: &Track) -> Operation {
        let step = self.below(track.steps.len() + 1);
        let voices = track.steps.get(step).map_or(0, |step| step.voices.len());
        let voice = self.below(voices + 1);
        let after = self.below(3).checked_sub(1).map(|_| voice);
        let synths = catalogue::synths();
        let synth = &synths[self.below(synths.len())];
        match self.below(22) {
            0 => Operation::AddStep { after: self.below(2).checked_sub(1).map(|_| step) },
            1 => Operation::DuplicateStep(step),
            2 => Operation::DeleteStep(step),
            3 => Operation::MoveStep { from: step, to: self.below(track.steps.len() + 1) },
            4 => Operation::PlaceSteps,
            5 => set(step, StepField::Duration(self.number(-1.0, 100.0))),
            6 => set(step, StepField::Start(self.number(-1.0, 300.0))),
            7 => set(step, StepField::CrossfadeDuration(Some(self.number(0.0, 9.0)))),
            8 => set(step, StepField::CrossfadeOverlap(Some(self.number(0.0, 1.1)))),
            9 => Operation::SetGlobal(GlobalField::CrossfadeDuration(Some(self.number(0.0, 5.0)))),
            10 => Operation::AddVoice { step, after, synth: synth.name.into() },
            11 => Operation::DuplicateVoice { step, voice },
            12 => Operation::DeleteVoice { step, voice },
            13 => Operation::MoveVoice { step, from: voice, to: self.below(voices + 1) },
            14 => Operation::AddNoise,
            15 => Operation::RemoveNoise,
            16 => Operation::SetNoise(PartField::Key("gain".into(), Some(self.number(0.0, 1.0).into()))),
            17 => Operation::AddClip { path: "rain.wav".into() },
            18 => Operation::RemoveClip(self.below(track.clips.len() + 1)),
            19 => Operation::SetClip { clip: 0, field: PartField::Solo(self.below(2) == 0) },
            _ => Operation::SetVoice { step, voice, field: self.voice_field(synth) },
        }
    }

    fn voice_field(&mut self, synth: &catalogue::Synth) -> VoiceField {
        let kinds = catalogue::envelopes();
        let parameter = &synth.parameters[self.below(synth.parameters.len())];
        match self.below(7) {
            0 => VoiceField::Synth(synth.name.into()),
            1 => VoiceField::Transition(self.below(2) == 0),
            2 => VoiceField::Mute(self.below(2) == 0),
            3 => VoiceField::Envelope(Some(kinds[self.below(kinds.len())].object())),
            4 => VoiceField::EnvelopeParam("attack".into(), self.number(-0.1, 9.0)),
            5 => VoiceField::Description(format!("voice {}", self.below(9))),
            _ => VoiceField::Param(
                parameter.key(&Object::new(), At::End).into(),
                Some(self.number(0.0, 1.0).into()),
            ),
        }
    }
}

#[test]
fn any_sequence_of_changes_reads_back_and_goes_back() {
    let (mut done, mut refused) = (0, 0);
    for (seed, preset) in factory().iter().enumerate().filter(|(i, _)| i % 3 == 0) {
        let mut dice = Dice(seed as u64 + 1);
        let limits = Limits { steps: 8, step_voices: 12, track_s: 3.0 * 3600.0, ..Limits::default() };
        let mut document = Document::open(preset.json, Path::new("a.json"), limits.clone()).unwrap();
        let mut texts = vec![document.to_json().clone()];
        for _ in 0..120 {
            let operation = dice.operation(document.track());
            document.seal();
            let before = document.to_json().clone();
            match document.apply(&operation) {
                Err(_) => {
                    refused += 1;
                    assert_eq!(*document.to_json(), before);
                    continue;
                }
                Ok(()) => done += 1,
            }
            let read = parse(document.to_json().as_bytes(), Path::new("a.json"), &limits).unwrap().track;
            assert_eq!(to_json(&read), **document.to_json(), "{operation:?}");
            assert_eq!(read.steps.len(), document.track().steps.len());
            let pairs = read.steps.iter().zip(&document.track().steps);
            pairs.for_each(|(read, edited)| {
                assert_eq!((&read.path, read.start_s), (&edited.path, edited.start_s))
            });
            if *document.to_json() != before {
                texts.push(document.to_json().clone());
                assert!(document.undo());
                assert_eq!(*document.to_json(), before, "{operation:?}");
                assert!(document.redo());
            }
        }
        assert_eq!(texts.last(), Some(document.to_json()));
        for text in texts.iter().rev().skip(1) {
            assert!(document.undo());
            assert_eq!(document.to_json(), text);
        }
        assert!(!document.can_undo() && **document.to_json() == *preset.json);
        while document.redo() {}
        assert_eq!(texts.last(), Some(document.to_json()));
    }
    assert!(done > 300 && refused > 50, "{done} {refused}");
}

#[test]
fn dragging_is_one_change_and_each_begins_where_it_began() {
    let mut document = Document::new(three(), Limits::default());
    let before = document.to_json().clone();
    for seconds in [0.0, 5.0, 12.0] {
        document.apply(&set(1, StepField::Start(seconds))).unwrap();
    }
    assert_eq!(starts(document.track()), [0.0, 12.0, 30.0]);
    document.seal();
    document.apply(&set(1, StepField::Start(13.0))).unwrap();
    document.apply(&set(1, StepField::BinauralVolume(0.1))).unwrap();
    assert_eq!(document.revision(), 5);
    for _ in 0..3 {
        assert!(document.undo());
    }
    assert!(!document.undo() && *document.to_json() == before);
    assert!(document.redo() && document.can_redo());
    document.apply(&Operation::AddNoise).unwrap();
    assert!(!document.can_redo());
}

#[test]
fn history_is_bounded() {
    let mut document = Document::new(three(), Limits::default());
    for i in 0..500 {
        document.apply(&set(i % 2, StepField::Description(format!("{i}")))).unwrap();
    }
    let steps = std::iter::from_fn(|| document.undo().then_some(())).count();
    assert_eq!(steps, 200);
}
