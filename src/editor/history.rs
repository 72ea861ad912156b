//! Steps that can be undone. Pure.
//!
//! A step is what the settings were before the user did something and a moment after. Taking it back changes only what
//! differs between the two, so that automation and other hands keep what they moved at other times.

use std::collections::VecDeque;

use serde_json::Value;

use crate::control::MasterControls;

/// Steps that are kept.
const MOST_STEPS: usize = 200;
/// Gestures on one control within this time are one step, as the notches of a wheel; and the host has this long to carry
/// a change out before the settings are looked at.
const PAUSE_S: f64 = 0.6;

#[derive(Debug, Clone, Copy)]
struct Step {
    before: MasterControls,
    after: MasterControls,
}

/// A step whose end is still awaited.
#[derive(Debug)]
struct Pending {
    before: MasterControls,
    /// What is being moved, and since when.
    what: String,
    began_s: f64,
    /// What is held: gestures that have begun and not ended.
    held: Vec<String>,
    ended_s: f64,
}

/// The steps of one window's life.
#[derive(Debug, Default)]
pub struct History {
    done: VecDeque<Step>,
    undone: Vec<Step>,
    pending: Option<Pending>,
}

impl History {
    /// A gesture on `what` begins. Gestures that begin in the same frame, or while one is held, or on the same thing shortly
    /// after another, belong to one step.
    pub fn begin(&mut self, what: &str, now_s: f64, present: impl Fn() -> MasterControls) {
        let continues = self.pending.as_ref().is_some_and(|pending| {
            !pending.held.is_empty()
                || pending.began_s == now_s
                || (pending.what == what && now_s - pending.ended_s < PAUSE_S)
        });
        if !continues {
            self.close(&present);
        }
        let pending = self.pending.get_or_insert_with(|| Pending {
            before: present(),
            what: what.to_owned(),
            began_s: now_s,
            held: Vec::new(),
            ended_s: now_s,
        });
        pending.held.push(what.to_owned());
    }

    /// A gesture on `what` ends.
    pub fn end(&mut self, what: &str, now_s: f64) {
        if let Some(pending) = &mut self.pending {
            pending.held.retain(|held| held != what);
            pending.ended_s = now_s;
        }
    }

    /// Closes a step that nothing has been added to for a while.
    pub fn settle(&mut self, now_s: f64, present: impl Fn() -> MasterControls) {
        if self.pending.as_ref().is_some_and(|p| p.held.is_empty() && now_s - p.ended_s >= PAUSE_S) {
            self.close(present);
        }
    }

    /// Closes the step at hand, if there is one.
    pub fn close(&mut self, present: impl Fn() -> MasterControls) {
        let Some(pending) = self.pending.take() else { return };
        let step = Step { before: pending.before, after: present() };
        if step.before.heard_as(&step.after) != step.after {
            self.undone.clear();
            self.done.push_back(step);
            if self.done.len() > MOST_STEPS {
                self.done.pop_front();
            }
        }
    }

    /// Nothing is held any more: the window that held it is gone, and its clock with it. Returns what was held.
    pub fn let_go(&mut self, present: &MasterControls) -> Vec<String> {
        let held = self.pending.as_mut().map(|pending| std::mem::take(&mut pending.held));
        self.close(|| *present);
        held.unwrap_or_default()
    }

    /// Whether there is a step to take back.
    pub fn can_undo(&self) -> bool {
        self.pending.is_some() || !self.done.is_empty()
    }

    /// Whether there is a step to take once more.
    pub fn can_redo(&self) -> bool {
        self.pending.is_none() && !self.undone.is_empty()
    }

    /// The settings without the last step; `None` where there is none.
    pub fn undo(&mut self, present: &MasterControls) -> Option<MasterControls> {
        let step = self.done.pop_back()?;
        self.undone.push(step);
        Some(changed(present, &step.after, &step.before))
    }

    /// The settings with the last step that was taken back; `None` where there is none.
    pub fn redo(&mut self, present: &MasterControls) -> Option<MasterControls> {
        let step = self.undone.pop()?;
        self.done.push_back(step);
        Some(changed(present, &step.before, &step.after))
    }
}

/// `present` with the difference from `from` to `to`. How one listens is no part of a step.
fn changed(present: &MasterControls, from: &MasterControls, to: &MasterControls) -> MasterControls {
    let value = |controls: &MasterControls| serde_json::to_value(controls).unwrap_or_default();
    let mut merged = value(present);
    merge(&mut merged, &value(from), &value(to));
    serde_json::from_value(merged).unwrap_or(*to).heard_as(present)
}

fn merge(present: &mut Value, from: &Value, to: &Value) {
    match (present, from, to) {
        (Value::Object(present), Value::Object(from), Value::Object(to)) => {
            for (key, value) in present {
                merge(value, &from[key], &to[key]);
            }
        }
        (Value::Array(present), Value::Array(from), Value::Array(to)) => {
            for (value, (from, to)) in present.iter_mut().zip(from.iter().zip(to)) {
                merge(value, from, to);
            }
        }
        (present, from, to) if from != to => *present = to.clone(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_gain(gain_db: f32) -> MasterControls {
        let mut controls = MasterControls::default();
        controls.eq.bands[2].gain_db = gain_db;
        controls
    }

    fn step(history: &mut History, what: &str, at_s: f64, from_db: f32, to_db: f32) {
        history.begin(what, at_s, || with_gain(from_db));
        history.end(what, at_s + 0.01);
        history.settle(at_s + 0.01, || with_gain(to_db));
    }

    #[test]
    fn a_step_goes_back_and_forth() {
        let mut history = History::default();
        step(&mut history, "gain", 1.0, 0.0, 3.3);
        history.close(|| with_gain(3.3));
        assert_eq!(history.undo(&with_gain(3.3)), Some(with_gain(0.0)));
        assert!(!history.can_undo() && history.can_redo());
        assert_eq!(history.redo(&with_gain(0.0)), Some(with_gain(3.3)));
        assert_eq!(history.redo(&with_gain(3.3)), None);
    }

    #[test]
    fn notches_in_a_row_are_one_step_and_later_ones_another() {
        let mut history = History::default();
        step(&mut history, "gain", 1.0, 0.0, 1.0);
        step(&mut history, "gain", 1.2, 1.0, 2.0);
        step(&mut history, "gain", 9.0, 2.0, 5.0);
        history.close(|| with_gain(5.0));
        assert_eq!(history.undo(&with_gain(5.0)), Some(with_gain(2.0)));
        assert_eq!(history.undo(&with_gain(2.0)), Some(with_gain(0.0)));
        assert_eq!(history.undo(&with_gain(0.0)), None);
    }

    #[test]
    fn what_something_else_has_moved_stays() {
        let mut history = History::default();
        step(&mut history, "gain", 1.0, 0.0, 4.0);
        history.close(|| with_gain(4.0));
        let mut present = with_gain(4.0);
        present.limiter.drive_db = 7.0;
        present.global.bypass = true;
        let back = history.undo(&present).unwrap();
        assert_eq!((back.eq.bands[2].gain_db, back.limiter.drive_db), (0.0, 7.0));
        assert!(back.global.bypass);
    }

    #[test]
    fn a_step_that_changed_nothing_is_none_and_a_new_one_ends_the_redos() {
        let mut history = History::default();
        step(&mut history, "gain", 1.0, 0.0, 0.0);
        history.close(|| with_gain(0.0));
        assert!(!history.can_undo());
        step(&mut history, "gain", 3.0, 0.0, 1.0);
        history.close(|| with_gain(1.0));
        history.undo(&with_gain(1.0));
        step(&mut history, "gain", 5.0, 0.0, 2.0);
        history.close(|| with_gain(2.0));
        assert!(!history.can_redo());
    }

    #[test]
    fn steps_are_bounded() {
        let mut history = History::default();
        for n in 0..300 {
            step(&mut history, "gain", 10.0 * f64::from(n), 0.0, 1.0);
            history.close(|| with_gain(1.0));
        }
        assert_eq!(history.done.len(), MOST_STEPS);
    }
}
