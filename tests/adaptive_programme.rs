//! Ten minutes with intro, verses, choruses, a break and silence through listener and engine in lock-step, and what the
//! ancestor of this program got wrong.

use std::f64::consts::TAU;

use auracore::adaptive::Saved;
use auracore::adaptive::conductor::Conductor;
use auracore::adaptive::model::Model;
use auracore::adaptive::onnx::OnnxModel;
use auracore::adaptive::steering::Wish;
use auracore::control::adaptive::{
    Adaptation, AdaptiveControls, AdaptiveMode, DRIVE, MOVE_SPECS, MOVES, Moves, Pace, RATIO, THRESHOLD,
};
use auracore::control::{LatencyMode, MasterControls};
use auracore::engine::{Engine, EngineIo};
use auracore::measure::integrated_lufs;

#[path = "support/music.rs"]
mod music;
use music::music;
#[path = "support/printed.rs"]
mod printed;
use printed::assert_printed;

const RATE_HZ: u32 = 48_000;
const BLOCK: usize = 480;
const BLOCKS_PER_S: usize = RATE_HZ as usize / BLOCK;

type Stereo = [Vec<f32>; 2];

/// Something like music that keeps this share of everything above 1.5 kHz, at a gain.
fn part(seconds: f64, gain: f32, keep: f32) -> Stereo {
    let audio = music(seconds, RATE_HZ);
    std::array::from_fn(|channel| {
        let mut low = 0.0;
        let dull = audio.channels[channel].iter().map(|x| {
            low += 0.18 * (x - low);
            gain * (low + keep * (x - low))
        });
        dull.collect()
    })
}

fn silence(seconds: f64) -> Stereo {
    let frames = (seconds * f64::from(RATE_HZ)) as usize;
    [vec![0.0; frames], vec![0.0; frames]]
}

fn model() -> Option<Box<dyn Model>> {
    Some(Box::new(OnnxModel::embedded().expect("the model that comes with the program")))
}

/// Listener and engine, and where the moves were at the end of each block.
struct Studio {
    conductor: Conductor,
    engine: Engine,
    controls: AdaptiveControls,
    master: MasterControls,
    adaptation: Adaptation,
    path: Vec<Moves>,
}

impl Studio {
    fn new(mode: AdaptiveMode) -> Self {
        let mut conductor = Conductor::new(&Saved::default(), model());
        conductor.prepare(f64::from(RATE_HZ));
        let controls = AdaptiveControls { mode, ..AdaptiveControls::default() };
        Self {
            conductor,
            engine: Engine::new(f64::from(RATE_HZ), LatencyMode::Master),
            controls,
            master: MasterControls::default(),
            adaptation: Adaptation::NONE,
            path: Vec::new(),
        }
    }

    /// Plays a part and returns what comes out.
    fn play(&mut self, part: &Stereo) -> Stereo {
        let mut out = part.clone();
        let [left, right] = &mut out;
        for (at, (left, right)) in left.chunks_mut(BLOCK).zip(right.chunks_mut(BLOCK)).enumerate() {
            let input: [&[f32]; 2] = [0, 1].map(|side| &part[side][at * BLOCK..at * BLOCK + left.len()]);
            self.engine.adapt(&self.adaptation);
            self.engine.process(EngineIo { left, right: Some(right), sidechain: None }, &self.master);
            let present = self.engine.adaptive_moves();
            self.path.push(present);
            let planes = [input[0], input[1], left, right];
            if let Some(target) = self.conductor.hear(planes, &present, &self.controls) {
                self.adaptation.moves = target.moves;
                self.adaptation.pace = target.pace;
            }
        }
        out
    }

    fn proposal(&self) -> Moves {
        self.conductor.advice().expect("something was heard").moves
    }
}

fn lufs(audio: &Stereo) -> f64 {
    integrated_lufs(&[&audio[0], &audio[1]], f64::from(RATE_HZ)).unwrap()
}

/// Largest distance of two sets of moves, each in the unit of what is worth a move.
fn distance(a: &Moves, b: &Moves) -> f32 {
    let moves = a.0.iter().zip(b.0).zip(&MOVE_SPECS);
    moves.map(|((a, b), spec)| ((a - b) / spec.worth).abs()).fold(0.0, f32::max)
}

#[test]
fn ten_minutes_are_followed_slowly_and_come_to_rest() {
    let (intro, verse, chorus) = (part(32.0, 0.08, 0.15), part(64.0, 0.3, 0.2), part(64.0, 0.6, 0.3));
    let (outro, pause) = (part(32.0, 0.1, 0.1), silence(44.0));
    let mut studio = Studio::new(AdaptiveMode::Adaptive);
    studio.controls.target_lufs = Some(-14.0);
    let mut loudness = Vec::new();
    let mut silences = Vec::new();
    let form = [&intro, &verse, &chorus, &verse, &chorus, &pause, &verse, &chorus, &chorus, &outro, &pause];
    let seconds: usize = form.iter().map(|part| part[0].len() / RATE_HZ as usize).sum();
    assert!(seconds >= 600, "{seconds}");
    for part in form {
        let start = studio.path.len();
        let out = studio.play(part);
        if std::ptr::eq(part, &pause) {
            silences.push(start..studio.path.len());
        } else {
            loudness.push((lufs(part), lufs(&out)));
        }
    }

    // The slew limit, over any second.
    for (index, spec) in MOVE_SPECS.iter().enumerate() {
        if matches!(spec.id, "threshold" | "attack" | "release") {
            continue; // they may jump while the ratio is one, where nobody hears them
        }
        for pair in studio.path.windows(BLOCKS_PER_S + 1).step_by(7) {
            let moved = (pair[BLOCKS_PER_S].0[index] - pair[0].0[index]).abs();
            assert!(moved <= 1.01 * spec.slew_per_s + 1e-4, "{} moved {moved} in a second", spec.id);
        }
    }
    let jumps = studio.path.windows(2).filter(|pair| {
        pair[0].0[RATIO].min(pair[1].0[RATIO]) > 1.001
            && (pair[1].0[THRESHOLD] - pair[0].0[THRESHOLD]).abs() > 0.01
    });
    assert_eq!(jumps.count(), 0, "a compressor at work glides");

    // In silence everything stays, from half a second after the last sound on.
    for silence in silences {
        let still = &studio.path[silence.start + BLOCKS_PER_S / 2..silence.end];
        assert!(still.iter().all(|moves| moves == &still[0]));
    }

    // It did something, and it came to rest: nothing moved during the last chorus but the outro's and later parts.
    let end_of_chorus = (32 + 64 * 4 + 44 + 64 * 3) * BLOCKS_PER_S;
    let chorus = &studio.path[end_of_chorus - 50 * BLOCKS_PER_S..end_of_chorus];
    assert!(distance(&chorus[0], &Moves::NEUTRAL) > 1.5, "{:?}", chorus[0]);
    let (mut first, last) = (chorus[0], chorus[chorus.len() - 1]);
    // The integrated loudness of a programme never stands still, and drive follows it.
    assert!((first.0[DRIVE] - last.0[DRIVE]).abs() < 1.0, "{} dB, then {}", first.0[DRIVE], last.0[DRIVE]);
    first.0[DRIVE] = last.0[DRIVE];
    assert!(distance(&first, &last) < 1.0, "{first:?}\n{last:?}");

    // Verses stay below choruses: the difference of their loudness shrinks by at most one LU.
    let (verse, chorus) = (loudness[5], loudness[6]);
    let (before, after) = (chorus.0 - verse.0, chorus.1 - verse.1);
    assert!(after > before - 1.0, "{before} LU apart, then {after}");

    assert_printed(wobble_db(&studio.path), 0.019, "dB by which the gains pump");
}

/// Largest component of the gains between half a cycle and twenty cycles per second, as an amplitude in dB, in Hann
/// windows of 20 s. A travel that starts or ends at the slew limit leaves 0.005 dB.
fn wobble_db(path: &[Moves]) -> f64 {
    const PER_S: usize = 50;
    let coarse: Vec<&Moves> = path.iter().step_by(BLOCKS_PER_S / PER_S).collect();
    let length = 20 * PER_S;
    let mut worst = 0.0f64;
    for index in (0..10).chain([DRIVE]) {
        for window in coarse.windows(length).step_by(length / 2) {
            let value = |n: usize| f64::from(window[n].0[index]);
            let (first, last) = (value(0), value(length - 1));
            for cycles in (10..400).step_by(6) {
                let (mut re, mut im) = (0.0, 0.0);
                for n in 0..length {
                    let share = n as f64 / length as f64;
                    let hann = 1.0 - (TAU * share).cos();
                    let x = hann * (value(n) - first - (last - first) * share);
                    let (sin, cos) = (TAU * share * cycles as f64).sin_cos();
                    re += x * cos;
                    im += x * sin;
                }
                worst = worst.max(2.0 * re.hypot(im) / length as f64);
            }
        }
    }
    worst
}

#[test]
fn it_hears_the_audio_and_not_something_else() {
    let propose = |keep: f32, gain: f32| {
        let mut studio = Studio::new(AdaptiveMode::Suggest);
        studio.play(&part(30.0, gain, keep));
        studio.proposal()
    };
    let (dull, same, quiet) = (propose(0.1, 0.3), propose(0.1, 0.3), propose(0.1, 0.1));
    assert_eq!(dull, same, "the same audio, the same proposal");
    let eq = |moves: &Moves| -> f32 { (6..10).map(|band| moves.0[band]).sum() };
    let plain = propose(1.0, 0.3);
    assert!(eq(&dull) > eq(&plain) + 2.0, "{} and {}", eq(&dull), eq(&plain));
    assert!((0..10).all(|band| (dull.0[band] - quiet.0[band]).abs() < 0.05), "level is not sound");
    let mut deaf = Studio::new(AdaptiveMode::Adaptive);
    deaf.play(&silence(40.0));
    assert!(deaf.conductor.advice().is_none());
    assert_eq!(deaf.engine.adaptive_moves(), Moves::NEUTRAL);
}

#[test]
fn the_limiter_limits_whatever_is_moved() {
    let loud = part(4.0, 1.5, 0.9);
    for extreme in [0, 1] {
        let mut studio = Studio::new(AdaptiveMode::Suggest);
        studio.adaptation.pace = Pace::AtOnce;
        studio.adaptation.moves =
            Moves(std::array::from_fn(|index| [MOVE_SPECS[index].min, MOVE_SPECS[index].max][extreme]));
        let out = studio.play(&loud);
        let peak = out.iter().flatten().fold(0.0f32, |peak, x| peak.max(x.abs()));
        assert!(20.0 * peak.log10() <= studio.master.limiter.ceiling_db + 0.01, "{peak}");
    }
}

#[test]
fn the_model_is_trained() {
    let mut dull = Studio::new(AdaptiveMode::Suggest);
    let mut bright = Studio::new(AdaptiveMode::Suggest);
    dull.play(&part(30.0, 0.3, 0.1));
    let mut last = [0.0f32; 2];
    let mut sharp = part(30.0, 0.3, 1.0);
    for (plane, last) in sharp.iter_mut().zip(&mut last) {
        plane.iter_mut().for_each(|x| *x += 0.7 * (*x - std::mem::replace(last, *x)));
    }
    bright.play(&sharp);
    let mut model = OnnxModel::embedded().unwrap();
    let mut top = |studio: &Studio| -> f32 {
        let target = studio.conductor.target().level_db;
        let features = auracore::adaptive::features::vector(studio.conductor.portrait(), &target);
        model.run(&features).unwrap().move_db[6..10].iter().sum()
    };
    let (dull, bright) = (top(&dull), top(&bright));
    assert!(dull > bright + 1.0, "what is dull is to be brightened: {dull}, {bright}");
}

#[test]
fn one_correction_is_heard_the_next_time() {
    let song = part(30.0, 0.3, 0.1);
    let mut studio = Studio::new(AdaptiveMode::Suggest);
    studio.play(&song);
    let before = studio.proposal();
    let index = 4;
    let wanted = before.0[index] + 2.0;
    studio.conductor.wish(Wish::Pin { index, value: wanted });
    assert_eq!(studio.conductor.settle(1.0), 0, "not before it has stood for two seconds");
    assert_eq!(studio.conductor.settle(1.5), 1);

    // Another instance that was given what was learned, the same song.
    let saved: Saved =
        serde_json::from_str(&serde_json::to_string(&studio.conductor.saved()).unwrap()).unwrap();
    let mut again = Studio::new(AdaptiveMode::Suggest);
    again.conductor.resume(&Saved { course: Default::default(), ..saved });
    again.play(&song);
    let moved = again.proposal().0[index] - before.0[index];
    assert!((1.0..=2.2).contains(&moved), "moved {moved} dB of 2");
    for other in (0..MOVES).filter(|other| *other != index) {
        assert!((again.proposal().0[other] - before.0[other]).abs() < 1e-3, "only what was corrected");
    }
    again.conductor.taste_mut().forget_all();
    again.play(&part(5.0, 0.3, 0.1));
    assert!((again.proposal().0[index] - before.0[index]).abs() < 0.5);
}
