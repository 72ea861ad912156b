//! Reading a delay line between its samples: for the flanger and the spatial group, on the audio thread.
//!
//! The original weighs its taps wrongly (it takes the older neighbour for the newer one), so that its delay jumps by two
//! samples at every whole number; comparisons with its exports need that.

use super::{Behaviour, QUANTUM};

/// Frames whose delays are looked at together: with one whole part they are read as straight runs.
pub const RUN: usize = 16;

/// How a delay line is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// A straight line between both neighbours.
    Linear,
    /// Lagrange's cubic through four samples.
    Cubic,
    /// The original's linear reading.
    ShippedLinear,
    /// The original's cubic reading.
    ShippedCubic,
}

/// Delays of a quantum in samples: whole numbers, rounded up, and how far each is above the true delay.
pub struct Delays {
    whole: [u32; QUANTUM],
    share: [f32; QUANTUM],
}

impl Delays {
    /// Splits `delays`, which are positive and below 2³¹.
    #[inline(always)]
    pub fn split(delays: &[f64; QUANTUM]) -> Self {
        let mut split = Self { whole: [0; QUANTUM], share: [0.0; QUANTUM] };
        for i in 0..QUANTUM {
            let whole = delays[i].ceil();
            split.whole[i] = whole as i32 as u32;
            split.share[i] = (whole - delays[i]) as f32;
        }
        split
    }
}

impl Reader {
    /// The reader for a file's 0 (linear) or 1 (cubic).
    pub fn new(is_cubic: bool, behaviour: Behaviour) -> Self {
        match (is_cubic, behaviour) {
            (false, Behaviour::Intended) => Self::Linear,
            (true, Behaviour::Intended) => Self::Cubic,
            (false, Behaviour::Original) => Self::ShippedLinear,
            (true, Behaviour::Original) => Self::ShippedCubic,
        }
    }

    /// Samples by which the newest tap is newer than the delay rounded up.
    pub fn newest(self) -> usize {
        match self {
            Self::Linear => 1,
            Self::Cubic => 2,
            Self::ShippedLinear | Self::ShippedCubic => 0,
        }
    }

    /// Samples by which the oldest tap may be older than the delay.
    pub fn reach(self) -> usize {
        match self {
            Self::Linear => 1,
            Self::Cubic | Self::ShippedLinear => 2,
            Self::ShippedCubic => 4,
        }
    }

    /// Reads `line` for the frames `from..from + out.len()` of the quantum; frame `from` itself stands (or is going to) at
    /// `now` of the line. Delays are at least [`Self::newest`] beyond what the line holds.
    #[inline(always)]
    pub fn read(self, line: &[f32], now: usize, delays: &Delays, from: usize, out: &mut [f32]) {
        match self {
            Self::Linear => read_taps(line, now + 1, delays, from, out, |f| [f, 1.0 - f]),
            Self::Cubic => read_taps(line, now + 2, delays, from, out, |f| {
                let (g, h, e) = (1.0 - f, 2.0 - f, 1.0 + f);
                [e * f * g * (-1.0 / 6.0), 0.5 * e * f * h, 0.5 * e * g * h, f * g * h * (-1.0 / 6.0)]
            }),
            Self::ShippedLinear => read_taps(line, now, delays, from, out, |f| [1.0 - f, f]),
            Self::ShippedCubic => read_taps(line, now, delays, from, out, |f| {
                let (g, e) = (1.0 - f, 1.0 + f);
                [g * f * f * (-1.0 / 6.0), 0.5 * g * f * e, 0.5 * g * g * e, g * g * f * (-1.0 / 6.0)]
            }),
        }
    }
}

/// Reads with `weights(share)`, newest tap first; `newest` is where the newest tap of frame `from` stands for delay 0.
#[inline(always)]
fn read_taps<const TAPS: usize>(
    line: &[f32],
    newest: usize,
    delays: &Delays,
    from: usize,
    out: &mut [f32],
    weights: impl Fn(f32) -> [f32; TAPS],
) {
    let whole = &delays.whole[from..from + out.len()];
    let share = &delays.share[from..from + out.len()];
    for (run, out) in out.chunks_mut(RUN).enumerate() {
        let at = run * RUN;
        let (whole, share) = (&whole[at..at + out.len()], &share[at..at + out.len()]);
        let newest = newest + at;
        match (<&mut [f32; RUN]>::try_from(&mut *out), share.first_chunk()) {
            (Ok(out), Some(share)) if whole.iter().all(|n| *n == whole[0]) => {
                // All taps of the run lie in one stretch of the line.
                let begin = newest - whole[0] as usize + 1 - TAPS;
                read_run(&line[begin..begin + RUN + TAPS - 1], share, out, &weights);
            }
            _ => {
                for i in 0..out.len() {
                    let weights = weights(share[i]);
                    let end = newest + i - whole[i] as usize;
                    let taps = &line[end + 1 - TAPS..=end];
                    out[i] = (0..TAPS).map(|tap| weights[tap] * taps[TAPS - 1 - tap]).sum();
                }
            }
        }
    }
}

/// Reads a run of frames whose taps move on together; `line` begins with the oldest tap of the first.
#[inline(always)]
fn read_run<const TAPS: usize>(
    line: &[f32],
    share: &[f32; RUN],
    out: &mut [f32; RUN],
    weights: &impl Fn(f32) -> [f32; TAPS],
) {
    let mut all = [[0.0; RUN]; TAPS];
    for i in 0..RUN {
        let weights = weights(share[i]);
        for tap in 0..TAPS {
            all[tap][i] = weights[tap];
        }
    }
    *out = [0.0; RUN];
    for tap in 0..TAPS {
        let Some(taps) = line[TAPS - 1 - tap..].first_chunk::<RUN>() else { return };
        for i in 0..RUN {
            out[i] += all[tap][i] * taps[i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intended_readers_follow_a_straight_line_and_shipped_ones_jump() {
        let line: Vec<f32> = (0..300).map(|i| i as f32).collect();
        let delays: [f64; QUANTUM] = std::array::from_fn(|i| 20.0 + 0.37 * i as f64);
        let split = Delays::split(&delays);
        for reader in [Reader::Linear, Reader::Cubic] {
            let mut out = [0.0; QUANTUM];
            reader.read(&line, 200, &split, 0, &mut out);
            for i in 0..QUANTUM {
                assert!((f64::from(out[i]) - (200.0 + i as f64 - delays[i])).abs() < 1e-3);
            }
        }
        let mut out = [0.0; QUANTUM];
        Reader::ShippedLinear.read(&line, 200, &split, 0, &mut out);
        assert!((out[1] - (201.0 - 21.0 - 0.63)).abs() < 1e-3, "20.37 is read as 21.63");
    }

    #[test]
    fn straight_runs_agree_with_single_reads() {
        let line: Vec<f32> = (0..300).map(|i| (i as f32 * 0.7).sin()).collect();
        for reader in [Reader::Linear, Reader::Cubic, Reader::ShippedLinear, Reader::ShippedCubic] {
            let split = Delays::split(&std::array::from_fn(|i| 30.2 + 0.01 * i as f64));
            let (mut runs, mut singles) = ([0.0; QUANTUM], [0.0; QUANTUM]);
            reader.read(&line, 200, &split, 0, &mut runs);
            for i in 0..QUANTUM {
                reader.read(&line, 200 + i, &split, i, &mut singles[i..=i]);
            }
            assert!(runs.iter().zip(&singles).all(|(x, y)| (x - y).abs() < 1e-6));
        }
    }
}
