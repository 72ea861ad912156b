//! The spatial group of beat and noise voices: moves the sum of both ears around the head and leaves their difference,
//! which carries the beat, where it is.
//!
//! Compiled off the audio thread, rendered on it. Its memory is the lag between the ears, a few dozen frames, and that of
//! the control path, which runs by itself.

use super::fractional::{Delays, Reader};
use super::{QUANTUM, Quantum, Voice, VoiceContext};
use crate::dsp::history::History;
use control::{Control, Ears, STEP_FRAMES};
use fearless_simd::{Level, dispatch};
use settings::{Decoder, Settings};
use trajectory::Trajectory;

mod control;
#[cfg(test)]
mod golden;
mod settings;
mod trajectory;

/// Control steps of a quantum.
const STEPS: usize = QUANTUM / STEP_FRAMES;

/// Puts the voice on its trajectory where `spatialEnable` asks for it, else returns it as it is.
pub fn wrap(inner: Box<dyn Voice>, context: &VoiceContext<'_>) -> Box<dyn Voice> {
    if !context.fields.flag("spatialEnable", false) {
        return inner;
    }
    let settings = Settings::read(context);
    let trajectory = Trajectory::read(context.fields, context.span);
    let reader = Reader::new(settings.is_cubic, context.behaviour);
    // The head decoder reads behind the frame that was just written, and no reader can look ahead.
    let latency = if settings.decoder == Decoder::Head { 1.0 } else { 0.0 };
    let least_delay = match reader.newest() {
        0 => 0.0,
        newest => newest as f64 - 1.0 + 1e-6,
    };
    let look_back = settings.head_frames.ceil() as usize + 2 + reader.reach();
    Box::new(Spatial {
        level: Level::new(),
        inner,
        control: Control::new(trajectory, settings, context.span),
        reader,
        latency,
        least_delay,
        lines: [History::new(look_back), History::new(look_back)],
        memory_frames: look_back.next_multiple_of(QUANTUM) as u64,
        next: 0,
    })
}

/// A voice on its way around the head.
struct Spatial {
    level: Level,
    inner: Box<dyn Voice>,
    control: Control,
    reader: Reader,
    latency: f64,
    least_delay: f64,
    lines: [History; 2],
    memory_frames: u64,
    next: u64,
}

impl Spatial {
    fn advance(&mut self, first: u64, out: &mut Quantum) {
        self.inner.render(first, out);
        self.next = first + QUANTUM as u64;
        let mut path = [self.control.ears(); STEPS + 1];
        for ears in &mut path[1..] {
            self.control.advance();
            *ears = self.control.ears();
        }
        dispatch!(self.level, _simd => self.place(&path, out));
    }

    #[inline(always)]
    fn place(&mut self, path: &[Ears; STEPS + 1], out: &mut Quantum) {
        let (mut mid, mut side) = ([0.0; QUANTUM], [0.0; QUANTUM]);
        for i in 0..QUANTUM {
            mid[i] = 0.5 * (out.left[i] + out.right[i]);
            side[i] = 0.5 * (out.left[i] - out.right[i]);
        }
        for (ear, out) in [&mut out.left, &mut out.right].into_iter().enumerate() {
            let before = ramps(path, |ears| f64::from(ears.before[ear]));
            let after = ramps(path, |ears| f64::from(ears.after[ear]));
            let mut delays = ramps(path, |ears| ears.delays[ear] + self.latency);
            let mut sent = [0.0; QUANTUM];
            for i in 0..QUANTUM {
                sent[i] = mid[i] * before[i] as f32;
                delays[i] = if delays[i] < self.least_delay { self.least_delay } else { delays[i] };
            }
            let line = &mut self.lines[ear];
            let now = line.look_back();
            let mut heard = [0.0; QUANTUM];
            self.reader.read(line.push(&sent), now, &Delays::split(&delays), 0, &mut heard);
            let sign = if ear == 0 { 1.0 } else { -1.0 };
            for i in 0..QUANTUM {
                out[i] = heard[i] * after[i] as f32 + sign * side[i];
            }
        }
    }
}

/// Straight lines from control step to control step.
#[inline(always)]
fn ramps(path: &[Ears; STEPS + 1], value: impl Fn(&Ears) -> f64) -> [f64; QUANTUM] {
    let mut ramps = [0.0; QUANTUM];
    for step in 0..STEPS {
        let (from, to) = (value(&path[step]), value(&path[step + 1]));
        let slope = (to - from) / STEP_FRAMES as f64;
        for i in 0..STEP_FRAMES {
            ramps[step * STEP_FRAMES + i] = from + slope * i as f64;
        }
    }
    ramps
}

impl Voice for Spatial {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        if first != self.next {
            let begin = first.saturating_sub(self.memory_frames);
            self.lines.iter_mut().for_each(History::reset);
            self.control.seek(begin / STEP_FRAMES as u64);
            for past in (begin..first).step_by(QUANTUM) {
                self.advance(past, out);
            }
        }
        self.advance(first, out);
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(Self {
            level: self.level,
            inner: self.inner.fork(),
            control: self.control.clone(),
            reader: self.reader,
            latency: self.latency,
            least_delay: self.least_delay,
            lines: self.lines.clone(),
            memory_frames: self.memory_frames,
            next: self.next,
        })
    }

    fn run_in_frames(&self) -> u64 {
        self.memory_frames + self.inner.run_in_frames()
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
            json!({"spatialEnable": true}),
            json!({"spatialEnable": 1, "spatialDecoder": "foa_cardioid", "spatialIldMaxDb": 6}),
            json!({"spatialEnable": 1, "spatialDezipperThetaMs": 9000}),
            json!({"spatialEnable": 1, "spatialInterp": 0, "spatialTrajectory": [
                {"mode": "rotate", "speed_deg_per_s": 400, "seconds": 3.3},
                {"mode": "oscillate", "extent_deg": 170, "period_s": 0.7, "seconds": 4, "distance_m": [1, 8]},
            ]}),
        ] {
            let error = seek_error(&json!({"params": params}));
            assert!(error < 1e-6, "{params}: {error}");
        }
    }

    #[test]
    fn wild_settings_stay_finite() {
        for value in [-1e9, -1.0, 0.0, 1e-9, 1e9] {
            for decoder in ["itd_head", "foa_cardioid"] {
                let voice = json!({"params": {
                    "spatialEnable": 1, "spatialDecoder": decoder, "spatialHeadRadiusM": value,
                    "spatialItdScale": value, "spatialIldMaxDb": value, "spatialRefDistanceM": value,
                    "spatialRolloff": value, "spatialMinDistanceM": value, "spatialDezipperThetaMs": value,
                    "spatialDezipperDistMs": value, "spatialMaxDegPerS": value,
                    "spatialMaxDelayStepSamples": value, "spatialEarAngleDeg": value,
                    "spatialTrajectory": [
                        {"mode": "rotate", "speed_deg_per_s": value, "seconds": 1, "distance_m": value},
                        {"mode": "oscillate", "period_s": value, "extent_deg": value, "seconds": value},
                        {"mode": "rotating_arc", "rotate_freq_hz": value, "easing": "sine", "seconds": 2},
                    ],
                }});
                let (mut built, mut quantum) = (compile(&voice).0, Quantum::SILENT);
                for first in (0..88_200).step_by(QUANTUM) {
                    built.voice.render(first, &mut quantum);
                    assert!(quantum.left.iter().chain(&quantum.right).all(|x| x.is_finite()), "{voice}");
                }
            }
        }
    }

    #[test]
    fn sound_from_the_left_is_louder_and_later_on_the_left() {
        let there = json!([{"mode": "rotate", "start_deg": 90, "speed_deg_per_s": 0}]);
        let params =
            json!({"spatialEnable": 1, "spatialIldMaxDb": 6, "beatFreq": 0, "spatialTrajectory": there});
        let (mut built, mut quantum) = (compile(&json!({"params": params})).0, Quantum::SILENT);
        let mut all = [Vec::new(), Vec::new()];
        for first in (6400..12_800).step_by(QUANTUM) {
            built.voice.render(first, &mut quantum);
            all[0].extend(quantum.left);
            all[1].extend(quantum.right);
        }
        let power = |x: &[f32]| x.iter().map(|x| x * x).sum::<f32>();
        let level_db = 10.0 * (power(&all[0]) / power(&all[1])).log10();
        assert!((level_db - 6.0).abs() < 0.1, "{level_db}");
        let likeness = |lag: usize| (lag..5000).map(|i| all[0][i] * all[1][i - lag]).sum::<f32>();
        let lag = (0..40).max_by(|a, b| likeness(*a).total_cmp(&likeness(*b)));
        assert_eq!(lag, Some(11), "0.0875 m at 343 m/s");
    }
}
