//! A piano keyboard along a frequency axis: which note a frequency is. Equal temperament, A4 = 440 Hz.

use egui::{Align2, Id, Mesh, Rect, Sense, Stroke, Ui, pos2};

use super::axes::{Axes, HIGH_HZ, LOW_HZ};
use super::{Touch, explain, label};
use crate::editor::theme;

const NAMES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
/// Keys of the octaves below and above the axis: MIDI notes of 20 Hz and 20 kHz.
const NOTES: std::ops::RangeInclusive<i32> = 15..=136;
/// From this width of an octave on every C has its name.
const NAMED_OCTAVE_WIDTH: f32 = 30.0;

fn note_hz(note: i32) -> f32 {
    440.0 * 2f32.powf((note - 69) as f32 / 12.0)
}

/// The nearest note.
fn nearest(hz: f32) -> i32 {
    (69.0 + 12.0 * (hz / 440.0).log2()).round() as i32
}

/// The name of a frequency's nearest note and its distance in cents: `A4 +3`.
pub fn note_name(hz: f32) -> String {
    let note = nearest(hz);
    let cents = 1_200.0 * (hz / note_hz(note)).log2();
    let name = format!("{}{}", NAMES[note.rem_euclid(12) as usize], note.div_euclid(12) - 1);
    if cents.abs() < 0.5 { name } else { format!("{name} {cents:+.0}") }
}

/// Draws the keys below a graph; gives the frequency of the one that was clicked.
pub fn keyboard(ui: &Ui, touch: &Touch, rect: Rect, axes: &Axes) -> Option<f32> {
    let response = ui.interact(rect, Id::unique("keyboard"), Sense::CLICK);
    let hovered = response.hover_pos().map(|at| nearest(axes.hz(at.x)));
    let colours = touch.colours;
    let (white, black) =
        if colours.is_dark { (colours.text_dim, colours.well) } else { (colours.well, colours.text) };
    let painter = ui.painter().with_clip_rect(rect);
    painter.rect_filled(rect, 0, white.gamma_multiply(if colours.is_dark { 0.8 } else { 1.0 }));
    let edge = |note: i32| axes.x(note_hz(note) * 2f32.powf(-1.0 / 24.0));
    let mut mesh = Mesh::default();
    for note in NOTES {
        let key = Rect::from_x_y_ranges(edge(note)..=edge(note + 1), rect.y_range());
        let in_octave = note.rem_euclid(12);
        if hovered == Some(note) {
            mesh.add_colored_rect(key, touch.accent);
        } else if [1, 3, 6, 8, 10].contains(&in_octave) {
            mesh.add_colored_rect(key.with_max_y(rect.top() + 0.62 * rect.height()), black);
        } else if in_octave == 0 || in_octave == 5 {
            mesh.add_colored_rect(key.with_max_x(key.left() + 1.0), black);
        }
    }
    painter.add(mesh);
    painter.hline(rect.x_range(), rect.top(), Stroke::new(1.0, colours.edge));
    if axes.x(2.0 * LOW_HZ) - axes.x(LOW_HZ) >= NAMED_OCTAVE_WIDTH && rect.height() >= 20.0 {
        for octave in 1..=9 {
            let at = pos2(edge(12 * (octave + 1)) + 2.0, rect.bottom());
            label(&painter, at, Align2::LEFT_BOTTOM, format!("C{octave}"), theme::SMALL, black);
        }
    }
    if let Some(note) = hovered {
        let hz = note_hz(note);
        let meaning = format!("{hz:.1} Hz. Click to move the chosen band there.");
        explain(&response, &note_name(hz), &meaning);
    }
    response.clicked().then(|| hovered.map(|note| note_hz(note).clamp(LOW_HZ, HIGH_HZ)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_notes() {
        for (hz, name) in
            [(440.0, "A4"), (261.625_6, "C4"), (445.0, "A4 +20"), (27.5, "A0"), (19_912.13, "D#10")]
        {
            assert_eq!(note_name(hz), name);
        }
    }
}
