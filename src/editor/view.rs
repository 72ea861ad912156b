//! What the window remembers between frames: the page, what is chosen on it, the steps that can be undone.

use std::cell::RefCell;

use super::header::Loaded;
use super::history::History;
use super::pages::{adaptive, track};
use crate::measure::Smoothing;

/// The pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Page {
    /// Equaliser to limiter, loudness.
    #[default]
    Master,
    /// The listener.
    Adaptive,
    /// Tones, noise and clips.
    Track,
}

impl Page {
    /// All of them, in the order of the tabs.
    pub const ALL: [Self; 3] = [Self::Master, Self::Adaptive, Self::Track];

    /// The word on the tab.
    pub fn name(self) -> &'static str {
        match self {
            Self::Master => "Master",
            Self::Adaptive => "Adaptive",
            Self::Track => "Track",
        }
    }

    /// One sentence about it.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Master => "The mastering chain, from the input to the loudness of the output.",
            Self::Adaptive => "Listens, proposes, moves within bounds, and learns from you.",
            Self::Track => "Sessions of tones, noise and clips that play into the chain.",
        }
    }
}

/// The modules of the master page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Module {
    /// Equaliser.
    #[default]
    Eq,
    /// Compressor.
    Compressor,
    /// Stereo width.
    Width,
    /// Soft clipper.
    Clipper,
    /// True-peak limiter.
    Limiter,
    /// Trim, dither and loudness over time.
    Loudness,
}

impl Module {
    /// All of them, in the order of the chain.
    pub const ALL: [Self; 6] =
        [Self::Eq, Self::Compressor, Self::Width, Self::Clipper, Self::Limiter, Self::Loudness];

    /// The word on its card.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eq => "Equaliser",
            Self::Compressor => "Compressor",
            Self::Width => "Width",
            Self::Clipper => "Clipper",
            Self::Limiter => "Limiter",
            Self::Loudness => "Loudness",
        }
    }
}

/// How the spectrum is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Analyser {
    /// Smoothing over frequency.
    pub smoothing: Smoothing,
    /// Tilt around 1 kHz, dB per octave.
    pub tilt_db_per_octave: f32,
    /// Whether the highest levels stay.
    pub peak_hold: bool,
    /// Whether the input is drawn too.
    pub show_input: bool,
    /// Levels from top to bottom, dB.
    pub range_db: f32,
}

impl Default for Analyser {
    fn default() -> Self {
        Self {
            smoothing: Smoothing::SixthOctave,
            tilt_db_per_octave: 4.5,
            peak_hold: false,
            show_input: true,
            range_db: 90.0,
        }
    }
}

/// See the module.
#[derive(Default)]
pub struct View {
    /// The page that is shown.
    pub page: Page,
    /// The module that the master page shows.
    pub module: Module,
    /// The equaliser band that is chosen.
    pub band: usize,
    /// Half the height of the equaliser's graph, as a place among those offered.
    pub span: usize,
    /// How the spectrum is shown.
    pub analyser: Analyser,
    /// The service whose target stands in the loudness history.
    pub service: usize,
    /// Presets of the comparison slots.
    pub loaded: Loaded,
    /// Steps.
    pub history: RefCell<History>,
    /// The track's page.
    pub track: track::Shown,
    /// The listener's page.
    pub adaptive: adaptive::Open,
}
