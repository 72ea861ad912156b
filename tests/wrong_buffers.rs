//! Hosts that pass other buffers than the layout asks for: sound, silence or an error code, never the host's end.
//!
//! Behind every list of buses lies one that kills whoever reads it.

use std::f32::consts::TAU;

use clap_sys::process::CLAP_PROCESS_ERROR;
use vst3::Steinberg::kResultOk;

#[path = "raw_hosts/clap.rs"]
mod clap;
#[path = "raw_hosts/library.rs"]
mod library;
#[path = "raw_hosts/vst3.rs"]
#[allow(dead_code)] // each test executable uses its own part
mod vst3_host;

use clap::Clap;
use library::Bus;
use vst3_host::{Call, Vst3};

const FRAMES: usize = 256;
const RATE_HZ: f64 = 48_000.0;
/// Long enough for everything that looks ahead.
const BLOCKS: usize = 12;
/// What a host left in its output, above anything that the limiter lets through.
const LEFT_OVER: f32 = 7.0;

/// What a host passes in place of right buffers.
struct Wrong {
    name: &'static str,
    inputs: Vec<Bus>,
    outputs: Vec<Bus>,
    /// Which outputs sound; all others are silent.
    sounding: &'static [(usize, usize)],
}

fn sine(block: usize) -> Vec<f32> {
    let at = |n: usize| (block * FRAMES + n) as f32 * 440.0 / RATE_HZ as f32;
    (0..FRAMES).map(|n| 0.25 * (TAU * at(n)).sin()).collect()
}

fn wrongs(block: usize) -> Vec<Wrong> {
    let sound = sine(block);
    let bus = |channels: usize| Bus::filled(channels, &sound);
    let out = |channels: usize| Bus::filled(channels, &[LEFT_OVER; FRAMES]);
    let unlisted = || Bus { is_listed: false, ..bus(2) };
    const BOTH: &[(usize, usize)] = &[(0, 0), (0, 1)];
    let wrong = |name, inputs, outputs, sounding| Wrong { name, inputs, outputs, sounding };
    vec![
        wrong("as it should be", vec![bus(2), bus(2)], vec![out(2)], BOTH),
        wrong("one input bus", vec![bus(2)], vec![out(2)], BOTH),
        wrong("one input bus of four channels", vec![bus(4)], vec![out(2)], BOTH),
        wrong("no input bus", vec![], vec![out(2)], &[]),
        wrong("an input bus too many", vec![bus(2), bus(2), bus(2)], vec![out(2)], BOTH),
        wrong("an empty side-chain", vec![bus(2), Bus::empty()], vec![out(2)], BOTH),
        wrong("a side-chain without a list", vec![bus(2), unlisted()], vec![out(2)], BOTH),
        wrong("a mono side-chain", vec![bus(2), bus(1)], vec![out(2)], BOTH),
        wrong("a side-chain of six channels", vec![bus(2), bus(6)], vec![out(2)], BOTH),
        wrong("a side-chain with a null channel", vec![bus(2), bus(2).without(1)], vec![out(2)], BOTH),
        wrong(
            "a side-chain of null channels",
            vec![bus(2), bus(2).without(0).without(1)],
            vec![out(2)],
            BOTH,
        ),
        wrong("a null input channel", vec![bus(2).without(1), bus(2)], vec![out(2)], &[(0, 0)]),
        wrong("inputs without a list", vec![unlisted(), bus(2)], vec![out(2)], &[]),
        wrong("a mono input", vec![bus(1), bus(2)], vec![out(2)], &[(0, 0)]),
        wrong("four output channels", vec![bus(2), bus(2)], vec![out(4)], BOTH),
        wrong("four channels both ways", vec![bus(4), bus(2)], vec![out(4)], BOTH),
        wrong("three in, four out", vec![bus(3), bus(2)], vec![out(4)], BOTH),
        wrong("a third output that is null", vec![bus(2), bus(2)], vec![out(4).without(2)], BOTH),
        wrong("an output bus too many", vec![bus(2), bus(2)], vec![out(2), out(2)], BOTH),
        wrong("a null output channel", vec![bus(2), bus(2)], vec![out(2).without(1)], &[]),
        wrong("null output channels", vec![bus(2), bus(2)], vec![out(2).without(0).without(1)], &[]),
        wrong("a mono output", vec![bus(2), bus(2)], vec![out(1)], &[]),
        wrong("outputs without channels", vec![bus(2), bus(2)], vec![Bus::empty()], &[]),
        wrong("no output bus", vec![bus(2), bus(2)], vec![], &[]),
    ]
}

/// Passes blocks through `process` and compares what sounds in the end with what should.
fn check(process: impl Fn(&'static str, &mut Vec<Bus>, &mut Vec<Bus>) + Copy, case: usize) {
    let mut last = None;
    for block in 0..BLOCKS {
        let mut wrong = wrongs(block).swap_remove(case);
        process(wrong.name, &mut wrong.inputs, &mut wrong.outputs);
        last = Some(wrong);
    }
    let Wrong { name, outputs, sounding, .. } = last.unwrap();
    // Nobody has told the plugin of an output bus that it does not have.
    for (bus, output) in outputs.iter().enumerate().take(1) {
        assert!(output.is_within(1.0), "{name}: output {bus} is too loud or not finite");
        for (channel, samples) in output.channels.iter().enumerate() {
            let Some(samples) = samples else { continue };
            let largest = samples.iter().fold(0.0_f32, |largest, x| largest.max(x.abs()));
            let sounds = sounding.contains(&(bus, channel));
            assert_eq!(largest > 0.1, sounds, "{name}: output {bus}.{channel} peaks at {largest}");
            assert!(sounds || largest == 0.0, "{name}: output {bus}.{channel} peaks at {largest}");
        }
    }
}

#[test]
fn wrong_buffers_in_vst3_are_sound_or_silence() {
    for case in 0..wrongs(0).len() {
        let plugin = Vst3::new(vst3_host::EFFECT);
        plugin.start(RATE_HZ, FRAMES as i32);
        let process = |name: &'static str, inputs: &mut Vec<Bus>, outputs: &mut Vec<Bus>| {
            let mut call = Call {
                frames: FRAMES,
                inputs: std::mem::take(inputs),
                outputs: std::mem::take(outputs),
                ..Call::default()
            };
            assert_eq!(plugin.process(&mut call), kResultOk, "{name}");
            (*inputs, *outputs) = (call.inputs, call.outputs);
        };
        check(process, case);
    }
}

#[test]
fn wrong_buffers_in_clap_are_sound_or_silence() {
    for case in 0..wrongs(0).len() {
        let plugin = Clap::new(c"org.auracore.auracore");
        assert!(plugin.activate(RATE_HZ, FRAMES as u32));
        assert!(plugin.start());
        let process = |name: &'static str, inputs: &mut Vec<Bus>, outputs: &mut Vec<Bus>| {
            let status = plugin.process(FRAMES as u32, inputs, outputs);
            assert_ne!(status, CLAP_PROCESS_ERROR, "{name}");
        };
        check(process, case);
        plugin.stop();
        plugin.deactivate();
    }
}

#[test]
fn frames_that_cannot_be_are_refused_in_vst3() {
    let plugin = Vst3::new(vst3_host::EFFECT);
    plugin.start(RATE_HZ, FRAMES as i32);
    let mut call = Call { outputs: vec![Bus::filled(2, &[LEFT_OVER; FRAMES])], ..Call::default() };
    assert_ne!(plugin.process_frames(&mut call, -1), kResultOk);
    assert_eq!(plugin.process_frames(&mut call, 0), kResultOk);
    assert_eq!(call.outputs, [Bus::filled(2, &[LEFT_OVER; FRAMES])]);
}

/// The loudest sample of the last block of a render with the compressor keyed from outside, at a low threshold.
fn keyed(sidechain: Option<Bus>) -> f32 {
    let plugin = Vst3::new(vst3_host::EFFECT);
    for (title, value) in [("Comp", 1.0), ("Comp external side-chain", 1.0), ("Comp threshold", 0.1)] {
        assert_eq!(plugin.set(plugin.id(title), value), kResultOk);
    }
    plugin.start(RATE_HZ, FRAMES as i32);
    let mut last = 0.0;
    for block in 0..40 {
        let mut call = Call {
            frames: FRAMES,
            inputs: [Bus::filled(2, &sine(block))].into_iter().chain(sidechain.clone()).collect(),
            outputs: vec![Bus::filled(2, &[LEFT_OVER; FRAMES])],
            ..Call::default()
        };
        assert_eq!(plugin.process(&mut call), kResultOk);
        last = call.outputs[0].channels[0].iter().flatten().fold(0.0, |largest, x| x.abs().max(largest));
    }
    last
}

#[test]
fn an_unconnected_side_chain_is_none_and_a_silent_one_is_silence() {
    let silence = Bus::filled(2, &[0.0; FRAMES]);
    let (unconnected, silent) = (keyed(None), keyed(Some(silence)));
    // Without a side-chain the compressor listens to the music; silence at the side-chain needs no reduction.
    assert!(unconnected < 0.7 * silent, "peaks at {unconnected} without, {silent} with a silent side-chain");
    for nothing in [Bus::empty(), Bus::filled(2, &[]).without(0).without(1)] {
        assert_eq!(keyed(Some(nothing)), unconnected);
    }
}
