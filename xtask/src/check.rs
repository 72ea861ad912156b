//! `cargo xtask check`: formatting, lints, documentation, the list of licences and all dependencies, with every
//! warning an error.

use crate::Result;
use crate::deny;
use crate::licences;
use crate::packages;
use crate::steps::{self, Tally, command};

/// Runs them all and names those that failed.
///
/// # Errors
/// When any of them failed.
pub fn run() -> Result {
    packages::ensure(packages::BUILD)?;
    let mut tally = Tally::default();
    tally.step("formatting", || steps::run(&mut command(&["cargo", "fmt", "--all", "--check"])));
    tally.step("lints", || {
        let clippy =
            ["cargo", "clippy", "--release", "--workspace", "--all-targets", "--", "--deny", "warnings"];
        steps::run(&mut command(&clippy))
    });
    tally.step("documentation", || {
        let doc = ["cargo", "doc", "--release", "--workspace", "--no-deps"];
        steps::run(command(&doc).env("RUSTDOCFLAGS", "--deny warnings"))
    });
    tally.step("licences", licences::check);
    tally.step("dependencies", deny::check);
    tally.finish()
}
