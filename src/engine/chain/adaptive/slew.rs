//! Where the moves are at present and how they travel: at bounded speed, on the engine's grid.

use crate::control::adaptive::{ATTACK, MOVE_SPECS, MOVES, Moves, Pace, RATIO, RELEASE, THRESHOLD};
use crate::dsp::MAX_BLOCK;

/// What [`Pace::ByHand`] has over [`Pace::Automatic`].
const BY_HAND: f64 = 10.0;

/// The travelling moves.
pub struct Slew {
    // In double precision: a step of the slowest move is close to the resolution of a float.
    now: [f64; MOVES],
    target: [f64; MOVES],
    /// How fast each goes: as it was told with its present target.
    paces: [Pace; MOVES],
    step_s: f64,
    travelling: bool,
}

impl Slew {
    pub fn new(sample_rate_hz: f64) -> Self {
        let neutral = Moves::NEUTRAL.0.map(f64::from);
        Self {
            now: neutral,
            target: neutral,
            paces: [Pace::default(); MOVES],
            step_s: MAX_BLOCK as f64 / sample_rate_hz,
            travelling: false,
        }
    }

    /// The present values.
    pub fn moves(&self) -> Moves {
        Moves(self.now.map(|value| value as f32))
    }

    /// Sets out for other values, within the bounds. What is not a number changes nothing.
    pub fn aim(&mut self, moves: &Moves, pace: Pace) {
        for (i, (value, spec)) in moves.0.iter().zip(&MOVE_SPECS).enumerate() {
            let target = f64::from(value.clamp(spec.min, spec.max));
            if value.is_finite() && target != self.target[i] {
                (self.target[i], self.paces[i]) = (target, pace);
            }
        }
        if pace == Pace::AtOnce {
            self.now = self.target;
        }
        self.travelling = self.now != self.target;
    }

    /// One step of [`MAX_BLOCK`] frames. Whether anything moved.
    pub fn advance(&mut self) -> bool {
        if !self.travelling {
            return false;
        }
        if self.now[RATIO] == 1.0 {
            // A curve that does nothing may be any curve.
            for i in [THRESHOLD, ATTACK, RELEASE] {
                self.now[i] = self.target[i];
            }
        }
        for (i, (now, spec)) in self.now.iter_mut().zip(&MOVE_SPECS).enumerate() {
            let target = self.target[i];
            let seconds = if self.paces[i] == Pace::ByHand { BY_HAND * self.step_s } else { self.step_s };
            let most = f64::from(spec.slew_per_s) * seconds;
            let distance = target - *now;
            *now = if distance.abs() <= most { target } else { *now + most.copysign(distance) };
        }
        self.travelling = self.now != self.target;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::adaptive::DRIVE;

    fn steps(slew: &mut Slew, seconds: f64) {
        (0..(seconds / slew.step_s).round() as usize).for_each(|_| _ = slew.advance());
    }

    #[test]
    fn every_move_keeps_its_speed_and_lands() {
        for (pace, factor) in [(Pace::Automatic, 1.0), (Pace::ByHand, 10.0)] {
            for (i, spec) in MOVE_SPECS.iter().enumerate() {
                let mut slew = Slew::new(192_000.0);
                let mut moves = Moves::NEUTRAL;
                moves.0[RATIO] = 1.5;
                slew.aim(&moves, Pace::AtOnce);
                moves.0[i] = if spec.neutral < spec.max { spec.max } else { spec.min };
                slew.aim(&moves, pace);
                let start = if i == RATIO { 1.5 } else { spec.neutral };
                let way = moves.0[i] - start;
                let seconds = f64::from(way.abs() / spec.slew_per_s) / factor;
                steps(&mut slew, 0.25 * seconds);
                let gone = (slew.moves().0[i] - start) / way;
                assert!((gone - 0.25).abs() < 1e-3, "{}: {gone}", spec.id);
                steps(&mut slew, 0.76 * seconds);
                assert_eq!(slew.moves(), moves, "{}", spec.id);
                assert!(!slew.advance());
            }
        }
    }

    #[test]
    fn curves_that_do_nothing_jump() {
        let mut slew = Slew::new(48_000.0);
        let mut moves = Moves::NEUTRAL;
        (moves.0[THRESHOLD], moves.0[ATTACK], moves.0[RELEASE]) = (-30.0, 10.0, 400.0);
        moves.0[RATIO] = 2.0;
        slew.aim(&moves, Pace::Automatic);
        slew.advance();
        let now = slew.moves().0;
        assert_eq!((now[THRESHOLD], now[ATTACK], now[RELEASE]), (-30.0, 10.0, 400.0));
        assert!(now[RATIO] > 1.0 && now[RATIO] < 1.001);
        moves.0[THRESHOLD] = -20.0;
        slew.aim(&moves, Pace::Automatic);
        slew.advance();
        assert!(slew.moves().0[THRESHOLD] < -29.9, "a curve that can be heard travels");
    }

    #[test]
    fn strange_targets_are_ignored_or_bounded() {
        let mut slew = Slew::new(48_000.0);
        let mut moves = Moves::NEUTRAL;
        (moves.0[3], moves.0[DRIVE]) = (2.0, 3.0);
        slew.aim(&moves, Pace::AtOnce);
        let mut wild = Moves([f32::NAN; MOVES]);
        (wild.0[DRIVE], wild.0[4]) = (f32::NEG_INFINITY, -1e30);
        slew.aim(&wild, Pace::AtOnce);
        moves.0[4] = MOVE_SPECS[4].min;
        assert_eq!(slew.moves(), moves);
    }
}
