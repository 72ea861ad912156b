//! Stereo width, mono bass and balance.

use crate::control::WidthControls;
use crate::dsp::biquad::Biquad;
use crate::dsp::smooth::Ramp;
use crate::dsp::svf::{Svf, SvfCoeffs};
use crate::dsp::units::one_pole;
use crate::dsp::{CONTROL_INTERVAL, MAX_BLOCK, StereoBlock};
use std::f64::consts::{PI, SQRT_2};

/// Mono bass is off at and below this frequency.
const MONO_OFF_HZ: f32 = 20.0;

/// Glide of gains and of switching the crossover.
const GLIDE_S: f64 = 0.02;

/// The width stage. It has no latency.
pub struct Width {
    sample_rate_hz: f64,
    side_gain: Ramp,
    gains: [Ramp; 2],
    crossover: Ramp,
    mono_log2_hz: f64,
    target_log2_hz: f64,
    glide: f64,
    grid: usize,
    split: Split,
}

impl Width {
    /// A width stage for a sample rate.
    pub fn new(sample_rate_hz: f64) -> Self {
        let ramp = |value| Ramp::new(value, GLIDE_S, sample_rate_hz);
        Self {
            sample_rate_hz,
            side_gain: ramp(1.0),
            gains: [ramp(1.0), ramp(1.0)],
            crossover: ramp(0.0),
            mono_log2_hz: f64::from(MONO_OFF_HZ).log2(),
            target_log2_hz: f64::from(MONO_OFF_HZ).log2(),
            glide: f64::from(one_pole(GLIDE_S, CONTROL_INTERVAL as f64 / sample_rate_hz)),
            grid: 0,
            split: Split::new(f64::from(MONO_OFF_HZ), sample_rate_hz),
        }
    }

    /// Clears the signal memory and takes on the settings without gliding.
    pub fn reset(&mut self, controls: &WidthControls) {
        self.split.reset();
        self.grid = 0;
        self.set_targets(controls);
        self.jump_crossover();
        let [left, right] = &mut self.gains;
        for ramp in [&mut self.side_gain, left, right, &mut self.crossover] {
            let target = ramp.target();
            ramp.jump_to(target);
        }
    }

    /// Processes a block in place.
    pub fn process(&mut self, block: &mut StereoBlock, controls: &WidthControls) {
        self.set_targets(controls);
        let mut start = 0;
        while !self.is_flat() && start < block.frames() {
            // The crossover moves on the control grid.
            if self.grid == 0 {
                self.move_crossover();
            }
            let end = (start + CONTROL_INTERVAL - self.grid).min(block.frames());
            self.process_mid_side(&mut StereoBlock {
                left: &mut block.left[start..end],
                right: &mut block.right[start..end],
            });
            self.grid = (self.grid + end - start) % CONTROL_INTERVAL;
            start = end;
        }
        self.grid = (self.grid + block.frames() - start) % CONTROL_INTERVAL;
        for (channel, gain) in block.channels().into_iter().zip(&mut self.gains) {
            if !gain.rests_at(1.0) {
                channel.iter_mut().for_each(|x| *x *= gain.advance());
            }
        }
    }

    /// Whether middle and side pass unchanged.
    fn is_flat(&self) -> bool {
        self.side_gain.rests_at(1.0) && self.crossover.rests_at(0.0)
    }

    fn set_targets(&mut self, controls: &WidthControls) {
        let on = controls.on;
        self.side_gain.set_target(if on { controls.width } else { 1.0 });
        let balance = if on { controls.balance } else { 0.0 };
        self.gains[0].set_target(1.0 - balance.max(0.0));
        self.gains[1].set_target(1.0 + balance.min(0.0));
        let splits = on && controls.mono_below_hz > MONO_OFF_HZ;
        if splits {
            self.target_log2_hz = f64::from(controls.mono_below_hz).log2();
            if self.crossover.rests_at(0.0) {
                self.split.reset();
                self.jump_crossover();
            }
        }
        self.crossover.set_target(if splits { 1.0 } else { 0.0 });
    }

    fn jump_crossover(&mut self) {
        self.mono_log2_hz = self.target_log2_hz;
        self.split.set(self.mono_log2_hz.exp2(), self.sample_rate_hz);
    }

    fn move_crossover(&mut self) {
        let distance = self.mono_log2_hz - self.target_log2_hz;
        if distance != 0.0 {
            let rest = distance * self.glide;
            self.mono_log2_hz = self.target_log2_hz + if rest.abs() < 1e-4 { 0.0 } else { rest };
            self.split.set(self.mono_log2_hz.exp2(), self.sample_rate_hz);
        }
    }

    fn process_mid_side(&mut self, block: &mut StereoBlock) {
        let frames = block.frames();
        let (mut mid, mut side) = ([0.0f32; MAX_BLOCK], [0.0f32; MAX_BLOCK]);
        for i in 0..frames {
            mid[i] = 0.5 * (block.left[i] + block.right[i]);
            side[i] = 0.5 * (block.left[i] - block.right[i]);
        }
        let gliding = !(self.side_gain.is_settled() && self.crossover.is_settled());
        let mut crossed = [0.0; MAX_BLOCK];
        if !self.crossover.rests_at(0.0) {
            for i in 0..frames {
                let amount = self.crossover.advance();
                crossed[i] = amount;
                let (m, s) = self.split.tick(mid[i], side[i]);
                mid[i] += amount * (m - mid[i]);
                side[i] += amount * (s - side[i]);
            }
            self.split.settle();
        }
        let mut scratch = [0.0; MAX_BLOCK];
        let gains = self.side_gain.fill(&mut scratch, frames);
        for i in 0..frames {
            if gliding && gains[i] == 1.0 && crossed[i] == 0.0 {
                // Unchanged from the very sample that a glide ends on, or block cuts would matter.
                continue;
            }
            let side = side[i] * gains[i];
            block.left[i] = mid[i] + side;
            block.right[i] = mid[i] - side;
        }
    }
}

/// Linkwitz-Riley crossover of fourth order: the side keeps its upper part only, the middle passes the sum of both parts,
/// which is an all-pass. So both stay in phase and the level stays flat.
struct Split {
    low: SvfCoeffs,
    high: SvfCoeffs,
    mid: [Svf; 4],
    side: [Svf; 2],
}

impl Split {
    fn new(freq_hz: f64, sample_rate_hz: f64) -> Self {
        let identity = SvfCoeffs::IDENTITY;
        let mut split =
            Self { low: identity, high: identity, mid: Default::default(), side: Default::default() };
        split.set(freq_hz, sample_rate_hz);
        split
    }

    fn set(&mut self, freq_hz: f64, sample_rate_hz: f64) {
        // Two equal Butterworth halves from the bilinear transform: their low and high outputs add up exactly.
        let g = (PI * freq_hz / sample_rate_hz).tan();
        let k = SQRT_2;
        let a0 = 1.0 + k * g + g * g;
        let a = [2.0 * (g * g - 1.0) / a0, (1.0 - k * g + g * g) / a0];
        let low = Biquad { b: [g * g / a0, 2.0 * g * g / a0, g * g / a0], a };
        let high = Biquad { b: [1.0 / a0, -2.0 / a0, 1.0 / a0], a };
        self.low = low.into();
        self.high = high.into();
    }

    fn reset(&mut self) {
        self.mid.iter_mut().chain(&mut self.side).for_each(Svf::reset);
    }

    fn settle(&mut self) {
        self.mid.iter_mut().chain(&mut self.side).for_each(Svf::settle);
    }

    fn tick(&mut self, mid: f32, side: f32) -> (f32, f32) {
        let (low, high) = (&self.low, &self.high);
        let m = f64::from(mid);
        let lower = self.mid[0].tick(low, m);
        let lower = self.mid[1].tick(low, lower);
        let upper = self.mid[2].tick(high, m);
        let upper = self.mid[3].tick(high, upper);
        let s = self.side[0].tick(high, f64::from(side));
        let s = self.side[1].tick(high, s);
        ((lower + upper) as f32, s as f32)
    }
}
