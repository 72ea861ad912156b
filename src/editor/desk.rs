//! What the pages draw and change. Main thread.

use super::hand::Hand;
use super::theme::Palette;
use super::widgets::Touch;
use crate::adaptive::worker::AdaptivePicture;
use crate::control::ChainTelemetry;
use crate::control::mix::MixTelemetry;
use crate::params::AuraParams;
use crate::view::meters::MeterPicture;

/// See the module.
pub struct Desk<'a> {
    /// All parameters.
    pub params: &'a AuraParams,
    /// The way to the host.
    pub hand: &'a Hand<'a>,
    /// The theme.
    pub colours: &'static Palette,
    /// The newest meter picture.
    pub picture: &'a MeterPicture,
    /// The newest report of the chain.
    pub telemetry: ChainTelemetry,
    /// The newest levels of the sources.
    pub mix: MixTelemetry,
    /// The newest report of the listener.
    pub listener: &'a AdaptivePicture,
}

impl<'a> Desk<'a> {
    /// Controls in a module's colour.
    pub fn touch(&self, accent: egui::Color32) -> Touch<'a> {
        Touch { hand: self.hand, colours: self.colours, accent }
    }
}

/// Used until the meters know the rate.
const ASSUMED_RATE_HZ: f64 = 48_000.0;

impl Desk<'_> {
    /// The sample rate that the meters work at, in Hz.
    pub fn rate_hz(&self) -> f64 {
        let bins = self.picture.output_spectrum_db.len();
        let rate_hz = 2.0 * f64::from(self.picture.bin_hz) * bins.saturating_sub(1) as f64;
        if rate_hz > 8_000.0 { rate_hz } else { ASSUMED_RATE_HZ }
    }
}
