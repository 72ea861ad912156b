//! Whole recordings through the engine, aligned with the input and of the same length, and tracks to files. Background
//! threads only.

use crate::audio_file::AudioData;
use crate::control::MasterControls;
use crate::engine::{Engine, EngineIo};

pub mod session;
mod target;

pub use target::{Goal, Levelled, OPERATING_LUFS, Outcome, RenderError, master};

/// Frames given to the engine at once; reductions are reported once per block.
const BLOCK_FRAMES: usize = 512;
/// Length over which the hardest working passage is averaged.
const PASSAGE_S: f64 = 3.0;

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

/// Gain reduction over a recording, positive dB. Each block of about ten milliseconds counts with its largest value.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Reduction {
    /// The largest.
    pub max_db: f64,
    /// Mean over the recording.
    pub average_db: f64,
    /// Highest mean of any three seconds (of the whole recording if that is shorter).
    pub hardest_3s_db: f64,
}

impl Reduction {
    fn of(blocks_db: &[f32], rate_hz: u32) -> Self {
        let passage = (PASSAGE_S * f64::from(rate_hz) / BLOCK_FRAMES as f64).round() as usize;
        let passage = passage.clamp(1, blocks_db.len().max(1));
        let mut sums = vec![0.0];
        sums.extend(blocks_db.iter().scan(0.0, |sum, block_db| {
            *sum += f64::from(*block_db);
            Some(*sum)
        }));
        let hardest = sums.iter().zip(&sums[passage.min(sums.len() - 1)..]).map(|(start, end)| end - start);
        Self {
            max_db: blocks_db.iter().copied().fold(0.0, f32::max).into(),
            average_db: sums[blocks_db.len()] / blocks_db.len().max(1) as f64,
            hardest_3s_db: hardest.fold(0.0, f64::max) / passage as f64,
        }
    }
}

/// Renders a mono or stereo recording with settings that stay the same throughout.
///
/// The latency of the engine is taken off the start and silence is fed behind the end until its last sample has come out.
/// `progress` hears the finished share, 0 to 1, now and then.
pub fn render(audio: &AudioData, controls: &MasterControls, progress: &dyn Fn(f64)) -> Rendered {
    let mut engine = Engine::new(f64::from(audio.rate_hz), controls.mode);
    let (frames, latency) = (audio.frames(), engine.latency_samples());
    let mut output: Vec<Vec<f32>> = audio.channels.iter().map(|_| Vec::with_capacity(frames)).collect();
    let mut block = vec![[0.0_f32; BLOCK_FRAMES]; audio.channels.len()];
    let (mut compressor_db, mut limiter_db) = (Vec::new(), Vec::new());
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
        compressor_db.push(telemetry.compressor_reduction_db);
        limiter_db.push(telemetry.limiter_reduction_db);
        if start % (64 * BLOCK_FRAMES) == 0 {
            progress(start as f64 / (frames + latency) as f64);
        }
    }
    Rendered {
        audio: AudioData { channels: output, rate_hz: audio.rate_hz },
        compressor: Reduction::of(&compressor_db, audio.rate_hz),
        limiter: Reduction::of(&limiter_db, audio.rate_hz),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reductions_of_a_short_burst() {
        // Ten seconds of blocks at 51 200 Hz are a thousand, three seconds are three hundred.
        let mut blocks_db = vec![0.0; 1_000];
        blocks_db[400..700].fill(2.0);
        blocks_db[500] = 5.0;
        let reduction = Reduction::of(&blocks_db, 51_200);
        assert_eq!(reduction.max_db, 5.0);
        assert!((reduction.average_db - 0.603).abs() < 1e-9);
        assert!((reduction.hardest_3s_db - 2.01).abs() < 1e-9);
    }

    #[test]
    fn reductions_of_less_than_a_passage_are_its_mean() {
        let reduction = Reduction::of(&[1.0, 3.0], 48_000);
        assert_eq!(reduction, Reduction { max_db: 3.0, average_db: 2.0, hardest_3s_db: 2.0 });
        assert_eq!(Reduction::of(&[], 48_000), Reduction::default());
    }

    #[test]
    fn a_render_has_the_length_of_its_input() {
        let controls = MasterControls::default();
        for frames in [0, 1, 511, 512, 513, 3_000] {
            for channels in [1, 2] {
                let audio = AudioData { channels: vec![vec![0.25; frames]; channels], rate_hz: 48_000 };
                let rendered = render(&audio, &controls, &|_| {});
                assert_eq!((rendered.audio.channels.len(), rendered.audio.frames()), (channels, frames));
            }
        }
    }
}
