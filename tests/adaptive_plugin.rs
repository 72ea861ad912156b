//! The listener in a CLAP host: hears, moves, is saved, is restored, stands still offline, survives whatever a state says.

#![allow(unsafe_code)] // an entry by address

use std::thread::sleep;
use std::time::Duration;

use serde_json::{Value, json};

#[path = "support/brightness.rs"]
mod brightness;
#[path = "support/music.rs"]
mod music;
#[path = "plugin_hosts/rig.rs"]
#[allow(dead_code)] // each test executable uses its own part of the rig
mod rig;
#[path = "plugin_hosts/session.rs"]
mod session;
use brightness::brightness_db;
use music::music;
use rig::{EFFECT, Edges, Rig};
use session::{changed, entry};

const RATE_HZ: f64 = 48_000.0;
const BLOCK: usize = 480;

/// Something like music that lacks 14 dB of everything above 1.5 kHz.
fn dull(seconds: f64) -> [Vec<f32>; 2] {
    let audio = music(seconds, RATE_HZ as u32);
    std::array::from_fn(|channel| {
        let mut low = 0.0;
        let dull = audio.channels[channel].iter().map(|x| {
            low += 0.18 * (x - low);
            0.4 * (low + 0.2 * (x - low))
        });
        dull.collect()
    })
}

fn instance(settings: &[(&str, &str)]) -> Rig {
    let mut rig = Rig::new(entry(), EFFECT);
    rig.inputs = 1;
    let changes: Vec<_> = settings.iter().map(|(name, text)| rig.typed(0, name, text)).collect();
    rig.set(&changes);
    rig
}

/// Renders at five times real time, which the worker keeps up with.
fn play(rig: &mut Rig, input: &[Vec<f32>; 2]) -> [Vec<f32>; 2] {
    let mut output = [Vec::new(), Vec::new()];
    for start in (0..input[0].len()).step_by(10 * BLOCK) {
        let end = (start + 10 * BLOCK).min(input[0].len());
        let part = input.each_ref().map(|plane| plane[start..end].to_vec());
        let out = rig.render(&part, &[BLOCK], &[], Edges::Plain);
        output.iter_mut().zip(out).for_each(|(all, part)| all.extend(part));
        sleep(Duration::from_millis(20));
    }
    output
}

/// How much brighter one is than the other, dB.
fn brighter_db(audio: &[Vec<f32>; 2], than: &[Vec<f32>; 2]) -> f64 {
    brightness_db(audio, RATE_HZ) - brightness_db(than, RATE_HZ)
}

/// The stretch between two times in seconds.
fn stretch(audio: &[Vec<f32>; 2], from: usize, to: usize) -> [Vec<f32>; 2] {
    let range = from * RATE_HZ as usize..to * RATE_HZ as usize;
    audio.each_ref().map(|plane| plane[range.clone()].to_vec())
}

fn field(state: &[u8]) -> Value {
    let state: Value = serde_json::from_slice(&state[8..]).unwrap();
    serde_json::from_str(state["fields"]["adaptive"].as_str().unwrap()).unwrap()
}

fn with_field(state: &[u8], field: &str) -> Vec<u8> {
    changed(state, |state| state["fields"]["adaptive"] = field.into())
}

#[test]
fn a_dull_mix_is_brightened_saved_restored_and_bounced_alike() {
    let song = dull(15.0);
    let mut rig = instance(&[("Adaptive mode", "Adaptive")]);
    rig.activate(RATE_HZ, BLOCK as u32);
    let out = play(&mut rig, &song);
    let late_and_early = |audio| brighter_db(&stretch(audio, 13, 15), &stretch(audio, 1, 3));
    let brighter = late_and_early(&out) - late_and_early(&song);
    println!("{brighter} dB brighter after fifteen seconds");
    assert!(brighter > 0.7, "{brighter} dB brighter after fifteen seconds");

    let saved = rig.save();
    let committed = field(&saved)["course"]["committed"].clone();
    let top = committed.as_array().unwrap()[5..10].iter().map(|gain| gain.as_f64().unwrap());
    assert!(top.fold(0.0, f64::max) > 0.5, "{committed}");

    // Reopened: the same targets, in place from the first sample; offline twice the same bits.
    let bounce = |edges| {
        let mut rig = Rig::new(entry(), EFFECT);
        rig.inputs = 1;
        assert!(rig.load(&saved));
        assert_eq!(field(&rig.save())["course"]["committed"], committed);
        rig.set_offline(true);
        rig.activate(RATE_HZ, BLOCK as u32);
        let out = rig.render(&song, &[BLOCK], &[], edges);
        assert_eq!(field(&rig.save())["course"]["committed"], committed, "nothing is decided offline");
        out
    };
    let (first, second) = (bounce(Edges::Plain), bounce(Edges::Plain));
    assert!(first == second, "two bounces are the same bits");
    let held = brighter_db(&first, &song);
    assert!(held > 0.7, "what was heard is what is bounced: {held} dB brighter");
}

#[test]
fn suggesting_and_off_change_no_bit() {
    let song = dull(4.0);
    let render = |mode: &str| {
        let mut rig = instance(&[("Adaptive mode", mode)]);
        rig.activate(RATE_HZ, BLOCK as u32);
        play(&mut rig, &song)
    };
    assert!(render("Off") == render("Suggest"));
}

#[test]
fn a_state_restored_while_playing_takes_effect_at_once() {
    let song = dull(1.0);
    let mut rig = instance(&[("Adaptive mode", "Suggest")]);
    rig.activate(RATE_HZ, BLOCK as u32);
    let plain = play(&mut rig, &song);
    let mut saved = field(&rig.save());
    saved["course"]["committed"][9] = json!(3.0);
    let state = with_field(&rig.save(), &saved.to_string());
    assert!(rig.load(&state));
    let moved = play(&mut rig, &song);
    assert!(brighter_db(&moved, &plain) > 1.0);
    // Off is off.
    let state = with_field(&rig.save(), &json!({"version": 1}).to_string());
    assert!(rig.load(&state));
    assert_eq!(
        field(&rig.save())["course"]["committed"][9],
        0.0,
        "an unreadable field falls back to nothing moved"
    );
}

#[test]
fn what_strangers_put_into_the_field_does_no_harm() {
    let mut rig = instance(&[]);
    let state = rig.save();
    let good = field(&state);
    let mut cases = vec![
        "null".to_owned(),
        "{".to_owned(),
        "{\"version\": 99}".to_owned(),
        "[1, 2, 3]".to_owned(),
        good.to_string().replace("\"version\":1", "\"version\":-1"),
    ];
    for (pointer, value) in [
        ("/course/committed", json!([1e30, -1e30])),
        ("/course/committed", json!(vec![1e30; 19])),
        ("/course/pins", json!(vec![99; 19])),
        ("/course/locks", json!(u32::MAX)),
        ("/course/history", json!(vec![vec![0.0; 19]; 500])),
        ("/taste", json!({})),
        ("/reference", json!("/etc/passwd")),
    ] {
        let mut wild = good.clone();
        match wild.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => wild[pointer.trim_start_matches('/')] = value,
        }
        cases.push(wild.to_string());
    }
    let song = dull(0.5);
    for case in cases {
        let mut rig = instance(&[("Adaptive mode", "Adaptive")]);
        assert!(rig.load(&with_field(&state, &case)), "{case}");
        rig.activate(RATE_HZ, BLOCK as u32);
        let out = play(&mut rig, &song);
        assert!(out.iter().flatten().all(|x| x.abs() <= 1.0), "{case}");
        let saved = field(&rig.save());
        for value in saved["course"]["committed"].as_array().unwrap() {
            assert!(value.as_f64().unwrap().abs() < 700.0, "{case}");
        }
    }
}

#[test]
fn many_instances_come_and_go() {
    let threads = || std::fs::read_dir("/proc/self/task").map_or(0, |tasks| tasks.count());
    let song = dull(0.3);
    let before = threads();
    for _ in 0..3 {
        let mut rigs: Vec<Rig> = (0..12)
            .map(|_| {
                let mut rig = instance(&[("Adaptive mode", "Adaptive")]);
                rig.activate(RATE_HZ, BLOCK as u32);
                play(&mut rig, &song);
                rig
            })
            .collect();
        assert!(threads() >= before + rigs.len(), "each listens");
        rigs.clear();
    }
    // Other tests of this executable run beside this one.
    let patience = (0..200).any(|_| {
        sleep(Duration::from_millis(20));
        threads() <= before + 8
    });
    assert!(patience, "{} threads, {before} at first", threads());
}
