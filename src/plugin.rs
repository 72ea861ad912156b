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

use std::ops::RangeInclusive;
use std::sync::Arc;

use nice_plug::prelude::*;

use crate::adaptive::port::Port;
use crate::adaptive::worker::AdaptiveWorker;
use crate::bridge::latest::{LatestWriter, latest};
use crate::bridge::tap::{TapBlock, TapFormat, TapWriter, tap};
use crate::bridge::trail::{TrailWriter, trail};
use crate::control::adaptive::{Adaptation, Pace};
use crate::control::mix::MixTelemetry;
use crate::control::{ChainTelemetry, DynamicsPoint, LatencyMode, MasterControls};
use crate::dsp::units::db_to_gain;
use crate::editor;
use crate::engine::mixer::{Events, Mixer};
use crate::engine::{Company, Engine, EngineIo, Observer};
use crate::params::AuraParams;
use crate::source::{Spec, Tail, Transport};
use crate::sources::SourceOwners;
use crate::state;
use crate::view::EditorLink;

mod adaptive;
mod effect;
mod instrument;
mod meter_worker;
mod motion;
mod notes;
mod reset_gate;
mod restore;
mod rig;
mod transport;

pub use effect::AuraCore;
pub use instrument::AuraCoreInstrument;
pub use rig::Rig;

use meter_worker::{MeterWorker, meter_worker};
use notes::Notes;
use reset_gate::ResetGate;
use transport::Follow;

/// Shown by hosts.
const VENDOR: &str = "AuraCore";
/// Room for a sixth of a second at 192 kHz and two thirds at 48 kHz, ten times the worker's period and more.
const TAP_FRAMES: usize = 1 << 15;
/// Room for two seconds and more, a hundred times the worker's period.
const TRAIL_POINTS: usize = 256;
/// How fast a reported gain reduction returns, so that a display that looks seldom sees every peak.
const TELEMETRY_FALL_DB_PER_S: f32 = 30.0;

/// Sample rates at which the plugin can be activated, in Hz. Above, hosts would ask for memory without end.
const RATES_HZ: RangeInclusive<f32> = 1.0..=1_000_000.0;

/// Samples up to this magnitude (−140 dBFS) do not keep the plugin awake.
const SILENCE: f32 = 1e-7;

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
    held_mix: MixTelemetry,
    worker: MeterWorker,
    mixer: Mixer,
    mix: LatestWriter<MixTelemetry>,
    follow: Follow,
    notes: Notes,
    port: Port,
    listener: AdaptiveWorker,
    /// Ends the workers of the sources with the plugin.
    _owners: SourceOwners,
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
        let (master, problem) = state::start::initial_controls();
        if let Some(problem) = problem {
            nice_warn!("{problem}");
        }
        Self::starting_with(&master)
    }
}

impl Core {
    /// An instance whose parameters start with a setting.
    fn starting_with(master: &MasterControls) -> Self {
        let params = Arc::new(AuraParams::starting_with(master));
        let (tap, tap_reader) = tap(TAP_FRAMES);
        let (trail, trail_reader) = trail(TRAIL_POINTS);
        let (worker, meters) = meter_worker(tap_reader, trail_reader);
        let (telemetry, telemetry_reader) = latest(ChainTelemetry::default());
        let (mixer, owners, sources) = params.sources.make();
        let (mix, mix_reader) = latest(MixTelemetry::default());
        let (port, listener, adaptive) = adaptive::listener(&params);
        let editor_link = EditorLink {
            params: params.clone(),
            meters,
            telemetry: telemetry_reader,
            mix: mix_reader,
            sources,
            adaptive,
        };
        Self {
            params,
            active: None,
            gate: ResetGate::default(),
            tap,
            trail,
            telemetry,
            held: ChainTelemetry::default(),
            held_mix: MixTelemetry::default(),
            worker,
            mixer,
            mix,
            follow: Follow::default(),
            notes: Notes::default(),
            port,
            listener,
            _owners: owners,
            editor_link: Some(editor_link),
        }
    }

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
        if !RATES_HZ.contains(&config.sample_rate) {
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
        self.follow = Follow::default();
        self.mixer.prepare(&Spec { rate_hz: f64::from(config.sample_rate), is_offline });
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
            self.mixer.reset();
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
        let transport = self.follow.block(context.transport(), frames);
        self.notes.take(context);
        self.master(left, right, sidechain(aux, frames), &controls, transport)
    }

    /// Mixes the sources to a block, runs the chain on it in place and tells everybody who listens.
    fn master(
        &mut self,
        left: &mut [f32],
        mut right: Option<&mut [f32]>,
        sidechain: Option<[&[f32]; 2]>,
        controls: &MasterControls,
        transport: Transport,
    ) -> ProcessStatus {
        let Some(active) = &mut self.active else { return ProcessStatus::Error("not activated") };
        let frames = left.len();
        let silent_input = is_silent(left) && right.as_deref().is_none_or(is_silent);
        let adaptation = self.port.adaptation(&self.params.adaptive_controls());
        active.engine.adapt(&adaptation);
        let taps = [self.tap.begin(frames), self.port.begin(frames)];
        let mut listeners = Listeners { taps, trail: &mut self.trail };
        let io = EngineIo { left, right: right.as_deref_mut(), sidechain };
        let sources = Some((&mut self.mixer, Events { transport, notes: self.notes.heard() }));
        active.engine.process_with(io, controls, Company { sources, observer: &mut listeners });
        let silent_output = is_silent(left) && right.as_deref().is_none_or(is_silent);
        let heard = right.as_deref().unwrap_or(left);
        listeners.finish(left, heard);
        self.port.report(active.engine.adaptive_moves());

        self.gate.rendered(frames);
        let fall_db = TELEMETRY_FALL_DB_PER_S * frames as f32 / active.sample_rate_hz;
        self.held = held(&self.held, &active.engine.telemetry(), fall_db);
        self.telemetry.write(self.held);
        let (fall, before) = (db_to_gain(-fall_db), self.held_mix);
        self.held_mix = self.mixer.telemetry();
        self.held_mix.iter_mut().zip(&before).for_each(|(now, before)| *now = now.held(before, fall));
        self.mix.write(self.held_mix);
        active.status(frames, silent_input && silent_output, self.mixer.tail())
    }
}

/// Everybody who listens while a block is rendered.
struct Listeners<'a> {
    taps: [Option<TapBlock<'a>>; 2],
    trail: &'a mut TrailWriter<DynamicsPoint>,
}

impl Listeners<'_> {
    /// Tells what came out.
    fn finish(self, left: &[f32], right: &[f32]) {
        self.taps.into_iter().flatten().for_each(|tap| tap.finish(left, right));
    }
}

impl Observer for Listeners<'_> {
    fn mixed(&mut self, left: &[f32], right: &[f32]) {
        self.taps.iter_mut().flatten().for_each(|tap| tap.input(left, right));
    }

    fn point(&mut self, point: DynamicsPoint) {
        self.trail.push(point);
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

    /// Lets the host put the plugin to sleep once nothing is left inside and no source goes on.
    fn status(&mut self, frames: usize, silent: bool, sources: Tail) -> ProcessStatus {
        self.silent_frames = if silent { self.silent_frames.saturating_add(frames) } else { 0 };
        let latency = self.engine.latency_samples();
        match sources {
            Tail::Endless => ProcessStatus::KeepAlive,
            Tail::Samples(frames) => {
                ProcessStatus::Tail((latency as u64).saturating_add(frames).min(u32::MAX.into()) as u32)
            }
            Tail::Silent if self.silent_frames > latency => ProcessStatus::Normal,
            Tail::Silent => ProcessStatus::Tail(latency as u32),
        }
    }
}

fn other(mode: LatencyMode) -> LatencyMode {
    match mode {
        LatencyMode::Master => LatencyMode::Live,
        LatencyMode::Live => LatencyMode::Master,
    }
}

/// The side-chain, if the layout has one and the host passes something for it: otherwise it has no samples.
fn sidechain<'a>(aux: &'a mut AuxiliaryBuffers, frames: usize) -> Option<[&'a [f32]; 2]> {
    match aux.inputs.first()?.as_slice_immutable() {
        [left, right, ..] if left.len() == frames && right.len() == frames => Some([left, right]),
        _ => None,
    }
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
