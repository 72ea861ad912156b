//! Any bytes as an audio file: `cargo xtask fuzz read_audio`.
#![no_main]

#[path = "../rules/read_audio.rs"]
mod rule;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    rule::check(bytes);
});
