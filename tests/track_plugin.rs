//! Tracks in the plugin: the host's timeline, the own switch, notes, the state, offline renders, sample rates.

#![allow(unsafe_code)] // an entry by address

use auracore::state::track::{SavedContent, SavedFile, SavedTrack};
use auracore::stored::parse as parse_saved;
use auracore::track::file::files::NoFiles;
use auracore::track::file::limits::Limits;
use auracore::track::file::load::parse;
use auracore::track::play::plan::CompileOptions;
use auracore::track::play::prepare::for_playing;
use auracore::track::sound::span::Behaviour;
use clack_extensions::audio_ports_config::PluginAudioPortsConfig;
use clack_host::prelude::*;
use serde_json::{Value, json};

#[path = "support/folder.rs"]
mod folder;
#[path = "support/program.rs"]
mod program;
#[path = "plugin_hosts/rig.rs"]
#[allow(dead_code)] // each test executable uses its own part of the rig
mod rig;
#[path = "plugin_hosts/session.rs"]
mod session;
use auracore::audio_file::read;
use folder::Folder;
use rig::{Block, EFFECT, INSTRUMENT, Numbers, Rig, push_note};
use session::{
    changed, entry, example, flat, play, put, put_saved, rest, straight, timeline, tone, wait, with_track,
    worst,
};

const RATE_HZ: f64 = 48_000.0;
/// What a seek may differ from playing on.
const SEEK_ERROR: f32 = 2e-6;
/// Longer than any fade of the player.
const FADE: usize = 400;

#[test]
fn a_track_follows_the_timeline_in_both_entries() {
    let expected = straight(&example(), RATE_HZ);
    for id in [INSTRUMENT, EFFECT] {
        let (mut rig, latency) = with_track(id, &example(), &[], RATE_HZ, 512);
        assert_eq!(rest(&mut rig, 2_000, &[512], RATE_HZ)[0].iter().filter(|x| **x != 0.0).count(), 0);
        let out = play(&mut rig, 0, 100_000, &[512, 100, 1, 33], RATE_HZ);
        assert!(worst(&out, latency, &expected, 0) <= SEEK_ERROR);
        // A jump, then a stop, then on from there.
        let out = play(&mut rig, 30_000, 20_000, &[512], RATE_HZ);
        let after = out.each_ref().map(|channel| channel[FADE..].to_vec());
        assert!(worst(&after, latency, &expected, 30_000 + FADE) <= SEEK_ERROR);
        let out = rest(&mut rig, 4_000, &[512], RATE_HZ);
        assert!(out.iter().all(|channel| channel[latency + FADE..].iter().all(|x| *x == 0.0)));
        let out = play(&mut rig, 50_000, 10_000, &[64], RATE_HZ);
        let after = out.each_ref().map(|channel| channel[FADE..].to_vec());
        assert!(worst(&after, latency, &expected, 50_000 + FADE) <= SEEK_ERROR);
    }
}

#[test]
fn the_offset_moves_the_track_and_nothing_sounds_before_it() {
    let expected = straight(&example(), RATE_HZ);
    let (mut rig, latency) = with_track(INSTRUMENT, &example(), &[("Track offset", "0:00.50")], RATE_HZ, 512);
    let out = play(&mut rig, 0, 60_000, &[512], RATE_HZ);
    for (out, expected) in out.iter().zip(&expected) {
        assert!(out[..latency + 24_000].iter().all(|x| *x == 0.0));
        let heard = out[latency + 24_000..].iter().zip(expected);
        assert!(heard.map(|(x, y)| (x - y).abs()).fold(0.0, f32::max) <= SEEK_ERROR);
    }
    let (mut rig, latency) = with_track(INSTRUMENT, &example(), &[("Track offset", "-1")], RATE_HZ, 512);
    let out = play(&mut rig, 0, 30_000, &[512], RATE_HZ);
    let after = out.each_ref().map(|channel| channel[FADE..].to_vec());
    assert!(worst(&after, latency, &expected, 48_000 + FADE) <= SEEK_ERROR);
}

#[test]
fn free_running_starts_with_its_switch_and_loops() {
    let expected = straight(&tone(200.0), RATE_HZ);
    let settings = [
        ("Track mode", "Free"),
        ("Track loop", "on"),
        ("Track loop start", "0.25"),
        ("Track loop end", "0.5"),
        ("Track run", "on"),
    ];
    let mut rig = Rig::new(entry(), INSTRUMENT);
    let mut changes = flat(&mut rig);
    changes.extend(settings.map(|(name, text)| rig.typed(0, name, text)));
    rig.set(&changes);
    put(&mut rig, &tone(200.0));
    rig.set_offline(true); // begins with the first block
    rig.activate(RATE_HZ, 512);
    let latency = rig.latency();
    let out = rest(&mut rig, 80_000, &[512, 77], RATE_HZ);
    let heard = |from: usize, to: usize| out.each_ref().map(|c| c[from..to + latency].to_vec());
    assert!(worst(&heard(0, 24_000), latency, &expected, 0) <= SEEK_ERROR);
    for pass in 1..4 {
        let begin = 12_000 + pass * 12_000;
        let part = heard(begin + FADE, begin + 12_000);
        assert!(worst(&part, latency, &expected, 12_000 + FADE) <= SEEK_ERROR, "pass {pass}");
    }
}

#[test]
fn a_track_that_arrives_late_begins_at_its_beginning() {
    let expected = straight(&tone(200.0), RATE_HZ);
    let mut rig = Rig::new(entry(), INSTRUMENT);
    let mut changes = flat(&mut rig);
    changes.extend([rig.typed(0, "Track mode", "Free"), rig.typed(0, "Track run", "on")]);
    rig.set(&changes);
    rig.activate(RATE_HZ, 512);
    let latency = rig.latency();
    rest(&mut rig, 5_000, &[512], RATE_HZ);
    put(&mut rig, &tone(200.0));
    let mut out: Vec<f32> = Vec::new();
    let heard = (0..2_000).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(1));
        out.extend_from_slice(&rest(&mut rig, 512, &[512], RATE_HZ)[0]);
        let start = out.iter().position(|x| *x != 0.0)?;
        (out.len() >= start + latency + 4_096).then_some(start)
    });
    let start = heard.expect("the track never plays");
    // The very first samples may be zero.
    let first = expected[0].iter().position(|x| *x != 0.0).unwrap();
    let pairs = out[start..start + 4_096].iter().zip(&expected[0][first..]);
    assert!(pairs.map(|(x, y)| (x - y).abs()).fold(0.0, f32::max) <= SEEK_ERROR);
}

#[test]
fn notes_start_and_end_the_track() {
    let expected = straight(&tone(200.0), RATE_HZ);
    let (mut rig, latency) = with_track(INSTRUMENT, &tone(200.0), &[("Track mode", "Notes")], RATE_HZ, 512);
    let mut output = [Vec::new(), Vec::new()];
    for index in 0..40 {
        let silence = [vec![0.0; 512], vec![0.0; 512]];
        let mut block = Block::new(&silence, 0..512);
        let mut events = EventBuffer::new();
        if index == 2 {
            push_note(&mut events, 100, true);
        } else if index == 30 {
            push_note(&mut events, 0, false);
        }
        rig.process(&mut block, &events);
        output.iter_mut().zip(&block.output).for_each(|(all, block)| all.extend_from_slice(block));
    }
    let start = 2 * 512 + 100 + latency;
    let end = 30 * 512 + latency;
    for (out, expected) in output.iter().zip(&expected) {
        assert!(out[..start].iter().all(|x| *x == 0.0));
        let heard = out[start..end].iter().zip(expected);
        assert!(heard.map(|(x, y)| (x - y).abs()).fold(0.0, f32::max) <= SEEK_ERROR);
        assert!(out[end + FADE..].iter().all(|x| *x == 0.0));
    }
}

#[test]
fn one_channel_gets_half_of_both() {
    let expected = straight(&example(), RATE_HZ);
    let mut rig = Rig::new(entry(), EFFECT);
    let handle = rig.instance.plugin_handle();
    let configs = handle.get_extension::<PluginAudioPortsConfig>().unwrap();
    let inactive = rig.instance.inactive_plugin_handle().unwrap();
    configs.select(&inactive, ClapId::new(3)).unwrap();
    (rig.inputs, rig.channels) = (1, 1);
    let changes = flat(&mut rig);
    rig.set(&changes);
    put(&mut rig, &example());
    rig.activate(RATE_HZ, 512);
    let latency = rig.latency();
    wait(&mut rig);
    let out = play(&mut rig, 0, 40_000, &[512, 100], RATE_HZ);
    for (i, x) in out[0][latency..].iter().enumerate() {
        let both = 0.5 * (expected[0][i] + expected[1][i]);
        assert!((x - both).abs() <= SEEK_ERROR, "frame {i}: {x}, expected {both}");
    }
}

#[test]
fn bypass_silences_the_track_and_a_host_that_stands_still_may_sleep() {
    let (mut rig, latency) = with_track(EFFECT, &example(), &[("Bypass", "on")], RATE_HZ, 512);
    let out = play(&mut rig, 0, 20_000, &[512], RATE_HZ);
    assert!(out.iter().all(|channel| channel[latency + FADE..].iter().all(|x| *x == 0.0)));
    let status = |rig: &mut Rig, is_playing| {
        rest(rig, 4_000, &[512], RATE_HZ);
        rig.transport = Some(timeline(100_000, is_playing, RATE_HZ));
        rig.process(&mut Block::new(&[vec![0.0; 16], vec![0.0; 16]], 0..16), &EventBuffer::new())
    };
    let (mut rig, _) = with_track(EFFECT, &example(), &[], RATE_HZ, 512);
    play(&mut rig, 0, 20_000, &[512], RATE_HZ);
    assert_eq!(status(&mut rig, true), ProcessStatus::Continue);
    assert_eq!(status(&mut rig, false), ProcessStatus::ContinueIfNotQuiet);
}

#[test]
fn gains_mutes_and_solos_reach_their_groups() {
    straight(&example(), RATE_HZ); // measures it
    let level = |settings: &[(&str, &str)]| {
        let (mut rig, latency) = with_track(INSTRUMENT, &example(), settings, RATE_HZ, 512);
        let out = play(&mut rig, 0, 40_000, &[512], RATE_HZ);
        let power: f32 = out[0][latency + 2_000..].iter().map(|x| x * x).sum();
        power.sqrt()
    };
    let (all, tones, noise) = (level(&[]), level(&[("Tones solo", "on")]), level(&[("Tones mute", "on")]));
    assert!(tones > 0.0 && noise > 0.0);
    assert!((all.powi(2) / (tones.powi(2) + noise.powi(2)) - 1.0).abs() < 0.1);
    assert!((level(&[("Track gain", "-6")]) / all - 0.501).abs() < 0.01);
    assert!((level(&[("Noise gain", "-60"), ("Track gain", "6")]) / tones - 1.995).abs() < 0.01);
    assert_eq!(level(&[("Clips solo", "on")]), 0.0);
    assert_eq!(level(&[("Track mute", "on")]), 0.0);
    assert_eq!(level(&[("Track solo", "on")]), all);
}

#[test]
fn a_reopened_project_plays_the_same() {
    straight(&example(), RATE_HZ); // measures it
    let (mut first, latency) = with_track(INSTRUMENT, &example(), &[("Track gain", "-3")], RATE_HZ, 512);
    let state = first.save();
    let mut second = Rig::new(entry(), INSTRUMENT);
    assert!(second.load(&state));
    second.activate(RATE_HZ, 512);
    wait(&mut second);
    assert_eq!(second.save(), state);
    let out = play(&mut first, 0, 60_000, &[512], RATE_HZ);
    assert!(out[0][latency..].iter().any(|x| x.abs() > 0.01));
    assert!(out == play(&mut second, 0, 60_000, &[512], RATE_HZ), "another sound");
}

#[test]
fn another_state_takes_the_track_away_or_exchanges_it_while_it_plays() {
    let (mut rig, latency) = with_track(INSTRUMENT, &tone(200.0), &[], RATE_HZ, 512);
    let expected = straight(&tone(300.0), RATE_HZ);
    play(&mut rig, 0, 2_000, &[512], RATE_HZ);
    put(&mut rig, &tone(300.0));
    // It arrives when it is ready, without a restart.
    let mut at = 2_000;
    let arrived = (0..2_000).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(1));
        let start = at;
        let out = play(&mut rig, start, 1_000 + latency, &[512], RATE_HZ);
        at = (start + 1_000 + latency as i64) % 80_000;
        worst(&out, latency, &expected, start as usize) <= SEEK_ERROR
    });
    assert!(arrived, "the new track never plays");
    let none = changed(&rig.save(), |state| _ = state["fields"].as_object_mut().unwrap().remove("track"));
    assert!(rig.load(&none));
    let silent = (0..2_000).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(1));
        let out = play(&mut rig, 0, 1_000 + latency, &[512], RATE_HZ);
        out[0][latency..].iter().all(|x| *x == 0.0)
    });
    assert!(silent, "the track never goes");
}

#[test]
fn an_unreadable_track_costs_nothing_else() {
    let (mut rig, _) = with_track(INSTRUMENT, &tone(200.0), &[("Input gain", "3")], RATE_HZ, 512);
    for broken in ["{\"version\":", "7", "{\"version\":9,\"text\":\"x\"}"] {
        let state = changed(&rig.save(), |state| {
            state["fields"]["track"] = broken.into();
            state["params"]["out_trim"] = json!({"f32": -2.5});
        });
        assert!(rig.load(&state));
        let saved: Value = serde_json::from_slice(&rig.save()[8..]).unwrap();
        assert_eq!(saved["params"]["out_trim"]["f32"], -2.5);
        assert_eq!(saved["params"]["in_gain"]["f32"], 3.0);
        let track: SavedTrack = parse_saved(saved["fields"]["track"].as_str().unwrap()).unwrap();
        assert_eq!(track, SavedTrack::default());
    }
}

#[test]
fn missing_recordings_leave_the_rest_playing() {
    let expected = straight(&tone(200.0), RATE_HZ);
    let mut track = tone(200.0);
    track["overlay_clips"] = json!([{"file_path": "gone.wav", "start": 0.1, "amp": 1.0}]);
    let mut rig = Rig::new(entry(), INSTRUMENT);
    let changes = flat(&mut rig);
    rig.set(&changes);
    let recording = SavedContent::Recording { path: "/nowhere/gone.wav".to_owned(), sha256: "00".to_owned() };
    let saved = SavedTrack {
        name: "Test".to_owned(),
        text: track.to_string(),
        origin: Some("/nowhere/track.json".into()),
        files: vec![SavedFile { name: "gone.wav".to_owned(), content: recording }],
        lost: None,
    };
    put_saved(&mut rig, &saved);
    rig.activate(RATE_HZ, 512);
    let latency = rig.latency();
    wait(&mut rig);
    let out = play(&mut rig, 0, 40_000, &[512], RATE_HZ);
    assert!(worst(&out, latency, &expected, 0) <= SEEK_ERROR);
    let state: Value = serde_json::from_slice(&rig.save()[8..]).unwrap();
    let kept: SavedTrack = parse_saved(state["fields"]["track"].as_str().unwrap()).unwrap();
    assert_eq!(kept, saved, "what is known of a missing recording is kept");
}

/// A track that nothing has measured yet.
fn unheard(number: usize) -> Value {
    let mut track = example();
    track["progression"][0]["voices"][0]["params"]["baseFreq"] = json!(210.0 + number as f64 * 0.01);
    track["progression"][0]["duration"] = json!(4.0);
    track
}

#[test]
fn offline_renders_wait_for_exact_levels_and_repeat_bit_for_bit() {
    let mut rig = Rig::new(entry(), INSTRUMENT);
    let mut changes = flat(&mut rig);
    changes.extend([rig.typed(0, "Noise gain", "-3"), rig.typed(0, "Track gain", "-2")]);
    rig.set(&changes);
    put(&mut rig, &unheard(1));
    rig.set_offline(true);
    rig.activate(RATE_HZ, 512);
    let first = play(&mut rig, 0, 150_000, &[512], RATE_HZ);
    rig.deactivate();
    rig.activate(RATE_HZ, 512);
    let second = play(&mut rig, 0, 150_000, &[512], RATE_HZ);
    assert!(first == second, "two renders of one instance differ");
    let mut fresh = Rig::new(entry(), INSTRUMENT);
    fresh.load(&rig.save());
    fresh.set_offline(true);
    fresh.activate(RATE_HZ, 512);
    assert!(first == play(&mut fresh, 0, 150_000, &[512], RATE_HZ), "two instances differ");

    let plain = [rig.typed(0, "Noise gain", "0"), rig.typed(0, "Track gain", "0")];
    rig.deactivate();
    rig.set(&plain);
    rig.activate(RATE_HZ, 512);
    let latency = rig.latency();
    let out = play(&mut rig, 0, 150_000, &[512], RATE_HZ);
    assert_eq!(worst(&out, latency, &straight(&unheard(1), RATE_HZ), 0), 0.0);
}

#[test]
fn a_bounce_is_what_the_command_line_renders_bit_for_bit() {
    let (folder, track) = (Folder::new(), unheard(3));
    std::fs::write(folder.file("track.json"), track.to_string()).unwrap();
    let preset = json!({"version": 1, "name": "Dense", "description": "", "tags": [], "controls": {
        "compressor": {"on": true, "threshold_db": -30.0, "ratio": 3.0}, "limiter": {"drive_db": 3.0}}});
    std::fs::write(folder.file("dense.json"), preset.to_string()).unwrap();
    let arguments = "render track.json -o out.wav --rate 48000 --bits 32 --master dense.json";
    let output = program::auracore(&folder, arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rendered = read(&folder.file("out.wav"), &auracore::audio_file::Limits::default()).unwrap().audio;

    let mut rig = Rig::new(entry(), EFFECT);
    let settings = [("Comp", "on"), ("Comp threshold", "-30"), ("Comp ratio", "3"), ("Limit drive", "3")];
    let changes = settings.map(|(name, text)| rig.typed(0, name, text));
    rig.set(&changes);
    put(&mut rig, &track);
    rig.set_offline(true);
    rig.activate(RATE_HZ, 512);
    let latency = rig.latency();
    let frames = rendered.channels[0].len();
    let bounced = play(&mut rig, 0, frames + latency, &[512, 100, 33], RATE_HZ);
    for (rendered, bounced) in rendered.channels.iter().zip(&bounced) {
        assert!(rendered.iter().any(|x| x.abs() > 0.1));
        let bounced = &bounced[latency..];
        let differs = rendered.iter().zip(bounced).position(|(x, y)| x != y);
        assert_eq!(differs, None, "of {frames} frames");
    }
}

#[test]
fn offline_blocks_wait_for_a_state_that_comes_late() {
    let mut rig = Rig::new(entry(), INSTRUMENT);
    let changes = flat(&mut rig);
    rig.set(&changes);
    rig.set_offline(true);
    rig.activate(RATE_HZ, 512);
    put(&mut rig, &unheard(2));
    let latency = rig.latency();
    let out = play(&mut rig, 0, 100_000, &[512], RATE_HZ);
    assert_eq!(worst(&out, latency, &straight(&unheard(2), RATE_HZ), 0), 0.0);
}

#[test]
fn another_rate_is_another_plan() {
    let mut rig = Rig::new(entry(), INSTRUMENT);
    let changes = flat(&mut rig);
    rig.set(&changes);
    put(&mut rig, &example());
    for rate_hz in [44_100.0, 96_000.0, 48_000.0, 44_100.0] {
        rig.set_offline(true);
        rig.activate(rate_hz, 256);
        let latency = rig.latency();
        let out = play(&mut rig, 0, 50_000, &[256], rate_hz);
        assert!(worst(&out, latency, &straight(&example(), rate_hz), 0) <= SEEK_ERROR, "{rate_hz}");
        rig.deactivate();
    }
}

#[test]
fn activation_and_reset_leave_a_free_running_track_where_it_is() {
    let expected = straight(&tone(200.0), RATE_HZ); // measures it first: levels must not move below
    let settings = [("Track mode", "Free"), ("Track run", "on")];
    let (mut rig, latency) = with_track(INSTRUMENT, &tone(200.0), &settings, RATE_HZ, 512);
    // It begins when it arrives; from then on it must go on without a gap.
    let arrived = (0..2_000).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(1));
        rest(&mut rig, 16, &[16], RATE_HZ)[0].iter().any(|x| x.abs() > 1e-3)
    });
    assert!(arrived, "the track never plays");
    let before = rest(&mut rig, 10_000, &[500], RATE_HZ);
    rig.reset();
    rig.restart();
    let after = rest(&mut rig, 10_000, &[500], RATE_HZ);
    let start = (0..70_000)
        .find(|start| {
            let at = |i: usize| (before[0][latency + i] - expected[0][start + i]).abs() < 1e-5;
            (0..64).all(|i| at(5_000 + i)) && at(9_000)
        })
        .expect("plays somewhere near its start");
    // What was on its way through the chain is cleared by a reset; the track itself has gone on.
    let heard = after[0][latency..].iter().zip(&expected[0][start + 10_000..]);
    assert!(heard.map(|(x, y)| (x - y).abs()).fold(0.0, f32::max) < 1e-4);
}

#[test]
fn going_away_interrupts_the_measuring() {
    let mut long = example();
    long["progression"][0]["duration"] = json!(6.0 * 3_600.0);
    for copy in 0..24 {
        let voice = json!({"synth_function_name": "binaural_beat",
            "params": {"baseFreq": 300 + copy, "freqOscRangeL": 1, "freqOscFreqL": 0.5}});
        long["progression"][0]["voices"].as_array_mut().unwrap().push(voice);
    }
    let (rig, _) = with_track(INSTRUMENT, &long, &[], RATE_HZ, 512);
    drop(rig);
    // Had it waited for the end, the level would be known now.
    let text = serde_json::to_vec(&long).unwrap();
    let track = parse(&text, "x.json".as_ref(), &Limits::default()).unwrap().track;
    let options = CompileOptions { rate_hz: RATE_HZ, behaviour: Behaviour::Intended };
    assert!(!for_playing(&track, options, &NoFiles).0.is_settled());
}

#[test]
fn many_instances_share_their_work() {
    let rigs: Vec<Rig> = (0..12)
        .map(|_| {
            let mut rig = Rig::new(entry(), INSTRUMENT);
            put(&mut rig, &example());
            rig.activate(RATE_HZ, 64);
            rig
        })
        .collect();
    for mut rig in rigs {
        wait(&mut rig);
        assert!(play(&mut rig, 0, 20_000, &[64], RATE_HZ)[0].iter().any(|x| x.abs() > 0.01));
    }
    let mut numbers = Numbers(4);
    for _ in 0..20 {
        // Gone at any moment of the preparation.
        let mut rig = Rig::new(entry(), INSTRUMENT);
        put(&mut rig, &unheard(10 + numbers.below(1_000)));
        rig.activate(RATE_HZ, 64);
        std::thread::sleep(std::time::Duration::from_micros(numbers.below(3_000) as u64));
    }
}
