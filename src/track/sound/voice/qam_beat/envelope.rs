//! The amplitude modulations of a `qam_beat` and how they cross over between the ears.

use super::super::sweep::{Lfo, Moment, Motion, Moving};
use super::super::{QUANTUM, VoiceContext};
use crate::dsp::units::{exp2_fast, log2_fast};

/// Lowest exponent divisor of a shape, so that powers stay finite.
const LEAST_SHAPE: f32 = 1e-3;

/// Largest depth of anything that multiplies, so that the product of all stays finite.
const DEEPEST: f64 = 1e3;

/// A depth that may move.
pub fn depth(pair: [f64; 2]) -> Moving {
    Moving::new(pair.map(|depth| depth.clamp(-DEEPEST, DEEPEST)))
}

/// A factor 1 + depth·cosine.
#[derive(Debug, Clone, Copy)]
struct Modulation {
    cosine: Lfo,
    depth: Moving,
}

impl Modulation {
    /// A modulation from keys, or none where frequency or depth is 0.
    fn new(context: &VoiceContext, keys: [&str; 3], defaults: [f64; 2]) -> Option<Self> {
        let [frequency_hz, depths] = [0, 1].map(|i| context.pair(keys[i], defaults[i]));
        let offset_rad = if keys[2].is_empty() { [0.0; 2] } else { context.pair(keys[2], 0.0) };
        let (lfo, depth) = (Lfo::new(frequency_hz, offset_rad), depth(depths));
        (!lfo.is_still() && !depth.is_zero()).then_some(Self { cosine: lfo.quarter_ahead(), depth })
    }

    #[inline(always)]
    fn apply(&self, moment: &Moment, shape: Option<Moving>, x: &mut [f32; QUANTUM]) {
        let (mut cosines, depths) = (self.cosine.sines(moment), self.depth.values(moment));
        if let Some(shape) = shape {
            let shapes = shape.values(moment);
            for i in 0..QUANTUM {
                let shape = if shapes[i] > LEAST_SHAPE { shapes[i] } else { LEAST_SHAPE };
                let power = log2_fast(cosines[i].abs()) / shape;
                cosines[i] = exp2_fast(power).copysign(cosines[i]);
            }
        }
        for i in 0..QUANTUM {
            x[i] *= 1.0 + depths[i] * cosines[i];
        }
    }
}

/// Each ear's envelope takes part of the other's, some time ago.
#[derive(Debug, Clone, Copy)]
struct Crossing {
    depth: Moving,
    delay_frames: u64,
}

/// Envelopes of both ears.
#[derive(Debug, Clone)]
pub struct Envelope {
    first: [Option<Modulation>; 2],
    shapes: [Option<Moving>; 2],
    second: [Option<Modulation>; 2],
    both: Option<Modulation>,
    crossing: Option<Crossing>,
}

impl Envelope {
    /// Reads the voice's keys.
    pub fn new(context: &VoiceContext) -> Self {
        let ear = |ear: &str| {
            let keys = |stem: &str| ["Freq", "Depth", "PhaseOffset"].map(|what| format!("{stem}{what}{ear}"));
            let modulation = |stem: &str, defaults| {
                let keys = keys(stem);
                Modulation::new(context, keys.each_ref().map(String::as_str), defaults)
            };
            let shape = context.pair(&format!("modShape{ear}"), 1.0);
            let shape = (shape != [1.0; 2]).then(|| Moving::new(shape));
            (modulation("qamAm", [4.0, 0.5]), shape, modulation("qamAm2", [0.0, 0.0]))
        };
        let ((left, left_shape, left2), (right, right_shape, right2)) = (ear("L"), ear("R"));
        Self {
            first: [left, right],
            shapes: [left_shape, right_shape],
            second: [left2, right2],
            both: Modulation::new(context, ["subHarmonicFreq", "subHarmonicDepth", ""], [0.0, 0.0]),
            crossing: Crossing::new(context),
        }
    }

    /// Envelopes at a moment.
    #[inline(always)]
    pub fn at(&self, motion: &Motion, moment: &Moment) -> [[f32; QUANTUM]; 2] {
        let mut ears = self.uncrossed(moment);
        if let Some(crossing) = &self.crossing {
            self.cross(crossing, motion, moment, &mut ears);
        }
        if let Some(both) = &self.both {
            let mut gains = [1.0; QUANTUM];
            both.apply(moment, None, &mut gains);
            for i in 0..QUANTUM {
                ears[0][i] *= gains[i];
                ears[1][i] *= gains[i];
            }
        }
        ears
    }

    /// Envelopes before they cross over.
    #[inline(always)]
    fn uncrossed(&self, moment: &Moment) -> [[f32; QUANTUM]; 2] {
        let mut ears = [[1.0; QUANTUM]; 2];
        for (i, ear) in ears.iter_mut().enumerate() {
            if let Some(first) = &self.first[i] {
                first.apply(moment, self.shapes[i], ear);
            }
            if let Some(second) = &self.second[i] {
                second.apply(moment, None, ear);
            }
        }
        ears
    }

    /// Multiplies each ear by 1 + depth·(other ear's past − 1) from the delay on.
    #[inline(always)]
    fn cross(&self, crossing: &Crossing, motion: &Motion, moment: &Moment, ears: &mut [[f32; QUANTUM]; 2]) {
        let Crossing { depth, delay_frames } = *crossing;
        let skipped = delay_frames.saturating_sub(moment.first).min(QUANTUM as u64) as usize;
        if skipped == QUANTUM {
            return;
        }
        let past = motion.without_sums(moment.first.saturating_sub(delay_frames));
        let (past, depths) = (self.uncrossed(&past), depth.values(moment));
        for i in skipped..QUANTUM {
            ears[0][i] *= 1.0 + depths[i] * (past[1][i - skipped] - 1.0);
            ears[1][i] *= 1.0 + depths[i] * (past[0][i - skipped] - 1.0);
        }
    }
}

impl Crossing {
    fn new(context: &VoiceContext) -> Option<Self> {
        let depth = depth(context.pair("crossModDepth", 0.0));
        let delay_s = context.pair("crossModDelay", 0.0)[0];
        let delay_frames = context.span.frames_in(delay_s);
        (!depth.is_zero() && delay_s != 0.0).then_some(Self { depth, delay_frames })
    }
}
