//! The modules in the order of the signal, each a card with its switch and what it does now. A click opens it below.

use egui::{
    Align2, Color32, Id, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use nice_plug::prelude::BoolParam;

use crate::editor::desk::Desk;
use crate::editor::layout::{GAP, column};
use crate::editor::theme::{self, Palette};
use crate::editor::view::{Module, Named as _};
use crate::editor::widgets::axes::Axes;
use crate::editor::widgets::pill::power;
use crate::editor::widgets::stripes::reduction_bar;
use crate::editor::widgets::{Touch, explain, focus_ring, label, plot, width};

use super::equaliser::response::Response;

/// Draws and runs the cards.
pub fn show(ui: &mut Ui, desk: &Desk, rect: Rect, chosen: &mut Module) {
    let area = rect.with_max_x(rect.right() + GAP);
    for (index, module) in Module::ALL.iter().copied().enumerate() {
        let cell = column(area, index, Module::ALL.len());
        if card(ui, desk, cell.with_max_x(cell.right() - GAP), module, *chosen == module) {
            *chosen = module;
        }
    }
}

/// A module's accent.
fn accent(colours: &Palette, module: Module) -> Color32 {
    match module {
        Module::Eq => colours.eq,
        Module::Compressor => colours.compressor,
        Module::Width => colours.width,
        Module::Clipper => colours.clipper,
        Module::Limiter => colours.limiter,
        Module::Loudness => colours.output,
    }
}

/// A module's switch, where it has one.
fn switch<'a>(desk: &Desk<'a>, module: Module) -> Option<&'a BoolParam> {
    let p = desk.params;
    match module {
        Module::Eq => Some(&p.eq.on),
        Module::Compressor => Some(&p.compressor.on),
        Module::Width => Some(&p.width.on),
        Module::Clipper => Some(&p.clipper.on),
        Module::Limiter => Some(&p.limiter.on),
        Module::Loudness => None,
    }
}

/// Draws a card; true when it was clicked.
fn card(ui: &mut Ui, desk: &Desk, rect: Rect, module: Module, is_chosen: bool) -> bool {
    let touch = desk.touch(accent(desk.colours, module));
    let colours = desk.colours;
    let response = ui.interact(rect, Id::unique(("module", module.name())), Sense::click());
    let fill = if is_chosen || response.hovered() { colours.raised } else { colours.panel };
    let edge = if is_chosen { Stroke::new(1.5, touch.accent) } else { Stroke::new(1.0, colours.edge) };
    ui.painter().rect(rect, theme::PANEL_ROUNDING, fill, edge, StrokeKind::Inside);
    focus_ring(ui, &touch, rect, &response);
    let title = Rect::from_min_size(rect.min + vec2(7.0, 3.0), vec2(rect.width() - 14.0, 20.0));
    let mut left = title.left();
    let mut is_on = true;
    if let Some(param) = switch(desk, module) {
        let ring = Rect::from_center_size(pos2(left + 6.0, title.center().y), vec2(16.0, 16.0));
        is_on = power(ui, &touch, ring, param, (module.name(), "card"));
        left = ring.right() + 3.0;
    }
    let ink = match (is_on, is_chosen) {
        (false, _) => colours.text_dim,
        (true, true) => touch.accent,
        (true, false) => colours.text,
    };
    let painter = ui.painter().with_clip_rect(rect);
    let fits = left + width(ui, module.name(), &theme::SMALL) <= rect.right() - 3.0;
    let name = if fits { module.name() } else { short_name(module) };
    label(&painter, pos2(left, title.center().y), Align2::LEFT_CENTER, name, theme::SMALL, ink);
    let inside = Rect::from_min_max(pos2(rect.left() + 8.0, title.bottom()), rect.max - vec2(8.0, 5.0));
    if is_on {
        glance(&painter, desk, &touch, inside, module);
    } else {
        label(&painter, inside.center(), Align2::CENTER_CENTER, "off", theme::SMALL, colours.text_dim);
    }
    response.widget_info(|| {
        WidgetInfo::selected(Role::Tab, true, is_chosen, format!("{} module", module.name()))
    });
    explain(&response, module.name(), meaning(module));
    response.clicked()
}

/// The name where the whole one does not fit.
fn short_name(module: Module) -> &'static str {
    match module {
        Module::Compressor => "Comp",
        Module::Eq => "EQ",
        other => other.name(),
    }
}

fn meaning(module: Module) -> &'static str {
    match module {
        Module::Eq => "Eight bands over the spectrum of what is heard.",
        Module::Compressor => "Evens out the programme above a threshold.",
        Module::Width => "Width of the stereo image, mono bass, balance.",
        Module::Clipper => "Rounds off peaks before the limiter.",
        Module::Limiter => "Holds the true peak under the ceiling.",
        Module::Loudness => "Loudness over time, what services make of it, trim and dither.",
    }
}

/// What a module does now, in a few strokes.
fn glance(painter: &Painter, desk: &Desk, touch: &Touch, rect: Rect, module: Module) {
    let text = |text: String| {
        label(painter, rect.center(), Align2::CENTER_CENTER, text, theme::SMALL, touch.colours.text);
    };
    let p = desk.params;
    match module {
        Module::Eq => little_curve(painter, desk, touch, rect),
        Module::Compressor => reduction_glance(painter, touch, rect, desk.telemetry.compressor_reduction_db),
        Module::Limiter => reduction_glance(painter, touch, rect, desk.telemetry.limiter_reduction_db),
        Module::Width => text(p.width.width.to_string()),
        Module::Clipper => text(p.clipper.drive.to_string()),
        Module::Loudness => {
            let lufs = desk.picture.output.map(|reading| reading.integrated_lufs);
            text(match lufs.filter(|lufs| *lufs > -100.0) {
                Some(lufs) => format!("{lufs:.1} LUFS"),
                None => "– LUFS".to_owned(),
            });
        }
    }
}

fn reduction_glance(painter: &Painter, touch: &Touch, rect: Rect, reduction_db: f32) {
    let bar =
        Rect::from_center_size(rect.center(), vec2(rect.width() - 34.0, 6.0)).translate(vec2(-17.0, 0.0));
    reduction_bar(painter, touch, bar, reduction_db);
    let text = format!("{:.1}", reduction_db.max(0.0));
    label(painter, rect.right_center(), Align2::RIGHT_CENTER, text, theme::SMALL, touch.colours.text);
}

fn little_curve(painter: &Painter, desk: &Desk, touch: &Touch, rect: Rect) {
    let axes = Axes { rect, span_db: 12.0 };
    let bands = desk.params.settings().eq.bands;
    let response = Response::of(&bands, desk.rate_hz());
    painter.hline(rect.x_range(), axes.y(0.0), Stroke::new(1.0, touch.colours.edge));
    let points: Vec<Pos2> = plot::places(rect)
        .map(|x| pos2(x, axes.y(response.db(axes.hz(x)).clamp(-axes.span_db, axes.span_db))))
        .collect();
    plot::curve(painter, points, 1.5, touch.accent);
}
