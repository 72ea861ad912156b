//! `auracore check`: what a track file holds, and what in it was ignored, repaired or refused.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use serde::Serialize;

use super::render::source::{Input, Source, kind_text};
use super::render::values::clock;
use super::{USAGE, complain, say, say_json};
use crate::track::file::problem::{Problem, Severity};
use crate::track::file::schema::{Step, Voice, VoiceType, json_schema};
use crate::track::play::plan::{CompileOptions, Plan};
use crate::track::sound::span::Behaviour;

const EXAMPLES: &str = "\
Ignored: kept in the file, without effect on the sound. Repaired: read in another way than written; it still sounds. \
Refused: silent. The exit code is 1 when something was refused or a file is unusable, else 0.

Examples:
  auracore check focus.json
  auracore check sessions/*.json --json > report.json
  auracore check --schema > track.schema.json          for editors that validate while you write";

/// Arguments of `auracore check`.
#[derive(Debug, Parser)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Track files (also .voice, .voices, .noise and .session), or preset:NAME as `auracore tracks` lists them.
    #[arg(required_unless_present = "schema", value_name = "TRACK")]
    tracks: Vec<OsString>,
    /// Let tracks name files in this folder too, besides their own.
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// Print JSON with every voice.
    #[arg(long)]
    json: bool,
    /// Print the JSON schema of track files instead.
    #[arg(long, conflicts_with_all = ["tracks", "json", "allow"])]
    schema: bool,
}

/// One track's entry in the JSON output.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entry {
    Usable(Box<Findings>),
    Failed { file: String, error: String },
}

#[derive(Debug, Serialize)]
struct Findings {
    file: String,
    kind: &'static str,
    name: Option<String>,
    rate_hz: u32,
    duration_s: f64,
    steps: Vec<StepEntry>,
    /// Whether a noise bed lies under the track.
    bed: bool,
    /// Clips that sound.
    clips: usize,
    problems: Vec<Problem>,
}

#[derive(Debug, Serialize)]
struct StepEntry {
    description: String,
    start_s: f64,
    duration_s: f64,
    /// Overlap with the step before, faded.
    fade_in_s: f64,
    voices: Vec<VoiceEntry>,
}

#[derive(Debug, Serialize)]
struct VoiceEntry {
    synth: String,
    description: String,
    transition: bool,
    noise: bool,
    /// Cannot be read and stays silent.
    disabled: bool,
}

/// Checks the tracks and prints what was found, in the order of the arguments.
pub(super) fn run(args: &Args) -> ExitCode {
    if args.schema {
        say_json(&json_schema());
        return ExitCode::SUCCESS;
    }
    let inputs: Vec<Input> = match args.tracks.iter().map(|track| Input::of(track)).collect() {
        Ok(inputs) => inputs,
        Err(error) => {
            complain(&error);
            return ExitCode::from(USAGE);
        }
    };
    let mut entries = Vec::new();
    for input in &inputs {
        let entry = match input.open(&args.allow) {
            Ok(source) => Entry::Usable(Box::new(findings(input, &source))),
            Err(error) => Entry::Failed { file: input.to_string(), error },
        };
        match &entry {
            Entry::Usable(findings) if !args.json => say(&text(findings)),
            Entry::Usable(_) => {}
            Entry::Failed { error, .. } => complain(error),
        }
        entries.push(entry);
    }
    if args.json {
        say_json(&entries);
    }
    if entries.iter().all(Entry::is_fine) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

impl Entry {
    fn is_fine(&self) -> bool {
        match self {
            Self::Usable(findings) => {
                findings.problems.iter().all(|problem| problem.severity != Severity::Refused)
            }
            Self::Failed { .. } => false,
        }
    }
}

fn findings(input: &Input, source: &Source) -> Findings {
    let track = &source.loaded.track;
    let rate_hz = track.global.sample_rate_hz;
    let options = CompileOptions { rate_hz: rate_hz.into(), behaviour: Behaviour::Intended };
    let (plan, compiling) = Plan::compile(track, options, source.files.as_ref());
    let mut problems = source.loaded.problems.clone();
    problems.extend(compiling);
    Findings {
        file: input.to_string(),
        kind: kind_text(source.loaded.kind),
        name: track.text("name").map(str::to_owned),
        rate_hz,
        duration_s: plan.duration_s(),
        steps: track.steps.iter().enumerate().map(|(index, step)| entry(step, &plan, index)).collect(),
        bed: plan.bed.is_some(),
        clips: plan.clips.len(),
        problems,
    }
}

fn entry(step: &Step, plan: &Plan, index: usize) -> StepEntry {
    let placement = &plan.steps[index].placement;
    StepEntry {
        description: step.description.clone(),
        start_s: placement.start as f64 / plan.rate_hz,
        duration_s: placement.span.duration_s,
        fade_in_s: placement.join.frames as f64 / plan.rate_hz,
        voices: step.voices.iter().map(voice).collect(),
    }
}

fn voice(voice: &Voice) -> VoiceEntry {
    VoiceEntry {
        synth: voice.synth_function_name.clone(),
        description: voice.description.clone(),
        transition: voice.is_transition,
        noise: voice.voice_type == VoiceType::Noise,
        disabled: voice.disabled,
    }
}

fn text(findings: &Findings) -> String {
    let voices: usize = findings.steps.iter().map(|step| step.voices.len()).sum();
    let mut lines = vec![format!(
        "{}: {}, {} at {} Hz, {}, {}",
        findings.file,
        findings.kind,
        clock(findings.duration_s),
        findings.rate_hz,
        count(findings.steps.len(), "step"),
        count(voices, "voice")
    )];
    lines.extend(findings.name.iter().map(|name| format!("  {:<10}{name}", "name")));
    for (number, step) in findings.steps.iter().enumerate() {
        lines.extend(step_lines(number + 1, step));
    }
    if findings.bed {
        lines.push(format!("  {:<10}noise under the whole track", "bed"));
    }
    if findings.clips > 0 {
        lines.push(format!("  {:<10}{}", "clips", findings.clips));
    }
    for problem in &findings.problems {
        let severity = match problem.severity {
            Severity::Ignored => "ignored",
            Severity::Repaired => "repaired",
            Severity::Refused => "refused",
        };
        lines.push(format!("  {severity:<10}{}: {}", problem.path, problem.message));
    }
    lines.join("\n")
}

fn step_lines(number: usize, step: &StepEntry) -> [String; 2] {
    let fade =
        if step.fade_in_s > 0.0 { format!(", fades in over {:.1} s", step.fade_in_s) } else { String::new() };
    let title = if step.description.is_empty() { String::new() } else { format!("  {}", step.description) };
    // In alphabetical order; a step of many like voices stays one line.
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for voice in &step.voices {
        let moving = if voice.transition { " (transition)" } else { "" };
        let noise = if voice.noise { " (noise bus)" } else { "" };
        let silent = if voice.disabled { " (unreadable)" } else { "" };
        *kinds.entry(format!("{}{moving}{noise}{silent}", voice.synth)).or_default() += 1;
    }
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    let voices = if kinds.is_empty() { "silence".to_owned() } else { kinds.join(", ") };
    [
        format!("  step {number:<5}{} for {}{fade}{title}", clock(step.start_s), clock(step.duration_s)),
        format!("  {:<10}{voices}", ""),
    ]
}

/// A number of things, in words that fit.
pub(super) fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}
