//! The mastering chain: its modules in their order, the chosen one in full, levels on both sides.

use egui::{Rect, Ui};

use crate::editor::desk::Desk;
use crate::editor::layout::MasterPlaces;
use crate::editor::view::{Module, View};

mod chain;
mod clipper;
mod compressor;
mod equaliser;
mod input;
mod levels;
mod limiter;
mod loudness;
mod width;

/// Draws and runs the page; true when the loudness meters are to start over.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, view: &mut View) -> bool {
    let places = MasterPlaces::of(rect);
    input::show(ui, desk, places.input);
    chain::show(ui, desk, places.chain, &mut view.settings.module);
    let parts = (places.display, places.controls);
    match view.settings.module {
        Module::Eq => equaliser::show(ui, desk, parts, view),
        Module::Compressor => compressor::show(ui, desk, parts),
        Module::Width => width::show(ui, desk, parts),
        Module::Clipper => clipper::show(ui, desk, parts),
        Module::Limiter => limiter::show(ui, desk, parts),
        Module::Loudness => loudness::show(ui, desk, parts, &mut view.service),
    }
    levels::show(ui, desk, places.levels)
}
