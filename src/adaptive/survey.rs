//! Advice for a recording that is there from beginning to end. Background threads.

use super::advice::{Advice, advise};
use super::curve::Target;
use super::features::vector;
use super::listener::Listener;
use super::model::{Model, ModelError};
use super::taste::Taste;
use crate::audio_file::AudioData;
use crate::control::adaptive::{MOVE_SPECS, MOVES};

/// Hops between two looks: a second.
const HOPS_PER_LOOK: usize = 10;
/// Heard time before the first look that counts, in seconds; shorter recordings are looked at once, at their end.
const FIRST_LOOK_S: f64 = 20.0;
/// Least heard time, in seconds.
const SHORTEST_S: f64 = 3.0;

/// Why there is no advice.
#[derive(Debug, thiserror::Error)]
pub enum SurveyError {
    /// Nothing to hear.
    #[error(
        "{heard_s:.1} s of it are loud enough to be heard, expected at least {SHORTEST_S:.0} s: cannot advise"
    )]
    TooLittle {
        /// Seconds above the gate.
        heard_s: f64,
    },
    /// The model failed.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// The advice that stands for the whole recording: of all that would be given while it plays, the one nearest to their
/// medians. It is one advice, fitted as a whole, not a mixture.
///
/// # Errors
/// [`SurveyError`]
pub fn survey(
    audio: &AudioData,
    target: &Target,
    mut model: Option<&mut dyn Model>,
    taste: &Taste,
) -> Result<Advice, SurveyError> {
    let mut listener = Listener::new(f64::from(audio.rate_hz));
    let left = audio.channels.first().map_or(&[][..], Vec::as_slice);
    let right = audio.channels.get(1).map_or(left, Vec::as_slice);
    let mut looks: Vec<Advice> = Vec::new();
    let mut hops = 0;
    let mut at = 0;
    while at < left.len() {
        let (taken, hop) = listener.until_hop(&left[at..], &right[at..]);
        at += taken;
        if let Some(hop) = hop {
            hops += usize::from(hop.heard);
            let is_due = hop.heard && hops % HOPS_PER_LOOK == 0 && listener.heard_s() >= FIRST_LOOK_S;
            if is_due {
                looks.push(look(&listener, target, &mut model, taste)?);
            }
        }
    }
    if listener.heard_s() < SHORTEST_S {
        return Err(SurveyError::TooLittle { heard_s: listener.heard_s() });
    }
    if looks.is_empty() {
        looks.push(look(&listener, target, &mut model, taste)?);
    }
    Ok(looks.swap_remove(most_typical(&looks)))
}

fn look(
    listener: &Listener,
    target: &Target,
    model: &mut Option<&mut dyn Model>,
    taste: &Taste,
) -> Result<Advice, ModelError> {
    let portrait = listener.portrait();
    let verdict = match model {
        Some(model) => Some(model.run(&vector(&portrait, &target.level_db))?),
        None => None,
    };
    Ok(advise(&portrait, target, verdict.as_ref(), taste, None))
}

/// Place of the advice nearest to the medians, each move in the unit of what is worth one.
fn most_typical(looks: &[Advice]) -> usize {
    let mut medians = [0.0; MOVES];
    for (index, median) in medians.iter_mut().enumerate() {
        let mut values: Vec<f32> = looks.iter().map(|look| look.moves.0[index]).collect();
        values.sort_by(f32::total_cmp);
        *median = values[values.len() / 2];
    }
    let distance = |look: &Advice| -> f32 {
        let moves = look.moves.0.iter().zip(medians).zip(&MOVE_SPECS);
        moves.map(|((value, median), spec)| ((value - median) / spec.worth).abs()).sum()
    };
    let nearest = (0..looks.len()).min_by(|a, b| distance(&looks[*a]).total_cmp(&distance(&looks[*b])));
    nearest.unwrap_or(0)
}
