//! How many pictures a second are asked for: sixty, and half of that where drawing cannot keep up, as without a graphics
//! processor, so that a window does not take all of a machine that has audio to play.

/// Pictures a second where drawing keeps up.
const FULL_PER_S: u32 = 60;
/// Pictures a second where it does not.
const HALF_PER_S: u32 = 30;
/// Pictures further apart than this were not asked for in a row, in seconds.
const IN_A_ROW_S: f64 = 0.1;
/// A mean distance above this is too slow for the full rate, in seconds.
const SLOW_S: f64 = 1.0 / 45.0;
/// Pictures that the mean looks back over.
const MEMORY: f64 = 60.0;

/// Watches the distance of pictures.
#[derive(Debug, Default)]
pub struct Pacing {
    /// When the last picture was drawn, and of which measurement.
    last: Option<(f64, u64)>,
    mean_s: f64,
    seen: u32,
    is_slow: bool,
}

impl Pacing {
    /// A picture of a measurement with this number is drawn at this time; returns how many a second to ask for from now on.
    /// Pictures for other reasons, as while somebody types, tell nothing.
    pub fn drawn(&mut self, now_s: f64, serial: u64) -> u32 {
        let last = self.last.replace((now_s, serial));
        let distance_s = last.filter(|last| last.1 != serial).map(|last| now_s - last.0);
        if let Some(distance_s) = distance_s.filter(|distance_s| *distance_s < IN_A_ROW_S) {
            self.seen += 1;
            self.mean_s += (distance_s - self.mean_s) / f64::from(self.seen).min(MEMORY);
            self.is_slow |= f64::from(self.seen) > 2.0 * MEMORY && self.mean_s > SLOW_S;
        }
        if self.is_slow { HALF_PER_S } else { FULL_PER_S }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pictures: u32, distance_s: f64) -> u32 {
        let mut pacing = Pacing::default();
        (0..pictures).map(|n| pacing.drawn(f64::from(n) * distance_s, u64::from(n))).last().unwrap()
    }

    #[test]
    fn slow_drawing_is_asked_for_less() {
        assert_eq!(after(600, 1.0 / 60.0), FULL_PER_S);
        assert_eq!(after(600, 1.0 / 35.0), HALF_PER_S);
        assert_eq!(after(20, 1.0 / 20.0), FULL_PER_S, "a start takes its time");
        assert_eq!(after(600, 0.5), FULL_PER_S, "a window at rest is not slow");
        let mut typing = Pacing::default();
        assert!(
            (0..600).all(|n| typing.drawn(f64::from(n) * 0.05, 7) == FULL_PER_S),
            "nothing moves but the text"
        );
    }
}
