//! The thread that listens, one for each plugin instance, and how the rest of the program talks to it.
//!
//! Started at the first activation, re-prepared through the tap when the format changes, ended with the plugin. It sleeps
//! between looks at the ring. Should it die, the audio thread keeps its last target and the view says so.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use super::Saved;
use super::advice::Advice;
use super::conductor::Conductor;
use super::model::Model;
use super::onnx::OnnxModel;
use super::port::TargetSender;
use super::reference::Reference;
use super::steering::MoveTarget;
use super::taste::Taste;
use crate::bridge::latest::{LatestReader, LatestWriter};
use crate::bridge::tap::TapReader;
use crate::control::adaptive::{AdaptiveControls, AdaptiveMode, Moves, Pace};
use crate::worker::{Job, Link, Worker};

mod ask;

pub use ask::{Ask, Asker};

/// How often the ring is looked at: once a hop.
const PERIOD: Duration = Duration::from_millis(100);
/// The same while nothing is to be heard.
const IDLE_PERIOD: Duration = Duration::from_millis(250);
/// Frames taken from the ring at once.
const CHUNK_FRAMES: usize = 2_048;

/// What the worker needs from the plugin: what the user set, and a place for what it keeps.
pub trait Desk: Send + 'static {
    /// What the user allows now; locks come from the saved state.
    fn controls(&self) -> AdaptiveControls;
    /// What is kept, and a number that changes when it is replaced from outside.
    fn saved(&self) -> (Arc<Saved>, u64);
    /// Keeps something new in place of what has this number.
    fn keep(&self, revision: u64, saved: Saved);
    /// Time that only ever goes on, from any beginning. Tests have a clock of their own.
    fn now(&self) -> Duration {
        static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEGINNING.elapsed()
    }
}

/// What the editor shows.
#[derive(Debug, Clone, Default)]
pub struct AdaptivePicture {
    /// The newest advice; `None` before anything was heard.
    pub advice: Option<Advice>,
    /// Where the engine has been sent.
    pub committed: Moves,
    /// Where it is.
    pub present: Moves,
    /// Values that the user holds by hand and locks; see [`super::steering::Course`].
    pub course: super::steering::Course,
    /// Whether anything above the gate is heard now.
    pub is_heard: bool,
    /// Heard time in seconds.
    pub heard_s: f64,
    /// Share of the learning time that is over.
    pub learned_share: f32,
    /// Corrections learned, as people read them.
    pub corrections: Vec<String>,
    /// What is aimed for: character or reference.
    pub aim: String,
    /// The model that speaks; empty where the rule is alone.
    pub model: String,
    /// What went wrong last, for people.
    pub trouble: Option<String>,
    /// Frames lost because the worker was late.
    pub dropped_frames: u64,
}

/// The editor's half.
pub struct AdaptiveView {
    pub(super) pictures: LatestReader<AdaptivePicture>,
    pub(super) link: Arc<Link<Listening>>,
}

impl AdaptiveView {
    /// The newest picture.
    pub fn picture(&mut self) -> &AdaptivePicture {
        self.pictures.read()
    }

    /// Asks the worker for something.
    pub fn ask(&self, ask: Ask) {
        self.link.ask(|asks| asks.push(ask));
    }

    /// Asks the worker from another thread.
    pub fn asker(&self) -> Asker {
        Asker::new(self.link.clone())
    }

    /// Looks that the worker has taken at the ring since it was started, or `None` when it has died. A number that stands
    /// still for seconds means that it hangs.
    pub fn beats(&self) -> Option<u64> {
        self.link.turns()
    }

    /// Sets what is called, by the worker's thread, when the picture changes. The first call counts.
    pub fn wake_with(&self, wake: impl Fn() + Send + Sync + 'static) {
        self.link.wake_with(wake);
    }
}

/// The plugin's half: starts the thread once and ends it when dropped.
pub struct AdaptiveWorker(pub(super) Worker<Listening>);

impl AdaptiveWorker {
    /// Starts the thread unless it runs. Without threads to be had nothing moves and the sound is unharmed.
    pub fn start(&mut self) {
        self.0.link().start("auracore adaptive");
    }
}

/// What the thread owns.
pub struct Listening {
    pub(super) tap: TapReader,
    pub(super) target_sender: TargetSender,
    pub(super) present: LatestReader<Moves>,
    pub(super) pictures: LatestWriter<AdaptivePicture>,
    pub(super) desk: Box<dyn Desk>,
    pub(super) conductor: Option<Conductor>,
    pub(super) revision: u64,
    pub(super) rate_hz: f64,
    pub(super) planes: [Vec<f32>; 4],
    pub(super) trouble: Option<String>,
    /// To be sent off once it is kept.
    pub(super) target: Option<MoveTarget>,
    /// Number of the saved state that is shown while nobody listens.
    pub(super) shown_revision: Option<u64>,
    /// When commands were last carried out.
    pub(super) last: Duration,
}

impl Job for Listening {
    type Inbox = Vec<Ask>;

    fn turn(&mut self, asks: Vec<Ask>, link: &Link<Self>) -> Option<Duration> {
        let controls = self.desk.controls();
        let is_off = controls.mode == AdaptiveMode::Off;
        let mut changed = !asks.is_empty() | self.follow_format() | self.follow_restored();
        if self.conductor.is_none() && is_off && asks.is_empty() {
            // A listener that was never wanted costs nothing.
            self.tap.drain(usize::MAX, |_| ());
            self.publish_saved(link);
            return Some(IDLE_PERIOD);
        }
        // Waiting ages a value that was set, work does not: reading recordings takes longer than a value has to stand.
        let waited_s = self.desk.now().saturating_sub(self.last).as_secs_f32();
        changed |= self.conductor().settle(waited_s) > 0;
        for ask in asks {
            self.carry_out(ask);
        }
        self.last = self.desk.now();
        if self.conductor().follow(&controls) {
            self.conductor().rethink();
            changed = true;
        }
        let was_heard = self.conductor().is_heard();
        let has_heard = self.hear(&controls);
        changed |= has_heard && (was_heard || self.conductor().is_heard());
        if changed {
            self.keep();
        }
        // After it is kept: whoever prepares the engine takes what is kept, and no target from before.
        if let Some(target) = self.target.take() {
            self.target_sender.send(&target);
        }
        if changed {
            self.publish();
            link.wake();
        }
        Some(if is_off { IDLE_PERIOD } else { PERIOD })
    }
}

impl Listening {
    /// The conductor, made with the embedded model when it is first needed.
    fn conductor(&mut self) -> &mut Conductor {
        let (desk, trouble, revision, rate_hz) =
            (&self.desk, &mut self.trouble, &mut self.revision, self.rate_hz);
        self.conductor.get_or_insert_with(|| {
            let (saved, saved_revision) = desk.saved();
            *revision = saved_revision;
            *trouble = saved.lost.clone();
            let mut conductor = Conductor::new(&saved, None);
            conductor.set_model(OnnxModel::embedded().map(|model| Box::new(model) as Box<dyn Model>));
            if rate_hz > 0.0 {
                conductor.prepare(rate_hz);
            }
            conductor
        })
    }

    fn follow_format(&mut self) -> bool {
        let Some(format) = self.tap.new_format() else { return false };
        let rate_hz = f64::from(format.sample_rate_hz);
        // Hosts activate often; what was heard at the same rate still holds.
        if rate_hz > 0.0 && rate_hz != self.rate_hz {
            self.rate_hz = rate_hz;
            if let Some(conductor) = &mut self.conductor {
                conductor.prepare(rate_hz);
            }
        }
        true
    }

    /// Goes on from a project that was restored meanwhile.
    fn follow_restored(&mut self) -> bool {
        let (saved, revision) = self.desk.saved();
        let Some(conductor) = self.conductor.as_mut().filter(|_| revision != self.revision) else {
            return false;
        };
        self.revision = revision;
        self.trouble = saved.lost.clone();
        conductor.resume(&saved);
        self.target = Some(in_place(&saved));
        true
    }

    fn hear(&mut self, controls: &AdaptiveControls) -> bool {
        let mut heard_any = false;
        loop {
            self.planes.iter_mut().for_each(Vec::clear);
            let planes = &mut self.planes;
            let taken = self.tap.drain(CHUNK_FRAMES, |frame| {
                planes.iter_mut().zip(frame).for_each(|(plane, sample)| plane.push(sample));
            });
            if taken == 0 {
                return heard_any;
            }
            heard_any = true;
            let present = *self.present.read();
            let planes = std::mem::take(&mut self.planes);
            let target = self.conductor().hear(planes.each_ref().map(Vec::as_slice), &present, controls);
            self.planes = planes;
            self.target = target.or(self.target);
        }
    }

    fn carry_out(&mut self, ask: Ask) {
        self.trouble = None;
        let outcome = match ask {
            Ask::Steer(wish) => {
                let target = self.conductor().wish(wish);
                self.target = target.or(self.target);
                Ok(())
            }
            Ask::ToggleLock(index) => {
                self.conductor().steering_mut().toggle_lock(index);
                Ok(())
            }
            Ask::Reference(files) => Reference::from_files(&files)
                .map(|reference| self.conductor().set_reference(Some(reference)))
                .map_err(|error| error.to_string()),
            Ask::NoReference => {
                self.conductor().set_reference(None);
                Ok(())
            }
            Ask::Model(path) => OnnxModel::load(&path)
                .map(|model| self.conductor().set_model(Ok(Box::new(model))))
                .map_err(|error| error.to_string()),
            Ask::OwnModel => {
                let model = OnnxModel::embedded().map(|model| Box::new(model) as Box<dyn Model>);
                self.conductor().set_model(model);
                Ok(())
            }
            Ask::Forget(place, label) => {
                let taste = self.conductor().taste_mut();
                // The list may have moved on since the user looked at it.
                if taste.labels().get(place) == Some(&label) {
                    taste.forget(place);
                    self.conductor().rethink();
                }
                Ok(())
            }
            Ask::ForgetAll => {
                self.conductor().taste_mut().forget_all();
                self.conductor().rethink();
                Ok(())
            }
            Ask::LoadTaste(path) => Taste::load(&path)
                .map(|taste| {
                    *self.conductor().taste_mut() = taste;
                    self.conductor().rethink();
                })
                .map_err(|error| error.to_string()),
            Ask::SaveTaste(path) => self.conductor().taste().save(&path).map_err(|error| error.to_string()),
        };
        self.trouble = outcome.err();
    }

    /// Keeps what changed, where anything did.
    fn keep(&mut self) {
        let Some(conductor) = &self.conductor else { return };
        let saved = conductor.saved();
        if *self.desk.saved().0 != saved {
            self.desk.keep(self.revision, saved);
        }
    }

    /// Shows what is saved, once, where nobody listens.
    fn publish_saved(&mut self, link: &Link<Self>) {
        let (saved, revision) = self.desk.saved();
        if self.shown_revision.replace(revision) == Some(revision) {
            return;
        }
        self.pictures.write(AdaptivePicture {
            committed: saved.course.committed,
            present: saved.course.committed,
            course: saved.course.clone(),
            corrections: saved.taste.labels(),
            trouble: saved.lost.clone(),
            ..AdaptivePicture::default()
        });
        link.wake();
    }

    fn publish(&mut self) {
        let present = *self.present.read();
        let dropped_frames = self.tap.dropped_frames();
        let trouble = self.trouble.clone();
        let Some(conductor) = &self.conductor else { return };
        let picture = AdaptivePicture {
            advice: conductor.advice().cloned(),
            committed: conductor.steering().committed(),
            present,
            course: conductor.steering().course().clone(),
            is_heard: conductor.is_heard(),
            heard_s: conductor.portrait().heard_s,
            learned_share: conductor.steering().learned_share(),
            corrections: conductor.taste().labels(),
            aim: conductor.aim(),
            model: conductor.model().map(|model| model.description().to_string()).unwrap_or_default(),
            trouble: trouble.or_else(|| conductor.trouble().map(ToString::to_string)),
            dropped_frames,
        };
        self.pictures.write(picture);
    }
}

/// Where a project sends the engine that is put in place.
pub(super) fn in_place(saved: &Saved) -> MoveTarget {
    MoveTarget { moves: saved.course.committed.bounded(), pace: Pace::AtOnce }
}

#[cfg(test)]
mod tests;
