//! The track: opening, transport, timeline, levels, problems. Stands in the place of the equaliser while it is shown.

use std::path::PathBuf;
use std::time::Duration;

use egui::{Align2, Id, Rect, TextEdit, Ui, UiBuilder, pos2, vec2};
use nice_plug::prelude::Param;

use super::Desk;
use crate::control::session::{PlayMode, TrackTelemetry};
use crate::editor::file_dialog::{FileDialog, Pick, Question};
use crate::editor::layout::column;
use crate::editor::theme;
use crate::editor::widgets::chooser::{menu, segments};
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::{pill, word};
use crate::editor::widgets::slot::slot;
use crate::editor::widgets::timeline::{Loop, timeline};
use crate::editor::widgets::{Touch, about, explain, note};
use crate::params::GroupParams;
use crate::params::text::write_time;
use crate::plugin::{Open, Stage, TrackPicture, TrackView};
use crate::track::preset::factory;

/// Endings of files that hold tracks, in the order of the dialog.
const EXTENSIONS: [&str; 5] = ["json", "voice", "voices", "noise", "session"];
/// How often the position is drawn while it moves.
const PICTURES_S: f32 = 0.05;
const ROW: f32 = 22.0;
const GAP: f32 = 6.0;
/// Height of the timeline: a share of the room, within limits.
const TIMELINE: (f32, f32, f32) = (0.2, 34.0, 96.0);

/// What the window remembers of the track.
#[derive(Debug, Default)]
pub struct Shown {
    /// A path being typed.
    path: String,
    dialog: FileDialog,
}

/// Draws and runs the track.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, view: &mut TrackView, shown: &mut Shown) {
    let touch = desk.touch(desk.colours.track);
    let panel = Panel::new(ui, &touch, rect, "Track", None);
    let telemetry = view.telemetry();
    opening(ui, &touch, panel.title, view, shown);
    let mut top = panel.inside.top() + 2.0;
    let mut row = |height: f32| {
        let row = Rect::from_min_size(pos2(panel.inside.left(), top), vec2(panel.inside.width(), height));
        top += height + GAP;
        row
    };
    let (share, least, most) = TIMELINE;
    let height = (panel.inside.height() * share).clamp(least, most);
    let (transport_row, timeline_row, loop_row, groups_row) = (row(ROW), row(height), row(ROW), row(ROW));
    transport(ui, desk, &touch, transport_row, view.picture(), &telemetry);
    let p = &desk.params.track;
    let mode = p.mode.unmodulated_plain_value();
    let repeats = (p.repeat.unmodulated_plain_value() && mode != PlayMode::Host)
        .then(|| Loop { start_s: p.loop_start.value().into(), end_s: p.loop_end.value().into() });
    let can_seek = mode != PlayMode::Host;
    if let Some(time_s) = timeline(ui, &touch, timeline_row, view.picture(), &telemetry, repeats, can_seek) {
        view.seek(time_s);
    }
    times(ui, desk, &touch, loop_row);
    for (index, (group, name)) in p.groups().into_iter().zip(["Tones", "Noise", "Clips"]).enumerate() {
        levels(ui, &touch, column(groups_row, index, 3).shrink2(vec2(2.0, 0.0)), group, name);
    }
    let measured = view.measured();
    notes(ui, &touch, panel.inside.with_min_y(top), view.picture(), measured);
    if telemetry.is_playing {
        ui.ctx().request_repaint_after(Duration::from_secs_f32(PICTURES_S));
    }
}

/// Name with the list of tracks, path, button.
fn opening(ui: &mut Ui, touch: &Touch, title: Rect, view: &mut TrackView, shown: &mut Shown) {
    let opener = view.opener();
    let line = Rect::from_center_size(title.center(), vec2(title.width(), 20.0));
    let (rest, choose) = line.split_left_right_at_x(line.right() - 58.0);
    let (field, path) = rest.split_left_right_at_fraction(0.45);
    let picture = view.picture();
    let name = if picture.name.is_empty() { "Choose a track" } else { picture.name.as_str() };
    let (chosen, is_open) = menu(ui, touch, field, Id::unique("tracks"), ("Track", name), |ui| {
        let mut chosen = None;
        ui.set_min_width(field.width() - 14.0);
        let height = (ui.ctx().content_rect().height() - field.bottom() - 30.0).max(200.0);
        egui::ScrollArea::vertical().max_height(height).show(ui, |ui| {
            if ui.selectable_label(picture.stage == Stage::Empty, "No track").clicked() {
                chosen = Some(0);
            }
            for (index, preset) in factory().iter().enumerate() {
                let row = ui.selectable_label(preset.name == picture.name, &preset.name);
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
    let chosen = chosen.map(|number| number.checked_sub(1).map_or(Open::Nothing, Open::Factory));
    let typed = typed_path(ui, touch, path.shrink2(vec2(6.0, 0.0)), shown).map(Open::File);
    if let Some(what) = chosen.or(typed) {
        opener.open(what);
        view.seek(0.0);
    }
    let response = word(ui, touch, choose, Id::unique("open track"), "Open…", false);
    if response.clicked() {
        let opener = opener.clone();
        let question =
            Question { title: "Open a track", kind: "Tracks", extensions: &EXTENSIONS, pick: Pick::One };
        shown
            .dialog
            .ask(&question, move |paths| paths.into_iter().for_each(|path| opener.open(Open::File(path))));
    }
    explain(&response, "Open", "Opens a track file with the system's dialog.");
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
    let response = ui.put(rect, field);
    let is_finished = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    let path = is_finished.then(|| std::mem::take(&mut shown.path))?;
    Some(path.trim()).filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// What makes it run, where it is, what sounds.
fn transport(
    ui: &mut Ui,
    desk: &Desk,
    touch: &Touch,
    rect: Rect,
    picture: &TrackPicture,
    telemetry: &TrackTelemetry,
) {
    let p = &desk.params.track;
    let (run, rest) = rect.split_left_right_at_x(rect.left() + 62.0);
    if p.mode.unmodulated_plain_value() == PlayMode::Free {
        let name = if p.run.unmodulated_plain_value() { "Stop" } else { "Play" };
        pill(ui, touch, run, &p.run, about(name, "Plays from the beginning, whatever the host does."));
    } else {
        let (text, ink) = if telemetry.is_playing {
            ("Playing", touch.accent)
        } else {
            ("Stopped", touch.colours.text_dim)
        };
        note(ui, run.left_center() + vec2(4.0, 0.0), text, ink);
    }
    let (mode, rest) = rest.split_left_right_at_x(rest.left() + 150.0);
    let meaning = "Host follows the timeline. Free runs by its own switch. Notes start and end it.";
    segments(ui, touch, mode.shrink2(vec2(4.0, 0.0)), &p.mode, about("Mode", meaning));
    if picture.stage == Stage::Empty {
        return;
    }
    let times =
        format!("{} / {}", clock(telemetry.position_s.clamp(0.0, picture.length_s)), clock(picture.length_s));
    let at = pos2(rest.left() + 8.0, rest.center().y);
    let times = ui.painter().text(at, Align2::LEFT_CENTER, times, theme::NORMAL, touch.colours.text);
    let Some((index, step)) = telemetry.step.and_then(|step| Some((step, picture.steps.get(step)?))) else {
        return;
    };
    let name = if step.name.is_empty() { format!("Step {}", index + 1) } else { step.name.clone() };
    let left = format!("-{}", clock(telemetry.step_remaining_s.max(0.0)));
    let remaining = ui.painter().text(
        rest.right_center(),
        Align2::RIGHT_CENTER,
        left,
        theme::SMALL,
        touch.colours.text_dim,
    );
    let room = Rect::from_min_max(
        pos2(times.right() + 12.0, rest.top()),
        pos2(remaining.left() - 8.0, rest.bottom()),
    );
    let painter = ui.painter().with_clip_rect(room);
    painter.text(room.left_center(), Align2::LEFT_CENTER, name, theme::SMALL, touch.accent);
}

/// Whole seconds.
fn clock(time_s: f64) -> String {
    let text = write_time(time_s.floor() as f32);
    text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
}

/// Loop, offset, gain.
fn times(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect) {
    let p = &desk.params.track;
    let (repeat, rest) = rect.split_left_right_at_x(rect.left() + 48.0);
    let meaning = "Repeats the stretch between start and end, where the host does not rule.";
    pill(ui, touch, repeat.shrink2(vec2(1.0, 0.0)), &p.repeat, about("Loop", meaning));
    let row = [
        (&p.loop_start, about("From", "Start of the loop.")),
        (&p.loop_end, about("To", "End of the loop.")),
        (&p.offset, about("Offset", "Time of the host at which the track starts.")),
        (&p.gain, about("Gain", "Level of the whole track.")),
    ];
    for (index, (param, about)) in row.into_iter().enumerate() {
        slot(ui, touch, column(rest, index, 4).shrink2(vec2(3.0, 0.0)), param, about);
    }
}

fn levels(ui: &mut Ui, touch: &Touch, rect: Rect, group: &GroupParams, name: &'static str) {
    let (gain, switches) = rect.split_left_right_at_x(rect.right() - 44.0);
    slot(ui, touch, gain.with_max_x(gain.right() - 3.0), &group.gain, about(name, "Level of this group."));
    let (mute, solo) = switches.split_left_right_at_fraction(0.5);
    let warn = Touch { accent: touch.colours.alarm, ..*touch };
    pill(ui, &warn, mute.shrink2(vec2(1.0, 0.0)), &group.mute, about("M", "Silences this group."));
    let alone = Touch { accent: touch.colours.caution, ..*touch };
    pill(ui, &alone, solo.shrink2(vec2(1.0, 0.0)), &group.solo, about("S", "Silences the other groups."));
}

/// What there is to say: progress, what went wrong.
fn notes(ui: &mut Ui, touch: &Touch, rect: Rect, picture: &TrackPicture, measured: f32) {
    let state = match picture.stage {
        Stage::Empty => "Tones, noise and clips play from here into the chain.".to_owned(),
        Stage::Reading => "Reading…".to_owned(),
        Stage::Measuring => format!("Measuring levels: {:.0} %", measured * 100.0),
        Stage::Ready if picture.problems.is_empty() => String::new(),
        Stage::Ready => match picture.problems.len() {
            1 => "One finding in this file:".to_owned(),
            count => format!("{count} findings in this file:"),
        },
    };
    let builder = UiBuilder::new().max_rect(rect).id_salt("track notes");
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let line = |ui: &mut Ui, text: &str, ink| {
                ui.label(egui::RichText::new(text).font(theme::SMALL).color(ink));
            };
            picture.refusal.iter().for_each(|refusal| line(ui, refusal, touch.colours.alarm));
            if !state.is_empty() {
                line(ui, &state, touch.colours.text_dim);
            }
            picture.problems.iter().for_each(|problem| line(ui, problem, touch.colours.text));
        });
    });
}
