//! No allocation on the audio thread while a track plays: under jumps of the host, loops, notes, automation, and while
//! tracks are exchanged.

#![allow(unsafe_code)] // an entry by address

#[path = "support/counting.rs"]
mod counting;
#[path = "plugin_hosts/rig.rs"]
#[allow(dead_code)] // each test executable uses its own part of the rig
mod rig;
#[path = "plugin_hosts/session.rs"]
mod session;
use counting::calls_during;
use rig::{Block, Change, EFFECT, INSTRUMENT, Numbers, Rig, events, push_note};
use session::{entry, example, put, timeline, tone, wait};

const RATE_HZ: f64 = 48_000.0;
const LONGEST: usize = 600;

/// A change of one of the track's parameters but the switches that silence it.
fn change(numbers: &mut Numbers, rig: &mut Rig) -> Change {
    let (name, text) = [
        ("Track mode", "Host"),
        ("Track mode", "Free"),
        ("Track mode", "Notes"),
        ("Track run", "on"),
        ("Track run", "off"),
        ("Track offset", "0.1"),
        ("Track loop", "on"),
        ("Track loop start", "0.2"),
        ("Track loop end", "0.6"),
        ("Track gain", "-3"),
        ("Noise mute", "on"),
        ("Tones solo", "on"),
        ("Noise mute", "off"),
        ("Tones solo", "off"),
    ][numbers.below(14)];
    rig.typed(0, name, text)
}

#[test]
fn nothing_allocates_while_a_track_plays_jumps_loops_and_changes() {
    for id in [INSTRUMENT, EFFECT] {
        let mut numbers = Numbers(77);
        let mut rig = Rig::new(entry(), id);
        put(&mut rig, &example());
        rig.activate(RATE_HZ, LONGEST as u32);
        wait(&mut rig);
        let (mut position, mut is_playing, mut heard) = (0_i64, true, 0);
        for round in 0..3_000 {
            let frames = 1 + numbers.below(LONGEST);
            match numbers.below(60) {
                0 => position = numbers.below(150_000) as i64 - 1_000,
                1 => is_playing = !is_playing,
                2 => put(&mut rig, &tone(100.0 + numbers.below(9) as f64)),
                3 => put(&mut rig, &example()),
                _ => {}
            }
            let changes =
                if numbers.below(20) == 0 { vec![change(&mut numbers, &mut rig)] } else { Vec::new() };
            let mut events = events(&changes, 0..frames);
            if id == INSTRUMENT && numbers.below(15) == 0 {
                push_note(&mut events, numbers.below(frames), numbers.below(2) == 0);
                events.sort();
            }
            let input = numbers.music(frames);
            let mut block = Block::new(&input, 0..frames);
            rig.transport = Some(timeline(position, is_playing, RATE_HZ));
            let mut calls = 0;
            rig.process_within(&mut block, &events, |process| calls = calls_during(process));
            assert_eq!(calls, 0, "round {round}");
            assert!(block.output.iter().flatten().all(|x| x.is_finite()), "round {round}");
            heard += usize::from(block.output[0].iter().any(|x| x.abs() > 0.01));
            position = if is_playing { (position + frames as i64) % 160_000 } else { position };
        }
        assert!(heard > 1_000, "heard in {heard} blocks");
    }
}
