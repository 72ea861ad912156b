//! Tags to filter by: the most used ones as chips, all of them in a menu.

use egui::{Id, Rect, Role, Ui, WidgetInfo, pos2, vec2};

use crate::editor::theme;
use crate::editor::widgets::chooser::menu;
use crate::editor::widgets::pill::word;
use crate::editor::widgets::{Touch, explain, width};

/// Height of a line of chips.
pub const LINE: f32 = 24.0;
/// Lines of chips.
pub const LINES: usize = 2;
const CHIP_HEIGHT: f32 = 20.0;
const BETWEEN: f32 = 4.0;
/// Width of the menu of all tags.
const MENU_WIDTH: f32 = 82.0;

/// Draws and runs the chips.
pub fn show(ui: &mut Ui, touch: &Touch, rect: Rect, tags: &[(String, usize)], chosen: &mut Option<String>) {
    let by_use = by_use(tags);
    let widths: Vec<f32> = by_use.iter().map(|(tag, _)| width(ui, tag, &theme::SMALL) + 14.0).collect();
    let places = places(rect.width(), &widths);
    for ((tag, count), (line, left)) in by_use.iter().zip(&places) {
        let cell_width = width(ui, tag, &theme::SMALL) + 14.0;
        let cell = cell(rect, *line, *left, cell_width);
        let is_on = chosen.as_deref() == Some(*tag);
        let response = word(ui, touch, cell, Id::unique(("tag", *tag)), tag, is_on);
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_on, format!("Tag {tag}")));
        explain(&response, tag, &format!("Shows only presets with this tag: {count}."));
        if response.clicked() {
            *chosen = (!is_on).then(|| (*tag).to_owned());
        }
    }
    if places.len() == by_use.len() {
        return;
    }
    let cell = cell(rect, LINES - 1, rect.width() - MENU_WIDTH, MENU_WIDTH);
    let shown = by_use[..places.len()].iter().any(|(tag, _)| chosen.as_deref() == Some(*tag));
    let text = chosen.as_deref().filter(|_| !shown).unwrap_or("All tags");
    let (picked, _) = menu(ui, touch, cell, Id::unique("all tags"), ("All tags", text), |ui| {
        let mut picked = None;
        egui::ScrollArea::vertical().max_height(260.0).show(ui, |ui| {
            for (index, (tag, count)) in tags.iter().enumerate() {
                let is_on = chosen.as_deref() == Some(tag);
                if ui.selectable_label(is_on, format!("{tag} ({count})")).clicked() {
                    picked = Some(index);
                }
            }
        });
        picked
    });
    if let Some(index) = picked {
        let tag = &tags[index].0;
        *chosen = (chosen.as_ref() != Some(tag)).then(|| tag.clone());
    }
}

fn cell(rect: Rect, line: usize, left: f32, width: f32) -> Rect {
    let at = pos2(rect.left() + left, rect.top() + line as f32 * LINE);
    Rect::from_min_size(at, vec2(width, CHIP_HEIGHT))
}

/// The most used ones first, else by alphabet.
fn by_use(tags: &[(String, usize)]) -> Vec<(&str, usize)> {
    let mut by_use: Vec<(&str, usize)> = tags.iter().map(|(tag, count)| (tag.as_str(), *count)).collect();
    by_use.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    by_use
}

/// Line and left edge of as many chips as fit; where not all do, there is room for the menu behind them.
fn places(room: f32, widths: &[f32]) -> Vec<(usize, f32)> {
    let fill = |reserved: f32| {
        let (mut places, mut line, mut left) = (Vec::new(), 0, 0.0);
        for width in widths {
            let end = |line: usize| if line + 1 == LINES { room - reserved } else { room };
            if left > 0.0 && left + width > end(line) {
                line += 1;
                left = 0.0;
            }
            if line >= LINES || left + width > end(line) {
                break;
            }
            places.push((line, left));
            left += width + BETWEEN;
        }
        places
    };
    let all = fill(0.0);
    if all.len() == widths.len() { all } else { fill(MENU_WIDTH + BETWEEN) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chips_stand_in_lines_and_the_menu_has_room() {
        assert_eq!(places(100.0, &[40.0, 40.0, 40.0]), [(0, 0.0), (0, 44.0), (1, 0.0)]);
        let many = places(200.0, &[60.0; 9]);
        assert_eq!(many.len(), 4);
        assert!(many.iter().all(|(line, left)| *line == 0 || left + 60.0 <= 200.0 - MENU_WIDTH));
        assert!(places(10.0, &[60.0; 3]).is_empty());
    }

    #[test]
    fn what_is_used_most_comes_first() {
        let tags = [("air".to_owned(), 1), ("loud".to_owned(), 3), ("warm".to_owned(), 1)];
        assert_eq!(by_use(&tags), [("loud", 3), ("air", 1), ("warm", 1)]);
    }
}
