//! Track files of every kind: what is read, what is reported, what is written.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use auracore::track::file::limits::Limits;
use auracore::track::file::load::{Kind, Loaded, load, parse};
use auracore::track::file::preset::{by_name, factory};
use auracore::track::file::problem::Severity;
use auracore::track::file::save::{save, to_json};
use auracore::track::file::schema::{CrossfadeCurve, Step, Voice, VoiceType, json_schema};
use serde_json::{Value, json};

#[path = "support/json_schema.rs"]
mod json_schema_check;
#[path = "../fuzz/rules/load_track.rs"]
mod rule;

use json_schema_check::violations;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tracks").join(name)
}

fn loaded(name: &str) -> Loaded {
    load(&fixture(name), &Limits::default()).unwrap()
}

fn parsed(value: &Value) -> Loaded {
    parse(value.to_string().as_bytes(), Path::new("some.json"), &Limits::default()).unwrap()
}

fn refused(text: &str, name: &str) -> String {
    parse(text.as_bytes(), Path::new(name), &Limits::default()).unwrap_err().to_string()
}

fn findings(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_older_layout_is_read_and_written_as_the_present_one() {
    let mut loaded = loaded("older-layout.json");
    assert_eq!(loaded.kind, Kind::TrackV1);
    let mood = "global_settings.mood: ignored: is no known key; kept when the track is saved";
    assert!(findings(&loaded).contains(&mood.to_owned()));
    let places: Vec<_> = loaded.problems.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(places, ["tool", "global_settings.mood", "steps[2].colour"]);

    let track = &mut loaded.track;
    let global = &track.global;
    assert_eq!((global.sample_rate_hz, global.crossfade_duration_s), (48_000, Some(2.0)));
    assert_eq!((global.crossfade_curve, global.crossfade_overlap), (CrossfadeCurve::EqualPower, 0.5));
    let rain = &track.steps[3].voices[0];
    assert_eq!((rain.voice_type, rain.description.as_str()), (VoiceType::Noise, "rain"));
    assert_eq!((rain.identity.as_deref(), rain.path.as_str()), (Some("7"), "steps[3].voices[0]"));
    assert_eq!(track.steps[0].voices[0].params["beatFreq"], 4.5);
    assert_eq!((track.steps[2].binaural_volume, track.steps[0].binaural_volume), (0.3, 0.48));
    assert_eq!(track.background_noise.as_ref().unwrap().object()["amp"], 0.0);
    assert_eq!(
        (track.clips[0].path.as_str(), track.clips[0].object()["path"].as_str()),
        ("clips[0]", Some("a.wav"))
    );

    let starts = |track: &auracore::track::file::schema::Track| -> Vec<_> {
        track.steps.iter().map(|step| step.start_s).collect()
    };
    assert_eq!(starts(track), [None, Some(30.0), Some(20.0), None]);
    let text = to_json(track);
    track.fill_starts();
    assert_eq!(starts(track), [Some(0.0), Some(30.0), Some(20.0), Some(35.0)]);

    let mut expected: Value =
        serde_json::from_slice(&std::fs::read(fixture("older-layout.json")).unwrap()).unwrap();
    let object = expected.as_object_mut().unwrap();
    for (old, new) in [("global_settings", "global"), ("steps", "progression"), ("clips", "overlay_clips")] {
        let value = object.remove(old).unwrap();
        object.insert(new.into(), value);
    }
    let third = expected["progression"][2].as_object_mut().unwrap();
    let start = third.remove("start_time").unwrap();
    third.insert("start".into(), start);
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected, "nothing else changes");
}

#[test]
fn every_spelling_counts_and_the_first_of_two_wins() {
    let loaded = loaded("spellings.json");
    let track = &loaded.track;
    assert_eq!((track.global.sample_rate_hz, track.global.crossfade_duration_s), (22_050, Some(0.25)));
    assert_eq!(track.global.output_filename.as_deref(), Some("x.wav"));
    assert_eq!(track.steps[0].duration_s, 5.0);
    let [low, other] = track.steps[0].voices.as_slice() else { panic!("two voices") };
    assert_eq!((low.synth_function_name.as_str(), low.is_transition), ("binaural_beat", true));
    assert_eq!((low.description.as_str(), low.params["startBaseFreq"].as_f64()), ("low", Some(100.0)));
    assert_eq!(low.volume_envelope.as_ref().unwrap()["type"], "linen");
    assert_eq!(
        (other.synth_function_name.as_str(), other.identity.as_deref()),
        ("binaural_beat", Some("v1"))
    );
    assert_eq!(track.clips[0].object()["file"], "b.wav");
    assert!(track.background_noise.is_some());
    assert_eq!(
        findings(&loaded),
        [
            "clips: ignored: has no effect beside overlay_clips",
            "progression[0].stepDuration: ignored: has no effect beside Duration",
            "progression[0].voices[1].synth_function: ignored: has no effect beside synth_function_name",
        ]
    );
}

#[test]
fn what_is_broken_costs_its_own_part_and_is_listed_with_its_place() {
    let loaded = loaded("broken.json");
    let steps = &loaded.track.steps;
    let disabled: Vec<_> = steps[0].voices.iter().map(|voice| voice.disabled).collect();
    assert_eq!(disabled, [true, true, true, true, true, false]);
    assert_eq!(steps.iter().map(|step| step.duration_s).collect::<Vec<_>>(), [10.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!((loaded.track.global.sample_rate_hz, loaded.track.global.crossfade_overlap), (44_100, 1.0));
    assert_eq!((steps[4].start_s, loaded.track.clips[1].disabled), (Some(0.0), true));
    assert!(loaded.track.background_noise.as_ref().unwrap().disabled);

    let expected = [
        "extra: ignored: is no known key; kept when the track is saved",
        "global.sample_rate: repaired: found \"fast\", expected a number within ±1e9; left out",
        "global.crossfade_overlap: repaired: found 1.5, expected 0 to 1; taken as 1",
        "global.crossfade_curve: repaired: found \"steep\", expected linear or equal_power; taken as linear",
        "progression[0].voices[0].params: refused: found a list of 2, expected an object",
        "progression[0].voices[1].synth_function_name: refused: found none, expected the name of a synth",
        "progression[0].voices[2]: refused: found \"voice\", expected a voice (an object)",
        "progression[0].voices[3].volume_envelope: refused: found 3, expected an object",
        "progression[0].voices[4].synth_function_name: refused: found 5, expected a text",
        "progression[1].duration: refused: found \"long\", expected a number of seconds; the step is skipped",
        "progression[1].voices: refused: found an object, expected a list of voices",
        "progression[2].duration: refused: found 90000 s, expected at most 86400 s; the step is skipped",
        "progression[3]: refused: found 17, expected a step (an object)",
        "progression[4].duration: repaired: found -1, expected 0 to 1000000000; taken as 0",
        "progression[4].duration: ignored: is not above 0 s; the step is skipped",
        "progression[4].start: repaired: found -2, expected 0 to 1000000000; taken as 0",
        "progression[4].loudness: ignored: is no known key; kept when the track is saved",
        "background_noise: refused: found \"rain.noise\", expected a noise bed (an object)",
        "overlay_clips[1]: refused: found null, expected a clip (an object)",
    ];
    assert_eq!(findings(&loaded), expected);

    let written: Value = serde_json::from_str(&to_json(&loaded.track)).unwrap();
    let read: Value = serde_json::from_slice(&std::fs::read(fixture("broken.json")).unwrap()).unwrap();
    assert_eq!(written, read, "even what cannot be read is kept");
}

#[test]
fn documents_that_are_no_track_say_where_and_why() {
    for (text, name, expected) in [
        ("{\"a\": tru}", "a.json", "a.json: line 1, column 10: expected ident"),
        ("{\n \"a\": NaN}", "a.json", "a.json: line 2, column 7: found NaN, expected a finite number"),
        ("", "a.json", "a.json: line 1, column 0: EOF while parsing a value"),
        ("3", "a.json", "a.json: top level: found 3, expected an object with progression or steps"),
        (
            "{\"x\": 1}",
            "a.json",
            "a.json: top level: found an object with \"x\", expected an object with progression",
        ),
        (
            "{\"steps\": []}",
            "a.json",
            "a.json: top level: found no global_settings, expected an object of that name",
        ),
        (
            "{\"global_settings\": {}}",
            "a.json",
            "a.json: top level: found no steps, expected a list of that name",
        ),
        (
            "{\"steps\": {}, \"global_settings\": {}}",
            "a.json",
            "a.json: steps: found an object, expected a list of steps",
        ),
        (
            "{\"steps\": [], \"global_settings\": []}",
            "a.json",
            "a.json: global_settings: found a list of 0, expected",
        ),
        ("{\"progression\": 1}", "a.json", "a.json: progression: found 1, expected a list of steps"),
        ("[]", "a.voice", "a.voice: top level: found a list of 0, expected an object"),
    ] {
        let message = refused(text, name);
        assert!(message.starts_with(expected), "{message}");
    }
    let missing = load(Path::new("none/such.json"), &Limits::default()).unwrap_err().to_string();
    assert!(missing.starts_with("none/such.json: cannot be read: "), "{missing}");
}

#[test]
fn limits_are_stated_with_what_was_found() {
    let limits =
        Limits { steps: 2, step_voices: 2, voices: 3, clips: 1, track_s: 100.0, ..Limits::default() };
    let refused = |value: Value| {
        parse(value.to_string().as_bytes(), Path::new("a.json"), &limits).unwrap_err().to_string()
    };
    let voices = |count: usize| json!({"duration": 1, "voices": vec![json!({}); count]});
    for (track, expected) in [
        (json!({"progression": [{}, {}, {}]}), "a.json: progression: found 3 steps, expected at most 2"),
        (
            json!({"progression": [voices(3)]}),
            "a.json: progression[0].voices: found 3 voices, expected at most 2",
        ),
        (
            json!({"progression": [voices(2), voices(2)]}),
            "a.json: progression: found 4 voices, expected at most 3",
        ),
        (json!({"global": {}, "clips": [{}, {}]}), "a.json: clips: found 2 clips, expected at most 1"),
        (
            json!({"progression": [{"duration": 60}, {"duration": 41}]}),
            "a.json: top level: found a track of 101 s, expected at most 100 s",
        ),
    ] {
        assert_eq!(refused(track), expected);
    }
    let small = Limits { file_bytes: 10, ..Limits::default() };
    let message = parse(b"{\"progression\": []}", Path::new("a.json"), &small).unwrap_err().to_string();
    assert_eq!(message, "a.json: is too large for a track: expected at most 10 bytes");
    assert!(load(&fixture("broken.json"), &small).is_err());
}

#[test]
fn voices_and_noises_become_tracks() {
    let voice = loaded("low.voice");
    assert_eq!(
        (voice.kind, voice.track.steps.len(), voice.track.steps[0].duration_s),
        (Kind::Voice, 1, 60.0)
    );
    assert!(voice.track.steps[0].voices[0].is_transition);
    assert_eq!(findings(&voice), ["colour: ignored: is no known key; kept when the track is saved"]);

    let voices = loaded("pair.voices");
    assert_eq!((voices.kind, voices.track.voices().count()), (Kind::Voices, 2));
    assert_eq!(voices.track.steps[0].voices[1].path, "[2]");
    assert_eq!(findings(&voices), ["[1]: ignored: found 3, expected a voice (an object); left out"]);

    let noise = loaded("sea.noise");
    assert_eq!((noise.kind, noise.track.steps[0].duration_s), (Kind::Noise, 90.0));
    assert_eq!(noise.track.background_noise.as_ref().unwrap().object()["params"]["lfo_freq"], 0.08);
    assert_eq!(findings(&noise), Vec::<String>::new());

    let by_content = std::fs::read(fixture("sea.noise")).unwrap();
    assert_eq!(parse(&by_content, Path::new("x.json"), &Limits::default()).unwrap().kind, Kind::Noise);
    assert_eq!(parse(b"[]", Path::new("x.voices"), &Limits::default()).unwrap().kind, Kind::Voices);
    assert_eq!(parse(b"{}", Path::new("x.noise"), &Limits::default()).unwrap().kind, Kind::Noise);
}

#[test]
fn a_session_becomes_a_track() {
    let session = loaded("evening.session");
    assert_eq!(session.kind, Kind::Session);
    let track = &session.track;
    let starts: Vec<_> = track.steps.iter().map(|step| step.start_s.unwrap()).collect();
    assert_eq!(starts, [0.0, 50.0, 120.0, 140.0, 150.0, 160.0]);
    assert_eq!((track.global.sample_rate_hz, track.global.normalization_level), (48_000, 0.9));

    let names =
        |step: &Step| step.voices.iter().map(|voice| voice.synth_function_name.clone()).collect::<Vec<_>>();
    let relax = by_name("relax").unwrap();
    let relax = parse(relax.json.as_bytes(), Path::new("relax.json"), &Limits::default()).unwrap();
    let mut expected = names(&relax.track.steps[0]);
    expected.push("noise_swept_notch".into());
    assert_eq!(names(&track.steps[0]), expected);
    let rolling = track.steps[0].voices.last().unwrap();
    assert_eq!((rolling.voice_type, track.steps[0].noise_volume), (VoiceType::Noise, 0.2));
    assert_eq!(rolling.params["sweeps"].as_array().unwrap().len(), 3);
    let sea = track.steps[1].voices.last().unwrap();
    assert_eq!(sea.params["noise_type"]["name"], "sea");
    assert!(!sea.params.contains_key("duration_seconds") && !sea.params.contains_key("noise_parameters"));
    assert_eq!(names(&track.steps[2]), ["binaural_beat", "isochronic_tone"]);
    assert_eq!(
        track.steps[3].voices[0].path,
        "steps[3].binaural_preset_id(json:older-layout).steps[0].voices[0]"
    );

    let bed = track.background_noise.as_ref().unwrap().object();
    assert_eq!((bed["gain"].as_f64(), bed["params"]["lfo_freq"].as_f64()), (Some(0.5), Some(0.08)));
    let clips: Vec<_> = track.clips.iter().map(|clip| Value::Object(clip.object().clone())).collect();
    let bird = json!({"file_path": "bird.wav", "start": 50.0, "duration": 40.0, "amp": 0.25, "loop": false});
    let bell = json!({"file_path": "bell.wav", "start": 120.0, "duration": 30.0, "amp": 0.48, "loop": true});
    assert_eq!(clips, [bird, bell]);

    let refused: Vec<_> =
        session.problems.iter().filter(|problem| problem.severity == Severity::Refused).collect();
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0].path, "steps[4].binaural_preset_id");
    assert!(refused[0].message.contains("builtin:Nowhere"));
    assert!(refused[1].message.contains("without folders"), "{}", refused[1]);
    for unknown in ["theme", "steps[3].mood"] {
        assert!(session.problems.iter().any(|problem| problem.path == unknown), "{unknown}");
    }
    let alone =
        parse(&std::fs::read(fixture("evening.session")).unwrap(), Path::new("x"), &Limits::default())
            .unwrap();
    assert!(findings(&alone).iter().any(|finding| finding.contains("low.voice")), "{:?}", findings(&alone));
}

#[test]
fn written_tracks_are_read_and_written_unchanged() {
    for entry in std::fs::read_dir(fixture("")).unwrap().chain(std::fs::read_dir(fixture("fuzz")).unwrap()) {
        let path = entry.unwrap().path();
        if path.is_file() {
            rule::check(&std::fs::read(path).unwrap());
        }
    }
    let first = to_json(&loaded("spellings.json").track);
    let path = std::env::temp_dir().join(format!("auracore-track-{}.json", std::process::id()));
    save(&loaded("spellings.json").track, &path).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
    let again = load(&path, &Limits::default()).unwrap();
    assert_eq!((again.kind, to_json(&again.track)), (Kind::TrackV2, first));
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn edits_reach_the_file_and_nothing_else_moves() {
    let source = json!({
        "global": {"mine": 1, "sampleRate": 48000},
        "progression": [{"Duration": 10, "x": 1, "voices": [{"synth_function_name": "binaural_beat", "y": 2}]}],
    });
    let mut track = parsed(&source).track;
    track.global.crossfade_curve = CrossfadeCurve::EqualPower;
    track.steps[0].duration_s = 12.5;
    track.steps[0].start_s = Some(3.0);
    track.steps[0].voices[0].voice_type = VoiceType::Noise;
    track.steps[0].voices[0].params.insert("baseFreq".into(), 100.into());
    let voice = Voice { synth_function_name: "isochronic_tone".into(), ..Voice::default() };
    track.steps.push(Step { duration_s: 1.0, voices: vec![voice], ..Step::default() });
    let expected = json!({
        "global": {"mine": 1, "sample_rate": 48000, "crossfade_curve": "equal_power"},
        "progression": [
            {"duration": 12.5, "x": 1, "voices": [
                {"synth_function_name": "binaural_beat", "y": 2, "params": {"baseFreq": 100}, "voice_type": "noise"},
            ], "start": 3.0},
            {"duration": 1.0, "voices": [{"synth_function_name": "isochronic_tone"}]},
        ],
    });
    assert_eq!(to_json(&track), format!("{expected:#}\n"));
    track.steps[0].start_s = None;
    track.steps[0].voices[0].params.clear();
    assert!(!to_json(&track).contains("start") && !to_json(&track).contains("baseFreq"));
}

#[test]
fn the_shipped_schema_is_the_generated_one() {
    let shipped = std::fs::read_to_string(schema_path()).unwrap();
    let generated = format!("{:#}\n", json_schema());
    assert!(shipped == generated, "run: cargo run --release -- check --schema > presets/track.schema.json");
}

fn schema_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("presets/track.schema.json")
}

#[test]
fn the_schema_accepts_good_tracks_and_nothing_else() {
    let schema = json_schema();
    for name in ["older-layout.json", "spellings.json"] {
        let value = serde_json::from_slice(&std::fs::read(fixture(name)).unwrap()).unwrap();
        assert_eq!(violations(&schema, &value), Vec::<String>::new(), "{name}");
    }
    let broken = serde_json::from_slice(&std::fs::read(fixture("broken.json")).unwrap()).unwrap();
    assert!(violations(&schema, &broken).len() > 8);
    for bad in [
        json!({}),
        json!([]),
        json!({"steps": []}),
        json!({"progression": [{"duration": 1, "voices": [{"synth_function_name": "kazoo"}]}]}),
        json!({"progression": [{"duration": 1, "voices": [{}]}]}),
        json!({"global": {"sample_rate": 100}}),
    ] {
        assert!(!violations(&schema, &bad).is_empty(), "{bad}");
    }
}

#[test]
fn factory_tracks_are_sound() {
    let schema = json_schema();
    let mut names = HashSet::new();
    for preset in factory() {
        let slug = preset.slug;
        let loaded = parse(preset.json.as_bytes(), Path::new(slug), &Limits::default()).unwrap();
        assert_eq!((loaded.kind, findings(&loaded)), (Kind::TrackV2, Vec::new()), "{slug}");
        assert_eq!(to_json(&loaded.track), preset.json, "{slug} is in the form that saving gives");
        let value = serde_json::from_str(preset.json).unwrap();
        assert_eq!(violations(&schema, &value), Vec::<String>::new(), "{slug}");
        assert!(names.insert(&preset.name) && preset.description.len() > 60, "{slug}");

        let minutes = loaded.track.steps.iter().map(|step| step.duration_s).sum::<f64>() / 60.0;
        assert!((10.0..=60.0).contains(&minutes), "{slug} has {minutes} minutes");
        assert!(loaded.track.voices().count() > 0 || loaded.track.background_noise.is_some(), "{slug}");
        for step in &loaded.track.steps {
            assert!(!step.description.is_empty(), "{slug}");
            assert!(
                step.voices.iter().all(|voice| !voice.description.is_empty() && !voice.disabled),
                "{slug}"
            );
            assert!(step.binaural_volume <= 0.48 && step.noise_volume <= 0.48, "{slug}");
        }
        assert_eq!(by_name(&preset.name), Some(preset));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets/tracks");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), names.len(), "every file is part of the program");
}
