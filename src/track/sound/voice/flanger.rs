//! The flanger that any voice can wear: a delay swept by a slow oscillator, mixed to the sound at constant loudness.
//!
//! Compiled off the audio thread, rendered on it. Its memory is the delay line, whose feedback fades, and the loudness
//! follower: after a seek both are run in.

use super::fractional::{Delays, Reader};
use super::{QUANTUM, Quantum, Span, Voice, VoiceContext};
use crate::dsp::history::History;
use crate::track::sound::curve::Curve;
use fearless_simd::{Level, dispatch};
use follower::Follower;
use settings::{Settings, Target};
use sweep::Sweep;

mod follower;
mod settings;
mod sweep;

/// Samples of feedback below this are zero: far below hearing, far above the numbers that slow a processor down.
const INAUDIBLE: f32 = 1e-20;

/// Puts the flanger on a voice where `flangeEnable` asks for it, else returns the voice as it is. In a transition its
/// settings may move; then both ends sound side by side and are blended.
pub fn wrap(inner: Box<dyn Voice>, context: &VoiceContext<'_>) -> Box<dyn Voice> {
    if !context.fields.flag("flangeEnable", false) {
        return inner;
    }
    let [start, end] = [0, 1].map(|side| Settings::read(context, side));
    let flange = |settings| Flange::new(settings, context.span);
    let (flanges, curve) = match start == end {
        true => (vec![flange(start)], None),
        false => (vec![flange(start), flange(end)], Some(context.curve())),
    };
    let memory_frames = flanges.iter().map(|flange| flange.memory_frames).max().unwrap_or(0);
    Box::new(Flanged { level: Level::new(), inner, flanges, curve, memory_frames, next: 0 })
}

/// A voice through one flanger, or through two that are blended.
struct Flanged {
    level: Level,
    inner: Box<dyn Voice>,
    flanges: Vec<Flange>,
    curve: Option<Curve>,
    /// Frames after which the past is forgotten: whole quanta.
    memory_frames: u64,
    next: u64,
}

impl Flanged {
    fn advance(&mut self, first: u64, out: &mut Quantum) {
        let mut input = Quantum::SILENT;
        self.inner.render(first, &mut input);
        self.next = first + QUANTUM as u64;
        let level = self.level;
        let mut wet = [Quantum::SILENT; 2];
        for (flange, wet) in self.flanges.iter_mut().zip(&mut wet) {
            dispatch!(level, _simd => flange.process(first, &input, wet));
        }
        let [start, end] = wet;
        *out = start;
        if let Some(curve) = &self.curve {
            let mut alpha = [0.0; QUANTUM];
            curve.fill(first, &mut alpha);
            for i in 0..QUANTUM {
                let alpha = alpha[i] as f32;
                out.left[i] += (end.left[i] - out.left[i]) * alpha;
                out.right[i] += (end.right[i] - out.right[i]) * alpha;
            }
        }
    }
}

impl Voice for Flanged {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        if first != self.next {
            self.flanges.iter_mut().for_each(Flange::reset);
            for past in (first.saturating_sub(self.memory_frames)..first).step_by(QUANTUM) {
                self.advance(past, out);
            }
        }
        self.advance(first, out);
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(Self {
            level: self.level,
            inner: self.inner.fork(),
            flanges: self.flanges.clone(),
            curve: self.curve.clone(),
            memory_frames: self.memory_frames,
            next: self.next,
        })
    }

    fn run_in_frames(&self) -> u64 {
        self.memory_frames + self.inner.run_in_frames()
    }
}

/// One flanger with settings that do not move.
#[derive(Debug, Clone)]
struct Flange {
    sweep: Sweep,
    reader: Reader,
    target: Target,
    mix_gain: f32,
    lines: [Line; 2],
    followers: Option<[Follower; 2]>,
    memory_frames: u64,
}

impl Flange {
    /// Allocates the delay lines.
    fn new(settings: Settings, span: Span) -> Self {
        let sweep = Sweep::new(&settings, span);
        let line = Line::new(&settings, &sweep, span);
        let follower = settings.loudness.map(|loudness| Follower::new(loudness, span.rate_hz));
        let memory = line.memory_frames(&sweep) + follower.as_ref().map_or(0.0, Follower::memory_frames);
        Self {
            reader: settings.reader,
            target: settings.target,
            mix_gain: settings.mix as f32,
            lines: [line.clone(), line],
            followers: follower.map(|follower| [follower.clone(), follower]),
            memory_frames: (memory / QUANTUM as f64).ceil() as u64 * QUANTUM as u64,
            sweep,
        }
    }

    fn reset(&mut self) {
        self.lines.iter_mut().for_each(Line::reset);
        self.followers.iter_mut().flatten().for_each(Follower::reset);
    }

    #[inline(always)]
    fn process(&mut self, first: u64, input: &Quantum, out: &mut Quantum) {
        let (delays, chunk) = self.sweep.delays(first);
        *out = input.clone();
        match self.target {
            Target::Both => {
                self.lines[0].add(&delays, chunk, self.reader, self.mix_gain, &mut out.left);
                self.lines[1].add(&delays, chunk, self.reader, self.mix_gain, &mut out.right);
            }
            Target::Mid | Target::Side => {
                let sign = if self.target == Target::Mid { 1.0 } else { -1.0 };
                let mut wet: [f32; QUANTUM] =
                    std::array::from_fn(|i| 0.5 * (input.left[i] + sign * input.right[i]));
                self.lines[0].add(&delays, chunk, self.reader, self.mix_gain, &mut wet);
                for i in 0..QUANTUM {
                    let rest = 0.5 * (input.left[i] - sign * input.right[i]);
                    out.left[i] = wet[i] + rest;
                    out.right[i] = sign * (wet[i] - rest);
                }
            }
        }
        if let Some([left, right]) = &mut self.followers {
            left.level(&input.left, &mut out.left);
            right.level(&input.right, &mut out.right);
        }
    }
}

/// The delay of one channel with its filtered feedback.
#[derive(Debug, Clone)]
struct Line {
    history: History,
    /// None where nothing comes back.
    feedback: Option<Feedback>,
}

/// What goes round: a high-pass, then a low-pass, both of one pole.
#[derive(Debug, Clone)]
struct Feedback {
    gain: f64,
    high_pole: f64,
    low_pole: f64,
    high_in: f64,
    high_out: f64,
    low_out: f64,
}

impl Feedback {
    fn reset(&mut self) {
        [self.high_in, self.high_out, self.low_out] = [0.0; 3];
    }

    fn next(&mut self, x: f64) -> f64 {
        self.high_out = self.high_pole * (self.high_out + x - self.high_in);
        self.high_in = x;
        self.low_out += (1.0 - self.low_pole) * (self.high_out - self.low_out);
        self.gain * self.low_out
    }
}

impl Line {
    fn new(settings: &Settings, sweep: &Sweep, span: Span) -> Self {
        let look_back = sweep.longest_frames().ceil() as usize + settings.reader.reach() + 1;
        let pole = |cutoff_hz: f64| match cutoff_hz > 0.0 {
            true => (-std::f64::consts::TAU * cutoff_hz / span.rate_hz).exp(),
            false => 0.0,
        };
        // A high-pass at 0 Hz has its pole at 0 and lets nothing through: as shipped, and every file sounds that way.
        let is_open = settings.high_pass_hz > 0.0 && settings.feedback != 0.0;
        let feedback = is_open.then(|| Feedback {
            gain: settings.feedback,
            high_pole: pole(settings.high_pass_hz),
            low_pole: pole(settings.low_pass_hz),
            high_in: 0.0,
            high_out: 0.0,
            low_out: 0.0,
        });
        Self { history: History::new(look_back), feedback }
    }

    fn reset(&mut self) {
        self.history.reset();
        self.feedback.iter_mut().for_each(Feedback::reset);
    }

    /// Frames until the feedback has faded to 1e-8: the rounds of the loop, and its filters, which the loop can slow down.
    fn memory_frames(&self, sweep: &Sweep) -> f64 {
        let longest = self.history.look_back() as f64;
        let Some(feedback) = &self.feedback else { return longest };
        let gain = feedback.gain.abs();
        let rounds = 1.0 + (1e-8f64).ln() / gain.ln();
        let slowest_pole = feedback.high_pole.max(feedback.low_pole);
        rounds * sweep.longest_frames() + longest + (1e-8f64).ln() / (slowest_pole.ln() * (1.0 - gain))
    }

    /// Adds the delayed sound to `x`. At most `chunk` frames can be read before something must be written.
    #[inline(always)]
    fn add(&mut self, delays: &Delays, chunk: usize, reader: Reader, mix_gain: f32, x: &mut [f32; QUANTUM]) {
        let now = self.history.look_back();
        let mut delayed = [0.0; QUANTUM];
        for from in (0..QUANTUM).step_by(chunk) {
            let frames = chunk.min(QUANTUM - from);
            let delayed = &mut delayed[..frames];
            let x = &mut x[from..from + frames];
            reader.read(self.history.view(0), now, delays, from, delayed);
            let mut written = [0.0; QUANTUM];
            let written = &mut written[..frames];
            written.copy_from_slice(x);
            if let Some(feedback) = &mut self.feedback {
                for i in 0..frames {
                    let sum = written[i] + feedback.next(f64::from(delayed[i])) as f32;
                    written[i] = if sum.abs() < INAUDIBLE { 0.0 } else { sum };
                }
            }
            self.history.push(written);
            for i in 0..frames {
                x[i] += mix_gain * delayed[i];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::layer::tests::{compile, seek_error};
    use super::*;
    use serde_json::json;

    #[test]
    fn a_seek_gives_what_playing_gives() {
        for params in [
            json!({"flangeEnable": true}),
            json!({"flangeEnable": 1, "flangeLoopHpfHz": 50, "flangeFeedback": -0.7, "flangeRateHz": 3, "flangeInterp": 1}),
            json!({"flangeEnable": 1, "flangeStereoMode": 3, "flangeDelayLaw": 2, "flangeLoudnessMode": 0}),
            json!({"flangeEnable": 1, "flangeStereoMode": 2, "flangeDelayLaw": 1, "flangeShape": "triangle"}),
            json!({"flangeEnable": 1, "startFlangeDelayMs": 1, "endFlangeDelayMs": 4, "startFlangeMix": 0.1}),
        ] {
            let is_transition = params.get("endFlangeDelayMs").is_some();
            let voice = json!({"is_transition": is_transition, "params": params});
            let error = seek_error(&voice);
            assert!(error < 1e-6, "{voice}: {error}");
        }
    }

    #[test]
    fn wild_settings_stay_finite_and_bounded_in_memory() {
        for value in [-1e9, -1.0, 0.0, 1e-9, 1e9] {
            for law in [0, 1, 2] {
                let voice = json!({"params": {
                    "flangeEnable": 1, "flangeDelayLaw": law, "flangeInterp": 1, "flangeDelayMs": value,
                    "flangeDepthMs": value, "flangeRateHz": value, "flangeFeedback": value,
                    "flangeLoopHpfHz": value, "flangeLoopLpfHz": value, "flangeMinDelayMs": value,
                    "flangeMaxDelayMs": value, "flangeLoudnessTcMs": value, "flangeLoudnessMinGain": value,
                }});
                let (mut built, _) = compile(&voice);
                let mut quantum = Quantum::SILENT;
                for first in (0..44_100).step_by(QUANTUM) {
                    built.voice.render(first, &mut quantum);
                    let samples = quantum.left.iter().chain(&quantum.right);
                    assert!(samples.clone().all(|x| x.is_finite()), "{voice}");
                }
            }
        }
    }

    #[test]
    fn shipped_high_pass_mutes_the_feedback() {
        let sound = |feedback: f64, cutoff_hz: f64| {
            let voice = json!({"params": {"flangeEnable": 1, "flangeFeedback": feedback, "flangeLoopHpfHz": cutoff_hz}});
            let (mut built, mut quantum) = (compile(&voice).0, Quantum::SILENT);
            built.voice.render(6400, &mut quantum);
            quantum
        };
        assert_eq!(sound(0.9, 0.0), sound(0.0, 0.0));
        assert_ne!(sound(0.9, 20.0), sound(0.0, 20.0));
    }
}
