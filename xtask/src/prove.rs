//! `cargo xtask test`: sets up everything the tests need and runs them all.
//!
//! What is left out is counted and named at the end. Where `CI` is set, leaving any test out is a failure.

mod count;

use std::path::Path;
use std::process::Command;

use crate::steps::{Tally, command, run_and_look};
use crate::{Result, bundles, packages, python, sanitizer, song, target_folder, tools};
use count::Count;

/// One process each: two hosts made with the same framework do not share one well.
const HOST_TESTS: [(&str, &str); 6] = [
    ("VST3 in pedalboard", "tests/hosts/test_pedalboard.py"),
    ("adaptive mastering in pedalboard", "tests/hosts/test_adaptive.py"),
    ("VST3 in DawDreamer", "tests/hosts/test_dawdreamer.py"),
    ("command line, measured by others", "tests/hosts/test_command_line.py"),
    ("standalone", "tests/hosts/test_standalone.py"),
    ("editor's window", "tests/hosts/test_window.py"),
];

/// Runs every step, then prints what was skipped, which steps did not pass, and how many tests did.
///
/// # Errors
/// When the set-up fails, or names the steps with failed tests.
pub fn run() -> Result {
    packages::ensure(&[packages::BUILD, packages::TEST].concat())?;
    let interpreter = python::ensure()?;
    bundles::build()?;
    let piece = target_folder()?.join("song.wav");
    song::write(&piece)?;

    let mut count = Count::default();
    let mut tally = Tally::default();
    tally.step("Rust tests", || {
        let test = ["cargo", "test", "--release", "--package", "auracore", "--no-fail-fast"];
        run_and_look(&mut command(&test), |line| count.read_line(line))
    });
    tally.step("Rust tests with every check of arithmetic", || {
        // Engine, tracks and states. Without tract, which they do not use, there is much less to build once more.
        let test = [
            "cargo",
            "test",
            "--profile",
            "checked",
            "--package",
            "auracore",
            "--lib",
            "--no-default-features",
            "--features",
            "onnxruntime",
            "--",
            "engine::",
            "track::",
            "state::",
        ];
        run_and_look(&mut command(&test), |line| count.read_line(line))
    });
    match tools::nightly().filter(|_| sanitizer::IS_SUPPORTED) {
        Some(nightly) => tally.step("RealtimeSanitizer", || sanitizer::check(nightly)),
        None => count.leave_out("RealtimeSanitizer: needs a nightly compiler, on Linux and x86-64"),
    }
    tally.step("tests of these commands", || {
        // By itself: together with the other package, features would differ and everything be compiled once more.
        let test = ["cargo", "test", "--release", "--package", "xtask"];
        run_and_look(&mut command(&test), |line| count.read_line(line))
    });
    for (title, file) in HOST_TESTS {
        tally.step(title, || {
            run_and_look(&mut host_test(&interpreter, &piece, file)?, |line| count.read_line(line))
        });
    }
    for what in count.skipped().iter().chain(count.left_out()) {
        println!("skipped: {what}");
    }
    if is_ci() && !count.skipped().is_empty() {
        tally.step("no test is skipped in CI", || Err(format!("{} skipped", count.skipped().len()).into()));
    }
    let outcome = tally.finish();
    println!("\n{count}");
    outcome
}

/// Whether this is a run that decides about a change.
fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !["", "0", "false"].contains(&value.as_str()))
}

fn host_test(interpreter: &Path, piece: &Path, file: &str) -> Result<Command> {
    let mut test = command(&[&interpreter.to_string_lossy()]);
    test.args(["-m", "pytest", "-v", "-rs", "--tb=short", "-p", "no:cacheprovider", file]);
    test.env("AURACORE_VST3", bundles::vst3()?)
        .env("AURACORE_PROGRAM", bundles::program()?)
        .env("AURACORE_SONG", piece)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(test)
}
