//! `cargo xtask fuzz`: looks for files that break what reads them, guided by coverage, with the nightly compiler.
//!
//! Every target starts from its corpus in `fuzz/corpus`; what it finds on the way is kept under `target/fuzz`. `cargo xtask
//! test` holds the same rules against damaged files with the ordinary compiler, which needs no second build of everything.

use std::fs;
use std::path::Path;

use crate::steps::{command, headline, run};
use crate::{Result, target_folder, tools};

/// Seconds for each target, unless told otherwise.
const SECONDS: u64 = 60;

/// Runs the target that is named in the options, or one after the other.
///
/// # Errors
/// What is wrong with the options; or that a target was broken, with the file that does it.
pub fn run_targets(options: &[&str]) -> Result {
    let (seconds, named) = match options {
        ["--seconds", seconds, named @ ..] => {
            (seconds.parse().map_err(|_| format!("found {seconds} seconds"))?, named)
        }
        named => (SECONDS, named),
    };
    let all = targets()?;
    let chosen: Vec<&str> = match named {
        [] => all.iter().map(String::as_str).collect(),
        [name] if all.iter().any(|target| target == name) => vec![name],
        other => return Err(format!("found {}, expected one of {}", other.join(" "), all.join(", ")).into()),
    };
    let nightly = tools::nightly().ok_or("fuzzing needs `rustup toolchain install nightly`")?;
    let fuzz = tools::ensure(&tools::FUZZ)?;
    let kept = target_folder()?.join("fuzz");
    fs::copy("Cargo.lock", "fuzz/Cargo.lock")?; // the versions of the product
    for target in chosen {
        headline(target);
        let found = kept.join("corpus").join(target);
        fs::create_dir_all(&found)?;
        let mut fuzzer = command(nightly);
        // The first corpus is the one that grows.
        fuzzer.arg(&fuzz).args(["run", target, "--target-dir"]).arg(&kept).arg(&found);
        fuzzer.arg(Path::new("fuzz/corpus").join(target)).arg("--");
        run(fuzzer.args([
            format!("-max_total_time={seconds}"),
            "-max_len=65536".into(),
            "-timeout=10".into(),
        ]))?;
    }
    Ok(())
}

/// Names of all targets, in order.
fn targets() -> Result<Vec<String>> {
    let mut targets = Vec::new();
    for entry in fs::read_dir("fuzz/fuzz_targets")? {
        targets.extend(entry?.path().file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    targets.sort();
    Ok(targets)
}
