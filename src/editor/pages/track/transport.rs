//! What makes the track run, where it is, what is repeated, how loud it is.

use egui::{Align2, Rect, Ui, pos2, vec2};
use nice_plug::prelude::{BoolParam, FloatParam, Param};

use crate::control::session::{PlayMode, TrackTelemetry};
use crate::editor::desk::Desk;
use crate::editor::layout::column;
use crate::editor::theme;
use crate::editor::widgets::chooser::segments;
use crate::editor::widgets::pill::pill;
use crate::editor::widgets::slot::slot;
use crate::editor::widgets::stripes::bars;
use crate::editor::widgets::{About, Touch, about, note};
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
    let (whole, groups) = rect.split_left_right_at_fraction(0.44);
    let (offset, strip) = whole.split_left_right_at_fraction(0.4);
    let meaning = "Time of the host at which the track starts.";
    slot(ui, touch, offset.shrink2(vec2(2.0, 0.0)), &p.offset, about("Offset", meaning));
    let (meter, strip) = strip.split_left_right_at_x(strip.left() + METER_WIDTH);
    bars(
        ui,
        touch,
        meter.shrink2(vec2(2.0, 2.0)),
        desk.mix[0].peaks,
        "Track level",
        "Peaks of the track in the mix.",
    );
    let mix = &desk.params.sources.track.strip;
    let about_gain = about("Gain", "Level of the whole track.");
    let switches = [
        (&mix.mute, about("M", "Silences the track.")),
        (&mix.solo, about("S", "Silences the other sound sources.")),
    ];
    level(ui, touch, strip.shrink2(vec2(2.0, 0.0)), &p.gain, about_gain, switches);
    for (index, (params, name)) in p.groups().into_iter().zip(["Tones", "Noise", "Clips"]).enumerate() {
        group(ui, touch, column(groups, index, 3).shrink2(vec2(2.0, 0.0)), params, name);
    }
}

fn group(ui: &mut Ui, touch: &Touch, rect: Rect, group: &GroupParams, name: &'static str) {
    let switches = [
        (&group.mute, about("M", "Silences this group.")),
        (&group.solo, about("S", "Silences the other groups.")),
    ];
    level(ui, touch, rect, &group.gain, about(name, "Level of this group."), switches);
}

/// A gain with mute and solo beside it.
fn level(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    gain: &FloatParam,
    about: About,
    switches: [(&BoolParam, About); 2],
) {
    let (slots, pills) = rect.split_left_right_at_x(rect.right() - 44.0);
    slot(ui, touch, slots.with_max_x(slots.right() - 3.0), gain, about);
    let (mute, solo) = pills.split_left_right_at_fraction(0.5);
    let [alarm, caution] = [touch.colours.alarm, touch.colours.caution].map(|colour| touch.in_colour(colour));
    for ((pill_touch, place), (param, about)) in [(alarm, mute), (caution, solo)].into_iter().zip(switches) {
        pill(ui, &pill_touch, place.shrink2(vec2(1.0, 0.0)), param, about);
    }
}

/// Room for the two bars of the track's level.
const METER_WIDTH: f32 = 14.0;
