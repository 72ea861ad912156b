//! The track of a plugin instance: the player on the audio thread, a worker that prepares what it plays, a view for the
//! editor.
//!
//! The worker's thread starts with the first track and sleeps whenever there is nothing to prepare. The state holds the
//! track itself ([`TrackParams::embedded`]); whenever it is replaced, the worker is told.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use crate::bridge::latest::{LatestReader, latest};
use crate::control::mix::Strip;
use crate::control::session::{PlayMode, TrackControls, TrackTelemetry};
use crate::parameter::View;
use crate::sources::SourceKind;
use crate::state::track::SavedTrack;
use crate::stored::legible;
use crate::track::file::problem::Problem;
use crate::track::file::schema::Track;
use crate::track::play::player::{PlayerLink, player};
use crate::worker::Worker;
use rtrb::Producer;

mod command;
#[cfg(test)]
mod editing_tests;
mod files;
mod params;
mod pools;
mod source;
mod worker;

pub use command::{Edited, Open};
pub use params::{GroupParams, TrackParams, TrackSourceParams};
pub use source::TrackSource;

use command::Signs;
use worker::{TrackLink, Working, ask};

/// Field of the state that holds the track.
const FIELD: &str = "track";

/// What the standalone plays from the start.
static FROM_THE_START: OnceLock<PathBuf> = OnceLock::new();

/// Lets every instance made from now on open this file and play it by itself. For the standalone; the first call counts.
pub fn play_from_the_start(path: PathBuf) {
    _ = FROM_THE_START.set(path);
}

/// Settings of the player in a new instance.
pub fn initial_controls() -> TrackControls {
    match FROM_THE_START.get() {
        Some(_) => TrackControls { mode: PlayMode::Free, is_running: true, ..TrackControls::default() },
        None => TrackControls::default(),
    }
}

/// How far the preparation of a track is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// There is no track.
    #[default]
    Empty,
    /// A file is being read or compiled.
    Reading,
    /// It plays; levels are still being measured.
    Measuring,
    /// It plays with its exact levels.
    Ready,
}

/// What the editor shows of a track.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TrackPicture {
    /// Display name.
    pub name: String,
    /// How far it is.
    pub stage: Stage,
    /// Length in seconds.
    pub length_s: f64,
    /// The steps.
    pub steps: Vec<StepPicture>,
    /// Everything that was ignored, repaired or refused, and files that are missing or changed.
    pub problems: Vec<String>,
    /// Why the file that was to be opened or saved last was not.
    pub refusal: Option<String>,
    /// What became of the file that was to be saved last.
    pub message: Option<String>,
    /// Number of this track in the state; another one means that it was replaced.
    pub revision: u64,
    /// The editor's own number where this is the newest document that it gave; none where the track came another way,
    /// from the host for one.
    pub tag: Option<u64>,
    /// The track as it is saved: its text, name and origin.
    pub saved: Arc<SavedTrack>,
    /// The track as its text reads, starts as written; none where there is none or it cannot be read.
    pub track: Option<Arc<Track>>,
    /// What was found in the track itself, with places: those of `problems` that are neither about the state nor about
    /// the text as a whole.
    pub findings: Vec<Problem>,
}

impl TrackPicture {
    /// Adds findings.
    fn found(&mut self, findings: Vec<Problem>) {
        self.problems.extend(findings.iter().map(Problem::to_string));
        self.findings.extend(findings);
    }
}

/// What the editor shows of a step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StepPicture {
    /// Description from the file; may be empty.
    pub name: String,
    /// Start in seconds.
    pub start_s: f64,
    /// End in seconds.
    pub end_s: f64,
    /// Length of the fade in at its start, in seconds.
    pub fade_in_s: f64,
    /// Start of its fade out in seconds from the beginning of the track; its end where there is none.
    pub fade_out_at_s: f64,
    /// Length of the fade out in seconds.
    pub fade_out_s: f64,
}

/// The editor's half.
pub struct TrackView {
    pictures: LatestReader<TrackPicture>,
    telemetry: LatestReader<TrackTelemetry>,
    seeks: Producer<f64>,
    link: Arc<TrackLink>,
}

impl TrackView {
    /// What the player does.
    pub fn telemetry(&mut self) -> TrackTelemetry {
        *self.telemetry.read()
    }

    /// The newest picture.
    pub fn picture(&mut self) -> &TrackPicture {
        self.pictures.read()
    }

    /// Whether the worker is there to be asked. One that has died leaves what plays as it is.
    pub fn is_alive(&self) -> bool {
        self.link.turns().is_some()
    }

    /// Share of the track whose levels are measured, 0 to 1.
    pub fn measured(&self) -> f32 {
        self.link.progress()
    }

    /// Opens another track, in the background.
    pub fn opener(&self) -> Opener {
        Opener(self.link.clone())
    }

    /// Goes to a time in seconds, where the host does not rule. One too many before the next block is lost.
    pub fn seek(&mut self, time_s: f64) {
        _ = self.seeks.push(time_s);
    }

    /// Sets what is called, by the worker's thread, when the picture changes. The first call counts.
    pub fn wake_with(&self, wake: impl Fn() + Send + Sync + 'static) {
        self.link.wake_with(wake);
    }
}

/// Opens tracks, from any thread but the audio thread.
#[derive(Clone)]
pub struct Opener(Arc<TrackLink>);

impl Opener {
    /// Asks the worker to open a track.
    pub fn open(&self, what: Open) {
        ask(&self.0, |commands| commands.open = Some(what));
    }

    /// Asks the worker to write the track to a file, after everything asked for before. The picture says how it went.
    pub fn save_to(&self, path: PathBuf) {
        ask(&self.0, |commands| commands.save = Some(path));
    }
}

/// The track player among the sources.
pub struct TrackKind;

impl SourceKind for TrackKind {
    type Params = TrackSourceParams;
    type Audio = TrackSource;
    type Owner = Worker<Working>;
    type View = TrackView;

    fn make(params: &Arc<TrackSourceParams>) -> (TrackSource, Worker<Working>, TrackView) {
        track(&params.player)
    }

    fn controls(params: &TrackSourceParams, view: View<'_>) -> TrackControls {
        params.player.controls(view)
    }

    fn strip(params: &TrackSourceParams, view: View<'_>) -> Strip {
        params.strip.strip(params.player.gain(view), view)
    }

    fn tidy(fields: &mut BTreeMap<String, String>) {
        let track = legible(fields.get(FIELD).map(String::as_str));
        fields.insert(FIELD.to_owned(), track);
    }
}

/// Everything about the track of one instance: audio half, owner, editor's half.
fn track(params: &Arc<TrackParams>) -> (TrackSource, Worker<Working>, TrackView) {
    let (player, PlayerLink { programs, seeks, telemetry }) = player();
    let (picture, pictures) = latest(TrackPicture::default());
    let signs = Arc::new(Signs::default());
    let worker = Worker::new(Working::new(params.clone(), signs.clone(), programs, picture));
    let link = worker.link().clone();
    let told = Arc::downgrade(&link);
    params.embedded.on_replace(move || {
        if let Some(link) = told.upgrade() {
            ask(&link, |_| ());
        }
    });
    if let Some(path) = FROM_THE_START.get() {
        ask(&link, |commands| commands.open = Some(Open::File(path.clone())));
    }
    let view = TrackView { pictures, telemetry, seeks, link: link.clone() };
    (TrackSource::new(player, link, signs), worker, view)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Source, Spec, Tail, Transport, play};
    use crate::state::track::{SavedContent, SavedTrack};

    pub(super) struct Desk {
        pub(super) params: Arc<TrackParams>,
        pub(super) source: TrackSource,
        pub(super) view: TrackView,
        _keeper: Worker<Working>,
    }

    impl Desk {
        pub(super) fn new() -> Self {
            let params = Arc::new(TrackParams::new(&TrackControls::default()));
            let (source, keeper, view) = track(&params);
            Self { params, source, view, _keeper: keeper }
        }

        fn activate(&mut self) {
            self.source.prepare(&Spec { rate_hz: 48_000.0, is_offline: true });
        }

        /// Whether anything comes while the host plays. While it stands still nothing does.
        fn would_sound(&mut self) -> bool {
            let mut tail_at = |is_playing| {
                let transport = Transport { is_playing, position_frames: Some(480), ..Transport::default() };
                let out = [&mut [0.0; 1_024][..], &mut [0.0; 1_024]];
                play(&mut self.source, &TrackControls::default(), (transport, 48_000.0), &[], out);
                self.source.tail()
            };
            let playing = tail_at(true);
            assert_eq!(tail_at(false), Tail::Silent, "the host may go to sleep");
            playing == Tail::Endless
        }

        /// Opens something and waits until that is done.
        fn open(&mut self, what: Open) -> TrackPicture {
            self.view.opener().open(what);
            self.wait()
        }

        /// Waits until nothing is under way.
        pub(super) fn wait(&mut self) -> TrackPicture {
            self.view.link.wait();
            self.view.picture().clone()
        }
    }

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("auracore-open-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn without_a_track_there_is_no_thread() {
        let mut desk = Desk::new();
        desk.activate();
        desk.params.embedded.replace(SavedTrack::default());
        assert!(!desk.view.link.is_busy());
        assert!(!desk.would_sound());
        assert_eq!(desk.view.picture().stage, Stage::Empty);
    }

    #[test]
    fn factory_tracks_open_and_go() {
        let mut desk = Desk::new();
        desk.activate();
        let preset = &crate::track::file::preset::factory()[0];
        let picture = desk.open(Open::Factory(0));
        assert_eq!((picture.name.as_str(), picture.stage), (preset.name.as_str(), Stage::Ready));
        assert!(picture.length_s > 0.0 && !picture.steps.is_empty());
        assert_eq!(picture.problems, Vec::<String>::new());
        assert!(desk.would_sound());
        assert_eq!(desk.params.embedded.read().0.text, preset.json);
        let picture = desk.open(Open::Nothing);
        assert_eq!((picture.stage, picture.name.as_str()), (Stage::Empty, ""));
        assert!(!desk.would_sound());
        assert!(desk.params.embedded.read().0.is_empty());
    }

    #[test]
    fn a_file_is_embedded_with_what_it_names() {
        let folder = folder("file");
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: 48_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let wav = |level: i16| {
            let mut writer = hound::WavWriter::create(folder.join("rain.wav"), spec).unwrap();
            (0..4_800).for_each(|_| writer.write_sample(level).unwrap());
            writer.finalize().unwrap();
        };
        wav(1_000);
        let text = r#"{"progression": [{"duration": 1.0, "voices": []}],
            "overlay_clips": [{"file_path": "rain.wav", "start": 0.25}, {"file_path": "gone.wav"}]}"#;
        std::fs::write(folder.join("storm.json"), text).unwrap();
        let mut desk = Desk::new();
        desk.activate();
        let picture = desk.open(Open::File(folder.join("storm.json")));
        assert_eq!((picture.name.as_str(), picture.stage, picture.length_s), ("storm", Stage::Ready, 1.0));
        assert_eq!(picture.problems.len(), 1, "{:?}", picture.problems);
        assert!(picture.problems[0].contains("gone.wav"));
        let saved = desk.params.embedded.read().0;
        assert_eq!(saved.text, text);
        assert!(
            matches!(saved.file("rain.wav"), Some(SavedContent::Recording { sha256, .. }) if sha256.len() == 64)
        );

        // Another instance gets the state; the recording has changed meanwhile.
        wav(2_000);
        let mut reopened = Desk::new();
        reopened.params.embedded.replace((*saved).clone());
        reopened.activate();
        let problems = reopened.view.picture().problems.clone();
        assert!(problems.iter().any(|problem| problem.contains("rain.wav has changed")), "{problems:?}");
        std::fs::remove_dir_all(&folder).unwrap();
        let mut reopened = Desk::new();
        reopened.params.embedded.replace((*saved).clone());
        reopened.activate();
        let problems = reopened.view.picture().problems.clone();
        assert!(problems.iter().any(|problem| problem.contains("rain.wav is missing")), "{problems:?}");
    }

    #[test]
    fn what_cannot_be_opened_is_said_and_the_old_track_stays() {
        let folder = folder("broken");
        std::fs::write(folder.join("broken.json"), "{\"progression\": [").unwrap();
        let mut desk = Desk::new();
        desk.activate();
        let before = desk.open(Open::Factory(1));
        for file in ["broken.json", "none.json"] {
            let picture = desk.open(Open::File(folder.join(file)));
            assert!(picture.refusal.as_ref().is_some_and(|why| why.contains(file)), "{picture:?}");
            assert_eq!(TrackPicture { refusal: None, ..picture }, before);
        }
        assert!(desk.would_sound());
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn opened_before_the_first_activation_it_waits_for_the_rate() {
        let mut desk = Desk::new();
        desk.open(Open::Factory(0));
        assert!(!desk.would_sound());
        desk.activate();
        assert_eq!(desk.view.picture().stage, Stage::Ready);
        assert!(desk.would_sound());
    }
}
