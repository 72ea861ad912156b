//! The library as a user treats it, and as nobody should.

use std::fs;

use super::*;
use crate::state::preset::{PresetError, by_name};
use crate::state::scratch::Scratch;

fn library(scratch: &Scratch) -> Library {
    Library::at(Some(scratch.path("presets/mastering")))
}

/// A factory preset under another name.
fn named(name: &str) -> Preset {
    Preset { name: name.into(), ..by_name("warm").unwrap().clone() }
}

fn own(library: &Library) -> Vec<&str> {
    let own = library.entries().iter().filter(|entry| entry.origin != Origin::Factory);
    own.map(|entry| entry.name.as_str()).collect()
}

#[test]
fn the_factory_presets_are_there_and_stay() {
    let scratch = Scratch::new();
    let mut library = library(&scratch);
    assert_eq!(library.entries().len(), factory().len());
    assert!(library.problem().is_none() && !scratch.path("presets").exists());
    assert!(matches!(library.delete(&Origin::Factory), Err(LibraryError::Factory)));
    let renamed = library.rename(&Origin::Factory, "Mine", Existing::Keep);
    assert!(matches!(renamed, Err(LibraryError::Factory)));
    // One of the user's own may have the same name.
    library.save(&named("Warm"), Existing::Keep).unwrap();
    assert_eq!(own(&library), ["Warm"]);
    assert_eq!(library.named("Warm", PresetOrigin::Factory).unwrap().origin, Origin::Factory);
    assert!(matches!(library.named("Warm", PresetOrigin::User).unwrap().origin, Origin::User(_)));
}

#[test]
fn saving_refuses_to_replace_unless_told() {
    let scratch = Scratch::new();
    let mut library = library(&scratch);
    let path = library.save(&named("Mine"), Existing::Keep).unwrap();
    assert_eq!(path, scratch.path("presets/mastering/mine.json"));
    let mut louder = named("Mine");
    louder.controls.limiter.drive_db = 3.0;
    let refused = library.save(&louder, Existing::Keep).unwrap_err();
    assert!(matches!(&refused, LibraryError::AlreadyThere { path: there, .. } if *there == path));
    assert!(refused.to_string().contains("\"Mine\" is already there"));
    assert_eq!(Preset::load(&path).unwrap(), named("Mine"));
    assert_eq!(library.save(&louder, Existing::Replace).unwrap(), path);
    assert_eq!(Preset::load(&path).unwrap(), louder);
    // Another library does not know it yet, but the disk does.
    let mut other = Library { entries: Vec::new(), ..library.clone() };
    assert!(matches!(other.save(&named("Mine"), Existing::Keep), Err(LibraryError::AlreadyThere { .. })));
    assert_eq!(scratch.names("presets/mastering"), [".lock", "mine.json"]);
}

#[test]
fn a_failed_replacement_keeps_the_old_one() {
    let scratch = Scratch::new();
    let mut library = library(&scratch);
    let path = library.save(&named("Mine"), Existing::Keep).unwrap();
    let mut bad = named("Mine");
    bad.controls.compressor.ratio = f32::NAN;
    assert!(matches!(library.save(&bad, Existing::Replace), Err(LibraryError::Preset(_))));
    assert_eq!(Preset::load(&path).unwrap(), named("Mine"));
    assert_eq!(scratch.names("presets/mastering"), [".lock", "mine.json"]);
}

#[test]
fn hostile_names_stay_inside_and_apart() {
    let scratch = Scratch::new();
    let mut library = library(&scratch);
    for name in ["", "two\nlines", "nul\0", &"x".repeat(300), &"ü".repeat(51)] {
        let refused = library.save(&named(name), Existing::Replace).unwrap_err();
        let is_name = matches!(
            refused,
            LibraryError::Preset(PresetError::Name { .. } | PresetError::NameCharacters { .. })
        );
        assert!(is_name, "{name:?}: {refused}");
    }
    assert!(!scratch.path("presets").exists(), "nothing is made for what is refused");

    let names =
        ["../x", "X", "x", "x.json", "x json", "CON", "con", "\\\\host\\x", "~", "*", "音", "..", "/x"];
    let mut paths: Vec<PathBuf> =
        names.iter().map(|name| library.save(&named(name), Existing::Keep).unwrap()).collect();
    for (name, path) in names.iter().zip(&paths) {
        assert_eq!(path.parent(), Some(scratch.path("presets/mastering").as_path()), "{name}");
        assert_eq!(Preset::load(path).unwrap().name, *name);
        assert_eq!(library.named(name, PresetOrigin::User).unwrap().origin, Origin::User(path.clone()));
    }
    paths.sort();
    paths.dedup_by_key(|path| path.to_string_lossy().to_lowercase());
    assert_eq!(paths.len(), names.len());
    assert_eq!(scratch.names(""), ["presets"]);
}

#[test]
fn renaming_moves_and_never_buries() {
    let scratch = Scratch::new();
    let mut library = library(&scratch);
    let path = library.save(&named("One"), Existing::Keep).unwrap();
    let other = library.save(&named("Two"), Existing::Keep).unwrap();
    let one = Origin::User(path.clone());
    let refused = library.rename(&one, "Two", Existing::Keep);
    assert!(matches!(refused, Err(LibraryError::AlreadyThere { .. })));
    assert!(matches!(library.rename(&one, "", Existing::Keep), Err(LibraryError::Preset(_))));
    assert_eq!(own(&library), ["One", "Two"]);

    assert_eq!(library.rename(&one, "ONE!", Existing::Keep).unwrap(), path, "the file fits already");
    assert_eq!(own(&library), ["ONE!", "Two"]);
    let moved = library.rename(&one, "Three", Existing::Keep).unwrap();
    assert_eq!(moved, scratch.path("presets/mastering/three.json"));
    assert_eq!(own(&library), ["Three", "Two"]);
    assert!(matches!(library.rename(&one, "Four", Existing::Keep), Err(LibraryError::Gone { .. })));
    assert_eq!(library.rename(&Origin::User(moved), "Two", Existing::Replace).unwrap(), other);
    assert_eq!(own(&library), ["Two"]);
}

#[test]
fn only_what_is_listed_is_deleted() {
    let scratch = Scratch::new();
    let mut library = library(&scratch);
    let path = library.save(&named("One"), Existing::Keep).unwrap();
    fs::write(scratch.path("outside.json"), "{}").unwrap();
    for foreign in [
        scratch.path("outside.json"),
        scratch.path("presets/mastering/../../outside.json"),
        scratch.path("presets/mastering/.lock"),
        scratch.path("presets/mastering/none.json"),
    ] {
        let refused = library.delete(&Origin::User(foreign.clone()));
        assert!(matches!(refused, Err(LibraryError::Gone { .. })), "{}", foreign.display());
    }
    assert!(scratch.path("outside.json").exists() && path.exists());
    fs::write(scratch.path("presets/mastering/broken.json"), "broken").unwrap();
    library.refresh();
    assert_eq!(own(&library), ["broken", "One"]);
    let broken = Origin::User(scratch.path("presets/mastering/broken.json"));
    assert!(matches!(
        library.rename(&broken, "Mended", Existing::Keep),
        Err(LibraryError::Unreadable { reason }) if reason.contains("broken.json: at .")
    ));
    library.delete(&broken).unwrap();
    library.delete(&Origin::User(path)).unwrap();
    assert!(own(&library).is_empty());
    assert_eq!(scratch.names("presets/mastering"), [".lock"]);
}

#[test]
fn files_that_are_no_presets_are_listed_with_the_reason_and_strangers_are_not() {
    let scratch = Scratch::new();
    let folder = scratch.path("presets/mastering");
    fs::create_dir_all(folder.join("deeper.json")).unwrap();
    named("Deep").save(&folder.join("deeper.json/deep.json")).unwrap();
    fs::write(folder.join("notes.txt"), "not a preset").unwrap();
    fs::write(folder.join(".hidden.json"), "not a preset").unwrap();
    fs::write(folder.join("future.json"), r#"{"version": 2}"#).unwrap();
    fs::write(folder.join("huge.JSON"), vec![b' '; 2 << 20]).unwrap();
    let library = library(&scratch);
    assert_eq!(own(&library), ["future", "huge"]);
    let reason = |name: &str| {
        let entry = library.entries().iter().find(|entry| entry.name == name).unwrap();
        entry.preset.clone().unwrap_err()
    };
    assert!(reason("future").contains("future.json: has preset version 2, expected 1"));
    assert!(reason("huge").contains("huge.JSON: is too large"));
    assert!(library.named("future", PresetOrigin::User).is_none());
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let scratch = Scratch::new();
    let mut library = library(&scratch);
    library.save(&named("One"), Existing::Keep).unwrap();
    let link = scratch.path("presets/mastering/link.json");
    named("Secret").save(&scratch.path("secret.json")).unwrap();
    std::os::unix::fs::symlink(scratch.path("secret.json"), &link).unwrap();
    library.refresh();
    assert_eq!(own(&library), ["link", "One"]);
    let entry = library.entries().iter().find(|entry| entry.name == "link").unwrap();
    assert!(entry.preset.as_ref().unwrap_err().contains("it is a link"));
    // Its name is taken, and deleting takes the link alone.
    assert!(library.save(&named("Link"), Existing::Replace).unwrap().ends_with("link-2.json"));
    library.delete(&Origin::User(link)).unwrap();
    assert!(scratch.path("secret.json").exists());
}

#[test]
fn there_may_be_too_many_and_too_much() {
    let scratch = Scratch::new();
    let folder = scratch.path("presets/mastering");
    fs::create_dir_all(&folder).unwrap();
    for number in 0..40 {
        fs::write(folder.join(format!("{number:04}.json")), vec![b' '; 1 << 20]).unwrap();
    }
    let library_of_much = library(&scratch);
    let unread = library_of_much.entries().iter().filter(|entry| {
        entry.preset.as_ref().is_err_and(|reason| reason.contains("not read: the presets before it"))
    });
    assert_eq!(unread.count(), 8);
    for number in 0..=MAX_FILES {
        fs::write(folder.join(format!("{number:04}.json")), "{}").unwrap();
    }
    let mut library = library(&scratch);
    assert!(library.problem().unwrap().contains("has 1001 presets, expected at most 1000"));
    assert_eq!(own(&library).len(), MAX_FILES);
    assert!(matches!(library.save(&named("More"), Existing::Keep), Err(LibraryError::Full { .. })));
}

#[test]
fn all_words_must_match_anywhere_in_any_case() {
    let scratch = Scratch::new();
    let mut library = library(&scratch);
    let mut mine = named("Bright Größe");
    mine.description = "For the last song.".into();
    mine.tags = vec!["Own".into(), "tone".into()];
    library.save(&mine, Existing::Keep).unwrap();
    let found = |words: &str, tag| -> Vec<String> {
        library.find(words, tag).iter().map(|entry| entry.name.clone()).collect()
    };
    assert_eq!(found("", None).len(), factory().len() + 1);
    assert_eq!(found("  GRÖSSE  ", None), [""; 0]);
    assert_eq!(found("  GRÖßE  last SONG own ", None), ["Bright Größe"]);
    assert_eq!(found("größe nothing", None), [""; 0]);
    assert_eq!(found("", Some("own")), ["Bright Größe"]);
    assert_eq!(found("bright", Some("TONE")), ["Bright Air", "Bright Größe", "De-Harsh"], "names first");
    assert_eq!(found("bright", Some("ton")), [""; 0], "a tag is a whole tag");
    assert_eq!(library.tags().iter().find(|(tag, _)| tag == "own"), Some(&("own".to_owned(), 1)));
    let tags: Vec<String> = library.tags().into_iter().map(|(tag, _)| tag).collect();
    assert!(tags.is_sorted());
}

#[test]
fn own_presets_come_by_name_whatever_the_case() {
    let scratch = Scratch::new();
    let mut library = library(&scratch);
    for name in ["beta", "Alpha", "gamma", "Beta"] {
        library.save(&named(name), Existing::Keep).unwrap();
    }
    assert_eq!(own(&library), ["Alpha", "Beta", "beta", "gamma"]);
    assert_eq!(library.entries()[0].name, factory()[0].name);
    assert_eq!(own(&Library::at(None)), [""; 0]);
    assert!(matches!(Library::at(None).save(&named("x"), Existing::Keep), Err(LibraryError::NoFolder)));
}
