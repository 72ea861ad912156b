//! What the user prefers, whatever the project, and what the program is.

use egui::{Id, Rect, Role, Ui, WidgetInfo, vec2};
use nice_plug::prelude::PluginApi;

use crate::editor::desk::Desk;
use crate::editor::layout::{GAP, columns, row, rows};
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::chooser::one_of;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::word;
use crate::editor::widgets::{About, Touch, about, explain, line};
use crate::state::user_settings::{LevelRange, Smoothing, Tilt};

mod licences;
mod start;
mod themes;

pub use licences::Licences;

/// Scales to choose from, in per cent.
const SCALES: [(u16, &str); 8] = [
    (75, "75"),
    (90, "90"),
    (100, "100"),
    (110, "110"),
    (125, "125"),
    (150, "150"),
    (175, "175"),
    (200, "200"),
];
/// Heights of the panels on the left: the window, the spectrum, what new instances start with.
const WINDOW: f32 = 134.0;
const SPECTRUM: f32 = 142.0;
/// Height of what the program says of itself.
const ABOUT: f32 = 92.0;
/// Width of the words in front of choices.
const WORDS: f32 = 70.0;

/// Draws and runs the page; told what the plugin runs as and what is wrong with the file of settings.
pub fn show(
    ui: &mut Ui,
    desk: &Desk,
    rect: Rect,
    view: &mut View,
    licences: &mut Licences,
    (api, problem): (PluginApi, Option<&str>),
) {
    let touch = desk.touch(desk.colours.levels);
    let (left, right) = columns(rect, (0.5 * rect.width()).min(480.0));
    let (window, rest) = rows(left, WINDOW);
    let (spectrum, start) = rows(rest, SPECTRUM);
    looks(ui, &touch, window, view);
    analyser(ui, &touch, spectrum, view);
    start::show(ui, &touch, start, view, problem);
    let (program, rest) = rows(right, ABOUT);
    programme(ui, desk, &touch, program, api);
    licences::show(ui, &touch, rest, licences);
}

/// A line of a panel: its words and the room for what there is to choose.
fn titled(ui: &Ui, touch: &Touch, rect: Rect, text: &str) -> Rect {
    let (words, choices) = rect.split_left_right_at_x(rect.left() + WORDS);
    line(ui, words, text, theme::SMALL, touch.colours.text_dim);
    choices
}

/// A switch that is no parameter.
fn switch(ui: &Ui, touch: &Touch, rect: Rect, on: &mut bool, about: About) {
    let response = word(ui, touch, rect, Id::unique(("switch", about.label)), about.label, *on);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, *on, about.label));
    explain(&response, about.label, about.meaning);
    if response.clicked() {
        *on = !*on;
    }
}

fn looks(ui: &mut Ui, touch: &Touch, rect: Rect, view: &mut View) {
    let panel = Panel::new(ui, touch, rect, "Window", None);
    let (scale, rest) = rows(panel.inside, 22.0);
    let (pictures, motion) = rows(rest, rest.height() - 22.0 - GAP);
    let choices = titled(ui, touch, scale, "Size, %");
    let names = SCALES.map(|(_, name)| name);
    let present = SCALES.iter().position(|(percent, _)| *percent == view.settings.scale_percent);
    let meaning = "Size of everything in the window, in per cent. The window grows with it.";
    if let Some(index) = one_of(ui, touch, choices, &names, present, about("Size", meaning)) {
        view.settings.scale_percent = SCALES[index].0;
    }
    let choices = titled(ui, touch, pictures, "Colours");
    themes::show(ui, touch, choices, &mut view.settings.theme);
    let choices = titled(ui, touch, motion, "Motion");
    let about =
        about("Reduced motion", "Nothing fades or slides. Meters and curves still show what is heard.");
    switch(ui, touch, choices.with_max_x(choices.left() + 130.0), &mut view.settings.reduced_motion, about);
}

fn analyser(ui: &mut Ui, touch: &Touch, rect: Rect, view: &mut View) {
    let panel = Panel::new(ui, touch, rect, "Spectrum", None);
    let analyser = &mut view.settings.analyser;
    let cell = |index| row(panel.inside, index, 4).shrink2(vec2(0.0, 1.5));
    let smoothings = [Smoothing::None, Smoothing::SixthOctave, Smoothing::ThirdOctave];
    let names = ["fine", "1/6 octave", "1/3 octave"];
    let meaning = "Averages the spectrum over parts of an octave.";
    let choices = titled(ui, touch, cell(0), "Smoothing");
    choose(ui, touch, choices, &smoothings, &names, &mut analyser.smoothing, about("Smoothing", meaning));
    let names = ["0 dB/oct", "3 dB/oct", "4.5 dB/oct"];
    let meaning = "Tilts the spectrum: with 3 dB per octave pink noise looks level, with 4.5 most music.";
    let choices = titled(ui, touch, cell(1), "Tilt");
    choose(ui, touch, choices, &Tilt::ALL, &names, &mut analyser.tilt_db_per_octave, about("Tilt", meaning));
    let names = ["60 dB", "90 dB", "120 dB"];
    let choices = titled(ui, touch, cell(2), "Range");
    let meaning = "Levels of the spectrum from top to bottom.";
    choose(ui, touch, choices, &LevelRange::ALL, &names, &mut analyser.range_db, about("Range", meaning));
    let choices = titled(ui, touch, cell(3), "Lines");
    let (input, hold) = choices.split_left_right_at_fraction(0.5);
    let meaning = "Draws the spectrum of the input behind that of the output.";
    switch(ui, touch, input.shrink2(vec2(1.0, 0.0)), &mut analyser.show_input, about("Input", meaning));
    let meaning = "Keeps the highest levels as a line.";
    switch(ui, touch, hold.shrink2(vec2(1.0, 0.0)), &mut analyser.peak_hold, about("Peak hold", meaning));
}

fn choose<T: PartialEq + Copy>(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    values: &[T],
    names: &[&str],
    present: &mut T,
    about: About,
) {
    let at = values.iter().position(|value| value == present);
    if let Some(index) = one_of(ui, touch, rect, names, at, about) {
        *present = values[index];
    }
}

fn programme(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, api: PluginApi) {
    let panel = Panel::new(ui, touch, rect, "AuraCore", None);
    let runs_as = match api {
        PluginApi::Standalone => "Standalone".to_owned(),
        plugin => format!("{plugin} plugin"),
    };
    let rate = match desk.picture.output {
        Some(_) => format!("{} kHz", desk.rate_hz() / 1_000.0),
        None => "Not known before something plays".to_owned(),
    };
    let lines = [("Version", env!("CARGO_PKG_VERSION").to_owned()), ("Runs as", runs_as), ("Rate", rate)];
    for (index, (name, text)) in lines.iter().enumerate() {
        let place = row(panel.inside, index, lines.len());
        let value = titled(ui, touch, place, name);
        line(ui, value, text, theme::SMALL, touch.colours.text);
        let response = ui.interact(place, Id::unique(("about", *name)), egui::Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {text}")));
    }
}
