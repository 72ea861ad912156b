//! The original's chain over a whole buffer: what noise fed from a file becomes when parity is asked for.
//!
//! Off the audio thread. Reference: the file format's section on noise; each step below is one of its letters.

use super::motion::{GRID, Motion};
use super::notch::Notch;
use crate::dsp::biquad::Biquad;
use crate::dsp::butterworth::{high_pass, low_pass};
use crate::dsp::zero_phase::{Memory, steady_memory, zero_phase};
use std::f64::consts::TAU;

/// Highest frequency that passes freely, in Hz; first order.
pub const TOP_HZ: f64 = 10_000.0;
/// Lowest frequency that passes freely, in Hz; second order.
pub const BOTTOM_HZ: f64 = 50.0;
/// Peak of a finished noise.
pub const PEAK: f32 = 0.95;

/// Frames of a sweep pass's window; they follow each other at half of it.
const WINDOW: usize = 2 * GRID as usize;
/// Windows with fewer frames left are skipped.
const SHORTEST: usize = 100;

/// Both ears of a recording after all notches, at their final level.
pub fn render(recording: &[f32], motion: &Motion, notches: &[Notch], rate_hz: f64) -> [Vec<f32>; 2] {
    let mut source: Vec<f64> =
        recording.iter().map(|x| if x.is_finite() { f64::from(*x) } else { 0.0 }).collect();
    zero_phase(&low_pass(1, TOP_HZ, rate_hz), 6, &mut source);
    zero_phase(&high_pass(2, BOTTOM_HZ, rate_hz), 9, &mut source);
    let top = peak(&source);
    scale(&mut source, 0.8 / (top + 1e-8));
    let level = rms(&source);
    let mut ears = [0, 1].map(|ear| {
        let mut x = source.clone();
        for pass in 0..motion.passes() {
            x = swept(&x, motion, ear, pass, rate_hz);
        }
        let found = rms(&x);
        if found > 1e-8 {
            scale(&mut x, level / found);
        }
        for notch in notches.iter().filter(|notch| notch.is_audible(rate_hz)) {
            for _ in 0..notch.stages {
                zero_phase(&[notch.section(rate_hz)], 9, &mut x);
            }
        }
        x
    });
    let top = peak(&ears[0]).max(peak(&ears[1]));
    if top > 0.0 && top <= f64::from(PEAK) {
        ears.iter_mut().for_each(|ear| scale(ear, f64::from(PEAK) / top));
    }
    ears.map(|ear| ear.iter().map(|x| (*x as f32).clamp(-PEAK, PEAK)).collect())
}

/// One pass of the sweeps: windows that overlap by half, each filtered by the notches at its centre. The memories go on
/// from window to window, although each sound is filtered twice: as in the original, for parity.
pub(super) fn swept(x: &[f64], motion: &Motion, ear: usize, pass: usize, rate_hz: f64) -> Vec<f64> {
    let window: Vec<f64> =
        (0..WINDOW).map(|i| 0.5 - 0.5 * (TAU * i as f64 / (WINDOW - 1) as f64).cos()).collect();
    let (mut sum, mut weight) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    let mut memories: Vec<Vec<Memory>> = vec![Vec::new(); motion.sweeps()];
    let mut frame = vec![0.0; WINDOW];
    for first in (0..x.len()).step_by(WINDOW / 2) {
        let len = WINDOW.min(x.len() - first);
        if len < SHORTEST {
            continue;
        }
        // The notches of a window, cut at the end, are those at its middle.
        let centre = (first + len / 2) as u64;
        frame.fill(0.0);
        frame[..len].copy_from_slice(&x[first..first + len]);
        for (sweep, memories) in memories.iter_mut().enumerate() {
            let notch = motion.notch(centre, ear, pass, sweep);
            if notch.is_audible(rate_hz) {
                filter(&notch.section(rate_hz), notch.stages as usize, memories, &mut frame);
            }
        }
        for i in 0..len {
            sum[first + i] += frame[i] * window[i];
            weight[first + i] += window[i];
        }
    }
    sum.iter().zip(&weight).map(|(sum, weight)| if *weight > 1e-8 { sum / weight } else { 0.0 }).collect()
}

/// Equal sections in series; a stage without a memory starts in the steady state of the first frame.
fn filter(section: &Biquad, stages: usize, memories: &mut Vec<Memory>, frame: &mut [f64]) {
    for stage in 0..stages {
        if memories.len() <= stage {
            memories.push(steady_memory(section).map(|memory| memory * frame[0]));
        }
        let Biquad { b: [b0, b1, b2], a: [a1, a2] } = *section;
        let [mut s1, mut s2] = memories[stage];
        for x in frame.iter_mut() {
            let y = b0 * *x + s1;
            s1 = b1 * *x - a1 * y + s2;
            s2 = b2 * *x - a2 * y;
            *x = y;
        }
        memories[stage] = [s1, s2];
    }
}

fn peak(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |peak, x| x.abs().max(peak))
}

fn rms(x: &[f64]) -> f64 {
    (x.iter().map(|x| x * x).sum::<f64>() / x.len().max(1) as f64).sqrt()
}

fn scale(x: &mut [f64], gain: f64) {
    x.iter_mut().for_each(|x| *x *= gain);
}
