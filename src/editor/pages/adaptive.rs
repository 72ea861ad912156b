//! The listener: what it may do, what it hears, proposes and does, why, and what it has learned.

use egui::{Rect, Ui, pos2, vec2};

use crate::adaptive::steering::Wish;
use crate::adaptive::worker::{Ask, Asker};
use crate::control::adaptive::{MOVE_SPECS, MOVES};
use crate::editor::desk::Desk;
use crate::editor::file_dialog::FileDialog;
use crate::editor::layout::{GAP, columns, row, rows};
use crate::editor::widgets::Touch;
use crate::editor::widgets::chooser::segments;
use crate::editor::widgets::move_row::{Done, Shown, move_row};
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::{about, explain, label};

mod aim;
mod learned;
mod status;
mod why;

/// Height of the line with the modes.
const MODES_HEIGHT: f32 = 30.0;
/// Height of the panel that explains one move.
const WHY_HEIGHT: f32 = 84.0;

/// What the page remembers between frames.
#[derive(Debug, Default)]
pub struct Open {
    dialog: FileDialog,
    pulse: status::Pulse,
    /// The move that is explained.
    chosen: usize,
}

/// Draws and runs the page; `beats` are the signs of life of the listener.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, (asker, beats): (&Asker, Option<u64>), open: &mut Open) {
    let touch = desk.touch(desk.colours.adaptive);
    let (top, rest) = rows(rect, MODES_HEIGHT);
    modes(ui, desk, &touch, top, beats, &mut open.pulse);
    let left_width = (0.24 * rest.width()).clamp(186.0, 260.0);
    let right_width = (0.27 * rest.width()).clamp(196.0, 300.0);
    let (left, rest) = columns(rest, left_width);
    let (middle, right) = columns(rest, rest.width() - right_width - GAP);
    aim::show(ui, desk, &touch, left, asker);
    let (list, reasons) = rows(middle, middle.height() - WHY_HEIGHT - GAP);
    moves(ui, desk, &touch, list, asker, &mut open.chosen);
    why::show(ui, desk, &touch, reasons, open.chosen);
    learned::show(ui, desk, &touch, right, asker, &open.dialog);
}

fn modes(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, beats: Option<u64>, pulse: &mut status::Pulse) {
    let line = Rect::from_center_size(rect.center(), vec2(rect.width(), 22.0));
    let (modes, told) = columns(line, (0.42 * line.width()).clamp(300.0, 420.0));
    let meaning = "Suggest proposes and waits. Learn listens for half a minute, moves once and holds. Adaptive follows.";
    segments(ui, touch, modes, &desk.params.adaptive.mode, about("Mode", meaning));
    status::show(ui, desk, told.with_min_x(told.left() + 6.0), beats, pulse);
}

fn moves(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, asker: &Asker, chosen: &mut usize) {
    let panel = Panel::new(ui, touch, rect, "Moves", None);
    legend(ui, touch, panel.title);
    panel.fill(ui, |ui| {
        let height = panel.inside.height().min(26.0 * MOVES as f32);
        let area = Rect::from_min_size(panel.inside.min, vec2(panel.inside.width(), height));
        for (index, spec) in MOVE_SPECS.iter().enumerate() {
            let picture = desk.listener;
            let shown = Shown {
                spec,
                present: picture.present.0[index],
                explanation: picture.advice.as_ref().and_then(|advice| advice.explanations.get(index)),
                is_pinned: picture.course.pins[index].is_some(),
                is_locked: picture.course.locks >> index & 1 == 1,
                is_chosen: *chosen == index,
            };
            let done = move_row(ui, touch, row(area, index, MOVES), &shown);
            asker_of(asker, index, done, chosen);
        }
    });
}

fn asker_of(asker: &Asker, index: usize, done: Option<Done>, chosen: &mut usize) {
    let Some(done) = done else { return };
    *chosen = index;
    match done {
        Done::Chosen => {}
        Done::Pinned(value) => asker.ask(Ask::Steer(Wish::Pin { index, value })),
        Done::Released => asker.ask(Ask::Steer(Wish::Unpin { index })),
        Done::LockToggled => asker.ask(Ask::ToggleLock(index)),
    }
}

/// What the marks in the rows mean.
fn legend(ui: &Ui, touch: &Touch, rect: Rect) {
    let text = "now | proposed";
    let at = pos2(rect.right(), rect.center().y);
    let painter = ui.painter().with_clip_rect(rect);
    let (font, ink) = (crate::editor::theme::SMALL, touch.colours.text_dim);
    label(&painter, at, egui::Align2::RIGHT_CENTER, text, font, ink);
    let response = ui.interact(rect, egui::Id::unique("legend"), egui::Sense::hover());
    let meaning = "The bar and the first number are what is done now, the line and the second what is proposed. Drag a row to hold a value by hand, which gives it a frame: the listener learns from it. Double-click gives it back.";
    explain(&response, "Moves", meaning);
}
