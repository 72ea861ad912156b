//! Streaming spectrum analyser; for the editor and the worker, never on the audio thread.
//!
//! Hann frames that overlap by three quarters; each bin rises at once or by a running average, and falls at a steady
//! rate. Everything is allocated once; `push` only computes.

use super::{MeasureError, checked_rate, copy_clean};
use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};
use std::sync::Arc;

/// Frames that overlap at any sample.
const OVERLAP: usize = 4;
/// Level shown for silence, dB.
const FLOOR_DB: f32 = -150.0;

/// Smoothing over frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Smoothing {
    /// Each bin by itself.
    #[default]
    None,
    /// Mean power of a sixth of an octave around each bin.
    SixthOctave,
    /// Mean power of a third of an octave around each bin.
    ThirdOctave,
}

impl Smoothing {
    /// All of them, the finest first.
    pub const ALL: [Self; 3] = [Self::None, Self::SixthOctave, Self::ThirdOctave];
}

/// How a [`Spectrum`] looks at its input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpectrumSettings {
    /// Frame length in samples, a power of two from 256 to 65536.
    pub frame_samples: usize,
    /// Time constant of the running power average, seconds; 0 for none.
    pub average_s: f32,
    /// How fast a bin falls after a peak, dB per second; infinite for at once.
    pub fall_db_per_s: f32,
    /// Smoothing over frequency.
    pub smoothing: Smoothing,
}

impl Default for SpectrumSettings {
    fn default() -> Self {
        Self { frame_samples: 4_096, average_s: 0.05, fall_db_per_s: 30.0, smoothing: Smoothing::None }
    }
}

/// Analyser of up to six channels, whose powers are averaged. 0 dB is a full-scale sine at a bin's centre.
pub struct Spectrum {
    settings: SpectrumSettings,
    sample_rate_hz: f64,
    /// The latest frame of each channel, as a ring.
    rings: Vec<Vec<f32>>,
    at: usize,
    until_next: usize,
    window: Vec<f32>,
    fft: Arc<dyn RealToComplex<f32>>,
    frame: Vec<f32>,
    bins: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// Running average of power per bin.
    power: Vec<f32>,
    /// Powers summed up to each bin, for smoothing over frequency.
    sums: Vec<f64>,
    shown_db: Vec<f32>,
    /// Highest level shown per bin; empty while none is held.
    held_db: Vec<f32>,
}

impl Spectrum {
    /// An analyser that shows silence.
    ///
    /// # Errors
    /// [`MeasureError::SampleRate`], [`MeasureError::Channels`] or [`MeasureError::FrameSize`].
    pub fn new(
        sample_rate_hz: f64,
        channels: usize,
        settings: SpectrumSettings,
    ) -> Result<Self, MeasureError> {
        checked_rate(sample_rate_hz, channels)?;
        let size = settings.frame_samples;
        if !size.is_power_of_two() || !(256..=65_536).contains(&size) {
            return Err(MeasureError::FrameSize { found: size });
        }
        let fft = RealFftPlanner::new().plan_fft_forward(size);
        let bins = fft.make_output_vec();
        Ok(Self {
            settings,
            sample_rate_hz,
            rings: vec![vec![0.0; size]; channels],
            at: 0,
            until_next: size / OVERLAP,
            window: super::bands::hann(size),
            frame: fft.make_input_vec(),
            scratch: fft.make_scratch_vec(),
            power: vec![0.0; bins.len()],
            sums: vec![0.0; bins.len() + 1],
            shown_db: vec![FLOOR_DB; bins.len()],
            held_db: Vec::with_capacity(bins.len()),
            bins,
            fft,
        })
    }

    /// Shows silence again. Does not allocate.
    pub fn reset(&mut self) {
        self.rings.iter_mut().for_each(|ring| ring.fill(0.0));
        self.at = 0;
        self.until_next = self.settings.frame_samples / OVERLAP;
        self.power.fill(0.0);
        self.shown_db.fill(FLOOR_DB);
        self.restart_hold();
    }

    /// Smooths otherwise from now on; what is shown follows at once and what is held starts over. Does not allocate.
    pub fn set_smoothing(&mut self, smoothing: Smoothing) {
        if smoothing != self.settings.smoothing {
            self.settings.smoothing = smoothing;
            self.show(f32::INFINITY);
            // Levels under different smoothing cannot be compared.
            self.restart_hold();
        }
    }

    /// Holds the highest level of each bin from now on, or forgets what was held. Does not allocate.
    pub fn hold_peaks(&mut self, on: bool) {
        if on && self.held_db.is_empty() {
            self.held_db.extend_from_slice(&self.shown_db);
        } else if !on {
            self.held_db.clear();
        }
    }

    /// Holds what is shown now in place of what was held, if anything is held.
    pub fn restart_hold(&mut self) {
        if !self.held_db.is_empty() {
            self.held_db.copy_from_slice(&self.shown_db);
        }
    }

    /// Highest level of each bin since the hold began, as [`Self::bins_db`]; empty while nothing is held.
    pub fn held_db(&self) -> &[f32] {
        &self.held_db
    }

    /// Takes planar audio of any length, as [`Meter::push`](super::Meter::push) does. Does not allocate.
    pub fn push(&mut self, channels: &[&[f32]]) {
        let frames = channels.iter().map(|plane| plane.len()).min().unwrap_or(0);
        let mut done = 0;
        while done < frames {
            let to_end = self.settings.frame_samples - self.at;
            let count = self.until_next.min(to_end).min(frames - done);
            for (c, ring) in self.rings.iter_mut().enumerate() {
                let room = &mut ring[self.at..self.at + count];
                match channels.get(c) {
                    Some(plane) => {
                        copy_clean(&plane[done..done + count], room);
                    }
                    None => room.fill(0.0),
                }
            }
            done += count;
            self.at = (self.at + count) % self.settings.frame_samples;
            self.until_next -= count;
            if self.until_next == 0 {
                self.analyse();
                self.until_next = self.settings.frame_samples / OVERLAP;
            }
        }
    }

    /// Level of each bin from 0 Hz to half the sample rate, dB of a full-scale sine; −150 is silence.
    pub fn bins_db(&self) -> &[f32] {
        &self.shown_db
    }

    /// Centre frequency of a bin, Hz.
    pub fn freq_hz(&self, bin: usize) -> f64 {
        bin as f64 * self.sample_rate_hz / self.settings.frame_samples as f64
    }

    fn analyse(&mut self) {
        let size = self.settings.frame_samples;
        let hop_s = (size / OVERLAP) as f32 / self.sample_rate_hz as f32;
        let keep = if self.settings.average_s > 0.0 { (-hop_s / self.settings.average_s).exp() } else { 0.0 };
        self.power.iter_mut().for_each(|power| *power *= keep);
        // A sine of amplitude 1 gives a quarter of the frame's length in its bin, half the Hann window's sum.
        let amplitude = 4.0 / size as f32;
        let share = (1.0 - keep) * amplitude * amplitude / self.rings.len() as f32;
        for ring in &self.rings {
            let (newer, older) = ring.split_at(self.at);
            for (x, (sample, w)) in self.frame.iter_mut().zip(older.iter().chain(newer).zip(&self.window)) {
                *x = sample * w;
            }
            self.fft
                .process_with_scratch(&mut self.frame, &mut self.bins, &mut self.scratch)
                .expect("the buffers were made by this plan");
            for (power, bin) in self.power.iter_mut().zip(&self.bins) {
                *power += share * bin.norm_sqr();
            }
        }
        self.show(self.settings.fall_db_per_s * hop_s);
    }

    /// Turns powers into what is shown; no bin falls further than `fall_db`.
    fn show(&mut self, fall_db: f32) {
        let level_db = |power: f64| (10.0 * power.log10()) as f32;
        let half_width = match self.settings.smoothing {
            Smoothing::None => None,
            Smoothing::SixthOctave => Some(2f64.powf(1.0 / 12.0)),
            Smoothing::ThirdOctave => Some(2f64.powf(1.0 / 6.0)),
        };
        if half_width.is_some() {
            for (bin, &power) in self.power.iter().enumerate() {
                self.sums[bin + 1] = self.sums[bin] + f64::from(power);
            }
        }
        for (bin, shown) in self.shown_db.iter_mut().enumerate() {
            let now = match half_width {
                None => level_db(f64::from(self.power[bin])),
                Some(ratio) => {
                    let first = (bin as f64 / ratio).round() as usize;
                    let end = ((bin as f64 * ratio).round() as usize + 1).min(self.power.len());
                    level_db((self.sums[end] - self.sums[first]) / (end - first) as f64)
                }
            };
            *shown = now.max(*shown - fall_db).max(FLOOR_DB);
        }
        for (held, shown) in self.held_db.iter_mut().zip(&self.shown_db) {
            *held = held.max(*shown);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: f64 = 48_000.0;

    fn bin_sine(bin: usize, size: usize, samples: usize) -> Vec<f32> {
        let step = std::f64::consts::TAU * bin as f64 / size as f64;
        (0..samples).map(|i| (step * i as f64).sin() as f32).collect()
    }

    fn plain(frame_samples: usize) -> SpectrumSettings {
        let fall_db_per_s = f32::INFINITY;
        SpectrumSettings { frame_samples, average_s: 0.0, fall_db_per_s, smoothing: Smoothing::None }
    }

    #[test]
    fn a_full_scale_sine_reads_0_db_at_its_bin() {
        for size in [4_096, 8_192] {
            let tone = bin_sine(200, size, 3 * size);
            let mut spectrum = Spectrum::new(RATE_HZ, 2, plain(size)).expect("valid");
            spectrum.push(&[&tone, &tone]);
            let bins = spectrum.bins_db();
            assert_eq!(bins.len(), size / 2 + 1);
            assert!(bins[200].abs() < 0.001, "{}", bins[200]);
            assert!((bins[201] + 6.02).abs() < 0.01 && bins[204] < -100.0);
            assert!((spectrum.freq_hz(200) - 200.0 * RATE_HZ / size as f64).abs() < 1e-9);
        }
    }

    #[test]
    fn opposite_channels_do_not_cancel_and_cuts_do_not_matter() {
        let tone = bin_sine(100, 4_096, 20_000);
        let opposite: Vec<f32> = tone.iter().map(|x| -x).collect();
        let mut whole = Spectrum::new(RATE_HZ, 2, SpectrumSettings::default()).expect("valid");
        whole.push(&[&tone, &opposite]);
        assert!(whole.bins_db()[100] > -0.1);
        for block in [1, 7, 441, 8_192] {
            let mut cut = Spectrum::new(RATE_HZ, 2, SpectrumSettings::default()).expect("valid");
            tone.chunks(block).zip(opposite.chunks(block)).for_each(|(l, r)| cut.push(&[l, r]));
            assert_eq!(cut.bins_db(), whole.bins_db(), "{block}");
        }
        whole.reset();
        assert!(whole.bins_db().iter().all(|&level| level == FLOOR_DB));
    }

    #[test]
    fn falls_at_the_stated_rate() {
        let settings =
            SpectrumSettings { average_s: 0.0, fall_db_per_s: 20.0, ..SpectrumSettings::default() };
        let mut spectrum = Spectrum::new(RATE_HZ, 1, settings).expect("valid");
        spectrum.push(&[&bin_sine(100, 4_096, 8_192)]);
        spectrum.push(&[&vec![0.0; 48_128]]);
        // 47 hops of 1024 samples; the first few still see some of the tone.
        let fallen_db = -spectrum.bins_db()[100];
        assert!((18.0..=20.1).contains(&fallen_db), "{fallen_db}");
    }

    #[test]
    fn smoothing_keeps_white_noise_level_and_spreads_a_tone() {
        let mut seed = 1u32;
        let noise: Vec<f32> = (0..200_000)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect();
        let settings = SpectrumSettings {
            smoothing: Smoothing::ThirdOctave,
            average_s: 1.0,
            fall_db_per_s: 1e9,
            ..plain(4_096)
        };
        let mut spectrum = Spectrum::new(RATE_HZ, 1, settings).expect("valid");
        spectrum.push(&[&noise]);
        // A mean square of 1/3 spread over 2048 bins, seen through the 1.5 bins of a Hann window, twice for a sine's peak.
        let want_db = 10.0 * (2.0 / 3.0 / 2_048.0 * 1.5f32).log10();
        for bin in [300, 700, 1_200] {
            let level = spectrum.bins_db()[bin];
            assert!((level - want_db).abs() < 1.0, "{bin}: {level} for {want_db}");
        }
    }

    #[test]
    fn smoothing_changes_at_once_and_is_that_of_a_new_analyser() {
        let tone = bin_sine(200, 4_096, 20_000);
        for smoothing in Smoothing::ALL {
            let mut settings = SpectrumSettings::default();
            let mut changed = Spectrum::new(RATE_HZ, 1, settings).expect("valid");
            settings.smoothing = smoothing;
            let mut made = Spectrum::new(RATE_HZ, 1, settings).expect("valid");
            changed.push(&[&tone]);
            made.push(&[&tone]);
            assert!(changed.bins_db() != made.bins_db() || smoothing == Smoothing::None);
            changed.set_smoothing(smoothing);
            // Where the tone's beginning no longer shows.
            let bins = changed.bins_db().iter().zip(made.bins_db()).filter(|(_, made)| **made > -30.0);
            assert!(bins.clone().count() > 2);
            bins.for_each(|(a, b)| assert!((a - b).abs() < 0.1, "{smoothing:?}: {a} {b}"));
        }
    }

    #[test]
    fn holds_peaks_until_told_otherwise() {
        let mut spectrum = Spectrum::new(RATE_HZ, 1, SpectrumSettings::default()).expect("valid");
        let tone = bin_sine(200, 4_096, 20_000);
        spectrum.push(&[&tone]);
        assert!(spectrum.held_db().is_empty(), "off at first");
        spectrum.hold_peaks(true);
        spectrum.push(&[&vec![0.0; 96_000]]);
        assert!(spectrum.bins_db()[200] < -50.0 && spectrum.held_db()[200] > -0.1);
        spectrum.hold_peaks(true);
        assert!(spectrum.held_db()[200] > -0.1, "asking again changes nothing");
        spectrum.restart_hold();
        assert_eq!(spectrum.held_db(), spectrum.bins_db());
        spectrum.push(&[&tone]);
        assert!(spectrum.held_db()[200] > -0.1);
        spectrum.set_smoothing(Smoothing::SixthOctave);
        assert!(spectrum.held_db()[200] < -3.0, "another smoothing, another hold");
        spectrum.reset();
        assert!(spectrum.held_db().iter().all(|&level| level == FLOOR_DB));
        spectrum.hold_peaks(false);
        assert!(spectrum.held_db().is_empty());
    }

    #[test]
    fn faults_do_not_stay() {
        let mut spectrum = Spectrum::new(RATE_HZ, 1, SpectrumSettings::default()).expect("valid");
        spectrum.push(&[&[f32::NAN, f32::INFINITY, -f32::MAX, 1e-40]]);
        spectrum.push(&[&bin_sine(50, 4_096, 48_000)]);
        assert!(spectrum.bins_db().iter().all(|level| level.is_finite()));
        assert!(spectrum.bins_db()[50].abs() < 0.01);
        let refused = Spectrum::new(RATE_HZ, 1, SpectrumSettings { frame_samples: 1_000, ..plain(4_096) });
        assert_eq!(refused.err(), Some(MeasureError::FrameSize { found: 1_000 }));
    }
}
