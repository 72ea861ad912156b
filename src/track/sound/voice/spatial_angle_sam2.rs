//! `spatial_angle_modulation_sam2`: a carrier whose phase is pushed apart in the two ears by the sine of an angle that
//! wanders along an arc or a drawn path.
//!
//! Built off the audio thread, rendered on it. Only the abstract phase mode exists; the others become it, with a word.
//! Times count from the start of the ramp in a transition, and the frequencies are integrated along it in closed form.

mod path;
mod route;

use super::formula::{Formula, Formulaic};
use super::waveshaping::progress::{Course, Progress};
use super::waveshaping::tone::{Moving, sines_of};
use super::{Behaviour, Built, QUANTUM, Quantum, VoiceContext};
use crate::track::file::fields::prefixed;
use crate::track::sound::curve::Shape;
use route::Route;
use std::f64::consts::TAU;

/// Most frames that are looked at for the range of a drawn path's radius.
const MOST_SCANNED: u64 = 1 << 20;

/// Compiles the voice.
pub fn build(context: &VoiceContext) -> Built {
    let fields = context.fields;
    let mode = fields.text("rendererMode", "abstract_pm");
    if !matches!(mode.trim(), "" | "abstract_pm") {
        fields.repair("rendererMode", format!("found {mode:?}, rendered as abstract_pm"));
    }
    let carrier_hz = ends(context, &["carrierFreq"], 440.0);
    let travel_hz = ends(context, &["modFreq", "beatFreq"], 4.0);
    let offsets_rad = [["phaseOffsetLRad", "phaseOffsetL"], ["phaseOffsetRRad", "phaseOffsetR"]];
    let mut voice = SpatialAngle {
        clock: Clock::new(context),
        carrier_hz: [carrier_hz[0], carrier_hz[1] - carrier_hz[0]],
        travel_hz: [travel_hz[0], travel_hz[1] - travel_hz[0]],
        route: Route::read(context),
        half_arc_cycles: moving(ends(context, &["arcWidthDeg", "arcWidth"], 90.0), 1.0 / 720.0),
        direction_cycles: moving(ends(context, &["directionOffsetDeg", "directionOffset"], 0.0), 1.0 / 360.0),
        scale_cycles: moving(ends(context, &["spatialScale", "peakPhaseDev"], 1.0), 1.0 / TAU),
        offsets_cycles: offsets_rad.map(|keys| moving(ends(context, &keys, 0.0), 1.0 / TAU)),
        signs: polarity(context),
        amp: Moving::new(ends(context, &["amp"], 0.7)),
    };
    voice.measure_radius(context.span.frames);
    Built::new(Formulaic::new(voice))
}

/// Start and end of a parameter of one or two spellings.
fn ends(context: &VoiceContext, keys: &[&str], default: f64) -> [f64; 2] {
    let number =
        |prefix: &str| keys.iter().find_map(|key| context.fields.maybe_number(&prefixed(prefix, key)));
    let fixed = || context.fields.number_of(keys, default);
    if !context.is_transition {
        return [fixed(); 2];
    }
    let start = number("start").unwrap_or_else(fixed);
    [start, number("end").unwrap_or(start)]
}

fn moving(pair: [f64; 2], unit: f64) -> Moving {
    Moving::new(pair.map(|value| value * unit))
}

/// Signs with which the deviation enters the left and the right phase.
fn polarity(context: &VoiceContext) -> [f32; 2] {
    let fields = context.fields;
    let default =
        if fields.has("samSchemaVersion") { "left_plus_right_minus" } else { "left_minus_right_plus" };
    match fields.text("earPolarity", default) {
        "left_minus_right_plus" => [-1.0, 1.0],
        "left_plus_right_minus" => [1.0, -1.0],
        "left_plus_right_plus" => [1.0, 1.0],
        other => {
            fields.repair("earPolarity", format!("found {other:?}, taken as left_minus_right_plus"));
            [-1.0, 1.0]
        }
    }
}

/// Time as the oscillators see it.
#[derive(Debug, Clone)]
struct Clock {
    frame_s: f64,
    start_s: f64,
    length_s: f64,
    course: Course,
    /// Whether frequencies move along a straight line whatever the curve is.
    is_straight: bool,
}

/// Time over a quantum: seconds since the start of the ramp, and the integral of α.
struct Times {
    since_s: [f64; QUANTUM],
    moved_s: [f64; QUANTUM],
}

impl Clock {
    fn new(context: &VoiceContext) -> Self {
        let frame_s = context.span.frame_s();
        if !context.is_transition {
            return Self { frame_s, start_s: 0.0, length_s: 0.0, course: Course::still(), is_straight: true };
        }
        let curve = context.curve();
        let is_straight = curve.shape == Shape::Linear || context.behaviour == Behaviour::Original;
        let course = Course::new(&curve);
        Self { frame_s, start_s: curve.start_s, length_s: curve.length_s, course, is_straight }
    }

    #[inline(always)]
    fn times(&self, first: u64, progress: &Progress) -> Times {
        let mut times = Times { since_s: [0.0; QUANTUM], moved_s: [0.0; QUANTUM] };
        for i in 0..QUANTUM {
            times.since_s[i] = (first as f64 + f64::from(i as i32)) * self.frame_s - self.start_s;
        }
        if self.is_straight {
            let curvature = if self.length_s > 0.0 { 0.5 / self.length_s } else { 0.0 };
            for i in 0..QUANTUM {
                let since = if times.since_s[i] > 0.0 { times.since_s[i] } else { 0.0 };
                let within = if since < self.length_s { since } else { self.length_s };
                times.moved_s[i] = curvature * within * within + (since - within);
            }
        } else {
            for i in 0..QUANTUM {
                times.moved_s[i] = progress.sums[i] * self.frame_s;
            }
        }
        times
    }
}

impl Times {
    /// Phases in cycles of an oscillator that starts at a frequency and changes by another.
    #[inline(always)]
    fn phases(&self, [start_hz, change_hz]: [f64; 2]) -> [f64; QUANTUM] {
        let mut cycles = [0.0; QUANTUM];
        for i in 0..QUANTUM {
            cycles[i] = start_hz * self.since_s[i] + change_hz * self.moved_s[i];
        }
        cycles
    }
}

#[derive(Debug, Clone)]
struct SpatialAngle {
    clock: Clock,
    carrier_hz: [f64; 2],
    travel_hz: [f64; 2],
    route: Route,
    half_arc_cycles: Moving,
    direction_cycles: Moving,
    scale_cycles: Moving,
    offsets_cycles: [Moving; 2],
    signs: [f32; 2],
    amp: Moving,
}

impl SpatialAngle {
    /// Finds the range of the radius over a step of `frames`.
    fn measure_radius(&mut self, frames: u64) {
        if !self.route.is_drawn() {
            return;
        }
        let mut progress = Progress::STILL;
        let quanta = frames.div_ceil(QUANTUM as u64).max(1);
        let stride = quanta.div_ceil(MOST_SCANNED / QUANTUM as u64);
        for quantum in (0..quanta).step_by(stride as usize) {
            let first = quantum * QUANTUM as u64;
            self.clock.course.fill(first, &mut progress);
            let phases = self.clock.times(first, &progress).phases(self.travel_hz);
            let within = frames.saturating_sub(first).clamp(1, QUANTUM as u64);
            self.route.widen(phases, within as usize);
        }
    }
}

impl Formula for SpatialAngle {
    #[inline(always)]
    fn fill(&self, first: u64, out: &mut Quantum) {
        let mut progress = Progress::STILL;
        self.clock.course.fill(first, &mut progress);
        let times = self.clock.times(first, &progress);
        let [places, factors] = self.route.follow(times.phases(self.travel_hz));
        let mut angles = [0.0; QUANTUM];
        for i in 0..QUANTUM {
            let alpha = progress.alpha[i];
            angles[i] =
                f64::from(self.direction_cycles.at(alpha) + self.half_arc_cycles.at(alpha) * places[i]);
        }
        let mut deviations = sines_of(&angles);
        for i in 0..QUANTUM {
            deviations[i] *= self.scale_cycles.at(progress.alpha[i]) * factors[i];
        }
        let carrier = times.phases(self.carrier_hz);
        for (ear, out) in [&mut out.left, &mut out.right].into_iter().enumerate() {
            let (sign, offset) = (self.signs[ear], self.offsets_cycles[ear]);
            let mut cycles = carrier;
            for i in 0..QUANTUM {
                cycles[i] += f64::from(sign * deviations[i] + offset.at(progress.alpha[i]));
            }
            *out = sines_of(&cycles);
            for i in 0..QUANTUM {
                out[i] *= self.amp.at(progress.alpha[i]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::waveshaping::trial;
    use super::*;
    use crate::track::sound::span::Span;
    use serde_json::json;

    #[test]
    fn seeks_exactly_and_stands_extremes() {
        let profile = json!({"points": [[-80, 20], {"x": 0, "y": 90}, [70, 10]], "closedLoop": true});
        for kind in ["open", "closed", "discontinuous", "custom"] {
            let params = json!({"pathType": kind, "customPathProfile": profile, "endModFreq": 30});
            trial::seeks_exactly(build, &params);
        }
        let keys = [
            "amp",
            "carrierFreq",
            "modFreq",
            "beatFreq",
            "arcWidthDeg",
            "directionOffsetDeg",
            "spatialScale",
            "phaseOffsetL",
            "endCarrierFreq",
            "startBeatFreq",
            "endArcWidth",
            "discontinuousSteps",
            "initial_offset",
            "duration",
            "customPathSmoothingPasses",
        ];
        trial::stands_extremes(build, &json!({"pathType": "discontinuous"}), &keys);
        trial::stands_extremes(build, &json!({"pathType": "open"}), &keys[..6]);
    }

    #[test]
    fn wild_frequencies_stay_within_the_amplitude() {
        for hz in [1e9, -1e9, 19_999.999] {
            let params =
                json!({"carrierFreq": 100, "endCarrierFreq": hz, "endModFreq": hz, "endSpatialScale": 1e9});
            let span = Span::new(36_000.0, 192_000.0);
            let (mut voice, _) = trial::built(build, &params, span, true, Behaviour::Intended);
            for first in [0, span.frames / 2, span.frames].map(|first| first - first % QUANTUM as u64) {
                let out = trial::quantum(&mut *voice, first);
                assert!(out.left.iter().chain(&out.right).all(|x| x.abs() <= 0.7001), "{hz} {first}");
            }
        }
    }

    #[test]
    fn other_modes_are_rendered_with_a_word() {
        let span = Span::new(0.1, 44_100.0);
        let plain = trial::built(build, &json!({}), span, false, Behaviour::Intended);
        let geometric =
            trial::built(build, &json!({"rendererMode": "geometric"}), span, false, Behaviour::Intended);
        let ([mut plain, mut other], problems) = ([plain.0, geometric.0], geometric.1);
        assert_eq!(trial::quantum(&mut *plain, 640), trial::quantum(&mut *other, 640));
        assert_eq!(
            problems[0].to_string(),
            "params.rendererMode: repaired: found \"geometric\", rendered as abstract_pm"
        );
    }

    #[test]
    fn versioned_files_turn_the_ears_around() {
        let span = Span::new(0.1, 44_100.0);
        let at = |params| {
            trial::quantum(&mut *trial::built(build, &params, span, false, Behaviour::Intended).0, 1280)
        };
        let (old, new) = (at(json!({})), at(json!({"samSchemaVersion": 2})));
        assert_eq!((old.left, old.right), (new.right, new.left));
        let same = at(json!({"earPolarity": "left_plus_right_plus"}));
        assert_eq!((same.left, same.right), (old.right, old.right));
    }
}
