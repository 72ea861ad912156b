//! Decides when a proposal becomes a move: modes, patience, silence, locks, pins, undo. Worker thread; no clock but hops.
//!
//! A commit changes where the engine goes; how fast it goes is the engine's part. Nothing here looks at audio: it is told
//! with every hop whether anything is heard and what is proposed.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::control::adaptive::{
    ATTACK, AdaptiveControls, AdaptiveMode, MAKEUP, MOVE_SPECS, MOVES, Module, Moves, Pace, RATIO, RELEASE,
    THRESHOLD,
};

/// Seconds of a hop.
pub const HOP_S: f32 = 0.1;
/// Heard time that the learning mode takes before it moves.
pub const LEARN_S: f32 = 30.0;
/// A proposal must differ for this long before it is followed.
const PATIENCE_S: f32 = 4.0;
/// After silence nothing is followed for this long.
const REARM_S: f32 = 3.0;
/// A pinned value counts as the user's word once it has stood this long.
const SETTLE_S: f32 = 2.0;
/// Commits that can be taken back.
const HISTORY: usize = 32;

/// A new destination.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MoveTarget {
    /// Where to go.
    pub moves: Moves,
    /// How fast.
    pub pace: Pace,
}

/// What is proposed, and how much of it may be done already.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proposal {
    /// All of it.
    pub moves: Moves,
    /// Share that may be done, 0…1.
    pub weight: f32,
}

impl Proposal {
    /// What may be done, from where things are. The curve of the compressor is taken as it is: the ratio decides how much it
    /// does.
    fn from(&self, committed: &Moves) -> Moves {
        let mut moves = self.moves;
        for (index, (value, there)) in moves.0.iter_mut().zip(committed.0).enumerate() {
            if !matches!(index, THRESHOLD | ATTACK | RELEASE) {
                *value = there + self.weight * (*value - there);
            }
        }
        moves
    }
}

/// What the user can ask for besides the controls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wish {
    /// Take over the proposal as it stands.
    Apply,
    /// Take back the last commit.
    Undo,
    /// Everything to neutral, pins included.
    Reset,
    /// Start the learning mode over.
    ListenAgain,
    /// This move shall have this value.
    Pin {
        /// Place of the move.
        index: usize,
        /// Its value, in its unit.
        value: f32,
    },
    /// This move is the listener's again.
    Unpin {
        /// Place of the move.
        index: usize,
    },
}

/// A pinned value that has settled: what the user wants against what was proposed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Correction {
    /// Place of the move.
    pub index: usize,
    /// What the user set.
    pub wanted: f32,
    /// What the listener had proposed when the user began.
    pub proposed: f32,
}

/// What is kept in a project.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Course {
    /// Where the engine has been sent.
    pub committed: Moves,
    /// Values that the user holds by hand.
    pub pins: [Option<f32>; MOVES],
    /// One bit for each move that nothing automatic may touch.
    pub locks: u32,
    /// Whether the learning mode has done its work.
    pub has_learned: bool,
    /// What was committed before, oldest first.
    pub history: VecDeque<Moves>,
}

impl Course {
    /// The same with everything within bounds, for what comes from files.
    pub fn bounded(mut self) -> Self {
        self.committed = self.committed.bounded();
        for (pin, spec) in self.pins.iter_mut().zip(&MOVE_SPECS) {
            *pin = pin.filter(|value| value.is_finite()).map(|value| value.clamp(spec.min, spec.max));
        }
        self.locks &= (1 << MOVES) - 1;
        while self.history.len() > HISTORY {
            self.history.pop_front();
        }
        self
    }
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Steering {
    course: Course,
    /// For how long the proposal for each module has differed from what is committed.
    differing_s: [f32; Module::ALL.len()],
    /// What was proposed for a module when a commit of it was taken back: not to be proposed again.
    vetoed: [Option<Moves>; Module::ALL.len()],
    mode: Option<AdaptiveMode>,
    /// Heard time since learning began.
    learning_s: f32,
    /// Heard time since the last silence.
    since_silence_s: f32,
    /// Pins that are still to settle: what was proposed before, and since when.
    settling: [Option<(f32, f32)>; MOVES],
}

impl Steering {
    /// Goes on from a saved course.
    pub fn resume(course: Course) -> Self {
        Self { course: course.bounded(), ..Self::default() }
    }

    /// What is to be kept.
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// Where the engine is sent.
    pub fn committed(&self) -> Moves {
        self.course.committed
    }

    /// Share of the learning time that is over, 0…1.
    pub fn learned_share(&self) -> f32 {
        if self.course.has_learned { 1.0 } else { (self.learning_s / LEARN_S).min(1.0) }
    }

    /// Whether the last silence is long enough ago.
    pub fn is_rearmed(&self) -> bool {
        self.since_silence_s >= REARM_S
    }

    /// Locks a move against everything automatic, or unlocks it.
    pub fn toggle_lock(&mut self, index: usize) {
        if index < MOVES {
            self.course.locks ^= 1 << index;
        }
    }

    /// Carries out what the user asks for; `proposal` is what is proposed now, if anything is.
    pub fn wish(&mut self, wish: Wish, proposal: Option<&Proposal>) -> Option<MoveTarget> {
        match wish {
            Wish::Apply => {
                let proposal = proposal?.from(&self.course.committed);
                self.vetoed = Default::default();
                self.commit(|steering, index| steering.is_free(index).then(|| proposal.0[index]))
            }
            Wish::Undo => {
                let before = self.course.history.pop_back()?;
                for (index, spec) in MOVE_SPECS.iter().enumerate() {
                    if before.0[index] != self.course.committed.0[index] {
                        self.vetoed[spec.module as usize] = proposal.map(|proposal| proposal.moves);
                        // What was set by hand and taken back is no wish any more.
                        self.course.pins[index] =
                            self.course.pins[index].filter(|pin| *pin == before.0[index]);
                        self.settling[index] = None;
                    }
                }
                self.course.committed = before;
            }
            Wish::Reset => {
                self.course.pins = [None; MOVES];
                self.settling = [None; MOVES];
                self.vetoed = [proposal.map(|proposal| proposal.moves); Module::ALL.len()];
                self.commit(|_, index| Some(MOVE_SPECS[index].neutral));
            }
            Wish::ListenAgain => {
                self.learning_s = 0.0;
                self.course.has_learned = false;
                return None;
            }
            Wish::Pin { index, value } => {
                let spec = MOVE_SPECS.get(index)?;
                let value = if value.is_finite() { value.clamp(spec.min, spec.max) } else { return None };
                let proposed = match self.settling[index] {
                    Some((proposed, _)) => proposed,
                    None => {
                        proposal.map_or(self.course.committed.0[index], |proposal| proposal.moves.0[index])
                    }
                };
                let goes_on = self.settling[index].replace((proposed, 0.0)).is_some();
                self.course.pins[index] = Some(value);
                if goes_on {
                    // The same gesture: one step to take back, not one for each picture.
                    self.course.committed.0[index] = value;
                } else {
                    self.commit(|_, at| (at == index).then_some(value));
                }
            }
            Wish::Unpin { index } => {
                *self.course.pins.get_mut(index)? = None;
                self.settling[index] = None;
                return None;
            }
        }
        Some(self.target(Pace::ByHand))
    }

    /// One hop later. Silence stops everything automatic; returns a new destination where there is one.
    pub fn hop(
        &mut self,
        heard: bool,
        proposal: Option<&Proposal>,
        controls: &AdaptiveControls,
    ) -> Option<MoveTarget> {
        if self.mode.replace(controls.mode) != Some(controls.mode) {
            self.differing_s = Default::default();
        }
        if !heard {
            self.since_silence_s = 0.0;
            return None;
        }
        self.since_silence_s += HOP_S;
        let proposal = proposal?;
        if controls.freeze || !self.is_rearmed() {
            return None;
        }
        match controls.mode {
            AdaptiveMode::Off | AdaptiveMode::Suggest => None,
            AdaptiveMode::Learn => self.learn(proposal),
            AdaptiveMode::Adaptive => self.follow(proposal),
        }
    }

    /// Pins that have stood long enough since the last call; `passed_s` is the time since then.
    pub fn settle(&mut self, passed_s: f32) -> Vec<Correction> {
        let mut settled = Vec::new();
        for (index, waiting) in self.settling.iter_mut().enumerate() {
            let (Some((proposed, stood_s)), Some(wanted)) = (waiting.as_mut(), self.course.pins[index])
            else {
                continue;
            };
            *stood_s += passed_s;
            if *stood_s >= SETTLE_S {
                settled.push(Correction { index, wanted, proposed: *proposed });
                *waiting = None;
            }
        }
        settled
    }

    fn learn(&mut self, proposal: &Proposal) -> Option<MoveTarget> {
        if self.course.has_learned {
            return None;
        }
        self.learning_s += HOP_S;
        if self.learning_s < LEARN_S {
            return None;
        }
        self.course.has_learned = true;
        let proposal = proposal.from(&self.course.committed);
        self.commit(|steering, index| steering.is_free(index).then(|| proposal.0[index]));
        Some(self.target(Pace::Automatic))
    }

    /// A module is followed as a whole: its moves were fitted together.
    fn follow(&mut self, proposal: &Proposal) -> Option<MoveTarget> {
        let (all, proposal) = (proposal.moves, proposal.from(&self.course.committed));
        let mut due = [false; Module::ALL.len()];
        for (place, module) in Module::ALL.into_iter().enumerate() {
            let differs = self.differs(module, &self.course.committed, &proposal)
                && self.vetoed[place].is_none_or(|vetoed| self.differs(module, &vetoed, &all));
            let differing_s = if differs { self.differing_s[place] + HOP_S } else { 0.0 };
            due[place] = differing_s > PATIENCE_S;
            self.differing_s[place] = if due[place] { 0.0 } else { differing_s };
            if due[place] {
                self.vetoed[place] = None;
            }
        }
        if !due.contains(&true) {
            return None;
        }
        self.commit(|steering, index| {
            (due[MOVE_SPECS[index].module as usize] && steering.is_free(index)).then(|| proposal.0[index])
        });
        Some(self.target(Pace::Automatic))
    }

    /// Whether any free move of a module is worth going from one set to the other. A compressor that does nothing may have
    /// any curve.
    fn differs(&self, module: Module, from: &Moves, to: &Moves) -> bool {
        let is_idle = from.0[RATIO] == 1.0 && to.0[RATIO] == 1.0;
        MOVE_SPECS.iter().enumerate().any(|(index, spec)| {
            let is_heard = !(is_idle && matches!(index, THRESHOLD | ATTACK | RELEASE | MAKEUP));
            spec.module == module
                && is_heard
                && self.is_free(index)
                && (to.0[index] - from.0[index]).abs() > spec.worth
        })
    }

    fn is_free(&self, index: usize) -> bool {
        self.course.pins[index].is_none() && self.course.locks >> index & 1 == 0
    }

    /// Commits what `value` gives for each move and remembers what was there, if anything changes.
    fn commit(&mut self, value: impl Fn(&Self, usize) -> Option<f32>) {
        let before = self.course.committed;
        let mut after = before;
        for index in 0..MOVES {
            if let Some(value) = value(self, index) {
                after.0[index] = value;
            }
        }
        let after = after.bounded();
        if after != before {
            self.course.history.push_back(before);
            if self.course.history.len() > HISTORY {
                self.course.history.pop_front();
            }
            self.course.committed = after;
        }
    }

    fn target(&self, pace: Pace) -> MoveTarget {
        MoveTarget { moves: self.course.committed, pace }
    }
}

#[cfg(test)]
mod tests;
