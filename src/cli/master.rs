//! `auracore master`: files to a loudness under a true-peak ceiling.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use rayon::prelude::*;
use serde::Serialize;

use super::number::within;
use super::progress::Progress;
use super::{INTERRUPTED, USAGE, complain, path_text, say, say_json};
use crate::audio_file::{Existing, FileFormat, SampleBits};
use crate::state::preset::{Preset, by_name};

mod adaptive;
mod file;
mod plan;
mod text;

pub use file::{FileReport, Levels, MasterError, Settings, master_file};

/// Preset of those who name none.
const DEFAULT_PRESET: &str = "streaming";

const EXAMPLES: &str = "\
How it works: with a target (its own or the preset's) the file is first brought to -18 LUFS, so that the preset's \
compressor meets quiet and loud files alike, then driven into the limiter until the result has the target within 0.1 LU. \
Where that would take more limiting than --max-reduction allows, it stops there and says so.

With --adaptive the file is heard first: its spectrum, dynamics and width are compared with what is common for music (or \
with a character, or with reference files) and moved towards it, each move within bounds and only where it is worth one.

The result has the length of the input, sample for sample in time with it, and is checked before it is written: no true \
peak is above the ceiling. 16 and 24 bit are dithered. Title, artist, pictures and other common tags are carried over.

Examples:
  auracore master song.wav -o mastered.wav
  auracore master song.wav -o mastered.flac --target -11 --ceiling -1.5
  auracore master side-a/*.aiff -o masters/ --preset acoustic --format flac
  auracore master mix.wav -o cd.wav --rate 44100 --bits 16
  auracore master song.wav -o out.wav --adaptive --character warm --explain
  auracore master song.wav -o out.wav --adaptive --amount 60 --reference liked-1.flac liked-2.flac
  auracore presets                              lists the presets";

/// Arguments of `auracore master`.
#[derive(Debug, Parser)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// WAV, AIFF, FLAC, MP3 or OGG Vorbis files, mono or stereo.
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// Output file (.wav or .flac), or a folder, which is made if needed. Several inputs need a folder.
    #[arg(short, long, value_name = "OUT|DIR")]
    output: PathBuf,
    /// A preset's name as `auracore presets` lists it, or a preset file.
    #[arg(long, value_name = "NAME|FILE", default_value = DEFAULT_PRESET)]
    preset: String,
    /// Integrated loudness to reach, -60 to -3 LUFS [default: the references' if there are any, else the preset's].
    #[arg(long, value_name = "LUFS", allow_negative_numbers = true, value_parser = |text: &str| within(text, -60.0..=-3.0, "LUFS"))]
    target: Option<f64>,
    /// Highest true peak, -20 to 0 dBTP [default: the preset's].
    #[arg(long, value_name = "dBTP", allow_negative_numbers = true, value_parser = |text: &str| within(text, -20.0..=0.0, "dBTP"))]
    ceiling: Option<f64>,
    /// Most the limiter may turn down, in dB: the mean over the three seconds in which it works hardest.
    #[arg(long, value_name = "dB", default_value = "6", value_parser = |text: &str| within(text, 0.0..=24.0, "dB"))]
    max_reduction: f64,
    /// Container [default: by the output's extension, else wav].
    #[arg(long, value_enum)]
    format: Option<FormatArg>,
    /// Word length; 16 and 24 are dithered, 32f is floating point (WAV only).
    #[arg(long, value_enum, default_value = "24")]
    bits: BitsArg,
    /// Sample rate of the result [default: the input's]. Conversion comes before mastering, so that the ceiling holds.
    #[arg(long, value_name = "HZ", value_parser = rate)]
    rate: Option<u32>,
    #[command(flatten)]
    adaptive: adaptive::AdaptiveArgs,
    /// Replace existing output files. Inputs are never replaced.
    #[arg(long)]
    overwrite: bool,
    /// Print the reports as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatArg {
    Wav,
    Flac,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum BitsArg {
    #[value(name = "16")]
    Int16,
    #[value(name = "24")]
    Int24,
    #[value(name = "32f")]
    Float32,
}

fn rate(text: &str) -> Result<u32, String> {
    const RATES_HZ: [u32; 6] = [44_100, 48_000, 88_200, 96_000, 176_400, 192_000];
    let found = text.parse().ok().filter(|rate_hz| RATES_HZ.contains(rate_hz));
    found.ok_or_else(|| format!("expected one of {}", RATES_HZ.map(|rate_hz| rate_hz.to_string()).join(", ")))
}

/// One file's entry in the JSON output.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entry {
    Done(Box<FileReport>),
    Failed {
        #[serde(serialize_with = "path_text")]
        input: PathBuf,
        error: String,
    },
}

/// Masters the files, several at a time, and reports each when it is done.
pub fn run(args: &Args) -> ExitCode {
    let (settings, jobs) = match prepare(args) {
        Ok(prepared) => prepared,
        Err(error) => {
            complain(&error);
            return ExitCode::from(USAGE);
        }
    };
    if let Some(folder) = jobs.first().and_then(|job| job.output.parent())
        && !folder.as_os_str().is_empty()
        && let Err(error) = std::fs::create_dir_all(folder)
    {
        complain(&format!("{}: cannot be made: {error}", folder.display()));
        return ExitCode::FAILURE;
    }
    clean_up_on_interrupt();
    let progress = Progress::new(jobs.len());
    let entries: Vec<Entry> = jobs.par_iter().map(|job| work(job, &settings, &progress, args.json)).collect();
    drop(progress);
    if args.json {
        say_json(&entries);
    }
    let failed = entries.iter().any(|entry| matches!(entry, Entry::Failed { .. }));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn work(job: &plan::Job, settings: &Settings, progress: &Progress, json: bool) -> Entry {
    let bar = progress.file(&job.input);
    // A decoder that panics over one damaged file must not take the others down.
    let result = catch_unwind(AssertUnwindSafe(|| {
        master_file(&job.input, &job.output, job.format, settings, &|doing, share| bar.set(doing, share))
    }));
    let result = match result {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err(format!("{}: failed inside the program; the file may be damaged", job.input.display())),
    };
    drop(bar);
    match result {
        Ok(report) => {
            if !json {
                progress.print(|| say(&text::report(&report)));
            }
            Entry::Done(Box::new(report))
        }
        Err(error) => {
            progress.print(|| complain(&error));
            Entry::Failed { input: job.input.clone(), error }
        }
    }
}

/// Everything that can be wrong with the arguments is found here, before anything is touched.
fn prepare(args: &Args) -> Result<(Settings, Vec<plan::Job>), String> {
    let preset = find_preset(&args.preset)?;
    let format = args.format.map(|format| match format {
        FormatArg::Wav => FileFormat::Wav,
        FormatArg::Flac => FileFormat::Flac,
    });
    let bits = match args.bits {
        BitsArg::Int16 => SampleBits::Int16,
        BitsArg::Int24 => SampleBits::Int24,
        BitsArg::Float32 => SampleBits::Float32,
    };
    let jobs = plan::plan(&args.inputs, &args.output, format)?;
    if bits == SampleBits::Float32 && jobs.iter().any(|job| job.format == FileFormat::Flac) {
        return Err("FLAC holds 16 or 24 bit, not 32f; use --format wav or other --bits".into());
    }
    let listening = args.adaptive.listening()?;
    let of_references = listening.as_ref().and_then(adaptive::Listening::loudness_lufs);
    let settings = Settings {
        target_lufs: args.target.or(of_references).or(preset.target_lufs.map(f64::from)),
        ceiling_dbtp: args.ceiling.unwrap_or(preset.controls.limiter.ceiling_db.into()),
        max_reduction_db: args.max_reduction,
        preset,
        bits,
        rate_hz: args.rate,
        listening,
        existing: if args.overwrite { Existing::Replace } else { Existing::Refuse },
    };
    Ok((settings, jobs))
}

/// A factory preset of that name, else a file.
fn find_preset(name: &str) -> Result<Preset, String> {
    match by_name(name) {
        Some(preset) => Ok(preset.clone()),
        None if Path::new(name).exists() => Preset::load(Path::new(name)).map_err(|error| error.to_string()),
        None => {
            Err(format!("no preset and no file is called \"{name}\"; auracore presets lists the presets"))
        }
    }
}

/// An interrupt removes what is half written and ends the process.
fn clean_up_on_interrupt() {
    // A handler that is there already belongs to whoever embeds this; the temporaries then stay until they are replaced.
    _ = ctrlc::set_handler(|| {
        let _no_new_files = crate::pending_file::remove_all();
        complain(&"interrupted; no unfinished file is left");
        std::process::exit(INTERRUPTED);
    });
}
