//! Measures the level of every step by rendering it once, in parallel and off the audio thread.

use crate::track::play::levels::{Peaks, limit_of_sum};
use crate::track::play::plan::{Plan, PlannedStep};
use crate::track::play::program::StepScan;
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};

/// Frames that one task renders.
const STRETCH: u64 = 1 << 16;
/// Places of a step that are looked at before anything is known.
const PROBES: u64 = 24;
/// Frames of each of them.
const PROBE: u64 = 1 << 11;
/// Change of loudness from step to step that continuity makes up for, as a factor (3 dB).
const LARGEST_TRIM: f64 = 1.412_537_544_622_754_4;
/// Length of the running mean of the power that loudness is read from, in seconds.
const LOUDNESS_WINDOW_S: f64 = 0.05;
/// Running level below which a sample does not count.
const LOUDNESS_FLOOR: f64 = 1e-5;
/// Measured steps that are remembered.
const REMEMBERED: usize = 4_096;

static MEASURED: LazyLock<Mutex<HashMap<u64, Peaks>>> = LazyLock::new(Mutex::default);

/// Looks at a few places of every step, so that a track can start with a sensible level at once. Steps that were
/// measured before, and those no longer than the look itself, get their exact level.
pub fn probe(plan: &Plan) {
    plan.steps.par_iter().for_each(|step| {
        let frames = step.placement.span.frames;
        if let Some(peaks) = recall(step.content) {
            step.level.raise(peaks);
            return;
        }
        if frames == 0 {
            return;
        }
        let mut scan = StepScan::new(step);
        let stride = (frames / PROBES).max(PROBE);
        for begin in (0..frames).step_by(stride as usize) {
            step.level.raise(scan.peaks(begin, (begin + PROBE).min(frames)));
        }
    });
}

/// Measures every step, those that sound at or after `from` first, and settles their levels. Tells the finished share
/// now and then. Returns false when `cancel` was set before it was done.
pub fn scan(plan: &Plan, from: u64, cancel: &AtomicBool, progress: &(dyn Fn(f64) + Sync)) -> bool {
    let mut order: Vec<&PlannedStep> = plan.steps.iter().filter(|step| !step.level.is_settled()).collect();
    order.sort_by_key(|step| (step.placement.range().end <= from, step.placement.start));
    let all: u64 = order.iter().map(|step| step.placement.span.frames).sum();
    let done = AtomicU64::new(0);
    for step in &order {
        let complete = match recall(step.content) {
            Some(peaks) => {
                step.level.raise(peaks);
                true
            }
            None => measure(step, cancel, &|frames| {
                let before = done.fetch_add(frames, Ordering::Relaxed);
                progress((before + frames) as f64 / all.max(1) as f64);
            }),
        };
        if !complete {
            return false;
        }
        if !plan.keeps_loudness {
            step.level.settle(trim_of_sum(step, 1.0));
        }
    }
    if plan.keeps_loudness {
        keep_loudness(plan);
    }
    true
}

/// Renders one step in stretches, on all cores.
fn measure(step: &PlannedStep, cancel: &AtomicBool, progress: &(dyn Fn(u64) + Sync)) -> bool {
    let frames = step.placement.span.frames;
    let stretches: Vec<u64> = (0..frames).step_by(STRETCH as usize).collect();
    stretches.par_iter().with_max_len(1).for_each_init(
        || StepScan::new(step),
        |scan, begin| {
            if !cancel.load(Ordering::Relaxed) {
                let end = (begin + STRETCH).min(frames);
                step.level.raise(scan.peaks(*begin, end));
                progress(end - begin);
            }
        },
    );
    let complete = !cancel.load(Ordering::Relaxed);
    if complete && let Ok(mut measured) = MEASURED.lock() {
        if measured.len() >= REMEMBERED {
            measured.clear();
        }
        measured.insert(step.content, step.level.peaks());
    }
    complete
}

fn recall(content: u64) -> Option<Peaks> {
    MEASURED.lock().ok()?.get(&content).copied()
}

/// Gain that keeps the sum of both buses, scaled by `trim`, within its limit, times `trim`.
fn trim_of_sum(step: &PlannedStep, trim: f32) -> f32 {
    if trim <= 1.0 && !step.level.may_exceed(step.noise.len()) {
        return trim;
    }
    trim * limit_of_sum(trim * sum_of(step).peak)
}

/// Gives each step the loudness of the one before, as far as 3 dB go.
fn keep_loudness(plan: &Plan) {
    let sums: Vec<Sum> = plan.steps.par_iter().map(sum_of).collect();
    let mut reference: Option<f64> = None;
    for (step, sum) in plan.steps.iter().zip(&sums).filter(|(step, _)| step.placement.span.frames > 0) {
        let trim = match reference {
            Some(reference) if reference > 0.0 && sum.loudness > 0.0 => {
                (reference / sum.loudness).clamp(1.0 / LARGEST_TRIM, LARGEST_TRIM)
            }
            _ => 1.0,
        };
        reference = Some(sum.loudness * trim);
        step.level.settle((trim as f32) * limit_of_sum(trim as f32 * sum.peak));
    }
    for step in plan.steps.iter().filter(|step| step.placement.span.frames == 0) {
        step.level.settle(1.0);
    }
}

/// Peak and loudness of a step's scaled sum.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Sum {
    peak: f32,
    loudness: f64,
}

fn sum_of(step: &PlannedStep) -> Sum {
    let frames = step.placement.span.frames;
    let mut scan = StepScan::new(step);
    let mut follower = Loudness::new(step.placement.span.rate_hz, frames);
    let (mut left, mut right) = (vec![0.0; STRETCH as usize], vec![0.0; STRETCH as usize]);
    let mut peak = 0.0f32;
    for begin in (0..frames).step_by(STRETCH as usize) {
        let len = STRETCH.min(frames - begin) as usize;
        scan.sum(step, begin, &mut left[..len], &mut right[..len]);
        for (l, r) in left[..len].iter().zip(&right[..len]) {
            peak = peak.max(l.abs()).max(r.abs());
            follower.push(0.5 * (f64::from(*l).powi(2) + f64::from(*r).powi(2)));
        }
    }
    Sum { peak, loudness: follower.finish() }
}

/// Mean of the running level over all samples where it is above the floor. The window is centred and reaches over both
/// ends, where there is silence.
pub struct Loudness {
    window: Vec<f64>,
    at: usize,
    pushed: u64,
    frames: u64,
    sum: f64,
    total: f64,
    counted: u64,
}

impl Loudness {
    /// For `frames` samples of power.
    pub fn new(rate_hz: f64, frames: u64) -> Self {
        let window = ((LOUDNESS_WINDOW_S * rate_hz) as usize).max(1);
        Self { window: vec![0.0; window], at: 0, pushed: 0, frames, sum: 0.0, total: 0.0, counted: 0 }
    }

    /// Takes the power of the next sample.
    pub fn push(&mut self, power: f64) {
        self.sum += power - self.window[self.at];
        self.window[self.at] = power;
        self.at += 1;
        if self.at == self.window.len() {
            self.at = 0;
            self.sum = self.window.iter().sum(); // rounding does not pile up
        }
        self.pushed += 1;
        let ahead = (self.window.len() as u64 - 1) / 2;
        if self.pushed > ahead && self.pushed - ahead <= self.frames {
            let level = (self.sum.max(0.0) / self.window.len() as f64).sqrt();
            if level > LOUDNESS_FLOOR {
                self.total += level;
                self.counted += 1;
            }
        }
    }

    /// The mean, after the samples whose window reaches over the end.
    pub fn finish(mut self) -> f64 {
        for _ in 0..(self.window.len() - 1) / 2 {
            self.push(0.0);
        }
        self.total / self.counted.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loudness_of_a_steady_tone_is_its_level() {
        let mut loudness = Loudness::new(44_100.0, 44_100);
        for i in 0..44_100 {
            loudness.push(0.5 * (f64::from(i) * 0.1).sin().powi(2));
        }
        let level = loudness.finish();
        // The first and last 25 ms ramp; the rest is √¼.
        assert!((level - 0.5).abs() < 0.01, "{level}");
    }
}
