//! The adaptive layer: what the listener moves, heard beside the user's own settings. Audio thread.
//!
//! Moves travel slowly on the engine's grid of [`MAX_BLOCK`] frames; amounts scale what has been travelled and act at
//! once, by the glides of the stages. The stages are the same as the user's: two equalisers (the second with the shelves,
//! and those on the side signal that make the outer width regions), a compressor without look-ahead, and the width. The
//! drive is handed to the limiter. While nothing is moved, nothing runs.

use crate::control::adaptive::{Adaptation, AdaptiveAmounts, Moves};
use crate::control::{LatencyMode, LimiterControls};
use crate::dsp::{MAX_BLOCK, StereoBlock};

use super::compressor::Compressor;
use super::eq::Eq;
use super::width::Width;

mod slew;
mod sound;

use slew::Slew;
use sound::Sound;

/// Time after which every glide of a stage is over.
const AT_REST_S: f64 = 0.5;

/// The layer. It has no latency.
pub struct AdaptiveLayer {
    asked: Adaptation,
    amounts: AdaptiveAmounts,
    slew: Slew,
    sound: Sound,
    /// Whether the stages run.
    awake: bool,
    /// Steps since the sound became neutral.
    neutral_steps: u32,
    at_rest_steps: u32,
    bells: Eq,
    shelves: Eq,
    compressor: Compressor,
    width: Width,
}

impl AdaptiveLayer {
    /// A layer for a sample rate that moves nothing; allocates.
    pub fn new(sample_rate_hz: f64) -> Self {
        Self {
            asked: Adaptation::NONE,
            amounts: Adaptation::NONE.amounts,
            slew: Slew::new(sample_rate_hz),
            sound: Sound::neutral(),
            awake: false,
            neutral_steps: 0,
            at_rest_steps: (AT_REST_S * sample_rate_hz / MAX_BLOCK as f64) as u32,
            bells: Eq::new(sample_rate_hz),
            shelves: Eq::new(sample_rate_hz),
            compressor: Compressor::new(sample_rate_hz, LatencyMode::Live),
            width: Width::new(sample_rate_hz),
        }
    }

    /// Clears the signal memory and has the stages in place for where the moves are now.
    pub fn reset(&mut self) {
        self.neutral_steps = 0;
        self.awake = !self.sound.is_neutral();
        if self.awake {
            self.reset_stages();
        }
    }

    /// Takes on other targets and amounts. What is not a number changes nothing.
    pub fn adapt(&mut self, adaptation: &Adaptation) {
        if *adaptation == self.asked {
            return;
        }
        self.asked = *adaptation;
        self.slew.aim(&adaptation.moves, adaptation.pace);
        let (amounts, asked) = (&mut self.amounts, &adaptation.amounts);
        take_finite(&mut amounts.overall, asked.overall);
        for (amount, asked) in amounts.modules.iter_mut().zip(asked.modules) {
            take_finite(amount, asked);
        }
        self.retune();
    }

    /// What was asked for last.
    pub fn asked(&self) -> &Adaptation {
        &self.asked
    }

    /// Where the moves are now, before amounts.
    pub fn moves(&self) -> Moves {
        self.slew.moves()
    }

    /// One step of [`MAX_BLOCK`] frames: moves travel, stages that have come to rest sleep.
    pub fn step(&mut self) {
        if self.slew.advance() {
            self.retune();
        }
        if !self.awake {
            return;
        }
        self.neutral_steps = if self.sound.is_neutral() { self.neutral_steps + 1 } else { 0 };
        self.awake = self.neutral_steps < self.at_rest_steps;
    }

    /// Processes a block in place.
    pub fn process(&mut self, block: &mut StereoBlock) {
        if !self.awake {
            return;
        }
        self.bells.process(block, &self.sound.bells);
        self.shelves.process(block, &self.sound.shelves);
        self.compressor.process(block, None, &self.sound.compressor);
        self.width.process(block, &self.sound.width);
    }

    /// The user's limiter with the drive that the layer adds.
    pub fn driven(&self, limiter: &LimiterControls) -> LimiterControls {
        LimiterControls { drive_db: limiter.drive_db + self.sound.drive_db, ..*limiter }
    }

    fn retune(&mut self) {
        let mut sound = self.sound;
        sound.set(&self.slew.moves().scaled(&self.amounts));
        if !self.awake && !sound.is_neutral() {
            // From neutral, where the stages fell asleep, they glide.
            self.reset_stages();
            self.awake = true;
            self.neutral_steps = 0;
        }
        self.sound = sound;
    }

    fn reset_stages(&mut self) {
        self.bells.reset(&self.sound.bells);
        self.shelves.reset(&self.sound.shelves);
        self.compressor.reset(&self.sound.compressor);
        self.width.reset(&self.sound.width);
    }
}

fn take_finite(value: &mut f32, asked: f32) {
    if asked.is_finite() {
        *value = asked;
    }
}
