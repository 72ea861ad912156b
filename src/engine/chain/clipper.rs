//! Soft clipper before the limiter: shaves peaks where the ear forgives it, so that the limiter works less.

use crate::control::{ClipperControls, LatencyMode};
use crate::dsp::delay_line::DelayLine;
use crate::dsp::oversample::{self, Oversampler};
use crate::dsp::smooth::Ramp;
use crate::dsp::units::db_to_gain;
use crate::dsp::{CONTROL_INTERVAL, MAX_BLOCK, StereoBlock};
use fearless_simd::{Level, dispatch};

/// Glide of all controls.
const GLIDE_S: f64 = 0.02;

/// Share of the way to a new bend that is left after one control interval.
const BEND_REST_PER_STEP: f32 = 0.95;

/// Narrowest bend of the curve; keeps hard clipping free of a division by zero.
const HARDEST: f32 = 1e-3;

/// The clipper stage.
pub struct Clipper {
    simd_level: Level,
    dry: [DelayLine; 2],
    oversamplers: Option<[Oversampler; 2]>,
    amount: Ramp,
    drive: Ramp,
    level: Ramp,
    /// Width of the bend, moved on the control grid.
    bend: f32,
    grid: usize,
    resting: bool,
}

impl Clipper {
    /// A clipper for a sample rate and latency mode; allocates.
    pub fn new(sample_rate_hz: f64, mode: LatencyMode) -> Self {
        let latency = Self::latency_for(mode);
        let oversamplers = (mode == LatencyMode::Master).then(|| [Oversampler::new(), Oversampler::new()]);
        let ramp = |value| Ramp::new(value, GLIDE_S, sample_rate_hz);
        Self {
            simd_level: Level::new(),
            dry: [DelayLine::new(latency), DelayLine::new(latency)],
            oversamplers,
            amount: ramp(0.0),
            drive: ramp(1.0),
            level: ramp(1.0),
            bend: 0.5,
            grid: 0,
            resting: true,
        }
    }

    /// Frames between input and output.
    pub fn latency_samples(&self) -> usize {
        self.dry[0].samples()
    }

    /// [`Self::latency_samples`] for a mode.
    pub fn latency_for(mode: LatencyMode) -> usize {
        match mode {
            LatencyMode::Master => oversample::LATENCY,
            LatencyMode::Live => 0,
        }
    }

    /// Clears the signal memory and takes on the settings without gliding.
    pub fn reset(&mut self, controls: &ClipperControls) {
        self.dry.iter_mut().for_each(DelayLine::reset);
        self.oversamplers.iter_mut().flatten().for_each(Oversampler::reset);
        self.resting = true;
        self.set_targets(controls);
        self.bend = target_bend(controls);
        self.grid = 0;
        for ramp in [&mut self.amount, &mut self.drive, &mut self.level] {
            let target = ramp.target();
            ramp.jump_to(target);
        }
    }

    /// Clips a block in place.
    pub fn process(&mut self, block: &mut StereoBlock, controls: &ClipperControls) {
        self.set_targets(controls);
        let frames = block.frames();
        if self.amount.rests_at(0.0) {
            self.resting = true;
            self.grid = (self.grid + frames) % CONTROL_INTERVAL;
            for (channel, dry) in block.channels().into_iter().zip(&mut self.dry) {
                dry.process(channel);
            }
            return;
        }
        if std::mem::take(&mut self.resting) {
            self.oversamplers.iter_mut().flatten().for_each(Oversampler::reset);
        }
        let target = target_bend(controls);
        let mut start = 0;
        while start < frames {
            if self.grid == 0 {
                let rest = BEND_REST_PER_STEP * (self.bend - target);
                self.bend = target + if rest.abs() < 1e-4 { 0.0 } else { rest };
            }
            let to_grid = if self.bend == target { MAX_BLOCK } else { CONTROL_INTERVAL - self.grid };
            let end = (start + to_grid).min(frames);
            self.process_part(&mut StereoBlock {
                left: &mut block.left[start..end],
                right: &mut block.right[start..end],
            });
            self.grid = (self.grid + end - start) % CONTROL_INTERVAL;
            start = end;
        }
    }

    fn process_part(&mut self, block: &mut StereoBlock) {
        let frames = block.frames();
        // Drive and level are gains around a curve of unit level, so they can glide sample by sample.
        let mut scratch = [[0.0; MAX_BLOCK]; 3];
        let [drive, level, amount] = &mut scratch;
        self.drive.fill(drive, frames);
        self.level.fill(level, frames);
        self.amount.fill(amount, frames);
        let (simd_level, bend) = (self.simd_level, self.bend);
        for (c, channel) in block.channels().into_iter().enumerate() {
            let mut wet = [0.0; MAX_BLOCK];
            let wet = &mut wet[..frames];
            for i in 0..frames {
                wet[i] = channel[i] * (drive[i] / level[i]);
            }
            match &mut self.oversamplers {
                Some(oversamplers) => oversamplers[c].process(wet, |x| clip(simd_level, x, bend)),
                None => clip(simd_level, wet, bend),
            }
            self.dry[c].process(channel);
            for i in 0..frames {
                channel[i] += amount[i] * (wet[i] * level[i] - channel[i]);
            }
        }
    }

    fn set_targets(&mut self, controls: &ClipperControls) {
        self.amount.set_target(if controls.on { 1.0 } else { 0.0 });
        self.drive.set_target(db_to_gain(controls.drive_db));
        self.level.set_target(db_to_gain(controls.level_db));
    }
}

fn target_bend(controls: &ClipperControls) -> f32 {
    controls.softness.clamp(HARDEST, 1.0)
}

/// What becomes of a magnitude that stands still, for displays. Any thread.
pub fn static_curve(magnitude: f32, controls: &ClipperControls) -> f32 {
    let level = db_to_gain(controls.level_db);
    let mut sample = [magnitude * db_to_gain(controls.drive_db) / level];
    clip_loop(&mut sample, target_bend(controls));
    sample[0] * level
}

/// Straight up to `1 − bend`, then a rational approach to one (the Padé form of the hyperbolic tangent).
fn clip(level: Level, samples: &mut [f32], bend: f32) {
    dispatch!(level, _simd => clip_loop(samples, bend));
}

#[inline(always)]
fn clip_loop(samples: &mut [f32], bend: f32) {
    let (straight, scale) = (1.0 - bend, 1.0 / bend);
    for x in samples {
        let magnitude = x.abs();
        let excess = ((magnitude - straight) * scale).clamp(0.0, 3.0);
        let square = excess * excess;
        let bent = excess * (27.0 + square) / (27.0 + 9.0 * square);
        let linear = if magnitude < straight { magnitude } else { straight };
        *x = (linear + bend * bent).copysign(*x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn curve_is_straight_then_bends_and_never_exceeds_one() {
        for bend in [HARDEST, 0.25, 1.0] {
            let mut x: Vec<f32> = (-400..=400).map(|i| i as f32 / 50.0).collect();
            let input = x.clone();
            clip(Level::new(), &mut x, bend);
            for (pair, x_in) in x.windows(2).zip(&input) {
                assert!(pair[1] >= pair[0] - 1e-6, "monotone at {x_in}, bend {bend}");
            }
            for (y, x) in x.iter().zip(&input) {
                assert!(y.abs() <= 1.0 + 1e-6);
                assert!(x.abs() > 1.0 - bend || (y - x).abs() < 1e-6, "{x} -> {y}");
            }
        }
    }
}
