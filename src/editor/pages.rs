//! What fills the window, one page a file. Main thread.

use nice_plug::prelude::*;

use super::hand::Hand;
use super::layout::{column, row};
use super::theme::Palette;
use super::widgets::knob::knob;
use super::widgets::{About, Touch};
use crate::adaptive::worker::AdaptivePicture;
use crate::control::ChainTelemetry;
use crate::control::mix::MixTelemetry;
use crate::params::AuraParams;
use crate::view::meters::MeterPicture;

pub mod adaptive;
pub mod master;
pub mod presets;
pub mod settings;
pub mod track;

/// What the pages draw and change.
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

/// Knobs in a row, or in two where they would be too narrow.
fn knobs(ui: &mut egui::Ui, touch: &Touch, rect: egui::Rect, knobs: &[(&FloatParam, About)]) {
    let rows = if rect.width() / (knobs.len() as f32) < NARROWEST_KNOB { 2 } else { 1 };
    let in_row = knobs.len().div_ceil(rows);
    for (index, (param, about)) in knobs.iter().enumerate() {
        let area = row(rect, index / in_row, rows);
        knob(ui, touch, column(area, index % in_row, in_row), param, *about);
    }
}

/// Width of a knob below which a second row is begun.
const NARROWEST_KNOB: f32 = 62.0;
