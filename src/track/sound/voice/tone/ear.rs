//! One ear of a tone: carrier, swing of its phase, loudness; at rest before and after a transition, moving within it.

use super::cycles::{Clock, Cycles, Rotor, Wave, sines};
use super::moving::MovingEar;
use super::ramp::{Pair, Ramp, RampQuantum, lerp};
use super::tremolo::{Tremolo, TremoloSettings};
use super::vibrato::{Carrier, CarrierSettings};
use crate::track::sound::span::QUANTUM;
use fearless_simd::{Level, dispatch};
use std::sync::Arc;

/// What is known of an ear: single numbers at rest, start and end of each in a transition.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EarSettings<T> {
    /// Frequency of the carrier in Hz.
    pub centre_hz: T,
    /// Start phase in cycles.
    pub start: T,
    /// Farthest that the vibrato leads from the carrier, in Hz.
    pub half_range_hz: T,
    /// Frequency of the vibrato in Hz.
    pub vibrato_hz: T,
    /// Start phase of the vibrato in cycles.
    pub vibrato_phase: T,
    /// Skew of the vibrato.
    pub vibrato_skew: T,
    /// Above ½ there is no vibrato.
    pub mono: T,
    /// Farthest that the phase swings, in cycles; signed.
    pub swing: T,
    /// Frequency of that swing in Hz.
    pub swing_hz: T,
    /// Linear amplitude.
    pub amp_gain: T,
    /// Share of it that the tremolo takes away at most.
    pub depth: T,
    /// Frequency of the tremolo in Hz.
    pub tremolo_hz: T,
    /// Start phase of the tremolo in cycles.
    pub tremolo_phase: T,
    /// Skew of the tremolo.
    pub tremolo_skew: T,
    /// Whether the vibrato is a triangle.
    pub is_triangle: bool,
}

impl EarSettings<Pair> {
    /// The settings at an α.
    pub fn at(&self, alpha: f64) -> EarSettings<f64> {
        let at = |pair| lerp(pair, alpha);
        EarSettings {
            centre_hz: at(self.centre_hz),
            start: at(self.start),
            half_range_hz: if at(self.mono) > 0.5 { 0.0 } else { at(self.half_range_hz) },
            vibrato_hz: at(self.vibrato_hz),
            vibrato_phase: at(self.vibrato_phase),
            vibrato_skew: at(self.vibrato_skew),
            mono: at(self.mono),
            swing: at(self.swing),
            swing_hz: at(self.swing_hz),
            amp_gain: at(self.amp_gain),
            depth: at(self.depth),
            tremolo_hz: at(self.tremolo_hz),
            tremolo_phase: at(self.tremolo_phase),
            tremolo_skew: at(self.tremolo_skew),
            is_triangle: self.is_triangle,
        }
    }
}

/// How frames become time and phases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Frames of the step.
    pub frames: u64,
    /// Time base of carriers and vibratos.
    pub carrier: Clock,
    /// Time base of everything else.
    pub step: Clock,
    /// Whether the first frame already has its own frequency in its phase.
    pub inclusive: bool,
}

/// An ear at rest.
#[derive(Clone)]
struct SteadyEar {
    carrier: Carrier,
    swing: Option<(f64, Wave)>,
    tremolo: Tremolo,
    level: Level,
}

impl SteadyEar {
    /// An ear with the carrier phase `start` and the vibrato phase `vibrato_phase` at the first of its frames.
    fn new(
        settings: &EarSettings<f64>,
        timing: &Timing,
        start: Cycles,
        vibrato_phase: f64,
        place: (u64, u64),
        level: Level,
    ) -> Self {
        let carrier = CarrierSettings {
            centre_hz: settings.centre_hz,
            half_range_hz: settings.half_range_hz,
            vibrato_hz: settings.vibrato_hz,
            vibrato_phase,
            skew: settings.vibrato_skew,
            is_triangle: settings.is_triangle,
        };
        let tremolo = TremoloSettings {
            amp_gain: settings.amp_gain,
            depth: settings.depth,
            hz: settings.tremolo_hz,
            phase: settings.tremolo_phase,
            skew: settings.tremolo_skew,
        };
        let swings = settings.swing != 0.0 && settings.swing_hz != 0.0;
        Self {
            carrier: Carrier::new(&carrier, timing.carrier, start, place, timing.inclusive, level),
            swing: swings.then(|| (settings.swing, Wave::new(settings.swing_hz, 0.0, timing.step))),
            tremolo: Tremolo::new(&tremolo, timing.step),
            level,
        }
    }

    fn render(&mut self, first: u64, out: &mut [f32; QUANTUM]) {
        let level = self.level;
        if let (None, Some((rotor, start))) = (&self.swing, self.carrier.plain(first)) {
            dispatch!(level, _simd => plain_tone(rotor, start, out));
        } else {
            let mut phases = [0.0; QUANTUM];
            self.carrier.phases(first, &mut phases);
            if let Some((swing, wave)) = &self.swing {
                let wave = wave.at(first);
                dispatch!(level, _simd => swing_phases(*swing, wave, &mut phases));
            }
            dispatch!(level, _simd => sines(&phases, out));
        }
        self.tremolo.apply(level, first, out);
    }
}

#[inline(always)]
fn plain_tone(rotor: &Rotor, start: [f64; 2], out: &mut [f32; QUANTUM]) {
    for i in 0..QUANTUM {
        out[i] = rotor.sine(start, i) as f32;
    }
}

#[inline(always)]
fn swing_phases(swing: f64, (rotor, start): (&Rotor, [f64; 2]), phases: &mut [f64; QUANTUM]) {
    for i in 0..QUANTUM {
        phases[i] += swing * rotor.sine(start, i);
    }
}

/// One ear over a whole step.
#[derive(Clone)]
pub struct Ear {
    before: Option<SteadyEar>,
    moving: Option<MovingEar>,
    after: Option<SteadyEar>,
    /// Frames between which it moves.
    begin: u64,
    end: u64,
}

impl Ear {
    /// An ear that stays as it is.
    pub fn steady(settings: &EarSettings<f64>, timing: &Timing, level: Level) -> Self {
        let (start, place) = (Cycles::new(settings.start), (0, timing.frames));
        let ear = SteadyEar::new(settings, timing, start, settings.vibrato_phase, place, level);
        Self { before: Some(ear), moving: None, after: None, begin: u64::MAX, end: u64::MAX }
    }

    /// An ear that follows a transition. Its vibrato's phase begins with the first frame's own frequency in it.
    pub fn moving(settings: &EarSettings<Pair>, timing: &Timing, ramp: &Arc<Ramp>, level: Level) -> Self {
        let moving = ramp.moving();
        let (first, last) = (settings.at(ramp.ends[0]), settings.at(ramp.ends[1]));
        let before = (moving.start > 0).then(|| {
            let phase = first.vibrato_phase + timing.carrier.cycles_per_frame(first.vibrato_hz);
            SteadyEar::new(&first, timing, Cycles::new(first.start), phase, (0, moving.start), level)
        });
        let sum_before =
            before.as_ref().map_or(Cycles::default(), |ear| ear.carrier.sum_before(moving.start));
        let middle = MovingEar::new(settings, timing, ramp, sum_before, level);
        let after = (moving.end < timing.frames).then(|| {
            let start = middle.sum_before(moving.end) + last.start;
            let place = (moving.end, timing.frames - moving.end);
            SteadyEar::new(&last, timing, start, middle.vibrato_at(moving.end), place, level)
        });
        Self { before, moving: Some(middle), after, begin: moving.start, end: moving.end }
    }

    /// Carrier phase of a frame, without the swing.
    pub fn phase_at(&self, frame: u64) -> Cycles {
        match (&self.before, &self.moving, &self.after) {
            (Some(ear), ..) if frame < self.begin => ear.carrier.at(frame),
            (.., Some(ear)) if frame >= self.end => ear.carrier.at(frame),
            (_, Some(ear), _) => ear.at(frame),
            _ => Cycles::default(),
        }
    }

    /// Swing of the phase at a frame, in cycles.
    pub fn swing_at(&self, frame: u64) -> f64 {
        let swing = |ear: &SteadyEar| {
            let wave = ear.swing.as_ref().map(|(swing, wave)| (swing, wave.at(frame)));
            wave.map_or(0.0, |(swing, (rotor, start))| swing * rotor.sine(start, 0))
        };
        match (&self.before, &self.moving, &self.after) {
            (Some(ear), ..) if frame < self.begin => swing(ear),
            (.., Some(ear)) if frame >= self.end => swing(ear),
            (_, Some(ear), _) => ear.swing_at(frame),
            _ => 0.0,
        }
    }

    /// Writes the quantum at `first`; `ramp` is its α where the ear moves.
    pub fn render(&mut self, first: u64, ramp: Option<&RampQuantum>, out: &mut [f32; QUANTUM]) {
        match (&mut self.before, &mut self.moving, &mut self.after, ramp) {
            (Some(ear), ..) if first < self.begin => ear.render(first, out),
            (.., Some(ear), _) if first >= self.end => ear.render(first, out),
            (_, Some(ear), _, Some(ramp)) => ear.render(ramp, out),
            _ => out.fill(0.0),
        }
    }
}
