//! What tracks cost: every voice alone and whole tracks, one thread.
//!
//! `tracks` prints nanoseconds per stereo frame and multiples of real time at 44.1 kHz. `tracks --track FILE` renders one
//! track once and adds the time until it may sound, the time to measure it, its dearest block of 256 frames and the
//! memory of the whole process. `tracks --stage NAME --frames N` runs one voice over N frames, for counting instructions.

use auracore::track::file::files::{NoFiles, TrackFiles};
use auracore::track::file::limits::Limits;
use auracore::track::play::plan::CompileOptions;
use auracore::track::play::prepare::for_playing;
use auracore::track::play::program::{Buses, Program};
use auracore::track::play::scan::scan;
use auracore::track::sound::span::{Behaviour, QUANTUM, Quantum, Span};
use auracore::track::sound::voice::Voice;
use auracore::track::sound::voice::layer::{self, VoiceSpec};
use serde_json::{Value, json};
use std::hint::black_box;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

const RATE_HZ: f64 = 44_100.0;
const STEP_S: f64 = 3_600.0;
const BLOCK: u64 = 256;

/// A row of the table: its name, the synth, whether it is a transition, its parameters.
type Row = (String, String, bool, Value);

fn rows() -> Vec<Row> {
    let special = [
        ("binaural_plain", "binaural_beat", json!({})),
        (
            "binaural_vibrato_lfos",
            "binaural_beat",
            json!({"freqOscRangeL": 0.5, "freqOscRangeR": 0.5, "freqOscFreqL": 2, "freqOscFreqR": 1.667,
                "ampOscDepthL": 0.4, "ampOscDepthR": 0.4, "ampOscFreqL": 0.1, "ampOscFreqR": 0.13}),
        ),
        (
            "binaural_triangle_vibrato",
            "binaural_beat",
            json!({"freqOscRangeL": 0.5, "freqOscRangeR": 0.5, "freqOscFreqL": 2, "freqOscFreqR": 1.667,
                "freqOscShape": "triangle"}),
        ),
        (
            "isochronic_panned_filtered",
            "isochronic_tone",
            json!({"harmonicSuppression": true, "panRangeMin": -1, "panRangeMax": 1, "panFreq": 0.2}),
        ),
        ("binaural_spatial", "binaural_beat", json!({"spatialEnable": true})),
        ("binaural_flanged", "binaural_beat", json!({"flangeEnable": true})),
        (
            "noise_three_sweeps",
            "noise_swept_notch",
            json!({"sweeps": [[100, 2000, 25, 10], [250, 7000, 5, 3], [2000, 16000, 5, 1]]}),
        ),
    ];
    let row = |(name, synth, params): (&str, &str, Value)| (name.to_owned(), synth.to_owned(), false, params);
    let mut rows: Vec<Row> = special.into_iter().map(row).collect();
    for name in layer::names().filter(|name| name != "subliminal_encode") {
        let is_transition = name.ends_with("_transition");
        rows.push((name.clone(), name, is_transition, json!({"startBaseFreq": 200, "endBaseFreq": 100})));
    }
    rows
}

fn voice(name: &str, is_transition: bool, params: &Value) -> Box<dyn Voice> {
    let params = params.as_object().expect("rows hold objects");
    let spec = VoiceSpec { path: name, name, is_transition, params, volume_envelope: None };
    let span = Span::new(STEP_S, RATE_HZ);
    layer::build(&spec, span, Behaviour::Intended, None, &NoFiles, &mut Vec::new()).voice
}

fn run(voice: &mut dyn Voice, begin: u64, frames: u64) -> u64 {
    let mut quantum = Quantum::SILENT;
    let mut first = begin;
    while first < begin + frames {
        voice.render(first, &mut quantum);
        black_box(&quantum);
        first += QUANTUM as u64;
    }
    first
}

fn print_voices() {
    eprintln!("{:<44} {:>9} {:>12} {:>10}", "voice", "ns/frame", "x real time", "seek us");
    for (name, synth, is_transition, params) in rows() {
        let mut voice = voice(&synth, is_transition, &params);
        let (mut at, mut best) = (run(&mut *voice, 0, 8_192), f64::INFINITY);
        for _ in 0..15 {
            let start = Instant::now();
            at = run(&mut *voice, at, 16_384);
            best = best.min(start.elapsed().as_secs_f64() / 16_384.0);
        }
        let start = Instant::now();
        for k in 1..20 {
            run(&mut *voice, (k * 7_919_123 % 150_000_000) / 64 * 64, 64);
        }
        let seek_us = start.elapsed().as_secs_f64() / 19.0 * 1e6;
        println!("{name:<44} {:>9.2} {:>12.0} {seek_us:>10.1}", best * 1e9, 1.0 / (best * RATE_HZ));
    }
}

fn memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1_024.0
}

fn print_track(path: &Path) {
    let start = Instant::now();
    let mut track = match auracore::track::file::load::load(path, &Limits::default()) {
        Ok(loaded) => loaded.track,
        Err(error) => return eprintln!("{error}"),
    };
    track.fill_starts();
    let files = TrackFiles::new(path.parent().unwrap_or(Path::new(".")), Limits::default())
        .expect("the folder is there");
    let options = CompileOptions { rate_hz: RATE_HZ, behaviour: Behaviour::Intended };
    let (plan, _) = for_playing(&track, options, &files);
    let mut program = Program::new(plan.clone());
    let ready_s = start.elapsed().as_secs_f64();
    let start = Instant::now();
    scan(&plan, 0, &AtomicBool::new(false), &|_| {});
    let scan_s = start.elapsed().as_secs_f64();
    let frames = plan.frames.min((600.0 * RATE_HZ) as u64);
    let start_s = processor_s();
    blocks(&mut program, frames, |_| ());
    let render_s = processor_s() - start_s;
    // Every block at its best of three runs, so that what interrupts the process does not count.
    let first_minute = frames.min((60.0 * RATE_HZ) as u64);
    let mut best_s = vec![f64::INFINITY; first_minute.div_ceil(BLOCK) as usize];
    for _ in 0..3 {
        let (mut index, mut start) = (0, Instant::now());
        blocks(&mut program, first_minute, |_| {
            best_s[index] = best_s[index].min(start.elapsed().as_secs_f64());
            (index, start) = (index + 1, Instant::now());
        });
    }
    println!(
        "{}: {:.0} s long, {:.0} x real time; sounds after {ready_s:.2} s, measured in {scan_s:.2} s on all cores; \
         dearest block {:.1} % of its time; {:.0} MB",
        path.display(),
        plan.duration_s(),
        frames as f64 / RATE_HZ / render_s,
        100.0 * best_s.iter().copied().fold(0.0, f64::max) / (BLOCK as f64 / RATE_HZ),
        memory_mb(),
    );
}

/// Renders in blocks, telling when each is done.
fn blocks(program: &mut Program, frames: u64, mut done: impl FnMut(u64)) {
    let mut buses = Buses::SILENT;
    for block in (0..frames).step_by(BLOCK as usize) {
        for first in (block..(block + BLOCK).min(frames)).step_by(QUANTUM) {
            program.render(first, QUANTUM, &mut buses);
            black_box(&buses);
        }
        done(block);
    }
}

/// Time that this thread has had a processor, so that other load does not count; wall time where the system does not say.
fn processor_s() -> f64 {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let time_ns = said.split_whitespace().next().and_then(|time_ns| time_ns.parse::<f64>().ok());
    time_ns.map_or_else(|| START.elapsed().as_secs_f64(), |time_ns| time_ns * 1e-9)
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let value = |key: &str| args.iter().position(|arg| arg == key).and_then(|i| args.get(i + 1));
    if let Some(path) = value("--track") {
        print_track(Path::new(path));
    } else if let Some(stage) = value("--stage") {
        let frames = value("--frames").and_then(|frames| frames.parse().ok()).unwrap_or(0);
        match rows().iter().find(|row| row.0 == *stage) {
            Some((_, synth, is_transition, params)) => {
                run(&mut *voice(synth, *is_transition, params), 0, frames);
            }
            None => eprintln!("there is no row {stage}"),
        }
    } else {
        print_voices();
    }
}
