//! The engine behind plugin, standalone and command line: cuts host blocks, guards the signal, runs the chain and keeps
//! the untouched signal aligned with it. Everything but construction belongs on the audio thread.
//!
//! # Example
//!
//! A tone far above full scale leaves the engine under the limiter's ceiling, behind the latency that is reported:
//!
//! ```
//! use auracore::control::MasterControls;
//! use auracore::engine::{Engine, EngineIo};
//!
//! let controls = MasterControls::default();
//! assert_eq!(controls.limiter.ceiling_db, -1.0);
//! let mut engine = Engine::new(48_000.0, controls.mode);
//! let latency = engine.latency_samples();
//!
//! let mut left: Vec<f32> = (0..48_000).map(|frame| 2.0 * (frame as f32 * 0.13).sin()).collect();
//! let mut right = left.clone();
//! let io = EngineIo { left: &mut left[..], right: Some(&mut right[..]), sidechain: None };
//! engine.process(io, &controls);
//!
//! assert!(left[..latency].iter().all(|sample| sample.abs() < 1e-6));
//! assert!(left[latency..].iter().any(|sample| sample.abs() > 0.5));
//! assert!(left.iter().all(|sample| sample.abs() < 0.892), "-1 dB is 0.8913");
//! ```

use crate::control::adaptive::{Adaptation, Moves, Pace};
use crate::control::{ChainTelemetry, DynamicsPoint, LatencyMode, MasterControls};
use crate::dsp::sanitize::{LARGEST_INPUT, is_ordinary, sanitize};
use crate::dsp::{MAX_BLOCK, StereoBlock};
use crate::source::Note;
use fearless_simd::Level;

pub mod chain;
pub mod mixer;
mod monitor;
mod trail;

use chain::Chain;
use mixer::{Events, Mixer};
use monitor::{Heard, Monitor};
use trail::Trail;

/// Audio of one call. Every slice has the same length; mono is rendered when `right` is absent.
pub struct EngineIo<'a> {
    /// Left or only channel, in place.
    pub left: &'a mut [f32],
    /// Right channel, in place.
    pub right: Option<&'a mut [f32]>,
    /// External side-chain, left and right (the same slice twice for a mono side-chain).
    pub sidechain: Option<[&'a [f32]; 2]>,
}

/// Who else takes part in a call: sources that are mixed in front of the chain, and somebody who looks on.
pub struct Company<'a, O: Observer> {
    /// The sources, and what they are told.
    pub sources: Option<(&'a mut Mixer, Events<'a>)>,
    /// Who looks on.
    pub observer: &'a mut O,
}

/// Looks on while a block is rendered. Audio thread.
pub trait Observer {
    /// What goes into the chain, at most [`MAX_BLOCK`] frames: the input with the sources. Mono is the same in both.
    fn mixed(&mut self, _left: &[f32], _right: &[f32]) {}

    /// What compressor and limiter did: one point for each [`Engine::point_frames_for`] frames since the last reset,
    /// however the blocks are cut.
    fn point(&mut self, _point: DynamicsPoint) {}
}

impl Observer for () {}

/// The processing engine.
pub struct Engine {
    level: Level,
    chain: Chain,
    monitor: Monitor,
    trail: Trail,
    /// Frames since the last reset; blocks are cut on its multiples of [`MAX_BLOCK`].
    position: u64,
    /// The next block starts from silence with its settings in place.
    fresh: bool,
    replaced_samples: u64,
    telemetry: ChainTelemetry,
}

/// One block on its own memory, so that mono and stereo, aligned or not, all look alike.
#[derive(Clone, Copy)]
struct Scratch {
    left: [f32; MAX_BLOCK],
    right: [f32; MAX_BLOCK],
}

impl Scratch {
    const SILENCE: Self = Self { left: [0.0; MAX_BLOCK], right: [0.0; MAX_BLOCK] };

    fn block(&mut self, frames: usize) -> StereoBlock<'_> {
        StereoBlock { left: &mut self.left[..frames], right: &mut self.right[..frames] }
    }

    fn is_ordinary(&self, level: Level, frames: usize, largest: f32) -> bool {
        is_ordinary(level, &self.left[..frames], largest)
            && is_ordinary(level, &self.right[..frames], largest)
    }

    fn sanitize(&mut self, frames: usize) -> u64 {
        sanitize(&mut self.left[..frames]) + sanitize(&mut self.right[..frames])
    }

    fn add(&mut self, other: &Self, frames: usize) {
        for (own, other) in [(&mut self.left, &other.left), (&mut self.right, &other.right)] {
            own[..frames].iter_mut().zip(other).for_each(|(own, other)| *own += other);
        }
    }

    /// Keeps the chain's arithmetic away from overflow.
    fn clamp(&mut self, frames: usize) {
        for channel in self.block(frames).channels() {
            channel.iter_mut().for_each(|x| *x = x.clamp(-LARGEST_INPUT, LARGEST_INPUT));
        }
    }
}

impl Engine {
    /// An engine for a sample rate in Hz and a latency mode; allocates.
    pub fn new(sample_rate_hz: f64, mode: LatencyMode) -> Self {
        let chain = Chain::new(sample_rate_hz, mode);
        let monitor = Monitor::new(sample_rate_hz, chain.latency_samples());
        Self {
            level: Level::new(),
            chain,
            monitor,
            trail: Trail::new(sample_rate_hz),
            position: 0,
            fresh: true,
            replaced_samples: 0,
            telemetry: ChainTelemetry::default(),
        }
    }

    /// Recomputes everything that depends on rate and mode; allocates. The moves of the adaptive layer stay where they are.
    pub fn prepare(&mut self, sample_rate_hz: f64, mode: LatencyMode) {
        let (moves, asked) = (self.adaptive_moves(), *self.chain.adaptive().asked());
        *self = Self::new(sample_rate_hz, mode);
        self.adapt(&Adaptation { moves, pace: Pace::AtOnce, ..asked });
        self.adapt(&asked);
    }

    /// Tells the adaptive layer where to go, how fast and how much of it is heard, from the next sample on. It keeps to it
    /// until it is told otherwise; a layer that was never told anything moves nothing. Never allocates.
    pub fn adapt(&mut self, adaptation: &Adaptation) {
        self.chain.adaptive_mut().adapt(adaptation);
    }

    /// Where the moves of the adaptive layer are now, before amounts. A reset leaves them there.
    pub fn adaptive_moves(&self) -> Moves {
        self.chain.adaptive().moves()
    }

    /// Clears signal memory; the next block starts from silence with its settings in place. Never allocates.
    pub fn reset(&mut self) {
        self.fresh = true;
        self.replaced_samples = 0;
    }

    /// Frames between an input sample and its output: constant for a mode, whatever the controls say.
    pub fn latency_samples(&self) -> usize {
        self.chain.latency_samples()
    }

    /// [`Self::latency_samples`] of an engine for a sample rate in Hz and a mode, without making one.
    pub fn latency_for(sample_rate_hz: f64, mode: LatencyMode) -> usize {
        Chain::latency_for(sample_rate_hz, mode)
    }

    /// What happened in the last call of [`Self::process`].
    pub fn telemetry(&self) -> ChainTelemetry {
        self.telemetry
    }

    /// Frames between two points of [`Observer::point`] at a sample rate in Hz, about 10 ms.
    pub fn point_frames_for(sample_rate_hz: f64) -> usize {
        Trail::point_frames_for(sample_rate_hz)
    }

    /// Renders in place, any length from 0 up. Never allocates, locks, logs or panics.
    pub fn process(&mut self, io: EngineIo<'_>, controls: &MasterControls) {
        self.process_with(io, controls, Company { sources: None, observer: &mut () });
    }

    /// As [`Self::process`], with sound sources in front of the chain and somebody who looks on. Bypass lets through what
    /// came in, without the sources.
    pub fn process_with(
        &mut self,
        io: EngineIo<'_>,
        controls: &MasterControls,
        company: Company<'_, impl Observer>,
    ) {
        let Company { sources, observer } = company;
        let mut sources = sources.filter(|(mixer, _)| !mixer.is_empty());
        if let Some((mixer, events)) = &mut sources {
            mixer.begin(events.transport);
        }
        let EngineIo { left, mut right, sidechain } = io;
        let mut controls = *controls;
        if right.is_none() {
            controls.width.balance = 0.0;
        }
        if std::mem::take(&mut self.fresh) {
            self.chain.reset(&controls);
            self.monitor.reset(&controls.global);
            self.trail.reset();
            self.position = 0;
        }
        self.telemetry = ChainTelemetry::default();
        let mut start = 0;
        while start < left.len() {
            let since_grid = (self.position % MAX_BLOCK as u64) as usize;
            if since_grid == 0 {
                self.chain.adaptive_mut().step();
            }
            let to_grid = MAX_BLOCK - since_grid;
            let end = (start + to_grid).min(left.len());
            let range = start..end;
            let sidechain = sidechain.map(|s| s.map(|x| &x[range.clone()]));
            let right = right.as_mut().map(|r| &mut r[range.clone()]);
            let block = EngineIo { left: &mut left[range], right, sidechain };
            let mixing = sources.as_mut().map(|(mixer, events)| Mixing {
                mixer,
                frame: start,
                notes: notes_within(events.notes, start, end),
            });
            self.process_block(block, mixing, &controls, observer);
            if let Some(point) = self.trail.follow(&self.chain, self.position) {
                observer.point(point);
            }
            start = end;
        }
    }

    fn process_block(
        &mut self,
        io: EngineIo<'_>,
        mixing: Option<Mixing<'_>>,
        controls: &MasterControls,
        observer: &mut impl Observer,
    ) {
        let EngineIo { left, right, sidechain } = io;
        let frames = left.len();
        let mut wet = Scratch::SILENCE;
        wet.left[..frames].copy_from_slice(left);
        wet.right[..frames].copy_from_slice(right.as_deref().unwrap_or(left));
        let ordinary = wet.is_ordinary(self.level, frames, LARGEST_INPUT);
        if !ordinary {
            self.replaced_samples += wet.sanitize(frames);
        }
        let mut dry = wet;
        let mut added = mixing.and_then(|mixing| mixing.added(&dry, frames, right.is_none()));
        if let Some(added) = &added {
            wet.add(added, frames);
        }
        if !ordinary || added.is_some() {
            wet.clamp(frames);
        }
        observer.mixed(&wet.left[..frames], &wet.right[..frames]);
        let guarded = sidechain.map(|[l, r]| guard_sidechain(l, r));
        let external = guarded.as_ref().map(|s| [&s.left[..frames], &s.right[..frames]]);
        self.chain.process(&mut wet.block(frames), external, controls);
        let added = added.as_mut().map(|added| added.block(frames));
        let heard = Heard { input: dry.block(frames), sources: added };
        self.monitor.process(&mut wet.block(frames), heard, &controls.global, self.position);
        self.position += frames as u64;
        // The stages are finite by design; should one ever fail, silence and a fresh start are the lesser harm.
        if !wet.is_ordinary(self.level, frames, f32::MAX) {
            self.fresh |= wet.sanitize(frames) > 0;
        }
        left.copy_from_slice(&wet.left[..frames]);
        if let Some(right) = right {
            right.copy_from_slice(&wet.right[..frames]);
        }
        self.collect_telemetry();
    }

    fn collect_telemetry(&mut self) {
        let (now, all) = (self.chain.telemetry(), &mut self.telemetry);
        all.compressor_reduction_db = all.compressor_reduction_db.max(now.compressor_reduction_db);
        all.limiter_reduction_db = all.limiter_reduction_db.max(now.limiter_reduction_db);
        all.auto_makeup_db = now.auto_makeup_db;
        all.match_gain_db = self.monitor.match_gain_db();
        all.replaced_samples = self.replaced_samples;
    }
}

/// The sources' share of a stretch.
struct Mixing<'a> {
    mixer: &'a mut Mixer,
    /// First frame of the stretch within the host block.
    frame: usize,
    notes: &'a [Note],
}

impl Mixing<'_> {
    /// The sum of all sources, if anything sounds. A mono layout gets half of the sum of both channels.
    fn added(self, input: &Scratch, frames: usize, is_mono: bool) -> Option<Scratch> {
        let mut added = Scratch::SILENCE;
        let input = [&input.left[..frames], &input.right[..frames]];
        if !self.mixer.render(self.frame, self.notes, input, &mut added.block(frames)) {
            return None;
        }
        if is_mono {
            for (left, right) in added.left.iter_mut().zip(&mut added.right) {
                *left = 0.5 * (*left + *right);
                *right = *left;
            }
        }
        Some(added)
    }
}

/// The notes of a stretch of the host block. What comes behind the end of the block belongs to its last stretch.
fn notes_within(notes: &[Note], start: usize, end: usize) -> &[Note] {
    let first = notes.partition_point(|note| note.frame < start);
    let first = if start == 0 { 0 } else { first };
    let count = notes[first..].partition_point(|note| note.frame < end);
    &notes[first..first + count]
}

fn guard_sidechain(left: &[f32], right: &[f32]) -> Scratch {
    let mut guarded = Scratch::SILENCE;
    guarded.left[..left.len()].copy_from_slice(left);
    guarded.right[..right.len()].copy_from_slice(right);
    guarded.sanitize(left.len());
    guarded.clamp(left.len());
    guarded
}
