//! What a master is aimed at: target spectrum and corridor, loudness, dynamics, width. For the rule, the model's input and
//! the displays; plain values, any thread.
//!
//! Levels of bands are relative to the K-weighted power of the whole, as in [`super::features::Portrait`]. The shapes of
//! the neutral curve and of the characters stand in one file, which the training of the model reads too.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::bands::{BANDS, centre_hz, k_power_gain};
use crate::control::adaptive::{Character, WIDTH_REGIONS};

/// Points of the neutral curve and of each character's offsets from it, in Hz and dB.
const CURVES: &str = include_str!("../../presets/adaptive/curves.json");

/// Sample rate for which the K weighting of a target is taken, in Hz. Rates differ by less than 0.1 dB below 10 kHz.
const WEIGHT_RATE_HZ: f64 = 48_000.0;

/// Half the width of the corridor at 1 kHz, in dB.
const CORRIDOR_DB: f64 = 1.5;
/// What it gains with every octave from there.
const CORRIDOR_DB_PER_OCT: f64 = 0.4;
/// Beyond these frequencies programmes end where they like…
const EDGES_HZ: [f64; 2] = [40.0, 14_000.0];
/// …so the corridor opens by this much with every octave.
const EDGE_DB_PER_OCT: f64 = 20.0;

/// How much is compressed, by how dense the programme already is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DynamicsWish {
    /// Peak-to-loudness ratio at and below which nothing is compressed, dB.
    pub dense_plr_db: f32,
    /// Ratio at and above which the whole of `ratio` is used, dB.
    pub open_plr_db: f32,
    /// Highest compression ratio.
    pub ratio: f32,
    /// Multiplies the attack time.
    pub attack: f32,
}

/// Everything a programme is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// Level of each band, dB: what is common, or that of a reference.
    pub level_db: [f32; BANDS],
    /// What the character wants over it, dB.
    pub wish_db: [f32; BANDS],
    /// Whether this very spectrum is wanted. What is only common leaves a programme its own nature.
    pub is_reference: bool,
    /// How far a band may be from it and still be right, dB.
    pub corridor_db: [f32; BANDS],
    /// Lowest and highest side over mid in the regions of width, dB.
    pub side_mid_db: [[f32; 2]; WIDTH_REGIONS],
    /// What is compressed.
    pub dynamics: DynamicsWish,
    /// Loudness that goes with it, LUFS; a character has none.
    pub loudness_lufs: Option<f32>,
}

impl Target {
    /// The target of a character.
    pub fn of(character: Character) -> Self {
        let dynamics = |dense_plr_db, open_plr_db, ratio, attack| DynamicsWish {
            dense_plr_db,
            open_plr_db,
            ratio,
            attack,
        };
        Self {
            level_db: *neutral_db(),
            wish_db: wishes_db()[character as usize],
            is_reference: false,
            corridor_db: std::array::from_fn(|band| corridor_db(centre_hz(band)) as f32),
            side_mid_db: [[-60.0, -10.0], [-17.0, -4.0], [-15.0, -2.0]],
            dynamics: match character {
                Character::Neutral | Character::Warm | Character::Bright => dynamics(14.0, 20.0, 1.8, 1.0),
                Character::Punchy => dynamics(14.0, 20.0, 1.7, 1.8),
                Character::Dense => dynamics(9.0, 15.0, 2.4, 0.8),
                Character::Open => dynamics(40.0, 41.0, 1.0, 1.0),
            },
            loudness_lufs: None,
        }
    }
}

/// Levels of what is common, which the model's input is relative to.
pub fn neutral_db() -> &'static [f32; BANDS] {
    static LEVELS: OnceLock<[f32; BANDS]> = OnceLock::new();
    LEVELS.get_or_init(|| {
        normalised(std::array::from_fn(|band| interpolated(&curves().neutral, centre_hz(band))))
    })
}

/// Half the width of the corridor around every character, in dB.
pub fn corridor_db(freq_hz: f64) -> f64 {
    let [low_hz, high_hz] = EDGES_HZ;
    let beyond_oct = (low_hz / freq_hz).max(freq_hz / high_hz).log2().max(0.0);
    CORRIDOR_DB + CORRIDOR_DB_PER_OCT * (freq_hz / 1_000.0).log2().abs() + EDGE_DB_PER_OCT * beyond_oct
}

/// Wishes in the order of [`Character::ALL`].
fn wishes_db() -> &'static [[f32; BANDS]; Character::ALL.len()] {
    static WISHES: OnceLock<[[f32; BANDS]; Character::ALL.len()]> = OnceLock::new();
    WISHES.get_or_init(|| {
        Character::ALL.map(|character| {
            let wish = curves().characters.get(character.id()).expect("every character has a curve");
            std::array::from_fn(|band| interpolated(wish, centre_hz(band)) as f32)
        })
    })
}

fn curves() -> &'static Curves {
    static ALL: OnceLock<Curves> = OnceLock::new();
    ALL.get_or_init(|| serde_json::from_str(CURVES).expect("the embedded curves are well formed"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Curves {
    neutral: Vec<[f64; 2]>,
    characters: HashMap<String, Vec<[f64; 2]>>,
}

/// Linear between the points in the logarithm of frequency, constant beyond the outer ones.
fn interpolated(points: &[[f64; 2]], freq_hz: f64) -> f64 {
    let above = points.partition_point(|point| point[0] <= freq_hz);
    match (above.checked_sub(1).map(|below| points[below]), points.get(above)) {
        (Some([low_hz, low_db]), Some(&[high_hz, high_db])) => {
            low_db + (high_db - low_db) * (freq_hz / low_hz).ln() / (high_hz / low_hz).ln()
        }
        (Some([_, db]), None) | (None, Some(&[_, db])) => db,
        (None, None) => 0.0,
    }
}

/// Levels of bands relative to their own K-weighted power: two channels of these powers sum to 0 dB.
pub fn normalised(level_db: [f64; BANDS]) -> [f32; BANDS] {
    let power: f64 = (0..BANDS)
        .map(|band| k_power_gain(centre_hz(band), WEIGHT_RATE_HZ) * 10f64.powf(level_db[band] / 10.0))
        .sum();
    let whole_db = 10.0 * (2.0 * power).log10();
    level_db.map(|level_db| (level_db - whole_db) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_weighs_nothing() {
        let power: f64 = (0..BANDS)
            .map(|band| {
                let level_db = f64::from(neutral_db()[band]);
                2.0 * k_power_gain(centre_hz(band), 48_000.0) * 10f64.powf(level_db / 10.0)
            })
            .sum();
        assert!((10.0 * power.log10()).abs() < 1e-4, "{power}");
    }

    #[test]
    fn the_neutral_curve_has_its_shape() {
        // Differences survive the normalisation: 1 kHz against 4 kHz, and the fall of the top.
        let at = |hz: f64| {
            let band =
                (0..BANDS).min_by_key(|band| ((centre_hz(*band) / hz).ln().abs() * 1e6) as i64).unwrap();
            (centre_hz(band), f64::from(neutral_db()[band]))
        };
        let ((low_hz, low_db), (high_hz, high_db)) = (at(1_000.0), at(4_000.0));
        assert!((low_db - high_db - 2.0 * (high_hz / low_hz).log2()).abs() < 0.03, "{low_db} {high_db}");
        assert!(at(60.0).1 > at(1_000.0).1 + 6.5 && at(19_000.0).1 < at(8_000.0).1 - 10.0);
    }

    #[test]
    fn characters_are_gentle_and_different() {
        for (i, character) in Character::ALL.into_iter().enumerate() {
            let wish_db = Target::of(character).wish_db;
            let largest = wish_db.iter().fold(0.0f32, |largest, wish| largest.max(wish.abs()));
            assert!(largest <= 2.0, "{character:?}: {largest}");
            assert_eq!(largest == 0.0, character == Character::Neutral);
            for other in &Character::ALL[..i] {
                let other_db = Target::of(*other).wish_db;
                let apart = (0..BANDS).map(|b| (other_db[b] - wish_db[b]).abs()).fold(0.0, f32::max);
                assert!(apart > 0.4, "{character:?}: {apart}");
            }
        }
        let tilt = |character| {
            let wish_db = Target::of(character).wish_db;
            wish_db[34] - wish_db[12]
        };
        assert!(tilt(Character::Bright) > 0.5 && tilt(Character::Warm) < -0.5);
    }

    #[test]
    fn the_corridor_is_narrow_in_the_middle_and_open_at_the_ends() {
        assert!((corridor_db(1_000.0) - 1.5).abs() < 1e-9 && (corridor_db(250.0) - 2.3).abs() < 1e-9);
        assert!(corridor_db(20.0) > 20.0 && corridor_db(20_000.0) > 10.0);
    }
}
