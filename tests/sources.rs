//! The seam of sound sources: a second one joins by one line, sources are mixed in front of the chain, and none can harm
//! the host or the others.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use auracore::control::mix::Strip;
use auracore::control::{LatencyMode, MasterControls};
use auracore::dsp::StereoBlock;
use auracore::engine::mixer::{Events, Mixer};
use auracore::engine::{Company, Engine, EngineIo, Observer};
use auracore::parameter::View;
use auracore::source::{HeldKeys, Moment, Note, Source, Spec, Tail, Transport};
use auracore::sources::{MuteSolo, SourceKind};
use nice_plug::prelude::*;

const RATE_HZ: f64 = 48_000.0;

/// A tone of constant level while a key is down, or while the host plays; breaks on demand.
#[derive(Default)]
struct Beep {
    held: HeldKeys,
    level: f32,
    fault: u32,
    heard: Option<Transport>,
}

impl Source for Beep {
    type Controls = (f32, u32);

    fn prepare(&mut self, _spec: &Spec) {}

    fn reset(&mut self) {}

    fn advance(&mut self, now: &Moment<'_>, (level, fault): &(f32, u32)) {
        now.notes.iter().for_each(|note| _ = self.held.follow(note));
        self.level = if self.held.any() || now.transport.is_playing { *level } else { 0.0 };
        self.fault = *fault;
        self.heard = Some(now.transport);
    }

    fn render(&mut self, out: &mut StereoBlock<'_>) {
        assert!(self.fault != 1, "a fault that is wanted");
        for (left, right) in out.left.iter_mut().zip(&mut *out.right) {
            *left += if self.fault == 2 { f32::NAN } else { self.level };
            *right += -0.5 * self.level;
        }
    }

    fn tail(&self) -> Tail {
        if self.level > 0.0 { Tail::Endless } else { Tail::Silent }
    }
}

/// The main half of the beep.
struct BeepKind;

#[derive(Params)]
struct BeepParams {
    #[id = "beep_level"]
    level: FloatParam,
    #[nested(id_prefix = "beep", group = "Mix")]
    strip: MuteSolo,
    #[persist = "beep"]
    saved: std::sync::RwLock<String>,
}

impl Default for BeepParams {
    fn default() -> Self {
        let range = FloatRange::Linear { min: 0.0, max: 1.0 };
        Self {
            level: FloatParam::new("Beep level", 0.25, range),
            strip: MuteSolo::new("Beep"),
            saved: Default::default(),
        }
    }
}

impl SourceKind for BeepKind {
    type Params = BeepParams;
    type Audio = Beep;
    type Owner = ();
    type View = u32;

    fn make(_params: &Arc<BeepParams>) -> (Beep, (), u32) {
        (Beep::default(), (), 7)
    }

    fn controls(params: &BeepParams, view: View<'_>) -> (f32, u32) {
        (view.of(&params.level), 0)
    }

    fn strip(params: &BeepParams, view: View<'_>) -> Strip {
        params.strip.strip(1.0, view)
    }

    fn tidy(fields: &mut BTreeMap<String, String>) {
        fields.entry("beep".to_owned()).or_insert_with(|| "\"\"".to_owned());
    }
}

mod both {
    use nice_plug::prelude::Params;

    auracore::sources! {
        /// The track player.
        track: auracore::sources::track::TrackKind,
        /// A second source, which is told to nobody else.
        beep: super::BeepKind,
    }
}

#[test]
fn a_second_source_takes_one_line() {
    let params = both::SourceParams::default();
    let ids: Vec<String> = params.param_map().into_iter().map(|(id, _, _)| id).collect();
    assert_eq!(ids, ["track_mute", "track_solo", "beep_level", "beep_mute", "beep_solo"]);
    assert!(params.serialize_fields().contains_key("beep"));
    assert_eq!(both::SourceParams::NAMES, ["track", "beep"]);
    let (mut mixer, _owners, views) = params.make();
    assert_eq!(views.beep, 7);
    let mut fields = BTreeMap::new();
    both::SourceParams::tidy(&mut fields);
    assert_eq!(fields.keys().collect::<Vec<_>>(), ["beep", "track"]);

    mixer.prepare(&Spec { rate_hz: RATE_HZ, is_offline: false });
    let mut engine = bare_engine();
    let [left, right] = play(&mut engine, &mut mixer, &flat(), &[Note::plain(100, 60, true)], [0.0; 512]);
    assert!(left[..100].iter().all(|x| *x == 0.0) && left[100..].iter().all(|x| *x == 0.25));
    assert_eq!(right[511], -0.125);
    assert_eq!(mixer.telemetry()[1].peaks, [0.25, 0.125]);
    assert_eq!(mixer.telemetry()[0].peaks, [0.0; 2]);
    assert_eq!(mixer.tail(), Tail::Endless);
}

/// Everything off and no latency, so that sums can be told by the sample.
fn flat() -> MasterControls {
    let mut controls = MasterControls { mode: LatencyMode::Live, ..MasterControls::default() };
    controls.eq.on = false;
    controls.width.on = false;
    controls.limiter.on = false;
    controls
}

fn bare_engine() -> Engine {
    Engine::new(RATE_HZ, LatencyMode::Live)
}

fn play<const N: usize>(
    engine: &mut Engine,
    mixer: &mut Mixer,
    controls: &MasterControls,
    notes: &[Note],
    input: [f32; N],
) -> [[f32; N]; 2] {
    let (mut left, mut right) = (input, input);
    let io = EngineIo { left: &mut left, right: Some(&mut right), sidechain: None };
    let sources = Some((mixer, Events { transport: Transport::default(), notes }));
    engine.process_with(io, controls, Company { sources, observer: &mut () });
    [left, right]
}

/// What a test sets while a mixer has the closures.
#[derive(Default)]
struct Knobs {
    fault: AtomicU32,
    mute: AtomicU32,
    solo: AtomicU32,
}

/// A mixer of two beeps at 0.25 and 0.5 whose keys are down, with a knob each.
fn two_beeps() -> (Mixer, [Arc<Knobs>; 2]) {
    let mut mixer = Mixer::default();
    let knobs = [(); 2].map(|()| Arc::new(Knobs::default()));
    for (knobs, level) in knobs.iter().zip([0.25, 0.5]) {
        let mut beep = Beep::default();
        beep.held.follow(&Note::plain(0, 60, true));
        beep.level = level;
        let (controls, strip) = (knobs.clone(), knobs.clone());
        mixer.insert(
            beep,
            move || (level, controls.fault.load(Ordering::Relaxed)),
            move || Strip {
                gain: 1.0,
                mute: strip.mute.load(Ordering::Relaxed) == 1,
                solo: strip.solo.load(Ordering::Relaxed) == 1,
            },
        );
    }
    mixer.prepare(&Spec { rate_hz: RATE_HZ, is_offline: false });
    (mixer, knobs)
}

#[test]
fn strips_mute_and_solo_without_a_click() {
    let (mut mixer, knobs) = two_beeps();
    let mut engine = bare_engine();
    let mut last = |mixer: &mut Mixer| play(&mut engine, mixer, &flat(), &[], [0.125; 2_048])[0];
    assert_eq!(last(&mut mixer)[2_047], 0.875);
    knobs[0].mute.store(1, Ordering::Relaxed);
    let muted = last(&mut mixer);
    assert_eq!(muted[2_047], 0.625);
    assert!(muted.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.001));
    knobs[0].mute.store(0, Ordering::Relaxed);
    knobs[0].solo.store(1, Ordering::Relaxed);
    assert_eq!(last(&mut mixer)[2_047], 0.375);
    knobs[0].mute.store(1, Ordering::Relaxed);
    assert_eq!(last(&mut mixer)[2_047], 0.125, "muted and soloed is muted");
}

#[test]
fn bypass_lets_the_host_through_and_silences_sources() {
    let (mut mixer, _knobs) = two_beeps();
    for mode in [LatencyMode::Live, LatencyMode::Master] {
        let mut controls = MasterControls { mode, ..flat() };
        controls.global.bypass = true;
        let mut engine = Engine::new(RATE_HZ, mode);
        let latency = engine.latency_samples();
        let input: [f32; 4_096] = std::array::from_fn(|n| (n as f32 * 0.01).sin());
        let [left, _] = play(&mut engine, &mut mixer, &controls, &[], input);
        assert_eq!(left[latency..], input[..4_096 - latency]);
    }
}

#[test]
fn delta_is_what_the_chain_changes_of_input_and_sources() {
    let (mut mixer, _knobs) = two_beeps();
    let mut controls = MasterControls { mode: LatencyMode::Master, ..flat() };
    controls.global.delta = true;
    let mut engine = Engine::new(RATE_HZ, LatencyMode::Master);
    let [left, right] = play(&mut engine, &mut mixer, &controls, &[], [0.1; 8_192]);
    // Nothing is on, so nothing is changed, but for the rounding of what the stages pass through.
    assert!(left[4_096..].iter().chain(&right[4_096..]).all(|x| x.abs() < 1e-6), "{}", left[8_191]);
}

#[test]
fn a_source_that_panics_is_off_and_everything_else_plays_on() {
    let (mut mixer, knobs) = two_beeps();
    let mut engine = bare_engine();
    knobs[1].fault.store(1, Ordering::Relaxed);
    let [left, _] = play(&mut engine, &mut mixer, &flat(), &[], [0.125; 256]);
    assert_eq!(left, [0.375; 256]);
    assert!(mixer.telemetry()[1].is_off && !mixer.telemetry()[0].is_off);
    knobs[1].fault.store(0, Ordering::Relaxed);
    assert_eq!(play(&mut engine, &mut mixer, &flat(), &[], [0.125; 256])[0], [0.375; 256], "it stays off");
    mixer.prepare(&Spec { rate_hz: RATE_HZ, is_offline: false });
    assert_eq!(
        play(&mut engine, &mut mixer, &flat(), &[], [0.125; 2_048])[0][2_047],
        0.875,
        "until prepared"
    );
}

#[test]
fn what_is_no_number_is_left_out_and_told() {
    let (mut mixer, knobs) = two_beeps();
    let mut engine = bare_engine();
    knobs[0].fault.store(2, Ordering::Relaxed);
    assert_eq!(play(&mut engine, &mut mixer, &flat(), &[], [0.125; 256])[0], [0.625; 256]);
    assert_eq!(mixer.telemetry()[0].unsound_stretches, 4);
    knobs[0].fault.store(0, Ordering::Relaxed);
    assert_eq!(play(&mut engine, &mut mixer, &flat(), &[], [0.125; 256])[0], [0.875; 256]);
    assert_eq!(mixer.telemetry()[0].unsound_stretches, 4);
}

#[test]
fn mono_gets_half_of_the_sum_and_observers_see_what_goes_into_the_chain() {
    struct Seen(Vec<f32>);
    impl Observer for Seen {
        fn mixed(&mut self, left: &[f32], right: &[f32]) {
            assert_eq!(left, right);
            self.0.extend(left);
        }
    }
    let (mut mixer, _knobs) = two_beeps();
    let (mut engine, mut seen) = (bare_engine(), Seen(Vec::new()));
    let mut left = [0.5; 300];
    let io = EngineIo { left: &mut left, right: None, sidechain: None };
    let sources = Some((&mut mixer, Events::default()));
    engine.process_with(io, &flat(), Company { sources, observer: &mut seen });
    assert_eq!(left, [0.5 + 0.5 * (0.75 - 0.375); 300]);
    assert_eq!(seen.0, left);
}
