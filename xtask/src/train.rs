//! `cargo xtask train`: trains the model of adaptive mastering from nothing but its own procedural music.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::{self, command, headline};
use crate::{Result, python};

/// Where the Python programs are.
const FOLDER: &str = "xtask/train";

/// Makes or finds the Python environment of training and returns its interpreter.
///
/// # Errors
/// As [`python::ensure`].
pub fn interpreter() -> Result<PathBuf> {
    python::ensure_folder(".venv-train", "xtask/train/requirements.txt")
}

/// A program of the training folder, on one thread: its arrays are small, and more threads only wait for each other.
pub fn program(interpreter: &Path, name: &str) -> Command {
    let mut program = command(&[&interpreter.to_string_lossy()]);
    program.arg(Path::new(FOLDER).join(name));
    program
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUNBUFFERED", "1")
        .env("JAX_PLATFORMS", "cpu")
        .env("OMP_NUM_THREADS", "1")
        .env("OPENBLAS_NUM_THREADS", "1");
    program
}

/// Checks what training relies on, trains, and with `--ship` writes what the tests compare the shipped model with.
///
/// # Errors
/// For an unknown option, or when a program failed.
pub fn run(options: &[&str]) -> Result {
    if let Some(unknown) = options.iter().find(|option| !matches!(**option, "--quick" | "--ship")) {
        return Err(format!("train takes --quick and --ship, found {unknown}").into());
    }
    let interpreter = interpreter()?;
    headline("checks of the training code");
    run_program(&interpreter, "checks.py", &[])?;
    headline("training");
    run_program(&interpreter, "train.py", options)?;
    if options.contains(&"--ship") {
        headline("what the tests compare with");
        run_program(&interpreter, "parity.py", &[])?;
    }
    Ok(())
}

fn run_program(interpreter: &Path, name: &str, options: &[&str]) -> Result {
    steps::run(program(interpreter, name).args(options))
}
