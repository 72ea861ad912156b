//! What fills the window, one page a file. Main thread.

pub mod adaptive;
pub mod master;
pub mod presets;
pub mod settings;
pub mod track;

/// What the pages remember between frames.
#[derive(Debug, Default)]
pub struct PageStates {
    /// The track's page.
    pub track: track::Shown,
    /// The listener's page.
    pub adaptive: adaptive::Open,
    /// The page of presets.
    pub presets: presets::Browsing,
    /// The page of settings.
    pub licences: settings::Licences,
}
