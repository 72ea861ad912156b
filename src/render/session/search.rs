//! The level into the limiter at which a stream has its loudness, or the nearest it may go, by rendering it a few times.
//!
//! The rule of [`crate::render::master`] for what does not fit into memory: every rendering is heard and forgotten.
//! Reference: W. H. Press et al., "Numerical Recipes", on false position with safeguards.

use super::hearing::{Figures, Heard};
use crate::control::range::{INPUT_GAIN_DB, LIMITER_CEILING_DB, LIMITER_DRIVE_DB};
use crate::control::{LatencyMode, MasterControls};
use crate::render::{Goal, OPERATING_LUFS, Outcome, RenderError};

/// Distance to the target that ends the search, in LU.
const CLOSE_LU: f64 = 0.05;
/// Limiting this little under the allowed amount ends the search, in dB.
const CLOSE_REDUCTION_DB: f64 = 0.2;
/// Distance to the target that still counts as having reached it, in LU.
const REACHED_LU: f64 = 0.1;
/// Most renderings for the level, and for the ceiling on top.
const MAX_LEVEL_PASSES: usize = 7;
const MAX_CEILING_PASSES: usize = 4;
/// What a BS.1770 meter usually reads above the limiter's ceiling, in dB; the limiter aims lower by this from the start.
const METER_EXCESS_DB: f64 = 0.03;
/// How much further than the excess the limiter's ceiling goes down when a peak came out above the wished one, in dB.
const CEILING_MARGIN_DB: f64 = 0.02;
/// Largest step of the level outside a bracket, in dB.
const MAX_STEP_DB: f64 = 6.0;

/// Settings that meet a goal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) controls: MasterControls,
    pub(super) figures: Figures,
    pub(super) outcome: Outcome,
    pub(super) passes: usize,
}

/// One rendering.
#[derive(Debug, Clone, Copy)]
struct Tried {
    level_db: f64,
    /// How much more could be asked for, in dB; falls as the level rises.
    room_db: f64,
    held_by_reduction: bool,
    figures: Figures,
}

impl Tried {
    fn is_close(&self) -> bool {
        if self.held_by_reduction {
            (0.0..=CLOSE_REDUCTION_DB).contains(&self.room_db)
        } else {
            self.room_db.abs() <= CLOSE_LU
        }
    }

    /// A result that keeps the allowed reduction comes before one that does not, then the nearer.
    fn rank(&self) -> (bool, f64) {
        (self.held_by_reduction && self.room_db < 0.0, self.room_db.abs())
    }
}

struct Search<'a> {
    base: MasterControls,
    goal: Goal,
    target_lufs: Option<f64>,
    ceiling_db: f64,
    passes: usize,
    render: &'a mut dyn FnMut(usize, &MasterControls) -> Result<Figures, RenderError>,
}

/// Finds the settings for a goal. `before` is the mix; `render` hears the number of the rendering, from 1, and its settings.
///
/// The limiter is always on and nothing that serves listening is. With a target the input gain brings the mix to
/// [`OPERATING_LUFS`] (or to the target, if that is lower), the limiter's drive does the rest.
///
/// # Errors
/// Those of `render`, and [`RenderError::Ceiling`] should the limiter fail.
pub(super) fn search(
    controls: &MasterControls,
    goal: Goal,
    before: &Heard,
    render: &mut dyn FnMut(usize, &MasterControls) -> Result<Figures, RenderError>,
) -> Result<Found, RenderError> {
    let target_lufs = goal.target_lufs.filter(|_| before.integrated_lufs.is_finite());
    let mut base = for_files(controls);
    let operating_lufs = target_lufs.map_or(0.0, |target| OPERATING_LUFS.min(target));
    if target_lufs.is_some() {
        let gain_db = base.global.input_gain_db + (operating_lufs - before.integrated_lufs) as f32;
        base.global.input_gain_db = INPUT_GAIN_DB.clamp(gain_db);
    }
    let ceiling_db = goal.ceiling_dbtp - METER_EXCESS_DB;
    let mut search = Search { base, goal, target_lufs, ceiling_db, passes: 0, render };
    let mut level_db = target_lufs.map_or(0.0, |target| target - operating_lufs);
    let mut peak_dbtp = f64::NEG_INFINITY;
    for _ in 0..=MAX_CEILING_PASSES {
        let tried = search.run(level_db)?;
        peak_dbtp = tried.figures.heard.true_peak_dbtp;
        level_db = tried.level_db;
        if peak_dbtp <= goal.ceiling_dbtp {
            let (controls, outcome) = (search.controls(level_db), search.outcome(&tried.figures));
            return Ok(Found { controls, figures: tried.figures, outcome, passes: search.passes });
        }
        search.ceiling_db -= peak_dbtp - goal.ceiling_dbtp + CEILING_MARGIN_DB;
    }
    Err(RenderError::Ceiling { found_dbtp: peak_dbtp, ceiling_dbtp: goal.ceiling_dbtp })
}

impl Search<'_> {
    /// The chain's settings at a level: taken by the limiter's drive as far as it goes and by the input gain beyond.
    fn controls(&self, level_db: f64) -> MasterControls {
        let mut controls = self.base;
        let wished_db = self.base.limiter.drive_db + level_db as f32;
        controls.limiter.drive_db = LIMITER_DRIVE_DB.clamp(wished_db);
        let rest_db = wished_db - controls.limiter.drive_db;
        controls.global.input_gain_db = INPUT_GAIN_DB.clamp(self.base.global.input_gain_db + rest_db);
        controls.limiter.ceiling_db = LIMITER_CEILING_DB.clamp(self.ceiling_db as f32);
        controls
    }

    fn try_level(&mut self, level_db: f64) -> Result<Tried, RenderError> {
        self.passes += 1;
        let controls = self.controls(level_db);
        let figures = (self.render)(self.passes, &controls)?;
        let to_target_lu = self.target_lufs.map_or(0.0, |target| target - figures.heard.integrated_lufs);
        let to_limit_db = self.goal.max_reduction_db - figures.limiter.hardest_3s_db;
        let held_by_reduction = to_limit_db < to_target_lu;
        Ok(Tried { level_db, room_db: to_limit_db.min(to_target_lu), held_by_reduction, figures })
    }

    /// Finds the level under the present ceiling.
    fn run(&mut self, first_level_db: f64) -> Result<Tried, RenderError> {
        let mut last = self.try_level(first_level_db)?;
        if self.target_lufs.is_none() {
            return Ok(last);
        }
        let (mut best, mut before_last, mut bracket) = (last, None, Bracket::default());
        for _ in 1..MAX_LEVEL_PASSES {
            if last.is_close() {
                break;
            }
            bracket.add(last);
            let level_db = bracket.next_level_db(last, before_last);
            if self.controls(level_db) == self.controls(last.level_db) {
                break;
            }
            before_last = Some(last);
            last = self.try_level(level_db)?;
            if last.rank() < best.rank() {
                best = last;
            }
        }
        Ok(best)
    }

    fn outcome(&self, figures: &Figures) -> Outcome {
        let Some(target_lufs) = self.target_lufs else {
            return if self.goal.target_lufs.is_none() { Outcome::NoTarget } else { Outcome::Unmeasurable };
        };
        if (figures.heard.integrated_lufs - target_lufs).abs() <= REACHED_LU {
            Outcome::Reached
        } else if figures.limiter.hardest_3s_db >= self.goal.max_reduction_db - 2.0 * CLOSE_REDUCTION_DB {
            Outcome::LimitedByReduction
        } else {
            Outcome::OutOfReach
        }
    }
}

/// Between which levels the wanted one lies: the highest known to be too low and the lowest known to be too high.
#[derive(Debug, Default)]
struct Bracket {
    low: Option<Tried>,
    high: Option<Tried>,
}

impl Bracket {
    /// Takes in a try. A side that stays twice in a row loses half its weight (the Illinois rule).
    fn add(&mut self, tried: Tried) {
        let (side, other) = if tried.room_db > 0.0 {
            (&mut self.low, &mut self.high)
        } else {
            (&mut self.high, &mut self.low)
        };
        if side.replace(tried).is_some()
            && let Some(other) = other
        {
            other.room_db *= 0.5;
        }
    }

    /// Inside the bracket by false position; while one side is missing, onwards by the slope of the last two tries.
    fn next_level_db(&self, last: Tried, before_last: Option<Tried>) -> f64 {
        if let (Some(low), Some(high)) = (self.low, self.high) {
            let share = low.room_db / (low.room_db - high.room_db);
            return low.level_db + (high.level_db - low.level_db) * share.clamp(0.05, 0.95);
        }
        let slope =
            before_last.map_or(1.0, |old| (old.room_db - last.room_db) / (last.level_db - old.level_db));
        let step = last.room_db / if slope.is_finite() { slope.clamp(0.1, 1.0) } else { 1.0 };
        last.level_db + (1.1 * step).clamp(-MAX_STEP_DB, MAX_STEP_DB)
    }
}

/// Settings fit for a file: everything that serves listening is off.
fn for_files(controls: &MasterControls) -> MasterControls {
    let mut controls = *controls;
    controls.mode = LatencyMode::Master;
    controls.global.bypass = false;
    controls.global.delta = false;
    controls.global.gain_match = false;
    controls.limiter.on = true;
    controls.eq.bands.iter_mut().for_each(|band| band.solo = false);
    controls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Reduction;

    fn heard(integrated_lufs: f64, true_peak_dbtp: f64) -> Heard {
        Heard { integrated_lufs, range_lu: 0.0, true_peak_dbtp }
    }

    /// A made-up chain: above a knee, level turns into limiting instead of loudness.
    fn chain(knee_db: f64, slope: f64) -> impl FnMut(usize, &MasterControls) -> Result<Figures, RenderError> {
        move |_, controls| {
            let level_db = f64::from(controls.limiter.drive_db + controls.global.input_gain_db);
            let over_db = (level_db - knee_db).max(0.0);
            let lufs = -18.0 + level_db.min(knee_db) + slope * over_db;
            let limiter = Reduction { hardest_3s_db: over_db * (1.0 - slope), ..Reduction::default() };
            let peak_dbtp = f64::from(controls.limiter.ceiling_db) + 0.05;
            Ok(Figures { heard: heard(lufs, peak_dbtp), compressor: Reduction::default(), limiter })
        }
    }

    fn run(target_lufs: f64, max_reduction_db: f64, knee_db: f64) -> Found {
        let goal = Goal { target_lufs: Some(target_lufs), ceiling_dbtp: -1.0, max_reduction_db };
        search(&MasterControls::default(), goal, &heard(-18.0, -6.0), &mut chain(knee_db, 0.4)).unwrap()
    }

    #[test]
    fn target_reduction_and_ceiling_hold() {
        for target_lufs in [-30.0, -18.0, -14.0, -10.0] {
            let found = run(target_lufs, 12.0, 5.0);
            assert_eq!(found.outcome, Outcome::Reached, "{target_lufs}");
            assert!((found.figures.heard.integrated_lufs - target_lufs).abs() <= REACHED_LU);
            assert!(found.figures.heard.true_peak_dbtp <= -1.0 && found.passes <= 10, "{found:?}");
        }
        let found = run(-6.0, 3.0, 5.0);
        assert_eq!(found.outcome, Outcome::LimitedByReduction);
        assert!((2.6..=3.0).contains(&found.figures.limiter.hardest_3s_db), "{found:?}");
    }

    #[test]
    fn silence_has_no_target_and_a_leaking_limiter_is_an_error() {
        let goal = Goal { target_lufs: Some(-14.0), ceiling_dbtp: -1.0, max_reduction_db: 6.0 };
        let silence = heard(f64::NEG_INFINITY, f64::NEG_INFINITY);
        let mut render = |_, _: &MasterControls| {
            Ok(Figures { heard: silence, compressor: Reduction::default(), limiter: Reduction::default() })
        };
        let found = search(&MasterControls::default(), goal, &silence, &mut render).unwrap();
        assert_eq!((found.outcome, found.passes), (Outcome::Unmeasurable, 1));
        let mut leaking = |_, _: &MasterControls| {
            let heard = heard(-14.0, 0.5);
            Ok(Figures { heard, compressor: Reduction::default(), limiter: Reduction::default() })
        };
        let failed = search(&MasterControls::default(), goal, &heard(-14.0, 0.0), &mut leaking);
        assert!(matches!(failed, Err(RenderError::Ceiling { .. })));
    }
}
