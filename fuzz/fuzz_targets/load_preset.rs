//! Any bytes as a preset: `cargo xtask fuzz load_preset`.
#![no_main]

#[path = "../rules/load_preset.rs"]
mod rule;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    rule::check(bytes);
});
