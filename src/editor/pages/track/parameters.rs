//! Parameters of a voice, the noise bed or a clip, by group: one field for what rests, start and end beside each other
//! for what moves.

use egui::{Id, Rect, Ui};
use serde_json::Value;

use super::column::Column;
use super::{Shown, curve, heading};
use crate::editor::widgets::chooser::menu;
use crate::editor::widgets::number::{Number, number};
use crate::editor::widgets::pill::named;
use crate::editor::widgets::scale::{self, Scale};
use crate::editor::widgets::text_line::{Line, text_line};
use crate::editor::widgets::{Touch, explain, note};
use crate::track::edit::catalogue::{At, Choice, Control, Group, Parameter};
use crate::track::edit::sampled;
use crate::track::edit::{Operation, PartField, VoiceField};
use crate::track::file::schema::{Object, Voice};

const ROW: f32 = 21.0;
/// Least width of a field that rests, and of a row that moves.
const RESTING: f32 = 168.0;
const MOVING: f32 = 320.0;

/// Whose parameters they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A voice.
    Voice {
        /// Its step.
        step: usize,
        /// Its place in the step.
        voice: usize,
    },
    /// The envelope of a voice.
    Envelope {
        /// Its step.
        step: usize,
        /// Its place in the step.
        voice: usize,
    },
    /// The noise bed itself.
    Bed,
    /// The noise that it plays.
    Noise,
    /// A clip.
    Clip(usize),
}

impl Owner {
    /// Sets a key; none takes it away. An envelope has numbers alone, and every one of them.
    pub fn set(self, key: String, value: Option<Value>) -> Option<Operation> {
        Some(match self {
            Self::Voice { step, voice } => {
                Operation::SetVoice { step, voice, field: VoiceField::Param(key, value) }
            }
            Self::Envelope { step, voice } => {
                let field = VoiceField::EnvelopeParam(key, value?.as_f64()?);
                Operation::SetVoice { step, voice, field }
            }
            Self::Bed => Operation::SetNoise(PartField::Key(key, value)),
            Self::Noise => Operation::SetNoise(PartField::Inner(key, value)),
            Self::Clip(clip) => Operation::SetClip { clip, field: PartField::Key(key, value) },
        })
    }
}

/// What is shown and edited.
#[derive(Clone, Copy)]
pub struct Sheet<'a> {
    /// Whose they are.
    pub owner: Owner,
    /// The keys of the file.
    pub object: &'a Object,
    /// The parameters.
    pub known: &'a [Parameter],
    /// Whether parameters move.
    pub moves: bool,
    /// The voice and the length of its step in seconds, where there is one.
    pub voice: Option<(&'a Voice, f64)>,
}

impl Sheet<'_> {
    /// Which of the values of what rests counts.
    fn at(&self) -> At {
        if self.moves { At::Start } else { At::Plain }
    }
}

/// Draws and runs all of them.
pub fn show(ui: &mut Ui, touch: &Touch, rows: &mut Column, shown: &mut Shown, sheet: &Sheet) {
    let is_there = |parameter: &&Parameter| match sheet.moves {
        true => parameter.in_transition,
        false => parameter.in_static,
    };
    let there: Vec<&Parameter> = sheet.known.iter().filter(is_there).collect();
    for group in there.chunk_by(|a, b| a.group == b.group) {
        rows.skip(1.0);
        if let Some(row) = rows.row(16.0) {
            heading(ui, touch, row, title(sheet, group[0].group));
        }
        let (moving, resting): (Vec<&Parameter>, _) =
            group.iter().partition(|parameter| sheet.moves && parameter.moves());
        for line in moving.chunks(fitting(rows.width(), MOVING)) {
            let Some(row) = rows.row(ROW) else { continue };
            for (parameter, cell) in line.iter().zip(spread(row, fitting(row.width(), MOVING))) {
                pair(ui, touch, cell, shown, sheet, parameter);
            }
        }
        for line in resting.chunks(fitting(rows.width(), RESTING)) {
            let Some(row) = rows.row(ROW) else { continue };
            for (parameter, cell) in line.iter().zip(spread(row, fitting(row.width(), RESTING))) {
                let place = Place { at: sheet.at(), label: &parameter.label, told: "" };
                field(ui, touch, cell, shown, sheet, parameter, &place);
            }
        }
    }
}

fn title(sheet: &Sheet, group: Group) -> &'static str {
    match (sheet.owner, group) {
        (Owner::Envelope { .. }, _) => "Envelope",
        // Where a bed or a clip stands, rather than how something moves.
        (Owner::Bed | Owner::Clip(_), Group::Transition) => "Time",
        (_, group) => group.title(),
    }
}

/// How many fields of a width fit into a row.
fn fitting(room: f32, least: f32) -> usize {
    ((room / least) as usize).clamp(1, 4)
}

fn spread(row: Rect, count: usize) -> impl Iterator<Item = Rect> {
    let width = (row.width() + 4.0) / count as f32;
    (0..count).map(move |index| {
        let left = row.left() + index as f32 * width;
        Rect::from_x_y_ranges(left..=left + width - 4.0, row.y_range())
    })
}

/// Which value of a parameter a field holds and what it says.
struct Place<'a> {
    at: At,
    label: &'a str,
    /// Behind the name, for those who do not see where it stands.
    told: &'a str,
}

/// Name, start, end and course.
fn pair(ui: &mut Ui, touch: &Touch, cell: Rect, shown: &mut Shown, sheet: &Sheet, parameter: &Parameter) {
    let (name, rest) = cell.split_left_right_at_fraction(0.34);
    let (fields, course) = rest.split_left_right_at_x(rest.right() - 52.0);
    let room = ui.painter().with_clip_rect(name.intersect(ui.clip_rect()));
    let at = name.left_center() + egui::vec2(2.0, 0.0);
    let ink = touch.colours.text;
    let font = crate::editor::theme::SMALL;
    crate::editor::widgets::label(&room, at, egui::Align2::LEFT_CENTER, &parameter.label, font, ink);
    let [start, end] = super::cells(fields);
    let ends = [(start, At::Start, ", start"), (end, At::End, ", end")];
    for (rect, at, told) in ends {
        field(ui, touch, rect, shown, sheet, parameter, &Place { at, label: "", told });
    }
    if let Some((voice, duration_s)) = sheet.voice {
        let points = sampled::parameter(voice, duration_s, parameter);
        curve::small(ui, touch, course.with_min_x(course.left() + 4.0), &points, duration_s);
    }
}

/// One value.
fn field(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    shown: &mut Shown,
    sheet: &Sheet,
    parameter: &Parameter,
    place: &Place,
) {
    let key = parameter.key(sheet.object, place.at).to_owned();
    let id = Id::unique(("parameter", sheet.owner, &key));
    let name = format!("{}: {}{}", title(sheet, parameter.group), parameter.label, place.told);
    let value = parameter.value(sheet.object, place.at);
    let is_default = !sheet.object.contains_key(&key);
    let meaning = format!(
        "{} Key in the file: {key}.",
        match parameter.control {
            Control::Slider { .. } => "Drag, turn the wheel, or click to type. Double-click for the default.",
            Control::Free => "A list or an object in JSON. Click to type.",
            Control::Text => "Click to type.",
            Control::Switch | Control::Choice(_) => "",
        }
    );
    let words = Words { id, name: &name, label: place.label, meaning: meaning.trim() };
    let set = |shown: &mut Shown, value: Option<Value>, is_done: bool| {
        let value = match sheet.owner {
            Owner::Envelope { .. } => value.or_else(|| Some(parameter.default.clone())),
            _ => value,
        };
        if let Some(operation) = sheet.owner.set(key.clone(), value) {
            shown.editing.change(&operation);
            shown.touched = Some(parameter.label.clone());
        }
        if is_done {
            shown.editing.seal();
        }
    };
    match parameter.control {
        Control::Slider { low, high, is_logarithmic } => {
            let scale = Scale { low, high, is_logarithmic };
            let Some(value) = value.as_f64().or(value.is_null().then_some(low)) else {
                // What is no number in the file is shown as it stands there, until a number is typed.
                let typed = misfit(ui, touch, rect, &words, &value);
                if let Some(number) = typed.and_then(|typed| scale::read(&typed, parameter.unit)) {
                    set(shown, Some(number.into()), true);
                }
                return;
            };
            let Words { id, name, label, meaning } = words;
            let what = Number { id, name, label, meaning, unit: parameter.unit, scale, value, is_default };
            if let Some(change) = number(ui, touch, rect, &what) {
                set(shown, change.value.map(Value::from), change.is_done);
            }
        }
        Control::Switch => {
            if let Some(on) = switch(ui, touch, rect, &words, is_on(&value)) {
                set(shown, Some(on.into()), true);
            }
        }
        Control::Choice(choices) => {
            if let Some(chosen) = choice(ui, touch, rect, &words, choices, &value) {
                set(shown, Some(chosen), true);
            }
        }
        Control::Text | Control::Free => {
            let is_text = parameter.control == Control::Text;
            if let Some(typed) = text(ui, touch, rect, &words, &value, is_text) {
                set(shown, typed, true);
            }
        }
    }
}

/// How a field is named and what it says.
struct Words<'a> {
    id: Id,
    name: &'a str,
    label: &'a str,
    meaning: &'a str,
}

/// Files may hold switches as numbers.
fn is_on(value: &Value) -> bool {
    value.as_bool().unwrap_or_else(|| value.as_f64().is_some_and(|number| number != 0.0))
}

fn switch(ui: &Ui, touch: &Touch, rect: Rect, words: &Words, is_on: bool) -> Option<bool> {
    let (pill, rest) = rect.split_left_right_at_x(rect.left() + 34.0);
    let text = if is_on { "On" } else { "Off" };
    let response = named(ui, touch, pill.shrink2(egui::vec2(0.0, 1.0)), words.id, (text, words.name), is_on);
    let at = rest.left_center() + egui::vec2(6.0, 0.0);
    note(ui, at, words.label, touch.colours.text_dim);
    explain(&response, words.name, words.meaning);
    response.clicked().then_some(!is_on)
}

fn choice(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    words: &Words,
    choices: &[Choice],
    value: &Value,
) -> Option<Value> {
    let is_present = |choice: &&Choice| {
        let known = Value::from(choice.value);
        known == *value || known.is_number() && known.as_f64() == value.as_f64()
    };
    let present = choices.iter().find(is_present).map_or_else(|| written(value), |x| x.label.to_owned());
    let text = format!("{}: {present}", words.label);
    let (chosen, _) = menu(ui, touch, rect, words.id, (words.name, &text), |ui| {
        let mut chosen = None;
        for (index, choice) in choices.iter().enumerate() {
            if ui.selectable_label(is_present(&choice), choice.label).clicked() {
                chosen = Some(index);
            }
        }
        chosen
    });
    chosen.map(|index| choices[index].value.into())
}

/// A text as it is, everything else as JSON.
fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What was typed, outer none where nothing was, inner none where the key is to go.
fn text(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    words: &Words,
    value: &Value,
    is_text: bool,
) -> Option<Option<Value>> {
    let text = written(value);
    let Words { id, name, label, meaning } = *words;
    let line = Line { id, name, label, text: &text, hint: "none", meaning };
    typed(&text_line(ui, touch, rect, &line)?, is_text)
}

/// A value of the wrong kind; gives what was typed over it.
fn misfit(ui: &mut Ui, touch: &Touch, rect: Rect, words: &Words, value: &Value) -> Option<String> {
    let text = written(value);
    let Words { id, name, label, meaning } = *words;
    let warn = touch.in_colour(touch.colours.alarm);
    text_line(ui, &warn, rect, &Line { id, name, label, text: &text, hint: "no number", meaning })
}

/// Reads a typed text; none is no JSON.
fn typed(text: &str, is_text: bool) -> Option<Option<Value>> {
    match (text.trim(), is_text) {
        ("", _) => Some(None),
        (text, true) => Some(Some(text.into())),
        (text, false) => serde_json::from_str(text).ok().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_and_objects_are_typed_as_json() {
        assert_eq!(typed(" [1, {\"a\": 2}] ", false), Some(Some(json!([1, {"a": 2}]))));
        assert_eq!(typed("[1", false), None);
        assert_eq!((typed("", false), typed(" rain.wav", true)), (Some(None), Some(Some(json!("rain.wav")))));
    }

    #[test]
    fn fields_fill_their_row() {
        let row = Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(460.0, 21.0));
        assert_eq!((fitting(460.0, RESTING), fitting(460.0, MOVING), fitting(90.0, MOVING)), (2, 1, 1));
        let fields: Vec<Rect> = spread(row, 2).collect();
        assert_eq!((fields[0].left(), fields[1].right()), (0.0, 460.0));
        assert!(fields[1].left() > fields[0].right());
    }

    #[test]
    fn each_owner_sets_its_own() {
        let set = |owner: Owner| owner.set("gain".into(), Some(json!(0.5))).unwrap().target().unwrap();
        assert_eq!(set(Owner::Voice { step: 1, voice: 2 }), "step 1 voice 2 param gain");
        assert_eq!(set(Owner::Envelope { step: 1, voice: 2 }), "step 1 voice 2 envelope gain");
        assert_eq!(
            (set(Owner::Bed), set(Owner::Noise)),
            ("noise key gain".into(), "noise inner gain".into())
        );
        assert_eq!(set(Owner::Clip(3)), "clip 3 key gain");
        assert_eq!(Owner::Envelope { step: 0, voice: 0 }.set("attack".into(), None), None);
    }
}
