//! No allocation on the audio thread: the whole plugin, framework included, under a host with a counting allocator.
//!
//! The plugin is the one linked into this executable, so that it shares the allocator.

#![allow(unsafe_code)] // an entry by address

use clack_host::prelude::*;

#[path = "support/counting.rs"]
mod counting;
#[path = "plugin_hosts/rig.rs"]
#[allow(dead_code)] // each test executable uses its own part of the rig
mod rig;
use counting::calls_during;
use rig::{Block, EFFECT, INSTRUMENT, Numbers, Rig, events};

fn entry() -> PluginEntry {
    unsafe { PluginEntry::load_from_raw(&auracore::clap_entry, c"built in") }.unwrap()
}

#[test]
fn process_never_allocates_under_random_automation() {
    let entry = entry();
    let mut numbers = Numbers(2_024);
    for (id, rate_hz) in [(EFFECT, 48_000.0), (EFFECT, 96_000.0), (INSTRUMENT, 44_100.0)] {
        let mut rig = Rig::new(&entry, id);
        let params = rig.params();
        rig.activate(rate_hz, 1_024);
        for round in 0..1_500 {
            let frames = 1 + numbers.below(1_024);
            let input = numbers.music(frames);
            let count = numbers.below(8);
            let changes = numbers.changes(count, frames, &params);
            let mut block = Block::new(&input, 0..frames);
            let events = events(&changes, 0..frames);
            let mut calls = 0;
            rig.process_within(&mut block, &events, |process| calls = calls_during(process));
            assert_eq!(calls, 0, "round {round} with {changes:?}");
            assert!(block.output.iter().flatten().all(|x| x.is_finite()), "round {round}");
            // The latency mode is among the changes: sometimes the host restarts the plugin as asked.
            rig.run_callbacks();
            if rig.take_restart_request() && round % 3 == 0 {
                rig.deactivate();
                rig.activate(rate_hz, 1_024);
            }
        }
    }
}

#[test]
fn reset_never_allocates() {
    let mut rig = Rig::new(&entry(), EFFECT);
    rig.activate(48_000.0, 64);
    let input = Numbers(3).music(256);
    for _ in 0..8 {
        rig.render(&input, &[64], &[], rig::Edges::Plain);
        assert_eq!(calls_during(&mut || rig.reset()), 0);
    }
}
