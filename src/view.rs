//! What a window gets of a plugin instance: links, pictures and views. The plugin fills them, the editor draws them, and
//! neither has to know the other for it. Main thread; what comes from other threads comes through triple buffers.

use std::sync::Arc;

use crate::bridge::latest::LatestReader;
use crate::control::ChainTelemetry;
use crate::control::mix::MixTelemetry;
use crate::params::AuraParams;
use crate::sources::SourceViews;

pub mod meters;

pub use crate::adaptive::worker::AdaptiveView;
pub use meters::MeterView;

/// Everything the editor gets. It lives as long as the plugin, through any number of windows.
pub struct EditorLink {
    /// Parameters, with the comparison slots.
    pub params: Arc<AuraParams>,
    /// Loudness, peaks, spectra, dynamics.
    pub meters: MeterView,
    /// What the chain reports, gain reductions held with a steady fall.
    pub telemetry: LatestReader<ChainTelemetry>,
    /// Levels of the sources, in the order of [`crate::sources::SourceParams::NAMES`].
    pub mix: LatestReader<MixTelemetry>,
    /// The sources.
    pub sources: SourceViews,
    /// The listener.
    pub adaptive: AdaptiveView,
}
