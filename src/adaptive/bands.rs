//! The forty bands in which adaptive mastering looks at a programme, and the K weighting of BS.1770 as a function of
//! frequency. For the listener and for everything that compares spectra; plain arithmetic, any thread.

use std::ops::Range;

use crate::dsp::loudness::k_weighting;

/// Bands between [`LOWEST_HZ`] and [`HIGHEST_HZ`], equally wide in log frequency: a quarter of an octave each.
pub const BANDS: usize = 40;
/// Lower edge of the lowest band, in Hz.
pub const LOWEST_HZ: f64 = 20.0;
/// Upper edge of the highest band, in Hz.
pub const HIGHEST_HZ: f64 = 20_000.0;
/// Pairs of neighbouring bands, for what needs no finer view.
pub const DOUBLE_BANDS: usize = BANDS / 2;
/// Zones of bands whose channels are correlated: bass, low middle, high middle, top.
pub const ZONES: [Range<usize>; 4] = [0..12, 12..23, 23..33, 33..40];

/// Edge `index` of the bands, in Hz: the lower edge of band `index`, the upper one of the band before.
pub fn edge_hz(index: usize) -> f64 {
    LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ).powf(index as f64 / BANDS as f64)
}

/// Middle of a band in log frequency, in Hz.
pub fn centre_hz(band: usize) -> f64 {
    (edge_hz(band) * edge_hz(band + 1)).sqrt()
}

/// Power gain of the K weighting at a frequency, with its two sections designed for this sample rate.
pub fn k_power_gain(freq_hz: f64, rate_hz: f64) -> f64 {
    k_weighting(rate_hz).map(|section| section.magnitude(freq_hz, rate_hz).powi(2)).iter().product()
}

/// Which share of which bins of a transform makes a band.
#[derive(Debug, Clone)]
pub struct BinWeights {
    /// Lowest bin of each band, and the place of its weights in `weights`.
    first_bins: [usize; BANDS],
    places: [usize; BANDS + 1],
    weights: Vec<f64>,
}

impl BinWeights {
    /// For real transforms of `frame` samples: bin `k` stands for the frequencies within half a bin of its own, and
    /// counts in each band by the part of them that lies there.
    pub fn new(frame: usize, rate_hz: f64) -> Self {
        let bin_hz = rate_hz / frame as f64;
        let (mut first_bins, mut places, mut weights) = ([0; BANDS], [0; BANDS + 1], Vec::new());
        for band in 0..BANDS {
            let (low, high) = (edge_hz(band) / bin_hz, edge_hz(band + 1) / bin_hz);
            let first = ((low + 0.5).floor() as usize).min(frame / 2 + 1);
            let end = ((high + 0.5).ceil() as usize).clamp(first, frame / 2 + 1);
            first_bins[band] = first;
            weights.extend((first..end).map(|bin| {
                let bin = bin as f64;
                ((bin + 0.5).min(high) - (bin - 0.5).max(low)).max(0.0)
            }));
            places[band + 1] = weights.len();
        }
        Self { first_bins, places, weights }
    }

    /// First bin of a band and the weights of this and the following ones. Empty above half the sample rate.
    pub fn of(&self, band: usize) -> (usize, &[f64]) {
        (self.first_bins[band], &self.weights[self.places[band]..self.places[band + 1]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bands_span_three_decades_evenly() {
        assert_eq!(edge_hz(0), 20.0);
        assert!((edge_hz(BANDS) - 20_000.0).abs() < 1e-8);
        for band in 0..BANDS {
            assert!((edge_hz(band + 1) / edge_hz(band) - 1_000f64.powf(0.025)).abs() < 1e-12);
            assert!(edge_hz(band) < centre_hz(band) && centre_hz(band) < edge_hz(band + 1));
        }
        assert_eq!(ZONES.map(|zone| zone.len()).iter().sum::<usize>(), BANDS);
    }

    #[test]
    fn every_frequency_counts_once() {
        for (frame, rate_hz) in [(1_024, 8_000.0), (4_096, 44_100.0), (4_096, 48_000.0), (32_768, 384_000.0)]
        {
            let weights = BinWeights::new(frame, rate_hz);
            let bin_hz = rate_hz / frame as f64;
            for band in 0..BANDS {
                let (first, weights) = weights.of(band);
                assert!(first + weights.len() <= frame / 2 + 1);
                // Up to half a bin above the highest one.
                let top_hz = (rate_hz + bin_hz) / 2.0;
                let want_hz = edge_hz(band + 1).min(top_hz) - edge_hz(band).min(top_hz);
                let got_hz = weights.iter().sum::<f64>() * bin_hz;
                assert!((got_hz - want_hz).abs() < 1e-8, "{rate_hz} {band}: {got_hz} {want_hz}");
            }
        }
    }

    #[test]
    fn the_weighting_is_that_of_the_standard() {
        // A sine of 997 Hz reads its own level: the weighting is 0.691 dB there.
        let at_1k_db = 10.0 * k_power_gain(997.0, 48_000.0).log10();
        assert!((at_1k_db - 0.691).abs() < 0.01, "{at_1k_db}");
        let top_db = 10.0 * k_power_gain(10_000.0, 48_000.0).log10();
        assert!((top_db - 4.0).abs() < 0.05, "{top_db}");
    }
}
