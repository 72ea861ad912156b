//! Sample-rate conversion of whole recordings. Background threads only.
//!
//! A windowed-sinc low-pass evaluated at the exact position of every output sample. Reference: J. F. Kaiser's window
//! with his length and shape formulas, as in Oppenheim and Schafer, "Discrete-Time Signal Processing", chapter 7.

use std::f64::consts::PI;

/// Stop-band attenuation that the filter is designed for, in dB.
const ATTENUATION_DB: f64 = 140.0;
/// Upper end of the pass band as a share of the lower Nyquist frequency: 20 kHz at 44.1 kHz.
const PASSBAND: f64 = 20_000.0 / 22_050.0;
/// Partial sums of the inner product; independent lanes let the compiler use vector registers.
const LANES: usize = 8;

/// Converts one channel to another rate.
///
/// The result has round(length · `to_hz` / `from_hz`) samples (at least one if there was one) and starts at the same
/// instant: no delay, silence is assumed before and after. Flat to 0.907 of the lower Nyquist frequency, images and
/// aliases below −120 dB. Rates above zero.
pub fn resample(channel: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    if from_hz == to_hz || channel.is_empty() {
        return channel.to_vec();
    }
    let divisor = gcd(from_hz, to_hz);
    let (step, phases) = ((from_hz / divisor) as usize, (to_hz / divisor) as usize);
    let kernel = Kernel::new(phases, f64::from(to_hz.min(from_hz)) / f64::from(from_hz));
    let padded = padded(channel, kernel.taps);
    (0..output_len(channel.len(), from_hz, to_hz))
        .map(|output| {
            let position = output * step;
            let (start, phase) = (position / phases, position % phases);
            inner_product(&padded[start..start + kernel.taps], kernel.phase(phase))
        })
        .collect()
}

/// Samples that `resample` returns for `len` samples.
fn output_len(len: usize, from_hz: u32, to_hz: u32) -> usize {
    let (from_hz, to_hz) = (from_hz as u128, to_hz as u128);
    (((len as u128 * to_hz + from_hz / 2) / from_hz) as usize).max(usize::from(len > 0))
}

/// The input between enough silence for the filter to reach over both ends: the first tap of output 0 lies
/// `taps / 2 − 1` samples before the input, and rounding of the length may place the last output one sample later.
fn padded(channel: &[f32], taps: usize) -> Vec<f32> {
    let mut padded = vec![0.0; taps / 2 - 1];
    padded.reserve(channel.len() + taps);
    padded.extend_from_slice(channel);
    padded.resize(padded.len() + taps, 0.0);
    padded
}

/// The low-pass, sampled once per fractional position.
struct Kernel {
    taps: usize,
    coefficients: Vec<f32>,
}

impl Kernel {
    /// `bandwidth` is the lower rate as a share of the input rate, at most 1.
    fn new(phases: usize, bandwidth: f64) -> Self {
        let stop = 0.5 * bandwidth;
        let pass = stop * PASSBAND;
        let cutoff = 0.5 * (pass + stop);
        let length = (ATTENUATION_DB - 7.95) / (2.285 * 2.0 * PI * (stop - pass));
        let taps = (length.ceil() as usize + 1).next_multiple_of(LANES);
        let shape = 0.1102 * (ATTENUATION_DB - 8.7);
        let half = taps as f64 / 2.0;
        let mut coefficients = Vec::with_capacity(phases * taps);
        for phase in 0..phases {
            let fraction = phase as f64 / phases as f64;
            coefficients.extend((0..taps).map(|tap| {
                let distance = tap as f64 - (half - 1.0) - fraction;
                (2.0 * cutoff * sinc(2.0 * cutoff * distance) * kaiser(distance / half, shape)) as f32
            }));
        }
        Self { taps, coefficients }
    }

    fn phase(&self, phase: usize) -> &[f32] {
        &self.coefficients[phase * self.taps..][..self.taps]
    }
}

fn inner_product(samples: &[f32], coefficients: &[f32]) -> f32 {
    let mut sums = [0.0_f32; LANES];
    for (samples, coefficients) in samples.chunks_exact(LANES).zip(coefficients.chunks_exact(LANES)) {
        for lane in 0..LANES {
            sums[lane] += samples[lane] * coefficients[lane];
        }
    }
    sums.iter().sum()
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// Kaiser window at `x` in −1…1.
fn kaiser(x: f64, shape: f64) -> f64 {
    bessel_i0(shape * (1.0 - x * x).max(0.0).sqrt()) / bessel_i0(shape)
}

/// Modified Bessel function of the first kind and order zero, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum, mut order) = (1.0, 1.0, 1.0);
    while term > sum * 1e-17 {
        term *= quarter / (order * order);
        sum += term;
        order += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A second of a sine, and where its samples belong at another rate.
    fn sine(freq_hz: f64, rate_hz: u32) -> Vec<f32> {
        (0..rate_hz)
            .map(|n| (0.5 * (2.0 * PI * freq_hz * f64::from(n) / f64::from(rate_hz)).sin()) as f32)
            .collect()
    }

    fn level_db(values: impl Iterator<Item = f64>) -> f64 {
        let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value * value, count + 1.0));
        10.0 * (sum / count).log10() - 10.0 * (0.125_f64).log10()
    }

    #[test]
    fn sines_in_the_pass_band_arrive_in_place_and_at_level() {
        for (from_hz, to_hz) in [
            (44_100, 48_000),
            (48_000, 44_100),
            (44_100, 192_000),
            (192_000, 44_100),
            (96_000, 48_000),
            (32_000, 44_100),
        ] {
            for share in [0.001, 0.1, 0.5, 0.9] {
                let freq_hz = share * 0.5 * f64::from(from_hz.min(to_hz));
                let found = resample(&sine(freq_hz, from_hz), from_hz, to_hz);
                let expected = sine(freq_hz, to_hz);
                assert_eq!(found.len(), expected.len());
                let inside = to_hz as usize / 10..to_hz as usize * 9 / 10;
                let error_db = level_db(inside.map(|n| f64::from(found[n]) - f64::from(expected[n])));
                assert!(error_db < -125.0, "{from_hz} to {to_hz} Hz, {freq_hz} Hz: error {error_db:.1} dB");
            }
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_hold_is_removed() {
        for (from_hz, to_hz, freq_hz) in
            [(96_000, 44_100, 22_060.0), (48_000, 44_100, 23_000.0), (192_000, 48_000, 60_000.0)]
        {
            let found = resample(&sine(freq_hz, from_hz), from_hz, to_hz);
            let inside = to_hz as usize / 10..to_hz as usize * 9 / 10;
            let left_db = level_db(inside.map(|n| f64::from(found[n])));
            assert!(left_db < -120.0, "{freq_hz} Hz from {from_hz} to {to_hz} Hz leaves {left_db:.1} dB");
        }
    }

    #[test]
    fn the_length_is_the_rounded_ratio_for_every_length() {
        for (len, expected) in [(0, 0), (1, 1), (2, 2), (147, 160), (148, 161), (441, 480)] {
            assert_eq!(resample(&vec![0.25; len], 44_100, 48_000).len(), expected);
        }
        assert_eq!(resample(&[1.0; 3], 192_000, 44_100).len(), 1);
        assert_eq!(resample(&[0.5, -0.5], 44_100, 44_100), [0.5, -0.5]);
    }
}
