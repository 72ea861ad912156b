//! What was probably done to a spectrum that should not have been: the expected fault, given how programmes differ anyway.
//! For the rule; pure, any thread, a fraction of a millisecond.
//!
//! A deviation from the target is the sum of what is natural (a tilt, something smooth, something rough, with known spread)
//! and of none, one or two faults out of a family: tilts, shelves, bells. Each explanation gets the weight of its evidence,
//! and the answer is the mean of all: a Bayesian model average. So a weak fault is corrected in part, an improbable one not
//! at all, and a deviation that looks like nature stays. The spread is only known roughly, which the evidence allows for by
//! the heavy tails of Student's distribution (A. Gelman et al., "Bayesian Data Analysis", 3rd ed., chapters 7 and 17).

use std::ops::Range;
use std::sync::OnceLock;

use crate::adaptive::bands::{BANDS, centre_hz};
use crate::dsp::prototype::Prototype;

/// Standard deviation of natural tilts, dB per octave.
const TILT_DB_PER_OCT: f64 = 0.7;
/// Standard deviation of natural smooth deviations, dB…
const SMOOTH_DB: f64 = 1.5;
/// …which are alike within about this many octaves.
const SMOOTH_OCT: f64 = 1.0;
/// Standard deviation of what each band does on its own, dB.
const ROUGH_DB: f64 = 0.6;
/// Only differences between bands count, so the common level may be anything: its standard deviation, dB.
const LEVEL_DB: f64 = 10.0;
/// Deviations beyond this tell little: instruments that are there or not, ends of the spectrum. dB.
const PLAUSIBLE_DB: f64 = 9.0;

/// Bands over which a fault's mean is none, 34 Hz to 14 kHz.
const MIDDLE: Range<usize> = 3..38;

/// Weight of "nothing was done" where one fault has weight 1.
const NOTHING: f64 = 3.0;
/// Weight of two faults.
const TWO: f64 = 0.5;
/// Degrees of freedom of the spread: how well it is known. With [`BANDS`] and one more they are an even number, whose
/// half is the power that the evidence is raised to.
const FREEDOM: f64 = 11.0;
const POWER: i32 = (FREEDOM as i32 + BANDS as i32 - 1) / 2;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Belief {
    /// The expected fault in each band, dB, its mean over the middle bands taken out.
    pub fault_db: [f64; BANDS],
    /// Probability that something was done.
    pub certainty: f64,
}

/// One member of the family.
struct Fault {
    /// Its shape, for 1 dB.
    shape: [f64; BANDS],
    /// Standard deviation of its size, dB.
    size_db: f64,
    /// Probability among single faults.
    prior: f64,
    /// Too narrow for the equaliser's bands: known, so that it is not taken for something broad, but left alone.
    is_narrow: bool,
}

/// The family. Priors are those of kinds, shared evenly within a kind.
fn family() -> &'static [Fault] {
    static FAMILY: OnceLock<Vec<Fault>> = OnceLock::new();
    FAMILY.get_or_init(|| {
        let shape_of = |prototype: Prototype, ratio: &dyn Fn(f64) -> f64| -> [f64; BANDS] {
            std::array::from_fn(|band| 20.0 * prototype.magnitude(ratio(centre_hz(band))).log10())
        };
        let one_db = 10f64.powf(0.05);
        let shelf = Prototype::LowShelf { gain: one_db, q: 0.71 };
        let mut family = Vec::new();
        let mut add = |prior: f64, size_db: f64, is_narrow: bool, shapes: Vec<[f64; BANDS]>| {
            let prior = prior / shapes.len() as f64;
            family.extend(shapes.into_iter().map(|shape| Fault { shape, size_db, prior, is_narrow }));
        };
        let octaves = std::array::from_fn(|band| (centre_hz(band) / 1_000.0).log2());
        add(0.2, 1.1, false, vec![octaves]);
        let low = [90.0, 130.0, 190.0, 270.0, 380.0];
        add(0.2, 4.5, false, low.map(|corner| shape_of(shelf, &|hz| hz / corner)).to_vec());
        let high = [2_800.0, 4_000.0, 5_700.0, 8_000.0];
        add(0.2, 4.5, false, high.map(|corner| shape_of(shelf, &|hz| corner / hz)).to_vec());
        let bells = |count: usize, per_oct: f64, lowest_hz: f64, qs: &[f64]| -> Vec<[f64; BANDS]> {
            let places = (0..count).flat_map(|k| qs.iter().map(move |q| (k, *q)));
            places
                .map(|(k, q)| {
                    let centre = lowest_hz * (k as f64 / per_oct).exp2();
                    shape_of(Prototype::Bell { gain: one_db, q }, &|hz| hz / centre)
                })
                .collect()
        };
        add(0.25, 4.5, false, bells(16, 2.0, 60.0, &[0.6, 1.3]));
        add(0.15, 6.0, true, bells(28, 4.0, 90.0, &[5.0]));
        family
    })
}

/// The expected fault behind a deviation from a target. `spread` scales what is natural in each band; 1 is common.
pub fn expected(deviation_db: &[f64; BANDS], spread: &[f64; BANDS]) -> Belief {
    let family = family();
    let nature = Whitening::new(deviation_db, spread);
    let seen = nature.apply(deviation_db);
    let faults: Vec<[f64; BANDS]> = family.iter().map(|fault| nature.apply(&fault.shape)).collect();
    let pulls: Vec<f64> = faults.iter().map(|fault| dot(fault, &seen)).collect();
    let energy = dot(&seen, &seen);
    // What is left unexplained when `explained` of the energy is, relative to all of it.
    let evidence = |explained: f64| {
        let left = (FREEDOM + energy - explained).max(1e-6) / (FREEDOM + energy);
        left.powi(-POWER)
    };
    let precision = |fault: &Fault| fault.size_db.powi(-2);
    let mut total = NOTHING;
    let mut sizes = vec![0.0; family.len()];
    for (i, one) in family.iter().enumerate() {
        let of_one = dot(&faults[i], &faults[i]) + precision(one);
        let weight = one.prior * evidence(pulls[i] * pulls[i] / of_one) / (of_one.sqrt() * one.size_db);
        total += weight;
        sizes[i] += weight * pulls[i] / of_one;
        for (j, other) in family[..i].iter().enumerate() {
            let of_other = dot(&faults[j], &faults[j]) + precision(other);
            let common = dot(&faults[i], &faults[j]);
            let determinant = of_one * of_other - common * common;
            let size = (of_other * pulls[i] - common * pulls[j]) / determinant;
            let other_size = (of_one * pulls[j] - common * pulls[i]) / determinant;
            let explained = size * pulls[i] + other_size * pulls[j];
            let weight = TWO * 2.0 * one.prior * other.prior * evidence(explained)
                / (determinant.sqrt() * one.size_db * other.size_db);
            total += weight;
            sizes[i] += weight * size;
            sizes[j] += weight * other_size;
        }
    }
    let mut fault_db = [0.0; BANDS];
    for (fault, size) in family.iter().zip(&sizes).filter(|(fault, _)| !fault.is_narrow) {
        for band in 0..BANDS {
            fault_db[band] += size / total * fault.shape[band];
        }
    }
    let mean = fault_db[MIDDLE].iter().sum::<f64>() / MIDDLE.len() as f64;
    Belief { fault_db: fault_db.map(|fault| fault - mean), certainty: 1.0 - NOTHING / total }
}

fn dot(x: &[f64; BANDS], y: &[f64; BANDS]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// Makes natural deviations white: the lower triangle of the Cholesky decomposition of their covariance.
struct Whitening([[f64; BANDS]; BANDS]);

impl Whitening {
    fn new(deviation_db: &[f64; BANDS], spread: &[f64; BANDS]) -> Self {
        let octave = |band: usize| (centre_hz(band) / 1_000.0).log2();
        let mut lower = [[0.0f64; BANDS]; BANDS];
        for row in 0..BANDS {
            for column in 0..=row {
                let apart_oct = (octave(row) - octave(column)) / SMOOTH_OCT;
                let mut covariance = TILT_DB_PER_OCT * TILT_DB_PER_OCT * octave(row) * octave(column)
                    + SMOOTH_DB * SMOOTH_DB * (-0.5 * apart_oct * apart_oct).exp();
                if row == column {
                    covariance += ROUGH_DB * ROUGH_DB;
                }
                covariance *= spread[row].min(1.0) * spread[column].min(1.0);
                if row == column {
                    // On its own: were it in proportion, a tilt of the middle would promise a multiple of it at the ends.
                    let implausible_db = (deviation_db[row].abs() - PLAUSIBLE_DB).max(0.0);
                    let loose_db = SMOOTH_DB * (spread[row] - 1.0).max(0.0);
                    covariance += implausible_db * implausible_db + loose_db * loose_db;
                }
                lower[row][column] = LEVEL_DB * LEVEL_DB + covariance;
            }
        }
        for row in 0..BANDS {
            for column in 0..=row {
                let known: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
                let rest = lower[row][column] - known;
                lower[row][column] =
                    if row == column { rest.max(1e-9).sqrt() } else { rest / lower[column][column] };
            }
        }
        Self(lower)
    }

    fn apply(&self, x: &[f64; BANDS]) -> [f64; BANDS] {
        let mut white = [0.0; BANDS];
        for row in 0..BANDS {
            let known: f64 = (0..row).map(|k| self.0[row][k] * white[k]).sum();
            white[row] = (x[row] - known) / self.0[row][row];
        }
        white
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMON: [f64; BANDS] = [1.0; BANDS];

    fn bell(gain_db: f64, hz: f64, q: f64) -> [f64; BANDS] {
        let bell = Prototype::Bell { gain: 10f64.powf(gain_db / 20.0), q };
        std::array::from_fn(|band| 20.0 * bell.magnitude(centre_hz(band) / hz).log10())
    }

    #[test]
    fn nothing_is_found_in_nothing_and_in_level() {
        for level_db in [0.0, 6.0] {
            let belief = expected(&[level_db; BANDS], &COMMON);
            assert!(belief.fault_db.iter().all(|fault| fault.abs() < 0.02), "{belief:?}");
            assert!(belief.certainty < 0.3, "{}", belief.certainty);
        }
    }

    #[test]
    fn a_plain_fault_is_found_where_it_is() {
        let fault_db = bell(5.0, 1_000.0, 1.0);
        let belief = expected(&fault_db, &COMMON);
        let peak = (0..BANDS).max_by(|a, b| belief.fault_db[*a].total_cmp(&belief.fault_db[*b])).unwrap();
        assert!((centre_hz(peak) / 1_000.0).log2().abs() < 0.3, "{}", centre_hz(peak));
        assert!(belief.fault_db[peak] > 3.0 && belief.fault_db[peak] < 5.5, "{}", belief.fault_db[peak]);
        assert!(belief.certainty > 0.9);
        // The same with half the spread is corrected further.
        let exact = expected(&fault_db, &[0.5; BANDS]);
        assert!((exact.fault_db[peak] - 5.0).abs() < (belief.fault_db[peak] - 5.0).abs());
    }

    #[test]
    fn larger_faults_are_corrected_by_a_larger_share() {
        let share = |gain_db: f64| expected(&bell(gain_db, 2_000.0, 0.9), &COMMON).fault_db[26] / gain_db;
        assert!(share(1.0) < 0.5 * share(5.0), "{} {}", share(1.0), share(5.0));
    }

    #[test]
    fn resonances_and_missing_bands_are_left_alone() {
        let largest = |belief: Belief| belief.fault_db.iter().fold(0.0f64, |most, x| most.max(x.abs()));
        assert!(largest(expected(&bell(9.0, 1_000.0, 6.0), &COMMON)) < 1.0);
        let mut cut_off = [0.0; BANDS];
        cut_off[37..].fill(-45.0);
        assert!(largest(expected(&cut_off, &COMMON)) < 1.0);
    }
}
