//! Settings on the disk: read strictly, changed by many, never lost.

use std::fs;

use super::super::tests::changed;
use super::super::{Page, Theme};
use super::*;
use crate::state::scratch::Scratch;

fn file(scratch: &Scratch) -> SettingsFile {
    SettingsFile::at(scratch.path("deep/settings.json"))
}

/// A settings file with this text.
fn written(scratch: &Scratch, text: &str) -> SettingsFile {
    fs::create_dir_all(scratch.path("deep")).unwrap();
    fs::write(scratch.path("deep/settings.json"), text).unwrap();
    file(scratch)
}

fn problem(text: &str) -> String {
    let scratch = Scratch::new();
    let (settings, error) = written(&scratch, text).load();
    assert_eq!(settings, UserSettings::default());
    error.expect(text).to_string()
}

#[test]
fn nothing_is_made_until_something_is_saved() {
    let scratch = Scratch::new();
    let (defaults, error) = file(&scratch).load();
    assert!(error.is_none());
    assert_eq!(file(&scratch).save(&defaults, &defaults).unwrap().settings, defaults);
    assert!(!scratch.path("deep").exists());
    let saved = file(&scratch).save(&defaults, &changed()).unwrap();
    assert_eq!(saved, SavedSettings { settings: changed(), kept: None });
    let (read, error) = file(&scratch).load();
    assert!(error.is_none(), "{error:?}");
    assert_eq!(read, changed());
}

#[test]
fn a_file_may_leave_out_all_but_the_version() {
    let scratch = Scratch::new();
    let (settings, error) = written(&scratch, r#"{"version": 1, "page": "track"}"#).load();
    assert!(error.is_none());
    assert_eq!(settings, UserSettings { page: Page::Track, ..Default::default() });
}

#[test]
fn what_is_wrong_is_told_with_file_place_found_and_expected() {
    for (text, parts) in [
        ("", &["at .", "EOF"][..]),
        ("{}", &["missing field `version`"]),
        (r#"{"version": "one"}"#, &["at version", "string \"one\"", "expected u64"]),
        (r#"{"version": 0}"#, &["at version", "found 0", "expected 1"]),
        (r#"{"version": 1} x"#, &["trailing"]),
        (r#"{"version": 1, "theme": "pink"}"#, &["at theme", "`pink`", "`dark`, `light`, `high_contrast`"]),
        (r#"{"version": 1, "colour": 1}"#, &["`colour`", "expected one of", "`theme`"]),
        (r#"{"version": 1, "scale_percent": 300}"#, &["at scale_percent", "found 300", "75 to 200"]),
        (r#"{"version": 1, "scale_percent": -1}"#, &["at scale_percent", "-1"]),
        (
            r#"{"version": 1, "window_size_points": [10, 700]}"#,
            &["window_size_points[0]", "found 10", "760 to 7680"],
        ),
        (
            r#"{"version": 1, "analyser": {"tilt_db_per_octave": 6}}"#,
            &["at analyser.tilt_db_per_octave", "found 6", "expected 0, 3 or 4.5"],
        ),
        (
            r#"{"version": 1, "analyser": {"range_db": 61}}"#,
            &["at analyser.range_db", "found 61", "expected 60, 90 or 120"],
        ),
        (r#"{"version": 1, "default_preset": {"name": "x"}}"#, &["at default_preset", "`origin`"]),
    ] {
        let message = problem(text);
        assert!(message.contains("settings.json: "), "{message}");
        for part in parts {
            assert!(message.contains(part), "{text}: `{part}` is not in: {message}");
        }
    }
    assert!(problem(&" ".repeat(1 << 17)).contains("more than 65536 bytes"));
    let scratch = Scratch::new();
    fs::create_dir_all(scratch.path("deep/settings.json")).unwrap();
    assert!(matches!(file(&scratch).load().1, Some(SettingsError::Read { .. })));
    fs::remove_dir(scratch.path("deep/settings.json")).unwrap();
    fs::write(scratch.path("deep/settings.json"), [0xff, 0xfe]).unwrap();
    assert!(matches!(file(&scratch).load().1, Some(SettingsError::Json { .. })));
}

#[test]
fn a_save_changes_only_what_this_instance_changed() {
    let scratch = Scratch::new();
    let start = file(&scratch).load().0;
    let mut one = start.clone();
    one.theme = Theme::Light;
    let mut other = start.clone();
    other.page = Page::Adaptive;
    other.analyser.peak_hold = true;
    file(&scratch).save(&start, &one).unwrap();
    let saved = file(&scratch).save(&start, &other).unwrap().settings;
    assert_eq!(saved, UserSettings { theme: Theme::Light, ..other });
    assert_eq!(file(&scratch).load().0, saved);
}

#[test]
fn many_writers_lose_nothing() {
    let scratch = Scratch::new();
    let start = UserSettings::default();
    let mut afters = vec![start.clone(); 4];
    afters[0].theme = Theme::Light;
    afters[1].scale_percent = 150;
    afters[2].reduced_motion = true;
    afters[3].analyser.show_input = false;
    std::thread::scope(|scope| {
        for after in &afters {
            scope.spawn(|| file(&scratch).save(&start, after).unwrap());
        }
    });
    let (now, error) = file(&scratch).load();
    assert!(error.is_none());
    assert_eq!((now.theme, now.scale_percent), (Theme::Light, 150));
    assert!(now.reduced_motion && !now.analyser.show_input);
    assert_eq!(scratch.names("deep"), [".lock", "settings.json"]);
}

#[test]
fn what_cannot_be_read_is_kept_before_it_is_replaced() {
    let scratch = Scratch::new();
    for (round, text) in ["not json", r#"{"version": 1, "colour": 1}"#].into_iter().enumerate() {
        let file = written(&scratch, text);
        let kept = file.save(&UserSettings::default(), &changed()).unwrap().kept.unwrap();
        assert_eq!(kept, scratch.path(&format!("deep/settings.unreadable-{}.json", round + 1)));
        assert_eq!(fs::read_to_string(kept).unwrap(), text);
        assert_eq!(file.load().0, changed());
    }
}

#[test]
fn a_later_version_is_refused_and_left_alone() {
    let scratch = Scratch::new();
    let text = r#"{"version": 2, "theme": {"new": "shape"}}"#;
    let file = written(&scratch, text);
    let (settings, error) = file.load();
    assert_eq!(settings, UserSettings::default());
    assert!(error.unwrap().to_string().contains("has version 2, expected 1"));
    let refused = file.save(&settings, &changed());
    assert!(matches!(refused, Err(SettingsError::Later { found: 2, .. })));
    assert_eq!(fs::read_to_string(file.path().unwrap()).unwrap(), text);
    assert_eq!(scratch.names("deep"), [".lock", "settings.json"]);
}

#[test]
fn what_could_not_be_read_back_is_not_written() {
    let scratch = Scratch::new();
    let bad = UserSettings { scale_percent: 10, ..Default::default() };
    let refused = file(&scratch).save(&UserSettings::default(), &bad);
    assert!(matches!(refused, Err(SettingsError::OutOfRange { .. })));
    assert!(!scratch.path("deep").exists());
    let nowhere = SettingsFile { path: None };
    assert_eq!(nowhere.load().0, UserSettings::default());
    assert!(matches!(nowhere.save(&UserSettings::default(), &changed()), Err(SettingsError::NoFolder)));
}

#[cfg(unix)]
#[test]
fn a_link_to_the_file_stays_one() {
    let scratch = Scratch::new();
    fs::create_dir_all(scratch.path("deep")).unwrap();
    fs::write(scratch.path("real.json"), r#"{"version": 1}"#).unwrap();
    std::os::unix::fs::symlink(scratch.path("real.json"), scratch.path("deep/settings.json")).unwrap();
    file(&scratch).save(&UserSettings::default(), &changed()).unwrap();
    assert!(scratch.path("deep/settings.json").is_symlink());
    assert_eq!(SettingsFile::at(scratch.path("real.json")).load().0, changed());
}
