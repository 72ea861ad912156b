//! One line on how things stand.

use std::time::{Duration, Instant};

use egui::{Rect, Ui};

use crate::control::adaptive::AdaptiveMode;
use crate::editor::desk::Desk;

/// A listener that says nothing for this long hangs, or reads many recordings.
const LONGEST_WORK: Duration = Duration::from_secs(3);

/// Tells a listener that hangs from one that has nothing to do.
#[derive(Debug, Default)]
pub struct Pulse {
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

/// Writes the line.
pub fn show(ui: &Ui, desk: &Desk, rect: Rect, beats: Option<u64>, pulse: &mut Pulse) {
    let is_trouble = desk.listener.trouble.is_some() || beats.is_none();
    let ink = if is_trouble { desk.colours.alarm } else { desk.colours.text_dim };
    let text = told(desk, beats, pulse);
    let layout = ui.painter().layout(text, crate::editor::theme::SMALL, ink, rect.width());
    let at = egui::pos2(rect.left(), rect.center().y - 0.5 * layout.size().y);
    ui.painter().with_clip_rect(rect.expand(6.0)).galley(at, layout, ink);
}

fn told(desk: &Desk, beats: Option<u64>, pulse: &mut Pulse) -> String {
    let picture = desk.listener;
    let Some(beats) = beats else {
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
    format!("{}: {heard}, {:.0} s so far{lost}{confidence}{progress}", picture.aim, picture.heard_s)
}
