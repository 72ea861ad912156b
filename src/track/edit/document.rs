//! A track that is being edited, with its past and its future. Main thread.
//!
//! States share what they hold; a state is the whole track with its text, so that going back gives the very bytes.

use super::{EditError, Operation, edited};
use crate::track::file::limits::Limits;
use crate::track::file::load::{LoadError, Loaded, parse};
use crate::track::file::problem::Problem;
use crate::track::file::save::to_json;
use crate::track::file::schema::Track;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

/// States that can be gone back to.
const MOST_STATES: usize = 200;
/// Bytes of text of all of them together; a track takes several times as much in memory.
const MOST_BYTES: usize = 16 << 20;

/// Why a text cannot be edited.
pub type OpenError = LoadError;

/// A track with its history.
#[derive(Debug, Clone)]
pub struct Document {
    now: State,
    past: VecDeque<State>,
    future: Vec<State>,
    /// The field that the newest change set, as long as further changes of it belong to the same one.
    open_field: Option<String>,
    revision: u64,
    limits: Limits,
    problems: Vec<Problem>,
}

#[derive(Debug, Clone)]
struct State {
    track: Arc<Track>,
    text: Arc<str>,
}

impl Document {
    /// Reads the text of a track; `name` decides by its extension what a text without marks of its own is. The text
    /// counts as it stands until something is changed.
    ///
    /// # Errors
    /// Every reason why the text is no track.
    pub fn open(text: &str, name: &Path, limits: Limits) -> Result<Self, OpenError> {
        let Loaded { track, problems, .. } = parse(text.as_bytes(), name, &limits)?;
        let now = State { track: Arc::new(track), text: text.into() };
        Ok(Self { problems, ..Self::with(now, limits) })
    }

    /// For a track that is there already.
    pub fn new(track: Track, limits: Limits) -> Self {
        let text = to_json(&track).into();
        Self::with(State { track: Arc::new(track), text }, limits)
    }

    fn with(now: State, limits: Limits) -> Self {
        let (past, future, problems) = (VecDeque::new(), Vec::new(), Vec::new());
        Self { now, past, future, open_field: None, revision: 0, limits, problems }
    }

    /// The track.
    pub fn track(&self) -> &Arc<Track> {
        &self.now.track
    }

    /// Its file.
    pub fn to_json(&self) -> &Arc<str> {
        &self.now.text
    }

    /// A number that grows with every change, undo and redo.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What was found while the text was read.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Makes a change. Consecutive changes of one field, as while dragging, count as one and each begins from what was
    /// before the first; [`Self::seal`] ends that.
    ///
    /// # Errors
    /// See [`super::apply`]; nothing has changed then.
    pub fn apply(&mut self, operation: &Operation) -> Result<(), EditError> {
        let field = operation.target();
        let goes_on = field.is_some() && field == self.open_field;
        let base = if goes_on { self.past.back().unwrap_or(&self.now) } else { &self.now };
        let (track, text) = edited(&base.track, operation, &self.limits)?;
        if text == *self.now.text {
            return Ok(());
        }
        let state = State { track: Arc::new(track), text: text.into() };
        let before = std::mem::replace(&mut self.now, state);
        if !goes_on {
            self.past.push_back(before);
            self.forget();
        }
        self.open_field = field;
        self.future.clear();
        self.revision += 1;
        Ok(())
    }

    /// Ends a run of changes of one field: the next one can be undone by itself.
    pub fn seal(&mut self) {
        self.open_field = None;
    }

    /// Whether there is anything to go back to.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is anything to go forward to.
    pub fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Goes back before the newest change. False where there is none.
    pub fn undo(&mut self) -> bool {
        let Some(state) = self.past.pop_back() else { return false };
        self.future.push(std::mem::replace(&mut self.now, state));
        self.moved()
    }

    /// Makes the change again that was undone last. False where there is none.
    pub fn redo(&mut self) -> bool {
        let Some(state) = self.future.pop() else { return false };
        self.past.push_back(std::mem::replace(&mut self.now, state));
        self.moved()
    }

    fn moved(&mut self) -> bool {
        self.open_field = None;
        self.revision += 1;
        true
    }

    /// Lets the oldest states go. The newest of them stays, however large.
    fn forget(&mut self) {
        let mut bytes: usize = self.past.iter().map(|state| state.text.len()).sum();
        while self.past.len() > MOST_STATES || bytes > MOST_BYTES && self.past.len() > 1 {
            bytes -= self.past.pop_front().map_or(0, |state| state.text.len());
        }
    }
}
