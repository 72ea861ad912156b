//! The user's hand on the parameters: every change of the editor goes through here, as a gesture that the host records and
//! as a step that can be undone. Main thread.

use std::cell::RefCell;

use nice_plug::prelude::*;

use super::history::History;
use crate::control::MasterControls;
use crate::params::AuraParams;
use crate::state::Slot;

/// What a step is called that takes over a whole setting.
const WHOLE: &str = "setting";

/// The way to the host for one frame.
pub struct Hand<'a> {
    setter: ParamSetter<'a>,
    params: &'a AuraParams,
    /// One for each comparison slot.
    histories: &'a [RefCell<History>; 2],
    /// Time of this frame, in seconds.
    now_s: f64,
}

impl<'a> Hand<'a> {
    /// A hand for the frame drawn at `now_s`.
    pub fn new(
        setter: ParamSetter<'a>,
        params: &'a AuraParams,
        histories: &'a [RefCell<History>; 2],
        now_s: f64,
    ) -> Self {
        let hand = Self { setter, params, histories, now_s };
        hand.history().borrow_mut().settle(now_s, || params.expected());
        hand
    }

    /// The steps of what is heard.
    fn history(&self) -> &RefCell<History> {
        match self.params.ab_active() {
            Slot::A => &self.histories[0],
            Slot::B => &self.histories[1],
        }
    }

    /// The hand takes hold of a parameter.
    pub fn begin<P: Param>(&self, param: &P) {
        self.history().borrow_mut().begin(param.name(), self.now_s, || self.params.expected());
        self.setter.begin_set_parameter(param);
    }

    /// The hand moves what it holds.
    pub fn set<P: Param>(&self, param: &P, value: P::Plain) {
        self.setter.set_parameter(param, value);
    }

    /// The hand lets go.
    pub fn end<P: Param>(&self, param: &P) {
        self.setter.end_set_parameter(param);
        self.history().borrow_mut().end(param.name(), self.now_s);
    }

    /// Sets a parameter once, as a gesture of its own.
    pub fn gesture<P: Param>(&self, param: &P, value: P::Plain) {
        self.begin(param);
        self.set(param, value);
        self.end(param);
    }

    /// Takes over a whole setting as one step.
    pub fn apply(&self, controls: &MasterControls) {
        let mut history = self.history().borrow_mut();
        history.begin(WHOLE, self.now_s, || self.params.expected());
        self.params.apply(controls, &self.setter);
        history.end(WHOLE, self.now_s);
    }

    /// Goes to the other comparison slot, which has steps of its own.
    pub fn compare(&self) {
        self.history().borrow_mut().close(|| self.params.expected());
        self.params.ab_switch(&self.setter);
    }

    /// Whether there is a step to take back.
    pub fn can_undo(&self) -> bool {
        self.history().borrow().can_undo()
    }

    /// Whether there is a step to take once more.
    pub fn can_redo(&self) -> bool {
        self.history().borrow().can_redo()
    }

    /// Takes back the last step: what it changed goes back, what has moved since for other reasons stays.
    pub fn undo(&self) {
        self.step(History::undo);
    }

    /// Takes the last step that was taken back once more.
    pub fn redo(&self) {
        self.step(History::redo);
    }

    fn step(&self, take: fn(&mut History, &MasterControls) -> Option<MasterControls>) {
        let mut history = self.history().borrow_mut();
        let present = self.params.expected();
        history.close(|| present);
        if let Some(next) = take(&mut history, &present) {
            self.params.apply(&next, &self.setter);
        }
    }
}
