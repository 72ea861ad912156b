//! The tonal core of binaural and isochronic voices: two ears, pulses and panning.
//!
//! Compiled off the audio thread from the parameters of a voice, rendered on it. Every phase is reached at any frame
//! without passing through those before it, so a seek costs what playing on costs.

pub mod cycles;
pub mod ear;
mod moving;
pub mod ramp;
mod sum;
mod tremolo;
mod vibrato;

use super::pan::Pan;
use super::pulse::{MovingPulses, Pulses};
use super::{Phases, QUANTUM, Quantum, Voice, VoiceContext};
use cycles::Clock;
use ear::{Ear, EarSettings, Timing};
use fearless_simd::{Level, dispatch};
use ramp::{Pair, Ramp, RampQuantum};
use std::f64::consts::TAU;
use std::sync::Arc;

/// What switches a tone on and off.
#[derive(Clone, Copy)]
pub enum Gate {
    /// Nothing: it sounds all the time.
    Open,
    /// Pulses, the same in both ears.
    Pulses(Pulses),
    /// Pulses that move with a transition.
    Moving(MovingPulses),
}

/// Two ears, a gate and a pan.
#[derive(Clone)]
pub struct Tone {
    ears: [Ear; 2],
    gate: Gate,
    pan: Pan,
    ramp: Option<Arc<Ramp>>,
    level: Level,
}

/// What tells the kinds of tones apart.
pub struct Kind {
    /// Start and end of the carriers in Hz.
    pub centre_hz: [Pair; 2],
    /// Whether the vibrato is a triangle.
    pub is_triangle: bool,
    /// Start and end of the switch that stops the vibrato, above ½.
    pub mono: Pair,
    /// Whether frame 0 already has its own frequency in its phase.
    pub inclusive: bool,
    /// Whether the start phase moves to an end phase.
    pub start_moves: bool,
    /// Time base of the carriers.
    pub clock: Clock,
    /// The ramp, in a transition.
    pub ramp: Option<Arc<Ramp>>,
    /// The gate.
    pub gate: Gate,
}

/// The time base of a step: its duration in its frames.
pub fn step_clock(context: &VoiceContext<'_>) -> Clock {
    let span = context.span;
    let duration_s = if span.duration_s > 0.0 { span.duration_s } else { 1.0 / span.rate_hz };
    Clock { seconds: duration_s, frames: span.frames.max(1) as f64 }
}

/// The time base of the sample rate.
pub fn rate_clock(context: &VoiceContext<'_>) -> Clock {
    Clock { seconds: 1.0, frames: context.span.rate_hz }
}

/// The ramp of a transition; none for a static voice.
pub fn read_ramp(context: &VoiceContext<'_>) -> Option<Arc<Ramp>> {
    let ramp = || Arc::new(Ramp::new(context.curve(), context.span.frames, Level::new()));
    context.is_transition.then(ramp)
}

impl Tone {
    /// Compiles a tone from the parameters that all kinds share.
    pub fn new(context: &VoiceContext<'_>, kind: Kind) -> Self {
        let level = Level::new();
        let timing = Timing {
            frames: context.span.frames,
            carrier: kind.clock,
            step: step_clock(context),
            inclusive: kind.inclusive,
        };
        let ears = [0, 1].map(|ear| {
            let settings = read_ear(context, &kind, ear);
            match &kind.ramp {
                Some(ramp) => Ear::moving(&settings, &timing, ramp, level),
                None => Ear::steady(&settings.at(0.0), &timing, level),
            }
        });
        let pan = Pan::read(context);
        Self { ears, gate: kind.gate, pan, ramp: kind.ramp, level }
    }

    /// Carrier phases of both ears, `with_swing` as they are heard.
    pub fn phases(&self, with_swing: bool) -> Phases {
        let ears = self.ears.clone();
        let phase_rad = move |ear: &Ear, frame: u64| {
            (ear.phase_at(frame) + if with_swing { ear.swing_at(frame) } else { 0.0 }).radians()
        };
        Box::new(move |frame| [phase_rad(&ears[0], frame), phase_rad(&ears[1], frame)])
    }

    fn ramp_at(&self, first: u64) -> Option<RampQuantum> {
        let ramp = self.ramp.as_ref()?;
        let is_needed =
            self.pan.is_moving() || matches!(self.gate, Gate::Moving(_)) || ramp.moving().contains(&first);
        is_needed.then(|| ramp.quantum(first))
    }
}

impl Voice for Tone {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        let ramp = self.ramp_at(first);
        let [left, right] = &mut self.ears;
        left.render(first, ramp.as_ref(), &mut out.left);
        right.render(first, ramp.as_ref(), &mut out.right);
        let mut gains = [1.0; QUANTUM];
        match (&self.gate, &ramp) {
            (Gate::Pulses(pulses), _) => pulses.fill(self.level, first, &mut gains),
            (Gate::Moving(pulses), Some(ramp)) => pulses.fill(self.level, ramp, &mut gains),
            _ => {}
        }
        if !matches!(self.gate, Gate::Open) {
            dispatch!(self.level, _simd => multiply(&gains, &gains, out));
        }
        self.pan.apply(self.level, first, ramp.as_ref(), out);
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(self.clone())
    }
}

/// Multiplies both channels by their gains.
#[inline(always)]
pub fn multiply(left: &[f32; QUANTUM], right: &[f32; QUANTUM], out: &mut Quantum) {
    for i in 0..QUANTUM {
        out.left[i] *= left[i];
        out.right[i] *= right[i];
    }
}

fn read_ear(context: &VoiceContext<'_>, kind: &Kind, ear: usize) -> EarSettings<Pair> {
    let (side, sign) = [("L", -1.0), ("R", 1.0)][ear];
    let read = |key: &str, default| context.pair(&format!("{key}{side}"), default);
    let cycles = |key: &str| read(key, 0.0).map(|radians| radians / TAU);
    EarSettings {
        centre_hz: kind.centre_hz[ear],
        start: read_start(context, kind, ear),
        half_range_hz: read("freqOscRange", 0.0).map(|range| 0.5 * range),
        vibrato_hz: read("freqOscFreq", 0.0),
        vibrato_phase: cycles("freqOscPhaseOffset"),
        vibrato_skew: read("freqOscSkew", 0.0),
        mono: kind.mono,
        swing: context.pair("phaseOscRange", 0.0).map(|range| sign * 0.5 * range / TAU),
        swing_hz: context.pair("phaseOscFreq", 0.0),
        amp_gain: read("amp", 0.5),
        depth: read("ampOscDepth", 0.0),
        tremolo_hz: read("ampOscFreq", 0.0),
        tremolo_phase: cycles("ampOscPhaseOffset"),
        tremolo_skew: read("ampOscSkew", 0.0),
        is_triangle: kind.is_triangle,
    }
}

/// Start phase in cycles: carried over, unless a transition states its own.
fn read_start(context: &VoiceContext<'_>, kind: &Kind, ear: usize) -> Pair {
    let key = ["startPhaseL", "startPhaseR"][ear];
    let stated = ["startStartPhaseL", "startStartPhaseR"][ear];
    let [mut start, mut end] = context.pair(key, 0.0);
    if let Some(carried) = context.carried_phases_rad {
        if !(context.is_transition && context.fields.has(stated)) {
            start = carried[ear];
        }
        let has_end = context.fields.has(["endStartPhaseL", "endStartPhaseR"][ear]);
        end = if has_end { end } else { start };
    }
    [start, if kind.start_moves { end } else { start }].map(|radians| radians / TAU)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::file::fields::Fields;
    use crate::track::file::files::{Files, Recording};
    use crate::track::sound::span::{Behaviour, Span};
    use crate::track::sound::voice::Built;
    use crate::track::sound::voice::{binaural_beat, dual_pulse_binaural, isochronic_tone};
    use serde_json::{Value, json};
    use std::path::Path;

    struct NoFiles;

    impl Files for NoFiles {
        fn recording(&self, _: &Path) -> Result<Arc<Recording>, String> {
            Err("no files here".into())
        }

        fn recording_at(&self, path: &Path, _: f64) -> Result<Arc<Recording>, String> {
            self.recording(path)
        }

        fn json(&self, _: &Path) -> Result<Value, String> {
            Err("no files here".into())
        }
    }

    type Build = fn(&VoiceContext<'_>) -> Built;
    const BUILDS: [Build; 3] = [binaural_beat::build, isochronic_tone::build, dual_pulse_binaural::build];

    fn built(
        build: Build,
        params: &Value,
        duration_s: f64,
        carried: Option<[f64; 2]>,
        is_transition: bool,
    ) -> Built {
        let fields = Fields::new(params.as_object().unwrap(), "params");
        build(&VoiceContext {
            fields: &fields,
            span: Span::new(duration_s, 44_100.0),
            is_transition,
            behaviour: Behaviour::Intended,
            carried_phases_rad: carried,
            files: &NoFiles,
        })
    }

    fn rendered(voice: &mut dyn Voice, quanta: std::ops::Range<u64>) -> Vec<Quantum> {
        let render = |quantum: u64| {
            let mut out = Quantum::SILENT;
            voice.render(quantum * QUANTUM as u64, &mut out);
            out
        };
        quanta.map(render).collect()
    }

    fn distance(a: &[Quantum], b: &[Quantum]) -> f32 {
        let ears = |quantum: &Quantum| [quantum.left, quantum.right].concat();
        let pairs = a.iter().zip(b).flat_map(|(a, b)| ears(a).into_iter().zip(ears(b)).collect::<Vec<_>>());
        pairs.fold(0.0, |most, (a, b)| most.max((a - b).abs()))
    }

    /// Everything at once, moving in a transition.
    fn full() -> Value {
        json!({
            "baseFreq": 310, "startBaseFreq": 310, "endBaseFreq": 250, "beatFreq": 7, "startBeatFreq": 7, "endBeatFreq": 12,
            "ampOscDepthL": 0.5, "ampOscFreqL": 0.7, "ampOscSkewR": 0.4, "ampOscDepthR": 0.3, "ampOscFreqR": 1.3,
            "freqOscRangeL": 30, "endFreqOscRangeL": 50, "freqOscFreqL": 2.5, "endFreqOscFreqL": 3, "freqOscSkewL": 0.4,
            "freqOscRangeR": 700, "freqOscFreqR": 1.5, "freqOscShape": "triangle", "phaseOscFreq": 0.3, "phaseOscRange": 2,
            "panRangeMin": -0.8, "panRangeMax": 0.6, "panFreq": 0.4, "endPanFreq": 0.9, "panType": "inward",
            "initial_offset": 4, "transition_duration": 9,
            "glitchInterval": 2, "glitchDur": 0.2, "glitchNoiseLevel": 0.3, "glitchFocusWidth": 100, "glitchFocusExp": 2,
        })
    }

    #[test]
    fn a_seek_gives_what_playing_gives() {
        for build in BUILDS {
            for is_transition in [false, true] {
                for curve in ["linear", "logarithmic", "alpha**3"] {
                    let mut params = full();
                    params["transition_curve"] = json!(curve);
                    let mut playing = built(build, &params, 20.0, None, is_transition).voice;
                    let all = rendered(&mut *playing, 0..20 * 44_100 / 64);
                    let mut seeking = playing.fork();
                    for from in [9000, 20, 2756, 2757, 6000, 8957, 8958, 13_000, 1] {
                        let some = rendered(&mut *seeking, from..from + 5);
                        let error = distance(&some, &all[from as usize..]);
                        assert!(error < 1e-6, "{is_transition} {curve} {from}: {error}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_transition_that_goes_nowhere_is_the_static_voice() {
        let params = json!({"baseFreq": 300, "startBaseFreq": 300, "panRangeMin": -0.4, "panRangeMax": 0.2, "panFreq": 1.5,
            "ampOscDepthL": 0.4, "ampOscFreqL": 3, "transition_duration": 0.3, "initial_offset": 0.1});
        for build in [binaural_beat::build as Build, dual_pulse_binaural::build] {
            let [mut still, mut moving] =
                [false, true].map(|is_transition| built(build, &params, 0.6, None, is_transition).voice);
            let error = distance(&rendered(&mut *still, 0..400), &rendered(&mut *moving, 0..400));
            assert!(error < 1e-6, "{error}");
        }
    }

    #[test]
    fn a_carried_phase_continues_the_tone() {
        for params in
            [json!({"baseFreq": 333}), json!({"baseFreq": 333, "freqOscRangeL": 20, "startPhaseL": 2})]
        {
            // Halves of a whole number of quanta, without vibrato in the second ear.
            let halves_s = 64.0 * 500.0 / 44_100.0;
            for is_transition in [false, true] {
                let first = built(binaural_beat::build, &params, halves_s, None, is_transition);
                let carried = first.phases.map(|phases| phases(64 * 500 - 1));
                let mut second = built(binaural_beat::build, &params, halves_s, carried, is_transition);
                let mut whole = built(binaural_beat::build, &params, 2.0 * halves_s, None, is_transition);
                let (tail, truth) =
                    (rendered(&mut *second.voice, 0..500), rendered(&mut *whole.voice, 500..1000));
                assert!(distance(&tail, &truth) < 1e-6);
            }
        }
        let params = json!({"startStartPhaseL": 0.5});
        let mut stated = built(binaural_beat::build, &params, 1.0, Some([3.0, 3.0]), true).voice;
        let quantum = &rendered(&mut *stated, 0..1)[0];
        let increments = [198.0, 202.0].map(|hz| TAU * hz / 44_100.0);
        assert!((quantum.left[0] - 0.5 * (0.5 + increments[0]).sin() as f32).abs() < 1e-6);
        assert!((quantum.right[0] - 0.5 * (3.0 + increments[1]).sin() as f32).abs() < 1e-6);
    }

    #[test]
    fn no_pulses_no_sound() {
        for beat_hz in [0.0, -3.0] {
            let params = json!({"beatFreq": beat_hz, "startBeatFreq": beat_hz});
            for is_transition in [false, true] {
                let mut voice = built(isochronic_tone::build, &params, 1.0, None, is_transition).voice;
                assert!(rendered(&mut *voice, 0..600).iter().all(|quantum| *quantum == Quantum::SILENT));
            }
        }
    }

    #[test]
    fn different_pan_types_are_an_error_to_the_original_only() {
        let params =
            json!({"startPanType": "inward", "endPanType": "outward", "panFreq": 1, "panRangeMax": 1});
        for (behaviour, sounds) in [(Behaviour::Original, false), (Behaviour::Intended, true)] {
            let fields = Fields::new(params.as_object().unwrap(), "params");
            let context = VoiceContext {
                fields: &fields,
                span: Span::new(1.0, 44_100.0),
                is_transition: true,
                behaviour,
                carried_phases_rad: None,
                files: &NoFiles,
            };
            let mut voice = binaural_beat::build(&context).voice;
            let is_heard = |quantum: &Quantum| quantum.left.iter().any(|x| x.abs() > 0.01);
            assert_eq!(rendered(&mut *voice, 0..100).iter().any(is_heard), sounds);
            assert_eq!(fields.into_problems().len(), 1);
        }
    }

    #[test]
    fn anything_in_a_file_stays_finite() {
        use crate::dsp::rng::uniform_at;
        let keys: Vec<String> = full().as_object().unwrap().keys().cloned().collect();
        let more = [
            "rampPercent",
            "gapPercent",
            "pulseRate",
            "pulseDepth",
            "startPhaseL",
            "freqOscPhaseOffsetR",
            "panPhase",
        ];
        for round in 0..100u64 {
            let mut params = full();
            for (i, key) in keys.iter().map(String::as_str).chain(more).enumerate() {
                let pick = uniform_at(round, 2 * i as u64);
                let value = f64::from(uniform_at(round, 2 * i as u64 + 1));
                if pick > 0.0 && !key.ends_with("Shape") && !key.ends_with("Type") {
                    params[key] = json!(value * 10f64.powf(f64::from(pick) * 9.0));
                }
            }
            params["transition_curve"] =
                json!(["linear", "exponential", "1/alpha", "tan(9*alpha)"][round as usize % 4]);
            let duration_s = [1.0 / 44_100.0, 0.001, 0.3, 1.0, 4.0][round as usize % 5];
            for build in BUILDS {
                for is_transition in [false, true] {
                    let mut voice = built(build, &params, duration_s, Some([1e9, -1e9]), is_transition).voice;
                    let last = (duration_s * 44_100.0) as u64 / 64;
                    for quantum in [0, last / 2, last / 2 + 1, last] {
                        let out = &rendered(&mut *voice, quantum..quantum + 1)[0];
                        let all = out.left.iter().chain(&out.right);
                        assert!(all.into_iter().all(|x| x.is_finite()), "{round} {quantum} {params}");
                    }
                }
            }
        }
    }
}
