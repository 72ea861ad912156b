//! What makes the track run, where it is, what is repeated, how loud it is.

use egui::{Align2, Rect, Ui, pos2, vec2};
use nice_plug::prelude::Param;

use crate::control::session::{PlayMode, TrackTelemetry};
use crate::editor::layout::column;
use crate::editor::pages::Desk;
use crate::editor::theme;
use crate::editor::widgets::chooser::segments;
use crate::editor::widgets::pill::pill;
use crate::editor::widgets::slot::slot;
use crate::editor::widgets::{Touch, about, note};
use crate::parameter::text::write_time;
use crate::sources::track::GroupParams;
use crate::sources::track::TrackPicture;

/// Switch, mode, time, step, loop.
pub fn show(
    ui: &mut Ui,
    desk: &Desk,
    touch: &Touch,
    rect: Rect,
    picture: &TrackPicture,
    telemetry: &TrackTelemetry,
) {
    let p = &desk.params.track;
    let (run, rest) = rect.split_left_right_at_x(rect.left() + 56.0);
    if p.mode.unmodulated_plain_value() == PlayMode::Free {
        let name = if p.run.unmodulated_plain_value() { "Stop" } else { "Play" };
        pill(ui, touch, run, &p.run, about(name, "Plays from the beginning, whatever the host does."));
    } else {
        let (text, ink) = match telemetry.is_playing {
            true => ("Playing", touch.accent),
            false => ("Stopped", touch.colours.text_dim),
        };
        note(ui, run.left_center() + vec2(4.0, 0.0), text, ink);
    }
    let (mode, rest) = rest.split_left_right_at_x(rest.left() + 150.0);
    let meaning = "Host follows the timeline. Free runs by its own switch. Notes start and end it.";
    segments(ui, touch, mode.shrink2(vec2(4.0, 0.0)), &p.mode, about("Mode", meaning));
    let loop_width = (0.42 * rest.width()).clamp(250.0, 360.0);
    let (place, repeat) = rest.split_left_right_at_x(rest.right() - loop_width);
    repeats(ui, desk, touch, repeat);
    position(ui, touch, place, picture, telemetry);
}

fn position(ui: &Ui, touch: &Touch, rect: Rect, picture: &TrackPicture, telemetry: &TrackTelemetry) {
    if picture.length_s <= 0.0 {
        return;
    }
    let now = clock(telemetry.position_s.clamp(0.0, picture.length_s));
    let times = format!("{now} / {}", clock(picture.length_s));
    let at = pos2(rect.left() + 6.0, rect.center().y);
    let times = ui.painter().text(at, Align2::LEFT_CENTER, times, theme::NORMAL, touch.colours.text);
    let Some((index, step)) = telemetry.step.and_then(|step| Some((step, picture.steps.get(step)?))) else {
        return;
    };
    let name = if step.name.is_empty() { format!("Step {}", index + 1) } else { step.name.clone() };
    let text = format!("-{}  {name}", clock(telemetry.step_remaining_s.max(0.0)));
    let room = Rect::from_min_max(pos2(times.right() + 10.0, rect.top()), rect.max - vec2(6.0, 0.0));
    let painter = ui.painter().with_clip_rect(room);
    painter.text(room.left_center(), Align2::LEFT_CENTER, text, theme::SMALL, touch.accent);
}

/// Whole seconds.
fn clock(time_s: f64) -> String {
    let text = write_time(time_s.floor() as f32);
    text.strip_suffix(".00").map_or(text.clone(), str::to_owned)
}

fn repeats(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect) {
    let p = &desk.params.track;
    let (repeat, rest) = rect.split_left_right_at_x(rect.left() + 48.0);
    let meaning = "Repeats the stretch between start and end, where the host does not rule.";
    pill(ui, touch, repeat.shrink2(vec2(1.0, 0.0)), &p.repeat, about("Loop", meaning));
    let ends = [
        (&p.loop_start, about("From", "Start of the loop.")),
        (&p.loop_end, about("To", "End of the loop.")),
    ];
    for (index, (param, about)) in ends.into_iter().enumerate() {
        slot(ui, touch, column(rest, index, 2).shrink2(vec2(2.0, 0.0)), param, about);
    }
}

/// Offset and levels.
pub fn levels(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect) {
    let p = &desk.params.track;
    let (whole, groups) = rect.split_left_right_at_fraction(0.36);
    let row = [
        (&p.offset, about("Offset", "Time of the host at which the track starts.")),
        (&p.gain, about("Gain", "Level of the whole track.")),
    ];
    for (index, (param, about)) in row.into_iter().enumerate() {
        slot(ui, touch, column(whole, index, 2).shrink2(vec2(2.0, 0.0)), param, about);
    }
    for (index, (params, name)) in p.groups().into_iter().zip(["Tones", "Noise", "Clips"]).enumerate() {
        group(ui, touch, column(groups, index, 3).shrink2(vec2(2.0, 0.0)), params, name);
    }
}

fn group(ui: &mut Ui, touch: &Touch, rect: Rect, group: &GroupParams, name: &'static str) {
    let (gain, switches) = rect.split_left_right_at_x(rect.right() - 44.0);
    slot(ui, touch, gain.with_max_x(gain.right() - 3.0), &group.gain, about(name, "Level of this group."));
    let (mute, solo) = switches.split_left_right_at_fraction(0.5);
    let warn = touch.in_colour(touch.colours.alarm);
    pill(ui, &warn, mute.shrink2(vec2(1.0, 0.0)), &group.mute, about("M", "Silences this group."));
    let alone = touch.in_colour(touch.colours.caution);
    pill(ui, &alone, solo.shrink2(vec2(1.0, 0.0)), &group.solo, about("S", "Silences the other groups."));
}
