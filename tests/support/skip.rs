//! A test that lacks something on this machine says so: `cargo xtask test` counts it, and in CI it is an error.

use std::io::Write as _;

/// Tells that something is left out, past what the test harness keeps of a passing test's output.
///
/// # Panics
/// In CI, where nothing may be left out.
pub fn skip(what: &str, reason: &str) {
    assert!(!is_ci(), "{what}: {reason}");
    // In one piece, on a line of its own.
    let line = format!("\nskipped: {what}: {reason}\n");
    std::io::stdout().write_all(line.as_bytes()).unwrap();
}

/// Whether this is a run that decides about a change.
fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| !["", "0", "false"].contains(&value.as_str()))
}
