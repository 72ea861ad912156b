//! Any bytes as a track file: `cargo xtask fuzz load_track`.
//!
//! What it finds becomes a file in `tests/fixtures/tracks/fuzz`, which `tests/track_files.rs` reads by the same rule.
#![no_main]

#[path = "../rules/load_track.rs"]
mod rule;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    rule::check(bytes);
});
