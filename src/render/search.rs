//! The search for a loudness: the level into the limiter at which a rendering has it, or the nearest it may go.
//!
//! Loudness and limiting both grow steadily with that level, so a few secant steps inside a shrinking bracket find it.
//! Recordings in memory and streams share it; see [`Renderer`].
//! Reference: W. H. Press et al., "Numerical Recipes", on false position with safeguards.

use super::{Goal, OPERATING_LUFS, Outcome, RenderError};
use crate::control::range::{INPUT_GAIN_DB, LIMITER_CEILING_DB, LIMITER_DRIVE_DB};
use crate::control::{LatencyMode, MasterControls};

/// Distance to the target that ends the search, in LU: at first, and when only the ceiling has moved since.
const CLOSE_LU: f64 = 0.05;
const STILL_CLOSE_LU: f64 = 0.08;
/// Limiting this little under the allowed amount ends the search, in dB.
const CLOSE_REDUCTION_DB: f64 = 0.2;
/// Distance to the target that still counts as having reached it, in LU.
const REACHED_LU: f64 = 0.1;
/// Most renderings for the level, and most repetitions because a peak came out above the ceiling.
const MAX_LEVEL_PASSES: usize = 7;
const MAX_CEILING_REPEATS: usize = 4;
/// What a BS.1770 meter usually reads above the limiter's ceiling, in dB; the limiter aims lower by this from the start.
const METER_EXCESS_DB: f64 = 0.03;
/// How much further than the excess the limiter's ceiling goes down when a peak came out above the wished one, in dB.
const CEILING_MARGIN_DB: f64 = 0.02;
/// Largest step of the level outside a bracket, in dB.
const MAX_STEP_DB: f64 = 6.0;

/// What the search asks of a rendering.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sound {
    /// Integrated loudness, LUFS.
    pub integrated_lufs: f64,
    /// Gain reduction of the limiter over the hardest three seconds, dB.
    pub hardest_3s_db: f64,
}

/// What can be rendered with settings of the chain, again and again.
pub(super) trait Renderer {
    /// Renders; `pass` counts from 1.
    fn render(&mut self, pass: usize, controls: &MasterControls) -> Result<Sound, RenderError>;

    /// The true peak in dBTP and the sound of what was rendered with these settings, if it is still known.
    fn recall(&mut self, controls: &MasterControls) -> Result<Option<(f64, Sound)>, RenderError>;
}

/// Settings that meet a goal. The renderer still knows what they gave.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// Settings of the chain.
    pub controls: MasterControls,
    /// How near the goal they come.
    pub outcome: Outcome,
    /// How often it was rendered.
    pub passes: usize,
}

/// Finds the settings for a goal; `before_lufs` is the loudness of what goes into the chain.
///
/// The limiter is always on and nothing that serves listening is. With a target the input gain brings the input to
/// [`OPERATING_LUFS`] (or to the target, if that is lower), the limiter's drive does the rest.
///
/// # Errors
/// Those of the renderer, and [`RenderError::Ceiling`] should the limiter fail.
pub(super) fn search(
    controls: &MasterControls,
    goal: Goal,
    before_lufs: f64,
    renderer: &mut dyn Renderer,
) -> Result<Found, RenderError> {
    let mut search = Search::new(controls, goal, before_lufs, renderer);
    let mut peak_dbtp = f64::NEG_INFINITY;
    for _ in 0..=MAX_CEILING_REPEATS {
        search.run()?;
        let controls = search.controls(search.level_db);
        let sound;
        (peak_dbtp, sound) = search.recall(&controls)?;
        let excess_db = peak_dbtp - goal.ceiling_dbtp;
        if excess_db <= 0.0 {
            return Ok(Found { controls, outcome: search.outcome(sound), passes: search.passes });
        }
        // Peaks came out above the wished ceiling: the limiter aims lower, beginning at the level found.
        search.ceiling_db -= excess_db + CEILING_MARGIN_DB;
        search.close_lu = STILL_CLOSE_LU;
    }
    Err(RenderError::Ceiling { found_dbtp: peak_dbtp, ceiling_dbtp: goal.ceiling_dbtp })
}

/// One rendering: the level it was made with and what that gave.
#[derive(Debug, Clone, Copy)]
struct Tried {
    level_db: f64,
    /// How much more could be asked for, in dB: to the target or to the allowed reduction, whichever is nearer. Falls as
    /// the level rises.
    room_db: f64,
    /// The reduction is nearer.
    held_by_reduction: bool,
}

impl Tried {
    fn is_close(&self, close_lu: f64) -> bool {
        if self.held_by_reduction {
            (0.0..=CLOSE_REDUCTION_DB).contains(&self.room_db)
        } else {
            self.room_db.abs() <= close_lu
        }
    }
}

/// The search for the level: gain on top of the operating level, taken by the limiter's drive as far as it goes and by
/// the input gain beyond.
struct Search<'a> {
    base: MasterControls,
    goal: Goal,
    /// The target, where there is a loudness to bring to it.
    target_lufs: Option<f64>,
    level_db: f64,
    ceiling_db: f64,
    close_lu: f64,
    passes: usize,
    renderer: &'a mut dyn Renderer,
}

impl<'a> Search<'a> {
    fn new(controls: &MasterControls, goal: Goal, before_lufs: f64, renderer: &'a mut dyn Renderer) -> Self {
        let mut base = prepared(controls);
        let target_lufs = goal.target_lufs.filter(|_| before_lufs.is_finite());
        let operating_lufs = target_lufs.map_or(0.0, |target| OPERATING_LUFS.min(target));
        if target_lufs.is_some() {
            let gain_db = base.global.input_gain_db + (operating_lufs - before_lufs) as f32;
            base.global.input_gain_db = INPUT_GAIN_DB.clamp(gain_db);
        }
        Self {
            base,
            goal,
            target_lufs,
            level_db: target_lufs.map_or(0.0, |target| target - operating_lufs),
            ceiling_db: goal.ceiling_dbtp - METER_EXCESS_DB,
            close_lu: CLOSE_LU,
            passes: 0,
            renderer,
        }
    }

    /// The chain's settings at a level.
    fn controls(&self, level_db: f64) -> MasterControls {
        let mut controls = self.base;
        let wished_db = self.base.limiter.drive_db + level_db as f32;
        controls.limiter.drive_db = LIMITER_DRIVE_DB.clamp(wished_db);
        let rest_db = wished_db - controls.limiter.drive_db;
        controls.global.input_gain_db = INPUT_GAIN_DB.clamp(self.base.global.input_gain_db + rest_db);
        controls.limiter.ceiling_db = LIMITER_CEILING_DB.clamp(self.ceiling_db as f32);
        controls
    }

    fn render(&mut self, controls: &MasterControls) -> Result<Sound, RenderError> {
        self.passes += 1;
        self.renderer.render(self.passes, controls)
    }

    fn try_level(&mut self, level_db: f64) -> Result<Tried, RenderError> {
        let sound = self.render(&self.controls(level_db))?;
        let to_target_lu = self.target_lufs.map_or(0.0, |target| target - sound.integrated_lufs);
        let to_limit_db = self.goal.max_reduction_db - sound.hardest_3s_db;
        let held_by_reduction = to_limit_db < to_target_lu;
        Ok(Tried { level_db, room_db: to_limit_db.min(to_target_lu), held_by_reduction })
    }

    /// Finds the level under the present ceiling, beginning at the last one.
    fn run(&mut self) -> Result<(), RenderError> {
        let mut best = self.try_level(self.level_db)?;
        if self.target_lufs.is_none() {
            return Ok(());
        }
        let (mut bracket, mut last, mut before_last) = (Bracket::default(), best, None);
        for _ in 1..MAX_LEVEL_PASSES {
            if last.is_close(self.close_lu) {
                break;
            }
            bracket.add(last);
            let level_db = bracket.next_level_db(last, before_last);
            if self.controls(level_db) == self.controls(last.level_db) {
                break;
            }
            before_last = Some(last);
            last = self.try_level(level_db)?;
            if nearer(&last, &best) {
                best = last;
            }
        }
        self.level_db = best.level_db;
        Ok(())
    }

    /// What settings that were tried gave; renders once more where the renderer no longer knows.
    fn recall(&mut self, controls: &MasterControls) -> Result<(f64, Sound), RenderError> {
        if let Some(known) = self.renderer.recall(controls)? {
            return Ok(known);
        }
        let sound = self.render(controls)?;
        let known = self.renderer.recall(controls)?;
        // A renderer that forgets at once has no peak to tell, and none that counts as low enough.
        Ok(known.unwrap_or((f64::INFINITY, sound)))
    }

    fn outcome(&self, sound: Sound) -> Outcome {
        let Some(target_lufs) = self.target_lufs else {
            return if self.goal.target_lufs.is_none() { Outcome::NoTarget } else { Outcome::Unmeasurable };
        };
        if (sound.integrated_lufs - target_lufs).abs() <= REACHED_LU {
            Outcome::Reached
        } else if sound.hardest_3s_db >= self.goal.max_reduction_db - 2.0 * CLOSE_REDUCTION_DB {
            Outcome::LimitedByReduction
        } else {
            Outcome::OutOfReach
        }
    }
}

/// Whether `new` is the better result: one that keeps the allowed reduction before one that does not, then the nearer.
fn nearer(new: &Tried, old: &Tried) -> bool {
    let rank = |tried: &Tried| (tried.held_by_reduction && tried.room_db < 0.0, tried.room_db.abs());
    rank(new) < rank(old)
}

/// Between which levels the wanted one lies: the highest known to be too low and the lowest known to be too high.
#[derive(Debug, Default)]
struct Bracket {
    low: Option<Tried>,
    high: Option<Tried>,
}

impl Bracket {
    /// Takes in a try. A side that stays twice in a row loses half its weight, which keeps false position moving where
    /// the curve is bent (the Illinois rule).
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

    /// Where to look next: inside the bracket by false position. While one side is missing, onwards by the slope of the
    /// last two tries; a decibel of level gives between a tenth and one of what is looked for.
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
fn prepared(controls: &MasterControls) -> MasterControls {
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

    /// Walks the search over a made-up relation of level and loudness; the number of tries it took.
    fn tries(loudness: impl Fn(f64) -> f64, target_lufs: f64) -> usize {
        let tried = |level_db| Tried {
            level_db,
            room_db: target_lufs - loudness(level_db),
            held_by_reduction: false,
        };
        let (mut bracket, mut last, mut before_last) = (Bracket::default(), tried(target_lufs + 18.0), None);
        for tries in 1..20 {
            if last.is_close(CLOSE_LU) {
                return tries;
            }
            bracket.add(last);
            let level_db = bracket.next_level_db(last, before_last);
            before_last = Some(last);
            last = tried(level_db);
        }
        20
    }

    #[test]
    fn the_level_is_found_in_a_few_tries() {
        // Straight, offset, and bent ever harder, as a limiter bends it.
        assert_eq!(tries(|level| level - 18.0, -14.0), 1);
        assert!(tries(|level| level - 21.5, -14.0) <= 3);
        assert!(tries(|level| level - 16.0, -23.0) <= 3);
        for knee in [2.0, 5.0, 8.0] {
            for slope in [0.6, 0.3, 0.15] {
                let bent = |level: f64| level.min(knee) + slope * (level - knee).max(0.0) - 18.0;
                let tries = tries(bent, -11.0);
                assert!(tries <= MAX_LEVEL_PASSES, "knee {knee}, slope {slope}: {tries}");
            }
        }
    }

    #[test]
    fn a_result_within_the_allowed_reduction_wins() {
        let tried = |room_db, held_by_reduction| Tried { level_db: 0.0, room_db, held_by_reduction };
        assert!(nearer(&tried(3.0, true), &tried(-0.5, true)));
        assert!(nearer(&tried(0.1, false), &tried(0.2, false)));
        assert!(!nearer(&tried(-0.3, false), &tried(0.2, false)));
        assert!(tried(0.1, true).is_close(CLOSE_LU) && !tried(-0.01, true).is_close(CLOSE_LU));
    }

    #[test]
    fn what_serves_listening_is_off_and_the_limiter_on() {
        let mut controls = MasterControls { mode: LatencyMode::Live, ..MasterControls::default() };
        controls.global.bypass = true;
        controls.global.delta = true;
        controls.eq.bands[3].solo = true;
        controls.limiter.on = false;
        assert_eq!(prepared(&controls), MasterControls::default());
    }

    /// A made-up chain that remembers what it gave.
    struct Chain<F> {
        of: F,
        known: Vec<(MasterControls, f64, Sound)>,
        /// Room in its memory.
        room: usize,
    }

    impl<F: FnMut(&MasterControls) -> (f64, Sound)> Renderer for Chain<F> {
        fn render(&mut self, _: usize, controls: &MasterControls) -> Result<Sound, RenderError> {
            let (peak_dbtp, sound) = (self.of)(controls);
            self.known.truncate(self.room - 1);
            self.known.insert(0, (*controls, peak_dbtp, sound));
            Ok(sound)
        }

        fn recall(&mut self, controls: &MasterControls) -> Result<Option<(f64, Sound)>, RenderError> {
            let known = self.known.iter().find(|(known, ..)| known == controls);
            Ok(known.map(|(_, peak_dbtp, sound)| (*peak_dbtp, *sound)))
        }
    }

    /// Above a knee, level turns into limiting instead of loudness.
    fn bent(knee_db: f64, slope: f64) -> impl FnMut(&MasterControls) -> (f64, Sound) {
        move |controls| {
            let level_db = f64::from(controls.limiter.drive_db + controls.global.input_gain_db);
            let over_db = (level_db - knee_db).max(0.0);
            let integrated_lufs = -18.0 + level_db.min(knee_db) + slope * over_db;
            let sound = Sound { integrated_lufs, hardest_3s_db: over_db * (1.0 - slope) };
            (f64::from(controls.limiter.ceiling_db) + 0.05, sound)
        }
    }

    fn run(target_lufs: f64, max_reduction_db: f64, knee_db: f64) -> (Found, f64, Sound) {
        let goal = Goal { target_lufs: Some(target_lufs), ceiling_dbtp: -1.0, max_reduction_db };
        let mut chain = Chain { of: bent(knee_db, 0.4), known: Vec::new(), room: 99 };
        let found = search(&MasterControls::default(), goal, -18.0, &mut chain).unwrap();
        let (peak_dbtp, sound) = chain.recall(&found.controls).unwrap().unwrap();
        (found, peak_dbtp, sound)
    }

    #[test]
    fn target_reduction_and_ceiling_hold() {
        for target_lufs in [-30.0, -18.0, -14.0, -10.0] {
            let (found, peak_dbtp, sound) = run(target_lufs, 12.0, 5.0);
            assert_eq!(found.outcome, Outcome::Reached, "{target_lufs}");
            assert!((sound.integrated_lufs - target_lufs).abs() <= REACHED_LU);
            assert!(peak_dbtp <= -1.0 && found.passes <= 10, "{found:?}");
        }
        let (found, _, sound) = run(-6.0, 3.0, 5.0);
        assert_eq!(found.outcome, Outcome::LimitedByReduction);
        assert!((2.6..=3.0).contains(&sound.hardest_3s_db), "{found:?}");
    }

    #[test]
    fn silence_has_no_target_and_a_leaking_limiter_is_an_error() {
        let goal = Goal { target_lufs: Some(-14.0), ceiling_dbtp: -1.0, max_reduction_db: 6.0 };
        let silence = Sound { integrated_lufs: f64::NEG_INFINITY, hardest_3s_db: 0.0 };
        let mut silent =
            Chain { of: |_: &MasterControls| (f64::NEG_INFINITY, silence), known: Vec::new(), room: 99 };
        let found = search(&MasterControls::default(), goal, f64::NEG_INFINITY, &mut silent).unwrap();
        assert_eq!((found.outcome, found.passes), (Outcome::Unmeasurable, 1));
        let loud = Sound { integrated_lufs: -14.0, hardest_3s_db: 0.0 };
        let mut leaking = Chain { of: |_: &MasterControls| (0.5, loud), known: Vec::new(), room: 99 };
        let failed = search(&MasterControls::default(), goal, -14.0, &mut leaking);
        assert!(matches!(failed, Err(RenderError::Ceiling { .. })));
    }

    #[test]
    fn what_was_forgotten_is_rendered_again() {
        // A chain whose loudness jumps past the target has its nearest result at the first try, not at the last.
        let jumpy = || {
            |controls: &MasterControls| {
                let level_db = f64::from(controls.limiter.drive_db + controls.global.input_gain_db);
                let integrated_lufs = if level_db > 3.0 { -13.8 } else { -18.0 + level_db };
                (-2.0, Sound { integrated_lufs, hardest_3s_db: 0.0 })
            }
        };
        let goal = Goal { target_lufs: Some(-14.0), ceiling_dbtp: -1.0, max_reduction_db: 12.0 };
        let mut remembering = Chain { of: jumpy(), known: Vec::new(), room: 99 };
        let known = search(&MasterControls::default(), goal, -18.0, &mut remembering).unwrap();
        let mut forgetful = Chain { of: jumpy(), known: Vec::new(), room: 1 };
        let again = search(&MasterControls::default(), goal, -18.0, &mut forgetful).unwrap();
        assert_eq!((again.controls, again.passes), (known.controls, known.passes + 1));
        assert!(forgetful.recall(&again.controls).unwrap().is_some());
    }
}
