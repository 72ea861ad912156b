//! Eight-band equaliser: matched magnitude, each band stereo, mid or side, safe to move at any speed.
//!
//! Frequency, gain and Q glide; anything that changes the structure (kind, slope, placement, switch, solo) is cross-faded
//! between two complete equalisers.

use crate::control::{EqBand, EqControls, EqKind};
use crate::dsp::smooth::Ramp;
use crate::dsp::units::one_pole;
use crate::dsp::{CONTROL_INTERVAL, MAX_BLOCK, StereoBlock};
use fearless_simd::Level;

mod band;
mod bands;

use band::{Position, is_identity, section_count, sections};
use bands::Bands;

/// Duration of a cross-fade between two structures.
const FADE_S: f64 = 0.02;

/// Time constant with which frequency, gain and Q follow their controls.
const GLIDE_S: f64 = 0.012;

/// Magnitude of a band at rest in dB as a function of frequency in Hz, for displays. Any thread.
pub fn response_db(band: &EqBand, sample_rate_hz: f64) -> impl Fn(f64) -> f64 + use<> {
    let position = Position::of(band);
    let used = if is_identity(band, &position) { 0 } else { section_count(band) };
    let sections = sections(band, &position, sample_rate_hz);
    move |freq_hz| {
        let magnitudes = sections[..used].iter().map(|section| section.magnitude(freq_hz, sample_rate_hz));
        20.0 * magnitudes.product::<f64>().log10()
    }
}

/// The equaliser stage. It has no latency.
pub struct Eq {
    level: Level,
    current: Bands,
    next: Bands,
    /// 0: only `current` sounds; on its way to 1: `next` takes over.
    fade: Ramp,
    fading: bool,
    grid: usize,
    /// What was asked for last.
    asked: EqControls,
    /// Nothing moves, and what was asked for is what sounds.
    settled: bool,
}

impl Eq {
    /// An equaliser for a sample rate.
    pub fn new(sample_rate_hz: f64) -> Self {
        let glide = one_pole(GLIDE_S, CONTROL_INTERVAL as f64 / sample_rate_hz);
        let bands = || Bands::new(sample_rate_hz, f64::from(glide));
        let fade = Ramp::new(0.0, FADE_S, sample_rate_hz);
        Self {
            level: Level::new(),
            current: bands(),
            next: bands(),
            fade,
            fading: false,
            grid: 0,
            asked: EqControls::default(),
            settled: false,
        }
    }

    /// Clears the signal memory and takes on the settings without gliding.
    pub fn reset(&mut self, controls: &EqControls) {
        self.fading = false;
        self.fade.jump_to(0.0);
        self.grid = 0;
        self.current.jump_to(&heard(controls));
        self.current.clear();
        self.settled = false;
    }

    /// Filters a block in place.
    pub fn process(&mut self, block: &mut StereoBlock, controls: &EqControls) {
        if !self.settled || *controls != self.asked {
            self.follow(controls);
        }
        if !self.fading && self.current.is_identity() {
            self.grid = (self.grid + block.frames()) % CONTROL_INTERVAL;
            return;
        }
        let mut frames: [[f64; 2]; MAX_BLOCK] = [[0.0; 2]; MAX_BLOCK];
        let frames = &mut frames[..block.frames()];
        for (frame, (l, r)) in frames.iter_mut().zip(block.left.iter().zip(block.right.iter())) {
            *frame = [f64::from(*l), f64::from(*r)];
        }
        if self.settled {
            self.current.process(self.level, frames, CONTROL_INTERVAL);
            self.grid = (self.grid + frames.len()) % CONTROL_INTERVAL;
        } else {
            self.process_frames(frames);
        }
        for (frame, (l, r)) in frames.iter().zip(block.left.iter_mut().zip(block.right.iter_mut())) {
            (*l, *r) = (frame[0] as f32, frame[1] as f32);
        }
    }

    /// Sets out for what is asked, by a fade where the structure differs.
    fn follow(&mut self, controls: &EqControls) {
        self.asked = *controls;
        let heard = heard(controls);
        if !self.fading && !self.current.has_structure_of(&heard) {
            self.next.take_over(&self.current, &heard);
            self.fade.set_target(1.0);
            self.fading = true;
        }
        let target = if self.fading { &mut self.next } else { &mut self.current };
        let on_its_way = target.has_structure_of(&heard);
        if on_its_way {
            target.set_targets(&heard);
        }
        self.settled = on_its_way && !self.fading && !self.current.is_moving();
    }

    fn process_frames(&mut self, frames: &mut [[f64; 2]]) {
        let mut start = 0;
        while start < frames.len() {
            let to_grid = CONTROL_INTERVAL - self.grid;
            let moving = self.fading || self.current.is_moving();
            // Settled coefficients need no grid: the whole block at once.
            let end = if moving { (start + to_grid).min(frames.len()) } else { frames.len() };
            if self.grid == 0 {
                self.current.glide();
                self.next.glide();
            }
            self.process_part(&mut frames[start..end], to_grid);
            self.grid = (self.grid + end - start) % CONTROL_INTERVAL;
            start = end;
        }
    }

    fn process_part(&mut self, frames: &mut [[f64; 2]], to_grid: usize) {
        if !self.fading {
            self.current.process(self.level, frames, to_grid);
            return;
        }
        let mut old = [[0.0; 2]; CONTROL_INTERVAL];
        let old = &mut old[..frames.len()];
        old.copy_from_slice(frames);
        self.current.process(self.level, old, to_grid);
        self.next.process(self.level, frames, to_grid);
        for (new, old) in frames.iter_mut().zip(old) {
            let share = f64::from(self.fade.advance());
            for c in 0..2 {
                new[c] = share * new[c] + (1.0 - share) * old[c];
            }
        }
        if self.fade.is_settled() {
            std::mem::swap(&mut self.current, &mut self.next);
            self.fade.jump_to(0.0);
            self.fading = false;
        }
    }
}

/// The bands as they sound: a switched-off stage has none, a solo leaves one.
fn heard(controls: &EqControls) -> [EqBand; crate::control::EQ_BANDS] {
    let solo = controls.bands.iter().position(|b| b.solo && b.on);
    let mut bands = controls.bands;
    for (i, band) in bands.iter_mut().enumerate() {
        band.on &= controls.on && solo.is_none_or(|s| s == i);
        band.solo &= solo == Some(i);
        // Gain means nothing to these; keeping it out avoids needless glides.
        if matches!(band.kind, EqKind::LowCut | EqKind::HighCut | EqKind::Notch) {
            band.gain_db = 0.0;
        }
    }
    bands
}
