//! Engine and sources under RealtimeSanitizer, for `cargo xtask test`; see `tests/realtime_sanitizer/check.rs`.

use std::fs;
use std::process::Stdio;

use crate::steps::{command, run};
use crate::{Result, target_folder};

const TARGET: &str = "x86_64-unknown-linux-gnu";
const FOLDER: &str = "tests/realtime_sanitizer";

/// Whether the sanitizer runs on this machine.
pub const IS_SUPPORTED: bool = cfg!(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"));

/// Builds the program with a nightly compiler, sees that it is ended where it allocates, and runs it.
///
/// # Errors
/// When it cannot be built, when nobody notices an allocation, or when there is anything to notice.
pub fn check(nightly: &[&str]) -> Result {
    let folder = target_folder()?.join("realtime_sanitizer");
    fs::copy("Cargo.lock", format!("{FOLDER}/Cargo.lock"))?; // the versions of the product
    let manifest = format!("{FOLDER}/Cargo.toml");
    // With a target named, build scripts are left alone by the flags.
    let build = ["cargo", "build", "--manifest-path", &manifest, "--target", TARGET, "--target-dir"];
    let mut build = command(&[nightly, &build].concat());
    run(build.arg(&folder).env("RUSTFLAGS", "-Zsanitizer=realtime").env_remove("CARGO_ENCODED_RUSTFLAGS"))?;
    let program = folder.join(TARGET).join("debug/realtime_sanitizer");
    let proof = command(&[&program.to_string_lossy(), "--prove"]).stderr(Stdio::piped()).output()?;
    let said = String::from_utf8_lossy(&proof.stderr);
    if proof.status.success() || !said.contains("RealtimeSanitizer: unsafe-library-call") {
        return Err(
            format!("an allocation on the audio thread went unnoticed ({}): {said}", proof.status).into()
        );
    }
    run(&mut command(&[&program.to_string_lossy()]))
}
