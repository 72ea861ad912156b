//! `auracore tracks`: the tracks that come with the program.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::render::source::Input;
use super::render::values::clock;
use super::{complain, say};
use crate::track::file::preset::{by_name, factory};

const EXAMPLES: &str = "\
Examples:
  auracore tracks
  auracore render preset:focus -o focus.flac
  auracore tracks show focus > mine.json                   then edit it and render it";

/// Arguments of `auracore tracks`.
#[derive(Debug, Parser)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print a track as the file that it is.
    Show {
        /// Name as listed.
        name: String,
    },
}

pub(super) fn run(args: &Args) -> ExitCode {
    match &args.command {
        None => say(&list()),
        Some(Command::Show { name }) => match by_name(name) {
            Some(preset) => say(preset.json.trim_end()),
            None => {
                complain(&format!("no track is called \"{name}\"; auracore tracks lists them"));
                return ExitCode::FAILURE;
            }
        },
    }
    ExitCode::SUCCESS
}

fn list() -> String {
    let mut lines = vec![format!("{:<22}{:>8}  {}", "name", "length", "what it is for")];
    lines.extend(factory().iter().map(|preset| {
        let length = Input::Preset(preset).open(&[]).map_or("-".into(), |source| clock(source.length_s()));
        format!("{:<22}{length:>8}  {}", preset.slug, preset.description)
    }));
    lines.join("\n")
}
