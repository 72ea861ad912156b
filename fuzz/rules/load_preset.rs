//! What must hold for any bytes as a preset: it is refused, or every control is in its range and it is written and read
//! again unchanged.

use std::path::Path;

use auracore::state::preset::Preset;

/// Tries the bytes as a preset; whether it was read.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let Ok(preset) = Preset::parse(text, Path::new("some.json")) else { return false };
    assert_eq!(preset.controls, preset.controls.clamped(), "within the ranges");
    let written = serde_json::to_string(&preset).expect("JSON");
    let again = Preset::parse(&written, Path::new("some.json"));
    assert_eq!(again.unwrap_or_else(|error| panic!("{error} in {written}")), preset);
    true
}
