//! Holds the window to the size that the user gave it, in points, whatever the scale. Pure.
//!
//! A new window, and one whose scale has changed, is held to the remembered size for a moment: until all parts of a host
//! have heard of it, some of them ask for the old one. A host may refuse. Any later change of size is the user's and is
//! remembered.

use egui::{Vec2, vec2};

use super::layout::MIN_SIZE;
use crate::state::user_settings::{MAX_WINDOW_POINTS, MIN_WINDOW_POINTS};

/// How long a size is held.
const PATIENCE_S: f64 = 1.0;
/// Pause between two requests: the answer takes its way through the window system and the host.
const BETWEEN_S: f64 = 0.15;
/// Sizes closer than this are the same: pixels are no points.
const TOLERANCE: f32 = 1.5;

/// See the module.
#[derive(Debug, Default)]
pub struct WindowSize {
    asking: Option<Asking>,
    scale_percent: u16,
    seen: Option<Vec2>,
}

#[derive(Debug, Clone, Copy)]
struct Asking {
    since_s: f64,
    last_s: f64,
}

/// What a frame makes of the size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Ask the window for this size, in points.
    pub ask: Option<Vec2>,
    /// Remember this size, in points.
    pub remember: Option<[u32; 2]>,
    /// Whether to look again soon.
    pub is_waiting: bool,
}

impl WindowSize {
    /// Looks at the window of a frame drawn at `now_s` with its contents at `scale_percent`.
    pub fn follow(&mut self, now: Vec2, wanted: [u32; 2], scale_percent: u16, now_s: f64) -> Outcome {
        let wanted = vec2(wanted[0] as f32, wanted[1] as f32);
        let is_new = self.scale_percent != scale_percent;
        if is_new {
            self.scale_percent = scale_percent;
            self.asking = Some(Asking { since_s: now_s, last_s: now_s });
            return Outcome { ask: Some(wanted), remember: None, is_waiting: true };
        }
        if let Some(asking) = self.asking {
            return self.wait(asking, now, wanted, now_s);
        }
        let is_moved = self.seen.is_none_or(|seen| !same(seen, now));
        if !is_moved {
            return Outcome { ask: None, remember: None, is_waiting: false };
        }
        self.seen = Some(now);
        let allowed = now.max(MIN_SIZE);
        let is_allowed = same(allowed, now);
        Outcome {
            ask: (!is_allowed).then_some(allowed),
            remember: (is_allowed && !same(now, wanted)).then(|| points(now)),
            is_waiting: false,
        }
    }

    fn wait(&mut self, asking: Asking, now: Vec2, wanted: Vec2, now_s: f64) -> Outcome {
        if now_s - asking.since_s > PATIENCE_S {
            self.asking = None;
            self.seen = Some(now);
            return Outcome { ask: None, remember: None, is_waiting: false };
        }
        let again = !same(now, wanted) && now_s - asking.last_s >= BETWEEN_S;
        if again {
            self.asking = Some(Asking { last_s: now_s, ..asking });
        }
        Outcome { ask: again.then_some(wanted), remember: None, is_waiting: true }
    }
}

fn same(a: Vec2, b: Vec2) -> bool {
    (a - b).abs().max_elem() < TOLERANCE
}

/// Whole points within what settings may say.
fn points(size: Vec2) -> [u32; 2] {
    let side = |index: usize, points: f32| {
        (points.round() as u32).clamp(MIN_WINDOW_POINTS[index], MAX_WINDOW_POINTS[index])
    };
    [side(0, size.x), side(1, size.y)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: [u32; 2] = [1_100, 720];
    const QUIET: Outcome = Outcome { ask: None, remember: None, is_waiting: false };
    const WAITING: Outcome = Outcome { is_waiting: true, ..QUIET };

    fn wanted() -> Vec2 {
        vec2(1_100.0, 720.0)
    }

    /// A window that has its size.
    fn settled() -> WindowSize {
        let mut size = WindowSize::default();
        size.follow(vec2(10_000.0, 10_000.0), WANTED, 100, 0.0);
        assert_eq!(size.follow(wanted(), WANTED, 100, 0.1), WAITING);
        assert_eq!(size.follow(wanted(), WANTED, 100, 1.1), QUIET);
        size
    }

    #[test]
    fn a_new_window_and_a_new_scale_are_asked_for_what_is_remembered() {
        let mut size = settled();
        assert_eq!(size.follow(wanted(), WANTED, 150, 5.0).ask, Some(wanted()));
        let small = wanted() / 1.5;
        assert_eq!(size.follow(small, WANTED, 150, 5.05), WAITING);
        assert_eq!(size.follow(small, WANTED, 150, 5.2).ask, Some(wanted()));
        // Rounded to pixels.
        assert_eq!(size.follow(vec2(1_099.4, 720.6), WANTED, 150, 5.5), WAITING);
        // A part of the host that has not heard of it yet.
        assert_eq!(size.follow(small, WANTED, 150, 5.6).ask, Some(wanted()));
        assert_eq!(size.follow(vec2(1_099.4, 720.6), WANTED, 150, 6.1), QUIET);
        assert_eq!(size.follow(vec2(1_099.4, 720.6), WANTED, 150, 9.0), QUIET);
    }

    #[test]
    fn a_host_that_refuses_is_let_be_and_nothing_is_forgotten() {
        let mut size = settled();
        let small = wanted() / 1.5;
        for frame in 0..30 {
            let outcome = size.follow(small, WANTED, 150, 5.0 + 0.05 * f64::from(frame));
            assert_eq!(outcome.remember, None);
        }
        assert_eq!(size.follow(small, WANTED, 150, 8.0), QUIET);
        let outcome = size.follow(vec2(900.0, 600.0), WANTED, 150, 9.0);
        assert_eq!(outcome, Outcome { remember: Some([900, 600]), ..QUIET });
    }

    #[test]
    fn a_user_resizes_and_the_smallest_size_holds() {
        let mut size = settled();
        assert_eq!(size.follow(vec2(1_300.0, 800.0), WANTED, 100, 3.0).remember, Some([1_300, 800]));
        let outcome = size.follow(vec2(500.0, 800.0), [1_300, 800], 100, 4.0);
        assert_eq!(outcome, Outcome { ask: Some(vec2(760.0, 800.0)), ..QUIET });
        // Asked once: a window that stays too small is not fought.
        assert_eq!(size.follow(vec2(500.0, 800.0), [1_300, 800], 100, 4.1), QUIET);
        assert_eq!(size.follow(vec2(760.0, 800.0), [1_300, 800], 100, 4.2).remember, Some([760, 800]));
    }
}
