//! Mastering a recording in memory to a loudness.

use super::search::{Found, Renderer, Sound, search};
use super::{ENGINE_RATES_HZ, Goal, Outcome, Rendered, render};
use crate::audio_file::AudioData;
use crate::control::MasterControls;
use crate::control::adaptive::Adaptation;
use crate::measure::{MeasureError, Summary, integrated_lufs, measure_programme};

/// A finished master.
#[derive(Debug, Clone, PartialEq)]
pub struct Levelled {
    /// The recording and the reductions.
    pub rendered: Rendered,
    /// The settings it was made with.
    pub controls: MasterControls,
    /// Measurement of the input.
    pub before: Summary,
    /// Measurement of the result.
    pub after: Summary,
    /// How near the goal it came.
    pub outcome: Outcome,
    /// How often it was rendered.
    pub passes: usize,
}

/// Why a recording cannot be mastered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RenderError {
    /// The engine does not run at this rate.
    #[error("has {found_hz} Hz, expected {} to {} Hz; choose one with --rate", ENGINE_RATES_HZ.start(), ENGINE_RATES_HZ.end())]
    Rate {
        /// The recording's sample rate.
        found_hz: u32,
    },
    /// The recording cannot be measured.
    #[error("cannot be measured: {0}")]
    Measure(#[from] MeasureError),
    /// The limiter let a peak through, whatever its setting.
    #[error(
        "came out at {found_dbtp:.2} dBTP, above the ceiling of {ceiling_dbtp:.2} dBTP; nothing was written"
    )]
    Ceiling {
        /// True peak of the result.
        found_dbtp: f64,
        /// What was asked for.
        ceiling_dbtp: f64,
    },
}

/// Masters a recording.
///
/// The limiter is always on, nothing is bypassed or soloed, and the full-latency mode is used, whatever `controls` say.
/// With a target the input gain brings the recording to [`super::OPERATING_LUFS`] (or to the target, if that is lower),
/// the limiter's drive does the rest; the adaptive layer comes before both. Without one the controls stand as they are. `progress` hears the number of the
/// rendering, from 1, and its finished share.
///
/// # Errors
/// [`RenderError::Rate`] and [`RenderError::Measure`]; [`RenderError::Ceiling`] should the limiter fail.
pub fn master(
    audio: &AudioData,
    controls: &MasterControls,
    adaptation: &Adaptation,
    goal: &Goal,
    progress: &dyn Fn(usize, f64),
) -> Result<Levelled, RenderError> {
    if !ENGINE_RATES_HZ.contains(&audio.rate_hz) {
        return Err(RenderError::Rate { found_hz: audio.rate_hz });
    }
    let before = summary(audio)?;
    let has_target = goal.target_lufs.is_some();
    let mut recording = Recording { audio, adaptation, has_target, progress, last: None };
    let Found { controls, outcome, passes } =
        search(controls, *goal, before.integrated_lufs, &mut recording)?;
    // The search has asked for the peak of exactly this rendering.
    let Some(Last { rendered, summary: Some(after), .. }) = recording.last else {
        unreachable!("the search ends with a rendering whose peak it knows")
    };
    Ok(Levelled { rendered, controls, before, after, outcome, passes })
}

/// A recording and the last thing that the chain made of it; memory holds one.
struct Recording<'a> {
    audio: &'a AudioData,
    adaptation: &'a Adaptation,
    /// Without a target nobody needs the loudness before the end.
    has_target: bool,
    progress: &'a dyn Fn(usize, f64),
    last: Option<Last>,
}

struct Last {
    controls: MasterControls,
    rendered: Rendered,
    /// Measured when its peak is asked for.
    summary: Option<Summary>,
}

impl Renderer for Recording<'_> {
    fn render(&mut self, pass: usize, controls: &MasterControls) -> Result<Sound, RenderError> {
        self.last = None; // its memory is needed
        let rendered = render(self.audio, controls, self.adaptation, &|share| (self.progress)(pass, share));
        let integrated_lufs =
            if self.has_target { loudness_lufs(&rendered.audio)? } else { f64::NEG_INFINITY };
        let sound = Sound { integrated_lufs, hardest_3s_db: rendered.limiter.hardest_3s_db };
        self.last = Some(Last { controls: *controls, rendered, summary: None });
        Ok(sound)
    }

    fn recall(&mut self, controls: &MasterControls) -> Result<Option<(f64, Sound)>, RenderError> {
        let Some(last) = self.last.as_mut().filter(|last| last.controls == *controls) else {
            return Ok(None);
        };
        let after = summary(&last.rendered.audio)?;
        let hardest_3s_db = last.rendered.limiter.hardest_3s_db;
        let sound = Sound { integrated_lufs: after.integrated_lufs, hardest_3s_db };
        let peak_dbtp = after.true_peak_dbtp;
        last.summary = Some(after);
        Ok(Some((peak_dbtp, sound)))
    }
}

fn summary(audio: &AudioData) -> Result<Summary, MeasureError> {
    let planes: Vec<&[f32]> = audio.channels.iter().map(Vec::as_slice).collect();
    measure_programme(&planes, f64::from(audio.rate_hz))
}

/// Integrated loudness alone, for the search.
fn loudness_lufs(audio: &AudioData) -> Result<f64, MeasureError> {
    let planes: Vec<&[f32]> = audio.channels.iter().map(Vec::as_slice).collect();
    integrated_lufs(&planes, f64::from(audio.rate_hz))
}
