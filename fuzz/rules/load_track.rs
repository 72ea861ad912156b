//! What must hold for any bytes: reading never panics, and what was read is written and read again unchanged.

use std::path::Path;

use auracore::track::file::limits::Limits;
use auracore::track::file::load::{Kind, parse};
use auracore::track::file::save::to_json;

/// Tries the bytes as every kind of file; whether any was read.
pub fn check(text: &[u8]) -> bool {
    // A voice or a noise stands a few levels deeper once it is part of a track.
    let narrow = Limits { nesting: Limits::default().nesting - 8, ..Limits::default() };
    let mut seen = Vec::new();
    for extension in ["json", "voice", "voices", "noise", "session"] {
        let Ok(mut loaded) = parse(text, &Path::new("some").with_extension(extension), &narrow) else {
            continue;
        };
        if seen.contains(&loaded.kind) {
            continue;
        }
        seen.push(loaded.kind);
        let written = to_json(&loaded.track);
        let again = parse(written.as_bytes(), Path::new("some.json"), &Limits::default());
        let again = again.unwrap_or_else(|error| panic!("{error} in {written}"));
        assert_eq!(again.kind, Kind::TrackV2);
        assert_eq!(to_json(&again.track), written, "written again");

        loaded.track.fill_starts();
        assert!(loaded.track.steps.iter().all(|step| step.start_s.is_some_and(f64::is_finite)));
        assert!(loaded.problems.iter().all(|problem| problem.to_string().len() < 5_000));
    }
    !seen.is_empty()
}
