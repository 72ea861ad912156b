//! The built plugin in a VST3 host that calls everything in every order: parameters and states at every point of the life
//! cycle, speaker arrangements, activation, sample rates.

use vst3::Steinberg::Vst::BusInfo_::BusFlags_::kDefaultActive;
use vst3::Steinberg::Vst::BusTypes_::{kAux, kMain};
use vst3::Steinberg::Vst::ParamID;
use vst3::Steinberg::Vst::RestartFlags_::kLatencyChanged;
use vst3::Steinberg::Vst::SpeakerArr::{k51, kEmpty, kMono, kStereo};
use vst3::Steinberg::kResultOk;

#[path = "raw_hosts/library.rs"]
#[allow(dead_code)] // each test executable uses its own part
mod library;
#[path = "raw_hosts/vst3.rs"]
mod vst3_host;

use library::Bus;
use vst3_host::{Call, EFFECT, INSTRUMENT, Vst3};

const RATE_HZ: f64 = 48_000.0;
const FRAMES: usize = 128;
/// What a value may lose on its way through a plain one.
const ROUNDING: f64 = 1e-5;

/// A block of noise for the layout with a side-chain.
fn call(changes: &[(ParamID, i32, f64)], is_playing: bool) -> Call<'_> {
    let noise: Vec<f32> = (0..FRAMES).map(|n| ((n * 7_919) % 100) as f32 / 200.0 - 0.25).collect();
    Call {
        frames: FRAMES,
        inputs: vec![Bus::filled(2, &noise), Bus::filled(2, &noise)],
        outputs: vec![Bus::filled(2, &[0.0; FRAMES])],
        changes,
        is_playing,
    }
}

fn process(plugin: &Vst3, changes: &[(ParamID, i32, f64)], is_playing: bool) {
    assert_eq!(plugin.process(&mut call(changes, is_playing)), kResultOk);
}

fn assert_close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < ROUNDING, "{what}: {found}, expected {expected}");
}

/// Brings a new instance to a point of its life.
struct Point {
    name: &'static str,
    reach: fn(&Vst3),
}

const POINTS: &[Point] = &[
    Point { name: "new", reach: |_| () },
    Point { name: "set up", reach: |plugin| assert_eq!(plugin.setup(RATE_HZ, 512), kResultOk) },
    Point {
        name: "activated before it is set up",
        reach: |plugin| assert_eq!(plugin.set_active(true), kResultOk),
    },
    Point {
        name: "active",
        reach: |plugin| {
            assert_eq!(plugin.setup(RATE_HZ, 512), kResultOk);
            assert_eq!(plugin.set_active(true), kResultOk);
        },
    },
    Point { name: "processing, no block yet", reach: |plugin| plugin.start(RATE_HZ, 512) },
    Point {
        name: "between two blocks, transport stopped",
        reach: |plugin| {
            plugin.start(RATE_HZ, 512);
            process(plugin, &[], false);
        },
    },
    Point {
        name: "between two blocks, transport running",
        reach: |plugin| {
            plugin.start(RATE_HZ, 512);
            process(plugin, &[], true);
        },
    },
    Point {
        name: "between two blocks, after automation, transport stopped",
        reach: |plugin| {
            plugin.start(RATE_HZ, 512);
            process(plugin, &[(plugin.id("Input gain"), 3, 0.8)], true);
            process(plugin, &[], false);
        },
    },
    Point {
        name: "after a flush of parameters",
        reach: |plugin| {
            plugin.start(RATE_HZ, 512);
            process(plugin, &[], true);
            let changes = [(plugin.id("Input gain"), 0, 0.8)];
            assert_eq!(plugin.process(&mut Call { changes: &changes, ..Call::default() }), kResultOk);
        },
    },
    Point {
        name: "processing stopped",
        reach: |plugin| {
            plugin.start(RATE_HZ, 512);
            process(plugin, &[], true);
            assert_eq!(plugin.set_processing(false), kResultOk);
        },
    },
    Point {
        name: "deactivated",
        reach: |plugin| {
            plugin.start(RATE_HZ, 512);
            process(plugin, &[], true);
            assert_eq!(plugin.set_processing(false), kResultOk);
            assert_eq!(plugin.set_active(false), kResultOk);
        },
    },
    Point {
        name: "deactivated while it was processing",
        reach: |plugin| {
            plugin.start(RATE_HZ, 512);
            process(plugin, &[], true);
            assert_eq!(plugin.set_active(false), kResultOk);
        },
    },
    Point {
        name: "active again",
        reach: |plugin| {
            plugin.start(RATE_HZ, 512);
            process(plugin, &[], true);
            assert_eq!(plugin.set_processing(false), kResultOk);
            assert_eq!(plugin.set_active(false), kResultOk);
            plugin.start(96_000.0, 256);
        },
    },
];

#[test]
fn what_is_set_is_read_back_and_saved_at_every_point_of_life() {
    for point in POINTS {
        for entry in [EFFECT, INSTRUMENT] {
            let plugin = Vst3::new(entry);
            if entry == INSTRUMENT && point.name.contains("block") {
                continue; // the blocks are those of the effect
            }
            let (gain, bypass) = (plugin.id("Input gain"), plugin.id("Bypass"));
            (point.reach)(&plugin);
            assert_eq!(plugin.set(gain, 0.2), kResultOk, "{}", point.name);
            assert_eq!(plugin.set(bypass, 1.0), kResultOk, "{}", point.name);
            assert_close(plugin.get(gain), 0.2, point.name);
            assert_eq!(plugin.get(bypass), 1.0, "{}", point.name);
            let state = plugin.save();
            assert_close(plugin.get(gain), 0.2, point.name);

            let second = Vst3::new(entry);
            assert_eq!(second.load(&state), kResultOk);
            assert_close(second.get(gain), 0.2, point.name);
            assert_eq!(second.get(bypass), 1.0, "{}", point.name);

            // And back from another setting, without a block between.
            assert_eq!(plugin.set(gain, 0.9), kResultOk);
            assert_close(plugin.get(gain), 0.9, point.name);
            assert_eq!(plugin.load(&state), kResultOk);
            assert_close(plugin.get(gain), 0.2, point.name);
            assert_eq!(plugin.save(), state, "{}", point.name);
        }
    }
}

#[test]
fn every_parameter_comes_back_from_a_state_whatever_was_set_in_between() {
    for is_playing in [false, true] {
        let plugin = Vst3::new(EFFECT);
        let params = plugin.params();
        plugin.start(RATE_HZ, 512);
        // What the parameter can be: hosts that compare do so with what they find there.
        let share = |seed: usize, index: usize| {
            let share = ((seed * 31 + index * 17) % 101) as f64 / 100.0;
            let steps = f64::from(params[index].steps);
            if steps > 0.0 { (share * steps).round() / steps } else { share }
        };
        let set_all = |seed: usize| {
            for (index, param) in params.iter().enumerate() {
                assert_eq!(plugin.set(param.id, share(seed, index)), kResultOk);
            }
        };
        for seed in 0..8 {
            process(&plugin, &[], is_playing);
            set_all(seed);
            if seed % 2 == 0 {
                process(&plugin, &[], is_playing);
            }
            for (index, param) in params.iter().enumerate() {
                // Some continuous ones have a grid of their own.
                let off = (plugin.get(param.id) - share(seed, index)).abs();
                assert!(off < if param.steps > 0 { ROUNDING } else { 0.02 }, "{}: {off} off", param.title);
            }
            let before: Vec<f64> = params.iter().map(|param| plugin.get(param.id)).collect();
            let state = plugin.save();
            for other in 1..3 {
                set_all(seed + other * 7);
                if seed % 3 == 0 {
                    process(&plugin, &[], is_playing);
                }
            }
            assert_eq!(plugin.load(&state), kResultOk);
            for _ in 0..2 {
                for (param, before) in params.iter().zip(&before) {
                    assert_close(plugin.get(param.id), *before, &format!("seed {seed}, {}", param.title));
                }
                process(&plugin, &[], is_playing);
            }
        }
    }
}

#[test]
fn what_is_set_between_blocks_is_heard_in_the_next_one() {
    for is_playing in [false, true] {
        let plugin = Vst3::new(EFFECT);
        plugin.start(RATE_HZ, 512);
        let trim = plugin.id("Output trim");
        let loudest = |plugin: &Vst3| {
            (0..40).fold(0.0, |_, _| {
                let mut call = call(&[], is_playing);
                assert_eq!(plugin.process(&mut call), kResultOk);
                call.outputs[0].channels[0].iter().flatten().fold(0.0_f32, |most, x| most.max(x.abs()))
            })
        };
        let before = loudest(&plugin);
        assert_eq!(plugin.set(trim, 0.0), kResultOk);
        let after = loudest(&plugin);
        assert!(after < 0.5 * before, "peaks at {before}, then at {after}");
        assert_close(plugin.get(trim), 0.0, "after the blocks");
    }
}

#[test]
fn late_copies_of_automation_do_not_disturb_it() {
    let plugin = Vst3::new(EFFECT);
    plugin.start(RATE_HZ, 512);
    let gain = plugin.id("Input gain");
    process(&plugin, &[(gain, 0, 0.3)], true);
    process(&plugin, &[(gain, 0, 0.4)], true);
    // The host's window comes after with what was played first.
    assert_eq!(plugin.set(gain, 0.3), kResultOk);
    process(&plugin, &[(gain, 0, 0.5)], true);
    assert_close(plugin.get(gain), 0.5, "values in the block go first");
    assert_eq!(plugin.set(gain, 0.4), kResultOk);
    process(&plugin, &[], true);
    assert_close(plugin.get(gain), 0.5, "the automation has come to rest");
    // With the transport stopped it is the user who sets.
    process(&plugin, &[], false);
    assert_eq!(plugin.set(gain, 0.1), kResultOk);
    process(&plugin, &[], false);
    assert_close(plugin.get(gain), 0.1, "set by the user");
}

#[test]
fn values_that_no_parameter_has_are_refused() {
    let plugin = Vst3::new(EFFECT);
    let gain = plugin.id("Input gain");
    plugin.start(RATE_HZ, 512);
    for is_playing in [false, true] {
        process(&plugin, &[], is_playing);
        assert_eq!(plugin.set(gain, 0.25), kResultOk);
        assert_ne!(plugin.set(gain, f64::NAN), kResultOk);
        assert_ne!(plugin.set(gain, f64::INFINITY), kResultOk);
        assert_ne!(plugin.set(12_345, 0.5), kResultOk);
        assert_close(plugin.get(gain), 0.25, "as before");
        assert_eq!(plugin.set(gain, 7.0), kResultOk);
        assert_close(plugin.get(gain), 1.0, "as far as it goes");
    }
}

#[test]
fn layouts_are_matched_bus_by_bus() {
    let plugin = Vst3::new(EFFECT);
    assert_eq!(plugin.arrangements(), [vec![kStereo, kStereo], vec![kStereo]]);
    for (inputs, outputs) in [
        (vec![kMono, kStereo], vec![kMono]),
        (vec![kMono], vec![kMono]),
        (vec![kStereo], vec![kStereo]),
        (vec![kStereo, kStereo], vec![kStereo]),
        // How hosts switch a side-chain off without taking the bus away.
        (vec![kMono, kEmpty], vec![kMono]),
        (vec![kStereo, kEmpty], vec![kStereo]),
    ] {
        assert_eq!(plugin.arrange(&inputs, &outputs), kResultOk, "{inputs:?}");
        assert_eq!(plugin.arrangements(), [inputs, outputs]);
    }
    let there = plugin.arrangements();
    for (inputs, outputs) in [
        (vec![kStereo, kMono], vec![kStereo]),
        (vec![kStereo, k51], vec![kStereo]),
        (vec![kMono, kMono], vec![kMono]),
        (vec![kMono, kStereo], vec![kStereo]),
        (vec![kStereo, kStereo], vec![kMono]),
        (vec![k51, kStereo], vec![k51]),
        (vec![kEmpty, kStereo], vec![kEmpty]),
        (vec![kStereo, kStereo, kStereo], vec![kStereo]),
        (vec![kStereo], vec![kStereo, kStereo]),
        (vec![], vec![kStereo]),
        (vec![kStereo], vec![]),
        (vec![], vec![]),
    ] {
        assert_ne!(plugin.arrange(&inputs, &outputs), kResultOk, "{inputs:?} to {outputs:?}");
        assert_eq!(plugin.arrangements(), there, "a refusal changes nothing");
    }

    let instrument = Vst3::new(INSTRUMENT);
    assert_eq!(instrument.arrange(&[], &[kStereo]), kResultOk);
    assert_eq!(instrument.arrangements(), [vec![], vec![kStereo]]);
}

#[test]
fn mono_with_an_empty_side_chain_renders_what_stereo_renders() {
    let noise: Vec<f32> = (0..FRAMES).map(|n| ((n * 7_919) % 100) as f32 / 200.0 - 0.25).collect();
    let outputs = [(kMono, 1), (kStereo, 2)].map(|(arrangement, channels)| {
        let plugin = Vst3::new(EFFECT);
        assert_eq!(plugin.arrange(&[arrangement, kEmpty], &[arrangement]), kResultOk);
        assert_eq!(plugin.activate_input(1, false), kResultOk);
        plugin.start(RATE_HZ, FRAMES as i32);
        let mut output = Vec::new();
        for _ in 0..20 {
            let mut call = Call {
                frames: FRAMES,
                inputs: vec![Bus::filled(channels, &noise), Bus::empty()],
                outputs: vec![Bus::filled(channels, &[7.0; FRAMES])],
                ..Call::default()
            };
            assert_eq!(plugin.process(&mut call), kResultOk);
            output.extend(call.outputs[0].channels[0].clone().unwrap());
        }
        output
    });
    let [mono, stereo] = outputs;
    assert!(mono.iter().any(|x| x.abs() > 0.1));
    let worst = mono.iter().zip(&stereo).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst < 1e-6, "differs by {worst}");
}

#[test]
fn a_side_chain_is_off_until_a_host_asks_for_it() {
    let plugin = Vst3::new(EFFECT);
    let (main, sidechain) = (plugin.input_bus(0), plugin.input_bus(1));
    assert_eq!(main, (2, kMain as i32, kDefaultActive as u32));
    assert_eq!(sidechain, (2, kAux as i32, 0));
    assert_eq!(plugin.activate_input(1, true), kResultOk);
    assert_eq!(plugin.arrange(&[kStereo, kEmpty], &[kStereo]), kResultOk);
    assert_eq!(plugin.input_bus(1), (0, kAux as i32, 0));
}

#[test]
fn activation_may_come_before_the_set_up() {
    // As Carla's discovery does it.
    let plugin = Vst3::new(EFFECT);
    assert_eq!(plugin.set_active(true), kResultOk);
    assert_ne!(plugin.process(&mut call(&[], false)), kResultOk, "a block that nobody has prepared for");
    assert_eq!(plugin.setup(RATE_HZ, 512), kResultOk);
    assert!(plugin.latency() > 0, "activated");
    process(&plugin, &[], false);
    assert_eq!(plugin.set_active(false), kResultOk);
    assert_eq!(plugin.set_active(true), kResultOk);
    assert_eq!(plugin.set_processing(true), kResultOk);
    process(&plugin, &[], false);

    let given_up = Vst3::new(EFFECT);
    assert_eq!(given_up.set_active(true), kResultOk);
    assert_eq!(given_up.set_active(false), kResultOk);
    assert_eq!(given_up.setup(RATE_HZ, 512), kResultOk);
    assert_eq!(given_up.latency(), 0, "not activated by a set-up alone");
}

#[test]
fn blocks_before_any_activation_are_errors() {
    let plugin = Vst3::new(EFFECT);
    assert_ne!(plugin.process(&mut call(&[], false)), kResultOk);
    assert_eq!(plugin.setup(RATE_HZ, 512), kResultOk);
    assert_ne!(plugin.process(&mut call(&[], false)), kResultOk);
}

#[test]
fn a_change_of_latency_asks_the_host_to_read_it_again() {
    let plugin = Vst3::new(EFFECT);
    plugin.start(RATE_HZ, 512);
    let latency = plugin.latency();
    assert!(latency > 0);
    plugin.take_restart_flags();
    assert_eq!(plugin.set_processing(false), kResultOk);
    assert_eq!(plugin.set_active(false), kResultOk);
    assert_eq!(plugin.setup(2.0 * RATE_HZ, 512), kResultOk);
    assert_eq!(plugin.set_active(true), kResultOk);
    assert!(plugin.latency() > latency);
    assert_ne!(plugin.take_restart_flags() & kLatencyChanged as i32, 0);
}

#[test]
fn every_rate_works_or_is_refused() {
    for rate_hz in [1.0, 10.0, 999.0, 1_234.567_8, 1_499.0, 44_100.0, 1_000_000.0] {
        let plugin = Vst3::new(EFFECT);
        plugin.start(rate_hz, 512);
        for _ in 0..10 {
            let mut call = call(&[], true);
            assert_eq!(plugin.process(&mut call), kResultOk, "{rate_hz} Hz");
            assert!(call.outputs[0].is_within(1.0), "{rate_hz} Hz");
        }
    }
    for rate_hz in [0.0, -1.0, 1e9, f64::NAN] {
        let plugin = Vst3::new(EFFECT);
        assert_eq!(plugin.setup(rate_hz, 512), kResultOk);
        assert_ne!(plugin.set_active(true), kResultOk, "{rate_hz} Hz");
    }
}
