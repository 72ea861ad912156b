//! What the window sees of the meters: their newest picture, and what it may ask of the thread that measures.
//!
//! The window holds a [`MeterView`], the thread its [`Requests`]; both are made by [`meter_view`]. Main thread and the
//! thread that measures, by atomics and a triple buffer.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::bridge::latest::{LatestReader, LatestWriter, latest};
use crate::measure::Smoothing;

mod picture;

pub use picture::{
    DYNAMICS_POINTS, LOUDNESS_POINTS, LOUDNESS_POINTS_PER_S, LoudnessPoint, MeterPicture, SCOPE_FRAMES,
};

/// Pictures a second unless asked otherwise.
const PICTURES_PER_S: u32 = 60;

/// The window's half.
pub struct MeterView {
    pictures: LatestReader<MeterPicture>,
    requests: Arc<Requests>,
    is_alive: Box<dyn Fn() -> bool + Send>,
}

impl MeterView {
    /// Sets how it is found out whether the thread that measures is still there.
    pub fn told_alive_by(&mut self, is_alive: impl Fn() -> bool + Send + 'static) {
        self.is_alive = Box::new(is_alive);
    }

    /// Whether the thread that measures is there. One that has died leaves the meters where they are.
    pub fn is_alive(&self) -> bool {
        (self.is_alive)()
    }

    /// The newest picture. Looking keeps spectra and scope going.
    pub fn picture(&mut self) -> &MeterPicture {
        self.requests.watched.store(true, Ordering::Relaxed);
        self.pictures.read()
    }

    /// The newest picture, and nobody has looked.
    #[cfg(test)]
    pub(crate) fn unwatched(&mut self) -> &MeterPicture {
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

/// How the spectra are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Analysis {
    /// Smoothing over frequency.
    pub smoothing: Smoothing,
    /// Whether the highest level of each bin is held.
    pub holds_peaks: bool,
}

/// What the window asks of the thread that measures.
pub struct Requests {
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
    /// Whether somebody has looked since the last call.
    pub fn take_watched(&self) -> bool {
        self.watched.swap(false, Ordering::Relaxed)
    }

    /// Whether a reset was asked for since the last call.
    pub fn take_reset(&self) -> bool {
        self.reset.swap(false, Ordering::Relaxed)
    }

    /// How many pictures a second the window can draw at most.
    pub fn pictures_per_s(&self) -> u32 {
        self.pictures_per_s.load(Ordering::Relaxed)
    }

    /// How the spectra are to be made.
    pub fn analysis(&self) -> Analysis {
        let smoothing = Smoothing::ALL.get(self.smoothing.load(Ordering::Relaxed));
        let holds_peaks = self.holds_peaks.load(Ordering::Relaxed);
        Analysis { smoothing: smoothing.copied().unwrap_or_default(), holds_peaks }
    }

    /// Has the window drawn.
    pub fn wake(&self) {
        if let Some(wake) = self.wake.get() {
            wake();
        }
    }

    /// Tells the window that the rings were visited.
    pub fn tick(&self) {
        if let Some(tick) = self.tick.get() {
            tick();
        }
    }
}

/// The two halves, and where the pictures are published.
pub fn meter_view() -> (Arc<Requests>, LatestWriter<MeterPicture>, MeterView) {
    let (writer, pictures) = latest(MeterPicture::default());
    let requests = Arc::new(Requests::default());
    (requests.clone(), writer, MeterView { pictures, requests, is_alive: Box::new(|| true) })
}
