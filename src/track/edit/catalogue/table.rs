//! What no compiler knows of a parameter: its name, its unit, a sensible range. In the order in which an editor shows
//! it. A row counts for every synth that asks for one of its keys, unless a row above has taken the key.

use super::choices::*;
use super::{ChoiceValue, Control, Group};
use std::f64::consts::TAU;

/// A parameter of some synths.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Spellings of the key, the one that counts first first, with `|` between them. `#` stands for L and for R.
    pub keys: &'static str,
    /// Key that start and end keys are made of, where it is another one.
    pub moving: Option<&'static str>,
    /// Names of the synths that it is for; none is any.
    pub only: &'static [&'static str],
    /// Name to show.
    pub label: &'static str,
    /// Unit to show.
    pub unit: &'static str,
    /// Where it belongs.
    pub group: Group,
    /// How it is set.
    pub control: Control,
    /// Default, where the compiler names none.
    pub default: Option<ChoiceValue>,
    /// Whether its end key, if it has one, does nothing.
    pub stays: bool,
}

impl Row {
    const fn only(self, only: &'static [&'static str]) -> Self {
        Self { only, ..self }
    }

    const fn moving(self, key: &'static str) -> Self {
        Self { moving: Some(key), ..self }
    }

    const fn text(self, default: &'static str) -> Self {
        Self { default: Some(ChoiceValue::Text(default)), ..self }
    }

    const fn number(self, default: f64) -> Self {
        Self { default: Some(ChoiceValue::Number(default)), ..self }
    }

    const fn stays(self) -> Self {
        Self { stays: true, ..self }
    }
}

const fn row(
    keys: &'static str,
    label: &'static str,
    unit: &'static str,
    group: Group,
    control: Control,
) -> Row {
    Row { keys, moving: None, only: &[], label, unit, group, control, default: None, stays: false }
}

const fn to(low: f64, high: f64) -> Control {
    Control::Slider { low, high, is_logarithmic: false }
}

const fn log(low: f64, high: f64) -> Control {
    Control::Slider { low, high, is_logarithmic: true }
}

use Control::{Free, Switch, Text};
use Group::{
    Beat, Flanger, Glitch, Modulation, Notches, Pan, Phase, Source, Space, Tone, Transition, Volume,
};

const CARRIER: Control = log(20.0, 2_000.0);
const RATE: Control = log(0.1, 100.0);
const SLOW: Control = to(0.0, 20.0);
const SHARE: Control = to(0.0, 1.0);
const SIDES: Control = to(-1.0, 1.0);
const CYCLE: Control = to(0.0, TAU);
const DEGREES: Control = to(-180.0, 180.0);

const SAM_MONAURAL: &[&str] = &["spatial_angle_modulation_monaural_beat"];
const SAM2: &[&str] = &["spatial_angle_modulation_sam2"];
const NOISES: &[&str] = &["noise_swept_notch", "noise", "noise_generator", "bed"];

/// Parameters of voices and noises.
pub const VOICES: &[Row] = &[
    // The voice with two beats in one: its inner keys come first.
    row("baseFreq_monaural|baseFreq", "Carrier", "Hz", Tone, CARRIER).only(SAM_MONAURAL),
    row("beatFreq_monaural|beatFreq", "Beat", "Hz", Beat, RATE).only(SAM_MONAURAL),
    row("amp_lower_#_monaural|amp_lower_#", "Lower tone", "", Volume, SHARE).only(SAM_MONAURAL),
    row("amp_upper_#_monaural|amp_upper_#", "Upper tone", "", Volume, SHARE).only(SAM_MONAURAL),
    row("startPhase#_monaural|startPhase#", "Start phase", "rad", Phase, CYCLE).only(SAM_MONAURAL).stays(),
    row("phaseOscFreq_monaural|phaseOscFreq", "Phase swing rate", "Hz", Modulation, SLOW).only(SAM_MONAURAL),
    row("phaseOscRange_monaural|phaseOscRange", "Phase swing", "rad", Modulation, CYCLE).only(SAM_MONAURAL),
    row("monaural_ampOscDepth|ampOscDepth_monaural", "Inner tremolo depth", "", Modulation, to(0.0, 2.0))
        .only(SAM_MONAURAL),
    row("monaural_ampOscFreq|ampOscFreq_monaural", "Inner tremolo rate", "Hz", Modulation, SLOW)
        .only(SAM_MONAURAL),
    row(
        "monaural_ampOscPhaseOffset|ampOscPhaseOffset_monaural",
        "Inner tremolo phase",
        "rad",
        Modulation,
        CYCLE,
    )
    .only(SAM_MONAURAL),
    row("sam_ampOscDepth|ampOscDepth", "Tremolo depth", "", Modulation, to(0.0, 2.0)).only(SAM_MONAURAL),
    row("sam_ampOscFreq|ampOscFreq", "Tremolo rate", "Hz", Modulation, SLOW).only(SAM_MONAURAL),
    row("sam_ampOscPhaseOffset|ampOscPhaseOffset", "Tremolo phase", "rad", Modulation, CYCLE)
        .only(SAM_MONAURAL),
    row("modFreq|beatFreq", "Travel rate", "Hz", Beat, RATE).only(SAM2),
    row("pathShape", "Shape", "", Beat, ROUTE_SHAPES).only(SAM2),
    row("carrierFreq", "Carrier", "Hz", Tone, to(15_000.0, 20_000.0)).only(&["subliminal_encode"]),
    // Tone.
    row("noise_type", "Colour", "", Tone, COLOURS).only(NOISES).text("pink"),
    row("noise_parameters|color_params", "Colour in detail", "", Tone, Free).only(NOISES),
    row("baseFreq", "Carrier", "Hz", Tone, CARRIER),
    row("baseFreq#", "Carrier", "Hz", Tone, CARRIER),
    row("carrierFreq", "Carrier", "Hz", Tone, CARRIER),
    row("qamCarrierFreqL", "Carrier left", "Hz", Tone, CARRIER),
    row("monoCarrierFreqR", "Carrier right", "Hz", Tone, CARRIER),
    row("stereo_width_hz", "Apart", "Hz", Tone, to(0.0, 20.0)).moving("stereoWidthHz"),
    row("shapeAmount", "Saturation", "", Tone, log(0.1, 20.0)),
    row("harmonicDepth", "Overtone", "", Tone, SHARE),
    row("harmonicRatio", "Overtone ratio", "×", Tone, to(1.0, 8.0)).stays(),
    row("subHarmonicDepth", "Slow modulation depth", "", Tone, SHARE),
    row("subHarmonicFreq", "Slow modulation rate", "Hz", Tone, SLOW),
    row("modShape#", "Modulation shape", "", Tone, log(0.1, 10.0)),
    row("beatingSidebands", "Sidebands", "", Tone, Switch),
    row("sidebandOffset", "Sideband distance", "Hz", Tone, RATE).stays(),
    row("sidebandDepth", "Sideband depth", "", Tone, SHARE).stays(),
    row("leftHigh", "Left ear higher", "", Tone, Switch),
    row("harmonicSuppression", "Soften pulses", "", Tone, Switch),
    row("forceMono", "No vibrato", "", Tone, Switch).only(&["isochronic_tone"]),
    row("forceMono", "Same in both ears", "", Tone, Switch),
    row("mode", "Order", "", Tone, MODES),
    row("pathShape", "Path", "", Tone, PATHS),
    row("overlap_factor", "Frame overlap", "", Tone, to(1.0, 16.0)),
    row("pathType", "Path", "", Tone, PATH_TYPES),
    row("rotationDirection", "Direction", "", Tone, TURNS),
    row("discontinuousSteps", "Steps", "", Tone, to(2.0, 32.0)),
    row("earPolarity", "Ears", "", Tone, POLARITIES),
    row("arcWidthDeg|arcWidth", "Arc", "°", Tone, to(0.0, 360.0)),
    row("directionOffsetDeg|directionOffset", "Direction", "°", Tone, DEGREES),
    row("spatialScale|peakPhaseDev", "Width", "rad", Tone, to(0.0, TAU)),
    row("arcStartDeg", "Arc from", "°", Tone, to(-360.0, 360.0)),
    row("arcEndDeg", "Arc to", "°", Tone, to(-360.0, 360.0)),
    // Beat.
    row("beatFreq", "Beat", "Hz", Beat, RATE),
    row("monoBeatFreqInChannelR", "Beat right", "Hz", Beat, RATE),
    row("modFreq", "Rate", "Hz", Beat, RATE),
    row("modDepth", "Depth", "", Beat, SHARE),
    row("modFreq#", "Rate", "Hz", Beat, RATE),
    row("modDepth#", "Depth", "", Beat, SHARE),
    row("modPhase#", "Phase", "rad", Beat, CYCLE),
    row("shapeModFreq", "Colour rate", "Hz", Beat, RATE),
    row("shapeModDepth", "Colour depth", "", Beat, SHARE),
    row("stereoModFreq#", "Rate", "Hz", Beat, RATE),
    row("stereoModDepth#", "Depth", "", Beat, SHARE),
    row("stereoModPhase#", "Phase", "rad", Beat, CYCLE),
    row("qamAmFreq#", "Rate", "Hz", Beat, RATE),
    row("qamAmDepth#", "Depth", "", Beat, SHARE),
    row("qamAmPhaseOffset#", "Phase", "rad", Beat, CYCLE),
    row("qamAm2Freq#", "Second rate", "Hz", Beat, SLOW),
    row("qamAm2Depth#", "Second depth", "", Beat, SHARE),
    row("qamAm2PhaseOffset#", "Second phase", "rad", Beat, CYCLE),
    row("crossModDepth", "Cross modulation", "", Beat, SHARE),
    row("crossModDelay", "Cross delay", "s", Beat, SHARE).stays(),
    row("pulseRate", "Pulses", "Hz", Beat, SLOW),
    row("pulseRate#", "Pulses", "Hz", Beat, SLOW),
    row("pulseShape", "Pulse shape", "", Beat, PULSES).text("trapezoid"),
    row("pulseDepth", "Pulse depth", "", Beat, SHARE),
    row("pulsePhaseOffset", "Pulse phase", "cycles", Beat, SHARE),
    row("rampPercent", "Edges", "", Beat, to(0.0, 0.5)),
    row("gapPercent", "Gap", "", Beat, SHARE),
    // Volume.
    row("volume|gain|amp", "Volume", "", Volume, SHARE).only(&["noise_swept_notch", "noise"]),
    row("amp|gain|volume", "Volume", "", Volume, SHARE).only(&["noise_generator"]).moving("amp"),
    row("amp", "Volume", "", Volume, SHARE),
    row("amp#", "Volume", "", Volume, SHARE),
    row("amp_lower_#", "Lower tone", "", Volume, SHARE),
    row("amp_upper_#", "Upper tone", "", Volume, SHARE),
    row("attackTime", "Fade in", "s", Volume, to(0.0, 60.0)).stays(),
    row("releaseTime", "Fade out", "s", Volume, to(0.0, 60.0)).stays(),
    row("fade_in", "Fade in", "s", Volume, to(0.0, 60.0)).only(&[
        "noise_swept_notch",
        "noise",
        "noise_generator",
    ]),
    row("fade_out", "Fade out", "s", Volume, to(0.0, 60.0)).only(&[
        "noise_swept_notch",
        "noise",
        "noise_generator",
    ]),
    row("amp_envelope", "Volume over time", "", Volume, Free).only(&[
        "noise_swept_notch",
        "noise",
        "noise_generator",
    ]),
    // Pan.
    row("pan", "Pan", "", Pan, SIDES),
    row("panRangeMin", "Leftmost", "", Pan, SIDES),
    row("panRangeMax", "Rightmost", "", Pan, SIDES),
    row("panType", "Course", "", Pan, PAN_TYPES).stays(),
    row("panFreq", "Pan rate", "Hz", Pan, to(0.0, 5.0)),
    row("panPhase", "Pan phase", "rad", Pan, CYCLE),
    // Modulation.
    row("ampOscDepth#", "Tremolo depth", "", Modulation, SHARE),
    row("ampOscFreq#", "Tremolo rate", "Hz", Modulation, SLOW),
    row("ampOscPhaseOffset#", "Tremolo phase", "rad", Modulation, CYCLE),
    row("ampOscSkew#", "Tremolo skew", "", Modulation, SIDES),
    row("ampOscDepth", "Tremolo depth", "", Modulation, to(0.0, 2.0)),
    row("ampOscFreq", "Tremolo rate", "Hz", Modulation, SLOW),
    row("ampOscPhaseOffset", "Tremolo phase", "rad", Modulation, CYCLE),
    row("freqOscRange#", "Vibrato width", "Hz", Modulation, to(0.0, 50.0)),
    row("freqOscFreq#", "Vibrato rate", "Hz", Modulation, SLOW),
    row("freqOscPhaseOffset#", "Vibrato phase", "rad", Modulation, CYCLE),
    row("freqOscSkew#", "Vibrato skew", "", Modulation, SIDES),
    row("freqOscShape", "Vibrato shape", "", Modulation, WAVES),
    row("phaseOscRange", "Phase swing", "rad", Modulation, CYCLE),
    row("phaseOscFreq", "Phase swing rate", "Hz", Modulation, SLOW),
    row("phaseOscPhaseOffset", "Phase swing phase", "rad", Modulation, CYCLE).stays(),
    row("monoAmDepthR", "Tremolo depth right", "", Modulation, SHARE),
    row("monoAmFreqR", "Tremolo rate right", "Hz", Modulation, SLOW),
    row("monoAmPhaseOffsetR", "Tremolo phase right", "rad", Modulation, CYCLE),
    row("monoFmRangeR", "Vibrato width right", "Hz", Modulation, to(0.0, 50.0)),
    row("monoFmFreqR", "Vibrato rate right", "Hz", Modulation, SLOW),
    row("monoFmPhaseOffsetR", "Vibrato phase right", "rad", Modulation, CYCLE),
    row("monoPhaseOscRangeR", "Phase swing right", "rad", Modulation, CYCLE),
    row("monoPhaseOscFreqR", "Phase swing rate right", "Hz", Modulation, SLOW),
    row("monoPhaseOscPhaseOffsetR", "Phase swing phase right", "rad", Modulation, CYCLE),
    // Phase.
    row("startPhase#", "Start phase", "rad", Phase, CYCLE).stays(),
    row("startPhaseU", "Start phase upper", "rad", Phase, CYCLE).only(&["monaural_beat_stereo_amps"]).stays(),
    row("qamStartPhaseL", "Start phase left", "rad", Phase, CYCLE).stays(),
    row("monoStartPhaseR_Tone1", "Start phase lower", "rad", Phase, CYCLE).stays(),
    row("monoStartPhaseR_Tone2", "Start phase upper", "rad", Phase, CYCLE).stays(),
    row("phaseOffset#Rad|phaseOffset#", "Phase", "rad", Phase, CYCLE),
    // Notches.
    row("lfo_freq", "Sweep rate", "Hz", Notches, log(0.005, 2.0)).only(NOISES),
    row("lfo_waveform", "Sweep shape", "", Notches, WAVES).only(NOISES),
    row("start_lfo_phase_offset_deg|lfo_phase_offset_deg", "Right ear ahead", "°", Notches, to(0.0, 360.0))
        .moving("lfo_phase_offset_deg")
        .only(NOISES),
    row(
        "start_intra_phase_offset_deg|intra_phase_offset_deg",
        "Second sweep ahead",
        "°",
        Notches,
        to(0.0, 360.0),
    )
    .moving("intra_phase_offset_deg")
    .only(NOISES),
    row("sweeps", "Sweeps", "", Notches, Free).only(NOISES),
    row("static_notches", "Resting notches", "", Notches, Free).only(NOISES),
    // Transition.
    row("transition", "Moves", "", Transition, Switch).only(&["bed"]),
    row("initial_offset", "Begins after", "s", Transition, to(0.0, 600.0)),
    row("transition_duration|duration", "Takes", "s", Transition, to(0.0, 3_600.0)).number(0.0),
    row("post_offset", "Rests for", "s", Transition, to(0.0, 600.0)).number(0.0),
    row("transition_curve", "Curve", "", Transition, Text),
    // Glitch.
    row("glitchInterval", "Interval", "s", Glitch, to(0.0, 60.0)),
    row("glitchDur", "Length", "s", Glitch, to(0.0, 5.0)),
    row("glitchNoiseLevel", "Level", "", Glitch, SHARE),
    row("glitchFocusWidth", "Focus", "Hz", Glitch, to(0.0, 2_000.0)),
    row("glitchFocusExp", "Focus edge", "", Glitch, to(0.0, 8.0)),
    // Flanger.
    row("flangeEnable", "Flanger", "", Flanger, Switch),
    row("flangeDelayMs", "Delay", "ms", Flanger, log(0.1, 20.0)),
    row("flangeDepthMs", "Depth", "ms", Flanger, to(0.0, 10.0)),
    row("flangeRateHz", "Rate", "Hz", Flanger, log(0.01, 10.0)),
    row("flangeShape", "Shape", "", Flanger, WAVES).text("sine"),
    row("flangeFeedback", "Feedback", "", Flanger, to(-0.95, 0.95)),
    row("flangeMix", "Mix", "", Flanger, SHARE),
    row("flangeLoopLpfHz", "Feedback low-pass", "Hz", Flanger, log(200.0, 20_000.0)),
    row("flangeLoopHpfHz", "Feedback high-pass", "Hz", Flanger, to(0.0, 2_000.0)),
    row("flangeStereoMode", "Acts on", "", Flanger, TARGETS),
    row("flangeDelayLaw", "Law", "", Flanger, LAWS),
    row("flangeInterp", "Reading", "", Flanger, READERS),
    row("flangeMinDelayMs", "Shortest delay", "ms", Flanger, log(0.05, 10.0)),
    row("flangeMaxDelayMs", "Longest delay", "ms", Flanger, log(1.0, 100.0)),
    row("flangeLoudnessMode", "Loudness", "", Flanger, LOUDNESS),
    row("flangeLoudnessTcMs", "Loudness time", "ms", Flanger, log(1.0, 1_000.0)),
    row("flangeLoudnessMinGain", "Least gain", "×", Flanger, to(0.0, 1.0)),
    row("flangeLoudnessMaxGain", "Most gain", "×", Flanger, to(1.0, 4.0)),
    // Space.
    row("spatialEnable", "In space", "", Space, Switch),
    row("spatialTrajectory", "Path", "", Space, Free),
    row("spatialDecoder", "Ears", "", Space, DECODERS).text("itd_head"),
    row("spatialUseIld", "Level between the ears", "", Space, Switch),
    row("spatialIldMaxDb", "Most level difference", "dB", Space, to(0.0, 20.0)),
    row("spatialHeadRadiusM", "Head radius", "m", Space, to(0.05, 0.2)),
    row("spatialItdScale", "Delay scale", "×", Space, to(0.0, 4.0)),
    row("spatialEarAngleDeg", "Ear angle", "°", Space, to(0.0, 90.0)),
    row("spatialRefDistanceM", "Full level at", "m", Space, to(0.1, 10.0)),
    row("spatialMinDistanceM", "Nearest", "m", Space, to(0.01, 5.0)),
    row("spatialRolloff", "Roll-off", "", Space, to(0.0, 4.0)),
    row("spatialDezipperThetaMs", "Turn smoothing", "ms", Space, to(0.0, 1_000.0)),
    row("spatialDezipperDistMs", "Distance smoothing", "ms", Space, to(0.0, 1_000.0)),
    row("spatialMaxDegPerS", "Fastest turn", "°/s", Space, to(0.0, 360.0)),
    row("spatialMaxDelayStepSamples", "Fastest delay", "samples", Space, SHARE),
    row("spatialInterp", "Reading", "", Space, READERS),
    // Source.
    row("audio_path", "Recording", "", Source, Text).text(""),
    row("audio_paths", "Recordings", "", Source, Free),
    row("input_audio_path", "Recording instead of noise", "", Source, Text).only(NOISES),
];

/// Keys that stand in for others, are beyond an editor of parameters, or have an effect together with others alone.
#[cfg(test)]
pub const OTHERS: &[&str] = &[
    // One sweep without a list of sweeps.
    "q",
    "notch_q",
    "casc",
    "cascade_count",
    // Each ear of a noise, else its volume.
    "amp_left",
    "amp_right",
    // Other spellings.
    "curve",
    "stereoWidthHz",
    "startPhaseU",
    // Each ear of a pulse, else both.
    "gapPercentL",
    "gapPercentR",
    "pulseDepthL",
    "pulseDepthR",
    "pulsePhaseOffsetL",
    "pulsePhaseOffsetR",
    "pulseShapeL",
    "pulseShapeR",
    "rampPercentL",
    "rampPercentR",
    // Without effect here.
    "rendererMode",
    "samSchemaVersion",
    "spatialHfRollDbPerM",
];

/// Parameters of the bed itself.
pub const BED: &[Row] = &[
    row("gain|amp", "Volume", "", Volume, SHARE),
    row("pan", "Pan", "", Pan, SIDES),
    row("start_time", "Start", "s", Transition, to(0.0, 3_600.0)),
    row("fade_in", "Fade in", "s", Volume, to(0.0, 60.0)),
    row("fade_out", "Fade out", "s", Volume, to(0.0, 60.0)),
    row("amp_envelope", "Volume over time", "", Volume, Free),
    row("file|params_path|noise_file|file_path", "Noise file", "", Source, Text),
];

/// Parameters of a clip.
pub const CLIP: &[Row] = &[
    row("file_path|path|file", "Recording", "", Source, Text).text(""),
    row("amp|gain", "Volume", "", Volume, to(0.0, 2.0)),
    row("pan", "Pan", "", Pan, SIDES),
    row("start|start_time", "Start", "s", Transition, to(0.0, 3_600.0)),
    row("duration", "Length", "s", Transition, to(0.0, 3_600.0)),
    row("loop", "Repeats", "", Transition, Switch),
    row("fade_in", "Fade in", "s", Volume, to(0.0, 60.0)),
    row("fade_out", "Fade out", "s", Volume, to(0.0, 60.0)),
    row("description", "Name", "", Source, Text).text(""),
];

/// Parameters of each envelope.
pub const ENVELOPES: &[(&str, &str, &[Row])] = &[
    (
        "linear_fade",
        "Fade",
        &[
            row("fade_duration", "Time", "s", Volume, to(0.0, 600.0)).number(10.0),
            row("start_amp", "From", "", Volume, SHARE).number(0.0),
            row("end_amp", "To", "", Volume, SHARE).number(1.0),
        ],
    ),
    (
        "adsr",
        "Attack, decay, sustain, release",
        &[
            row("attack", "Attack", "s", Volume, to(0.0, 60.0)),
            row("decay", "Decay", "s", Volume, to(0.0, 60.0)),
            row("sustain_level", "Sustain", "", Volume, SHARE),
            row("release", "Release", "s", Volume, to(0.0, 60.0)),
        ],
    ),
    (
        "linen",
        "Attack and release",
        &[
            row("attack", "Attack", "s", Volume, to(0.0, 60.0)),
            row("release", "Release", "s", Volume, to(0.0, 60.0)),
        ],
    ),
];
