//! The document follows the plugin, and the plugin the document.

use super::*;
use crate::state::track::SavedTrack;
use crate::track::edit::{StepField, VoiceField};
use crate::track::file::preset::factory;

fn picture(revision: u64, text: &str, tag: Option<u64>) -> TrackPicture {
    let saved = SavedTrack { name: "A".into(), text: text.into(), ..SavedTrack::default() };
    TrackPicture { revision, tag, saved: Arc::new(saved), stage: Stage::Ready, ..TrackPicture::default() }
}

fn opened() -> Editing {
    let mut editing = Editing::default();
    editing.follow(&picture(1, NEW_TEXT, None));
    editing
}

fn duration(seconds: f64) -> Operation {
    Operation::SetStep { step: 0, field: StepField::Duration(seconds) }
}

#[test]
fn changes_go_at_most_ten_times_a_second_and_the_last_one_always() {
    let mut throttle = Throttle::default();
    let mut sent = Vec::new();
    for frame in 0..=60 {
        let now_s = 5.0 + f64::from(frame) / 60.0;
        throttle.is_due |= frame < 50;
        if throttle.turn(now_s).is_ok() {
            sent.push(frame);
        }
    }
    assert!((9..=10).contains(&sent.len()), "{sent:?}");
    assert!(*sent.last().unwrap() >= 49 && !throttle.is_due, "{sent:?}");
    throttle.is_due = true;
    assert_eq!(throttle.turn(100.0), Ok(()));
    throttle.is_due = true;
    assert!(matches!(throttle.turn(100.04), Err(Some(wait_s)) if (wait_s - 0.06).abs() < 1e-9));
    assert_eq!(throttle.turn(3.0), Ok(()), "a clock that went back");
}

#[test]
fn another_track_is_taken_over_and_ones_own_is_not() {
    let mut editing = opened();
    editing.change(&duration(90.0));
    let text = editing.text().unwrap().clone();
    assert!(editing.is_changed() && editing.length_s() == 90.0);
    editing.tag = 4;
    editing.follow(&picture(2, NEW_TEXT, Some(3)));
    assert_eq!(editing.text(), Some(&text), "an older one of its own on the way");
    editing.follow(&picture(3, &text, None));
    assert_eq!(editing.can_step(), (true, false), "the host gave back the same: its past stays");
    editing.follow(&picture(4, factory()[0].json, None));
    assert_eq!((editing.can_step(), editing.is_changed()), ((false, false), false));
    assert_eq!(**editing.text().unwrap(), *factory()[0].json);
    editing.follow(&picture(5, "", None));
    assert!(editing.track().is_none());
    editing.follow(&picture(6, "{", None));
    assert!(editing.track().is_none() && editing.trouble().is_some());
}

#[test]
fn undo_gives_the_same_text_back() {
    let mut editing = opened();
    editing.change(&duration(61.0));
    editing.change(&duration(75.0));
    editing.seal();
    let field = VoiceField::Param("baseFreq".into(), Some(300.0.into()));
    editing.change_once(&Operation::SetVoice { step: 0, voice: 0, field });
    editing.step(true);
    editing.step(true);
    assert_eq!(**editing.text().unwrap(), *NEW_TEXT);
    assert!(!editing.is_changed() && editing.can_step() == (false, true));
    editing.step(false);
    assert_eq!(editing.length_s(), 75.0);
}

#[test]
fn what_cannot_be_done_is_said_and_changes_nothing() {
    let mut editing = opened();
    editing.change(&duration(-1.0));
    assert!(editing.trouble().is_some_and(|why| why.contains("duration")));
    assert!(!editing.is_changed() && !editing.throttle.is_due);
    editing.change(&duration(30.0));
    assert_eq!(editing.trouble(), None);
}

#[test]
fn a_new_track_is_whole_and_plays() {
    let mut editing = Editing::default();
    editing.begin();
    assert!(editing.trouble().is_none() && editing.throttle.is_due);
    assert_eq!(editing.track().unwrap().voices().count(), 1);
    assert_eq!(editing.open.unwrap().document.problems(), []);
}

#[test]
fn a_written_file_is_known_by_its_message() {
    let mut editing = opened();
    editing.change(&duration(90.0));
    let text = editing.text().unwrap().to_string();
    editing.throttle.is_due = false;
    editing.tag = 1;
    editing.saving = Some("/a/b.json".into());
    let message = |text: &str| Some(text.to_owned());
    let told = picture(2, &text, Some(1));
    editing.follow(&TrackPicture { message: message("saved as /other.json"), ..told.clone() });
    assert!(editing.is_changed());
    editing.follow(&TrackPicture { refusal: message("an older one"), ..told.clone() });
    assert!(editing.is_changed() && editing.saving.is_some());
    editing.follow(&TrackPicture { message: message("saved as /a/b.json"), ..told });
    assert!(!editing.is_changed() && editing.saving.is_none());
    assert_eq!((editing.origin(), editing.name()), (Some(Path::new("/a/b.json")), "b"));
}
