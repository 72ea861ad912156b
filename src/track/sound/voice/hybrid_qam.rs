//! `hybrid_qam_monaural_beat`: an amplitude-modulated carrier on the left, a monaural beat on the right whose carrier may
//! be frequency-modulated. Built off the audio thread, rendered on it; the filters around it are in
//! [`super::zero_phase`].

use super::sweep::{FirstStep, Lfo, Moment, Motion, Moving, Sway, Sweep, Tremolo};
use super::{Built, QUANTUM, Quantum, Voice, VoiceContext, zero_phase};
use crate::dsp::sine::{cosine, sine};
use fearless_simd::{Level, dispatch};
use wobble::Wobble;

mod wobble;

/// Compiles the voice.
pub fn build(context: &VoiceContext) -> Built {
    let motion = Motion::of(context);
    let pair = |key: &str, default: f64| context.pair(key, default);
    let sway_lfo = Lfo::new(pair("monoPhaseOscFreqR", 0.0), pair("monoPhaseOscPhaseOffsetR", 0.0));
    let tremolo_lfo = Lfo::new(pair("monoAmFreqR", 0.0), pair("monoAmPhaseOffsetR", 0.0));
    let voice = HybridQam {
        level: Level::new(),
        left: Left {
            carrier: Sweep::new(
                pair("qamCarrierFreqL", 100.0),
                pair("qamStartPhaseL", 0.0)[0],
                FirstStep::AtFrameOne,
                &motion,
            ),
            cosine: Lfo::new(pair("qamAmFreqL", 4.0), pair("qamAmPhaseOffsetL", 0.0)).quarter_ahead(),
            depth: Moving::new(pair("qamAmDepthL", 0.5)),
            amp: Moving::new(pair("ampL", 0.5)),
        },
        tones: Tones::new(context, &motion),
        sway: Sway::new(sway_lfo, pair("monoPhaseOscRangeR", 0.0)),
        tremolo: Tremolo::new(tremolo_lfo, pair("monoAmDepthR", 0.0), 1.0),
        right_amp: Moving::new(pair("ampR", 0.5)),
        motion,
    };
    Built { voice: zero_phase::qam_pair(Box::new(voice), context.span), phases: None }
}

/// The modulated carrier.
#[derive(Debug, Clone)]
struct Left {
    carrier: Sweep,
    cosine: Lfo,
    depth: Moving,
    amp: Moving,
}

impl Left {
    #[inline(always)]
    fn fill(&self, moment: &Moment, out: &mut [f32; QUANTUM]) {
        let (phases, amps) = (self.carrier.phases(moment), self.amp.values(moment));
        for i in 0..QUANTUM {
            out[i] = cosine(phases[i]) * amps[i];
        }
        if !self.depth.is_zero() {
            let (cosines, depths) = (self.cosine.sines(moment), self.depth.values(moment));
            for i in 0..QUANTUM {
                out[i] *= 1.0 + depths[i] * cosines[i];
            }
        }
    }
}

/// Both tones of the beat: with a closed form each, or added up where their carrier wobbles.
#[derive(Debug, Clone)]
enum Tones {
    Steady([Sweep; 2]),
    Wobbling(Wobble),
}

impl Tones {
    fn new(context: &VoiceContext, motion: &Motion) -> Self {
        let pair = |key: &str, default: f64| context.pair(key, default);
        let carrier_hz = pair("monoCarrierFreqR", 100.0);
        let beat_hz = pair("monoBeatFreqInChannelR", 4.0);
        let range_hz = pair("monoFmRangeR", 0.0);
        let lfo = Lfo::new(pair("monoFmFreqR", 0.0), pair("monoFmPhaseOffsetR", 0.0));
        let phases_rad = ["monoStartPhaseR_Tone1", "monoStartPhaseR_Tone2"].map(|key| pair(key, 0.0)[0]);
        if range_hz != [0.0; 2] {
            let parts = [carrier_hz, beat_hz, range_hz].map(Moving::new);
            return Self::Wobbling(Wobble::new(parts, lfo, phases_rad, motion, context.span));
        }
        let tone = |side: f64, phase_rad: f64| {
            let frequency_hz = [0, 1].map(|end| carrier_hz[end].max(0.0) + side * 0.5 * beat_hz[end]);
            Sweep::new(frequency_hz, phase_rad, FirstStep::AtFrameOne, motion)
        };
        Self::Steady([tone(-1.0, phases_rad[0]), tone(1.0, phases_rad[1])])
    }

    #[inline(always)]
    fn phases(&mut self, motion: &Motion, moment: &Moment) -> [[f64; QUANTUM]; 2] {
        match self {
            Self::Steady([lower, upper]) => [lower.phases(moment), upper.phases(moment)],
            Self::Wobbling(wobble) => wobble.phases(motion, moment),
        }
    }
}

/// The compiled voice before its filters.
#[derive(Debug, Clone)]
struct HybridQam {
    level: Level,
    motion: Motion,
    left: Left,
    tones: Tones,
    sway: Option<Sway>,
    tremolo: Option<Tremolo>,
    right_amp: Moving,
}

impl HybridQam {
    #[inline(always)]
    fn fill(&mut self, first: u64, out: &mut Quantum) {
        let moment = self.motion.at(first);
        self.left.fill(&moment, &mut out.left);
        let [mut lower, mut upper] = self.tones.phases(&self.motion, &moment);
        if let Some(sway) = &self.sway {
            sway.part(&moment, &mut lower, &mut upper);
        }
        let amps = self.right_amp.values(&moment);
        for i in 0..QUANTUM {
            out.right[i] = (sine(lower[i]) + sine(upper[i])) * amps[i];
        }
        if let Some(tremolo) = &self.tremolo {
            let gains = tremolo.gains(&moment, -1.0);
            for i in 0..QUANTUM {
                out.right[i] *= gains[i];
            }
        }
    }
}

impl Voice for HybridQam {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        let level = self.level;
        dispatch!(level, _simd => self.fill(first, out));
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(self.clone())
    }

    fn run_in_frames(&self) -> u64 {
        match self.tones {
            Tones::Steady(_) => 0,
            Tones::Wobbling(_) => wobble::SPACING,
        }
    }
}
