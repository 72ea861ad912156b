//! The blocks of the timeline: steps with their sloping joins, and a lane for each of what lies under them.

use egui::{
    Align2, Color32, CornerRadius, CursorIcon, Id, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::choice::{Choice, Part};
use super::{Edge, Shown};
use crate::editor::theme;
use crate::editor::widgets::scale::{rounded, with_unit};
use crate::editor::widgets::timeline::{Axis, lanes};
use crate::editor::widgets::{Touch, explain, focus_ring, label};
use crate::track::edit::catalogue::{self, At, Parameter};
use crate::track::edit::sampled::StepTimes;
use crate::track::edit::{Operation, StepField};
use crate::track::file::schema::{Part as Written, Step, Track};

/// Height of a lane where there is room…
const LANE: f32 = 17.0;
/// …and what the steps keep in any case.
const STEPS: f32 = 32.0;
/// Lanes of clips; more share the last.
const CLIP_LANES: usize = 3;
/// Width of the place at a step's end where it is taken hold of.
const EDGE: f32 = 7.0;
/// Blocks narrower than this get no name.
const NAME: f32 = 26.0;

/// Draws and runs all blocks; `playing` is the step that sounds.
pub fn show(
    ui: &mut Ui,
    touch: &Touch,
    field: Rect,
    shown: &mut Shown,
    track: &Track,
    axis: &Axis,
    playing: Option<usize>,
) {
    let spans: Vec<_> = track.clips.iter().map(|clip| clip_span(clip, axis.length_s)).collect();
    let clip_lanes = lanes(&spans.iter().map(|span| (span.0, span.1)).collect::<Vec<_>>(), CLIP_LANES);
    let bed = usize::from(track.background_noise.is_some());
    let count = bed + clip_lanes.iter().max().map_or(0, |most| most + 1);
    let height = LANE.min((field.height() - STEPS) / count.max(1) as f32);
    let (steps, under) = field.split_top_bottom_at_y(field.bottom() - height * count as f32);
    let lane = |index: usize| {
        let top = under.top() + height * index as f32;
        Rect::from_x_y_ranges(under.x_range(), top + 1.0..=top + height)
    };
    let mut drawn_to = f32::NEG_INFINITY;
    for (index, step) in track.steps.iter().enumerate() {
        // Of many within a point, one stands for all.
        let end = shown.editing.times().get(index).map_or(0.0, |times| axis.x(times.end_s));
        if end < drawn_to + 1.0 && shown.choice.step != index {
            continue;
        }
        drawn_to = drawn_to.max(end);
        self::step(ui, touch, steps, shown, (index, step), axis, playing == Some(index));
    }
    edges(ui, touch, steps, shown, track, axis);
    if let Some(part) = &track.background_noise {
        let start_s = value(part, catalogue::noise_bed(), "start_time");
        let span = (start_s, axis.length_s, true);
        block(ui, touch, lane(0), axis, shown, (Part::Bed, "Noise bed"), span);
    }
    for (index, span) in spans.iter().enumerate() {
        let name = clip_name(&track.clips[index], index);
        block(ui, touch, lane(bed + clip_lanes[index]), axis, shown, (Part::Clip(index), &name), *span);
    }
}

/// A number of a bed or a clip.
fn value(part: &Written, known: &[Parameter], key: &str) -> f64 {
    let parameter = known.iter().find(|parameter| parameter.has_key(key));
    parameter.and_then(|parameter| parameter.value(part.object(), At::Plain).as_f64()).unwrap_or(0.0)
}

/// Start, end, and whether the end is known: a clip without a duration is as long as its recording.
fn clip_span(clip: &Written, length_s: f64) -> (f64, f64, bool) {
    let of = |key| value(clip, catalogue::clip(), key);
    let (start_s, duration_s) = (of("start"), of("duration"));
    match duration_s > 0.0 {
        true => (start_s, start_s + duration_s, true),
        false => (start_s, length_s.max(start_s), false),
    }
}

/// What a clip is called: its name, or else its file.
pub fn clip_name(clip: &Written, index: usize) -> String {
    let text = |key: &str| clip.object().get(key).and_then(|text| text.as_str()).map(str::trim);
    let file = ["file_path", "path", "file"].into_iter().find_map(text).unwrap_or_default();
    let file = file.rsplit(['/', '\\']).next().unwrap_or_default();
    match text("description").filter(|name| !name.is_empty()).or(Some(file).filter(|name| !name.is_empty())) {
        Some(name) => name.to_owned(),
        None => format!("Clip {}", index + 1),
    }
}

/// What a step is called.
pub fn step_name(step: &Step, index: usize) -> String {
    match step.description.trim() {
        "" => format!("Step {}", index + 1),
        name => name.to_owned(),
    }
}

/// The outline of a step: it rises along its fade in and falls along its fade out.
fn outline(rect: Rect, axis: &Axis, times: &StepTimes) -> Vec<Pos2> {
    let fade_in_s = times.start_s + times.fade_in_s;
    let fade_out_s = if times.fade_out_s > 0.0 { times.fade_out_at_s } else { times.end_s };
    vec![
        pos2(axis.x(times.start_s), rect.bottom()),
        pos2(axis.x(fade_in_s), rect.top()),
        pos2(axis.x(fade_out_s.max(fade_in_s)), rect.top()),
        pos2(axis.x(times.end_s), rect.bottom()),
    ]
}

fn step(
    ui: &Ui,
    touch: &Touch,
    rect: Rect,
    shown: &mut Shown,
    (index, step): (usize, &Step),
    axis: &Axis,
    is_playing: bool,
) {
    let Some(times) = shown.editing.times().get(index).copied() else { return };
    if times.end_s <= times.start_s || !axis.sees(times.start_s, times.end_s) {
        return;
    }
    let rect = rect.shrink2(vec2(0.0, 2.0));
    let cell = Rect::from_x_y_ranges(axis.x(times.start_s)..=axis.x(times.end_s), rect.y_range());
    let cell = cell.intersect(axis.rect.with_max_y(rect.bottom()));
    let response = ui.interact(cell, Id::unique(("step", index)), Sense::click());
    let is_chosen = shown.choice.step == index;
    let colours = touch.colours;
    let fill = match (is_playing, response.hovered()) {
        (true, _) => touch.accent.gamma_multiply(0.42),
        (false, true) => colours.hovered.gamma_multiply(0.9),
        (false, false) => colours.raised.gamma_multiply(if index % 2 == 0 { 0.95 } else { 0.7 }),
    };
    let painter = ui.painter().with_clip_rect(axis.rect.with_max_y(rect.bottom() + 1.0));
    let edge = match is_chosen {
        true => Stroke::new(2.0, colours.text),
        false => Stroke::new(1.0, touch.accent.gamma_multiply(0.75)),
    };
    painter.add(Shape::convex_polygon(outline(rect, axis, &times), fill, edge));
    let name = step_name(step, index);
    let room = Rect::from_x_y_ranges(
        axis.x(times.start_s + times.fade_in_s)..=axis.x(times.fade_out_at_s.max(times.start_s)),
        rect.y_range(),
    );
    let room = room.intersect(cell).shrink2(vec2(5.0, 1.0));
    if room.width() >= NAME {
        let painter = painter.with_clip_rect(room);
        let two_lines = room.height() >= 30.0;
        let middle = room.center().y - if two_lines { 7.0 } else { 0.0 };
        let at = pos2(room.left(), middle);
        label(&painter, at, Align2::LEFT_CENTER, &name, theme::SMALL, colours.text);
        if two_lines {
            let length = with_unit(step.duration_s, "s");
            let at = pos2(room.left(), middle + 14.0);
            label(&painter, at, Align2::LEFT_CENTER, length, theme::SMALL, colours.text_dim);
        }
    }
    focus_ring(ui, touch, cell, &response);
    let told = format!("Step {}: {name}", index + 1);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, &told));
    explain(&response, &told, "Click to edit it. Drag its right end to make it longer or shorter.");
    if response.clicked() {
        shown.choice = Choice::step(index);
    }
}

/// The right ends of the steps.
fn edges(ui: &Ui, touch: &Touch, rect: Rect, shown: &mut Shown, track: &Track, axis: &Axis) {
    for index in 0..track.steps.len() {
        let Some(times) = shown.editing.times().get(index).copied() else { return };
        if !axis.sees(times.end_s, times.end_s) && shown.edge.is_none_or(|edge| edge.step != index) {
            continue;
        }
        let x = axis.x(times.end_s);
        if x - axis.x(times.start_s) < 2.0 * EDGE && shown.edge.is_none() {
            continue;
        }
        let grip = Rect::from_x_y_ranges(x - EDGE..=x + 1.0, rect.y_range());
        let response = ui.interact(grip, Id::unique(("step end", index)), Sense::DRAG);
        let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
        let at_s = |at: Pos2| axis.start_s + axis.seconds(at.x - axis.rect.left());
        let pointer = response.interact_pointer_pos();
        if let (true, Some(at)) = (response.drag_started(), pointer) {
            let beside_s = at_s(at) - (times.start_s + track.steps[index].duration_s);
            shown.edge = Some(Edge { step: index, beside_s, length_s: axis.length_s });
            shown.choice = Choice::step(index);
            shown.editing.seal();
        }
        let held = shown.edge.filter(|edge| edge.step == index);
        if let (Some(edge), Some(at), true) = (held, pointer, response.dragged()) {
            let fineness_s = 10f64.powf(axis.seconds(1.0).max(0.01).log10().ceil());
            let duration_s = rounded(at_s(at) - edge.beside_s - times.start_s, fineness_s).max(fineness_s);
            let field = StepField::Duration(duration_s);
            shown.editing.change(&Operation::SetStep { step: index, field });
        }
        if response.drag_stopped() && held.is_some() {
            shown.edge = None;
            shown.editing.seal();
        }
        if response.hovered() || response.dragged() {
            let line = Rect::from_x_y_ranges(x - 3.0..=x, rect.y_range());
            ui.painter().rect_filled(line, CornerRadius::same(1), touch.accent);
        }
    }
}

/// The bed or a clip.
fn block(
    ui: &Ui,
    touch: &Touch,
    lane: Rect,
    axis: &Axis,
    shown: &mut Shown,
    (part, name): (Part, &str),
    (start_s, end_s, is_known): (f64, f64, bool),
) {
    if !axis.sees(start_s, end_s) {
        return;
    }
    let cell = Rect::from_x_y_ranges(axis.x(start_s)..=axis.x(end_s), lane.y_range());
    let cell = cell.with_max_x(cell.right().max(cell.left() + 4.0));
    let cell = cell.intersect(lane.with_min_x(axis.rect.left()).with_max_x(axis.rect.right()));
    let response = ui.interact(cell, Id::unique(("lane", name, part_number(part))), Sense::click());
    let is_chosen = shown.choice.part == part;
    let colours = touch.colours;
    let ink = if part == Part::Bed { colours.width } else { colours.adaptive };
    let fill = ink.gamma_multiply(if response.hovered() { 0.45 } else { 0.3 });
    let edge = if is_chosen { Stroke::new(2.0, colours.text) } else { Stroke::new(1.0, ink) };
    let edge = if is_known || is_chosen { edge } else { Stroke::new(1.0, Color32::TRANSPARENT) };
    ui.painter().rect_filled(cell, CornerRadius::ZERO, fill);
    ui.painter().rect_stroke(cell, CornerRadius::ZERO, edge, StrokeKind::Inside);
    if cell.width() >= NAME && cell.height() >= 14.0 {
        let painter = ui.painter().with_clip_rect(cell.shrink2(vec2(4.0, 0.0)));
        let at = cell.left_center() + vec2(5.0, 0.0);
        label(&painter, at, Align2::LEFT_CENTER, name, theme::SMALL, colours.text);
    }
    focus_ring(ui, touch, cell, &response);
    let told = match part {
        Part::Clip(index) => format!("Clip {}: {name}", index + 1),
        _ => name.to_owned(),
    };
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, &told));
    let meaning = match is_known {
        true => "Click to edit it.",
        false => "Click to edit it. It is as long as its recording.",
    };
    explain(&response, &told, meaning);
    if response.clicked() {
        shown.choice.part = part;
    }
}

fn part_number(part: Part) -> usize {
    match part {
        Part::Clip(index) => index + 1,
        _ => 0,
    }
}
