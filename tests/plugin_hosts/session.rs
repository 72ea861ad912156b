//! Tracks for a plugin in the rig: put into its state, played under a timeline, rendered straight for comparison.
#![allow(dead_code)] // each test executable uses its own part

use std::ffi::CStr;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use auracore::state::track::SavedTrack;
use auracore::stored::Versioned;
use auracore::track::file::files::NoFiles;
use auracore::track::file::limits::Limits;
use auracore::track::file::load::parse;
use auracore::track::play::plan::CompileOptions;
use auracore::track::play::prepare::for_rendering;
use auracore::track::play::program::{Buses, Program};
use auracore::track::sound::span::{Behaviour, QUANTUM};
use clack_host::events::event_types::{TransportEvent, TransportFlags};
use clack_host::events::{EventFlags, EventHeader};
use clack_host::prelude::*;
use serde_json::{Value, json};

use super::rig::{Block, Change, Rig};

/// The plugin that is linked into the test, so that both share what is measured of a track.
pub fn entry() -> &'static PluginEntry {
    static ENTRY: OnceLock<PluginEntry> = OnceLock::new();
    ENTRY.get_or_init(|| unsafe { PluginEntry::load_from_raw(&auracore::clap_entry, c"built in") }.unwrap())
}

/// Two steps with tones and noise, three seconds.
pub fn example() -> Value {
    json!({"global": {"crossfade_duration": 0.25}, "progression": [
        {"duration": 1.5, "description": "first", "voices": [
            {"synth_function_name": "binaural_beat", "params": {"baseFreq": 200, "beatFreq": 6,
                "freqOscRangeL": 3, "freqOscFreqL": 1.7, "ampOscDepthL": 0.4, "ampOscFreqL": 0.3}},
            {"synth_function_name": "noise_swept_notch", "voice_type": "noise", "params": {}}]},
        {"duration": 1.75, "description": "second", "voices": [
            {"synth_function_name": "isochronic_tone", "params": {"baseFreq": 180, "beatFreq": 9}}]}]})
}

/// One tone of this frequency, two seconds.
pub fn tone(freq_hz: f64) -> Value {
    json!({"progression": [{"duration": 2.0, "voices": [
        {"synth_function_name": "binaural_beat", "params": {"baseFreq": freq_hz, "beatFreq": 4}}]}]})
}

/// The track as one straight render, levels exact.
pub fn straight(track: &Value, rate_hz: f64) -> [Vec<f32>; 2] {
    let text = serde_json::to_vec(track).unwrap();
    let mut track = parse(&text, Path::new("session.json"), &Limits::default()).unwrap().track;
    track.fill_starts();
    let options = CompileOptions { rate_hz, behaviour: Behaviour::Intended };
    let (plan, problems) =
        for_rendering(&track, options, &NoFiles, &AtomicBool::new(false), &|_| {}).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    let (mut program, mut buses) = (Program::new(plan.clone()), Buses::SILENT);
    let mut out = [Vec::new(), Vec::new()];
    for first in (0..plan.frames).step_by(QUANTUM) {
        let count = QUANTUM.min((plan.frames - first) as usize);
        program.render(first, count, &mut buses);
        out[0].extend((0..count).map(|i| buses.tones.left[i] + buses.noise.left[i] + buses.clips.left[i]));
        out[1].extend((0..count).map(|i| buses.tones.right[i] + buses.noise.right[i] + buses.clips.right[i]));
    }
    out
}

/// Bytes of a state with these fields changed.
pub fn changed(state: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(&state[8..]).unwrap();
    change(&mut value);
    let text = value.to_string();
    [&(text.len() as u64).to_le_bytes(), text.as_bytes()].concat()
}

/// Puts a track into the state of a plugin, as reopening a project does.
pub fn put(rig: &mut Rig, track: &Value) {
    put_saved(rig, &SavedTrack { name: "Test".to_owned(), text: track.to_string(), ..SavedTrack::default() });
}

pub fn put_saved(rig: &mut Rig, track: &SavedTrack) {
    let field = serde_json::to_string(&Versioned(Arc::new(track.clone()))).unwrap();
    let state = changed(&rig.save(), |state| state["fields"]["track"] = field.into());
    assert!(rig.load(&state));
}

/// The changes that leave nothing of the chain but its delay.
pub fn flat(rig: &mut Rig) -> Vec<Change> {
    ["EQ", "Width stage", "Limit"].map(|stage| rig.typed(0, stage, "off")).into()
}

/// A plugin whose chain only delays, with a track, and its latency.
pub fn with_track(
    id: &CStr,
    track: &Value,
    settings: &[(&str, &str)],
    rate_hz: f64,
    max_frames: u32,
) -> (Rig, usize) {
    let mut rig = Rig::new(entry(), id);
    let changes = flat(&mut rig);
    rig.set(&changes);
    put(&mut rig, track);
    rig.activate(rate_hz, max_frames);
    let latency = rig.latency();
    wait(&mut rig);
    if !settings.is_empty() {
        rig.deactivate();
        let changes: Vec<Change> = settings.iter().map(|(name, text)| rig.typed(0, name, text)).collect();
        rig.set(&changes);
        rig.activate(rate_hz, max_frames);
    }
    (rig, latency)
}

/// Processes until the track has arrived, on a timeline that runs long before the track begins. The track follows it.
pub fn wait(rig: &mut Rig) {
    let silence = [vec![0.0; 16], vec![0.0; 16]];
    let mut position = -1_000_000;
    for round in 0..10_000 {
        let mut block = Block::new(&silence, 0..16);
        rig.transport = Some(timeline(position, true, 48_000.0));
        let status = rig.process(&mut block, &EventBuffer::new());
        // At first the plugin is awake because of what may be inside of its chain.
        if round > 1_000 && status == ProcessStatus::Continue {
            rig.transport = Some(timeline(position, false, 48_000.0));
            rig.process(&mut block, &EventBuffer::new());
            return;
        }
        position += 16;
        std::thread::sleep(std::time::Duration::from_micros(if round > 1_000 { 1_000 } else { 0 }));
    }
    panic!("the track never arrives");
}

/// The host's timeline, in seconds.
pub fn timeline(frame: i64, is_playing: bool, rate_hz: f64) -> TransportEvent {
    use clack_host::utils::{BeatTime, SecondsTime};
    let mut flags = TransportFlags::HAS_SECONDS_TIMELINE | TransportFlags::HAS_TEMPO;
    flags.set(TransportFlags::IS_PLAYING, is_playing);
    let (beats, seconds) = (BeatTime::from_int(0), SecondsTime::from_int(0));
    TransportEvent {
        header: EventHeader::new_core(0, EventFlags::empty()),
        flags,
        song_pos_beats: beats,
        song_pos_seconds: SecondsTime::from_float(frame as f64 / rate_hz),
        tempo: 120.0,
        tempo_inc: 0.0,
        loop_start_beats: beats,
        loop_end_beats: beats,
        loop_start_seconds: seconds,
        loop_end_seconds: seconds,
        bar_start: beats,
        bar_number: 0,
        time_signature_numerator: 4,
        time_signature_denominator: 4,
    }
}

/// Plays under a running timeline from a frame on.
pub fn play(rig: &mut Rig, from: i64, frames: usize, blocks: &[usize], rate_hz: f64) -> [Vec<f32>; 2] {
    run(rig, Some(from), frames, blocks, rate_hz)
}

/// Lets time pass while the host's timeline stands.
pub fn rest(rig: &mut Rig, frames: usize, blocks: &[usize], rate_hz: f64) -> [Vec<f32>; 2] {
    run(rig, None, frames, blocks, rate_hz)
}

fn run(rig: &mut Rig, from: Option<i64>, frames: usize, blocks: &[usize], rate_hz: f64) -> [Vec<f32>; 2] {
    let silence = [vec![0.0; frames], vec![0.0; frames]];
    let mut output = [Vec::new(), Vec::new()];
    let (mut at, mut lengths) = (0, blocks.iter().cycle());
    while at < frames {
        let end = frames.min(at + lengths.next().unwrap());
        let mut block = Block::new(&silence, at..end);
        rig.transport = Some(timeline(from.map_or(0, |from| from + at as i64), from.is_some(), rate_hz));
        rig.process(&mut block, &EventBuffer::new());
        output.iter_mut().zip(&block.output).for_each(|(all, block)| all.extend_from_slice(block));
        at = end;
    }
    output
}

/// Largest difference of what comes out after the latency and what is expected.
pub fn worst(out: &[Vec<f32>; 2], latency: usize, expected: &[Vec<f32>; 2], from: usize) -> f32 {
    let mut worst = 0.0_f32;
    for (out, expected) in out.iter().zip(expected) {
        let heard = &out[latency..];
        assert!(heard.len() + from <= expected.len());
        assert!(heard.iter().any(|x| x.abs() > 0.01), "silence");
        worst = heard.iter().zip(&expected[from..]).fold(worst, |worst, (x, y)| worst.max((x - y).abs()));
    }
    worst
}
