//! The level of a streamed noise: both ears equally loud, the peak of the step where the original puts it.
//!
//! Off the audio thread. A short step is played through; the peak of a long one is what theory expects of Gaussian noise
//! of its length (S. O. Rice, "Mathematical Analysis of Random Noise", 1944: crossings of a level).

use super::spectrum::Spectrum;
use super::stream::{Fuel, Plan, Stream, Work};
use crate::track::sound::span::{QUANTUM, Quantum};

/// Steps up to this length are played through.
const PLAYED_S: f64 = 30.0;
/// Frames that stand for all of a long step.
const MOST_FRAMES: u64 = 256;

/// Gains that give both ears the same power before the static notches, averaged over the step: a mean power of one.
pub fn balance(plan: &Plan) -> [f32; 2] {
    let source = mean_spectrum(plan);
    let mut powers = [0.0; 2];
    let mut x = source.clone();
    for frame in chosen_frames(plan) {
        for ear in 0..plan.channels() {
            x.copy_from(&source);
            plan.sweep(frame, ear, &mut x);
            powers[ear] += power(&x, |bin| undone(plan.resting[bin]));
        }
    }
    let frames = chosen_frames(plan).count() as f64;
    let gain = |power: f64| if power > 0.0 { (frames / power).sqrt() as f32 } else { 0.0 };
    let left = gain(powers[0]);
    if plan.channels() == 1 { [left; 2] } else { [left, gain(powers[1])] }
}

/// The peak of both ears over the step at the plan's gains, played or expected.
pub fn peak(stream: &mut Stream) -> f32 {
    if stream.plan().span.duration_s <= PLAYED_S { played_peak(stream) } else { expected_peak(stream.plan()) }
}

fn played_peak(stream: &mut Stream) -> f32 {
    let frames = stream.plan().span.frames;
    let mut out = Quantum::SILENT;
    let mut peak = 0.0f32;
    for first in (0..frames).step_by(QUANTUM) {
        stream.read_unlimited(first, &mut out);
        let n = QUANTUM.min((frames - first) as usize);
        peak = out.left[..n].iter().chain(&out.right[..n]).fold(peak, |peak, x| peak.max(x.abs()));
    }
    peak
}

/// The level that a Gaussian noise with the step's powers passes about as often as its highest peak.
fn expected_peak(plan: &Plan) -> f32 {
    let source = mean_spectrum(plan);
    let mut x = source.clone();
    let (mut powers, mut turns) = (Vec::new(), 0.0);
    for frame in chosen_frames(plan) {
        for ear in 0..plan.channels() {
            x.copy_from(&source);
            plan.sweep(frame, ear, &mut x);
            let gain = f64::from(plan.gains[ear]).powi(2);
            powers.push(gain * power(&x, |_| 1.0));
            turns += gain * power(&x, |bin| bin as f64 / (2 * plan.hop) as f64);
        }
    }
    let total: f64 = powers.iter().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let loudest = powers.iter().copied().fold(0.0, f64::max).sqrt();
    if let Fuel::Recording(looped) = &plan.fuel {
        return (total / powers.len() as f64).sqrt() as f32 * looped.crest();
    }
    // Crossings of ±u from one sample to the next, two in a turn of the mean frequency (the ripple above it crosses in
    // clumps), but no more than there are samples beyond u.
    let crossings = 2.0 * turns / total;
    let weight = plan.span.frames as f64 * plan.channels() as f64 / powers.len() as f64;
    let count = |u: f64| {
        let one = |power: &f64| {
            let beyond = (2.0 * power / std::f64::consts::PI).sqrt() / u;
            crossings.min(beyond) * (-0.5 * u * u / power.max(1e-300)).exp()
        };
        weight * powers.iter().map(one).sum::<f64>()
    };
    // The mean of an extreme lies where its level is passed e^−γ times.
    let (mut low, mut high) = (0.5 * loudest, 20.0 * loudest);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if count(middle) > 0.561_459 { low = middle } else { high = middle }
    }
    high as f32
}

/// Amplitudes of an average frame without sweeps: the power of the sound is the sum of their squares.
fn mean_spectrum(plan: &Plan) -> Spectrum {
    let mut mean = Spectrum::silent(plan.hop + 1);
    match &plan.fuel {
        // Each frequency adds a wave of twice its amplitude.
        Fuel::Random(_) => {
            mean.re.iter_mut().zip(&plan.amplitude).for_each(|(mean, amplitude)| *mean = 2.0 * amplitude)
        }
        Fuel::Recording(_) => {
            let mut work = Work::new(plan);
            let mut powers = vec![0.0f64; mean.re.len()];
            for frame in chosen_frames(plan) {
                plan.fill(frame, &mut work);
                for (bin, power) in powers.iter_mut().enumerate() {
                    *power += f64::from(work.source.re[bin]).powi(2) + f64::from(work.source.im[bin]).powi(2);
                }
            }
            // A frame's sound has half the power of what it is cut from, and each frequency stands for two.
            let scale = 4.0 / chosen_frames(plan).count() as f64;
            mean.re.iter_mut().zip(powers).for_each(|(mean, power)| *mean = (scale * power).sqrt() as f32);
        }
    }
    mean
}

/// Frames spread over the step, all of them if they are few.
fn chosen_frames(plan: &Plan) -> impl Iterator<Item = u64> {
    let frames = plan.frames();
    let count = frames.min(MOST_FRAMES);
    // The golden ratio keeps them out of step with any oscillator.
    let spread = move |i: u64| ((i as f64 * 0.618_033_988_749_895).fract() * frames as f64) as u64;
    (0..count).map(move |i| if count == frames { i } else { spread(i) })
}

/// Sum of the squares of a spectrum, each bin's amplitude weighted.
fn power(x: &Spectrum, weight: impl Fn(usize) -> f64) -> f64 {
    let square = |(bin, (re, im)): (usize, (&f32, &f32))| {
        weight(bin) * (f64::from(*re) * f64::from(*re) + f64::from(*im) * f64::from(*im))
    };
    x.re.iter().zip(&x.im).enumerate().map(square).sum()
}

/// The weight that undoes an amplitude; none where nothing is left to undo.
fn undone(amplitude: f32) -> f64 {
    let square = f64::from(amplitude) * f64::from(amplitude);
    if square > 1e-12 { square.recip() } else { 0.0 }
}
