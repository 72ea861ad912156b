//! Keeps the map of the code true: who may import whom, where unsafe code may stand, how large files may grow.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules of the crate that each top-level module may use. Everything may use itself and the standard library.
const MAY_USE: &[(&str, &[&str])] = &[
    ("control", &[]),
    ("bridge", &[]),
    ("dsp", &[]),
    ("engine", &["control", "dsp"]),
    ("adaptive", &["audio_file", "bridge", "control", "dsp", "pending_file", "stored"]),
    ("measure", &[]),
    ("audio_file", &["pending_file"]),
    ("pending_file", &[]),
    ("stored", &[]),
    ("render", &["control", "dsp", "engine", "measure", "audio_file", "track"]),
    ("state", &["control", "pending_file", "stored"]),
    ("track", &["audio_file", "bridge", "control", "dsp", "pending_file"]),
    ("params", &["adaptive", "control", "bridge", "state", "stored"]),
    (
        "plugin",
        &[
            "adaptive", "control", "bridge", "engine", "measure", "params", "state", "stored", "editor",
            "track",
        ],
    ),
    (
        "editor",
        &["adaptive", "control", "bridge", "dsp", "engine", "measure", "params", "plugin", "state", "track"],
    ),
    (
        "cli",
        &[
            "adaptive",
            "control",
            "audio_file",
            "pending_file",
            "measure",
            "render",
            "state",
            "plugin",
            "dsp",
            "track",
        ],
    ),
    ("lib", &["plugin"]),
    ("main", &["cli"]),
];

/// External crates that only some modules may name.
const CONFINED: &[(&str, &[&str])] = &[
    ("nice_plug", &["lib", "main", "cli", "plugin", "params", "editor"]),
    ("nice_plug_egui", &["editor"]),
    ("egui", &["editor"]),
    ("rfd", &["editor"]),
    ("sha2", &["track"]),
    ("ort", &["adaptive"]),
    ("symphonia", &["audio_file"]),
    ("hound", &["audio_file"]),
    ("flacenc", &["audio_file"]),
    ("ebur128", &["measure"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
];

/// Files that may contain the word, each with its safety argument beside it. The product itself needs none.
const UNSAFE_LIST: &[&str] = &[];

/// Roughly a long screenful of screens; a larger file wants to be two.
const LONGEST_FILE_LINES: usize = 450;

fn source_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            source_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    source_files(&root, &mut files);
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let module = name.split(['/', '.']).next().unwrap().to_owned();
            (module, name, fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// Code without comments and without the tests at the end of a file.
fn product_code(text: &str) -> String {
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    text[..end].lines().map(|l| l.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Module names that follow `crate::`, including those in braces.
fn crate_imports(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let heads: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap().split(',').collect(),
            None => vec![rest],
        };
        for head in heads {
            let name: String = head.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            names.push(name);
        }
    }
    names
}

#[test]
fn imports_point_downward() {
    for (module, file, text) in sources() {
        let allowed = MAY_USE.iter().find(|(m, _)| *m == module);
        let (_, allowed) =
            allowed.unwrap_or_else(|| panic!("{file}: the module `{module}` is not on the map"));
        for name in crate_imports(&product_code(&text)) {
            let known = MAY_USE.iter().any(|(m, _)| *m == name);
            assert!(
                !known || name == module || allowed.contains(&name.as_str()),
                "{file} must not use crate::{name}"
            );
        }
    }
}

#[test]
fn crates_stay_where_they_belong() {
    for (module, file, text) in sources() {
        let code = product_code(&text);
        for (name, homes) in CONFINED {
            let used = code.match_indices(&format!("{name}::")).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
            });
            assert!(!used || homes.contains(&module.as_str()), "{file} must not use {name}");
        }
    }
}

#[test]
fn unsafe_code_is_listed() {
    for (_, file, text) in sources() {
        let uses =
            product_code(&text).split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == "unsafe");
        assert_eq!(uses, UNSAFE_LIST.contains(&file.as_str()), "{file}: unsafe code and its list disagree");
    }
}

#[test]
fn files_stay_readable() {
    for (_, file, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE_LINES, "{file} has {lines} lines");
        assert!(text.starts_with("//!"), "{file} does not say what it is for");
        assert!(!file.ends_with("mod.rs"), "{file}: foo.rs and foo/ instead");
    }
}

#[test]
fn the_audio_side_knows_no_clock_no_files_and_no_locks() {
    for (module, file, text) in sources() {
        if module == "dsp" || module == "engine" {
            let code = product_code(&text);
            for word in
                ["std::fs", "std::io", "std::time", "std::thread", "Mutex", "RwLock", "println!", "Instant"]
            {
                assert!(!code.contains(word), "{file} names {word}");
            }
        }
    }
}
