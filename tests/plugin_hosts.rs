//! The built plugin in a CLAP host: entries, ports, parameters, latency, automation, state, resets.
//!
//! Loads the shared object that `AURACORE_CLAP` names, or else the one that was built with this test.

#![allow(unsafe_code)] // loading a shared object

use std::ffi::{CStr, CString};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use clack_extensions::audio_ports::{AudioPortFlags, AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::audio_ports_config::PluginAudioPortsConfig;
use clack_extensions::note_ports::PluginNotePorts;
use clack_extensions::params::{ParamInfoFlags, PluginParams};
use clack_extensions::remote_controls::{PluginRemoteControls, RemoteControlsPageBuffer};
use clack_host::prelude::*;

#[path = "plugin_hosts/rig.rs"]
mod rig;
use rig::{Block, Change, EFFECT, Edges, INSTRUMENT, Numbers, Rig, events, note};

const RATE_HZ: f64 = 48_000.0;

fn entry() -> &'static PluginEntry {
    static ENTRY: OnceLock<PluginEntry> = OnceLock::new();
    ENTRY.get_or_init(|| {
        let built = || std::env::current_exe().unwrap().with_file_name("libauracore.so");
        let path = std::env::var_os("AURACORE_CLAP").map_or_else(built, PathBuf::from);
        unsafe { PluginEntry::load(&path) }.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    })
}

fn active(id: &CStr, max_frames: u32) -> Rig {
    let mut rig = Rig::new(entry(), id);
    rig.activate(RATE_HZ, max_frames);
    rig
}

/// An effect with parameters set as typed, then activated.
fn prepared(settings: &[(&str, &str)], max_frames: u32) -> Rig {
    let mut rig = Rig::new(entry(), EFFECT);
    let changes: Vec<Change> = settings.iter().map(|(name, text)| rig.typed(0, name, text)).collect();
    rig.set(&changes);
    rig.activate(RATE_HZ, max_frames);
    rig
}

/// Everything on and working.
const BUSY: [(&str, &str); 9] = [
    ("Comp", "on"),
    ("Comp threshold", "-24"),
    ("Comp ratio", "4"),
    ("Clip", "on"),
    ("Clip drive", "3"),
    ("Limit drive", "6"),
    ("EQ 2 gain", "5"),
    ("Mono below", "120"),
    ("Width", "130"),
];

fn largest_difference(a: &[Vec<f32>; 2], b: &[Vec<f32>; 2]) -> f32 {
    assert_eq!(a[0].len(), b[0].len());
    let pairs = a.iter().zip(b).flat_map(|(a, b)| a.iter().zip(b));
    pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn both_entries_are_listed() {
    let factory = entry().get_plugin_factory().unwrap();
    let ids: Vec<&CStr> = factory.plugin_descriptors().map(|descriptor| descriptor.id().unwrap()).collect();
    assert_eq!(ids, [EFFECT, INSTRUMENT]);
    for descriptor in factory.plugin_descriptors() {
        assert!(descriptor.name().unwrap().to_str().unwrap().starts_with("AuraCore"));
        assert!(descriptor.features().count() >= 3);
    }
}

#[test]
fn ports() {
    let ports = |id: &CStr, is_input: bool| {
        let mut rig = Rig::new(entry(), id);
        let handle = rig.instance.plugin_handle();
        let extension = handle.get_extension::<PluginAudioPorts>().unwrap();
        let mut buffer = AudioPortInfoBuffer::new();
        (0..extension.count(&handle, is_input))
            .map(|index| {
                let port = extension.get(&handle, index, is_input, &mut buffer).unwrap();
                (port.channel_count, port.flags.contains(AudioPortFlags::IS_MAIN))
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(ports(EFFECT, true), [(2, true), (2, false)]);
    assert_eq!(ports(EFFECT, false), [(2, true)]);
    assert_eq!(ports(INSTRUMENT, true), []);
    assert_eq!(ports(INSTRUMENT, false), [(2, true)]);

    let mut instrument = Rig::new(entry(), INSTRUMENT);
    let handle = instrument.instance.plugin_handle();
    assert_eq!(handle.get_extension::<PluginNotePorts>().unwrap().count(&handle, true), 1);
    let mut effect = Rig::new(entry(), EFFECT);
    assert!(effect.instance.plugin_handle().get_extension::<PluginNotePorts>().is_none());
}

#[test]
fn every_layout_renders_and_mono_equals_stereo() {
    let [left, _] = Numbers(3).music(9_000);
    let input = [left.clone(), left];
    let mut reference = None;
    for (index, (inputs, channels)) in [(2, 2), (1, 2), (2, 1), (1, 1)].into_iter().enumerate() {
        let mut rig = Rig::new(entry(), EFFECT);
        let config = ClapId::new(index as u32);
        let handle = rig.instance.plugin_handle();
        let configs = handle.get_extension::<PluginAudioPortsConfig>().unwrap();
        assert_eq!(configs.count(&handle), 4);
        let inactive = rig.instance.inactive_plugin_handle().unwrap();
        configs.select(&inactive, config).unwrap();
        (rig.inputs, rig.channels) = (inputs, channels);
        rig.activate(RATE_HZ, 256);
        let output = rig.render(&input, &[256], &[], Edges::Plain);
        let reference = reference.get_or_insert_with(|| output[0].clone());
        let worst = reference.iter().zip(&output[0]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-6, "layout {index} differs by {worst}");
    }
}

#[test]
fn both_entries_have_the_same_parameters_and_defaults() {
    let (mut effect, mut instrument) = (Rig::new(entry(), EFFECT), Rig::new(entry(), INSTRUMENT));
    let params = effect.params();
    assert_eq!(params, instrument.params());
    assert_eq!(effect.values(), params.iter().map(|param| param.default).collect::<Vec<_>>());
    let bypass: Vec<_> =
        params.iter().filter(|param| param.flags.contains(ParamInfoFlags::IS_BYPASS)).collect();
    assert_eq!(bypass.len(), 1);
    let fixed: Vec<_> =
        params.iter().filter(|param| !param.flags.contains(ParamInfoFlags::IS_AUTOMATABLE)).collect();
    assert_eq!(fixed.iter().map(|param| param.name.as_str()).collect::<Vec<_>>(), ["Latency mode"]);
}

#[test]
fn hosts_can_show_and_type_values() {
    let mut rig = Rig::new(entry(), EFFECT);
    let (frequency, threshold) = (rig.id("EQ 3 frequency"), rig.id("Comp threshold"));
    let handle = rig.instance.plugin_handle();
    let params = handle.get_extension::<PluginParams>().unwrap();
    for (id, typed, shown) in [(frequency, "1.2k", "1.20 kHz"), (threshold, "-14", "-14.00 dB")] {
        let value = params.text_to_value(&handle, id, &CString::new(typed).unwrap()).unwrap();
        let mut buffer = [0; 64];
        assert_eq!(params.value_to_text(&handle, id, value, &mut buffer).unwrap(), shown.as_bytes());
    }
    assert_eq!(params.text_to_value(&handle, threshold, c"loud"), None);
}

#[test]
fn every_parameter_is_on_a_remote_page() {
    let mut rig = Rig::new(entry(), EFFECT);
    let params = rig.params();
    let handle = rig.instance.plugin_handle();
    let pages = handle.get_extension::<PluginRemoteControls>().unwrap();
    let mut reached = Vec::new();
    for index in 0..pages.count(&handle) {
        let mut buffer = RemoteControlsPageBuffer::new();
        reached.extend(pages.get(&handle, index, &mut buffer).unwrap().param_ids.into_iter().flatten());
    }
    for param in &params {
        assert!(reached.contains(&param.id), "{} is on no page", param.name);
    }
    assert!(reached.iter().all(|id| params.iter().any(|param| param.id == *id)));
}

/// Where an impulse comes out.
fn measured_latency(rig: &mut Rig) -> usize {
    let mut input = [vec![0.0; 8_192], vec![0.0; 8_192]];
    input[0][100] = 0.25;
    input[1][100] = 0.25;
    let output = rig.render(&input, &[512], &[], Edges::Plain);
    let peak =
        |channel: &[f32]| (0..channel.len()).max_by(|a, b| channel[*a].abs().total_cmp(&channel[*b].abs()));
    peak(&output[0]).unwrap() - 100
}

#[test]
fn reported_latency_is_measured_latency() {
    for (mode, bypass) in [("Master", "off"), ("Master", "on"), ("Live", "off"), ("Live", "on")] {
        for rate_hz in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
            let mut rig = Rig::new(entry(), EFFECT);
            let changes = [rig.typed(0, "Latency mode", mode), rig.typed(0, "Bypass", bypass)];
            rig.set(&changes);
            rig.activate(rate_hz, 512);
            let reported = rig.latency();
            assert_eq!(measured_latency(&mut rig), reported, "{mode}, bypass {bypass}, {rate_hz} Hz");
            assert!(mode == "Master" || reported == 0);
        }
    }
}

#[test]
fn a_change_of_mode_takes_effect_with_a_restart() {
    let mut rig = active(EFFECT, 512);
    assert!(rig.latency() > 0, "looks ahead by nothing");
    for (mode, other) in [("Live", "Master"), ("Master", "Live")] {
        let before = rig.latency();
        let change = rig.typed(0, "Latency mode", mode);
        let silence = [vec![0.0; 512], vec![0.0; 512]];
        rig.render(&silence, &[512], &[change], Edges::Plain);
        rig.run_callbacks();
        assert!(rig.take_restart_request(), "no restart after changing from {other} to {mode}");
        assert_eq!(measured_latency(&mut rig), before, "the engine changed before it was restarted");
        let notes =
            |rig: &Rig| rig.instance.access_shared_handler(|r| r.latency_changes.load(Ordering::SeqCst));
        let noted = notes(&rig);
        rig.deactivate();
        rig.activate(RATE_HZ, 512);
        assert!(notes(&rig) > noted, "the host was not told");
        let reported = rig.latency();
        assert_ne!(reported, before);
        assert_eq!(measured_latency(&mut rig), reported);
    }
}

#[test]
fn hosts_are_told_of_the_latency_while_they_activate_and_only_then() {
    // The rig fails where it is told at another time, or where an activation asks for one more.
    let told = |rig: &Rig| rig.instance.access_shared_handler(|r| r.latency_changes.load(Ordering::SeqCst));
    let mut rig = active(EFFECT, 512);
    let after_the_first = told(&rig);
    assert_eq!(after_the_first, 1, "a latency where there was none");
    rig.deactivate();
    rig.activate(RATE_HZ, 512);
    assert_eq!(told(&rig), after_the_first, "nothing has changed");
    rig.deactivate();
    rig.activate(2.0 * RATE_HZ, 512);
    assert_eq!(told(&rig), after_the_first + 1, "twice the rate");

    // Changed while active, and deactivated before the host's main loop came round.
    let change = rig.typed(0, "Latency mode", "Live");
    let silence = [vec![0.0; 512], vec![0.0; 512]];
    rig.render(&silence, &[512], &[change], Edges::Plain);
    rig.deactivate();
    rig.run_callbacks();
    assert_eq!(told(&rig), after_the_first + 1, "told while deactivated");
    rig.take_restart_request();
    rig.activate(2.0 * RATE_HZ, 512);
    assert_eq!((told(&rig), rig.latency()), (after_the_first + 2, 0));
}

#[test]
fn automation_acts_at_its_frame() {
    let input = Numbers(1).music(48_000);
    let mut rig = prepared(&BUSY, 4_096);
    let params = rig.params();
    let mut numbers = Numbers(2);
    let mode = rig.id("Latency mode");
    let mut changes = numbers.changes(60, 40_000, &params);
    changes.retain(|change| change.id != mode);
    let whole = rig.render(&input, &[4_096], &changes, Edges::Plain);
    for blocks in [&[64][..], &[1, 200, 31, 512], &[1_000]] {
        let cut = prepared(&BUSY, 4_096).render(&input, blocks, &changes, Edges::Plain);
        let worst = largest_difference(&whole, &cut);
        assert!(worst < 1e-5, "blocks of {blocks:?} differ by {worst}");
    }
    let without = prepared(&BUSY, 4_096).render(&input, &[4_096], &[], Edges::Plain);
    let first = changes[0].frame;
    let unchanged = [0, 1].map(|c| without[c][..first].to_vec());
    assert!(
        largest_difference(&unchanged, &[0, 1].map(|c| whole[c][..first].to_vec())) == 0.0,
        "acts too early"
    );
}

#[test]
fn state_makes_a_second_instance_sound_the_same() {
    let input = Numbers(5).music(24_000);
    for id in [EFFECT, INSTRUMENT] {
        let mut numbers = Numbers(6);
        for _ in 0..5 {
            let mut first = Rig::new(entry(), id);
            let params = first.params();
            let changes = numbers.changes(200, 1, &params);
            first.set(&changes);
            let state = first.save();
            let mut second = Rig::new(entry(), id);
            assert!(second.load(&state));
            assert_eq!(second.values(), first.values());
            assert_eq!(second.save(), state);
            first.activate(RATE_HZ, 512);
            second.activate(RATE_HZ, 512);
            let a = first.render(&input, &[512], &[], Edges::Plain);
            let b = second.render(&input, &[512], &[], Edges::Plain);
            assert_eq!(largest_difference(&a, &b), 0.0);
        }
    }
}

#[test]
fn a_state_loaded_while_active_takes_over() {
    let input = Numbers(8).music(24_000);
    let state = prepared(&BUSY, 512).save();
    let expected = prepared(&BUSY, 512).render(&input, &[512], &[], Edges::Plain);
    let mut rig = active(EFFECT, 512);
    assert!(rig.load(&state));
    rig.run_callbacks();
    rig.deactivate();
    rig.activate(RATE_HZ, 512);
    assert_eq!(largest_difference(&rig.render(&input, &[512], &[], Edges::Plain), &expected), 0.0);
}

fn with_length(json: &str) -> Vec<u8> {
    [&(json.len() as u64).to_le_bytes(), json.as_bytes()].concat()
}

#[test]
fn garbage_is_refused_and_costs_nothing() {
    let mut rig = prepared(&BUSY, 512);
    let state = rig.save();
    let mut flipped = state.clone();
    flipped[9..60].fill(0xff);
    let garbage: Vec<Vec<u8>> = vec![
        vec![],
        vec![1, 2, 3],
        vec![0xff; 64],
        state[..state.len() / 2].to_vec(),
        flipped,
        with_length("[]"),
        with_length("{\"params\": 3, \"fields\": {}}"),
        with_length("null"),
    ];
    for bytes in garbage {
        assert!(!rig.load(&bytes), "accepted {} bytes of garbage", bytes.len());
        assert_eq!(rig.save(), state);
    }
}

#[test]
fn bad_values_in_a_good_state_leave_the_present_ones() {
    let mut rig = prepared(&BUSY, 512);
    let state = rig.save();
    let bad = r#"{"version":"9.9","params":{"in_gain":{"f32":1e300},"eq1_kind":{"i32":99},"eq2_kind":{"string":"trombone"},
        "comp_thresh":{"bool":true},"from_the_future":{"f32":1.0}},"fields":{"ab":"{\"version\":","later":"1"}}"#;
    rig.load(&with_length(bad));
    assert_eq!(rig.save(), state);

    // Finite but absurd: stored, and kept from the engine.
    rig.load(&with_length(
        r#"{"version":"","params":{"lim_ceiling":{"f32":1e30},"comp_attack":{"f32":-5.0}},"fields":{}}"#,
    ));
    let output = rig.render(&Numbers(1).music(4_800), &[480], &[], Edges::Plain);
    assert!(output.iter().flatten().all(|x| x.is_finite() && x.abs() <= 1.5));
}

#[test]
fn resets_around_every_block_change_nothing() {
    let input = Numbers(9).music(24_000);
    let expected = prepared(&BUSY, 512).render(&input, &[512, 100], &[], Edges::Plain);
    for edges in [Edges::Reset, Edges::Restart] {
        let output = prepared(&BUSY, 512).render(&input, &[512, 100], &[], edges);
        assert_eq!(largest_difference(&output, &expected), 0.0, "{edges:?}");
    }
}

#[test]
fn a_reset_after_playing_starts_over() {
    let input = Numbers(10).music(24_000);
    let mut rig = prepared(&BUSY, 512);
    let first = rig.render(&input, &[512], &[], Edges::Plain);
    rig.deactivate();
    rig.activate(RATE_HZ, 512);
    assert_eq!(largest_difference(&rig.render(&input, &[512], &[], Edges::Plain), &first), 0.0, "activation");
    rig.restart();
    assert_eq!(largest_difference(&rig.render(&input, &[512], &[], Edges::Plain), &first), 0.0, "restart");
    rig.reset();
    assert_eq!(largest_difference(&rig.render(&input, &[512], &[], Edges::Plain), &first), 0.0, "reset");
}

#[test]
fn subnormal_and_broken_input_does_not_come_out() {
    let mut rig = prepared(&[("Bypass", "on")], 512);
    let mut input = [vec![1e-40_f32; 8_192], vec![-3e-39_f32; 8_192]];
    input[0][1_000] = f32::NAN;
    input[1][1_001] = f32::INFINITY;
    let output = rig.render(&input, &[512], &[], Edges::Plain);
    assert!(output.iter().flatten().all(|x| *x == 0.0 || x.is_normal()));
}

#[test]
fn bypass_is_a_bit_exact_delay() {
    let input = Numbers(11).music(24_000);
    let mut settings = BUSY.to_vec();
    settings.push(("Bypass", "on"));
    let mut rig = prepared(&settings, 512);
    let latency = rig.latency();
    let output = rig.render(&input, &[512, 33], &[], Edges::Plain);
    for (input, output) in input.iter().zip(&output) {
        assert_eq!(input[..input.len() - latency], output[latency..]);
    }
}

#[test]
fn the_instrument_is_silent_and_takes_notes() {
    let mut rig = active(INSTRUMENT, 512);
    let input = [vec![0.0; 512], vec![0.0; 512]];
    for _ in 0..8 {
        let mut block = Block::new(&input, 0..512);
        rig.process(&mut block, &note());
        assert!(block.output.iter().flatten().all(|x| *x == 0.0));
    }
}

#[test]
fn a_silent_effect_may_sleep_once_it_is_empty() {
    let mut rig = active(EFFECT, 512);
    let latency = rig.latency();
    let mut loud = Block::new(&Numbers(12).music(512), 0..512);
    assert_eq!(rig.process(&mut loud, &events(&[], 0..512)), ProcessStatus::Continue);
    let silence = [vec![0.0; 512], vec![0.0; 512]];
    let mut delivered = 0;
    for _ in 0..2_000 {
        let mut block = Block::new(&silence, 0..512);
        let status = rig.process(&mut block, &events(&[], 0..512));
        delivered += 512;
        if status == ProcessStatus::ContinueIfNotQuiet {
            assert!(delivered > latency, "asleep with {latency} frames inside");
            assert!(block.output.iter().flatten().all(|x| x.abs() <= 1e-7));
            return;
        }
    }
    panic!("never falls silent");
}

#[test]
fn lives_through_any_order_of_activation() {
    let mut rig = Rig::new(entry(), EFFECT);
    let input = Numbers(13).music(2_000);
    for rate_hz in [44_100.0, 192_000.0, 48_000.0, 48_000.0, 8_000.0, 384_000.0, 88_200.0] {
        for max_frames in [1, 32, 8_192] {
            rig.activate(rate_hz, max_frames);
            let output = rig.render(&input, &[max_frames as usize], &[], Edges::Plain);
            assert!(output.iter().flatten().all(|x| x.is_finite()));
            rig.deactivate();
        }
    }
    let many: Vec<Rig> = (0..12).map(|_| active(EFFECT, 64)).collect();
    drop(many);
}
