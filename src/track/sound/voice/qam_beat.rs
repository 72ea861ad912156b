//! `qam_beat`: a carrier in each ear under two amplitude modulations that may lean on the other ear's, with overtones and
//! sidebands. Built off the audio thread, rendered on it; the filters around it are in [`super::zero_phase`].

use super::sweep::{FirstStep, Lfo, Moment, Motion, Moving, Sway, Sweep};
use super::{Built, QUANTUM, Quantum, Span, Voice, VoiceContext, zero_phase};
use crate::dsp::sine::{cosine, sine};
use envelope::{Envelope, depth};
use fearless_simd::{Level, dispatch};

mod envelope;

/// Default carriers of the ears in Hz.
const CARRIERS_HZ: [f64; 2] = [200.0, 204.0];

/// Compiles the voice.
pub fn build(context: &VoiceContext) -> Built {
    let span = context.span;
    let motion = Motion::to_last_frame(context);
    let pair = |key: &str, default: f64| context.pair(key, default);
    let carrier = |ear: &str, hz: f64| {
        let phase_rad = pair(&format!("startPhase{ear}"), 0.0)[0];
        Sweep::new(pair(&format!("baseFreq{ear}"), hz), phase_rad, FirstStep::AtFrameOne, &motion)
    };
    // What has no ramp is read under both names: its start's and its own.
    let sway_offset_rad = pair("phaseOscPhaseOffset", 0.0)[0];
    let voice = QamBeat {
        level: Level::new(),
        carriers: [carrier("L", CARRIERS_HZ[0]), carrier("R", CARRIERS_HZ[1])],
        sway: Sway::new(
            Lfo::new(pair("phaseOscFreq", 0.0), [sway_offset_rad; 2]),
            pair("phaseOscRange", 0.0),
        ),
        envelope: Envelope::new(context),
        harmonic_depth: depth(pair("harmonicDepth", 0.0)),
        harmonic_ratio: pair("harmonicRatio", 2.0)[0],
        sidebands: Sidebands::new(context),
        amps: ["ampL", "ampR"].map(|key| Moving::new(pair(key, 0.5))),
        edges: Edges::new(context),
        motion,
    };
    Built { voice: zero_phase::qam_pair(Box::new(voice), span), phases: None }
}

/// A pair of sidebands around the carrier: together the carrier times 2·depth·cosine.
#[derive(Debug, Clone, Copy)]
struct Sidebands {
    cosine: Lfo,
    depth: f32,
}

impl Sidebands {
    fn new(context: &VoiceContext) -> Option<Self> {
        let is_on = context.fields.flag("beatingSidebands", false);
        let depth = depth([context.pair("sidebandDepth", 0.1)[0]; 2]);
        let cosine = Lfo::new([context.pair("sidebandOffset", 1.0)[0]; 2], [0.0; 2]).quarter_ahead();
        (is_on && !depth.is_zero()).then_some(Self { cosine, depth: depth.at(0.0) as f32 })
    }
}

/// Linear fades at both ends of the step, in seconds; 0 is none.
#[derive(Debug, Clone, Copy)]
struct Edges {
    attack_s: f64,
    release_s: f64,
    span: Span,
}

impl Edges {
    fn new(context: &VoiceContext) -> Self {
        let seconds = |key: &str| context.pair(key, 0.0)[0].max(0.0);
        Self { attack_s: seconds("attackTime"), release_s: seconds("releaseTime"), span: context.span }
    }

    /// Fades the frames from `first` on where they lie within a fade.
    #[inline(always)]
    fn apply(&self, first: u64, ears: &mut [[f32; QUANTUM]; 2]) {
        let Self { attack_s, release_s, span } = *self;
        let frame_s = span.frame_s();
        let (begin_s, end_s) = (first as f64 * frame_s, (first + QUANTUM as u64) as f64 * frame_s);
        let release_at_s = span.duration_s - release_s;
        if begin_s >= attack_s && (release_s == 0.0 || end_s < release_at_s) {
            return;
        }
        for i in 0..QUANTUM {
            let time_s = (first + i as u64) as f64 * frame_s;
            let attack = if time_s < attack_s { time_s / attack_s } else { 1.0 };
            let is_leaving = release_s > 0.0 && time_s > release_at_s;
            let release = if is_leaving { ((span.duration_s - time_s) / release_s).max(0.0) } else { 1.0 };
            let gain = (attack * release) as f32;
            ears[0][i] *= gain;
            ears[1][i] *= gain;
        }
    }
}

/// The compiled voice before its filters.
#[derive(Debug, Clone)]
struct QamBeat {
    level: Level,
    motion: Motion,
    carriers: [Sweep; 2],
    sway: Option<Sway>,
    envelope: Envelope,
    harmonic_depth: Moving,
    harmonic_ratio: f64,
    sidebands: Option<Sidebands>,
    amps: [Moving; 2],
    edges: Edges,
}

impl QamBeat {
    #[inline(always)]
    fn fill(&self, first: u64, out: &mut Quantum) {
        let moment = self.motion.at(first);
        let (mut left, mut right) = (self.carriers[0].phases(&moment), self.carriers[1].phases(&moment));
        if let Some(sway) = &self.sway {
            sway.part(&moment, &mut left, &mut right);
        }
        let mut ears = self.envelope.at(&self.motion, &moment);
        let mut sidebands = [0.0; QUANTUM];
        if let Some(pair) = &self.sidebands {
            let cosines = pair.cosine.sines(&moment);
            for i in 0..QUANTUM {
                sidebands[i] = 2.0 * pair.depth * cosines[i];
            }
        }
        for (ear, (phases, amp)) in ears.iter_mut().zip([(&left, self.amps[0]), (&right, self.amps[1])]) {
            let wave = self.wave(phases, &sidebands, &moment);
            let amps = amp.values(&moment);
            for i in 0..QUANTUM {
                ear[i] *= wave[i] * amps[i];
            }
        }
        self.edges.apply(first, &mut ears);
        [out.left, out.right] = ears;
    }

    /// Carrier, overtone and sidebands (what they add to the carrier, as a share of it) of one ear.
    #[inline(always)]
    fn wave(&self, phases: &[f64; QUANTUM], sidebands: &[f32; QUANTUM], moment: &Moment) -> [f32; QUANTUM] {
        let mut wave = [0.0; QUANTUM];
        for i in 0..QUANTUM {
            wave[i] = cosine(phases[i]) * (1.0 + sidebands[i]);
        }
        if !self.harmonic_depth.is_zero() {
            let depths = self.harmonic_depth.values(moment);
            for i in 0..QUANTUM {
                wave[i] += depths[i] * sine(phases[i] * self.harmonic_ratio + 0.25);
            }
        }
        wave
    }
}

impl Voice for QamBeat {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        dispatch!(self.level, _simd => self.fill(first, out));
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(self.clone())
    }
}
