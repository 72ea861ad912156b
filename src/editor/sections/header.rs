//! Name, presets, comparison, listening.

use egui::{Align2, Id, Rect, Ui, pos2, vec2};

use super::Desk;
use crate::editor::theme;
use crate::editor::widgets::chooser::{menu, segments};
use crate::editor::widgets::pill::{pill, word};
use crate::editor::widgets::{Touch, about, explain};
use crate::state::Slot;
use crate::state::preset::{Preset, factory};

const HEIGHT: f32 = 24.0;

/// The preset that each comparison slot was last loaded with.
#[derive(Debug, Default)]
pub struct Loaded {
    a: Option<usize>,
    b: Option<usize>,
}

impl Loaded {
    fn of(&mut self, slot: Slot) -> &mut Option<usize> {
        match slot {
            Slot::A => &mut self.a,
            Slot::B => &mut self.b,
        }
    }
}

/// Draws and runs the header.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, loaded: &mut Loaded) {
    let touch = desk.touch(theme::LEVELS);
    let middle = rect.center().y;
    ui.painter().text(
        pos2(rect.left() + 2.0, middle),
        Align2::LEFT_CENTER,
        "AuraCore",
        theme::TITLE,
        theme::TEXT,
    );
    let spare = (rect.width() - 744.0).max(0.0);
    let mut left = rect.left() + 92.0 + 0.1 * spare;
    let mut next = |width: f32| {
        let cell = Rect::from_min_size(pos2(left, middle - 0.5 * HEIGHT), vec2(width, HEIGHT));
        left += width + 4.0;
        cell
    };
    let cells = [next(20.0), next(134.0 + 0.3 * spare.min(300.0)), next(20.0)];
    presets(ui, desk, &touch, cells, loaded);
    next(4.0 + 0.05 * spare);
    comparison(ui, desk, &touch, [next(26.0), next(26.0), next(46.0)], loaded);
    listening(ui, desk, rect, middle);
}

fn presets(ui: &mut Ui, desk: &Desk, touch: &Touch, [back, field, forth]: [Rect; 3], loaded: &mut Loaded) {
    let all = factory();
    let present = loaded.of(desk.params.ab_active());
    let text = present.map_or("Choose a preset", |index| all[index].name.as_str());
    let (mut chosen, open) = menu(ui, touch, field, Id::unique("presets"), text, |ui| {
        let mut chosen = None;
        ui.set_min_width(field.width() - 14.0);
        let height = (ui.ctx().content_rect().height() - field.bottom() - 30.0).max(200.0);
        egui::ScrollArea::vertical().max_height(height).show(ui, |ui| {
            for (index, preset) in all.iter().enumerate() {
                let row = ui.selectable_label(*present == Some(index), &preset.name);
                if row.on_hover_text(&preset.description).clicked() {
                    chosen = Some(index);
                }
            }
        });
        chosen
    });
    if let (Some(index), false) = (*present, open) {
        explain(
            ui.interact(field, Id::unique("preset hover"), egui::Sense::hover()),
            text,
            &all[index].description,
        );
    }
    let step = |ui: &Ui, rect, text, by: usize| {
        let response = word(ui, touch.accent, rect, Id::unique(("preset", text)), text, false);
        let clicked = response.clicked();
        explain(response, "Preset", "Loads the neighbour in the list.");
        clicked.then(|| present.map_or(0, |index| (index + by) % all.len()))
    };
    chosen = chosen.or(step(ui, back, "<", all.len() - 1)).or(step(ui, forth, ">", 1));
    if let Some(index) = chosen {
        load(desk, &all[index]);
        *present = Some(index);
    }
}

/// Takes over a preset's sound. How it is listened to stays: mode, bypass, gain match, delta.
fn load(desk: &Desk, preset: &Preset) {
    let now = desk.params.settings();
    let mut next = preset.controls;
    next.mode = now.mode;
    next.global.bypass = now.global.bypass;
    next.global.gain_match = now.global.gain_match;
    next.global.delta = now.global.delta;
    desk.params.apply(&next, desk.setter);
}

fn comparison(ui: &mut Ui, desk: &Desk, touch: &Touch, [a, b, copy]: [Rect; 3], loaded: &mut Loaded) {
    let active = desk.params.ab_active();
    for (slot, cell, name) in [(Slot::A, a, "A"), (Slot::B, b, "B")] {
        let response = word(ui, touch.accent, cell, Id::unique(("slot", name)), name, slot == active);
        if response.clicked() && slot != active {
            desk.params.ab_switch(desk.setter);
        }
        explain(response, "Compare", "Two settings to switch between. How you listen stays as it is.");
    }
    let text = if active == Slot::A { "A > B" } else { "B > A" };
    let response = word(ui, touch.accent, copy, Id::unique("copy slot"), text, false);
    if response.clicked() {
        desk.params.ab_copy();
        let present = *loaded.of(active);
        *loaded.of(active.other()) = present;
    }
    explain(response, "Copy", "Copies what you hear into the other slot.");
}

fn listening(ui: &mut Ui, desk: &Desk, rect: Rect, middle: f32) {
    let touch = desk.touch(theme::LEVELS);
    let warn = desk.touch(theme::COMPRESSOR);
    let p = &desk.params.global;
    let mut right = rect.right();
    let mut next = |width: f32| {
        let cell = Rect::from_min_size(pos2(right - width, middle - 0.5 * HEIGHT), vec2(width, HEIGHT));
        right -= width + 4.0;
        cell
    };
    pill(
        ui,
        &warn,
        next(54.0),
        &p.bypass,
        about("Bypass", "Hear the input, delayed by the reported latency and otherwise untouched."),
    );
    pill(ui, &warn, next(46.0), &p.delta, about("Delta", "Hear only what the chain adds or removes."));
    pill(
        ui,
        &touch,
        next(78.0),
        &p.gain_match,
        about(
            "Gain match",
            "Brings the bypassed signal to the loudness of the processed one, for a fair comparison.",
        ),
    );
    next(2.0);
    segments(
        ui,
        &touch,
        next(108.0),
        &p.mode,
        about("Mode", "Master looks ahead and holds true peaks. Live has no latency."),
    );
}
