//! Sliding maximum over a window, by doubling: branch-free and made of plain vector maxima.

/// Scratch memory for sliding maxima of up to a fixed number of samples.
#[derive(Debug, Clone)]
pub struct SlidingMax {
    spans: [Vec<f32>; 2],
}

impl SlidingMax {
    /// Room for inputs of up to `samples` samples; allocates.
    pub fn new(samples: usize) -> Self {
        Self { spans: [vec![0.0; samples], vec![0.0; samples]] }
    }

    /// The maxima of every `window` neighbouring samples of `input`: `input.len() + 1 - window` values, oldest first.
    ///
    /// Maxima over 2, 4, 8 … samples are built from one another, and two spans that overlap make any width: about
    /// `log2(window)` straight passes, whatever the signal.
    pub fn process(&mut self, input: &[f32], window: usize) -> &[f32] {
        let [from, to] = &mut self.spans;
        let (mut from, mut to) = (from, to);
        let mut len = input.len();
        from[..len].copy_from_slice(input);
        let mut span = 1;
        while span < window {
            let shift = span.min(window - span);
            len -= shift;
            let (early, late) = (&from[..len], &from[shift..shift + len]);
            to[..len]
                .iter_mut()
                .zip(early.iter().zip(late))
                .for_each(|(m, (a, b))| *m = if a > b { *a } else { *b });
            std::mem::swap(&mut from, &mut to);
            span += shift;
        }
        &from[..len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::rng::uniform_at;

    #[test]
    fn agrees_with_brute_force_for_every_width() {
        let source: Vec<f32> = (0..700).map(|i| uniform_at(3, i)).collect();
        let mut sliding = SlidingMax::new(source.len());
        for window in (1..40).chain([63, 64, 65, 127, 200, 511, 640, 700]) {
            let fast = sliding.process(&source, window);
            let slow: Vec<f32> =
                source.windows(window).map(|w| w.iter().copied().fold(f32::MIN, f32::max)).collect();
            assert!(fast == slow, "window {window}");
        }
    }
}
