//! `cargo xtask test`: sets up everything the tests need and runs them all.

use std::path::Path;
use std::process::Command;

use crate::steps::{Tally, command, run_and_look};
use crate::{Result, bundles, packages, python, song, target_folder};

/// One process each: two hosts made with the same framework do not share one well.
const HOST_TESTS: [(&str, &str); 6] = [
    ("VST3 in pedalboard", "tests/hosts/test_pedalboard.py"),
    ("adaptive mastering in pedalboard", "tests/hosts/test_adaptive.py"),
    ("VST3 in DawDreamer", "tests/hosts/test_dawdreamer.py"),
    ("command line, measured by others", "tests/hosts/test_command_line.py"),
    ("standalone", "tests/hosts/test_standalone.py"),
    ("editor's window", "tests/hosts/test_window.py"),
];

/// Runs every step, then prints how many tests passed and which steps did not.
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
    println!("\n{} passed, {} failed", count.passed, count.failed);
    tally.finish()
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

/// Tests counted from what cargo and pytest print at the end.
#[derive(Debug, Default, PartialEq)]
struct Count {
    passed: usize,
    failed: usize,
}

impl Count {
    fn read_line(&mut self, line: &str) {
        let is_summary =
            line.starts_with("test result:") || (line.starts_with("===") && line.contains(" in "));
        if !is_summary {
            return;
        }
        let mut number = 0;
        for word in line.split([' ', ',', ';', '.']) {
            match word {
                "passed" => self.passed += number,
                "failed" | "error" | "errors" => self.failed += number,
                _ => number = word.parse().unwrap_or(number),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_summary_are_counted() {
        let mut count = Count::default();
        for line in [
            "test loudness ... FAILED",
            "test result: FAILED. 12 passed; 1 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.24s",
            "=================================== FAILURES ===================================",
            "=========== 2 failed, 21 passed, 1 error in 75.08s (0:01:15) ===========",
        ] {
            count.read_line(line);
        }
        assert_eq!(count, Count { passed: 33, failed: 4 });
    }
}
