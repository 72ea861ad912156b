//! The thread that measures, one for each plugin instance.
//!
//! Drains the audio tap and the trail of the dynamics and publishes pictures for the editor. It is started at the first
//! activation, follows changes of format through the tap, is never restarted and ends with the plugin. Loudness and
//! trails are always kept, so that they are complete when the editor opens; spectra and scope only while somebody looks.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::bridge::latest::{LatestReader, latest};
use crate::bridge::tap::TapReader;
use crate::bridge::trail::TrailReader;
use crate::control::DynamicsPoint;
use crate::measure::Smoothing;
use crate::worker::Worker;

mod instruments;
mod measuring;
mod newest;
mod pace;
mod picture;
#[cfg(test)]
mod tests;

pub use picture::{
    DYNAMICS_POINTS, LOUDNESS_POINTS, LOUDNESS_POINTS_PER_S, LoudnessPoint, MeterPicture, SCOPE_FRAMES,
};

use instruments::Analysis;
use measuring::Measuring;
use pace::Pace;

/// Pictures a second unless asked otherwise.
const PICTURES_PER_S: u32 = 60;

/// The editor's half.
pub struct MeterView {
    pictures: LatestReader<MeterPicture>,
    requests: Arc<Requests>,
}

impl MeterView {
    /// The newest picture. Looking keeps spectra and scope going.
    pub fn picture(&mut self) -> &MeterPicture {
        self.requests.watched.store(true, Ordering::Relaxed);
        self.pictures.read()
    }

    /// Sets what is called, by the worker's thread, while the meters move. The first call counts.
    pub fn wake_with(&self, wake: impl Fn() + Send + Sync + 'static) {
        // A second editor for the same plugin does not exist.
        let _ = self.requests.wake.set(Box::new(wake));
    }

    /// Sets what is called, by the worker's thread, at every visit to the rings, 50 times a second and more, whether or not
    /// anything moves. The first call counts.
    pub fn tick_with(&self, tick: impl Fn() + Send + Sync + 'static) {
        let _ = self.requests.tick.set(Box::new(tick));
    }

    /// Has the editor woken for at most so many pictures a second, 5 to 120, and 60 unless this is called: for windows
    /// that are drawn without a graphics processor.
    pub fn wake_at_most(&self, pictures_per_s: u32) {
        self.requests.pictures_per_s.store(pictures_per_s, Ordering::Relaxed);
    }

    /// Sets the smoothing of the spectra over frequency. What is held starts over.
    pub fn set_smoothing(&self, smoothing: Smoothing) {
        let index = Smoothing::ALL.iter().position(|each| *each == smoothing).unwrap_or(0);
        self.requests.smoothing.store(index, Ordering::Relaxed);
    }

    /// Holds the highest level of each bin of the output's spectrum, or forgets what was held.
    pub fn hold_peaks(&self, on: bool) {
        self.requests.holds_peaks.store(on, Ordering::Relaxed);
    }

    /// Asks for integrated loudness, the loudness trail, maxima, peaks and held bins to start over.
    pub fn reset(&self) {
        self.requests.reset.store(true, Ordering::Relaxed);
    }
}

/// What the editor asks of the worker.
struct Requests {
    watched: AtomicBool,
    reset: AtomicBool,
    pictures_per_s: AtomicU32,
    /// Index into [`Smoothing::ALL`].
    smoothing: AtomicUsize,
    holds_peaks: AtomicBool,
    wake: OnceLock<Box<dyn Fn() + Send + Sync>>,
    tick: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Default for Requests {
    fn default() -> Self {
        Self {
            watched: AtomicBool::new(false),
            reset: AtomicBool::new(false),
            pictures_per_s: AtomicU32::new(PICTURES_PER_S),
            smoothing: AtomicUsize::new(0),
            holds_peaks: AtomicBool::new(false),
            wake: OnceLock::new(),
            tick: OnceLock::new(),
        }
    }
}

impl Requests {
    fn pace(&self) -> Pace {
        Pace::for_pictures_per_s(self.pictures_per_s.load(Ordering::Relaxed))
    }

    fn analysis(&self) -> Analysis {
        let smoothing = Smoothing::ALL.get(self.smoothing.load(Ordering::Relaxed));
        let holds_peaks = self.holds_peaks.load(Ordering::Relaxed);
        Analysis { smoothing: smoothing.copied().unwrap_or_default(), holds_peaks }
    }
}

/// The plugin's half: starts the thread once and ends it when dropped.
pub struct MeterWorker(Worker<Measuring>);

/// A worker that reads from `tap` and `trail` and the view of its pictures. Starts nothing yet.
pub fn meter_worker(tap: TapReader, trail: TrailReader<DynamicsPoint>) -> (MeterWorker, MeterView) {
    let (writer, pictures) = latest(MeterPicture::default());
    let requests = Arc::new(Requests::default());
    let worker = Worker::new(Measuring::new(tap, trail, writer, requests.clone()));
    (MeterWorker(worker), MeterView { pictures, requests })
}

impl MeterWorker {
    /// Starts the thread unless it runs. Without threads to be had the meters stay empty and the sound is unharmed.
    pub fn start(&mut self) {
        self.0.link().start("auracore meters");
    }
}
