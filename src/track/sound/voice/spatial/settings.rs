//! The `spatial…` keys of a voice, apart from the trajectory.

use crate::track::file::fields::number_of;
use crate::track::sound::voice::VoiceContext;
use serde_json::Value;

/// Metres a second.
const SPEED_OF_SOUND: f64 = 343.0;
/// Longest lag between the ears in seconds.
const LONGEST_LAG_S: f64 = 0.1;

/// How the position becomes two ears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoder {
    /// Lag and level of a head.
    Head,
    /// Two cardioids at the ears' angles, with the head's lag.
    Cardioid,
}

/// Everything that shapes the sound, within its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The decoder.
    pub decoder: Decoder,
    /// Cubic rather than linear reading of the delays.
    pub is_cubic: bool,
    /// Lag between the ears for sound from the side, in frames.
    pub head_frames: f64,
    /// Level between the ears for sound from the side, in decibels.
    pub most_level_db: f64,
    /// Angle of the ears of the cardioid decoder, in radians.
    pub ear_rad: f64,
    /// Distance at which the gain is 1, in metres.
    pub reference_m: f64,
    /// Nearest distance, in metres.
    pub least_m: f64,
    /// Exponent of the gain over distance.
    pub rolloff: f64,
    /// Time constant for the azimuth and what follows from it, in seconds.
    pub azimuth_smoothing_s: f64,
    /// Time constant for the distance, in seconds.
    pub distance_smoothing_s: f64,
    /// Fastest turn, in radians a second.
    pub most_rad_per_s: f64,
    /// Most that the lag changes from frame to frame, in frames.
    pub most_lag_step: f64,
}

impl Settings {
    /// Reads the settings.
    pub fn read(context: &VoiceContext<'_>) -> Self {
        let fields = context.fields;
        let at_least_0 = |key: &str, default: f64| fields.number(key, default).max(0.0);
        let lag_s =
            at_least_0("spatialHeadRadiusM", 0.0875) / SPEED_OF_SOUND * at_least_0("spatialItdScale", 1.0);
        if lag_s > LONGEST_LAG_S {
            fields.repair("spatialHeadRadiusM", "the ears are more than 0.1 s apart; taken as 0.1 s");
        }
        if fields.number("spatialHfRollDbPerM", 0.0) != 0.0 {
            fields.ignore("spatialHfRollDbPerM", "high frequencies do not fall with distance here");
        }
        let is_cardioid = match fields.value("spatialDecoder") {
            Some(Value::String(text)) => text.trim() == "foa_cardioid",
            Some(other) => number_of(other) == Some(1.0),
            None => false,
        };
        let has_level = fields.flag("spatialUseIld", true);
        Self {
            decoder: if is_cardioid { Decoder::Cardioid } else { Decoder::Head },
            // The cardioid decoder reads linearly, whatever is asked for.
            is_cubic: !is_cardioid && fields.number("spatialInterp", 1.0) as i64 == 1,
            head_frames: lag_s.min(LONGEST_LAG_S) * context.span.rate_hz,
            most_level_db: if has_level {
                fields.number("spatialIldMaxDb", 1.5).clamp(-80.0, 80.0)
            } else {
                0.0
            },
            ear_rad: fields.number("spatialEarAngleDeg", 30.0).to_radians(),
            reference_m: at_least_0("spatialRefDistanceM", 1.0),
            least_m: at_least_0("spatialMinDistanceM", 0.1).max(1e-3),
            rolloff: fields.number("spatialRolloff", 1.0).clamp(0.0, 100.0),
            azimuth_smoothing_s: at_least_0("spatialDezipperThetaMs", 60.0) * 1e-3,
            distance_smoothing_s: at_least_0("spatialDezipperDistMs", 80.0) * 1e-3,
            most_rad_per_s: at_least_0("spatialMaxDegPerS", 90.0).to_radians(),
            most_lag_step: at_least_0("spatialMaxDelayStepSamples", 0.02),
        }
    }
}
