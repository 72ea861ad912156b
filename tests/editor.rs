//! The editor driven without a window: the hand, gestures, typed values, undo, keys, and that everything has its place.

use std::sync::Arc;

use auracore::control::{EqKind, MasterControls};
use auracore::editor::layout::MIN_SIZE;
use egui_kittest::kittest::{NodeT, Queryable};
use nice_plug::prelude::Param;

#[path = "support/host.rs"]
mod host;
#[path = "support/programme.rs"]
mod programme;
#[path = "support/window.rs"]
mod window;

use host::Told;
use window::Window;

/// Size of a first window.
const DEFAULT_SIZE: egui::Vec2 = egui::vec2(1100.0, 720.0);

fn default_window() -> Window {
    Window::new(DEFAULT_SIZE.into())
}

fn ids(told: &[Told]) -> Vec<String> {
    told.iter()
        .map(|told| match told {
            Told::Begin(id) => format!("begin {id}"),
            Told::Set(id, _) => format!("set {id}"),
            Told::End(id) => format!("end {id}"),
        })
        .collect()
}

/// Every gesture is begun, changes something, and is ended, whatever else goes on.
fn assert_whole_gestures(told: &[Told]) {
    let mut held = Vec::new();
    for told in told {
        match told {
            Told::Begin(id) => {
                assert!(!held.contains(id), "{id} is begun twice");
                held.push(id.clone());
            }
            Told::Set(id, _) => assert!(held.contains(id), "{id} is set outside of a gesture"),
            Told::End(id) => {
                assert!(held.contains(id), "{id} is ended and was never begun");
                held.retain(|held| held != id);
            }
        }
    }
    assert!(held.is_empty(), "{held:?} are never ended");
}

fn band(window: &Window, index: usize) -> auracore::control::EqBand {
    window.params.settings().eq.bands[index]
}

/// Drags from the middle of what has this name.
fn drag(window: &mut Window, name: &str, by: egui::Vec2) {
    let from = window.harness.get_by_label(name).rect().center();
    window.harness.hover_at(from);
    window.frames(1);
    window.harness.drag_at(from);
    window.frames(1);
    for step in 1..=8 {
        window.harness.hover_at(from + by * (step as f32 / 8.0));
        window.frames(1);
    }
    window.harness.drop_at(from + by);
    window.frames(2);
}

#[test]
fn dragging_a_node_moves_its_band_in_whole_gestures() {
    let mut window = default_window();
    let before = band(&window, 3);
    let place = window.harness.get_by_label("Node 4").rect().center();
    drag(&mut window, "Node 4", egui::vec2(70.0, -60.0));
    let told = window.told();
    assert_whole_gestures(&told);
    let touched: std::collections::BTreeSet<_> =
        ids(&told).into_iter().filter(|told| told.starts_with("set")).collect();
    assert_eq!(touched.into_iter().collect::<Vec<_>>(), ["set eq4_freq", "set eq4_gain"]);
    let after = band(&window, 3);
    assert!(after.freq_hz > 1.3 * before.freq_hz && after.gain_db > 2.0, "{after:?}");
    // The node stands where it was dropped, and what is not its own has not moved.
    let now = window.harness.get_by_label("Node 4").rect().center();
    assert!((now - place - egui::vec2(70.0, -60.0)).length() < 1.5, "{place:?} to {now:?}");
    assert_eq!(band(&window, 2), auracore::control::EqControls::default().bands[2]);
}

#[test]
fn shift_is_ten_times_finer() {
    let coarse = {
        let mut window = default_window();
        drag(&mut window, "Node 4", egui::vec2(0.0, -60.0));
        band(&window, 3).gain_db
    };
    let mut window = default_window();
    window.harness.event(egui::Event::ModifiersChanged(egui::Modifiers::SHIFT));
    window.frames(1);
    drag(&mut window, "Node 4", egui::vec2(0.0, -60.0));
    let fine = band(&window, 3).gain_db;
    assert!((fine - 0.1 * coarse).abs() < 0.02 * coarse, "{fine} of {coarse}");
}

fn wheel(window: &mut Window, name: &str, lines: f32) {
    let at = window.harness.get_by_label(name).rect().center();
    window.harness.hover_at(at);
    window.frames(1);
    window.harness.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Line,
        delta: egui::vec2(0.0, lines),
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: egui::Modifiers::NONE,
    });
    window.frames(2);
}

#[test]
fn the_wheel_changes_q_on_a_node_and_the_value_of_a_knob() {
    let mut window = default_window();
    wheel(&mut window, "Node 2", 3.0);
    let told = window.told();
    assert_eq!(ids(&told), ["begin eq2_q", "set eq2_q", "end eq2_q"]);
    assert!(band(&window, 1).q > 0.75);
    wheel(&mut window, "Input gain", 2.0);
    assert!(window.params.settings().global.input_gain_db > 0.5);
    assert_whole_gestures(&window.told());
}

/// Types into the knob of a parameter by keyboard alone.
fn type_value(window: &mut Window, name: &str, text: &str) {
    window.harness.get_by_label(name).focus();
    window.frames(2);
    window.harness.key_press(egui::Key::Enter);
    window.frames(3);
    window.harness.event(egui::Event::Text(text.to_owned()));
    window.frames(1);
    window.harness.key_press(egui::Key::Enter);
    window.frames(2);
}

#[test]
fn typed_values_know_their_units() {
    let mut window = default_window();
    for (text, hz) in [("1.2k", 1_200.0), ("80", 80.0), ("3 kHz", 3_000.0)] {
        type_value(&mut window, "EQ 1 frequency", text);
        assert!((band(&window, 0).freq_hz - hz).abs() < 0.01, "{text}: {}", band(&window, 0).freq_hz);
    }
    assert_whole_gestures(&window.told());
    type_value(&mut window, "EQ 1 frequency", "loud");
    assert!((band(&window, 0).freq_hz - 3_000.0).abs() < 0.01, "what is no value changes nothing");
    assert_eq!(window.told(), []);
}

#[test]
fn arrow_keys_move_what_has_the_keyboard() {
    let mut window = default_window();
    window.harness.get_by_label("Input gain").focus();
    window.frames(2);
    window.harness.key_press(egui::Key::ArrowUp);
    window.frames(2);
    let once = window.params.settings().global.input_gain_db;
    assert!(once > 0.5, "{once}");
    window.harness.key_press(egui::Key::ArrowDown);
    window.frames(2);
    assert!(window.params.settings().global.input_gain_db.abs() < 1e-3);
    window.harness.key_press(egui::Key::ArrowUp);
    window.frames(1);
    window.harness.key_press(egui::Key::Delete);
    window.frames(2);
    assert_eq!(window.params.settings().global.input_gain_db, 0.0, "delete goes back to the default");
    assert_whole_gestures(&window.told());
}

fn double_click(window: &mut Window, name: &str) {
    // Clicks that follow each other quickly, wherever they are, count as three and more.
    window.harness.remove_cursor();
    window.frames(60);
    let at = window.harness.get_by_label(name).rect().center();
    for _ in 0..2 {
        window.harness.drag_at(at);
        window.harness.drop_at(at);
        window.frames(1);
    }
    window.frames(2);
}

#[test]
fn a_double_click_flattens_a_node_and_resets_a_knob() {
    let mut window = default_window();
    drag(&mut window, "Node 5", egui::vec2(20.0, 40.0));
    wheel(&mut window, "Node 5", 4.0);
    assert!(band(&window, 4).gain_db < -1.0);
    double_click(&mut window, "Node 5");
    let flat = band(&window, 4);
    assert!(flat.gain_db == 0.0 && (flat.q - 0.71).abs() < 1e-5, "{flat:?}");
    wheel(&mut window, "Input gain", 4.0);
    double_click(&mut window, "Input gain");
    assert_eq!(window.params.settings().global.input_gain_db, 0.0);
    assert_whole_gestures(&window.told());
}

#[test]
fn a_double_click_on_the_graph_sets_a_free_band_there() {
    let mut window = default_window();
    drag(&mut window, "Node 6", egui::vec2(0.0, -50.0));
    let node = window.harness.get_by_label("Node 4").rect().center();
    let at = node + egui::vec2(30.0, -80.0);
    for _ in 0..2 {
        window.harness.drag_at(at);
        window.harness.drop_at(at);
        window.frames(1);
    }
    window.frames(3);
    let set = band(&window, 3);
    assert!(set.on && set.kind == EqKind::Bell && set.gain_db > 3.0, "{set:?}");
    let now = window.harness.get_by_label("Node 4").rect().center();
    assert!((now - at).length() < 2.0, "{now:?} for {at:?}");
}

#[test]
fn the_menu_of_a_node_changes_its_band() {
    let mut window = default_window();
    window.harness.get_by_label("Node 3").click_secondary();
    window.frames(3);
    let menu_item = |window: &Window, name: &str| {
        let items = window.harness.get_all_by_label(name);
        items.last().unwrap().click();
    };
    menu_item(&window, "Solo");
    window.frames(3);
    assert!(band(&window, 2).solo);
    assert_eq!(ids(&window.told()), ["begin eq3_solo", "set eq3_solo", "end eq3_solo"]);
    assert_whole_gestures(&window.told());
}

/// The same but for the rounding of a value that goes to the host and back.
fn assert_alike(a: &MasterControls, b: &MasterControls) {
    fn compare(a: &serde_json::Value, b: &serde_json::Value, at: &str) {
        match (a, b) {
            (serde_json::Value::Number(x), serde_json::Value::Number(y)) => {
                let (x, y) = (x.as_f64().unwrap(), y.as_f64().unwrap());
                assert!((x - y).abs() <= 1e-5 * y.abs().max(1.0), "{at}: {x} is not {y}");
            }
            (serde_json::Value::Object(x), serde_json::Value::Object(y)) => {
                x.iter().for_each(|(key, value)| compare(value, &y[key], &format!("{at}.{key}")));
            }
            (serde_json::Value::Array(x), serde_json::Value::Array(y)) => {
                x.iter().zip(y).enumerate().for_each(|(n, (x, y))| compare(x, y, &format!("{at}[{n}]")));
            }
            _ => assert_eq!(a, b, "{at}"),
        }
    }
    compare(&serde_json::to_value(a).unwrap(), &serde_json::to_value(b).unwrap(), "");
}

#[test]
fn undo_takes_back_step_by_step_and_redo_goes_forth() {
    let mut window = default_window();
    let start = window.params.settings();
    drag(&mut window, "Node 4", egui::vec2(70.0, -60.0));
    let first = window.params.settings();
    drag(&mut window, "Node 6", egui::vec2(0.0, 50.0));
    let second = window.params.settings();
    window.frames(60);
    window.told();
    window.harness.get_by_label("Undo").click();
    window.frames(3);
    assert_alike(&window.params.settings(), &first);
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Z);
    window.frames(3);
    assert_alike(&window.params.settings(), &start);
    assert_whole_gestures(&window.told());
    window.harness.get_by_label("Redo").click();
    window.frames(3);
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, egui::Key::Z);
    window.frames(3);
    assert_alike(&window.params.settings(), &second);
}

#[test]
fn what_is_played_is_shown() {
    let mut window = default_window();
    let loudness =
        |window: &Window| texts(window).into_iter().find(|(text, _)| text.ends_with("LUFS")).unwrap().0;
    assert_eq!(loudness(&window), "– LUFS");
    window.play(1.5);
    let shown = loudness(&window);
    let number: f32 = shown.trim_end_matches(" LUFS").parse().unwrap_or_else(|_| panic!("{shown:?}"));
    assert!((-25.0..-8.0).contains(&number), "{shown:?}");
}

/// Every piece of text that was drawn, with its place.
fn texts(window: &Window) -> Vec<(String, egui::Rect)> {
    fn collect(shape: &egui::Shape, clip: egui::Rect, found: &mut Vec<(String, egui::Rect)>) {
        match shape {
            egui::Shape::Vec(shapes) => shapes.iter().for_each(|shape| collect(shape, clip, found)),
            egui::Shape::Text(text) => {
                found.push((text.galley.text().to_owned(), shape.visual_bounding_rect().intersect(clip)));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    for clipped in &window.harness.output().shapes {
        collect(&clipped.shape, clipped.clip_rect, &mut found);
    }
    found.retain(|(text, rect)| !text.trim().is_empty() && rect.is_positive());
    found
}

const TABS: [&str; 5] = ["Master", "Adaptive", "Track", "Presets", "Settings"];

fn choose_page(window: &mut Window, tab: &str) {
    let tabs = window.harness.get_all_by_role_and_label(egui::accesskit::Role::Tab, tab);
    tabs.into_iter().next().unwrap().click();
    window.frames(3);
}

/// All pages and modules, each shown in turn.
fn visit(window: &mut Window, mut look: impl FnMut(&Window, &str)) {
    for tab in TABS {
        choose_page(window, tab);
        window.play(0.1);
        look(window, tab);
        if tab != "Master" {
            continue;
        }
        for module in ["Compressor", "Width", "Clipper", "Limiter", "Loudness", "Equaliser"] {
            window.harness.get_by_label(&format!("{module} module")).click();
            window.frames(3);
            look(window, module);
        }
    }
}

#[test]
fn nothing_overlaps_or_is_cut_off_at_any_size() {
    for (size, pixels_per_point) in
        [(MIN_SIZE, 1.0), (MIN_SIZE, 2.0), (DEFAULT_SIZE, 1.0), (egui::vec2(1600.0, 1000.0), 1.0)]
    {
        let mut window = Window::new(size.into());
        window.harness.set_pixels_per_point(pixels_per_point);
        window.play(0.5);
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, size);
        visit(&mut window, |window, page| {
            let texts = texts(window);
            for (i, (text, rect)) in texts.iter().enumerate() {
                assert!(
                    whole.expand(0.5).contains_rect(*rect),
                    "{page} at {size}: {text:?} leaves the window"
                );
                for (other, there) in &texts[i + 1..] {
                    let shared = rect.intersect(*there);
                    let overlaps = shared.width() > 2.0 && shared.height() > 5.0;
                    assert!(!overlaps, "{page} at {size}: {text:?} {rect:?} over {other:?} {there:?}");
                }
            }
        });
    }
}

#[test]
fn everything_that_can_be_operated_has_a_name_and_a_place() {
    for size in [MIN_SIZE, DEFAULT_SIZE] {
        let mut window = Window::new(size.into());
        let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, size).expand(0.5);
        visit(&mut window, |window, page| {
            let root = window.harness.root();
            let mut count = 0;
            for node in root.children_recursive() {
                let access = node.accesskit_node();
                if !access.data().supports_action(egui::accesskit::Action::Focus) {
                    continue;
                }
                count += 1;
                let name = access.label();
                assert!(name.is_some_and(|name| !name.is_empty()), "{page}: nameless at {:?}", node.rect());
                // A list that scrolls may cut off its last line.
                let rect = node.rect();
                let is_inside = whole.x_range().contains(rect.left())
                    && whole.x_range().contains(rect.right())
                    && whole.y_range().contains(rect.top());
                assert!(is_inside, "{page}: {:?} at {rect:?}", access.label());
            }
            assert!(count > 20, "{page}: only {count} controls");
        });
    }
}

#[test]
fn a_switch_that_stands_twice_acts_once() {
    let mut window = default_window();
    window.harness.get_by_label("Compressor module").click();
    window.frames(3);
    let name = window.params.compressor.on.name().to_owned();
    let places = window.harness.get_all_by_label(&name).count();
    assert_eq!(places, 2, "on the card and in the panel");
    for place in 0..places {
        let was_on = window.params.settings().compressor.on;
        window.told();
        window.harness.get_all_by_label(&name).nth(place).unwrap().click();
        window.frames(3);
        assert_eq!(ids(&window.told()), ["begin comp_on", "set comp_on", "end comp_on"], "place {place}");
        assert_eq!(window.params.settings().compressor.on, !was_on, "place {place}");
    }
}

#[test]
fn a_click_elsewhere_takes_what_was_typed() {
    let mut window = default_window();
    window.harness.get_by_label("Band 3").click();
    window.frames(3);
    window.harness.get_by_label("EQ 3 frequency").focus();
    window.frames(2);
    window.harness.key_press(egui::Key::Enter);
    window.frames(3);
    window.harness.event(egui::Event::Text("700".to_owned()));
    window.frames(1);
    window.harness.get_by_label("Adaptive").click();
    window.frames(3);
    assert!((band(&window, 2).freq_hz - 700.0).abs() < 0.01, "{}", band(&window, 2).freq_hz);
    // Looking into a field and leaving it changes nothing.
    choose_page(&mut window, "Master");
    drag(&mut window, "Node 3", egui::vec2(33.3, 0.0));
    let odd_hz = band(&window, 2).freq_hz;
    window.frames(60);
    window.told();
    window.harness.get_by_label("EQ 3 frequency").focus();
    window.frames(2);
    window.harness.key_press(egui::Key::Enter);
    window.frames(3);
    window.harness.key_press(egui::Key::Enter);
    window.frames(3);
    assert_eq!(window.told(), []);
    assert_eq!(band(&window, 2).freq_hz, odd_hz);
}

#[test]
fn each_comparison_slot_has_steps_of_its_own() {
    let mut window = default_window();
    drag(&mut window, "Node 4", egui::vec2(0.0, -60.0));
    let a = window.params.settings();
    window.harness.get_by_label("B").click();
    window.frames(60);
    drag(&mut window, "Node 4", egui::vec2(0.0, 80.0));
    window.frames(60);
    window.harness.get_by_label("Undo").click();
    window.frames(3);
    assert_alike(&window.params.settings(), &MasterControls::default());
    window.harness.get_by_label("A").click();
    window.frames(60);
    assert_alike(&window.params.settings(), &a);
    window.harness.get_by_label("Undo").click();
    window.frames(3);
    assert_alike(&window.params.settings(), &MasterControls::default());
}

#[test]
fn a_window_that_goes_in_a_drag_and_comes_again_goes_on() {
    let mut window = default_window();
    let at = window.harness.get_by_label("Node 4").rect().center();
    window.harness.drag_at(at);
    window.frames(1);
    window.harness.hover_at(at - egui::vec2(0.0, 60.0));
    window.frames(2);
    window.told();
    window.open_again();
    let mut ended = ids(&window.told());
    ended.sort();
    assert_eq!(ended, ["end eq4_freq", "end eq4_gain"], "the host is not left waiting");
    window.harness.drop_at(at - egui::vec2(0.0, 60.0));
    window.frames(60);
    let before = window.params.settings();
    drag(&mut window, "Node 6", egui::vec2(0.0, -60.0));
    window.frames(60);
    window.harness.get_by_label("Undo").click();
    window.frames(3);
    assert_alike(&window.params.settings(), &before);
}

#[test]
fn a_move_of_the_listener_is_held_where_it_is_dragged() {
    let held = |is_fine: bool| {
        let mut window = default_window();
        choose_page(&mut window, "Adaptive");
        window.play(0.3);
        if is_fine {
            window.harness.event(egui::Event::ModifiersChanged(egui::Modifiers::SHIFT));
            window.frames(1);
        }
        drag(&mut window, "1 kHz", egui::vec2(80.0, 0.0));
        // The listener hears of it on its own thread.
        for _ in 0..100 {
            window.play(0.05);
            if let Some(value) = window.params.course.read().0.course.pins[4] {
                return value;
            }
        }
        panic!("never held");
    };
    let (coarse_db, fine_db) = (held(false), held(true));
    assert!(coarse_db > 1.0 && coarse_db < 4.0, "{coarse_db}");
    assert!((fine_db - 0.1 * coarse_db).abs() < 0.05, "{fine_db} of {coarse_db}");
}

#[test]
fn nothing_of_an_instance_is_left() {
    let window = default_window();
    let weak = Arc::downgrade(&window.params);
    drop(window);
    assert_eq!(weak.strong_count(), 0);
}
