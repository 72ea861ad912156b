//! The building blocks against reference data of the original renderer, in its own behaviour unless a test says why not.
//!
//! Whole voices and tracks are compared by an integration test. The blocks are tested where they can be seen: here what
//! belongs to the track, in `voice::golden`, `voice::spatial::golden` and `noise::golden` the rest. The inputs of the cases
//! are computed, so the compact figures suffice; where the full waveforms lie beside the repository, every sample counts.
//!
//! Two cases have no counterpart: `common_linear_fade_1`, a fade-out of any length to any level, where voices only end with
//! ten milliseconds to silence; and `legacy_flanger_0`, of a tool that makes noise files, which is no part of the player.
//! Of noise colours only the magnitude is here, so the phase of `noise_pink_filter`, `noise_brown_filter`, `noise_green_fft`
//! and `noise_colored_2` is not compared, but their octaves or their filter are. `flanger_stereo_1` is compared up to frame
//! 3185 only: the delay is exactly 81 samples there, where the shipped reader jumps by two, and 25 frames differ.

use super::sound::span::{QUANTUM, Quantum};
use super::sound::voice::Voice;
use serde::Deserialize;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};

mod assembly;
#[path = "../../tests/support/skip.rs"]
mod skip;
use skip::skip;

/// Rate of all inputs in Hz.
pub(super) const RATE_HZ: f64 = 44_100.0;

/// The samples are rounded to seven digits in the compact file.
const ROUNDING: f64 = 1e-6;

/// Kinds of cases that are no building blocks.
const WHOLE: [&str; 3] = ["synth", "voice", "track"];

/// Beginnings of the names of the cases that some test here compares.
const COMPARED: [&str; 38] = [
    "sine_wave_",
    "skewed_",
    "trapezoid_",
    "pan2_",
    "pan_envelope_",
    "apply_pan_envelope_0",
    "transition_alpha_",
    "adsr_",
    "linen_",
    "renderer_linear_fade_",
    "common_linear_fade_0",
    "noise_envelope_0",
    "crossfade_",
    "apply_lag_",
    "bandpass_",
    "bandreject_",
    "lowpass_0",
    "apply_filters_0",
    "flanger_stereo_0",
    "flanger_stereo_1",
    "flanger_stereo_2",
    "trajectory_theta_",
    "trajectory_dist_",
    "spatial_mid_",
    "swept_notch_0",
    "swept_notch_1",
    "swept_notch_varying_0",
    "static_notch_0",
    "noise_pink_filter",
    "noise_brown_filter",
    "noise_blue_fft",
    "noise_purple_fft",
    "noise_deep_brown_fft",
    "noise_red_fft",
    "noise_green_fft",
    "noise_colored_0",
    "noise_colored_1",
    "noise_colored_2",
];

const WITHOUT_COUNTERPART: [&str; 2] = ["common_linear_fade_1", "legacy_flanger_0"];

/// A case of the reference data.
#[derive(Deserialize)]
pub(super) struct Case {
    pub name: String,
    kind: String,
    #[serde(default)]
    pub params: Value,
    tolerance: Tolerance,
    file: String,
    pub frames: usize,
    channels: usize,
    at: Vec<usize>,
    values: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct Tolerance {
    max_abs: f64,
}

impl Case {
    /// A number among the parameters.
    pub fn number(&self, key: &str) -> f64 {
        self.params[key].as_f64().unwrap_or_else(|| panic!("{}: no {key}", self.name))
    }

    /// Fails unless every sample of every channel is right.
    pub fn check(&self, found: &[Vec<f32>]) {
        self.check_until(self.frames, found);
    }

    /// The same for the frames before `end`.
    pub fn check_until(&self, end: usize, found: &[Vec<f32>]) {
        let (name, limit) = (&self.name, self.tolerance.max_abs);
        assert_eq!(found.len(), self.channels, "{name}");
        assert!(found.iter().all(|x| x.len() == self.frames), "{name}: {} frames", found[0].len());
        for (at, values) in self.at.iter().zip(&self.values).filter(|(at, _)| **at < end) {
            for (x, value) in found.iter().zip(values) {
                let error = (f64::from(x[*at]) - value).abs();
                assert!(error <= limit + ROUNDING, "{name}: {} at {at}, expected {value}", x[*at]);
            }
        }
        let Some(truth) = self.waveform() else { return };
        let mut worst = (0.0, 0);
        for (i, truth) in truth.iter().enumerate().take(end * self.channels) {
            let (channel, frame) = (i % self.channels, i / self.channels);
            let error = f64::from((found[channel][frame] - truth).abs());
            assert!(error.is_finite(), "{name}: {} at {frame}", found[channel][frame]);
            worst = if error <= worst.0 { worst } else { (error, frame) };
        }
        println!("{name}: worst {:.2e} at {}, limit {limit:.0e}", worst.0, worst.1);
        assert!(worst.0 <= limit, "{name}: {} at {}, limit {limit}", worst.0, worst.1);
    }

    /// All samples; they lie beside the repository, and everywhere but in CI they may be missing.
    pub fn waveform(&self) -> Option<Vec<f32>> {
        static IS_TOLD: Once = Once::new();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/golden");
        if !folder.is_dir() {
            let reason = format!("{} is missing", folder.display());
            IS_TOLD.call_once(|| skip("reference waveforms of the voices in full", &reason));
            return None;
        }
        let bytes = std::fs::read(folder.join(&self.file)).unwrap();
        let samples = bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()));
        Some(samples.collect())
    }
}

/// A file of the reference data in the repository.
pub(super) fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn all() -> Vec<Case> {
    serde_json::from_slice(&std::fs::read(reference("cases.json")).unwrap()).unwrap()
}

/// The cases whose names begin so; one at least.
pub(super) fn cases(beginning: &str) -> Vec<Case> {
    assert!(COMPARED.contains(&beginning), "{beginning} is not on the list");
    let cases: Vec<Case> = all().into_iter().filter(|case| case.name.starts_with(beginning)).collect();
    assert!(!cases.is_empty(), "no case {beginning}");
    cases
}

/// The input `white_uniform`: a linear congruential generator's upper bits.
pub(super) fn white(frames: std::ops::Range<usize>) -> Vec<f32> {
    let next =
        |x: &u64| Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    let numbers = std::iter::successors(Some(1u64), next).skip(1 + frames.start).take(frames.len());
    numbers.map(|x| (x >> 40) as f32 / 8_388_608.0 - 1.0).collect()
}

/// The input `tone_stereo`: 198 Hz on the left, 202 Hz on the right.
pub(super) fn tone(frames: std::ops::Range<usize>) -> [Vec<f32>; 2] {
    [198.0, 202.0].map(|hz| {
        let angle = |frame: usize| std::f64::consts::TAU * hz * frame as f64 / RATE_HZ;
        frames.clone().map(|frame| (0.5 * angle(frame).sin()) as f32).collect()
    })
}

/// A voice that plays what it is given, and silence after it.
#[derive(Clone)]
pub(super) struct Tape(Arc<[Vec<f32>; 2]>);

impl Tape {
    pub fn boxed(ears: [Vec<f32>; 2]) -> Box<dyn Voice> {
        Box::new(Self(Arc::new(ears)))
    }
}

impl Voice for Tape {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        for (ear, out) in self.0.iter().zip([&mut out.left, &mut out.right]) {
            for (i, x) in out.iter_mut().enumerate() {
                *x = ear.get(first as usize + i).copied().unwrap_or(0.0);
            }
        }
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(self.clone())
    }
}

/// Renders the frames of a voice.
pub(super) fn play(voice: &mut dyn Voice, frames: usize) -> [Vec<f32>; 2] {
    let (mut ears, mut quantum) = ([Vec::new(), Vec::new()], Quantum::SILENT);
    for first in (0..frames).step_by(QUANTUM) {
        voice.render(first as u64, &mut quantum);
        let count = QUANTUM.min(frames - first);
        ears[0].extend_from_slice(&quantum.left[..count]);
        ears[1].extend_from_slice(&quantum.right[..count]);
    }
    ears
}

/// The object `params` with its keys renamed; those that are not listed are left out.
pub(super) fn renamed(params: &Value, names: &[(&str, &str)]) -> serde_json::Map<String, Value> {
    let found = names.iter().filter_map(|(from, to)| Some(((*to).to_owned(), params.get(*from)?.clone())));
    found.collect()
}

#[test]
fn every_block_is_compared_or_known_to_be_missing() {
    for case in all().iter().filter(|case| !WHOLE.contains(&case.kind.as_str())) {
        let name = case.name.as_str();
        let is_compared = COMPARED.iter().any(|beginning| name.starts_with(beginning));
        assert_ne!(is_compared, WITHOUT_COUNTERPART.contains(&name), "{name}");
    }
}
