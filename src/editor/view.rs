//! What the window remembers between frames: the user's settings, what is chosen on the pages, the steps that can be
//! undone.

use std::cell::RefCell;

use super::history::History;
use super::shelf::Shelf;
use crate::measure;
use crate::state::user_settings::{Smoothing, UserSettings};

pub use crate::state::user_settings::{Analyser, Module, Page};

/// Choices that are shown side by side.
pub trait Named: Sized + 'static {
    /// All of them, in the order in which they are shown.
    const ALL: &'static [Self];

    /// The word on it.
    fn name(&self) -> &'static str;
}

impl Named for Page {
    const ALL: &'static [Self] = &[Self::Master, Self::Adaptive, Self::Track, Self::Presets, Self::Settings];

    fn name(&self) -> &'static str {
        match self {
            Self::Master => "Master",
            Self::Adaptive => "Adaptive",
            Self::Track => "Track",
            Self::Presets => "Presets",
            Self::Settings => "Settings",
        }
    }
}

/// One sentence about a page.
pub fn page_meaning(page: Page) -> &'static str {
    match page {
        Page::Master => "The mastering chain, from the input to the loudness of the output.",
        Page::Adaptive => "Listens, proposes, moves within bounds, and learns from you.",
        Page::Track => "Sessions of tones, noise and clips that play into the chain.",
        Page::Presets => "Finding, loading and keeping settings of the mastering chain.",
        Page::Settings => {
            "Size and colours of the window, the spectrum, what new instances start with, licences."
        }
    }
}

impl Named for Module {
    const ALL: &'static [Self] =
        &[Self::Eq, Self::Compressor, Self::Width, Self::Clipper, Self::Limiter, Self::Loudness];

    fn name(&self) -> &'static str {
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

/// The smoothing as the meters know it.
pub fn measured_smoothing(smoothing: Smoothing) -> measure::Smoothing {
    match smoothing {
        Smoothing::None => measure::Smoothing::None,
        Smoothing::SixthOctave => measure::Smoothing::SixthOctave,
        Smoothing::ThirdOctave => measure::Smoothing::ThirdOctave,
    }
}

/// See the module.
pub struct View {
    /// What the user prefers; the page and the module that are shown are part of it.
    pub settings: UserSettings,
    /// The equaliser band that is chosen.
    pub band: usize,
    /// Half the height of the equaliser's graph, as a place among those offered.
    pub span: usize,
    /// The service whose target stands in the loudness history.
    pub service: usize,
    /// The presets within reach.
    pub shelf: Shelf,
    /// Steps, of each comparison slot.
    pub histories: [RefCell<History>; 2],
}

impl View {
    /// A first look, with these settings and presets.
    pub fn new(settings: UserSettings, shelf: Shelf) -> Self {
        Self { settings, band: 0, span: 0, service: 0, shelf, histories: Default::default() }
    }
}
