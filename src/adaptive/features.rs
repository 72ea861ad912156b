//! What the listener knows of a programme, as named values and as the row of numbers that the model reads. For rule,
//! model and explanation; plain arithmetic, any thread.
//!
//! The numbers of the row, in their order ([`GROUPS`]):
//!
//! | first | count | what | clamped to |
//! | --- | --- | --- | --- |
//! | 0 | 40 | level of a band over 30 s less its target, dB | ±30 |
//! | 40 | 40 | level of a band over 3 s less that over 30 s, dB | ±20 |
//! | 80 | 20 | crest of a double band, dB | 0…30 |
//! | 100 | 20 | side over mid of a double band, dB | −30…10 |
//! | 120 | 4 | correlation of the channels in a zone | ±1 |
//! | 124 | 3 | percentiles 10, 50 and 95 of momentary loudness, LU | |
//! | 127 | 1 | range of short-term loudness, LU | |
//! | 128 | 1 | peak over short-term loudness, dB | 0…40 |
//! | 129 | 1 | peak over loudness, dB | 0…40 |
//! | 130 | 1 | spectral flux, dB | 0…20 |
//! | 131 | 1 | onsets per second | |
//! | 132 | 1 | softest momentary loudness, LU | −60…0 |
//! | 133 | 1 | air drop, dB | −60…20 |
//!
//! The values themselves are defined at [`Portrait`], the listening behind them at [`super::listener`]. Before anything was
//! heard every number is 0. `xtask/train/features.py` is the same in Python; `tests/adaptive_parity.rs` holds them against
//! each other. What both had to agree on:
//!
//! - What keeps a quotient of two faint powers from being one of two roundings is relative to the K-weighted power, so that
//!   the gain of the programme changes nothing.
//! - Flux is a rise since the hop before, heard or not; the first hop has none. An onset is held against the four frames
//!   before, which count as silence where there were none.
//! - The loudness of the gate is that of the heard hops *before* the one that is asked for.

use super::bands::{BANDS, DOUBLE_BANDS, ZONES, centre_hz, edge_hz};

/// Numbers that the model reads.
pub const FEATURES: usize = 134;

/// Name, first place and length of each kind of number.
pub const GROUPS: [(&str, usize, usize); 13] = [
    ("deviation", 0, BANDS),
    ("change", 40, BANDS),
    ("crest", 80, DOUBLE_BANDS),
    ("side_mid", 100, DOUBLE_BANDS),
    ("correlation", 120, ZONES.len()),
    ("momentary", 124, 3),
    ("range", 127, 1),
    ("psr", 128, 1),
    ("plr", 129, 1),
    ("flux", 130, 1),
    ("onsets", 131, 1),
    ("floor", 132, 1),
    ("air_drop", 133, 1),
];

/// A programme as it was heard until the latest hop that passed the gate. All levels of bands are relative to the K-weighted
/// power of the same time, so that gain changes none of them; only the fields in LUFS follow it.
///
/// Powers of a band are means of both channels; `k` is their sum, as BS.1770 has it. Averages without another time are those
/// over 30 s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Portrait {
    /// Seconds that passed the gate; 0 means that all else here is empty.
    pub heard_s: f64,
    /// Level of each band over 30 s: 10·log10(power / `k` + 10⁻⁸), dB.
    pub level_30s_db: [f32; BANDS],
    /// The same over 3 s, dB.
    pub level_3s_db: [f32; BANDS],
    /// Largest power of a hop, fading with 30 s, over the average power, in double bands; 10⁻⁸ `k` is added to both. dB.
    pub crest_db: [f32; DOUBLE_BANDS],
    /// Power of the side over that of the middle in double bands, 10⁻⁶ of their sum and 10⁻¹⁰ `k` added to both. dB.
    pub side_mid_db: [f32; DOUBLE_BANDS],
    /// Correlation of the channels in [`ZONES`], −1…1; 10⁻¹⁰ `k` is added below the fraction line.
    pub correlation: [f32; ZONES.len()],
    /// Loudness over 30 s, LUFS.
    pub loudness_lufs: f32,
    /// Loudness of all that was heard, LUFS.
    pub integrated_lufs: f32,
    /// Loudness of the latest 3 s, LUFS.
    pub short_term_lufs: f32,
    /// Percentiles 10, 50 and 95 of the momentary loudness of the latest 60 s, relative to `loudness_lufs`, LU.
    pub m_percentiles_lu: [f32; 3],
    /// Percentile 95 less percentile 10 of the short-term loudness of the latest 60 s, LU; 0 during the first 3 s.
    pub range_lu: f32,
    /// The same over the whole run, to 0.1 LU.
    pub run_range_lu: f32,
    /// Largest sample of the latest 3 s over `short_term_lufs`, dB.
    pub psr_db: f32,
    /// Largest sample of the latest 60 s over `loudness_lufs`, dB.
    pub plr_db: f32,
    /// Mean rise of the bands from hop to hop, averaged over 3 s, dB.
    pub flux_db: f32,
    /// Sudden rises of power to the fourfold, per second, averaged over 10 s.
    pub onsets_per_s: f32,
    /// Smallest momentary loudness of the latest 60 s relative to `loudness_lufs`, LU.
    pub floor_lu: f32,
    /// Mean level of the top three bands, 12 to 20 kHz, less that of the five from 3.6 to 8.4 kHz, dB.
    pub air_drop_db: f32,
}

impl Portrait {
    /// Nothing was heard yet.
    pub const EMPTY: Self = Self {
        heard_s: 0.0,
        level_30s_db: [0.0; BANDS],
        level_3s_db: [0.0; BANDS],
        crest_db: [0.0; DOUBLE_BANDS],
        side_mid_db: [0.0; DOUBLE_BANDS],
        correlation: [0.0; ZONES.len()],
        loudness_lufs: f32::NEG_INFINITY,
        integrated_lufs: f32::NEG_INFINITY,
        short_term_lufs: f32::NEG_INFINITY,
        m_percentiles_lu: [0.0; 3],
        range_lu: 0.0,
        run_range_lu: 0.0,
        psr_db: 0.0,
        plr_db: 0.0,
        flux_db: 0.0,
        onsets_per_s: 0.0,
        floor_lu: 0.0,
        air_drop_db: 0.0,
    };

    /// Whether nothing was heard yet.
    pub fn is_empty(&self) -> bool {
        self.heard_s <= 0.0
    }
}

impl Default for Portrait {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// The numbers that the model reads, against a target whose levels are relative to its own K-weighted power as those of the
/// portrait are. Always finite.
pub fn vector(portrait: &Portrait, target_db: &[f32; BANDS]) -> [f32; FEATURES] {
    let mut row = [0.0; FEATURES];
    if portrait.is_empty() {
        return row;
    }
    for band in 0..BANDS {
        let level = portrait.level_30s_db[band];
        row[band] = (level - target_db[band]).clamp(-30.0, 30.0);
        row[40 + band] = (portrait.level_3s_db[band] - level).clamp(-20.0, 20.0);
    }
    for double in 0..DOUBLE_BANDS {
        row[80 + double] = portrait.crest_db[double].clamp(0.0, 30.0);
        row[100 + double] = portrait.side_mid_db[double].clamp(-30.0, 10.0);
    }
    for zone in 0..ZONES.len() {
        row[120 + zone] = portrait.correlation[zone].clamp(-1.0, 1.0);
    }
    row[124..127].copy_from_slice(&portrait.m_percentiles_lu);
    row[127] = portrait.range_lu;
    row[128] = portrait.psr_db.clamp(0.0, 40.0);
    row[129] = portrait.plr_db.clamp(0.0, 40.0);
    row[130] = portrait.flux_db.clamp(0.0, 20.0);
    row[131] = portrait.onsets_per_s;
    row[132] = portrait.floor_lu.clamp(-60.0, 0.0);
    row[133] = portrait.air_drop_db.clamp(-60.0, 20.0);
    // The portrait is finite when it comes from the listener; a stranger's target or a made-up portrait may not be.
    row.map(|value| if value.is_finite() { value } else { 0.0 })
}

/// Name of a number of the row, such as `deviation_63` for the band around 63 Hz.
pub fn name(index: usize) -> String {
    let found = GROUPS.iter().find(|(_, first, count)| (*first..first + count).contains(&index));
    let Some(&(group, first, _)) = found else { return format!("feature_{index}") };
    let place = index - first;
    match group {
        "deviation" | "change" => format!("{group}_{:.0}", centre_hz(place)),
        "crest" | "side_mid" => format!("{group}_{:.0}", edge_hz(2 * place + 1)),
        "correlation" => format!("{group}_{}", ["bass", "low_middle", "high_middle", "top"][place]),
        "momentary" => format!("{group}_p{}", [10, 50, 95][place]),
        _ => group.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_are_the_row() {
        let mut next = 0;
        for (group, first, count) in GROUPS {
            assert_eq!(first, next, "{group}");
            next += count;
        }
        assert_eq!(next, FEATURES);
        let names: std::collections::BTreeSet<String> = (0..FEATURES).map(name).collect();
        assert_eq!(names.len(), FEATURES);
        assert_eq!(
            [name(0), name(107), name(120), name(126), name(133)],
            ["deviation_22", "side_mid_267", "correlation_bass", "momentary_p95", "air_drop"]
        );
        assert_eq!(name(FEATURES), "feature_134");
    }

    #[test]
    fn the_row_is_bounded_and_finite() {
        let mut portrait = Portrait { heard_s: 1.0, ..Portrait::EMPTY };
        let mut target_db = [0.0; BANDS];
        portrait.level_30s_db[0] = -80.0;
        portrait.level_3s_db[1] = 70.0;
        portrait.crest_db[2] = -1.0;
        portrait.side_mid_db[3] = 60.0;
        portrait.correlation[1] = -1.5;
        portrait.psr_db = 99.0;
        portrait.floor_lu = 3.0;
        portrait.flux_db = f32::NAN;
        target_db[5] = f32::INFINITY;
        target_db[6] = f32::NAN;
        target_db[7] = 2.5;
        let row = vector(&portrait, &target_db);
        for (index, want) in [
            (0, -30.0),
            (5, -30.0),
            (6, 0.0),
            (7, -2.5),
            (40, 20.0),
            (41, 20.0),
            (82, 0.0),
            (103, 10.0),
            (121, -1.0),
            (128, 40.0),
            (130, 0.0),
            (132, 0.0),
        ] {
            assert_eq!(row[index], want, "{}", name(index));
        }
        assert_eq!(vector(&Portrait::EMPTY, &target_db), [0.0; FEATURES]);
    }
}
