//! `cargo xtask demo`: from an empty machine to a mastered song and installed plugins.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::steps::{self, headline};
use crate::{Result, bundles, packages, song, target_folder};

const TARGET_LUFS: &str = "-14";
const CEILING_DBTP: &str = "-1";

/// Masters `file`, or the demonstration piece, after building and installing everything it takes.
///
/// # Errors
/// The first step that failed, in words.
pub fn run(file: Option<PathBuf>) -> Result {
    if let Some(file) = file.as_ref().filter(|file| !file.is_file()) {
        return Err(format!("there is no file {}", file.display()).into());
    }
    packages::ensure(packages::BUILD)?;
    bundles::build()?;
    let plugins = bundles::install()?;

    let original = file.map_or_else(demonstration_piece, Ok)?;
    let mastered = mastered_name(&original);
    headline(&format!("mastering to {TARGET_LUFS} LUFS under {CEILING_DBTP} dBTP"));
    let mut master = Command::new(bundles::program()?);
    master.arg("master").arg(&original).arg("-o").arg(&mastered);
    steps::run(master.args(["--target", TARGET_LUFS, "--ceiling", CEILING_DBTP]))?;

    headline("done");
    println!("before   {}", original.display());
    println!("after    {}", mastered.display());
    for plugin in plugins {
        println!("plugin   {}", plugin.display());
    }
    println!("program  {}", bundles::program()?.display());
    Ok(())
}

fn demonstration_piece() -> Result<PathBuf> {
    headline("a piece of music to master");
    let folder = target_folder()?.join("demo");
    fs::create_dir_all(&folder)?;
    let path = folder.join("song.wav");
    song::write(&path)?;
    println!("{}", path.display());
    Ok(path)
}

/// Beside the original, so that it is found again.
fn mastered_name(original: &Path) -> PathBuf {
    let stem = original.file_stem().unwrap_or_default().to_string_lossy();
    original.with_file_name(format!("{stem}-mastered.wav"))
}
