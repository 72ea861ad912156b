//! What every voice of a track is: stereo sound that depends on nothing but the position in its step.
//!
//! Voices are compiled off the audio thread and rendered on it, 64 frames at a time on a grid that starts with the
//! step. A voice with memory (a filter, a delay) that is asked for another position than the next one renders its own
//! past first, as far back as its memory reaches: a seek gives the samples that playing from the start gives.

use crate::track::file::fields::Fields;
use crate::track::file::files::Files;
use crate::track::sound::curve::Curve;
use crate::track::sound::span::{Behaviour, QUANTUM, Quantum, Span};

mod binaural_beat;
mod dual_pulse_binaural;
mod envelope;
mod flanger;
mod formula;
mod fractional;
#[cfg(test)]
mod golden;
mod hybrid_qam;
mod isochronic_tone;
pub mod layer;
mod lfo;
mod monaural_beat;
mod noise_generator;
mod noise_swept_notch;
mod pan;
mod pulse;
mod qam_beat;
mod rhythmic_waveshaping;
mod sam_monaural;
mod spatial;
mod spatial_angle;
mod spatial_angle_sam2;
mod stereo_am;
mod subliminal;
mod sweep;
mod tone;
mod wave_shape_stereo_am;
mod waveshaping;
mod zero_phase;

pub use envelope::Envelope;

/// A track voice.
pub trait Voice: Send + Sync {
    /// Writes the frames `first`…`first + 63` of the step to `out`, replacing what was there. `first` is a multiple of
    /// [`QUANTUM`] and less than the voice's length; frames past the end are finite and of no meaning. Never allocates,
    /// locks or panics; the result depends on `first` alone (within 1e-6 where the voice has memory).
    fn render(&mut self, first: u64, out: &mut Quantum);

    /// Another player of the same sound, for another thread. Shares what is large.
    fn fork(&self) -> Box<dyn Voice>;

    /// Frames of its past that the voice renders when it is asked for another position than the next.
    fn run_in_frames(&self) -> u64 {
        0
    }
}

/// Carrier phases of both ears at a frame of the step, unwrapped, in radians.
pub type Phases = Box<dyn Fn(u64) -> [f64; 2]>;

/// A compiled voice and what the next step may take over from it.
pub struct Built {
    /// The voice.
    pub voice: Box<dyn Voice>,
    /// Its carrier phases, where the voice has carriers that a matching voice can continue.
    pub phases: Option<Phases>,
}

impl Built {
    /// A voice that hands no phases on.
    pub fn new(voice: impl Voice + 'static) -> Self {
        Self { voice: Box::new(voice), phases: None }
    }
}

/// Everything a voice is compiled from.
pub struct VoiceContext<'a> {
    /// Parameters of the voice.
    pub fields: &'a Fields<'a>,
    /// The step.
    pub span: Span,
    /// Whether the `_transition` form is wanted: parameters move from their start to their end values.
    pub is_transition: bool,
    /// Intent or parity.
    pub behaviour: Behaviour,
    /// Carrier phases in radians carried over from the matching voice of the step before.
    pub carried_phases_rad: Option<[f64; 2]>,
    /// Where files named by the voice come from.
    pub files: &'a dyn Files,
}

impl VoiceContext<'_> {
    /// The course of a transition as this voice's keys describe it.
    pub fn curve(&self) -> Curve {
        Curve::read(self.fields, self.span, self.behaviour)
    }

    /// Start and end of a parameter, the same twice in a static voice.
    pub fn pair(&self, key: &str, default: f64) -> [f64; 2] {
        self.fields.pair(key, default, self.is_transition)
    }
}
