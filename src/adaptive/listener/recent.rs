//! The latest values of a series, and counts of all of them. For the listener; nothing allocates.

/// The latest `N` values.
#[derive(Debug, Clone)]
pub(super) struct Recent<const N: usize> {
    values: [f64; N],
    count: usize,
    next: usize,
}

impl<const N: usize> Recent<N> {
    pub(super) const EMPTY: Self = Self { values: [0.0; N], count: 0, next: 0 };

    pub(super) fn push(&mut self, value: f64) {
        self.values[self.next] = value;
        self.next = (self.next + 1) % N;
        self.count = (self.count + 1).min(N);
    }

    /// In no order.
    pub(super) fn values(&self) -> &[f64] {
        &self.values[..self.count]
    }

    /// Mean of the latest values, of fewer at the start; 0 of none.
    pub(super) fn mean_of_latest(&self, count: usize) -> f64 {
        let count = count.min(self.count);
        // Summed anew, since a running sum would keep the rounding of everything that passed.
        let sum: f64 = (1..=count).map(|ago| self.values[(self.next + N - ago) % N]).sum();
        sum / count.max(1) as f64
    }

    /// Largest value, 0 of none.
    pub(super) fn max(&self) -> f64 {
        self.values().iter().copied().fold(0.0, f64::max)
    }

    /// Values below which these shares lie, linear between neighbours; 0 of none.
    pub(super) fn percentiles<const P: usize>(&self, shares: [f64; P]) -> [f64; P] {
        let mut sorted = self.values;
        let sorted = &mut sorted[..self.count];
        sorted.sort_unstable_by(f64::total_cmp);
        shares.map(|share| {
            let place = share * self.count.saturating_sub(1) as f64;
            match (sorted.get(place.floor() as usize), sorted.get(place.ceil() as usize)) {
                (Some(low), Some(high)) => low + (high - low) * place.fract(),
                _ => 0.0,
            }
        })
    }
}

/// Counts of loudness in steps of 0.1 LU: percentiles over any length of time.
#[derive(Debug, Clone)]
pub(super) struct Histogram {
    counts: [u32; Self::STEPS],
    total: u64,
}

impl Histogram {
    pub(super) const EMPTY: Self = Self { counts: [0; Self::STEPS], total: 0 };
    const STEPS: usize = 1_200;
    const LOWEST_LUFS: f64 = -70.0;
    const STEP_LU: f64 = 0.1;

    pub(super) fn push(&mut self, lufs: f64) {
        // A cast from a float stops at the ends of the integer's range.
        let step = ((lufs - Self::LOWEST_LUFS) / Self::STEP_LU) as usize;
        let count = &mut self.counts[step.min(Self::STEPS - 1)];
        *count = count.saturating_add(1);
        self.total += 1;
    }

    /// Difference of the values below which 95 % and 10 % lie, LU.
    pub(super) fn range_lu(&self) -> f64 {
        let at = |share: f64| {
            let wanted = share * self.total as f64;
            let mut below = 0.0;
            let step = self.counts.iter().position(|&count| {
                below += f64::from(count);
                below > wanted
            });
            step.unwrap_or(0)
        };
        (at(0.95) - at(0.10)) as f64 * Self::STEP_LU
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_kept() {
        let mut recent = Recent::<4>::EMPTY;
        assert_eq!((recent.max(), recent.mean_of_latest(2), recent.percentiles([0.5])), (0.0, 0.0, [0.0]));
        for value in [9.0, 1.0, 4.0, 2.0, 3.0] {
            recent.push(value);
        }
        assert_eq!(recent.max(), 4.0);
        assert_eq!(recent.mean_of_latest(2), 2.5);
        assert_eq!(recent.mean_of_latest(99), 2.5);
        assert_eq!(recent.percentiles([0.0, 0.5, 1.0]), [1.0, 2.5, 4.0]);
        assert!((recent.percentiles([0.1])[0] - 1.3).abs() < 1e-12);
    }

    #[test]
    fn the_range_of_counts_is_that_of_the_values() {
        let mut counts = Histogram::EMPTY;
        assert_eq!(counts.range_lu(), 0.0);
        for i in 0..1_000 {
            counts.push(-30.0 + 0.02 * f64::from(i));
        }
        // Evenly spread over 20 LU: 85 % of them.
        assert!((counts.range_lu() - 17.0).abs() < 0.11, "{}", counts.range_lu());
        counts.push(f64::NEG_INFINITY);
        counts.push(f64::INFINITY);
        assert!((counts.range_lu() - 17.0).abs() < 0.11);
    }
}
