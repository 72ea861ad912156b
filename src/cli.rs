//! The command line: what `auracore` does without a host. Main thread, with a pool of workers for many files.
//!
//! Results go to standard output, everything else to standard error. Exit codes: 0 all went well, 1 something failed and
//! was named, 2 the arguments make no sense and nothing was done.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod check;
mod convert;
pub mod master;
pub mod measure;
mod number;
#[cfg(feature = "standalone")]
pub mod play;
mod presets;
mod progress;
mod render;
mod tracks;

/// Exit code of arguments that make no sense.
const USAGE: u8 = 2;
/// Exit code after an interrupt, by custom.
const INTERRUPTED: i32 = 130;

const EXAMPLES: &str = "\
Examples:
  auracore master song.wav -o mastered.wav                 the all-round preset, -14 LUFS, -1 dBTP
  auracore master *.wav -o masters/ --preset glue          an album, several files at a time
  auracore master mix.flac -o club.wav --preset loud-club --target -9 --ceiling -0.8
  auracore master mix.wav -o cd.wav --rate 44100 --bits 16
  auracore measure masters/*.wav                           loudness, range and peaks of every file
  auracore presets                                         what there is to choose from
  auracore render preset:focus -o focus.flac               a track to an audio file; also your own track files
  auracore check session.json                              what a track file holds and what is wrong with it
  auracore                                                 play through the chain, live

Each command explains itself: auracore master --help";

/// AuraCore: a mastering chain and a player of session tracks, for files and live.
#[derive(Debug, Parser)]
#[command(name = "auracore", version, about, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Master files to a loudness under a true-peak ceiling.
    Master(master::Args),
    /// Measure loudness, range, peaks and stereo correlation of files.
    Measure(measure::Args),
    /// List the mastering presets, or show one.
    Presets(presets::Args),
    /// Render track files to audio files.
    Render(Box<render::Args>),
    /// Tell what a track file holds and what is wrong with it.
    Check(check::Args),
    /// Rewrite older tracks, sessions, voices and noises as tracks in the present layout.
    Convert(convert::Args),
    /// List the tracks that come with the program, or show one.
    Tracks(tracks::Args),
    /// Run live with the editor, on JACK, ALSA or a silent dummy (also what `auracore` alone does).
    #[cfg(feature = "standalone")]
    #[command(disable_help_flag = true)]
    Play {
        /// Options of the standalone; `auracore play --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            _ = error.print();
            // Asking for help is no failure.
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    match cli.command {
        Some(Command::Master(args)) => master::run(&args),
        Some(Command::Measure(args)) => measure::run(&args),
        Some(Command::Presets(args)) => presets::run(&args),
        Some(Command::Render(args)) => render::run(&args),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::Convert(args)) => convert::run(&args),
        Some(Command::Tracks(args)) => tracks::run(&args),
        #[cfg(feature = "standalone")]
        Some(Command::Play { args }) => play::run(args),
        None => alone(),
    }
}

/// What the program does without a command.
#[cfg(feature = "standalone")]
fn alone() -> ExitCode {
    play::run(Vec::new())
}

/// What the program does without a command.
#[cfg(not(feature = "standalone"))]
fn alone() -> ExitCode {
    use clap::CommandFactory as _;
    say(&Cli::command().render_help().to_string());
    ExitCode::from(USAGE)
}

/// Prints to standard output. A reader that went away (`| head`) is no reason to stop working.
fn say(text: &str) {
    _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// Prints JSON to standard output.
fn say_json(value: &impl serde::Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => say(&text),
        Err(error) => complain(&error),
    }
}

/// Writes a path into JSON, whatever its bytes.
fn path_text<S: serde::Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

/// Prints one line to standard error.
fn complain(error: &dyn std::fmt::Display) {
    _ = writeln!(std::io::stderr().lock(), "auracore: {error}");
}
