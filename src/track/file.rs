//! What a track file says: read with limits, its problems named with their places, written back without loss.

pub mod fields;
pub mod files;
pub mod hearing;
pub mod limits;
pub mod load;
pub mod preset;
pub mod problem;
pub mod save;
pub mod schema;
mod session;
