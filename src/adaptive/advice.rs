//! What to do with a programme and why: the rule, what the model knows better, what the user has taught. Any thread.
//!
//! The rule is the ground; the model may move the equaliser away from it, by little and only as far as it is sure; what was
//! learned is added; bounds hold for the sum.

use serde::Serialize;

use super::curve::Target;
use super::features::Portrait;
use super::model::Verdict;
use super::rule::{self, Finding, Reason};
use super::taste::Taste;
use crate::control::adaptive::{ADAPTIVE_BANDS, MOVE_SPECS, MOVES, Moves};

/// How far the model may go from the rule, dB.
const MODEL_REACH_DB: f32 = 2.0;
/// What the model is asked for: it speaks where it was found to do better than the rule on music that it never met. Width,
/// dynamics and drive are the rule's.
const MODEL_BANDS: usize = ADAPTIVE_BANDS;
/// Standard deviation of a prediction at which half of it counts, dB.
const DOUBT_DB: f32 = 1.5;
/// Heard time before anything is proposed, and until the full weight, in seconds.
const HEARD_S: [f64; 2] = [3.0, 20.0];
/// Smaller gains are none, dB.
const SMALLEST_DB: f32 = 0.1;

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
    /// How sure it is of what was heard, 0…1.
    pub confidence: f32,
    /// Each move with its reasons.
    pub explanations: Vec<Explanation>,
}

/// Judges a programme. The verdict is about what is common, so a reference needs none. `loudness_error_db` is the drive that would bring it to a target, if there is one.
pub fn advise(
    portrait: &Portrait,
    target: &Target,
    verdict: Option<&Verdict>,
    taste: &Taste,
    loudness_error_db: Option<f32>,
) -> Advice {
    let heard = ((portrait.heard_s - HEARD_S[0]) / (HEARD_S[1] - HEARD_S[0])).clamp(0.0, 1.0) as f32;
    let findings = rule::find(portrait, target, loudness_error_db);
    let additions = taste.additions(portrait);
    let mut moves = Moves::NEUTRAL;
    let mut explanations = Vec::with_capacity(MOVES);
    for (index, (finding, spec)) in findings.iter().zip(&MOVE_SPECS).enumerate() {
        let from_rule = heard * (finding.value - spec.neutral);
        let (from_model, confidence) = match verdict.filter(|_| index < MODEL_BANDS) {
            Some(verdict) => from_model(verdict, finding, index, heard),
            None => (0.0, heard * finding.confidence),
        };
        let mut away = from_rule + from_model;
        if index < ADAPTIVE_BANDS && away.abs() < SMALLEST_DB {
            away = 0.0;
        }
        moves.0[index] = spec.neutral + away + additions[index];
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
            confidence,
            reason: reason(finding, from_rule, from_model, additions[index]),
        });
    }
    let confidence = explanations.iter().map(|one| one.confidence).sum::<f32>() / MOVES as f32;
    Advice { moves: moves.bounded(), confidence, explanations }
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

/// What the model adds to the rule, and how sure it is.
fn from_model(verdict: &Verdict, finding: &Finding, index: usize, heard: f32) -> (f32, f32) {
    let doubt = verdict.uncertainty_db[index] / DOUBT_DB;
    let confidence = heard / (1.0 + doubt * doubt);
    let highest_db = if finding.reason == Reason::NothingThere { 0.0 } else { MODEL_REACH_DB };
    let residual_db =
        (verdict.move_db[index] + finding.wish - finding.value).clamp(-MODEL_REACH_DB, highest_db);
    (confidence * residual_db, confidence)
}

#[cfg(test)]
mod tests;
