//! Mastering to a loudness: finds the level into the limiter at which the result has it, or the nearest it may go.
//!
//! Loudness and limiting both grow steadily with that level, so a few secant steps inside a shrinking bracket find it.
//! Reference: W. H. Press et al., "Numerical Recipes", on false position with safeguards.

use super::{ENGINE_RATES_HZ, Rendered, render};
use crate::audio_file::AudioData;
use crate::control::range::{INPUT_GAIN_DB, LIMITER_CEILING_DB, LIMITER_DRIVE_DB};
use crate::control::{LatencyMode, MasterControls};
use crate::measure::{MeasureError, Summary, integrated_lufs, measure_programme};

/// Loudness that a recording is brought to before the chain, in LUFS, so that a preset's thresholds mean the same for
/// quiet and for loud ones. Lower targets lower it.
pub const OPERATING_LUFS: f64 = -18.0;

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

/// What a master shall be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// Integrated loudness in LUFS; none leaves the level to the controls.
    pub target_lufs: Option<f64>,
    /// Highest true peak of the result, −20…0 dBTP.
    pub ceiling_dbtp: f64,
    /// Most that the limiter may turn down, as the mean over the hardest three seconds, in dB.
    pub max_reduction_db: f64,
}

/// How near the goal the master came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There was no target to reach.
    NoTarget,
    /// Within 0.1 LU.
    Reached,
    /// More level would need more limiting than allowed.
    LimitedByReduction,
    /// The gains of the chain do not suffice, or the limiter gives back what the level adds.
    OutOfReach,
    /// Silence, or under 0.4 s: there is no loudness.
    Unmeasurable,
}

/// A finished master.
#[derive(Debug, Clone, PartialEq)]
pub struct Levelled {
    /// The recording and the reductions.
    pub rendered: Rendered,
    /// The settings it was made with.
    pub controls: MasterControls,
    /// Measurement of the input.
    pub before: Summary,
    /// Measurement of the result.
    pub after: Summary,
    /// How near the goal it came.
    pub outcome: Outcome,
    /// How often it was rendered.
    pub passes: usize,
}

/// Why a recording cannot be mastered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// The engine does not run at this rate.
    #[error("has {found_hz} Hz, expected {} to {} Hz; choose one with --rate", ENGINE_RATES_HZ.start(), ENGINE_RATES_HZ.end())]
    Rate {
        /// The recording's sample rate.
        found_hz: u32,
    },
    /// The recording cannot be measured.
    #[error("cannot be measured: {0}")]
    Measure(#[from] MeasureError),
    /// The limiter let a peak through, whatever its setting.
    #[error(
        "came out at {found_dbtp:.2} dBTP, above the ceiling of {ceiling_dbtp:.2} dBTP; nothing was written"
    )]
    Ceiling {
        /// True peak of the result.
        found_dbtp: f64,
        /// What was asked for.
        ceiling_dbtp: f64,
    },
}

/// Masters a recording.
///
/// The limiter is always on, nothing is bypassed or soloed, and the full-latency mode is used, whatever `controls` say.
/// With a target the input gain brings the recording to [`OPERATING_LUFS`] (or to the target, if that is lower), the
/// limiter's drive does the rest. Without one the controls stand as they are. `progress` hears the number of the
/// rendering, from 1, and its finished share.
///
/// # Errors
/// [`RenderError::Rate`] and [`RenderError::Measure`]; [`RenderError::Ceiling`] should the limiter fail.
pub fn master(
    audio: &AudioData,
    controls: &MasterControls,
    goal: &Goal,
    progress: &dyn Fn(usize, f64),
) -> Result<Levelled, RenderError> {
    if !ENGINE_RATES_HZ.contains(&audio.rate_hz) {
        return Err(RenderError::Rate { found_hz: audio.rate_hz });
    }
    let before = summary(audio)?;
    let mut search = Search::new(audio, controls, goal, &before, progress);
    for _ in 0..=MAX_CEILING_REPEATS {
        let (level_db, rendered) = search.run()?;
        let after = summary(&rendered.audio)?;
        let excess_db = after.true_peak_dbtp - goal.ceiling_dbtp;
        if excess_db <= 0.0 {
            let outcome = search.outcome(after.integrated_lufs, &rendered);
            let (controls, passes) = (search.controls(level_db), search.passes);
            return Ok(Levelled { rendered, controls, before, after, outcome, passes });
        }
        search.lower_ceiling(level_db, excess_db, after.true_peak_dbtp);
    }
    Err(RenderError::Ceiling { found_dbtp: search.last_peak_dbtp, ceiling_dbtp: goal.ceiling_dbtp })
}

fn summary(audio: &AudioData) -> Result<Summary, MeasureError> {
    let planes: Vec<&[f32]> = audio.channels.iter().map(Vec::as_slice).collect();
    measure_programme(&planes, f64::from(audio.rate_hz))
}

/// Integrated loudness alone, for the search.
fn loudness_lufs(audio: &AudioData) -> Result<f64, MeasureError> {
    let planes: Vec<&[f32]> = audio.channels.iter().map(Vec::as_slice).collect();
    integrated_lufs(&planes, f64::from(audio.rate_hz))
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
    audio: &'a AudioData,
    base: MasterControls,
    target_lufs: Option<f64>,
    max_reduction_db: f64,
    measurable: bool,
    first_level_db: f64,
    ceiling_db: f64,
    close_lu: f64,
    passes: usize,
    last_peak_dbtp: f64,
    progress: &'a dyn Fn(usize, f64),
}

impl<'a> Search<'a> {
    fn new(
        audio: &'a AudioData,
        controls: &MasterControls,
        goal: &Goal,
        before: &Summary,
        progress: &'a dyn Fn(usize, f64),
    ) -> Self {
        let mut base = prepared(controls);
        let measurable = before.integrated_lufs.is_finite();
        let target_lufs = goal.target_lufs.filter(|_| measurable);
        let operating_lufs = target_lufs.map(|target| OPERATING_LUFS.min(target));
        if let Some(operating_lufs) = operating_lufs {
            let gain_db = base.global.input_gain_db + (operating_lufs - before.integrated_lufs) as f32;
            base.global.input_gain_db = INPUT_GAIN_DB.clamp(gain_db);
        }
        Self {
            audio,
            base,
            target_lufs,
            max_reduction_db: goal.max_reduction_db,
            measurable: measurable || goal.target_lufs.is_none(),
            first_level_db: target_lufs
                .zip(operating_lufs)
                .map_or(0.0, |(target, operating)| target - operating),
            ceiling_db: goal.ceiling_dbtp - METER_EXCESS_DB,
            close_lu: CLOSE_LU,
            passes: 0,
            last_peak_dbtp: f64::NEG_INFINITY,
            progress,
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

    fn render(&mut self, level_db: f64) -> Rendered {
        self.passes += 1;
        let (pass, progress) = (self.passes, self.progress);
        render(self.audio, &self.controls(level_db), &|share| progress(pass, share))
    }

    fn judge(&self, level_db: f64, rendered: &Rendered, target_lufs: f64) -> Result<Tried, RenderError> {
        let to_target_lu = target_lufs - loudness_lufs(&rendered.audio)?;
        let to_limit_db = self.max_reduction_db - rendered.limiter.hardest_3s_db;
        let held_by_reduction = to_limit_db < to_target_lu;
        Ok(Tried { level_db, room_db: to_limit_db.min(to_target_lu), held_by_reduction })
    }

    /// Finds the level and returns it with its rendering.
    fn run(&mut self) -> Result<(f64, Rendered), RenderError> {
        let mut level_db = self.first_level_db;
        let mut rendered = self.render(level_db);
        let Some(target_lufs) = self.target_lufs else { return Ok((level_db, rendered)) };
        let mut bracket = Bracket::default();
        let mut best = self.judge(level_db, &rendered, target_lufs)?;
        let (mut last, mut before_last) = (best, None);
        for _ in 1..MAX_LEVEL_PASSES {
            if last.is_close(self.close_lu) {
                break;
            }
            bracket.add(last);
            level_db = bracket.next_level_db(last, before_last);
            if self.controls(level_db) == self.controls(last.level_db) {
                break;
            }
            rendered = self.render(level_db);
            before_last = Some(last);
            last = self.judge(level_db, &rendered, target_lufs)?;
            if nearer(&last, &best) {
                best = last;
            }
        }
        if best.level_db != last.level_db {
            rendered = self.render(best.level_db);
        }
        self.first_level_db = best.level_db;
        Ok((best.level_db, rendered))
    }

    /// Peaks came out above the wished ceiling: the limiter aims lower next time, beginning at the level found.
    fn lower_ceiling(&mut self, level_db: f64, excess_db: f64, peak_dbtp: f64) {
        self.first_level_db = level_db;
        self.close_lu = STILL_CLOSE_LU;
        self.ceiling_db -= excess_db + CEILING_MARGIN_DB;
        self.last_peak_dbtp = peak_dbtp;
    }

    fn outcome(&self, found_lufs: f64, rendered: &Rendered) -> Outcome {
        let Some(target_lufs) = self.target_lufs else {
            return if self.measurable { Outcome::NoTarget } else { Outcome::Unmeasurable };
        };
        if (found_lufs - target_lufs).abs() <= REACHED_LU {
            Outcome::Reached
        } else if rendered.limiter.hardest_3s_db >= self.max_reduction_db - 2.0 * CLOSE_REDUCTION_DB {
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
}
