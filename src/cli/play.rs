//! `auracore play`: the standalone with its editor, on JACK, ALSA or a silent dummy. Main thread.

use std::path::PathBuf;
use std::process::ExitCode;

use nice_plug::prelude::nice_export_standalone_with_args;

use super::{USAGE, complain, say};
use crate::plugin::AuraCore;
use crate::sources::track::play_from_the_start;
use crate::track::file::limits::Limits;
use crate::track::file::load;

/// What the standalone's own help does not know.
const HELP: &str = "\
      --track <TRACK>
          Open a track file and play it from the beginning, over whatever comes in";

/// Runs until the window is closed or the process is told to stop. The arguments are the standalone's own, without the
/// program's name, and `--track FILE`; `--help` lists them.
pub fn run(args: impl IntoIterator<Item = String>) -> ExitCode {
    let (track, rest) = match split(args) {
        Ok(split) => split,
        Err(problem) => {
            complain(&problem);
            return ExitCode::from(USAGE);
        }
    };
    if rest.iter().any(|arg| arg == "--help" || arg == "-h") {
        say(&format!("Options for tracks:\n{HELP}\n"));
    }
    if let Some(track) = track {
        // Read here only to say at once what is wrong with it.
        if let Err(error) = load::load(&track, &Limits::default()) {
            complain(&error);
            return ExitCode::FAILURE;
        }
        play_from_the_start(track);
    }
    // The framework's own handler is deaf while the editor is open, and nothing here needs more than an end. Having
    // come first, this one stays; the framework notes that in its log.
    let _ = ctrlc::set_handler(|| std::process::exit(0));
    let args = std::iter::once("auracore play".to_owned()).chain(rest);
    if nice_export_standalone_with_args::<AuraCore, _>(args) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The track among the arguments, and the others.
fn split(args: impl IntoIterator<Item = String>) -> Result<(Option<PathBuf>, Vec<String>), String> {
    let (mut track, mut rest) = (None, Vec::new());
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let path = match arg.strip_prefix("--track") {
            Some("") => args.next().ok_or("--track: found nothing, expected a track file")?,
            Some(path) if path.starts_with('=') => path[1..].to_owned(),
            _ => {
                rest.push(arg);
                continue;
            }
        };
        if track.replace(PathBuf::from(path)).is_some() {
            return Err("--track: found twice, expected one track file".to_owned());
        }
    }
    Ok((track, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn splits(args: &[&str]) -> Result<(Option<PathBuf>, Vec<String>), String> {
        split(args.iter().map(ToString::to_string))
    }

    #[test]
    fn the_track_is_taken_out_of_the_arguments() {
        let (track, rest) = splits(&["-b", "dummy", "--track", "a b.json", "-p", "64"]).unwrap();
        assert_eq!(track, Some(PathBuf::from("a b.json")));
        assert_eq!(rest, ["-b", "dummy", "-p", "64"]);
        assert_eq!(splits(&["--track=x.json"]).unwrap().0, Some(PathBuf::from("x.json")));
        assert_eq!(splits(&["--tracks"]).unwrap(), (None, vec!["--tracks".to_owned()]));
        assert!(splits(&["--track"]).unwrap_err().contains("expected a track file"));
        assert!(splits(&["--track=a", "--track=b"]).unwrap_err().contains("twice"));
    }
}
