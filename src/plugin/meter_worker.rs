//! The thread that measures, one for each plugin instance.
//!
//! Drains the audio tap and the trail of the dynamics and publishes pictures for the editor. It is started at the first
//! activation, follows changes of format through the tap, is never restarted and ends with the plugin. Loudness and
//! trails are always kept, so that they are complete when the editor opens; spectra and scope only while somebody looks.

use crate::bridge::tap::TapReader;
use crate::bridge::trail::TrailReader;
use crate::control::DynamicsPoint;
use crate::view::meters::{MeterView, meter_view};
use crate::worker::Worker;

mod instruments;
mod measuring;
mod newest;
mod pace;
#[cfg(test)]
mod tests;

use measuring::Measuring;

/// The plugin's half: starts the thread once and ends it when dropped.
pub struct MeterWorker(Worker<Measuring>);

/// A worker that reads from `tap` and `trail` and the view of its pictures. Starts nothing yet.
pub fn meter_worker(tap: TapReader, trail: TrailReader<DynamicsPoint>) -> (MeterWorker, MeterView) {
    let (requests, pictures, mut view) = meter_view();
    let worker = Worker::new(Measuring::new(tap, trail, pictures, requests));
    let link = worker.link().clone();
    view.told_alive_by(move || link.turns().is_some());
    (MeterWorker(worker), view)
}

impl MeterWorker {
    /// Starts the thread unless it runs. Without threads to be had the meters stay empty and the sound is unharmed.
    pub fn start(&mut self) {
        self.0.link().start("auracore meters");
    }
}
