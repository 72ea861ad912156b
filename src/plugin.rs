//! Composition root: the lifecycle that hosts drive, the engine, the meters, the editor.
//!
//! Two entries, [`AuraCore`] and [`AuraCoreInstrument`], share one `Core`, the same parameters and the same state.
//!
//! **Latency.** It is fixed by the latency mode and reported on activation. When the mode changes while active, the
//! audio thread reports the latency that the new mode will have, which makes the host deactivate and activate; the
//! engine keeps its old mode until then, because preparing allocates. The standalone has no host to do that and no
//! delay compensation to disturb: there a second prepared engine takes over at once.
//!
//! **Reset.** See `plugin/reset_gate.rs`.

use std::sync::Arc;

use nice_plug::prelude::*;

use crate::adaptive::port::Port;
use crate::adaptive::worker::{AdaptiveView, AdaptiveWorker};
use crate::bridge::latest::{LatestReader, LatestWriter, latest};
use crate::bridge::tap::{TapFormat, TapWriter, tap};
use crate::bridge::trail::{TrailWriter, trail};
use crate::control::adaptive::{Adaptation, Pace};
use crate::control::session::NoteEvent;
use crate::control::{ChainTelemetry, DynamicsPoint, LatencyMode, MasterControls};
use crate::editor;
use crate::engine::{Engine, EngineIo};
use crate::params::AuraParams;

mod adaptive;
mod effect;
mod instrument;
mod meter_worker;
mod motion;
mod reset_gate;
mod restore;
mod rig;
mod track;

pub use effect::AuraCore;
pub use instrument::AuraCoreInstrument;
pub use meter_worker::{
    DYNAMICS_POINTS, LOUDNESS_POINTS, LOUDNESS_POINTS_PER_S, LoudnessPoint, MeterPicture, MeterView,
    SCOPE_FRAMES,
};
pub use rig::Rig;
pub use track::{Edited, Open, Opener, Stage, StepPicture, TrackPicture, TrackView, play_from_the_start};

use meter_worker::{MeterWorker, meter_worker};
use reset_gate::ResetGate;
use track::{NOTES, TrackKeeper, TrackSource};

/// Shown by hosts.
const VENDOR: &str = "AuraCore";
/// Room for a sixth of a second at 192 kHz and two thirds at 48 kHz, ten times the worker's period and more.
const TAP_FRAMES: usize = 1 << 15;
/// Room for two seconds and more, a hundred times the worker's period.
const TRAIL_POINTS: usize = 256;
/// How fast a reported gain reduction returns, so that a display that looks seldom sees every peak.
const TELEMETRY_FALL_DB_PER_S: f32 = 30.0;

/// Samples up to this magnitude (−140 dBFS) do not keep the plugin awake.
const SILENCE: f32 = 1e-7;

/// Everything the editor gets. It lives as long as the plugin, through any number of windows.
pub struct EditorLink {
    /// Parameters, with the comparison slots.
    pub params: Arc<AuraParams>,
    /// Loudness, peaks, spectra, dynamics.
    pub meters: MeterView,
    /// What the chain reports, gain reductions held with a steady fall.
    pub telemetry: LatestReader<ChainTelemetry>,
    /// The track.
    pub track: TrackView,
    /// The listener.
    pub adaptive: AdaptiveView,
}

/// Where the audio comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The host's main input, already in the buffer.
    Host,
    /// Nowhere: the buffer holds whatever was there.
    Silence,
}

/// What both entries are made of.
struct Core {
    params: Arc<AuraParams>,
    /// `None` until the first activation.
    active: Option<Active>,
    gate: ResetGate,
    tap: TapWriter,
    trail: TrailWriter<DynamicsPoint>,
    telemetry: LatestWriter<ChainTelemetry>,
    held: ChainTelemetry,
    worker: MeterWorker,
    source: TrackSource,
    port: Port,
    listener: AdaptiveWorker,
    /// Ends the worker of the track with the plugin.
    _keeper: TrackKeeper,
    /// Taken by the editor.
    editor_link: Option<EditorLink>,
}

/// What an activation prepares.
struct Active {
    engine: Engine,
    mode: LatencyMode,
    sample_rate_hz: f32,
    /// Latency in the mode that the engine is not in.
    other_latency_samples: usize,
    /// The engine for the other mode, where no host can restart the plugin.
    standby: Option<Engine>,
    /// Frames since anything but silence went in or came out.
    silent_frames: usize,
}

impl Default for Core {
    fn default() -> Self {
        let params = Arc::new(AuraParams::playing(&track::initial_controls()));
        let (tap, tap_reader) = tap(TAP_FRAMES);
        let (trail, trail_reader) = trail(TRAIL_POINTS);
        let (worker, meters) = meter_worker(tap_reader, trail_reader);
        let (telemetry, telemetry_reader) = latest(ChainTelemetry::default());
        let (source, keeper, view) = track::track(&params);
        let (port, listener, adaptive) = adaptive::listener(&params);
        let editor_link =
            EditorLink { params: params.clone(), meters, telemetry: telemetry_reader, track: view, adaptive };
        Self {
            params,
            active: None,
            gate: ResetGate::default(),
            tap,
            trail,
            telemetry,
            held: ChainTelemetry::default(),
            worker,
            source,
            port,
            listener,
            _keeper: keeper,
            editor_link: Some(editor_link),
        }
    }
}

impl Core {
    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn editor(&mut self) -> Option<editor::Editor> {
        editor::create(self.editor_link.take()?)
    }

    fn remote_controls(&self, context: &mut impl RemoteControlsContext) {
        self.params.remote_controls(context);
    }

    fn activate<P: Plugin>(
        &mut self,
        layout: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<P>,
    ) -> bool {
        if !(config.sample_rate.is_finite() && config.sample_rate > 0.0) {
            return false;
        }
        let standalone = context.plugin_api() == PluginApi::Standalone;
        let latency_samples = self.start(layout, config, standalone);
        // The standalone reports its latency to nobody.
        if !standalone {
            context.set_latency_samples(latency_samples);
        }
        true
    }

    /// Prepares everything for a format; returns the latency in samples.
    fn start(&mut self, layout: &AudioIOLayout, config: &BufferConfig, keep_standby: bool) -> u32 {
        let mode = self.params.controls().mode;
        let active = Active::prepared(self.active.take(), config.sample_rate, mode, keep_standby);
        let latency_samples = active.engine.latency_samples() as u32;
        self.active = Some(active);
        self.gate.activate(config.max_buffer_size);
        self.held = ChainTelemetry::default();
        let is_offline = config.process_mode == ProcessMode::Offline;
        self.source.activate(
            f64::from(config.sample_rate),
            config.max_buffer_size as usize,
            is_offline,
            &self.params.track_controls(),
        );
        let channels = layout.main_output_channels.map_or(2, NonZeroU32::get);
        let format = TapFormat { sample_rate_hz: config.sample_rate, channels };
        self.tap.set_format(format);
        self.worker.start();
        self.port.activate(format, self.params.course.read().0.course.committed, is_offline);
        self.listener.start();
        latency_samples
    }

    fn reset(&mut self) {
        if self.gate.obey()
            && let Some(active) = &mut self.active
        {
            active.engine.reset();
            self.source.reset();
        }
    }

    fn process<P: Plugin>(
        &mut self,
        buffer: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<P>,
        source: Source,
    ) -> ProcessStatus {
        let Some(active) = &mut self.active else { return ProcessStatus::Error("not activated") };
        let mut controls = self.params.controls();
        active.follow_mode(controls.mode, context);
        controls.mode = active.mode;

        let frames = buffer.samples();
        let (left, mut right) = match buffer.as_slice() {
            [left, right, ..] => (&mut **left, Some(&mut **right)),
            [left] => (&mut **left, None),
            [] => return ProcessStatus::Normal,
        };
        if source == Source::Silence {
            left.fill(0.0);
            right.iter_mut().for_each(|right| right.fill(0.0));
        }
        let (notes, count) = notes(context);
        self.source.add(
            left,
            right.as_deref_mut(),
            &self.params.track_controls(),
            context.transport(),
            &notes[..count],
        );
        let status = self.master(left, right, sidechain(aux, frames), &controls);
        if self.source.is_awake() { ProcessStatus::KeepAlive } else { status }
    }

    /// Runs the chain on a block in place and tells everybody who listens.
    fn master(
        &mut self,
        left: &mut [f32],
        mut right: Option<&mut [f32]>,
        sidechain: Option<[&[f32]; 2]>,
        controls: &MasterControls,
    ) -> ProcessStatus {
        let Some(active) = &mut self.active else { return ProcessStatus::Error("not activated") };
        let frames = left.len();
        let silent_input = is_silent(left) && right.as_deref().is_none_or(is_silent);
        let heard = right.as_deref().unwrap_or(left);
        let block = self.tap.begin(left, heard);
        let adaptation = self.port.adaptation(&self.params.adaptive_controls());
        let listened = self.port.begin(left, heard);
        active.engine.adapt(&adaptation);
        let io = EngineIo { left, right: right.as_deref_mut(), sidechain };
        active.engine.process_tracing(io, controls, |point| self.trail.push(point));
        let silent_output = is_silent(left) && right.as_deref().is_none_or(is_silent);
        let heard = right.as_deref().unwrap_or(left);
        for block in [block, listened].into_iter().flatten() {
            block.finish(left, heard);
        }
        self.port.report(active.engine.adaptive_moves());

        self.gate.rendered(frames);
        let fall_db = TELEMETRY_FALL_DB_PER_S * frames as f32 / active.sample_rate_hz;
        self.held = held(&self.held, &active.engine.telemetry(), fall_db);
        self.telemetry.write(self.held);
        active.status(frames, silent_input && silent_output)
    }
}

impl Active {
    /// An engine for this rate and mode with clean memory, made from what is there as far as possible.
    fn prepared(previous: Option<Self>, sample_rate_hz: f32, mode: LatencyMode, keep_standby: bool) -> Self {
        let rate_hz = f64::from(sample_rate_hz);
        if let Some(mut same) = previous.filter(|p| p.sample_rate_hz == sample_rate_hz && p.mode == mode) {
            same.engine.reset();
            same.silent_frames = 0;
            return same;
        }
        Self {
            engine: Engine::new(rate_hz, mode),
            mode,
            sample_rate_hz,
            other_latency_samples: Engine::latency_for(rate_hz, other(mode)),
            standby: keep_standby.then(|| Engine::new(rate_hz, other(mode))),
            silent_frames: 0,
        }
    }

    /// Goes after the latency mode that the user wants, by way of the host where there is one.
    fn follow_mode<P: Plugin>(&mut self, wanted: LatencyMode, context: &impl ProcessContext<P>) {
        if let Some(standby) = &mut self.standby {
            if wanted != self.mode {
                let there = Adaptation {
                    moves: self.engine.adaptive_moves(),
                    pace: Pace::AtOnce,
                    ..Adaptation::NONE
                };
                standby.adapt(&there);
                std::mem::swap(&mut self.engine, standby);
                self.engine.reset();
                self.mode = wanted;
            }
            return;
        }
        // Reporting what is reported already has no effect, so this also takes back a change of mind.
        let latency =
            if wanted == self.mode { self.engine.latency_samples() } else { self.other_latency_samples };
        context.set_latency_samples(latency as u32);
    }

    /// Lets the host put the plugin to sleep once nothing is left inside.
    fn status(&mut self, frames: usize, silent: bool) -> ProcessStatus {
        self.silent_frames = if silent { self.silent_frames.saturating_add(frames) } else { 0 };
        let latency = self.engine.latency_samples();
        if self.silent_frames > latency { ProcessStatus::Normal } else { ProcessStatus::Tail(latency as u32) }
    }
}

fn other(mode: LatencyMode) -> LatencyMode {
    match mode {
        LatencyMode::Master => LatencyMode::Live,
        LatencyMode::Live => LatencyMode::Master,
    }
}

/// The side-chain, if the layout has one. The framework may leave a port that the host did not connect at another
/// length; that counts as none.
fn sidechain<'a>(aux: &'a mut AuxiliaryBuffers, frames: usize) -> Option<[&'a [f32]; 2]> {
    match aux.inputs.first()?.as_slice_immutable() {
        [left, right, ..] if left.len() == frames && right.len() == frames => Some([left, right]),
        _ => None,
    }
}

/// Note events of a block, the first ones where there are more than fit.
fn notes<P: Plugin>(context: &mut impl ProcessContext<P>) -> ([NoteEvent; NOTES], usize) {
    let mut notes = [NoteEvent { at: 0, is_on: false }; NOTES];
    let mut count = 0;
    while let Some(event) = context.next_event() {
        let is_on = match event {
            nice_plug::prelude::NoteEvent::NoteOn { .. } => true,
            nice_plug::prelude::NoteEvent::NoteOff { .. } | nice_plug::prelude::NoteEvent::Choke { .. } => {
                false
            }
            _ => continue,
        };
        if let Some(note) = notes.get_mut(count) {
            *note = NoteEvent { at: event.timing() as usize, is_on };
            count += 1;
        }
    }
    (notes, count)
}

fn is_silent(samples: &[f32]) -> bool {
    samples.iter().all(|x| x.abs() <= SILENCE)
}

/// The new report with reductions no lower than the old ones less `fall_db`.
fn held(before: &ChainTelemetry, now: &ChainTelemetry, fall_db: f32) -> ChainTelemetry {
    ChainTelemetry {
        compressor_reduction_db: now.compressor_reduction_db.max(before.compressor_reduction_db - fall_db),
        limiter_reduction_db: now.limiter_reduction_db.max(before.limiter_reduction_db - fall_db),
        ..*now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_reductions_fall_steadily() {
        let peak = ChainTelemetry { limiter_reduction_db: 6.0, ..Default::default() };
        let quiet = ChainTelemetry { replaced_samples: 3, ..Default::default() };
        let shown = held(&peak, &quiet, 1.0);
        assert_eq!((shown.limiter_reduction_db, shown.compressor_reduction_db), (5.0, 0.0));
        assert_eq!(shown.replaced_samples, 3);
    }
}
