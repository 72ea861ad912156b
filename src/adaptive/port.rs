//! The audio thread's half of the listener: pushes what it hears, takes where to go. Nothing here waits or allocates.
//!
//! **Frozen.** Where a host renders offline nothing is pushed and no target is taken: the moves are those of the project,
//! in place from the first sample, so two renders are the same bits. A project that is restored speaks louder than any
//! target, at any time.

use super::steering::MoveTarget;
use crate::bridge::latest::LatestWriter;
use crate::bridge::tap::{TapBlock, TapFormat, TapWriter};
use crate::bridge::targets::{TargetReader, TargetWriter, Targets};
use crate::control::adaptive::{
    Adaptation, AdaptiveAmounts, AdaptiveControls, AdaptiveMode, MOVES, Moves, Pace,
};

/// The flags of a set of targets tell its pace.
const PACES: [Pace; 3] = [Pace::Automatic, Pace::ByHand, Pace::AtOnce];

/// Sends the engine somewhere. One thread at a time.
pub struct TargetSender(TargetWriter<MOVES>);

impl TargetSender {
    pub(super) fn new(writer: TargetWriter<MOVES>) -> Self {
        Self(writer)
    }

    /// Publishes a target. One with anything but numbers is kept back: the last good one holds.
    pub fn send(&mut self, target: &MoveTarget) {
        if target.moves.is_finite() {
            let flags = PACES.iter().position(|pace| *pace == target.pace).unwrap_or(0);
            self.0.publish(&Targets { values: target.moves.bounded().0, flags: flags as u32 });
        }
    }
}

fn target(targets: Targets<MOVES>) -> MoveTarget {
    let pace = PACES.get(targets.flags as usize).copied().unwrap_or_default();
    MoveTarget { moves: Moves(targets.values).bounded(), pace }
}

/// See the module.
pub struct Port {
    pub(super) tap: TapWriter,
    pub(super) targets: TargetReader<MOVES>,
    pub(super) restored: TargetReader<MOVES>,
    pub(super) present: LatestWriter<Moves>,
    pub(super) target: MoveTarget,
    pub(super) is_frozen: bool,
    pub(super) is_listening: bool,
}

impl Port {
    /// Begins at a sample rate in Hz with the moves of the project in place. Not while audio runs.
    pub fn activate(&mut self, format: TapFormat, committed: Moves, is_offline: bool) {
        self.is_frozen = is_offline;
        _ = self.restored.take();
        _ = self.targets.take();
        self.target = MoveTarget { moves: committed, pace: Pace::AtOnce };
        self.tap.set_format(format);
    }

    /// What the engine is to do in the coming block.
    pub fn adaptation(&mut self, controls: &AdaptiveControls) -> Adaptation {
        // What comes after a restored project waits for the next block; the worker's last word is then in place.
        let news = self.restored.take().or_else(|| self.targets.take().filter(|_| !self.is_frozen));
        if let Some(targets) = news {
            self.target = target(targets);
        }
        self.is_listening = !self.is_frozen && controls.mode != AdaptiveMode::Off;
        let amounts =
            if controls.mode == AdaptiveMode::Off { AdaptiveAmounts::NONE } else { controls.amounts };
        Adaptation { moves: self.target.moves, amounts, pace: self.target.pace }
    }

    /// Begins a block of `frames`, where anybody listens. Tell it what goes into the chain and what comes out.
    pub fn begin(&mut self, frames: usize) -> Option<TapBlock<'_>> {
        if self.is_listening { self.tap.begin(frames) } else { None }
    }

    /// Tells the worker where the moves are.
    pub fn report(&mut self, present: Moves) {
        if self.is_listening {
            self.present.write(present);
        }
    }
}
