//! What the listener remembers of the hops: averages, extremes and a minute of loudness. For the listener.

use super::super::bands::{BANDS, DOUBLE_BANDS, ZONES};
use super::super::features::Portrait;
use super::recent::{Histogram, Recent};
use super::{HOP_S, Hop, Powers, Window, lufs};

/// Heard hops that percentiles and extremes look back over.
const HISTORY_HOPS: usize = 600;
/// Heard hops before a range of short-term loudness means anything.
const RANGE_HOPS: u64 = 30;
/// Time constant of the short averages, in seconds.
const SHORT_S: f64 = 3.0;
/// Time constant of the long averages and of the fading of extremes, in seconds.
const LONG_S: f64 = 30.0;
/// Time constant of the rate of onsets, in seconds.
const ONSETS_S: f64 = 10.0;
/// A frame is an onset when it has more than this many times the mean power of the frames before it.
const ONSET_RATIO: f64 = 4.0;
/// Frames that an onset is held against.
const ONSET_FRAMES: usize = 4;
/// Power that is as good as none for levels and crests, relative to the K-weighted power.
const FAINT: f64 = 1e-8;
/// The same for what compares channels.
const FAINTEST: f64 = 1e-10;
/// Smallest sample that is told from silence in a peak.
const SMALLEST_PEAK: f64 = 1e-10;

/// How far an average goes with each hop.
fn share(time_s: f64) -> f64 {
    1.0 - (-HOP_S / time_s).exp()
}

fn power_db(power: f64) -> f64 {
    10.0 * power.log10()
}

/// Average of one value that is right from the first on: how full it is, is averaged beside it.
#[derive(Debug, Clone, Copy)]
struct Average {
    sum: f64,
    weight: f64,
}

impl Average {
    const EMPTY: Self = Self { sum: 0.0, weight: 0.0 };

    fn push(&mut self, value: f64, time_s: f64) {
        self.sum += share(time_s) * (value - self.sum);
        self.weight += share(time_s) * (1.0 - self.weight);
    }

    fn value(&self) -> f64 {
        if self.weight > 0.0 { self.sum / self.weight } else { 0.0 }
    }
}

/// Averages of all powers, filled alike: between two of them the weight drops out.
#[derive(Debug, Clone)]
struct Spectrum {
    powers: Powers,
    weight: f64,
}

impl Spectrum {
    const EMPTY: Self = Self { powers: Powers::NONE, weight: 0.0 };

    fn push(&mut self, powers: &Powers, time_s: f64) {
        self.powers.approach(powers, share(time_s));
        self.weight += share(time_s) * (1.0 - self.weight);
    }

    fn lufs(&self) -> f64 {
        lufs(self.powers.k / self.weight)
    }

    fn levels_db(&self) -> [f64; BANDS] {
        std::array::from_fn(|band| power_db(self.powers.total(band) / self.powers.k + FAINT))
    }

    fn side_mid_db(&self) -> [f64; DOUBLE_BANDS] {
        std::array::from_fn(|double| {
            let side = self.powers.side(2 * double) + self.powers.side(2 * double + 1);
            let mid = self.powers.mid(2 * double) + self.powers.mid(2 * double + 1);
            let faint = 1e-6 * (side + mid) + FAINTEST * self.powers.k;
            // A side of nothing may be rounded to less than nothing, which `faint` outweighs.
            power_db((side + faint) / (mid + faint))
        })
    }

    fn correlation(&self) -> [f64; ZONES.len()] {
        ZONES.map(|zone| {
            let sum = |powers: &[f64; BANDS]| powers[zone.clone()].iter().sum::<f64>();
            let Powers { left, right, cross, k } = &self.powers;
            sum(cross) / ((sum(left) * sum(right)).sqrt() + FAINTEST * k)
        })
    }
}

#[derive(Debug, Clone)]
pub(super) struct Memory {
    heard_hops: u64,
    long: Spectrum,
    short: Spectrum,
    /// Largest power of the double bands, fading.
    highest: [f64; DOUBLE_BANDS],
    flux_db: Average,
    onsets_per_s: Average,
    momentary: Recent<HISTORY_HOPS>,
    short_term: Recent<HISTORY_HOPS>,
    peaks: Recent<HISTORY_HOPS>,
    run: Histogram,
    /// Of the latest heard hop.
    short_term_lufs: f64,
    psr_db: f64,
    /// Band powers of the hop before, heard or not.
    previous: Option<[f64; BANDS]>,
    frames_k: Recent<ONSET_FRAMES>,
    was_onset: bool,
}

impl Memory {
    pub(super) const EMPTY: Self = Self {
        heard_hops: 0,
        long: Spectrum::EMPTY,
        short: Spectrum::EMPTY,
        highest: [0.0; DOUBLE_BANDS],
        flux_db: Average::EMPTY,
        onsets_per_s: Average::EMPTY,
        momentary: Recent::EMPTY,
        short_term: Recent::EMPTY,
        peaks: Recent::EMPTY,
        run: Histogram::EMPTY,
        short_term_lufs: f64::NEG_INFINITY,
        psr_db: 0.0,
        previous: None,
        frames_k: Recent::EMPTY,
        was_onset: false,
    };

    /// Takes a hop with the K powers of its frames and the largest sample of the short-term window.
    pub(super) fn push(&mut self, hop: &Hop, powers: &Powers, frames_k: [f64; 2], recent_peak: f64) {
        let flux_db = self.flux_db_of(powers);
        let onsets = self.onsets_in(frames_k);
        if !hop.heard {
            return;
        }
        self.heard_hops += 1;
        self.long.push(powers, LONG_S);
        self.short.push(powers, SHORT_S);
        let fade = (-HOP_S / LONG_S).exp();
        for (double, highest) in self.highest.iter_mut().enumerate() {
            *highest = (*highest * fade).max(powers.total(2 * double) + powers.total(2 * double + 1));
        }
        self.flux_db.push(flux_db, SHORT_S);
        self.onsets_per_s.push(f64::from(onsets) / HOP_S, ONSETS_S);
        self.momentary.push(hop.momentary_lufs);
        self.short_term.push(hop.short_term_lufs);
        self.peaks.push(f64::from(hop.peak));
        if self.heard_hops >= RANGE_HOPS {
            self.run.push(hop.short_term_lufs);
        }
        self.short_term_lufs = hop.short_term_lufs;
        self.psr_db = peak_db(recent_peak) - hop.short_term_lufs;
    }

    /// Mean rise of the bands since the hop before; the first hop has none.
    fn flux_db_of(&mut self, powers: &Powers) -> f64 {
        let total: [f64; BANDS] = std::array::from_fn(|band| powers.total(band));
        let floor = 1e-3 * total.iter().sum::<f64>() / BANDS as f64 + 1e-15;
        let previous = self.previous.replace(total).unwrap_or(total);
        let rises = total.iter().zip(&previous).map(|(now, before)| (now + floor) / (before + floor));
        rises.map(|rise| power_db(rise).max(0.0)).sum::<f64>() / BANDS as f64
    }

    fn onsets_in(&mut self, frames_k: [f64; 2]) -> u32 {
        let mut onsets = 0;
        for k in frames_k {
            // What was before the start counts as silence.
            let before = self.frames_k.values().iter().sum::<f64>() / ONSET_FRAMES as f64;
            self.was_onset = k > ONSET_RATIO * before && !self.was_onset;
            onsets += u32::from(self.was_onset);
            self.frames_k.push(k);
        }
        onsets
    }

    pub(super) fn heard_s(&self) -> f64 {
        self.heard_hops as f64 * HOP_S
    }

    pub(super) fn levels_db(&self, window: Window) -> [f32; BANDS] {
        let spectrum = match window {
            Window::Short => &self.short,
            Window::Long => &self.long,
        };
        if self.is_empty() { [0.0; BANDS] } else { spectrum.levels_db().map(|level| level as f32) }
    }

    /// Whether there is no power that others could be held against.
    fn is_empty(&self) -> bool {
        self.heard_hops == 0 || self.long.powers.k <= 0.0 || self.short.powers.k <= 0.0
    }

    pub(super) fn portrait(&self, integrated_lufs: f64) -> Portrait {
        if self.is_empty() {
            return Portrait::EMPTY;
        }
        let loudness_lufs = self.long.lufs();
        let level_30s_db = self.long.levels_db();
        let faint = FAINT * self.long.powers.k / self.long.weight;
        let crest_db = std::array::from_fn(|double| {
            let mean = self.long.powers.total(2 * double) + self.long.powers.total(2 * double + 1);
            power_db((self.highest[double] + faint) / (mean / self.long.weight + faint)) as f32
        });
        let range = self.short_term.percentiles([0.10, 0.95]);
        let softest = self.momentary.values().iter().copied().fold(f64::INFINITY, f64::min);
        let mean = |levels: &[f64]| levels.iter().sum::<f64>() / levels.len() as f64;
        Portrait {
            heard_s: self.heard_s(),
            level_30s_db: level_30s_db.map(|level| level as f32),
            level_3s_db: self.short.levels_db().map(|level| level as f32),
            crest_db,
            side_mid_db: self.long.side_mid_db().map(|ratio| ratio as f32),
            correlation: self.long.correlation().map(|correlation| correlation as f32),
            loudness_lufs: loudness_lufs as f32,
            integrated_lufs: integrated_lufs as f32,
            short_term_lufs: self.short_term_lufs as f32,
            m_percentiles_lu: self
                .momentary
                .percentiles([0.10, 0.50, 0.95])
                .map(|level| (level - loudness_lufs) as f32),
            range_lu: if self.heard_hops < RANGE_HOPS { 0.0 } else { (range[1] - range[0]) as f32 },
            run_range_lu: self.run.range_lu() as f32,
            psr_db: self.psr_db as f32,
            plr_db: (peak_db(self.peaks.max()) - loudness_lufs) as f32,
            flux_db: self.flux_db.value() as f32,
            onsets_per_s: self.onsets_per_s.value() as f32,
            floor_lu: (softest - loudness_lufs) as f32,
            air_drop_db: (mean(&level_30s_db[37..40]) - mean(&level_30s_db[30..35])) as f32,
        }
    }
}

fn peak_db(peak: f64) -> f64 {
    20.0 * peak.max(SMALLEST_PEAK).log10()
}
