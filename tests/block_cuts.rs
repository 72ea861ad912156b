//! The output does not depend on how the host cuts its blocks, however busy the controls are.

mod common;

use auracore::control::*;
use auracore::engine::{Engine, EngineIo};
use common::*;

/// Controls as an automation lane would give them at a sample position: they change at multiples of 96.
fn automation(position: usize) -> MasterControls {
    let position = position / 96 * 96;
    let step = (position / 96) as f32;
    let wave = |speed: f32| (step * speed).sin();
    let mut controls = MasterControls::default();
    controls.global.input_gain_db = 6.0 * wave(0.1);
    controls.global.delta = (position / 9_600) % 5 == 4;
    controls.global.bypass = (position / 9_600) % 7 == 6;
    controls.global.gain_match = position > 30_000;
    for (i, band) in controls.eq.bands.iter_mut().enumerate() {
        band.gain_db = 6.0 * wave(0.07 + i as f32 * 0.01);
        band.freq_hz *= 1.0 + 0.5 * wave(0.03);
    }
    controls.eq.bands[3].kind =
        if (position / 4_800).is_multiple_of(2) { EqKind::Bell } else { EqKind::LowCut };
    controls.eq.bands[4].solo = (position / 4_800) % 6 == 3;
    controls.eq.bands[5].placement = EqPlacement::Mid;
    let compressor = &mut controls.compressor;
    compressor.on = !(position / 7_200).is_multiple_of(3);
    compressor.threshold_db = -24.0 + 6.0 * wave(0.02);
    compressor.lookahead_ms = 5.0 + 5.0 * wave(0.05);
    compressor.auto_makeup = (position / 3_840) % 4 != 3;
    compressor.mix = 0.5 + 0.5 * wave(0.04);
    controls.width = WidthControls {
        width: 1.0 + wave(0.05),
        mono_below_hz: 100.0 + 50.0 * wave(0.02),
        balance: 0.3 * wave(0.03),
        on: true,
    };
    controls.clipper = ClipperControls {
        on: (position / 6_000) % 2 == 1,
        drive_db: 3.0,
        softness: 0.5 + 0.4 * wave(0.06),
        level_db: -1.0,
    };
    controls.limiter.drive_db = 6.0 + 3.0 * wave(0.05);
    controls.limiter.ceiling_db = -2.0 + wave(0.02);
    controls.limiter.attack_ms = 2.5 + 2.4 * wave(0.01);
    controls.limiter.on = (position / 12_000) % 4 != 2;
    controls.dither = DitherControls { on: position > 20_000, bits: DitherBits::Bits16, shaping: true };
    controls
}

fn render(cuts: &mut dyn FnMut() -> usize, mode: LatencyMode, input: &[Vec<f32>; 2]) -> [Vec<f32>; 2] {
    let mut engine = Engine::new(48_000.0, mode);
    let mut out = input.clone();
    let [left, right] = &mut out;
    let key = &input[1];
    let mut at = 0;
    while at < left.len() {
        // A host that automates sample-accurately cuts at the changes, too.
        let end = (at + cuts()).min(left.len()).min(at / 96 * 96 + 96);
        engine.process(
            EngineIo {
                left: &mut left[at..end],
                right: Some(&mut right[at..end]),
                sidechain: Some([&key[at..end], &key[at..end]]),
            },
            &automation(at),
        );
        at = end;
    }
    out
}

#[test]
fn block_cuts_do_not_matter() {
    let input = [noise(1, 48_000), noise(2, 48_000)];
    for mode in [LatencyMode::Master, LatencyMode::Live] {
        let whole = render(&mut || 96, mode, &input);
        assert!(peak(&whole[0]) > 0.1);
        for cut in [1, 7, 16, 32, 63] {
            let out = render(&mut || cut, mode, &input);
            for c in 0..2 {
                let first = (0..out[c].len()).find(|n| out[c][*n] != whole[c][*n]);
                assert!(
                    first.is_none(),
                    "{mode:?}: blocks of {cut} differ from sample {first:?} of channel {c}: {:?}",
                    first.map(|n| (out[c][n], whole[c][n]))
                );
            }
        }
        let sizes = noise(3, 200_000);
        let mut next = 0;
        let ragged = render(
            &mut || {
                next += 1;
                (sizes[next].abs() * 70.0) as usize
            },
            mode,
            &input,
        );
        assert!(ragged == whole, "{mode:?}: ragged blocks differ");
    }
}
