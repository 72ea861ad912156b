//! Track files on the command line: parts, stems, levels, mastering, what is refused, messages and exit codes.

use std::path::Path;
use std::process::{Command, Output};

use auracore::audio_file::{AudioData, AudioFile, Limits, SourceDepth, read};
use auracore::measure::{Summary, measure_programme};
use serde_json::{Value, json};

#[path = "support/folder.rs"]
mod folder;
#[path = "support/program.rs"]
mod program;
use folder::Folder;

/// Runs `auracore` inside a folder; arguments are given as one line.
fn auracore(folder: &Folder, arguments: &str, threads: usize) -> Output {
    let mut command = program::auracore(folder, arguments);
    command.env("RAYON_NUM_THREADS", threads.to_string()).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the output is text")
}

fn succeed(folder: &Folder, arguments: &str) -> String {
    let output = auracore(folder, arguments, 2);
    assert!(output.status.success(), "{arguments}: {}", text(&output.stderr));
    text(&output.stdout).to_owned()
}

/// Expects an exit code and words among what was printed.
fn fail(folder: &Folder, arguments: &str, code: i32, words: &[&str]) {
    let output = auracore(folder, arguments, 2);
    let said = [text(&output.stdout), text(&output.stderr)].concat();
    assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
    assert!(words.iter().all(|word| said.contains(word)), "{arguments}: {said} lacks one of {words:?}");
}

fn report(folder: &Folder, arguments: &str) -> Value {
    let printed = succeed(folder, &format!("{arguments} --json"));
    serde_json::from_str::<Value>(&printed).expect("standard output is JSON")[0].take()
}

fn get(folder: &Folder, name: &str) -> AudioFile {
    read(&folder.file(name), &Limits::default()).unwrap()
}

fn audio(folder: &Folder, name: &str) -> AudioData {
    get(folder, name).audio
}

fn measured(audio: &AudioData) -> Summary {
    let planes: Vec<&[f32]> = audio.channels.iter().map(Vec::as_slice).collect();
    measure_programme(&planes, f64::from(audio.rate_hz)).unwrap()
}

fn peak(audio: &AudioData) -> f32 {
    audio.channels.iter().flatten().fold(0.0, |peak, sample| peak.max(sample.abs()))
}

/// Largest difference of two recordings of the same shape.
fn difference(one: &AudioData, other: &AudioData) -> f32 {
    assert_eq!((one.frames(), one.rate_hz), (other.frames(), other.rate_hz));
    let pairs = one.channels.iter().flatten().zip(other.channels.iter().flatten());
    pairs.fold(0.0, |worst, (one, other)| worst.max((one - other).abs()))
}

fn put(folder: &Folder, name: &str, track: &Value) {
    std::fs::write(folder.file(name), track.to_string()).unwrap();
}

/// Two joined steps of tones and noise over a bed, with a clip: everything that a track can hold, in 9 s.
fn everything(folder: &Folder) -> Value {
    let clip: Vec<f32> = (0..22_050).map(|n| 0.2 * (n as f32 * 0.1).sin()).collect();
    let clip = AudioData { channels: vec![clip], rate_hz: 22_050 };
    let spec = auracore::audio_file::WriteSpec {
        format: auracore::audio_file::FileFormat::Wav,
        bits: auracore::audio_file::SampleBits::Int16,
        existing: auracore::audio_file::Existing::Replace,
    };
    auracore::audio_file::write(&folder.file("bell.wav"), &clip, spec, &Default::default()).unwrap();
    json!({
        "global": {"sample_rate": 44100, "crossfade_duration": 1.0, "crossfade_curve": "equal_power", "name": "All of it"},
        "progression": [
            {"duration": 5.0, "start": 0.0, "description": "First", "noise_volume": 0.2, "voices": [
                {"synth_function_name": "binaural_beat", "params": {"baseFreq": 180.0, "beatFreq": 6.0, "ampOscDepthL": 0.3, "ampOscFreqL": 0.7}},
                {"synth_function_name": "noise_swept_notch", "voice_type": "noise", "params": {"lfo_freq": 0.2}},
            ]},
            {"duration": 5.0, "start": 4.0, "description": "Second", "voices": [
                {"synth_function_name": "isochronic_tone", "params": {"baseFreq": 220.0, "beatFreq": 5.0, "harmonicSuppression": true}},
                {"synth_function_name": "binaural_beat", "is_transition": true, "params": {"startBaseFreq": 150.0, "endBaseFreq": 120.0}},
            ]},
        ],
        "background_noise": {"gain": 0.1, "params": {"noise_parameters": {"name": "pink"}}},
        "overlay_clips": [{"file_path": "bell.wav", "start": 2.5, "amp": 0.5}],
    })
}

/// One steady beat.
fn beat(duration_s: f64) -> Value {
    json!({
        "global": {"sample_rate": 48000},
        "progression": [{"duration": duration_s, "voices": [
            {"synth_function_name": "binaural_beat", "params": {"baseFreq": 200.0, "beatFreq": 4.0}},
        ]}],
    })
}

#[test]
fn a_track_has_its_length_rate_and_peak_in_every_format() {
    let folder = Folder::new();
    put(&folder, "all.json", &everything(&folder));
    for (name, options, rate_hz, depth, expected) in [
        ("a.wav", "", 44_100, SourceDepth::Integer(24), 0.25),
        ("b.flac", "--bits 16 --level 0.5", 44_100, SourceDepth::Integer(16), 0.5),
        ("c.wav", "--bits 32 --level -6.0206dB --rate 48000", 48_000, SourceDepth::Float(32), 0.5),
        ("d.flac", "--rate 96000", 96_000, SourceDepth::Integer(24), 0.25),
    ] {
        let report = report(&folder, &format!("render all.json -o {name} {options}"));
        let file = get(&folder, name);
        assert_eq!((file.audio.rate_hz, file.audio.frames()), (rate_hz, 9 * rate_hz as usize), "{name}");
        assert_eq!((file.depth, file.tags.title()), (depth, Some("All of it")), "{name}");
        assert!((peak(&file.audio) - expected).abs() < 1e-4, "{name}: {}", peak(&file.audio));
        assert!((report["peak"].as_f64().unwrap() - f64::from(peak(&file.audio))).abs() < 1e-6);
        assert_eq!(report["problems"], json!([]), "{name}");
    }
}

#[test]
fn parts_are_what_the_whole_has_there() {
    let folder = Folder::new();
    put(&folder, "all.json", &everything(&folder));
    succeed(&folder, "render all.json -o whole.wav --bits 32");
    let whole = audio(&folder, "whole.wav");
    for (start, length, begin, frames) in
        [("0", "2", 0, 88_200), ("0:03.7654321", "0:02", 166_056, 88_200), ("6.5", "60", 286_650, 110_250)]
    {
        let command =
            format!("render all.json -o part.wav --bits 32 --start {start} --length {length} --overwrite");
        succeed(&folder, &command);
        let part = audio(&folder, "part.wav");
        assert_eq!(part.frames(), frames);
        let cut = whole.channels.iter().map(|channel| channel[begin..begin + frames].to_vec()).collect();
        assert_eq!(difference(&part, &AudioData { channels: cut, rate_hz: 44_100 }), 0.0, "from {start}");
    }
}

#[test]
fn the_number_of_cores_changes_nothing() {
    let folder = Folder::new();
    put(&folder, "all.json", &everything(&folder));
    for threads in [1, 3, 8] {
        let output = auracore(&folder, &format!("render all.json -o {threads}.flac"), threads);
        assert!(output.status.success());
    }
    let files = [1, 3, 8].map(|threads| std::fs::read(folder.file(&format!("{threads}.flac"))).unwrap());
    assert!(files[0] == files[1] && files[1] == files[2]);
}

#[test]
fn stems_sum_to_the_mix_before_any_level() {
    let folder = Folder::new();
    put(&folder, "all.json", &everything(&folder));
    let report = report(&folder, "render all.json -o mix.wav --bits 32 --level 0.1 --stems parts");
    let gain = 10f32.powf(report["gain_db"].as_f64().unwrap() as f32 / 20.0);
    let stems = ["tones", "noise", "clips"].map(|bus| audio(&folder, &format!("parts/mix-{bus}.wav")));
    assert!(stems.iter().all(|stem| peak(stem) > 0.01), "every bus sounds");
    let mut sum = stems[0].clone();
    for stem in &stems[1..] {
        for (sum, stem) in sum.channels.iter_mut().flatten().zip(stem.channels.iter().flatten()) {
            *sum += stem;
        }
    }
    sum.channels.iter_mut().flatten().for_each(|sample| *sample *= gain);
    assert!(difference(&sum, &audio(&folder, "mix.wav")) < 1e-6);
    // A bus that holds nothing makes no file.
    put(&folder, "beat.json", &beat(1.0));
    succeed(&folder, "render beat.json -o beat.flac --stems only");
    assert!(folder.file("only/beat-tones.flac").is_file());
    assert_eq!(std::fs::read_dir(folder.file("only")).unwrap().count(), 1);
}

#[test]
fn targets_are_reached_by_gain_or_by_mastering_under_the_ceiling() {
    let folder = Folder::new();
    put(&folder, "all.json", &everything(&folder));
    for (name, options, target_lufs, ceiling_dbtp) in [
        ("quiet.wav", "--target -30", -30.0, -1.0),
        ("gain16.flac", "--target -26.5 --bits 16", -26.5, -1.0),
        ("streaming.wav", "--master streaming", -14.0, -1.0),
        ("loud.flac", "--master streaming --target -11 --bits 16", -11.0, -1.0),
        ("part.wav", "--master glue --target -16 --start 1 --length 4.5", -16.0, -1.0),
    ] {
        let report = report(&folder, &format!("render all.json -o {name} {options}"));
        assert_eq!(report["outcome"], "reached", "{name}: {report}");
        let found = measured(&audio(&folder, name));
        assert!((found.integrated_lufs - target_lufs).abs() <= 0.1, "{name}: {} LUFS", found.integrated_lufs);
        assert!(found.true_peak_dbtp <= ceiling_dbtp, "{name}: {} dBTP", found.true_peak_dbtp);
        assert!((report["integrated_lufs"].as_f64().unwrap() - found.integrated_lufs).abs() < 0.01, "{name}");
    }
    let frames = audio(&folder, "part.wav").frames();
    assert_eq!(frames, (4.5 * 44_100.0) as usize);
    // By gain alone it stops at the true peak and says so.
    let report = report(&folder, "render all.json -o hot.wav --target -5");
    assert_eq!(report["outcome"], "out_of_reach");
    assert!(report["notes"].to_string().contains("--master"), "{}", report["notes"]);
    let found = measured(&audio(&folder, "hot.wav"));
    assert!((-1.05..=-1.0).contains(&found.true_peak_dbtp), "{} dBTP", found.true_peak_dbtp);
}

#[test]
fn mastering_is_in_time_with_the_mix_to_its_last_sample() {
    let folder = Folder::new();
    put(&folder, "all.json", &everything(&folder));
    succeed(&folder, "render all.json -o mix.wav --bits 32");
    // So far below the ceiling nothing but gain happens.
    succeed(&folder, "render all.json -o out.wav --bits 32 --master transparent-limit --target -35");
    let (mut mix, out) = (audio(&folder, "mix.wav"), audio(&folder, "out.wav"));
    let gain_db = measured(&out).integrated_lufs - measured(&mix).integrated_lufs;
    let gain = 10f64.powf(gain_db / 20.0) as f32;
    mix.channels.iter_mut().flatten().for_each(|sample| *sample *= gain);
    assert!(difference(&mix, &out) < 1e-4, "{}", difference(&mix, &out));
}

#[test]
fn the_original_is_matched_to_its_rounding() {
    let folder = Folder::new();
    put(&folder, "all.json", &everything(&folder));
    succeed(&folder, "render all.json -o exact.wav --match-original --bits 32");
    succeed(&folder, "render all.json -o original.wav --match-original");
    let (exact, file) = (audio(&folder, "exact.wav"), get(&folder, "original.wav"));
    assert_eq!(file.depth, SourceDepth::Integer(16));
    assert!((peak(&exact) - 0.25).abs() < 1e-6);
    for (exact, found) in exact.channels.iter().flatten().zip(file.audio.channels.iter().flatten()) {
        assert_eq!((found * 32_768.0) as i32, (exact * 32_767.0) as i32);
    }
    // Its shifts at joins make it another sound.
    succeed(&folder, "render all.json -o ours.wav --bits 32");
    assert!(difference(&exact, &audio(&folder, "ours.wav")) > 0.01);
}

#[test]
fn long_tracks_know_their_peak_without_looking() {
    let folder = Folder::new();
    put(&folder, "beat.json", &beat(20.0));
    let report = report(&folder, "render beat.json -o beat.wav --bits 32");
    assert_eq!(report["passes"], 1, "the measured level of the step tells");
    assert!((peak(&audio(&folder, "beat.wav")) - 0.25).abs() < 1e-6);
}

#[test]
fn many_tracks_go_into_a_folder_and_a_bad_one_stops_nobody() {
    let folder = Folder::new();
    for name in ["one.json", "two.json", "three.json"] {
        put(&folder, name, &beat(2.0));
    }
    std::fs::write(folder.file("bad.json"), "{\"steps\": 5").unwrap();
    std::fs::write(folder.file("wrong.json"), "{\"progression\": 5}").unwrap();
    fail(
        &folder,
        "render one.json bad.json two.json missing.json wrong.json three.json -o out --format flac",
        1,
        &["bad.json: line 1", "missing.json", "wrong.json: progression", "expected a list of steps"],
    );
    let mut names: Vec<_> =
        std::fs::read_dir(folder.file("out")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["one.flac", "three.flac", "two.flac"]);
    assert_eq!(audio(&folder, "out/two.flac").frames(), 2 * 48_000);
}

#[test]
fn nothing_is_replaced_unasked_and_nothing_half_written_stays() {
    let folder = Folder::new();
    put(&folder, "beat.json", &beat(1.0));
    std::fs::write(folder.file("out.wav"), "precious").unwrap();
    std::fs::create_dir(folder.file("stems")).unwrap();
    fail(&folder, "render beat.json -o out.wav", 1, &["out.wav", "exists already"]);
    std::fs::write(folder.file("stems/new-tones.wav"), "precious").unwrap();
    fail(&folder, "render beat.json -o new.wav --stems stems", 1, &["new-tones.wav", "exists already"]);
    assert_eq!(folder.names(), ["beat.json", "out.wav", "stems"]);
    assert_eq!(std::fs::read_to_string(folder.file("out.wav")).unwrap(), "precious");
    succeed(&folder, "render beat.json -o out.wav --force");
    assert_eq!(audio(&folder, "out.wav").frames(), 48_000);
    std::fs::copy(folder.file("beat.json"), folder.file("track.wav")).unwrap();
    fail(&folder, "render track.wav -o track.wav --overwrite", 2, &["track.wav", "is an input"]);
}

#[test]
fn bad_usage_is_exit_code_2_and_touches_nothing() {
    let folder = Folder::new();
    put(&folder, "beat.json", &beat(1.0));
    for (arguments, word) in [
        ("render", "required"),
        ("render beat.json", "--output"),
        ("render beat.json -o out.mp3", ".wav or .flac"),
        ("render beat.json -o out.flac --format wav", "another format"),
        ("render beat.json -o out.flac --bits 32", "FLAC holds"),
        ("render beat.json -o out.wav --bits 20", "possible values"),
        ("render beat.json -o out.wav --level 2", "-90dB"),
        ("render beat.json -o out.wav --level 0.5 --target -20", "cannot be used with"),
        ("render beat.json -o out.wav --match-original --master streaming", "cannot be used with"),
        ("render beat.json -o out.wav --start 1:75", "1:30"),
        ("render beat.json -o out.wav --rate 5", "8000 to 384000"),
        ("render beat.json -o out.wav --master nothing", "\"nothing\""),
        ("render preset:nothing -o out.wav", "auracore tracks"),
        ("render beat.json beat.json -o out", "both become"),
        ("check", "required"),
        ("convert beat.json", "--output"),
    ] {
        fail(&folder, arguments, 2, &[word]);
    }
    fail(
        &folder,
        "render beat.json -o out.wav --start 0:05",
        1,
        &["beat.json", "--start 0:05", "length of 0:01"],
    );
    fail(&folder, "render beat.json -o out.wav --master streaming --rate 8000", 1, &["beat.json", "8000 Hz"]);
    fail(&folder, "tracks show nothing", 1, &["nothing"]);
    assert_eq!(folder.names(), ["beat.json"]);
}

#[test]
fn refused_parts_are_silent_and_named_and_the_rest_sounds() {
    let folder = Folder::new();
    let mut track = beat(1.0);
    track["progression"][0]["voices"]
        .as_array_mut()
        .unwrap()
        .push(json!({"synth_function_name": "theremin"}));
    track["overlay_clips"] = json!([{"file_path": "none.wav"}, {"file_path": "../../outside.wav"}]);
    track["mystery"] = json!(1);
    put(&folder, "track.json", &track);
    let place = "progression[0].voices[1].synth_function_name";
    fail(
        &folder,
        "check track.json",
        1,
        &["refused", place, "theremin", "none.wav", "outside.wav", "ignored", "mystery"],
    );
    let said = succeed(&folder, "render track.json -o out.wav");
    assert!(said.contains("silent") && said.contains(place) && said.contains("none.wav"), "{said}");
    assert!(peak(&audio(&folder, "out.wav")) > 0.2);
    let found: Value =
        serde_json::from_slice(&auracore(&folder, "check track.json --json", 2).stdout).unwrap();
    let refused = found[0]["problems"].as_array().unwrap().iter();
    assert_eq!(refused.filter(|problem| problem["severity"] == "refused").count(), 3, "{found}");
    assert_eq!(succeed(&folder, "render track.json -o out.wav --quiet --force"), "");
}

#[test]
fn files_outside_have_to_be_allowed() {
    let folder = Folder::new();
    let mut track = everything(&folder);
    std::fs::create_dir_all(folder.file("tracks")).unwrap();
    track["overlay_clips"][0]["file_path"] = json!(folder.file("bell.wav"));
    put(&folder, "tracks/all.json", &track);
    fail(
        &folder,
        "check tracks/all.json",
        1,
        &["overlay_clips[0]", "bell.wav", "expected a file in the folder"],
    );
    succeed(&folder, "check tracks/all.json --allow .");
    let report = report(&folder, "render tracks/all.json -o all.wav --allow .");
    assert_eq!(report["problems"], json!([]));
}

#[test]
fn check_tells_what_a_track_holds() {
    let folder = Folder::new();
    put(&folder, "all.json", &everything(&folder));
    let said = succeed(&folder, "check all.json");
    for word in [
        "version 2",
        "0:09 at 44100 Hz",
        "2 steps",
        "4 voices",
        "All of it",
        "First",
        "0:04 for 0:05",
        "fades in over 1.0 s",
    ] {
        assert!(said.contains(word), "{said} lacks {word}");
    }
    for word in ["1 binaural_beat (transition)", "1 noise_swept_notch (noise bus)", "bed", "clips     1"] {
        assert!(said.contains(word), "{said} lacks {word}");
    }
    let found = report(&folder, "check all.json");
    assert_eq!((&found["duration_s"], &found["clips"]), (&json!(9.0), &json!(1)));
    assert_eq!(found["steps"][1]["voices"][1]["transition"], true);
    let schema: Value = serde_json::from_str(&succeed(&folder, "check --schema")).unwrap();
    assert_eq!(schema, auracore::track::file::schema::json_schema());
}

#[test]
fn convert_writes_the_present_layout_and_says_what_changed() {
    let folder = Folder::new();
    let new = everything(&folder);
    let old = json!({
        "global_settings": new["global"], "steps": new["progression"], "background_noise": new["background_noise"],
        "clips": new["overlay_clips"], "mystery": 7,
    });
    put(&folder, "old.json", &old);
    let said = succeed(&folder, "convert old.json -o new.json");
    for word in ["version 1", "version 2", "global_settings", "progression", "mystery"] {
        assert!(said.contains(word), "{said} lacks {word}");
    }
    let written: Value = serde_json::from_slice(&std::fs::read(folder.file("new.json")).unwrap()).unwrap();
    assert_eq!(written["progression"], new["progression"]);
    assert_eq!((&written["mystery"], &written["steps"]), (&json!(7), &Value::Null));
    succeed(&folder, "render old.json -o old.flac");
    succeed(&folder, "render new.json -o new.flac");
    assert!(audio(&folder, "old.flac") == audio(&folder, "new.flac"));

    fail(&folder, "convert old.json -o new.json", 1, &["new.json", "exists already", "--force"]);
    succeed(&folder, "convert old.json -o new.json --force");
    let session = json!({"steps": [{"binaural_preset_id": "voice:tone", "duration": 10.0}]});
    put(&folder, "evening.session", &session);
    put(&folder, "tone.voice", &beat(1.0)["progression"][0]["voices"][0]);
    let said = succeed(&folder, "convert evening.session -o evening.json");
    assert!(said.contains("session") && said.contains("1 step with 1 voice"), "{said}");
    succeed(&folder, "check evening.json");
    // Away from the files that it names.
    std::fs::create_dir(folder.file("sub")).unwrap();
    let said = succeed(&folder, "convert old.json -o sub/new.json");
    assert!(said.contains("new folder") && said.contains("bell.wav"), "{said}");
    fail(&folder, "convert bell.wav -o bell.json", 1, &["bell.wav"]);
    assert!(!folder.file("bell.json").exists());
}

#[test]
fn tracks_of_the_program_are_listed_shown_and_rendered() {
    let folder = Folder::new();
    let list = succeed(&folder, "tracks");
    assert!(list.lines().count() > 15 && list.contains("focus"), "{list}");
    std::fs::write(folder.file("mine.json"), succeed(&folder, "tracks show focus")).unwrap();
    succeed(&folder, "render preset:focus -o preset.flac --start 2:58 --length 4");
    succeed(&folder, "render mine.json -o mine.flac --start 178 --length 0:04");
    assert!(audio(&folder, "preset.flac") == audio(&folder, "mine.flac"));
    succeed(&folder, "convert preset:focus -o copy.json");
    for help in ["render", "check", "convert", "tracks"] {
        assert!(succeed(&folder, &format!("{help} --help")).contains("Examples:"), "{help}");
    }
}

/// However early or late the interrupt comes, there is a whole file or none.
#[cfg(unix)]
#[test]
fn an_interrupt_leaves_no_half_file() {
    let folder = Folder::new();
    put(&folder, "long.json", &beat(1_800.0));
    std::fs::create_dir(folder.file("stems")).unwrap();
    for wait_ms in [0, 100, 400, 1_500] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_auracore"))
            .args(["render", "long.json", "-o", "out.flac", "--stems", "stems", "--overwrite", "--quiet"])
            .current_dir(folder.path())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait_ms));
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        child.wait().unwrap();
        let stems = std::fs::read_dir(folder.file("stems")).unwrap();
        let parts = |path: &Path| path.to_string_lossy().contains(".part");
        assert!(!stems.map(|entry| entry.unwrap().path()).any(|path| parts(&path)), "after {wait_ms} ms");
        assert!(!folder.names().iter().any(|name| parts(Path::new(name))), "{:?}", folder.names());
        if folder.file("out.flac").exists() {
            assert_eq!(audio(&folder, "out.flac").frames(), 1_800 * 48_000);
            std::fs::remove_file(folder.file("out.flac")).unwrap();
        }
    }
}
