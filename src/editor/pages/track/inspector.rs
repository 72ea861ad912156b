//! The right panel: the chosen voice, the noise bed or a clip.

use egui::{Id, Rect, Ui};

use super::blocks::clip_name;
use super::choice::Part;
use super::column::{Column, column};
use super::outline::{synth_items, synth_title};
use super::parameters::{self, Owner, Sheet};
use super::{Shown, cells, curve, shortened};
use crate::editor::layout::rows;
use crate::editor::widgets::chooser::menu;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::named;
use crate::editor::widgets::text_line::{Line, text_line};
use crate::editor::widgets::{Touch, explain, note};
use crate::track::edit::catalogue::{self, At, Parameter, Synth, synth, synths};
use crate::track::edit::{Operation, VoiceField};
use crate::track::file::schema::{Object, Track, Voice, VoiceType};
use crate::track::sound::voice::layer;

const ROW: f32 = 21.0;
/// Letters of a name in the title.
const TITLE: usize = 44;
/// Height of the curve: a share of the room, within limits.
const CURVE: (f32, f32, f32) = (0.3, 46.0, 170.0);

/// Draws and runs the panel.
pub fn show(ui: &mut Ui, touch: &Touch, rect: Rect, shown: &mut Shown, track: &Track) {
    match shown.choice.part {
        Part::Voice => voice_panel(ui, touch, rect, shown, track),
        Part::Bed => {
            let panel = Panel::new(ui, touch, rect, "Noise bed", None);
            let Some(part) = &track.background_noise else { return };
            column(ui, panel.inside, "noise bed", |ui, rows| {
                let known = catalogue::noise_bed();
                let sheet =
                    Sheet { owner: Owner::Bed, object: part.object(), known, moves: false, voice: None };
                parameters::show(ui, touch, rows, shown, &sheet);
                if let Some(object) = part.object().get("params").and_then(|params| params.as_object()) {
                    let known = catalogue::noise();
                    let moves = object.get("transition").and_then(|on| on.as_bool()).unwrap_or(false);
                    let sheet = Sheet { owner: Owner::Noise, object, known, moves, voice: None };
                    parameters::show(ui, touch, rows, shown, &sheet);
                }
            });
        }
        Part::Clip(index) => {
            let Some(clip) = track.clips.get(index) else { return };
            let title = format!("Clip {}: {}", index + 1, shortened(&clip_name(clip, index), TITLE));
            let panel = Panel::new(ui, touch, rect, &title, None);
            column(ui, panel.inside, "clip", |ui, rows| {
                let (owner, object, known) = (Owner::Clip(index), clip.object(), catalogue::clip());
                let sheet = Sheet { owner, object, known, moves: false, voice: None };
                parameters::show(ui, touch, rows, shown, &sheet);
            });
        }
    }
}

fn voice_panel(ui: &mut Ui, touch: &Touch, rect: Rect, shown: &mut Shown, track: &Track) {
    let (index, number) = (shown.choice.step, shown.choice.voice);
    let step = track.steps.get(index);
    let Some((step, voice)) = step.and_then(|step| Some((step, step.voices.get(number)?))) else {
        let panel = Panel::new(ui, touch, rect, "No voice", None);
        let at = panel.inside.left_top() + egui::vec2(1.0, 10.0);
        note(ui, at, "Add a voice to this step on the left.", touch.colours.text_dim);
        return;
    };
    let name = &voice.synth_function_name;
    let title = format!("Voice {}: {}", number + 1, shortened(synth_title(name), TITLE));
    let panel = Panel::new(ui, touch, rect, &title, None);
    let Some(known) = synth(name) else {
        column(ui, panel.inside, "voice", |ui, rows| {
            head(ui, touch, rows, shown, voice, None);
            if let Some(row) = rows.row(ROW) {
                let text = "This synth is not known here, and the voice is silent. Choose another one.";
                note(ui, row.left_center(), text, touch.colours.text);
            }
        });
        return;
    };
    let moves = layer::is_transition(name, voice.is_transition);
    let (share, least, most) = CURVE;
    let height = (panel.inside.height() * share).clamp(least, most);
    let (graph, list) = rows(panel.inside, height);
    let drawn = drawn(known, shown.touched.as_deref(), |parameter| moves && is_moving(voice, parameter));
    curve::large(ui, touch, graph, (voice, step.duration_s), drawn);
    column(ui, list, "voice", |ui, rows| {
        head(ui, touch, rows, shown, voice, Some(known));
        envelope(ui, touch, rows, shown, voice);
        let owner = Owner::Voice { step: index, voice: number };
        let sheet = Sheet {
            owner,
            object: &voice.params,
            known: &known.parameters,
            moves,
            voice: Some((voice, step.duration_s)),
        };
        parameters::show(ui, touch, rows, shown, &sheet);
    });
}

/// The parameter whose course is drawn: the one touched last, else the first that moves, else the first number.
fn drawn<'a>(
    synth: &'a Synth,
    touched: Option<&str>,
    is_moving: impl Fn(&Parameter) -> bool,
) -> Option<&'a Parameter> {
    let is_number = |parameter: &&Parameter| matches!(parameter.control, catalogue::Control::Slider { .. });
    let mut all = synth.parameters.iter().filter(is_number);
    let last = all.clone().find(|parameter| Some(parameter.label.as_str()) == touched);
    last.or_else(|| all.clone().find(|parameter| is_moving(parameter))).or_else(|| all.next())
}

/// Whether a parameter ends elsewhere than it starts.
fn is_moving(voice: &Voice, parameter: &Parameter) -> bool {
    let at = |at| parameter.value(&voice.params, at).as_f64();
    parameter.moves() && at(At::Start) != at(At::End)
}

/// Synth, name, movement, envelope, bus.
fn head(
    ui: &mut Ui,
    touch: &Touch,
    rows: &mut Column,
    shown: &mut Shown,
    voice: &Voice,
    known: Option<&'static Synth>,
) {
    let (step, index) = (shown.choice.step, shown.choice.voice);
    let set = |shown: &mut Shown, field: VoiceField| {
        shown.editing.change_once(&Operation::SetVoice { step, voice: index, field });
    };
    if let Some(row) = rows.row(ROW) {
        let [kind, name] = cells(row);
        let text = format!("Synth: {}", synth_title(&voice.synth_function_name));
        let items = synth_items(known.map(|synth| synth.name));
        let (chosen, _) =
            menu(ui, touch, kind, Id::unique("voice synth"), ("Synth of the voice", &text), items);
        if let Some(chosen) = chosen {
            set(shown, VoiceField::Synth(synths()[chosen].name.to_owned()));
        }
        let line = Line {
            id: Id::unique(("voice name", step, index)),
            name: "Name of the voice",
            label: "Name",
            text: &voice.description,
            hint: "unnamed",
            meaning: "Voices of one name in neighbouring steps keep their phase. Click to type.",
        };
        if let Some(text) = text_line(ui, touch, name, &line) {
            set(shown, VoiceField::Description(text));
        }
    }
    let Some(row) = rows.row(ROW) else { return };
    let [first, second, bus] = cells(row);
    let can_move = known.is_some_and(|synth| synth.has_transition);
    let moves = layer::is_transition(&voice.synth_function_name, voice.is_transition);
    let text = if moves { "Moves" } else { "Rests" };
    let id = Id::unique("voice transition");
    let response = match can_move {
        true => named(ui, touch, first, id, (text, "Voice moves"), moves),
        false => super::button(ui, touch, first, id, ("Rests", "Voice moves"), false),
    };
    let meaning = match can_move {
        true => "Whether its parameters go from a start to an end over the step.",
        false => "The parameters of this synth cannot move.",
    };
    explain(&response, "Transition", meaning);
    if can_move && response.clicked() {
        set(shown, VoiceField::Transition(!moves));
    }
    if let Some(envelope) = envelope_menu(ui, touch, second, voice) {
        set(shown, VoiceField::Envelope(envelope));
    }
    let buses = [VoiceType::Tonal, VoiceType::Noise];
    let word = |bus: VoiceType| if bus == VoiceType::Noise { "With noise" } else { "With tones" };
    let names = ("Bus of the voice", word(voice.voice_type));
    let (chosen, _) = menu(ui, touch, bus, Id::unique("voice bus"), names, |ui| {
        let click = |bus: &VoiceType| ui.selectable_label(*bus == voice.voice_type, word(*bus)).clicked();
        buses.iter().map(click).collect::<Vec<_>>().into_iter().position(|clicked| clicked)
    });
    if let Some(chosen) = chosen {
        set(shown, VoiceField::VoiceType(buses[chosen]));
    }
}

/// The envelope that was chosen, outer none where none was.
fn envelope_menu(ui: &mut Ui, touch: &Touch, rect: Rect, voice: &Voice) -> Option<Option<Object>> {
    let kinds = catalogue::envelopes();
    let present = kind(voice);
    let title = present.map_or("None", |index| kinds[index].title);
    let text = format!("Envelope: {title}");
    let id = Id::unique("voice envelope");
    let (chosen, _) = menu(ui, touch, rect, id, ("Envelope of the voice", &text), |ui| {
        let mut chosen = ui.selectable_label(present.is_none(), "None").clicked().then_some(0);
        for (index, kind) in kinds.iter().enumerate() {
            if ui.selectable_label(present == Some(index), kind.title).clicked() {
                chosen = Some(index + 1);
            }
        }
        chosen
    });
    chosen.map(|chosen| chosen.checked_sub(1).map(|index| kinds[index].object()))
}

/// The kind of envelope that a voice has.
fn kind(voice: &Voice) -> Option<usize> {
    let name = voice.volume_envelope.as_ref()?.get("type")?.as_str()?;
    catalogue::envelopes().iter().position(|kind| kind.name == name)
}

fn envelope(ui: &mut Ui, touch: &Touch, rows: &mut Column, shown: &mut Shown, voice: &Voice) {
    let Some(kind) = kind(voice).map(|index| &catalogue::envelopes()[index]) else { return };
    let empty = Object::new();
    let params = voice.volume_envelope.as_ref().and_then(|envelope| envelope.get("params")?.as_object());
    let owner = Owner::Envelope { step: shown.choice.step, voice: shown.choice.voice };
    let (object, known) = (params.unwrap_or(&empty), kind.parameters.as_slice());
    parameters::show(ui, touch, rows, shown, &Sheet { owner, object, known, moves: false, voice: None });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_touched_parameter_is_drawn() {
        let beat = synth("binaural_beat").unwrap();
        let label = |touched, moving: &str| {
            drawn(beat, touched, |parameter| parameter.label == moving).map(|found| found.label.as_str())
        };
        assert_eq!(label(Some("Beat"), "Volume left"), Some("Beat"));
        assert_eq!(label(Some("gone"), "Beat"), Some("Beat"), "what moves");
        assert_eq!(label(None, ""), Some("Carrier"));
    }
}
