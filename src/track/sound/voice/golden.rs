//! Building blocks of voices against the original: see `track::golden`.

use super::envelope::Envelope;
use super::lfo::Skew;
use super::pan::{Pan, gains};
use super::pulse::Trapezoid;
use super::tone::cycles::{Clock, Wave};
use super::tone::ramp::{Ramp, RampedPhase};
use super::{Behaviour, QUANTUM, Quantum, Span, VoiceContext, flanger, zero_phase};
use crate::dsp::biquad::Biquad;
use crate::dsp::butterworth::{band_pass, band_stop, low_pass};
use crate::dsp::sine::sine;
use crate::dsp::zero_phase::run;
use crate::track::file::fields::Fields;
use crate::track::file::files::TrackFiles;
use crate::track::file::limits::Limits;
use crate::track::golden::{Case, RATE_HZ, Tape, cases, play, reference, renamed, tone, white};
use crate::track::sound::curve::{Curve, Shape};
use fearless_simd::Level;
use serde_json::{Map, Value, json};
use std::f64::consts::{FRAC_PI_4, TAU};

const CLOCK: Clock = Clock { seconds: 1.0, frames: RATE_HZ };

/// What `make` compiles from parameters of a voice that is as long as the case.
fn compiled<T>(params: &Map<String, Value>, frames: usize, make: impl Fn(&VoiceContext<'_>) -> T) -> T {
    let fields = Fields::new(params, "params");
    let files = TrackFiles::new(&reference(""), Limits::default()).unwrap();
    let context = VoiceContext {
        fields: &fields,
        span: Span { rate_hz: RATE_HZ, frames: frames as u64, duration_s: frames as f64 / RATE_HZ },
        is_transition: false,
        behaviour: Behaviour::Original,
        carried_phases_rad: None,
        files: &files,
    };
    let made = make(&context);
    assert!(!fields.is_refused());
    made
}

#[test]
fn sines() {
    for case in cases("sine_wave_") {
        let mut found = Vec::new();
        let ends = &case.params["freq_array"]["linspace"];
        if ends.is_null() {
            let wave = Wave::new(case.number("freq"), case.number("phase") / TAU, CLOCK);
            for first in (0..case.frames as u64).step_by(QUANTUM) {
                let (rotor, start) = wave.at(first);
                found.extend((0..QUANTUM).map(|i| rotor.sine(start, i) as f32));
            }
        } else {
            // α is 1 at the last frame.
            let last = case.frames as f64 - 1.0;
            let span = Span { rate_hz: RATE_HZ, frames: case.frames as u64, duration_s: case.frames as f64 };
            let curve = Curve::new(span, 0.0, Some(last), Shape::Linear);
            let ramp = Ramp::new(curve, span.frames, Level::new());
            let hz = [0, 1].map(|i| ends[i].as_f64().unwrap());
            let phase = RampedPhase::new(hz, CLOCK);
            for first in (0..span.frames).step_by(QUANTUM) {
                let mut phases = [0.0; QUANTUM];
                phase.fill(&ramp.quantum(first), true, &mut phases);
                // The first frame's share is not counted.
                found.extend(phases.map(|cycles| sine(cycles - CLOCK.cycles_per_frame(hz[0]))));
            }
        }
        found.truncate(case.frames);
        case.check(&[found]);
    }
}

#[test]
fn skewed_oscillators() {
    for case in cases("skewed_") {
        let skew = Skew::new(case.number("skew"));
        let is_sine = case.name.contains("sine");
        let at = |phase| if is_sine { skew.sine(phase) } else { skew.triangle(phase) };
        case.check(&[(0..200).map(|k| at(f64::from(k) / 200.0) as f32).collect()]);
    }
}

#[test]
fn trapezoids() {
    for case in cases("trapezoid_") {
        let pulse = Trapezoid::new(case.number("ramp_percent"), case.number("gap_percent"));
        case.check(&[(0..2_205).map(|k| pulse.at(f64::from(k) / 2_205.0) as f32).collect()]);
    }
}

#[test]
fn gains_of_places() {
    for case in cases("pan2_") {
        let gains = gains(case.number("pan") as f32);
        case.check(&gains.map(|gain| white(0..512).iter().map(|x| gain * x).collect()));
    }
    for case in cases("apply_pan_envelope_0") {
        let place = |frame: usize| (-1.2 + 2.4 * frame as f64 / 1_023.0) as f32;
        let mut ears = tone(0..1_024);
        for (ear, x) in ears.iter_mut().enumerate() {
            x.iter_mut().enumerate().for_each(|(frame, x)| *x *= gains(place(frame))[ear]);
        }
        case.check(&ears);
    }
}

#[test]
fn places_that_move() {
    let names = [
        ("pan_base", "pan"),
        ("pan_range_min", "panRangeMin"),
        ("pan_range_max", "panRangeMax"),
        ("pan_freq", "panFreq"),
        ("pan_type", "panType"),
        ("initial_phase", "panPhase"),
    ];
    for case in cases("pan_envelope_") {
        let pan = compiled(&renamed(&case.params, &names), case.frames, Pan::read);
        let mut places = Vec::new();
        for first in (0..case.frames as u64).step_by(QUANTUM) {
            let mut gains = Quantum { left: [1.0; QUANTUM], right: [1.0; QUANTUM] };
            pan.apply(Level::new(), first, None, &mut gains);
            let place = |(l, r): (&f32, &f32)| f64::from(*r).atan2((*l).into()) / FRAC_PI_4 - 1.0;
            places.extend(gains.left.iter().zip(&gains.right).map(place).map(|place| place as f32));
        }
        places.truncate(case.frames);
        case.check(&[places]);
    }
}

fn check_envelope(case: &Case, kind: &str) {
    let envelope = json!({"type": kind, "params": case.params});
    let fields = Fields::new(envelope.as_object().unwrap(), "volume_envelope");
    let duration_s = case.params.get("total_duration").unwrap_or(&case.params["duration"]).as_f64().unwrap();
    // In its own behaviour the original's voices ignore ADSR and linen.
    let (envelope, problems) = Envelope::read(&fields, Span::new(duration_s, RATE_HZ), Behaviour::Intended);
    assert!(problems.is_empty(), "{problems:?}");
    let mut found = Vec::new();
    for first in (0..case.frames as u64).step_by(QUANTUM) {
        let mut gains = Quantum { left: [1.0; QUANTUM], right: [1.0; QUANTUM] };
        envelope.apply(first, &mut gains);
        found.extend(gains.left);
    }
    found.truncate(case.frames);
    case.check(&[found]);
}

#[test]
fn volume_envelopes() {
    for (beginning, kind) in [
        ("adsr_", "adsr"),
        ("linen_", "linen"),
        ("renderer_linear_fade_", "linear_fade"),
        ("common_linear_fade_0", "linear_fade"),
    ] {
        cases(beginning).iter().for_each(|case| check_envelope(case, kind));
    }
}

#[test]
fn filters() {
    let filtered = |sections: &[Biquad]| {
        let mut x: Vec<f64> = white(0..4_096).into_iter().map(f64::from).collect();
        run(sections, &mut x);
        [x.into_iter().map(|x| x as f32).collect()]
    };
    let corners = |case: &Case| {
        let (centre, half) = (case.number("center"), 0.5 * case.number("center") / case.number("Q"));
        (centre - half, centre + half)
    };
    for case in cases("bandpass_") {
        let (low, high) = corners(&case);
        case.check(&filtered(&band_pass(2, low, high, RATE_HZ)));
    }
    for case in cases("bandreject_") {
        let (low, high) = corners(&case);
        case.check(&filtered(&band_stop(2, low, high, RATE_HZ)));
    }
    for case in cases("lowpass_0") {
        case.check(&filtered(&low_pass(case.number("order") as usize, case.number("cutoff"), RATE_HZ)));
    }
    for case in cases("apply_filters_0") {
        let span = Span { rate_hz: RATE_HZ, frames: 8_192, duration_s: 8_192.0 / RATE_HZ };
        let mut voice = zero_phase::qam_pair(Tape::boxed([white(0..8_192), white(0..8_192)]), span);
        let [left, right] = play(&mut *voice, case.frames);
        assert_eq!(left, right);
        case.check(&[left]);
    }
}

/// A case of the flanger through the group's keys in a voice.
fn flanged(case: &Case) -> [Vec<f32>; 2] {
    let names = [
        ("delay_ms", "flangeDelayMs"),
        ("depth_ms", "flangeDepthMs"),
        ("rate_hz", "flangeRateHz"),
        ("lfo_shape", "flangeShape"),
        ("feedback", "flangeFeedback"),
        ("wet", "flangeMix"),
        ("loop_lpf_hz", "flangeLoopLpfHz"),
        ("loop_hpf_hz", "flangeLoopHpfHz"),
        ("interp_mode", "flangeInterp"),
        ("law", "flangeDelayLaw"),
        ("stereo_mode", "flangeStereoMode"),
        ("loud_mode", "flangeLoudnessMode"),
    ];
    let mut params = renamed(&case.params, &names);
    params.insert("flangeEnable".to_owned(), json!(true));
    let tape = || Tape::boxed(tone(0..case.frames));
    let mut voice = compiled(&params, case.frames, |context| flanger::wrap(tape(), context));
    play(&mut *voice, case.frames)
}

#[test]
fn flangers() {
    for name in ["flanger_stereo_0", "flanger_stereo_2"] {
        cases(name).iter().for_each(|case| case.check(&flanged(case)));
    }
    for case in cases("flanger_stereo_1") {
        case.check_until(3_185, &flanged(&case));
    }
}
