//! True-peak look-ahead limiter.
//!
//! The needed reduction is read from an oversampled detector, held by a sliding maximum, released in two stages and
//! smoothed by moving averages that are exactly as long as the look-ahead: the gain has reached its value when the peak
//! leaves the delay. All gain arithmetic is in octaves (log2), where exponential releases sound even. A long hold for
//! low notes keeps the gain from following single waves, which would distort them (the idea of F. Adriaensen's dpl).

use crate::control::{LatencyMode, LimiterControls};
use crate::dsp::box_smoother::BoxSmoother;
use crate::dsp::delay_line::DelayLine;
use crate::dsp::history::History;
use crate::dsp::smooth::Ramp;
use crate::dsp::true_peak::{DETECTOR_DELAY, TruePeak};
use crate::dsp::units::{DB_PER_OCTAVE, db_to_gain, ms_to_samples};
use crate::dsp::vector;
use crate::dsp::window_max::SlidingMax;
use crate::dsp::{CONTROL_INTERVAL, MAX_BLOCK, StereoBlock};
use fearless_simd::Level;

mod bass_hold;
mod release;

use bass_hold::BassHold;
use release::TwoStageRelease;

/// Longest attack, and with it the look-ahead that the audio is delayed by.
const LONGEST_ATTACK_MS: f32 = 5.0;

/// Samples for which a peak is held beyond the attack: both neighbours of an inter-sample peak, and the reach of a meter's
/// interpolator, see the full reduction.
const PEAK_HOLD: usize = 8;

/// Largest reduction in octaves (120 dB); keeps impossible inputs from freezing the release.
const LARGEST_REDUCTION: f32 = 20.0;

/// Glide of drive, ceiling and switch.
const GLIDE_S: f64 = 0.02;

/// The limiter stage.
pub struct Limiter {
    level: Level,
    channels: [Channel; 2],
    lookahead_samples: usize,
    detects_true_peak: bool,
    span: usize,
    target_span: usize,
    grid: usize,
    release: TwoStageRelease,
    smoother: BoxSmoother,
    bass_hold: BassHold,
    drive: Ramp,
    ceiling: Ramp,
    amount: Ramp,
    resting: bool,
    ceiling_delay: DelayLine,
    reduction_db: f32,
    /// Largest magnitudes of the last block, before and after the gain.
    peaks: [f32; 2],
    sample_rate_hz: f64,
}

/// What each channel owns.
struct Channel {
    audio: DelayLine,
    detector: TruePeak,
    needed: History,
    sliding_max: SlidingMax,
    /// Samples since something was needed, as far as they matter.
    unneeded_samples: usize,
}

impl Limiter {
    /// A limiter for a sample rate and latency mode; allocates.
    pub fn new(sample_rate_hz: f64, mode: LatencyMode) -> Self {
        let master = mode == LatencyMode::Master;
        let lookahead = if master { ms_to_samples(LONGEST_ATTACK_MS, sample_rate_hz) } else { 0 };
        let delay = Self::latency_for(sample_rate_hz, mode);
        let channel = || Channel {
            audio: DelayLine::new(delay),
            detector: TruePeak::new(),
            needed: History::new(2 * lookahead + PEAK_HOLD + 2),
            sliding_max: SlidingMax::new(2 * lookahead + PEAK_HOLD + 2 + MAX_BLOCK),
            unneeded_samples: usize::MAX,
        };
        let ramp = |value| Ramp::new(value, GLIDE_S, sample_rate_hz);
        let mut limiter = Self {
            level: Level::new(),
            channels: [channel(), channel()],
            lookahead_samples: lookahead,
            detects_true_peak: master,
            span: 0,
            target_span: 0,
            grid: 0,
            release: TwoStageRelease::new(sample_rate_hz),
            smoother: BoxSmoother::new(lookahead + 4),
            bass_hold: BassHold::new(sample_rate_hz, lookahead),
            drive: ramp(1.0),
            ceiling: ramp(1.0),
            amount: ramp(1.0),
            resting: false,
            ceiling_delay: DelayLine::new(delay),
            reduction_db: 0.0,
            peaks: [0.0; 2],
            sample_rate_hz,
        };
        limiter.set_span(0);
        limiter
    }

    /// Frames between input and output.
    pub fn latency_samples(&self) -> usize {
        self.channels[0].audio.samples()
    }

    /// [`Self::latency_samples`] for a sample rate and mode.
    pub fn latency_for(sample_rate_hz: f64, mode: LatencyMode) -> usize {
        match mode {
            LatencyMode::Master => ms_to_samples(LONGEST_ATTACK_MS, sample_rate_hz) + DETECTOR_DELAY,
            LatencyMode::Live => 0,
        }
    }

    /// Clears the signal memory and takes on the settings without gliding.
    pub fn reset(&mut self, controls: &LimiterControls) {
        for channel in &mut self.channels {
            channel.audio.reset();
            channel.clear_detection();
        }
        self.grid = 0;
        self.clear_gain();
        self.set_targets(controls);
        for ramp in [&mut self.drive, &mut self.ceiling, &mut self.amount] {
            let target = ramp.target();
            ramp.jump_to(target);
        }
        let span = self.target_span;
        self.set_span(span);
        // The delay starts out as if the ceiling had always been what it is now.
        let ceiling = [self.ceiling.value(); MAX_BLOCK];
        for _ in 0..self.ceiling_delay.samples().div_ceil(MAX_BLOCK) {
            self.ceiling_delay.process(&mut ceiling.clone());
        }
    }

    /// Largest reduction in the last block, positive dB.
    pub fn reduction_db(&self) -> f32 {
        self.reduction_db
    }

    /// Largest sample magnitudes of either channel in the last block: of what goes into the gain, driven and delayed, and
    /// of what it makes of the same sound.
    pub fn peaks(&self) -> [f32; 2] {
        self.peaks
    }

    /// Limits a block in place.
    pub fn process(&mut self, block: &mut StereoBlock, controls: &LimiterControls) {
        self.set_targets(controls);
        self.reduction_db = 0.0;
        self.peaks = [0.0; 2];
        let mut start = 0;
        while start < block.frames() {
            // While the attack glides, the lengths of hold and smoother change on the control grid.
            let to_grid = CONTROL_INTERVAL - self.grid;
            if self.grid == 0 && self.span != self.target_span {
                let step = if self.target_span > self.span { self.span + 1 } else { self.span - 1 };
                self.set_span(step);
            }
            let left = block.frames() - start;
            let frames = if self.span == self.target_span { left } else { left.min(to_grid) };
            let mut part = StereoBlock {
                left: &mut block.left[start..start + frames],
                right: &mut block.right[start..start + frames],
            };
            self.process_part(&mut part, controls);
            self.grid = (self.grid + frames) % CONTROL_INTERVAL;
            start += frames;
        }
    }

    fn set_targets(&mut self, controls: &LimiterControls) {
        let on = controls.on;
        self.amount.set_target(if on { 1.0 } else { 0.0 });
        self.drive.set_target(if on { db_to_gain(controls.drive_db) } else { 1.0 });
        self.ceiling.set_target(db_to_gain(controls.ceiling_db));
        let attack = ms_to_samples(controls.attack_ms, self.sample_rate_hz);
        self.target_span = attack.min(self.lookahead_samples);
        self.release.set(controls);
    }

    fn set_span(&mut self, span: usize) {
        self.span = span;
        self.smoother.set_span(span);
    }

    fn clear_gain(&mut self) {
        self.release.reset();
        self.smoother.reset();
        self.bass_hold.reset();
    }

    fn process_part(&mut self, block: &mut StereoBlock, controls: &LimiterControls) {
        let frames = block.frames();
        self.drive.apply_gain(block);
        let mut ceiling = [0.0; MAX_BLOCK];
        self.ceiling.fill(&mut ceiling, frames);
        let (off, fully_on) = (self.amount.rests_at(0.0), self.amount.rests_at(1.0));
        let mut amount = [0.0; MAX_BLOCK];
        self.amount.fill(&mut amount, frames);
        let mut late_ceiling = ceiling;
        self.ceiling_delay.process(&mut late_ceiling[..frames]);

        let mut reduction = [[0.0f32; MAX_BLOCK]; 2];
        let active = if off {
            self.rest();
            false
        } else {
            self.resting = false;
            self.find_reduction(block, &ceiling[..frames], controls, &mut reduction)
        };
        for (channel, (audio, reduction)) in
            self.channels.iter_mut().zip(block.channels().into_iter().zip(&mut reduction))
        {
            channel.audio.process(audio);
            let before = vector::largest_magnitude(self.level, audio);
            let reduction = &mut reduction[..frames];
            if active {
                if !fully_on {
                    vector::multiply(self.level, reduction, &amount[..frames]);
                }
                vector::attenuate(self.level, audio, reduction);
                let deepest = vector::largest_magnitude(self.level, reduction);
                self.reduction_db = self.reduction_db.max(deepest * DB_PER_OCTAVE);
            }
            if fully_on {
                // Rounding, or an attack that is still gliding, must not let a sample through.
                vector::clamp_to(self.level, audio, &late_ceiling[..frames]);
            }
            let is_changed = active || fully_on;
            let after = if is_changed { vector::largest_magnitude(self.level, audio) } else { before };
            self.peaks = [self.peaks[0].max(before), self.peaks[1].max(after)];
        }
    }

    /// Switched off: nothing is remembered but the audio in the delay.
    fn rest(&mut self) {
        if std::mem::replace(&mut self.resting, true) {
            return;
        }
        for channel in &mut self.channels {
            channel.clear_detection();
        }
        self.clear_gain();
    }

    /// The smoothed reduction of both channels in octaves. False if there is none, and nothing was written.
    fn find_reduction(
        &mut self,
        block: &mut StereoBlock,
        ceiling: &[f32],
        controls: &LimiterControls,
        reduction: &mut [[f32; MAX_BLOCK]; 2],
    ) -> bool {
        let frames = block.frames();
        let mut needed = [[0.0f32; MAX_BLOCK]; 2];
        let mut over = false;
        for ((channel, audio), needed) in self.channels.iter_mut().zip(block.channels()).zip(&mut needed) {
            over |= channel.needed_reduction(
                self.level,
                audio,
                ceiling,
                self.detects_true_peak,
                &mut needed[..frames],
            );
        }
        if over {
            link(&mut needed, frames, controls.link_transient);
        }
        let delay = self.lookahead_samples - self.span;
        let window = self.span + 1 + if self.detects_true_peak { 1 + PEAK_HOLD } else { 0 };
        let mut held = [[0.0f32; MAX_BLOCK]; 2];
        let mut any = false;
        for ((channel, needed), held) in self.channels.iter_mut().zip(&needed).zip(&mut held) {
            any |= channel.hold(&needed[..frames], over, delay, window, &mut held[..frames]);
        }
        any |= self.bass_hold.process(block, &needed, ceiling, delay, &mut held);
        any |= !self.release.is_idle();
        if any {
            self.release.process(&mut held, frames, further_link(controls));
        } else {
            self.release.skip(frames);
            if self.smoother.is_idle() {
                return false;
            }
        }
        let [left, right] = &mut held;
        self.smoother.process(&mut left[..frames], &mut right[..frames]);
        *reduction = held;
        true
    }
}

impl Channel {
    fn clear_detection(&mut self) {
        self.detector.reset();
        self.needed.reset();
        self.unneeded_samples = usize::MAX;
    }

    /// Octaves by which the signal exceeds the ceiling. False if it does not.
    fn needed_reduction(
        &mut self,
        level: Level,
        audio: &[f32],
        ceiling: &[f32],
        true_peak: bool,
        needed: &mut [f32],
    ) -> bool {
        let floor = ceiling.iter().fold(f32::MAX, |m, c| if *c < m { *c } else { m });
        if true_peak {
            self.detector.process(audio, floor, needed);
        } else {
            needed.iter_mut().zip(audio).for_each(|(n, x)| *n = x.abs());
        }
        if vector::largest_magnitude(level, needed) <= floor {
            needed.fill(0.0);
            return false;
        }
        vector::octaves_above(level, needed, ceiling, LARGEST_REDUCTION);
        true
    }

    /// Largest need within the window, read `delay` samples late. False if there is none.
    fn hold(&mut self, needed: &[f32], any: bool, delay: usize, window: usize, held: &mut [f32]) -> bool {
        self.unneeded_samples = if any { 0 } else { self.unneeded_samples.saturating_add(needed.len()) };
        let view = self.needed.push(needed);
        if self.unneeded_samples >= view.len() {
            return false;
        }
        let end = view.len() - delay;
        held.copy_from_slice(self.sliding_max.process(&view[end + 1 - needed.len() - window..end], window));
        true
    }
}

/// What the release still has to link after the peaks were linked, so that sustained reduction ends up linked as told.
fn further_link(controls: &LimiterControls) -> f32 {
    let (transient, release) = (controls.link_transient, controls.link_release);
    if release > transient { (release - transient) / (1.0 - transient) } else { 0.0 }
}

/// Draws the channel that needs less towards the one that needs more.
fn link(needed: &mut [[f32; MAX_BLOCK]; 2], frames: usize, amount: f32) {
    let [left, right] = needed;
    for (l, r) in left[..frames].iter_mut().zip(&mut right[..frames]) {
        let most = if *l > *r { *l } else { *r };
        *l += amount * (most - *l);
        *r += amount * (most - *r);
    }
}
