//! The track that a project carries with it, so that it plays anywhere. Main and background threads.
//!
//! The track's own text and the small documents that it names are stored whole; recordings, which may be long, by their
//! place and the hash of their bytes.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A track as it is saved.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Layout1")]
pub struct SavedTrack {
    /// Display name.
    pub name: String,
    /// The track file's text; empty where there is no track.
    pub text: String,
    /// Where the file was, for the recordings beside it and for its extension; none for what comes with the program.
    pub origin: Option<PathBuf>,
    /// What the track names besides.
    pub files: Vec<SavedFile>,
    /// Why the track that was saved is not here: one sentence, never saved itself.
    pub lost: Option<String>,
}

/// A file that a track names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedFile {
    /// The name as the track writes it.
    pub name: String,
    /// What there is of it.
    pub content: SavedContent,
}

/// What is kept of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SavedContent {
    /// A recording stays where it is.
    Recording {
        /// Its full path.
        path: String,
        /// SHA-256 of its bytes in hexadecimal digits.
        sha256: String,
    },
    /// A document is kept whole.
    Document(Value),
}

impl SavedTrack {
    /// Layout written by this version of the program. A change of meaning raises it and adds a step to the ladder.
    pub const VERSION: u64 = 1;

    /// Whether there is no track.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What was kept of a file, by the name that the track has for it.
    pub fn file(&self, name: &str) -> Option<&SavedContent> {
        self.files.iter().find(|file| file.name == name).map(|file| &file.content)
    }
}

/// Layout 1.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout1 {
    version: u64,
    name: String,
    text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<SavedFile>,
}

impl From<SavedTrack> for Layout1 {
    fn from(track: SavedTrack) -> Self {
        Self {
            version: SavedTrack::VERSION,
            name: track.name,
            text: track.text,
            origin: track.origin.map(|path| path.to_string_lossy().into_owned()),
            files: track.files,
        }
    }
}

impl TryFrom<Value> for SavedTrack {
    type Error = String;

    /// Climbs the ladder from whatever layout the value has.
    fn try_from(value: Value) -> Result<Self, String> {
        let version = value.get("version").and_then(Value::as_u64).ok_or("no version")?;
        match version {
            // Stands for a track that could not be read.
            0 => {
                let lost = value.get("lost").and_then(Value::as_str).unwrap_or("no track").to_owned();
                Ok(Self { lost: Some(lost), ..Self::default() })
            }
            Self::VERSION => {
                let Layout1 { name, text, origin, files, .. } =
                    serde_json::from_value(value).map_err(|error| error.to_string())?;
                Ok(Self { name, text, origin: origin.map(PathBuf::from), files, lost: None })
            }
            later => Err(format!("found layout {later}, expected at most {}", Self::VERSION)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{json, tidied};

    fn example() -> SavedTrack {
        let recording =
            SavedContent::Recording { path: "/sounds/rain.wav".to_owned(), sha256: "ab".to_owned() };
        SavedTrack {
            name: "Evening".to_owned(),
            text: "{\"progression\": []}\n".to_owned(),
            origin: Some(PathBuf::from("/tracks/evening.json")),
            files: vec![
                SavedFile { name: "rain.wav".to_owned(), content: recording },
                SavedFile {
                    name: "a.noise".to_owned(),
                    content: SavedContent::Document(serde_json::json!({})),
                },
            ],
            lost: None,
        }
    }

    #[test]
    fn survives_its_own_json() {
        for track in [example(), SavedTrack::default()] {
            let text = json(&track);
            assert_eq!(serde_json::from_str::<SavedTrack>(&text).unwrap(), track);
            assert_eq!(tidied::<SavedTrack>(Some(&text)), text, "left as it is");
        }
    }

    #[test]
    fn layout_1_is_read() {
        let track: SavedTrack =
            serde_json::from_str(include_str!("../../tests/fixtures/state/track-1.json")).unwrap();
        assert_eq!(track, example());
    }

    #[test]
    fn what_cannot_be_read_becomes_nothing_and_says_why() {
        for (field, reason) in [
            ("{\"version\":", "EOF"),
            ("null", "no version"),
            ("{\"version\": 99}", "found layout 99, expected at most 1"),
            ("{\"version\": 1, \"name\": 3, \"text\": \"\"}", "invalid type"),
        ] {
            let track: SavedTrack = serde_json::from_str(&tidied::<SavedTrack>(Some(field))).unwrap();
            assert!(track.is_empty());
            let lost = track.lost.clone().unwrap();
            assert!(lost.contains(reason), "{field}: {lost}");
            assert_eq!(serde_json::from_str::<SavedTrack>(&json(&track)).unwrap(), SavedTrack::default());
        }
        let none: SavedTrack = serde_json::from_str(&tidied::<SavedTrack>(None)).unwrap();
        assert_eq!(none, SavedTrack::default());
    }
}
