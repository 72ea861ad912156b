//! The instruments for one format: meters, spectra, the scope and the loudness trail. Meter worker.

use super::newest::Newest;
use crate::bridge::tap::TapFormat;
use crate::engine::Engine;
use crate::measure::{CELLS_PER_S, Meter, Smoothing, Spectrum, SpectrumSettings};
use crate::view::meters::{
    Analysis, LOUDNESS_POINTS, LOUDNESS_POINTS_PER_S, LoudnessPoint, MeterPicture, SCOPE_FRAMES,
};

/// Rate up to which the scope takes every frame; about the same time is seen at all rates.
const SCOPE_RATE_HZ: f32 = 48_000.0;

/// All instruments.
pub struct Instruments {
    channels: usize,
    input: Side,
    output: Side,
    dynamics_per_s: f32,
    loudness: Newest<LoudnessPoint>,
    /// Frames from one point of loudness to the next, whole cells of the meter, and those that are missing.
    point_frames: usize,
    until_point: usize,
    scope: Newest<[f32; 2]>,
    scope_stride: usize,
    /// Frames until the scope takes one.
    scope_phase: usize,
}

struct Side {
    meter: Meter,
    spectrum: Spectrum,
}

impl Side {
    fn new(sample_rate_hz: f64, channels: usize, smoothing: Smoothing) -> Option<Self> {
        let meter = Meter::new(sample_rate_hz, channels).ok()?;
        let settings = SpectrumSettings { smoothing, ..SpectrumSettings::default() };
        let spectrum = Spectrum::new(sample_rate_hz, channels, settings).ok()?;
        Some(Self { meter, spectrum })
    }

    fn push(&mut self, planes: &[&[f32]], watched: bool) {
        self.meter.push(planes);
        if watched {
            self.spectrum.push(planes);
        }
    }
}

impl Instruments {
    /// Instruments for a format, or none where the rate is beyond what can be measured.
    pub fn new(format: TapFormat, analysis: Analysis) -> Option<Self> {
        let channels = (format.channels as usize).clamp(1, 2);
        let rate_hz = f64::from(format.sample_rate_hz);
        let side = || Side::new(rate_hz, channels, analysis.smoothing);
        let (input, mut output) = (side()?, side()?);
        output.spectrum.hold_peaks(analysis.holds_peaks);
        let point_frames = output.meter.cell_frames() * CELLS_PER_S / LOUDNESS_POINTS_PER_S;
        Some(Self {
            channels,
            input,
            output,
            dynamics_per_s: (rate_hz / Engine::point_frames_for(rate_hz) as f64) as f32,
            loudness: Newest::new(LOUDNESS_POINTS),
            point_frames,
            until_point: point_frames,
            scope: Newest::new(SCOPE_FRAMES),
            scope_stride: ((format.sample_rate_hz / SCOPE_RATE_HZ).round() as usize).max(1),
            scope_phase: 0,
        })
    }

    /// Most frames that the next [`Self::push`] may bring: points of loudness are taken between two of them.
    pub fn most_frames(&self) -> usize {
        self.until_point
    }

    /// Measures input left and right, output left and right. The rest is for whoever watches.
    pub fn push(&mut self, planes: [&[f32]; 4], watched: bool) {
        let [in_left, in_right, out_left, out_right] = planes;
        self.input.push(&[in_left, in_right][..self.channels], watched);
        self.output.push(&[out_left, out_right][..self.channels], watched);
        if watched {
            self.push_scope(out_left, out_right);
        }
        self.until_point = self.until_point.saturating_sub(out_left.len());
        if self.until_point == 0 {
            self.until_point = self.point_frames;
            self.push_loudness();
        }
    }

    fn push_scope(&mut self, left: &[f32], right: &[f32]) {
        for (left, right) in left.iter().zip(right) {
            if self.scope_phase == 0 {
                self.scope.push([*left, *right], true);
                self.scope_phase = self.scope_stride;
            }
            self.scope_phase -= 1;
        }
    }

    fn push_loudness(&mut self) {
        let reading = self.output.meter.reading();
        let point = LoudnessPoint {
            momentary_lufs: reading.momentary_lufs as f32,
            short_term_lufs: reading.short_term_lufs as f32,
            integrated_lufs: reading.integrated_lufs as f32,
        };
        let before = *self.loudness.last().unwrap_or(&LoudnessPoint::SILENCE);
        self.loudness.push(point, point != before);
    }

    /// Follows the analyser's settings.
    pub fn set_analysis(&mut self, analysis: Analysis) {
        self.input.spectrum.set_smoothing(analysis.smoothing);
        self.output.spectrum.set_smoothing(analysis.smoothing);
        self.output.spectrum.hold_peaks(analysis.holds_peaks);
    }

    /// Starts loudness, maxima, peaks and what is held over.
    pub fn reset(&mut self) {
        self.input.meter.reset();
        self.output.meter.reset();
        self.output.spectrum.restart_hold();
        self.loudness.clear();
        self.until_point = self.point_frames;
    }

    /// Another number whenever the loudness trail looks different.
    pub fn loudness_motion(&self) -> u64 {
        self.loudness.motion()
    }

    /// Puts the readings into a picture.
    pub fn show_readings(&self, picture: &mut MeterPicture) {
        picture.input = Some(self.input.meter.reading());
        picture.output = Some(self.output.meter.reading());
        picture.bin_hz = self.output.spectrum.freq_hz(1) as f32;
        picture.dynamics_per_s = self.dynamics_per_s;
    }

    /// Puts spectra, scope and loudness trail into a picture.
    pub fn show_curves(&self, picture: &mut MeterPicture) {
        let fill = |to: &mut Vec<f32>, from: &[f32]| {
            to.clear();
            to.extend_from_slice(from);
        };
        fill(&mut picture.input_spectrum_db, self.input.spectrum.bins_db());
        fill(&mut picture.output_spectrum_db, self.output.spectrum.bins_db());
        fill(&mut picture.held_spectrum_db, self.output.spectrum.held_db());
        self.scope.copy_to(&mut picture.scope);
        self.loudness.copy_to(&mut picture.loudness);
    }
}
