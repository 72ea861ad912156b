//! The streaming meter and what it reads; for the editor, the worker and the command line, never on the audio thread.
//!
//! Audio is staged into cells of 10 ms counted from the start, and everything is computed cell by cell. A reading thus
//! depends on how many samples went in and not on how they were cut. `push` never allocates with [`Meter::new`].

use super::correlation::Correlation;
use super::loudness::{CELLS_PER_S, Gating, Loudness, SHORT_TERM_CELLS};
use super::true_peak::TruePeak;
use super::{MAX_CHANNELS, MeasureError, amplitude_db, checked_rate, copy_clean};
use serde::Serialize;

/// Peaks are kept for stretches of this many cells: 100 ms.
const STRETCH_CELLS: usize = 10;
/// Stretches in the 3 s window of the peak-to-short-term ratio.
const STRETCHES: usize = SHORT_TERM_CELLS / STRETCH_CELLS;

/// Everything a [`Meter`] knows at one moment. What came before the start counts as silence.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reading {
    /// Loudness of the last 400 ms, LUFS.
    pub momentary_lufs: f64,
    /// Loudness of the last 3 s, LUFS.
    pub short_term_lufs: f64,
    /// Gated loudness since the start, LUFS; −∞ before the first 400 ms above −70 LUFS.
    pub integrated_lufs: f64,
    /// Loudness range since the start, LU; 0 before two blocks of 3 s.
    pub range_lu: f64,
    /// Highest momentary loudness since the start, looked at every 10 ms, LUFS.
    pub max_momentary_lufs: f64,
    /// Highest short-term loudness since the start, looked at every 10 ms, LUFS.
    pub max_short_term_lufs: f64,
    /// Largest sample of any channel since the start, dB of full scale.
    pub sample_peak_dbfs: f64,
    /// Largest value of the waveform between and at the samples since the start, dB of full scale.
    pub true_peak_dbtp: f64,
    /// True peak less integrated loudness, LU.
    pub plr_lu: Option<f64>,
    /// True peak of the last 3 s less short-term loudness, LU; `None` during the first 3 s.
    pub psr_lu: Option<f64>,
    /// Correlation of the first two channels in the last 400 ms, −1…1; `None` in mono or where one is silent.
    pub correlation: Option<f64>,
    /// Correlation since the start, −1…1; `None` in mono or where one is silent.
    pub programme_correlation: Option<f64>,
    /// Samples that were NaN, infinite or beyond +120 dBFS since the start, and were taken as silence.
    pub faults: u64,
    /// Length of what these numbers describe, in seconds.
    pub duration_s: f64,
}

/// A loudness, peak and correlation meter that can run for days.
pub struct Meter {
    sample_rate_hz: f64,
    /// One cell for each channel, filled from the front.
    stage: Vec<Vec<f32>>,
    staged: usize,
    loudness: Loudness,
    correlation: Correlation,
    true_peaks: Vec<TruePeak>,
    /// Highest true peak in each of the latest stretches, linear, as a ring.
    stretches: [f32; STRETCHES],
    stretch: usize,
    sample_peak: f32,
    true_peak: f32,
    cells: u64,
    faults: u64,
    /// Samples of an unfinished last cell that `finish` has counted.
    extra_samples: usize,
}

impl Meter {
    /// A meter for endless input: its memory never grows, and integrated loudness is right to 0.05 LU.
    ///
    /// Channels are in the order L, R, C, LFE, Ls, Rs; four are L, R, Ls, Rs and five have no LFE.
    ///
    /// # Errors
    /// [`MeasureError::SampleRate`] and [`MeasureError::Channels`] outside the ranges of this module's constants.
    pub fn new(sample_rate_hz: f64, channels: usize) -> Result<Self, MeasureError> {
        Self::with_gating(sample_rate_hz, channels, Gating::Histogram)
    }

    /// A meter for a programme with an end: integrated loudness is exact, memory grows by 5 kB a minute.
    ///
    /// # Errors
    /// As [`Meter::new`].
    pub fn for_programme(sample_rate_hz: f64, channels: usize) -> Result<Self, MeasureError> {
        Self::with_gating(sample_rate_hz, channels, Gating::Exact)
    }

    fn with_gating(sample_rate_hz: f64, channels: usize, gating: Gating) -> Result<Self, MeasureError> {
        let rate_hz = checked_rate(sample_rate_hz, channels)?;
        let cell_samples = rate_hz as usize / CELLS_PER_S;
        Ok(Self {
            sample_rate_hz,
            stage: vec![vec![0.0; cell_samples]; channels],
            staged: 0,
            loudness: Loudness::new(rate_hz, channels, gating)?,
            correlation: Correlation::new(),
            true_peaks: (0..channels).map(|_| TruePeak::new(sample_rate_hz)).collect(),
            stretches: [0.0; STRETCHES],
            stretch: 0,
            sample_peak: 0.0,
            true_peak: 0.0,
            cells: 0,
            faults: 0,
            extra_samples: 0,
        })
    }

    /// Frames of a cell: readings change after whole cells, counted from the start or the last reset.
    pub fn cell_frames(&self) -> usize {
        self.stage[0].len()
    }

    /// Forgets everything heard, as if newly made. Does not allocate.
    pub fn reset(&mut self) {
        self.staged = 0;
        self.loudness.reset();
        self.correlation = Correlation::new();
        self.true_peaks.iter_mut().for_each(TruePeak::reset);
        self.stretches = [0.0; STRETCHES];
        self.stretch = 0;
        self.sample_peak = 0.0;
        self.true_peak = 0.0;
        self.cells = 0;
        self.faults = 0;
        self.extra_samples = 0;
    }

    /// Takes planar audio of any length, 0 included. The shortest plane decides the length, a missing channel is
    /// silence and a surplus one is left out.
    pub fn push(&mut self, channels: &[&[f32]]) {
        let frames = channels.iter().map(|plane| plane.len()).min().unwrap_or(0);
        let mut done = 0;
        while done < frames {
            let count = (self.stage[0].len() - self.staged).min(frames - done);
            for (c, stage) in self.stage.iter_mut().enumerate() {
                let room = &mut stage[self.staged..self.staged + count];
                match channels.get(c) {
                    Some(plane) => self.faults += copy_clean(&plane[done..done + count], room),
                    None => room.fill(0.0),
                }
            }
            self.staged += count;
            done += count;
            if self.staged == self.stage[0].len() {
                self.take_cell();
                self.staged = 0;
            }
        }
    }

    /// Ends a programme: counts the peaks of the last samples, which wait for what follows, as followed by silence.
    /// Call [`Meter::reset`] before measuring another one.
    pub fn finish(&mut self) {
        let staged = self.staged;
        if staged > 0 {
            self.push_correlation(staged);
            self.push_peaks(staged);
        }
        self.extra_samples += staged;
        self.staged = 0;
        self.stage.iter_mut().for_each(|stage| stage.fill(0.0));
        let mut silence = self.true_peaks[0].delay_samples();
        while silence > 0 {
            let count = silence.min(self.stage[0].len());
            self.push_peaks(count);
            silence -= count;
        }
    }

    /// What is known now, which is all but an unfinished cell and, for true peaks, the last few milliseconds before
    /// it, which the interpolator still holds.
    pub fn reading(&self) -> Reading {
        let short_term_lufs = self.loudness.short_term_lufs();
        let integrated_lufs = self.loudness.integrated_lufs();
        let true_peak_dbtp = amplitude_db(f64::from(self.true_peak));
        let recent_peak = self.stretches.iter().fold(0.0f32, |top, &x| top.max(x));
        let three_seconds = self.cells >= SHORT_TERM_CELLS as u64;
        Reading {
            momentary_lufs: self.loudness.momentary_lufs(),
            short_term_lufs,
            integrated_lufs,
            range_lu: self.loudness.range_lu(),
            max_momentary_lufs: self.loudness.max_momentary_lufs(),
            max_short_term_lufs: self.loudness.max_short_term_lufs(),
            sample_peak_dbfs: amplitude_db(f64::from(self.sample_peak)),
            true_peak_dbtp,
            plr_lu: ratio(true_peak_dbtp, integrated_lufs),
            psr_lu: ratio(amplitude_db(f64::from(recent_peak)), short_term_lufs).filter(|_| three_seconds),
            correlation: self.correlation.window(),
            programme_correlation: self.correlation.programme(),
            faults: self.faults,
            duration_s: self.samples() / self.sample_rate_hz,
        }
    }

    fn samples(&self) -> f64 {
        (self.cells * self.stage[0].len() as u64 + self.extra_samples as u64) as f64
    }

    fn take_cell(&mut self) {
        let channels = self.stage.len();
        let mut planes: [&[f32]; MAX_CHANNELS] = [&[]; MAX_CHANNELS];
        for (plane, stage) in planes.iter_mut().zip(&self.stage) {
            *plane = stage;
        }
        self.loudness.push_cell(&planes[..channels]);
        let cell = self.stage[0].len();
        self.push_correlation(cell);
        if self.cells.is_multiple_of(STRETCH_CELLS as u64) {
            self.stretch = (self.stretch + 1) % STRETCHES;
            self.stretches[self.stretch] = 0.0;
        }
        self.push_peaks(cell);
        self.cells += 1;
    }

    fn push_correlation(&mut self, count: usize) {
        if let [left, right, ..] = &self.stage[..] {
            self.correlation.push_cell(&left[..count], &right[..count]);
        }
    }

    fn push_peaks(&mut self, count: usize) {
        // What the stretch already has is the bar: a block that cannot exceed it changes neither window nor maximum.
        let mut peak = self.stretches[self.stretch];
        for (stage, true_peak) in self.stage.iter().zip(&mut self.true_peaks) {
            let samples = &stage[..count];
            self.sample_peak = samples.iter().fold(self.sample_peak, |top, x| top.max(x.abs()));
            peak = true_peak.push(samples, peak);
        }
        self.stretches[self.stretch] = peak;
        self.true_peak = self.true_peak.max(peak);
    }
}

/// Difference of two levels, where both exist.
fn ratio(peak_db: f64, loudness_lufs: f64) -> Option<f64> {
    (peak_db.is_finite() && loudness_lufs.is_finite()).then_some(peak_db - loudness_lufs)
}
