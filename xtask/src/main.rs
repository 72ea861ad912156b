//! The project's commands: `cargo xtask COMMAND`. Run it without a command for the list.
//!
//! Bundling is the framework's; everything else calls ordinary programs (cargo, apt-get, python3) and shows what they say.

mod bench;
mod bundles;
mod check;
mod demo;
mod deny;
mod evaluate;
mod fuzz;
mod licences;
mod packages;
mod prove;
mod python;
mod sanitizer;
mod screenshots;
mod song;
mod steps;
mod tools;
mod train;

use std::path::PathBuf;
use std::process::ExitCode;

/// Any failure, told in one line that a person can act on.
type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo [FILE]                 install what is missing, build and install the plugins, master FILE (or a piece of its own)
  install                     build the release bundles and put them into the user's CLAP and VST3 folders
  bundle auracore --release   build the bundles into target/bundled (the framework's command; takes cargo build's options)
  test                        set up and run every test: Rust, real plugin hosts, standalone, editor
  check                       formatting, lints, documentation, licences and other people's crates, warnings denied
  fuzz [--seconds N] [TARGET] look for files that break what reads them, 60 s a target; needs a nightly compiler
  licences [--check]          write docs/licences.txt, what of others is in the product, or check it against Cargo.lock
  bench                       time and instructions of every stage, then other makers' plugins on the same file
  train [--quick] [--ship]    make music, train the model of adaptive mastering on it; --ship puts it into presets/
  evaluate [--quick]          judge adaptive mastering on music and faults that training never saw, beside others
  screenshots [--out FOLDER]  take pictures of the editor's pages in all sizes and themes; --only WORD takes some of them
  song FILE                   write the demonstration piece as a WAV file";

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Vec<String>) -> Result {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // Files are named from where the caller stands; everything else happens at the root of the repository.
    let caller_folder = std::env::current_dir()?;
    nice_plug_xtask::chdir_workspace_root()?;
    match words[..] {
        ["demo"] => demo::run(None),
        ["demo", file] => demo::run(Some(caller_folder.join(file))),
        ["install"] | ["install", "--release"] => install(),
        ["test"] => prove::run(),
        ["check"] => check::run(),
        ["fuzz", ref options @ ..] => fuzz::run_targets(options),
        ["licences"] => licences::write(),
        ["licences", "--check"] => licences::check(),
        ["bench"] => bench::run(),
        ["screenshots", ref options @ ..] => screenshots::run(options, &caller_folder),
        ["train", ref options @ ..] => train::run(options),
        ["evaluate"] => evaluate::run(false),
        ["evaluate", "--quick"] => evaluate::run(true),
        ["song", file] => Ok(song::write(&caller_folder.join(file))?),
        ["bundle" | "bundle-universal" | "known-packages", ..] => Ok(nice_plug_xtask::main()?),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("cannot do `{}`\n\n{USAGE}", words.join(" ")).into()),
    }
}

fn install() -> Result {
    packages::ensure(packages::BUILD)?;
    bundles::build()?;
    bundles::install().map(drop)
}

/// Cargo's target folder, wherever the person has put it: this program runs from `TARGET/release/xtask`.
fn target_folder() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.ancestors().nth(2).ok_or("this program is not inside a target folder")?;
    Ok(folder.to_path_buf())
}
