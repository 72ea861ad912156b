//! The `flange…` keys of a voice.

use crate::track::file::fields::{number_of, prefixed};
use crate::track::sound::voice::VoiceContext;
use crate::track::sound::voice::fractional::Reader;
use serde_json::Value;

/// Longest delay in milliseconds.
const LONGEST_MS: f64 = 100.0;
/// Shortest delay in milliseconds.
const SHORTEST_MS: f64 = 0.05;
/// Largest magnitude of feedback: more would never fade.
const MOST_FEEDBACK: f64 = 0.95;
/// Lowest cutoff of the high-pass in the feedback, so that the loop forgets within seconds.
const LOWEST_CUTOFF_HZ: f64 = 1.0;

/// What is flanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Each ear.
    Both,
    /// The sum of the ears.
    Mid,
    /// Their difference.
    Side,
}

/// How the delay follows the oscillator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// The delay moves in proportion.
    Delay,
    /// Its reciprocal does.
    Reciprocal,
    /// Its logarithm does.
    Exponential,
}

/// How the loudness is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Loudness {
    /// Time constant in milliseconds.
    pub time_ms: f64,
    /// Lowest gain.
    pub least_gain: f64,
    /// Highest gain.
    pub most_gain: f64,
}

/// Everything that shapes the sound, within its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Middle of the sweep in milliseconds.
    pub delay_ms: f64,
    /// Reach of the sweep to both sides in milliseconds.
    pub depth_ms: f64,
    /// Lowest and highest delay in milliseconds.
    pub limits_ms: [f64; 2],
    /// Sweeps a second.
    pub rate_hz: f64,
    /// A triangle rather than a sine.
    pub is_triangle: bool,
    /// Course of the delay.
    pub law: Law,
    /// Share of the delayed sound that goes round, −0.95…0.95.
    pub feedback: f64,
    /// Gain of the delayed sound.
    pub mix: f64,
    /// Cutoff of the low-pass in the feedback; 0 is none.
    pub low_pass_hz: f64,
    /// Cutoff of the high-pass in the feedback; 0 mutes the feedback.
    pub high_pass_hz: f64,
    /// What is flanged.
    pub target: Target,
    /// How the delay line is read.
    pub reader: Reader,
    /// Loudness correction, where wanted.
    pub loudness: Option<Loudness>,
}

impl Settings {
    /// Reads the settings at the start (`side` 0) or the end (1) of the voice.
    pub fn read(context: &VoiceContext<'_>, side: usize) -> Self {
        let number = |key: &str, default: f64| context.pair(key, default)[side];
        let least_ms = number("flangeMinDelayMs", 0.25).clamp(SHORTEST_MS, LONGEST_MS);
        let most_ms = number("flangeMaxDelayMs", 8.0).clamp(least_ms, LONGEST_MS);
        let delay_ms = number("flangeDelayMs", 1.2).clamp(least_ms, most_ms);
        let depth_ms = number("flangeDepthMs", 0.6).clamp(0.0, (delay_ms - least_ms).min(most_ms - delay_ms));
        let least_gain = number("flangeLoudnessMinGain", 0.5).max(0.0);
        let loudness = Loudness {
            time_ms: number("flangeLoudnessTcMs", 80.0).clamp(1.0, 1e4),
            least_gain,
            most_gain: number("flangeLoudnessMaxGain", 2.0).clamp(least_gain, 1e6f64.max(least_gain)),
        };
        let high_pass_hz = number("flangeLoopHpfHz", 0.0);
        Self {
            delay_ms,
            depth_ms,
            limits_ms: [least_ms, most_ms],
            rate_hz: number("flangeRateHz", 0.12),
            is_triangle: is_triangle(context, side),
            law: match number("flangeDelayLaw", 0.0) as i64 {
                1 => Law::Reciprocal,
                2 => Law::Exponential,
                _ => Law::Delay,
            },
            feedback: number("flangeFeedback", 0.5).clamp(-MOST_FEEDBACK, MOST_FEEDBACK),
            mix: number("flangeMix", 0.3),
            low_pass_hz: number("flangeLoopLpfHz", 7000.0).max(0.0),
            high_pass_hz: if high_pass_hz > 0.0 { high_pass_hz.max(LOWEST_CUTOFF_HZ) } else { 0.0 },
            target: match number("flangeStereoMode", 0.0) as i64 {
                2 => Target::Mid,
                3 => Target::Side,
                _ => Target::Both,
            },
            reader: Reader::new(number("flangeInterp", 0.0) as i64 == 1, context.behaviour),
            loudness: (number("flangeLoudnessMode", 1.0) != 0.0).then_some(loudness),
        }
    }
}

/// The shape is a text in voices and a number in older ones: anything but a sine is a triangle.
fn is_triangle(context: &VoiceContext<'_>, side: usize) -> bool {
    let key = "flangeShape";
    let at = |prefix: &str| context.fields.value(&prefixed(prefix, key));
    let moving = [at("end"), at("start")];
    let moving = if context.is_transition { moving[1 - side].or(moving[1]) } else { None };
    match moving.or_else(|| context.fields.value(key)) {
        None => false,
        Some(Value::String(text)) => !text.trim().eq_ignore_ascii_case("sine"),
        Some(other) => number_of(other).is_some_and(|number| number != 0.0),
    }
}
