//! `stereo_am_independent`: a sine a little apart in both ears, each with a tremolo of its own.
//!
//! Built off the audio thread, rendered on it.

use super::formula::{Formula, Formulaic};
use super::waveshaping::ends;
use super::waveshaping::progress::{Course, Progress};
use super::waveshaping::tone::{Moving, Tone, tremble};
use super::{Built, QUANTUM, Quantum, VoiceContext};

/// Compiles the voice. A transition has its own defaults, does not fall back to the static keys and knows no tremolo
/// phases.
pub fn build(context: &VoiceContext) -> Built {
    let fields = context.fields;
    let phase_rad = |key: &str| if context.is_transition { 0.0 } else { fields.number(key, 0.0) };
    let carrier_hz = ends(context, "carrierFreq", [200.0, 200.0, 250.0]);
    let width_hz = if context.is_transition {
        let start = fields.number("startStereoWidthHz", fields.number("stereoWidthHz", 0.2));
        [start, fields.maybe_number("endStereoWidthHz").unwrap_or(start)]
    } else {
        [fields.number("stereo_width_hz", 0.2); 2]
    };
    let left_hz = ends(context, "modFreqL", [4.0, 4.0, 6.0]);
    let right_hz = ends(context, "modFreqR", [4.0, 4.1, 5.9]);
    let ear = |side: f64| [0, 1].map(|i| carrier_hz[i] + side * 0.5 * width_hz[i]);
    Built::new(Formulaic::new(StereoAm {
        course: Course::of(context),
        carriers: [-1.0, 1.0].map(|side| Tone::new(ear(side), 0.0, context.span)),
        tremolos: [
            Tone::new(left_hz, phase_rad("modPhaseL"), context.span),
            Tone::new(right_hz, phase_rad("modPhaseR"), context.span),
        ],
        depths: [
            Moving::new(ends(context, "modDepthL", [0.8; 3])),
            Moving::new(ends(context, "modDepthR", [0.8; 3])),
        ],
        amp_gain: fields.number("amp", 0.25) as f32,
    }))
}

#[derive(Debug, Clone)]
struct StereoAm {
    course: Course,
    carriers: [Tone; 2],
    tremolos: [Tone; 2],
    depths: [Moving; 2],
    amp_gain: f32,
}

impl Formula for StereoAm {
    #[inline(always)]
    fn fill(&self, first: u64, out: &mut Quantum) {
        let mut progress = Progress::STILL;
        self.course.fill(first, &mut progress);
        for (ear, out) in [&mut out.left, &mut out.right].into_iter().enumerate() {
            let mut x = self.carriers[ear].sines(first, &progress);
            tremble(&mut x, &self.tremolos[ear].sines(first, &progress), self.depths[ear], &progress);
            for i in 0..QUANTUM {
                out[i] = x[i] * self.amp_gain;
            }
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
        trial::seeks_exactly(build, &json!({"modPhaseL": 1, "endStereoWidthHz": 9, "initial_offset": 0.1}));
        let keys = [
            "amp",
            "carrierFreq",
            "modFreqL",
            "modDepthR",
            "modPhaseL",
            "stereo_width_hz",
            "startCarrierFreq",
            "endModFreqL",
            "startModDepthR",
            "endStereoWidthHz",
            "initial_offset",
            "duration",
        ];
        trial::stands_extremes(build, &json!({}), &keys);
    }
}
