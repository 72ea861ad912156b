//! Loudness of the steps: their buses are scaled to a common peak, which has to be found by rendering them once.
//!
//! The measured peaks are shared by everyone who plays the track. Until a step has been rendered to its end its peak is
//! an estimate that only grows; a player follows it slowly, a renderer waits.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Bus peak below which a bus counts as silent and is left alone.
const SILENT_PEAK: f32 = 1e-9;
/// Loudest setting of the two volumes of a step.
pub const LARGEST_VOLUME: f64 = 0.48;
/// Peak that the sum of both buses may reach.
const LARGEST_SUM: f32 = 0.99;

/// Gains of the two buses of a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BusGains {
    /// Tones.
    pub tones: f32,
    /// Noise.
    pub noise: f32,
}

/// What a step asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelLaw {
    /// Peak that each bus is scaled to.
    pub normalization_level: f64,
    /// Volume of the tones after that, at most [`LARGEST_VOLUME`].
    pub tones_volume: f64,
    /// Volume of the noise after that.
    pub noise_volume: f64,
}

impl LevelLaw {
    fn gains(&self, peaks: Peaks) -> BusGains {
        let gain = |peak: f32, volume: f64| {
            let scale = if peak > SILENT_PEAK { self.normalization_level / f64::from(peak) } else { 1.0 };
            (scale * volume.min(LARGEST_VOLUME)) as f32
        };
        BusGains { tones: gain(peaks.tones, self.tones_volume), noise: gain(peaks.noise, self.noise_volume) }
    }
}

/// Peaks of a step's buses before any scaling.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Peaks {
    /// Of the sum of the tones.
    pub tones: f32,
    /// The largest of any single noise voice.
    pub noise: f32,
}

impl Peaks {
    /// The larger of both, bus by bus.
    pub fn max(self, other: Self) -> Self {
        Self { tones: self.tones.max(other.tones), noise: self.noise.max(other.noise) }
    }
}

/// Measured level of one step, written by the scan and read by players on any thread.
#[derive(Debug)]
pub struct StepLevel {
    law: LevelLaw,
    tones_peak: AtomicU32,
    noise_peak: AtomicU32,
    /// Gain of both buses on top: loudness continuity and the limit of the sum.
    trim: AtomicU32,
    settled: AtomicBool,
}

impl StepLevel {
    /// A step of which nothing is known yet.
    pub fn new(law: LevelLaw) -> Self {
        let bits = |x: f32| AtomicU32::new(x.to_bits());
        Self { law, tones_peak: bits(0.0), noise_peak: bits(0.0), trim: bits(1.0), settled: false.into() }
    }

    /// What the step asks for.
    pub fn law(&self) -> LevelLaw {
        self.law
    }

    /// Peaks found so far.
    pub fn peaks(&self) -> Peaks {
        let load = |bits: &AtomicU32| f32::from_bits(bits.load(Ordering::Relaxed));
        Peaks { tones: load(&self.tones_peak), noise: load(&self.noise_peak) }
    }

    /// Takes in the peaks of another stretch. Peaks are not negative, so their bit patterns are ordered as they are.
    pub fn raise(&self, peaks: Peaks) {
        self.tones_peak.fetch_max(peaks.tones.max(0.0).to_bits(), Ordering::Relaxed);
        self.noise_peak.fetch_max(peaks.noise.max(0.0).to_bits(), Ordering::Relaxed);
    }

    /// Declares the peaks final, with a gain for both buses on top.
    pub fn settle(&self, trim: f32) {
        self.trim.store(trim.to_bits(), Ordering::Relaxed);
        self.settled.store(true, Ordering::Release);
    }

    /// Whether the whole step has been measured.
    pub fn is_settled(&self) -> bool {
        self.settled.load(Ordering::Acquire)
    }

    /// Gains by what is known now.
    pub fn gains(&self) -> BusGains {
        let trim = f32::from_bits(self.trim.load(Ordering::Relaxed));
        let gains = self.law.gains(self.peaks());
        BusGains { tones: gains.tones * trim, noise: gains.noise * trim }
    }

    /// Gains by the level law alone.
    pub fn untrimmed_gains(&self) -> BusGains {
        self.law.gains(self.peaks())
    }

    /// Upper bound of the sum's peak, where it is worth looking closer.
    pub fn may_exceed(&self, noise_voices: usize) -> bool {
        let (gains, peaks) = (self.untrimmed_gains(), self.peaks());
        gains.tones.abs() * peaks.tones + gains.noise.abs() * peaks.noise * noise_voices as f32 > LARGEST_SUM
    }
}

/// Gain that keeps a sum of that peak within the limit.
pub fn limit_of_sum(peak: f32) -> f32 {
    if peak > LARGEST_SUM { LARGEST_SUM / peak } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_peaks_at_level_times_volume_whatever_its_voices() {
        let law = LevelLaw { normalization_level: 0.95, tones_volume: 0.6, noise_volume: 0.2 };
        let level = StepLevel::new(law);
        assert_eq!(level.gains(), BusGains { tones: 0.48, noise: 0.2 }, "silence is left alone");
        level.raise(Peaks { tones: 0.5, noise: 2.0 });
        level.raise(Peaks { tones: 4.0, noise: 1.0 });
        let gains = level.gains();
        assert!((gains.tones * 4.0 - 0.456).abs() < 1e-6 && (gains.noise * 2.0 - 0.19).abs() < 1e-6);
        assert!(!level.is_settled());
        level.settle(0.5);
        assert!(level.is_settled() && (level.gains().tones * 4.0 - 0.228).abs() < 1e-6);
    }
}
