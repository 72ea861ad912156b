//! The first line of the page: which track it is, where it comes from and goes to, steps of editing.

use std::path::PathBuf;

use egui::{Id, Rect, TextEdit, Ui, vec2};

use super::{Asked, Shown, shortened};
use crate::editor::file_dialog::{Pick, Question};
use crate::editor::theme;
use crate::editor::widgets::chooser::menu;
use crate::editor::widgets::pill::word;
use crate::editor::widgets::{Touch, explain, note};
use crate::sources::track::{Open, Stage, TrackPicture, TrackView};
use crate::track::file::preset::factory;

/// Endings of files that hold tracks, in the order of the dialog.
const EXTENSIONS: [&str; 5] = ["json", "voice", "voices", "noise", "session"];
const OPEN: Question =
    Question { title: "Open a track", kind: "Tracks", extensions: &EXTENSIONS, pick: Pick::One };
const SAVE: Question = Question {
    title: "Save the track",
    kind: "Tracks",
    extensions: &["json"],
    pick: Pick::New("track.json"),
};
/// Width from which there is room for a path beside the name.
const PATH_ROOM: f32 = 300.0;
/// Room for the mark of what is in no file.
const MARK: f32 = 50.0;

/// What is asked before anything is lost.
#[derive(Debug, Clone, PartialEq)]
pub enum Doubt {
    /// The file is there.
    Overwrite(PathBuf),
    /// The edits are in no file; none is a new track.
    Leave(Option<Open>),
    /// The same before the system's dialog.
    LeaveForFile,
}

/// Draws and runs the line.
pub fn show(ui: &mut Ui, touch: &Touch, title: Rect, view: &mut TrackView, shown: &mut Shown) {
    let line = Rect::from_center_size(title.center(), vec2(title.width(), 21.0));
    if shown.doubt.is_some() {
        return doubt(ui, touch, line, view, shown);
    }
    let mut right = line.right();
    let mut next = |width: f32| {
        let cell = Rect::from_x_y_ranges(right - width..=right, line.y_range());
        right -= width + 3.0;
        cell
    };
    let (can_undo, can_redo) = shown.editing.can_step();
    let has_track = shown.editing.track().is_some();
    if button(ui, touch, next(62.0), ("Redo edit", "Makes the change once more."), can_redo) {
        shown.editing.step(false);
    }
    let meaning = "Takes back the last change of the track. Ctrl+Z does so too on this page.";
    if button(ui, touch, next(64.0), ("Undo edit", meaning), can_undo) {
        shown.editing.step(true);
    }
    let meaning = "Writes the track to a file that you name.";
    if button(ui, touch, next(58.0), ("Save as…", meaning), has_track) {
        let (inbox, ctx) = (shown.inbox.clone(), ui.ctx().clone());
        shown.dialog.ask(&SAVE, move |paths| {
            paths.into_iter().for_each(|path| inbox.put(Asked::Save(path)));
            ctx.request_repaint();
        });
    }
    let origin = shown.editing.origin().map(PathBuf::from);
    let meaning = "Writes the track to the file that it came from, after a question.";
    if button(ui, touch, next(38.0), ("Save", meaning), has_track && origin.is_some()) {
        shown.doubt = origin.map(Doubt::Overwrite);
    }
    if button(ui, touch, next(46.0), ("Open…", "Opens a track file with the system's dialog."), true) {
        ask(shown, view, Doubt::LeaveForFile);
    }
    if button(ui, touch, next(36.0), ("New", "Begins a small track."), true) {
        ask(shown, view, Doubt::Leave(None));
    }
    let rest = line.with_max_x(right - 4.0);
    let (field, mark) = rest.split_left_right_at_x(rest.right() - MARK);
    if shown.editing.is_changed() {
        note(ui, mark.left_center() + vec2(5.0, 0.0), "* edited", touch.colours.caution);
    }
    let field = if field.width() >= PATH_ROOM {
        let (name, path) = field.split_left_right_at_fraction(0.56);
        if let Some(path) = typed_path(ui, touch, path.shrink2(vec2(5.0, 0.0)), shown) {
            ask(shown, view, Doubt::Leave(Some(Open::File(path))));
        }
        name
    } else {
        field
    };
    let picture = view.picture();
    if let Some(open) = list(ui, touch, field, picture, shown) {
        ask(shown, view, Doubt::Leave(Some(open)));
    }
}

/// A button that may be out of use.
fn button(ui: &Ui, touch: &Touch, rect: Rect, (name, meaning): (&str, &str), can: bool) -> bool {
    let response = super::button(ui, touch, rect, Id::unique(("track bar", name)), (name, name), can);
    explain(&response, name.trim_end_matches('…'), meaning);
    can && response.clicked()
}

/// Name with the list of tracks.
fn list(ui: &mut Ui, touch: &Touch, field: Rect, picture: &TrackPicture, shown: &Shown) -> Option<Open> {
    let name = match shown.editing.name() {
        "" if picture.name.is_empty() => "Choose a track",
        "" => picture.name.as_str(),
        name => name,
    };
    let (chosen, is_open) = menu(ui, touch, field, Id::unique("tracks"), ("Track", name), |ui| {
        let mut chosen = None;
        ui.set_min_width(field.width() - 14.0);
        let height = (ui.ctx().content_rect().height() - field.bottom() - 30.0).max(200.0);
        egui::ScrollArea::vertical().max_height(height).show(ui, |ui| {
            if ui.selectable_label(picture.stage == Stage::Empty, "No track").clicked() {
                chosen = Some(0);
            }
            for (index, preset) in factory().iter().enumerate() {
                let row = ui.selectable_label(preset.name == name, &preset.name);
                if row.on_hover_text(&preset.description).clicked() {
                    chosen = Some(index + 1);
                }
            }
        });
        chosen
    });
    if !is_open {
        let hover = ui.interact(field, Id::unique("tracks hover"), egui::Sense::hover());
        explain(&hover, name, "The track that plays. It is saved with the project.");
    }
    chosen.map(|number| number.checked_sub(1).map_or(Open::Nothing, Open::Factory))
}

/// A field for a path; gives it when it is finished.
fn typed_path(ui: &mut Ui, touch: &Touch, rect: Rect, shown: &mut Shown) -> Option<PathBuf> {
    let field = TextEdit::singleline(&mut shown.path)
        .id(Id::unique("track path"))
        .font(theme::SMALL)
        .margin(egui::Margin::symmetric(5, 2))
        .hint_text(egui::RichText::new("or type a path").font(theme::SMALL).color(touch.colours.text_dim))
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(rect.width());
    let response = ui.put(rect, field).accessible_name("Path of a track");
    let is_finished = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    let path = is_finished.then(|| std::mem::take(&mut shown.path))?;
    Some(path.trim()).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// Does it at once where nothing can be lost, else asks.
fn ask(shown: &mut Shown, view: &mut TrackView, doubt: Doubt) {
    match shown.editing.is_changed() {
        true => shown.doubt = Some(doubt),
        false => settle(shown, view, doubt),
    }
}

/// The question in place of the buttons.
fn doubt(ui: &mut Ui, touch: &Touch, line: Rect, view: &mut TrackView, shown: &mut Shown) {
    let (text, yes) = match &shown.doubt {
        Some(Doubt::Overwrite(path)) => {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (format!("Replace the file {}?", shortened(&file, 60)), "Replace")
        }
        _ => ("The edits are in no file. Go on without them?".to_owned(), "Go on"),
    };
    let cell = |index: f32| {
        let right = line.right() - index * 73.0;
        Rect::from_x_y_ranges(right - 70.0..=right, line.y_range())
    };
    note(ui, line.left_center() + vec2(4.0, 0.0), &text, touch.colours.caution);
    let no = word(ui, touch, cell(0.0), Id::unique("track doubt no"), "Cancel", false);
    explain(&no, "Cancel", "Everything stays as it is.");
    let sure = word(ui, touch, cell(1.0), Id::unique("track doubt yes"), yes, true);
    explain(&sure, yes, &text);
    if no.clicked() || ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        shown.doubt = None;
    } else if sure.clicked()
        && let Some(doubt) = shown.doubt.take()
    {
        settle(shown, view, doubt);
    }
}

fn settle(shown: &mut Shown, view: &mut TrackView, doubt: Doubt) {
    let opener = view.opener();
    match doubt {
        Doubt::Overwrite(path) => shown.inbox.put(Asked::Save(path)),
        Doubt::Leave(None) => {
            shown.editing.begin();
            shown.reset();
            view.seek(0.0);
        }
        Doubt::Leave(Some(open)) => {
            shown.editing.leave();
            shown.reset();
            opener.open(open);
            view.seek(0.0);
        }
        Doubt::LeaveForFile => shown.dialog.ask(&OPEN, move |paths| {
            paths.into_iter().for_each(|path| opener.open(Open::File(path)));
        }),
    }
}
