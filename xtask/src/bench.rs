//! `cargo xtask bench`: what each stage costs in time and in instructions, and other makers' plugins beside it.
//!
//! Every bench target is a plain program: without arguments it prints one line for each row of its table, the row's name
//! first; `--stage NAME --frames N` runs one row over N frames and prints nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::steps::{self, command, headline};
use crate::{Result, bundles, packages, python, song, target_folder};

/// A second of audio in whole blocks of the bench programs.
const COUNTED_FRAMES: u64 = 94 * 512;

/// Runs time, instructions and peers one after the other.
///
/// # Errors
/// The first part that failed.
pub fn run() -> Result {
    packages::ensure(&[packages::BUILD, packages::BENCH].concat())?;
    let interpreter = python::ensure()?;
    bundles::build()?;
    headline("time per stereo frame");
    let mut rows = Vec::new();
    for program in bench_programs()? {
        let note_name = |line: &str| {
            rows.extend(line.split_whitespace().next().map(|name| (program.clone(), name.to_owned())))
        };
        steps::run_and_look(&mut Command::new(&program), note_name)?;
    }
    headline("instructions per stereo frame (callgrind)");
    for (program, row) in &rows {
        let whole = instructions(program, row, COUNTED_FRAMES)?;
        let start_up = instructions(program, row, 0)?;
        println!("{row:<28} {:>9.1}", whole.saturating_sub(start_up) as f64 / COUNTED_FRAMES as f64);
    }
    headline("peers");
    let piece = target_folder()?.join("song.wav");
    song::write(&piece)?;
    let mut peers = command(&[&interpreter.to_string_lossy(), "benches/peers.py", "--song"]);
    steps::run(peers.arg(piece).arg("--vst3").arg(bundles::vst3()?).env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// Builds all bench targets and finds their programs in what cargo says of them.
fn bench_programs() -> Result<Vec<PathBuf>> {
    let build = ["cargo", "bench", "--package", "auracore", "--bench", "*", "--no-run"];
    steps::run(&mut command(&build))?;
    // Once more for the paths: the build has run in view, and there is nothing left to do.
    let said = command(&build).stderr(Stdio::piped()).output()?;
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    let program_of = |line: &str| {
        let (_, rest) = line.split_once("Executable benches/")?;
        let (_, path) = rest.split_once('(')?;
        Some(PathBuf::from(path.trim_end().trim_end_matches(')')))
    };
    Ok(said.lines().filter_map(program_of).collect())
}

/// Instructions executed by one whole run.
fn instructions(program: &Path, stage: &str, frames: u64) -> Result<u64> {
    let report = target_folder()?.join("callgrind.out");
    let out_file = format!("--callgrind-out-file={}", report.display());
    let mut count = command(&["valgrind", "--quiet", "--tool=callgrind", &out_file]);
    count.arg(program).args(["--stage", stage, "--frames", &frames.to_string()]).stdout(Stdio::null());
    let status = count.status().map_err(|error| format!("cannot start valgrind: {error}"))?;
    if !status.success() {
        return Err(format!("{} --stage {stage} failed under valgrind ({status})", program.display()).into());
    }
    let report = fs::read_to_string(report)?;
    let total =
        report.lines().find_map(|line| line.strip_prefix("totals:").or(line.strip_prefix("summary:")));
    Ok(total.and_then(|number| number.trim().parse().ok()).ok_or("callgrind's report holds no total")?)
}
