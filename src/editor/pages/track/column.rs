//! A column of rows that scrolls. Only rows in sight are drawn and stop the keyboard.

use egui::{Rect, ScrollArea, Ui, UiBuilder, vec2};

/// Room for the scroll bar.
const BAR: f32 = 9.0;
/// Room between rows.
const GAP: f32 = 3.0;

/// Gives the rows their places, from the top.
pub struct Column {
    area: Rect,
    seen: Rect,
    top: f32,
}

impl Column {
    /// The place of the next row, where any of it is in sight.
    pub fn row(&mut self, height: f32) -> Option<Rect> {
        let top = self.top;
        self.top += height + GAP;
        let row = Rect::from_x_y_ranges(self.area.x_range(), top..=top + height);
        self.seen.intersects(row.shrink(0.5)).then_some(row)
    }

    /// Room without anything in it.
    pub fn skip(&mut self, height: f32) {
        self.top += height;
    }

    /// Width of the rows in points.
    pub fn width(&self) -> f32 {
        self.area.width()
    }
}

/// Draws a column into `rect`; `name` names its place in the list.
pub fn column(ui: &mut Ui, rect: Rect, name: &str, rows: impl FnOnce(&mut Ui, &mut Column)) {
    let builder = UiBuilder::new().max_rect(rect).id_salt(name);
    ui.scope_builder(builder, |ui| {
        ui.set_clip_rect(rect.intersect(ui.clip_rect()));
        ScrollArea::vertical().id_salt(name).auto_shrink(false).show(ui, |ui| {
            let min = ui.max_rect().min;
            let area = Rect::from_min_size(min, vec2(rect.width() - BAR, 0.0));
            let mut column = Column { area, seen: ui.clip_rect(), top: min.y };
            rows(ui, &mut column);
            ui.expand_to_include_rect(area.with_max_y(column.top));
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn rows_out_of_sight_keep_their_place() {
        let area = Rect::from_min_size(pos2(0.0, -100.0), vec2(80.0, 0.0));
        let seen = Rect::from_min_size(pos2(0.0, 0.0), vec2(90.0, 50.0));
        let mut column = Column { area, seen, top: -100.0 };
        let tops: Vec<_> = (0..12).map(|_| column.row(20.0).map(|row| row.top())).collect();
        assert_eq!(tops.iter().flatten().copied().collect::<Vec<_>>(), [-8.0, 15.0, 38.0]);
        assert!(tops[3].is_none() && tops[4].is_some() && tops[7].is_none());
    }
}
