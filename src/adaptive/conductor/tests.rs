//! The same audio gives the same targets, and a model that fails harms nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::adaptive::features::FEATURES;
use crate::adaptive::model::{Description, PREDICTED, Verdict};
use crate::control::adaptive::AdaptiveMode;
use crate::dsp::rng::uniform_at;

const RATE_HZ: f64 = 48_000.0;

/// Noise whose top is missing, 30 s and silence behind it.
fn programme() -> Vec<f32> {
    let mut low = 0.0;
    let sound = (0..30 * 48_000).map(|n| {
        low += 0.05 * (uniform_at(7, n) - low);
        low
    });
    let mut programme: Vec<f32> = sound.collect();
    programme.resize(32 * 48_000, 0.0);
    programme
}

fn adaptive() -> AdaptiveControls {
    AdaptiveControls { mode: AdaptiveMode::Adaptive, ..AdaptiveControls::default() }
}

fn listening(model: Option<Box<dyn Model>>) -> Conductor {
    let mut conductor = Conductor::new(&Saved::default(), model);
    conductor.prepare(RATE_HZ);
    conductor
}

fn hear(conductor: &mut Conductor, audio: &[f32]) -> Option<MoveTarget> {
    conductor.hear([audio; 4], &Moves::NEUTRAL, &adaptive())
}

/// Says one thing, until it is told to fail.
struct Moody {
    description: Description,
    runs: Arc<AtomicUsize>,
    fails_from: usize,
}

impl Model for Moody {
    fn run(&mut self, _features: &[f32; FEATURES]) -> Result<Verdict, ModelError> {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let said = if run < self.fails_from { 1.0 } else { f32::NAN };
        Verdict::checked("moody", [said; PREDICTED], [0.2; PREDICTED])
    }

    fn description(&self) -> &Description {
        &self.description
    }
}

fn moody(fails_from: usize) -> (Box<dyn Model>, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    (Box::new(Moody { description: Description::default(), runs: runs.clone(), fails_from }), runs)
}

#[test]
fn cuts_do_not_matter() {
    let programme = programme();
    let targets_of = |cuts: &dyn Fn(u64) -> usize| {
        let mut conductor = listening(None);
        let (mut targets, mut at, mut number) = (Vec::new(), 0, 0);
        while at < programme.len() {
            let end = (at + cuts(number)).min(programme.len());
            targets.extend(hear(&mut conductor, &programme[at..end]));
            (at, number) = (end, number + 1);
        }
        (targets, conductor.advice().cloned(), conductor.saved())
    };
    // Shorter than a hop, so that no target is passed over.
    let whole = targets_of(&|_| 4_800);
    assert!(!whole.0.is_empty(), "it moves");
    assert_eq!(targets_of(&|_| 64), whole);
    assert_eq!(targets_of(&|n| 1 + (uniform_at(3, n).abs() * 4_000.0) as usize), whole);
}

#[test]
fn nonsense_from_a_model_leaves_the_last_good_advice() {
    let programme = programme();
    let (model, runs) = moody(100);
    let mut conductor = listening(Some(model));
    hear(&mut conductor, &programme[..480_000]);
    let good = conductor.advice().cloned().expect("ten seconds were heard");
    assert!(conductor.trouble().is_none());
    let before = runs.load(Ordering::Relaxed);
    hear(&mut conductor, &programme[480_000..960_000]);
    assert!(runs.load(Ordering::Relaxed) > before + 50, "it is asked again and again");
    let trouble = conductor.trouble().expect("the trouble is told").to_string();
    assert!(trouble.contains("NaN"), "{trouble}");
    let now = conductor.advice().cloned().unwrap();
    // The last good one came shortly after the hundredth run.
    let drift = (0..10).map(|i| (now.moves.0[i] - good.moves.0[i]).abs()).fold(0.0, f32::max);
    assert!(now.moves.is_finite() && drift < 0.5, "{good:?}\n{now:?}");
    let held = conductor.advice().cloned();
    hear(&mut conductor, &programme[960_000..1_000_000]);
    assert_eq!(conductor.advice().cloned(), held);
}

#[test]
fn a_model_that_cannot_be_had_leaves_the_rule() {
    let programme = programme();
    let mut conductor = listening(None);
    conductor.set_model(Err(ModelError::Backend { cause: "no library".to_owned() }));
    hear(&mut conductor, &programme[..960_000]);
    let mut alone = listening(None);
    hear(&mut alone, &programme[..960_000]);
    assert_eq!(conductor.advice(), alone.advice());
    assert!(conductor.trouble().is_some() && conductor.model().is_none());
}

#[test]
fn a_reference_asks_no_model() {
    let programme = programme();
    let (model, runs) = moody(usize::MAX);
    let mut conductor = listening(Some(model));
    let audio =
        crate::audio_file::AudioData { channels: vec![programme[..480_000].to_vec()], rate_hz: 48_000 };
    let reference = Reference::from_audio(&audio, std::path::Path::new("liked.wav")).unwrap();
    conductor.set_reference(Some(reference));
    hear(&mut conductor, &programme[..480_000]);
    assert_eq!(runs.load(Ordering::Relaxed), 0);
    assert!(conductor.advice().is_some() && conductor.aim() == "liked.wav");
    conductor.set_reference(None);
    hear(&mut conductor, &programme[..48_000]);
    assert!(runs.load(Ordering::Relaxed) > 0);
}

#[test]
fn faults_in_the_audio_end_in_numbers() {
    let mut conductor = listening(None);
    for sample in [f32::NAN, f32::INFINITY, 1e30, -1e30, f32::MIN_POSITIVE / 2.0] {
        hear(&mut conductor, &[sample; 48_000]);
        hear(&mut conductor, &programme()[..240_000]);
        assert!(conductor.advice().is_none_or(|advice| advice.moves.is_finite()), "{sample}");
    }
    let mut fresh = listening(None);
    hear(&mut fresh, &programme()[..960_000]);
    hear(&mut conductor, &programme()[..960_000]);
    assert!(conductor.advice().is_some_and(|advice| advice.moves == advice.moves.bounded()));
}

#[test]
fn freezing_stops_what_is_under_way() {
    let programme = programme();
    let mut conductor = listening(None);
    let mut target = None;
    for hop in programme[..960_000].chunks(4_800) {
        target = hear(&mut conductor, hop).or(target);
    }
    assert!(target.is_some(), "it is under way");
    let half_way = Moves(std::array::from_fn(|i| 0.5 * (Moves::NEUTRAL.0[i] + target.unwrap().moves.0[i])));
    let frozen = AdaptiveControls { freeze: true, ..adaptive() };
    let stop = conductor.hear([&programme[960_000..964_800]; 4], &half_way, &frozen);
    assert_eq!(stop.map(|target| target.moves), Some(half_way));
    assert_eq!(conductor.hear([&programme[964_800..1_200_000]; 4], &half_way, &frozen), None);
    let on = conductor.hear([&programme[1_200_000..1_204_800]; 4], &half_way, &adaptive());
    assert_eq!(on.map(|target| target.moves), Some(conductor.steering().committed()));
}

#[test]
fn what_is_aimed_for_next_is_thought_of_at_once() {
    let mut conductor = listening(None);
    hear(&mut conductor, &programme()[..960_000]);
    let before = conductor.advice().cloned();
    let bright = AdaptiveControls { character: Character::Bright, ..adaptive() };
    assert!(conductor.follow(&bright));
    conductor.rethink();
    assert_ne!(conductor.advice().cloned(), before, "without a sound");
    assert!(!conductor.follow(&bright));
}
