//! The parameters as hosts see them: a golden list, text both ways, and the way to plain controls and back.
//!
//! `AURACORE_UPDATE_GOLDEN=1 cargo test --release --test parameters` rewrites the list after a deliberate change. Ids
//! must never change or be reused: projects and automation refer to them.

// The framework's type-erased parameter pointers are unsafe to use; the parameters outlive them here.
#![allow(unsafe_code)]

use std::collections::HashSet;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use auracore::control::session::TrackControls;
use auracore::control::{CutSlope, DitherBits, EqKind, EqPlacement, LatencyMode, MasterControls};
use auracore::parameter::View;
use auracore::params::AuraParams;
use auracore::state::Slot;
use auracore::state::preset::by_name;
use nice_plug::context::PluginApi;
use nice_plug::params::{Params, internals::ParamPtr};
use nice_plug::prelude::{GuiContextInner, ParamFlags, ParamSetter};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parameters.golden.txt");

/// A host that carries changes out at once or when told to, and checks gestures.
struct FakeHost {
    immediate: bool,
    queue: Mutex<Vec<(ParamPtr, f32)>>,
    open_gestures: Mutex<HashSet<ParamPtr>>,
}

impl FakeHost {
    fn new(immediate: bool) -> Self {
        Self { immediate, queue: Mutex::default(), open_gestures: Mutex::default() }
    }

    fn carry_out(&self) {
        for (param, normalized) in self.queue.lock().unwrap().drain(..) {
            unsafe { param._internal_set_normalized_value(normalized) };
        }
    }

    fn is_idle(&self) -> bool {
        self.open_gestures.lock().unwrap().is_empty()
    }
}

impl GuiContextInner for FakeHost {
    fn plugin_api(&self) -> PluginApi {
        PluginApi::Clap
    }

    unsafe fn raw_begin_set_parameter(&self, param: ParamPtr) {
        assert!(self.open_gestures.lock().unwrap().insert(param), "gesture begun twice");
    }

    unsafe fn raw_set_parameter_normalized(&self, param: ParamPtr, normalized: f32) {
        assert!(self.open_gestures.lock().unwrap().contains(&param), "set outside a gesture");
        self.queue.lock().unwrap().push((param, normalized));
        if self.immediate {
            self.carry_out();
        }
    }

    unsafe fn raw_end_set_parameter(&self, param: ParamPtr) {
        assert!(self.open_gestures.lock().unwrap().remove(&param), "gesture ended without beginning");
    }

    fn get_state(&self) -> nice_plug::prelude::PluginState {
        unimplemented!("not used here")
    }

    fn set_state(&self, _state: nice_plug::prelude::PluginState) {
        unimplemented!("not used here")
    }

    fn request_restart(&self) {}
}

fn text(param: ParamPtr, normalized: f32) -> String {
    unsafe { param.normalized_value_to_string(normalized, true) }
}

fn listing(params: &AuraParams) -> String {
    let mut list = String::from("id | group / name | lowest … middle … highest | default | steps | flags\n");
    for (id, param, group) in params.param_map() {
        let (name, flags, steps, default) =
            unsafe { (param.name(), param.flags(), param.step_count(), param.default_normalized_value()) };
        let range: Vec<String> = match steps {
            Some(steps) => (0..=steps).map(|step| text(param, step as f32 / steps as f32)).collect(),
            None => [0.0, 0.5, 1.0].map(|normalized| text(param, normalized)).into(),
        };
        let steps = steps.map_or_else(|| "continuous".to_owned(), |steps| steps.to_string());
        let flags: Vec<&str> = flags.iter_names().map(|(name, _)| name).collect();
        writeln!(
            list,
            "{id} | {group} / {name} | {} | {} | {steps} | {}",
            range.join(" … "),
            text(param, default),
            flags.join("+")
        )
        .unwrap();
    }
    list
}

#[test]
fn golden_list() {
    let list = listing(&AuraParams::default());
    if std::env::var_os("AURACORE_UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &list).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    for (now, before) in list.lines().zip(golden.lines()) {
        assert_eq!(now, before, "a parameter changed");
    }
    assert_eq!(list.lines().count(), golden.lines().count(), "parameters were added or removed");
}

#[test]
fn ids_are_unique_short_and_lowercase() {
    let params = AuraParams::default();
    let mut ids = HashSet::new();
    let mut hashes = HashSet::new();
    let mut names = HashSet::new();
    for (id, param, _) in params.param_map() {
        assert!(
            id.len() <= 16 && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
            "{id}"
        );
        // Hosts see the framework's 31-bit hash of the id.
        let hash = id.bytes().fold(0_u32, |hash, b| hash.wrapping_mul(31).wrapping_add(u32::from(b)))
            & (u32::MAX >> 1);
        assert!(hashes.insert(hash), "{id} collides");
        assert!(names.insert(unsafe { param.name() }.to_owned()), "{id} shares its name");
        assert!(ids.insert(id));
    }
}

#[test]
fn one_bypass_and_no_automation_of_latency() {
    let params = AuraParams::default();
    let with = |flag| {
        let map = params.param_map();
        map.into_iter()
            .filter(|(_, p, _)| unsafe { p.flags() }.contains(flag))
            .map(|(id, ..)| id)
            .collect::<Vec<_>>()
    };
    assert_eq!(with(ParamFlags::BYPASS), ["bypass"]);
    assert_eq!(with(ParamFlags::NON_AUTOMATABLE), ["mode"]);
    assert!(with(ParamFlags::HIDDEN).is_empty());
}

#[test]
fn every_value_survives_its_text() {
    let params = AuraParams::default();
    for (id, param, _) in params.param_map() {
        let points = unsafe { param.step_count() }.unwrap_or(2_000);
        for point in 0..=points {
            let written = text(param, point as f32 / points as f32);
            let read = unsafe { param.string_to_normalized_value(&written) }
                .unwrap_or_else(|| panic!("{id}: {written:?}"));
            assert_eq!(text(param, read), written, "{id}");
            // Hosts that show units by themselves pass only the number.
            let bare = unsafe { param.normalized_value_to_string(read, false) };
            let again = unsafe { param.string_to_normalized_value(&bare) }
                .unwrap_or_else(|| panic!("{id}: {bare:?}"));
            assert_eq!(text(param, again), written, "{id} without unit");
        }
    }
}

#[test]
fn typed_text_is_understood_or_refused() {
    let params = AuraParams::default();
    let map = params.param_map();
    let typed = |id: &str, input: &str| {
        let (_, param, _) = map.iter().find(|(known, ..)| known == id).unwrap_or_else(|| panic!("no {id}"));
        unsafe { param.string_to_normalized_value(input) }.map(|normalized| text(*param, normalized))
    };
    for (id, input, shown) in [
        ("comp_thresh", "-14", "-14.00 dB"),
        ("comp_thresh", "−14 dB", "-14.00 dB"),
        ("comp_thresh", "-99", "-60.00 dB"),
        ("lim_ceiling", "-1 dBTP", "-1.00 dB"),
        ("eq3_freq", "1.2k", "1.20 kHz"),
        ("eq3_freq", "1200", "1.20 kHz"),
        ("eq3_freq", "1.2 kHz", "1.20 kHz"),
        ("comp_mix", "50%", "50.0 %"),
        ("comp_release", "0.5 s", "500 ms"),
        ("comp_attack", "20 ms", "20.0 ms"),
        ("comp_ratio", "4:1", "4.00:1"),
        ("width_mono", "off", "off"),
        ("width_mono", "120", "120 Hz"),
        ("balance", "30L", "L 30.0"),
        ("bypass", "on", "on"),
        ("eq1_kind", "Low shelf", "Low shelf"),
        ("dith_bits", "24 bit", "24 bit"),
        ("track_offset", "-1:30", "-1:30.00"),
        ("track_offset", "2 h", "2:00:00.00"),
        ("track_loop_b", "end", "end"),
        ("track_mode", "Notes", "Notes"),
    ] {
        assert_eq!(typed(id, input).as_deref(), Some(shown), "{id}: {input}");
    }
    for (id, input) in [
        ("comp_thresh", "loud"),
        ("comp_thresh", "20 ms"),
        ("eq3_freq", "3 dB"),
        ("comp_mix", ""),
        ("comp_ratio", "NaN"),
        ("bypass", "perhaps"),
        ("eq1_kind", "trombone"),
        ("track_offset", "1:75"),
    ] {
        assert_eq!(typed(id, input), None, "{id}: {input}");
    }
}

/// Numbers of a repeatable sequence (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn share(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1_u32 << 24) as f32
    }

    fn flip(&mut self) -> bool {
        self.share() < 0.5
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.share() * from.len() as f32) as usize % from.len()]
    }
}

/// Controls with every number and switch moved; numbers may leave their range by a little.
fn random_controls(numbers: &mut Numbers) -> MasterControls {
    fn shake(value: &mut serde_json::Value, numbers: &mut Numbers) {
        match value {
            serde_json::Value::Number(n) => {
                let value = n.as_f64().unwrap() as f32;
                *n = serde_json::Number::from_f64(f64::from(
                    value * 0.5 + (value.abs() + 1.0) * numbers.share(),
                ))
                .unwrap();
            }
            serde_json::Value::Bool(b) => *b = numbers.flip(),
            serde_json::Value::Array(items) => items.iter_mut().for_each(|item| shake(item, numbers)),
            serde_json::Value::Object(fields) => fields.values_mut().for_each(|field| shake(field, numbers)),
            _ => {}
        }
    }
    let mut tree = serde_json::to_value(MasterControls::default()).unwrap();
    shake(&mut tree, numbers);
    let mut controls: MasterControls = serde_json::from_value(tree).unwrap();
    controls.mode = numbers.pick(&[LatencyMode::Master, LatencyMode::Live]);
    controls.dither.bits = numbers.pick(&[DitherBits::Bits16, DitherBits::Bits20, DitherBits::Bits24]);
    for band in &mut controls.eq.bands {
        band.kind = numbers.pick(&[EqKind::Bell, EqKind::Notch, EqKind::Tilt, EqKind::LowCut]);
        band.placement = numbers.pick(&[EqPlacement::Stereo, EqPlacement::Mid, EqPlacement::Side]);
        band.slope = numbers.pick(&[CutSlope::Db6, CutSlope::Db18, CutSlope::Db48]);
    }
    controls.clamped()
}

/// Equal but for the finest step of a parameter and the precision of a normalised value.
fn assert_close(a: &serde_json::Value, b: &serde_json::Value, path: &str) {
    match (a, b) {
        (serde_json::Value::Number(a), serde_json::Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= 0.0051_f64.max(a.abs() * 1e-4), "{path}: {a} became {b}");
        }
        (serde_json::Value::Array(a), serde_json::Value::Array(b)) => {
            a.iter().zip(b).enumerate().for_each(|(i, (a, b))| assert_close(a, b, &format!("{path}[{i}]")));
        }
        (serde_json::Value::Object(a), serde_json::Value::Object(b)) => {
            a.iter().zip(b).for_each(|((key, a), (_, b))| assert_close(a, b, &format!("{path}.{key}")));
        }
        _ => assert_eq!(a, b, "{path}"),
    }
}

fn assert_same(a: &MasterControls, b: &MasterControls) {
    assert_close(&serde_json::to_value(a).unwrap(), &serde_json::to_value(b).unwrap(), "");
}

#[test]
fn defaults_are_the_defaults_of_the_controls() {
    assert_eq!(AuraParams::default().controls(), MasterControls::default());
    assert_eq!(AuraParams::default().settings(), MasterControls::default());
    assert_eq!(AuraParams::default().track.controls(View::Playing), TrackControls::default());
}

#[test]
fn a_new_instance_is_new_once_and_a_start_leaves_the_defaults_alone() {
    let warm = &by_name("warm").unwrap().controls;
    let params = AuraParams::default();
    let host = FakeHost::new(true);
    let setter = ParamSetter::new(&host);
    let defaults = || -> Vec<f32> {
        let map = params.param_map();
        map.iter().map(|(_, param, _)| unsafe { param.default_normalized_value() }).collect()
    };
    let before = defaults();
    assert_eq!((params.take_new(), params.take_new()), (true, false));
    params.start_with(warm, &setter);
    assert_same(&params.settings(), warm);
    assert!(params.ab_equal());
    assert_eq!(params.ab_active(), Slot::A);
    assert_eq!(defaults(), before);

    let restored = AuraParams::default();
    restored.deserialize_fields(&AuraParams::default().serialize_fields());
    assert!(!restored.take_new(), "a project is no new instance");
    let changed = AuraParams::default();
    changed.apply(warm, &setter);
    assert!(!changed.take_new(), "somebody has changed it");
    let bypassed = AuraParams::default();
    let mut controls = MasterControls::default();
    controls.global.bypass = true;
    bypassed.apply(&controls, &setter);
    assert!(bypassed.take_new(), "how one listens is no sound");
    bypassed.start_with(warm, &setter);
    assert!(bypassed.settings().global.bypass);
}

#[test]
fn controls_survive_the_parameters() {
    let params = Arc::new(AuraParams::default());
    let host = FakeHost::new(true);
    let setter = ParamSetter::new(&host);
    let mut numbers = Numbers(1);
    for _ in 0..200 {
        let controls = random_controls(&mut numbers);
        params.apply(&controls, &setter);
        assert!(host.is_idle());
        assert_same(&controls, &params.controls());
        // What the parameters hold stays exactly what it is.
        let held = params.controls();
        params.apply(&held, &setter);
        assert_same(&held, &params.controls());
    }
    params.apply(&MasterControls::default(), &setter);
    assert_same(&MasterControls::default(), &params.controls());
}

#[test]
fn comparison_slots_hold_their_settings_with_prompt_and_late_hosts() {
    for immediate in [true, false] {
        let params = AuraParams::default();
        let host = FakeHost::new(immediate);
        let setter = ParamSetter::new(&host);
        let mut numbers = Numbers(7);
        let mut a = random_controls(&mut numbers);
        let mut b = random_controls(&mut numbers);
        for controls in [&mut a, &mut b] {
            controls.mode = LatencyMode::Master;
            controls.global.bypass = false;
            controls.global.gain_match = false;
            controls.global.delta = false;
        }
        assert!(params.ab_equal());
        params.apply(&a, &setter);
        host.carry_out();
        params.ab_switch(&setter);
        host.carry_out();
        params.apply(&b, &setter);
        host.carry_out();
        assert_eq!(params.ab_active(), Slot::B);
        // There and back before a late host has done anything.
        params.ab_switch(&setter);
        params.ab_switch(&setter);
        host.carry_out();
        assert_same(&params.settings(), &b);
        params.ab_switch(&setter);
        host.carry_out();
        assert_eq!(params.ab_active(), Slot::A);
        assert_same(&params.settings(), &a);
        assert!(!params.ab_equal());
        params.ab_copy();
        assert!(params.ab_equal());
    }
}

#[test]
fn comparison_slots_are_saved() {
    let host = FakeHost::new(true);
    let setter = ParamSetter::new(&host);
    let params = AuraParams::default();
    params.ab_switch(&setter);
    let fields = params.serialize_fields();
    let other = AuraParams::default();
    other.deserialize_fields(&fields);
    assert_eq!(other.ab_active(), Slot::B);
}
