//! What is wrong with a track file, said with its place: nothing in a file is ignored or refused without a word.

use std::fmt;

/// How much a problem takes away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Kept in the file, without effect on the sound.
    Ignored,
    /// Read in another way than written; the part still sounds.
    Repaired,
    /// The part is silent.
    Refused,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Where, for example `progression[2].voices[0].params.baseFreq`.
    pub path: String,
    /// How bad.
    pub severity: Severity,
    /// What was found and what was expected, one sentence without a full stop.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Ignored => "ignored",
            Severity::Repaired => "repaired",
            Severity::Refused => "refused",
        };
        write!(f, "{}: {severity}: {}", self.path, self.message)
    }
}
