//! Programs from the registry that the project's commands use: taken where they are installed, else built once into
//! `target/tools`. And the nightly compiler, which is used where it is there and never fetched.

use std::path::PathBuf;

use crate::steps::{command, run, succeeds};
use crate::{Result, target_folder};

/// A program of the registry.
pub struct Tool {
    /// Its crate, which bears its name.
    pub name: &'static str,
    /// The version that is built where none is installed.
    pub version: &'static str,
}

/// Looks at licences, advisories, duplicates and sources of all dependencies.
pub const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
/// Builds and runs fuzzers.
pub const FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };

/// The program of a tool, built first where there is none.
///
/// # Errors
/// When it cannot be built.
pub fn ensure(tool: &Tool) -> Result<PathBuf> {
    if succeeds(&[tool.name, "--version"]) {
        return Ok(PathBuf::from(tool.name));
    }
    let folder = target_folder()?.join("tools");
    let program = folder.join("bin").join(format!("{}{}", tool.name, std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        // Without optimisation: such programs run for seconds and build for minutes.
        let install = ["cargo", "install", "--locked", "--debug", "--version", tool.version, "--root"];
        run(command(&install).arg(folder).arg(tool.name))?;
    }
    Ok(program)
}

/// Words in front of a command of the nightly compiler's, or nothing where it is not installed.
pub fn nightly() -> Option<&'static [&'static str]> {
    const NIGHTLY: &[&str] = &["rustup", "run", "nightly"];
    succeeds(&[NIGHTLY, &["cargo", "--version"]].concat()).then_some(NIGHTLY)
}
