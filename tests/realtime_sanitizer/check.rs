//! Engine and sources under RealtimeSanitizer: whatever may wait for the system (memory, locks, files, clocks that ask the
//! kernel) ends the program with the place where it happened. `cargo xtask test` builds and runs it with the nightly.
//!
//! The modules are compiled into this program, so that nothing of the product is left out of the sanitizer's sight and
//! nothing that audio does not need has to be built.
//!
//! With `--prove` it allocates where it must not; a program that survives that would prove nothing.

#![feature(sanitize)]
#![allow(dead_code, missing_docs, unused_imports)] // most of the modules is for others

/// The modules of the product that are looked at, where they are at home.
#[path = "../../src"]
mod product {
    pub mod audio_file;
    pub mod bridge;
    pub mod control;
    pub mod dsp;
    pub mod engine;
    pub mod pending_file;
    pub mod source;
    pub mod track;
}
use product::*; // they know each other by the root of their crate

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use control::mix::Strip;
use control::session::{GroupControls, PlayMode, TrackControls};
use control::{EqKind, LatencyMode, MasterControls};
use engine::mixer::{Events, Mixer};
use engine::{Company, Engine, EngineIo};
use source::{Note, Spec, Transport};
use track::file::files::NoFiles;
use track::file::limits::Limits;
use track::play::plan::{CompileOptions, Plan};
use track::play::player::{PlayerLink, player};
use track::play::prepare::for_playing;
use track::play::program::Program;
use track::sound::span::Behaviour;

const ROUNDS: usize = 1_500;
const LONGEST: usize = 600;

/// Every kind of memory: filters, delays, noise, moving pans, a crossfade.
const TRACK: &str = r#"{"global": {"crossfade_duration": 0.5}, "progression": [
    {"duration": 2.0, "voices": [
        {"synth_function_name": "binaural_beat", "params": {"baseFreq": 200, "beatFreq": 6, "freqOscRangeL": 3,
            "freqOscFreqL": 1.7, "ampOscDepthL": 0.4, "ampOscFreqL": 0.3, "panRangeMin": -0.6, "panRangeMax": 0.6}},
        {"synth_function_name": "isochronic_tone", "params": {"harmonicSuppression": true}},
        {"synth_function_name": "qam_beat", "params": {}},
        {"synth_function_name": "noise_swept_notch", "voice_type": "noise", "params": {"noise_type": "pink"}}]},
    {"duration": 2.0, "voices": [
        {"synth_function_name": "binaural_beat", "is_transition": true, "params": {"startBaseFreq": 200,
            "endBaseFreq": 120}},
        {"synth_function_name": "isochronic_tone", "params": {"flangeEnable": true, "flangeFeedback": 0.5}},
        {"synth_function_name": "binaural_beat", "params": {"spatialEnable": true}},
        {"synth_function_name": "spatial_angle_modulation_sam2", "params": {}},
        {"synth_function_name": "rhythmic_waveshaping", "params": {}}]}]}"#;

/// Numbers by chance, the same ones each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }

    fn share(&mut self) -> f32 {
        self.below(10_001) as f32 / 10_000.0
    }
}

/// All that the audio thread does in a block.
#[sanitize(realtime = "nonblocking")]
#[inline(never)]
fn block(
    engine: &mut Engine,
    io: EngineIo<'_>,
    controls: &MasterControls,
    mixer: &mut Mixer,
    events: Events<'_>,
) {
    engine.process_with(io, controls, Company { sources: Some((mixer, events)), observer: &mut () });
}

#[sanitize(realtime = "nonblocking")]
#[inline(never)]
fn reset(engine: &mut Engine, mixer: &mut Mixer) {
    engine.reset();
    mixer.reset();
}

#[sanitize(realtime = "nonblocking")]
#[inline(never)]
fn allocates() {
    black_box(Box::new(black_box(7)));
}

fn random_controls(dice: &mut Dice, mode: LatencyMode) -> MasterControls {
    let mut controls = MasterControls { mode, ..MasterControls::default() };
    let mut flag = || dice.below(2) == 0;
    (controls.compressor.on, controls.compressor.auto_makeup) = (flag(), flag());
    (controls.clipper.on, controls.limiter.on, controls.dither.on) = (flag(), flag(), flag());
    (controls.global.gain_match, controls.global.bypass) = (flag(), flag() && flag());
    (controls.global.delta, controls.compressor.external_sidechain) = (flag() && flag(), flag());
    controls.global.input_gain_db = 48.0 * dice.share() - 24.0;
    for band in &mut controls.eq.bands {
        band.kind = [EqKind::Bell, EqKind::LowCut, EqKind::Tilt, EqKind::Notch][dice.below(4)];
        band.gain_db = 48.0 * dice.share() - 24.0;
        band.freq_hz = 10.0 * 3_000.0f32.powf(dice.share());
    }
    controls.compressor.lookahead_ms = 10.0 * dice.share();
    controls.width.mono_below_hz = 500.0 * dice.share();
    controls.limiter.ceiling_db = -20.0 * dice.share();
    controls
}

/// The settings of the track in a few ways that can be changed while it plays.
fn track_controls(way: usize) -> TrackControls {
    TrackControls {
        mode: [PlayMode::Host, PlayMode::Free, PlayMode::Notes][way % 3],
        is_running: way & 4 == 0,
        offset_s: 0.0,
        is_looping: way & 8 == 0,
        loop_start_s: 0.3,
        loop_end_s: 0.9,
        groups: [GroupControls { gain: 1.0, mute: way & 16 != 0, solo: false }; 3],
    }
}

/// A mixer that plays tracks as the number says, and the link that gives it programs.
fn track_mixer(spec: &Spec) -> (Mixer, PlayerLink, Arc<AtomicUsize>) {
    let (player, link) = player();
    let way = Arc::new(AtomicUsize::new(0));
    let (mut mixer, ways) = (Mixer::default(), way.clone());
    let controls = move || track_controls(ways.load(Ordering::Relaxed));
    mixer.insert(player, controls, || Strip { gain: 1.0, mute: false, solo: false });
    mixer.prepare(spec);
    (mixer, link, way)
}

fn plan(rate_hz: f64) -> Arc<Plan> {
    let loaded = track::file::load::parse(TRACK.as_bytes(), Path::new("x.json"), &Limits::default());
    let track = loaded.unwrap_or_else(|error| panic!("{error}")).track;
    for_playing(&track, CompileOptions { rate_hz, behaviour: Behaviour::Intended }, &NoFiles).0
}

/// Blocks of any length with settings, jumps, notes and programs at random.
fn play(rate_hz: f64, mode: LatencyMode) {
    let mut dice = Dice(9);
    let mut engine = Engine::new(rate_hz, mode);
    let (mut mixer, mut link, way) = track_mixer(&Spec { rate_hz, is_offline: false });
    let plan = plan(rate_hz);
    let (mut position, mut heard) = (0_i64, 0);
    for round in 0..ROUNDS {
        if round % 40 == 0 {
            _ = link.programs.send(Box::new(Program::new(plan.clone())));
        }
        link.programs.collect();
        if dice.below(12) == 0 {
            way.store(dice.below(32), Ordering::Relaxed);
        }
        if dice.below(30) == 0 {
            position = dice.below(4 * rate_hz as usize) as i64 - 1_000;
        }
        let frames = 1 + dice.below(LONGEST);
        let notes: Vec<Note> =
            (0..dice.below(3)).map(|i| Note::plain(i.min(frames - 1), 60, dice.below(2) == 0)).collect();
        let transport = Transport {
            is_playing: dice.below(20) != 0,
            position_frames: Some(position),
            ..Transport::default()
        };
        let controls = random_controls(&mut dice, mode);
        let input: Vec<f32> = (0..frames).map(|_| dice.share() - 0.5).collect();
        let (mut left, mut right) = (input.clone(), input.clone());
        if round % 7 == 0 {
            left[0] = f32::NAN;
        }
        if dice.below(60) == 0 {
            reset(&mut engine, &mut mixer);
        }
        let io = EngineIo {
            left: &mut left,
            right: (round % 5 != 0).then_some(&mut right[..]),
            sidechain: Some([&input, &input]),
        };
        block(&mut engine, io, &controls, &mut mixer, Events { transport, notes: &notes });
        heard += usize::from(link.telemetry.read().is_playing);
        position += frames as i64;
    }
    assert!(heard > ROUNDS / 10, "the track plays in {heard} of {ROUNDS} blocks");
    println!("{rate_hz} Hz, {mode:?}: {ROUNDS} blocks, the track plays in {heard}");
}

fn main() {
    if std::env::args().any(|argument| argument == "--prove") {
        allocates();
        println!("nobody has noticed");
        return;
    }
    for rate_hz in [44_100.0, 96_000.0] {
        for mode in [LatencyMode::Master, LatencyMode::Live] {
            play(rate_hz, mode);
        }
    }
}
