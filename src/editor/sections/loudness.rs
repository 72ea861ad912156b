//! Loudness and level of the output.

use egui::{Align2, Id, Rect, Ui, pos2, vec2};

use super::Desk;
use crate::editor::theme;
use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::pill::word;
use crate::editor::widgets::stripes::peaks;
use crate::editor::widgets::{explain, note};
use crate::measure::Reading;

const METER_WIDTH: f32 = 52.0;
/// Height of the integrated figure.
const HEAD_HEIGHT: f32 = 62.0;

/// Draws the loudness panel; true when the reader wants to start over.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect) -> bool {
    let touch = desk.touch(theme::LEVELS);
    let panel = Panel::new(ui, &touch, rect, "Loudness", None);
    let button = Rect::from_min_max(
        pos2(panel.title.right() - 46.0, panel.title.center().y - 9.0),
        pos2(panel.title.right(), panel.title.center().y + 9.0),
    );
    let reset = word(ui, touch.accent, button, Id::unique("reset loudness"), "Reset", false);
    let reset_clicked = reset.clicked();
    explain(reset, "Reset", "Starts integrated loudness, range and peaks over.");
    panel.fill(ui, |ui| {
        let [_, _, left, right] = desk.picture.peaks;
        let (meter, numbers) = panel.inside.split_left_right_at_x(panel.inside.left() + METER_WIDTH);
        peaks(ui, meter, [left, right], touch.accent, "Out", "Sample peaks of the output, left and right.");
        readings(ui, desk, numbers.with_min_x(numbers.left() + 9.0));
    });
    reset_clicked
}

/// A level or ratio with one decimal, or a dash where there is none.
fn figure(value: Option<f64>) -> String {
    value.filter(|v| v.is_finite() && *v > -100.0).map_or("–".to_owned(), |v| format!("{v:.1}"))
}

fn readings(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let output = desk.picture.output;
    let value = |pick: fn(&Reading) -> Option<f64>| output.as_ref().and_then(pick);
    let top = rect.top();
    ui.painter().text(rect.right_top(), Align2::RIGHT_TOP, "Integrated", theme::SMALL, theme::TEXT_DIM);
    let number = figure(value(|r| Some(r.integrated_lufs)));
    let at = pos2(rect.right(), top + 13.0);
    ui.painter().text(at, Align2::RIGHT_TOP, number, theme::LARGE, theme::TEXT);
    let at = pos2(rect.right(), top + 43.0);
    ui.painter().text(at, Align2::RIGHT_TOP, "LUFS", theme::SMALL, theme::TEXT_DIM);
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), 58.0));
    let hover = ui.interact(head, Id::unique("integrated"), egui::Sense::hover());
    explain(hover, "Integrated loudness", "Gated loudness since the start or the last reset.");

    rows(ui, desk, rect.with_min_y(top + HEAD_HEIGHT));
}

fn rows(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let output = desk.picture.output;
    let value = |pick: fn(&Reading) -> Option<f64>| output.as_ref().and_then(pick);
    let input = desk.picture.input.map(|reading| reading.integrated_lufs);
    let too_hot = value(|r| Some(r.true_peak_dbtp)).is_some_and(|peak| peak > 0.05);
    let rows = [
        ("Short", value(|r| Some(r.short_term_lufs)), "Loudness of the last three seconds, LUFS."),
        ("Moment", value(|r| Some(r.momentary_lufs)), "Loudness of the last 400 milliseconds, LUFS."),
        ("Range", value(|r| Some(r.range_lu)), "Loudness range since the start, LU."),
        ("Peak", value(|r| Some(r.true_peak_dbtp)), "Highest true peak since the start, dBTP."),
        ("PLR", value(|r| r.plr_lu), "True peak less integrated loudness, LU."),
        ("PSR", value(|r| r.psr_lu), "True peak less loudness of the last three seconds, LU."),
        (
            "Corr",
            value(|r| r.correlation),
            "Correlation of left and right: 1 is mono, below 0 suffers in mono.",
        ),
        ("Input", input, "Integrated loudness of the input, LUFS."),
    ];
    let height = (rect.height() / rows.len() as f32).min(30.0);
    for (index, (name, number, meaning)) in rows.into_iter().enumerate() {
        let row = Rect::from_min_size(
            pos2(rect.left(), rect.top() + index as f32 * height),
            vec2(rect.width(), height),
        );
        note(ui, row.left_center(), name, theme::TEXT_DIM);
        let ink = if name == "Peak" && too_hot { theme::ALARM } else { theme::TEXT };
        ui.painter().text(row.right_center(), Align2::RIGHT_CENTER, figure(number), theme::NORMAL, ink);
        explain(ui.interact(row, Id::unique(("reading", name)), egui::Sense::hover()), name, meaning);
    }
}
