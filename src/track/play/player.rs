//! The audio side of a track: follows a transport or runs by itself, loops, seeks and changes tracks without a click.
//!
//! Wherever the sound would break off, what would have come next is rendered a little further and fades out over the new
//! sound. Nothing here allocates or drops.

use crate::bridge::exchange::{ExchangeReceiver, ExchangeSender, exchange};
use crate::bridge::latest::{LatestReader, LatestWriter, latest};
use crate::control::session::{PlayMode, TrackControls, TrackTelemetry};
use crate::dsp::smooth::Ramp;
use crate::dsp::{MAX_BLOCK, StereoBlock};
use crate::source::{HeldKeys, Moment, Note, Source, Spec, Tail, Transport};
use crate::track::play::program::{Buses, Program};
use crate::track::sound::span::QUANTUM;
use fade::Fade;
use rtrb::{Consumer, Producer, RingBuffer};

mod fade;

/// Time in which gains follow their settings, in seconds.
const GAIN_S: f64 = 0.02;
/// Time in which what breaks off fades out and what comes in fades in, in seconds.
const FADE_S: f64 = 0.006;
/// Programs on the way or in use at once; a sender that finds none free tries again later.
const PROGRAMS: usize = 4;
/// Seeks that may wait; further ones are lost, the editor sends the next anyway.
const SEEKS: usize = 16;

/// Makes a player and what reaches it from outside.
pub fn player() -> (Player, PlayerLink) {
    let (sender, programs) = exchange(PROGRAMS);
    let (seek, seeks) = RingBuffer::new(SEEKS);
    let (telemetry, telemetry_reader) = latest(TrackTelemetry::default());
    let player = Player {
        rate_hz: 0.0,
        programs,
        seeks,
        telemetry,
        reported: TrackTelemetry::default(),
        program: None,
        position: 0,
        is_playing: false,
        held: HeldKeys::default(),
        region: None,
        end: None,
        fade: Fade::new(),
        buses: Box::new(Buses::SILENT),
        gains: [Ramp::new(1.0, GAIN_S, 48_000.0); 3],
    };
    (player, PlayerLink { programs: sender, seeks: seek, telemetry: telemetry_reader })
}

/// The half of the main thread and of background tasks.
pub struct PlayerLink {
    /// Sends compiled tracks; the newest one plays.
    pub programs: ExchangeSender<Program>,
    /// Sends positions to go to, in seconds, where the host does not rule.
    pub seeks: Producer<f64>,
    /// What the player does.
    pub telemetry: LatestReader<TrackTelemetry>,
}

/// A track player.
pub struct Player {
    rate_hz: f64,
    programs: ExchangeReceiver<Program>,
    seeks: Consumer<f64>,
    telemetry: LatestWriter<TrackTelemetry>,
    reported: TrackTelemetry,
    program: Option<Box<Program>>,
    /// Frame of the track that comes next; negative before its start.
    position: i64,
    is_playing: bool,
    held: HeldKeys,
    /// The loop region in frames, if it is repeated.
    region: Option<(i64, i64)>,
    /// Length of the track in frames, where it ends the sound.
    end: Option<i64>,
    fade: Fade,
    buses: Box<Buses>,
    gains: [Ramp; 3],
}

impl Source for Player {
    type Controls = TrackControls;

    /// A program of another rate is silent until one of this rate arrives.
    fn prepare(&mut self, spec: &Spec) {
        if self.rate_hz != spec.rate_hz {
            self.rate_hz = spec.rate_hz;
            self.gains = [Ramp::new(1.0, GAIN_S, spec.rate_hz); 3];
            self.fade.prepare((FADE_S * spec.rate_hz) as usize);
            self.position = 0;
            self.is_playing = false;
        }
    }

    /// Clears what is about to fade out. The track, the position and the notes stay.
    fn reset(&mut self) {
        self.fade.clear();
    }

    fn advance(&mut self, now: &Moment<'_>, controls: &TrackControls) {
        // Gains glide only while there is something to hear, so that a track begins with its own.
        let is_active = self.is_active();
        for (gain, target) in self.gains.iter_mut().zip(controls.group_gains()) {
            if is_active { gain.set_target(target) } else { gain.jump_to(target) }
        }
        self.take_program();
        self.follow(controls, now.transport);
        self.take_notes(now.notes, controls);
        self.region = self.region_of(controls);
        let ends = controls.mode != PlayMode::Host && self.region.is_none();
        self.end = self.program.as_ref().filter(|_| ends).map(|program| program.plan().frames as i64);
    }

    fn render(&mut self, out: &mut StereoBlock<'_>) {
        let (frames, mut at) = (out.frames(), 0);
        while at < frames {
            self.wrap();
            let end = frames.min(at + self.frames_to_wrap());
            self.add(&mut out.range(at..end));
            at = end;
        }
        self.report();
    }

    fn tail(&self) -> Tail {
        if self.is_playing { Tail::Endless } else { self.fading() }
    }
}

impl Player {
    /// What still fades out.
    pub fn fading(&self) -> Tail {
        match self.fade.frames_left() {
            0 => Tail::Silent,
            frames => Tail::Samples(frames as u64),
        }
    }

    /// Stops with nothing left to fade out, as for a render that begins afresh.
    pub fn stop(&mut self) {
        self.is_playing = false;
        self.fade.clear();
    }

    /// Whether the next block may be anything but silence.
    pub fn is_active(&self) -> bool {
        self.tail() != Tail::Silent
    }

    /// Plays the newest program that has arrived, at the position where the last one was.
    fn take_program(&mut self) {
        while let Some(program) = self.programs.receive() {
            self.break_off();
            if let Some(old) = self.program.replace(program) {
                self.programs.give_back(old);
            }
        }
    }

    /// Goes where the transport, the switch or a seek says.
    fn follow(&mut self, controls: &TrackControls, transport: Transport) {
        let seek_s = std::iter::from_fn(|| self.seeks.pop().ok()).last();
        match controls.mode {
            PlayMode::Host => {
                let offset = (controls.offset_s * self.rate_hz).round() as i64;
                let position = transport.position_frames.map_or(self.position, |frames| frames - offset);
                self.go(transport.is_playing, position);
            }
            PlayMode::Free => {
                let position = match seek_s {
                    Some(seek_s) => (seek_s.max(0.0) * self.rate_hz) as i64,
                    None if controls.is_running && !self.is_playing => 0,
                    None => self.position,
                };
                self.go(controls.is_running, position);
            }
            PlayMode::Notes => {
                let position = seek_s.map_or(self.position, |seek_s| (seek_s.max(0.0) * self.rate_hz) as i64);
                self.go(self.held.any(), position);
            }
        }
    }

    /// Several notes on one frame start the track once.
    fn take_notes(&mut self, notes: &[Note], controls: &TrackControls) {
        let strikes = notes.iter().fold(false, |strikes, note| self.held.follow(note) | strikes);
        if controls.mode == PlayMode::Notes && !notes.is_empty() {
            if strikes && self.held.any() {
                self.break_off();
                self.go(true, 0);
            } else {
                self.go(self.held.any(), self.position);
            }
        }
    }

    /// Starts, stops or jumps, if that is a change.
    fn go(&mut self, is_playing: bool, position: i64) {
        let jumps = is_playing && position != self.position;
        if is_playing != self.is_playing || jumps {
            self.break_off();
            self.is_playing = is_playing;
            self.position = position;
            if is_playing {
                // The beginning of a track sounds as it is written.
                self.fade.enter(position <= 0);
            }
        }
    }

    fn region_of(&self, controls: &TrackControls) -> Option<(i64, i64)> {
        let length = self.program.as_ref()?.plan().frames as i64;
        if controls.mode == PlayMode::Host || !controls.is_looping {
            return None;
        }
        let start = ((controls.loop_start_s * self.rate_hz) as i64).clamp(0, length);
        let end = ((controls.loop_end_s * self.rate_hz) as i64).min(length);
        let end = if end > start { end } else { length };
        (end - start >= QUANTUM as i64).then_some((start, end))
    }

    fn frames_to_wrap(&self) -> usize {
        match self.region {
            Some((_, end)) if self.is_playing && end > self.position => (end - self.position) as usize,
            _ => usize::MAX / 2,
        }
    }

    /// Jumps back at the end of the loop region and stays at the end of the track.
    fn wrap(&mut self) {
        if let Some((start, end)) = self.region
            && self.is_playing
            && self.position >= end
        {
            self.go(true, start);
        }
        // Nothing follows the end; the host's timeline alone goes on.
        if let Some(end) = self.end {
            self.position = self.position.min(end);
        }
    }

    /// Lets what would have come next fade out over what comes instead.
    fn break_off(&mut self) {
        if !self.is_active() {
            return;
        }
        let (mut gains, mut position) = (self.gains, self.position);
        for begin in (0..self.fade.length()).step_by(QUANTUM) {
            let count = QUANTUM.min(self.fade.length() - begin);
            let (mut left, mut right) = ([0.0; QUANTUM], [0.0; QUANTUM]);
            self.source(position, &mut gains, &mut left[..count], &mut right[..count]);
            self.fade.capture(begin, &mut left[..count], &mut right[..count]);
            position += count as i64;
        }
        self.fade.start();
    }

    /// The next frames of the track with its fades, added.
    fn add(&mut self, out: &mut StereoBlock<'_>) {
        if !self.is_active() {
            return;
        }
        let count = out.frames();
        let (mut l, mut r) = ([0.0; QUANTUM], [0.0; QUANTUM]);
        let mut gains = self.gains;
        self.source(self.position, &mut gains, &mut l[..count], &mut r[..count]);
        self.gains = gains;
        if self.is_playing {
            self.position += count as i64;
        }
        self.fade.apply(&mut l[..count], &mut r[..count]);
        out.left.iter_mut().zip(&l).for_each(|(out, x)| *out += x);
        out.right.iter_mut().zip(&r).for_each(|(out, x)| *out += x);
    }

    /// Frames of the track from a position on, with gains, at most a quantum.
    fn source(&mut self, position: i64, gains: &mut [Ramp; 3], left: &mut [f32], right: &mut [f32]) {
        let frames = left.len();
        let program = self.program.as_mut().filter(|program| program.plan().rate_hz == self.rate_hz);
        let Some(program) = program.filter(|_| self.is_playing) else {
            let mut scratch = [0.0; MAX_BLOCK];
            gains.iter_mut().for_each(|gain| _ = gain.fill(&mut scratch, frames));
            return;
        };
        // Frames before the start of the track are silent.
        let silent = (-position).clamp(0, frames as i64) as usize;
        program.render((position + silent as i64) as u64, frames - silent, &mut self.buses);
        let buses = [&self.buses.tones, &self.buses.noise, &self.buses.clips];
        for (bus, gain) in buses.into_iter().zip(gains) {
            let mut scratch = [0.0; MAX_BLOCK];
            let gain = &gain.fill(&mut scratch, frames)[silent..];
            for (out, x) in [(&mut *left, &bus.left), (&mut *right, &bus.right)] {
                out[silent..].iter_mut().zip(x).zip(gain).for_each(|((out, x), gain)| *out += x * gain);
            }
        }
    }

    fn report(&mut self) {
        let mut telemetry = TrackTelemetry { is_playing: self.is_playing, ..TrackTelemetry::default() };
        if let Some(program) = self.program.as_mut().filter(|program| program.plan().rate_hz == self.rate_hz)
        {
            telemetry.is_settled = program.is_settled();
            let plan = program.plan();
            telemetry.has_track = true;
            telemetry.position_s = self.position as f64 / self.rate_hz;
            telemetry.length_s = plan.duration_s();
            telemetry.step = plan.step_at(self.position.max(0) as u64);
            if let Some(step) = telemetry.step {
                let end = plan.steps[step].placement.range().end;
                telemetry.step_remaining_s = (end as i64 - self.position) as f64 / self.rate_hz;
            }
        }
        if self.reported != telemetry {
            self.reported = telemetry;
            self.telemetry.write(telemetry);
        }
    }
}
