//! The rule: what to do with a programme, from measurement, target and corridor alone. It stands without any model. Pure,
//! any thread, a fraction of a millisecond.

use std::fmt;

use serde::Serialize;

use super::curve::Target;
use super::features::Portrait;
use crate::control::adaptive::{ADAPTIVE_BANDS, DRIVE, MAKEUP, MOVE_SPECS, MOVES, Moves, THRESHOLD, WIDTH};

pub mod dynamics;
pub mod eq;
pub mod faults;
pub mod width;

/// Smaller gains of the equaliser are none, dB.
pub(super) const SMALLEST_DB: f32 = 0.1;

/// What was found about one move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    /// The proposed value, in the unit of the move and within its bounds.
    pub value: f32,
    /// What was measured…
    pub measured: f32,
    /// …in this unit.
    pub unit: &'static str,
    /// Lower end of the corridor for it.
    pub low: f32,
    /// Upper end.
    pub high: f32,
    /// The part of it that corrects nothing but is wanted.
    pub wish: f32,
    /// How sure the rule is that there is something to do, 0…1.
    pub confidence: f32,
    /// Why.
    pub reason: Reason,
}

/// Why a move is proposed, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Measured within the corridor.
    Inside,
    /// Outside of the corridor, but as programmes differ anyway.
    Natural,
    /// More than the corridor allows.
    TooLoud,
    /// Less than the corridor allows.
    TooSoft,
    /// Belongs to a correction of its surroundings.
    PartOfBroader,
    /// Wanted by the character.
    Character,
    /// Brings it to the reference.
    LikeReference,
    /// Nothing is there that could be raised.
    NothingThere,
    /// Dense already: nothing is compressed.
    DenseAlready,
    /// Peaks stand far above the loudness.
    PeaksStandOut,
    /// Less than the peaks suggest, to keep the loudness range.
    RangeKept,
    /// The character compresses nothing.
    NotWanted,
    /// Lies at the loudness of the programme.
    ByLoudness,
    /// Follows from how often notes begin.
    ByOnsets,
    /// Gives back what the compressor takes.
    GivesBack,
    /// More side than the corridor allows.
    TooWide,
    /// Less side than the corridor allows.
    TooNarrow,
    /// The channels oppose each other.
    Opposed,
    /// Narrow, but wider would not be safe.
    NotSafe,
    /// Mono: there is nothing to widen.
    Mono,
    /// No loudness is aimed for, or it is not known yet.
    NoTarget,
    /// Brings the loudness to its target.
    ToTarget,
    /// The model differs from the rule.
    Model,
    /// The user's corrections decide.
    Taste,
    /// Too little was heard.
    TooLittleHeard,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Inside => "inside the corridor",
            Self::Natural => "outside the corridor, but as programmes differ anyway",
            Self::TooLoud => "above the corridor",
            Self::TooSoft => "below the corridor",
            Self::PartOfBroader => "part of a broader correction",
            Self::Character => "wanted by the character",
            Self::LikeReference => "as the reference has it",
            Self::NothingThere => "nothing there to raise",
            Self::DenseAlready => "dense already",
            Self::PeaksStandOut => "peaks stand out",
            Self::RangeKept => "held back to keep the loudness range",
            Self::NotWanted => "the character compresses nothing",
            Self::ByLoudness => "follows the loudness",
            Self::ByOnsets => "follows the onsets",
            Self::GivesBack => "gives back what the compressor takes",
            Self::TooWide => "wider than the corridor",
            Self::TooNarrow => "narrower than the corridor",
            Self::Opposed => "the channels oppose each other",
            Self::NotSafe => "narrow, but wider would not be safe",
            Self::Mono => "mono",
            Self::NoTarget => "no loudness to aim for",
            Self::ToTarget => "brings the loudness to its target",
            Self::Model => "the model hears what the rule does not",
            Self::Taste => "learned from your corrections",
            Self::TooLittleHeard => "too little heard yet",
        })
    }
}

/// What to do with every move. `loudness_error_db` is the drive that would bring the programme to its target loudness.
pub fn find(portrait: &Portrait, target: &Target, loudness_error_db: Option<f32>) -> [Finding; MOVES] {
    let mut findings = [Finding {
        value: 0.0,
        measured: 0.0,
        unit: "",
        low: 0.0,
        high: 0.0,
        wish: 0.0,
        confidence: 0.0,
        reason: Reason::TooLittleHeard,
    }; MOVES];
    if portrait.is_empty() {
        for (finding, value) in findings.iter_mut().zip(Moves::NEUTRAL.0) {
            finding.value = value;
        }
        return findings;
    }
    findings[..ADAPTIVE_BANDS].copy_from_slice(&eq::find(portrait, target));
    let compressor = dynamics::find(portrait, target);
    findings[THRESHOLD..THRESHOLD + 4].copy_from_slice(&compressor[..4]);
    findings[MAKEUP] = compressor[4];
    findings[WIDTH..DRIVE].copy_from_slice(&width::find(portrait, target));
    findings[DRIVE] = drive(loudness_error_db);
    for (finding, spec) in findings.iter_mut().zip(&MOVE_SPECS) {
        // Out of bounds is impossible by construction, not-a-number by the portrait; this is the guarantee.
        finding.value =
            if finding.value.is_finite() { finding.value.clamp(spec.min, spec.max) } else { spec.neutral };
    }
    findings
}

fn drive(loudness_error_db: Option<f32>) -> Finding {
    let spec = &MOVE_SPECS[DRIVE];
    let error_db = loudness_error_db.filter(|error_db| error_db.is_finite());
    Finding {
        value: error_db.unwrap_or(spec.neutral).clamp(spec.min, spec.max),
        measured: error_db.map_or(0.0, |error_db| -error_db),
        unit: "LU",
        low: -spec.worth,
        high: spec.worth,
        wish: 0.0,
        confidence: if error_db.is_some() { 1.0 } else { 0.0 },
        reason: if error_db.is_some() { Reason::ToTarget } else { Reason::NoTarget },
    }
}

#[cfg(test)]
pub(crate) mod tests;
