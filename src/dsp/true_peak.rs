//! True peaks: the height of the waveform between the samples, as a converter would trace it and as a meter reads it.
//!
//! Four half-band steps interpolate sixteen times; only the first is long, because the signal fills less of the band with
//! every doubling. At 44.1 kHz a 20 kHz sine is under-read by at most 0.035 dB. The interpolator that
//! ITU-R BS.1770-4 (annex 2) prescribes for meters has up to 0.2 dB of ripple, so its reading is taken beside: whoever holds
//! the larger of the two below a ceiling satisfies ear and meter. For the limiter, on the audio thread.

use super::MAX_BLOCK;
use super::halfband::{self, VECTOR};
use super::vector::largest_magnitude_simd;
use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, f32x8};

/// Positions between two samples that are looked at, the sample itself included.
const PHASES: usize = 16;

/// Pairs of neighbours of the four doublings.
const PAIRS: [usize; 4] = [24, 4, 3, 2];

/// Stop-band attenuation that each doubling reaches with its number of taps.
const ATTENUATION_DB: [f64; 4] = [70.0, 66.0, 66.0, 52.0];

/// How far each doubling lags behind the newest sample: it needs neighbours that are still to come.
const LAG: [usize; 4] = [24, 26, 27, 28];

/// Samples between the newest input and the position whose peak is reported.
pub const DETECTOR_DELAY: usize = LAG[3];

/// Past that every phase keeps. Enough to compute the last few positions again after a rest.
const PAST: usize = 64;

/// Positions that are computed again after a rest, so that later doublings find their neighbours.
const CATCH_UP: usize = 8;

const LENGTH: usize = PAST + MAX_BLOCK + 4 * VECTOR;

/// Samples before a position that its interpolation may touch.
const REACH: usize = PAIRS[0];

/// All samples that two vectors of positions may touch.
const WINDOW: usize = 2 * REACH + 1 + 2 * VECTOR;

/// Interpolator of ITU-R BS.1770-4, annex 2: the first two of four phases; the others are these reversed.
const METER_PHASES: [[f32; 12]; 2] = [
    [
        0.001_708_984_4,
        0.010_986_328,
        -0.019_653_32,
        0.033_203_125,
        -0.059_448_242,
        0.137_329_1,
        0.972_167_97,
        -0.102_294_92,
        0.047_607_422,
        -0.026_611_328,
        0.014_892_578,
        -0.008_300_781,
    ],
    [
        -0.029_174_805,
        0.029_296_875,
        -0.051_757_813,
        0.089_111_33,
        -0.166_503_9,
        0.465_087_9,
        0.779_785_16,
        -0.200_317_38,
        0.101_562_5,
        -0.058_227_54,
        0.033_081_055,
        -0.018_920_898,
    ],
];

/// Detector for one channel.
#[derive(Debug, Clone)]
pub struct TruePeak {
    level: Level,
    taps: [Vec<f32>; 4],
    /// Largest factor by which any interpolated value can exceed the samples around it.
    overshoot: f32,
    phases: Box<[[f32; LENGTH]; PHASES]>,
    /// The interpolated phases are not up to date, because the signal was too low to matter.
    resting: bool,
}

impl Default for TruePeak {
    fn default() -> Self {
        Self::new()
    }
}

impl TruePeak {
    /// A detector with silence behind it; allocates.
    pub fn new() -> Self {
        let taps = std::array::from_fn(|i| halfband::taps(PAIRS[i], ATTENUATION_DB[i]));
        let gain: f32 =
            taps.iter().map(|t: &Vec<f32>| 2.0 * t.iter().map(|t| t.abs()).sum::<f32>()).product();
        Self {
            level: Level::new(),
            taps,
            overshoot: gain,
            phases: Box::new([[0.0; LENGTH]; PHASES]),
            resting: true,
        }
    }

    /// Clears the signal memory.
    pub fn reset(&mut self) {
        self.phases.as_flattened_mut().fill(0.0);
        self.resting = true;
    }

    /// Takes in a block and writes for each sample the largest magnitude between the sample [`DETECTOR_DELAY`] earlier
    /// and its successor. Peaks that cannot reach `floor` may be reported as anything below it.
    pub fn process(&mut self, block: &[f32], floor: f32, peaks: &mut [f32]) {
        let frames = block.len();
        self.phases[0][PAST..PAST + frames].copy_from_slice(block);
        dispatch!(self.level, simd => self.run(simd, frames, floor, peaks));
    }

    #[inline(always)]
    fn run<S: Simd>(&mut self, simd: S, frames: usize, floor: f32, peaks: &mut [f32]) {
        let loudest = largest_magnitude_simd(simd, &self.phases[0][..PAST + frames]);
        if loudest * self.overshoot < floor {
            peaks.fill(0.0);
            self.resting = true;
        } else {
            let again = if self.resting { CATCH_UP } else { 0 };
            self.resting = false;
            self.double::<S, { PAIRS[0] }, 0, 1>(simd, frames, again);
            self.double::<S, { PAIRS[1] }, 1, 2>(simd, frames, again);
            self.double::<S, { PAIRS[2] }, 2, 4>(simd, frames, again);
            self.double::<S, { PAIRS[3] }, 3, 8>(simd, frames, again);
            self.read_peaks(simd, frames, peaks);
        }
        self.move_on(simd, frames);
    }

    /// The newest samples become the past. Of the other phases only the newest few are needed again: further back nobody
    /// looks, and nothing later has been computed.
    #[inline(always)]
    fn move_on<S: Simd>(&mut self, simd: S, frames: usize) {
        self.phases[0].copy_within(frames..frames + PAST, 0);
        if !self.resting {
            let kept = PAST - LAG[0] - VECTOR;
            for phase in &mut self.phases[1..] {
                let newest = f32x8::from_slice(simd, &phase[kept + frames..kept + frames + VECTOR]);
                phase[kept..kept + VECTOR].copy_from_slice(newest.as_slice());
            }
        }
    }

    /// Computes the positions of the `NEW` phases that one doubling adds, and `again` positions before them.
    #[inline(always)]
    fn double<S: Simd, const P: usize, const DOUBLING: usize, const NEW: usize>(
        &mut self,
        simd: S,
        frames: usize,
        again: usize,
    ) {
        // New phases lie half-way between those that are `spacing` apart.
        let spacing = PHASES >> DOUBLING;
        let taps: [f32; P] = std::array::from_fn(|j| self.taps[DOUBLING][j]);
        let first = PAST - LAG[DOUBLING] - again;
        for at in (first..first + frames + again).step_by(2 * VECTOR) {
            let mut results = [[[0.0; VECTOR]; 2]; NEW];
            let known: [&[f32; WINDOW]; NEW] = std::array::from_fn(|i| {
                self.phases[i * spacing][at - REACH..at - REACH + WINDOW]
                    .try_into()
                    .expect("a window's length")
            });
            for (new, result) in results.iter_mut().enumerate() {
                // The vectors `steps` spacings away from the phase before the new one, across sample borders where need be.
                let load = |steps: isize, half: usize| {
                    let place = new as isize + steps;
                    let (phase, offset) = (place & (NEW as isize - 1), place >> NEW.ilog2());
                    let from = (REACH as isize + offset) as usize + half * VECTOR;
                    f32x8::from_slice(simd, &known[phase as usize][from..from + VECTOR])
                };
                // Four sums hide the latency of the additions.
                let zero = f32x8::splat(simd, 0.0);
                let (mut a0, mut a1, mut b0, mut b1) = (zero, zero, zero, zero);
                for j in 0..P {
                    let tap = f32x8::splat(simd, taps[j]);
                    let (before, behind) = (-(j as isize), 1 + j as isize);
                    let (x0, x1) = (load(before, 0) + load(behind, 0), load(before, 1) + load(behind, 1));
                    if j % 2 == 0 {
                        (a0, a1) = (tap.mul_add(x0, a0), tap.mul_add(x1, a1));
                    } else {
                        (b0, b1) = (tap.mul_add(x0, b0), tap.mul_add(x1, b1));
                    }
                }
                result[0].copy_from_slice((a0 + b0).as_slice());
                result[1].copy_from_slice((a1 + b1).as_slice());
            }
            for (new, result) in results.iter().enumerate() {
                let phase = &mut self.phases[new * spacing + spacing / 2];
                phase[at..at + 2 * VECTOR].copy_from_slice(result.as_flattened());
            }
        }
    }

    /// Largest magnitude over all phases and the meter's interpolator.
    #[inline(always)]
    fn read_peaks<S: Simd>(&self, simd: S, frames: usize, peaks: &mut [f32]) {
        let mut padded = [0.0; MAX_BLOCK + VECTOR];
        let samples = &self.phases[0];
        for start in (0..frames).step_by(VECTOR) {
            let at = PAST - DETECTOR_DELAY + start;
            let mut peak = vector_at(simd, samples, at).abs();
            for phase in &self.phases[1..] {
                peak = peak.max(vector_at(simd, phase, at).abs());
            }
            // The meter's phases come in mirrored pairs: their even and odd parts are summed once for both.
            let (mut even, mut odd) = ([f32x8::splat(simd, 0.0); 2], [f32x8::splat(simd, 0.0); 2]);
            for k in 0..6 {
                let (early, late) =
                    (vector_at(simd, samples, at - 6 + k), vector_at(simd, samples, at + 5 - k));
                for (p, taps) in METER_PHASES.iter().enumerate() {
                    even[p] = (early + late).mul_add(0.5 * (taps[k] + taps[11 - k]), even[p]);
                    odd[p] = (early - late).mul_add(0.5 * (taps[k] - taps[11 - k]), odd[p]);
                }
            }
            for p in 0..2 {
                peak = peak.max((even[p] + odd[p]).abs()).max((even[p] - odd[p]).abs());
            }
            padded[start..start + VECTOR].copy_from_slice(peak.as_slice());
        }
        peaks.copy_from_slice(&padded[..frames]);
    }
}

#[inline(always)]
fn vector_at<S: Simd>(simd: S, samples: &[f32; LENGTH], at: usize) -> f32x8<S> {
    f32x8::from_slice(simd, &samples[at..at + VECTOR])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn largest_peak(signal: &[f32], cut: usize) -> f32 {
        let mut detector = TruePeak::new();
        let mut largest = 0.0f32;
        for block in signal.chunks(cut) {
            let mut peaks = vec![0.0; block.len()];
            detector.process(block, 0.0, &mut peaks);
            largest = peaks.into_iter().fold(largest, f32::max);
        }
        largest
    }

    fn sine(freq: f64, phase: f64, len: usize) -> Vec<f32> {
        // Faded in and out, so that only the steady part can set the peak.
        (0..len)
            .map(|n| {
                let fade = (n.min(len - n) as f64 / 300.0).min(1.0);
                ((TAU * (freq * n as f64 + phase)).sin() * (0.5 - 0.5 * (std::f64::consts::PI * fade).cos()))
                    as f32
            })
            .collect()
    }

    #[test]
    fn reads_sines_up_to_20_khz_at_44_1_khz() {
        for (freq, low_db, high_db) in [
            (0.01, -0.01, 0.12),
            (0.1, -0.01, 0.2),
            (0.25, -0.015, 0.2),
            (0.4, -0.03, 0.2),
            (20.0 / 44.1, -0.05, 0.25),
        ] {
            for phase in [0.0, 0.125, 0.3] {
                let db = 20.0 * largest_peak(&sine(freq, phase, 6_000), 64).log10();
                assert!((low_db..high_db).contains(&db), "{freq} {phase}: {db} dB");
            }
        }
    }

    #[test]
    fn does_not_depend_on_block_cuts_or_rests() {
        let signal: Vec<f32> = (0..3_000)
            .map(|n| crate::dsp::rng::uniform_at(5, n) * if n / 500 % 2 == 0 { 1.0 } else { 1e-3 })
            .collect();
        let run = |cut: usize, floor: f32| {
            let mut detector = TruePeak::new();
            let mut peaks = vec![0.0; signal.len()];
            for (block, peaks) in signal.chunks(cut).zip(peaks.chunks_mut(cut)) {
                detector.process(block, floor, peaks);
            }
            peaks
        };
        let whole = run(64, 0.0);
        for cut in [1, 7, 16, 33] {
            let cut_up = run(cut, 0.0);
            assert!((0..whole.len()).all(|i| whole[i] == cut_up[i]), "cut {cut}");
        }
        for cut in [5, 64] {
            let rested = run(cut, 0.5);
            for (i, (a, b)) in whole.iter().zip(&rested).enumerate() {
                assert!(a == b || (*a < 0.5 && *b < 0.5), "cut {cut} at {i}: {a} {b}");
            }
            assert!(rested.iter().zip(&whole).any(|(r, w)| r != w), "never rested");
        }
    }

    #[test]
    fn reported_delay_is_the_measured_one() {
        let mut impulse = [0.0; 64];
        impulse[10] = 1.0;
        let mut peaks = [0.0; 64];
        TruePeak::new().process(&impulse, 0.0, &mut peaks);
        let at = (0..64).max_by(|a, b| peaks[*a].total_cmp(&peaks[*b])).unwrap();
        assert_eq!(at, 10 + DETECTOR_DELAY);
    }
}
