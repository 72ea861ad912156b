//! The gain of all bands together over frequency.

use crate::control::EqBand;
use crate::engine::chain::eq::response_db;

/// What the bands that are on do, as heard: the very filters of the engine.
pub struct Response {
    bands: Vec<Box<dyn Fn(f64) -> f64>>,
    highest_hz: f64,
}

impl Response {
    /// At a sample rate.
    pub fn of(bands: &[EqBand], sample_rate_hz: f64) -> Self {
        let on = bands.iter().filter(|band| band.on);
        Self {
            bands: on
                .map(|band| {
                    let unsoloed = EqBand { solo: false, ..*band };
                    Box::new(response_db(&unsoloed, sample_rate_hz)) as Box<dyn Fn(f64) -> f64>
                })
                .collect(),
            highest_hz: 0.4995 * sample_rate_hz,
        }
    }

    /// Gain at a frequency, in dB; that of the highest frequency there is beyond it.
    pub fn db(&self, hz: f32) -> f32 {
        let hz = f64::from(hz).min(self.highest_hz);
        self.bands.iter().map(|band| band(hz)).sum::<f64>() as f32
    }
}
