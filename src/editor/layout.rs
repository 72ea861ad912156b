//! Where the parts of the window stand, for any size from [`MIN_SIZE`] up. Pure; lengths in points.

use egui::{Rect, Vec2, pos2, vec2};

/// Size of a new window.
pub const DEFAULT_SIZE: Vec2 = vec2(1000.0, 640.0);
/// Below this, things would overlap.
pub const MIN_SIZE: Vec2 = vec2(760.0, 480.0);

/// Room inside panels, left and right.
pub const PADDING: f32 = 7.0;
/// Room between panels and around them.
const GAP: f32 = 6.0;
const HEADER_HEIGHT: f32 = 40.0;
/// The buttons that show the listener and the track.
const BUTTON_HEIGHT: f32 = 26.0;
/// The dither and output panel.
const OUTPUT_HEIGHT: f32 = 144.0;

/// One rectangle for each part.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// Name, presets, comparison, listening.
    pub header: Rect,
    /// Input gain and level.
    pub input: Rect,
    /// The button that shows the listener.
    pub adaptive_button: Rect,
    /// The button that shows the track.
    pub track_button: Rect,
    /// Equaliser, or the track or the listener in its place.
    pub eq: Rect,
    /// Compressor.
    pub compressor: Rect,
    /// Width stage.
    pub width: Rect,
    /// Clipper.
    pub clipper: Rect,
    /// Limiter.
    pub limiter: Rect,
    /// Loudness and output level.
    pub loudness: Rect,
    /// Output trim and dither.
    pub output: Rect,
}

impl Places {
    /// Divides a window.
    pub fn of(window: Rect) -> Self {
        let inner = window.shrink2(vec2(GAP + 2.0, 0.0));
        let (header, body) = inner.split_top_bottom_at_y(inner.top() + HEADER_HEIGHT);
        let body = body.with_max_y(body.bottom() - GAP - 2.0);

        let input_width = (body.width() * 0.068).clamp(52.0, 76.0);
        let levels_width = (body.width() * 0.185).clamp(156.0, 210.0);
        let (input, rest) = columns(body, input_width);
        let (input, track_button) = rows(input, input.height() - BUTTON_HEIGHT - GAP);
        let (input, adaptive_button) = rows(input, input.height() - BUTTON_HEIGHT - GAP);
        let (middle, levels) = columns(rest, rest.width() - levels_width - GAP);
        let (loudness, output) = rows(levels, levels.height() - OUTPUT_HEIGHT - GAP);

        let strip = (body.height() * 0.195).clamp(98.0, 150.0);
        let (eq, dynamics) = rows(middle, middle.height() - 2.0 * (strip + GAP));
        let (compressor, last) = rows(dynamics, strip);
        // Three, three and six controls of the same size.
        let control = (last.width() - 2.0 * GAP - 6.0 * PADDING) / 12.0;
        let (width, last) = columns(last, 3.0 * control + 2.0 * PADDING);
        let (clipper, limiter) = columns(last, 3.0 * control + 2.0 * PADDING);
        Self {
            header,
            input,
            adaptive_button,
            track_button,
            eq,
            compressor,
            width,
            clipper,
            limiter,
            loudness,
            output,
        }
    }
}

/// Cuts `width` off the left.
fn columns(area: Rect, width: f32) -> (Rect, Rect) {
    let at = area.left() + width;
    (area.with_max_x(at), area.with_min_x(at + GAP))
}

/// Cuts `height` off the top.
fn rows(area: Rect, height: f32) -> (Rect, Rect) {
    let at = area.top() + height;
    (area.with_max_y(at), area.with_min_y(at + GAP))
}

/// The `index`th of `count` equal columns.
pub fn column(area: Rect, index: usize, count: usize) -> Rect {
    let width = area.width() / count as f32;
    let left = area.left() + width * index as f32;
    Rect::from_min_max(pos2(left, area.top()), pos2(left + width, area.bottom()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::Pos2;

    #[test]
    fn parts_fill_the_window_without_overlap() {
        for size in [MIN_SIZE, DEFAULT_SIZE, vec2(760.0, 1400.0), vec2(2500.0, 480.0), vec2(3840.0, 2160.0)] {
            let window = Rect::from_min_size(Pos2::ZERO, size);
            let p = Places::of(window);
            let parts = [
                p.header,
                p.input,
                p.adaptive_button,
                p.track_button,
                p.eq,
                p.compressor,
                p.width,
                p.clipper,
                p.limiter,
                p.loudness,
                p.output,
            ];
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
        let p = Places::of(Rect::from_min_size(Pos2::ZERO, MIN_SIZE));
        assert!(p.eq.height() >= 210.0, "{:?}", p.eq.size());
        assert!(p.eq.width() >= 520.0, "{:?}", p.eq.size());
        assert!(p.loudness.height() >= 220.0, "{:?}", p.loudness.size());
    }
}
