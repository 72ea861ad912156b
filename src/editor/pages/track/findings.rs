//! What there is to say: progress, what went wrong, what was found in the file and where.

use egui::{Align2, Color32, Id, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::Shown;
use super::column::column;
use crate::editor::theme;
use crate::editor::widgets::panel::frame;
use crate::editor::widgets::{Touch, explain, focus_ring, label};
use crate::sources::track::{Stage, TrackPicture};

const LINE: f32 = 14.0;

/// Draws and runs the list; `measured` is the share of the levels that are known.
pub fn show(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    shown: &mut Shown,
    picture: &TrackPicture,
    measured: f32,
) {
    frame(ui, touch, rect);
    let colours = touch.colours;
    let trouble = shown.editing.trouble().map(|why| format!("Not done: {why}"));
    column(ui, rect.shrink2(vec2(8.0, 3.0)), "track findings", |ui, column| {
        let mut say = |text: &str, ink: Color32| {
            if let Some(row) = column.row(LINE) {
                line(ui, row, text, ink);
            }
        };
        trouble.iter().for_each(|text| say(text, colours.alarm));
        picture.refusal.iter().for_each(|text| say(text, colours.alarm));
        picture.message.iter().for_each(|text| say(text, colours.text));
        state(picture, measured).iter().for_each(|text| say(text, colours.text_dim));
        let is_known = |text: &&String| picture.findings.iter().all(|known| known.to_string() != **text);
        picture.problems.iter().filter(is_known).for_each(|text| say(text, colours.text));
        for (index, finding) in picture.findings.iter().enumerate() {
            let Some(row) = column.row(LINE) else { continue };
            let text = format!("{} of {}: {finding}", index + 1, picture.findings.len());
            let Some(choice) = shown.choice.of_place(&finding.path) else {
                line(ui, row, &text, colours.text);
                continue;
            };
            let response = ui.interact(row, Id::unique(("finding", index)), Sense::click());
            let ink = if response.hovered() { touch.accent } else { colours.text };
            line(ui, row, &text, ink);
            focus_ring(ui, touch, row, &response);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &text));
            explain(&response, &finding.path, "Click to go there.");
            if response.clicked() {
                shown.choice = choice;
            }
        }
    });
}

fn line(ui: &Ui, row: Rect, text: &str, ink: Color32) {
    let painter = ui.painter().with_clip_rect(row.intersect(ui.clip_rect()));
    label(&painter, row.left_center(), Align2::LEFT_CENTER, text, theme::SMALL, ink);
}

/// How far the track is; nothing where findings say more.
fn state(picture: &TrackPicture, measured: f32) -> Option<String> {
    match picture.stage {
        Stage::Empty => Some("Tones, noise and clips play from here into the chain.".to_owned()),
        Stage::Reading => Some("Reading…".to_owned()),
        Stage::Measuring => Some(format!("Measuring levels: {:.0} %", measured * 100.0)),
        Stage::Ready => picture.problems.is_empty().then(|| "No findings.".to_owned()),
    }
}
