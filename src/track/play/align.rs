//! The shift that the original renderer gives a step before it fades it in, for comparison with its exports.
//!
//! Over the overlap the incoming step is moved to where it correlates best with what sounds already. The lag is
//! unbounded, may lose a good part of the step, and needs the future: nothing for playing. Off the audio thread.

use crate::track::play::plan::Plan;
use crate::track::play::program::{StepPlayers, StepScan};
use crate::track::sound::span::{QUANTUM, Quantum};
use realfft::RealFftPlanner;
use realfft::num_complex::Complex;

/// Correlations that differ by less than this share of the largest count as equal; the smallest lag then wins.
const TIE: f64 = 1e-12;

/// Finds the lag of every joined step, in order, as each depends on those before. All levels must be settled.
pub fn align(plan: &mut Plan) {
    let mut players = StepPlayers::new(plan);
    for step in 0..plan.steps.len() {
        let join = plan.steps[step].placement.join;
        if join.frames == 0 {
            continue;
        }
        let frames = join.frames as usize;
        let mut old = [vec![0.0f32; frames], vec![0.0f32; frames]];
        for begin in (0..frames).step_by(QUANTUM) {
            let count = QUANTUM.min(frames - begin);
            let (mut tones, mut noise) = (Quantum::SILENT, Quantum::SILENT);
            let first = join.start + begin as u64;
            players.add(plan, first, first + count as u64, step, &mut tones, &mut noise);
            for i in 0..count {
                old[0][begin + i] = tones.left[i] + noise.left[i];
                old[1][begin + i] = tones.right[i] + noise.right[i];
            }
        }
        let mut new = [vec![0.0f32; frames], vec![0.0f32; frames]];
        let [left, right] = &mut new;
        let planned = &plan.steps[step];
        StepScan::new(planned).sum(planned, 0, left, right);
        plan.steps[step].lag_frames = best_lag(&old, &new);
    }
}

/// The smallest L that maximises Σ `old[m + L] · new[m]`, summed over channels of equal length.
pub fn best_lag(old: &[Vec<f32>; 2], new: &[Vec<f32>; 2]) -> i64 {
    let frames = old[0].len();
    let size = (2 * frames).next_power_of_two().max(2);
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum = |x: &[f32]| {
        let mut padded = vec![0.0; size];
        padded.iter_mut().zip(x).for_each(|(padded, x)| *padded = f64::from(*x));
        let mut spectrum = forward.make_output_vec();
        // The lengths fit by construction.
        let _ = forward.process(&mut padded, &mut spectrum);
        spectrum
    };
    let mut product = vec![Complex::new(0.0, 0.0); size / 2 + 1];
    for (old, new) in old.iter().zip(new) {
        let (old, new) = (spectrum(old), spectrum(new));
        product.iter_mut().zip(old.iter().zip(&new)).for_each(|(sum, (old, new))| *sum += old * new.conj());
    }
    let mut correlation = vec![0.0; size];
    let _ = inverse.process(&mut product, &mut correlation);
    let at = |lag: i64| correlation[lag.rem_euclid(size as i64) as usize];
    let lags = 1 - frames as i64..frames as i64;
    let largest = lags.clone().map(at).fold(f64::NEG_INFINITY, f64::max);
    lags.clone().find(|lag| at(*lag) >= largest - TIE * largest.abs()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_known_shift_in_both_directions() {
        let x: Vec<f32> = (0..2_000).map(|i| crate::dsp::rng::uniform_at(3, i)).collect();
        let cut = |from: usize| [x[from..from + 1_000].to_vec(), x[from..from + 1_000].to_vec()];
        assert_eq!(best_lag(&cut(100), &cut(137)), 37);
        assert_eq!(best_lag(&cut(137), &cut(100)), -37);
        assert_eq!(best_lag(&cut(5), &cut(5)), 0);
    }
}
