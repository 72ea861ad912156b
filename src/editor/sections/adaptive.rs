//! The listener: what it hears, proposes and does, and what the user holds. Stands in the place of the equaliser while it
//! is shown.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{Id, Rect, Ui, pos2, vec2};

use super::Desk;
use crate::adaptive::steering::Wish;
use crate::adaptive::worker::{AdaptivePicture, AdaptiveView, Ask};
use crate::control::adaptive::{AdaptiveMode, MOVE_SPECS, MOVES};
use crate::editor::file_dialog::{FileDialog, Pick, Question};
use crate::editor::layout::column;
use crate::editor::theme;
use crate::editor::widgets::chooser::{chooser, menu, segments};
use crate::editor::widgets::move_row::{Done, Shown, move_row};
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::{pill, word};
use crate::editor::widgets::slot::slot;
use crate::editor::widgets::{Touch, about, explain, note};

const ROW: f32 = 22.0;
const GAP: f32 = 5.0;
/// Width of the menu of files, which holds its longest line.
const MENU_WIDTH: f32 = 190.0;
/// A listener that says nothing for this long hangs, or reads many recordings.
const LONGEST_WORK: Duration = Duration::from_secs(3);
/// Columns of moves.
const COLUMNS: usize = 2;

/// Draws and runs the button that shows the listener and hides it again.
pub fn button(ui: &mut Ui, desk: &Desk, rect: Rect, view: &mut AdaptiveView, open: &mut Open) {
    let touch = desk.touch(theme::ADAPTIVE);
    let response = word(ui, touch.accent, rect, Id::unique("show listener"), "Adapt", open.is_open);
    if view.picture().is_heard {
        let ink = if open.is_open { theme::WELL } else { touch.accent };
        ui.painter().circle_filled(rect.right_top() + vec2(-5.0, 5.0), 2.5, ink);
    }
    if response.clicked() {
        open.is_open = !open.is_open;
    }
    explain(response, "Adaptive", "Listens, proposes, moves within bounds, and learns from you.");
}

/// What the listener's part remembers between frames.
#[derive(Debug, Default)]
pub struct Open {
    /// Whether it stands in the place of the equaliser.
    pub is_open: bool,
    dialog: FileDialog,
    pulse: Pulse,
}

/// Tells a listener that hangs from one that has nothing to do.
#[derive(Debug, Default)]
struct Pulse {
    beats: u64,
    /// When the beats were last seen to change.
    since: Option<Instant>,
}

impl Pulse {
    /// Whether the beats have stood still for longer than anything takes.
    fn stands_still(&mut self, beats: u64) -> bool {
        if beats != self.beats || self.since.is_none() {
            *self = Self { beats, since: Some(Instant::now()) };
        }
        self.since.is_some_and(|since| since.elapsed() > LONGEST_WORK)
    }
}

/// Draws and runs the listener.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, view: &mut AdaptiveView, open: &mut Open) {
    let touch = desk.touch(theme::ADAPTIVE);
    let panel = Panel::new(ui, &touch, rect, "Adaptive", None);
    let p = &desk.params.adaptive;
    let title = Rect::from_center_size(panel.title.center(), vec2(panel.title.width(), 20.0));
    let meaning = "Suggest proposes and waits. Learn listens for half a minute, moves once and holds. Adaptive follows.";
    let (rest, modes) = title.split_left_right_at_x(title.right() - 280.0);
    segments(ui, &touch, modes, &p.mode, about("Mode", meaning));
    files(ui, &touch, rest.with_min_x(rest.right() - 170.0).shrink2(vec2(6.0, 0.0)), view, &open.dialog);

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
    note(
        ui,
        pos2(status.left() + 5.0, status.center().y),
        &told(desk, view, &picture, &mut open.pulse),
        ink(&picture),
    );
}

/// Name and meaning of each thing that has to do with files and learning, with what it asks for.
const FILES: [(&str, &str, Chosen); 7] = [
    (
        "Aim for recordings…",
        "Their mean spectrum, width, dynamics and loudness become the aim.",
        Chosen::Files(REFERENCE, Ask::Reference),
    ),
    ("Aim for the character", "The character is the aim again.", Chosen::Plain(Ask::NoReference)),
    (
        "Another model…",
        "An ONNX file that takes the place of the model that is built in.",
        Chosen::Files(MODEL, |paths| Ask::Model(first(paths))),
    ),
    ("The model that is built in", "It is asked again.", Chosen::Plain(Ask::OwnModel)),
    (
        "Save what was learned…",
        "Writes all corrections to a file.",
        Chosen::Files(NEW_TASTE, |paths| Ask::SaveTaste(first(paths))),
    ),
    (
        "Load what was learned…",
        "Replaces all corrections by those of a file.",
        Chosen::Files(TASTE, |paths| Ask::LoadTaste(first(paths))),
    ),
    ("Forget all corrections", "Nothing is left of them.", Chosen::Plain(Ask::ForgetAll)),
];

const REFERENCE: Question = Question {
    title: "Recordings to aim for",
    kind: "Recordings",
    extensions: &["wav", "flac", "aif", "aiff", "mp3", "ogg"],
    pick: Pick::Several,
};
const MODEL: Question =
    Question { title: "A model", kind: "ONNX models", extensions: &["onnx"], pick: Pick::One };
const TASTE: Question =
    Question { title: "What was learned", kind: "Corrections", extensions: &["json"], pick: Pick::One };
const NEW_TASTE: Question = Question { pick: Pick::New("taste.json"), ..TASTE };

/// What follows from a line of the menu.
enum Chosen {
    /// This is asked.
    Plain(Ask),
    /// First the user names files.
    Files(Question, fn(Vec<PathBuf>) -> Ask),
}

fn first(paths: Vec<PathBuf>) -> PathBuf {
    paths.into_iter().next().unwrap_or_default()
}

/// The menu of files and learning.
fn files(ui: &mut Ui, touch: &Touch, rect: Rect, view: &AdaptiveView, dialog: &FileDialog) {
    let (chosen, is_open) = menu(ui, touch, rect, Id::unique("adaptive files"), "Files and learning", |ui| {
        let mut chosen = None;
        ui.set_min_width(MENU_WIDTH);
        for (index, (name, meaning, _)) in FILES.iter().enumerate() {
            if ui.selectable_label(false, *name).on_hover_text(*meaning).clicked() {
                chosen = Some(index);
            }
        }
        chosen
    });
    if !is_open {
        let hover = ui.interact(rect, Id::unique("adaptive files hover"), egui::Sense::hover());
        explain(hover, "Files and learning", "Recordings to aim for, other models, what was learned.");
    }
    let Some((_, _, what)) = chosen.and_then(|index| FILES.into_iter().nth(index)) else { return };
    match what {
        Chosen::Plain(ask) => view.ask(ask),
        Chosen::Files(question, ask) => {
            let asker = view.asker();
            dialog.ask(&question, move |paths| asker.ask(ask(paths)));
        }
    }
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
    let shown = Shown {
        spec: &MOVE_SPECS[index],
        present: picture.present.0[index],
        explanation: picture.advice.as_ref().and_then(|advice| advice.explanations.get(index)),
        is_pinned: picture.course.pins[index].is_some(),
        is_locked: picture.course.locks >> index & 1 == 1,
    };
    Some(match move_row(ui, touch, cell, &shown)? {
        Done::Pinned(value) => Ask::Steer(Wish::Pin { index, value }),
        Done::Released => Ask::Steer(Wish::Unpin { index }),
        Done::LockToggled => Ask::ToggleLock(index),
    })
}

/// One line on how things stand.
fn told(desk: &Desk, view: &AdaptiveView, picture: &AdaptivePicture, pulse: &mut Pulse) -> String {
    let Some(beats) = view.beats() else {
        return "The listener has stopped; the last moves hold. Reload the plugin to start it again."
            .to_owned();
    };
    if beats > 0 && pulse.stands_still(beats) {
        return "The listener is busy; the last moves hold.".to_owned();
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
    let is_learning = desk.params.adaptive.mode.value() == AdaptiveMode::Learn;
    let progress = match picture.learned_share {
        _ if !is_learning => String::new(),
        share if share < 1.0 => format!(", learning {:.0} %", 100.0 * share),
        _ => ", learned and holding".to_owned(),
    };
    let lost = if picture.dropped_frames > 0 { ", missed a part of it" } else { "" };
    format!("{}: {heard}, {:.0} s so far{lost}{confidence}{progress}{learned}", picture.aim, picture.heard_s)
}

fn ink(picture: &AdaptivePicture) -> egui::Color32 {
    if picture.trouble.is_some() { theme::ALARM } else { theme::TEXT_DIM }
}
