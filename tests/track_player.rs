//! Playing tracks: seeks, cuts, loops, the host's timeline, exchange of tracks. Everything is compared with a straight
//! render of the same track, sample by sample.

use auracore::control::session::{PlayMode, TrackControls};
use auracore::source::{self, Note, Source, Spec, Transport};
use auracore::track::file::files::NoFiles;
use auracore::track::file::limits::Limits;
use auracore::track::play::plan::{CompileOptions, Plan};
use auracore::track::play::player::{Player, PlayerLink, player};
use auracore::track::play::prepare::{for_playing, for_rendering};
use auracore::track::play::program::{Buses, Program};
use auracore::track::sound::span::{Behaviour, QUANTUM};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

const RATE_HZ: f64 = 44_100.0;

/// One step of every kind of memory: filters, delays, noise, moving pans.
fn session() -> Value {
    json!({"global": {"crossfade_duration": 0.5, "crossfade_curve": "equal_power"}, "progression": [
        {"duration": 4.0, "description": "first", "voices": [
            {"synth_function_name": "binaural_beat", "params": {"baseFreq": 200, "beatFreq": 6,
                "freqOscRangeL": 3, "freqOscFreqL": 1.7, "freqOscShape": "triangle", "ampOscDepthL": 0.4,
                "ampOscFreqL": 0.3, "panRangeMin": -0.6, "panRangeMax": 0.6, "panFreq": 0.4}},
            {"synth_function_name": "isochronic_tone", "params": {"baseFreq": 180, "beatFreq": 9,
                "harmonicSuppression": true}},
            {"synth_function_name": "qam_beat", "params": {}},
            {"synth_function_name": "noise_swept_notch", "voice_type": "noise", "params": {"noise_type": "pink"}}]},
        {"duration": 5.0, "description": "second", "voices": [
            {"synth_function_name": "binaural_beat", "is_transition": true, "params": {"startBaseFreq": 200,
                "endBaseFreq": 120, "startBeatFreq": 6, "endBeatFreq": 2, "startFreqOscRangeL": 2,
                "endFreqOscRangeL": 4, "startFreqOscFreqL": 1, "endFreqOscFreqL": 2}},
            {"synth_function_name": "isochronic_tone", "params": {"flangeEnable": true, "flangeLoopHpfHz": 40,
                "flangeFeedback": 0.5, "ampL": 0.2, "ampR": 0.2}},
            {"synth_function_name": "binaural_beat", "params": {"spatialEnable": true, "ampL": 0.3, "ampR": 0.3}},
            {"synth_function_name": "noise_generator", "voice_type": "noise", "params": {"noise_type": "brown"}}]}],
        "background_noise": {"gain": 0.1, "params": {"noise_parameters": {"name": "pink"}, "sweeps": []}}})
}

fn plan_of(track: &Value) -> Arc<Plan> {
    let loaded = auracore::track::file::load::parse(
        &serde_json::to_vec(track).unwrap(),
        Path::new("session.json"),
        &Limits::default(),
    );
    let mut track = loaded.unwrap().track;
    track.fill_starts();
    let options = CompileOptions { rate_hz: RATE_HZ, behaviour: Behaviour::Intended };
    let (plan, problems) =
        for_rendering(&track, options, &NoFiles, &AtomicBool::new(false), &|_| {}).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    plan
}

fn straight(plan: &Arc<Plan>) -> [Vec<f32>; 2] {
    stretch(&mut Program::new(plan.clone()), 0, plan.frames)
}

fn stretch(program: &mut Program, begin: u64, end: u64) -> [Vec<f32>; 2] {
    let (mut buses, mut out) = (Buses::SILENT, [Vec::new(), Vec::new()]);
    for first in (begin..end).step_by(QUANTUM) {
        let count = QUANTUM.min((end - first) as usize);
        program.render(first, count, &mut buses);
        for i in 0..count {
            out[0].push(buses.tones.left[i] + buses.noise.left[i] + buses.clips.left[i]);
            out[1].push(buses.tones.right[i] + buses.noise.right[i] + buses.clips.right[i]);
        }
    }
    out
}

fn worst(x: &[f32], y: &[f32]) -> f32 {
    assert_eq!(x.len(), y.len());
    x.iter().zip(y).fold(0.0, |worst, (x, y)| worst.max((x - y).abs()))
}

fn loaded(plan: &Arc<Plan>) -> (Player, PlayerLink) {
    let (mut player, mut link) = player();
    player.prepare(&Spec { rate_hz: RATE_HZ, is_offline: false });
    assert!(link.programs.send(Box::new(Program::new(plan.clone()))).is_ok());
    (player, link)
}

const HOST: TrackControls = TrackControls {
    mode: PlayMode::Host,
    is_running: false,
    offset_s: 0.0,
    is_looping: false,
    loop_start_s: 0.0,
    loop_end_s: 0.0,
    groups: [auracore::control::session::GroupControls { gain: 1.0, mute: false, solo: false }; 3],
};

/// Plays `frames` from a host position, in blocks as `cut` says.
fn play(
    player: &mut Player,
    controls: &TrackControls,
    from: i64,
    frames: usize,
    cut: impl Fn(usize) -> usize,
) -> [Vec<f32>; 2] {
    let mut out = [vec![0.0; frames], vec![0.0; frames]];
    let [left, right] = &mut out;
    let (mut at, mut block) = (0, 0);
    while at < frames {
        let end = (at + cut(block)).min(frames);
        let position_frames = Some(from + at as i64);
        let transport = Transport { is_playing: true, position_frames, ..Transport::default() };
        source::play(player, controls, (transport, RATE_HZ), &[], [&mut left[at..end], &mut right[at..end]]);
        (at, block) = (end, block + 1);
    }
    out
}

#[test]
fn a_seek_to_any_frame_gives_the_samples_of_the_straight_render() {
    let plan = plan_of(&session());
    let truth = straight(&plan);
    let mut program = Program::new(plan.clone());
    let mut state = 7u64;
    for _ in 0..200 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let begin = (state >> 33) % (plan.frames - 500);
        let part = stretch(&mut program, begin, begin + 500);
        for (part, truth) in part.iter().zip(&truth) {
            let off = worst(part, &truth[begin as usize..begin as usize + 500]);
            assert!(off < 1e-6, "frame {begin}: {off}");
        }
    }
}

#[test]
fn following_the_host_gives_the_straight_render_however_blocks_are_cut() {
    let plan = plan_of(&session());
    let truth = straight(&plan);
    for cut in [1usize, 17, 64, 256, 1000, 8192] {
        let (mut player, _link) = loaded(&plan);
        let frames = if cut == 1 { 3_000 } else { 150_000 };
        let out = play(&mut player, &HOST, 0, frames, |block| cut + (block % 3) * (cut / 4));
        assert_eq!(worst(&out[0], &truth[0][..frames]), 0.0, "blocks of about {cut}");
        assert_eq!(worst(&out[1], &truth[1][..frames]), 0.0, "blocks of about {cut}");
    }
}

#[test]
fn an_offset_moves_the_track_on_the_timeline() {
    let plan = plan_of(&session());
    let truth = straight(&plan);
    let (mut player, _link) = loaded(&plan);
    let controls = TrackControls { offset_s: 0.1, ..HOST };
    let out = play(&mut player, &controls, 0, 10_000, |_| 333);
    assert!(out[0][..4_410].iter().all(|x| *x == 0.0));
    assert_eq!(worst(&out[0][4_410..], &truth[0][..10_000 - 4_410]), 0.0);
}

#[test]
fn a_jump_of_the_host_lands_exactly_and_does_not_click() {
    let plan = plan_of(&session());
    let truth = straight(&plan);
    let steepest = truth[0].windows(2).fold(0.0f32, |most, w| most.max((w[1] - w[0]).abs()));
    let (mut player, _link) = loaded(&plan);
    let mut before = play(&mut player, &HOST, 30_000, 5_000, |_| 256)[0].clone();
    let target = 300_000;
    let after = play(&mut player, &HOST, target, 5_000, |_| 256);
    let off = worst(&after[0][400..], &truth[0][target as usize + 400..target as usize + 5_000]);
    assert!(off < 1e-6, "{off}");
    before.extend(&after[0]);
    let around = before[4_500..5_800].windows(2).fold(0.0f32, |most, w| most.max((w[1] - w[0]).abs()));
    assert!(around < 1.5 * steepest, "step of {around} at the jump, the track itself has {steepest}");
}

#[test]
fn stopping_fades_out_and_leaves_silence() {
    let plan = plan_of(&session());
    let (mut player, mut link) = loaded(&plan);
    let playing = play(&mut player, &HOST, 20_000, 2_000, |_| 500);
    let (mut left, mut right) = (vec![0.0; 2_000], vec![0.0; 2_000]);
    source::play(&mut player, &HOST, (Transport::default(), RATE_HZ), &[], [&mut left, &mut right]);
    assert!((left[0] - playing[0][1_999]).abs() < 0.1 && left[0] != 0.0);
    assert!(left[400..].iter().all(|x| *x == 0.0));
    assert!(!player.is_active() && !link.telemetry.read().is_playing);
}

#[test]
fn a_loop_repeats_its_region() {
    let plan = plan_of(&session());
    let truth = straight(&plan);
    let (mut player, mut link) = loaded(&plan);
    let controls = TrackControls {
        mode: PlayMode::Free,
        is_running: true,
        is_looping: true,
        loop_start_s: 1.0,
        loop_end_s: 2.0,
        ..HOST
    };
    let out = play(&mut player, &controls, 0, 5 * 44_100, |_| 777);
    assert_eq!(worst(&out[0][..88_200], &truth[0][..88_200]), 0.0, "until the region ends");
    for turn in 2..5 {
        let at = turn * 44_100 + 400;
        let off = worst(&out[0][at..at + 40_000], &truth[0][44_500..84_500]);
        assert!(off < 1e-6, "turn {turn}: {off}");
    }
    let telemetry = *link.telemetry.read();
    assert!(telemetry.has_track && telemetry.is_settled && telemetry.step == Some(0));
    assert!((1.0..=2.0).contains(&telemetry.position_s) && (telemetry.length_s - 8.5).abs() < 0.01);
}

#[test]
fn a_note_starts_the_track_at_its_sample_and_its_release_ends_it() {
    let plan = plan_of(&session());
    let truth = straight(&plan);
    let (mut player, _link) = loaded(&plan);
    let controls = TrackControls { mode: PlayMode::Notes, ..HOST };
    let (mut left, mut right) = (vec![0.0; 6_000], vec![0.0; 6_000]);
    let notes = [Note::plain(1_000, 60, true), Note::plain(4_000, 60, false)];
    source::play(&mut player, &controls, (Transport::default(), RATE_HZ), &notes, [&mut left, &mut right]);
    assert!(left[..1_000].iter().all(|x| *x == 0.0));
    assert_eq!(worst(&left[1_000..4_000], &truth[0][..3_000]), 0.0);
    assert!(left[4_001] != 0.0 && left[4_400..].iter().all(|x| *x == 0.0));
}

#[test]
fn the_same_track_may_be_exchanged_while_it_plays_without_a_trace() {
    let plan = plan_of(&session());
    let truth = straight(&plan);
    let (mut player, mut link) = loaded(&plan);
    let mut out = play(&mut player, &HOST, 0, 20_000, |_| 480)[0].clone();
    for turn in 1..6 {
        assert!(link.programs.send(Box::new(Program::new(plan.clone()))).is_ok());
        out.extend(&play(&mut player, &HOST, turn * 20_000, 20_000, |_| 480)[0]);
        assert!(link.programs.lent() <= 2);
    }
    let off = worst(&out, &truth[0][..120_000]);
    assert!(off < 2e-6, "{off}");
}

#[test]
fn an_edited_track_takes_over_at_the_same_position() {
    let (first, mut edited) = (session(), session());
    edited["progression"][0]["voices"][0]["params"]["baseFreq"] = json!(250);
    let (plan, other) = (plan_of(&first), plan_of(&edited));
    let truth = straight(&other);
    let (mut player, mut link) = loaded(&plan);
    play(&mut player, &HOST, 0, 20_000, |_| 480);
    assert!(link.programs.send(Box::new(Program::new(other))).is_ok());
    let out = play(&mut player, &HOST, 20_000, 20_000, |_| 480);
    let off = worst(&out[0][400..], &truth[0][20_400..40_000]);
    assert!(off < 1e-6, "{off}");
}

#[test]
fn groups_can_be_heard_alone() {
    let plan = plan_of(&session());
    let mut controls = HOST;
    controls.groups[1].solo = true;
    let (mut player, _link) = loaded(&plan);
    play(&mut player, &controls, 0, 4_000, |_| 256);
    let out = play(&mut player, &controls, 4_000, 4_000, |_| 256);
    let mut program = Program::new(plan);
    let mut buses = Buses::SILENT;
    for first in (4_032..7_900).step_by(QUANTUM) {
        program.render(first, QUANTUM, &mut buses);
        let at = first as usize - 4_000;
        let off = worst(&out[0][at..at + QUANTUM], &buses.noise.left);
        assert!(off < 1e-6, "{off}");
    }
}

#[test]
fn a_track_plays_at_once_and_settles_slowly_on_its_exact_level() {
    let text = serde_json::to_vec(&json!({"global": {}, "progression": [{"duration": 600.0, "voices": [
        {"synth_function_name": "binaural_beat", "params": {"baseFreq": 200, "ampOscDepthL": 0.9,
            "ampOscDepthR": 0.9, "ampOscFreqL": 0.0037, "ampOscFreqR": 0.0037}}]}]}));
    let mut track =
        auracore::track::file::load::parse(&text.unwrap(), Path::new("x.json"), &Limits::default())
            .unwrap()
            .track;
    track.fill_starts();
    let options = CompileOptions { rate_hz: RATE_HZ, behaviour: Behaviour::Intended };
    let (plan, _) = for_playing(&track, options, &NoFiles);
    assert!(!plan.is_settled());
    let mut program = Program::new(plan.clone());
    let early = stretch(&mut program, 44_100, 88_200);
    assert!(early[0].iter().any(|x| x.abs() > 0.01), "it sounds before it is measured");
    let estimate = plan.steps[0].level.gains().tones;
    assert!(auracore::track::play::scan::scan(&plan, 0, &AtomicBool::new(false), &|_| {}));
    let exact = plan.steps[0].level.gains().tones;
    assert!(plan.is_settled() && exact <= estimate && exact > 0.7 * estimate, "{estimate} → {exact}");
    let late = stretch(&mut Program::new(plan), 0, 600 * 44_100);
    let peak = late.iter().flatten().fold(0.0f32, |most, x| most.max(x.abs()));
    assert!((peak - 0.456).abs() < 1e-5, "{peak}");
}

#[test]
fn one_and_ten_hours_in_the_highest_tone_has_its_exact_phase() {
    let track = json!({"global": {}, "progression": [{"duration": 40_000.0, "voices": [
        {"synth_function_name": "binaural_beat", "params": {"baseFreq": 15_700, "beatFreq": 0}}]}]});
    let text = serde_json::to_vec(&track).unwrap();
    let track =
        auracore::track::file::load::parse(&text, Path::new("x.json"), &Limits::default()).unwrap().track;
    let options = CompileOptions { rate_hz: RATE_HZ, behaviour: Behaviour::Intended };
    let (plan, _) = for_playing(&track, options, &NoFiles);
    let gain = f64::from(plan.steps[0].level.gains().tones) * 0.5;
    let mut program = Program::new(plan);
    for hours in [0u64, 1, 10] {
        let begin = hours * 3_600 * 44_100 + 12_345;
        let part = stretch(&mut program, begin, begin + 44_100);
        // The first frame has one increment already. Whole cycles are taken off in integers: 15 700 / 44 100 = 157 / 441.
        let (mut along, mut across) = (0.0, 0.0);
        for (i, x) in part[0].iter().enumerate() {
            let cycles = ((begin + i as u64 + 1) * 157 % 441) as f64 / 441.0;
            let (sine, cosine) = (cycles * std::f64::consts::TAU).sin_cos();
            along += f64::from(*x) * sine;
            across += f64::from(*x) * cosine;
        }
        let error_rad = (across / along).atan();
        let level = along / (0.5 * 44_100.0);
        assert!(error_rad.abs() < 1e-6, "after {hours} h: {error_rad} rad");
        assert!((level / gain - 1.0).abs() < 1e-5, "after {hours} h: {level} instead of {gain}");
    }
}

#[test]
fn a_voice_that_goes_on_into_the_next_step_stays_in_phase_through_the_crossfade() {
    let step = json!({"duration": 2.0, "voices": [
        {"synth_function_name": "binaural_beat", "params": {"baseFreq": 210.3, "beatFreq": 0}}]});
    let plan = plan_of(&json!({"global": {"crossfade_duration": 0.5}, "progression": [step, step]}));
    let rendered = straight(&plan);
    // From the end of one voice's own short fade to the beginning of the other's.
    for frame in (1.52 * RATE_HZ) as usize..(1.98 * RATE_HZ) as usize {
        let truth = 0.456 * ((frame + 1) as f64 * 210.3 / RATE_HZ * std::f64::consts::TAU).sin();
        let off = (f64::from(rendered[0][frame]) - truth).abs();
        assert!(off < 1e-4, "frame {frame}: {off}");
    }
}

#[test]
fn without_the_host_a_session_stays_at_its_end() {
    let (mut player, mut link) = loaded(&plan_of(&session()));
    let controls = TrackControls { mode: PlayMode::Free, is_running: true, ..HOST };
    play(&mut player, &controls, 0, 9 * 44_100, |_| 4_000);
    let telemetry = *link.telemetry.read();
    assert!(telemetry.is_playing && (telemetry.position_s - telemetry.length_s).abs() < 0.1, "{telemetry:?}");
    assert!(telemetry.remaining_s() < 0.1);
}
