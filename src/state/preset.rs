//! Mastering presets: JSON files with a name, a description and the settings of the whole chain. Main and background
//! threads.
//!
//! A file may leave out any control, which then has its default. Nothing is guessed: an unknown field, a value out of range
//! or another version is an error that names the file and the place in it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::control::MasterControls;
use crate::control::range::ControlError;
use crate::pending_file::PendingFile;

/// Layout that this program reads and writes.
pub const VERSION: u32 = 1;
/// Largest preset file, in bytes. A complete one has about four thousand.
const MAX_BYTES: u64 = 1 << 20;
/// Longest name, in bytes.
const MAX_NAME_BYTES: usize = 100;
/// Most tags of a preset.
pub const MAX_TAGS: usize = 12;
/// Longest tag, in bytes.
pub const MAX_TAG_BYTES: usize = 32;
/// Loudness targets that make sense, in LUFS.
const TARGET_LUFS: std::ops::RangeInclusive<f32> = -60.0..=-3.0;

/// The presets that come with the program, in the order of menus and lists.
const FACTORY: [&str; 18] = [
    include_str!("../../presets/mastering/streaming.json"),
    include_str!("../../presets/mastering/transparent-limit.json"),
    include_str!("../../presets/mastering/glue.json"),
    include_str!("../../presets/mastering/warm.json"),
    include_str!("../../presets/mastering/bright-air.json"),
    include_str!("../../presets/mastering/de-harsh.json"),
    include_str!("../../presets/mastering/wide.json"),
    include_str!("../../presets/mastering/mono-bass.json"),
    include_str!("../../presets/mastering/parallel-density.json"),
    include_str!("../../presets/mastering/loud-club.json"),
    include_str!("../../presets/mastering/hip-hop.json"),
    include_str!("../../presets/mastering/rock-and-metal.json"),
    include_str!("../../presets/mastering/acoustic.json"),
    include_str!("../../presets/mastering/classical.json"),
    include_str!("../../presets/mastering/lo-fi-tape.json"),
    include_str!("../../presets/mastering/podcast-voice.json"),
    include_str!("../../presets/mastering/film-23.json"),
    include_str!("../../presets/mastering/vinyl-pre-master.json"),
];

/// A named setting of the mastering chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// Layout of the file, see [`VERSION`].
    pub version: u32,
    /// Display name, 1 to 100 bytes.
    pub name: String,
    /// What it is for and what it does, a sentence or two.
    #[serde(default)]
    pub description: String,
    /// Words to group and find presets by: at most [`MAX_TAGS`] of 1 to [`MAX_TAG_BYTES`] bytes, none twice in any case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Integrated loudness that the command line aims for, −60…−3 LUFS; none leaves the level to the controls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_lufs: Option<f32>,
    /// The chain.
    pub controls: MasterControls,
}

/// Why a preset could not be read or written. Every message begins with the file's name.
#[derive(Debug, thiserror::Error)]
pub enum PresetError {
    /// The operating system refused the file.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Far larger than any preset.
    #[error("{}: is too large for a preset: more than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Most bytes accepted.
        limit: u64,
    },
    /// Not JSON, or not the JSON of a preset.
    #[error("{}: at {at}: {cause}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// JSON path of the offending value.
        at: String,
        /// What was found and expected there.
        cause: String,
    },
    /// Written by another version of the program.
    #[error("{}: has preset version {found}, expected {VERSION}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Version found.
        found: u64,
    },
    /// The name is empty or endless.
    #[error("{}: the name has {found} bytes, expected 1 to {MAX_NAME_BYTES}", path.display())]
    Name {
        /// The file.
        path: PathBuf,
        /// Length found.
        found: usize,
    },
    /// The name has line breaks or other control characters.
    #[error("{}: the name {found:?} has control characters, expected none", path.display())]
    NameCharacters {
        /// The file.
        path: PathBuf,
        /// The name.
        found: String,
    },
    /// More tags than anybody reads.
    #[error("{}: there are {found} tags, expected at most {MAX_TAGS}", path.display())]
    TagCount {
        /// The file.
        path: PathBuf,
        /// Number of tags.
        found: usize,
    },
    /// A tag is empty, endless, padded, there already or has control characters.
    #[error("{}: tags[{index}] is {found:?}, expected {expected}", path.display())]
    Tag {
        /// The file.
        path: PathBuf,
        /// Which tag, from 0.
        index: usize,
        /// The tag.
        found: String,
        /// What a tag has to be.
        expected: String,
    },
    /// The target is no sensible loudness.
    #[error("{}: target_lufs is {found}, expected {} to {} LUFS", path.display(), TARGET_LUFS.start(), TARGET_LUFS.end())]
    Target {
        /// The file.
        path: PathBuf,
        /// Value found.
        found: f32,
    },
    /// A control is out of its range.
    #[error("{}: controls.{source}", path.display())]
    Control {
        /// The file.
        path: PathBuf,
        /// Which control, and what was found and expected.
        source: ControlError,
    },
    /// Writing failed; nothing was left behind and an existing file stays.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// The presets that come with the program.
pub fn factory() -> &'static [Preset] {
    static PARSED: OnceLock<Vec<Preset>> = OnceLock::new();
    PARSED.get_or_init(|| {
        let parse = |text: &&str| Preset::parse(text, Path::new("factory preset"));
        // The texts are part of the program and a test reads every one of them.
        FACTORY.iter().map(|text| parse(text).expect("factory presets are valid")).collect()
    })
}

/// A factory preset by its name or [`slug`], whatever the case.
pub fn by_name(name: &str) -> Option<&'static Preset> {
    let wanted = slug(name);
    factory().iter().find(|preset| preset.slug() == wanted)
}

/// A name in the form that is easy to type: lower case, words joined by single hyphens.
pub fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

impl Preset {
    /// The name in the form that is easy to type.
    pub fn slug(&self) -> String {
        slug(&self.name)
    }

    /// Reads and checks a file.
    ///
    /// # Errors
    /// Every variant of [`PresetError`] but `Write`.
    pub fn load(path: &Path) -> Result<Self, PresetError> {
        let read_error = |source| PresetError::Read { path: path.into(), source };
        let mut text = Vec::new();
        File::open(path)
            .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut text))
            .map_err(read_error)?;
        if text.len() as u64 > MAX_BYTES {
            return Err(PresetError::TooLarge { path: path.into(), limit: MAX_BYTES });
        }
        let text = String::from_utf8(text)
            .map_err(|error| read_error(std::io::Error::new(std::io::ErrorKind::InvalidData, error)))?;
        Self::parse(&text, path)
    }

    /// Reads and checks JSON; `path` is only for messages.
    ///
    /// # Errors
    /// As [`Preset::load`], without those of the file system.
    pub fn parse(text: &str, path: &Path) -> Result<Self, PresetError> {
        check_version(text, path)?;
        let deserializer = &mut serde_json::Deserializer::from_str(text);
        let preset: Self = serde_path_to_error::deserialize(&mut *deserializer)
            .map_err(|error| json_error(path, &error.path().to_string(), error.inner()))?;
        deserializer.end().map_err(|error| json_error(path, ".", &error))?;
        preset.validate(path)?;
        Ok(preset)
    }

    /// Writes a complete file, replacing an existing one only when the new one is on the disk.
    ///
    /// # Errors
    /// `Write`, and those of the check for values that could not be read back.
    pub fn save(&self, path: &Path) -> Result<(), PresetError> {
        self.validate(path)?;
        let write_error = |source| PresetError::Write { path: path.into(), source };
        let mut text = serde_json::to_string_pretty(self).map_err(|error| write_error(error.into()))?;
        text.push('\n');
        let (pending, mut file) = PendingFile::beside(path).map_err(write_error)?;
        file.write_all(text.as_bytes()).map_err(write_error)?;
        pending.commit(file, true).map_err(write_error)
    }

    pub(super) fn validate(&self, path: &Path) -> Result<(), PresetError> {
        if self.version != VERSION {
            return Err(PresetError::Version { path: path.into(), found: self.version.into() });
        }
        if !(1..=MAX_NAME_BYTES).contains(&self.name.len()) {
            return Err(PresetError::Name { path: path.into(), found: self.name.len() });
        }
        if self.name.contains(char::is_control) {
            return Err(PresetError::NameCharacters { path: path.into(), found: self.name.clone() });
        }
        self.validate_tags(path)?;
        if let Some(found) = self.target_lufs.filter(|target| !TARGET_LUFS.contains(target)) {
            return Err(PresetError::Target { path: path.into(), found });
        }
        self.controls.validate().map_err(|source| PresetError::Control { path: path.into(), source })
    }

    fn validate_tags(&self, path: &Path) -> Result<(), PresetError> {
        if self.tags.len() > MAX_TAGS {
            return Err(PresetError::TagCount { path: path.into(), found: self.tags.len() });
        }
        for (index, tag) in self.tags.iter().enumerate() {
            let expected = if !(1..=MAX_TAG_BYTES).contains(&tag.len()) {
                format!("1 to {MAX_TAG_BYTES} bytes")
            } else if tag.trim() != tag || tag.contains(char::is_control) {
                "no control characters and no space around it".to_owned()
            } else if self.tags[..index].iter().any(|other| other.to_lowercase() == tag.to_lowercase()) {
                "every tag only once".to_owned()
            } else {
                continue;
            };
            return Err(PresetError::Tag { path: path.into(), index, found: tag.clone(), expected });
        }
        Ok(())
    }
}

/// Looks at the version alone/// Looks at the version alone, so that a file of a later program is called that and not a list of unknown fields.
fn check_version(text: &str, path: &Path) -> Result<(), PresetError> {
    #[derive(Deserialize)]
    struct Head {
        version: Option<u64>,
    }
    let head: Head = serde_json::from_str(text).map_err(|error| json_error(path, ".", &error))?;
    match head.version {
        Some(found) if found != u64::from(VERSION) => Err(PresetError::Version { path: path.into(), found }),
        _ => Ok(()),
    }
}

fn json_error(path: &Path, at: &str, error: &serde_json::Error) -> PresetError {
    PresetError::Json { path: path.into(), at: at.to_owned(), cause: error.to_string() }
}
