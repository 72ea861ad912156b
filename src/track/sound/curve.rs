//! How far a transition has come at a frame: α from 0 at its start to 1 at its end.

use crate::track::file::fields::Fields;
use crate::track::sound::span::{Behaviour, QUANTUM, Span};
use expression::Expression;

mod expression;

/// How α follows from the elapsed share of a ramp.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// a
    Linear,
    /// 1 − (1 − a)²
    Logarithmic,
    /// a²
    Exponential,
    /// An arithmetic expression in `alpha`.
    Written(Expression),
}

impl Shape {
    /// Reads the value of `transition_curve`. An expression that cannot be read is linear; the error says why.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" | "linear" => Ok(Self::Linear),
            "logarithmic" => Ok(Self::Logarithmic),
            "exponential" => Ok(Self::Exponential),
            other => Expression::parse(other).map(Self::Written),
        }
    }

    /// α for the elapsed share `a` of the ramp, 0…1. Always finite.
    pub fn at(&self, a: f64) -> f64 {
        match self {
            Self::Linear => a,
            Self::Logarithmic => 1.0 - (1.0 - a) * (1.0 - a),
            Self::Exponential => a * a,
            Self::Written(expression) => expression.at(a),
        }
    }

    /// Coefficients of the polynomial `c0 + c1·a + c2·a²` that the shape is, if it is one.
    pub fn polynomial(&self) -> Option<[f64; 3]> {
        match self {
            Self::Linear => Some([0.0, 1.0, 0.0]),
            Self::Logarithmic => Some([0.0, 2.0, -1.0]),
            Self::Exponential => Some([0.0, 0.0, 1.0]),
            Self::Written(_) => None,
        }
    }
}

/// The course of a transition over a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Start of the ramp in seconds.
    pub start_s: f64,
    /// Length of the ramp in seconds; 0 is a jump.
    pub length_s: f64,
    /// Shape of the ramp.
    pub shape: Shape,
    /// Seconds from one frame to the next.
    pub frame_s: f64,
    /// Length of the step in seconds.
    pub duration_s: f64,
}

impl Curve {
    /// A ramp from `initial_offset_s`, as long as `length_s` says or else to the end of the step.
    pub fn new(span: Span, initial_offset_s: f64, length_s: Option<f64>, shape: Shape) -> Self {
        let start_s = initial_offset_s.max(0.0).min(span.duration_s);
        let rest_s = span.duration_s - start_s;
        let length_s = length_s.unwrap_or(rest_s).clamp(0.0, rest_s);
        Self { start_s, length_s, shape, frame_s: span.frame_s(), duration_s: span.duration_s }
    }

    /// Reads `initial_offset`, `transition_duration`, `duration`, `post_offset` and `transition_curve`.
    ///
    /// The original takes a stored length of zero (its editor's default) for a jump to the end values. Intended is a ramp
    /// that ends `post_offset` seconds before the step does.
    pub fn read(fields: &Fields<'_>, span: Span, behaviour: Behaviour) -> Self {
        let offset_s = fields.number("initial_offset", 0.0);
        let shape = Shape::parse(fields.text("transition_curve", "linear")).unwrap_or_else(|why| {
            fields.repair("transition_curve", format!("{why}; taken as linear"));
            Shape::Linear
        });
        let given_s = fields.maybe_number("transition_duration").or_else(|| fields.maybe_number("duration"));
        let post_offset_s = fields.maybe_number("post_offset");
        let length_s = match behaviour {
            Behaviour::Original => given_s.or(post_offset_s),
            Behaviour::Intended => given_s.filter(|length_s| *length_s > 0.0).or_else(|| {
                Some((span.duration_s - offset_s.max(0.0) - post_offset_s.unwrap_or(0.0)).max(0.0))
            }),
        };
        Self::new(span, offset_s, length_s, shape)
    }

    /// Elapsed share of the ramp at a frame, 0…1.
    #[inline]
    pub fn elapsed(&self, frame: f64) -> f64 {
        let time_s = frame * self.frame_s;
        if self.length_s > 0.0 {
            ((time_s - self.start_s) / self.length_s).clamp(0.0, 1.0)
        } else {
            f64::from(u8::from(time_s >= self.start_s && self.start_s < self.duration_s))
        }
    }

    /// α at a frame.
    #[inline]
    pub fn at(&self, frame: f64) -> f64 {
        self.shape.at(self.elapsed(frame))
    }

    /// α at the frames from `first` on.
    pub fn fill(&self, first: u64, alpha: &mut [f64; QUANTUM]) {
        for (i, alpha) in alpha.iter_mut().enumerate() {
            *alpha = self.at((first + i as u64) as f64);
        }
    }
}
