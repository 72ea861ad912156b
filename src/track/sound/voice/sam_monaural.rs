//! `spatial_angle_modulation_monaural_beat`: a monaural beat in the middle with a second tremolo. Its spatial keys have
//! never had an effect. Built off the audio thread, rendered on it.

use super::monaural_beat::{BeatTones, DEEPEST, Mix, MonauralBeat};
use super::sweep::{Lfo, Motion, Moving, Sway, Tremolo};
use super::{Behaviour, Built, QUANTUM, Quantum, Span, Voice, VoiceContext};
use crate::track::file::fields::prefixed;
use crate::track::sound::curve::{Curve, Shape};
use fearless_simd::{Level, dispatch};

/// Peak that a voice is brought down to whose own would be above 1.
const PEAK: f32 = 0.98;

/// Most quanta that are listened to for the peak. In a longer step they are spread evenly.
const LISTENED: u64 = 1 << 16;

/// Compiles the voice.
pub fn build(context: &VoiceContext) -> Built {
    let span = context.span;
    let motion = Motion::to_last_frame(context);
    let outer = |key: &str, default: f64| pair(context, &[&format!("sam_{key}"), key], default);
    let lfo = Lfo::new(outer("ampOscFreq", 0.0), outer("ampOscPhaseOffset", 0.0));
    let mut voice = SamMonaural {
        level: Level::new(),
        beat: beat(context),
        tremolo: Tremolo::new(lfo, outer("ampOscDepth", 0.0), DEEPEST).and_then(Tremolo::if_moving),
        amp: Moving::new(pair(context, &["amp"], 0.7)),
        motion,
        scale: 1.0,
    };
    voice.scale = scale(&mut voice, span);
    Built::new(voice)
}

/// The beat inside, which the original ramps over the whole step.
fn beat(context: &VoiceContext) -> MonauralBeat {
    let (fields, span) = (context.fields, context.span);
    let motion = match context.behaviour {
        Behaviour::Original if context.is_transition => {
            Motion::new(span, Some(Curve::new(span, 0.0, None, Shape::Linear)))
        }
        _ => Motion::of(context),
    };
    let inner = |key: &str, default: f64| {
        let (before, behind) = (format!("monaural_{key}"), format!("{key}_monaural"));
        pair(context, &[&before, &behind], default)
    };
    let plain = |key: &str, default: f64| {
        let behind = format!("{key}_monaural");
        pair(context, &[&behind, key], default)
    };
    let [low_l, high_l, low_r, high_r] =
        ["amp_lower_L", "amp_upper_L", "amp_lower_R", "amp_upper_R"].map(|key| Moving::new(plain(key, 0.5)));
    let upper =
        if context.is_transition && fields.has("startStartPhaseU") { "startPhaseU" } else { "startPhaseR" };
    let phases_rad = ["startPhaseL", upper].map(|key| plain(key, 0.0)[0]);
    let lfo = Lfo::new(inner("ampOscFreq", 0.0), inner("ampOscPhaseOffset", 0.0));
    MonauralBeat {
        level: Level::new(),
        tones: BeatTones::new(&motion, plain("baseFreq", 200.0), plain("beatFreq", 4.0), phases_rad),
        sway: Sway::new(Lfo::new(plain("phaseOscFreq", 0.0), [0.0; 2]), plain("phaseOscRange", 0.0)),
        mix: Mix([[low_l, high_l], [low_r, high_r]]),
        tremolo: Tremolo::new(lfo, inner("ampOscDepth", 0.0), DEEPEST).and_then(Tremolo::if_moving),
        motion,
    }
}

/// Start and end of a parameter under the first of several keys that is there, in `startXyz` or `start_xyz` form.
fn pair(context: &VoiceContext, keys: &[&str], default: f64) -> [f64; 2] {
    let fields = context.fields;
    let fixed = || fields.number_of(keys, default);
    if !context.is_transition {
        return [fixed(); 2];
    }
    let end = |prefix: &str| {
        let spelt = |key: &&str| [prefixed(prefix, key), format!("{prefix}_{key}")];
        keys.iter().flat_map(spelt).find_map(|key| fields.maybe_number(&key))
    };
    let start = end("start").unwrap_or_else(fixed);
    [start, end("end").unwrap_or(start)]
}

/// The compiled voice.
#[derive(Debug, Clone)]
struct SamMonaural {
    level: Level,
    beat: MonauralBeat,
    motion: Motion,
    tremolo: Option<Tremolo>,
    amp: Moving,
    scale: f32,
}

/// The gain that brings a peak above 1 down. The signal before `amp` is within ±1, so that a voice is only listened to
/// where `amp` is above 1.
fn scale(voice: &mut SamMonaural, span: Span) -> f32 {
    if voice.amp.at(0.0).abs().max(voice.amp.at(1.0).abs()) <= 1.0 {
        return 1.0;
    }
    let quanta = span.frames.div_ceil(QUANTUM as u64);
    let listened = quanta.min(LISTENED);
    let (mut quantum, mut peak) = (Quantum::SILENT, 0.0f32);
    for i in 0..listened {
        let first = i * quanta / listened * QUANTUM as u64;
        voice.render(first, &mut quantum);
        let count = (span.frames - first).min(QUANTUM as u64) as usize;
        peak = quantum.left[..count].iter().fold(peak, |peak, x| peak.max(x.abs()));
    }
    if peak > 1.0 { PEAK / peak } else { 1.0 }
}

impl SamMonaural {
    #[inline(always)]
    fn fill(&self, first: u64, out: &mut Quantum) {
        self.beat.fill(first, out);
        let moment = self.motion.without_sums(first);
        let mut gains = self.amp.values(&moment);
        if let Some(tremolo) = &self.tremolo {
            let tremolo = tremolo.gains(&moment, 1.0);
            for i in 0..QUANTUM {
                gains[i] *= tremolo[i];
            }
        }
        for i in 0..QUANTUM {
            out.left[i] = 0.5 * (out.left[i] + out.right[i]) * gains[i] * self.scale;
        }
        out.right = out.left;
    }
}

impl Voice for SamMonaural {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        dispatch!(self.level, _simd => self.fill(first, out));
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(self.clone())
    }
}
