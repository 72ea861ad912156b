//! Any bytes as a model in the ONNX format: `cargo xtask fuzz load_model`.
#![no_main]

#[path = "../rules/load_model.rs"]
mod rule;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    rule::check(bytes);
});
