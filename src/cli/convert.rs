//! `auracore convert`: older tracks, sessions, voices and noises become tracks in the present layout.

use std::ffi::OsString;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use serde_json::Value;

use super::check::count;
use super::render::source::{Input, files_around, kind_text};
use super::{USAGE, complain, say};
use crate::pending_file::PendingFile;
use crate::track::file::limits::Limits;
use crate::track::file::load::{Kind, Loaded};
use crate::track::file::problem::Severity;
use crate::track::file::save::{to_json, to_value};
use crate::track::play::plan::{CompileOptions, Plan};
use crate::track::sound::span::Behaviour;

const EXAMPLES: &str = "\
Keys that mean nothing to this program are kept. Steps get explicit starts, as opening a file in the original editor does.

Examples:
  auracore convert old.json -o new.json
  auracore convert evening.session -o evening.json
  auracore convert preset:focus -o mine.json               a copy of a factory track to edit";

/// Arguments of `auracore convert`.
#[derive(Debug, Parser)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A track, .session, .voice, .voices or .noise file, or preset:NAME.
    #[arg(value_name = "IN")]
    input: OsString,
    /// The track to write.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Let a session name presets in this folder too, besides its own.
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// Replace an existing file.
    #[arg(long, alias = "overwrite")]
    force: bool,
}

/// Converts and tells what changed.
pub(super) fn run(args: &Args) -> ExitCode {
    let input = match Input::of(&args.input) {
        Ok(input) => input,
        Err(error) => {
            complain(&error);
            return ExitCode::from(USAGE);
        }
    };
    match convert(&input, args) {
        Ok(report) => {
            say(&report);
            ExitCode::SUCCESS
        }
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn convert(input: &Input, args: &Args) -> Result<String, String> {
    let output = &args.output;
    if !args.force && output.symlink_metadata().is_ok() {
        return Err(format!("{}: exists already and is left alone; --force replaces it", output.display()));
    }
    let loaded = input.open(&args.allow)?.loaded;
    write(output, &to_json(&loaded.track), args.force)?;
    let mut lines =
        vec![format!("{input} ({}) -> {} (track, version 2)", kind_text(loaded.kind), output.display())];
    lines.extend(changes(&loaded).into_iter().map(|change| format!("  {:<10}{change}", "changed")));
    lines.extend(
        loaded
            .problems
            .iter()
            .map(|problem| format!("  {:<10}{}: {}", "found", problem.path, problem.message)),
    );
    lines.extend(lost_files(input, args, &loaded).into_iter().map(|lost| format!("  {:<10}{lost}", "note")));
    Ok(lines.join("\n"))
}

fn write(path: &Path, text: &str, replace: bool) -> Result<(), String> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => format!("{}: exists already and is left alone", path.display()),
        _ => format!("{}: cannot be written: {error}", path.display()),
    };
    let (pending, mut file) = PendingFile::beside(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    pending.commit(file, replace).map_err(failed)
}

/// What the new file says in another way, a sentence each.
fn changes(loaded: &Loaded) -> Vec<String> {
    let track = &loaded.track;
    let (steps, voices) = (count(track.steps.len(), "step"), count(track.voices().count(), "voice"));
    let mut changes = match loaded.kind {
        Kind::TrackV1 | Kind::TrackV2 => renamed(&track.source, &to_value(track)),
        Kind::Session => {
            let bed = if track.background_noise.is_some() { ", a noise bed" } else { "" };
            let clips = count(track.clips.len(), "clip");
            vec![format!("its presets became {steps} with {voices}{bed} and {clips}")]
        }
        Kind::Voice | Kind::Voices => vec![format!("{voices} became a track of one step")],
        Kind::Noise => vec!["the noise became the bed of a track of one step".into()],
    };
    let started =
        track.steps.iter().filter(|step| step.start_s.is_some() && step.source.get("start").is_none());
    let started = started.filter(|step| step.source.get("start_time").is_none()).count();
    if started > 0 && matches!(loaded.kind, Kind::TrackV1 | Kind::TrackV2) {
        changes.push(format!("{} got an explicit start", count(started, "step")));
    }
    changes
}

/// Keys of the top level that are there no longer, and those that are new.
fn renamed(old: &Value, new: &Value) -> Vec<String> {
    let keys = |value: &Value| -> Vec<String> {
        value.as_object().map_or(Vec::new(), |object| object.keys().cloned().collect())
    };
    let (old, new) = (keys(old), keys(new));
    let without = |keys: &[String], others: &[String]| {
        keys.iter().filter(|key| !others.contains(key)).cloned().collect::<Vec<_>>().join(", ")
    };
    let (gone, come) = (without(&old, &new), without(&new, &old));
    if gone.is_empty() { Vec::new() } else { vec![format!("{gone} became {come}")] }
}

/// Files that the track names and that are not found from its new folder.
fn lost_files(input: &Input, args: &Args, loaded: &Loaded) -> Vec<String> {
    let limits = Limits::default();
    let refused = |path: &Path| -> Option<Vec<String>> {
        let files = files_around(path, &args.allow, &limits).ok()?;
        let rate_hz = loaded.track.global.sample_rate_hz.into();
        let options = CompileOptions { rate_hz, behaviour: Behaviour::Intended };
        let (_, problems) = Plan::compile(&loaded.track, options, &files);
        let refused = problems.into_iter().filter(|problem| problem.severity == Severity::Refused);
        Some(refused.map(|problem| format!("{}: {}", problem.path, problem.message)).collect())
    };
    let folder = |path: &Path| std::path::absolute(path).ok()?.parent()?.canonicalize().ok();
    let Some(path) = input.path().filter(|path| folder(path) != folder(&args.output)) else {
        return Vec::new();
    };
    let (before, after) = (refused(path).unwrap_or_default(), refused(&args.output).unwrap_or_default());
    let lost = after.into_iter().filter(|problem| !before.contains(problem));
    lost.map(|problem| format!("from its new folder it does not find a file: {problem}")).collect()
}
