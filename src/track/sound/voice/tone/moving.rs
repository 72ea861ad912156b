//! An ear of a tone while its parameters move: every one of them in proportion to α.
//!
//! The phase of the vibrato accumulates its moving frequency; the slow oscillators of loudness and phase multiply
//! theirs with the time instead, as the format has it.

use super::cycles::{Clock, Cycles, FRAMES, sines};
use super::ear::{EarSettings, Timing};
use super::ramp::{Pair, Ramp, RampQuantum, RampedPhase, lerp};
use super::sum::{Course, Sum, accumulate};
use crate::dsp::sine::{fraction_of_cycle, sine, sine_exact, sine_wrapped, wrap_cycles};
use crate::track::sound::span::QUANTUM;
use crate::track::sound::voice::lfo::{Form, Skew, larger};
use fearless_simd::{Level, dispatch};
use std::sync::Arc;

/// Panels no longer than this where a frequency may reach zero at places that are not known.
const LONGEST_UNSURE_PANEL: f64 = 256.0;

/// A frequency with vibrato, all of it moving, in cycles per frame.
#[derive(Clone)]
struct MovingFrequency {
    ramp: Arc<Ramp>,
    /// Frame of the step that the sum starts with.
    origin: u64,
    centre: Pair,
    half_range: Pair,
    vibrato: Pair,
    vibrato_phase: Pair,
    skew: Pair,
    mono: Pair,
    is_triangle: bool,
    form: Form,
    /// Whether it may reach zero.
    may_clamp: bool,
}

impl MovingFrequency {
    fn new(settings: &EarSettings<Pair>, ramp: &Arc<Ramp>, clock: Clock, may_clamp: bool) -> Self {
        let per_frame = |hz: Pair| hz.map(|hz| clock.cycles_per_frame(hz));
        Self {
            ramp: ramp.clone(),
            origin: ramp.moving().start,
            centre: per_frame(settings.centre_hz),
            half_range: per_frame(settings.half_range_hz),
            vibrato: per_frame(settings.vibrato_hz),
            vibrato_phase: settings.vibrato_phase,
            skew: settings.vibrato_skew,
            mono: settings.mono,
            is_triangle: settings.is_triangle,
            form: Form::new(settings.is_triangle),
            may_clamp,
        }
    }

    /// Phase of the vibrato where `count` frames with a sum of α of `sum` have passed, not wrapped.
    #[inline(always)]
    fn vibrato_phase(&self, count: f64, sum: f64, alpha: f64) -> f64 {
        let [start, end] = self.vibrato;
        start * count + (end - start) * sum + lerp(self.vibrato_phase, alpha)
    }

    /// Frequency in cycles per frame.
    #[inline(always)]
    fn frequency(&self, count: f64, sum: f64, alpha: f64) -> f64 {
        let phase = fraction_of_cycle(self.vibrato_phase(count, sum, alpha));
        let skew = Skew::new(lerp(self.skew, alpha));
        let wave = self.form.at(skew.unskewed(phase));
        let sways = if lerp(self.mono, alpha) > 0.5 { 0.0 } else { 1.0 };
        larger(lerp(self.centre, alpha) + sways * lerp(self.half_range, alpha) * wave, 0.0)
    }

    /// Whether the frequency stands at zero at a frame of the step.
    fn is_clamped(&self, frame: f64) -> bool {
        self.at(frame - self.origin as f64) <= 0.0
    }

    /// Number of the half cycle of the vibrato at a frame of the step.
    fn half_cycle(&self, frame: f64) -> (f64, bool) {
        let alpha = self.ramp.alpha(frame);
        let phase = self.vibrato_phase(frame + 1.0, self.ramp.sum_before(frame + 1.0), alpha);
        (phase.floor(), fraction_of_cycle(phase) < Skew::new(lerp(self.skew, alpha)).turning_point)
    }
}

impl Course for MovingFrequency {
    fn at(&self, frame: f64) -> f64 {
        let frame = self.origin as f64 + frame;
        self.frequency(frame + 1.0, self.ramp.sum_before(frame + 1.0), self.ramp.alpha(frame))
    }

    fn is_smooth(&self, first: f64, last: f64) -> bool {
        let (first, last) = (self.origin as f64 + first, self.origin as f64 + last);
        // Without skew a sine has no kink of its own.
        let is_even = !self.is_triangle && self.skew == [0.0; 2];
        let is_sure = !self.may_clamp
            || (last - first < LONGEST_UNSURE_PANEL && self.is_clamped(first) == self.is_clamped(last));
        is_sure
            && self.ramp.is_smooth(first, last)
            && (is_even || self.half_cycle(first) == self.half_cycle(last))
    }
}

#[derive(Clone)]
enum Carrier {
    /// Frequency in proportion to α.
    Gliding(RampedPhase),
    Summed(Box<Sum<MovingFrequency>>),
}

/// One ear within the moving part of its step.
#[derive(Clone)]
pub struct MovingEar {
    settings: EarSettings<Pair>,
    ramp: Arc<Ramp>,
    carrier: Carrier,
    /// Phase of the first moving frame without its start phase, less what [`Carrier`] says of it.
    before: Cycles,
    inclusive: bool,
    frame_s: f64,
    level: Level,
}

impl MovingEar {
    /// An ear whose frames before the moving part have added `before` to its phase.
    pub fn new(
        settings: &EarSettings<Pair>,
        timing: &Timing,
        ramp: &Arc<Ramp>,
        before: Cycles,
        level: Level,
    ) -> Self {
        let (moving, clock) = (ramp.moving(), timing.carrier);
        let lowest_hz = |alpha| lerp(settings.centre_hz, alpha) - lerp(settings.half_range_hz, alpha).abs();
        let may_clamp = ramp.extent.iter().any(|alpha| lowest_hz(*alpha) < 0.0);
        let (carrier, before) = if settings.half_range_hz == [0.0; 2] && !may_clamp {
            let phase = RampedPhase::new(settings.centre_hz, clock);
            (Carrier::Gliding(phase), before + -phase.before(ramp, moving.start))
        } else {
            let course = MovingFrequency::new(settings, ramp, clock, may_clamp);
            (Carrier::Summed(Box::new(Sum::new(course, moving.end - moving.start, level))), before)
        };
        let frame_s = timing.step.seconds / timing.step.frames;
        let inclusive = timing.inclusive;
        Self { settings: *settings, ramp: ramp.clone(), carrier, before, inclusive, frame_s, level }
    }

    /// What the frames before `frame` add to the phase.
    pub fn sum_before(&self, frame: u64) -> Cycles {
        self.before
            + match &self.carrier {
                Carrier::Gliding(phase) => phase.before(&self.ramp, frame),
                Carrier::Summed(sum) => sum.before(frame - sum.course.origin),
            }
    }

    /// Phase of the carrier at a frame.
    pub fn at(&self, frame: u64) -> Cycles {
        let start = lerp(self.settings.start, self.ramp.alpha(frame as f64));
        self.sum_before(frame + u64::from(self.inclusive)) + start
    }

    /// Swing of the phase at a frame, in cycles.
    pub fn swing_at(&self, frame: u64) -> f64 {
        let alpha = self.ramp.alpha(frame as f64);
        let phase = lerp(self.settings.swing_hz, alpha) * frame as f64 * self.frame_s;
        lerp(self.settings.swing, alpha) * sine_exact(phase)
    }

    /// Phase of the vibrato at a frame, in cycles.
    pub fn vibrato_at(&self, frame: u64) -> f64 {
        match &self.carrier {
            Carrier::Gliding(_) => 0.0,
            Carrier::Summed(sum) => {
                let frame = frame as f64;
                let before = self.ramp.sum_before(frame + 1.0);
                wrap_cycles(sum.course.vibrato_phase(frame + 1.0, before, self.ramp.alpha(frame)))
            }
        }
    }

    /// Writes the quantum that `ramp` describes.
    pub fn render(&mut self, ramp: &RampQuantum, out: &mut [f32; QUANTUM]) {
        let mut phases = [0.0; QUANTUM];
        let before = self.before.part;
        let (inclusive, level) = (self.inclusive, self.level);
        match &mut self.carrier {
            Carrier::Gliding(phase) => phase.fill(ramp, inclusive, &mut phases),
            Carrier::Summed(sum) => {
                let begin = ramp.first - sum.course.origin;
                let reached = sum.resume(begin);
                let course = &sum.course;
                let total = dispatch!(
                    level,
                    _simd => summed(reached.part, course, ramp, inclusive, &mut phases)
                );
                sum.reach(begin + QUANTUM as u64, reached + total);
            }
        }
        let settings = &self.settings;
        let first_s = ramp.first as f64 * self.frame_s;
        let time_s = FRAMES.map(|frame| first_s + frame * self.frame_s);
        dispatch!(level, _simd => start_and_swing(settings, before, ramp, &time_s, &mut phases));
        dispatch!(level, _simd => sines(&phases, out));
        dispatch!(level, _simd => tremolo(settings, ramp, &time_s, out));
    }
}

#[inline(always)]
fn summed(
    anchor: f64,
    course: &MovingFrequency,
    ramp: &RampQuantum,
    inclusive: bool,
    phases: &mut [f64; QUANTUM],
) -> f64 {
    let first_count = (ramp.first + 1) as f64;
    for i in 0..QUANTUM {
        let count = first_count + FRAMES[i];
        phases[i] = course.frequency(count, ramp.before + ramp.sums[i], ramp.alpha[i]);
    }
    let total = accumulate(phases, inclusive);
    for phase in phases {
        *phase += anchor;
    }
    total
}

/// Adds the start phase and the swing of the phase.
#[inline(always)]
fn start_and_swing(
    settings: &EarSettings<Pair>,
    before: f64,
    ramp: &RampQuantum,
    time_s: &[f64; QUANTUM],
    phases: &mut [f64; QUANTUM],
) {
    for i in 0..QUANTUM {
        phases[i] += before + lerp(settings.start, ramp.alpha[i]);
    }
    if settings.swing == [0.0; 2] {
        return;
    }
    for i in 0..QUANTUM {
        let alpha = ramp.alpha[i];
        let wave = f64::from(sine(lerp(settings.swing_hz, alpha) * time_s[i]));
        phases[i] += lerp(settings.swing, alpha) * wave;
    }
}

#[inline(always)]
fn tremolo(
    settings: &EarSettings<Pair>,
    ramp: &RampQuantum,
    time_s: &[f64; QUANTUM],
    out: &mut [f32; QUANTUM],
) {
    for i in 0..QUANTUM {
        out[i] *= lerp(settings.amp_gain, ramp.alpha[i]) as f32;
    }
    if settings.depth == [0.0; 2] {
        return;
    }
    for i in 0..QUANTUM {
        let alpha = ramp.alpha[i];
        let phase = lerp(settings.tremolo_hz, alpha) * time_s[i] + lerp(settings.tremolo_phase, alpha);
        let skew = Skew::new(lerp(settings.tremolo_skew, alpha));
        let wave = sine_wrapped(wrap_cycles(skew.unskewed(fraction_of_cycle(phase))) as f32);
        out[i] *= 1.0 - lerp(settings.depth, alpha) as f32 * 0.5 * (1.0 + wave);
    }
}
