//! `auracore measure`: loudness and peaks of files, as a table or as JSON.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use rayon::prelude::*;
use serde::Serialize;

use super::progress::Progress;
use super::{complain, path_text, say, say_json};
use crate::audio_file::{Limits, SourceDepth, read};
use crate::measure::{Summary, measure_programme};

const EXAMPLES: &str = "\
Columns:
  LUFS-I   integrated loudness of the whole file (ITU-R BS.1770)
  S max    loudest three seconds; M max: loudest 400 ms
  LRA      loudness range in LU (EBU Tech 3342)
  dBTP     true peak, between the samples as well
  PLR      true peak above the integrated loudness, in dB
  corr     correlation of left and right: 1 mono, 0 unrelated, -1 cancels in mono

Examples:
  auracore measure song.wav
  auracore measure masters/*.flac --json > report.json";

/// Arguments of `auracore measure`.
#[derive(Debug, Parser)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// WAV, AIFF, FLAC, MP3 or OGG Vorbis files, mono or stereo.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON with every figure, third-octave levels included.
    #[arg(long)]
    json: bool,
}

/// One file's entry in the JSON output.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entry {
    Measured {
        #[serde(serialize_with = "path_text")]
        file: PathBuf,
        depth: String,
        #[serde(flatten)]
        summary: Box<Summary>,
        notes: Vec<String>,
    },
    Failed {
        #[serde(serialize_with = "path_text")]
        file: PathBuf,
        error: String,
    },
}

/// Measures the files and prints the results in the order of the arguments.
pub fn run(args: &Args) -> ExitCode {
    let progress = Progress::new(args.files.len());
    let entries: Vec<Entry> = args
        .files
        .par_iter()
        .map(|file| {
            let bar = progress.file(file);
            bar.set("measuring", 0.0);
            let entry =
                measure_file(file).unwrap_or_else(|error| Entry::Failed { file: file.clone(), error });
            if let Entry::Failed { error, .. } = &entry {
                progress.print(|| complain(error));
            }
            entry
        })
        .collect();
    drop(progress);
    if args.json {
        say_json(&entries);
    } else if entries.iter().any(|entry| matches!(entry, Entry::Measured { .. })) {
        say(&table(&entries));
    }
    let failed = entries.iter().any(|entry| matches!(entry, Entry::Failed { .. }));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn measure_file(path: &Path) -> Result<Entry, String> {
    let file = read(path, &Limits::default()).map_err(|error| error.to_string())?;
    let planes: Vec<&[f32]> = file.audio.channels.iter().map(Vec::as_slice).collect();
    let summary = measure_programme(&planes, f64::from(file.audio.rate_hz))
        .map_err(|error| format!("{}: cannot be measured: {error}", path.display()))?;
    let depth = match file.depth {
        SourceDepth::Lossy => "lossy".to_owned(),
        depth => depth.to_string(),
    };
    Ok(Entry::Measured { file: path.into(), depth, summary: Box::new(summary), notes: file.notes })
}

fn table(entries: &[Entry]) -> String {
    let width = entries
        .iter()
        .map(|entry| match entry {
            Entry::Measured { file, .. } | Entry::Failed { file, .. } => {
                file.display().to_string().chars().count()
            }
        })
        .max()
        .unwrap_or(0)
        .max(4);
    let mut lines = vec![format!(
        "{:<width$}{:>9}{:>8}{:>4}{:>9}{:>8}{:>8}{:>7}{:>8}{:>7}{:>7}",
        "file", "length", "Hz", "ch", "LUFS-I", "S max", "M max", "LRA", "dBTP", "PLR", "corr"
    )];
    for entry in entries {
        let Entry::Measured { file, summary, notes, .. } = entry else { continue };
        lines.push(format!("{:<width$}{}", file.display().to_string(), row(summary)));
        lines.extend(notes.iter().map(|note| format!("  note: {note}")));
    }
    lines.join("\n")
}

fn row(summary: &Summary) -> String {
    let optional =
        |value: Option<f64>, decimals| value.map_or("-".into(), |value| format!("{value:.decimals$}"));
    format!(
        "{:>9}{:>8}{:>4}{:>9.1}{:>8.1}{:>8.1}{:>7.1}{:>8.1}{:>7}{:>7}",
        clock(summary.duration_s),
        summary.sample_rate_hz,
        summary.channels,
        summary.integrated_lufs,
        summary.max_short_term_lufs,
        summary.max_momentary_lufs,
        summary.range_lu,
        summary.true_peak_dbtp,
        optional(summary.plr_lu, 1),
        optional(summary.correlation, 2),
    )
}

/// Minutes and seconds.
fn clock(seconds: f64) -> String {
    let tenths = (seconds * 10.0).round() as u64;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn lengths_carry_into_minutes() {
        assert_eq!([0.04, 59.96, 61.5, 3_600.0].map(clock), ["0:00.0", "1:00.0", "1:01.5", "60:00.0"]);
    }
}
