//! The audio side of a track: follows a transport or runs by itself, loops, seeks and changes tracks without a click.
//!
//! Wherever the sound would break off, what would have come next is rendered a little further and fades out over the new
//! sound. Nothing here allocates or drops.

use crate::bridge::exchange::{ExchangeReceiver, ExchangeSender, exchange};
use crate::bridge::latest::{LatestReader, LatestWriter, latest};
use crate::control::session::{NoteEvent, PlayMode, TrackControls, TrackTelemetry, Transport};
use crate::dsp::MAX_BLOCK;
use crate::dsp::smooth::Ramp;
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
        program: None,
        position: 0,
        is_playing: false,
        notes_held: 0,
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
    program: Option<Box<Program>>,
    /// Frame of the track that comes next; negative before its start.
    position: i64,
    is_playing: bool,
    notes_held: u32,
    fade: Fade,
    buses: Box<Buses>,
    gains: [Ramp; 3],
}

impl Player {
    /// Sets the sample rate. A program of another rate is silent until one of this rate arrives.
    pub fn prepare(&mut self, rate_hz: f64) {
        if self.rate_hz != rate_hz {
            self.rate_hz = rate_hz;
            self.gains = [Ramp::new(1.0, GAIN_S, rate_hz); 3];
            self.fade.prepare((FADE_S * rate_hz) as usize);
            self.position = 0;
            self.is_playing = false;
        }
    }

    /// Clears what is about to fade out. The track, the position and the notes stay.
    pub fn reset(&mut self) {
        self.fade.clear();
    }

    /// Whether the next block may be anything but silence.
    pub fn is_active(&self) -> bool {
        self.is_playing || self.fade.is_sounding()
    }

    /// Adds the track to both channels. `notes` are in order.
    pub fn process(
        &mut self,
        left: &mut [f32],
        right: &mut [f32],
        controls: &TrackControls,
        transport: Transport,
        notes: &[NoteEvent],
    ) {
        // Gains glide only while there is something to hear, so that a track begins with its own.
        let is_active = self.is_active();
        for (gain, target) in self.gains.iter_mut().zip(controls.group_gains()) {
            if is_active { gain.set_target(target) } else { gain.jump_to(target) }
        }
        self.take_program();
        self.follow(controls, transport);
        let frames = left.len();
        let (mut at, mut notes) = (0, notes.iter().peekable());
        while at < frames {
            while let Some(note) = notes.next_if(|note| note.at <= at) {
                self.note(note.is_on, controls);
            }
            self.wrap(controls);
            let until_note = notes.peek().map_or(frames, |note| note.at.min(frames));
            let end = until_note.min(at + MAX_BLOCK).min(at + self.frames_to_wrap(controls));
            self.add(&mut left[at..end], &mut right[at..end]);
            at = end;
        }
        self.report();
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
                self.go(self.notes_held > 0, position);
            }
        }
    }

    fn note(&mut self, is_on: bool, controls: &TrackControls) {
        self.notes_held =
            if is_on { self.notes_held.saturating_add(1) } else { self.notes_held.saturating_sub(1) };
        if controls.mode == PlayMode::Notes {
            let position = if is_on { 0 } else { self.position };
            if is_on {
                self.break_off();
            }
            self.go(self.notes_held > 0, position);
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

    /// The loop region in frames, if it is repeated.
    fn region(&self, controls: &TrackControls) -> Option<(i64, i64)> {
        let length = self.program.as_ref()?.plan().frames as i64;
        if controls.mode == PlayMode::Host || !controls.is_looping {
            return None;
        }
        let start = ((controls.loop_start_s * self.rate_hz) as i64).clamp(0, length);
        let end = ((controls.loop_end_s * self.rate_hz) as i64).min(length);
        let end = if end > start { end } else { length };
        (end - start >= QUANTUM as i64).then_some((start, end))
    }

    fn frames_to_wrap(&self, controls: &TrackControls) -> usize {
        match self.region(controls) {
            Some((_, end)) if self.is_playing && end > self.position => (end - self.position) as usize,
            _ => usize::MAX / 2,
        }
    }

    /// Jumps back at the end of the loop region and stays at the end of the track.
    fn wrap(&mut self, controls: &TrackControls) {
        match (self.region(controls), &self.program) {
            (Some((start, end)), _) if self.is_playing && self.position >= end => self.go(true, start),
            // Nothing follows the end; the host's timeline alone goes on.
            (None, Some(program)) if controls.mode != PlayMode::Host => {
                self.position = self.position.min(program.plan().frames as i64);
            }
            _ => {}
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
    fn add(&mut self, left: &mut [f32], right: &mut [f32]) {
        if !self.is_active() {
            return;
        }
        let count = left.len();
        let (mut l, mut r) = ([0.0; QUANTUM], [0.0; QUANTUM]);
        let mut gains = self.gains;
        self.source(self.position, &mut gains, &mut l[..count], &mut r[..count]);
        self.gains = gains;
        if self.is_playing {
            self.position += count as i64;
        }
        self.fade.apply(&mut l[..count], &mut r[..count]);
        left.iter_mut().zip(&l).for_each(|(out, x)| *out += x);
        right.iter_mut().zip(&r).for_each(|(out, x)| *out += x);
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
        self.telemetry.write(telemetry);
    }
}
