//! `auracore master --adaptive` as a person uses it.

use std::path::Path;
use std::process::Output;

use auracore::audio_file::{
    AudioData, Existing, FileFormat, Limits, SampleBits, Tags, WriteSpec, read, write,
};
use auracore::control::adaptive::{ADAPTIVE_BANDS, MOVE_SPECS, MOVES};
use auracore::measure::measure_programme;
use serde_json::Value;

#[path = "support/brightness.rs"]
mod brightness;
#[path = "support/folder.rs"]
mod folder;
#[path = "support/music.rs"]
mod music;
#[path = "support/program.rs"]
mod program;
use folder::Folder;
use music::music;

fn auracore(folder: &Folder, arguments: &str) -> Output {
    program::auracore(folder, arguments).output().expect("the program starts")
}

/// The report of a master of one file.
fn report(folder: &Folder, arguments: &str) -> Value {
    let output = auracore(folder, &format!("master {arguments} --json"));
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    let reports: Value = serde_json::from_slice(&output.stdout).expect("standard output is JSON");
    reports[0].clone()
}

fn moves(report: &Value) -> [f64; MOVES] {
    let moves = report["adaptive"]["advice"]["moves"].as_array().expect("moves");
    std::array::from_fn(|index| moves[index].as_f64().expect("a number"))
}

/// Exit code 2 or 1, all of the words on standard error, and no output file.
fn fail(folder: &Folder, arguments: &str, words: &[&str]) {
    let output = auracore(folder, &format!("master {arguments} -o fails.wav"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(1 | 2)), "{arguments}: {error}");
    assert!(words.iter().all(|word| error.contains(word)), "{arguments}: {error} lacks one of {words:?}");
    assert!(!folder.file("fails.wav").exists(), "{arguments}");
}

/// The test music with less of everything above the corner of a one-pole filter.
fn dulled(seconds: f64, keep: f32) -> AudioData {
    let mut audio = music(seconds, 44_100);
    for plane in &mut audio.channels {
        let mut low = 0.0;
        for x in plane {
            low += keep * (*x - low);
            *x = low;
        }
    }
    audio
}

fn put(folder: &Folder, name: &str, audio: &AudioData) {
    let spec = WriteSpec { format: FileFormat::Wav, bits: SampleBits::Float32, existing: Existing::Replace };
    write(&folder.file(name), audio, spec, &Tags::titled("Title", "Artist", "Album")).unwrap();
}

fn get(folder: &Folder, name: &str) -> AudioData {
    read(&folder.file(name), &Limits::default()).unwrap().audio
}

fn brightness_db(audio: &AudioData) -> f64 {
    brightness::brightness_db(&audio.channels, f64::from(audio.rate_hz))
}

#[test]
fn a_dull_mix_is_brightened_and_lands_on_its_target() {
    let folder = Folder::new();
    put(&folder, "dull.wav", &dulled(24.0, 0.2));
    let plain = report(&folder, "dull.wav -o plain.wav --preset transparent-limit --target -14");
    assert!(plain.get("adaptive").is_none(), "nothing is said of what was not asked for");
    let adaptive = report(&folder, "dull.wav -o out.wav --adaptive --preset transparent-limit --target -14");
    let (plain, out) = (get(&folder, "plain.wav"), get(&folder, "out.wav"));
    assert_eq!(plain.frames(), out.frames());
    let brighter_db = brightness_db(&out) - brightness_db(&plain);
    assert!(brighter_db > 1.5, "{brighter_db} dB brighter");
    let planes: Vec<&[f32]> = out.channels.iter().map(Vec::as_slice).collect();
    let summary = measure_programme(&planes, 44_100.0).unwrap();
    assert!((summary.integrated_lufs + 14.0).abs() <= 0.1, "{} LUFS", summary.integrated_lufs);
    assert!(summary.true_peak_dbtp <= -1.0, "{} dBTP", summary.true_peak_dbtp);
    for (value, spec) in moves(&adaptive).iter().zip(&MOVE_SPECS) {
        assert!((spec.min..=spec.max).contains(&(*value as f32)), "{}: {value}", spec.id);
    }
    let again = report(&folder, "dull.wav -o again.wav --adaptive --preset transparent-limit --target -14");
    assert_eq!(moves(&again), moves(&adaptive), "the same file, the same advice");
    assert!(get(&folder, "again.wav").channels == out.channels, "the same bits");
}

#[test]
fn no_amount_is_no_change() {
    let folder = Folder::new();
    put(&folder, "dull.wav", &dulled(12.0, 0.2));
    report(&folder, "dull.wav -o plain.wav");
    report(&folder, "dull.wav -o none.wav --adaptive --amount 0");
    let half = report(&folder, "dull.wav -o half.wav --adaptive --amount 50");
    assert_eq!(get(&folder, "plain.wav").channels, get(&folder, "none.wav").channels);
    assert_eq!(half["adaptive"]["amount"], 0.5);
    assert_ne!(get(&folder, "plain.wav").channels, get(&folder, "half.wav").channels);
}

#[test]
fn a_character_and_a_reference_are_aimed_for() {
    let folder = Folder::new();
    put(&folder, "song.wav", &dulled(20.0, 0.45));
    let brightness = |arguments: &str| {
        let report = report(&folder, &format!("song.wav -o out.wav --overwrite --adaptive {arguments}"));
        (brightness_db(&get(&folder, "out.wav")), report)
    };
    let (bright_db, _) = brightness("--character bright");
    let (warm_db, warm) = brightness("--character warm");
    assert!(bright_db > warm_db + 1.0, "{bright_db} and {warm_db} dB");
    assert_eq!(warm["adaptive"]["aim"], "warm");

    put(&folder, "liked.wav", &dulled(20.0, 0.7));
    put(&folder, "liked too.wav", &dulled(20.0, 0.8));
    let (plain_db, _) = brightness("--amount 0");
    let (liked_db, liked) = brightness("--reference liked.wav");
    let goal_db = brightness_db(&get(&folder, "liked.wav"));
    assert!(liked_db - plain_db > 0.5 * (goal_db - plain_db), "{plain_db} to {liked_db}, wanted {goal_db}");
    let reference = get(&folder, "liked.wav");
    let planes: Vec<&[f32]> = reference.channels.iter().map(Vec::as_slice).collect();
    let goal_lufs = measure_programme(&planes, 44_100.0).unwrap().integrated_lufs;
    let lufs = liked["after"]["integrated_lufs"].as_f64().unwrap();
    assert!((lufs - goal_lufs).abs() < 0.2, "{lufs} LUFS, the reference has {goal_lufs}");
    assert!(liked["adaptive"]["model"].is_null());
}

#[test]
fn explanations_name_every_move_and_its_reason() {
    let folder = Folder::new();
    put(&folder, "dull.wav", &dulled(12.0, 0.2));
    let output = auracore(&folder, "master dull.wav -o out.wav --adaptive --explain");
    let text = String::from_utf8(output.stdout).unwrap();
    for spec in &MOVE_SPECS {
        assert!(text.lines().any(|line| line.trim_start().starts_with(spec.name)), "{} in {text}", spec.name);
    }
    assert!(text.contains("below the corridor") && text.contains("the model that is built in"), "{text}");
    let quiet = auracore(&folder, "master dull.wav -o out2.wav --adaptive");
    assert!(!String::from_utf8(quiet.stdout).unwrap().contains("corridor"));

    let report = report(&folder, "dull.wav -o out3.wav --adaptive --model none");
    assert!(report["adaptive"]["model"].is_null());
    let explanations = report["adaptive"]["advice"]["explanations"].as_array().unwrap();
    assert_eq!(explanations.len(), MOVES);
    for (explanation, value) in explanations.iter().zip(moves(&report)) {
        assert_eq!(explanation["proposed"].as_f64(), Some(value));
        assert_eq!(explanation["from_model"].as_f64(), Some(0.0), "the rule is alone");
        assert!(explanation["measured"].is_number() && !explanation["reason"].as_str().unwrap().is_empty());
    }
    assert!(explanations[..ADAPTIVE_BANDS].iter().any(|one| one["proposed"].as_f64().unwrap().abs() > 1.0));
}

#[test]
fn what_cannot_be_used_is_named_before_anything_is_written() {
    let folder = Folder::new();
    put(&folder, "song.wav", &dulled(12.0, 0.5));
    put(&folder, "short.wav", &dulled(2.0, 0.5));
    let silent = AudioData { channels: vec![vec![0.0; 441_000]; 2], rate_hz: 44_100 };
    put(&folder, "silent.wav", &silent);
    std::fs::write(folder.file("text.onnx"), "no model").unwrap();
    std::fs::write(folder.file("taste.json"), "{\"version\": 9, \"corrections\": []}").unwrap();
    fail(&folder, "song.wav --explain", &["--adaptive"]);
    fail(&folder, "song.wav --adaptive --amount 101", &["101", "100"]);
    fail(&folder, "song.wav --adaptive --character rude", &["rude", "neutral", "warm"]);
    fail(
        &folder,
        "song.wav --adaptive --character warm --reference song.wav",
        &["--character", "--reference"],
    );
    fail(&folder, "song.wav --adaptive --reference nowhere.wav", &["nowhere.wav"]);
    fail(&folder, "song.wav --adaptive --reference short.wav", &["short.wav", "at least 5 s"]);
    fail(&folder, "song.wav --adaptive --model text.onnx", &["text.onnx", "expected"]);
    fail(&folder, "song.wav --adaptive --model nowhere.onnx", &["nowhere.onnx"]);
    fail(&folder, "song.wav --adaptive --taste taste.json", &["taste.json", "layout 9"]);
    fail(&folder, "silent.wav --adaptive", &["silent.wav", "0.0 s", "at least 3 s"]);
    assert!(Path::new(&folder.file("song.wav")).exists());
}

#[test]
fn a_models_own_file_serves_like_the_built_in_one() {
    let folder = Folder::new();
    put(&folder, "dull.wav", &dulled(12.0, 0.2));
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets/adaptive/balance.onnx");
    std::fs::copy(model, folder.file("mine.onnx")).unwrap();
    let built_in = report(&folder, "dull.wav -o a.wav --adaptive");
    let mine = report(&folder, "dull.wav -o b.wav --adaptive --model mine.onnx");
    assert_eq!(moves(&built_in), moves(&mine));
    assert!(mine["adaptive"]["model"].as_str().unwrap().contains("mine.onnx"));
}
