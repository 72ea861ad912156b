//! Any sample rate from 1 Hz to 1 MHz, whole or not: the engine renders it finite and below the ceiling, with the latency
//! that it reports and bounded memory; the plugin renders it with every synth, or refuses to be activated.
//!
//! Nobody works at 3 Hz. But hosts' validators try such rates, and a host must not end with them.

#![allow(unsafe_code)] // an allocator that counts, and an entry by address

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use auracore::control::*;
use auracore::engine::{Engine, EngineIo};
use auracore::track::edit::catalogue::synths;
use auracore::track::file::schema::VoiceType;
use serde_json::{Value, json};

mod common;
#[path = "plugin_hosts/rig.rs"]
#[allow(dead_code)] // each test executable uses its own part of the rig
mod rig;
#[path = "plugin_hosts/session.rs"]
mod session;
use common::{db, noise, peak};
use rig::{EFFECT, INSTRUMENT, Numbers, Rig};
use session::{entry, play, put};

const RATES_HZ: [f64; 40] = [
    1.0,
    1.5,
    2.0,
    3.0,
    7.7,
    10.0,
    29.97,
    44.1,
    64.0,
    99.9,
    100.0,
    333.33,
    500.0,
    749.0,
    999.0,
    1_234.567_8,
    1_499.0,
    1_500.0,
    1_501.0,
    2_000.0,
    3_363.9,
    3_432.0,
    4_000.0,
    5_000.5,
    8_000.0,
    11_025.0,
    16_000.0,
    22_050.0,
    32_000.0,
    44_099.5,
    44_100.0,
    48_000.0,
    88_200.0,
    96_000.0,
    176_400.0,
    192_000.0,
    384_000.0,
    500_000.25,
    768_000.0,
    1_000_000.0,
];
/// The most that an engine may take at any of these rates, in bytes.
const MOST_MEMORY: usize = 64 << 20;

/// Counts the bytes that a thread holds while it watches itself.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static MOST_HELD: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    HELD.set(HELD.get() + bytes);
    MOST_HELD.set(MOST_HELD.get().max(HELD.get()));
}

// SAFETY: forwards to the system allocator and only counts beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that this thread held during `work`, beyond what it held before.
fn most_held<T>(work: impl FnOnce() -> T) -> (T, usize) {
    HELD.set(0);
    MOST_HELD.set(0);
    let made = work();
    (made, MOST_HELD.get() as usize)
}

/// Everything on, with every kind of band, at settings that lie far beyond half of a low rate.
fn everything_on(kinds: [EqKind; 7], freq_hz: f32) -> MasterControls {
    let mut controls = MasterControls::default();
    for (band, kind) in controls.eq.bands.iter_mut().zip(kinds) {
        *band = EqBand { kind, freq_hz, gain_db: 6.0, q: 8.0, slope: CutSlope::Db48, ..*band };
    }
    controls.global.gain_match = true;
    controls.compressor = CompressorControls {
        on: true,
        auto_makeup: true,
        auto_release: true,
        lookahead_ms: 5.0,
        sidechain_highpass_hz: 200.0,
        ..controls.compressor
    };
    controls.width = WidthControls { width: 1.5, mono_below_hz: 300.0, ..controls.width };
    controls.clipper = ClipperControls { on: true, drive_db: 6.0, ..controls.clipper };
    controls.limiter.drive_db = 6.0;
    controls.dither = DitherControls { on: true, shaping: true, ..controls.dither };
    controls
}

fn render(engine: &mut Engine, input: &[Vec<f32>; 2], controls: &MasterControls) -> [Vec<f32>; 2] {
    let mut output = input.clone();
    let [left, right] = &mut output;
    for (left, right) in left.chunks_mut(100).zip(right.chunks_mut(100)) {
        engine.process(EngineIo { left, right: Some(right), sidechain: None }, controls);
    }
    output
}

#[test]
fn the_engine_is_finite_and_below_the_ceiling_at_every_rate() {
    const CUTS_LAST: [EqKind; 7] = [
        EqKind::Bell,
        EqKind::LowShelf,
        EqKind::HighShelf,
        EqKind::Notch,
        EqKind::Tilt,
        EqKind::LowCut,
        EqKind::HighCut,
    ];
    let input = [noise(1, 6_000), noise(2, 6_000)];
    for rate_hz in RATES_HZ {
        for mode in [LatencyMode::Master, LatencyMode::Live] {
            let (mut engine, bytes) = most_held(|| Engine::new(rate_hz, mode));
            assert!(bytes < MOST_MEMORY, "{rate_hz} Hz, {mode:?}: {bytes} bytes");
            for freq_hz in [20.0, 1_000.0, 20_000.0] {
                let controls = MasterControls { mode, ..everything_on(CUTS_LAST, freq_hz) };
                let output = render(&mut engine, &input, &controls);
                let what = format!("{rate_hz} Hz, {mode:?}, bands at {freq_hz} Hz");
                assert!(output.iter().flatten().all(|x| x.is_finite()), "{what}: not finite");
                let loudest = db(peak(&output[0]).max(peak(&output[1])));
                assert!(loudest <= -1.0 + 0.01, "{what}: {loudest} dB");
            }
            // Back at plain settings it sounds, so nothing in it has died.
            engine.reset();
            let plain = MasterControls { mode, ..Default::default() };
            let frames = engine.latency_samples() + 1_000;
            let output = render(&mut engine, &[noise(5, frames), noise(6, frames)], &plain);
            assert!(peak(&output[0][frames - 1_000..]) > 0.1, "{rate_hz} Hz, {mode:?}: silent");
        }
    }
}

#[test]
fn latency_is_what_the_engine_reports_at_every_rate() {
    for rate_hz in RATES_HZ {
        for mode in [LatencyMode::Master, LatencyMode::Live] {
            let mut engine = Engine::new(rate_hz, mode);
            let latency = engine.latency_samples();
            assert_eq!(latency, Engine::latency_for(rate_hz, mode));
            let mut controls = MasterControls { mode, ..Default::default() };
            controls.global.bypass = true;
            let input = [noise(3, latency + 500), noise(4, latency + 500)];
            let output = render(&mut engine, &input, &controls);
            for (input, output) in input.iter().zip(&output) {
                assert_eq!(input[..500], output[latency..], "{rate_hz} Hz, {mode:?}");
            }
        }
    }
}

/// One step with every synth.
fn every_synth(duration_s: f64) -> Value {
    let voices: Vec<Value> = synths()
        .iter()
        .map(|synth| {
            let bus = if synth.voice_type == VoiceType::Noise { "noise" } else { "binaural" };
            json!({"synth_function_name": synth.name, "voice_type": bus, "params": {}})
        })
        .collect();
    json!({"progression": [{"duration": duration_s, "voices": voices}]})
}

#[test]
fn the_plugin_renders_every_synth_at_every_rate() {
    for rate_hz in RATES_HZ {
        for id in [INSTRUMENT, EFFECT] {
            let mut rig = Rig::new(entry(), id);
            // About as many frames at every rate.
            put(&mut rig, &every_synth((20_000.0 / rate_hz).clamp(0.05, 100.0)));
            rig.set_offline(true); // waits for the track
            rig.activate(rate_hz, 256);
            let frames = rig.latency() + 4_000;
            let out = play(&mut rig, 0, frames, &[256, 1, 100], rate_hz);
            assert!(out.iter().flatten().all(|x| x.is_finite() && x.abs() <= 1.0), "{rate_hz} Hz");
            assert!(peak(&out[0]) > 0.001, "{rate_hz} Hz: silent");
        }
    }
}

#[test]
fn the_plugin_works_in_real_time_at_every_rate() {
    let input = Numbers(3).music(3_000);
    for rate_hz in RATES_HZ {
        let mut rig = Rig::new(entry(), EFFECT);
        let changes = [rig.typed(0, "Comp", "on"), rig.typed(0, "Adaptive mode", "Adaptive")];
        rig.set(&changes);
        rig.activate(rate_hz, 300);
        let out = rig.render(&input, &[300], &[], rig::Edges::Plain);
        assert!(out.iter().flatten().all(|x| x.is_finite() && x.abs() <= 1.0), "{rate_hz} Hz");
    }
}

#[test]
fn other_rates_are_refused() {
    use clack_host::prelude::*;
    for sample_rate in [0.0, 0.5, -48_000.0, 1_000_001.0, 1e12, f64::INFINITY, f64::NAN] {
        let mut rig = Rig::new(entry(), EFFECT);
        let config = PluginAudioConfiguration { sample_rate, min_frames_count: 1, max_frames_count: 64 };
        assert!(rig.instance.activate(|_, _| (), config).is_err(), "{sample_rate} Hz");
        rig.activate(48_000.0, 64);
        assert!(rig.latency() > 0);
    }
}
