//! Building the plugin bundles and putting them where hosts look.

use std::fs;
use std::path::{Path, PathBuf};

use crate::steps::headline;
use crate::{Result, target_folder};

/// File names of the bundles, as `bundler.toml` calls them.
const BUNDLES: [&str; 2] = ["AuraCore.clap", "AuraCore.vst3"];

/// Builds the release bundles through the framework's own command; they land in `target/bundled`.
///
/// # Errors
/// When the build fails.
pub fn build() -> Result {
    headline("release bundles");
    let arguments = ["bundle", "auracore", "--release"].map(String::from);
    Ok(nice_plug_xtask::main_with_args("cargo xtask", arguments)?)
}

/// The built VST3 bundle.
pub fn vst3() -> Result<PathBuf> {
    Ok(target_folder()?.join("bundled/AuraCore.vst3"))
}

/// The built command line program.
pub fn program() -> Result<PathBuf> {
    Ok(target_folder()?.join("release").join(format!("auracore{}", std::env::consts::EXE_SUFFIX)))
}

/// Copies the built bundles into the user's plugin folders and returns where they are.
///
/// # Errors
/// When a bundle was not built or a folder cannot be written.
pub fn install() -> Result<Vec<PathBuf>> {
    headline("plugin folders");
    let mut installed = Vec::new();
    for name in BUNDLES {
        let built = target_folder()?.join("bundled").join(name);
        let folder = plugin_folder(Path::new(name).extension().is_some_and(|format| format == "clap"))?;
        let place = folder.join(name);
        replace(&built, &place)
            .map_err(|error| format!("cannot put {} into place: {error}", place.display()))?;
        println!("{}", place.display());
        installed.push(place);
    }
    Ok(installed)
}

/// The folder of the current user in which hosts look for CLAP or VST3 bundles.
fn plugin_folder(is_clap: bool) -> Result<PathBuf> {
    let variable = if cfg!(windows) { "LOCALAPPDATA" } else { "HOME" };
    let home = PathBuf::from(std::env::var_os(variable).ok_or(format!("${variable} is not set"))?);
    Ok(home.join(match (std::env::consts::OS, is_clap) {
        ("macos", true) => "Library/Audio/Plug-Ins/CLAP",
        ("macos", false) => "Library/Audio/Plug-Ins/VST3",
        ("windows", true) => "Programs/Common/CLAP",
        ("windows", false) => "Programs/Common/VST3",
        (_, true) => ".clap",
        (_, false) => ".vst3",
    }))
}

/// Copies a file or folder beside its place, then swaps it in: a host that has the old one open keeps its own copy.
fn replace(from: &Path, to: &Path) -> std::io::Result<()> {
    let fresh = to.with_extension("new");
    remove(&fresh)?;
    copy(from, &fresh)?;
    remove(to)?;
    fs::rename(fresh, to)
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        to.parent().map_or(Ok(()), fs::create_dir_all)?;
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
