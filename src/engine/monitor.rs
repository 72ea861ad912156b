//! What is listened to: the processed signal, the untouched one, or the difference, level-matched where asked for.

use crate::control::GlobalControls;
use crate::dsp::delay_line::DelayLine;
use crate::dsp::loudness::LoudnessFollower;
use crate::dsp::smooth::Ramp;
use crate::dsp::units::db_to_gain;
use crate::dsp::{MAX_BLOCK, StereoBlock};

/// Cross-fade between what is listened to, and glide of the matching gain.
const FADE_S: f64 = 0.01;

/// Bounds of the matching gain.
const MATCH_LIMIT_DB: f32 = 24.0;

/// What went into a block besides the settings: what the host sent, and what the sources added to it.
pub struct Heard<'a> {
    /// The untouched input; taken over.
    pub input: StereoBlock<'a>,
    /// The sum of the sources, where they sound; taken over.
    pub sources: Option<StereoBlock<'a>>,
}

/// Keeps the untouched signal aligned with the processed one and chooses between them.
///
/// Bypass lets the untouched input through: the sources fall silent. What the chain changes (delta), and how loud it
/// makes it (gain match), is told against the input with the sources.
pub struct Monitor {
    dry_delay: [DelayLine; 2],
    source_delay: [DelayLine; 2],
    /// Frames until nothing of the sources is left in their delay.
    source_frames: usize,
    latency_samples: usize,
    bypass: Ramp,
    delta: Ramp,
    match_gain: Ramp,
    match_gain_db: f32,
    loudness: [LoudnessFollower; 2],
}

impl Monitor {
    /// A monitor for a chain with the given latency; allocates.
    pub fn new(sample_rate_hz: f64, latency_samples: usize) -> Self {
        let ramp = |value| Ramp::new(value, FADE_S, sample_rate_hz);
        let follower = || LoudnessFollower::new(sample_rate_hz);
        Self {
            dry_delay: [DelayLine::new(latency_samples), DelayLine::new(latency_samples)],
            source_delay: [DelayLine::new(latency_samples), DelayLine::new(latency_samples)],
            source_frames: 0,
            latency_samples,
            bypass: ramp(0.0),
            delta: ramp(0.0),
            match_gain: ramp(1.0),
            match_gain_db: 0.0,
            loudness: [follower(), follower()],
        }
    }

    /// Clears the signal memory and takes on the settings without fading.
    pub fn reset(&mut self, controls: &GlobalControls) {
        self.dry_delay.iter_mut().chain(&mut self.source_delay).for_each(DelayLine::reset);
        self.source_frames = 0;
        self.loudness.iter_mut().for_each(LoudnessFollower::reset);
        self.bypass.jump_to(if controls.bypass { 1.0 } else { 0.0 });
        self.delta.jump_to(if controls.delta { 1.0 } else { 0.0 });
        self.match_gain.jump_to(1.0);
        self.match_gain_db = 0.0;
    }

    /// Gain that brings the untouched signal to the loudness of the processed one, dB.
    pub fn match_gain_db(&self) -> f32 {
        self.match_gain_db
    }

    /// Leaves in `wet` what is to be heard.
    pub fn process(
        &mut self,
        wet: &mut StereoBlock,
        heard: Heard<'_>,
        controls: &GlobalControls,
        position: u64,
    ) {
        let Heard { input: mut dry, sources } = heard;
        for (channel, delay) in dry.channels().into_iter().zip(&mut self.dry_delay) {
            delay.process(channel);
        }
        let mut mixed = self.mixed(&dry, sources);
        let frames = wet.frames();
        let mut mixed = mixed
            .as_mut()
            .map(|[left, right]| StereoBlock { left: &mut left[..frames], right: &mut right[..frames] });
        self.follow_loudness(wet, mixed.as_ref().unwrap_or(&dry), controls, position);
        self.bypass.set_target(if controls.bypass { 1.0 } else { 0.0 });
        self.delta.set_target(if controls.delta { 1.0 } else { 0.0 });
        let processed_only = self.bypass.rests_at(0.0) && self.delta.rests_at(0.0);
        if processed_only && self.match_gain.is_settled() {
            return;
        }
        let mut gain = self.match_gain;
        self.match_gain.apply_gain(&mut dry);
        if let Some(mixed) = &mut mixed {
            gain.apply_gain(mixed);
        }
        if self.bypass.rests_at(1.0) {
            wet.left.copy_from_slice(dry.left);
            wet.right.copy_from_slice(dry.right);
            self.delta.jump_to(self.delta.target());
            return;
        }
        let (mut bypass, mut delta) = ([0.0; MAX_BLOCK], [0.0; MAX_BLOCK]);
        self.bypass.fill(&mut bypass, frames);
        self.delta.fill(&mut delta, frames);
        let [left, right] = dry.channels();
        let (dry, mixed) = match &mixed {
            Some(mixed) => ([&*left, &*right], [&*mixed.left, &*mixed.right]),
            None => ([&*left, &*right], [&*left, &*right]),
        };
        for ((wet, dry), mixed) in wet.channels().into_iter().zip(dry).zip(mixed) {
            for i in 0..frames {
                let processed = wet[i] - delta[i] * mixed[i];
                wet[i] = (1.0 - bypass[i]) * processed + bypass[i] * dry[i];
            }
        }
    }

    /// Input and sources together, aligned, where anything of the sources is left.
    fn mixed(
        &mut self,
        dry: &StereoBlock<'_>,
        sources: Option<StereoBlock<'_>>,
    ) -> Option<[[f32; MAX_BLOCK]; 2]> {
        let frames = dry.frames();
        let sounds = sources.is_some();
        if !sounds && self.source_frames == 0 {
            return None;
        }
        self.source_frames =
            if sounds { self.latency_samples } else { self.source_frames.saturating_sub(frames) };
        let mut mixed = [[0.0; MAX_BLOCK]; 2];
        if let Some(sources) = sources {
            mixed[0][..frames].copy_from_slice(sources.left);
            mixed[1][..frames].copy_from_slice(sources.right);
        }
        for ((mixed, delay), dry) in
            mixed.iter_mut().zip(&mut self.source_delay).zip([&*dry.left, &*dry.right])
        {
            delay.process(&mut mixed[..frames]);
            mixed.iter_mut().zip(dry).for_each(|(mixed, dry)| *mixed += dry);
        }
        Some(mixed)
    }

    fn follow_loudness(
        &mut self,
        wet: &StereoBlock,
        dry: &StereoBlock,
        controls: &GlobalControls,
        position: u64,
    ) {
        if !controls.gain_match {
            self.loudness.iter_mut().for_each(LoudnessFollower::reset);
            self.match_gain_db = 0.0;
            self.match_gain.set_target(1.0);
            return;
        }
        let [processed, untouched] = &mut self.loudness;
        // Moved on a fixed grid of positions, by what was heard before, so that block cuts do not matter.
        let at_grid = position.is_multiple_of(MAX_BLOCK as u64);
        if let (true, Some(processed), Some(untouched)) =
            (at_grid, processed.level_db(), untouched.level_db())
        {
            self.match_gain_db = (processed - untouched).clamp(-MATCH_LIMIT_DB, MATCH_LIMIT_DB);
            self.match_gain.set_target(db_to_gain(self.match_gain_db));
        }
        processed.process(wet.left, wet.right);
        untouched.process(dry.left, dry.right);
    }
}
