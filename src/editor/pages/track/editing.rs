//! The track that is edited: taken from the plugin whenever another one is loaded there, given back after every change.
//!
//! The plugin's picture says by its tag whether what plays came from here. Changes go there at most [`RATE_HZ`] times a
//! second while something is dragged, the last one always.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::sources::track::{Edited, Open, Opener, Stage, TrackPicture};
use crate::track::edit::sampled::{self, StepTimes};
use crate::track::edit::{Document, Operation};
use crate::track::file::limits::Limits;
use crate::track::file::schema::Track;

/// Changes given to the plugin per second while something is dragged.
const RATE_HZ: f64 = 10.0;
/// What a new track is called.
const NEW_NAME: &str = "New track";
/// A small track to begin with.
const NEW_TEXT: &str = include_str!("new_track.json");

/// See the module.
#[derive(Debug, Default)]
pub struct Editing {
    open: Option<Opened>,
    /// The revision of the state that was looked at last.
    seen: Option<u64>,
    /// The number of the newest document that was given away.
    tag: u64,
    throttle: Throttle,
    /// While another track is on its way, changes would get in front of it.
    is_waiting: bool,
    /// The file that is being written.
    saving: Option<PathBuf>,
    /// Why the last change was not made.
    trouble: Option<String>,
}

#[derive(Debug)]
struct Opened {
    document: Document,
    name: String,
    origin: Option<PathBuf>,
    /// The text as it was loaded or saved last.
    kept: Arc<str>,
    /// Times of the steps, and the revision of the document that they are of.
    times: (u64, Vec<StepTimes>),
}

impl Opened {
    fn new(text: &str, name: &str, origin: Option<PathBuf>) -> Result<Self, String> {
        let path = origin.clone().unwrap_or_else(|| PathBuf::from(name));
        let document = Document::open(text, &path, Limits::default()).map_err(|error| error.to_string())?;
        let times = (document.revision(), sampled::steps(document.track()));
        Ok(Self { document, name: name.to_owned(), origin, kept: text.into(), times })
    }
}

/// When the next change may go.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Throttle {
    is_due: bool,
    last_s: Option<f64>,
}

impl Throttle {
    /// Whether something goes now; else the time until it does, if anything waits.
    fn turn(&mut self, now_s: f64) -> Result<(), Option<f64>> {
        if !self.is_due {
            return Err(None);
        }
        let wait_s = self.last_s.map_or(0.0, |last_s| last_s + 1.0 / RATE_HZ - now_s);
        if wait_s > 0.0 && wait_s <= 1.0 / RATE_HZ {
            return Err(Some(wait_s));
        }
        *self = Self { is_due: false, last_s: Some(now_s) };
        Ok(())
    }
}

impl Editing {
    /// Takes another track over where the plugin has one; whether it did.
    pub fn follow(&mut self, picture: &TrackPicture) -> bool {
        self.saved(picture);
        if self.is_waiting && picture.refusal.is_some() && picture.stage != Stage::Reading {
            self.is_waiting = false;
        }
        if self.seen == Some(picture.revision) {
            return false;
        }
        self.seen = Some(picture.revision);
        if picture.tag.is_some_and(|tag| tag <= self.tag) {
            return false;
        }
        self.is_waiting = false;
        self.throttle.is_due = false;
        let saved = &picture.saved;
        let is_same = |open: &Opened| **open.document.to_json() == *saved.text && open.origin == saved.origin;
        if self.open.as_ref().is_some_and(is_same) {
            return false;
        }
        self.trouble = None;
        self.open = None;
        if !saved.is_empty() {
            match Opened::new(&saved.text, &saved.name, saved.origin.clone()) {
                Ok(open) => self.open = Some(open),
                Err(why) => self.trouble = Some(why),
            }
        }
        true
    }

    /// Looks whether the file that was to be written is.
    fn saved(&mut self, picture: &TrackPicture) {
        let Some(path) = &self.saving else { return };
        let is_newest = !self.throttle.is_due && picture.tag.is_none_or(|tag| tag == self.tag);
        let shown = path.display().to_string();
        let Some(message) = picture.message.as_ref().filter(|told| is_newest && told.contains(&shown)) else {
            return;
        };
        // Where recordings are missing beside the new file, the old place goes on to count.
        let is_whole = !message.contains("not beside it");
        let path = self.saving.take();
        if let Some(open) = &mut self.open {
            open.kept = picture.saved.text.as_str().into();
            if is_whole && open.origin != path {
                open.name = named(open.document.track(), path.as_deref()).unwrap_or(open.name.clone());
                open.origin = path;
                self.throttle.is_due = true;
            }
        }
    }

    /// Gives the newest change to the plugin when it is time; else says how many seconds to wait, if anything waits.
    pub fn give(&mut self, opener: &Opener, now_s: f64) -> Option<f64> {
        let open = self.open.as_ref().filter(|_| !self.is_waiting)?;
        if let Err(wait_s) = self.throttle.turn(now_s) {
            return wait_s;
        }
        self.tag += 1;
        opener.open(Open::Document(Edited {
            name: open.name.clone(),
            text: open.document.to_json().clone(),
            origin: open.origin.clone(),
            tag: self.tag,
        }));
        None
    }

    /// Gives the newest change away without waiting, because nothing will be drawn any more.
    pub fn give_last(&mut self, opener: &Opener) {
        self.seal();
        self.give(opener, 0.0);
    }

    /// Makes a change. Why it cannot be made is kept to be shown.
    pub fn change(&mut self, operation: &Operation) {
        let Some(open) = &mut self.open else { return };
        let before = open.document.revision();
        self.trouble = open.document.apply(operation).err().map(|error| error.to_string());
        self.moved(before);
    }

    /// The hand has let go: the next change is a step of its own, and this one goes at once.
    pub fn seal(&mut self) {
        if let Some(open) = &mut self.open {
            open.document.seal();
        }
        self.throttle.last_s = None;
    }

    /// A change that is a step of its own.
    pub fn change_once(&mut self, operation: &Operation) {
        self.seal();
        self.change(operation);
        self.seal();
    }

    /// Goes a step back, or forth.
    pub fn step(&mut self, is_back: bool) {
        let Some(open) = &mut self.open else { return };
        let before = open.document.revision();
        _ = if is_back { open.document.undo() } else { open.document.redo() };
        self.trouble = None;
        self.moved(before);
        self.throttle.last_s = None;
    }

    fn moved(&mut self, before: u64) {
        let Some(open) = &mut self.open else { return };
        let revision = open.document.revision();
        if revision != before {
            self.throttle.is_due = true;
            open.times = (revision, sampled::steps(open.document.track()));
        }
    }

    /// Whether there is a step back, and one forth.
    pub fn can_step(&self) -> (bool, bool) {
        self.open.as_ref().map_or((false, false), |open| (open.document.can_undo(), open.document.can_redo()))
    }

    /// Begins a new track.
    pub fn begin(&mut self) {
        match Opened::new(NEW_TEXT, NEW_NAME, None) {
            Ok(open) => {
                self.open = Some(open);
                self.is_waiting = false;
                self.throttle = Throttle { is_due: true, last_s: None };
                self.trouble = None;
            }
            Err(why) => self.trouble = Some(why),
        }
    }

    /// Another track was asked for: until it is there, nothing more goes to the plugin.
    pub fn leave(&mut self) {
        self.is_waiting = true;
        self.throttle.is_due = false;
    }

    /// The file was asked to be written: what waits goes before.
    pub fn save(&mut self, opener: &Opener, path: PathBuf, now_s: f64) {
        self.seal();
        self.give(opener, now_s);
        opener.save_to(path.clone());
        self.saving = Some(path);
    }

    /// The track, where there is one.
    pub fn track(&self) -> Option<&Arc<Track>> {
        self.open.as_ref().map(|open| open.document.track())
    }

    /// When its steps sound.
    pub fn times(&self) -> &[StepTimes] {
        self.open.as_ref().map_or(&[], |open| &open.times.1)
    }

    /// Length of the steps in seconds.
    pub fn length_s(&self) -> f64 {
        self.times().iter().fold(0.0, |length_s, times| times.end_s.max(length_s))
    }

    /// Its display name.
    pub fn name(&self) -> &str {
        self.open.as_ref().map_or("", |open| open.name.as_str())
    }

    /// Its file.
    pub fn origin(&self) -> Option<&Path> {
        self.open.as_ref()?.origin.as_deref()
    }

    /// Whether there are changes that are in no file.
    pub fn is_changed(&self) -> bool {
        self.open.as_ref().is_some_and(|open| **open.document.to_json() != *open.kept)
    }

    /// Why the last change was not made, or why the track cannot be edited.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// The text of the file as it would be saved.
    #[cfg(test)]
    pub fn text(&self) -> Option<&Arc<str>> {
        self.open.as_ref().map(|open| open.document.to_json())
    }
}

/// What a track calls itself, or else its file.
fn named(track: &Track, path: Option<&Path>) -> Option<String> {
    let own = track.text("name").filter(|name| !name.trim().is_empty()).map(str::to_owned);
    own.or_else(|| Some(path?.file_stem()?.to_string_lossy().into_owned()))
}

#[cfg(test)]
mod tests;
