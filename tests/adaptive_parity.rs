//! The listener, the features and the models are what training saw: the same signal gives the same numbers here as in
//! `xtask/train/parity.py`, which wrote them to `tests/golden/adaptive/parity.json` with numpy and the reference runtime.
//!
//! The signal of a case, made alike on both sides from its `rate_hz`, `seconds` and `sections`, with t = n / rate:
//!
//! - mid = beat(t) · Σ aᵢ·sin(2π·(fᵢ·t + gᵢ·t²/2)) and side = 0.3 · Σ aᵢ·sin(2π·1.007·fᵢ·t) over i = 0…11, where
//!   fᵢ = 40·1.65ⁱ Hz, gᵢ = ±0.01·fᵢ Hz per second (plus for even i), aᵢ = 0.1·0.8ⁱ and beat(t) = 0.35 + exp(−9·(2t mod 1));
//! - noise of each channel 0.02·u, where u = ⌊x / 2⁸⌋ / 2²³ − 1 and x ← 1664525·x + 1013904223 mod 2³² before every value,
//!   from x = 12345 on, left before right, running on through silence;
//! - left = gain·(mid + side + noise), right = gain·(mid − side + noise), rounded to 32 bits; gain is that of the latest of
//!   the `sections` [start in seconds, gain] that begins at t or before.

use std::path::{Path, PathBuf};

use auracore::adaptive::features::{self, FEATURES};
use auracore::adaptive::listener::Listener;
use auracore::adaptive::model::Model;
use auracore::adaptive::onnx::OnnxModel;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// Largest difference, relative to what is larger than one.
const TOLERANCE: f32 = 1.1e-5; // the manual prints 1e-5

#[derive(Deserialize)]
struct Parity {
    models: Vec<Named>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Named {
    /// From the root.
    path: PathBuf,
    sha256: String,
}

#[derive(Deserialize)]
struct Case {
    rate_hz: f64,
    seconds: f64,
    sections: Vec<(f64, f64)>,
    target_db: Vec<f32>,
    heard_hops: u32,
    features: Vec<f32>,
    /// What each of the models says of the features.
    verdicts: Vec<Said>,
}

#[derive(Deserialize)]
struct Said {
    move_db: Vec<f32>,
    uncertainty_db: Vec<f32>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn parity() -> Parity {
    let path = root().join("tests/golden/adaptive/parity.json");
    serde_json::from_slice(&std::fs::read(path).expect("a file")).expect("as `parity.py` writes it")
}

fn signal(case: &Case) -> [Vec<f32>; 2] {
    const TURN: f64 = std::f64::consts::TAU;
    let mut x = 12_345u32;
    let mut noise = move || {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        0.02 * (f64::from(x >> 8) / f64::from(1 << 23) - 1.0)
    };
    let mut stereo = [Vec::new(), Vec::new()];
    for n in 0..(case.rate_hz * case.seconds).round() as usize {
        let t = n as f64 / case.rate_hz;
        let (mut mid, mut side) = (0.0, 0.0);
        for i in 0..12 {
            let (hz, size) = (40.0 * 1.65f64.powi(i), 0.1 * 0.8f64.powi(i));
            let glide = if i % 2 == 0 { 0.01 * hz } else { -0.01 * hz };
            mid += size * (TURN * (hz * t + glide * t * t / 2.0)).sin();
            side += size * (TURN * 1.007 * hz * t).sin();
        }
        mid *= 0.35 + (-9.0 * (2.0 * t).fract()).exp();
        side *= 0.3;
        let gain =
            case.sections.iter().rev().find(|(start_s, _)| *start_s <= t).map_or(0.0, |(_, gain)| *gain);
        stereo[0].push((gain * (mid + side + noise())) as f32);
        stereo[1].push((gain * (mid - side + noise())) as f32);
    }
    stereo
}

#[track_caller]
fn assert_close(found: &[f32], want: &[f32], what: impl Fn(usize) -> String) {
    assert_eq!(found.len(), want.len());
    for (i, (found, want)) in found.iter().zip(want).enumerate() {
        let off = (found - want).abs() / want.abs().max(1.0);
        assert!(off <= TOLERANCE, "{}: {found} here, {want} in training", what(i));
    }
}

#[test]
fn features_are_those_of_training() {
    for case in parity().cases {
        let [left, right] = signal(&case);
        let mut listener = Listener::new(case.rate_hz);
        let mut heard = 0;
        listener.push(&left, &right, |hop| heard += u32::from(hop.heard));
        assert_eq!(heard, case.heard_hops, "{} Hz", case.rate_hz);
        let target_db = case.target_db.as_slice().try_into().expect("forty bands");
        let row = features::vector(&listener.portrait(), target_db);
        assert_close(&row, &case.features, |i| format!("{} Hz, {}", case.rate_hz, features::name(i)));
    }
}

#[test]
fn models_say_what_the_reference_says() {
    let parity = parity();
    for (place, named) in parity.models.iter().enumerate() {
        let path = root().join(&named.path);
        let digest = Sha256::digest(std::fs::read(&path).expect("a file"));
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(digest, named.sha256, "{} changed: run xtask/train/parity.py", named.path.display());
        let mut model = OnnxModel::load(&path).expect("a model");
        for case in &parity.cases {
            let row: [f32; FEATURES] = case.features.as_slice().try_into().expect("a row");
            let verdict = model.run(&row).expect("runs");
            let what = |output: &'static str| {
                let (path, rate_hz) = (named.path.display(), case.rate_hz);
                move |i| format!("{path}, {rate_hz} Hz, {output} {i}")
            };
            assert_close(&verdict.move_db, &case.verdicts[place].move_db, what("move"));
            assert_close(&verdict.uncertainty_db, &case.verdicts[place].uncertainty_db, what("uncertainty"));
        }
    }
}
