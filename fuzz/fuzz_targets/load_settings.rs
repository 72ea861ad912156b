//! Any bytes as the settings of a user: `cargo xtask fuzz load_settings`.
#![no_main]

#[path = "../rules/load_settings.rs"]
mod rule;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    rule::check(bytes);
});
