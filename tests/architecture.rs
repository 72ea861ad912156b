//! Keeps the map of the code true: who may import whom, where unsafe code may stand, how large files may grow.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use code::{functions, names, product_code, test_modules};
use imports::{Modules, circles, module_of};

#[path = "architecture/code.rs"]
mod code;
#[path = "architecture/imports.rs"]
mod imports;

/// Modules of the crate that each top-level module may use. Everything may use itself and the standard library.
const MAY_USE: &[(&str, &[&str])] = &[
    ("control", &[]),
    ("bridge", &[]),
    ("dsp", &[]),
    ("source", &["dsp"]),
    ("worker", &[]),
    ("engine", &["control", "dsp", "source"]),
    ("stored", &[]),
    ("adaptive", &["audio_file", "bridge", "control", "dsp", "pending_file", "stored", "worker"]),
    ("measure", &[]),
    ("audio_file", &["pending_file"]),
    ("pending_file", &[]),
    ("render", &["control", "dsp", "engine", "measure", "audio_file", "source", "track"]),
    ("state", &["control", "pending_file", "stored"]),
    ("track", &["audio_file", "bridge", "control", "dsp", "pending_file", "source"]),
    ("parameter", &["control", "stored"]),
    (
        "sources",
        &["bridge", "control", "dsp", "engine", "parameter", "source", "state", "stored", "track", "worker"],
    ),
    ("params", &["adaptive", "control", "bridge", "parameter", "sources", "state", "stored"]),
    ("view", &["adaptive", "bridge", "control", "measure", "params", "sources"]),
    (
        "plugin",
        &[
            "adaptive", "control", "bridge", "dsp", "engine", "measure", "params", "source", "sources",
            "state", "stored", "editor", "view", "worker",
        ],
    ),
    (
        "editor",
        &[
            "adaptive",
            "control",
            "bridge",
            "dsp",
            "engine",
            "measure",
            "parameter",
            "params",
            "sources",
            "state",
            "track",
            "view",
        ],
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
            "sources",
            "dsp",
            "track",
        ],
    ),
    ("lib", &["plugin"]),
    ("main", &["cli"]),
];

/// External crates that only some modules may name.
const CONFINED: &[(&str, &[&str])] = &[
    ("nice_plug", &["lib", "main", "cli", "plugin", "parameter", "params", "sources", "editor"]),
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

/// Where the audio thread runs: files and folders under `src`.
const AUDIO_SIDE: &[&str] = &["dsp", "engine", "bridge", "adaptive/port", "track/sound", "track/play"];

/// What stands among them and runs on other threads.
const NOT_ON_THE_AUDIO_SIDE: &[&str] = &["track/play/scan", "track/sound/noise/chain"];

/// Clocks, files, threads, locks and the console.
const NEVER_ON_THE_AUDIO_SIDE: &[&str] = &[
    "std::fs",
    "std::io",
    "std::net",
    "std::env",
    "std::process",
    "std::time",
    "std::thread",
    "Instant",
    "SystemTime",
    "Mutex",
    "RwLock",
    "Condvar",
    "Barrier",
    "mpsc",
    "Once",
    "OnceLock",
    "thread_local",
    "print!",
    "println!",
    "eprint!",
    "eprintln!",
    "dbg!",
];

/// What such functions are called that run in every block there.
const RUNS_PER_BLOCK: &[&str] = &[
    "process",
    "process_part",
    "render",
    "fill",
    "add",
    "advance",
    "run",
    "tick",
    "next",
    "step",
    "follow",
    "glide",
    "push",
    "reset",
    "settle",
    "mix",
    "jump_to",
    "seek",
    "adapt",
    "adaptation",
    "hear",
    "telemetry",
];

/// Words that allocate, free or end in a panic.
const NEVER_PER_BLOCK: &[&str] = &[
    "vec!",
    "format!",
    "Box::new",
    "Arc::new",
    "Rc::new",
    "String::from",
    "with_capacity",
    "to_vec",
    "to_string",
    "to_owned",
    "collect",
    "resize",
    "reserve",
    "extend",
    "drop",
    "panic!",
    "todo!",
    "unimplemented!",
    "unreachable!",
    "unwrap",
    "expect",
];

/// Files that know each other in a circle today. A circle that is opened is taken off, none is added.
const CIRCLES: &[&[&str]] = &[
    &[
        "track/file/hearing.rs",
        "track/file/schema.rs",
        "track/file/schema/json_schema.rs",
        "track/file/schema/keys.rs",
        "track/sound/noise/player.rs",
        "track/sound/voice.rs",
        "track/sound/voice/envelope.rs",
        "track/sound/voice/layer.rs",
        "track/sound/voice/noise_generator.rs",
        "track/sound/voice/noise_swept_notch.rs",
    ],
    &["track/file/load.rs", "track/file/session.rs"],
    &[
        "track/sound/noise/colour.rs",
        "track/sound/noise/motion.rs",
        "track/sound/noise/notch.rs",
        "track/sound/noise/recipe.rs",
        "track/sound/noise/sweep.rs",
    ],
    &["track/sound/noise/level.rs", "track/sound/noise/stream.rs"],
    &["track/sound/voice/tone/ear.rs", "track/sound/voice/tone/moving.rs"],
];

/// Tests that wait in real time or look at the clock, each with what no other clock can stand in for.
const REAL_TIME: &[(&str, &str)] = &[
    (
        "src/sources/track/pools.rs",
        "another thread is seen to wait, and a wait can only be looked at while it lasts",
    ),
    (
        "tests/adaptive_plugin.rs",
        "the built plugin has its own thread, which must keep up with what is played",
    ),
    ("tests/command_line.rs", "a signal reaches a process of its own at any moment"),
    ("tests/command_line_tracks.rs", "a signal reaches a process of its own at any moment"),
    ("tests/editor_track.rs", "the window shows what the plugin's own thread has prepared"),
    (
        "tests/editor_windows.rs",
        "an X server and a window's thread, each with patience that ends in a failure",
    ),
    ("tests/plugin_hosts/session.rs", "the built plugin prepares a track in a thread of its own"),
    (
        "tests/support/window.rs",
        "the built plugin measures in a thread of its own, which reads at its own pace",
    ),
    ("tests/track_plugin.rs", "the built plugin prepares a track in a thread of its own"),
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

/// Every file under `src`: its top-level module, its name and its text.
fn files() -> Vec<(String, String, String)> {
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

/// Every file that is not for tests alone, with nothing but the code of the product.
fn sources() -> Vec<(String, String, String)> {
    let files = files();
    let mut for_tests = BTreeSet::new();
    for (_, file, text) in &files {
        let folder = file.strip_suffix(".rs").unwrap();
        for module in test_modules(text) {
            for_tests.insert(format!("{folder}/{module}.rs"));
            for_tests.insert(format!("{folder}/{module}/"));
        }
    }
    let is_product = |file: &str| !for_tests.iter().any(|test| file.starts_with(test.as_str()));
    let files = files.into_iter().filter(|(_, file, _)| is_product(file));
    files.map(|(module, file, text)| (module, file, product_code(&text))).collect()
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
    for (module, file, code) in sources() {
        let allowed = MAY_USE.iter().find(|(m, _)| *m == module);
        let (_, allowed) =
            allowed.unwrap_or_else(|| panic!("{file}: the module `{module}` is not on the map"));
        for name in crate_imports(&code) {
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
    for (module, file, code) in sources() {
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
    for (_, file, code) in sources() {
        let uses = names(&code, "unsafe");
        assert_eq!(uses, UNSAFE_LIST.contains(&file.as_str()), "{file}: unsafe code and its list disagree");
    }
}

#[test]
fn files_stay_readable() {
    for (_, file, text) in files() {
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE_LINES, "{file} has {lines} lines");
        assert!(text.starts_with("//!"), "{file} does not say what it is for");
        assert!(!file.ends_with("mod.rs"), "{file}: foo.rs and foo/ instead");
    }
}

fn is_on_the_audio_side(file: &str) -> bool {
    let is_under = |places: &[&str]| {
        places.iter().any(|place| {
            let rest = file.strip_prefix(place);
            rest.is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
        })
    };
    is_under(AUDIO_SIDE) && !is_under(NOT_ON_THE_AUDIO_SIDE)
}

#[test]
fn the_audio_side_knows_no_clock_no_files_and_no_locks() {
    for place in AUDIO_SIDE.iter().chain(NOT_ON_THE_AUDIO_SIDE) {
        assert!(files().iter().any(|(_, file, _)| *file == format!("{place}.rs")), "there is no {place}.rs");
    }
    let mut problems = Vec::new();
    let mut looked_at = BTreeSet::new();
    for (_, file, code) in sources().iter().filter(|(_, file, _)| is_on_the_audio_side(file)) {
        let found = NEVER_ON_THE_AUDIO_SIDE.iter().filter(|word| names(code, word));
        problems.extend(found.map(|word| format!("{file} names {word}")));
        for (name, body) in functions(code).iter().filter(|(name, _)| RUNS_PER_BLOCK.contains(&name.as_str()))
        {
            looked_at.insert(name.clone());
            let found = NEVER_PER_BLOCK.iter().filter(|word| names(body, word));
            problems.extend(found.map(|word| format!("{file}: {name}() names {word}")));
        }
    }
    let missing: Vec<_> = RUNS_PER_BLOCK.iter().filter(|name| !looked_at.contains(**name)).collect();
    assert!(missing.is_empty(), "no such functions there any more: {missing:?}");
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn no_files_know_each_other_in_a_circle() {
    let all: Modules = sources().into_iter().map(|(_, file, code)| (module_of(&file), code)).collect();
    let found = circles(&all);
    let is_within =
        |files: &[String], listed: &[&str]| files.iter().all(|file| listed.contains(&file.as_str()));
    for circle in &found {
        let is_known = CIRCLES.iter().any(|listed| is_within(circle, listed));
        assert!(is_known, "a circle, all of: {}", circle.join(", "));
    }
    for listed in CIRCLES {
        let is_there = |file: &&str| {
            found.iter().any(|circle| is_within(circle, listed) && circle.iter().any(|other| other == file))
        };
        let gone: Vec<&str> = listed.iter().copied().filter(|file| !is_there(file)).collect();
        assert!(gone.is_empty(), "no longer in a circle, take it off the list: {}", gone.join(", "));
    }
}

#[test]
fn tests_wait_in_real_time_only_where_they_must() {
    let words = ["sleep", "Instant::now", "SystemTime::now", "recv_timeout", "wait_timeout", "park_timeout"];
    let uses =
        |code: &str| -> usize { words.iter().map(|word| code.matches(&format!("{word}(")).count()).sum() };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    let products = sources();
    for (_, file, text) in files() {
        let product = products.iter().find(|(_, other, _)| *other == file);
        if uses(&code::without_words(&text)) > product.map_or(0, |(_, _, code)| uses(code)) {
            found.insert(format!("src/{file}"));
        }
    }
    let mut tests = Vec::new();
    source_files(&root.join("tests"), &mut tests);
    for path in tests {
        if uses(&code::without_words(&fs::read_to_string(&path).unwrap())) > 0 {
            found.insert(path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"));
        }
    }
    let listed: BTreeSet<String> = REAL_TIME.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(found, listed, "on the left what does, on the right what may");
}
