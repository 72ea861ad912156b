//! Loudness in numbers, output level, stereo image: beside whatever else is shown.

use egui::{Align2, Id, Rect, Ui, pos2, vec2};

use crate::editor::desk::Desk;
use crate::editor::layout::{GAP, row, rows};
use crate::editor::theme;
use crate::editor::widgets::correlation::correlation;
use crate::editor::widgets::panel::{Panel, frame};
use crate::editor::widgets::pill::word;
use crate::editor::widgets::stripes::peaks;
use crate::editor::widgets::vectorscope::vectorscope;
use crate::editor::widgets::{explain, label, note};
use crate::measure::Reading;

const METER_WIDTH: f32 = 52.0;
/// Height of the integrated figure.
const HEAD_HEIGHT: f32 = 62.0;
const CORRELATION_HEIGHT: f32 = 20.0;

/// Draws the column; true when the reader wants to start over.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect) -> bool {
    let touch = desk.touch(desk.colours.levels);
    let image_height = (0.36 * rect.height()).min(rect.width() + CORRELATION_HEIGHT);
    let (loudness, image) = rows(rect, rect.height() - image_height - GAP);
    frame(ui, &touch, image);
    let inside = image.shrink(5.0);
    let (cloud, scale) = inside.split_top_bottom_at_y(inside.bottom() - CORRELATION_HEIGHT);
    let stereo = desk.touch(desk.colours.width);
    vectorscope(ui, &stereo, cloud, &desk.picture.scope);
    correlation(ui, &stereo, scale, desk.picture.output.and_then(|reading| reading.correlation));

    let panel = Panel::new(ui, &touch, loudness, "Loudness", None);
    let button = Rect::from_min_max(
        pos2(panel.title.right() - 44.0, panel.title.center().y - 9.0),
        pos2(panel.title.right(), panel.title.center().y + 9.0),
    );
    let reset = word(ui, &touch, button, Id::unique("reset loudness"), "Reset", false);
    explain(&reset, "Reset", "Starts integrated loudness, range and peaks over.");
    panel.fill(ui, |ui| {
        let [_, _, left, right] = desk.picture.peaks;
        let (meter, numbers) = panel.inside.split_left_right_at_x(panel.inside.left() + METER_WIDTH);
        let meaning = "Sample peaks of the output, left and right.";
        peaks(ui, &touch, meter, [left, right], "Out", meaning);
        readings(ui, desk, numbers.with_min_x(numbers.left() + 9.0));
    });
    reset.clicked()
}

/// A level or ratio with one decimal, or a dash where there is none.
pub fn figure(value: Option<f64>) -> String {
    value.filter(|v| v.is_finite() && *v > -100.0).map_or("–".to_owned(), |v| format!("{v:.1}"))
}

fn readings(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let integrated = desk.picture.output.map(|reading| reading.integrated_lufs);
    let (painter, colours) = (ui.painter(), desk.colours);
    let at = |y: f32| pos2(rect.right(), rect.top() + y);
    label(painter, at(0.0), Align2::RIGHT_TOP, "Integrated", theme::SMALL, colours.text_dim);
    let missed = desk.picture.dropped_frames > 0;
    let shown = if missed { format!("~{}", figure(integrated)) } else { figure(integrated) };
    label(painter, at(13.0), Align2::RIGHT_TOP, shown, theme::LARGE, colours.text);
    label(painter, at(43.0), Align2::RIGHT_TOP, "LUFS", theme::SMALL, colours.text_dim);
    let head = Rect::from_min_size(rect.min, vec2(rect.width(), 58.0));
    let hover = ui.interact(head, Id::unique("integrated"), egui::Sense::hover());
    let meaning = if missed {
        "Gated loudness since the start or the last reset, but a part was missed: it came faster than it could be measured."
    } else {
        "Gated loudness since the start or the last reset."
    };
    explain(&hover, "Integrated loudness", meaning);
    list(ui, desk, rect.with_min_y(rect.top() + HEAD_HEIGHT));
}

fn list(ui: &mut Ui, desk: &Desk, rect: Rect) {
    let output = desk.picture.output;
    let value = |pick: fn(&Reading) -> Option<f64>| output.as_ref().and_then(pick);
    let input = desk.picture.input.map(|reading| reading.integrated_lufs);
    let too_hot = value(|r| Some(r.true_peak_dbtp)).is_some_and(|peak| peak > 0.05);
    let lines = [
        ("Short", value(|r| Some(r.short_term_lufs)), "Loudness of the last three seconds, LUFS."),
        ("Moment", value(|r| Some(r.momentary_lufs)), "Loudness of the last 400 milliseconds, LUFS."),
        ("Range", value(|r| Some(r.range_lu)), "Loudness range since the start, LU."),
        ("Peak", value(|r| Some(r.true_peak_dbtp)), "Highest true peak since the start, dBTP."),
        ("PLR", value(|r| r.plr_lu), "True peak less integrated loudness, LU."),
        ("PSR", value(|r| r.psr_lu), "True peak less loudness of the last three seconds, LU."),
        ("Input", input, "Integrated loudness of the input, LUFS."),
    ];
    let height = rect.height().min(30.0 * lines.len() as f32);
    let area = Rect::from_min_size(rect.min, vec2(rect.width(), height));
    for (index, (name, number, meaning)) in lines.into_iter().enumerate() {
        let line = row(area, index, lines.len());
        note(ui, line.left_center(), name, desk.colours.text_dim);
        let is_alarm = name == "Peak" && too_hot;
        let ink = if is_alarm { desk.colours.alarm } else { desk.colours.text };
        let text = if is_alarm { format!("! {}", figure(number)) } else { figure(number) };
        label(ui.painter(), line.right_center(), Align2::RIGHT_CENTER, text, theme::NORMAL, ink);
        let hover = ui.interact(line, Id::unique(("reading", name)), egui::Sense::hover());
        explain(&hover, name, meaning);
    }
}
