//! Picking one of a few: a field that opens a menu.

use egui::{Align2, Id, Popup, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};
use nice_plug::prelude::*;

use super::{About, Touch, body, explain, focus_ring, width};
use crate::editor::theme;

/// Width from which there is room for the arrow.
const ARROW_WIDTH: f32 = 74.0;

/// A field with the present choice of `param`.
pub fn chooser<T: Enum + PartialEq + Copy + 'static>(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    param: &EnumParam<T>,
    about: About,
) {
    compact(ui, touch, rect, param, T::variants(), about);
}

/// The same with shorter names to show where the full ones do not fit.
pub fn compact<T: Enum + PartialEq + Copy + 'static>(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    param: &EnumParam<T>,
    short: &[&str],
    about: About,
) {
    let present = param.unmodulated_plain_value().to_index();
    let full = T::variants()[present];
    let text = if width(ui, full, &theme::SMALL) <= rect.width() - 6.0 { full } else { short[present] };
    let id = Id::unique(("chooser", param.name()));
    let chosen = menu(ui, touch, rect, id, (param.name(), text), |ui| {
        let mut chosen = None;
        for (index, name) in T::variants().iter().enumerate() {
            if ui.selectable_label(index == present, *name).clicked() {
                chosen = Some(index);
            }
        }
        chosen
    });
    if let Some(index) = chosen.0 {
        touch.hand.gesture(param, T::from_index(index));
    }
    if !chosen.1 {
        explain(&ui.interact(rect, id.with("hover"), Sense::hover()), param.name(), about.meaning);
    }
}

/// A field with a name for those who do not see it that shows a text and opens a menu; returns what was chosen there and whether it is open.
pub fn menu(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    id: Id,
    (name, text): (&str, &str),
    items: impl FnOnce(&mut Ui) -> Option<usize>,
) -> (Option<usize>, bool) {
    let response = ui.interact(rect, id, Sense::click());
    let popup = Popup::menu(&response).width(rect.width().max(110.0));
    let open = popup.is_open();
    let lit = response.hovered() || open;
    body(ui.painter(), rect, touch.colours.well, if lit { touch.accent } else { touch.colours.edge });
    focus_ring(ui, touch, rect, &response);
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(text.to_owned()),
        ..WidgetInfo::labeled(Role::ComboBox, true, name)
    });
    let arrow = rect.width() >= ARROW_WIDTH;
    if arrow {
        triangle(ui, touch, pos2(rect.right() - 10.0, rect.center().y));
    }
    let room = rect.with_max_x(rect.right() - if arrow { 16.0 } else { 2.0 });
    ui.painter().with_clip_rect(room).text(
        if arrow { pos2(rect.left() + 7.0, rect.center().y) } else { rect.center() },
        if arrow { Align2::LEFT_CENTER } else { Align2::CENTER_CENTER },
        text,
        theme::SMALL,
        touch.colours.text,
    );
    let chosen = popup.show(items).and_then(|shown| shown.inner);
    (chosen, open)
}

fn triangle(ui: &Ui, touch: &Touch, at: egui::Pos2) {
    let points = vec![at + vec2(-3.5, -2.0), at + vec2(3.5, -2.0), at + vec2(0.0, 2.5)];
    ui.painter().add(egui::Shape::convex_polygon(points, touch.colours.text_dim, egui::Stroke::NONE));
}

/// All choices of `param` side by side.
pub fn segments<T: Enum + PartialEq + Copy + 'static>(
    ui: &mut Ui,
    touch: &Touch,
    rect: Rect,
    param: &EnumParam<T>,
    about: About,
) {
    let present = param.unmodulated_plain_value().to_index();
    let names = T::variants();
    for (index, name) in names.iter().enumerate() {
        let cell = crate::editor::layout::column(rect, index, names.len()).shrink2(vec2(1.0, 0.0));
        let id = Id::unique(("segment", param.name(), index));
        let response = super::pill::word(ui, touch, cell, id, name, index == present);
        if response.clicked() && index != present {
            touch.hand.gesture(param, T::from_index(index));
        }
        explain(&response, param.name(), about.meaning);
    }
}
