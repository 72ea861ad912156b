//! Python environments: of the host tests and the peer benchmark, of training, and of what may only run by itself.

use std::fs;
use std::path::PathBuf;

use crate::steps::{command, headline, run, succeeds};
use crate::{Result, packages};

/// Makes the environment of the host tests and of the peer benchmark, or leaves it alone where it is up to date; returns
/// its interpreter.
///
/// # Errors
/// When there is no Python or a package cannot be fetched.
pub fn ensure() -> Result<PathBuf> {
    ensure_folder(".venv", "tests/hosts/requirements.txt")
}

/// The same for any folder and file of pinned packages.
///
/// # Errors
/// As [`ensure`].
pub fn ensure_folder(name: &str, requirements: &str) -> Result<PathBuf> {
    if !succeeds(&["python3", "-c", "import venv, ensurepip"]) {
        packages::ensure(packages::PYTHON)?;
    }
    headline("Python environment");
    let folder = std::env::current_dir()?.join(name);
    let interpreter = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let wanted = fs::read_to_string(requirements)?;
    // A copy of what was installed, written last: half an installation does not count.
    let receipt = folder.join("requirements.txt");
    if interpreter.exists() && fs::read_to_string(&receipt).is_ok_and(|installed| installed == wanted) {
        println!("{name} is up to date");
        return Ok(interpreter);
    }
    run(&mut command(&["python3", "-m", "venv", "--clear", name]))?;
    let install =
        ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements];
    run(command(&[&interpreter.to_string_lossy()]).args(install))?;
    fs::write(receipt, wanted)?;
    Ok(interpreter)
}
