//! Where the angle of [`super`] stands in each cycle: on an arc with a shape, or on a drawn path.
//!
//! Read off the audio thread, followed on it.

use super::path::Path;
use crate::dsp::sine::fraction_of_cycle;
use crate::track::sound::span::QUANTUM;
use crate::track::sound::voice::VoiceContext;
use crate::track::sound::voice::waveshaping::tone::sines_of;

/// How the angle wanders in a cycle.
#[derive(Debug, Clone)]
pub enum Route {
    Arc { progress: ArcProgress, is_reversed: bool, shape: ArcShape },
    Drawn { path: Path, is_reversed: bool, radii: [f32; 2] },
}

#[derive(Debug, Clone, Copy)]
pub enum ArcProgress {
    ThereAndBack,
    Around,
    Steps(f64),
}

#[derive(Debug, Clone, Copy)]
pub enum ArcShape {
    Sinusoidal,
    Triangle,
    Ramp,
    Square,
}

impl Route {
    /// Reads the path of a voice; what it does not know is repaired, an unusable drawing refused.
    pub fn read(context: &VoiceContext) -> Self {
        let fields = context.fields;
        let is_reversed = fields.text("rotationDirection", "cw").trim() == "ccw";
        let steps = fields.number("discontinuousSteps", 8.0).trunc().max(2.0);
        let (progress, shape) = match fields.text("pathType", "open").trim() {
            "open" => (ArcProgress::ThereAndBack, ArcShape::Sinusoidal),
            "closed" => (ArcProgress::Around, ArcShape::Ramp),
            "discontinuous" => (ArcProgress::Steps(steps), ArcShape::Square),
            "custom" => {
                let path = Path::read(fields, context.behaviour);
                return Self::Drawn { path, is_reversed, radii: [f32::MAX, 0.0] };
            }
            other => {
                fields.repair("pathType", format!("found {other:?}, taken as open"));
                (ArcProgress::ThereAndBack, ArcShape::Sinusoidal)
            }
        };
        let shape = match fields.text("pathShape", "").trim() {
            "" => shape,
            "sinusoidal" => ArcShape::Sinusoidal,
            "triangle" => ArcShape::Triangle,
            "ramp" | "saw" | "linear" => ArcShape::Ramp,
            "square" => ArcShape::Square,
            other => {
                fields
                    .repair("pathShape", format!("found {other:?}, taken as the default of the path's type"));
                shape
            }
        };
        Self::Arc { progress, is_reversed, shape }
    }

    /// Whether it is a drawn path, whose radius counts.
    pub fn is_drawn(&self) -> bool {
        matches!(self, Self::Drawn { .. })
    }

    /// Extends the range of the radius by the first `within` of the given phases.
    pub fn widen(&mut self, cycles: [f64; QUANTUM], within: usize) {
        if let Self::Drawn { path, is_reversed, radii } = self {
            let [right, front] = path.travel(&shares_of(cycles, *is_reversed));
            for i in 0..within {
                let radius = radius(right[i], front[i]);
                *radii = [radii[0].min(radius), radii[1].max(radius)];
            }
        }
    }

    /// Position on the arc, −1…1, and the factor of the deviation, for phases in cycles.
    #[inline(always)]
    pub fn follow(&self, cycles: [f64; QUANTUM]) -> [[f32; QUANTUM]; 2] {
        match self {
            Self::Arc { progress, is_reversed, shape } => {
                let mut shares = shares_of(cycles, *is_reversed);
                progress.advance(&mut shares);
                [shape.bend(&shares), [1.0; QUANTUM]]
            }
            Self::Drawn { path, is_reversed, radii: [least, most] } => {
                let [right, front] = path.travel(&shares_of(cycles, *is_reversed));
                let per_radius = if most > least { 1.0 / (most - least) } else { 0.0 };
                let (mut places, mut factors) = ([0.0; QUANTUM], [0.0; QUANTUM]);
                for i in 0..QUANTUM {
                    places[i] = half_turns(right[i], front[i]);
                    let share = (radius(right[i], front[i]) - least) * per_radius;
                    factors[i] = 1.25 - 0.5 * share.clamp(0.0, 1.0);
                }
                [places, factors]
            }
        }
    }
}

/// Shares of a cycle gone by, counted back from the end where the direction is reversed.
#[inline(always)]
fn shares_of(mut cycles: [f64; QUANTUM], is_reversed: bool) -> [f64; QUANTUM] {
    for cycle in &mut cycles {
        let share = fraction_of_cycle(*cycle);
        *cycle = if is_reversed { 1.0 - share } else { share };
    }
    cycles
}

#[inline(always)]
fn radius(right: f32, front: f32) -> f32 {
    (right * right + front * front).sqrt()
}

impl ArcProgress {
    #[inline(always)]
    fn advance(self, shares: &mut [f64; QUANTUM]) {
        match self {
            Self::ThereAndBack => {
                for share in shares {
                    *share = 1.0 - 2.0 * (*share - 0.5).abs();
                }
            }
            Self::Around => {}
            Self::Steps(steps) => {
                for share in shares {
                    *share = (steps * *share).floor().min(steps - 1.0) / (steps - 1.0);
                }
            }
        }
    }
}

impl ArcShape {
    #[inline(always)]
    fn bend(self, shares: &[f64; QUANTUM]) -> [f32; QUANTUM] {
        if let Self::Sinusoidal = self {
            return sines_of(shares);
        }
        let mut bent = [0.0; QUANTUM];
        for i in 0..QUANTUM {
            bent[i] = shares[i] as f32;
        }
        match self {
            Self::Sinusoidal => {}
            Self::Triangle => bent.iter_mut().for_each(|x| *x = 4.0 * (*x - 0.5).abs() - 1.0),
            Self::Ramp => bent.iter_mut().for_each(|x| *x = 2.0 * *x - 1.0),
            Self::Square => bent.iter_mut().for_each(|x| *x = if *x <= 0.5 { 1.0 } else { -1.0 }),
        }
        bent
    }
}

/// Angle of a place from straight ahead, in half turns, positive to the right; 0 at the centre. Within 1e-7.
#[inline(always)]
fn half_turns(right: f32, front: f32) -> f32 {
    let (across, along) = (right.abs(), front.abs());
    let (short, long) = if across < along { (across, along) } else { (along, across) };
    let tangent = short / (if long > 1e-30 { long } else { 1e-30 });
    let s = tangent * tangent;
    let turn = tangent * ARC_TANGENT[1..].iter().fold(ARC_TANGENT[0], |p, c| p * s + c);
    let turn = if across < along { turn } else { 0.5 - turn };
    let turn = if front < 0.0 { 1.0 - turn } else { turn };
    let turn = if long > 0.0 { turn } else { 0.0 };
    turn.copysign(right)
}

/// Minimax-like fit of atan(t)/(π·t) in t² on 0…1, highest power first; absolute error 2e-8.
const ARC_TANGENT: [f32; 8] = [
    -0.001_451_426_9,
    0.007_569_574_2,
    -0.018_726_092,
    0.031_413_574,
    -0.044_573_86,
    0.063_556_81,
    -0.106_098_45,
    0.318_309_85,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_agree_with_the_library() {
        let mut worst = 0.0f32;
        for i in 0..1000 {
            let angle = (i as f32 - 499.5) / 500.0 * std::f32::consts::PI;
            let (right, front) = (3.0 * angle.sin(), 3.0 * angle.cos());
            worst = worst.max((half_turns(right, front) - right.atan2(front) / std::f32::consts::PI).abs());
        }
        assert!(worst < 2e-7, "{worst}");
        assert_eq!((half_turns(0.0, 0.0), half_turns(0.0, 2.0), half_turns(-1.0, 0.0)), (0.0, 0.0, -0.5));
    }

    #[test]
    fn steps_and_squares_reach_both_ends() {
        let mut shares = [0.0; QUANTUM];
        (0..QUANTUM).for_each(|i| shares[i] = i as f64 / (QUANTUM - 1) as f64);
        let mut stepped = shares;
        ArcProgress::Steps(4.0).advance(&mut stepped);
        assert_eq!((stepped[0], stepped[QUANTUM / 4], stepped[QUANTUM - 1]), (0.0, 1.0 / 3.0, 1.0));
        ArcProgress::ThereAndBack.advance(&mut shares);
        assert_eq!((shares[0], shares[QUANTUM - 1]), (0.0, 0.0));
        assert!(shares.iter().any(|share| *share > 0.98));
        let [triangle, ramp, square] = [ArcShape::Triangle, ArcShape::Ramp, ArcShape::Square]
            .map(|shape| shape.bend(&[0.75; QUANTUM])[0]);
        assert_eq!((triangle, ramp, square), (0.0, 0.5, -1.0));
    }
}
