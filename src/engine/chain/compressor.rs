//! Feed-forward compressor with look-ahead, side-chain, stereo link and parallel mix.
//!
//! The stage only ever multiplies the (delayed) signal by a gain, so the parallel mix is in phase by construction.

use crate::control::{CompressorControls, LatencyMode};
use crate::dsp::delay_line::DelayLine;
use crate::dsp::history::History;
use crate::dsp::loudness::LoudnessFollower;
use crate::dsp::smooth::Ramp;
use crate::dsp::units::{db_to_gain, ms_to_samples, one_pole};
use crate::dsp::vector;
use crate::dsp::{CONTROL_INTERVAL, MAX_BLOCK, StereoBlock};
use fearless_simd::Level;

mod auto_release;
mod detector;

use crate::dsp::dynamics::{DecoupledSmoother, GainComputer};
use auto_release::AutoRelease;
use detector::Detector;

/// Delay of the audio in master mode: the longest look-ahead.
const LONGEST_LOOKAHEAD_MS: f32 = 10.0;

/// Glide of switch, mix and make-up.
const GLIDE_S: f64 = 0.02;

/// Speed of the automatic make-up, dB per second.
const AUTO_MAKEUP_DB_PER_S: f32 = 3.0;

/// Most that automatic make-up adds.
const AUTO_MAKEUP_LIMIT_DB: f32 = 12.0;

/// The compressor stage.
pub struct Compressor {
    level: Level,
    audio: [DelayLine; 2],
    reductions: [History; 2],
    lookahead_samples: usize,
    late_samples: usize,
    grid: usize,
    detector: Detector,
    smoother: DecoupledSmoother,
    auto_release: AutoRelease,
    attack_ms: f32,
    attack: f32,
    resting: bool,
    amount: Ramp,
    mix: Ramp,
    makeup: Ramp,
    before: LoudnessFollower,
    after: LoudnessFollower,
    auto_makeup_db: f32,
    reduction_db: f32,
    level_square: f32,
    sample_rate_hz: f64,
}

impl Compressor {
    /// A compressor for a sample rate and latency mode; allocates.
    pub fn new(sample_rate_hz: f64, mode: LatencyMode) -> Self {
        let lookahead = Self::latency_for(sample_rate_hz, mode);
        let ramp = |value| Ramp::new(value, GLIDE_S, sample_rate_hz);
        Self {
            level: Level::new(),
            audio: [DelayLine::new(lookahead), DelayLine::new(lookahead)],
            reductions: [History::new(lookahead), History::new(lookahead)],
            lookahead_samples: lookahead,
            late_samples: lookahead,
            grid: 0,
            detector: Detector::new(sample_rate_hz),
            smoother: DecoupledSmoother::default(),
            auto_release: AutoRelease::new(sample_rate_hz),
            attack_ms: 0.0,
            attack: 0.0,
            resting: false,
            amount: ramp(0.0),
            mix: ramp(1.0),
            makeup: ramp(1.0),
            before: LoudnessFollower::new(sample_rate_hz),
            after: LoudnessFollower::new(sample_rate_hz),
            auto_makeup_db: 0.0,
            reduction_db: 0.0,
            level_square: 0.0,
            sample_rate_hz,
        }
    }

    /// Frames between input and output.
    pub fn latency_samples(&self) -> usize {
        self.lookahead_samples
    }

    /// [`Self::latency_samples`] for a sample rate and mode.
    pub fn latency_for(sample_rate_hz: f64, mode: LatencyMode) -> usize {
        match mode {
            LatencyMode::Master => ms_to_samples(LONGEST_LOOKAHEAD_MS, sample_rate_hz),
            LatencyMode::Live => 0,
        }
    }

    /// Clears the signal memory and takes on the settings without gliding.
    pub fn reset(&mut self, controls: &CompressorControls) {
        self.audio.iter_mut().for_each(DelayLine::reset);
        self.grid = 0;
        self.resting = false;
        self.rest();
        self.set_targets(controls);
        for ramp in [&mut self.amount, &mut self.mix, &mut self.makeup] {
            let target = ramp.target();
            ramp.jump_to(target);
        }
        self.late_samples = self.target_late_samples(controls);
    }

    /// Largest reduction in the last block, positive dB.
    pub fn reduction_db(&self) -> f32 {
        self.reduction_db
    }

    /// Square of the highest level that the detector found in the last block, 1 for a full-scale sine; 0 while off.
    pub fn level_square(&self) -> f32 {
        self.level_square
    }

    /// Gain that automatic make-up adds at present, dB.
    pub fn auto_makeup_db(&self) -> f32 {
        self.auto_makeup_db
    }

    /// Compresses a block in place. `sidechain` is listened to where the controls ask for it and there is one.
    pub fn process(
        &mut self,
        block: &mut StereoBlock,
        sidechain: Option<[&[f32]; 2]>,
        controls: &CompressorControls,
    ) {
        self.set_targets(controls);
        (self.reduction_db, self.level_square) = (0.0, 0.0);
        if self.amount.rests_at(0.0) {
            self.rest();
            // Nothing sounds that could glide.
            self.late_samples = self.target_late_samples(controls);
            self.grid = (self.grid + block.frames()) % CONTROL_INTERVAL;
            for (channel, delay) in block.channels().into_iter().zip(&mut self.audio) {
                delay.process(channel);
            }
            return;
        }
        self.resting = false;
        // While look-ahead or make-up move, blocks are cut on the control grid, so that cuts elsewhere change nothing.
        let mut start = 0;
        while start < block.frames() {
            let gliding = self.target_late_samples(controls) != self.late_samples || self.makes_up(controls);
            let to_grid = if gliding { CONTROL_INTERVAL - self.grid } else { MAX_BLOCK };
            let end = (start + to_grid).min(block.frames());
            let mut part =
                StereoBlock { left: &mut block.left[start..end], right: &mut block.right[start..end] };
            let external = sidechain.map(|s| s.map(|x| &x[start..end]));
            self.process_part(&mut part, external, controls);
            self.advance_grid(end - start, controls);
            start = end;
        }
    }

    fn set_targets(&mut self, controls: &CompressorControls) {
        self.amount.set_target(if controls.on { 1.0 } else { 0.0 });
        self.mix.set_target(controls.mix);
        self.makeup.set_target(db_to_gain(controls.makeup_db));
        self.detector.set(controls);
        self.auto_release.set(controls);
        if controls.attack_ms != self.attack_ms {
            self.attack_ms = controls.attack_ms;
            self.attack = one_pole(f64::from(controls.attack_ms) * 1e-3, 1.0 / self.sample_rate_hz);
        }
    }

    fn target_late_samples(&self, controls: &CompressorControls) -> usize {
        let lookahead = ms_to_samples(controls.lookahead_ms, self.sample_rate_hz).min(self.lookahead_samples);
        self.lookahead_samples - lookahead
    }

    fn rest(&mut self) {
        if std::mem::replace(&mut self.resting, true) {
            return;
        }
        self.detector.reset();
        self.smoother.reset();
        self.auto_release.reset();
        self.reductions.iter_mut().for_each(History::reset);
        self.before.reset();
        self.after.reset();
        self.auto_makeup_db = 0.0;
    }

    /// Whether automatic make-up is at work, or still on its way back.
    fn makes_up(&self, controls: &CompressorControls) -> bool {
        controls.auto_makeup || self.auto_makeup_db != 0.0
    }

    /// Lets time pass; on the control grid, times and look-ahead move.
    fn advance_grid(&mut self, frames: usize, controls: &CompressorControls) {
        self.grid += frames;
        if self.grid < CONTROL_INTERVAL {
            return;
        }
        self.grid %= CONTROL_INTERVAL;
        let target = self.target_late_samples(controls);
        // The gain is smooth, so reading it a sample earlier or later per step glides without a click.
        match target.cmp(&self.late_samples) {
            std::cmp::Ordering::Less => self.late_samples -= 1,
            std::cmp::Ordering::Greater => self.late_samples += 1,
            std::cmp::Ordering::Equal => {}
        }
        self.move_auto_makeup(controls);
    }

    fn move_auto_makeup(&mut self, controls: &CompressorControls) {
        let step = AUTO_MAKEUP_DB_PER_S * (CONTROL_INTERVAL as f64 / self.sample_rate_hz) as f32;
        let target = match (controls.auto_makeup, self.before.level_db(), self.after.level_db()) {
            (true, Some(before), Some(after)) => (before - after).clamp(0.0, AUTO_MAKEUP_LIMIT_DB),
            (true, _, _) => self.auto_makeup_db,
            (false, _, _) => 0.0,
        };
        self.auto_makeup_db += (target - self.auto_makeup_db).clamp(-step, step);
    }

    fn process_part(
        &mut self,
        block: &mut StereoBlock,
        sidechain: Option<[&[f32]; 2]>,
        controls: &CompressorControls,
    ) {
        let frames = block.frames();
        let reductions = self.find_reduction(block, sidechain, controls);
        let mut gains = [[1.0f32; MAX_BLOCK]; 2];
        let amount = self.find_gains(&reductions, frames, &mut gains);
        for (channel, delay) in block.channels().into_iter().zip(&mut self.audio) {
            delay.process(channel);
        }
        let auto = self.makes_up(controls);
        if auto {
            self.before.process(block.left, block.right);
        }
        for (channel, gains) in block.channels().into_iter().zip(&gains) {
            vector::multiply(self.level, channel, gains);
        }
        if auto {
            self.after.process(block.left, block.right);
            // It comes and goes with the stage.
            let excess = db_to_gain(self.auto_makeup_db) - 1.0;
            for channel in block.channels() {
                channel.iter_mut().zip(&amount).for_each(|(x, a)| *x *= 1.0 + a * excess);
            }
        }
    }

    /// Smoothed reduction of both channels in dB, as it leaves the look-ahead.
    fn find_reduction(
        &mut self,
        block: &mut StereoBlock,
        sidechain: Option<[&[f32]; 2]>,
        controls: &CompressorControls,
    ) -> [[f32; MAX_BLOCK]; 2] {
        let frames = block.frames();
        let mut levels = [[0.0f32; MAX_BLOCK]; 2];
        let listened = match sidechain {
            Some(external) if controls.external_sidechain => external,
            _ => [&*block.left, &*block.right],
        };
        let curve = GainComputer::new(controls.threshold_db, controls.ratio, controls.knee_db);
        let level_square = self.detector.reductions_db(listened, controls.rms_blend, &curve, &mut levels);
        self.level_square = self.level_square.max(level_square);
        let [left, right] = &mut levels;
        let mut start = 0;
        while start < frames {
            // The release moves on the control grid.
            let end = (start + self.auto_release.to_grid()).min(frames);
            if self.auto_release.is_at_grid() {
                self.smoother.settle();
            }
            let release = self.auto_release.follow(listened.map(|x| &x[start..end]));
            for (l, r) in left[start..end].iter_mut().zip(&mut right[start..end]) {
                let most = if *l > *r { *l } else { *r };
                let linked =
                    [*l + controls.stereo_link * (most - *l), *r + controls.stereo_link * (most - *r)];
                [*l, *r] = self.smoother.tick(linked, self.attack, release);
            }
            start = end;
        }
        for (levels, history) in levels.iter_mut().zip(&mut self.reductions) {
            let view = history.push(&levels[..frames]);
            let end = view.len() - self.late_samples;
            levels[..frames].copy_from_slice(&view[end - frames..end]);
        }
        levels
    }

    /// Writes the gains, and returns how far the stage is switched on at each sample.
    fn find_gains(
        &mut self,
        reductions: &[[f32; MAX_BLOCK]; 2],
        frames: usize,
        gains: &mut [[f32; MAX_BLOCK]; 2],
    ) -> [f32; MAX_BLOCK] {
        let settled = self.amount.rests_at(1.0) && self.mix.rests_at(1.0) && self.makeup.rests_at(1.0);
        let (mut amount, mut mix, mut makeup) = ([0.0; MAX_BLOCK], [0.0; MAX_BLOCK], [0.0; MAX_BLOCK]);
        self.amount.fill(&mut amount, frames);
        self.mix.fill(&mut mix, frames);
        self.makeup.fill(&mut makeup, frames);
        for (gains, reductions) in gains.iter_mut().zip(reductions) {
            let (gains, reductions) = (&mut gains[..frames], &reductions[..frames]);
            self.reduction_db = self.reduction_db.max(vector::largest_magnitude(self.level, reductions));
            vector::decibels_down(self.level, reductions, gains);
            if !settled {
                for i in 0..frames {
                    // From the very sample that a glide ends on as if it had never been, or block cuts would matter.
                    if [amount[i], mix[i], makeup[i]] != [1.0; 3] {
                        gains[i] = 1.0 + amount[i] * mix[i] * (gains[i] * makeup[i] - 1.0);
                    }
                }
            }
        }
        amount
    }
}
