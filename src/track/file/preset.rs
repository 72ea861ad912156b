//! The tracks that come with the program: embedded at build time, in the order of menus.
//!
//! Main and background threads.

use serde_json::Value;
use std::sync::OnceLock;

/// A track that comes with the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackPreset {
    /// Name that is easy to type: lower case, words joined by hyphens.
    pub slug: &'static str,
    /// Display name.
    pub name: String,
    /// What it is for, a sentence or two.
    pub description: String,
    /// The track file.
    pub json: &'static str,
}

macro_rules! tracks {
    ($($slug:literal),+ $(,)?) => {
        &[$(($slug, include_str!(concat!("../../../presets/tracks/", $slug, ".json")))),+]
    };
}

const FACTORY: &[(&str, &str)] = tracks![
    "focus",
    "deep-focus",
    "gamma-40",
    "morning-wake-up",
    "creative-theta",
    "alpha-calm",
    "relax",
    "wind-down",
    "meditation",
    "theta-descent",
    "delta-depth",
    "sleep",
    "power-nap",
    "isochronic-trainer",
    "isochronic-intervals",
    "monaural-pulse",
    "rotating-tones",
    "pink-noise-bed",
    "brown-rain",
    "soft-notch",
];

/// The tracks that come with the program.
pub fn factory() -> &'static [TrackPreset] {
    static PRESETS: OnceLock<Vec<TrackPreset>> = OnceLock::new();
    PRESETS.get_or_init(|| FACTORY.iter().map(|(slug, json)| preset(slug, json)).collect())
}

/// A track by its name or slug, whatever the case.
pub fn by_name(name: &str) -> Option<&'static TrackPreset> {
    let name = name.trim().to_lowercase();
    factory().iter().find(|preset| preset.slug == name || preset.name.to_lowercase() == name)
}

fn preset(slug: &'static str, json: &'static str) -> TrackPreset {
    // The texts are part of the program and a test reads every one of them.
    let track: Value = serde_json::from_str(json).expect("factory tracks are valid");
    let text = |key: &str| track["global"][key].as_str().unwrap_or(slug).to_owned();
    TrackPreset { slug, name: text("name"), description: text("description"), json }
}
