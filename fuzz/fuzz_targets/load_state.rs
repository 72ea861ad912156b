//! Any bytes as the state of a project: `cargo xtask fuzz load_state`.
#![no_main]

#[path = "../rules/load_state.rs"]
mod rule;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    rule::check(bytes);
});
