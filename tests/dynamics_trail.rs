//! The trail of compressor and limiter: the same for any block cuts, aligned, and true to the signal.

mod common;

use auracore::control::*;
use auracore::engine::{Company, Engine, EngineIo, Observer};
use common::*;

const RATE_HZ: f64 = 48_000.0;

fn db_to_gain(db: f32) -> f32 {
    10.0f32.powf(db / 20.0)
}

/// Keeps every point.
struct Points<'a>(&'a mut Vec<DynamicsPoint>);

impl Observer for Points<'_> {
    fn point(&mut self, point: DynamicsPoint) {
        self.0.push(point);
    }
}

/// Renders blocks of `block` frames; the output and the trail.
fn traced(
    input: &[Vec<f32>; 2],
    block: usize,
    mode: LatencyMode,
    controls: &MasterControls,
) -> ([Vec<f32>; 2], Vec<DynamicsPoint>) {
    let mut engine = Engine::new(RATE_HZ, mode);
    let mut out = input.clone();
    let mut points = Vec::new();
    let [left, right] = &mut out;
    for (left, right) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
        let io = EngineIo { left, right: Some(right), sidechain: None };
        engine.process_with(io, controls, Company { sources: None, observer: &mut Points(&mut points) });
    }
    (out, points)
}

/// Everything at work: knees, gliding look-ahead, make-up, oversampled clipper, true-peak detection.
fn busy() -> MasterControls {
    let mut controls = MasterControls::default();
    controls.global.input_gain_db = 3.0;
    controls.compressor = CompressorControls {
        on: true,
        threshold_db: -24.0,
        ratio: 4.0,
        lookahead_ms: 4.0,
        auto_makeup: true,
        ..CompressorControls::default()
    };
    controls.clipper.on = true;
    controls.limiter.drive_db = 6.0;
    controls
}

/// Bursts, pauses of exact silence and a fade into nothing.
fn programme(frames: usize) -> [Vec<f32>; 2] {
    let [mut left, mut right] = [noise(1, frames), noise(2, frames)];
    for n in 0..frames {
        let burst = if n % 9_000 < 5_000 { (-((n % 9_000) as f32) / 700.0).exp() } else { 0.0 };
        let fade = if n > frames / 2 { (-((n - frames / 2) as f32) / 500.0).exp() } else { 1.0 };
        left[n] *= burst * fade;
        right[n] *= 0.5 * burst * fade;
    }
    [left, right]
}

#[test]
fn the_trail_is_the_same_for_any_block_length() {
    let input = programme(60_000);
    for mode in [LatencyMode::Master, LatencyMode::Live] {
        let (_, whole) = traced(&input, 64, mode, &busy());
        assert_eq!(whole.len(), input[0].len() / Engine::point_frames_for(RATE_HZ));
        assert!(whole.iter().any(|point| point.compressor_reduction_db > 3.0));
        assert!(whole.iter().any(|point| point.limiter_reduction_db > 3.0));
        assert!(whole.iter().any(|point| point.compressor_level_db == f32::NEG_INFINITY));
        for block in [1, 7, 63, 65, 100, 512, 1_000, 4_096, 8_192] {
            let (_, points) = traced(&input, block, mode, &busy());
            let first = (0..whole.len()).find(|&i| points.get(i) != Some(&whole[i]));
            let both = first.map(|i| (points.get(i), whole[i]));
            assert!(first.is_none(), "{mode:?}, blocks of {block}: point {first:?} {both:?}");
            assert_eq!(points.len(), whole.len());
        }
    }
}

#[test]
fn tracing_changes_no_sample() {
    let input = programme(20_000);
    let mut engine = Engine::new(RATE_HZ, LatencyMode::Master);
    let mut plain = input.clone();
    let [left, right] = &mut plain;
    engine.process(EngineIo { left, right: Some(right), sidechain: None }, &busy());
    assert!(traced(&input, 512, LatencyMode::Master, &busy()).0 == plain);
}

#[test]
fn limiter_input_lies_where_its_output_lies() {
    // 12 dB over the ceiling for 30 samples, at all places within a point.
    let point_frames = Engine::point_frames_for(RATE_HZ);
    for mode in [LatencyMode::Master, LatencyMode::Live] {
        let latency = Engine::latency_for(RATE_HZ, mode);
        for start in (4_000..4_000 + point_frames).step_by(61) {
            let mut input = [vec![0.0; 12_000], vec![0.0; 12_000]];
            (start..start + 30).for_each(|n| input[0][n] = if n % 8 < 4 { 1.0 } else { -1.0 });
            let mut controls = MasterControls::default();
            (controls.limiter.drive_db, controls.limiter.ceiling_db) = (6.0, -6.0);
            let (out, points) = traced(&input, 500, mode, &controls);
            let (first, last) = ((start + latency) / point_frames, (start + latency + 29) / point_frames);
            for (i, point) in points.iter().enumerate() {
                let sounds = (first..=last).contains(&i);
                assert_eq!(point.limiter_input_peak > 1.9, sounds, "{mode:?} {start} {i} {point:?}");
                let stretch = i * point_frames..(i + 1) * point_frames;
                let heard = peak(&out[0][stretch.clone()]).max(peak(&out[1][stretch]));
                assert_eq!(point.limiter_output_peak, heard, "{mode:?} {start} {i}");
                if sounds {
                    assert!((point.limiter_input_peak - db_to_gain(6.0)).abs() < 1e-3, "{point:?}");
                    assert!(point.limiter_reduction_db > 11.9, "{point:?}");
                }
            }
        }
    }
}

#[test]
fn the_compressor_reports_level_and_reduction_of_its_curve() {
    let tone = sine(1_000.0, f64::from(db_to_gain(-10.0)), 0.0, RATE_HZ, 96_000);
    for rms_blend in [0.0, 1.0] {
        let compressor = CompressorControls {
            on: true,
            threshold_db: -30.0,
            ratio: 2.0,
            knee_db: 0.0,
            rms_blend,
            sidechain_highpass_hz: 20.0,
            attack_ms: 1.0,
            ..CompressorControls::default()
        };
        let controls = MasterControls { compressor, ..MasterControls::default() };
        let (_, points) = traced(&[tone.clone(), tone.clone()], 512, LatencyMode::Master, &controls);
        let last = points.last().unwrap();
        assert!((last.compressor_level_db + 10.0).abs() < 0.1, "{rms_blend}: {last:?}");
        assert!((last.compressor_reduction_db - 10.0).abs() < 0.3, "{rms_blend}: {last:?}");
    }
}

#[test]
fn the_side_chain_filter_lowers_the_level_and_off_is_silence() {
    let tone = sine(50.0, 0.5, 0.0, RATE_HZ, 48_000);
    let input = [tone.clone(), tone];
    let mut controls = MasterControls::default();
    let (_, off) = traced(&input, 512, LatencyMode::Master, &controls);
    let silent = |point: &DynamicsPoint| {
        point.compressor_level_db == f32::NEG_INFINITY && point.compressor_reduction_db == 0.0
    };
    assert!(off.iter().all(silent) && off.iter().any(|point| point.limiter_input_peak > 0.49));
    controls.compressor =
        CompressorControls { on: true, sidechain_highpass_hz: 500.0, rms_blend: 0.0, ..controls.compressor };
    let (_, filtered) = traced(&input, 512, LatencyMode::Master, &controls);
    let level_db = filtered.last().unwrap().compressor_level_db;
    // Second order, a decade below its corner: 40 dB under the tone's −6 dB.
    assert!((level_db + 46.0).abs() < 0.5, "{level_db}");
}

#[test]
fn a_reset_begins_a_new_stretch() {
    let mut engine = Engine::new(RATE_HZ, LatencyMode::Live);
    let render = |engine: &mut Engine, frames: usize, value: f32| {
        let (mut left, mut points) = (vec![value; frames], Vec::new());
        let io = EngineIo { left: &mut left, right: None, sidechain: None };
        let company = Company { sources: None, observer: &mut Points(&mut points) };
        engine.process_with(io, &MasterControls::default(), company);
        points
    };
    let point_frames = Engine::point_frames_for(RATE_HZ);
    assert!(render(&mut engine, point_frames - 1, 0.5).is_empty());
    engine.reset();
    assert!(render(&mut engine, point_frames - 1, 0.25).is_empty());
    let points = render(&mut engine, 1, 0.25);
    assert_eq!((points.len(), points[0].limiter_output_peak), (1, 0.25));
}
