//! Binaural beat: one tone per ear, a few hertz apart.

use super::tone::ramp::Pair;
use super::tone::{Gate, Kind, Tone, read_ramp, step_clock};
use super::{Built, VoiceContext, spatial};

mod glitch;

/// Compiles `binaural_beat` and its transition.
pub fn build(context: &VoiceContext<'_>) -> Built {
    build_with(context, false)
}

/// The same, without a beat where `is_unison`.
pub(super) fn build_with(context: &VoiceContext<'_>, is_unison: bool) -> Built {
    let base_hz = context.pair("baseFreq", 200.0);
    let beat_hz = if is_unison { [0.0; 2] } else { context.pair("beatFreq", 4.0) };
    let side = |sign: f64| -> Pair { [0, 1].map(|i: usize| base_hz[i] + sign * 0.5 * beat_hz[i]) };
    let mut centre_hz = [side(-1.0), side(1.0)];
    if context.fields.flag("leftHigh", false) {
        centre_hz.reverse();
    }
    let kind = Kind {
        centre_hz,
        is_triangle: context.fields.text("freqOscShape", "sine").eq_ignore_ascii_case("triangle"),
        mono: [0.0; 2],
        inclusive: true,
        start_moves: false,
        clock: step_clock(context),
        ramp: read_ramp(context),
        gate: Gate::Open,
    };
    let tone = Tone::new(context, kind);
    let phases = Some(tone.phases(false));
    let voice = glitch::wrap(Box::new(tone), context, 0.5 * (base_hz[0] + base_hz[1]));
    Built { voice: spatial::wrap(voice, context), phases }
}
