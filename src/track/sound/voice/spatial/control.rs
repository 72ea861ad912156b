//! What the position of a spatial voice means for the ears: delays and gains, every thirty-two frames.
//!
//! The azimuth is limited in speed and everything is smoothed, so this path has a memory of its own. Where no limit can be
//! met, the memory is that of the smoothers and a seek runs them in; otherwise checkpoints are laid at build.

use super::settings::{Decoder, Settings};
use super::trajectory::Trajectory;
use crate::dsp::sine::{sine, sine_exact};
use crate::dsp::units::exp2_fast;
use crate::track::sound::span::Span;
use std::f64::consts::{FRAC_PI_2, TAU};
use std::sync::Arc;

/// Frames of a control step.
pub const STEP_FRAMES: usize = 32;
/// Steps from one checkpoint to the next.
const CHECKPOINT_STEPS: u64 = 2048;
/// Time constants after which a smoother has forgotten: 2e-9.
const MEMORY: f64 = 20.0;
/// Longest run-in without checkpoints, in steps.
const LONGEST_RUN_IN_STEPS: f64 = 8192.0;
/// Gain exponent of a decibel.
const OCTAVES_PER_DB: f64 = 0.166_096_404_744_368_1;

/// One pole of smoothing over a control step, exact for input that is a straight line between steps.
#[derive(Debug, Clone, Copy)]
struct Pole {
    keep: f64,
    from: f64,
    to: f64,
    memory_steps: f64,
}

impl Pole {
    fn new(time_s: f64, rate_hz: f64) -> Self {
        let steps = STEP_FRAMES as f64;
        let pole = if time_s > 0.0 { (-1.0 / (time_s * rate_hz)).exp().min(0.999_999) } else { 0.0 };
        let keep = pole.powi(STEP_FRAMES as i32);
        let to: f64 = (1..=STEP_FRAMES as i32)
            .map(|i| (1.0 - pole) * pole.powi(STEP_FRAMES as i32 - i) * f64::from(i) / steps)
            .sum();
        let memory_steps = if pole > 0.0 { -MEMORY / pole.ln() / steps } else { 0.0 };
        Self { keep, from: 1.0 - keep - to, to, memory_steps }
    }

    fn step(&self, state: f64, from: f64, to: f64) -> f64 {
        self.keep * state + self.from * from + self.to * to
    }
}

/// What the ears get at a control step, left first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ears {
    /// Gains before the delay.
    pub before: [f32; 2],
    /// Gains behind it.
    pub after: [f32; 2],
    /// Delays in frames.
    pub delays: [f64; 2],
}

/// Everything that is carried from step to step.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    limited_rad: f64,
    azimuth_rad: f64,
    distance_in_m: f64,
    distance_m: f64,
    level_in: [f64; 2],
    level: [f64; 2],
    lag_in: f64,
    lag_smooth: f64,
    /// Frames by which the left ear is behind the right.
    lag: f64,
}

/// The control path of a voice.
#[derive(Debug, Clone)]
pub struct Control {
    trajectory: Arc<Trajectory>,
    settings: Settings,
    azimuth_pole: Pole,
    distance_pole: Pole,
    most_turn_rad: f64,
    most_lag_step: f64,
    run_in_steps: u64,
    checkpoints: Arc<[State]>,
    step: u64,
    state: State,
}

impl Control {
    /// Compiles the path; lays checkpoints where a limit can be met or the smoothing is very slow.
    pub fn new(trajectory: Trajectory, settings: Settings, span: Span) -> Self {
        let azimuth_pole = Pole::new(settings.azimuth_smoothing_s, span.rate_hz);
        let distance_pole = Pole::new(settings.distance_smoothing_s, span.rate_hz);
        let run_in = 2.0 * azimuth_pole.memory_steps.max(distance_pole.memory_steps);
        let most_rad_per_s = match settings.decoder {
            Decoder::Head => settings.most_rad_per_s,
            Decoder::Cardioid => f64::INFINITY,
        };
        let fastest_rad_per_s = trajectory.fastest_rad_per_s();
        let fastest_lag = settings.head_frames * fastest_rad_per_s.min(most_rad_per_s) / span.rate_hz;
        let is_limited = fastest_rad_per_s > most_rad_per_s || fastest_lag > settings.most_lag_step;
        let interval = STEP_FRAMES as f64;
        let mut control = Self {
            trajectory: Arc::new(trajectory),
            azimuth_pole,
            distance_pole,
            most_turn_rad: most_rad_per_s * interval / span.rate_hz,
            most_lag_step: settings.most_lag_step * interval,
            settings,
            run_in_steps: run_in.min(LONGEST_RUN_IN_STEPS).ceil() as u64,
            checkpoints: Arc::new([]),
            step: 0,
            state: State::default(),
        };
        control.settle(0);
        if is_limited || run_in > LONGEST_RUN_IN_STEPS {
            control.lay_checkpoints(span.frames / STEP_FRAMES as u64);
        }
        control
    }

    fn lay_checkpoints(&mut self, steps: u64) {
        let mut checkpoints = vec![self.state];
        while self.step + CHECKPOINT_STEPS <= steps {
            for _ in 0..CHECKPOINT_STEPS {
                self.advance();
            }
            checkpoints.push(self.state);
        }
        self.checkpoints = checkpoints.into();
        self.step = 0;
        self.state = self.checkpoints[0];
    }

    /// Goes to a control step.
    pub fn seek(&mut self, step: u64) {
        if step == self.step {
            return;
        }
        if self.checkpoints.is_empty() {
            self.settle(step.saturating_sub(self.run_in_steps));
        } else {
            let index = ((step / CHECKPOINT_STEPS) as usize).min(self.checkpoints.len() - 1);
            self.step = index as u64 * CHECKPOINT_STEPS;
            self.state = self.checkpoints[index];
        }
        while self.step < step {
            self.advance();
        }
    }

    /// The state of a voice that has always been where it is at `step`.
    fn settle(&mut self, step: u64) {
        let frame = step * STEP_FRAMES as u64;
        let azimuth_rad = self.trajectory.azimuth_rad(frame);
        let distance_m = self.trajectory.distance_m(frame);
        let (level, lag) = self.targets(azimuth_rad);
        self.step = step;
        self.state = State {
            limited_rad: azimuth_rad,
            azimuth_rad,
            distance_in_m: distance_m,
            distance_m,
            level_in: level,
            level,
            lag_in: lag,
            lag_smooth: lag,
            lag,
        };
    }

    /// Level of both ears and lag of the left one for an azimuth.
    fn targets(&self, azimuth_rad: f64) -> ([f64; 2], f64) {
        let side = f64::from(sine(azimuth_rad / TAU));
        let left = f64::from(exp2_fast((0.5 * self.settings.most_level_db * OCTAVES_PER_DB * side) as f32));
        ([left, 1.0 / left], self.settings.head_frames * side)
    }

    /// One control step on.
    pub fn advance(&mut self) {
        self.step += 1;
        let frame = self.step * STEP_FRAMES as u64;
        let (pole, was) = (self.azimuth_pole, self.state);
        let wanted_rad = self.trajectory.azimuth_rad(frame);
        let turn_rad = (wanted_rad - was.limited_rad).clamp(-self.most_turn_rad, self.most_turn_rad);
        let now = &mut self.state;
        now.limited_rad += turn_rad;
        now.azimuth_rad = pole.step(was.azimuth_rad, was.limited_rad, now.limited_rad);
        now.distance_in_m = self.trajectory.distance_m(frame);
        now.distance_m = self.distance_pole.step(was.distance_m, was.distance_in_m, now.distance_in_m);
        let azimuth_rad = now.azimuth_rad;
        let (level, lag) = self.targets(azimuth_rad);
        let now = &mut self.state;
        for ear in 0..2 {
            now.level[ear] = pole.step(was.level[ear], was.level_in[ear], level[ear]);
        }
        now.level_in = level;
        now.lag_in = lag;
        now.lag_smooth = match self.settings.decoder {
            Decoder::Head => lag,
            Decoder::Cardioid => pole.step(was.lag_smooth, was.lag_in, lag),
        };
        now.lag += (now.lag_smooth - was.lag).clamp(-self.most_lag_step, self.most_lag_step);
    }

    /// What the ears get at the present step.
    pub fn ears(&self) -> Ears {
        let settings = &self.settings;
        let nearness = settings.reference_m / self.state.distance_m.max(settings.least_m);
        let distance_gain = if nearness >= 1.0 {
            1.0
        } else if settings.rolloff == 1.0 {
            nearness
        } else {
            nearness.powf(settings.rolloff)
        };
        let distance_gain = distance_gain as f32;
        let level = self.state.level.map(|level| level as f32);
        let delays = [self.state.lag.max(0.0), (-self.state.lag).max(0.0)];
        match settings.decoder {
            Decoder::Head => {
                Ears { before: [1.0; 2], after: level.map(|level| level * distance_gain), delays }
            }
            Decoder::Cardioid => {
                let ear = |turn_rad: f64| {
                    let towards = sine_exact((self.state.azimuth_rad + turn_rad + FRAC_PI_2) / TAU);
                    (0.5 + towards) as f32 * distance_gain
                };
                let before = [ear(-settings.ear_rad), ear(settings.ear_rad)];
                Ears { before, after: level, delays }
            }
        }
    }
}
