//! `cargo xtask licences`: the list of everything of other people that ends in the product, with its licences.
//!
//! The list is made for one target whatever the machine, so that the same Cargo.lock gives the same list everywhere.

mod expression;

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::Result;
use crate::steps;

/// The list; the plugin shows it.
pub const FILE: &str = "docs/licences.txt";
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// The crate that holds the fonts of the window, and the feature that adds two more.
const FONTS_CRATE: &str = "epaint_default_fonts";
const MORE_FONTS: &str = "monochrome_emoji_fonts";
/// Fonts that are embedded, with the files of their licences.
const FONTS: [(&str, &[&str]); 3] = [
    ("Hack Regular", &["Hack-Regular.txt"]),
    ("Ubuntu Light", &["UFL.txt"]),
    ("egui icons, a part of emoji-icon-font", &["egui-icons.txt", "emoji-icon-font-mit-license.txt"]),
];

const PREFACE: &str = "\
AuraCore is licensed under MIT or Apache-2.0, as you prefer. It contains, or was built with, the work of many others.
Thank you.

Where an expression offers a choice, AuraCore takes any of the licences but the GPL. Crates under MPL-2.0 are used
unchanged; their source is at the address given. The standard library of Rust is under MIT or Apache-2.0.

";

/// What `cargo metadata` says.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    /// Identifiers of the crates of this project.
    workspace_members: Vec<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    repository: Option<String>,
    manifest_path: PathBuf,
}

/// Writes the list.
///
/// # Errors
/// When cargo fails, or a licence is missing or not one of those that fit.
pub fn write() -> Result {
    let text = text()?;
    fs::write(FILE, &text)?;
    println!("{FILE}: {} lines", text.lines().count());
    Ok(())
}

/// Compares the list with Cargo.lock.
///
/// # Errors
/// As [`write()`], and when the list is out of date.
pub fn check() -> Result {
    let there = fs::read_to_string(FILE).unwrap_or_default();
    if there == text()? {
        return Ok(());
    }
    Err(format!("{FILE} is out of date; `cargo xtask licences` writes it").into())
}

fn text() -> Result<String> {
    let packages = packages()?;
    let mut text = String::from(PREFACE);
    let width = |of: fn(&Package) -> usize| packages.iter().map(of).max().unwrap_or(0);
    let names = width(|package| package.name.len());
    let versions = width(|package| package.version.len());
    let licences = width(|package| licence(package).len());
    writeln!(text, "{} CRATES\n", packages.len())?;
    for package in &packages {
        let (name, version, licence) = (&package.name, &package.version, licence(package));
        let page = || format!("https://crates.io/crates/{name}");
        let source = package.repository.clone().unwrap_or_else(page);
        writeln!(text, "{name:<names$}  {version:<versions$}  {licence:<licences$}  {source}")?;
    }
    let fonts = packages.iter().find(|package| package.name == FONTS_CRATE);
    let fonts = fonts.ok_or_else(|| format!("{FONTS_CRATE} is not among the crates any more"))?;
    add_fonts(&mut text, fonts)?;
    Ok(text)
}

/// All crates of others in the product, by name, each with a licence that fits.
fn packages() -> Result<Vec<Package>> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let said = |arguments: &[&str]| -> Result<String> {
        let words = [&[cargo.as_str()], arguments].concat();
        steps::output(&words).ok_or_else(|| format!("`{}` failed", words.join(" ")).into())
    };
    let metadata = said(&["metadata", "--locked", "--format-version", "1", "--filter-platform", TARGET])?;
    let metadata: Metadata = serde_json::from_str(&metadata)?;
    let ours = metadata.workspace_members;
    let mut known: HashMap<(String, String), Package> = metadata
        .packages
        .into_iter()
        .filter(|package| !ours.contains(&package.id))
        .map(|package| ((package.name.clone(), package.version.clone()), package))
        .collect();

    // The metadata's own graph has the features that tests and the other crates of the workspace switch on; the tree
    // has those of the product.
    let tree = said(&[
        "tree",
        "--locked",
        "--package",
        "auracore",
        "--edges",
        "normal,build",
        "--target",
        TARGET,
        "--prefix",
        "none",
        "--no-dedupe",
        "--format",
        "{p} {f}",
    ])?;
    let mut packages = Vec::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let (Some(name), Some(version)) = (words.next(), words.next()) else { continue };
        if name == FONTS_CRATE && words.any(|features| features.split(',').any(|one| one == MORE_FONTS)) {
            return Err(format!("{FONTS_CRATE} has more fonts now; name them in the list").into());
        }
        let key = (name.to_owned(), version.trim_start_matches('v').to_owned());
        packages.extend(known.remove(&key));
    }
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    let unfit: Vec<String> = packages.iter().filter_map(unfit).collect();
    if unfit.is_empty() { Ok(packages) } else { Err(unfit.join("; ").into()) }
}

/// The licence as an expression; old manifests write a stroke for a choice.
fn licence(package: &Package) -> String {
    let licence = package.license.as_deref().unwrap_or("");
    licence.split('/').map(str::trim).collect::<Vec<_>>().join(" OR ")
}

/// Why a crate must not end in the product, if so.
fn unfit(package: &Package) -> Option<String> {
    let (licence, Package { name, version, .. }) = (licence(package), package);
    match expression::fits(&licence) {
        Ok(true) => None,
        Ok(false) => Some(format!("{name} {version} is under {licence}, which does not fit")),
        Err(problem) => Some(format!("{name} {version} has the licence {licence:?}: {problem}")),
    }
}

/// Fonts are used as they are, so their licences want to be given in full.
fn add_fonts(text: &mut String, package: &Package) -> Result {
    let folder = package.manifest_path.parent().unwrap_or(Path::new("")).join("fonts");
    for (font, files) in FONTS {
        writeln!(text, "\n\nFONT: {font}\n")?;
        for file in files {
            let path = folder.join(file);
            let licence =
                fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            licence.trim().lines().try_for_each(|line| writeln!(text, "{}", line.trim_end()))?;
            if file != files.last().unwrap_or(file) {
                text.push('\n');
            }
        }
    }
    Ok(())
}
