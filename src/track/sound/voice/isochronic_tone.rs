//! Isochronic tone: a tone switched on and off at the beat rate, the same in both ears.

use super::pulse::{MovingPulses, Pulses, Shape, Trapezoid};
use super::tone::ramp::lerp;
use super::tone::{Gate, Kind, Tone, rate_clock, read_ramp, step_clock};
use super::{Built, VoiceContext, zero_phase};

/// Slower pulses than this never open.
const SLOWEST_PULSES_HZ: f64 = 1e-9;

/// Compiles `isochronic_tone` and its transition.
pub fn build(context: &VoiceContext<'_>) -> Built {
    let fields = context.fields;
    // The start keys of a transition do not fall back on the static ones.
    let start_to_end = |start: &str, end: &str, default| {
        let start = fields.number(start, default);
        [start, fields.maybe_number(end).unwrap_or(start)]
    };
    let (base_hz, beat_hz) = if context.is_transition {
        (
            start_to_end("startBaseFreq", "endBaseFreq", 200.0),
            start_to_end("startBeatFreq", "endBeatFreq", 4.0),
        )
    } else {
        (context.pair("baseFreq", 200.0), context.pair("beatFreq", 4.0))
    };
    let is_moving = context.is_transition;
    let (rise, gap) = (context.pair("rampPercent", 0.2), context.pair("gapPercent", 0.15));
    let gate = if is_moving {
        Gate::Moving(MovingPulses::new(beat_hz, rise, gap, rate_clock(context)))
    } else {
        // A pulse that is all gap: silence.
        let gap = if beat_hz[0] > SLOWEST_PULSES_HZ { gap[0] } else { 1.0 };
        let (trapezoid, clock) = (Trapezoid::new(rise[0], gap), step_clock(context));
        Gate::Pulses(Pulses::new(beat_hz[0], 0.0, trapezoid, Shape::Trapezoid, 1.0, clock))
    };
    let ramp = read_ramp(context);
    // The mean over the step: a ramp that bends stays longer on one side.
    let mean_alpha = ramp.as_ref().map_or(0.0, |ramp| ramp.mean(context.span.frames));
    let mean_hz = lerp(base_hz, mean_alpha);
    let kind = Kind {
        centre_hz: [base_hz; 2],
        is_triangle: false,
        mono: flag_pair(context, "forceMono").map(|flag| f64::from(u8::from(flag))),
        inclusive: !is_moving,
        start_moves: true,
        clock: if is_moving { rate_clock(context) } else { step_clock(context) },
        ramp,
        gate,
    };
    let tone = Tone::new(context, kind);
    let phases = Some(tone.phases(is_moving));
    let mut voice: Box<dyn super::Voice> = Box::new(tone);
    if flag_pair(context, "harmonicSuppression").contains(&true) {
        voice = suppress_harmonics(voice, context, mean_hz);
    }
    Built { voice, phases }
}

/// Takes away what the pulses' edges add above the tone.
pub(super) fn suppress_harmonics(
    voice: Box<dyn super::Voice>,
    context: &VoiceContext<'_>,
    base_hz: f64,
) -> Box<dyn super::Voice> {
    let cutoff_hz = (1.5 * base_hz).min(0.5 * context.span.rate_hz - 1.0);
    zero_phase::low_pass(voice, context.span, 4, cutoff_hz)
}

/// Start and end of a flag.
pub(super) fn flag_pair(context: &VoiceContext<'_>, key: &str) -> [bool; 2] {
    let stays = context.fields.flag(key, false);
    if !context.is_transition {
        return [stays; 2];
    }
    let start = context.fields.flag(&crate::track::file::fields::prefixed("start", key), stays);
    [start, context.fields.flag(&crate::track::file::fields::prefixed("end", key), start)]
}
