//! Mastering presets: every factory preset is sound and renders well, and preset files are read and written strictly.

use std::collections::HashSet;
use std::path::Path;

use auracore::audio_file::AudioData;
use auracore::control::EqKind;
use auracore::control::adaptive::Adaptation;
use auracore::render::{Goal, Outcome, master};
use auracore::state::preset::{Preset, PresetError, by_name, factory, slug};

#[path = "support/folder.rs"]
mod folder;
#[path = "support/music.rs"]
mod music;
use folder::Folder;
use music::music;

/// Allowed mean reduction of the limiter over its hardest three seconds; the default of the command line.
const MAX_REDUCTION_DB: f64 = 6.0;

fn goal(preset: &Preset) -> Goal {
    Goal {
        target_lufs: preset.target_lufs.map(f64::from),
        ceiling_dbtp: preset.controls.limiter.ceiling_db.into(),
        max_reduction_db: MAX_REDUCTION_DB,
    }
}

fn load_error(text: &str) -> PresetError {
    let error = Preset::parse(text, Path::new("some.json")).expect_err("the preset is bad");
    assert!(error.to_string().starts_with("some.json: "), "{error}");
    error
}

/// A valid preset with one piece of its JSON exchanged.
fn changed(from: &str, to: &str) -> String {
    let text = serde_json::to_string(by_name("warm").unwrap()).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    text.replacen(from, to, 1)
}

#[test]
fn every_file_is_embedded_under_its_own_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("presets/mastering");
    let files: HashSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let slugs: HashSet<String> = factory().iter().map(Preset::slug).collect();
    assert_eq!(slugs.len(), factory().len(), "no name twice");
    assert_eq!(files, slugs);
    assert!(factory().len() >= 12);
}

#[test]
fn factory_presets_are_described_and_modest() {
    for preset in factory() {
        let name = &preset.name;
        assert!(preset.description.len() > 20 && preset.description.ends_with('.'), "{name}");
        assert!(!preset.tags.is_empty(), "{name}");
        assert!(preset.controls.limiter.on && preset.controls.limiter.drive_db == 0.0, "{name}");
        assert!(!preset.controls.dither.on && preset.controls.global == Default::default(), "{name}");
        assert!(preset.controls.compressor.ratio <= 4.0, "{name}");
        for band in preset.controls.eq.bands {
            assert!(band.gain_db.abs() <= 3.0 && !band.solo, "{name}");
            assert!(
                band.gain_db == 0.0 || !matches!(band.kind, EqKind::LowCut | EqKind::HighCut | EqKind::Notch)
            );
        }
    }
}

#[test]
fn factory_presets_master_music() {
    let song = music(10.0, 44_100);
    for preset in factory() {
        let levelled = master(&song, &preset.controls, &Adaptation::NONE, &goal(preset), &|_, _| {}).unwrap();
        let name = &preset.name;
        let audio = &levelled.rendered.audio;
        assert_eq!(audio.frames(), song.frames(), "{name}");
        assert!(audio.channels.iter().flatten().all(|sample| sample.is_finite()), "{name}");
        let ceiling = f64::from(preset.controls.limiter.ceiling_db);
        assert!(levelled.after.true_peak_dbtp <= ceiling, "{name}: {} dBTP", levelled.after.true_peak_dbtp);
        let error_lu = levelled.after.integrated_lufs - f64::from(preset.target_lufs.unwrap());
        assert_eq!(levelled.outcome, Outcome::Reached, "{name}: {error_lu:+.2} LU");
        assert!(error_lu.abs() <= 0.1, "{name}: {error_lu:+.2} LU");
        assert!(levelled.rendered.limiter.hardest_3s_db <= MAX_REDUCTION_DB, "{name}");
        let compressor_db =
            levelled.rendered.compressor.hardest_3s_db * f64::from(preset.controls.compressor.mix);
        assert!(compressor_db <= 4.0, "{name}: the compressor takes {compressor_db:.1} dB");
        println!(
            "{name:<20} {:>6.1} LUFS, limiter {:.1}/{:.1} dB, compressor {:.1}/{:.1} dB (most / hardest 3 s), {} renderings",
            levelled.after.integrated_lufs,
            levelled.rendered.limiter.max_db,
            levelled.rendered.limiter.hardest_3s_db,
            levelled.rendered.compressor.max_db,
            compressor_db,
            levelled.passes
        );
    }
}

#[test]
fn factory_presets_take_mono_and_silence() {
    let mut mono = music(4.0, 48_000);
    mono.channels.truncate(1);
    let silence = AudioData { channels: vec![vec![0.0; 10_000]; 2], rate_hz: 48_000 };
    for preset in factory() {
        let levelled = master(&mono, &preset.controls, &Adaptation::NONE, &goal(preset), &|_, _| {}).unwrap();
        assert!(
            levelled.after.true_peak_dbtp <= preset.controls.limiter.ceiling_db.into(),
            "{}",
            preset.name
        );
        assert!(levelled.after.integrated_lufs.is_finite(), "{}", preset.name);
        let levelled =
            master(&silence, &preset.controls, &Adaptation::NONE, &goal(preset), &|_, _| {}).unwrap();
        assert_eq!(levelled.outcome, Outcome::Unmeasurable);
        assert!(
            levelled.rendered.audio.channels.iter().flatten().all(|sample| *sample == 0.0),
            "{}",
            preset.name
        );
    }
}

#[test]
fn names_are_found_however_they_are_typed() {
    for typed in ["Loud Club", "loud-club", "LOUD CLUB", " loud_club "] {
        assert_eq!(by_name(typed).map(|preset| preset.name.as_str()), Some("Loud Club"), "{typed}");
    }
    assert!(by_name("loud").is_none() && by_name("").is_none());
    assert_eq!(slug("Film -23: \"R128\""), "film-23-r128");
}

#[test]
fn a_saved_preset_comes_back_complete() {
    let folder = Folder::new();
    let path = folder.file("mine.json");
    let preset = by_name("lo-fi-tape").unwrap();
    preset.save(&path).unwrap();
    assert_eq!(Preset::load(&path).unwrap(), *preset);
    let other = Preset { name: "Other".into(), target_lufs: None, ..preset.clone() };
    other.save(&path).unwrap();
    assert_eq!(Preset::load(&path).unwrap(), other);
    assert_eq!(folder.names(), ["mine.json"]);
}

#[test]
fn a_preset_that_could_not_be_read_back_is_not_written() {
    let folder = Folder::new();
    let path = folder.file("mine.json");
    std::fs::write(&path, "precious").unwrap();
    let mut preset = by_name("warm").unwrap().clone();
    preset.controls.compressor.ratio = f32::NAN;
    assert!(matches!(preset.save(&path), Err(PresetError::Control { .. })));
    let mut preset = by_name("warm").unwrap().clone();
    preset.name.clear();
    assert!(matches!(preset.save(&path), Err(PresetError::Name { found: 0, .. })));
    assert!(matches!(preset.save(&folder.file("no/mine.json")), Err(PresetError::Name { .. })));
    preset.name = "Mine".into();
    assert!(matches!(preset.save(&folder.file("no/mine.json")), Err(PresetError::Write { .. })));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    assert_eq!(folder.names(), ["mine.json"]);
}

#[test]
fn missing_controls_have_their_defaults() {
    let preset = Preset::parse(
        r#"{"version":1,"name":"Plain","controls":{"limiter":{"ceiling_db":-2}}}"#,
        Path::new("p"),
    )
    .unwrap();
    let mut expected = auracore::control::MasterControls::default();
    expected.limiter.ceiling_db = -2.0;
    assert_eq!((preset.controls, preset.target_lufs), (expected, None));
}

#[test]
fn errors_name_the_file_the_place_and_what_was_expected() {
    let error = load_error(&changed("\"ratio\":1.7", "\"ratio\":\"two\"")).to_string();
    assert!(
        error.contains("controls.compressor.ratio") && error.contains("\"two\"") && error.contains("f32"),
        "{error}"
    );

    let error = load_error(&changed("\"drive_db\":2.0", "\"drives_db\":2.0")).to_string();
    assert!(
        error.contains("controls.clipper") && error.contains("drives_db") && error.contains("drive_db"),
        "{error}"
    );

    let error = load_error(&changed("\"ceiling_db\":-1.0", "\"ceiling_db\":1.0"));
    assert!(matches!(error, PresetError::Control { .. }));
    assert!(
        error.to_string().contains("controls.limiter.ceiling_db is 1: expected -20 to 0 dBTP"),
        "{error}"
    );

    let error = load_error(&changed("\"kind\":\"low_cut\"", "\"kind\":\"low_pass\"")).to_string();
    assert!(error.contains("controls.eq.bands[0].kind") && error.contains("low_cut"), "{error}");

    assert!(matches!(load_error(&changed("-14.0", "-2")), PresetError::Target { .. }));
    assert!(matches!(
        load_error(&changed("-14.0", "1e99")),
        PresetError::Target { .. } | PresetError::Json { .. }
    ));
    assert!(matches!(load_error(&changed("\"Warm\"", "\"\"")), PresetError::Name { found: 0, .. }));
    let future = changed("\"version\":1", "\"version\":2,\"new_field\":true");
    assert!(matches!(load_error(&future), PresetError::Version { found: 2, .. }));
    for text in ["", "not json", "[]", "{}", "{\"version\":1}"] {
        assert!(matches!(load_error(text), PresetError::Json { .. }), "{text}");
    }
    assert!(matches!(load_error(&(changed("Warm", "Warm") + " {}")), PresetError::Json { .. }));
}

#[test]
fn files_that_are_no_presets_are_refused() {
    let folder = Folder::new();
    assert!(matches!(Preset::load(&folder.file("missing.json")), Err(PresetError::Read { .. })));
    assert!(matches!(Preset::load(folder.path()), Err(PresetError::Read { .. })));
    std::fs::write(folder.file("binary.json"), [0xff_u8, 0xfe, 0x00, 0x80]).unwrap();
    assert!(matches!(Preset::load(&folder.file("binary.json")), Err(PresetError::Read { .. })));
    std::fs::write(folder.file("huge.json"), " ".repeat(2 << 20)).unwrap();
    assert!(matches!(Preset::load(&folder.file("huge.json")), Err(PresetError::TooLarge { .. })));
}

#[test]
fn tags_are_optional_and_have_limits() {
    let mut preset = by_name("warm").unwrap().clone();
    preset.tags.clear();
    let text = serde_json::to_string(&preset).unwrap();
    assert!(!text.contains("tags"), "none are written as none");
    assert_eq!(Preset::parse(&text, Path::new("some.json")).unwrap(), preset);

    let with = |tags: &[&str]| {
        let tagged = Preset { tags: tags.iter().map(|&tag| tag.to_owned()).collect(), ..preset.clone() };
        serde_json::to_string(&tagged).unwrap()
    };
    let many: Vec<String> = (0..13).map(|number| number.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(matches!(load_error(&with(&many)), PresetError::TagCount { found: 13, .. }));
    for tags in [&["bass", ""][..], &["bass", " padded"], &["bass", "two\nlines"], &["bass", "Bass"]] {
        assert!(matches!(load_error(&with(tags)), PresetError::Tag { index: 1, .. }), "{tags:?}");
    }
    let error = load_error(&with(&["x".repeat(33).as_str()])).to_string();
    assert!(error.contains("tags[0] is \"xxx") && error.contains("1 to 32 bytes"), "{error}");
    assert!(Preset::parse(&with(&many[..12]), Path::new("some.json")).is_ok());
    assert!(matches!(load_error(&changed("\"Warm\"", "\"Wa\\nrm\"")), PresetError::NameCharacters { .. }));
}
