//! How often the worker works and how often it wakes the editor.

use std::time::Duration;

/// Pictures a second that can be asked for.
const RATES: (u32, u32) = (5, 120);
/// Longest time between two visits to the rings, well below what they hold.
const LONGEST_PERIOD: Duration = Duration::from_millis(20);

/// The worker's clock: whole periods from one wake-up of the editor to the next.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Time from one visit to the rings to the next.
    pub period: Duration,
    /// Periods from one wake-up to the next at the earliest.
    pub periods_per_wake: u32,
}

impl Pace {
    /// The pace for at most so many pictures a second, taken as 5 to 120.
    pub fn for_pictures_per_s(pictures_per_s: u32) -> Self {
        let wake = Duration::from_secs(1) / pictures_per_s.clamp(RATES.0, RATES.1);
        let periods_per_wake = wake.as_nanos().div_ceil(LONGEST_PERIOD.as_nanos()) as u32;
        Self { period: wake / periods_per_wake, periods_per_wake }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_short_and_fill_the_time_between_pictures() {
        for pictures_per_s in 5..=120 {
            let Pace { period, periods_per_wake } = Pace::for_pictures_per_s(pictures_per_s);
            assert!(period <= LONGEST_PERIOD && period >= LONGEST_PERIOD / 3, "{pictures_per_s}: {period:?}");
            let rate = 1.0 / (period * periods_per_wake).as_secs_f64();
            assert!((rate - f64::from(pictures_per_s)).abs() < 0.001, "{pictures_per_s}: {rate}");
        }
        assert_eq!(Pace::for_pictures_per_s(0), Pace::for_pictures_per_s(5));
        assert_eq!(Pace::for_pictures_per_s(u32::MAX), Pace::for_pictures_per_s(120));
    }
}
