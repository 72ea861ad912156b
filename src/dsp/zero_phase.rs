//! Filtering of whole buffers by second-order sections: causal, or forwards and backwards so that no phase is left.
//!
//! For sound that is prepared off the audio thread; a streaming form for voices is in `track::sound::voice::zero_phase`. The
//! treatment of the ends, a point reflection with the filter in its steady state, is the usual one (F. Gustafsson,
//! "Determining the initial states in forward-backward filtering", 1996).

use super::biquad::Biquad;

/// Memory of one section in the transposed direct form II: `y = b0·x + s1`.
pub type Memory = [f64; 2];

/// Memory of a section that has had a constant 1 at its input for ever. Unstable sections have none: zeros.
pub fn steady_memory(section: &Biquad) -> Memory {
    let Biquad { b: [_, b1, b2], a: [a1, a2] } = *section;
    let gain = steady_gain(section);
    let s2 = b2 - a2 * gain;
    [b1 - a1 * gain + s2, s2]
}

/// Gain of a section at frequency zero.
pub fn steady_gain(section: &Biquad) -> f64 {
    let below = 1.0 + section.a[0] + section.a[1];
    if below > 0.0 { section.b.iter().sum::<f64>() / below } else { 0.0 }
}

/// Runs sections one after another over `x` in place, from silence.
pub fn run(sections: &[Biquad], x: &mut [f64]) {
    for section in sections {
        run_section(section, &mut [0.0; 2], x.iter_mut());
    }
}

/// Filters `x` forwards and then backwards: the magnitude response is applied twice and the phase cancels. Both ends are
/// first extended by `extension` frames of odd reflection (less if `x` is no longer than that), and each pass starts in
/// the steady state of the first value it meets. Allocates.
pub fn zero_phase(sections: &[Biquad], extension: usize, x: &mut [f64]) {
    let extension = extension.min(x.len().saturating_sub(1));
    let (Some(&first), Some(&last)) = (x.first(), x.last()) else { return };
    let before = x[1..=extension].iter().rev().map(|x| 2.0 * first - x);
    let after = x[x.len() - 1 - extension..x.len() - 1].iter().rev().map(|x| 2.0 * last - x);
    let mut extended: Vec<f64> = before.chain(x.iter().copied()).chain(after).collect();
    let mut steady = extended[0];
    for section in sections {
        run_section(section, &mut steady_memory(section).map(|s| s * steady), extended.iter_mut());
        steady *= steady_gain(section);
    }
    let mut steady = extended[extended.len() - 1];
    for section in sections {
        run_section(section, &mut steady_memory(section).map(|s| s * steady), extended.iter_mut().rev());
        steady *= steady_gain(section);
    }
    x.copy_from_slice(&extended[extension..extension + x.len()]);
}

fn run_section<'a>(section: &Biquad, memory: &mut Memory, x: impl Iterator<Item = &'a mut f64>) {
    let Biquad { b: [b0, b1, b2], a: [a1, a2] } = *section;
    let [mut s1, mut s2] = *memory;
    for x in x {
        let y = b0 * *x + s1;
        s1 = b1 * *x - a1 * y + s2;
        s2 = b2 * *x - a2 * y;
        *x = y;
    }
    *memory = [s1, s2];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::butterworth::{high_pass, low_pass, magnitude};
    use crate::dsp::rng::uniform_at;
    use std::f64::consts::TAU;

    fn noise(len: u64) -> Vec<f64> {
        (0..len).map(|i| f64::from(uniform_at(3, i))).collect()
    }

    #[test]
    fn a_tone_keeps_its_phase_and_takes_the_gain_twice() {
        let sections = low_pass(4, 1_000.0, 44_100.0);
        let gain = magnitude(&sections, 900.0, 44_100.0).powi(2);
        let tone: Vec<f64> = (0..20_000).map(|i| (TAU * 900.0 * f64::from(i) / 44_100.0).sin()).collect();
        let mut filtered = tone.clone();
        zero_phase(&sections, 15, &mut filtered);
        let worst = (5_000..15_000).map(|i| (filtered[i] - gain * tone[i]).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-9, "{worst}");
    }

    #[test]
    fn straight_lines_and_their_ends_pass_a_low_pass_unchanged() {
        for len in [1, 2, 10, 16, 300] {
            let line: Vec<f64> = (0..len).map(|_| 0.7).collect();
            let mut filtered = line.clone();
            zero_phase(&low_pass(4, 100.0, 44_100.0), 15, &mut filtered);
            assert!(filtered.iter().zip(&line).all(|(y, x)| (y - x).abs() < 1e-9), "{len}: {filtered:?}");
        }
        zero_phase(&low_pass(4, 100.0, 44_100.0), 15, &mut []);
    }

    #[test]
    fn turning_the_sound_round_turns_the_result_round_far_from_the_ends() {
        let sections = high_pass(3, 3_000.0, 44_100.0);
        let (mut forwards, mut backwards) = (noise(3_000), noise(3_000));
        backwards.reverse();
        zero_phase(&sections, 15, &mut forwards);
        zero_phase(&sections, 15, &mut backwards);
        backwards.reverse();
        let worst = (500..2_500).map(|i| (forwards[i] - backwards[i]).abs()).fold(0.0, f64::max);
        assert!(worst < 1e-12, "{worst}");
    }

    #[test]
    fn a_causal_run_starts_with_the_impulse_response() {
        let section = low_pass(2, 5_000.0, 44_100.0);
        let mut impulse = [1.0, 0.0, 0.0];
        run(&section, &mut impulse);
        let Biquad { b, a } = section[0];
        let second = b[1] - a[0] * b[0];
        let expected = [b[0], second, b[2] - a[0] * second - a[1] * b[0]];
        assert!(impulse.iter().zip(expected).all(|(y, e)| (y - e).abs() < 1e-15), "{impulse:?} {expected:?}");
    }
}
