//! Which gains of the equaliser bring a spectrum back. Pure, any thread.

use super::faults::{self, Belief};
use super::{Finding, Reason, SMALLEST_DB};
use crate::adaptive::bands::{BANDS, centre_hz};
use crate::adaptive::curve::{Target, corridor_db};
use crate::adaptive::features::Portrait;
use crate::adaptive::response::{GainCost, bounds_db, slopes};
use crate::control::adaptive::ADAPTIVE_BANDS;

/// Deviations that count as "in the corridor" for the arithmetic's sake, in shares of the corridor.
const GRAZE: f64 = 0.01;
/// By how many corridors the worst band must lie outside for the full move.
const FULL_BEYOND: f64 = 0.25;
/// An expected fault below this is left, and larger ones lose less and less by it; scaled by the corridor. dB.
const LEAVE_DB: f64 = 0.7;
/// A correction ends at this share of the corridor.
const SPARED_CORRIDORS: f64 = 0.25;
/// Further from the target than this many corridors, nature is no excuse…
const EXCUSED_CORRIDORS: f64 = 1.6;
/// …and this share of the rest is taken back, whatever is believed.
const TAKEN_BACK: f64 = 0.5;
/// Widest corridor in the middle of the spectrum, dB; what is wider belongs to the ends, where natural spread is larger too.
const PLAIN_CORRIDOR_DB: f64 = 3.4;
/// What a decibel of gain costs beside what a decibel of error in a band costs; more in sub and air.
const RIDGE: f64 = 0.12;
const EDGE_RIDGE: f64 = 0.3;
/// A band this much further below its target than the louder quarter carries nothing that could be raised, dB…
const FAINT_DB: f64 = 18.0;
/// …nor does one at the floor of the analysis.
const FLOOR_DB: f32 = -70.0;

/// What to do with each band of the equaliser.
pub fn find(portrait: &Portrait, target: &Target) -> [Finding; ADAPTIVE_BANDS] {
    let faint = faint(portrait, target);
    let deviation_db = centred_deviation_db(portrait, target, &faint);
    let corridor = target.corridor_db.map(|x| f64::from(x).max(0.05));
    let around = Surroundings { deviation_db: &deviation_db, corridor: &corridor, faint: &faint };
    let (corrected_db, confidence) = if target.is_reference {
        (std::array::from_fn(|band| -around.deviation_db(band) as f32), 1.0)
    } else {
        let spread: [f64; BANDS] =
            std::array::from_fn(|band| corridor[band] / corridor_db(centre_hz(band)).min(PLAIN_CORRIDOR_DB));
        let belief = faults::expected(&deviation_db, &spread.map(|x| x.clamp(0.2, 10.0)));
        (around.corrected_db(&belief, &spread), belief.certainty as f32)
    };
    let wished_db: [f32; BANDS] = std::array::from_fn(|band| {
        let (wish_db, there_db) = (target.wish_db[band], around.deviation_db(band) as f32);
        let is_there = if wish_db == 0.0 { 0.0 } else { (there_db / wish_db).clamp(0.0, 1.0) };
        corrected_db[band] + wish_db * (1.0 - is_there)
    });
    let correction_db = fitted_db(&corrected_db, &faint);
    let gains_db = if wished_db == corrected_db { correction_db } else { fitted_db(&wished_db, &faint) };
    std::array::from_fn(|i| {
        let slope = &slopes()[i];
        let mean = |of: &dyn Fn(usize) -> f64| {
            let weight: f64 = slope.iter().map(|x| x * x).sum();
            (0..BANDS).map(|b| slope[b] * slope[b] * of(b)).sum::<f64>() / weight
        };
        let measured = mean(&|b| deviation_db[b].clamp(-30.0, 30.0)) as f32;
        let half_width = mean(&|b| corridor[b]) as f32;
        let middle = mean(&|b| f64::from(target.wish_db[b])) as f32;
        let (gain_db, wish_db) = (gains_db[i], gains_db[i] - correction_db[i]);
        let reason = if wish_db.abs() > correction_db[i].abs().max(SMALLEST_DB) {
            Reason::Character
        } else if target.is_reference && gain_db != 0.0 {
            Reason::LikeReference
        } else if gain_db == 0.0 && highest_share(&faint, i) <= 0.0 && measured < -half_width {
            Reason::NothingThere
        } else if gain_db == 0.0 && measured.abs() <= half_width {
            Reason::Inside
        } else if gain_db == 0.0 {
            Reason::Natural
        } else if measured.abs() <= half_width || (measured > 0.0) == (gain_db > 0.0) {
            Reason::PartOfBroader
        } else if measured > 0.0 {
            Reason::TooLoud
        } else {
            Reason::TooSoft
        };
        Finding {
            value: gain_db,
            measured,
            unit: "dB",
            low: middle - half_width,
            high: middle + half_width,
            wish: wish_db,
            confidence,
            reason,
        }
    })
}

/// In which bands there is nothing.
fn faint(portrait: &Portrait, target: &Target) -> [bool; BANDS] {
    let deviation_db: [f32; BANDS] =
        std::array::from_fn(|band| portrait.level_30s_db[band] - target.level_db[band]);
    let mut sorted_db = deviation_db;
    sorted_db.sort_by(f32::total_cmp);
    let lowest_db = sorted_db[BANDS * 3 / 4] - FAINT_DB as f32;
    std::array::from_fn(|band| deviation_db[band] < lowest_db || portrait.level_30s_db[band] < FLOOR_DB)
}

/// Level of each band over its target. What all bands have in common is taken out where it brings more bands into the
/// corridor: a boost of a few bands lowers all others in relation to the whole, which is no fault of theirs.
fn centred_deviation_db(portrait: &Portrait, target: &Target, faint: &[bool; BANDS]) -> [f64; BANDS] {
    let deviation_db: [f64; BANDS] =
        std::array::from_fn(|band| f64::from(portrait.level_30s_db[band] - target.level_db[band]));
    // The derivative of the squared distance to the corridor, plus a slight preference for none: falls with the offset.
    let pull = |offset_db: f64| -> f64 {
        let outside = (0..BANDS).filter(|band| !faint[*band]).map(|band| {
            let corridor = f64::from(target.corridor_db[band]).max(0.05);
            let x = deviation_db[band] - offset_db;
            (x - x.clamp(-corridor, corridor)).clamp(-6.0, 6.0) / corridor
        });
        outside.sum::<f64>() - 0.02 * offset_db
    };
    let (mut low, mut high) = (-60.0, 60.0);
    for _ in 0..48 {
        let middle = 0.5 * (low + high);
        if pull(middle) > 0.0 { low = middle } else { high = middle }
    }
    deviation_db.map(|x| x - 0.5 * (low + high))
}

/// A spectrum as seen from one of its bands.
struct Surroundings<'a> {
    deviation_db: &'a [f64; BANDS],
    corridor: &'a [f64; BANDS],
    faint: &'a [bool; BANDS],
}

impl Surroundings<'_> {
    /// Mean over an octave, of the bands in which there is anything; none where the band itself is empty.
    fn mean(&self, band: usize, of: &[f64; BANDS]) -> f64 {
        let around = band.saturating_sub(2)..(band + 3).min(BANDS);
        let there = || around.clone().filter(|near| !self.faint[*near]);
        if self.faint[band] {
            0.0
        } else {
            there().map(|near| of[near]).sum::<f64>() / there().count() as f64
        }
    }

    fn deviation_db(&self, band: usize) -> f64 {
        self.mean(band, self.deviation_db)
    }

    /// Highest and lowest deviation around a band, over a quarter and over a whole octave.
    fn extremes_db(&self, band: usize) -> [f64; 2] {
        let (narrow_db, broad_db) = (self.deviation_db[band], self.deviation_db(band));
        if self.faint[band] { [0.0; 2] } else { [narrow_db.max(broad_db), narrow_db.min(broad_db)] }
    }

    /// What is left of the deviation once everything that nature excuses is taken off.
    fn inexcusable_db(&self, band: usize) -> f64 {
        let excused_db = EXCUSED_CORRIDORS * self.mean(band, self.corridor);
        let deviation_db = self.deviation_db(band);
        deviation_db - deviation_db.clamp(-excused_db, excused_db)
    }

    /// How far the worst third of an octave lies outside of the corridor, in corridors.
    fn beyond(&self) -> f64 {
        let mut worst = 0.0f64;
        for band in 1..BANDS - 1 {
            if self.faint[band - 1..=band + 1].contains(&true) {
                continue;
            }
            let mean: f64 = self.deviation_db[band - 1..=band + 1].iter().sum::<f64>() / 3.0;
            let widest = self.corridor[band - 1..=band + 1].iter().fold(0.0f64, |most, x| most.max(*x));
            worst = worst.max(mean.abs() / widest - 1.0 - GRAZE);
        }
        worst
    }

    /// What is to be changed where only what is common is known.
    fn corrected_db(&self, belief: &Belief, spread: &[f64; BANDS]) -> [f32; BANDS] {
        let share = (self.beyond() / FULL_BEYOND).clamp(0.0, 1.0);
        std::array::from_fn(|band| {
            let fault_db = belief.fault_db[band];
            let left_db = LEAVE_DB * spread[band].min(1.0);
            let kept = (1.0 - (left_db / fault_db.abs().max(1e-9)).powi(2)).max(0.0);
            // Whatever is believed, nothing is corrected that lies well within its corridor.
            let [above_db, below_db] = self.extremes_db(band);
            let spared_db = SPARED_CORRIDORS * self.corridor[band];
            let (lowest_db, highest_db) =
                (-(above_db - spared_db).max(0.0), -(below_db + spared_db).min(0.0));
            let believed_db = (-fault_db * kept * share).clamp(lowest_db, highest_db);
            let inexcusable_db = -TAKEN_BACK * self.inexcusable_db(band);
            let larger = if inexcusable_db.abs() > believed_db.abs() { inexcusable_db } else { believed_db };
            larger as f32
        })
    }
}

/// The gains nearest to a wanted change, none of which raises what is not there.
fn fitted_db(wanted_db: &[f32; BANDS], faint: &[bool; BANDS]) -> [f32; ADAPTIVE_BANDS] {
    let ridge = std::array::from_fn(|i| match i {
        0 | 1 | 8 | 9 => EDGE_RIDGE,
        _ => RIDGE,
    });
    // Where there is nothing, the fit may do as it likes.
    let weights = faint.map(|faint| if faint { 0.05 } else { 1.0 });
    let (lowest, mut highest) = bounds_db();
    for (i, highest) in highest.iter_mut().enumerate() {
        *highest *= highest_share(faint, i);
    }
    let gains_db = GainCost::of_response(wanted_db, &weights, &ridge).minimum(&lowest, &highest);
    gains_db.map(|gain_db| if gain_db.abs() < SMALLEST_DB { 0.0 } else { gain_db })
}

/// Share of its bound up to which a band may raise: none when a third of what it reaches is not there.
fn highest_share(faint: &[bool; BANDS], band: usize) -> f64 {
    let slope = &slopes()[band];
    let whole: f64 = slope.iter().map(|x| x * x).sum();
    let missing: f64 = (0..BANDS).filter(|b| faint[*b]).map(|b| slope[b] * slope[b]).sum();
    (1.0 - 3.0 * missing / whole).max(0.0)
}
