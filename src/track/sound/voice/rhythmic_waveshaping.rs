//! `rhythmic_waveshaping`: a sine with tremolo, saturated after it, so that the tremolo changes its colour. Mono, panned.
//!
//! Built off the audio thread, rendered on it. Saturation: see [`super::waveshaping`].

use super::formula::{Formula, Formulaic};
use super::waveshaping::progress::{Course, Progress};
use super::waveshaping::tone::{Moving, Tone, tremble};
use super::waveshaping::{Shaper, audible_hz, ends, pan_gains};
use super::{Built, QUANTUM, Quantum, VoiceContext};

/// Compiles the voice. A transition has its own defaults and does not fall back to the static keys.
pub fn build(context: &VoiceContext) -> Built {
    let fields = context.fields;
    let carrier_hz = ends(context, "carrierFreq", [200.0, 200.0, 80.0]);
    let tremolo_hz = ends(context, "modFreq", [4.0, 12.0, 7.83]);
    let depth = ends(context, "modDepth", [1.0; 3]);
    let amount = ends(context, "shapeAmount", [5.0; 3]);
    let amp = fields.number("amp", 0.25);
    Built::new(Formulaic::new(RhythmicWaveshaping {
        course: Course::of(context),
        carrier: Tone::new(audible_hz(carrier_hz), 0.0, context.span),
        tremolo: Tone::new(audible_hz(tremolo_hz), 0.0, context.span),
        depth: Moving::new(depth),
        shaper: Shaper::new(amount),
        gains: pan_gains(fields.number("pan", 0.0)).map(|gain| (gain * amp) as f32),
    }))
}

#[derive(Debug, Clone)]
struct RhythmicWaveshaping {
    course: Course,
    carrier: Tone,
    tremolo: Tone,
    depth: Moving,
    shaper: Shaper,
    gains: [f32; 2],
}

impl Formula for RhythmicWaveshaping {
    #[inline(always)]
    fn fill(&self, first: u64, out: &mut Quantum) {
        let mut progress = Progress::STILL;
        self.course.fill(first, &mut progress);
        let mut x = self.carrier.sines(first, &progress);
        tremble(&mut x, &self.tremolo.sines(first, &progress), self.depth, &progress);
        self.shaper.shape(&mut x, &progress);
        for i in 0..QUANTUM {
            out.left[i] = x[i] * self.gains[0];
            out.right[i] = x[i] * self.gains[1];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::waveshaping::trial;
    use super::*;
    use serde_json::json;

    #[test]
    fn seeks_exactly_and_stands_extremes() {
        trial::seeks_exactly(build, &json!({"startShapeAmount": 1, "pan": 0.4, "initial_offset": 0.1}));
        let keys = [
            "amp",
            "pan",
            "carrierFreq",
            "modFreq",
            "modDepth",
            "shapeAmount",
            "startCarrierFreq",
            "endCarrierFreq",
            "endModFreq",
            "startModDepth",
            "startShapeAmount",
            "endShapeAmount",
            "initial_offset",
            "duration",
        ];
        trial::stands_extremes(build, &json!({}), &keys);
    }
}
