//! Keeps what is heard as a preset of one's own.

use egui::{Align, Id, Key, Rect, Ui, UiBuilder, vec2};

use super::change::Desktop;
use crate::control::MasterControls;
use crate::editor::layout::rows;
use crate::editor::pages::Desk;
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::field::{self, Field, field};
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::word;
use crate::editor::widgets::{Touch, explain, line, prose};
use crate::state::library::{Existing, Library};
use crate::state::preset::{self, Preset};
use crate::state::user_folder::displayed;
use crate::state::user_settings::{PresetChoice, PresetOrigin};

/// Height of the description: a share of the room, within limits.
const DESCRIPTION: (f32, f32, f32) = (0.2, 38.0, 100.0);
/// Height of the line with the folder.
const FOLDER: f32 = 20.0;

/// A preset being described.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    name: String,
    description: String,
    tags: String,
    target_lufs: Option<f32>,
}

impl Draft {
    /// Takes over what is written in a preset that was loaded, so that saving it again says the same. Of a factory preset
    /// only what it is mastered for: the words are for a new one.
    pub fn follow(&mut self, choice: &PresetChoice, library: &Library) {
        let entry = library.named(&choice.name, choice.origin);
        let Some(preset) = entry.and_then(|entry| entry.preset.as_ref().ok()) else { return };
        self.target_lufs = preset.target_lufs;
        if choice.origin == PresetOrigin::User {
            self.name.clone_from(&preset.name);
            self.description.clone_from(&preset.description);
            self.tags = preset.tags.join(", ");
        }
    }

    /// Goes along with a preset that gets another name.
    pub fn rename(&mut self, old: &str, new: &str) {
        if self.name == old {
            self.name = new.to_owned();
        }
    }

    /// The preset. How one listens is no part of it.
    fn preset(&self, heard: &MasterControls) -> Preset {
        let tags = self.tags.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        Preset {
            version: preset::VERSION,
            name: self.name.trim().to_owned(),
            description: self.description.split_whitespace().collect::<Vec<_>>().join(" "),
            tags: tags.map(str::to_owned).collect(),
            target_lufs: self.target_lufs,
            controls: heard.heard_as(&MasterControls::default()),
        }
    }
}

/// Draws and runs the panel.
pub fn show(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, view: &mut View) {
    let panel = Panel::new(ui, touch, rect, "Keep what you hear", None);
    let inside = panel.inside.with_min_y(panel.inside.top() + 1.0);
    let (share, least, most) = DESCRIPTION;
    let height = (share * inside.height()).clamp(least, most);
    let (name, rest) = rows(inside, field::HEIGHT);
    let (description, rest) = rows(rest.translate(vec2(0.0, -2.0)), height);
    let (tags, rest) = rows(rest.translate(vec2(0.0, -2.0)), field::HEIGHT);
    let (save, rest) = rows(rest.translate(vec2(0.0, -2.0)), 24.0);
    let draft = &mut view.presets.draft;
    let about = |name, hint, is_long| Field { name, hint, is_long };
    let id = |what: &str| Id::unique(("keep preset", what));
    let typed = field(ui, touch, name, id("name"), &mut draft.name, about("Preset name", "Name", false));
    let hint = "What it is for, a sentence or two";
    let field_about = about("Preset description", hint, true);
    field(ui, touch, description, id("description"), &mut draft.description, field_about);
    let hint = "Tags, with commas between them";
    field(ui, touch, tags, id("tags"), &mut draft.tags, about("Preset tags", hint, false));
    let response = word(ui, touch, save, id("save"), "Save", false);
    explain(&response, "Save", "Writes the present settings as a preset of your own.");
    let is_enter = typed.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if response.clicked() || is_enter {
        let preset = draft.preset(&desk.params.expected());
        let mut on =
            Desktop { shelf: &mut view.shelf, settings: &mut view.settings, slot: desk.params.ab_active() };
        view.presets.save(&mut on, &preset, Existing::Keep);
    }
    let (said, folder) = rest.split_top_bottom_at_y(rest.bottom() + 2.0 - FOLDER);
    tell(ui, touch, said, view);
    place(ui, touch, folder, view.shelf.library());
}

/// What came of the last change, or what is wrong with the folder.
fn tell(ui: &mut Ui, touch: &Touch, rect: Rect, view: &mut View) {
    let problem = view.shelf.library().problem().map(str::to_owned);
    let (text, ink) = match (&view.presets.said, problem) {
        (Some(said), _) if said.is_problem => (said.text.clone(), touch.colours.alarm),
        (Some(said), _) => (said.text.clone(), touch.colours.text),
        (None, Some(problem)) => (problem, touch.colours.caution),
        (None, None) => return,
    };
    prose(ui, rect, &text, ink);
    let response = ui.interact(rect, Id::unique("preset news"), egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Status, true, &text));
    explain(&response, "Presets", &text);
}

/// Where the files are.
fn place(ui: &mut Ui, touch: &Touch, rect: Rect, library: &Library) {
    let Some(folder) = library.folder() else {
        let text = "There is no folder for your presets on this system.";
        line(ui, rect, text, theme::SMALL, touch.colours.caution);
        return;
    };
    let shown = displayed(folder);
    let (path, button) = rect.split_left_right_at_x(rect.right() - 50.0);
    let builder = UiBuilder::new().max_rect(path).layout(egui::Layout::left_to_right(Align::Center));
    ui.scope_builder(builder, |ui| {
        line(ui, path.with_max_x(path.right() - 6.0), &shown, theme::SMALL, touch.colours.text_dim);
    });
    let hover = ui.interact(path, Id::unique("preset folder"), egui::Sense::hover());
    hover.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &shown));
    explain(&hover, "Your presets are here", &shown);
    let response = word(ui, touch, button, Id::unique("copy folder"), "Copy", false);
    explain(&response, "Copy", "Copies the folder's name, for a file browser.");
    if response.clicked() {
        ui.copy_text(folder.display().to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::LatencyMode;

    #[test]
    fn a_draft_becomes_a_preset_without_how_one_listens() {
        let draft = Draft {
            name: " Mine ".into(),
            description: "Two\nlines ".into(),
            tags: "warm, , own ,".into(),
            target_lufs: Some(-14.0),
        };
        let mut heard = MasterControls { mode: LatencyMode::Live, ..MasterControls::default() };
        heard.global.delta = true;
        heard.limiter.drive_db = 3.0;
        let preset = draft.preset(&heard);
        assert_eq!((preset.name.as_str(), preset.description.as_str()), ("Mine", "Two lines"));
        assert_eq!(preset.tags, ["warm", "own"]);
        assert_eq!(preset.target_lufs, Some(-14.0));
        assert_eq!(preset.controls.limiter.drive_db, 3.0);
        assert_eq!(preset.controls.mode, LatencyMode::Master);
        assert!(!preset.controls.global.delta);
    }

    #[test]
    fn the_words_of_a_factory_preset_stay_its_own() {
        let mut draft = Draft { name: "Mine".into(), ..Draft::default() };
        let choice = PresetChoice { name: "Streaming".into(), origin: PresetOrigin::Factory };
        draft.follow(&choice, &Library::at(None));
        assert_eq!(draft.name, "Mine");
        assert!(draft.target_lufs.is_some());
    }
}
