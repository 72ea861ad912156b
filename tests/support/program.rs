//! The command line as a person uses it.

use std::process::Command;

use super::folder::Folder;

/// `auracore` inside a folder, which is also where it looks for the user's settings, ready to run; arguments are given as
/// one line.
pub fn auracore(folder: &Folder, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_auracore"));
    command.args(arguments.split_whitespace()).current_dir(folder.path());
    command.env("XDG_CONFIG_HOME", folder.path());
    command
}
