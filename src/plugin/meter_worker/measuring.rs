//! What the worker's thread does: drains the rings, measures, publishes pictures and wakes the editor.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::instruments::Instruments;
use super::newest::Newest;
use super::pace::Pace;
use crate::bridge::latest::LatestWriter;
use crate::bridge::tap::{TapFormat, TapReader};
use crate::bridge::trail::TrailReader;
use crate::control::DynamicsPoint;
use crate::plugin::motion::{Motion, is_quiet};
use crate::view::meters::{Analysis, DYNAMICS_POINTS, MeterPicture, Requests};
use crate::worker::{Job, Link};

/// Time without a look after which spectra and scope rest.
const PATIENCE: Duration = Duration::from_secs(1);
/// Frames taken from the tap at once.
const CHUNK_FRAMES: usize = 512;
/// How fast a shown peak falls.
const PEAK_FALL_DB_PER_S: f32 = 20.0;
/// Below this a shown peak is zero.
const SMALLEST_PEAK: f32 = 1e-6;

/// What the thread owns.
pub struct Measuring {
    tap: TapReader,
    trail: TrailReader<DynamicsPoint>,
    pictures: LatestWriter<MeterPicture>,
    instruments: Option<Instruments>,
    analysis: Analysis,
    dynamics: Newest<DynamicsPoint>,
    planes: [Vec<f32>; 4],
    peaks: [f32; 4],
    since_look: Duration,
    motion: Motion,
    /// Something was asked for that changes the picture.
    touched: bool,
    serial: u64,
    /// Moved since the editor was last woken, that many periods ago.
    moved: bool,
    slept_periods: u32,
    requests: Arc<Requests>,
    /// When the next visit is due.
    next: Instant,
}

impl Job for Measuring {
    type Inbox = ();

    fn turn(&mut self, (): (), _link: &Link<Self>) -> Option<Duration> {
        let requests = self.requests.clone();
        let pace = Pace::for_pictures_per_s(requests.pictures_per_s());
        self.visit(&requests, pace);
        requests.tick();
        // What was missed is not made up for, and a slow machine gets some rest all the same.
        let now = Instant::now();
        self.next = (self.next + pace.period).max(now + pace.period / 4);
        Some(self.next - now)
    }
}

impl Measuring {
    /// A worker with nothing measured yet.
    pub fn new(
        tap: TapReader,
        trail: TrailReader<DynamicsPoint>,
        pictures: LatestWriter<MeterPicture>,
        requests: Arc<Requests>,
    ) -> Self {
        Self {
            tap,
            trail,
            pictures,
            instruments: None,
            analysis: Analysis::default(),
            dynamics: Newest::new(DYNAMICS_POINTS),
            planes: [(); 4].map(|()| Vec::with_capacity(CHUNK_FRAMES)),
            peaks: [0.0; 4],
            since_look: PATIENCE,
            motion: Motion::default(),
            touched: false,
            serial: 0,
            moved: false,
            slept_periods: 0,
            requests,
            next: Instant::now(),
        }
    }

    /// The work of one period.
    pub fn visit(&mut self, requests: &Requests, pace: Pace) {
        self.follow_requests(requests, pace.period);
        if let Some(format) = self.tap.new_format() {
            self.follow_format(format);
        }
        self.trail.drain(|point| self.dynamics.push(point, !is_quiet(&point)));
        while self.measure_chunk() {}
        self.publish();
        self.peaks = self.peaks.map(|peak| fallen(peak, pace.period));
        self.wake_editor(requests, pace.periods_per_wake);
    }

    fn is_watched(&self) -> bool {
        self.since_look < PATIENCE
    }

    fn follow_requests(&mut self, requests: &Requests, period: Duration) {
        if requests.take_watched() {
            // Whoever looks again gets everything anew.
            self.touched |= !self.is_watched();
            self.since_look = Duration::ZERO;
        } else {
            self.since_look = self.since_look.saturating_add(period);
        }
        let analysis = requests.analysis();
        if analysis != self.analysis {
            self.analysis = analysis;
            self.touched = true;
            if let Some(instruments) = &mut self.instruments {
                instruments.set_analysis(analysis);
            }
        }
        if requests.take_reset()
            && let Some(instruments) = &mut self.instruments
        {
            self.touched = true;
            instruments.reset();
        }
    }

    /// Starts over with instruments for a format, or with none where it cannot be measured.
    fn follow_format(&mut self, format: TapFormat) {
        self.instruments = Instruments::new(format, self.analysis);
        // Points of the format before.
        self.trail.drain(|_| ());
        self.dynamics.clear();
        self.touched = true;
    }

    /// Measures a stretch of what waits in the tap; false when there was nothing.
    fn measure_chunk(&mut self) -> bool {
        self.planes.iter_mut().for_each(Vec::clear);
        let planes = &mut self.planes;
        let most = self.instruments.as_ref().map_or(CHUNK_FRAMES, Instruments::most_frames);
        let count = self.tap.drain(most.min(CHUNK_FRAMES), |frame| {
            planes.iter_mut().zip(frame).for_each(|(plane, sample)| plane.push(sample));
        });
        for (peak, plane) in self.peaks.iter_mut().zip(&self.planes) {
            *peak = plane.iter().fold(*peak, |peak, x| peak.max(x.abs()));
        }
        let watched = self.is_watched();
        if let Some(instruments) = &mut self.instruments {
            instruments.push(self.planes.each_ref().map(Vec::as_slice), watched);
        }
        count > 0
    }

    /// Publishes a picture if it would be another one.
    fn publish(&mut self) {
        let touched = std::mem::take(&mut self.touched);
        let mut picture = MeterPicture {
            peaks: self.peaks,
            dynamics_count: self.dynamics.count(),
            dropped_frames: self.tap.dropped_frames(),
            dropped_points: self.trail.dropped(),
            ..MeterPicture::default()
        };
        let mut loudness = 0;
        if let Some(instruments) = &self.instruments {
            instruments.show_readings(&mut picture);
            loudness = instruments.loudness_motion();
        }
        let change = self.motion.follow(&picture, self.dynamics.motion(), loudness);
        self.moved |= change.moved || touched;
        if !(change.visible || touched) {
            return;
        }
        self.serial += 1;
        let (watched, serial) = (self.is_watched(), self.serial);
        let (instruments, dynamics) = (self.instruments.as_ref(), &self.dynamics);
        self.pictures.edit(|published| {
            picture.take_curves(published);
            *published = picture;
            published.serial = serial;
            if watched {
                dynamics.copy_to(&mut published.dynamics);
                if let Some(instruments) = instruments {
                    instruments.show_curves(published);
                }
            }
        });
    }

    fn wake_editor(&mut self, requests: &Requests, periods_per_wake: u32) {
        self.slept_periods = self.slept_periods.saturating_add(1);
        if self.moved && self.slept_periods >= periods_per_wake {
            self.moved = false;
            self.slept_periods = 0;
            requests.wake();
        }
    }
}

/// A shown peak after some time without sound.
fn fallen(peak: f32, time: Duration) -> f32 {
    let rest = 10.0f32.powf(-PEAK_FALL_DB_PER_S / 20.0 * time.as_secs_f32());
    if peak > SMALLEST_PEAK { peak * rest } else { 0.0 }
}
