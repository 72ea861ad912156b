//! The track that a project carries with it, so that it plays anywhere. Main and background threads.
//!
//! The track's own text and the small documents that it names are stored whole; recordings, which may be long, by their
//! place and the hash of their bytes.

use std::path::PathBuf;

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use crate::stored::Layout;

/// A track as it is saved.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedTrack {
    /// Display name.
    pub name: String,
    /// The track file's text; empty where there is no track.
    pub text: String,
    /// Where the file was, for the recordings beside it and for its extension; none for what comes with the program.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "as_text")]
    pub origin: Option<PathBuf>,
    /// What the track names besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<SavedFile>,
    /// Why the track that was saved is not here: one sentence, never saved itself.
    #[serde(skip)]
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
    /// Whether there is no track.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What was kept of a file, by the name that the track has for it.
    pub fn file(&self, name: &str) -> Option<&SavedContent> {
        self.files.iter().find(|file| file.name == name).map(|file| &file.content)
    }
}

impl Layout for SavedTrack {
    fn lost(reason: String) -> Self {
        Self { lost: Some(reason), ..Self::default() }
    }
}

/// A place as text, whatever the file system makes of letters: an odd name is at least shown.
fn as_text<S: Serializer>(path: &Option<PathBuf>, serializer: S) -> Result<S::Ok, S::Error> {
    path.as_ref().map(|path| path.to_string_lossy()).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stored::{Versioned, legible, parse};
    use std::sync::Arc;

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

    fn written(track: &SavedTrack) -> String {
        serde_json::to_string(&Versioned(Arc::new(track.clone()))).unwrap()
    }

    #[test]
    fn survives_its_own_json() {
        for track in [example(), SavedTrack::default()] {
            assert_eq!(parse::<SavedTrack>(&written(&track)).unwrap(), track);
        }
    }

    #[test]
    fn layout_1_is_read_and_written() {
        let text = include_str!("../../tests/fixtures/state/track-1.json");
        assert_eq!(parse::<SavedTrack>(text).unwrap(), example());
        let compact: Value = serde_json::from_str(text).unwrap();
        assert_eq!(written(&example()), compact.to_string());
    }

    #[test]
    fn what_cannot_be_read_becomes_nothing_and_says_why() {
        for (field, reason) in [
            ("{\"version\":", "EOF"),
            ("null", "no version"),
            ("{\"version\": 99}", "found layout 99, expected at most 1"),
            ("{\"version\": 1, \"name\": 3, \"text\": \"\"}", "invalid type"),
        ] {
            let Versioned::<SavedTrack>(track) = serde_json::from_str(&legible(Some(field))).unwrap();
            assert!(track.is_empty());
            let lost = track.lost.clone().unwrap();
            assert!(lost.contains(reason), "{field}: {lost}");
            assert_eq!(parse::<SavedTrack>(&written(&track)).unwrap(), SavedTrack::default());
        }
    }
}
