//! Masters one file: read, convert the rate, master, write.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;

use super::adaptive::{Heard, Listening};
use crate::adaptive::survey::SurveyError;
use crate::audio_file::{
    self, AudioData, AudioFileError, Existing, FileFormat, Limits, SampleBits, WriteSpec, read, resample,
};
use crate::cli::path_text;
use crate::control::adaptive::Adaptation;
use crate::control::{DitherBits, MasterControls};
use crate::measure::Summary;
use crate::render::{self, Goal, Levelled, Outcome, Reduction, RenderError};
use crate::state::preset::Preset;

/// What to do with each file.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The chain.
    pub preset: Preset,
    /// Integrated loudness to reach, if any.
    pub target_lufs: Option<f64>,
    /// Highest true peak of the written file.
    pub ceiling_dbtp: f64,
    /// Most limiting, as the mean over the hardest three seconds.
    pub max_reduction_db: f64,
    /// Word length of the result.
    pub bits: SampleBits,
    /// Sample rate of the result; none keeps the input's.
    pub rate_hz: Option<u32>,
    /// How the file is listened to first, if it is.
    pub listening: Option<Listening>,
    /// What may happen to an existing output.
    pub existing: Existing,
}

/// The figures of one side of a report. Levels without anything to measure are −∞, `null` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Levels {
    /// Integrated loudness, LUFS.
    pub integrated_lufs: f64,
    /// Loudness range, LU.
    pub range_lu: f64,
    /// True peak, dBTP.
    pub true_peak_dbtp: f64,
    /// True peak above integrated loudness.
    pub plr_lu: Option<f64>,
}

impl From<&Summary> for Levels {
    fn from(summary: &Summary) -> Self {
        Self {
            integrated_lufs: summary.integrated_lufs,
            range_lu: summary.range_lu,
            true_peak_dbtp: summary.true_peak_dbtp,
            plr_lu: summary.plr_lu,
        }
    }
}

/// What was done to a file.
#[derive(Debug, Clone, Serialize)]
pub struct FileReport {
    /// File read.
    #[serde(serialize_with = "path_text")]
    pub input: PathBuf,
    /// File written.
    #[serde(serialize_with = "path_text")]
    pub output: PathBuf,
    /// Name of the preset.
    pub preset: String,
    /// Loudness aimed for, LUFS.
    pub target_lufs: Option<f64>,
    /// Ceiling, dBTP.
    pub ceiling_dbtp: f64,
    /// How near the target it came.
    pub outcome: Outcome,
    /// The input, after a conversion of its rate.
    pub before: Levels,
    /// The written file.
    pub after: Levels,
    /// Gain reduction of the compressor; none when it was off.
    pub compressor: Option<Reduction>,
    /// Gain reduction of the limiter.
    pub limiter: Reduction,
    /// Gain before the chain.
    pub input_gain_db: f32,
    /// Gain into the limiter.
    pub drive_db: f32,
    /// Sample rate written.
    pub rate_hz: u32,
    /// Container written, as a file name extension.
    pub format: &'static str,
    /// Word length written.
    pub bits: String,
    /// What was heard and proposed, with `--adaptive`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adaptive: Option<Heard>,
    /// Renderings it took.
    pub passes: usize,
    /// Things worth telling, a sentence each.
    pub notes: Vec<String>,
}

/// Why a file could not be mastered. Every message begins with the file's name.
#[derive(Debug, thiserror::Error)]
pub enum MasterError {
    /// Reading or writing failed.
    #[error(transparent)]
    File(#[from] AudioFileError),
    /// There is no advice for it.
    #[error("{}: {source}", path.display())]
    Survey {
        /// The input.
        path: PathBuf,
        /// The reason.
        source: SurveyError,
    },
    /// The audio cannot be mastered.
    #[error("{}: {source}", path.display())]
    Render {
        /// The input.
        path: PathBuf,
        /// The reason.
        source: RenderError,
    },
}

/// Masters one file. Nothing is written unless everything went well. `progress` hears what is being done and how much of
/// it, 0 to 1.
///
/// # Errors
/// [`MasterError`], naming the input or the output.
pub fn master_file(
    input: &Path,
    output: &Path,
    format: FileFormat,
    settings: &Settings,
    progress: &dyn Fn(&str, f64),
) -> Result<FileReport, MasterError> {
    if settings.existing == Existing::Refuse && output.symlink_metadata().is_ok() {
        return Err(AudioFileError::Exists { path: output.into() }.into());
    }
    progress("reading", 0.0);
    let file = read(input, &Limits::default())?;
    let mut notes = file.notes;
    let audio = at_rate(file.audio, settings.rate_hz, &mut notes, progress);
    let (adaptation, heard) = match &settings.listening {
        Some(listening) => {
            progress("listening", 0.0);
            let heard = listening.hear(&audio);
            let (adaptation, heard) =
                heard.map_err(|source| MasterError::Survey { path: input.into(), source })?;
            (adaptation, Some(heard))
        }
        None => (Adaptation::NONE, None),
    };
    progress("measuring", 0.0);
    let goal = Goal {
        target_lufs: settings.target_lufs,
        ceiling_dbtp: settings.ceiling_dbtp,
        max_reduction_db: settings.max_reduction_db,
    };
    let controls = for_word_length(&settings.preset.controls, settings.bits);
    let passes = |pass, share| progress(&format!("pass {pass}"), share);
    let levelled = render::master(&audio, &controls, &adaptation, &goal, &passes)
        .map_err(|source| MasterError::Render { path: input.into(), source })?;
    progress("writing", 0.0);
    let spec = WriteSpec { format, bits: settings.bits, existing: settings.existing };
    let written = audio_file::write(output, &levelled.rendered.audio, spec, &file.tags)?;
    notes.extend(outcome_note(&levelled, &goal));
    if written.clipped_samples > 0 {
        notes.push(format!("{} samples clipped at full scale", written.clipped_samples));
    }
    if !written.lost_tags.is_empty() {
        notes.push(format!("tags that {} cannot hold: {}", format.extension(), written.lost_tags.join(", ")));
    }
    Ok(report(input, output, format, settings, &levelled, heard, notes))
}

fn at_rate(
    audio: AudioData,
    rate_hz: Option<u32>,
    notes: &mut Vec<String>,
    progress: &dyn Fn(&str, f64),
) -> AudioData {
    let Some(rate_hz) = rate_hz.filter(|rate_hz| *rate_hz != audio.rate_hz) else { return audio };
    progress("converting", 0.0);
    notes.push(format!("converted from {} to {rate_hz} Hz", audio.rate_hz));
    let convert = |channel: &Vec<f32>| resample(channel, audio.rate_hz, rate_hz);
    AudioData { channels: audio.channels.par_iter().map(convert).collect(), rate_hz }
}

/// The chain's own dither does the rounding, so that what is measured is what is written.
fn for_word_length(controls: &MasterControls, bits: SampleBits) -> MasterControls {
    let mut controls = *controls;
    controls.dither.on = bits != SampleBits::Float32;
    controls.dither.bits = if bits == SampleBits::Int16 { DitherBits::Bits16 } else { DitherBits::Bits24 };
    controls
}

fn outcome_note(levelled: &Levelled, goal: &Goal) -> Option<String> {
    let found = levelled.after.integrated_lufs;
    let target = goal.target_lufs.unwrap_or(found);
    match levelled.outcome {
        Outcome::NoTarget | Outcome::Reached => None,
        Outcome::LimitedByReduction => Some(format!(
            "stopped at {found:.1} LUFS, {:.1} LU short of {target:.1}: more takes over {:.1} dB of limiting (--max-reduction)",
            target - found,
            goal.max_reduction_db
        )),
        Outcome::OutOfReach => Some(format!(
            "ended at {found:.1} LUFS, {:.1} LU from {target:.1}: the gains of the chain do not reach further",
            (target - found).abs()
        )),
        Outcome::Unmeasurable => {
            Some("silent or under 0.4 s: it has no loudness, so that no target was aimed for".into())
        }
    }
}

fn report(
    input: &Path,
    output: &Path,
    format: FileFormat,
    settings: &Settings,
    levelled: &Levelled,
    adaptive: Option<Heard>,
    notes: Vec<String>,
) -> FileReport {
    let Levelled { rendered, controls, .. } = levelled;
    FileReport {
        input: input.into(),
        output: output.into(),
        preset: settings.preset.name.clone(),
        target_lufs: settings.target_lufs,
        ceiling_dbtp: settings.ceiling_dbtp,
        outcome: levelled.outcome,
        before: (&levelled.before).into(),
        after: (&levelled.after).into(),
        compressor: controls.compressor.on.then_some(rendered.compressor),
        limiter: rendered.limiter,
        input_gain_db: controls.global.input_gain_db,
        drive_db: controls.limiter.drive_db,
        rate_hz: rendered.audio.rate_hz,
        format: format.extension(),
        bits: settings.bits.to_string(),
        adaptive,
        passes: levelled.passes,
        notes,
    }
}
