//! The parts of the window in the order of the chain, one a file. Main thread.

use nice_plug::prelude::*;

use super::layout::column;
use super::widgets::knob::knob;
use super::widgets::{About, Touch};
use crate::control::ChainTelemetry;
use crate::params::AuraParams;
use crate::plugin::MeterPicture;

pub mod adaptive;
pub mod clipper;
pub mod compressor;
pub mod eq;
pub mod header;
pub mod input;
pub mod limiter;
pub mod loudness;
pub mod output;
mod response;
pub mod track;
pub mod width;

/// What the parts draw and change.
pub struct Desk<'a> {
    /// All parameters.
    pub params: &'a AuraParams,
    /// The way to the host.
    pub setter: &'a ParamSetter<'a>,
    /// The newest meter picture.
    pub picture: &'a MeterPicture,
    /// The newest report of the chain.
    pub telemetry: ChainTelemetry,
}

impl<'a> Desk<'a> {
    /// Controls in a module's colour.
    fn touch(&self, accent: egui::Color32) -> Touch<'a> {
        Touch { setter: self.setter, accent }
    }
}

/// Knobs side by side.
fn knobs(ui: &mut egui::Ui, touch: &Touch, rect: egui::Rect, row: &[(&FloatParam, About)]) {
    for (index, (param, about)) in row.iter().enumerate() {
        knob(ui, touch, column(rect, index, row.len()), param, *about);
    }
}
