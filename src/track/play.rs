//! From a track that was read to sound: steps placed and joined, levels measured, positions followed.

pub mod align;
pub mod levels;
pub mod plan;
pub mod player;
pub mod prepare;
pub mod program;
pub mod scan;
pub mod timeline;
