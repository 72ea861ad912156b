//! Loudness over a step: the volume envelopes of a voice and the short fades that every other voice gets.
//!
//! An envelope is a row of straight lines, found by position; where it rests it costs a multiplication or nothing.
//! Compiled off the audio thread, applied on it.

use super::{Behaviour, QUANTUM, Quantum, Span, Voice};
use crate::track::file::fields::{Asked, Fields, shown};
use crate::track::file::problem::Problem;
use crate::track::file::schema::Object;
use serde_json::Value;
use std::ops::Range;
use std::sync::LazyLock;

/// A straight line of gain: `from_gain` at the frame `begin`, `slope_gain` more at each further one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Line {
    begin: u64,
    from_gain: f64,
    slope_gain: f64,
}

/// A gain over the frames of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// In the order of their beginnings, the first at 0; each holds until the next begins.
    lines: Vec<Line>,
}

impl Envelope {
    /// Gain 1 throughout.
    pub fn flat() -> Self {
        Self { lines: vec![Line { begin: 0, from_gain: 1.0, slope_gain: 0.0 }] }
    }

    /// Whether the gain is 1 throughout.
    pub fn is_flat(&self) -> bool {
        self.lines.iter().all(|line| line.from_gain == 1.0 && line.slope_gain == 0.0)
    }

    /// Reads a `volume_envelope` object: its `type` and the `params` that the type has. What cannot be read is recorded
    /// and leaves a gain of 1.
    pub fn read(fields: &Fields<'_>, span: Span, behaviour: Behaviour) -> (Self, Vec<Problem>) {
        let (envelope, params) = Self::read_params(fields, span, behaviour);
        (envelope, params.into_problems())
    }

    /// The keys of its `params`, in the order in which they are asked for.
    pub fn asked(fields: &Fields<'_>, span: Span) -> Vec<(String, Asked)> {
        Self::read_params(fields, span, Behaviour::Intended).1.asked()
    }

    fn read_params<'a>(fields: &Fields<'a>, span: Span, behaviour: Behaviour) -> (Self, Fields<'a>) {
        static NONE: LazyLock<Object> = LazyLock::new(Object::new);
        let none = &*NONE;
        let map = match fields.value("params") {
            None => none,
            Some(Value::Object(map)) => map,
            Some(other) => {
                fields.refuse("params", format!("found {}, expected an object", shown(other)));
                none
            }
        };
        let params = Fields::new(map, format!("{}.params", fields.path()));
        let envelope = match fields.text("type", "") {
            "linear_fade" => Self::linear_fade(&params, span),
            "adsr" | "linen" if behaviour == Behaviour::Original => Self::flat(),
            "adsr" => {
                let times_s = [("attack", 0.01), ("decay", 0.1), ("release", 0.1)];
                let times_s = times_s.map(|(key, default_s)| params.number(key, default_s));
                Self::adsr(times_s, params.number("sustain_level", 0.8), span)
            }
            "linen" => {
                Self::adsr([params.number("attack", 0.1), 0.0, params.number("release", 0.1)], 1.0, span)
            }
            other => {
                fields.ignore("type", format!("found {other:?}, expected linear_fade, adsr or linen"));
                Self::flat()
            }
        };
        (envelope, params)
    }

    /// A ramp at the beginning, then its last value.
    fn linear_fade(params: &Fields<'_>, span: Span) -> Self {
        let [fade_s, start, end] =
            ["fade_duration", "start_amp", "end_amp"].map(|key| params.maybe_number(key));
        let (Some(fade_s), Some(start), Some(end)) = (fade_s, start, end) else {
            params.ignore("", "a linear_fade needs fade_duration, start_amp and end_amp");
            return Self::flat();
        };
        let frames = span.frames_in(fade_s).min(span.frames);
        Self::closed_ramp(0, frames, start, end)
    }

    /// Attack, decay to the sustained level, release that ends at exactly 0 on the last frame. Where they do not fit the
    /// step, they shrink together.
    fn adsr(times_s: [f64; 3], sustain: f64, span: Span) -> Self {
        let sustain = sustain.clamp(0.0, 1.0);
        // The rate as the original finds it, from its time axis, so that whole counts round alike.
        let rate_hz =
            span.frames as f64 / ((span.frames.max(1) - 1) as f64 * span.frame_s() + span.frame_s());
        let [mut attack, mut decay, mut release] = times_s.map(|time_s| (time_s.max(0.0) * rate_hz) as u64);
        let wanted = attack + decay + release;
        if wanted > span.frames {
            let scale = span.frames as f64 / wanted as f64;
            attack = (attack as f64 * scale) as u64;
            decay = (decay as f64 * scale) as u64;
            release = span.frames.saturating_sub(attack + decay);
        }
        let mut envelope = Self { lines: Vec::with_capacity(4) };
        envelope.open_ramp(0, attack, 0.0, 1.0);
        envelope.open_ramp(attack, decay, 1.0, sustain);
        let release_begin = span.frames - release;
        envelope.lines.push(Line { begin: attack + decay, from_gain: sustain, slope_gain: 0.0 });
        if release > 0 {
            envelope.lines.extend(Self::closed_ramp(release_begin, release, sustain, 0.0).lines);
        }
        envelope
    }

    /// The fades in and out that keep a voice without an envelope from clicking: ten milliseconds, ends inclusive.
    pub fn fades(span: Span) -> [Self; 2] {
        let frames = span.frames_in(0.01).min(span.frames);
        let mut fade_out = Self::flat();
        fade_out.lines.extend(Self::closed_ramp(span.frames - frames, frames, 1.0, 0.0).lines);
        [Self::closed_ramp(0, frames, 0.0, 1.0), fade_out]
    }

    /// `frames` values from `from` towards `to`, which would be the next.
    fn open_ramp(&mut self, begin: u64, frames: u64, from: f64, to: f64) {
        if frames > 0 {
            self.lines.push(Line { begin, from_gain: from, slope_gain: (to - from) / frames as f64 });
        }
    }

    /// `frames` values from `from` to `to` inclusive, then `to`.
    fn closed_ramp(begin: u64, frames: u64, from: f64, to: f64) -> Self {
        let slope_gain = (to - from) / frames.saturating_sub(1).max(1) as f64;
        let mut lines = Vec::with_capacity(2);
        if frames > 0 {
            lines.push(Line { begin, from_gain: from, slope_gain });
        }
        lines.push(Line { begin: begin + frames, from_gain: to, slope_gain: 0.0 });
        Self { lines }
    }

    /// Gain at a frame.
    pub fn at(&self, frame: u64) -> f64 {
        let line = self.lines[self.line_at(frame)];
        line.from_gain + line.slope_gain * (frame - line.begin) as f64
    }

    /// Frames at which a line begins, in order.
    pub fn begins(&self) -> impl Iterator<Item = u64> {
        self.lines.iter().map(|line| line.begin)
    }

    /// The line that holds at a frame: the last that has begun.
    fn line_at(&self, frame: u64) -> usize {
        self.lines.partition_point(|line| line.begin <= frame).saturating_sub(1)
    }

    /// The longest stretch in which the gain is one.
    fn untouched(&self) -> Range<u64> {
        let ends = self.lines.iter().skip(1).map(|line| line.begin).chain([u64::MAX]);
        let stretches = self.lines.iter().zip(ends).map(|(line, end)| match line.slope_gain == 0.0 {
            true if line.from_gain == 1.0 => line.begin..end,
            _ => 0..0,
        });
        stretches.max_by_key(|stretch| stretch.end.saturating_sub(stretch.start)).unwrap_or(0..0)
    }

    /// Applies the gain to the frames from `first` on.
    pub fn apply(&self, first: u64, block: &mut Quantum) {
        let mut i = 0;
        let mut index = self.line_at(first);
        while i < QUANTUM {
            let line = self.lines[index];
            let ahead = |line: &Line| line.begin.saturating_sub(first).min(QUANTUM as u64) as usize;
            let end = self.lines.get(index + 1).map_or(QUANTUM, ahead);
            let from_gain = line.from_gain + line.slope_gain * ((first + i as u64) - line.begin) as f64;
            scale(&mut block.left[i..end], from_gain as f32, line.slope_gain as f32);
            scale(&mut block.right[i..end], from_gain as f32, line.slope_gain as f32);
            (i, index) = (end, index + 1);
        }
    }
}

/// Multiplies by a straight line.
fn scale(x: &mut [f32], from_gain: f32, slope_gain: f32) {
    if slope_gain != 0.0 {
        for (i, x) in x.iter_mut().enumerate() {
            *x *= from_gain + slope_gain * i as f32;
        }
    } else if from_gain != 1.0 {
        for x in x {
            *x *= from_gain;
        }
    }
}

/// A voice under one or more envelopes.
pub struct Shaped {
    inner: Box<dyn Voice>,
    envelopes: Vec<Envelope>,
    /// Frames that none of them changes.
    untouched: Range<u64>,
}

impl Shaped {
    /// `inner`, multiplied by all of `envelopes`.
    pub fn new(inner: Box<dyn Voice>, envelopes: impl Into<Vec<Envelope>>) -> Self {
        let envelopes: Vec<Envelope> = envelopes.into();
        let untouched = envelopes.iter().map(Envelope::untouched);
        let untouched = untouched.fold(0..u64::MAX, |x, y| x.start.max(y.start)..x.end.min(y.end));
        Self { inner, envelopes, untouched }
    }
}

impl Voice for Shaped {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        self.inner.render(first, out);
        if first < self.untouched.start || first.saturating_add(QUANTUM as u64) > self.untouched.end {
            for envelope in &self.envelopes {
                envelope.apply(first, out);
            }
        }
    }

    fn fork(&self) -> Box<dyn Voice> {
        let (envelopes, untouched) = (self.envelopes.clone(), self.untouched.clone());
        Box::new(Self { inner: self.inner.fork(), envelopes, untouched })
    }

    fn run_in_frames(&self) -> u64 {
        self.inner.run_in_frames()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(envelope: Value, frames: u64) -> (Envelope, Vec<Problem>) {
        let fields = Fields::new(envelope.as_object().unwrap(), "volume_envelope");
        let span = Span { rate_hz: 1000.0, frames, duration_s: frames as f64 / 1000.0 };
        let (envelope, mut problems) = Envelope::read(&fields, span, Behaviour::Intended);
        problems.extend(fields.into_problems());
        (envelope, problems)
    }

    /// The values as applied, so that lines, borders and positions are all in it.
    fn applied(envelope: &Envelope, frames: usize) -> Vec<f32> {
        let mut all = Vec::new();
        for first in (0..frames as u64).step_by(QUANTUM) {
            let mut block = Quantum { left: [1.0; QUANTUM], right: [1.0; QUANTUM] };
            envelope.apply(first, &mut block);
            assert_eq!(block.left, block.right);
            all.extend(block.left);
        }
        all.truncate(frames);
        all
    }

    #[test]
    fn fades_begin_and_end_at_exactly_nothing() {
        let [fade_in, fade_out] = Envelope::fades(Span::new(0.3, 44_100.0));
        let gains: Vec<f32> =
            applied(&fade_in, 13_230).iter().zip(applied(&fade_out, 13_230)).map(|(x, y)| x * y).collect();
        assert_eq!((gains[0], gains[440], gains[6_000], gains[12_789]), (0.0, 1.0, 1.0, 1.0));
        assert!((gains[1] - 1.0 / 440.0).abs() < 1e-7 && gains[13_229].abs() < 1e-6);
        let [short_in, short_out] = Envelope::fades(Span::new(0.005, 44_100.0));
        assert_eq!(
            (short_in.at(0), short_in.at(219), short_out.at(0), short_out.at(219)),
            (0.0, 1.0, 1.0, 0.0)
        );
    }

    #[test]
    fn linear_fade_reaches_its_end_and_stays() {
        let params = json!({"fade_duration": 0.1, "start_amp": 1.0, "end_amp": 0.25});
        let (envelope, problems) = read(json!({"type": "linear_fade", "params": params}), 300);
        assert!(problems.is_empty());
        let gains = applied(&envelope, 300);
        assert_eq!((gains[0], gains[299]), (1.0, 0.25));
        assert!((gains[99] - 0.25).abs() < 1e-6 && (gains[98] - 0.25 - 0.75 / 99.0).abs() < 1e-6);
    }

    #[test]
    fn adsr_counts_frames_also_where_it_does_not_fit() {
        let params = json!({"attack": 0.02, "decay": 0.05, "sustain_level": 0.4, "release": 0.03});
        let (envelope, _) = read(json!({"type": "adsr", "params": params.clone()}), 200);
        let gains = applied(&envelope, 200);
        assert_eq!((gains[0], gains[10], gains[20], gains[70], gains[169]), (0.0, 0.5, 1.0, 0.4, 0.4));
        assert!((gains[170] - 0.4).abs() < 1e-6 && gains[199].abs() < 1e-6 && gains[198] > 0.01);
        // Half as long: 10, 25 and 15 frames.
        let (envelope, _) = read(json!({"type": "adsr", "params": params}), 50);
        assert_eq!((envelope.at(5), envelope.at(10), envelope.at(35), envelope.at(49)), (0.5, 1.0, 0.4, 0.0));
        let (envelope, _) = read(json!({"type": "linen"}), 1);
        assert!(envelope.at(0).is_finite());
    }

    #[test]
    fn what_is_not_understood_is_flat_and_named() {
        for (envelope, path) in [
            (json!({"type": "tremolo"}), "volume_envelope.type"),
            (json!({"type": "linear_fade", "params": {"start_amp": 0}}), "volume_envelope.params"),
            (json!({"type": "adsr", "params": 3}), "volume_envelope.params"),
        ] {
            let (_, problems) = read(envelope, 100);
            assert_eq!(problems[0].path, path);
        }
        assert!(read(json!({"type": "tremolo"}), 100).0.is_flat());
    }
}
