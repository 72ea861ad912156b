//! The themes as little pictures of themselves.

use egui::{Align2, Id, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use crate::editor::layout::column;
use crate::editor::theme::{self, Palette};
use crate::editor::widgets::{Touch, explain, focus_ring, label};
use crate::state::user_settings::Theme;

const THEMES: [(Theme, &str, &str); 3] = [
    (Theme::Dark, "Dark", "Light on dark, for long sessions."),
    (Theme::Light, "Light", "Dark on light, for bright rooms."),
    (Theme::HighContrast, "Contrast", "White on black, with lines that can be seen."),
];

/// Draws and runs the pictures.
pub fn show(ui: &mut Ui, touch: &Touch, rect: Rect, present: &mut Theme) {
    for (index, (theme, name, meaning)) in THEMES.into_iter().enumerate() {
        let cell = column(rect, index, THEMES.len()).shrink2(vec2(2.0, 1.0));
        let is_present = *present == theme;
        let response = ui.interact(cell, Id::unique(("theme", name)), Sense::click());
        picture(ui, touch, cell, Palette::of(theme), (name, is_present || response.hovered()));
        if is_present {
            let stroke = Stroke::new(2.0, touch.accent);
            ui.painter().rect_stroke(cell, theme::CONTROL_ROUNDING, stroke, StrokeKind::Inside);
            tick(ui, cell, Palette::of(theme));
        }
        focus_ring(ui, touch, cell, &response);
        let spoken = format!("Colours: {name}");
        response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, is_present, &spoken));
        explain(&response, name, meaning);
        if response.clicked() {
            *present = theme;
        }
    }
}

/// A window in small: ground, a panel with a curve, the name.
fn picture(ui: &Ui, touch: &Touch, rect: Rect, colours: &Palette, (name, is_lit): (&str, bool)) {
    let painter = ui.painter().with_clip_rect(rect);
    let edge = if is_lit { touch.accent } else { touch.colours.edge };
    let stroke = Stroke::new(1.0, edge);
    painter.rect(rect, theme::CONTROL_ROUNDING, colours.background, stroke, StrokeKind::Inside);
    let panel = rect.shrink(4.0);
    painter.rect(panel, 2, colours.panel, Stroke::new(1.0, colours.edge), StrokeKind::Inside);
    let y = panel.bottom() - 6.0;
    let rise = (0.22 * panel.height()).min(8.0);
    let curve = (0..=20).map(|step| {
        let share = step as f32 / 20.0;
        let bump = (-(share - 0.6).powi(2) / 0.02).exp();
        egui::pos2(panel.left() + 5.0 + share * (panel.width() - 10.0), y - rise * bump)
    });
    painter.line(curve.collect(), Stroke::new(1.5, colours.eq));
    let at = panel.center_top() + vec2(0.0, 0.36 * panel.height());
    label(&painter, at, Align2::CENTER_CENTER, name, theme::SMALL, colours.text);
}

/// Marks the theme that is worn.
fn tick(ui: &Ui, rect: Rect, colours: &Palette) {
    let at = |x: f32, y: f32| rect.right_top() + vec2(x - 17.0, y + 9.0);
    let points = vec![at(0.0, 4.0), at(3.0, 7.0), at(8.0, 0.0)];
    ui.painter().line(points, Stroke::new(1.8, colours.text));
}
