//! `wave_shape_stereo_am`: a saturated sine with tremolo, and a second tremolo of its own in each ear.
//!
//! Built off the audio thread, rendered on it. Saturation: see [`super::waveshaping`].

use super::formula::{Formula, Formulaic};
use super::waveshaping::progress::{Course, Progress};
use super::waveshaping::tone::{Moving, Tone, tremble};
use super::waveshaping::{Shaper, audible_hz, ends};
use super::{Built, QUANTUM, Quantum, VoiceContext};
use std::f64::consts::FRAC_PI_2;

/// Compiles the voice. A transition has its own defaults, does not fall back to the static keys and knows no tremolo
/// phases.
pub fn build(context: &VoiceContext) -> Built {
    let (fields, span) = (context.fields, context.span);
    let phase_rad = |key: &str, rad| if context.is_transition { 0.0 } else { fields.number(key, rad) };
    let carrier_hz = ends(context, "carrierFreq", [200.0, 200.0, 100.0]);
    let tremolo_hz = ends(context, "shapeModFreq", [4.0, 4.0, 8.0]);
    let left_hz = ends(context, "stereoModFreqL", [4.1, 4.1, 6.0]);
    let right_hz = ends(context, "stereoModFreqR", [4.0, 4.0, 6.1]);
    let depth = ends(context, "shapeModDepth", [0.8; 3]);
    let left_depth = ends(context, "stereoModDepthL", [0.8; 3]);
    let right_depth = ends(context, "stereoModDepthR", [0.8, 0.9, 0.9]);
    Built::new(Formulaic::new(WaveShapeStereoAm {
        course: Course::of(context),
        carrier: Tone::new(audible_hz(carrier_hz), 0.0, span),
        tremolo: Tone::new(audible_hz(tremolo_hz), 0.0, span),
        depth: Moving::new(depth),
        shaper: Shaper::new(ends(context, "shapeAmount", [0.5; 3])),
        ear_tremolos: [
            Tone::new(audible_hz(left_hz), phase_rad("stereoModPhaseL", 0.0), span),
            Tone::new(audible_hz(right_hz), phase_rad("stereoModPhaseR", FRAC_PI_2), span),
        ],
        ear_depths: [left_depth, right_depth].map(Moving::new),
        amp_gain: fields.number("amp", 0.15) as f32,
    }))
}

#[derive(Debug, Clone)]
struct WaveShapeStereoAm {
    course: Course,
    carrier: Tone,
    tremolo: Tone,
    depth: Moving,
    shaper: Shaper,
    ear_tremolos: [Tone; 2],
    ear_depths: [Moving; 2],
    amp_gain: f32,
}

impl Formula for WaveShapeStereoAm {
    #[inline(always)]
    fn fill(&self, first: u64, out: &mut Quantum) {
        let mut progress = Progress::STILL;
        self.course.fill(first, &mut progress);
        let mut x = self.carrier.sines(first, &progress);
        tremble(&mut x, &self.tremolo.sines(first, &progress), self.depth, &progress);
        self.shaper.shape(&mut x, &progress);
        for (ear, out) in [&mut out.left, &mut out.right].into_iter().enumerate() {
            for i in 0..QUANTUM {
                out[i] = x[i] * self.amp_gain;
            }
            tremble(out, &self.ear_tremolos[ear].sines(first, &progress), self.ear_depths[ear], &progress);
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
        trial::seeks_exactly(
            build,
            &json!({"endShapeAmount": 6, "stereoModPhaseL": 2, "initial_offset": 0.1}),
        );
        let keys = [
            "amp",
            "carrierFreq",
            "shapeModFreq",
            "shapeModDepth",
            "shapeAmount",
            "stereoModFreqL",
            "stereoModDepthR",
            "stereoModPhaseR",
            "startCarrierFreq",
            "endShapeModFreq",
            "startShapeAmount",
            "endStereoModDepthR",
            "initial_offset",
            "duration",
        ];
        trial::stands_extremes(build, &json!({}), &keys);
    }
}
