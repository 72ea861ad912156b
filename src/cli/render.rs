//! `auracore render`: track files to audio files.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use clap::{Parser, ValueEnum};
use serde::Serialize;

use super::number::within;
use super::progress::Progress;
use super::{INTERRUPTED, USAGE, complain, say, say_json};
use crate::audio_file::{AudioFileError, Existing, FileFormat, SampleBits};
use crate::render::Goal;
use crate::render::session::Level;
use crate::state::preset::{Preset, by_name};
use crate::track::file::limits::RATES_HZ;
use crate::track::sound::span::Behaviour;
use outputs::Job;
use source::Input;
use track::{Settings, TrackReport};
use values::{clock, peak, seconds};

mod outputs;
pub(super) mod source;
mod text;
mod track;
pub(super) mod values;

/// Peak of those who ask for nothing else, as the original exports.
const DEFAULT_PEAK: f32 = 0.25;
/// Most that the limiter may turn down on the way to a target, in dB, as in `master`.
const MAX_REDUCTION_DB: f64 = 6.0;
/// Time after which speed and remaining time are worth telling, in seconds.
const SETTLING_S: f64 = 1.0;

const EXAMPLES: &str = "\
Level: without other wishes the largest sample of the whole track becomes 0.25 (--level), also where only a part is written, \
so that parts fit together. --target brings what is written to a loudness, as far as a true peak of -1 dBTP allows; \
--master does so through the mastering chain, under the preset's own ceiling. 16 and 24 bit are dithered.

Parts are sample by sample what the whole would have there. Stems are the mix before any level: 32-bit float in WAV, 24 bit \
in FLAC. WAV beyond 4 GiB is written as RF64. A file appears when it is complete, or not at all.

Examples:
  auracore render focus.json -o focus.flac
  auracore render sessions/*.json -o rendered/ --format flac --bits 16
  auracore render night.json -o part.wav --start 1:30:00 --length 5:00 --stems stems/
  auracore render preset:sleep -o sleep.flac --master streaming --target -20
  auracore render old.json -o as-before.wav --match-original";

/// Arguments of `auracore render`.
#[derive(Debug, Parser)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Track files (also .voice, .voices, .noise and .session), or preset:NAME as `auracore tracks` lists them.
    #[arg(required = true, value_name = "TRACK")]
    tracks: Vec<OsString>,
    /// Output file (.wav or .flac), or a folder, which is made if needed. Several tracks need a folder.
    #[arg(short, long, value_name = "OUT|DIR")]
    output: PathBuf,
    /// Where to begin: seconds, m:s or h:m:s.
    #[arg(long, value_name = "TIME", default_value = "0", value_parser = seconds)]
    start: f64,
    /// How much to write: seconds, m:s or h:m:s [default: to the end].
    #[arg(long, value_name = "TIME", value_parser = seconds)]
    length: Option<f64>,
    /// Sample rate [default: the track's].
    #[arg(long, value_name = "HZ", value_parser = rate)]
    rate: Option<u32>,
    /// Word length; 32 is floating point (WAV only) [default: 24, or 16 with --match-original].
    #[arg(long, value_enum)]
    bits: Option<BitsArg>,
    /// Container [default: by the output's extension, else wav].
    #[arg(long, value_enum)]
    format: Option<FormatArg>,
    /// Also write tones, noise and clips to files of their own in this folder.
    #[arg(long, value_name = "DIR")]
    stems: Option<PathBuf>,
    /// Peak of the whole track: 0 to 1, or as -12dB [default: 0.25].
    #[arg(long, value_name = "PEAK", allow_hyphen_values = true, value_parser = peak, conflicts_with_all = ["target", "master"])]
    level: Option<f32>,
    /// Integrated loudness of what is written, -60 to -3 LUFS [default with --master: the preset's].
    #[arg(long, value_name = "LUFS", allow_negative_numbers = true, value_parser = |text: &str| within(text, -60.0..=-3.0, "LUFS"))]
    target: Option<f64>,
    /// Through the mastering chain: a preset's name as `auracore presets` lists it, or a preset file.
    #[arg(long, value_name = "PRESET")]
    master: Option<String>,
    /// Do what only the original program's export does: its shifts at joins, its defects, its 16-bit rounding.
    #[arg(long, conflicts_with_all = ["target", "master"])]
    match_original: bool,
    /// Let tracks name files in this folder too, besides their own.
    #[arg(long, value_name = "DIR")]
    allow: Vec<PathBuf>,
    /// Replace existing output files. Inputs are never replaced.
    #[arg(long, alias = "force")]
    overwrite: bool,
    /// Print the reports as JSON.
    #[arg(long)]
    json: bool,
    /// Print nothing but errors.
    #[arg(short, long, conflicts_with = "json")]
    quiet: bool,
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
    #[value(name = "32", alias = "32f")]
    Float32,
}

fn rate(text: &str) -> Result<u32, String> {
    let found = text.parse().ok().filter(|rate_hz| RATES_HZ.contains(rate_hz));
    found.ok_or_else(|| format!("expected whole Hz from {} to {}", RATES_HZ.start(), RATES_HZ.end()))
}

/// One track's entry in the JSON output.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entry {
    Done(Box<TrackReport>),
    Failed { input: String, error: String },
}

/// Renders the tracks, several at a time, and reports each when it is done.
pub(super) fn run(args: &Args) -> ExitCode {
    let (settings, jobs) = match prepare(args) {
        Ok(prepared) => prepared,
        Err(error) => {
            complain(&error);
            return ExitCode::from(USAGE);
        }
    };
    if let Err(error) = make_folders(&jobs) {
        complain(&error);
        return ExitCode::FAILURE;
    }
    clean_up_on_interrupt();
    let entries = render_all(&jobs, &settings, args);
    if args.json {
        say_json(&entries);
    }
    let failed = entries.iter().any(|entry| matches!(entry, Entry::Failed { .. }));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// As many tracks at a time as there are cores, each on a thread of its own: one that waits for its stretches must not
/// begin with another track meanwhile, or memory would grow with the number of tracks.
fn render_all(jobs: &[Job], settings: &Settings, args: &Args) -> Vec<Entry> {
    let progress = (!args.quiet).then(|| Progress::new(jobs.len()));
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Entry)>> = Mutex::default();
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((index, job)) = take(jobs, &next) {
                    let entry = work(job, settings, progress.as_ref(), args);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((index, entry));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, entry)| entry).collect()
}

fn take<'a>(jobs: &'a [Job], next: &AtomicUsize) -> Option<(usize, &'a Job)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    jobs.get(index).map(|job| (index, job))
}

fn work(job: &Job, settings: &Settings, progress: Option<&Progress>, args: &Args) -> Entry {
    let begin = Instant::now();
    let print = |print: &dyn Fn()| match progress {
        Some(progress) => progress.print(print),
        None => print(),
    };
    // One track that makes a voice panic must not take the others down.
    let result = catch_unwind(AssertUnwindSafe(|| render_one(job, settings, progress)))
        .unwrap_or_else(|_| Err(format!("{}: failed inside the program", job.input)));
    match result {
        Ok(report) => {
            if !args.json && !args.quiet {
                print(&|| say(&text::report(&report, begin.elapsed().as_secs_f64())));
            }
            Entry::Done(Box::new(report))
        }
        Err(error) => {
            print(&|| complain(&error));
            Entry::Failed { input: job.input.to_string(), error }
        }
    }
}

fn render_one(job: &Job, settings: &Settings, progress: Option<&Progress>) -> Result<TrackReport, String> {
    if settings.existing == Existing::Refuse
        && let Some(existing) = job.files().find(|file| file.symlink_metadata().is_ok())
    {
        return Err(AudioFileError::Exists { path: existing.clone() }.to_string());
    }
    let source = job.input.open(&settings.allowed)?;
    let bar = progress.map(|progress| progress.file(job.input.path().unwrap_or(&job.output)));
    let pace =
        Pace::new(settings.length_s.unwrap_or(f64::INFINITY).min(source.length_s() - settings.start_s));
    track::render(job, source, settings, &|doing, share| {
        if let Some(bar) = &bar {
            bar.set(&pace.message(doing, share), share);
        }
    })
}

/// Tells how fast a track is rendered and how long that will take.
struct Pace {
    length_s: f64,
    /// What is being done, and since when.
    phase: Mutex<(String, Instant)>,
}

impl Pace {
    fn new(length_s: f64) -> Self {
        Self { length_s, phase: Mutex::new((String::new(), Instant::now())) }
    }

    fn message(&self, doing: &str, share: f64) -> String {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if phase.0 != doing {
            *phase = (doing.to_owned(), Instant::now());
        }
        let elapsed_s = phase.1.elapsed().as_secs_f64();
        if elapsed_s < SETTLING_S || share <= 0.0 {
            return doing.to_owned();
        }
        let speed = self.length_s * share / elapsed_s;
        let left_s = (elapsed_s * (1.0 - share) / share).round();
        format!("{doing}, {speed:.0}x, {} left", clock(left_s))
    }
}

/// Everything that can be wrong with the arguments is found here, before anything is touched.
fn prepare(args: &Args) -> Result<(Settings, Vec<Job>), String> {
    let inputs = args.tracks.iter().map(|track| Input::of(track)).collect::<Result<Vec<_>, _>>()?;
    let format = args.format.map(|format| match format {
        FormatArg::Wav => FileFormat::Wav,
        FormatArg::Flac => FileFormat::Flac,
    });
    let bits = match args.bits {
        Some(BitsArg::Int16) => SampleBits::Int16,
        Some(BitsArg::Int24) => SampleBits::Int24,
        Some(BitsArg::Float32) => SampleBits::Float32,
        None if args.match_original => SampleBits::Int16,
        None => SampleBits::Int24,
    };
    let jobs = outputs::plan(inputs, &args.output, format, args.stems.as_deref())?;
    if bits == SampleBits::Float32 && jobs.iter().any(|job| job.format == FileFormat::Flac) {
        return Err("FLAC holds 16 or 24 bit, not 32; use --format wav or other --bits".into());
    }
    let preset = args.master.as_deref().map(find_preset).transpose()?;
    let settings = Settings {
        start_s: args.start,
        length_s: args.length,
        rate_hz: args.rate,
        bits,
        level: level(args, preset.as_ref(), bits),
        preset: preset.map(|preset| preset.name),
        behaviour: if args.match_original { Behaviour::Original } else { Behaviour::Intended },
        allowed: args.allow.clone(),
        existing: if args.overwrite { Existing::Replace } else { Existing::Refuse },
    };
    Ok((settings, jobs))
}

fn level(args: &Args, preset: Option<&Preset>, bits: SampleBits) -> Level {
    let peak = args.level.unwrap_or(DEFAULT_PEAK);
    match (preset, args.target) {
        (Some(preset), target) => {
            let goal = Goal {
                target_lufs: target.or(preset.target_lufs.map(f64::from)),
                ceiling_dbtp: preset.controls.limiter.ceiling_db.into(),
                max_reduction_db: MAX_REDUCTION_DB,
            };
            Level::Master(Box::new(preset.controls), goal)
        }
        (None, Some(target)) => Level::Loudness(target),
        (None, None) if args.match_original && bits == SampleBits::Int16 => Level::Original(peak),
        (None, None) => Level::Peak(peak),
    }
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

fn make_folders(jobs: &[Job]) -> Result<(), String> {
    let folders = jobs.iter().flat_map(Job::files).filter_map(|file| file.parent());
    for folder in folders.filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{}: cannot be made: {error}", folder.display()))?;
    }
    Ok(())
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
