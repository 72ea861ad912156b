//! Where the parts of the window stand, for any size from [`MIN_SIZE`] up. Pure; lengths in points.

use egui::{Rect, Vec2, pos2, vec2};

use crate::state::user_settings::MIN_WINDOW_POINTS;

/// Below this, things would overlap.
pub const MIN_SIZE: Vec2 = vec2(MIN_WINDOW_POINTS[0] as f32, MIN_WINDOW_POINTS[1] as f32);

/// Room inside panels, left and right.
pub const PADDING: f32 = 8.0;
/// Room between panels and around them.
pub const GAP: f32 = 6.0;
const HEADER_HEIGHT: f32 = 38.0;
const FOOTER_HEIGHT: f32 = 28.0;

/// What every page has around it.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// Name, pages, presets, undo, comparison.
    pub header: Rect,
    /// The page.
    pub page: Rect,
    /// What is under the pointer, how one listens.
    pub footer: Rect,
}

impl Places {
    /// Divides a window.
    pub fn of(window: Rect) -> Self {
        let inner = window.shrink2(vec2(GAP + 2.0, 0.0));
        let (header, rest) = inner.split_top_bottom_at_y(inner.top() + HEADER_HEIGHT);
        let (page, footer) = rest.split_top_bottom_at_y(rest.bottom() - FOOTER_HEIGHT);
        Self { header, page, footer }
    }
}

/// The parts of the master page.
#[derive(Debug, Clone, Copy)]
pub struct MasterPlaces {
    /// Input gain and level.
    pub input: Rect,
    /// The modules in their order.
    pub chain: Rect,
    /// What the chosen module shows…
    pub display: Rect,
    /// …and its controls.
    pub controls: Rect,
    /// Loudness, output level, stereo image.
    pub levels: Rect,
}

impl MasterPlaces {
    /// Divides a page.
    pub fn of(page: Rect) -> Self {
        let input_width = (page.width() * 0.068).clamp(54.0, 76.0);
        let levels_width = (page.width() * 0.19).clamp(158.0, 240.0);
        let chain_height = (page.height() * 0.1).clamp(44.0, 64.0);
        let controls_height = (page.height() * 0.25).clamp(142.0, 190.0);
        let (input, rest) = columns(page, input_width);
        let (middle, levels) = columns(rest, rest.width() - levels_width - GAP);
        let (chain, rest) = rows(middle, chain_height);
        let (display, controls) = rows(rest, rest.height() - controls_height - GAP);
        Self { input, chain, display, controls, levels }
    }
}

/// Cuts `width` off the left.
pub fn columns(area: Rect, width: f32) -> (Rect, Rect) {
    let at = area.left() + width;
    (area.with_max_x(at), area.with_min_x(at + GAP))
}

/// Cuts `height` off the top.
pub fn rows(area: Rect, height: f32) -> (Rect, Rect) {
    let at = area.top() + height;
    (area.with_max_y(at), area.with_min_y(at + GAP))
}

/// The `index`th of `count` equal columns.
pub fn column(area: Rect, index: usize, count: usize) -> Rect {
    let width = area.width() / count as f32;
    let left = area.left() + width * index as f32;
    Rect::from_min_max(pos2(left, area.top()), pos2(left + width, area.bottom()))
}

/// The `index`th of `count` equal rows.
pub fn row(area: Rect, index: usize, count: usize) -> Rect {
    let height = area.height() / count as f32;
    let top = area.top() + height * index as f32;
    Rect::from_min_max(pos2(area.left(), top), pos2(area.right(), top + height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Pos2;

    const SIZES: [Vec2; 5] =
        [MIN_SIZE, vec2(1100.0, 720.0), vec2(760.0, 1400.0), vec2(2500.0, 480.0), vec2(3840.0, 2160.0)];

    #[test]
    fn parts_fill_the_window_without_overlap() {
        for size in SIZES {
            let window = Rect::from_min_size(Pos2::ZERO, size);
            let Places { header, page, footer } = Places::of(window);
            let MasterPlaces { input, chain, display, controls, levels } = MasterPlaces::of(page);
            let parts = [header, footer, input, chain, display, controls, levels];
            for (i, a) in parts.iter().enumerate() {
                assert!(window.contains_rect(*a) && a.is_positive(), "{a:?} in {size:?}");
                for b in &parts[i + 1..] {
                    assert!(!a.shrink(0.01).intersects(b.shrink(0.01)), "{a:?} and {b:?} in {size:?}");
                }
            }
        }
    }

    #[test]
    fn the_smallest_window_has_room_for_every_part() {
        let places = MasterPlaces::of(Places::of(Rect::from_min_size(Pos2::ZERO, MIN_SIZE)).page);
        assert!(places.display.height() >= 190.0, "{:?}", places.display.size());
        assert!(places.display.width() >= 500.0, "{:?}", places.display.size());
        assert!(places.levels.height() >= 400.0, "{:?}", places.levels.size());
    }
}
