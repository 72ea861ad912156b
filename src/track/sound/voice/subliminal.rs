//! `subliminal_encode`: recordings moved up to a carrier near the end of hearing, in turn or on top of each other.
//!
//! Everything is made off the audio thread; rendering reads it. Amplitude modulation without its carrier.

use super::{Built, QUANTUM, Quantum, Voice, VoiceContext};
use crate::dsp::sine::{sine, wrap_cycles};
use crate::track::file::fields::shown;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// Longest total of recordings.
const MOST_S: f64 = 600.0;
/// Silence after each recording of a sequence.
const PAUSE_S: f64 = 1.0;
/// Range of the carrier.
const CARRIER_HZ: std::ops::RangeInclusive<f64> = 15_000.0..=20_000.0;
/// Most frames of a stack whose peak is looked for: half an hour.
const MOST_SCANNED: u64 = 1 << 26;

/// Compiles the voice. A recording that cannot be had refuses the voice.
pub fn build(context: &VoiceContext) -> Built {
    let (fields, rate_hz) = (context.fields, context.span.rate_hz);
    let carrier_hz = fields.number("carrierFreq", 17_500.0).clamp(*CARRIER_HZ.start(), *CARRIER_HZ.end());
    let amp = fields.number("amp", 0.5);
    let is_stack = match fields.text("mode", "sequence").trim() {
        "stack" => true,
        "sequence" => false,
        other => {
            fields.repair("mode", format!("found {other:?}, taken as sequence"));
            false
        }
    };
    let recordings = read_recordings(context);
    let encoded: Vec<Vec<f32>> =
        recordings.into_iter().map(|mono| encode(mono, carrier_hz / rate_hz)).collect();
    let mut voice = if is_stack {
        Subliminal { loops: encoded.into(), gain: 1.0 }
    } else {
        let pause = (PAUSE_S * rate_hz) as usize;
        let mut sequence = Vec::new();
        for part in encoded {
            sequence.extend(part);
            sequence.resize(sequence.len() + pause, 0.0);
        }
        let loops: Vec<Vec<f32>> = if sequence.is_empty() { Vec::new() } else { vec![sequence] };
        Subliminal { loops: loops.into(), gain: 1.0 }
    };
    let peak = voice.peak(context.span.frames);
    voice.gain = if peak > 0.0 { amp as f32 / peak } else { 0.0 };
    Built::new(voice)
}

/// The recordings that the voice names, at the rate of the step, mono; none if one is missing.
fn read_recordings(context: &VoiceContext) -> Vec<Vec<f32>> {
    let fields = context.fields;
    let key = if fields.has("audio_paths") { "audio_paths" } else { "audio_path" };
    let mut read = Vec::new();
    let mut frames_left = (MOST_S * context.span.rate_hz) as usize;
    for path in paths(context, key) {
        let recording = match context.files.recording_at(Path::new(path), context.span.rate_hz) {
            Ok(recording) => recording,
            Err(why) => {
                fields.refuse(key, why);
                return Vec::new();
            }
        };
        let channels = &recording.channels;
        let frames = channels.iter().map(Vec::len).min().unwrap_or(0);
        let Some(left) = frames_left.checked_sub(frames) else {
            fields.refuse(
                key,
                format!("found recordings of more than {MOST_S} s in all, expected at most that"),
            );
            return Vec::new();
        };
        frames_left = left;
        let share = 1.0 / channels.len().max(1) as f32;
        let mono = (0..frames).map(|i| channels.iter().map(|channel| channel[i]).sum::<f32>() * share);
        read.push(mono.collect::<Vec<f32>>());
    }
    read.retain(|mono| !mono.is_empty());
    if read.is_empty() {
        fields.refuse(key, "found no sound, expected the path of a recording");
    }
    read
}

/// Paths as an array or a text with semicolons.
fn paths<'a>(context: &VoiceContext<'a>, key: &str) -> Vec<&'a str> {
    let listed: Vec<&str> = match context.fields.value(key) {
        None => Vec::new(),
        Some(Value::String(text)) => text.split(';').collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(other) => {
            context.fields.refuse(key, format!("found {}, expected paths of recordings", shown(other)));
            Vec::new()
        }
    };
    listed.into_iter().map(str::trim).filter(|path| !path.is_empty()).collect()
}

/// Multiplies by the carrier, which starts with the recording, and brings the peak to 1.
fn encode(mut mono: Vec<f32>, cycles_per_frame: f64) -> Vec<f32> {
    for (k, sample) in mono.iter_mut().enumerate() {
        let carrier = sine(wrap_cycles(k as f64 * cycles_per_frame));
        *sample = if sample.is_finite() { *sample * carrier } else { 0.0 };
    }
    let peak = mono.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
    if peak > 0.0 {
        mono.iter_mut().for_each(|sample| *sample /= peak);
    }
    mono
}

/// Loops of their own lengths, averaged.
#[derive(Debug, Clone)]
struct Subliminal {
    loops: Arc<[Vec<f32>]>,
    gain: f32,
}

impl Subliminal {
    /// Largest magnitude over a step of `frames`.
    fn peak(&self, frames: u64) -> f32 {
        let cycle = self.loops.iter().fold(1, |cycle: u64, part| {
            cycle.saturating_mul(part.len() as u64 / common_divisor(cycle, part.len() as u64))
        });
        let frames = frames.min(cycle).min(MOST_SCANNED);
        let (mut peak, mut mixed) = (0.0f32, [0.0; QUANTUM]);
        for first in (0..frames).step_by(QUANTUM) {
            self.mix(first, &mut mixed);
            let within = (frames - first).min(QUANTUM as u64) as usize;
            peak = mixed[..within].iter().fold(peak, |peak, sample| peak.max(sample.abs()));
        }
        peak
    }

    fn mix(&self, first: u64, out: &mut [f32; QUANTUM]) {
        *out = [0.0; QUANTUM];
        for part in self.loops.iter() {
            let mut at = (first % part.len() as u64) as usize;
            let mut rest = &mut out[..];
            while !rest.is_empty() {
                let run = rest.len().min(part.len() - at);
                let (now, later) = rest.split_at_mut(run);
                for (out, sample) in now.iter_mut().zip(&part[at..at + run]) {
                    *out += sample;
                }
                (rest, at) = (later, 0);
            }
        }
        let share = 1.0 / self.loops.len().max(1) as f32;
        for out in out {
            *out *= share;
        }
    }
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

impl Voice for Subliminal {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        self.mix(first, &mut out.left);
        for i in 0..QUANTUM {
            out.left[i] *= self.gain;
            out.right[i] = out.left[i];
        }
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::super::waveshaping::trial;
    use super::*;
    use crate::track::sound::span::{Behaviour, Span};
    use serde_json::json;

    /// The left channel over `frames` frames at 64 kHz, where a carrier of 16 kHz is 0, 1, 0, −1.
    fn rendered(params: &Value, frames: u64) -> (Vec<f32>, Vec<String>) {
        let span = Span::new(frames as f64 / 64_000.0, 64_000.0);
        let (mut voice, problems) = trial::built(build, params, span, false, Behaviour::Intended);
        let mut samples = Vec::new();
        for first in (0..frames).step_by(QUANTUM) {
            let out = trial::quantum(&mut *voice, first);
            assert_eq!(out.left, out.right);
            samples.extend(out.left);
        }
        (samples, problems.iter().map(ToString::to_string).collect())
    }

    fn assert_near(found: &[f32], expected: &[f32]) {
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {expected:?}");
    }

    #[test]
    fn a_sequence_pauses_for_a_second_after_each() {
        let object = json!({"audio_path": "short; long", "carrierFreq": 16_000, "amp": 0.5});
        let (samples, problems) = rendered(&object, 200_000);
        assert!(problems.is_empty(), "{problems:?}");
        assert_near(&samples[..5], &[0.0, -0.5, 0.0, 0.0, 0.0]);
        // The mono sum of the long one is 0.2, 0.2, 0.2, 0.1, 0; its carrier starts anew.
        assert_near(&samples[64_003..64_010], &[0.0, 0.5, 0.0, -0.25, 0.0, 0.0, 0.0]);
        let cycle = 3 + 5 + 2 * 64_000;
        assert_near(&samples[cycle..cycle + 3], &[0.0, -0.5, 0.0]);
        assert!(samples[5..64_003].iter().all(|x| *x == 0.0));
    }

    #[test]
    fn a_stack_averages_loops_of_their_own_lengths() {
        let object = json!({"audio_paths": ["short", "long"], "mode": "stack", "carrierFreq": 1, "amp": 1});
        let (samples, _) = rendered(&object, 128);
        // 15 kHz is the lowest carrier.
        let carrier = |k: usize| (std::f64::consts::TAU * 15_000.0 / 64_000.0 * k as f64).sin() as f32;
        let one = |list: &[f32]| {
            let encoded: Vec<f32> = list.iter().enumerate().map(|(k, x)| x * carrier(k)).collect();
            let peak = encoded.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
            encoded.iter().map(|x| x / peak).collect::<Vec<f32>>()
        };
        let (short, long) = (one(&[0.5, -1.0, 0.25]), one(&[0.2, 0.2, 0.2, 0.1, 0.0]));
        let mixed: Vec<f32> = (0..128).map(|i| short[i % 3] + long[i % 5]).collect();
        let peak = mixed.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
        assert_near(&samples, &mixed.iter().map(|x| x / peak).collect::<Vec<f32>>());
    }

    #[test]
    fn what_cannot_be_had_silences_with_a_word() {
        for (object, expected) in [
            (json!({"audio_path": "gone"}), "params.audio_path: refused: found no file gone"),
            (json!({"audio_paths": ["short", "gone"]}), "params.audio_paths: refused: found no file gone"),
            (json!({}), "params.audio_path: refused: found no sound"),
            (json!({"audio_paths": [], "mode": "stack"}), "params.audio_paths: refused: found no sound"),
            (
                json!({"audio_path": vec!["endless"; 39]}),
                "params.audio_path: refused: found recordings of more",
            ),
        ] {
            let (samples, problems) = rendered(&object, 128);
            assert!(samples.iter().all(|x| *x == 0.0));
            assert!(problems[0].starts_with(expected), "{problems:?}");
        }
    }

    #[test]
    fn seeks_exactly_and_stands_extremes() {
        trial::seeks_exactly(build, &json!({"audio_paths": ["short", "long"], "mode": "stack"}));
        trial::stands_extremes(build, &json!({"audio_path": "short"}), &["amp", "carrierFreq"]);
    }
}
