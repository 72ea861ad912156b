//! Where the steps of a track lie and how neighbours are joined: pure arithmetic on seconds and frames.

use crate::track::file::schema::{CrossfadeCurve, Global, Step};
use crate::track::sound::span::Span;
use std::f64::consts::FRAC_PI_2;
use std::ops::Range;

/// A step's place on the timeline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// First frame of the step in the track.
    pub start: u64,
    /// Length and rate.
    pub span: Span,
    /// Fade-in over the overlap with the step before; no frames where they do not overlap.
    pub join: Join,
}

impl Placement {
    /// Frames of the track that the step covers.
    pub fn range(&self) -> Range<u64> {
        self.start..self.start + self.span.frames
    }

    /// Frames of the track in which the step gives way to the first of some later joins that it reaches; nothing at its
    /// end where it reaches none.
    pub fn fade_out(&self, later: impl Iterator<Item = Join>) -> Range<u64> {
        let range = self.range();
        let fades = later.map(|join| join.range());
        let reached = fades.filter(|fade| fade.start.max(range.start) < fade.end.min(range.end));
        match reached.min_by_key(|fade| fade.start) {
            Some(fade) => fade.start.max(range.start)..fade.end.min(range.end),
            None => range.end..range.end,
        }
    }
}

/// A crossfade at the start of a step: everything before fades out while the step fades in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Join {
    /// First frame of the track in the fade.
    pub start: u64,
    /// Length; 0 is no fade, both are summed.
    pub frames: u64,
    /// Law of the fade.
    pub curve: CrossfadeCurve,
}

impl Join {
    /// Gains of the old and the new side at a track frame within the fade; both end points are included.
    #[inline]
    pub fn gains(&self, frame: u64) -> [f32; 2] {
        let along = (frame - self.start) as f64 / (self.frames - 1).max(1) as f64;
        match self.curve {
            CrossfadeCurve::Linear => [(1.0 - along) as f32, along as f32],
            CrossfadeCurve::EqualPower => {
                let (new, old) = (along * FRAC_PI_2).sin_cos();
                [old as f32, new as f32]
            }
        }
    }

    /// Frames of the track in the fade.
    pub fn range(&self) -> Range<u64> {
        self.start..self.start + self.frames
    }
}

/// Places the steps. Steps without a length get no frames and no part in the order of things.
///
/// A step without a written start follows the one before, overlapping it by the share of the crossfade that overlaps.
pub fn placements(steps: &[Step], global: &Global, rate_hz: f64) -> Vec<Placement> {
    let mut running_s = 0.0f64;
    let mut previous: Option<(u64, f64, CrossfadeCurve)> = None; // end, fade in seconds, law
    let place = |step: &Step| {
        let span = Span::new(step.duration_s, rate_hz);
        let start_s = step.start_s.unwrap_or(running_s).max(0.0);
        let start = (start_s * rate_hz) as u64;
        let (fade_s, curve) = fade_after(step, global);
        if span.frames == 0 {
            return Placement { start, span, join: Join { start, frames: 0, curve } };
        }
        running_s = match step.start_s {
            Some(_) => start_s + step.duration_s,
            None => running_s + (step.duration_s - fade_s).max(0.0),
        };
        let join = match previous {
            Some((end, fade_s, curve)) => {
                let overlap = end.saturating_sub(start).min(span.frames);
                Join { start, frames: overlap.min(span.frames_in(fade_s)), curve }
            }
            None => Join { start, frames: 0, curve },
        };
        previous = Some((start + span.frames, fade_s, curve));
        Placement { start, span, join }
    };
    steps.iter().map(place).collect()
}

/// Overlapping length in seconds and law of the join after a step.
fn fade_after(step: &Step, global: &Global) -> (f64, CrossfadeCurve) {
    let duration_s = step.crossfade_duration_s.unwrap_or(global.crossfade_duration_s.unwrap_or(1.0));
    let overlap = step.crossfade_overlap.unwrap_or(global.crossfade_overlap).clamp(0.0, 1.0);
    (duration_s.max(0.0) * overlap, step.crossfade_curve.unwrap_or(global.crossfade_curve))
}
