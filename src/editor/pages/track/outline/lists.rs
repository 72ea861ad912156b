//! Entries of the lists: voices, the noise bed, clips; each is chosen, muted and soloed.

use egui::{Align2, CornerRadius, Id, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::super::choice::Part;
use super::super::{Shown, button, cells};
use super::{entry, synth_title};
use crate::editor::theme;
use crate::editor::widgets::pill::named;
use crate::editor::widgets::{Touch, explain, focus_ring, label};
use crate::track::edit::catalogue;
use crate::track::edit::{Operation, PartField, VoiceField};
use crate::track::file::hearing::{MUTE, SOLO};
use crate::track::file::schema::{Part as Written, Voice};

/// Width of a switch in an entry.
const SWITCH: f32 = 22.0;

/// Draws an entry with its two texts; whether it was clicked.
fn chosen(
    ui: &Ui,
    touch: &Touch,
    rect: Rect,
    id: Id,
    (name, more): (&str, &str),
    (told, meaning): (&str, &str),
    is_chosen: bool,
) -> bool {
    let response = ui.interact(rect, id, Sense::click());
    let colours = touch.colours;
    let fill = if response.hovered() { colours.hovered } else { colours.raised };
    let edge =
        if is_chosen { Stroke::new(1.5, touch.accent) } else { Stroke::new(1.0, egui::Color32::TRANSPARENT) };
    let rounding = CornerRadius::same(theme::CONTROL_ROUNDING);
    ui.painter().rect(rect, rounding, fill, edge, StrokeKind::Inside);
    let painter = ui.painter().with_clip_rect(rect.shrink2(vec2(3.0, 0.0)).intersect(ui.clip_rect()));
    // What is chosen has a mark besides its edge.
    let mut at = rect.left_center() + vec2(6.0, 0.0);
    if is_chosen {
        let corners = [vec2(0.0, -4.0), vec2(5.0, 0.0), vec2(0.0, 4.0)].map(|corner| at + corner);
        painter.add(Shape::convex_polygon(corners.to_vec(), touch.accent, Stroke::NONE));
        at.x += 10.0;
    }
    let first = painter.text(at, Align2::LEFT_CENTER, name, theme::SMALL, colours.text);
    let at = egui::pos2(first.right() + 7.0, rect.center().y);
    label(&painter, at, Align2::LEFT_CENTER, more, theme::SMALL, colours.text_dim);
    focus_ring(ui, touch, rect, &response);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, told));
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    explain(&response, told, meaning);
    response.clicked()
}

/// The switches for mute and solo; gives the one that was clicked as mute or not, with its new state.
fn switches(
    ui: &Ui,
    touch: &Touch,
    rect: Rect,
    told: &str,
    is_muted: bool,
    is_soloed: bool,
) -> Option<(bool, bool)> {
    let warn = touch.in_colour(touch.colours.alarm);
    let alone = touch.in_colour(touch.colours.caution);
    let [mute, solo] = cells(rect);
    let name = format!("Mute {told}");
    let response = named(ui, &warn, mute, Id::unique(&name), ("M", &name), is_muted);
    explain(&response, &name, "It is not heard.");
    if response.clicked() {
        return Some((true, !is_muted));
    }
    let name = format!("Solo {told}");
    let response = named(ui, &alone, solo, Id::unique(&name), ("S", &name), is_soloed);
    explain(&response, &name, "Only what is soloed is heard.");
    response.clicked().then_some((false, !is_soloed))
}

/// A voice.
pub fn voice(ui: &Ui, touch: &Touch, row: Rect, shown: &mut Shown, index: usize, voice: &Voice) {
    let (rect, rest) = entry(row, 2.0 * SWITCH);
    let step = shown.choice.step;
    let title = synth_title(&voice.synth_function_name);
    let told = format!("voice {}: {title}", index + 1);
    let names = match voice.description.as_str() {
        "" => (title, ""),
        name => (name, title),
    };
    let about = catalogue::synth(&voice.synth_function_name).map_or("", |synth| synth.about);
    let is_chosen = shown.choice == shown.choice.voice(index);
    let id = Id::unique(("voice", step, index));
    let name = format!("V{}", &told[1..]);
    if chosen(ui, touch, rect, id, names, (&name, about), is_chosen) {
        shown.choice = shown.choice.voice(index);
    }
    if let Some((is_mute, on)) = switches(ui, touch, rest, &told, voice.is_muted, voice.is_soloed) {
        let field = if is_mute { VoiceField::Mute(on) } else { VoiceField::Solo(on) };
        shown.editing.change_once(&Operation::SetVoice { step, voice: index, field });
    }
}

/// What can be done with the chosen voice.
pub fn voice_buttons(ui: &Ui, touch: &Touch, row: Rect, shown: &mut Shown, count: usize) {
    let (step, voice) = (shown.choice.step, shown.choice.voice);
    let deeds = [
        (
            ("Copy", "Duplicate voice", "A copy behind this voice."),
            true,
            Operation::DuplicateVoice { step, voice },
            voice + 1,
        ),
        (
            ("Delete", "Delete voice", "Takes this voice away."),
            true,
            Operation::DeleteVoice { step, voice },
            voice.saturating_sub(1),
        ),
        (
            ("Up", "Move voice up", "In front of the one before."),
            voice > 0,
            Operation::MoveVoice { step, from: voice, to: voice.wrapping_sub(1) },
            voice.wrapping_sub(1),
        ),
        (
            ("Down", "Move voice down", "Behind the next one."),
            voice + 1 < count,
            Operation::MoveVoice { step, from: voice, to: voice + 1 },
            voice + 1,
        ),
    ];
    let mut done = None;
    for (((text, name, meaning), can, operation, next), cell) in deeds.into_iter().zip(cells::<4>(row)) {
        let response = button(ui, touch, cell, Id::unique(("voice button", name)), (text, name), can);
        explain(&response, name, meaning);
        if can && response.clicked() {
            done = Some((operation, next));
        }
    }
    if let Some((operation, next)) = done {
        shown.editing.change_once(&operation);
        shown.choice = shown.choice.voice(next);
    }
}

/// The noise bed or a clip.
pub fn part(
    ui: &Ui,
    touch: &Touch,
    row: Rect,
    shown: &mut Shown,
    (part, name): (Part, &str),
    written: &Written,
) {
    let (rect, rest) = entry(row, 2.0 * SWITCH + 54.0);
    let told = match part {
        Part::Clip(index) => format!("clip {}: {name}", index + 1),
        _ => "noise bed".to_owned(),
    };
    let is_chosen = shown.choice.part == part;
    let id = Id::unique(("part", &told));
    let entry_name = format!("Edit {told}");
    if chosen(ui, touch, rect, id, (name, ""), (&entry_name, "Click to edit it."), is_chosen) {
        shown.choice.part = part;
    }
    let (both, remove) = rest.split_left_right_at_x(rest.left() + 2.0 * SWITCH);
    let flag = |key: &str| written.object().get(key).and_then(|value| value.as_bool()).unwrap_or(false);
    let set = |field| match part {
        Part::Clip(clip) => Operation::SetClip { clip, field },
        _ => Operation::SetNoise(field),
    };
    if let Some((is_mute, on)) = switches(ui, touch, both, &told, flag(MUTE), flag(SOLO)) {
        let field = if is_mute { PartField::Mute(on) } else { PartField::Solo(on) };
        shown.editing.change_once(&set(field));
    }
    let name = format!("Remove {told}");
    let remove = remove.shrink2(vec2(1.0, 0.5));
    let response = button(ui, touch, remove, Id::unique(&name), ("Remove", &name), true);
    explain(&response, &name, "Takes it out of the track.");
    if response.clicked() {
        shown.editing.change_once(&match part {
            Part::Clip(clip) => Operation::RemoveClip(clip),
            _ => Operation::RemoveNoise,
        });
        shown.choice.part = Part::Voice;
    }
}
