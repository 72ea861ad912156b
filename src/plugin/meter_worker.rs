//! The thread that measures, one for each plugin instance.
//!
//! Drains the audio tap and publishes pictures for the editor. It is started at the first activation, follows changes
//! of format through the tap, is never restarted and ends with the plugin. Loudness is always measured, so that it is
//! complete when the editor opens; spectra only while somebody looks.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::motion::Motion;
use crate::bridge::latest::{LatestReader, LatestWriter, latest};
use crate::bridge::tap::{TapFormat, TapReader};
use crate::measure::{Meter, Reading, Spectrum, SpectrumSettings};

/// How often the tap is drained and a picture published.
const PERIOD: Duration = Duration::from_millis(15);
/// Periods from one wake-up of the editor to the next, for 33 pictures a second.
const PERIODS_PER_WAKE: u32 = 2;
/// Periods without a look after which spectra are no longer computed.
const PATIENCE_PERIODS: u32 = 60;
/// Frames taken from the tap at once.
const CHUNK_FRAMES: usize = 512;

/// What is left of a held peak after one period: 20 dB per second.
const PEAK_REST: f32 = 0.966;

/// What the meters show at one moment.
#[derive(Debug, Clone, Default)]
pub struct MeterPicture {
    /// Loudness and peaks of the input, side-chain not included; `None` before any audio.
    pub input: Option<Reading>,
    /// Loudness and peaks of the output; `None` before any audio.
    pub output: Option<Reading>,
    /// Sample peaks as magnitudes with a steady fall: input left and right, output left and right.
    pub peaks: [f32; 4],
    /// Spectrum of the input, dB of a full-scale sine per bin from 0 Hz to half the sample rate.
    pub input_spectrum_db: Vec<f32>,
    /// Spectrum of the output, likewise.
    pub output_spectrum_db: Vec<f32>,
    /// Distance of the spectrum's bins in Hz.
    pub bin_hz: f32,
    /// Frames that the meters missed since the start because the worker was late, as in faster-than-real-time renders.
    pub dropped_frames: u64,
}

/// The editor's half.
pub struct MeterView {
    pictures: LatestReader<MeterPicture>,
    requests: Arc<Requests>,
}

impl MeterView {
    /// The newest picture. Looking keeps the spectra going.
    pub fn picture(&mut self) -> &MeterPicture {
        self.requests.watched.store(true, Ordering::Relaxed);
        self.pictures.read()
    }

    /// Sets what is called, by the worker's thread, while the meters move. The first call counts.
    pub fn wake_with(&self, wake: impl Fn() + Send + Sync + 'static) {
        // A second editor for the same plugin does not exist.
        let _ = self.requests.wake.set(Box::new(wake));
    }

    /// Asks for integrated loudness, maxima and peaks to start over.
    pub fn reset(&self) {
        self.requests.reset.store(true, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Requests {
    watched: AtomicBool,
    reset: AtomicBool,
    stop: AtomicBool,
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

/// The plugin's half: starts the thread once and ends it when dropped.
pub struct MeterWorker {
    /// What the thread will own; `None` once it runs.
    waiting: Option<(TapReader, LatestWriter<MeterPicture>)>,
    requests: Arc<Requests>,
    thread: Option<JoinHandle<()>>,
}

/// A worker that reads from `tap` and the view of its pictures. Starts nothing yet.
pub fn meter_worker(tap: TapReader) -> (MeterWorker, MeterView) {
    let (writer, pictures) = latest(MeterPicture::default());
    let requests = Arc::new(Requests::default());
    let worker = MeterWorker { waiting: Some((tap, writer)), requests: requests.clone(), thread: None };
    (worker, MeterView { pictures, requests })
}

impl MeterWorker {
    /// Starts the thread unless it runs. Without threads to be had the meters stay empty and the sound is unharmed.
    pub fn start(&mut self) {
        let Some((tap, pictures)) = self.waiting.take() else { return };
        let requests = self.requests.clone();
        let run = move || Measuring::new(tap, pictures).run(&requests);
        self.thread = thread::Builder::new().name("auracore meters".to_owned()).spawn(run).ok();
    }
}

impl Drop for MeterWorker {
    fn drop(&mut self) {
        self.requests.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // A worker that panicked has nothing left to say.
            let _ = thread.join();
        }
    }
}

/// What the thread owns.
struct Measuring {
    tap: TapReader,
    pictures: LatestWriter<MeterPicture>,
    sides: Option<Sides>,
    planes: [Vec<f32>; 4],
    peaks: [f32; 4],
    unwatched_periods: u32,
    motion: Motion,
    /// Moved since the editor was last woken, that many periods ago.
    moved: bool,
    slept_periods: u32,
}

/// The instruments for one format.
struct Sides {
    channels: usize,
    input: Side,
    output: Side,
}

struct Side {
    meter: Meter,
    spectrum: Spectrum,
}

impl Side {
    fn new(sample_rate_hz: f64, channels: usize) -> Option<Self> {
        let meter = Meter::new(sample_rate_hz, channels).ok()?;
        let spectrum = Spectrum::new(sample_rate_hz, channels, SpectrumSettings::default()).ok()?;
        Some(Self { meter, spectrum })
    }

    fn push(&mut self, planes: &[&[f32]], watched: bool) {
        self.meter.push(planes);
        if watched {
            self.spectrum.push(planes);
        }
    }
}

impl Measuring {
    fn new(tap: TapReader, pictures: LatestWriter<MeterPicture>) -> Self {
        let planes = [(); 4].map(|()| Vec::with_capacity(CHUNK_FRAMES));
        Self {
            tap,
            pictures,
            sides: None,
            planes,
            peaks: [0.0; 4],
            unwatched_periods: PATIENCE_PERIODS,
            motion: Motion::default(),
            moved: false,
            slept_periods: 0,
        }
    }

    fn run(mut self, requests: &Requests) {
        while !requests.stop.load(Ordering::Relaxed) {
            self.follow_requests(requests);
            if let Some(format) = self.tap.new_format() {
                self.sides = instruments(format);
            }
            while self.measure_chunk() {}
            self.publish();
            self.wake_editor(requests);
            thread::park_timeout(PERIOD);
        }
    }

    fn follow_requests(&mut self, requests: &Requests) {
        if requests.watched.swap(false, Ordering::Relaxed) {
            self.unwatched_periods = 0;
        } else {
            self.unwatched_periods = self.unwatched_periods.saturating_add(1);
        }
        if requests.reset.swap(false, Ordering::Relaxed)
            && let Some(sides) = &mut self.sides
        {
            sides.input.meter.reset();
            sides.output.meter.reset();
        }
    }

    /// Measures a stretch of what waits in the tap; false when there was nothing.
    fn measure_chunk(&mut self) -> bool {
        self.planes.iter_mut().for_each(Vec::clear);
        let planes = &mut self.planes;
        let count = self.tap.drain(CHUNK_FRAMES, |frame| {
            planes.iter_mut().zip(frame).for_each(|(plane, sample)| plane.push(sample));
        });
        for (peak, plane) in self.peaks.iter_mut().zip(&self.planes) {
            *peak = plane.iter().fold(*peak, |peak, x| peak.max(x.abs()));
        }
        let watched = self.unwatched_periods < PATIENCE_PERIODS;
        if let Some(sides) = &mut self.sides {
            let [in_left, in_right, out_left, out_right] = self.planes.each_ref().map(Vec::as_slice);
            sides.input.push(&[in_left, in_right][..sides.channels], watched);
            sides.output.push(&[out_left, out_right][..sides.channels], watched);
        }
        count > 0
    }

    fn wake_editor(&mut self, requests: &Requests) {
        self.slept_periods = self.slept_periods.saturating_add(1);
        if self.moved && self.slept_periods >= PERIODS_PER_WAKE {
            self.moved = false;
            self.slept_periods = 0;
            if let Some(wake) = requests.wake.get() {
                wake();
            }
        }
    }

    fn publish(&mut self) {
        let dropped_frames = self.tap.dropped_frames();
        let sides = self.sides.as_ref();
        let peaks = self.peaks;
        self.peaks = peaks.map(|peak| if peak > 1e-6 { peak * PEAK_REST } else { 0.0 });
        let (motion, moved) = (&mut self.motion, &mut self.moved);
        self.pictures.edit(|picture| {
            picture.dropped_frames = dropped_frames;
            picture.peaks = peaks;
            let Some(sides) = sides else { return };
            picture.input = Some(sides.input.meter.reading());
            picture.output = Some(sides.output.meter.reading());
            picture.bin_hz = sides.output.spectrum.freq_hz(1) as f32;
            picture.input_spectrum_db.clear();
            picture.input_spectrum_db.extend_from_slice(sides.input.spectrum.bins_db());
            picture.output_spectrum_db.clear();
            picture.output_spectrum_db.extend_from_slice(sides.output.spectrum.bins_db());
            *moved |= motion.moved(picture);
        });
    }
}

/// Instruments for a format, or none where the rate is beyond what can be measured.
fn instruments(format: TapFormat) -> Option<Sides> {
    let channels = (format.channels as usize).clamp(1, 2);
    let side = || Side::new(f64::from(format.sample_rate_hz), channels);
    Some(Sides { channels, input: side()?, output: side()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bridge::tap::tap;

    #[test]
    fn a_format_change_and_audio_reach_the_picture() {
        let (mut writer, reader) = tap(48_000);
        let (pictures, mut view) = latest(MeterPicture::default());
        let mut measuring = Measuring::new(reader, pictures);
        let requests = Requests { watched: AtomicBool::new(true), ..Requests::default() };

        writer.set_format(TapFormat { sample_rate_hz: 48_000.0, channels: 2 });
        measuring.follow_requests(&requests);
        measuring.sides = measuring.tap.new_format().and_then(instruments);
        let sine: Vec<f32> = (0..48_000).map(|n| (n as f32 * 0.13).sin()).collect();
        let half: Vec<f32> = sine.iter().map(|x| x * 0.5).collect();
        writer.begin(&sine, &sine).unwrap().finish(&half, &half);
        while measuring.measure_chunk() {}
        measuring.publish();

        let picture = view.read();
        let (input, output) = (picture.input.unwrap(), picture.output.unwrap());
        assert!((input.integrated_lufs - output.integrated_lufs - 6.02).abs() < 0.05, "{input:?} {output:?}");
        assert!((input.sample_peak_dbfs - output.sample_peak_dbfs - 6.02).abs() < 0.01);
        let top = |bins: &[f32]| bins.iter().copied().fold(f32::MIN, f32::max);
        let lower = top(&picture.input_spectrum_db) - top(&picture.output_spectrum_db);
        assert!((lower - 6.02).abs() < 0.05, "{lower}");
    }

    #[test]
    fn dropping_the_worker_ends_its_thread() {
        let (_writer, reader) = tap(64);
        let (mut worker, _view) = meter_worker(reader);
        worker.start();
        worker.start();
        drop(worker);
    }
}
