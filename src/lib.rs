//! AuraCore: adaptive mastering chain and session sound sources in one CLAP/VST3 plugin and standalone.

pub mod adaptive;
pub mod audio_file;
pub mod bridge;
#[cfg(feature = "cli")]
pub mod cli;
pub mod control;
pub mod dsp;
pub mod editor;
pub mod engine;
pub mod measure;
pub mod parameter;
pub mod params;
mod pending_file;
pub mod plugin;
pub mod render;
pub mod source;
pub mod sources;
pub mod state;
pub mod track;
pub mod view;
pub mod worker;

nice_plug::nice_export_clap!(plugin::AuraCore, plugin::AuraCoreInstrument);
nice_plug::nice_export_vst3!(plugin::AuraCore, plugin::AuraCoreInstrument);
