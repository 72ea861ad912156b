//! Binaural beat with pulses of its own in each ear.
//!
//! The original's desktop version fails here and leaves silence; this is what it means to do, in either behaviour.

use super::isochronic_tone::{flag_pair, suppress_harmonics};
use super::pulse::{Pulses, Shape, Trapezoid};
use super::tone::{multiply, rate_clock, read_ramp};
use super::{Built, QUANTUM, Quantum, Voice, VoiceContext, binaural_beat};
use crate::track::file::fields::prefixed;
use crate::track::sound::voice::tone::ramp::Ramp;
use fearless_simd::{Level, dispatch};
use std::sync::Arc;

/// Pulses of an ear at the start and at the end; none where the ear stays open.
type EarPulses = [Option<Pulses>; 2];

/// Compiles `dual_pulse_binaural` and its transition.
pub fn build(context: &VoiceContext<'_>) -> Built {
    let is_unison = flag_pair(context, "forceMono").contains(&true);
    let inner = binaural_beat::build_with(context, is_unison).voice;
    let pulses = ["L", "R"].map(|side| [0, 1].map(|end| read_pulses(context, side, end)));
    let mut voice: Box<dyn Voice> =
        Box::new(DualPulse { inner, pulses, ramp: read_ramp(context), level: Level::new() });
    if flag_pair(context, "harmonicSuppression").contains(&true) {
        let [start_hz, end_hz] = context.pair("baseFreq", 200.0);
        voice = suppress_harmonics(voice, context, 0.5 * (start_hz + end_hz));
    }
    Built { voice, phases: None }
}

/// Keys under which a parameter of one ear may stand at the start or the end, the most telling first.
fn keys(context: &VoiceContext<'_>, key: &str, side: &str, end: usize) -> Vec<String> {
    let mut keys = Vec::new();
    for key in [format!("{key}{side}"), key.to_owned()] {
        if context.is_transition && end == 1 {
            keys.push(prefixed("end", &key));
        }
        if context.is_transition {
            keys.push(prefixed("start", &key));
        }
        keys.push(key);
    }
    keys
}

fn read_pulses(context: &VoiceContext<'_>, side: &str, end: usize) -> Option<Pulses> {
    let fields = context.fields;
    let number = |key: &str, default| {
        let keys = keys(context, key, side, end);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        fields.number_of(&keys, default)
    };
    let beat_hz = context.pair("beatFreq", 4.0)[end];
    let common_hz = Some(context.pair("pulseRate", 0.0)[end]).filter(|hz| *hz > 0.0).unwrap_or(beat_hz);
    let own_hz = context.pair(&format!("pulseRate{side}"), 0.0)[end];
    let rate_hz = if own_hz > 0.0 { own_hz } else { common_hz };
    let depth = number("pulseDepth", 1.0).clamp(0.0, 1.0);
    let trapezoid = Trapezoid::new(number("rampPercent", 0.2), number("gapPercent", 0.15));
    let (offset, shape) = (number("pulsePhaseOffset", 0.0), read_shape(context, side, end));
    (rate_hz > 0.0 && depth > 0.0)
        .then(|| Pulses::new(rate_hz, offset, trapezoid, shape, depth, rate_clock(context)))
}

fn read_shape(context: &VoiceContext<'_>, side: &str, end: usize) -> Shape {
    let keys = keys(context, "pulseShape", side, end);
    let Some(key) = keys.iter().find(|key| context.fields.has(key)) else { return Shape::Trapezoid };
    let text = context.fields.text(key, "trapezoid");
    Shape::parse(text).unwrap_or_else(|| {
        let message =
            format!("found {text:?}, expected trapezoid, square or raised_cosine; taken as trapezoid");
        context.fields.repair(key, message);
        Shape::Trapezoid
    })
}

struct DualPulse {
    inner: Box<dyn Voice>,
    pulses: [EarPulses; 2],
    ramp: Option<Arc<Ramp>>,
    level: Level,
}

impl DualPulse {
    /// Gains of one ear; `alpha` where it is in a transition.
    fn gains(&self, ear: usize, first: u64, alpha: Option<&[f64; QUANTUM]>) -> [f32; QUANTUM] {
        let fill = |pulses: Option<Pulses>| {
            let mut gains = [1.0; QUANTUM];
            if let Some(pulses) = pulses {
                pulses.fill(self.level, first, &mut gains);
            }
            gains
        };
        let [start, end] = self.pulses[ear];
        let mut gains = fill(start);
        if let Some(alpha) = alpha.filter(|_| start != end) {
            let ends = fill(end);
            for i in 0..QUANTUM {
                gains[i] += (ends[i] - gains[i]) * alpha[i] as f32;
            }
        }
        gains
    }
}

impl Voice for DualPulse {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        self.inner.render(first, out);
        let ramp = self.ramp.as_ref().map(|ramp| ramp.quantum(first));
        let alpha = ramp.as_ref().map(|ramp| &ramp.alpha);
        let (left, right) = (self.gains(0, first, alpha), self.gains(1, first, alpha));
        dispatch!(self.level, _simd => multiply(&left, &right, out));
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(Self {
            inner: self.inner.fork(),
            pulses: self.pulses,
            ramp: self.ramp.clone(),
            level: self.level,
        })
    }

    fn run_in_frames(&self) -> u64 {
        self.inner.run_in_frames()
    }
}
