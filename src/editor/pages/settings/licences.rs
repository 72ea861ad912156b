//! The licences of everything that is built in, to scroll through.

use egui::{FontId, Id, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use crate::editor::widgets::panel::Panel;
use crate::editor::widgets::{Touch, width};

const TEXT: &str = include_str!("../../../../docs/licences.txt");
const ROW: f32 = 16.0;
/// Points of text.
const SIZE: f32 = 11.5;

/// The text in rows of the present width.
#[derive(Debug, Default)]
pub struct Licences {
    columns: usize,
    rows: Vec<String>,
}

impl Licences {
    /// The rows that fit `columns` characters. Laid out only when that changes.
    fn rows(&mut self, columns: usize) -> &[String] {
        if self.columns != columns {
            self.columns = columns;
            self.rows = wrapped(TEXT, columns);
        }
        &self.rows
    }
}

/// Draws and runs the panel.
pub fn show(ui: &mut Ui, touch: &Touch, rect: Rect, licences: &mut Licences) {
    let panel = Panel::new(ui, touch, rect, "Licences", None);
    let font = FontId::monospace(SIZE);
    let character = width(ui, "0000000000", &font) / 10.0;
    let rows = licences.rows(((panel.inside.width() - 16.0) / character).max(20.0) as usize);
    let ground = ui.interact(panel.inside, Id::unique("licences"), Sense::hover());
    ground.widget_info(|| WidgetInfo::labeled(Role::Document, true, "Licences"));
    let builder = UiBuilder::new().max_rect(panel.inside).id_salt("licences");
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(panel.inside.intersect(ui.clip_rect()));
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW, rows.len(), |ui, range| {
            for text in &rows[range] {
                let (_, place) = ui.allocate_space(vec2(ui.available_width(), ROW));
                let ink = if is_heading(text) { touch.accent } else { touch.colours.text };
                let at = place.left_center();
                ui.painter().text(at, egui::Align2::LEFT_CENTER, text, font.clone(), ink);
            }
        });
    });
}

/// Headings are in capitals.
fn is_heading(row: &str) -> bool {
    let first = row.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty());
    row.len() < 60 && first.is_some_and(|word| word.len() > 3 && word.chars().all(char::is_uppercase))
}

/// Text in rows of at most `columns` characters, broken between words where that is possible. Runs of spaces inside a
/// line, which stand there for columns of a wide page, become two, and rows that go on from such a line are indented.
fn wrapped(text: &str, columns: usize) -> Vec<String> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let mut row = String::new();
        let line = narrowed(line);
        let indent = if line.trim_start().contains("  ") { "  " } else { "" };
        for (index, word) in line.split(' ').enumerate() {
            let is_too_long = row.chars().count() + 1 + word.chars().count() > columns;
            if index > 0 && is_too_long && !row.trim().is_empty() {
                rows.push(std::mem::replace(&mut row, indent.to_owned()));
            } else if index > 0 {
                row.push(' ');
            }
            row.push_str(word);
            while row.chars().count() > columns {
                let rest: String = row.chars().skip(columns).collect();
                row.truncate(row.len() - rest.len());
                rows.push(std::mem::replace(&mut row, rest));
            }
        }
        rows.push(row.trim_end().to_owned());
    }
    rows
}

fn narrowed(line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let parts: Vec<&str> = line.trim().split("  ").map(str::trim).filter(|part| !part.is_empty()).collect();
    format!("{}{}", " ".repeat(indent), parts.join("  "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_fit_and_nothing_is_lost() {
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        for columns in [30, 52, 90, 200] {
            let rows = wrapped(TEXT, columns);
            assert!(rows.iter().all(|row| row.chars().count() <= columns), "{columns}");
            assert_eq!(letters(&rows.concat()), letters(TEXT), "{columns}");
        }
        assert!(TEXT.contains("CRATES") && TEXT.contains("FONT:"));
    }

    #[test]
    fn columns_move_together_and_rows_that_go_on_are_indented() {
        assert_eq!(wrapped("ahash      0.8.12     MIT", 40), ["ahash  0.8.12  MIT"]);
        assert_eq!(wrapped("one  two three", 9), ["one  two", "  three"]);
        assert_eq!(wrapped("one two three", 9), ["one two", "three"]);
        assert_eq!(wrapped("a\n\nabcdef", 4), ["a", "", "abcd", "ef"]);
    }

    #[test]
    fn headings_are_told_apart() {
        assert!(is_heading("FONT: Hack Regular") && is_heading("294 CRATES"));
        assert!(!is_heading("MIT License") && !is_heading(""));
    }
}
