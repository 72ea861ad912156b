//! What the listener costs, away from the audio thread and on it.
//!
//! `adaptive` prints nanoseconds per stereo frame at 48 kHz and microseconds per hop of 100 ms, then what fifty instances with
//! their threads take of a core while they hear ten seconds in real time. `adaptive --stage NAME --frames N` runs one row over
//! N frames, for counting instructions.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use auracore::adaptive::conductor::Conductor;
use auracore::adaptive::listener::Listener;
use auracore::adaptive::model::Model;
use auracore::adaptive::onnx::OnnxModel;
use auracore::adaptive::worker::Desk;
use auracore::adaptive::{Saved, adaptive};
use auracore::bridge::tap::{TapFormat, tap};
use auracore::bridge::targets::targets;
use auracore::control::adaptive::{AdaptiveControls, AdaptiveMode, MOVES, Moves};

const RATE_HZ: usize = 48_000;
const BLOCK: usize = 480;
const HOP: usize = RATE_HZ / 10;
const INSTANCES: usize = 50;

type Row = Box<dyn FnMut(&[f32])>;

fn noise() -> Vec<f32> {
    let mut state = 1u32;
    let mut low = 0.0;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        low += 0.2 * ((state >> 8) as f32 / (1 << 24) as f32 - 0.5 - low);
        low
    };
    (0..10 * RATE_HZ).map(next).collect()
}

fn controls() -> AdaptiveControls {
    AdaptiveControls { mode: AdaptiveMode::Adaptive, ..AdaptiveControls::default() }
}

fn listener() -> Row {
    let mut listener = Listener::new(RATE_HZ as f64);
    Box::new(move |block| {
        let mut at = 0;
        while at < block.len() {
            let (taken, hop) = listener.until_hop(&block[at..], &block[at..]);
            at += taken;
            black_box(hop);
        }
    })
}

fn conductor(model: Option<Box<dyn Model>>) -> Row {
    let mut conductor = Conductor::new(&Saved::default(), model);
    conductor.prepare(RATE_HZ as f64);
    Box::new(move |block| _ = black_box(conductor.hear([block; 4], &Moves::NEUTRAL, &controls())))
}

/// What the audio thread does for the listener in a block, and the other side's drain, which makes room again.
fn push_and_load() -> Row {
    let (mut writer, mut reader) = tap(1 << 15);
    let (_writer, mut target) = targets::<MOVES>();
    writer.set_format(TapFormat { sample_rate_hz: RATE_HZ as f32, channels: 2 });
    Box::new(move |block| {
        _ = black_box(target.take());
        if let Some(mut begun) = writer.begin(block.len()) {
            begun.input(block, block);
            begun.finish(block, block);
        }
        reader.drain(usize::MAX, |frame| _ = black_box(frame));
    })
}

fn rows() -> Vec<(&'static str, Row)> {
    let model = || -> Box<dyn Model> { Box::new(OnnxModel::embedded().expect("the model that is built in")) };
    vec![
        ("adaptive_push_and_load", push_and_load()),
        ("adaptive_listener", listener()),
        ("adaptive_rule", conductor(None)),
        ("adaptive_rule_and_model", conductor(Some(model()))),
    ]
}

fn run(row: &mut Row, audio: &[f32], frames: usize) {
    let blocks = audio.chunks_exact(BLOCK).cycle();
    blocks.take(frames / BLOCK).for_each(|block| row(black_box(block)));
}

/// A desk with nobody at it.
struct Nobody;

impl Desk for Nobody {
    fn controls(&self) -> AdaptiveControls {
        controls()
    }

    fn saved(&self) -> (Arc<Saved>, u64) {
        (Arc::default(), 0)
    }

    fn keep(&self, _revision: u64, _saved: Saved) {}
}

/// Seconds of processor time that this process has used, all threads; Linux tells.
fn processor_s() -> Option<f64> {
    const TICKS_PER_S: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields[11].parse::<f64>().ok()? + fields[12].parse::<f64>().ok()?;
    Some(ticks / TICKS_PER_S)
}

/// Share of a core that [`INSTANCES`] take in real time, the pushing included.
fn share_of_a_core(audio: &[f32]) -> Option<f64> {
    let mut instances: Vec<_> = (0..INSTANCES).map(|_| adaptive(Box::new(Nobody))).collect();
    for instance in &mut instances {
        let format = TapFormat { sample_rate_hz: RATE_HZ as f32, channels: 2 };
        instance.port.activate(format, Moves::NEUTRAL, false);
        instance.worker.start();
    }
    // The models are loaded before anything is counted.
    std::thread::sleep(Duration::from_secs(3));
    let (used_s, began) = (processor_s()?, Instant::now());
    for (number, block) in audio.chunks_exact(BLOCK).enumerate() {
        for instance in &mut instances {
            black_box(instance.port.adaptation(&controls()));
            if let Some(mut begun) = instance.port.begin(block.len()) {
                begun.input(block, block);
                begun.finish(block, block);
            }
        }
        let due = Duration::from_secs_f64((number + 1) as f64 * BLOCK as f64 / RATE_HZ as f64);
        std::thread::sleep(due.saturating_sub(began.elapsed()));
    }
    Some((processor_s()? - used_s) / began.elapsed().as_secs_f64())
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        arguments.iter().position(|word| word == name).and_then(|at| arguments.get(at + 1)).cloned()
    };
    let audio = noise();
    if let (Some(stage), Some(frames)) = (value("--stage"), value("--frames")) {
        let (_, mut row) = rows().into_iter().find(|(name, _)| *name == stage).expect("a row of that name");
        run(&mut row, &audio, frames.parse().expect("a number of frames"));
        return;
    }
    for (name, mut row) in rows() {
        let frames = 10 * RATE_HZ;
        run(&mut row, &audio, frames);
        let best = (0..3).map(|_| {
            let began = Instant::now();
            run(&mut row, &audio, frames);
            began.elapsed().as_secs_f64() / frames as f64
        });
        let frame_s = best.fold(f64::INFINITY, f64::min);
        println!("{name:<28} {:>9.2} ns   {:>8.1} us per hop", 1e9 * frame_s, 1e6 * frame_s * HOP as f64);
    }
    if let Some(share) = share_of_a_core(&audio) {
        println!("{INSTANCES} instances in real time: {:.1} % of a core", 100.0 * share);
    }
}
