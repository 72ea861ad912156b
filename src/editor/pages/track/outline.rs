//! The chosen step: its settings, its voices, and what lies under all steps.

use egui::{Id, Rect, Ui, pos2, vec2};

use super::blocks::clip_name;
use super::choice::{Choice, Part};
use super::column::{Column, column};
use super::{Asked, Shown, button, cells, heading};
use crate::editor::file_dialog::{Pick, Question};
use crate::editor::widgets::chooser::menu;
use crate::editor::widgets::number::{Number, number};
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::scale::Scale;
use crate::editor::widgets::text_line::{Line, text_line};
use crate::editor::widgets::{Touch, explain};
use crate::track::edit::catalogue::{self, synths};
use crate::track::edit::{Operation, StepField};
use crate::track::file::schema::{CrossfadeCurve, Step, Track};
use crate::track::play::levels::LARGEST_VOLUME;

mod lists;

/// Height of a row of fields.
const ROW: f32 = 21.0;
const CLIP: Question = Question {
    title: "A recording to lay over the track",
    kind: "Recordings",
    extensions: &["wav", "flac", "aif", "aiff", "mp3", "ogg"],
    pick: Pick::Several,
};

/// Draws and runs the panel.
pub fn show(ui: &mut Ui, touch: &Touch, rect: Rect, shown: &mut Shown, track: &Track) {
    let count = track.steps.len();
    let title = match count {
        0 => "No step".to_owned(),
        count => format!("Step {} of {count}", shown.choice.step + 1),
    };
    let panel = Panel::new(ui, touch, rect, &title, None);
    step_buttons(ui, touch, panel.title, shown, count);
    column(ui, panel.inside, "track outline", |ui, rows| {
        if let Some(step) = track.steps.get(shown.choice.step) {
            settings(ui, touch, rows, shown, track, step);
            voices(ui, touch, rows, shown, step);
        }
        parts(ui, touch, rows, shown, track);
    });
}

fn step_buttons(ui: &Ui, touch: &Touch, title: Rect, shown: &mut Shown, count: usize) {
    let step = shown.choice.step;
    let mut right = title.right();
    let mut run = |width: f32, text: &str, (name, meaning): (&str, &str), can: bool| {
        let middle = title.center().y;
        let cell = Rect::from_min_max(pos2(right - width, middle - 10.0), pos2(right, middle + 10.0));
        right -= width + 3.0;
        let response = button(ui, touch, cell, Id::unique(("step button", name)), (text, name), can);
        explain(&response, name, meaning);
        can && response.clicked()
    };
    let has = count > 0;
    let later = run(20.0, ">", ("Move step later", "Behind the next one."), step + 1 < count);
    let sooner = run(20.0, "<", ("Move step earlier", "In front of the one before."), has && step > 0);
    let delete = run(42.0, "Delete", ("Delete step", "Takes this step away."), has);
    let copy = run(34.0, "Copy", ("Duplicate step", "A copy behind this step."), has);
    let add = run(30.0, "Add", ("Add step", "A new step behind this one."), true);
    let change = match () {
        () if later => Some((Operation::MoveStep { from: step, to: step + 1 }, step + 1)),
        () if sooner => Some((Operation::MoveStep { from: step, to: step - 1 }, step - 1)),
        () if delete => Some((Operation::DeleteStep(step), step.saturating_sub(1))),
        () if copy => Some((Operation::DuplicateStep(step), step + 1)),
        () if add => {
            let after = has.then_some(step);
            Some((Operation::AddStep { after }, after.map_or(0, |step| step + 1)))
        }
        () => None,
    };
    if let Some((operation, next)) = change {
        shown.editing.change_once(&operation);
        shown.choice = Choice::step(next);
    }
}

/// A number of a step.
struct Setting<'a> {
    name: &'a str,
    label: &'a str,
    meaning: &'a str,
    unit: &'a str,
    scale: Scale,
    value: f64,
    /// What a double click gives.
    default: StepField,
    is_default: bool,
    field: fn(f64) -> StepField,
}

fn setting(ui: &mut Ui, touch: &Touch, rect: Rect, shown: &mut Shown, setting: Setting) {
    let step = shown.choice.step;
    let field = Number {
        id: Id::unique(("step setting", step, setting.name)),
        name: setting.name,
        label: setting.label,
        meaning: setting.meaning,
        unit: setting.unit,
        scale: setting.scale,
        value: setting.value,
        is_default: setting.is_default,
    };
    if let Some(change) = number(ui, touch, rect, &field) {
        let field = change.value.map_or(setting.default, setting.field);
        shown.editing.change(&Operation::SetStep { step, field });
        if change.is_done {
            shown.editing.seal();
        }
    }
}

fn settings(ui: &mut Ui, touch: &Touch, rows: &mut Column, shown: &mut Shown, track: &Track, step: &Step) {
    let index = shown.choice.step;
    if let Some(row) = rows.row(ROW) {
        let line = Line {
            id: Id::unique(("step name", index)),
            name: "Name of the step",
            label: "Name",
            text: &step.description,
            hint: "unnamed",
            meaning: "What the step is for. Click to type.",
        };
        if let Some(text) = text_line(ui, touch, row, &line) {
            let field = StepField::Description(text);
            shown.editing.change_once(&Operation::SetStep { step: index, field });
        }
    }
    if let Some(row) = rows.row(ROW) {
        times(ui, touch, row, shown, step);
    }
    if let Some(row) = rows.row(ROW) {
        join(ui, touch, row, shown, track, step);
    }
    if let Some(row) = rows.row(ROW) {
        volumes(ui, touch, row, shown, step);
    }
}

fn times(ui: &mut Ui, touch: &Touch, row: Rect, shown: &mut Shown, step: &Step) {
    let [length, start] = cells(row);
    let start_s = shown.editing.times().get(shown.choice.step).map_or(0.0, |times| times.start_s);
    let what = Setting {
        name: "Duration of the step",
        label: "Duration",
        meaning: "How long it sounds; the steps behind it move along. Type seconds or minutes:seconds.",
        unit: "s",
        scale: Scale { low: 1.0, high: 3_600.0, is_logarithmic: true },
        value: step.duration_s,
        default: StepField::Duration(60.0),
        is_default: false,
        field: StepField::Duration,
    };
    setting(ui, touch, length, shown, what);
    let what = Setting {
        name: "Start of the step",
        label: "Start",
        meaning: "Where it begins; the steps behind it move along.",
        unit: "s",
        scale: Scale::linear(0.0, (2.0 * shown.editing.length_s()).max(60.0)),
        value: start_s,
        default: StepField::Start(start_s),
        is_default: false,
        field: StepField::Start,
    };
    setting(ui, touch, start, shown, what);
}

/// How it gives way to the next step.
fn join(ui: &mut Ui, touch: &Touch, row: Rect, shown: &mut Shown, track: &Track, step: &Step) {
    let [length, overlap, curve] = cells(row);
    let what = Setting {
        name: "Crossfade into the next step",
        label: "Fade",
        meaning: "Length of the crossfade into the next step. Double-click for the track's.",
        unit: "s",
        scale: Scale::linear(0.0, 60.0),
        value: step.crossfade_duration_s.or(track.global.crossfade_duration_s).unwrap_or(0.0),
        default: StepField::CrossfadeDuration(None),
        is_default: step.crossfade_duration_s.is_none(),
        field: |seconds| StepField::CrossfadeDuration(Some(seconds)),
    };
    setting(ui, touch, length, shown, what);
    let what = Setting {
        name: "Overlap of the crossfade",
        label: "Overlap",
        meaning: "Share of the crossfade in which both steps sound. Double-click for the track's.",
        unit: "",
        scale: Scale::linear(0.0, 1.0),
        value: step.crossfade_overlap.unwrap_or(track.global.crossfade_overlap),
        default: StepField::CrossfadeOverlap(None),
        is_default: step.crossfade_overlap.is_none(),
        field: |share| StepField::CrossfadeOverlap(Some(share)),
    };
    setting(ui, touch, overlap, shown, what);
    let choices = [None, Some(CrossfadeCurve::Linear), Some(CrossfadeCurve::EqualPower)];
    let word = |curve: Option<CrossfadeCurve>| match curve {
        None => "As the track",
        Some(CrossfadeCurve::Linear) => "Linear",
        Some(CrossfadeCurve::EqualPower) => "Equal power",
    };
    let names = ("Crossfade curve", word(step.crossfade_curve));
    let chosen = menu(ui, touch, curve, Id::unique("crossfade curve"), names, |ui| {
        let click = |choice: &Option<CrossfadeCurve>| {
            ui.selectable_label(*choice == step.crossfade_curve, word(*choice)).clicked()
        };
        choices.iter().map(click).collect::<Vec<_>>().into_iter().position(|clicked| clicked)
    });
    if let Some(chosen) = chosen.0 {
        let field = StepField::CrossfadeCurve(choices[chosen]);
        shown.editing.change_once(&Operation::SetStep { step: shown.choice.step, field });
    }
}

fn volumes(ui: &mut Ui, touch: &Touch, row: Rect, shown: &mut Shown, step: &Step) {
    type Volume<'a> = (&'a str, &'a str, f64, fn(f64) -> StepField);
    let pair: [Volume; 2] = [
        ("Tones of the step", "Tones", step.binaural_volume, StepField::BinauralVolume),
        ("Noise of the step", "Noise", step.noise_volume, StepField::NoiseVolume),
    ];
    for ((name, label, value, field), cell) in pair.into_iter().zip(cells::<2>(row)) {
        let what = Setting {
            name,
            label,
            meaning: "Gain of these voices together; 0.48 at most.",
            unit: "",
            scale: Scale::linear(0.0, LARGEST_VOLUME),
            value: value.min(LARGEST_VOLUME),
            default: field(LARGEST_VOLUME),
            is_default: false,
            field,
        };
        setting(ui, touch, cell, shown, what);
    }
}

fn voices(ui: &mut Ui, touch: &Touch, rows: &mut Column, shown: &mut Shown, step: &Step) {
    rows.skip(3.0);
    if let Some(row) = rows.row(ROW) {
        let (title, add) = row.split_left_right_at_fraction(0.42);
        heading(ui, touch, title, "Voices");
        let names = ("Add a voice", "Add a voice");
        let chosen = menu(ui, touch, add, Id::unique("add voice"), names, synth_items(None));
        if let Some(index) = chosen.0 {
            let after = step.voices.len().checked_sub(1);
            let synth = synths()[index].name.to_owned();
            shown.editing.change_once(&Operation::AddVoice { step: shown.choice.step, after, synth });
            shown.choice = shown.choice.voice(step.voices.len());
        }
    }
    for (index, voice) in step.voices.iter().enumerate() {
        if let Some(row) = rows.row(ROW + 1.0) {
            lists::voice(ui, touch, row, shown, index, voice);
        }
    }
    if !step.voices.is_empty()
        && let Some(row) = rows.row(ROW - 1.0)
    {
        lists::voice_buttons(ui, touch, row, shown, step.voices.len());
    }
}

/// The synths as the items of a menu, each with what it is.
pub fn synth_items(present: Option<&'static str>) -> impl FnOnce(&mut Ui) -> Option<usize> {
    move |ui| {
        let mut chosen = None;
        egui::ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
            ui.set_min_width(190.0);
            for (index, synth) in synths().iter().enumerate() {
                let row = ui.selectable_label(present == Some(synth.name), synth.title);
                if row.on_hover_text(synth.about).clicked() {
                    chosen = Some(index);
                }
            }
        });
        chosen
    }
}

/// The noise bed and the clips.
fn parts(ui: &mut Ui, touch: &Touch, rows: &mut Column, shown: &mut Shown, track: &Track) {
    rows.skip(3.0);
    if let Some(row) = rows.row(ROW) {
        let [title, noise, clip] = cells(row);
        heading(ui, touch, title, "Under the steps");
        let can = track.background_noise.is_none();
        let id = Id::unique("add noise");
        let response = button(ui, touch, noise, id, ("Add noise", "Add a noise bed"), can);
        explain(&response, "Add a noise bed", "Noise that lies under the whole track.");
        if can && response.clicked() {
            shown.editing.change_once(&Operation::AddNoise);
            shown.choice.part = Part::Bed;
        }
        let response = button(ui, touch, clip, Id::unique("add clip"), ("Add clip…", "Add a clip"), true);
        explain(&response, "Add a clip", "Lays a recording over the track.");
        if response.clicked() {
            let (inbox, ctx) = (shown.inbox.clone(), ui.ctx().clone());
            shown.dialog.ask(&CLIP, move |paths| {
                paths.into_iter().for_each(|path| inbox.put(Asked::Clip(path)));
                ctx.request_repaint();
            });
        }
    }
    if let Some(part) = &track.background_noise
        && let Some(row) = rows.row(ROW + 1.0)
    {
        lists::part(ui, touch, row, shown, (Part::Bed, "Noise bed"), part);
    }
    for (index, clip) in track.clips.iter().enumerate() {
        if let Some(row) = rows.row(ROW + 1.0) {
            let name = clip_name(clip, index);
            lists::part(ui, touch, row, shown, (Part::Clip(index), &name), clip);
        }
    }
}

/// What a synth is called.
pub fn synth_title(name: &str) -> &str {
    catalogue::synth(name).map_or(name, |synth| synth.title)
}

/// The box of an entry in a list.
fn entry(row: Rect, buttons: f32) -> (Rect, Rect) {
    let (entry, rest) = row.split_left_right_at_x(row.right() - buttons);
    (entry.shrink2(vec2(0.0, 0.5)).with_max_x(entry.right() - 2.0), rest)
}
