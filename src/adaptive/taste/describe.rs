//! What tells one kind of material from another, in few numbers.

use crate::adaptive::bands::BANDS;
use crate::adaptive::features::Portrait;

/// Numbers of a description: levels of 20 double bands, ten crests, ten widths, four correlations, peak-to-loudness ratio,
/// onsets.
pub const DESCRIPTION: usize = 46;

/// A description. Each number is scaled so that songs differ by about one.
pub type Description = [f32; DESCRIPTION];

/// Levels and widths below this are nothing at all, dB.
const FLOOR_DB: f32 = -40.0;
/// Root mean square difference at which two programmes have little in common.
const REACH: f64 = 0.40;

/// Describes what was heard. Rounded, so that what is saved is what is used.
pub fn describe(portrait: &Portrait) -> Description {
    let mut description = [0.0; DESCRIPTION];
    let mut numbers = description.iter_mut();
    let mut put = |value: f32, scale: f32| {
        if let Some(number) = numbers.next() {
            *number = (100.0 * value / scale).round() / 100.0;
        }
    };
    for band in (0..BANDS).step_by(2) {
        let level = 0.5 * (portrait.level_30s_db[band] + portrait.level_30s_db[band + 1]);
        put(level.max(FLOOR_DB), 3.0);
    }
    for pair in portrait.crest_db.chunks_exact(2) {
        put(0.5 * (pair[0] + pair[1]), 3.0);
    }
    for pair in portrait.side_mid_db.chunks_exact(2) {
        put((0.5 * (pair[0] + pair[1])).max(FLOOR_DB), 5.0);
    }
    portrait.correlation.iter().for_each(|correlation| put(*correlation, 0.4));
    put(portrait.plr_db, 4.0);
    put(portrait.onsets_per_s, 1.5);
    description
}

/// Likeness of two programmes, from 1 for the same to 0.
pub fn likeness(a: &Description, b: &Description) -> f64 {
    let squares = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
    (-squares / DESCRIPTION as f64 / REACH.powi(2)).exp()
}
