//! Sound sources in front of the chain: each with a strip of its own, none able to harm the host or the others.
//!
//! One mixer serves an instance for as long as it lives, through any number of engines. Made and prepared on the main
//! thread; everything else belongs on the audio thread.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::control::mix::{MixTelemetry, SOURCES, SourceTelemetry, Strip};
use crate::dsp::sanitize::{is_ordinary, sanitize};
use crate::dsp::smooth::Ramp;
use crate::dsp::{MAX_BLOCK, StereoBlock};
use crate::source::{Moment, Note, Source, Spec, Tail, Transport, stretches};
use fearless_simd::Level;

/// Time in which a strip follows its settings.
const GLIDE_S: f64 = 0.02;

/// What comes with a host block besides audio.
#[derive(Debug, Clone, Copy, Default)]
pub struct Events<'a> {
    /// The timeline at the start of the block.
    pub transport: Transport,
    /// Notes in the order of their frames.
    pub notes: &'a [Note],
}

/// The sources of an instance.
pub struct Mixer {
    level: Level,
    spec: Spec,
    seats: Vec<Seat>,
    /// The timeline at the next frame.
    transport: Transport,
}

/// A source, its settings and its strip.
struct Seat {
    source: Box<dyn Playing>,
    strip: Box<dyn Fn() -> Strip + Send>,
    now: Strip,
    gain: Ramp,
    /// Nothing has been rendered since the last preparation.
    is_fresh: bool,
    telemetry: SourceTelemetry,
}

/// A source with where its settings come from, whatever its type.
trait Playing: Send {
    fn prepare(&mut self, spec: &Spec);
    fn reset(&mut self);
    fn take_controls(&mut self);
    fn play(&mut self, now: &Moment<'_>, out: &mut StereoBlock<'_>);
    fn tail(&self) -> Tail;
}

struct Controlled<S: Source, C> {
    source: S,
    controls: C,
    now: S::Controls,
}

impl<S: Source, C: Fn() -> S::Controls + Send> Playing for Controlled<S, C> {
    fn prepare(&mut self, spec: &Spec) {
        self.now = (self.controls)();
        self.source.prepare(spec);
    }

    fn reset(&mut self) {
        self.source.reset();
    }

    fn take_controls(&mut self) {
        self.now = (self.controls)();
    }

    fn play(&mut self, now: &Moment<'_>, out: &mut StereoBlock<'_>) {
        self.source.advance(now, &self.now);
        self.source.render(out);
    }

    fn tail(&self) -> Tail {
        self.source.tail()
    }
}

impl Default for Mixer {
    fn default() -> Self {
        let spec = Spec { rate_hz: 48_000.0, is_offline: false };
        Self { level: Level::new(), spec, seats: Vec::new(), transport: Transport::default() }
    }
}

impl Mixer {
    /// Adds a source. `controls` and `strip` are asked once a host block, on the audio thread. Allocates.
    ///
    /// # Panics
    /// With more than [`SOURCES`] of them.
    pub fn insert<S: Source>(
        &mut self,
        source: S,
        controls: impl Fn() -> S::Controls + Send + 'static,
        strip: impl Fn() -> Strip + Send + 'static,
    ) {
        assert!(self.seats.len() < SOURCES, "room for {SOURCES} sources");
        let now = controls();
        let settings = strip();
        self.seats.push(Seat {
            source: Box::new(Controlled { source, controls, now }),
            strip: Box::new(strip),
            now: settings,
            gain: Ramp::new(settings.gain, GLIDE_S, self.spec.rate_hz),
            is_fresh: true,
            telemetry: SourceTelemetry::default(),
        });
    }

    /// Prepares all sources for a format and gives those that were switched off another chance. Main thread; allocates.
    pub fn prepare(&mut self, spec: &Spec) {
        self.spec = *spec;
        for seat in &mut self.seats {
            seat.gain = Ramp::new(seat.gain.target(), GLIDE_S, spec.rate_hz);
            seat.is_fresh = true;
            seat.telemetry = SourceTelemetry::default();
            seat.guarded(|source| source.prepare(spec));
        }
    }

    /// Clears what rings, never content.
    pub fn reset(&mut self) {
        self.seats.iter_mut().for_each(|seat| _ = seat.guarded(|source| source.reset()));
    }

    /// The longest tail of all sources.
    pub fn tail(&self) -> Tail {
        let sounding = self.seats.iter().filter(|seat| !seat.telemetry.is_off);
        sounding.map(|seat| seat.source.tail()).max().unwrap_or_default()
    }

    /// What happened in the last host block.
    pub fn telemetry(&self) -> MixTelemetry {
        let mut telemetry = MixTelemetry::default();
        telemetry.iter_mut().zip(&self.seats).for_each(|(slot, seat)| *slot = seat.telemetry);
        telemetry
    }

    /// Whether there are any sources.
    pub(super) fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Begins a host block: takes on the settings.
    pub(super) fn begin(&mut self, transport: Transport) {
        self.transport = transport;
        for seat in &mut self.seats {
            seat.now = (seat.strip)();
            seat.telemetry.peaks = [0.0; 2];
            seat.guarded(|source| source.take_controls());
        }
        let any_solo = self.seats.iter().any(|seat| seat.now.solo);
        for seat in &mut self.seats {
            let sounds = !seat.now.mute && (seat.now.solo || !any_solo);
            let target = if sounds { seat.now.gain } else { 0.0 };
            // A strip glides only while there is something to hear, so that a source begins with its own level.
            let is_fresh = std::mem::take(&mut seat.is_fresh);
            if is_fresh || seat.telemetry.is_off || seat.source.tail() == Tail::Silent {
                seat.gain.jump_to(target);
            } else {
                seat.gain.set_target(target);
            }
        }
    }

    /// Adds the sources to the next frames, at most [`MAX_BLOCK`]; `frame` is the first one's place in the host block.
    /// `input` is what the host sends. Whether anything sounds.
    pub(super) fn render(
        &mut self,
        frame: usize,
        notes: &[Note],
        input: [&[f32]; 2],
        out: &mut StereoBlock<'_>,
    ) -> bool {
        let mut sounds = false;
        for (range, notes) in stretches(frame, out.frames(), notes) {
            let now = Moment {
                frames: range.len(),
                transport: self.transport,
                notes,
                input: input.map(|channel| &channel[range.clone()]),
            };
            let mut out = out.range(range);
            for seat in &mut self.seats {
                sounds |= seat.add(self.level, &now, &mut out);
            }
            self.transport = self.transport.after(now.frames, self.spec.rate_hz);
        }
        sounds
    }
}

impl Seat {
    /// Does something with the source, which is switched off should it panic.
    fn guarded(&mut self, work: impl FnOnce(&mut dyn Playing)) -> bool {
        if self.telemetry.is_off {
            return false;
        }
        let source = &mut *self.source;
        // What a panic leaves half done is never looked at again before the next preparation.
        let is_sound = catch_unwind(AssertUnwindSafe(|| work(source))).is_ok();
        self.telemetry.is_off = !is_sound;
        is_sound
    }

    /// Adds the source to `out`, behind its strip. Whether it sounds.
    fn add(&mut self, level: Level, now: &Moment<'_>, out: &mut StereoBlock<'_>) -> bool {
        let frames = now.frames;
        let (mut left, mut right) = ([0.0f32; MAX_BLOCK], [0.0f32; MAX_BLOCK]);
        let mut block = StereoBlock { left: &mut left[..frames], right: &mut right[..frames] };
        if !self.guarded(|source| source.play(now, &mut block)) {
            return false;
        }
        let is_ordinary = block.channels().iter().all(|channel| is_ordinary(level, channel, f32::MAX));
        if !is_ordinary && block.channels().into_iter().map(sanitize).sum::<u64>() > 0 {
            self.telemetry.unsound_stretches += 1;
            self.guarded(|source| source.reset());
            return false;
        }
        self.gain.apply_gain(&mut block);
        let mut sounds = false;
        for ((out, own), peak) in
            out.channels().into_iter().zip(block.channels()).zip(&mut self.telemetry.peaks)
        {
            for (out, own) in out.iter_mut().zip(own) {
                *peak = peak.max(own.abs());
                sounds |= *own != 0.0;
                *out += *own;
            }
        }
        sounds
    }
}
