//! `cargo xtask evaluate`: adaptive mastering, the program as it is, beside doing nothing and beside Matchering.

use crate::steps::{self, command, headline};
use crate::{Result, python, target_folder, train};

/// Builds the program and runs the evaluation; its report goes to `evaluate` in the target folder.
///
/// Matchering is under another licence than this project: it has an environment and a process of its own, and nothing of it
/// is part of the product.
///
/// # Errors
/// When something cannot be built, fetched or run.
pub fn run(quick: bool) -> Result {
    let interpreter = train::interpreter()?;
    let matchering = python::ensure_folder(".venv-matchering", "xtask/train/requirements-matchering.txt")?;
    headline("the program");
    steps::run(&mut command(&["cargo", "build", "--release", "--package", "auracore", "--bin", "auracore"]))?;
    headline("evaluation");
    let target = target_folder()?;
    let name = format!("auracore{}", std::env::consts::EXE_SUFFIX);
    let mut program = train::program(&interpreter, "evaluate.py");
    program.arg("--program").arg(target.join("release").join(name));
    program.arg("--matchering").arg(matchering).arg("--out").arg(target.join("evaluate"));
    steps::run(program.args(quick.then_some("--quick")))
}
