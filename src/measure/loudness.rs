//! Momentary, short-term and integrated loudness and loudness range, for the meter; fed one cell at a time.
//!
//! A cell is 10 ms on an absolute grid. K-weighting, channel weights and gating are the `ebur128` crate's; the sliding
//! windows are sums of cells, so that maxima see every 10 ms (EBU Tech 3341, vectors 13 and 14) without going over
//! three seconds of audio each time. The crate's `set_max_history` is never called: it pads the history with zeros.

use super::MeasureError;
use ebur128::{EbuR128, Mode};

/// Cells of a [`Meter`](super::Meter) in a second.
pub const CELLS_PER_S: usize = 100;
/// Cells in the momentary window of 400 ms.
const MOMENTARY_CELLS: usize = 40;
/// Cells in the short-term window of 3 s.
pub(super) const SHORT_TERM_CELLS: usize = 300;
/// Offset of BS.1770 between mean square and LUFS, in LU.
const OFFSET_LU: f64 = 0.691;

/// How gating blocks are remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gating {
    /// In bins of 0.1 LU from −70 to +30 LUFS: bounded memory, integrated loudness right to 0.05 LU.
    Histogram,
    /// Every block, 83 bytes per second: exact.
    Exact,
}

/// Loudness state.
pub(super) struct Loudness {
    weighting: EbuR128,
    /// Weighted mean square of the latest cells, as a ring.
    cells: [f64; SHORT_TERM_CELLS],
    next: usize,
    max_momentary: f64,
    max_short_term: f64,
}

impl Loudness {
    pub(super) fn new(rate_hz: u32, channels: usize, gating: Gating) -> Result<Self, MeasureError> {
        let mut mode = Mode::I | Mode::LRA;
        if gating == Gating::Histogram {
            mode |= Mode::HISTOGRAM;
        }
        let weighting = EbuR128::new(channels as u32, rate_hz, mode).map_err(MeasureError::Loudness)?;
        Ok(Self {
            weighting,
            cells: [0.0; SHORT_TERM_CELLS],
            next: 0,
            max_momentary: 0.0,
            max_short_term: 0.0,
        })
    }

    pub(super) fn reset(&mut self) {
        self.weighting.reset();
        self.cells = [0.0; SHORT_TERM_CELLS];
        self.next = 0;
        self.max_momentary = 0.0;
        self.max_short_term = 0.0;
    }

    /// Takes one cell of clean samples, planar.
    pub(super) fn push_cell(&mut self, channels: &[&[f32]]) {
        self.weighting.add_frames_planar_f32(channels).expect("the meter stages equal planes, one a channel");
        let cell_ms = (1_000 / CELLS_PER_S) as u32;
        let level_lufs = self.weighting.loudness_window(cell_ms).unwrap_or(f64::NEG_INFINITY);
        self.cells[self.next] = 10f64.powf((level_lufs + OFFSET_LU) / 10.0);
        self.next = (self.next + 1) % SHORT_TERM_CELLS;
        self.max_momentary = self.max_momentary.max(self.mean_square(MOMENTARY_CELLS));
        self.max_short_term = self.max_short_term.max(self.mean_square(SHORT_TERM_CELLS));
    }

    /// Weighted mean square of the latest `count` cells; what was before the start counts as silence.
    fn mean_square(&self, count: usize) -> f64 {
        // Always summed anew, oldest first: a running sum would keep the rounding of everything that passed.
        let sum: f64 = if count <= self.next {
            self.cells[self.next - count..self.next].iter().sum()
        } else {
            let older = SHORT_TERM_CELLS - (count - self.next);
            self.cells[older..].iter().chain(&self.cells[..self.next]).sum()
        };
        sum / count as f64
    }

    pub(super) fn momentary_lufs(&self) -> f64 {
        lufs(self.mean_square(MOMENTARY_CELLS))
    }

    pub(super) fn short_term_lufs(&self) -> f64 {
        lufs(self.mean_square(SHORT_TERM_CELLS))
    }

    pub(super) fn max_momentary_lufs(&self) -> f64 {
        lufs(self.max_momentary)
    }

    pub(super) fn max_short_term_lufs(&self) -> f64 {
        lufs(self.max_short_term)
    }

    pub(super) fn integrated_lufs(&self) -> f64 {
        self.weighting.loudness_global().unwrap_or(f64::NEG_INFINITY)
    }

    pub(super) fn range_lu(&self) -> f64 {
        self.weighting.loudness_range().unwrap_or(0.0)
    }
}

fn lufs(mean_square: f64) -> f64 {
    super::power_db(mean_square) - OFFSET_LU
}
