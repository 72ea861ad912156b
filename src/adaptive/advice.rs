//! What to do with a programme and why: the rule, what the model knows better, what the user has taught. Any thread.
//!
//! The rule decides about everything where there is no model. A model speaks for the equaliser alone and takes it away from
//! the rule, or back to nothing, by little and as far as it is sure. What was learned is added; bounds hold for the sum.

use serde::Serialize;

use super::curve::Target;
use super::features::Portrait;
use super::model::Verdict;
use super::rule::{self, Finding, Reason, SMALLEST_DB};
use super::taste::Taste;
use crate::control::adaptive::{ADAPTIVE_BANDS, MOVE_SPECS, MOVES, Moves};

/// Standard deviation of a prediction at which half of it counts, dB; what is less sure counts for very little.
const DOUBT_DB: f32 = 2.0;
/// How far the model may go from the rule, dB.
const MODEL_REACH_DB: f32 = 2.0;
/// Where no gain of the equaliser would be larger than this, none is set…
const GATE_DB: f32 = 0.5;
/// …and the whole of them where one is larger by this.
const GATE_RANGE_DB: f32 = 0.5;
/// Heard time before anything is proposed, and until the full weight, in seconds.
const HEARD_S: [f64; 2] = [3.0, 12.0];

/// One move and its reasons.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Explanation {
    /// Name in files.
    pub id: &'static str,
    /// What was measured, in its unit.
    pub measured: f32,
    /// Unit of measured value and corridor.
    pub measured_unit: &'static str,
    /// Lowest value that is right.
    pub low: f32,
    /// Highest value that is right.
    pub high: f32,
    /// What the rule makes of it, in the unit of the move.
    pub from_rule: f32,
    /// What the model adds.
    pub from_model: f32,
    /// What was learned.
    pub from_taste: f32,
    /// What is proposed: the sum, within bounds.
    pub proposed: f32,
    /// How sure it is, 0…1; what is unsure is done in part.
    pub confidence: f32,
    /// Why.
    #[serde(serialize_with = "in_words")]
    pub reason: Reason,
}

fn in_words<S: serde::Serializer>(reason: &Reason, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(reason)
}

/// A proposal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    /// The value of each move.
    pub moves: Moves,
    /// How much of it may be done already, 0…1: nothing before a few seconds were heard.
    pub weight: f32,
    /// How sure it is of what was heard, 0…1.
    pub confidence: f32,
    /// Each move with its reasons.
    pub explanations: Vec<Explanation>,
}

/// Judges a programme. The verdict is about what is common, so a reference needs none. `loudness_error_db` is the drive that
/// would bring the programme to a target, if there is one.
pub fn advise(
    portrait: &Portrait,
    target: &Target,
    verdict: Option<&Verdict>,
    taste: &Taste,
    loudness_error_db: Option<f32>,
) -> Advice {
    let weight = ((portrait.heard_s - HEARD_S[0]) / (HEARD_S[1] - HEARD_S[0])).clamp(0.0, 1.0) as f32;
    let findings = rule::find(portrait, target, loudness_error_db);
    let additions = taste.additions(portrait);
    let mut parts: [Parts; MOVES] = std::array::from_fn(|index| match verdict {
        Some(verdict) if index < ADAPTIVE_BANDS => Parts::with_model(&findings[index], verdict, index),
        _ => Parts::of_rule(&findings[index], MOVE_SPECS[index].neutral),
    });
    let eq = &mut parts[..ADAPTIVE_BANDS];
    let largest_db = eq.iter().fold(0.0f32, |most, part| most.max((part.rule + part.model).abs()));
    let gate = ((largest_db - GATE_DB) / GATE_RANGE_DB).clamp(0.0, 1.0);
    for part in eq {
        part.rule *= gate;
        part.model *= gate;
    }
    let mut moves = Moves::NEUTRAL;
    let mut explanations = Vec::with_capacity(MOVES);
    for (index, ((finding, part), spec)) in findings.iter().zip(&parts).zip(&MOVE_SPECS).enumerate() {
        let [mut from_rule, mut from_model] = [part.rule + part.wish, part.model];
        if index < ADAPTIVE_BANDS && (from_rule + from_model).abs() < SMALLEST_DB {
            [from_rule, from_model] = [0.0; 2];
        }
        moves.0[index] = spec.neutral + from_rule + from_model + additions[index];
        let proposed = moves.bounded().0[index];
        explanations.push(Explanation {
            id: spec.id,
            measured: finding.measured,
            measured_unit: finding.unit,
            low: finding.low,
            high: finding.high,
            from_rule,
            from_model,
            from_taste: additions[index],
            proposed,
            confidence: weight * part.confidence,
            reason: reason(finding, from_rule, from_model, additions[index]),
        });
    }
    let confidence = explanations.iter().map(|one| one.confidence).sum::<f32>() / MOVES as f32;
    Advice { moves: moves.bounded(), weight, confidence, explanations }
}

/// The reason of what was found, unless most of the move comes from elsewhere.
fn reason(finding: &Finding, from_rule: f32, from_model: f32, from_taste: f32) -> Reason {
    let [rule, model, taste] = [from_rule, from_model, from_taste].map(f32::abs);
    if taste > rule.max(model) {
        Reason::Taste
    } else if model > rule.max(SMALLEST_DB) {
        Reason::Model
    } else {
        finding.reason
    }
}

/// What a move is made of, and how sure it is.
struct Parts {
    rule: f32,
    model: f32,
    wish: f32,
    confidence: f32,
}

impl Parts {
    fn of_rule(finding: &Finding, neutral: f32) -> Self {
        let rule = finding.value - neutral - finding.wish;
        Self { rule, model: 0.0, wish: finding.wish, confidence: finding.confidence }
    }

    /// The model moves away from the rule as far as it is sure: each errs where the other is certain of something else.
    fn with_model(finding: &Finding, verdict: &Verdict, index: usize) -> Self {
        let confidence = 1.0 / (1.0 + (verdict.uncertainty_db[index] / DOUBT_DB).powi(4));
        let rule = finding.value - finding.wish;
        let highest_db = if finding.reason == Reason::NothingThere { 0.0 } else { MODEL_REACH_DB };
        let model = confidence * (verdict.move_db[index] - rule).clamp(-MODEL_REACH_DB, highest_db);
        Self { rule, model, wish: finding.wish, confidence: confidence.max(finding.confidence) }
    }
}

#[cfg(test)]
mod tests;
