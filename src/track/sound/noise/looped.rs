//! A recording that fills a step: cut where it is longer, going round with a short crossfade where it is shorter.

use crate::track::file::files::Recording;
use crate::track::sound::span::Span;
use std::f32::consts::FRAC_PI_2;
use std::sync::Arc;

/// Longest crossfade from the end to the start.
const CROSSFADE_S: f64 = 0.02;

/// The first channel of a recording, endlessly.
#[derive(Debug, Clone)]
pub struct Looped {
    recording: Arc<Recording>,
    crossfade: usize,
    /// Frames after which it comes round.
    period: usize,
}

impl Looped {
    /// A recording with at least one channel of at least one frame.
    pub fn new(recording: Arc<Recording>, span: Span) -> Self {
        let len = recording.channels.first().map_or(0, Vec::len);
        let crossfade = ((CROSSFADE_S * span.rate_hz) as usize).min(len / 4);
        Self { recording, crossfade, period: (len - crossfade).max(1) }
    }

    fn samples(&self) -> &[f32] {
        self.recording.channels.first().map_or(&[], Vec::as_slice)
    }

    /// Largest magnitude over root mean square.
    pub fn crest(&self) -> f32 {
        let samples = self.samples();
        let peak = samples.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
        let power =
            samples.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>() / samples.len().max(1) as f64;
        if power > 0.0 { peak / power.sqrt() as f32 } else { 1.0 }
    }

    /// The samples from `first` on; silence before the start.
    pub fn read(&self, first: i64, out: &mut [f32]) {
        let samples = self.samples();
        for (i, out) in out.iter_mut().enumerate() {
            let Ok(at) = usize::try_from(first + i as i64) else {
                *out = 0.0;
                continue;
            };
            let (round, at) = (at / self.period, at % self.period);
            let at_of = |at: usize| samples.get(at).copied().filter(|x| x.is_finite()).unwrap_or(0.0);
            *out = at_of(at);
            if round > 0 && at < self.crossfade {
                // Two stretches that have nothing to do with each other: equal power.
                let angle = FRAC_PI_2 * (at as f32 + 0.5) / self.crossfade as f32;
                *out = *out * angle.sin() + at_of(self.period + at) * angle.cos();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_round_without_a_step_and_starts_as_it_is() {
        let samples: Vec<f32> = (0..1_000).map(|i| 0.5 + i as f32 * 1e-4).collect();
        let recording = Arc::new(Recording { channels: vec![samples.clone()], rate_hz: 1_000 });
        let looped = Looped::new(recording, Span::new(60.0, 1_000.0));
        let mut out = vec![0.0; 3_000];
        looped.read(-10, &mut out);
        assert_eq!((&out[..10], &out[10..500]), (&[0.0; 10][..], &samples[..490]));
        assert!(out[11..].windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.05));
        let mut later = vec![0.0; 100];
        looped.read(1_990, &mut later);
        assert_eq!(later, out[2_000..2_100]);
        let single = Arc::new(Recording { channels: vec![vec![0.25]], rate_hz: 1_000 });
        Looped::new(single, Span::new(1.0, 1_000.0)).read(0, &mut later);
        assert_eq!(later, [0.25; 100]);
    }
}
