//! Everything between hearing and moving, in one thread and without a clock: audio in, targets out.
//!
//! The worker runs it beside the audio thread; tests and the command line run it by itself. The same audio and the same
//! saved state give the same targets, however the audio is cut.

use super::Saved;
use super::advice::{Advice, advise};
use super::chain_gain::ChainGain;
use super::curve::Target;
use super::features::{Portrait, vector};
use super::listener::Listener;
use super::model::{Model, ModelError};
use super::reference::Reference;
use super::steering::{MoveTarget, Proposal, Steering, Wish};
use super::taste::Taste;
use crate::control::adaptive::{AdaptiveControls, AdaptiveMode, Character, Moves, Pace};

/// See the module.
pub struct Conductor {
    hearing: Option<Hearing>,
    model: Option<Box<dyn Model>>,
    /// Why the model does not speak.
    trouble: Option<ModelError>,
    character: Character,
    target_lufs: Option<f32>,
    target: Target,
    reference: Option<Reference>,
    taste: Taste,
    steering: Steering,
    portrait: Portrait,
    advice: Option<Advice>,
    is_heard: bool,
    /// Automatic travel was stopped by silence or by freezing.
    is_resting: bool,
    is_travelling_by_hand: bool,
}

/// What depends on the sample rate.
struct Hearing {
    listener: Listener,
    chain_gain: ChainGain,
}

impl Conductor {
    /// One that has heard nothing, with a model or the rule alone.
    pub fn new(saved: &Saved, model: Option<Box<dyn Model>>) -> Self {
        let character = Character::default();
        let mut conductor = Self {
            hearing: None,
            model,
            trouble: None,
            character,
            target_lufs: None,
            target: Target::of(character),
            reference: None,
            taste: Taste::default(),
            steering: Steering::default(),
            portrait: Portrait::EMPTY,
            advice: None,
            is_heard: false,
            is_resting: false,
            is_travelling_by_hand: false,
        };
        conductor.resume(saved);
        conductor
    }

    /// Goes on from a saved state; what was heard stays.
    pub fn resume(&mut self, saved: &Saved) {
        self.steering = Steering::resume(saved.course.clone());
        self.taste = saved.taste.clone();
        self.set_reference(saved.reference.clone());
        self.is_resting = false;
    }

    /// What is to be kept.
    pub fn saved(&self) -> Saved {
        Saved {
            course: self.steering.course().clone(),
            taste: self.taste.clone(),
            reference: self.reference.clone(),
            lost: None,
        }
    }

    /// Starts listening afresh at a sample rate in Hz.
    pub fn prepare(&mut self, rate_hz: f64) {
        self.hearing =
            Some(Hearing { listener: Listener::new(rate_hz), chain_gain: ChainGain::new(rate_hz) });
        self.portrait = Portrait::EMPTY;
        self.advice = None;
        self.is_heard = false;
    }

    /// Takes another model, or the reason why there is none.
    pub fn set_model(&mut self, model: Result<Box<dyn Model>, ModelError>) {
        (self.model, self.trouble) = match model {
            Ok(model) => (Some(model), None),
            Err(trouble) => (None, Some(trouble)),
        };
        self.rethink();
    }

    /// Aims for a reference, or for the character again.
    pub fn set_reference(&mut self, reference: Option<Reference>) {
        self.target = match &reference {
            Some(reference) => reference.target(),
            None => Target::of(self.character),
        };
        self.reference = reference;
        self.rethink();
    }

    /// Hears a stretch of audio: input left and right, output left and right, all of one length. `present` is where the
    /// engine is. Returns the last new target, if there is any.
    pub fn hear(
        &mut self,
        planes: [&[f32]; 4],
        present: &Moves,
        controls: &AdaptiveControls,
    ) -> Option<MoveTarget> {
        let mut target = None;
        let mut at = 0;
        while let Some(hearing) = &mut self.hearing
            && at < planes[0].len()
        {
            let (taken, hop) = hearing.listener.until_hop(&planes[0][at..], &planes[1][at..]);
            hearing.chain_gain.push(planes.map(|plane| &plane[at..at + taken]));
            at += taken;
            if let Some(hop) = hop {
                self.is_heard = hop.heard;
                if hop.heard {
                    hearing.chain_gain.hop(present);
                    self.portrait = hearing.listener.portrait();
                    self.follow(controls);
                    self.rethink();
                }
                target = self.steer(present, controls).or(target);
            }
        }
        target
    }

    /// Takes the aim that the user has set; whether it is another one.
    pub fn follow(&mut self, controls: &AdaptiveControls) -> bool {
        let is_new = (controls.character, controls.target_lufs) != (self.character, self.target_lufs);
        (self.character, self.target_lufs) = (controls.character, controls.target_lufs);
        if is_new && self.reference.is_none() {
            self.target = Target::of(self.character);
        }
        is_new
    }

    /// Thinks again about what was heard. A model that fails leaves the last good advice standing.
    pub fn rethink(&mut self) {
        if self.portrait.is_empty() {
            return;
        }
        let model = self.model.as_mut().filter(|_| !self.target.is_reference);
        let run = |model: &mut Box<dyn Model>| model.run(&vector(&self.portrait, &self.target.level_db));
        let verdict = match model.map(run) {
            Some(Ok(verdict)) => {
                self.trouble = None;
                Some(verdict)
            }
            Some(Err(trouble)) => {
                self.trouble = Some(trouble);
                return;
            }
            None => None,
        };
        let advice =
            advise(&self.portrait, &self.target, verdict.as_ref(), &self.taste, self.loudness_error_db());
        if advice.moves.is_finite() {
            self.advice = Some(advice);
        }
    }

    /// The drive that would bring the programme to the target.
    fn loudness_error_db(&self) -> Option<f32> {
        let chain_gain_db = self.hearing.as_ref()?.chain_gain.gain_db()?;
        Some(self.target_lufs.or(self.target.loudness_lufs)? - self.portrait.integrated_lufs - chain_gain_db)
            .filter(|error| error.is_finite())
    }

    fn steer(&mut self, present: &Moves, controls: &AdaptiveControls) -> Option<MoveTarget> {
        let proposal = self.proposal();
        let target = self.steering.hop(self.is_heard, proposal.as_ref(), controls);
        let committed = self.steering.committed();
        if *present == committed {
            self.is_travelling_by_hand = false;
        }
        if target.is_some() {
            self.is_resting = false;
            return target;
        }
        let may_rest = controls.mode != AdaptiveMode::Off && !self.is_travelling_by_hand;
        let is_held = !self.is_heard || controls.freeze;
        if may_rest && is_held && !self.is_resting && *present != committed {
            self.is_resting = true;
            return Some(MoveTarget { moves: *present, pace: Pace::Automatic });
        }
        if self.is_resting && !controls.freeze && self.steering.is_rearmed() {
            self.is_resting = false;
            return Some(MoveTarget { moves: committed, pace: Pace::Automatic });
        }
        None
    }

    fn proposal(&self) -> Option<Proposal> {
        self.advice.as_ref().map(|advice| Proposal { moves: advice.moves, weight: advice.weight })
    }

    /// Carries out what the user asks for.
    pub fn wish(&mut self, wish: Wish) -> Option<MoveTarget> {
        let proposal = self.proposal();
        let target = self.steering.wish(wish, proposal.as_ref());
        if target.is_some() {
            self.is_travelling_by_hand = true;
            self.is_resting = false;
        }
        target
    }

    /// Learns from pins that have stood long enough; `passed_s` is the time since the last call. Returns how many.
    pub fn settle(&mut self, passed_s: f32) -> usize {
        let corrections = self.steering.settle(passed_s);
        for correction in &corrections {
            self.taste.learn(correction.index, correction.wanted - correction.proposed, &self.portrait);
        }
        corrections.len()
    }

    /// What has been learned, to be read and changed.
    pub fn taste_mut(&mut self) -> &mut Taste {
        &mut self.taste
    }

    /// What has been learned.
    pub fn taste(&self) -> &Taste {
        &self.taste
    }

    /// Modes, commits and pins.
    pub fn steering(&self) -> &Steering {
        &self.steering
    }

    /// The same, to be changed.
    pub fn steering_mut(&mut self) -> &mut Steering {
        &mut self.steering
    }

    /// The newest advice.
    pub fn advice(&self) -> Option<&Advice> {
        self.advice.as_ref()
    }

    /// What has been heard.
    pub fn portrait(&self) -> &Portrait {
        &self.portrait
    }

    /// What is aimed for.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// What is aimed for, in words.
    pub fn aim(&self) -> String {
        match &self.reference {
            Some(reference) => reference.names.join(", "),
            None => self.character.id().to_owned(),
        }
    }

    /// Whether the latest tenth of a second passed the gate.
    pub fn is_heard(&self) -> bool {
        self.is_heard
    }

    /// The model that is asked, if any; a reference needs none.
    pub fn model(&self) -> Option<&dyn Model> {
        self.model.as_deref().filter(|_| !self.target.is_reference)
    }

    /// Why the model does not speak.
    pub fn trouble(&self) -> Option<&ModelError> {
        self.trouble.as_ref()
    }
}

#[cfg(test)]
mod tests;
