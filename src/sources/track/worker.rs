//! The thread that opens, compiles and measures the track of an instance. Sleeps until something is wanted, ends with the
//! plugin.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::command::{Commands, Edited, Open, Signs};
use super::files::EmbeddedFiles;
use super::pools::Pools;
use super::{Stage, StepPicture, TrackParams, TrackPicture};
use crate::bridge::exchange::ExchangeSender;
use crate::bridge::latest::LatestWriter;
use crate::state::track::{SavedFile, SavedTrack};
use crate::track::file::limits::Limits;
use crate::track::file::load::{Kind, LoadError, parse_with};
use crate::track::file::preset::factory;
use crate::track::file::problem::Problem;
use crate::track::file::save;
use crate::track::file::schema::Track;
use crate::track::play::plan::{CompileOptions, Plan, PlannedStep};
use crate::track::play::program::Program;
use crate::track::play::{prepare, scan};
use crate::track::sound::span::Behaviour;
use crate::worker::{Job, Link};

/// When to try again to hand over a program that the player had no room for.
const AGAIN: Duration = Duration::from_millis(100);

/// What the thread owns.
pub struct Working {
    params: Arc<TrackParams>,
    signs: Arc<Signs>,
    rate_hz: Option<f64>,
    programs: ExchangeSender<Program>,
    pictures: LatestWriter<TrackPicture>,
    picture: TrackPicture,
    /// A program on its way: all places were taken.
    pending: Option<Box<Program>>,
    compiled: Option<Compiled>,
    /// Number in the state and editor's tag of the track that was edited last.
    edited: Option<(u64, u64)>,
    pools: Option<Arc<Pools>>,
}

/// The track that plays.
struct Compiled {
    revision: u64,
    plan: Arc<Plan>,
}

/// What the others talk to.
pub type TrackLink = Link<Working>;

/// Leaves a command, and starts the thread where it is needed.
pub fn ask(link: &Arc<TrackLink>, change: impl FnOnce(&mut Commands)) {
    link.ask_and_start("auracore track", change, Working::is_needed);
}

impl Working {
    /// For the track in `params`.
    pub fn new(
        params: Arc<TrackParams>,
        signs: Arc<Signs>,
        programs: ExchangeSender<Program>,
        pictures: LatestWriter<TrackPicture>,
    ) -> Self {
        let picture = TrackPicture::default();
        let (pending, compiled, edited, pools) = (None, None, None, None);
        Self { params, signs, rate_hz: None, programs, pictures, picture, pending, compiled, edited, pools }
    }

    /// Whether there is anything to do: a track, something to say about one, or a command. Without there is no thread.
    pub fn is_needed(&self, commands: &Commands) -> bool {
        let (track, _) = self.params.embedded.read();
        commands.open.is_some() || commands.save.is_some() || !track.is_empty() || track.lost.is_some()
    }

    fn publish(&mut self, link: &TrackLink) {
        self.pictures.write(self.picture.clone());
        link.wake();
    }

    fn send(&mut self, program: Box<Program>) {
        self.pending = self.programs.send(program).err();
    }

    /// Puts another track into the state, which asks for it to be compiled.
    fn open(&mut self, open: Open, link: &TrackLink) {
        self.picture.refusal = None;
        self.picture.message = None;
        let before = self.picture.stage;
        if !matches!(open, Open::Document(_)) {
            self.picture.stage = Stage::Reading;
            self.publish(link);
        }
        let mut tag = None;
        let opened = match open {
            Open::Nothing => Ok(SavedTrack::default()),
            Open::Factory(index) => factory().get(index).map_or(Ok(SavedTrack::default()), |preset| {
                let (name, text) = (preset.name.clone(), preset.json.to_owned());
                Ok(SavedTrack { name, text, ..SavedTrack::default() })
            }),
            Open::File(path) => read(&path),
            Open::Document(edited) => {
                tag = Some(edited.tag);
                Ok(self.edit(edited))
            }
        };
        match opened {
            Ok(track) => {
                let revision = self.params.embedded.replace(track);
                self.edited = tag.map(|tag| (revision, tag));
            }
            Err(refusal) => {
                self.picture.refusal = Some(refusal);
                self.picture.stage = before;
                self.publish(link);
            }
        }
    }

    /// An edited track for the state. What the track before it knew of its files still holds.
    fn edit(&self, Edited { name, text, origin, .. }: Edited) -> SavedTrack {
        let (before, _) = self.params.embedded.read();
        let files = if before.origin == origin { before.files.clone() } else { Vec::new() };
        SavedTrack { name, text: text.to_string(), origin, files, lost: None }
    }

    /// Writes the track of the state to a file and says how that went.
    fn save(&mut self, path: &Path, link: &TrackLink) {
        let (saved, _) = self.params.embedded.read();
        let written = written(&saved, path);
        (self.picture.message, self.picture.refusal) = match written {
            Ok(message) => (Some(message), None),
            Err(refusal) => (None, Some(refusal)),
        };
        self.publish(link);
    }

    /// Makes the player play the track of the state at the wanted rate.
    fn follow(&mut self, afresh: bool, link: &TrackLink) {
        let Some(rate_hz) = self.rate_hz else { return };
        let (saved, revision) = self.params.embedded.read();
        let plan = self.compiled.as_ref().filter(|c| c.revision == revision && c.plan.rate_hz == rate_hz);
        let plan = match plan.map(|compiled| compiled.plan.clone()) {
            Some(plan) => {
                if afresh {
                    self.send(Box::new(Program::new(plan.clone())));
                }
                plan
            }
            None => {
                let plan = self.compile(&saved, revision, rate_hz, link);
                self.send(Box::new(Program::new(plan.clone())));
                self.signs.set_has_track(!saved.is_empty());
                self.compiled = Some(Compiled { revision, plan: plan.clone() });
                plan
            }
        };
        self.measure(&plan, link);
    }

    /// Compiles a saved track and shows what it holds; one that cannot be read becomes silence.
    fn compile(
        &mut self,
        saved: &Arc<SavedTrack>,
        revision: u64,
        rate_hz: f64,
        link: &TrackLink,
    ) -> Arc<Plan> {
        let (refusal, message) = (self.picture.refusal.take(), self.picture.message.take());
        let tag = self.edited.filter(|(edited, _)| *edited == revision).map(|(_, tag)| tag);
        // An edit is not worth an empty picture: the editor goes on showing the last one until the next is there.
        let is_edit = tag.is_some();
        self.picture = TrackPicture {
            name: saved.name.clone(),
            refusal,
            message,
            revision,
            tag,
            saved: saved.clone(),
            ..TrackPicture::default()
        };
        self.picture
            .problems
            .extend(saved.lost.iter().map(|why| format!("the saved track was not read: {why}")));
        if !saved.is_empty() {
            self.picture.stage = Stage::Reading;
        }
        if !is_edit {
            self.publish(link);
        }
        let files = EmbeddedFiles::new(saved);
        let track = match parsed(saved, &files) {
            Ok((as_written, problems)) => {
                self.picture.found(problems);
                let mut track = as_written.clone();
                self.picture.track = Some(Arc::new(as_written));
                track.fill_starts();
                track
            }
            Err(None) => Track::default(),
            Err(Some(error)) => {
                self.picture.problems.push(error.to_string());
                Track::default()
            }
        };
        let options = CompileOptions { rate_hz, behaviour: Behaviour::Intended };
        let pools = self.pools.get_or_insert_with(Pools::shared);
        let (plan, problems) = pools.quick(|| prepare::for_playing(&track, options, &files));
        self.picture.found(problems);
        self.remember(saved, revision, files.into_asked());
        if !saved.is_empty() {
            self.picture.length_s = plan.duration_s();
            self.picture.steps = steps(&plan);
        }
        plan
    }

    /// Adds the files that were found to the state, so that it can tell later whether they are the same.
    fn remember(&self, saved: &SavedTrack, revision: u64, mut found: Vec<SavedFile>) {
        let missing = saved.files.iter().filter(|file| found.iter().all(|other| other.name != file.name));
        let missing: Vec<SavedFile> = missing.cloned().collect();
        found.extend(missing);
        if found != saved.files {
            self.params.embedded.complete(revision, SavedTrack { files: found, ..saved.clone() });
        }
    }

    /// Measures the levels, unless something else is wanted before that is done.
    fn measure(&mut self, plan: &Arc<Plan>, link: &TrackLink) {
        let has_track = self.signs.has_track();
        let stage = |done| if has_track { done } else { Stage::Empty };
        if !plan.is_settled() {
            self.picture.stage = stage(Stage::Measuring);
            link.set_progress(0.0);
            self.publish(link);
            let pools = self.pools.get_or_insert_with(Pools::shared);
            let measure = || {
                scan::scan(plan, self.signs.position(), link.is_overtaken(), &|share| {
                    link.set_progress(share)
                })
            };
            if pools.thorough(link.is_overtaken(), measure) != Some(true) {
                return;
            }
        }
        link.set_progress(1.0);
        if self.picture.stage != stage(Stage::Ready) || self.picture.stage == Stage::Empty {
            self.picture.stage = stage(Stage::Ready);
            self.publish(link);
        }
    }
}

impl Job for Working {
    type Inbox = Commands;

    fn turn(&mut self, commands: Commands, link: &TrackLink) -> Option<Duration> {
        self.rate_hz = commands.rate_hz.or(self.rate_hz);
        if let Some(program) = self.pending.take() {
            self.send(program);
        }
        if let Some(open) = commands.open {
            self.open(open, link);
        }
        if let Some(path) = commands.save {
            self.save(&path, link);
        }
        self.follow(commands.afresh, link);
        self.pending.is_some().then_some(AGAIN)
    }
}

fn steps(plan: &Plan) -> Vec<StepPicture> {
    let seconds = |frame: u64| frame as f64 / plan.rate_hz;
    let picture = |step: &PlannedStep| {
        let range = step.placement.range();
        let fade_out = step.placement.fade_out(step.fade_outs.iter().map(|(_, join)| *join));
        StepPicture {
            name: step.name.clone(),
            start_s: seconds(range.start),
            end_s: seconds(range.end),
            fade_in_s: seconds(step.placement.join.frames),
            fade_out_at_s: seconds(fade_out.start),
            fade_out_s: seconds(fade_out.end - fade_out.start),
        }
    };
    plan.steps.iter().map(picture).collect()
}

/// The name that decides by its extension what a text without marks of its own is.
fn path_of(saved: &SavedTrack) -> PathBuf {
    saved.origin.clone().unwrap_or_else(|| PathBuf::from(&saved.name))
}

/// Reads a saved track; `Err(None)` where there is none.
fn parsed(saved: &SavedTrack, files: &EmbeddedFiles) -> Result<(Track, Vec<Problem>), Option<LoadError>> {
    if saved.is_empty() {
        return Err(None);
    }
    let loaded = parse_with(saved.text.as_bytes(), &path_of(saved), &Limits::default(), files)?;
    Ok((loaded.track, loaded.problems))
}

/// Reads a file that the user chose. A session becomes a track, because its presets do not come along.
fn read(path: &Path) -> Result<SavedTrack, String> {
    let limits = Limits::default();
    let refusal = |error: &dyn std::fmt::Display| format!("{}: cannot be read: {error}", path.display());
    let origin = std::path::absolute(path).map_err(|error| refusal(&error))?;
    let mut bytes = Vec::new();
    let file = File::open(&origin).map_err(|error| refusal(&error))?;
    file.take(limits.file_bytes + 1).read_to_end(&mut bytes).map_err(|error| refusal(&error))?;
    let name = origin.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut saved = SavedTrack { name, origin: Some(origin.clone()), ..SavedTrack::default() };
    let loaded = parse_with(&bytes, &origin, &limits, &EmbeddedFiles::new(&saved))
        .map_err(|error| error.to_string())?;
    saved.text = match loaded.kind {
        Kind::Session => save::to_json(&loaded.track),
        _ => String::from_utf8(bytes).map_err(|error| refusal(&error))?,
    };
    if let Some(name) = loaded.track.text("name").filter(|name| !name.trim().is_empty()) {
        saved.name = name.to_owned();
    }
    Ok(saved)
}

/// Writes a saved track to a file in the present layout. Says where, and which recordings the file does not find beside
/// itself any more.
fn written(saved: &SavedTrack, path: &Path) -> Result<String, String> {
    let refusal = |error: &dyn std::fmt::Display| format!("{}: cannot be written: {error}", path.display());
    let target = std::path::absolute(path).map_err(|error| refusal(&error))?;
    let track = match parsed(saved, &EmbeddedFiles::new(saved)) {
        Ok((track, _)) => track,
        Err(None) => return Err(refusal(&"there is no track")),
        Err(Some(error)) => return Err(refusal(&error)),
    };
    save::save(&track, &target).map_err(|error| refusal(&error))?;
    let folder = |path: &Path| path.parent().map(Path::to_path_buf);
    let is_beside = saved.origin.as_deref().and_then(folder) == folder(&target);
    let names = saved.files.iter().filter(|_| !is_beside).map(|file| file.name.as_str()).collect::<Vec<_>>();
    let rest = match names.as_slice() {
        [] => String::new(),
        names => format!("; not beside it: {}", names.join(", ")),
    };
    Ok(format!("saved as {}{rest}", target.display()))
}
