//! `monaural_beat_stereo_amps`: two tones that beat in the air, mixed anew for each ear. Built off the audio thread,
//! rendered on it.

use super::sweep::{FirstStep, Lfo, Moment, Motion, Moving, Sway, Sweep, Tremolo};
use super::{Behaviour, Built, QUANTUM, Quantum, Voice, VoiceContext};
use crate::dsp::sine::sine;
use crate::track::file::fields::prefixed;
use fearless_simd::{Level, dispatch};

/// Deepest tremolo: at 2 the level swings from −1 to 1.
pub const DEEPEST: f32 = 2.0;

/// Compiles the voice.
pub fn build(context: &VoiceContext) -> Built {
    let motion = Motion::of(context);
    let keys = Keys { context };
    let [amp_lower_l, amp_upper_l, amp_lower_r, amp_upper_r] =
        ["amp_lower_L", "amp_upper_L", "amp_lower_R", "amp_upper_R"].map(|key| Moving::new(keys.amp(key)));
    let upper_key = if context.is_transition { "startPhaseU" } else { "startPhaseR" };
    let phases_rad = [keys.pair("startPhaseL", 0.0)[0], keys.pair(upper_key, 0.0)[0]];
    let sway_lfo = Lfo::new(keys.pair("phaseOscFreq", 0.0), [0.0; 2]);
    let lfo = Lfo::new(keys.pair("ampOscFreq", 0.0), keys.pair("ampOscPhaseOffset", 0.0));
    Built::new(MonauralBeat {
        level: Level::new(),
        tones: BeatTones::new(&motion, keys.pair("baseFreq", 200.0), keys.pair("beatFreq", 4.0), phases_rad),
        sway: Sway::new(sway_lfo, keys.pair("phaseOscRange", 0.0)),
        mix: Mix([[amp_lower_l, amp_upper_l], [amp_lower_r, amp_upper_r]]),
        tremolo: Tremolo::new(lfo, keys.pair("ampOscDepth", 0.0), DEEPEST).and_then(Tremolo::if_moving),
        motion,
    })
}

/// The voice's keys, whose transition form is spelt in two ways.
struct Keys<'a> {
    context: &'a VoiceContext<'a>,
}

impl Keys<'_> {
    /// `startBaseFreq`, and where both spellings count `start_baseFreq`.
    fn pair(&self, key: &str, default: f64) -> [f64; 2] {
        let spellings = |prefix: &str| [prefixed(prefix, key), format!("{prefix}_{key}")];
        self.read(key, default, [spellings("start"), spellings("end")])
    }

    /// `start_amp_lower_L`, and where both spellings count `startAmp_lower_L`.
    fn amp(&self, key: &str) -> [f64; 2] {
        let spellings = |prefix: &str| [format!("{prefix}_{key}"), prefixed(prefix, key)];
        self.read(key, 0.5, [spellings("start"), spellings("end")])
    }

    fn read(&self, key: &str, default: f64, spellings: [[String; 2]; 2]) -> [f64; 2] {
        let fields = self.context.fields;
        if !self.context.is_transition {
            return [fields.number(key, default); 2];
        }
        let count = match self.context.behaviour {
            Behaviour::Intended => 2,
            Behaviour::Original => 1,
        };
        let [start, end] =
            spellings.map(|keys| keys[..count].iter().find_map(|key| fields.maybe_number(key)));
        let start = start.unwrap_or_else(|| fields.number(key, default));
        [start, end.unwrap_or(start)]
    }
}

/// Both tones of a beat.
#[derive(Debug, Clone)]
pub struct BeatTones {
    lower: Sweep,
    upper: Sweep,
}

impl BeatTones {
    /// Tones half the beat below and above the base frequency.
    pub fn new(motion: &Motion, base_hz: [f64; 2], beat_hz: [f64; 2], phases_rad: [f64; 2]) -> Self {
        let tone = |side: f64, phase_rad: f64| {
            let frequency_hz = [0, 1].map(|end| base_hz[end] + side * 0.5 * beat_hz[end]);
            Sweep::new(frequency_hz, phase_rad, FirstStep::AtFrameZero, motion)
        };
        Self { lower: tone(-1.0, phases_rad[0]), upper: tone(1.0, phases_rad[1]) }
    }

    /// Samples of both, lower first.
    #[inline(always)]
    pub fn sines(&self, moment: &Moment, sway: Option<&Sway>) -> [[f32; QUANTUM]; 2] {
        let (mut lower, mut upper) = (self.lower.phases(moment), self.upper.phases(moment));
        if let Some(sway) = sway {
            sway.part(moment, &mut lower, &mut upper);
        }
        let mut sines = [[0.0; QUANTUM]; 2];
        for i in 0..QUANTUM {
            sines[0][i] = sine(lower[i]);
            sines[1][i] = sine(upper[i]);
        }
        sines
    }
}

/// Shares of the lower and the upper tone in each ear.
#[derive(Debug, Clone)]
pub struct Mix(pub [[Moving; 2]; 2]);

impl Mix {
    /// What each ear hears of two tones.
    #[inline(always)]
    pub fn ears(&self, moment: &Moment, [lower, upper]: &[[f32; QUANTUM]; 2]) -> [[f32; QUANTUM]; 2] {
        let mut ears = [[0.0; QUANTUM]; 2];
        for (ear, [low, high]) in ears.iter_mut().zip(self.0) {
            let (low, high) = (low.values(moment), high.values(moment));
            for i in 0..QUANTUM {
                ear[i] = lower[i] * low[i] + upper[i] * high[i];
            }
        }
        ears
    }
}

/// The compiled voice, which is also the source of `spatial_angle_modulation_monaural_beat`.
#[derive(Debug, Clone)]
pub struct MonauralBeat {
    /// Vector unit.
    pub level: Level,
    /// Course of the parameters.
    pub motion: Motion,
    /// Both tones.
    pub tones: BeatTones,
    /// Sway of their phases, apart from one another.
    pub sway: Option<Sway>,
    /// Their shares in the ears.
    pub mix: Mix,
    /// Tremolo of both ears.
    pub tremolo: Option<Tremolo>,
}

impl MonauralBeat {
    /// Writes a quantum; to be called inside a dispatch.
    #[inline(always)]
    pub fn fill(&self, first: u64, out: &mut Quantum) {
        let moment = self.motion.at(first);
        let [mut left, mut right] = self.mix.ears(&moment, &self.tones.sines(&moment, self.sway.as_ref()));
        if let Some(tremolo) = &self.tremolo {
            let gains = tremolo.gains(&moment, 1.0);
            for i in 0..QUANTUM {
                left[i] *= gains[i];
                right[i] *= gains[i];
            }
        }
        for i in 0..QUANTUM {
            out.left[i] = clipped(left[i]);
            out.right[i] = clipped(right[i]);
        }
    }
}

/// Limited to ±1.
#[inline(always)]
fn clipped(x: f32) -> f32 {
    let x = if x > 1.0 { 1.0 } else { x };
    if x < -1.0 { -1.0 } else { x }
}

impl Voice for MonauralBeat {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        dispatch!(self.level, _simd => self.fill(first, out));
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(self.clone())
    }
}
