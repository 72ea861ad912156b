//! Everything that is read from outside, in a great many damaged forms: the rules of `fuzz/rules` hold for any bytes.
//!
//! Each target starts from its corpus in `fuzz/corpus` and makes as many executions as take about a minute, always the same
//! ones. `cargo xtask fuzz` looks for what these do not find, guided by coverage, as long as it is told to.

#![allow(clippy::duplicate_mod)] // each rule is also a program of its own and takes in what it needs

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

#[path = "fuzz/damage.rs"]
mod damage;
#[path = "../fuzz/rules/load_model.rs"]
mod load_model;
#[path = "../fuzz/rules/load_preset.rs"]
mod load_preset;
#[path = "../fuzz/rules/load_settings.rs"]
mod load_settings;
#[path = "../fuzz/rules/load_state.rs"]
mod load_state;
#[path = "../fuzz/rules/load_track.rs"]
mod load_track;
#[path = "../fuzz/rules/read_audio.rs"]
mod read_audio;
use damage::{Dice, damaged};

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// Holds the rule against the corpus and against so many damaged files. What breaks it is kept as a file.
fn fuzz(target: &str, executions: u64, check: fn(&[u8]) -> bool) {
    let files = corpus(target);
    let holds = |bytes: &[u8]| {
        catch_unwind(AssertUnwindSafe(|| check(bytes))).unwrap_or_else(|broken| {
            let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("broken-{target}"));
            std::fs::write(&path, bytes).unwrap();
            println!("{target} breaks on {}", path.display());
            resume_unwind(broken)
        })
    };
    let good = files.iter().filter(|file| holds(file)).count();
    assert!(good > 0, "nothing in the corpus of {target} is read, so damage to it would prove nothing");
    let mut dice = Dice(1);
    let read = (0..executions).filter(|_| holds(&damaged(&files, &mut dice))).count();
    println!("{target}: {good} of {} files are read, and {read} of {executions} damaged ones", files.len());
}

#[test]
fn any_preset_is_refused_or_read() {
    fuzz("load_preset", 12_000_000, load_preset::check);
}

#[test]
fn any_settings_are_refused_or_read() {
    fuzz("load_settings", 250_000, load_settings::check);
}

#[test]
fn any_state_is_refused_or_restored() {
    fuzz("load_state", 500_000, load_state::check);
}

#[test]
fn any_track_is_refused_or_read() {
    fuzz("load_track", 600_000, load_track::check);
}

#[test]
fn any_model_is_refused_or_runs() {
    fuzz("load_model", 40_000, load_model::check);
}

#[test]
fn any_audio_file_is_refused_or_read() {
    fuzz("read_audio", 250_000, read_audio::check);
}
