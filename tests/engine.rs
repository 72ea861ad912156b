//! The engine seen from outside: latency, bypass, delta, gain match, rates, mono.

mod common;

use auracore::control::*;
use auracore::engine::{Engine, EngineIo};
use common::*;

const RATES_HZ: [f64; 6] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0];

fn render(engine: &mut Engine, input: [&[f32]; 2], controls: &MasterControls, cut: usize) -> [Vec<f32>; 2] {
    let mut out = input.map(<[f32]>::to_vec);
    let [left, right] = &mut out;
    for (left, right) in left.chunks_mut(cut).zip(right.chunks_mut(cut)) {
        engine.process(EngineIo { left, right: Some(right), sidechain: None }, controls);
    }
    out
}

fn busy() -> MasterControls {
    let mut controls = MasterControls::default();
    controls.eq.bands[1] = EqBand { gain_db: 3.0, ..controls.eq.bands[1] };
    controls.eq.bands[5] = EqBand { gain_db: -4.0, placement: EqPlacement::Side, ..controls.eq.bands[5] };
    controls.compressor = CompressorControls { on: true, lookahead_ms: 2.0, ..controls.compressor };
    controls.width = WidthControls { width: 1.3, mono_below_hz: 120.0, ..controls.width };
    controls.clipper = ClipperControls { on: true, drive_db: 2.0, ..controls.clipper };
    controls.limiter.drive_db = 3.0;
    controls
}

#[test]
fn reported_latency_is_measured_in_every_mode_and_rate() {
    for rate in RATES_HZ {
        for mode in [LatencyMode::Master, LatencyMode::Live] {
            for clipper_on in [false, true] {
                let mut controls = MasterControls::default();
                controls.clipper.on = clipper_on;
                let mut engine = Engine::new(rate, mode);
                let mut impulse = vec![0.0; 8_192];
                impulse[100] = 0.25;
                let out = render(&mut engine, [&impulse, &impulse], &controls, 512);
                let at =
                    (0..out[0].len()).max_by(|a, b| out[0][*a].abs().total_cmp(&out[0][*b].abs())).unwrap();
                assert_eq!(at - 100, engine.latency_samples(), "{rate} {mode:?} clipper {clipper_on}");
            }
            assert_eq!(Engine::latency_for(rate, mode), Engine::new(rate, mode).latency_samples());
            assert!(mode == LatencyMode::Master || Engine::latency_for(rate, mode) == 0);
        }
    }
    // As the manual prints them.
    for (rate, samples) in [(44_100.0, 757), (48_000.0, 815), (96_000.0, 1_535), (192_000.0, 2_975)] {
        assert_eq!(Engine::latency_for(rate, LatencyMode::Master), samples, "{rate}");
    }
}

#[test]
fn bypass_is_bit_exact_and_aligned() {
    for rate in [44_100.0, 96_000.0] {
        let mut controls = busy();
        controls.global.bypass = true;
        let mut engine = Engine::new(rate, LatencyMode::Master);
        let input = [noise(1, 20_000), noise(2, 20_000)];
        let out = render(&mut engine, [&input[0], &input[1]], &controls, 333);
        let latency = engine.latency_samples();
        for (out, input) in out.iter().zip(&input) {
            assert!(out[..latency].iter().all(|x| *x == 0.0));
            assert!(out[latency..] == input[..input.len() - latency], "bypass altered the signal");
        }
    }
}

#[test]
fn switching_bypass_does_not_click() {
    let rate = 48_000.0;
    let input = sine(220.0, 0.3, 0.0, rate, 96_000);
    let mut engine = Engine::new(rate, LatencyMode::Master);
    let mut controls = MasterControls::default();
    controls.global.input_gain_db = -6.0;
    let mut out = input.clone();
    let mut other = input.clone();
    for (i, (left, right)) in out.chunks_mut(480).zip(other.chunks_mut(480)).enumerate() {
        controls.global.bypass = i / 20 % 2 == 1;
        engine.process(EngineIo { left, right: Some(right), sidechain: None }, &controls);
    }
    let steepest = 0.3 * std::f32::consts::TAU * 220.0 / rate as f32;
    let largest_step = out.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0f32, f32::max);
    assert!(largest_step < 1.1 * steepest, "{largest_step} against {steepest}");
}

#[test]
fn delta_is_what_the_chain_changes() {
    let rate = 48_000.0;
    let input = [noise(3, 30_000), noise(4, 30_000)];
    let controls = busy();
    let mut listening = controls;
    listening.global.delta = true;
    let wet = render(&mut Engine::new(rate, LatencyMode::Master), [&input[0], &input[1]], &controls, 256);
    let mut engine = Engine::new(rate, LatencyMode::Master);
    let delta = render(&mut engine, [&input[0], &input[1]], &listening, 256);
    let latency = engine.latency_samples();
    for c in 0..2 {
        for n in latency..30_000 {
            assert!((delta[c][n] - (wet[c][n] - input[c][n - latency])).abs() < 1e-6);
        }
    }
}

#[test]
fn gain_matched_bypass_is_as_loud_as_the_master() {
    let rate = 48_000.0;
    let quiet: Vec<f32> = low_pass(&noise(5, 480_000), 0.1, 40).iter().map(|x| x * 0.2).collect();
    let mut controls = MasterControls::default();
    controls.limiter.drive_db = 8.0;
    let level = |bypass: bool| {
        let mut controls = controls;
        controls.global.gain_match = true;
        controls.global.bypass = bypass;
        let out = render(&mut Engine::new(rate, LatencyMode::Master), [&quiet, &quiet], &controls, 512);
        let steady = &out[0][240_000..];
        10.0 * (steady.iter().map(|x| f64::from(x * x)).sum::<f64>() / steady.len() as f64).log10()
    };
    let (master, bypassed) = (level(false), level(true));
    assert!((master - bypassed).abs() < 0.2, "{master} {bypassed}");
}

#[test]
fn mono_is_the_left_of_two_equal_channels() {
    let input = noise(6, 20_000);
    let controls = busy();
    let stereo = render(&mut Engine::new(48_000.0, LatencyMode::Master), [&input, &input], &controls, 100);
    let mut mono = input.clone();
    let mut engine = Engine::new(48_000.0, LatencyMode::Master);
    for left in mono.chunks_mut(100) {
        engine.process(EngineIo { left, right: None, sidechain: None }, &controls);
    }
    assert!(mono == stereo[0]);
}

#[test]
fn trim_and_dither_keep_the_ceiling() {
    let input: Vec<f32> = noise(8, 48_000).iter().map(|x| x * 3.0).collect();
    let mut controls = MasterControls::default();
    controls.global.output_trim_db = -2.0;
    controls.dither = DitherControls { on: true, bits: DitherBits::Bits24, shaping: false };
    let out = render(&mut Engine::new(48_000.0, LatencyMode::Master), [&input, &input], &controls, 512);
    assert!(db(peak(&out[0])) <= -3.0 + 1e-4);
}

#[test]
fn reset_starts_over() {
    let input = [noise(9, 10_000), noise(10, 10_000)];
    let mut engine = Engine::new(48_000.0, LatencyMode::Master);
    let controls = busy();
    let first = render(&mut engine, [&input[0], &input[1]], &controls, 77);
    engine.reset();
    let second = render(&mut engine, [&input[0], &input[1]], &controls, 77);
    assert!(first == second);
}
