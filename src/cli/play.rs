//! `auracore play`: the standalone with its editor, on JACK, ALSA or a silent dummy. Main thread.

use std::process::ExitCode;

use nice_plug::prelude::nice_export_standalone_with_args;

use crate::plugin::AuraCore;

/// Runs until the window is closed or the process is told to stop. The arguments are the standalone's own, without the
/// program's name; `--help` lists them.
pub fn run(args: impl IntoIterator<Item = String>) -> ExitCode {
    // The framework's own handler is deaf while the editor is open, and nothing here needs more than an end. Having
    // come first, this one stays; the framework notes that in its log.
    let _ = ctrlc::set_handler(|| std::process::exit(0));
    let args = std::iter::once("auracore play".to_owned()).chain(args);
    if nice_export_standalone_with_args::<AuraCore, _>(args) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
