//! Panning: gains of both ears for a place between left (−1) and right (1), and places that move.
//!
//! Audio thread, 64 frames at a time.

use super::tone::cycles::{Clock, FRAMES, Turn};
use super::tone::ramp::{Pair, RampQuantum, RampedPhase, lerp};
use super::{Behaviour, QUANTUM, Quantum, VoiceContext};
use crate::dsp::sine::{fraction_of_cycle, sine, sine_wrapped};
use crate::track::file::fields::prefixed;
use fearless_simd::{Level, dispatch};
use std::f64::consts::TAU;

/// Gains of left and right for a place, of equal power; 3 dB down in the middle.
#[inline(always)]
pub fn gains(place: f32) -> [f32; 2] {
    let eighth = (place.clamp(-1.0, 1.0) + 1.0) * 0.125;
    [sine_wrapped(0.25 - eighth), sine_wrapped(eighth)]
}

/// How a place moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// To and fro in a sine.
    Linear,
    /// From the sides to the middle, right and left in turn.
    Inward,
    /// From the middle to the sides.
    Outward,
}

impl Course {
    /// Reads `panType`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "linear" | "" => Some(Self::Linear),
            "inward" => Some(Self::Inward),
            "outward" => Some(Self::Outward),
            _ => None,
        }
    }

    /// Cycles of the course per cycle of the panning: in pairs for those that take turns.
    fn cycles(self) -> f64 {
        if self == Self::Linear { 1.0 } else { 0.5 }
    }

    /// Place for a phase, between `low` and `high`.
    #[inline(always)]
    fn place(self, phase: f64, low: f64, high: f64) -> f32 {
        if self == Self::Linear {
            return (0.5 * (low + high)) as f32 + (0.5 * (high - low)) as f32 * sine(phase);
        }
        let twice = 2.0 * fraction_of_cycle(phase);
        let (side, share) = if twice < 1.0 { (high, twice) } else { (low, twice - 1.0) };
        (side * if self == Self::Inward { 1.0 - share } else { share }) as f32
    }
}

/// A pan curve.
#[derive(Debug, Clone, Copy)]
pub enum Pan {
    /// Nothing is panned and nothing lowered.
    None,
    /// Unchanging gains.
    Fixed([f32; 2]),
    /// Between two places.
    Swaying(Sway),
    /// In a transition: everything moves.
    Moving(MovingSway),
}

/// A course between two places.
#[derive(Debug, Clone, Copy)]
pub struct Sway {
    course: Course,
    low: f64,
    high: f64,
    turn: Turn,
    phase: f64,
}

/// The same with start and end of everything.
#[derive(Debug, Clone, Copy)]
pub struct MovingSway {
    course: Course,
    low: Pair,
    high: Pair,
    /// Without cycles the place is the middle.
    cycles: Option<RampedPhase>,
    phase: Pair,
}

impl Pan {
    /// Reads the pan keys of a voice.
    pub fn read(context: &VoiceContext<'_>) -> Self {
        let pan = context.pair("pan", 0.0);
        let low = read_from(context, "panRangeMin", pan).map(|place| place.clamp(-1.0, 1.0));
        let high = read_from(context, "panRangeMax", pan).map(|place| place.clamp(-1.0, 1.0));
        let sorted = |i: usize| [low[i].min(high[i]), low[i].max(high[i])];
        let ([low_0, high_0], [low_1, high_1]) = (sorted(0), sorted(1));
        let (low, high) = ([low_0, low_1], [high_0, high_1]);
        let (hz, phase) = (context.pair("panFreq", 0.0), context.pair("panPhase", 0.0));
        let Some(course) = read_course(context) else { return Self::Fixed([0.0; 2]) };
        if [low, high, hz] == [[0.0; 2]; 3] {
            return Self::None;
        }
        let moves = hz.iter().any(|hz| *hz > 0.0);
        let phase = phase.map(|radians| radians / TAU * course.cycles());
        let clock = Clock { seconds: 1.0, frames: context.span.rate_hz };
        let stays = [low, high, hz, phase].iter().all(|pair| pair[0] == pair[1]);
        if stays && !moves {
            return Self::Fixed(gains((0.5 * (low[0] + high[0])) as f32));
        }
        let hz = hz.map(|hz| hz.abs() * course.cycles());
        if stays {
            let (low, high, phase) = (low[0], high[0], phase[0]);
            return Self::Swaying(Sway { course, low, high, turn: Turn::new(hz[0], clock), phase });
        }
        let cycles = moves.then(|| RampedPhase::new(hz, clock));
        Self::Moving(MovingSway { course, low, high, cycles, phase })
    }

    /// Whether [`Pan::apply`] needs the ramp.
    pub fn is_moving(&self) -> bool {
        matches!(self, Self::Moving(_))
    }

    /// Multiplies the quantum at `first` by its gains.
    pub fn apply(&self, level: Level, first: u64, ramp: Option<&RampQuantum>, out: &mut Quantum) {
        let mut places = [0.0; QUANTUM];
        match self {
            Self::None => return,
            Self::Fixed(gains) => return dispatch!(level, _simd => scale(*gains, out)),
            Self::Swaying(sway) => {
                let anchor = sway.turn.part_after(first as f64) + sway.phase;
                dispatch!(level, _simd => sway_places(sway, anchor, &mut places));
            }
            Self::Moving(sway) => {
                let Some(ramp) = ramp else { return };
                let mut phases = [0.0; QUANTUM];
                if let Some(cycles) = &sway.cycles {
                    cycles.fill(ramp, false, &mut phases);
                }
                dispatch!(level, _simd => move_places(sway, ramp, &phases, &mut places));
            }
        }
        dispatch!(level, _simd => pan(&places, out));
    }
}

/// Start and end of a key whose own default is another pair.
fn read_from(context: &VoiceContext<'_>, key: &str, default: Pair) -> Pair {
    let fields = context.fields;
    if context.is_transition && !fields.has(key) && !fields.has(&prefixed("start", key)) {
        return [default[0], fields.maybe_number(&prefixed("end", key)).unwrap_or(default[1])];
    }
    context.pair(key, default[0])
}

/// `panType`; none where the original gives up.
fn read_course(context: &VoiceContext<'_>) -> Option<Course> {
    let fields = context.fields;
    let mut text = fields.text("panType", "linear");
    if context.is_transition {
        text = fields.text("startPanType", text);
        let end = fields.text("endPanType", text);
        if end != text {
            let message = format!("differs from startPanType ({text}), which is used throughout");
            fields.repair("endPanType", message);
            if context.behaviour == Behaviour::Original {
                return None;
            }
        }
    }
    Some(Course::parse(text).unwrap_or_else(|| {
        fields.repair(
            "panType",
            format!("found {text:?}, expected linear, inward or outward; taken as linear"),
        );
        Course::Linear
    }))
}

#[inline(always)]
fn scale(gains: [f32; 2], out: &mut Quantum) {
    for i in 0..QUANTUM {
        out.left[i] *= gains[0];
        out.right[i] *= gains[1];
    }
}

#[inline(always)]
fn sway_places(sway: &Sway, anchor: f64, places: &mut [f32; QUANTUM]) {
    let per_frame = sway.turn.per_frame();
    for i in 0..QUANTUM {
        places[i] = sway.course.place(anchor + FRAMES[i] * per_frame, sway.low, sway.high);
    }
}

#[inline(always)]
fn move_places(sway: &MovingSway, ramp: &RampQuantum, phases: &[f64; QUANTUM], places: &mut [f32; QUANTUM]) {
    for i in 0..QUANTUM {
        let alpha = ramp.alpha[i];
        let (low, high) = (lerp(sway.low, alpha), lerp(sway.high, alpha));
        places[i] = match sway.cycles {
            Some(_) => sway.course.place(phases[i] + lerp(sway.phase, alpha), low, high),
            None => (0.5 * (low + high)) as f32,
        };
    }
}

#[inline(always)]
fn pan(places: &[f32; QUANTUM], out: &mut Quantum) {
    for i in 0..QUANTUM {
        let [left, right] = gains(places[i]);
        out.left[i] *= left;
        out.right[i] *= right;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_have_equal_power_and_clamp() {
        for i in -12..=12 {
            let [left, right] = gains(i as f32 / 10.0);
            assert!((left * left + right * right - 1.0).abs() < 1e-6);
        }
        assert!(gains(-2.0)[1].abs() < 1e-7 && (gains(-2.0)[0] - 1.0).abs() < 1e-6);
    }

    #[test]
    fn inward_and_outward_take_turns() {
        let place = |course: Course, cycles: f64| course.place(cycles * 0.5, -0.5, 0.9);
        assert!((place(Course::Inward, 0.0) - 0.9).abs() < 1e-6);
        assert!((place(Course::Inward, 1.0) + 0.5).abs() < 1e-6);
        assert!((place(Course::Outward, 0.5) - 0.45).abs() < 1e-6);
        assert!((place(Course::Outward, 2.75 + 1.0) + 0.375).abs() < 1e-6);
        assert!((Course::Linear.place(0.25, -0.5, 0.9) - 0.9).abs() < 1e-6);
    }
}
