//! Carrier phases that voices leave to the matching voices of the next step.

use crate::track::file::schema::{Voice, VoiceType};

/// What makes two voices of neighbouring steps the same: an identity, else a description, else their position.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// A stored identity.
    Identity(String),
    /// A description, with what kind of voice it describes.
    Described(String, bool, String),
    /// The place in the list, with what kind of voice stands there.
    Placed(usize, bool, String),
}

impl Key {
    /// The key of a voice at a place in its step.
    pub fn of(voice: &Voice, index: usize) -> Self {
        let is_noise = voice.voice_type == VoiceType::Noise;
        let name = voice.synth_function_name.clone();
        match (&voice.identity, voice.description.trim()) {
            (Some(identity), _) => Self::Identity(identity.clone()),
            (None, "") => Self::Placed(index, is_noise, name),
            (None, description) => Self::Described(description.to_owned(), is_noise, name),
        }
    }
}

/// The phases that one step hands on.
#[derive(Debug, Default)]
pub struct Carried(Vec<(Key, [f64; 2])>);

impl Carried {
    /// Leaves the phases of both ears, in radians.
    pub fn leave(&mut self, key: Key, phases_rad: [f64; 2]) {
        self.0.push((key, phases_rad));
    }

    /// The phases left for a voice.
    pub fn phases(&self, key: &Key) -> Option<[f64; 2]> {
        self.0.iter().rev().find(|(other, _)| other == key).map(|(_, phases_rad)| *phases_rad)
    }
}
