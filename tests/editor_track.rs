//! The page of the track driven without a window: steps, values that are typed, undo, the plugin hearing of each, and
//! that everything has its place.

use std::sync::Arc;

use auracore::editor::layout::MIN_SIZE;
use auracore::state::track::SavedTrack;
use auracore::track::file::preset::factory;
use egui_kittest::kittest::{NodeT, Queryable};

#[path = "support/host.rs"]
mod host;
#[path = "support/programme.rs"]
mod programme;
#[path = "support/window.rs"]
mod window;

use window::Window;

/// Size of a first window.
const DEFAULT_SIZE: egui::Vec2 = egui::vec2(1100.0, 720.0);

const TRACK: &str = r#"{"progression": [
    {"duration": 30.0, "description": "First", "voices": [
        {"synth_function_name": "binaural_beat", "params": {"baseFreq": 200.0, "beatFreq": 4.0}}]},
    {"duration": 20.0, "description": "Second", "voices": [
        {"synth_function_name": "binaural_beat", "is_transition": true,
         "params": {"startBaseFreq": 200.0, "endBaseFreq": 100.0, "loudness": 3}}]}],
    "overlay_clips": [{"file_path": "gone.wav", "start": 5.0, "duration": 10.0}]}"#;

/// The page with a track.
fn opened(size: egui::Vec2, text: &str) -> Window {
    let mut window = Window::new(size.into());
    let saved = SavedTrack { name: "Mine".into(), text: text.into(), ..SavedTrack::default() };
    window.params.track.embedded.replace(saved);
    click(&mut window, egui::accesskit::Role::Tab, "Track");
    settle(&mut window, text);
    window
}

fn click(window: &mut Window, role: egui::accesskit::Role, name: &str) {
    let found = window.harness.get_all_by_role_and_label(role, name);
    found.into_iter().next().unwrap().click();
    window.frames(3);
}

fn press(window: &mut Window, name: &str) {
    window.harness.get_by_label(name).click();
    window.frames(3);
}

fn text(window: &Window) -> String {
    window.params.track.embedded.read().0.text.clone()
}

/// Draws until the plugin has this track.
fn settle(window: &mut Window, wanted: &str) {
    for _ in 0..400 {
        window.frames(2);
        if text(window) == wanted && window.harness.query_by_label("Timeline").is_some() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(text(window), wanted);
    std::thread::sleep(std::time::Duration::from_millis(50));
    window.frames(4);
}

/// Draws until the plugin's track satisfies something.
fn until(window: &mut Window, what: &str, is_so: impl Fn(&str) -> bool) {
    for _ in 0..400 {
        window.frames(2);
        if is_so(&text(window)) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("never {what}: {}", text(window));
}

/// Types a value into the field of this name.
fn enter(window: &mut Window, name: &str, value: &str) {
    press(window, name);
    window.harness.event(egui::Event::Text(value.to_owned()));
    window.frames(2);
    window.harness.key_press(egui::Key::Enter);
    window.frames(3);
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_step_comes_and_undo_gives_the_same_text_back() {
    let mut window = opened(DEFAULT_SIZE, TRACK);
    press(&mut window, "Add step");
    until(&mut window, "three steps", |text| json(text)["progression"].as_array().unwrap().len() == 3);
    press(&mut window, "Undo edit");
    until(&mut window, "the same text", |text| text == TRACK);
    press(&mut window, "Redo edit");
    until(&mut window, "three steps", |text| json(text)["progression"].as_array().unwrap().len() == 3);
    // The header's own steps are the track's here.
    press(&mut window, "Undo");
    until(&mut window, "the same text", |text| text == TRACK);
}

#[test]
fn a_parameter_is_typed_with_its_unit() {
    let mut window = opened(DEFAULT_SIZE, TRACK);
    window.play(0.1);
    let carrier = |text: &str| json(text)["progression"][0]["voices"][0]["params"]["baseFreq"].clone();
    enter(&mut window, "Tone: Carrier", "0,25 kHz");
    until(&mut window, "250 Hz", |text| carrier(text) == 250.0);
    enter(&mut window, "Tone: Carrier", "loud");
    window.frames(10);
    assert_eq!(carrier(&text(&window)), 250.0);
    press(&mut window, "Undo edit");
    until(&mut window, "the same text", |text| text == TRACK);
    assert_eq!(window.told(), [], "a track is no parameter");
}

#[test]
fn voices_and_findings_are_chosen_by_a_click() {
    let mut window = opened(DEFAULT_SIZE, TRACK);
    press(&mut window, "Step 2: Second");
    enter(&mut window, "Tone: Carrier, end", "80");
    let end = |text: &str| json(text)["progression"][1]["voices"][0]["params"]["endBaseFreq"].clone();
    until(&mut window, "80 Hz", |text| end(text) == 80.0);
    press(&mut window, "Mute voice 1: Binaural beat");
    until(&mut window, "muted", |text| json(text)["progression"][1]["voices"][0]["auracore_mute"] == true);
}

#[test]
fn dragging_an_end_is_one_step() {
    let mut window = opened(DEFAULT_SIZE, TRACK);
    let step = window.harness.get_by_label("Step 1: First").rect();
    let from = egui::pos2(step.right() - 3.0, step.center().y);
    window.harness.hover_at(from);
    window.frames(1);
    window.harness.drag_at(from);
    window.frames(1);
    for i in 1..=8 {
        window.harness.hover_at(from + egui::vec2(10.0 * i as f32, 0.0));
        window.frames(1);
    }
    window.harness.drop_at(from + egui::vec2(80.0, 0.0));
    let duration = |text: &str| json(text)["progression"][0]["duration"].as_f64().unwrap();
    until(&mut window, "longer", |text| duration(text) > 32.0);
    window.frames(10);
    press(&mut window, "Undo edit");
    until(&mut window, "the same text", |text| text == TRACK);
}

/// Every control of the page with each factory track is within the window, and no two have the same name.
#[test]
fn everything_has_its_name_and_its_place() {
    for size in [MIN_SIZE, DEFAULT_SIZE] {
        // The harness draws inside a margin of 8 points, by which the smallest window is too large for it.
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, size).expand(8.5);
        for preset in factory().iter().step_by(4) {
            let window = opened(size, preset.json);
            let mut names = std::collections::BTreeSet::new();
            for node in window.harness.root().children_recursive() {
                let access = node.accesskit_node();
                if !access.data().supports_action(egui::accesskit::Action::Focus) {
                    continue;
                }
                let name = access.label().unwrap_or_default().to_owned();
                assert!(!name.is_empty(), "{}: nameless at {:?}", preset.name, node.rect());
                assert!(whole.contains_rect(node.rect()), "{}: {name} at {:?}", preset.name, node.rect());
                // The header and the footer have names of their own, as have the text fields.
                let is_page = node.rect().top() > 100.0 && node.rect().bottom() < size.y - 30.0;
                assert!(!is_page || names.insert(name.clone()), "{}: {name} twice", preset.name);
            }
            assert!(names.len() > 20, "{}: {names:?}", preset.name);
        }
    }
}

#[test]
fn nothing_is_left_of_a_window_that_is_gone() {
    let window = opened(DEFAULT_SIZE, TRACK);
    let weak = Arc::downgrade(&window.params);
    drop(window);
    assert_eq!(weak.strong_count(), 0);
}
