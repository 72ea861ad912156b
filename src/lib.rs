//! AuraCore: adaptive mastering chain and session sound sources in one CLAP/VST3 plugin and standalone.

pub mod control;
pub mod engine;
