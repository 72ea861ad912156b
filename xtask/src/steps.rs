//! Running other programs, one named step after the other, with all they print in view.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::Result;

/// A command from its words, the first being the program.
pub fn command(words: &[&str]) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null());
    command
}

/// Prints a headline, so that a long log can be skimmed.
pub fn headline(title: &str) {
    println!("\n=== {title}");
}

/// Runs a command to its end.
///
/// # Errors
/// When it cannot be started or ends with anything but success; the message holds the command line.
pub fn run(command: &mut Command) -> Result {
    let line = describe(command);
    println!("  $ {line}");
    let status = command.status().map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed ({status})").into()) }
}

/// What a command prints on its standard output, or nothing where it fails or does not exist.
pub fn output(words: &[&str]) -> Option<String> {
    let output = command(words).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a command exists and ends with success; its output is thrown away.
pub fn succeeds(words: &[&str]) -> bool {
    output(words).is_some()
}

/// Runs a command and calls `look` with every line of its standard output, which is shown all the same.
///
/// # Errors
/// As [`run`].
pub fn run_and_look(command: &mut Command, mut look: impl FnMut(&str)) -> Result {
    let line = describe(command);
    println!("  $ {line}");
    let mut child =
        command.stdout(Stdio::piped()).spawn().map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if let Some(stdout) = child.stdout.take() {
        for printed in BufReader::new(stdout).lines().map_while(std::result::Result::ok) {
            println!("{printed}");
            look(&printed);
        }
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed ({status})").into()) }
}

/// Runs everything in a list even if one fails, then says which did.
#[derive(Default)]
pub struct Tally {
    failed: Vec<String>,
    done: usize,
}

impl Tally {
    /// Runs one step and notes how it ended.
    pub fn step(&mut self, title: &str, step: impl FnOnce() -> Result) {
        headline(title);
        let start = Instant::now();
        let outcome = step();
        let seconds = start.elapsed().as_secs();
        self.done += 1;
        match outcome {
            Ok(()) => println!("--- {title}: ok, {seconds} s"),
            Err(error) => {
                println!("--- {title}: FAILED after {seconds} s: {error}");
                self.failed.push(title.to_owned());
            }
        }
    }

    /// # Errors
    /// Names the steps that failed, if any did.
    pub fn finish(self) -> Result {
        if self.failed.is_empty() {
            println!("\nall {} steps passed", self.done);
            return Ok(());
        }
        Err(format!("{} of {} steps failed: {}", self.failed.len(), self.done, self.failed.join(", ")).into())
    }
}

fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
