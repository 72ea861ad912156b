//! True-peak limiter: the last seconds before and behind it, all controls.

use egui::{Rect, Ui, pos2, vec2};

use crate::editor::desk::Desk;
use crate::editor::layout::GAP;
use crate::editor::widgets::about;
use crate::editor::widgets::knob::knobs;
use crate::editor::widgets::panel::{Panel, frame};
use crate::editor::widgets::pill::pill;
use crate::editor::widgets::stripes::reduction;
use crate::editor::widgets::waveform_history::waveform_history;

/// Draws and runs the limiter.
pub fn show(ui: &mut Ui, desk: &Desk, (display, rect): (Rect, Rect)) {
    let touch = desk.touch(desk.colours.limiter);
    frame(ui, &touch, display);
    let inside = display.shrink(GAP);
    let p = &desk.params.limiter;
    let ceiling_db = p.ceiling.value();
    let picture = desk.picture;
    waveform_history(ui, &touch, inside, &picture.dynamics, picture.dynamics_per_s, ceiling_db);

    let panel = Panel::new(ui, &touch, rect, "Limiter", Some(&p.on));
    panel.fill(ui, |ui| {
        let at = pos2(panel.title.left(), panel.title.center().y - 9.0);
        let auto = Rect::from_min_size(at, vec2(84.0, 18.0));
        let meaning = "Two-stage release that follows the programme; the knob scales both stages.";
        pill(ui, &touch, auto, &p.auto_release, about("Auto release", meaning));
        let room = panel.title.with_min_x((auto.right() + 10.0).max(panel.title.right() - 260.0));
        let now_db = desk.telemetry.limiter_reduction_db;
        reduction(ui, &touch, room, now_db, "Limiter gain reduction");
        let row = [
            (&p.drive, about("Drive", "Gain into the limiter: turn up for loudness.")),
            (&p.ceiling, about("Ceiling", "Highest true peak that leaves the limiter.")),
            (&p.attack, about("Attack", "Time over which the gain glides down before a peak.")),
            (&p.release, about("Release", "Time constant of the recovery.")),
            (
                &p.link_transient,
                about("Link peaks", "How much short peaks in one channel pull the other down."),
            ),
            (
                &p.link_release,
                about("Link body", "How much sustained reduction in one channel pulls the other down."),
            ),
        ];
        knobs(ui, &touch, panel.inside, &row);
    });
}
