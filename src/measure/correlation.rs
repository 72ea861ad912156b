//! Phase correlation of the first two channels, over a window for display and over the whole programme; for the meter.

/// Cells of 10 ms in the display window.
const WINDOW_CELLS: usize = 40;

/// Sums of products of a stretch of audio.
#[derive(Debug, Clone, Copy, Default)]
struct Products {
    left: f64,
    right: f64,
    cross: f64,
}

impl Products {
    fn of(left: &[f32], right: &[f32]) -> Self {
        let mut sum = Self::default();
        for (&l, &r) in left.iter().zip(right) {
            let (l, r) = (f64::from(l), f64::from(r));
            sum.left += l * l;
            sum.right += r * r;
            sum.cross += l * r;
        }
        sum
    }

    fn add(&mut self, other: &Self) {
        self.left += other.left;
        self.right += other.right;
        self.cross += other.cross;
    }

    fn coefficient(&self) -> Option<f64> {
        // Root by root: the product of two tiny sums could underflow.
        let scale = self.left.sqrt() * self.right.sqrt();
        (scale > 0.0).then(|| (self.cross / scale).clamp(-1.0, 1.0))
    }
}

/// Correlation state. The window is 400 ms, that of momentary loudness.
#[derive(Debug)]
pub(super) struct Correlation {
    cells: [Products; WINDOW_CELLS],
    next: usize,
    programme: Products,
}

impl Correlation {
    pub(super) fn new() -> Self {
        Self { cells: [Products::default(); WINDOW_CELLS], next: 0, programme: Products::default() }
    }

    /// Takes one cell of clean samples.
    pub(super) fn push_cell(&mut self, left: &[f32], right: &[f32]) {
        let cell = Products::of(left, right);
        self.programme.add(&cell);
        self.cells[self.next] = cell;
        self.next = (self.next + 1) % WINDOW_CELLS;
    }

    /// Correlation of the window, −1…1; `None` where a channel is silent.
    pub(super) fn window(&self) -> Option<f64> {
        let mut sum = Products::default();
        self.cells.iter().for_each(|cell| sum.add(cell));
        sum.coefficient()
    }

    /// Correlation of everything so far, −1…1; `None` where a channel is silent.
    pub(super) fn programme(&self) -> Option<f64> {
        self.programme.coefficient()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_equal_opposite_independent_and_silent() {
        let sine = |phase: f64| -> Vec<f32> {
            (0..480).map(|i| (std::f64::consts::TAU * i as f64 / 48.0 + phase).sin() as f32).collect()
        };
        let measured = |right: &[f32]| {
            let mut correlation = Correlation::new();
            correlation.push_cell(&sine(0.0), right);
            (correlation.window(), correlation.programme())
        };
        let near = |got: Option<f64>, want: f64| (got.expect("both channels sound") - want).abs() < 1e-6;
        let opposite: Vec<f32> = sine(0.0).iter().map(|x| -x).collect();
        let (window, programme) = measured(&sine(0.0));
        assert!(near(window, 1.0) && near(programme, 1.0));
        assert!(near(measured(&opposite).0, -1.0));
        assert!(near(measured(&sine(std::f64::consts::FRAC_PI_2)).0, 0.0));
        assert!(near(measured(&sine(std::f64::consts::FRAC_PI_3)).0, 0.5));
        assert_eq!(measured(&[0.0; 480]), (None, None));
    }

    #[test]
    fn window_forgets_and_programme_does_not() {
        let mut correlation = Correlation::new();
        let (up, down) = ([0.5; 100], [-0.5; 100]);
        (0..WINDOW_CELLS).for_each(|_| correlation.push_cell(&up, &up));
        (0..WINDOW_CELLS).for_each(|_| correlation.push_cell(&up, &down));
        assert_eq!(correlation.window(), Some(-1.0));
        assert_eq!(correlation.programme(), Some(0.0));
    }
}
