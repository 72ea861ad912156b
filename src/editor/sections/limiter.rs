//! True-peak limiter.

use egui::{Rect, Ui, pos2, vec2};

use super::{Desk, knobs};
use crate::editor::theme;
use crate::editor::widgets::about;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::pill;
use crate::editor::widgets::stripes::reduction;

/// Draws and runs the limiter.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let touch = desk.touch(theme::LIMITER);
    let p = &desk.params.limiter;
    let panel = Panel::new(ui, &touch, rect, "Limiter", Some(&p.on));
    panel.fill(ui, |ui| {
        let at = pos2(panel.title.left(), panel.title.center().y - 9.0);
        let auto = Rect::from_min_size(at, vec2(42.0, 18.0));
        let meaning = "Two-stage release that follows the programme; the knob scales both stages.";
        pill(ui, &touch, auto, &p.auto_release, about("Auto", meaning));
        let room = panel.title.with_min_x((auto.right() + 10.0).max(panel.title.right() - 200.0));
        reduction(ui, room, desk.telemetry.limiter_reduction_db, touch.accent, "Limiter gain reduction");
        let row = [
            (&p.drive, about("Drive", "Gain into the limiter: turn up for loudness.")),
            (&p.ceiling, about("Ceiling", "Highest true peak that leaves the limiter.")),
            (&p.attack, about("Attack", "Time over which the gain glides down before a peak.")),
            (&p.release, about("Release", "Time constant of the recovery.")),
            (&p.link_transient, about("Link T", "How much short peaks in one channel pull the other down.")),
            (
                &p.link_release,
                about("Link R", "How much sustained reduction in one channel pulls the other down."),
            ),
        ];
        knobs(ui, &touch, panel.inside, &row);
    });
}
