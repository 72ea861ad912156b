//! What the listener has learned, and the files that it works with.

use std::path::PathBuf;

use egui::{Align2, Id, Rect, ScrollArea, Ui, UiBuilder, vec2};

use crate::adaptive::worker::{Ask, Asker};
use crate::editor::desk::Desk;
use crate::editor::file_dialog::{FileDialog, Pick, Question};
use crate::editor::layout::{GAP, column, row, rows};
use crate::editor::theme;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::{named, word};
use crate::editor::widgets::{Touch, explain, label, prose};

/// Height of a button.
const BUTTON: f32 = 24.0;
/// Height of a correction.
const LINE: f32 = 18.0;
/// Height of the panel of files.
const FILES_HEIGHT: f32 = 156.0;

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

/// What follows from a button.
enum Chosen {
    /// This is asked.
    Plain(Ask),
    /// First the user names files.
    Files(Question, fn(Vec<PathBuf>) -> Ask),
}

fn first(paths: Vec<PathBuf>) -> PathBuf {
    paths.into_iter().next().unwrap_or_default()
}

/// Draws and runs both panels.
pub fn show(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, asker: &Asker, dialog: &FileDialog) {
    let (list, files) = rows(rect, rect.height() - FILES_HEIGHT - GAP);
    corrections(ui, desk, touch, list, asker, dialog);
    aims(ui, desk, touch, files, asker, dialog);
}

fn corrections(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, asker: &Asker, dialog: &FileDialog) {
    let panel = Panel::new(ui, touch, rect, "Learned from you", None);
    let (list, buttons) = rows(panel.inside, panel.inside.height() - BUTTON - GAP);
    let labels = &desk.listener.corrections;
    if labels.is_empty() {
        let text = "Nothing yet. Drag a move and leave it there for two seconds: for music like this one, \
                    the next proposal will be nearer to your wish.";
        prose(ui, list, text, touch.colours.text_dim);
    }
    let builder = UiBuilder::new().max_rect(list).id_salt("corrections");
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(list.intersect(ui.clip_rect()));
        ScrollArea::vertical().auto_shrink(false).show_rows(ui, LINE, labels.len(), |ui, range| {
            // The newest stands first.
            for place in range.map(|line| labels.len() - 1 - line) {
                correction(ui, touch, place, &labels[place], asker);
            }
        });
    });
    let actions = [
        ("Save…", "Writes all corrections to a file.", save()),
        ("Load…", "Replaces all corrections by those of a file.", load()),
        ("Forget all", "Nothing is left of them.", Chosen::Plain(Ask::ForgetAll)),
    ];
    for (index, (name, meaning, what)) in actions.into_iter().enumerate() {
        button(ui, touch, column(buttons, index, 3), ("learned", name, meaning), what, asker, dialog);
    }
}

fn save() -> Chosen {
    Chosen::Files(NEW_TASTE, |paths| Ask::SaveTaste(first(paths)))
}

fn load() -> Chosen {
    Chosen::Files(TASTE, |paths| Ask::LoadTaste(first(paths)))
}

/// One correction with its button.
fn correction(ui: &mut Ui, touch: &Touch, place: usize, text: &str, asker: &Asker) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width() - 8.0, LINE), egui::Sense::hover());
    let (name, forget) = rect.split_left_right_at_x(rect.right() - 52.0);
    let painter = ui.painter().with_clip_rect(name.intersect(ui.clip_rect()));
    label(&painter, name.left_center(), Align2::LEFT_CENTER, text, theme::SMALL, touch.colours.text);
    let response =
        named(ui, touch, forget, Id::unique(("forget", place)), ("Forget", &format!("Forget {text}")), false);
    explain(&response, "Forget", "Unlearns this correction.");
    if response.clicked() {
        asker.ask(Ask::Forget(place, text.to_owned()));
    }
}

fn aims(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, asker: &Asker, dialog: &FileDialog) {
    let panel = Panel::new(ui, touch, rect, "Aim and model", None);
    let line = |index| row(panel.inside, index, 5).shrink2(vec2(0.0, 1.5));
    let model = if desk.listener.model.is_empty() { "the rule alone" } else { &desk.listener.model };
    let told = format!("Aim: {}. Speaks: {model}.", desk.listener.aim);
    prose(ui, line(0).union(line(1)), &told, touch.colours.text_dim);
    let files = [
        (
            line(2),
            "Aim for recordings…",
            "Their mean spectrum, width, dynamics and loudness become the aim.",
            Chosen::Files(REFERENCE, Ask::Reference),
        ),
        (
            line(3),
            "Aim for the character",
            "The character is the aim again.",
            Chosen::Plain(Ask::NoReference),
        ),
        (
            column(line(4), 0, 2),
            "Another model…",
            "An ONNX file that takes the place of the model that is built in.",
            Chosen::Files(MODEL, |paths| Ask::Model(first(paths))),
        ),
        (
            column(line(4), 1, 2),
            "Own model",
            "The model that is built in is asked again.",
            Chosen::Plain(Ask::OwnModel),
        ),
    ];
    for (cell, name, meaning, what) in files {
        button(ui, touch, cell, ("aims", name, meaning), what, asker, dialog);
    }
}

fn button(
    ui: &Ui,
    touch: &Touch,
    cell: Rect,
    (group, name, meaning): (&str, &str, &str),
    what: Chosen,
    asker: &Asker,
    dialog: &FileDialog,
) {
    let response = word(ui, touch, cell.shrink2(vec2(1.5, 0.0)), Id::unique((group, name)), name, false);
    explain(&response, name.trim_end_matches('…'), meaning);
    if !response.clicked() {
        return;
    }
    match what {
        Chosen::Plain(ask) => asker.ask(ask),
        Chosen::Files(question, ask) => {
            let asker = asker.clone();
            dialog.ask(&question, move |paths| asker.ask(ask(paths)));
        }
    }
}
