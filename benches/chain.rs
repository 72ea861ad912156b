//! Cost of each stage and of the whole chain in nanoseconds per stereo frame.
//!
//! `chain` prints all rows (best of many short runs, so that other load disturbs little). `chain --stage NAME --frames N`
//! runs one row once, for counting instructions: subtract the count of `--frames 0`.

use auracore::control::adaptive::*;
use auracore::control::*;
use auracore::dsp::{MAX_BLOCK, StereoBlock};
use auracore::engine::chain::{
    adaptive::AdaptiveLayer, clipper::Clipper, compressor::Compressor, dither::Dither, eq::Eq,
    limiter::Limiter, width::Width,
};
use auracore::engine::{Engine, EngineIo};
use std::hint::black_box;
use std::time::Instant;

const RATE_HZ: f64 = 48_000.0;
const BLOCK: usize = 512;

/// Programme-like noise: bursts over a bed, peaking around +4 dBFS, so that dynamics have work to do.
fn programme(frames: usize) -> [Vec<f32>; 2] {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut white = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / 8_388_608.0 - 1.0
    };
    let (mut smooth_left, mut smooth_right) = (0.0f32, 0.0f32);
    let mut out = [Vec::with_capacity(frames), Vec::with_capacity(frames)];
    for n in 0..frames {
        let beat = (n % 24_000) as f32 / 24_000.0;
        let envelope = 0.5 + 3.0 * (-beat * 12.0).exp();
        smooth_left += 0.2 * (white() - smooth_left);
        smooth_right += 0.2 * (white() - smooth_right);
        out[0].push(envelope * (smooth_left + 0.3 * smooth_right));
        out[1].push(envelope * (smooth_right + 0.3 * smooth_left));
    }
    out
}

type Row = Box<dyn FnMut(&mut [f32], &mut [f32])>;

fn in_blocks(mut stage: impl FnMut(&mut StereoBlock) + 'static) -> Row {
    Box::new(move |left, right| {
        for (left, right) in left.chunks_mut(MAX_BLOCK).zip(right.chunks_mut(MAX_BLOCK)) {
            stage(&mut StereoBlock { left, right });
        }
    })
}

fn whole(controls: MasterControls) -> Row {
    let mut engine = Engine::new(RATE_HZ, LatencyMode::Master);
    Box::new(move |left, right| {
        engine.process(EngineIo { left, right: Some(right), sidechain: None }, &controls);
    })
}

fn eight_bells() -> EqControls {
    let mut eq = EqControls::default();
    for (i, band) in eq.bands.iter_mut().enumerate() {
        (band.gain_db, band.q) = (if i % 2 == 0 { 2.0 } else { -2.0 }, 1.0);
    }
    eq
}

fn compressor_on() -> CompressorControls {
    CompressorControls { on: true, threshold_db: -18.0, ratio: 3.0, ..CompressorControls::default() }
}

/// All ten bands, the compressor and the three widths.
fn everything_moved() -> Moves {
    let mut moves = Moves::NEUTRAL;
    for (i, gain_db) in moves.0[..ADAPTIVE_BANDS].iter_mut().enumerate() {
        *gain_db = if i % 2 == 0 { 2.0 } else { -2.0 };
    }
    (moves.0[THRESHOLD], moves.0[RATIO]) = (-18.0, 2.0);
    moves.0[WIDTH..WIDTH + WIDTH_REGIONS].copy_from_slice(&[0.9, 1.05, 1.15]);
    moves
}

/// The adaptive layer as the engine runs it; `told` says what it hears before each block.
fn layer(mut told: impl FnMut() -> Adaptation + 'static) -> Row {
    let mut layer = AdaptiveLayer::new(RATE_HZ);
    layer.adapt(&told());
    layer.reset();
    in_blocks(move |block| {
        layer.adapt(&told());
        layer.step();
        layer.process(block);
    })
}

fn adaptive_rows() -> Vec<(&'static str, Row)> {
    let (flat, all) = (Moves::NEUTRAL, everything_moved());
    let there = Adaptation { moves: all, pace: Pace::AtOnce, ..Adaptation::NONE };
    let mut blocks = 0;
    let to_and_fro = move || {
        // Two seconds each way: no equaliser band arrives before it is called back.
        blocks += 1;
        let there = blocks / 1_500 % 2 == 0;
        Adaptation { moves: if there { all } else { flat }, ..Adaptation::NONE }
    };
    let mut engine = Engine::new(RATE_HZ, LatencyMode::Master);
    let chain = move |left: &mut [f32], right: &mut [f32]| {
        engine.adapt(&there);
        let controls = MasterControls::default();
        engine.process(EngineIo { left, right: Some(right), sidechain: None }, &controls);
    };
    vec![
        ("adaptive_idle", layer(|| Adaptation::NONE)),
        ("adaptive_settled", layer(move || there)),
        ("adaptive_slewing", layer(to_and_fro)),
        ("chain_adaptive_settled", Box::new(chain)),
    ]
}

fn rows() -> Vec<(&'static str, Row)> {
    let mode = LatencyMode::Master;
    let mut rows: Vec<(&'static str, Row)> = Vec::new();
    for (name, controls) in [("eq_8_bells", eight_bells()), ("eq_flat", EqControls::default())] {
        let mut eq = Eq::new(RATE_HZ);
        eq.reset(&controls);
        rows.push((name, in_blocks(move |block| eq.process(block, &controls))));
    }
    for (name, controls) in
        [("compressor", compressor_on()), ("compressor_off", CompressorControls::default())]
    {
        let mut stage = Compressor::new(RATE_HZ, mode);
        stage.reset(&controls);
        rows.push((name, in_blocks(move |block| stage.process(block, None, &controls))));
    }
    for (name, mono_below_hz, width) in [("width_mono_bass", 120.0, 1.2), ("width_neutral", 20.0, 1.0)] {
        let controls = WidthControls { mono_below_hz, width, ..WidthControls::default() };
        let mut stage = Width::new(RATE_HZ);
        stage.reset(&controls);
        rows.push((name, in_blocks(move |block| stage.process(block, &controls))));
    }
    for (name, on) in [("clipper_4x", true), ("clipper_off", false)] {
        let controls = ClipperControls { on, drive_db: 3.0, ..ClipperControls::default() };
        let mut stage = Clipper::new(RATE_HZ, mode);
        stage.reset(&controls);
        rows.push((name, in_blocks(move |block| stage.process(block, &controls))));
    }
    for (name, on, drive_db) in
        [("limiter_hot", true, 3.0), ("limiter_idle", true, -40.0), ("limiter_off", false, 0.0)]
    {
        let controls = LimiterControls { on, drive_db, ..LimiterControls::default() };
        let mut stage = Limiter::new(RATE_HZ, mode);
        stage.reset(&controls);
        rows.push((name, in_blocks(move |block| stage.process(block, &controls))));
    }
    let controls = DitherControls { on: true, ..DitherControls::default() };
    let mut stage = Dither::default();
    rows.push(("dither_16", in_blocks(move |block| stage.process(block, &controls))));
    rows.push(("chain_default", whole(MasterControls::default())));
    let busy = MasterControls { eq: eight_bells(), compressor: compressor_on(), ..MasterControls::default() };
    rows.push(("chain_8_bells_comp_limiter", whole(busy)));
    let mut all = busy;
    all.width = WidthControls { mono_below_hz: 120.0, width: 1.2, ..all.width };
    all.clipper = ClipperControls { on: true, drive_db: 3.0, ..all.clipper };
    rows.push(("chain_everything_on", whole(all)));
    let bypass = GlobalControls { bypass: true, ..GlobalControls::default() };
    rows.push(("chain_bypassed", whole(MasterControls { global: bypass, ..busy })));
    rows.extend(adaptive_rows());
    rows
}

fn run(row: &mut Row, source: &[Vec<f32>; 2], frames: usize) {
    let (mut left, mut right) = ([0.0; BLOCK], [0.0; BLOCK]);
    for start in (0..frames).step_by(BLOCK) {
        let at = start % (source[0].len() - BLOCK);
        left.copy_from_slice(&source[0][at..at + BLOCK]);
        right.copy_from_slice(&source[1][at..at + BLOCK]);
        row(&mut left, &mut right);
        black_box((&left, &right));
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let option = |name: &str| args.iter().position(|a| a == name).and_then(|i| args.get(i + 1));
    let source = programme(96_000);
    if let Some(stage) = option("--stage") {
        let frames = option("--frames").and_then(|n| n.parse().ok()).unwrap_or(96_000);
        let mut rows = rows();
        let row = rows.iter_mut().find(|(name, _)| name == stage).expect("a row of the table");
        run(&mut row.1, &source, frames);
        return;
    }
    let filter = args.get(1).filter(|a| !a.starts_with('-'));
    for (name, mut row) in
        rows().into_iter().filter(|(name, _)| filter.is_none_or(|f| name.contains(f.as_str())))
    {
        let frames = 24_064;
        run(&mut row, &source, frames);
        let best = (0..60)
            .map(|_| {
                let start = Instant::now();
                run(&mut row, &source, frames);
                start.elapsed().as_secs_f64()
            })
            .fold(f64::MAX, f64::min);
        println!("{name:28} {:8.2} ns per stereo frame", best * 1e9 / frames as f64);
    }
}
