//! The command line as a person uses it: loudness, ceiling, length, what is never overwritten, messages and exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use auracore::audio_file::{
    AudioData, AudioFile, Existing, FileFormat, Limits, SampleBits, Tags, WriteSpec, read, write,
};
use auracore::measure::{Summary, measure_programme};

#[path = "support/folder.rs"]
mod folder;
#[path = "support/music.rs"]
mod music;
#[path = "support/program.rs"]
mod program;
use folder::Folder;
use music::music;

fn auracore(folder: &Folder, arguments: &str) -> Output {
    program::auracore(folder, arguments).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the output is text")
}

fn succeed(folder: &Folder, arguments: &str) -> Output {
    let output = auracore(folder, arguments);
    assert!(output.status.success(), "{arguments}: {}", text(&output.stderr));
    output
}

/// Expects an exit code and a single line on standard error that contains all the words.
fn fail(folder: &Folder, arguments: &str, code: i32, words: &[&str]) -> Output {
    let output = auracore(folder, arguments);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments}: {error}");
    assert!(words.iter().all(|word| error.contains(word)), "{arguments}: {error} lacks one of {words:?}");
    output
}

fn put(folder: &Folder, name: &str, audio: &AudioData) -> PathBuf {
    let path = folder.file(name);
    let spec = WriteSpec {
        format: FileFormat::of(&path).unwrap(),
        bits: if name.ends_with("wav") { SampleBits::Float32 } else { SampleBits::Int24 },
        existing: Existing::Replace,
    };
    write(&path, audio, spec, &Tags::titled("Title", "Artist", "Album")).unwrap();
    path
}

fn get(folder: &Folder, name: &str) -> AudioFile {
    read(&folder.file(name), &Limits::default()).unwrap()
}

fn measured(audio: &AudioData) -> Summary {
    let planes: Vec<&[f32]> = audio.channels.iter().map(Vec::as_slice).collect();
    measure_programme(&planes, f64::from(audio.rate_hz)).unwrap()
}

fn scaled(audio: &AudioData, gain: f32) -> AudioData {
    let channels =
        audio.channels.iter().map(|channel| channel.iter().map(|sample| sample * gain).collect()).collect();
    AudioData { channels, rate_hz: audio.rate_hz }
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("standard output is JSON")
}

fn assert_master(audio: &AudioData, target_lufs: f64, ceiling_dbtp: f64) {
    let summary = measured(audio);
    assert!(
        (summary.integrated_lufs - target_lufs).abs() <= 0.1,
        "{} LUFS, not {target_lufs}",
        summary.integrated_lufs
    );
    assert!(summary.true_peak_dbtp <= ceiling_dbtp, "{} dBTP over {ceiling_dbtp}", summary.true_peak_dbtp);
}

#[test]
fn target_and_ceiling_hold_in_every_written_format() {
    let folder = Folder::new();
    put(&folder, "song.wav", &music(12.0, 44_100));
    for (target, ceiling, bits, name) in [
        ("-14", "-1", "16", "a.wav"),
        ("-14", "-1", "24", "b.wav"),
        ("-10", "-0.5", "32f", "c.wav"),
        ("-12.5", "-2", "16", "d.flac"),
        ("-10", "-1", "24", "e.flac"),
        ("-23", "-6", "16", "f.wav"),
    ] {
        succeed(
            &folder,
            &format!("master song.wav -o {name} --target {target} --ceiling {ceiling} --bits {bits}"),
        );
        let audio = get(&folder, name).audio;
        assert_eq!((audio.frames(), audio.rate_hz), (12 * 44_100, 44_100), "{name}");
        assert_master(&audio, target.parse().unwrap(), ceiling.parse().unwrap());
    }
}

#[test]
fn the_ceiling_holds_at_a_converted_rate() {
    let folder = Folder::new();
    put(&folder, "song.flac", &music(8.0, 96_000));
    for rate_hz in [44_100, 48_000, 192_000] {
        succeed(
            &folder,
            &format!("master song.flac -o {rate_hz}.wav --target -11 --rate {rate_hz} --bits 16"),
        );
        let audio = get(&folder, &format!("{rate_hz}.wav")).audio;
        assert_eq!((audio.frames(), audio.rate_hz), (8 * rate_hz as usize, rate_hz));
        assert_master(&audio, -11.0, -1.0);
    }
}

#[test]
fn the_result_is_in_time_with_the_input_to_its_last_sample() {
    let folder = Folder::new();
    let quiet = scaled(&music(5.0, 48_000), 0.1);
    put(&folder, "song.wav", &quiet);
    // So far below the ceiling nothing but gain happens.
    succeed(&folder, "master song.wav -o out.wav --preset transparent-limit --target -30 --bits 32f");
    let found = get(&folder, "out.wav").audio;
    let gain = 10_f64.powf((measured(&found).integrated_lufs - measured(&quiet).integrated_lufs) / 20.0);
    for (found, input) in found.channels.iter().zip(&quiet.channels) {
        assert_eq!(found.len(), input.len());
        let worst = found.iter().zip(input).map(|(a, b)| (f64::from(*a) - gain * f64::from(*b)).abs());
        let worst = worst.fold(0.0, f64::max);
        assert!(worst < 1e-4, "{worst}");
    }
}

#[test]
fn quiet_and_loud_sources_reach_the_target() {
    let folder = Folder::new();
    let song = music(8.0, 44_100);
    for (name, gain) in [("quiet.wav", 0.02), ("hot.wav", 3.0), ("mono.wav", 0.3)] {
        let mut audio = scaled(&song, gain);
        if name == "mono.wav" {
            audio.channels.truncate(1);
        }
        put(&folder, name, &audio);
        succeed(&folder, &format!("master {name} -o out-{name} --target -14 --max-reduction 12"));
        let found = get(&folder, &format!("out-{name}")).audio;
        assert_eq!(found.channels.len(), audio.channels.len());
        assert_master(&found, -14.0, -1.0);
    }
}

#[test]
fn limiting_stops_where_it_was_told_and_says_so() {
    let folder = Folder::new();
    put(&folder, "song.wav", &music(8.0, 44_100));
    let command =
        "master song.wav -o out.wav --preset transparent-limit --target -4 --max-reduction 3 --json";
    let report = &json(&succeed(&folder, command))[0];
    assert_eq!(report["outcome"], "limited_by_reduction");
    let hardest_db = report["limiter"]["hardest_3s_db"].as_f64().unwrap();
    assert!((2.5..=3.001).contains(&hardest_db), "{hardest_db} dB");
    let found = measured(&get(&folder, "out.wav").audio);
    assert!((found.integrated_lufs - report["after"]["integrated_lufs"].as_f64().unwrap()).abs() < 0.01);
    assert!(found.integrated_lufs < -4.1 && found.true_peak_dbtp <= -1.0);
    assert!(report["notes"].to_string().contains("--max-reduction"), "{}", report["notes"]);
}

#[test]
fn silence_and_very_short_files_keep_their_length() {
    let folder = Folder::new();
    for (name, frames, level) in [("silence.wav", 48_000, 0.0), ("one.wav", 1, 0.5), ("click.wav", 300, 0.9)]
    {
        let audio = AudioData { channels: vec![vec![level; frames]; 2], rate_hz: 48_000 };
        put(&folder, name, &audio);
        let report = &json(&succeed(&folder, &format!("master {name} -o out-{name} --json")))[0];
        assert_eq!(report["outcome"], "unmeasurable", "{name}");
        let found = get(&folder, &format!("out-{name}")).audio;
        assert_eq!(found.frames(), frames);
        assert!(found.channels.iter().flatten().all(|sample| sample.abs() <= 0.9));
        if level == 0.0 {
            // Dither needs a moment to notice that nothing is there.
            assert!(
                found.channels.iter().all(|channel| channel[2_000..].iter().all(|sample| *sample == 0.0))
            );
            assert!(found.channels.iter().flatten().all(|sample| sample.abs() < 1e-6));
        }
    }
}

#[test]
fn tags_are_carried_over() {
    let folder = Folder::new();
    put(&folder, "song.wav", &music(1.0, 44_100));
    for name in ["out.wav", "out.flac"] {
        succeed(&folder, &format!("master song.wav -o {name}"));
        let tags = get(&folder, name).tags;
        assert_eq!(
            (tags.title(), tags.artist(), tags.album()),
            (Some("Title"), Some("Artist"), Some("Album"))
        );
    }
}

#[test]
fn an_input_is_never_overwritten() {
    let folder = Folder::new();
    let song = put(&folder, "song.wav", &music(1.0, 44_100));
    put(&folder, "other.wav", &music(0.5, 44_100));
    std::fs::create_dir(folder.file("sub")).unwrap();
    let before = std::fs::read(&song).unwrap();
    let mut outputs =
        vec!["song.wav".to_owned(), "./sub/../song.wav".into(), ".".into(), song.display().to_string()];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&song, folder.file("link.wav")).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.file("here")).unwrap();
        outputs.extend(["link.wav".to_owned(), "here".into(), "here/song.wav".into()]);
    }
    std::fs::hard_link(&song, folder.file("hard.wav")).unwrap();
    outputs.push("hard.wav".into());
    let names = folder.names();
    for output in &outputs {
        fail(
            &folder,
            &format!("master song.wav -o {output} --overwrite"),
            2,
            &["song.wav", "is an input"][1..],
        );
    }
    // Not even when it is another input of the same run.
    fail(&folder, "master sub/../other.wav song.wav -o . --overwrite", 2, &["is an input"]);
    assert_eq!(std::fs::read(&song).unwrap(), before);
    assert_eq!(folder.names(), names);
}

#[test]
fn existing_outputs_stay_unless_told_otherwise() {
    let folder = Folder::new();
    put(&folder, "song.wav", &music(1.0, 44_100));
    std::fs::write(folder.file("out.wav"), "precious").unwrap();
    fail(&folder, "master song.wav -o out.wav", 1, &["out.wav", "exists already"]);
    assert_eq!(std::fs::read_to_string(folder.file("out.wav")).unwrap(), "precious");
    succeed(&folder, "master song.wav -o out.wav --overwrite");
    assert_eq!(get(&folder, "out.wav").audio.frames(), 44_100);
}

#[test]
fn two_inputs_for_one_output_are_refused() {
    let folder = Folder::new();
    put(&folder, "song.wav", &music(0.5, 44_100));
    put(&folder, "song.flac", &music(0.5, 44_100));
    fail(&folder, "master song.wav song.flac -o masters", 2, &["song.wav", "song.flac", "would both become"]);
    assert_eq!(folder.names(), ["song.flac", "song.wav"]);
}

#[test]
fn a_bad_file_is_one_line_and_the_others_go_on() {
    let folder = Folder::new();
    put(&folder, "one.wav", &music(1.0, 44_100));
    put(&folder, "two.flac", &music(1.0, 48_000));
    put(&folder, "low.wav", &AudioData { rate_hz: 22_050, ..music(1.0, 44_100) });
    std::fs::write(folder.file("bad.mp3"), "no music").unwrap();
    let output = fail(
        &folder,
        "master one.wav bad.mp3 missing.wav low.wav two.flac -o masters/ --format flac --bits 16",
        1,
        &["bad.mp3", "missing.wav", "low.wav: has 22050 Hz", "--rate"],
    );
    assert_eq!(text(&output.stderr).lines().count(), 3, "{}", text(&output.stderr));
    for name in ["masters/one.flac", "masters/two.flac"] {
        assert!(get(&folder, name).audio.frames() > 40_000);
    }
    let mut names: Vec<_> =
        std::fs::read_dir(folder.file("masters")).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["one.flac", "two.flac"]);
    succeed(&folder, "master low.wav -o low-out.wav --rate 44100");

    fail(&folder, "measure one.wav bad.mp3", 1, &["bad.mp3"]);
}

#[test]
fn bad_usage_is_exit_code_2_and_touches_nothing() {
    let folder = Folder::new();
    put(&folder, "song.wav", &music(0.5, 44_100));
    for (arguments, word) in [
        ("master", "required"),
        ("master song.wav", "--output"),
        ("master song.wav -o out.mp3", ".wav or .flac"),
        ("master song.wav -o out.wav --format flac", "another format"),
        ("master song.wav -o out.flac --bits 32f", "32f"),
        ("master song.wav -o out.wav --bits 20", "possible values"),
        ("master song.wav -o out.wav --target -2", "-60 to -3"),
        ("master song.wav -o out.wav --target loud", "-60 to -3"),
        ("master song.wav -o out.wav --target nan", "-60 to -3"),
        ("master song.wav -o out.wav --ceiling 0.5", "-20 to 0"),
        ("master song.wav -o out.wav --rate 12345", "44100"),
        ("master song.wav -o out.wav --preset nothing", "\"nothing\""),
        ("master song.wav song.wav -o song.wav", "folder"),
        ("measure", "required"),
        ("presets dance", "dance"),
        ("frobnicate", "frobnicate"),
    ] {
        fail(&folder, arguments, 2, &[word]);
    }
    fail(&folder, "presets show nothing", 1, &["nothing"]);
    assert_eq!(folder.names(), ["song.wav"]);
}

#[test]
fn preset_files_work_and_their_errors_name_the_place() {
    let folder = Folder::new();
    put(&folder, "song.wav", &music(6.0, 44_100));
    let shown = succeed(&folder, "presets show Film-23");
    std::fs::write(folder.file("mine.json"), &shown.stdout).unwrap();
    succeed(&folder, "master song.wav -o out.wav --preset mine.json");
    assert_master(&get(&folder, "out.wav").audio, -23.0, -1.0);

    let broken = text(&shown.stdout).replace("\"freq_hz\": 150.0", "\"freq_hz\": \"low\"");
    assert_ne!(broken, text(&shown.stdout));
    std::fs::write(folder.file("broken.json"), broken).unwrap();
    fail(
        &folder,
        "master song.wav -o x.wav --preset broken.json",
        2,
        &["broken.json", "controls.eq.bands[1].freq_hz", "f32"],
    );
}

#[test]
fn measure_prints_a_table_and_json() {
    let folder = Folder::new();
    let song = music(5.0, 48_000);
    put(&folder, "song.wav", &song);
    put(&folder, "silence.wav", &scaled(&song, 0.0));
    let table = succeed(&folder, "measure song.wav silence.wav");
    let lines: Vec<&str> = text(&table.stdout).lines().collect();
    let loudness = format!("{:.1}", measured(&song).integrated_lufs);
    assert!(
        lines[0].contains("LUFS-I") && lines[1].contains(&loudness) && lines[2].contains("-inf"),
        "{lines:?}"
    );
    let entries = json(&succeed(&folder, "measure song.wav silence.wav --json"));
    assert_eq!(entries[0]["file"], "song.wav");
    assert!((entries[0]["integrated_lufs"].as_f64().unwrap() - measured(&song).integrated_lufs).abs() < 1e-3);
    assert!(entries[1]["integrated_lufs"].is_null());
    assert_eq!(entries[1]["depth"], "32 bit float");
}

#[test]
fn help_teaches_and_presets_are_listed() {
    let folder = Folder::new();
    for (arguments, words) in [
        ("--help", &["Examples:", "auracore master song.wav -o", "presets"][..]),
        ("master --help", &["--target", "LUFS", "Examples:", "--max-reduction", "hardest"]),
        ("measure --help", &["LUFS-I", "Examples:"]),
        ("presets", &["streaming", "-14", "film-23", "podcast-voice", "tags", "broadcast, dynamic, film"]),
        ("--version", &[env!("CARGO_PKG_VERSION")]),
    ] {
        let output = succeed(&folder, arguments);
        assert!(
            words.iter().all(|word| text(&output.stdout).contains(word)),
            "{arguments}: {}",
            text(&output.stdout)
        );
    }
}

/// However early or late the interrupt comes, there is a whole file or none.
#[cfg(unix)]
#[test]
fn an_interrupt_leaves_no_half_file() {
    let folder = Folder::new();
    put(&folder, "song.wav", &music(30.0, 96_000));
    for wait_ms in [0, 50, 300, 900] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_auracore"))
            .args(["master", "song.wav", "-o", "out.wav", "--overwrite", "--bits", "24"])
            .current_dir(folder.path())
            .output_nowhere()
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait_ms));
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        child.wait().unwrap();
        let names = folder.names();
        assert!(names == ["song.wav"] || names == ["out.wav", "song.wav"], "{names:?}");
        if names.len() == 2 {
            assert_eq!(get(&folder, "out.wav").audio.frames(), 30 * 96_000);
        }
    }
}

#[cfg(unix)]
trait Quiet {
    fn output_nowhere(&mut self) -> &mut Self;
}

#[cfg(unix)]
impl Quiet for Command {
    fn output_nowhere(&mut self) -> &mut Self {
        self.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null())
    }
}

/// Paths with spaces and beyond ASCII, which the line-splitting helper above cannot give.
#[test]
fn any_file_name_will_do() {
    let folder = Folder::new();
    let song = put(&folder, "mein Stück №1.wav", &music(1.0, 44_100));
    let output = Command::new(env!("CARGO_BIN_EXE_auracore"))
        .args([Path::new("master"), &song, Path::new("-o"), &folder.file("aus gabe")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(folder.file("aus gabe").join("mein Stück №1.wav").is_file());
}
