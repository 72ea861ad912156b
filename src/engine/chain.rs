//! The mastering chain: adaptive layer → input gain → EQ → compressor → width → clipper → limiter → trim → dither.

use crate::control::{ChainTelemetry, LatencyMode, MasterControls};
use crate::dsp::StereoBlock;
use crate::dsp::smooth::Ramp;
use crate::dsp::units::db_to_gain;

pub mod adaptive;
pub mod clipper;
pub mod compressor;
pub mod dither;
pub mod eq;
pub mod limiter;
pub mod width;

use adaptive::AdaptiveLayer;
use clipper::Clipper;
use compressor::Compressor;
use dither::Dither;
use eq::Eq;
use limiter::Limiter;
use width::Width;

/// Glide of input gain and output trim.
const GLIDE_S: f64 = 0.02;

/// All stages of the chain.
pub struct Chain {
    input_gain: Ramp,
    adaptive: AdaptiveLayer,
    eq: Eq,
    compressor: Compressor,
    width: Width,
    clipper: Clipper,
    limiter: Limiter,
    trim: Ramp,
    dither: Dither,
}

impl Chain {
    /// A chain for a sample rate and latency mode; allocates. Call [`Self::reset`] before processing.
    pub fn new(sample_rate_hz: f64, mode: LatencyMode) -> Self {
        let ramp = || Ramp::new(1.0, GLIDE_S, sample_rate_hz);
        Self {
            input_gain: ramp(),
            adaptive: AdaptiveLayer::new(sample_rate_hz),
            eq: Eq::new(sample_rate_hz),
            compressor: Compressor::new(sample_rate_hz, mode),
            width: Width::new(sample_rate_hz),
            clipper: Clipper::new(sample_rate_hz, mode),
            limiter: Limiter::new(sample_rate_hz, mode),
            trim: ramp(),
            dither: Dither::default(),
        }
    }

    /// Frames between input and output.
    pub fn latency_samples(&self) -> usize {
        self.compressor.latency_samples() + self.clipper.latency_samples() + self.limiter.latency_samples()
    }

    /// [`Self::latency_samples`] of a chain for a sample rate and mode.
    pub fn latency_for(sample_rate_hz: f64, mode: LatencyMode) -> usize {
        Compressor::latency_for(sample_rate_hz, mode)
            + Clipper::latency_for(mode)
            + Limiter::latency_for(sample_rate_hz, mode)
    }

    /// The compressor, to be asked what it did.
    pub fn compressor(&self) -> &Compressor {
        &self.compressor
    }

    /// The limiter, likewise.
    pub fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// The layer beside the user's settings.
    pub fn adaptive(&self) -> &AdaptiveLayer {
        &self.adaptive
    }

    /// The layer, to be told where to go and to be stepped.
    pub fn adaptive_mut(&mut self) -> &mut AdaptiveLayer {
        &mut self.adaptive
    }

    /// Clears the signal memory and takes on the settings without gliding.
    pub fn reset(&mut self, controls: &MasterControls) {
        self.input_gain.jump_to(db_to_gain(controls.global.input_gain_db));
        self.adaptive.reset();
        self.eq.reset(&controls.eq);
        self.compressor.reset(&controls.compressor);
        self.width.reset(&controls.width);
        self.clipper.reset(&controls.clipper);
        self.limiter.reset(&self.adaptive.driven(&controls.limiter));
        self.trim.jump_to(db_to_gain(controls.global.output_trim_db));
        self.dither.reset();
    }

    /// Masters a block in place.
    pub fn process(
        &mut self,
        block: &mut StereoBlock,
        sidechain: Option<[&[f32]; 2]>,
        controls: &MasterControls,
    ) {
        // Before the input gain: its threshold is one of the programme as it comes in, and as the listener hears it.
        self.adaptive.process(block);
        self.input_gain.set_target(db_to_gain(controls.global.input_gain_db));
        self.input_gain.apply_gain(block);
        self.eq.process(block, &controls.eq);
        self.compressor.process(block, sidechain, &controls.compressor);
        self.width.process(block, &controls.width);
        self.clipper.process(block, &controls.clipper);
        self.limiter.process(block, &self.adaptive.driven(&controls.limiter));
        self.trim.set_target(db_to_gain(controls.global.output_trim_db));
        self.trim.apply_gain(block);
        self.dither.process(block, &controls.dither);
    }

    /// What happened in the last block.
    pub fn telemetry(&self) -> ChainTelemetry {
        ChainTelemetry {
            compressor_reduction_db: self.compressor.reduction_db(),
            limiter_reduction_db: self.limiter.reduction_db(),
            auto_makeup_db: self.compressor.auto_makeup_db(),
            ..ChainTelemetry::default()
        }
    }
}
