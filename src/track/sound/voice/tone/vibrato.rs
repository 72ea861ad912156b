//! Carriers of unchanging frequency, plain or with vibrato: their phase at any frame without passing those before.
//!
//! The phase of a frame is the sum of all frequencies up to it, one value per frame. For a sine vibrato that sum is
//! another sine (the Dirichlet kernel); any other shape is summed by [`Sum`].

use super::cycles::{Clock, Cycles, FRAMES, Rotor, Turn, Wave};
use super::sum::{Course, Sum, accumulate};
use crate::dsp::sine::{fraction_of_cycle, wrap_cycles};
use crate::track::sound::span::QUANTUM;
use crate::track::sound::voice::lfo::{Form, Skew, larger};
use fearless_simd::{Level, dispatch};
use std::f64::consts::TAU;

/// Largest swing of a phase in cycles that the closed form keeps exact; slower vibratos than that are summed.
const LARGEST_SWING: f64 = 1e5;

/// A carrier's numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CarrierSettings {
    /// Frequency without vibrato in Hz.
    pub centre_hz: f64,
    /// Farthest that the vibrato leads from it, in Hz.
    pub half_range_hz: f64,
    /// Frequency of the vibrato in Hz.
    pub vibrato_hz: f64,
    /// Phase of the vibrato at the carrier's first frame, in cycles.
    pub vibrato_phase: f64,
    /// Skew of the vibrato, −1…1.
    pub skew: f64,
    /// Triangle instead of sine.
    pub is_triangle: bool,
}

/// What is added to the centre, in cycles per frame.
#[derive(Debug, Clone)]
struct Vibrato {
    half_range: f64,
    per_frame: f64,
    phase: f64,
    skew: Skew,
    form: Form,
    /// Less the centre: no frequency is below zero.
    lowest: f64,
    /// Phases at which the course is uneven.
    kinks: [f64; 4],
}

impl Vibrato {
    fn new(settings: &CarrierSettings, clock: Clock) -> Self {
        let skew = Skew::new(settings.skew);
        let lowest = -settings.centre_hz / settings.half_range_hz;
        // Where the clamp at zero begins and ends.
        let is_clamped = lowest.abs() < 1.0;
        let crossings = match settings.is_triangle {
            true if is_clamped => [(lowest + 1.0) / 4.0, (3.0 - lowest) / 4.0],
            false if is_clamped => [lowest.asin() / TAU, 0.5 - lowest.asin() / TAU],
            _ => [0.0; 2],
        };
        // Without skew a sine has no kink of its own.
        let is_even = !settings.is_triangle && settings.skew == 0.0;
        let [rising, falling] = crossings.map(|phase| skew.skewed(fraction_of_cycle(phase)));
        Self {
            half_range: clock.cycles_per_frame(settings.half_range_hz),
            per_frame: clock.cycles_per_frame(settings.vibrato_hz),
            phase: settings.vibrato_phase,
            skew,
            form: Form::new(settings.is_triangle),
            lowest: -clock.cycles_per_frame(settings.centre_hz),
            kinks: if is_even {
                [rising, falling, rising, falling]
            } else {
                [0.0, skew.turning_point, rising, falling]
            },
        }
    }

    #[inline(always)]
    fn phase(&self, frame: f64) -> f64 {
        self.phase + self.per_frame * frame
    }
}

impl Course for Vibrato {
    #[inline(always)]
    fn at(&self, frame: f64) -> f64 {
        let phase = self.skew.unskewed(fraction_of_cycle(self.phase(frame)));
        larger(self.half_range * self.form.at(phase), self.lowest)
    }

    #[inline(always)]
    fn is_smooth(&self, first: f64, last: f64) -> bool {
        let (first, last) = (self.phase(first), self.phase(last));
        self.kinks.iter().all(|kink| (first - kink).floor() == (last - kink).floor())
    }
}

/// A tone's carrier.
#[derive(Clone)]
pub struct Carrier {
    start: Cycles,
    turn: Turn,
    /// First frame of the step that is this carrier's.
    origin: u64,
    /// Whether a frame's own frequency counts in its phase.
    inclusive: bool,
    sway: Sway,
    level: Level,
}

#[derive(Clone)]
enum Sway {
    None {
        rotor: Box<Rotor>,
    },
    /// `scale`·(cos at the start − cos now), in cycles.
    Sine {
        scale: f64,
        at_start: f64,
        wave: Wave,
    },
    Summed(Box<Sum<Vibrato>>),
}

impl Carrier {
    /// A carrier that begins with phase `start` at frame `origin` of its step and lasts `frames` frames.
    pub fn new(
        settings: &CarrierSettings,
        clock: Clock,
        start: Cycles,
        (origin, frames): (u64, u64),
        inclusive: bool,
        level: Level,
    ) -> Self {
        let (turn, sway) = Self::sway(settings, clock, frames, level);
        Self { start, turn, origin, inclusive, sway, level }
    }

    fn sway(settings: &CarrierSettings, clock: Clock, frames: u64, level: Level) -> (Turn, Sway) {
        let (centre_hz, half_range_hz) = (settings.centre_hz, settings.half_range_hz);
        let vibrato = Vibrato::new(settings, clock);
        if half_range_hz == 0.0 || settings.vibrato_hz == 0.0 {
            let stands_at =
                if half_range_hz == 0.0 { 0.0 } else { vibrato.at(0.0) * clock.frames / clock.seconds };
            let turn = Turn::new((centre_hz + stands_at).max(0.0), clock);
            return (turn, Sway::None { rotor: Box::new(Rotor::new(turn)) });
        }
        let turn = Turn::new(centre_hz, clock);
        let half_angle = 0.5 * wrap_cycles(vibrato.per_frame);
        let scale = vibrato.half_range / (2.0 * (TAU * half_angle).sin());
        let is_plain = !settings.is_triangle && settings.skew == 0.0 && half_range_hz.abs() <= centre_hz;
        let is_exact = scale.abs() < LARGEST_SWING;
        if !(is_plain && is_exact) {
            return (turn, Sway::Summed(Box::new(Sum::new(vibrato, frames, level))));
        }
        // Σ sin(φ + jθ) over the n frames before is (cos(φ − θ/2) − cos(φ + (n − ½)θ)) / (2 sin θ/2).
        let wave = Wave::new(settings.vibrato_hz, settings.vibrato_phase - half_angle, clock);
        let (rotor, start) = wave.at(0);
        (turn, Sway::Sine { scale, at_start: rotor.cosine(start, 0), wave })
    }

    /// The phase of a frame of the step, at or after the origin.
    pub fn at(&self, frame: u64) -> Cycles {
        self.start + self.sum_before(frame + u64::from(self.inclusive))
    }

    /// What the frames from the origin to the one before `frame` add to the phase.
    pub fn sum_before(&self, frame: u64) -> Cycles {
        let count = frame - self.origin;
        let swayed = match &self.sway {
            Sway::None { .. } => Cycles::default(),
            Sway::Sine { scale, at_start, wave } => {
                let (rotor, start) = wave.at(count);
                Cycles::new(scale * (at_start - rotor.cosine(start, 0)))
            }
            Sway::Summed(sum) => sum.before(count),
        };
        self.turn.after(count as f64) + swayed
    }

    /// Phase of a frame without the vibrato, less some full cycles.
    #[inline]
    fn straight_part(&self, frame: u64) -> f64 {
        let count = frame - self.origin + u64::from(self.inclusive);
        self.start.part + self.turn.part_after(count as f64)
    }

    /// Where the tone is a plain sine of unchanging frequency: its rotor and the start of the quantum at `first`.
    pub fn plain(&self, first: u64) -> Option<(&Rotor, [f64; 2])> {
        match &self.sway {
            Sway::None { rotor } => Some((rotor, Rotor::start(self.straight_part(first)))),
            _ => None,
        }
    }

    /// Phases in cycles, less some whole ones, of the quantum at `first`.
    pub fn phases(&mut self, first: u64, phases: &mut [f64; QUANTUM]) {
        let (begin, per_frame) = (first - self.origin, self.turn.per_frame());
        let anchor = self.straight_part(first);
        match &mut self.sway {
            Sway::None { .. } => {
                dispatch!(self.level, _simd => straight(anchor, per_frame, phases));
            }
            Sway::Sine { scale, at_start, wave } => {
                let (scale, anchor) = (*scale, anchor + *scale * *at_start);
                let wave = wave.at(begin + u64::from(self.inclusive));
                dispatch!(self.level, _simd => swaying(anchor, per_frame, scale, wave, phases));
            }
            Sway::Summed(sum) => {
                let before = sum.resume(begin);
                let (anchor, inclusive, course) = (anchor + before.part, self.inclusive, &sum.course);
                let total = dispatch!(
                    self.level,
                    _simd => summed(anchor, per_frame, course, (begin as f64, inclusive), phases)
                );
                sum.reach(begin + QUANTUM as u64, before + total);
            }
        }
    }
}

#[inline(always)]
fn straight(anchor: f64, per_frame: f64, phases: &mut [f64; QUANTUM]) {
    for i in 0..QUANTUM {
        phases[i] = anchor + FRAMES[i] * per_frame;
    }
}

#[inline(always)]
fn swaying(anchor: f64, per_frame: f64, scale: f64, wave: (&Rotor, [f64; 2]), phases: &mut [f64; QUANTUM]) {
    let (rotor, start) = wave;
    for i in 0..QUANTUM {
        phases[i] = anchor + FRAMES[i] * per_frame - scale * rotor.cosine(start, i);
    }
}

#[inline(always)]
fn summed(
    anchor: f64,
    per_frame: f64,
    course: &impl Course,
    (first, inclusive): (f64, bool),
    phases: &mut [f64; QUANTUM],
) -> f64 {
    for i in 0..QUANTUM {
        phases[i] = course.at(first + FRAMES[i]);
    }
    let total = accumulate(phases, inclusive);
    for i in 0..QUANTUM {
        phases[i] += anchor + FRAMES[i] * per_frame;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOCK: Clock = Clock { seconds: 1.0, frames: 44_100.0 };

    fn settings(
        centre_hz: f64,
        range_hz: f64,
        vibrato_hz: f64,
        skew: f64,
        is_triangle: bool,
    ) -> CarrierSettings {
        CarrierSettings {
            centre_hz,
            half_range_hz: range_hz / 2.0,
            vibrato_hz,
            vibrato_phase: 0.3,
            skew,
            is_triangle,
        }
    }

    fn kinds() -> Vec<CarrierSettings> {
        vec![
            settings(200.0, 0.0, 0.0, 0.0, false),
            settings(200.0, 10.0, 0.0, 0.0, false),
            settings(200.0, 0.5, 2.0, 0.0, false),
            settings(15_665.0, 530.0, 0.4, 0.0, true),
            settings(15_665.0, 530.0, 0.4, 0.6, true),
            settings(300.0, 100.0, 7.0, 0.99, false),
            settings(300.0, 100.0, 7.0, -1.0, true),
            settings(8.0, 16.01, 1.0, 0.0, false),
            settings(-100.0, 330.0, 3.0, 0.2, false),
            settings(-99.9, 200.0, 3.0, 0.2, true),
            settings(500.0, 40.0, 900.0, 0.3, false),
            settings(500.0, 40.0, -5.0, 0.3, true),
            settings(500.0, -40.0, 1e-7, 0.0, false),
            settings(500.0, 40.0, 44_100.0, 0.0, false),
        ]
    }

    /// Phases equal the plain sum of frequencies for two million frames.
    #[test]
    fn phases_are_the_sums_of_the_frequencies() {
        let frames = 2_000_000u64;
        for settings in kinds() {
            for inclusive in [true, false] {
                let vibrato = Vibrato::new(&settings, CLOCK);
                let start = Cycles::new(0.125);
                let mut carrier =
                    Carrier::new(&settings, CLOCK, start, (128, frames), inclusive, Level::new());
                let centre = CLOCK.cycles_per_frame(settings.centre_hz);
                // Summed in parts so that the truth itself stays exact.
                let (mut truth, mut phases) = (start, [0.0; QUANTUM]);
                for first in (0..frames - 64).step_by(QUANTUM) {
                    carrier.phases(first + 128, &mut phases);
                    for i in 0..QUANTUM {
                        let own = centre
                            + if settings.half_range_hz == 0.0 {
                                0.0
                            } else {
                                vibrato.at((first + i as u64) as f64)
                            };
                        let now = if inclusive { truth + own.max(0.0) } else { truth };
                        let error = TAU * wrap_cycles(phases[i] - now.part);
                        assert!(error.abs() < 1e-7, "{settings:?} {first} {i}: {error}");
                        truth = truth + own.max(0.0);
                    }
                }
                let end = carrier.at(128 + frames - 64 - u64::from(inclusive)).radians();
                assert!((end - truth.radians()).abs() < 1e-6, "{settings:?} {end} {truth:?}");
            }
        }
    }

    #[test]
    fn a_seek_finds_the_phase_that_playing_finds() {
        let frames = 44_100 * 600;
        for settings in kinds() {
            let make = || Carrier::new(&settings, CLOCK, Cycles::default(), (0, frames), true, Level::new());
            let (mut playing, mut seeking) = (make(), make());
            let (mut played, mut sought) = ([0.0; QUANTUM], [0.0; QUANTUM]);
            for first in (64 * 300_000..64 * 301_000).step_by(QUANTUM) {
                playing.phases(first, &mut played);
                seeking.phases(0, &mut sought);
                seeking.phases(first, &mut sought);
                for i in 0..QUANTUM {
                    assert!(wrap_cycles(played[i] - sought[i]).abs() < 1e-9, "{settings:?} {first}");
                }
            }
        }
    }

    /// The exact sum at the far end, by whole numbers: a triangle of 0.5 Hz at 48 kHz repeats every 96 000 frames.
    #[test]
    fn ten_hours_on_a_vibrato_is_as_exact_as_at_the_start() {
        let clock = Clock { seconds: 1.0, frames: 48_000.0 };
        for (skew, is_triangle) in [(0.0, false), (0.25, true), (0.5, false)] {
            let settings = CarrierSettings {
                centre_hz: 15_700.25,
                half_range_hz: 165.0,
                vibrato_hz: 0.5,
                vibrato_phase: 0.125,
                skew,
                is_triangle,
            };
            let vibrato = Vibrato::new(&settings, clock);
            // In parts, so that the truth itself is exact.
            let part = |part: i32| (part..part + 300).map(|frame| vibrato.at(f64::from(frame))).sum::<f64>();
            let period: f64 = (0..96_000).step_by(300).map(part).sum();
            let carrier =
                Carrier::new(&settings, clock, Cycles::default(), (0, 48_000 * 36_001), false, Level::new());
            for periods in [1u32, 1800, 18_000] {
                let found = carrier.at(u64::from(periods) * 96_000);
                // Two seconds of the centre are 31 400.5 cycles.
                let truth =
                    Cycles::new(0.5 * f64::from(periods)).part + wrap_cycles(period * f64::from(periods));
                let error = TAU * wrap_cycles(found.part - truth);
                assert!(error.abs() < 5e-7, "{skew} {periods}: {error}");
            }
        }
    }
}
