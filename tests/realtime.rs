//! Nothing on the audio thread allocates or frees: counted by the allocator itself.

mod common;
#[path = "support/counting.rs"]
mod counting;

use auracore::control::*;
use auracore::engine::{Engine, EngineIo};
use common::*;
use counting::calls_during;

/// Settings drawn at random, in and out of range.
fn random_controls(random: &mut dyn FnMut() -> f32) -> MasterControls {
    let mut c = MasterControls::default();
    let mut flag = |p: f32| random() < p;
    (c.global.bypass, c.global.delta, c.global.gain_match) = (flag(0.1), flag(0.1), flag(0.3));
    (c.compressor.on, c.compressor.auto_makeup, c.compressor.external_sidechain) =
        (flag(0.8), flag(0.5), flag(0.5));
    (c.clipper.on, c.limiter.on, c.dither.on) = (flag(0.5), flag(0.9), flag(0.5));
    c.global.input_gain_db = 48.0 * random() - 24.0;
    for band in &mut c.eq.bands {
        band.kind =
            [EqKind::Bell, EqKind::LowCut, EqKind::Tilt, EqKind::Notch][(random() * 4.0) as usize % 4];
        band.slope = [CutSlope::Db6, CutSlope::Db18, CutSlope::Db48][(random() * 3.0) as usize % 3];
        band.gain_db = 48.0 * random() - 24.0;
        band.freq_hz = 10.0 * 3_000.0f32.powf(random());
        band.solo = random() < 0.05;
    }
    c.compressor.lookahead_ms = 10.0 * random();
    c.compressor.attack_ms = 200.0 * random();
    c.width.mono_below_hz = 500.0 * random();
    c.limiter.attack_ms = 6.0 * random();
    c.limiter.ceiling_db = -20.0 * random();
    c
}

#[test]
fn ten_thousand_random_blocks_never_allocate() {
    let source = noise(1, 9_000);
    let numbers = noise(2, 1_000_000);
    for mode in [LatencyMode::Master, LatencyMode::Live] {
        for rate in [44_100.0, 192_000.0] {
            let mut next = 0;
            let mut random = || {
                next = (next + 1) % numbers.len();
                0.5 + 0.5 * numbers[next]
            };
            let mut engine = Engine::new(rate, mode);
            let (mut left, mut right) = (vec![0.0; 8_192], vec![0.0; 8_192]);
            for block in 0..2_500 {
                let controls = random_controls(&mut random);
                let frames = if block % 50 == 0 { 8_192 } else { (random() * 300.0) as usize };
                left[..frames].copy_from_slice(&source[..frames]);
                right[..frames].copy_from_slice(&source[100..100 + frames]);
                let count = calls_during(|| {
                    if block % 97 == 0 {
                        engine.reset();
                    }
                    let io = EngineIo {
                        left: &mut left[..frames],
                        right: (block % 3 != 0).then_some(&mut right[..frames]),
                        sidechain: Some([&source[..frames], &source[..frames]]),
                    };
                    engine.process(io, &controls);
                });
                assert_eq!(count, 0, "{mode:?} {rate} Hz: block {block} allocated");
            }
        }
    }
}
