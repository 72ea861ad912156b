//! Spectra of overlapping frames, summed into bands and K-weighted. For the listener.

use realfft::{RealFftPlanner, RealToComplex, num_complex::Complex};
use std::sync::Arc;

use super::super::bands::{BANDS, BinWeights, k_power_gain};
use super::Powers;

/// Shortest frame, in seconds. With 80 ms the bins are at most 12.5 Hz apart, two of them in the lowest bands.
const FRAME_S: f64 = 0.08;

/// Transforms frames of two channels. Works in `f32` and sums in `f64`.
pub(super) struct Frames {
    window: Vec<f32>,
    fft: Arc<dyn RealToComplex<f32>>,
    frame: Vec<f32>,
    scratch: Vec<Complex<f32>>,
    spectra: [Vec<Complex<f32>>; 2],
    /// Powers per bin: left, right, and left times right.
    bins: [Vec<f64>; 3],
    /// Mean square that a squared bin stands for; the first and the last stand for half of it.
    scale: f64,
    bands: BinWeights,
    /// K weighting per bin, times the scale.
    k: Vec<f64>,
}

impl Frames {
    pub(super) fn new(rate_hz: f64) -> Self {
        let length = ((FRAME_S * rate_hz).ceil() as usize).next_power_of_two();
        let turn = std::f64::consts::TAU / length as f64;
        let fft = RealFftPlanner::new().plan_fft_forward(length);
        // The squares of a periodic Hann window add up to three eighths of its length.
        let scale = 2.0 / (length as f64 * 0.375 * length as f64);
        let mut k: Vec<f64> = (0..=length / 2)
            .map(|bin| scale * k_power_gain(bin as f64 * rate_hz / length as f64, rate_hz))
            .collect();
        k[0] *= 0.5;
        k[length / 2] *= 0.5;
        Self {
            window: (0..length).map(|n| (0.5 - 0.5 * (turn * n as f64).cos()) as f32).collect(),
            frame: fft.make_input_vec(),
            scratch: fft.make_scratch_vec(),
            spectra: std::array::from_fn(|_| fft.make_output_vec()),
            bins: std::array::from_fn(|_| vec![0.0; length / 2 + 1]),
            fft,
            scale,
            bands: BinWeights::new(length, rate_hz),
            k,
        }
    }

    /// Samples in a frame.
    pub(super) fn length(&self) -> usize {
        self.window.len()
    }

    /// Powers of the frame in two rings whose oldest sample is at `start`.
    pub(super) fn powers(&mut self, rings: [&[f32]; 2], start: usize) -> Powers {
        for (ring, spectrum) in rings.into_iter().zip(&mut self.spectra) {
            let (newer, older) = ring.split_at(start);
            for (x, (sample, w)) in self.frame.iter_mut().zip(older.iter().chain(newer).zip(&self.window)) {
                *x = sample * w;
            }
            self.fft
                .process_with_scratch(&mut self.frame, spectrum, &mut self.scratch)
                .expect("the buffers were made by this plan");
        }
        let [left, right, cross] = &mut self.bins;
        let spectra = self.spectra[0].iter().zip(&self.spectra[1]);
        let outs = left.iter_mut().zip(right).zip(cross);
        let mut k = 0.0;
        for (((l, r), weight), ((left, right), cross)) in spectra.zip(&self.k).zip(outs) {
            let [l_re, l_im, r_re, r_im] = [l.re, l.im, r.re, r.im].map(f64::from);
            *left = l_re * l_re + l_im * l_im;
            *right = r_re * r_re + r_im * r_im;
            *cross = l_re * r_re + l_im * r_im;
            k += weight * (*left + *right);
        }
        // The first bin lies below the lowest band; the last is in a band at low rates only.
        for bins in &mut self.bins {
            *bins.last_mut().expect("a frame has bins") *= 0.5;
        }
        let [left, right, cross] = self.bins.each_ref().map(|bins| {
            std::array::from_fn::<f64, BANDS, _>(|band| {
                let (first, weights) = self.bands.of(band);
                let powers = &bins[first..first + weights.len()];
                self.scale * weights.iter().zip(powers).map(|(w, p)| w * p).sum::<f64>()
            })
        });
        Powers { left, right, cross, k }
    }
}
