//! `cargo xtask screenshots`: pictures of every page of the editor, in three sizes and all themes, while music plays.
//!
//! The window is that of the standalone on an X server without a monitor. What it shows comes from a settings file of its
//! own; what it plays is a track with the demonstration piece in it.

mod scene;
mod stage;

use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::steps::headline;
use crate::{Result, bundles, packages, target_folder};
use scene::Scene;
use stage::Stage;

/// Where the pictures land unless told otherwise.
const FOLDER: &str = "docs/screenshots";
/// Windows at the same time. Most of a picture's time is waiting for the meters to fill.
const STAGES: usize = 3;
/// Page and module of each picture, and how long music plays before it is taken, in seconds.
const VIEWS: [(&str, Option<&str>, u64); 10] = [
    ("master", Some("eq"), 7),
    ("master", Some("compressor"), 8),
    ("master", Some("width"), 6),
    ("master", Some("clipper"), 8),
    ("master", Some("limiter"), 8),
    ("master", Some("loudness"), 14),
    ("adaptive", None, 16),
    ("track", None, 8),
    ("presets", None, 5),
    ("settings", None, 4),
];
/// Smallest, ordinary and large window, in points.
const SIZES: [[u32; 2]; 3] = [[760, 480], ORDINARY_SIZE, [1_600, 1_000]];
const ORDINARY_SIZE: [u32; 2] = [1_100, 720];

/// What is on one picture.
struct Picture {
    page: &'static str,
    module: Option<&'static str>,
    warm_up_s: u64,
    size: [u32; 2],
    theme: &'static str,
}

impl Picture {
    /// `master-eq-1100x720-dark`.
    fn name(&self) -> String {
        let module = self.module.map_or(String::new(), |module| format!("-{module}"));
        let [width, height] = self.size;
        format!("{}{module}-{width}x{height}-{}", self.page, self.theme)
    }
}

fn pictures() -> Vec<Picture> {
    let mut looks = Vec::new();
    for size in SIZES {
        looks.extend(["dark", "light"].map(|theme| (size, theme)));
    }
    looks.push((ORDINARY_SIZE, "high_contrast"));
    let of_view = |&(page, module, warm_up_s): &(&'static str, Option<&'static str>, u64)| {
        let picture =
            move |&(size, theme): &([u32; 2], &'static str)| Picture { page, module, warm_up_s, size, theme };
        looks.iter().map(picture).collect::<Vec<_>>()
    };
    VIEWS.iter().flat_map(of_view).collect()
}

/// Takes all pictures, or with `--only WORD` those whose name contains a word, into `--out FOLDER`.
///
/// # Errors
/// For unknown options, when something is missing, or with the first picture that could not be taken.
pub fn run(options: &[&str], caller_folder: &Path) -> Result {
    let (mut folder, mut only) = (PathBuf::from(FOLDER), "");
    for pair in options.chunks(2) {
        match *pair {
            ["--out", name] => folder = caller_folder.join(name),
            ["--only", word] => only = word,
            _ => {
                return Err(
                    format!("screenshots takes --out FOLDER and --only WORD, found {}", pair[0]).into()
                );
            }
        }
    }
    let pictures: VecDeque<Picture> =
        pictures().into_iter().filter(|picture| picture.name().contains(only)).collect();
    if pictures.is_empty() {
        return Err(format!("no picture has {only:?} in its name").into());
    }
    packages::ensure(&[packages::BUILD, packages::TEST].concat())?;
    bundles::build()?;
    headline(&format!("{} pictures", pictures.len()));
    fs::create_dir_all(&folder)?;
    let scene = Scene::prepare(&target_folder()?.join("screenshots"))?;
    take_all(&scene, pictures, &folder)?;
    println!("{}", folder.display());
    Ok(())
}

/// Several stages take one picture after the other until none is left.
fn take_all(scene: &Scene, pictures: VecDeque<Picture>, folder: &Path) -> Result {
    let left = Mutex::new(pictures);
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let program = bundles::program()?;
    let work = || -> std::result::Result<(), String> {
        let stage = Stage::build().map_err(|error| error.to_string())?;
        while let Some(picture) = next() {
            let name = picture.name();
            let path = folder.join(format!("{name}.png"));
            let take = || {
                let dressed = scene.dress(&picture)?;
                stage.take(&program, &dressed, picture.size, picture.warm_up_s, &path)
            };
            // Software GL on a machine under load fails now and then; what fails twice is a fault of ours.
            let again = |error| {
                println!("{name}: {error}; once more");
                take()
            };
            take().or_else(again).map_err(|error| format!("{name}: {error}"))?;
            println!("{name}: {} kB", fs::metadata(&path).map_or(0, |file| file.len() / 1_000));
        }
        Ok(())
    };
    let outcomes = std::thread::scope(|scope| {
        let stages: Vec<_> = (0..STAGES).map(|_| scope.spawn(work)).collect();
        stages.into_iter().map(|stage| stage.join()).collect::<Vec<_>>()
    });
    for outcome in outcomes {
        outcome.map_err(|_| "a stage broke down")??;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_in_every_look_has_a_name_of_its_own() {
        let mut names: Vec<String> = pictures().iter().map(Picture::name).collect();
        assert_eq!(names.len(), VIEWS.len() * 7);
        assert!(names.contains(&"master-eq-1100x720-dark".to_owned()));
        assert!(names.contains(&"settings-1100x720-high_contrast".to_owned()));
        names.sort();
        names.dedup();
        assert_eq!(names.len(), VIEWS.len() * 7);
    }
}
