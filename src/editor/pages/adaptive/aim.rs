//! What is aimed for, how much of it is done, and what to do now.

use egui::{Id, Rect, Ui};

use crate::adaptive::steering::Wish;
use crate::adaptive::worker::{Ask, Asker};
use crate::editor::desk::Desk;
use crate::editor::layout::{column, row, rows};
use crate::editor::widgets::chooser::chooser;
use crate::editor::widgets::knob::knob;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::{pill, word};
use crate::editor::widgets::slot::slot;
use crate::editor::widgets::{Touch, about, explain};

/// Height of the knob's row: a share of the room, within limits.
const KNOB: (f32, f32, f32) = (0.24, 84.0, 120.0);
/// Highest a line gets.
const LINE: f32 = 30.0;

/// Draws and runs the panel.
pub fn show(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, asker: &Asker) {
    let panel = Panel::new(ui, touch, rect, "Aim", None);
    let p = &desk.params.adaptive;
    panel.fill(ui, |ui| {
        let (share, least, most) = KNOB;
        let (top, rest) = rows(panel.inside, (panel.inside.height() * share).clamp(least, most));
        knob(ui, touch, top, &p.amount, about("Amount", "How much of all moves is heard."));
        let count = 10;
        let rest = rest.with_max_y(rest.bottom().min(rest.top() + LINE * count as f32));
        let line = |index| row(rest, index, count).shrink2(egui::vec2(0.0, 2.0));
        chooser(ui, touch, line(0), &p.character, about("Aim", "The kind of master that is aimed for."));
        slot(ui, touch, line(1), &p.target, about("Loudness", "Loudness that drive moves towards."));
        let shares = [
            (&p.eq, about("Equaliser", "Share of the equaliser's moves.")),
            (&p.dynamics, about("Dynamics", "Share of the compressor's moves.")),
            (&p.width, about("Width", "Share of the moves in width.")),
            (&p.drive, about("Drive", "Share of the move in drive.")),
        ];
        for (index, (param, about)) in shares.into_iter().enumerate() {
            slot(ui, touch, line(index + 2), param, about);
        }
        pill(ui, touch, line(6), &p.freeze, about("Freeze", "Nothing moves on by itself."));
        actions(ui, desk, touch, [line(7), line(8), line(9)], asker);
    });
}

fn actions(ui: &Ui, desk: &Desk, touch: &Touch, [first, second, third]: [Rect; 3], asker: &Asker) {
    let half = |line: Rect, index| column(line, index, 2).shrink2(egui::vec2(1.5, 0.0));
    let can_apply = desk.listener.advice.is_some();
    let can_undo = !desk.listener.course.history.is_empty();
    let actions = [
        (first, "Apply the proposal", "Takes it over as it stands.", Wish::Apply, can_apply),
        (half(second, 0), "Undo move", "Takes back the listener's last move.", Wish::Undo, can_undo),
        (half(second, 1), "Reset moves", "Everything to neutral.", Wish::Reset, true),
        (third, "Listen again", "Starts the half minute of Learn over.", Wish::ListenAgain, true),
    ];
    for (cell, name, meaning, wish, can) in actions {
        let quiet = touch.in_colour(touch.accent);
        let response = word(ui, &quiet, cell, Id::unique(("adaptive", name)), name, false);
        explain(&response, name, meaning);
        if response.clicked() && can {
            asker.ask(Ask::Steer(wish));
        }
    }
}
