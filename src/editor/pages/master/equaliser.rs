//! Equaliser: the spectrum with the bands as nodes on it, the keyboard below, and the chosen band in full.

use egui::{Rect, Ui};

use crate::editor::desk::Desk;
use crate::editor::view::View;
use crate::editor::widgets::axes::Axes;
use crate::editor::widgets::keyboard::keyboard;
use crate::editor::widgets::panel::frame;

mod band;
mod flatten;
mod ghost;
mod graph;
mod menu;
mod node;
pub mod response;
mod toolbar;

/// Height of the keys: a share of the display, within limits.
const KEYBOARD: (f32, f32, f32) = (0.05, 12.0, 24.0);
/// Half the height of the graph, in dB, in the order in which a click goes through them.
pub const SPANS_DB: [f32; 4] = [18.0, 12.0, 6.0, 30.0];

/// Draws and runs the equaliser.
pub fn show(ui: &mut Ui, desk: &Desk, (display, controls): (Rect, Rect), view: &mut View) {
    let touch = desk.touch(desk.colours.eq);
    frame(ui, &touch, display);
    let inside = display.shrink(4.0);
    let (share, least, most) = KEYBOARD;
    let keys_height = (display.height() * share).clamp(least, most);
    let (graph_rect, keys) = inside.split_top_bottom_at_y(inside.bottom() - keys_height);
    let axes = Axes { rect: graph_rect, span_db: SPANS_DB[view.span % SPANS_DB.len()] };
    graph::show(ui, desk, &axes, view);
    toolbar::show(ui, desk, graph_rect, view);
    if let Some(hz) = keyboard(ui, &touch, keys, &axes) {
        desk.hand.gesture(&desk.params.eq.bands()[view.band].freq, hz);
    }
    band::show(ui, desk, controls, &mut view.band);
}
