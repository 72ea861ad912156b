//! The engine: cuts host blocks, feeds the chain, reports latency. Audio thread unless said otherwise.

use crate::control::{ChainTelemetry, LatencyMode, MasterControls};

pub mod chain;

/// Audio of one call. Every slice has the same length; mono is rendered when `right` is absent.
pub struct EngineIo<'a> {
    /// Left or only channel, in place.
    pub left: &'a mut [f32],
    /// Right channel, in place.
    pub right: Option<&'a mut [f32]>,
    /// External side-chain, left and right (the same slice twice for a mono side-chain).
    pub sidechain: Option<[&'a [f32]; 2]>,
}

/// The processing engine behind the plugin, the standalone and the command line.
pub struct Engine {}

impl Engine {
    /// A prepared engine (allocates; never call it on the audio thread).
    pub fn new(sample_rate_hz: f64, mode: LatencyMode) -> Self {
        let _ = (sample_rate_hz, mode);
        Self {}
    }

    /// Recomputes everything that depends on rate and mode; may allocate.
    pub fn prepare(&mut self, sample_rate_hz: f64, mode: LatencyMode) {
        let _ = (sample_rate_hz, mode);
    }

    /// Clears signal memory; never allocates.
    pub fn reset(&mut self) {}

    /// Frames between an input sample and its output.
    pub fn latency_samples(&self) -> usize {
        0
    }

    /// Renders in place, any length from 0 up. Never allocates, locks, logs or panics.
    pub fn process(&mut self, io: EngineIo<'_>, controls: &MasterControls) {
        let _ = (io, controls);
    }

    /// What happened in the last call of `process`.
    pub fn telemetry(&self) -> ChainTelemetry {
        ChainTelemetry::default()
    }
}
