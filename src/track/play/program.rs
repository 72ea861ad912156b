//! A compiled track with the memory to play it: renders any stretch of it, in any order, bus by bus.
//!
//! Made off the audio thread, used on it (or by a renderer), one per player.

use crate::track::play::levels::{BusGains, Peaks};
use crate::track::play::plan::{Plan, PlannedStep};
use crate::track::sound::span::{QUANTUM, Quantum};
use crate::track::sound::voice::Voice;
use std::sync::Arc;

/// Fastest change of a step's gain while its level is still being measured, as a factor per quantum: about 0.2 dB in a
/// second at 48 kHz, too slow to be heard as a movement.
const SLEW_PER_QUANTUM: f32 = 1.000_03;

/// The parts that a listener may mute or solo.
#[derive(Debug, Clone, PartialEq)]
pub struct Buses {
    /// Tonal voices.
    pub tones: Quantum,
    /// Noise voices and the background noise.
    pub noise: Quantum,
    /// Overlay clips.
    pub clips: Quantum,
}

impl Buses {
    /// Silence.
    pub const SILENT: Self = Self { tones: Quantum::SILENT, noise: Quantum::SILENT, clips: Quantum::SILENT };
}

/// A player of a plan.
pub struct Program {
    plan: Arc<Plan>,
    steps: StepPlayers,
    bed: Option<Reader>,
    /// Steps from the first on whose levels are known to be settled.
    settled: usize,
}

impl Program {
    /// Makes one. Allocates.
    pub fn new(plan: Arc<Plan>) -> Self {
        let steps = StepPlayers::new(&plan);
        let bed = plan.bed.as_ref().map(|bed| Reader::new(vec![bed.fork()]));
        Self { plan, steps, bed, settled: 0 }
    }

    /// What is played.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Whether every step has been measured.
    pub fn is_settled(&mut self) -> bool {
        let rest = self.plan.steps[self.settled..].iter();
        self.settled += rest.take_while(|step| step.level.is_settled()).count();
        self.settled == self.plan.steps.len()
    }

    /// Renders the frames from `first` on into the first `frames` (at most [`QUANTUM`]) of every bus. Frames after the
    /// end of the track are silent.
    pub fn render(&mut self, first: u64, frames: usize, out: &mut Buses) {
        *out = Buses::SILENT;
        let end = (first + frames as u64).min(self.plan.frames);
        self.steps.add(&self.plan, first, end, usize::MAX, &mut out.tones, &mut out.noise);
        if end <= first {
            return;
        }
        let count = (end - first) as usize;
        if let Some(bed) = &mut self.bed {
            for (quantum, at, frames) in pieces(first, end) {
                bed.prepare(quantum);
                let offset = (quantum + at as u64 - first) as usize;
                let range = offset..offset + frames;
                let (left, right) = (&mut out.noise.left[range.clone()], &mut out.noise.right[range]);
                bed.add(at, 1.0, None, left, right);
            }
        }
        for clip in &self.plan.clips {
            let range = clip.range();
            if range.start < end && first < range.end {
                clip.add(first, &mut out.clips.left[..count], &mut out.clips.right[..count]);
            }
        }
    }
}

/// Players of all steps of a plan.
pub(super) struct StepPlayers(Vec<StepPlayer>);

impl StepPlayers {
    /// Makes one for every step.
    pub fn new(plan: &Plan) -> Self {
        Self(plan.steps.iter().map(StepPlayer::new).collect())
    }

    /// Adds the steps with an index below `before`, joined as if there were no others, for the frames `first..end`, at
    /// most [`QUANTUM`] of them.
    pub fn add(
        &mut self,
        plan: &Plan,
        first: u64,
        end: u64,
        before: usize,
        tones: &mut Quantum,
        noise: &mut Quantum,
    ) {
        let mut at = first;
        while at < end {
            let (next, sounding) = plan.segments.at(at);
            let next = next.min(end);
            let into = (at - first) as usize..(next - first) as usize;
            for step in sounding.iter().map(|step| *step as usize).filter(|step| *step < before) {
                let out = BusRange { tones, noise, into: into.clone() };
                self.0[step].add(&plan.steps[step], step, at, before, out);
            }
            at = next;
        }
    }
}

/// Cuts the quanta of some voices to any alignment, summing them.
struct Reader {
    voices: Vec<Box<dyn Voice>>,
    sum: Quantum,
    /// First frame of the quantum in `sum`.
    ready: u64,
}

impl Reader {
    fn new(voices: Vec<Box<dyn Voice>>) -> Self {
        Self { voices, sum: Quantum::SILENT, ready: u64::MAX }
    }

    /// Renders the quantum that begins at `first`, unless it is there already.
    fn prepare(&mut self, first: u64) {
        if first == self.ready {
            return;
        }
        self.ready = first;
        let mut voices = self.voices.iter_mut();
        match voices.next() {
            Some(voice) => voice.render(first, &mut self.sum),
            None => self.sum = Quantum::SILENT,
        }
        let mut one = Quantum::SILENT;
        for voice in voices {
            voice.render(first, &mut one);
            for (sum, one) in [(&mut self.sum.left, &one.left), (&mut self.sum.right, &one.right)] {
                sum.iter_mut().zip(one).for_each(|(sum, x)| *sum += x);
            }
        }
    }

    /// Adds `gain` times the frames from `at` of the ready quantum to both channels.
    fn add(&self, at: usize, gain: f32, fade: Option<&[f32]>, left: &mut [f32], right: &mut [f32]) {
        for (out, sum) in [(left, &self.sum.left[at..]), (right, &self.sum.right[at..])] {
            match fade {
                Some(fade) => {
                    out.iter_mut().zip(sum).zip(fade).for_each(|((out, x), fade)| *out += x * (gain * fade));
                }
                None => out.iter_mut().zip(sum).for_each(|(out, x)| *out += x * gain),
            }
        }
    }
}

/// Stretches of at most a quantum between `begin` and `end` that do not cross the quantum grid.
fn pieces(begin: u64, end: u64) -> impl Iterator<Item = (u64, usize, usize)> {
    let mut at = begin;
    std::iter::from_fn(move || {
        (at < end).then(|| {
            let into = (at % QUANTUM as u64) as usize;
            let frames = (QUANTUM - into).min((end - at) as usize);
            let first = at - into as u64;
            at += frames as u64;
            (first, into, frames)
        })
    })
}

/// One step with its voices.
struct StepPlayer {
    tones: Reader,
    noise: Reader,
    gains: Option<BusGains>,
}

impl StepPlayer {
    fn new(step: &PlannedStep) -> Self {
        let fork = |voices: &[Box<dyn Voice>], unheard: &[usize]| {
            let heard = voices.iter().enumerate().filter(|(place, _)| !unheard.contains(place));
            Reader::new(heard.map(|(_, voice)| voice.fork()).collect())
        };
        let [tones, noise] = &step.unheard;
        Self { tones: fork(&step.tones, tones), noise: fork(&step.noise, noise), gains: None }
    }

    /// With every voice, heard or not.
    fn complete(step: &PlannedStep) -> Self {
        let fork = |voices: &[Box<dyn Voice>]| Reader::new(voices.iter().map(|voice| voice.fork()).collect());
        Self { tones: fork(&step.tones), noise: fork(&step.noise), gains: None }
    }

    /// Adds the track frames from `first` on to a range of both buses, faded and scaled.
    fn add(&mut self, step: &PlannedStep, index: usize, first: u64, joins_before: usize, out: BusRange<'_>) {
        let fade = fade(step, index, first, out.into.len(), joins_before);
        let shift = -step.lag_frames;
        // The step's own frames that fall on this stretch.
        let begin = (first as i64 - step.placement.start as i64) + shift;
        let end = (begin + out.into.len() as i64).min(step.placement.span.frames as i64);
        for (quantum, at, frames) in pieces(begin.max(0) as u64, end.max(0) as u64) {
            let offset = ((quantum + at as u64) as i64 - begin) as usize;
            let range = out.into.start + offset..out.into.start + offset + frames;
            let fade = fade.as_ref().map(|fade| &fade[offset..offset + frames]);
            self.move_gains(step, quantum);
            let gains = self.gains.unwrap_or_else(|| step.level.gains());
            for (reader, gain, bus) in [
                (&mut self.tones, gains.tones, &mut *out.tones),
                (&mut self.noise, gains.noise, &mut *out.noise),
            ] {
                if !reader.voices.is_empty() {
                    reader.prepare(quantum);
                    let (left, right) = (&mut bus.left[range.clone()], &mut bus.right[range.clone()]);
                    reader.add(at, gain, fade, left, right);
                }
            }
        }
    }

    /// Follows the measured level, once per quantum: at once when the step begins to sound, slowly while it sounds.
    fn move_gains(&mut self, step: &PlannedStep, quantum: u64) {
        let is_next = quantum == self.tones.ready.wrapping_add(QUANTUM as u64)
            || quantum == self.noise.ready.wrapping_add(QUANTUM as u64);
        let is_same = quantum == self.tones.ready || quantum == self.noise.ready;
        let target = step.level.gains();
        self.gains = match self.gains {
            Some(now) if is_same => Some(now),
            Some(now) if is_next && now != target => Some(BusGains {
                tones: toward(now.tones, target.tones),
                noise: toward(now.noise, target.noise),
            }),
            _ => Some(target),
        };
    }

    /// Largest magnitudes of the unscaled buses within frames of the step.
    fn peaks(&mut self, begin: u64, end: u64) -> Peaks {
        let mut peaks = Peaks::default();
        let mut one = Quantum::SILENT;
        for (quantum, at, frames) in pieces(begin, end) {
            if !self.tones.voices.is_empty() {
                self.tones.prepare(quantum);
                peaks.tones = peaks.tones.max(peak(&self.tones.sum, at, frames));
            }
            for voice in &mut self.noise.voices {
                voice.render(quantum, &mut one);
                peaks.noise = peaks.noise.max(peak(&one, at, frames));
            }
        }
        peaks
    }
}

/// Where a step adds its sound.
struct BusRange<'a> {
    tones: &'a mut Quantum,
    noise: &'a mut Quantum,
    into: std::ops::Range<usize>,
}

fn peak(quantum: &Quantum, at: usize, frames: usize) -> f32 {
    let largest = |x: &[f32]| x.iter().fold(0.0f32, |most, x| most.max(x.abs()));
    largest(&quantum.left[at..at + frames]).max(largest(&quantum.right[at..at + frames]))
}

fn toward(now: f32, target: f32) -> f32 {
    if now > 0.0 && target > 0.0 {
        target.clamp(now / SLEW_PER_QUANTUM, now * SLEW_PER_QUANTUM)
    } else {
        target
    }
}

/// Product of the fades that fall on a stretch of a step, if any does.
fn fade(
    step: &PlannedStep,
    index: usize,
    first: u64,
    frames: usize,
    joins_before: usize,
) -> Option<[f32; QUANTUM]> {
    let mut product = None;
    for (by, join) in std::iter::once(&(index, step.placement.join)).chain(&step.fade_outs) {
        let (begin, end) = (join.start.max(first), join.range().end.min(first + frames as u64));
        if begin < end && *by < joins_before {
            let product = product.get_or_insert([1.0f32; QUANTUM]);
            for frame in begin..end {
                product[(frame - first) as usize] *= join.gains(frame)[usize::from(*by == index)];
            }
        }
    }
    product
}

/// Peaks of a step's unscaled buses within some of its frames, by voices made for the purpose.
pub(super) struct StepScan(StepPlayer);

impl StepScan {
    /// Makes a scanner of a step.
    pub fn new(step: &PlannedStep) -> Self {
        Self(StepPlayer::complete(step))
    }

    /// Peaks within `begin..end`.
    pub fn peaks(&mut self, begin: u64, end: u64) -> Peaks {
        self.0.peaks(begin, end)
    }

    /// The step's sum by its measured level without trim, unfaded and unshifted, for its frames `begin..begin + len`.
    pub fn sum(&mut self, step: &PlannedStep, begin: u64, left: &mut [f32], right: &mut [f32]) {
        let gains = step.level.untrimmed_gains();
        left.fill(0.0);
        right.fill(0.0);
        for (quantum, at, frames) in pieces(begin, begin + left.len() as u64) {
            let offset = (quantum + at as u64 - begin) as usize;
            let range = offset..offset + frames;
            for (reader, gain) in [(&mut self.0.tones, gains.tones), (&mut self.0.noise, gains.noise)] {
                if !reader.voices.is_empty() {
                    reader.prepare(quantum);
                    reader.add(at, gain, None, &mut left[range.clone()], &mut right[range.clone()]);
                }
            }
        }
    }
}
