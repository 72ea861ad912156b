//! The last stage of a stream, between the mix and the file: a gain with dither, the original's quantisation, or the
//! mastering chain.

use super::Planes;
use crate::audio_file::SampleBits;
use crate::control::mix::Strip;
use crate::control::{DitherBits, DitherControls, MasterControls};
use crate::dsp::StereoBlock;
use crate::engine::chain::dither::Dither;
use crate::engine::mixer::{Events, Mixer};
use crate::engine::{Company, Engine, EngineIo};
use crate::render::reduction::ReductionMeter;
use crate::render::{BLOCK_FRAMES, Reduction};
use crate::source::Spec;
use rtrb::{Producer, RingBuffer};
use stretches::Stretches;

mod stretches;

/// Full scale of the original's 16-bit export.
const ORIGINAL_SCALE: f32 = 32_767.0;
/// Steps of 16 bit below full scale.
const STEPS_16: f32 = 32_768.0;

/// What happens to the mix.
pub(super) enum Finish {
    /// A gain, and rounding with dither.
    Gain { gain: f32, dither: Dither, rounding: DitherControls },
    /// A gain, and rounding towards zero to 16 bit.
    Truncated { gain: f32 },
    /// The mastering chain.
    Chain(Box<Chain>),
}

/// The mastering chain for a stream, with its latency taken off the start. The stream is a source in the mix, as a track
/// is in the plugin.
pub(super) struct Chain {
    engine: Engine,
    mixer: Mixer,
    /// To the source.
    frames: Producer<[f32; 2]>,
    controls: MasterControls,
    /// Frames that have yet to be left out.
    latency: usize,
    skipped: usize,
    compressor: ReductionMeter,
    limiter: ReductionMeter,
}

/// Dither for a word length; none for floating point.
pub(super) fn dither(bits: SampleBits, shaping: bool) -> DitherControls {
    let word = if bits == SampleBits::Int16 { DitherBits::Bits16 } else { DitherBits::Bits24 };
    DitherControls { on: bits != SampleBits::Float32, bits: word, shaping }
}

impl Finish {
    pub(super) fn gain(gain: f32, bits: SampleBits) -> Self {
        Self::Gain { gain, dither: Dither::default(), rounding: dither(bits, false) }
    }

    pub(super) fn chain(rate_hz: u32, controls: MasterControls) -> Self {
        let engine = Engine::new(rate_hz.into(), controls.mode);
        let reductions = || ReductionMeter::new(rate_hz);
        let (latency, compressor, limiter) = (engine.latency_samples(), reductions(), reductions());
        let (frames, source) = RingBuffer::new(BLOCK_FRAMES);
        let mut mixer = Mixer::default();
        mixer.insert(Stretches::new(source), || (), Strip::default);
        mixer.prepare(&Spec { rate_hz: rate_hz.into(), is_offline: true });
        Self::Chain(Box::new(Chain {
            engine,
            mixer,
            frames,
            controls,
            latency,
            skipped: 0,
            compressor,
            limiter,
        }))
    }

    /// Works on the next frames in place. What comes back may be shorter by the latency of the chain.
    pub(super) fn process(&mut self, planes: &mut Planes) {
        match self {
            Self::Gain { gain, dither, rounding } => {
                planes.iter_mut().flatten().for_each(|sample| *sample *= *gain);
                let [left, right] = planes;
                dither.process(&mut StereoBlock { left, right }, rounding);
            }
            Self::Truncated { gain } => {
                planes.iter_mut().flatten().for_each(|sample| *sample = truncated(*sample * *gain));
            }
            Self::Chain(chain) => chain.process(planes),
        }
    }

    /// What is left when the mix has ended.
    pub(super) fn tail(&mut self) -> Planes {
        let mut planes = Planes::default();
        if let Self::Chain(chain) = self {
            planes = [vec![0.0; chain.latency], vec![0.0; chain.latency]];
            chain.process(&mut planes);
        }
        planes
    }

    /// Gain reduction of compressor and limiter.
    pub(super) fn reductions(&self) -> [Reduction; 2] {
        match self {
            Self::Chain(chain) => [chain.compressor.finish(), chain.limiter.finish()],
            _ => Default::default(),
        }
    }
}

impl Chain {
    fn process(&mut self, planes: &mut Planes) {
        let [left, right] = planes;
        for (left, right) in left.chunks_mut(BLOCK_FRAMES).zip(right.chunks_mut(BLOCK_FRAMES)) {
            for (left, right) in left.iter_mut().zip(&mut *right) {
                // There is room: the source has taken everything of the block before.
                _ = self.frames.push([std::mem::take(left), std::mem::take(right)]);
            }
            let io = EngineIo { left, right: Some(right), sidechain: None };
            let sources = Some((&mut self.mixer, Events::default()));
            self.engine.process_with(io, &self.controls, Company { sources, observer: &mut () });
            let telemetry = self.engine.telemetry();
            self.compressor.push(telemetry.compressor_reduction_db);
            self.limiter.push(telemetry.limiter_reduction_db);
        }
        let skip = (self.latency - self.skipped).min(planes[0].len());
        self.skipped += skip;
        planes.iter_mut().for_each(|plane| _ = plane.drain(..skip));
    }
}

/// A sample as the original's 16-bit export keeps it.
fn truncated(sample: f32) -> f32 {
    (sample * ORIGINAL_SCALE).clamp(-STEPS_16, ORIGINAL_SCALE).trunc() / STEPS_16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_original_cuts_towards_zero() {
        let steps = |sample: f32| truncated(sample) * STEPS_16;
        assert_eq!([1.0, -1.0, 2.0, -2.0].map(steps), [32_767.0, -32_767.0, 32_767.0, -32_768.0]);
        assert_eq!([0.999 / 32_767.0, -0.999 / 32_767.0, 1.001 / 32_767.0].map(steps), [0.0, 0.0, 1.0]);
    }

    #[test]
    fn a_chain_that_does_nothing_gives_back_what_came_in_time() {
        let mut controls = MasterControls::default();
        controls.limiter.on = false;
        controls.compressor.on = false;
        controls.eq.on = false;
        controls.width.on = false;
        controls.clipper.on = false;
        let mut finish = Finish::chain(48_000, controls);
        let input: Vec<f32> = (0..5_000).map(|n| (n as f32 * 0.05).sin() * 0.1).collect();
        let mut out = Vec::new();
        for piece in input.chunks(700) {
            let mut planes = [piece.to_vec(), piece.to_vec()];
            finish.process(&mut planes);
            out.extend_from_slice(&planes[0]);
        }
        out.extend_from_slice(&finish.tail()[0]);
        assert_eq!(out.len(), input.len());
        let worst = out.iter().zip(&input).fold(0.0f32, |worst, (out, input)| worst.max((out - input).abs()));
        assert!(worst < 1e-4, "{worst}");
    }
}
