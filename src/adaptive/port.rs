//! The audio thread's half of the listener: pushes what it hears, takes where to go. Nothing here waits or allocates.
//!
//! **Frozen.** Where a host renders offline nothing is pushed and no heading is taken: the moves are those of the project,
//! in place from the first sample, so two renders are the same bits. A project that is restored speaks louder than any
//! heading, at any time.

use super::steering::Heading;
use crate::bridge::latest::LatestWriter;
use crate::bridge::tap::{TapBlock, TapFormat, TapWriter};
use crate::bridge::targets::{TargetReader, TargetWriter, Targets};
use crate::control::adaptive::{
    Adaptation, AdaptiveAmounts, AdaptiveControls, AdaptiveMode, MOVES, Moves, Pace,
};

/// The flags of a set of targets tell its pace.
const PACES: [Pace; 3] = [Pace::Automatic, Pace::ByHand, Pace::AtOnce];

/// Sends the engine somewhere. One thread at a time.
pub struct Helm(TargetWriter<MOVES>);

impl Helm {
    pub(super) fn new(writer: TargetWriter<MOVES>) -> Self {
        Self(writer)
    }

    /// Publishes a heading. One with anything but numbers is kept back: the last good one holds.
    pub fn head(&mut self, heading: &Heading) {
        if heading.moves.is_finite() {
            let flags = PACES.iter().position(|pace| *pace == heading.pace).unwrap_or(0);
            self.0.publish(&Targets { values: heading.moves.bounded().0, flags: flags as u32 });
        }
    }
}

fn heading(targets: Targets<MOVES>) -> Heading {
    let pace = PACES.get(targets.flags as usize).copied().unwrap_or_default();
    Heading { moves: Moves(targets.values).bounded(), pace }
}

/// See the module.
pub struct Port {
    pub(super) tap: TapWriter,
    pub(super) headings: TargetReader<MOVES>,
    pub(super) restored: TargetReader<MOVES>,
    pub(super) present: LatestWriter<Moves>,
    pub(super) heading: Heading,
    pub(super) is_frozen: bool,
    pub(super) is_listening: bool,
}

impl Port {
    /// Begins at a sample rate in Hz with the moves of the project in place. Not while audio runs.
    pub fn activate(&mut self, format: TapFormat, committed: Moves, is_offline: bool) {
        self.is_frozen = is_offline;
        _ = self.restored.take();
        _ = self.headings.take();
        self.heading = Heading { moves: committed, pace: Pace::AtOnce };
        self.tap.set_format(format);
    }

    /// What the engine is to do in the coming block.
    pub fn adaptation(&mut self, controls: &AdaptiveControls) -> Adaptation {
        // What comes after a restored project waits for the next block; the worker's last word is then in place.
        let news = self.restored.take().or_else(|| self.headings.take().filter(|_| !self.is_frozen));
        if let Some(targets) = news {
            self.heading = heading(targets);
        }
        self.is_listening = !self.is_frozen && controls.mode != AdaptiveMode::Off;
        let amounts =
            if controls.mode == AdaptiveMode::Off { AdaptiveAmounts::NONE } else { controls.amounts };
        Adaptation { moves: self.heading.moves, amounts, pace: self.heading.pace }
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
