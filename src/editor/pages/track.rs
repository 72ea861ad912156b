//! The track: opening and saving, transport, timeline, the chosen step, voice, noise or clip, findings.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use egui::{Align2, Id, Rect, Response, Role, Sense, Ui, WidgetInfo, vec2};
use nice_plug::prelude::Param;

use crate::control::session::PlayMode;
use crate::editor::desk::Desk;
use crate::editor::file_dialog::FileDialog;
use crate::editor::layout::{GAP, columns, rows};
use crate::editor::theme;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::timeline::Look;
use crate::editor::widgets::{Touch, focus_ring, label, wheel};
use crate::sources::track::{Opener, TrackView};
use crate::track::edit::Operation;

mod bar;
mod blocks;
mod choice;
mod column;
mod curve;
mod editing;
mod findings;
mod inspector;
mod outline;
mod parameters;
mod timeline;
mod transport;

pub use editing::Editing;

use bar::Doubt;
use choice::Choice;
use timeline::Playing;

/// How often the position is drawn while it moves.
const PICTURES_S: f32 = 0.05;
/// Height of a line of controls.
const ROW: f32 = 22.0;

/// What the window remembers of the track.
#[derive(Debug, Default)]
pub struct Shown {
    /// A path being typed.
    path: String,
    dialog: FileDialog,
    /// The track that is edited.
    pub editing: Editing,
    choice: Choice,
    look: Look,
    /// A step's end that is dragged.
    edge: Option<Edge>,
    doubt: Option<Doubt>,
    inbox: Inbox,
    /// The parameter whose course is drawn large.
    touched: Option<String>,
}

impl Shown {
    /// Another track is looked at from its beginning.
    fn reset(&mut self) {
        (self.choice, self.look, self.edge, self.touched) = Default::default();
    }
}

/// A step's right end in the hand.
#[derive(Debug, Clone, Copy)]
struct Edge {
    step: usize,
    /// Seconds between the end and where it was taken hold of.
    beside_s: f64,
    /// Length that the timeline keeps meanwhile.
    length_s: f64,
}

/// What the system's dialogs have answered.
#[derive(Debug)]
enum Asked {
    Save(PathBuf),
    Clip(PathBuf),
}

/// Where dialogs, which end on threads of their own, leave their answers.
#[derive(Debug, Clone, Default)]
struct Inbox(Arc<Mutex<Vec<Asked>>>);

impl Inbox {
    fn put(&self, asked: Asked) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    }

    fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The parts of the page.
#[derive(Debug, Clone, Copy)]
struct Places {
    player: Rect,
    outline: Rect,
    inspector: Rect,
    findings: Rect,
}

impl Places {
    fn of(page: Rect) -> Self {
        let timeline = (0.23 * page.height()).clamp(88.0, 260.0);
        let findings = (0.075 * page.height()).clamp(36.0, 66.0);
        let (player, rest) = rows(page, 26.0 + 2.0 * (ROW + 4.0) + timeline + 8.0);
        let (middle, findings) = rows(rest, rest.height() - findings - GAP);
        let (outline, inspector) = columns(middle, (0.34 * page.width()).clamp(290.0, 420.0));
        Self { player, outline, inspector, findings }
    }
}

/// Draws and runs the page.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, view: &mut TrackView, shown: &mut Shown) {
    let touch = desk.touch(desk.colours.track);
    let opener = view.opener();
    let now_s = ui.input(|input| input.time);
    if shown.editing.follow(view.picture()) {
        shown.reset();
    }
    answer(shown, &opener, now_s);
    if let Some(track) = shown.editing.track() {
        shown.choice = shown.choice.within(track);
    }
    let places = Places::of(rect);
    player(ui, desk, &touch, places.player, view, shown);
    if let Some(track) = shown.editing.track().cloned() {
        outline::show(ui, &touch, places.outline, shown, &track);
        inspector::show(ui, &touch, places.inspector, shown, &track);
    } else {
        let panel = Panel::new(ui, &touch, places.outline.union(places.inspector), "No track", None);
        let text = "New begins one. The list has those that come with the program.";
        let at = panel.inside.left_top() + vec2(1.0, 10.0);
        label(ui.painter(), at, Align2::LEFT_TOP, text, theme::SMALL, touch.colours.text_dim);
    }
    let measured = view.measured();
    findings::show(ui, &touch, places.findings, shown, view.picture(), measured);
    wheel::rest(ui);
    if let Some(wait_s) = shown.editing.give(&opener, now_s) {
        ui.ctx().request_repaint_after(Duration::from_secs_f64(wait_s));
    }
}

/// Does what was asked for in dialogs.
fn answer(shown: &mut Shown, opener: &Opener, now_s: f64) {
    for asked in shown.inbox.take() {
        match asked {
            Asked::Save(path) => shown.editing.save(opener, path, now_s),
            Asked::Clip(path) => {
                let path = path.to_string_lossy().into_owned();
                shown.editing.change_once(&Operation::AddClip { path });
                let last = shown.editing.track().and_then(|track| track.clips.len().checked_sub(1));
                shown.choice.part = last.map_or(shown.choice.part, choice::Part::Clip);
            }
        }
    }
}

/// Everything about where and how the track plays.
fn player(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, view: &mut TrackView, shown: &mut Shown) {
    let panel = Panel::new(ui, touch, rect, "Track", None);
    bar::show(ui, touch, panel.title, view, shown);
    let inside = panel.inside;
    let (top, rest) = inside.split_top_bottom_at_y(inside.top() + ROW + 2.0);
    let (middle, bottom) = rest.split_top_bottom_at_y(rest.bottom() - ROW);
    let telemetry = view.telemetry();
    transport::show(ui, desk, touch, top.with_max_y(top.top() + ROW), view.picture(), &telemetry);
    let p = &desk.params.track;
    let can_seek = p.mode.unmodulated_plain_value() != PlayMode::Host;
    let repeats = (p.repeat.unmodulated_plain_value() && can_seek)
        .then(|| (p.loop_start.value().into(), p.loop_end.value().into()));
    let playing = Playing { telemetry, repeats, can_seek };
    let field = middle.shrink2(vec2(0.0, 4.0));
    if let Some(time_s) = timeline::show(ui, touch, field, shown, &playing) {
        view.seek(time_s);
    }
    transport::levels(ui, desk, touch, bottom);
    if telemetry.is_playing {
        ui.ctx().request_repaint_after(Duration::from_secs_f32(PICTURES_S));
    }
}

/// A button that may be out of use, with a name of its own.
fn button(ui: &Ui, touch: &Touch, rect: Rect, id: Id, (text, name): (&str, &str), can: bool) -> Response {
    let response = ui.interact(rect, id, Sense::click());
    let colours = touch.colours;
    let (fill, ink) = match (can, response.hovered()) {
        (false, _) => (colours.raised.gamma_multiply(0.5), colours.text_dim.gamma_multiply(0.55)),
        (true, false) => (colours.raised, colours.text),
        (true, true) => (colours.hovered, colours.text),
    };
    ui.painter().rect_filled(rect, theme::CONTROL_ROUNDING, fill);
    label(ui.painter(), rect.center(), Align2::CENTER_CENTER, text, theme::SMALL, ink);
    focus_ring(ui, touch, rect, &response);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, can, name));
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    response
}

/// A word over what belongs together.
fn heading(ui: &Ui, touch: &Touch, rect: Rect, text: &str) {
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let at = rect.left_center() + vec2(1.0, 0.0);
    label(&painter, at, Align2::LEFT_CENTER, text, theme::SMALL, touch.accent);
}

/// A name that is too long for its place, without its end.
fn shortened(name: &str, most: usize) -> String {
    match name.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &name[..at]),
        None => name.to_owned(),
    }
}

/// Equal cells of a row, with a little room between them.
fn cells<const N: usize>(row: Rect) -> [Rect; N] {
    let room = 3.0;
    let width = (row.width() - room * (N - 1) as f32) / N as f32;
    std::array::from_fn(|index| {
        let left = row.left() + index as f32 * (width + room);
        Rect::from_x_y_ranges(left..=left + width, row.y_range())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::layout::{MIN_SIZE, Places as Whole};
    use egui::Pos2;

    #[test]
    fn long_names_are_shortened() {
        assert_eq!((shortened("Räume", 4), shortened("Räume", 5)), ("Räum…".to_owned(), "Räume".to_owned()));
    }

    #[test]
    fn every_part_has_room_at_any_size() {
        for size in [MIN_SIZE, vec2(1_100.0, 720.0), vec2(760.0, 1_400.0), vec2(2_500.0, 480.0)] {
            let page = Whole::of(Rect::from_min_size(Pos2::ZERO, size)).page;
            let Places { player, outline, inspector, findings } = Places::of(page);
            let parts = [player, outline, inspector, findings];
            for (i, a) in parts.iter().enumerate() {
                assert!(page.contains_rect(*a) && a.is_positive(), "{a:?} at {size}");
                assert!(parts[i + 1..].iter().all(|b| !a.shrink(0.01).intersects(b.shrink(0.01))), "{size}");
            }
            assert!(outline.height() >= 160.0 && inspector.width() >= 430.0, "{size}: {outline:?}");
        }
    }
}
