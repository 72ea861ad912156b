//! `auracore presets`: what there is to choose from.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::{complain, say, say_json};
use crate::state::preset::{Preset, by_name, factory};

const EXAMPLES: &str = "\
Examples:
  auracore presets
  auracore presets show warm
  auracore presets show warm > mine.json       then edit it and use it: auracore master song.wav -o out.wav --preset mine.json";

/// Arguments of `auracore presets`.
#[derive(Debug, Parser)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print a preset as JSON, complete with every control.
    Show {
        /// Name as listed.
        name: String,
    },
}

pub(super) fn run(args: &Args) -> ExitCode {
    match &args.command {
        None => say(&list(factory())),
        Some(Command::Show { name }) => match by_name(name) {
            Some(preset) => say_json(preset),
            None => {
                complain(&format!("no preset is called \"{name}\"; auracore presets lists them"));
                return ExitCode::FAILURE;
            }
        },
    }
    ExitCode::SUCCESS
}

fn list(presets: &[Preset]) -> String {
    let tags: Vec<String> = presets.iter().map(|preset| preset.tags.join(", ")).collect();
    let width = tags.iter().map(|tags| tags.chars().count()).max().unwrap_or(0).max("tags".len());
    let mut lines =
        vec![format!("{:<20}{:>6}{:>6}  {:<width$}  what it does", "name", "LUFS", "dBTP", "tags")];
    lines.extend(presets.iter().zip(&tags).map(|(preset, tags)| {
        let target = preset.target_lufs.map_or("-".into(), |target| format!("{target:.0}"));
        let ceiling = preset.controls.limiter.ceiling_db;
        format!("{:<20}{target:>6}{ceiling:>6.1}  {tags:<width$}  {}", preset.slug(), preset.description)
    }));
    lines.join("\n")
}
