//! Who the wheel turns: a list that scrolls must not turn the values that pass under the pointer. Whatever a run of
//! turns begins on keeps it until the wheel rests.

use egui::{Id, Ui, Vec2};

use super::wheel_notches;

/// A pause after which a run of turns is over.
const REST_S: f64 = 0.4;

/// The owner of the run; none is the list itself.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Run {
    owner: Option<Id>,
    at_s: f64,
}

fn key() -> Id {
    Id::unique("wheel run")
}

/// Whether `asker` may have a turn now.
fn is_for(run: Option<Run>, asker: Option<Id>, now_s: f64) -> bool {
    run.is_none_or(|run| run.owner == asker || now_s - run.at_s > REST_S)
}

/// Notches for the value under the pointer; what it takes does not scroll.
pub fn claimed(ui: &Ui, id: Id) -> f32 {
    let now_s = ui.input(|input| input.time);
    let run = ui.data(|data| data.get_temp::<Run>(key()));
    if !is_for(run, Some(id), now_s) {
        return 0.0;
    }
    ui.input_mut(|input| input.smooth_scroll_delta = Vec2::ZERO);
    let notches = wheel_notches(ui);
    if notches != 0.0 {
        ui.data_mut(|data| data.insert_temp(key(), Run { owner: Some(id), at_s: now_s }));
    }
    notches
}

/// Gives the list what no value has taken. Called once a frame, behind everything that scrolls.
pub fn rest(ui: &Ui) {
    let now_s = ui.input(|input| input.time);
    let run = ui.data(|data| data.get_temp::<Run>(key()));
    if wheel_notches(ui) != 0.0 && is_for(run, None, now_s) && run.is_none_or(|run| run.at_s != now_s) {
        ui.data_mut(|data| data.insert_temp(key(), Run { owner: None, at_s: now_s }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_stays_with_whom_it_began() {
        let [field, other] = ["a", "b"].map(Id::unique);
        let run = Some(Run { owner: Some(field), at_s: 1.0 });
        assert!(is_for(run, Some(field), 1.2) && !is_for(run, Some(other), 1.2) && !is_for(run, None, 1.2));
        assert!(is_for(run, Some(other), 1.5), "the wheel has rested");
        let scrolling = Some(Run { owner: None, at_s: 1.0 });
        assert!(!is_for(scrolling, Some(field), 1.3) && is_for(scrolling, None, 1.3));
    }
}
