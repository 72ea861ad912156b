//! What a track sounds like: voices, noise and clips, compiled off the audio thread, rendered on it at any position.

pub mod clip;
pub mod curve;
pub mod noise;
pub mod span;
pub mod voice;
