//! The Python environment of the host tests and of the peer benchmark.

use std::fs;
use std::path::PathBuf;

use crate::steps::{command, headline, run, succeeds};
use crate::{Result, packages};

const FOLDER: &str = ".venv";
const REQUIREMENTS: &str = "tests/hosts/requirements.txt";

/// Makes `.venv` with the pinned packages, or leaves it alone where it is up to date; returns its interpreter.
///
/// # Errors
/// When there is no Python or a package cannot be fetched.
pub fn ensure() -> Result<PathBuf> {
    if !succeeds(&["python3", "-c", "import venv, ensurepip"]) {
        packages::ensure(packages::PYTHON)?;
    }
    headline("Python environment");
    let folder = std::env::current_dir()?.join(FOLDER);
    let interpreter = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let wanted = fs::read_to_string(REQUIREMENTS)?;
    // A copy of what was installed, written last: half an installation does not count.
    let receipt = folder.join("requirements.txt");
    if interpreter.exists() && fs::read_to_string(&receipt).is_ok_and(|installed| installed == wanted) {
        println!("{FOLDER} is up to date");
        return Ok(interpreter);
    }
    run(&mut command(&["python3", "-m", "venv", "--clear", FOLDER]))?;
    let install =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS];
    run(command(&[&interpreter.to_string_lossy()]).args(install))?;
    fs::write(receipt, wanted)?;
    Ok(interpreter)
}
