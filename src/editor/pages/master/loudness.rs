//! Loudness over time, what streaming services make of it, output trim and dither.

use egui::{Align2, Id, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::editor::desk::Desk;
use crate::editor::layout::{GAP, columns, row};
use crate::editor::theme;
use crate::editor::widgets::chooser::chooser;
use crate::editor::widgets::knob::knob;
use crate::editor::widgets::loudness_history::loudness_history;
use crate::editor::widgets::panel::{Panel, frame};
use crate::editor::widgets::pill::pill;
use crate::editor::widgets::{Touch, about, explain, focus_ring, label};
use crate::measure::service::{SERVICES, Service};
use crate::view::meters::LOUDNESS_POINTS_PER_S;

/// Width of the list of services.
const SERVICES_WIDTH: f32 = 246.0;

/// Draws and runs the module; `chosen` is the service whose level stands in the history.
pub fn show(ui: &mut Ui, desk: &Desk, (display, rect): (Rect, Rect), chosen: &mut usize) {
    let touch = desk.touch(desk.colours.output);
    frame(ui, &touch, display);
    let inside = display.shrink(GAP);
    let (history, list) = columns(inside, inside.width() - SERVICES_WIDTH.min(0.45 * inside.width()) - GAP);
    let service = &SERVICES[*chosen % SERVICES.len()];
    let target = Some((service.name, service.target_lufs as f32));
    loudness_history(ui, &touch, history, &desk.picture.loudness, LOUDNESS_POINTS_PER_S as f32, target);
    services(ui, desk, &touch, list, chosen);
    controls(ui, desk, &touch, rect);
}

/// What each service would do to the output as it is.
fn services(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect, chosen: &mut usize) {
    let height = (rect.height() / (SERVICES.len() + 1) as f32).clamp(15.0, 24.0);
    let area = Rect::from_min_size(rect.min, vec2(rect.width(), height * (SERVICES.len() + 1) as f32));
    let head = row(area, 0, SERVICES.len() + 1);
    let cells = |line: Rect| {
        let x = |share: f32| line.left() + share * line.width();
        [x(0.0) + 6.0, x(0.52), x(0.76), line.right() - 6.0]
    };
    let dim = touch.colours.text_dim;
    let head_cells = cells(head);
    let y = head.center().y;
    label(ui.painter(), pos2(head_cells[0], y), Align2::LEFT_CENTER, "Plays at", theme::SMALL, dim);
    for (text, x) in [("LUFS", head_cells[1]), ("gain", head_cells[2]), ("peak", head_cells[3])] {
        label(ui.painter(), pos2(x, y), Align2::RIGHT_CENTER, text, theme::SMALL, dim);
    }
    for (index, service) in SERVICES.iter().enumerate() {
        let line = row(area, index + 1, SERVICES.len() + 1);
        let response = ui.interact(line, Id::unique(("service", service.name)), Sense::click());
        let is_chosen = *chosen == index;
        if is_chosen || response.hovered() {
            ui.painter().rect_filled(line, theme::CONTROL_ROUNDING, touch.colours.raised);
        }
        let ink = if is_chosen { touch.colours.caution } else { touch.colours.text };
        let [name_x, lufs_x, gain_x, peak_x] = cells(line);
        let y = line.center().y;
        label(ui.painter(), pos2(name_x, y), Align2::LEFT_CENTER, service.name, theme::SMALL, ink);
        let numbers = numbers(desk, service);
        for (text, x) in numbers.iter().zip([lufs_x, gain_x, peak_x]) {
            label(ui.painter(), pos2(x, y), Align2::RIGHT_CENTER, text, theme::SMALL, ink);
        }
        focus_ring(ui, touch, line, &response);
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_chosen, service.name));
        let meaning =
            "Gain that the service would give and the true peak that it would play. A click draws its level.";
        explain(&response, service.name, meaning);
        if response.clicked() {
            *chosen = index;
        }
    }
}

/// Target, gain and peak as text.
fn numbers(desk: &Desk, service: &Service) -> [String; 3] {
    let played = desk.picture.output.and_then(|reading| service.plays(&reading));
    let gain = played.map_or("–".to_owned(), |played| format!("{:+.1}", played.gain_db));
    let peak = played.map_or("–".to_owned(), |played| format!("{:.1}", played.true_peak_dbtp));
    [format!("{:.0}", service.target_lufs), gain, peak]
}

fn controls(ui: &mut Ui, desk: &Desk, touch: &Touch, rect: Rect) {
    let panel = Panel::new(ui, touch, rect, "Output", None);
    panel.fill(ui, |ui| {
        let (trim, dither) = columns(panel.inside, 0.3 * panel.inside.width());
        let meaning = "Gain after the limiter. It only lowers, so the ceiling holds.";
        knob(ui, touch, trim, &desk.params.global.output_trim, about("Trim", meaning));
        let p = &desk.params.dither;
        let line = |index: f32| {
            let at = pos2(dither.left(), dither.top() + 8.0 + index * 30.0);
            Rect::from_min_size(at, vec2(dither.width().min(220.0), 22.0))
        };
        let meaning = "Rounds to a word length without distortion. Leave it off where the host works in floating point.";
        pill(ui, touch, line(0.0), &p.on, about("Dither", meaning));
        chooser(ui, touch, line(1.0), &p.bits, about("Bits", "Word length to round to."));
        let meaning = "Moves the noise to where hearing is least sensitive.";
        pill(ui, touch, line(2.0), &p.shaping, about("Noise shaping", meaning));
    });
}
