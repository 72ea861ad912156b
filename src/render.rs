//! Whole recordings through the engine, aligned with the input and of the same length, and tracks to files. Background
//! threads only.
//!
//! # Example
//!
//! A quiet tone is brought to a loudness; the result is as long as the input:
//!
//! ```
//! use auracore::audio_file::AudioData;
//! use auracore::control::MasterControls;
//! use auracore::control::adaptive::Adaptation;
//! use auracore::render::{Goal, Outcome, master};
//!
//! let tone: Vec<f32> = (0..5 * 44_100).map(|frame| 0.05 * (frame as f32 * 0.1).sin()).collect();
//! let quiet = AudioData { channels: vec![tone.clone(), tone], rate_hz: 44_100 };
//! let goal = Goal { target_lufs: Some(-18.0), ceiling_dbtp: -1.0, max_reduction_db: 6.0 };
//! let controls = MasterControls::default();
//! let master = master(&quiet, &controls, &Adaptation::NONE, &goal, &|_pass, _share| {}).unwrap();
//!
//! assert_eq!(master.outcome, Outcome::Reached);
//! assert!((master.after.integrated_lufs + 18.0).abs() <= 0.1);
//! assert!(master.after.true_peak_dbtp <= -1.0);
//! assert_eq!(master.rendered.audio.frames(), quiet.frames());
//! ```

use crate::audio_file::AudioData;
use crate::control::MasterControls;
use crate::control::adaptive::Adaptation;
use crate::engine::{Engine, EngineIo};

mod goal;
mod reduction;
mod search;
pub mod session;
mod target;

pub use goal::{Goal, OPERATING_LUFS, Outcome};
pub use reduction::Reduction;
pub use target::{Levelled, RenderError, master};

use reduction::ReductionMeter;

/// Frames given to the engine at once; reductions are reported once per block.
const BLOCK_FRAMES: usize = 512;

/// Sample rates that the engine is made for, in Hz.
pub const ENGINE_RATES_HZ: std::ops::RangeInclusive<u32> = 44_100..=192_000;

/// What came out of the engine.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// The processed recording.
    pub audio: AudioData,
    /// Gain reduction of the compressor.
    pub compressor: Reduction,
    /// Gain reduction of the limiter.
    pub limiter: Reduction,
}

/// Renders a mono or stereo recording with settings and adaptive moves that stay the same throughout.
///
/// The latency of the engine is taken off the start and silence is fed behind the end until its last sample has come out.
/// `progress` hears the finished share, 0 to 1, now and then.
pub fn render(
    audio: &AudioData,
    controls: &MasterControls,
    adaptation: &Adaptation,
    progress: &dyn Fn(f64),
) -> Rendered {
    let mut engine = Engine::new(f64::from(audio.rate_hz), controls.mode);
    engine.adapt(adaptation);
    let (frames, latency) = (audio.frames(), engine.latency_samples());
    let mut output: Vec<Vec<f32>> = audio.channels.iter().map(|_| Vec::with_capacity(frames)).collect();
    let mut block = vec![[0.0_f32; BLOCK_FRAMES]; audio.channels.len()];
    let [mut compressor, mut limiter] = [(); 2].map(|()| ReductionMeter::new(audio.rate_hz));
    for start in (0..frames + latency).step_by(BLOCK_FRAMES) {
        let len = BLOCK_FRAMES.min(frames + latency - start);
        for (block, channel) in block.iter_mut().zip(&audio.channels) {
            let input = &channel[start.min(frames)..(start + len).min(frames)];
            block[..input.len()].copy_from_slice(input);
            block[input.len()..].fill(0.0);
        }
        let mut planes = block.iter_mut().map(|block| &mut block[..len]);
        let Some(left) = planes.next() else { break };
        engine.process(EngineIo { left, right: planes.next(), sidechain: None }, controls);
        let skipped = latency.saturating_sub(start).min(len);
        for (output, block) in output.iter_mut().zip(&block) {
            output.extend_from_slice(&block[skipped..len]);
        }
        let telemetry = engine.telemetry();
        compressor.push(telemetry.compressor_reduction_db);
        limiter.push(telemetry.limiter_reduction_db);
        if start % (64 * BLOCK_FRAMES) == 0 {
            progress(start as f64 / (frames + latency) as f64);
        }
    }
    Rendered {
        audio: AudioData { channels: output, rate_hz: audio.rate_hz },
        compressor: compressor.finish(),
        limiter: limiter.finish(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_render_has_the_length_of_its_input() {
        let controls = MasterControls::default();
        for frames in [0, 1, 511, 512, 513, 3_000] {
            for channels in [1, 2] {
                let audio = AudioData { channels: vec![vec![0.25; frames]; channels], rate_hz: 48_000 };
                let rendered = render(&audio, &controls, &Adaptation::NONE, &|_| {});
                assert_eq!((rendered.audio.channels.len(), rendered.audio.frames()), (channels, frames));
            }
        }
    }
}
