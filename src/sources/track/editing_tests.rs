//! Editing the track that plays: it plays on where it was, without a click, and the newest edit wins.

use super::tests::Desk;
use super::*;
use crate::source::{Source, Spec, Transport, play};
use crate::track::edit::{Document, Operation, PartField, StepField, VoiceField};
use crate::track::file::limits::Limits;
use serde_json::json;
use std::path::Path;

const RATE_HZ: f64 = 48_000.0;

/// An instance that is activated for playing.
fn activated() -> Desk {
    let mut desk = Desk::new();
    desk.source.prepare(&Spec { rate_hz: RATE_HZ, is_offline: false });
    desk
}

impl Desk {
    fn give(&mut self, document: &Document, origin: Option<&Path>) {
        self.view.opener().open(Open::Document(Edited {
            name: "Mine".to_owned(),
            text: document.to_json().clone(),
            origin: origin.map(Path::to_path_buf),
            tag: document.revision(),
        }));
    }

    /// Plays freely; left channel.
    fn play(&mut self, blocks: usize) -> Vec<f32> {
        let controls = TrackControls { mode: PlayMode::Free, is_running: true, ..TrackControls::default() };
        let mut out = Vec::new();
        for _ in 0..blocks {
            let (mut left, mut right) = ([0.0; 480], [0.0; 480]);
            let block = [&mut left[..], &mut right[..]];
            play(&mut self.source, &controls, (Transport::default(), RATE_HZ), &[], block);
            out.extend(left);
        }
        out
    }
}

fn document() -> Document {
    let text = json!({"progression": [{"duration": 60.0, "voices": [
        {"synth_function_name": "binaural_beat", "params": {"baseFreq": 200.0, "beatFreq": 4.0}}]}]});
    Document::open(&text.to_string(), Path::new("mine.json"), Limits::default()).unwrap()
}

fn carrier(hz: f64) -> Operation {
    let field = VoiceField::Param("baseFreq".into(), Some(hz.into()));
    Operation::SetVoice { step: 0, voice: 0, field }
}

fn largest_step(x: &[f32]) -> f32 {
    x.windows(2).fold(0.0, |most, pair| most.max((pair[1] - pair[0]).abs()))
}

#[test]
fn an_edit_is_heard_at_once_and_where_the_track_was() {
    let (mut desk, mut document) = (activated(), document());
    desk.give(&document, None);
    let picture = desk.wait();
    assert_eq!((picture.tag, picture.name.as_str(), picture.stage), (Some(0), "Mine", Stage::Ready));
    assert_eq!(picture.track.as_deref(), Some(&**document.track()));
    let steady = largest_step(&desk.play(100)[480..]);
    let mut at = desk.view.telemetry().position_s;
    let mut worst = 0.0f32;
    for i in 1..=20 {
        document.apply(&carrier(200.0 + f64::from(i))).unwrap();
        desk.give(&document, None);
        let picture = desk.wait();
        assert_eq!((picture.tag, picture.steps.len()), (Some(document.revision()), 1));
        worst = worst.max(largest_step(&desk.play(20)));
        let now = desk.view.telemetry().position_s;
        assert!((now - at - 0.2).abs() < 1e-9, "{at} to {now}");
        at = now;
    }
    // The way tracks were exchanged before: the state gets another one.
    let mut before = 0.0f32;
    for i in 1..=20 {
        document.apply(&carrier(220.0 - f64::from(i))).unwrap();
        let text = document.to_json().to_string();
        desk.params.embedded.replace(SavedTrack { text, ..SavedTrack::default() });
        assert_eq!(desk.wait().tag, None, "not the editor's");
        before = before.max(largest_step(&desk.play(20)));
    }
    println!("largest sample step: playing {steady}, at edits {worst}, at exchanges {before}");
    assert!(worst < 1.5 * steady && worst < 1.2 * before, "{worst} {before} {steady}");
}

#[test]
fn of_a_burst_the_newest_counts_and_nothing_falls_silent() {
    let (mut desk, mut document) = (activated(), document());
    desk.give(&document, None);
    desk.wait();
    desk.play(20);
    let before = desk.params.embedded.read().1;
    let mut heard = Vec::new();
    for i in 0..300 {
        document.apply(&carrier(200.0 + f64::from(i) * 0.1)).unwrap();
        desk.give(&document, None);
        heard.extend(desk.play(1));
        assert!(desk.view.picture().stage != Stage::Empty && desk.view.picture().steps.len() == 1);
    }
    let picture = desk.wait();
    let (saved, revision) = desk.params.embedded.read();
    assert_eq!((saved.text.as_str(), picture.tag), (&**document.to_json(), Some(300)));
    assert!(revision - before <= 300 && picture.revision == revision);
    assert!(heard.chunks(480).all(|block| block.iter().any(|x| x.abs() > 0.2)), "a hole");
    // The host restores what it had: the editor hears of it.
    desk.params
        .embedded
        .replace(SavedTrack { text: "{\"progression\": []}".into(), ..SavedTrack::default() });
    let picture = desk.wait();
    assert!(picture.tag.is_none() && picture.revision > revision && picture.saved.text.len() == 19);
}

#[test]
fn fades_and_findings_reach_the_picture() {
    let (mut desk, mut document) = (activated(), document());
    document.apply(&Operation::DuplicateStep(0)).unwrap();
    document.apply(&Operation::SetStep { step: 0, field: StepField::CrossfadeDuration(Some(2.0)) }).unwrap();
    document.apply(&Operation::AddClip { path: "gone.wav".into() }).unwrap();
    document.apply(&Operation::SetClip { clip: 0, field: PartField::Mute(true) }).unwrap();
    desk.give(&document, None);
    let picture = desk.wait();
    let fades: Vec<_> = picture.steps.iter().map(|x| [x.fade_in_s, x.fade_out_at_s, x.fade_out_s]).collect();
    assert_eq!(fades, [[0.0, 58.0, 2.0], [2.0, 118.0, 0.0]]);
    let times = crate::track::edit::sampled::steps(document.track());
    let same = times.iter().zip(&picture.steps);
    same.for_each(|(drawn, played)| {
        assert_eq!((drawn.fade_out_at_s, drawn.end_s), (played.fade_out_at_s, played.end_s))
    });
    assert_eq!(picture.findings.len(), 1);
    assert_eq!(picture.findings[0].path, "overlay_clips[0].file_path");
}

#[test]
fn a_track_is_saved_whole_or_not_at_all() {
    let folder = std::env::temp_dir().join(format!("auracore-save-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (mut desk, mut document) = (activated(), document());
    document.apply(&carrier(333.0)).unwrap();
    desk.give(&document, None);
    let path = folder.join("mine.json");
    desk.view.opener().save_to(path.clone());
    let picture = desk.wait();
    assert!(picture.message.is_some_and(|text| text.contains("mine.json")) && picture.refusal.is_none());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), **document.to_json());
    desk.view.opener().save_to(folder.join("nowhere/mine.json"));
    let picture = desk.wait();
    assert!(picture.message.is_none() && picture.refusal.is_some_and(|why| why.contains("nowhere")));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing is left over");
    std::fs::remove_dir_all(&folder).unwrap();
    desk.view.opener().open(Open::Nothing);
    desk.view.opener().save_to(path);
    assert!(desk.wait().refusal.is_some_and(|why| why.contains("there is no track")));
}
