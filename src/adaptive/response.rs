//! What the ten bands of the adaptive equaliser do to the forty bands of the analysis, and the gains that come nearest to a
//! wanted change. For rule, explanation and displays; pure, any thread.

use std::sync::OnceLock;

use super::bands::{BANDS, centre_hz};
use crate::control::adaptive::{ADAPTIVE_BANDS, BELL_Q, MOVE_SPECS, SHELF_Q, band_hz};
use crate::dsp::prototype::Prototype;

/// Gain at which the responses are made linear for the fit, in dB: about the middle of what is used.
const LINEAR_AT_DB: f64 = 2.0;

/// Gain of one equaliser band at a frequency, in dB.
pub fn band_db(band: usize, gain_db: f32, freq_hz: f64) -> f64 {
    let gain = 10f64.powf(f64::from(gain_db) / 20.0);
    let ratio = freq_hz / f64::from(band_hz(band));
    let magnitude = match band {
        0 => Prototype::LowShelf { gain, q: f64::from(SHELF_Q) }.magnitude(ratio),
        _ if band + 1 == ADAPTIVE_BANDS => {
            Prototype::LowShelf { gain, q: f64::from(SHELF_Q) }.magnitude(ratio.recip())
        }
        _ => Prototype::Bell { gain, q: f64::from(BELL_Q) }.magnitude(ratio),
    };
    20.0 * magnitude.log10()
}

/// Gain of the whole equaliser in the middle of each analysis band, in dB.
pub fn response_db(gains_db: &[f32; ADAPTIVE_BANDS]) -> [f32; BANDS] {
    std::array::from_fn(|analysis| {
        let hz = centre_hz(analysis);
        (0..ADAPTIVE_BANDS).map(|band| band_db(band, gains_db[band], hz)).sum::<f64>() as f32
    })
}

/// Change of each analysis band for one decibel of each equaliser band.
pub fn slopes() -> &'static [[f64; BANDS]; ADAPTIVE_BANDS] {
    static SLOPES: OnceLock<[[f64; BANDS]; ADAPTIVE_BANDS]> = OnceLock::new();
    SLOPES.get_or_init(|| {
        std::array::from_fn(|band| {
            std::array::from_fn(|analysis| {
                band_db(band, LINEAR_AT_DB as f32, centre_hz(analysis)) / LINEAR_AT_DB
            })
        })
    })
}

/// A quadratic cost of ten gains: ½·gᵀ·curvature·g − pullᵀ·g + reluctanceᵀ·|g|.
#[derive(Debug, Clone, PartialEq)]
pub struct GainCost {
    /// Symmetric, with positive numbers on the diagonal.
    pub curvature: [[f64; ADAPTIVE_BANDS]; ADAPTIVE_BANDS],
    /// Where the measurement draws each gain.
    pub pull: [f64; ADAPTIVE_BANDS],
    /// What each decibel costs; a pull below this moves nothing.
    pub reluctance: [f64; ADAPTIVE_BANDS],
}

impl GainCost {
    /// Passes over all bands; the bounds make the problem small and the ridge makes it well conditioned.
    const PASSES: usize = 80;

    /// Squared distance of the equaliser's response from a wanted one, weighted by analysis band, plus `ridge`·g².
    pub fn of_response(
        wanted_db: &[f32; BANDS],
        weights: &[f32; BANDS],
        ridge: &[f64; ADAPTIVE_BANDS],
    ) -> Self {
        let slopes = slopes();
        let inner = |x: &[f64; BANDS], y: &dyn Fn(usize) -> f64| {
            (0..BANDS).map(|b| f64::from(weights[b]) * x[b] * y(b)).sum::<f64>()
        };
        Self {
            curvature: std::array::from_fn(|i| {
                std::array::from_fn(|j| {
                    inner(&slopes[i], &|b| slopes[j][b]) + if i == j { ridge[i] } else { 0.0 }
                })
            }),
            pull: std::array::from_fn(|i| inner(&slopes[i], &|b| f64::from(wanted_db[b]))),
            reluctance: [0.0; ADAPTIVE_BANDS],
        }
    }

    /// The cheapest gains between `lowest` and `highest`, which must contain 0; coordinate descent from all zero.
    pub fn minimum(
        &self,
        lowest: &[f64; ADAPTIVE_BANDS],
        highest: &[f64; ADAPTIVE_BANDS],
    ) -> [f32; ADAPTIVE_BANDS] {
        let mut gains = [0.0f64; ADAPTIVE_BANDS];
        for _ in 0..Self::PASSES {
            let mut largest_step = 0.0f64;
            for i in 0..ADAPTIVE_BANDS {
                let others: f64 =
                    (0..ADAPTIVE_BANDS).filter(|j| *j != i).map(|j| self.curvature[i][j] * gains[j]).sum();
                let pull = self.pull[i] - others;
                let beyond = pull - pull.clamp(-self.reluctance[i], self.reluctance[i]);
                let gain = (beyond / self.curvature[i][i].max(1e-9)).clamp(lowest[i], highest[i]);
                largest_step = largest_step.max((gain - gains[i]).abs());
                gains[i] = gain;
            }
            if largest_step < 1e-4 {
                break;
            }
        }
        gains.map(|gain| gain as f32)
    }
}

/// Bounds of the ten gains.
pub fn bounds_db() -> ([f64; ADAPTIVE_BANDS], [f64; ADAPTIVE_BANDS]) {
    (
        std::array::from_fn(|band| f64::from(MOVE_SPECS[band].min)),
        std::array::from_fn(|band| f64::from(MOVE_SPECS[band].max)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_do_what_they_are_called() {
        for gain_db in [-6.0, -1.0, 0.5, 4.0] {
            let close = |got: f64, want: f64| assert!((got - want).abs() < 0.02, "{got} {want}");
            for band in 1..ADAPTIVE_BANDS - 1 {
                close(band_db(band, gain_db, f64::from(band_hz(band))), f64::from(gain_db));
            }
            close(band_db(0, gain_db, 2.0), f64::from(gain_db));
            close(band_db(0, gain_db, 120.0), f64::from(gain_db) / 2.0);
            close(band_db(0, gain_db, 12_000.0), 0.0);
            close(band_db(9, gain_db, 7_000.0), f64::from(gain_db) / 2.0);
            close(band_db(9, gain_db, 300_000.0), f64::from(gain_db));
        }
        assert_eq!(response_db(&[0.0; ADAPTIVE_BANDS]), [0.0; BANDS]);
    }

    #[test]
    fn a_reachable_response_is_reached_and_bounds_hold() {
        let gains_db = [1.5, 0.0, -2.0, 1.0, 0.0, 2.5, -1.0, 0.0, 0.5, -1.5];
        let (lowest, highest) = bounds_db();
        let wanted_db = response_db(&gains_db);
        let cost = GainCost::of_response(&wanted_db, &[1.0; BANDS], &[0.05; ADAPTIVE_BANDS]);
        let found_db = response_db(&cost.minimum(&lowest, &highest));
        let worst = (0..BANDS).map(|b| (found_db[b] - wanted_db[b]).abs()).fold(0.0, f32::max);
        assert!(worst < 0.35, "{worst}");
        let cost = GainCost::of_response(&[40.0; BANDS], &[1.0; BANDS], &[0.05; ADAPTIVE_BANDS]);
        let found = cost.minimum(&lowest, &[1.0; ADAPTIVE_BANDS]);
        assert!(found.iter().all(|gain| (0.0..=1.0).contains(gain)), "{found:?}");
    }

    #[test]
    fn reluctance_makes_small_wishes_nothing() {
        let (lowest, highest) = bounds_db();
        let mut cost = GainCost::of_response(
            &response_db(&[0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
            &[1.0; BANDS],
            &[0.1; ADAPTIVE_BANDS],
        );
        assert!(cost.minimum(&lowest, &highest)[3] > 0.2);
        cost.reluctance = [20.0; ADAPTIVE_BANDS];
        assert_eq!(cost.minimum(&lowest, &highest), [0.0; ADAPTIVE_BANDS]);
    }
}
