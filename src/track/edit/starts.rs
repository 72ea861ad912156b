//! Starts of steps that stay coherent when steps come, go, move or change their length.

use crate::track::file::schema::{Global, Step, Track};

/// Times closer than this are the same.
const SAME_S: f64 = 1e-6;

/// How a step begins in relation to the step in front of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Join {
    /// Where that one leaves off, less its crossfade.
    Tight,
    /// This many seconds after its end, negative within it.
    Gap(f64),
}

/// Seconds by which the step behind one overlaps it, as its own crossfade or the track's says.
pub fn overlap_after_s(step: &Step, global: &Global) -> f64 {
    let length_s = step.crossfade_duration_s.or(global.crossfade_duration_s).unwrap_or(0.0);
    length_s.max(0.0) * step.crossfade_overlap.unwrap_or(global.crossfade_overlap).clamp(0.0, 1.0)
}

/// Start of what follows a step without a gap.
fn tight_start_s(step: &Step, global: &Global) -> f64 {
    step.start_s.unwrap_or(0.0) + (step.duration_s - overlap_after_s(step, global)).max(0.0)
}

/// Gives every step its explicit start and says how each is joined to the one before. The first begins somewhere of
/// its own, which does not count.
pub(super) fn joins(track: &mut Track) -> Vec<Join> {
    track.fill_starts();
    let pairs = track.steps.windows(2).map(|pair| {
        let start_s = pair[1].start_s.unwrap_or(0.0);
        match (start_s - tight_start_s(&pair[0], &track.global)).abs() < SAME_S {
            true => Join::Tight,
            false => Join::Gap(start_s - pair[0].start_s.unwrap_or(0.0) - pair[0].duration_s),
        }
    });
    std::iter::once(Join::Tight).chain(pairs).take(track.steps.len()).collect()
}

/// Places the steps from the first on by their joins. Starts that come out as they were keep their exact value.
pub(super) fn place(track: &mut Track, joins: &[Join], first_s: f64) {
    for i in 0..track.steps.len() {
        let start_s = match (i.checked_sub(1).map(|before| &track.steps[before]), joins[i]) {
            (None, _) => first_s,
            (Some(before), Join::Tight) => tight_start_s(before, &track.global),
            (Some(before), Join::Gap(gap_s)) => before.start_s.unwrap_or(0.0) + before.duration_s + gap_s,
        };
        // A negative zero would differ in a file.
        let start_s = start_s.max(0.0) + 0.0;
        let step = &mut track.steps[i];
        if step.start_s.is_none_or(|old_s| (old_s - start_s).abs() >= SAME_S) {
            step.start_s = Some(start_s);
        }
    }
}

/// Start of the first step.
pub(super) fn first_s(track: &Track) -> f64 {
    track.steps.first().and_then(|step| step.start_s).unwrap_or(0.0)
}

/// Joins every step tightly to the one before.
pub(super) fn place_all(track: &mut Track) {
    let joins = vec![Join::Tight; joins(track).len()];
    let first_s = first_s(track);
    place(track, &joins, first_s);
}
