//! Finite in, finite out; whatever comes in, the next clean signal is clean.

mod common;

use auracore::control::*;
use auracore::engine::{Engine, EngineIo};
use common::*;

fn everything_on() -> MasterControls {
    let mut controls = MasterControls::default();
    for band in &mut controls.eq.bands {
        band.gain_db = 3.0;
    }
    controls.compressor.on = true;
    controls.compressor.auto_makeup = true;
    controls.width = WidthControls { width: 1.5, mono_below_hz: 120.0, ..controls.width };
    controls.clipper = ClipperControls { on: true, drive_db: 6.0, ..controls.clipper };
    controls.limiter.drive_db = 6.0;
    controls
}

fn process(engine: &mut Engine, left: &mut [f32], right: &mut [f32], controls: &MasterControls) {
    for (left, right) in left.chunks_mut(128).zip(right.chunks_mut(128)) {
        engine.process(EngineIo { left, right: Some(right), sidechain: None }, controls);
    }
}

fn assert_clean(signal: &[f32], what: &str) {
    for x in signal {
        assert!(x.is_finite(), "{what}: {x}");
        assert!(*x == 0.0 || x.is_normal(), "{what}: subnormal {x:e}");
    }
}

#[test]
fn hostile_input_gives_clean_bounded_output() {
    type Source = fn(usize) -> f32;
    let hostile: [(&str, Source); 7] = [
        ("NaN", |_| f32::NAN),
        ("infinity", |_| f32::INFINITY),
        ("minus infinity", |n| if n % 2 == 0 { f32::NEG_INFINITY } else { 0.1 }),
        ("subnormal", |n| 1e-40 * (n % 3) as f32),
        ("+100 dB", |n| 1e5 * ((n * 7919) % 100) as f32 / 50.0 - 1e5),
        ("largest", |n| if n % 2 == 0 { f32::MAX } else { f32::MIN }),
        ("mixed", |n| [f32::NAN, 1e30, -0.5, 1e-42][n % 4]),
    ];
    for mode in [LatencyMode::Master, LatencyMode::Live] {
        for (what, sample) in hostile {
            let controls = everything_on();
            let mut engine = Engine::new(48_000.0, mode);
            let mut left: Vec<f32> = (0..9_600).map(sample).collect();
            let mut right = left.clone();
            process(&mut engine, &mut left, &mut right, &controls);
            assert_clean(&left, what);
            assert!(db(peak(&left)) <= -1.0 + 1e-4, "{what}: {}", db(peak(&left)));
            // The next clean block is clean, and after the tails the sound is the usual one.
            let tone = sine(440.0, 0.1, 0.0, 48_000.0, 960_000);
            let (mut l, mut r) = (tone.clone(), tone.clone());
            process(&mut engine, &mut l, &mut r, &controls);
            assert_clean(&l, what);
            let mut fresh = Engine::new(48_000.0, mode);
            let (mut l2, mut r2) = (tone.clone(), tone);
            process(&mut fresh, &mut l2, &mut r2, &controls);
            let (got, usual) =
                (tone_level(&l[912_000..], 440.0, 48_000.0), tone_level(&l2[912_000..], 440.0, 48_000.0));
            assert!((20.0 * (got / usual).log10()).abs() < 0.5, "{mode:?} {what}: {got} instead of {usual}");
        }
    }
}

#[test]
fn bypass_lets_no_subnormals_through() {
    let mut controls = MasterControls::default();
    controls.global.bypass = true;
    let mut engine = Engine::new(48_000.0, LatencyMode::Master);
    let mut left: Vec<f32> = (0..4_800).map(|n| 1e-39 * (n % 5) as f32).collect();
    let mut right = left.clone();
    process(&mut engine, &mut left, &mut right, &controls);
    assert_clean(&left, "bypass");
}

#[test]
fn silence_after_sound_becomes_exact_zero() {
    let controls = everything_on();
    for mode in [LatencyMode::Master, LatencyMode::Live] {
        let mut engine = Engine::new(48_000.0, mode);
        let (mut left, mut right) = (noise(1, 48_000), noise(2, 48_000));
        process(&mut engine, &mut left, &mut right, &controls);
        let (mut left, mut right) = (vec![0.0; 480_000], vec![0.0; 480_000]);
        process(&mut engine, &mut left, &mut right, &controls);
        assert_clean(&left, "tail");
        assert!(left[400_000..].iter().all(|x| *x == 0.0), "{mode:?}: still {:e}", peak(&left[400_000..]));
    }
}

#[test]
fn empty_blocks_are_fine() {
    let mut engine = Engine::new(44_100.0, LatencyMode::Master);
    engine.process(
        EngineIo { left: &mut [], right: Some(&mut []), sidechain: None },
        &MasterControls::default(),
    );
}
