//! What the editor and others may ask of the worker.

use std::path::PathBuf;
use std::sync::Arc;

use super::Listening;
use crate::adaptive::steering::Wish;
use crate::worker::Link;

/// What the editor and others may ask for.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Something about the moves.
    Steer(Wish),
    /// Locks a move against everything automatic, or unlocks it.
    ToggleLock(usize),
    /// Aim for the mean of these files.
    Reference(Vec<PathBuf>),
    /// Aim for the character again.
    NoReference,
    /// Ask this model instead of the one that comes with the program, until the instance ends.
    Model(PathBuf),
    /// Ask the model that comes with the program.
    OwnModel,
    /// Unlearn the correction at this place of the list, and only if it still reads like this.
    Forget(usize, String),
    /// Unlearn all corrections.
    ForgetAll,
    /// Replace what has been learned by what a file holds.
    LoadTaste(PathBuf),
    /// Write what has been learned to a file.
    SaveTaste(PathBuf),
}

/// Asks the worker, from any thread but the audio thread.
#[derive(Clone)]
pub struct Asker(Arc<Link<Listening>>);

impl Asker {
    pub(super) fn new(link: Arc<Link<Listening>>) -> Self {
        Self(link)
    }

    /// Asks the worker for something.
    pub fn ask(&self, ask: Ask) {
        self.0.ask(|asks| asks.push(ask));
    }
}
