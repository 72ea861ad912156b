//! A field to write words into.

use egui::{Align2, Frame, Id, Margin, Rect, Response, RichText, Role, TextEdit, Ui, WidgetInfo};

use super::{Touch, body};
use crate::editor::theme;

/// Height of a field of one line.
pub const HEIGHT: f32 = 22.0;

/// What a field is for.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Its name for those who do not see it.
    pub name: &'a str,
    /// What stands in it while it is empty.
    pub hint: &'a str,
    /// Whether it has room for several lines.
    pub is_long: bool,
}

/// Draws and runs a field that fills `rect`.
pub fn field(ui: &mut Ui, touch: &Touch, rect: Rect, id: Id, text: &mut String, about: Field) -> Response {
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    body(ui.painter(), rect, touch.colours.well, if has_focus { touch.accent } else { touch.colours.edge });
    let hint = RichText::new(about.hint).font(theme::SMALL).color(touch.colours.text_dim);
    let edit = if about.is_long { TextEdit::multiline(text) } else { TextEdit::singleline(text) };
    let edit = edit
        .id(id)
        .font(theme::SMALL)
        .frame(Frame::NONE.inner_margin(Margin::symmetric(6, 3)))
        .hint_text(hint)
        .desired_rows(1)
        .desired_width(rect.width());
    let edit = if about.is_long { edit } else { edit.align(Align2::LEFT_CENTER) };
    let builder = egui::UiBuilder::new().max_rect(rect).id_salt((about.name, "field"));
    let response = ui
        .scope_builder(builder, |ui| {
            ui.set_clip_rect(rect.intersect(ui.clip_rect()));
            ui.add_sized(rect.size(), edit)
        })
        .inner;
    let role = if about.is_long { Role::MultilineTextInput } else { Role::TextInput };
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(text.clone()),
        ..WidgetInfo::labeled(role, true, about.name)
    });
    response
}
