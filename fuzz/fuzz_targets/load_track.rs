//! Any bytes as a track file: `cargo +nightly fuzz run load_track`.
//!
//! What it finds becomes a file in `tests/fixtures/tracks/fuzz`, which `tests/track_files.rs` reads by the same rule.
#![no_main]

#[path = "../rule.rs"]
mod rule;

libfuzzer_sys::fuzz_target!(|text: &[u8]| rule::check(text));
