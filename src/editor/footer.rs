//! How one listens: latency mode, gain match, delta, bypass. And how the plugin runs.

use egui::{Id, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::desk::Desk;
use super::theme;
use super::widgets::chooser::segments;
use super::widgets::pill::pill;
use super::widgets::{about, explain, line};

const HEIGHT: f32 = 20.0;

/// Draws and runs the footer; `problem` is what is wrong with the user's settings.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, problem: Option<&str>) {
    let touch = desk.touch(desk.colours.levels);
    let warn = touch.in_colour(desk.colours.caution);
    let p = &desk.params.global;
    let middle = rect.center().y;
    let mut right = rect.right() - 12.0;
    let mut next = |width: f32| {
        let cell = Rect::from_min_size(pos2(right - width, middle - 0.5 * HEIGHT), vec2(width, HEIGHT));
        right -= width + 4.0;
        cell
    };
    let meaning = "Hear the input, delayed by the reported latency and otherwise untouched.";
    pill(ui, &warn, next(60.0), &p.bypass, about("Bypass", meaning));
    pill(ui, &warn, next(50.0), &p.delta, about("Delta", "Hear only what the chain adds or removes."));
    let meaning = "Brings the bypassed signal to the loudness of the processed one, for a fair comparison.";
    pill(ui, &touch, next(80.0), &p.gain_match, about("Gain match", meaning));
    next(6.0);
    let meaning = "Master looks ahead and holds true peaks. Live has no latency.";
    let modes = next(116.0);
    segments(ui, &touch, modes, &p.mode, about("Mode", meaning));
    let room = rect.with_max_x(modes.left() - 8.0);
    let (text, ink) = match problem {
        Some(problem) => (problem.to_owned(), desk.colours.caution),
        None => soloed(desk)
            .map_or_else(|| (state(desk), desk.colours.text_dim), |text| (text, desk.colours.caution)),
    };
    line(ui, room.with_min_x(room.left() + 2.0), &text, theme::SMALL, ink);
    if let Some(problem) = problem {
        let response = ui.interact(room, Id::unique("settings problem"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Alert, true, problem));
        explain(&response, "Settings", problem);
    }
}

/// Says that only a part of the spectrum is heard.
fn soloed(desk: &Desk) -> Option<String> {
    let eq = desk.params.settings().eq;
    let index = eq.bands.iter().position(|band| eq.on && band.on && band.solo)?;
    Some(format!("Band {} is soloed: only its region is heard", index + 1))
}

/// What there is to know about how it runs.
fn state(desk: &Desk) -> String {
    let telemetry = &desk.telemetry;
    if desk.params.global.bypass.value() && desk.params.global.gain_match.value() {
        return format!("Bypassed, matched by {:+.1} dB", telemetry.match_gain_db);
    }
    if telemetry.replaced_samples > 0 {
        return format!(
            "{} samples of the input were no numbers and are silence",
            telemetry.replaced_samples
        );
    }
    match desk.picture.output {
        Some(_) => format!("{} kHz", desk.rate_hz() / 1_000.0),
        None => "Nothing plays yet".to_owned(),
    }
}
