//! A line of text in a flat field that opens for typing when it is clicked.

use egui::{Align2, Id, Key, Rect, Role, Sense, Ui, WidgetInfo, pos2};

use super::entry::{self, Typed};
use super::{Touch, body, explain, focus_ring, label, width};
use crate::editor::theme;

/// What a text is and says.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Names it in the tree of widgets.
    pub id: Id,
    /// Its whole name.
    pub name: &'a str,
    /// Word in the field; may be empty.
    pub label: &'a str,
    /// The text.
    pub text: &'a str,
    /// What stands there while the text is empty.
    pub hint: &'a str,
    /// One sentence for the tooltip.
    pub meaning: &'a str,
}

/// Draws and runs the field; gives what was typed.
pub fn text_line(ui: &mut Ui, touch: &Touch, rect: Rect, line: &Line) -> Option<String> {
    match entry::ask(ui, touch, rect, line.id) {
        Typed::Closed => {}
        Typed::Going | Typed::Reset => return None,
        Typed::Done(text) => return Some(text).filter(|text| text != line.text),
    }
    let response = ui.interact(rect, line.id, Sense::click());
    let colours = touch.colours;
    body(ui.painter(), rect, colours.well, if response.hovered() { touch.accent } else { colours.edge });
    let inner = rect.shrink(2.0).intersect(ui.clip_rect());
    let painter = ui.painter().with_clip_rect(inner);
    let mut at = pos2(rect.left() + 5.0, rect.center().y);
    if !line.label.is_empty() {
        label(&painter, at, Align2::LEFT_CENTER, line.label, theme::SMALL, colours.text_dim);
        at.x += width(ui, line.label, &theme::SMALL) + 8.0;
    }
    let is_empty = line.text.is_empty();
    let (text, ink) = if is_empty { (line.hint, colours.text_dim) } else { (line.text, colours.text) };
    label(&painter, at, Align2::LEFT_CENTER, text, theme::SMALL, ink);
    focus_ring(ui, touch, rect, &response);
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(line.text.to_owned()),
        ..WidgetInfo::labeled(Role::Button, true, line.name)
    });
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    explain(&response, line.name, line.meaning);
    // A click with the Enter or Space key counts as one.
    let by_key = response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    if response.clicked() || by_key {
        entry::open(ui, line.id, line.text.to_owned());
    }
    None
}
