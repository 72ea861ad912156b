//! The listener: what it hears, proposes and does, and what the user holds. Stands in the place of the equaliser while it
//! is shown.

use egui::{Id, Rect, Ui, pos2, vec2};

use super::Desk;
use crate::adaptive::steering::Wish;
use crate::adaptive::worker::{AdaptivePicture, AdaptiveView, Ask};
use crate::control::adaptive::{MOVE_SPECS, MOVES};
use crate::editor::layout::column;
use crate::editor::theme;
use crate::editor::widgets::chooser::{chooser, segments};
use crate::editor::widgets::move_row::{Done, Shown, move_row};
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::{pill, word};
use crate::editor::widgets::slot::slot;
use crate::editor::widgets::{Touch, about, explain, note};

const ROW: f32 = 22.0;
const GAP: f32 = 5.0;
/// Columns of moves.
const COLUMNS: usize = 2;

/// Draws and runs the button that shows the listener and hides it again.
pub fn button(ui: &mut Ui, desk: &Desk, rect: Rect, view: &mut AdaptiveView, is_open: &mut bool) {
    let touch = desk.touch(theme::ADAPTIVE);
    let response = word(ui, touch.accent, rect, Id::unique("show listener"), "Adapt", *is_open);
    if view.picture().is_heard {
        let ink = if *is_open { theme::WELL } else { touch.accent };
        ui.painter().circle_filled(rect.right_top() + vec2(-5.0, 5.0), 2.5, ink);
    }
    if response.clicked() {
        *is_open = !*is_open;
    }
    explain(response, "Adaptive", "Listens, proposes, moves within bounds, and learns from you.");
}

/// Draws and runs the listener.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, view: &mut AdaptiveView) {
    let touch = desk.touch(theme::ADAPTIVE);
    let panel = Panel::new(ui, &touch, rect, "Adaptive", None);
    let p = &desk.params.adaptive;
    let title = Rect::from_center_size(panel.title.center(), vec2(panel.title.width(), 20.0));
    let meaning = "Suggest proposes and waits. Learn listens for half a minute, moves once and holds. Adaptive follows.";
    segments(ui, &touch, title.with_min_x(title.right() - 280.0), &p.mode, about("Mode", meaning));

    let mut top = panel.inside.top() + 2.0;
    let mut row = || {
        let row = Rect::from_min_size(pos2(panel.inside.left(), top), vec2(panel.inside.width(), ROW));
        top += ROW + GAP;
        row
    };
    let (amounts, actions) = (row(), row());
    amount_row(ui, desk, &touch, amounts);
    let picture = view.picture().clone();
    action_row(ui, desk, &touch, actions, view, &picture);
    let rest = panel.inside.with_min_y(top);
    let (moves, status) = rest.split_top_bottom_at_y(rest.bottom() - 16.0);
    let rows = MOVES.div_ceil(COLUMNS);
    let height = (moves.height() / rows as f32).clamp(13.0, 24.0);
    for index in 0..MOVES {
        let area = column(moves, index / rows, COLUMNS).shrink2(vec2(5.0, 0.0));
        let cell = Rect::from_min_size(
            pos2(area.left(), area.top() + height * (index % rows) as f32),
            vec2(area.width(), height),
        );
        if let Some(ask) = one_move(ui, &touch, cell, index, &picture) {
            view.ask(ask);
        }
    }
    note(ui, pos2(status.left() + 5.0, status.center().y), &told(view, &picture), ink(&picture));
}

fn amount_row(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect) {
    let p = &desk.params.adaptive;
    let slots = [
        (&p.amount, about("Amount", "How much of all moves is heard.")),
        (&p.eq, about("EQ", "Share of the equaliser's moves.")),
        (&p.dynamics, about("Dyn", "Share of the compressor's moves.")),
        (&p.width, about("Width", "Share of the moves in width.")),
        (&p.drive, about("Drive", "Share of the move in drive.")),
        (&p.target, about("Target", "Loudness that drive moves towards.")),
    ];
    let count = slots.len();
    for (index, (param, about)) in slots.into_iter().enumerate() {
        slot(ui, touch, column(rect, index, count).shrink2(vec2(2.0, 0.0)), param, about);
    }
}

fn action_row(
    ui: &mut Ui,
    desk: &Desk,
    touch: &Touch,
    rect: Rect,
    view: &AdaptiveView,
    picture: &AdaptivePicture,
) {
    let p = &desk.params.adaptive;
    let cell = |index| column(rect, index, 7).shrink2(vec2(2.0, 0.0));
    chooser(ui, touch, cell(0), &p.character, about("Aim", "The kind of master that is aimed for."));
    pill(ui, touch, cell(1), &p.freeze, about("Freeze", "Nothing moves on by itself."));
    let actions = [
        ("Apply", "Takes over the proposal as it stands.", Ask::Steer(Wish::Apply)),
        ("Undo", "Takes back the last move.", Ask::Steer(Wish::Undo)),
        ("Reset", "Everything to neutral.", Ask::Steer(Wish::Reset)),
        ("Listen", "Starts the half minute of Learn over.", Ask::Steer(Wish::ListenAgain)),
        ("Forget", "Unlearns the last correction.", Ask::ForgetLast),
    ];
    for (index, (name, meaning, ask)) in actions.into_iter().enumerate() {
        let can = match ask {
            Ask::Steer(Wish::Apply) => picture.advice.is_some(),
            Ask::Steer(Wish::Undo) => !picture.course.history.is_empty(),
            Ask::ForgetLast => !picture.corrections.is_empty(),
            _ => true,
        };
        let response = word(ui, touch.accent, cell(index + 2), Id::unique(("adaptive", name)), name, false);
        if response.clicked() && can {
            view.ask(ask);
        }
        explain(response, name, meaning);
    }
}

fn one_move(ui: &mut Ui, touch: &Touch, cell: Rect, index: usize, picture: &AdaptivePicture) -> Option<Ask> {
    let reason = picture.advice.as_ref().map(|advice| advice.explanations[index].reason.to_string());
    let shown = Shown {
        spec: &MOVE_SPECS[index],
        present: picture.present.0[index],
        proposed: picture.advice.as_ref().map(|advice| advice.moves.0[index]),
        is_pinned: picture.course.pins[index].is_some(),
        is_locked: picture.course.locks >> index & 1 == 1,
        reason: reason.as_deref().unwrap_or_default(),
    };
    Some(match move_row(ui, touch, cell, &shown)? {
        Done::Pinned(value) => Ask::Steer(Wish::Pin { index, value }),
        Done::Released => Ask::Steer(Wish::Unpin { index }),
        Done::LockToggled => Ask::Lock(picture.course.locks ^ 1 << index),
    })
}

/// One line on how things stand.
fn told(view: &AdaptiveView, picture: &AdaptivePicture) -> String {
    if view.beats().is_none() {
        return "The listener has stopped; the last moves hold. Reload the plugin to start it again."
            .to_owned();
    }
    if let Some(trouble) = &picture.trouble {
        return trouble.clone();
    }
    let heard = if picture.is_heard { "hearing" } else { "nothing to hear" };
    let learned = match picture.corrections.len() {
        0 => String::new(),
        1 => ", 1 correction learned".to_owned(),
        count => format!(", {count} corrections learned"),
    };
    let confidence = picture
        .advice
        .as_ref()
        .map_or(String::new(), |advice| format!(", {:.0} % sure", 100.0 * advice.confidence));
    format!("{}: {heard}, {:.0} s so far{confidence}{learned}", picture.aim, picture.heard_s)
}

fn ink(picture: &AdaptivePicture) -> egui::Color32 {
    if picture.trouble.is_some() { theme::ALARM } else { theme::TEXT_DIM }
}
