//! Track files: sessions of binaural, isochronic and noise voices that play, seek and render.
//!
//! A file is loaded ([`load`]) and compiled ([`plan`]) off the audio thread, its levels are measured ([`scan`]) in the
//! background; the audio side ([`player`]) only advances and renders ([`program`]).

pub mod align;
pub mod catalogue;
pub mod clip;
pub mod curve;
pub mod edit;
pub mod fields;
pub mod files;
#[cfg(test)]
mod golden;
pub mod hearing;
pub mod levels;
pub mod limits;
pub mod load;
pub mod noise;
pub mod plan;
pub mod player;
pub mod prepare;
pub mod preset;
pub mod problem;
pub mod program;
pub mod sampled;
pub mod save;
pub mod scan;
pub mod schema;
mod session;
pub mod timeline;
pub mod voice;
