//! Generated noise against statistics of the original's, whose random numbers differ with every run: within three of its
//! standard deviations and half a decibel.
//!
//! The voices are rendered as they are. A colour's law is applied to one long stretch of white noise, as the original does.

use super::colour::{self, Colour};
use crate::dsp::rng::uniform_at;
use crate::track::file::fields::Fields;
use crate::track::file::files::TrackFiles;
use crate::track::file::limits::Limits;
use crate::track::golden::{RATE_HZ, play, reference};
use crate::track::sound::span::{Behaviour, Span};
use crate::track::sound::voice::{VoiceContext, layer};
use realfft::RealFftPlanner;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::f64::consts::{PI, SQRT_2, TAU};

/// Stretches of noise that are averaged. Ten seconds of the darkest colours differ by a decibel (their level hangs on a few
/// waves), more than the reference's six stretches of deep brown happen to show.
const REPEATS: u64 = 8;
/// Frames of a spectrum.
const WINDOW: usize = 16_384;
/// Names and centres of the octaves in Hz.
const OCTAVES: [(&str, f64); 9] = [
    ("31.5", 31.5),
    ("63", 63.0),
    ("125", 125.0),
    ("250", 250.0),
    ("500", 500.0),
    ("1000", 1_000.0),
    ("2000", 2_000.0),
    ("4000", 4_000.0),
    ("8000", 8_000.0),
];

#[derive(serde::Deserialize)]
struct Entry {
    name: String,
    params: Value,
    sample_rate: f64,
    seconds: f64,
    rms_mean: f64,
    rms_sd: f64,
    peak_mean: f64,
    psd_slope_db_per_octave_100_5000: f64,
    slope_sd: f64,
    octave_band_db: BTreeMap<String, f64>,
    octave_band_db_sd: BTreeMap<String, f64>,
    lr_correlation: Option<f64>,
}

/// What is compared, averaged over the stretches.
#[derive(Default)]
struct Statistics {
    rms: f64,
    peak: f64,
    slope: f64,
    octaves_db: [f64; 9],
    correlation: f64,
}

impl Statistics {
    fn add(&mut self, ears: &[Vec<f64>]) {
        let share = 1.0 / REPEATS as f64;
        let power = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>();
        let powers: Vec<f64> = ears.iter().map(|ear| power(ear)).collect();
        let frames = (ears.len() * ears[0].len()) as f64;
        self.rms += share * (powers.iter().sum::<f64>() / frames).sqrt();
        self.peak += share * ears.iter().flatten().fold(0.0f64, |top, x| top.max(x.abs()));
        if let [left, right] = ears {
            let product: f64 = left.iter().zip(right).map(|(left, right)| left * right).sum();
            self.correlation += share * product / (powers[0] * powers[1]).sqrt();
        }
        let density = density(&ears[0]);
        self.slope += share * slope(&density);
        for (sum, (_, centre_hz)) in self.octaves_db.iter_mut().zip(OCTAVES) {
            *sum += share * octave_db(&density, centre_hz);
        }
    }
}

fn bin_hz(bin: usize) -> f64 {
    bin as f64 * RATE_HZ / WINDOW as f64
}

/// Power per hertz by Welch's method: Hann windows that overlap by half, without their mean.
fn density(x: &[f64]) -> Vec<f64> {
    let transform = RealFftPlanner::<f64>::new().plan_fft_forward(WINDOW);
    let window: Vec<f64> = (0..WINDOW).map(|i| 0.5 - 0.5 * (TAU * i as f64 / WINDOW as f64).cos()).collect();
    let (mut sum, mut bins) = (vec![0.0; WINDOW / 2 + 1], transform.make_output_vec());
    let stretches: Vec<&[f64]> = x.windows(WINDOW).step_by(WINDOW / 2).collect();
    for stretch in &stretches {
        let mean = stretch.iter().sum::<f64>() / WINDOW as f64;
        let mut frame: Vec<f64> = stretch.iter().zip(&window).map(|(x, w)| (x - mean) * w).collect();
        transform.process(&mut frame, &mut bins).unwrap();
        sum.iter_mut().zip(&bins).for_each(|(sum, bin)| *sum += bin.norm_sqr());
    }
    let power = window.iter().map(|w| w * w).sum::<f64>() * stretches.len() as f64 * RATE_HZ;
    sum.iter().map(|sum| 2.0 * sum / power).collect()
}

/// Decibels per octave between 100 Hz and 5 kHz: a straight line through all frequencies.
fn slope(density: &[f64]) -> f64 {
    let points = (0..density.len()).filter(|bin| (100.0..=5_000.0).contains(&bin_hz(*bin)));
    let points: Vec<[f64; 2]> = points.map(|bin| [bin_hz(bin).log2(), 10.0 * density[bin].log10()]).collect();
    let mean = |axis: usize| points.iter().map(|point| point[axis]).sum::<f64>() / points.len() as f64;
    let (x, y) = (mean(0), mean(1));
    let product: f64 = points.iter().map(|point| (point[0] - x) * (point[1] - y)).sum();
    product / points.iter().map(|point| (point[0] - x).powi(2)).sum::<f64>()
}

/// Power of an octave by the trapezoidal rule, in decibels.
fn octave_db(density: &[f64], centre_hz: f64) -> f64 {
    let within = centre_hz / SQRT_2..centre_hz * SQRT_2;
    let band: Vec<f64> =
        (0..density.len()).filter(|bin| within.contains(&bin_hz(*bin))).map(|bin| density[bin]).collect();
    let sum = band.iter().sum::<f64>() - 0.5 * (band[0] + band[band.len() - 1]);
    10.0 * (sum * bin_hz(1)).log10()
}

/// Gaussians of unit power.
fn gaussians(stream: u64, frames: usize) -> Vec<f64> {
    let uniform = |position| f64::from(uniform_at(stream, position));
    let gaussian = |i: u64| {
        let radius = (-2.0 * (0.5 - 0.5 * uniform(2 * i)).ln()).sqrt();
        radius * (PI * uniform(2 * i + 1)).cos()
    };
    (0..frames as u64).map(gaussian).collect()
}

/// White noise under the law of a colour. `peak` is what the noise is scaled to before any cuts.
fn coloured(colour: &Colour, stream: u64, frames: usize, peak: Option<f64>) -> Vec<f64> {
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(frames), planner.plan_fft_inverse(frames));
    let mut bins = forward.make_output_vec();
    forward.process(&mut gaussians(stream, frames), &mut bins).unwrap();
    let lowest_hz = RATE_HZ / frames as f64;
    let under = |colour: &Colour| {
        let mut bins = bins.clone();
        bins[0] = Default::default();
        for (i, bin) in bins.iter_mut().enumerate().skip(1) {
            *bin *= colour.amplitude(i as f64 * lowest_hz, lowest_hz, RATE_HZ) / frames as f64;
        }
        let mut x = inverse.make_output_vec();
        inverse.process(&mut bins, &mut x).unwrap();
        x
    };
    let mut x = under(colour);
    if let Some(peak) = peak {
        let uncut = Colour { low_cut_hz: None, high_cut_hz: None, ..*colour };
        let before = if uncut == *colour { x.clone() } else { under(&uncut) };
        let gain = peak / before.iter().fold(0.0f64, |top, x| top.max(x.abs()));
        x.iter_mut().for_each(|x| *x *= gain);
    }
    x
}

/// A voice with all its defaults, in the step that has the stretch's number.
fn play_voice(function: &str, entry: &Entry, repeat: u64) -> Vec<Vec<f64>> {
    let files = TrackFiles::new(&reference(""), Limits::default()).unwrap();
    let params = Default::default();
    let fields = Fields::new(&params, format!("steps[{repeat}].voices[0]"));
    let span = Span::new(entry.seconds, entry.sample_rate);
    let context = VoiceContext {
        fields: &fields,
        span,
        is_transition: false,
        behaviour: Behaviour::Intended,
        carried_phases_rad: None,
        files: &files,
    };
    let mut voice = layer::bare(function, &context).unwrap().voice;
    play(&mut *voice, span.frames as usize).map(|ear| ear.into_iter().map(f64::from).collect()).into()
}

/// One stretch of an entry's noise.
fn stretch(entry: &Entry, repeat: u64) -> Vec<Vec<f64>> {
    let frames = (entry.seconds * entry.sample_rate) as usize;
    if let Some(function) = entry.params["function"].as_str() {
        return play_voice(function, entry, repeat);
    }
    let stream = repeat + 5;
    let x = match entry.params["noise_type"].as_str() {
        // These two are not scaled to any peak.
        Some("pink") => coloured(&Colour::named("pink").unwrap(), stream, frames, None),
        Some("unknown-name") => gaussians(stream, frames),
        // Scaled once more after its cuts.
        Some("green") => {
            let x = coloured(&Colour::named("green").unwrap(), stream, frames, None);
            let top = x.iter().fold(0.0f64, |top, x| top.max(x.abs()));
            x.into_iter().map(|x| x / top).collect()
        }
        Some(name) => coloured(&Colour::named(name).unwrap(), stream, frames, Some(1.0)),
        None => {
            let object = json!({"noise_parameters": entry.params});
            let fields = Fields::new(object.as_object().unwrap(), "");
            let colour = colour::read(&fields, "noise_parameters", true).colour;
            coloured(&colour, stream, frames, Some(1.0))
        }
    };
    vec![x]
}

/// Differences beyond their limits.
fn compare(entry: &Entry) -> Vec<String> {
    let mut found = Statistics::default();
    (0..REPEATS).for_each(|repeat| found.add(&stretch(entry, repeat)));
    let db = |ratio: f64| 20.0 * ratio.log10();
    let rms_limit_db = db(1.0 + 3.0 * entry.rms_sd / entry.rms_mean) + 0.5;
    let slope = found.slope - entry.psd_slope_db_per_octave_100_5000;
    let mut differences = vec![
        ("rms in dB".to_owned(), db(found.rms / entry.rms_mean), rms_limit_db),
        // The reference data do not say how far peaks scatter.
        ("peak in dB".to_owned(), db(found.peak / entry.peak_mean), 1.5),
        // An octave's half decibel would be much for a slope.
        ("slope in dB".to_owned(), slope, 3.0 * entry.slope_sd + 0.05),
    ];
    for ((octave, _), found_db) in OCTAVES.iter().zip(found.octaves_db) {
        let limit_db = 3.0 * entry.octave_band_db_sd[*octave] + 0.5;
        differences.push((format!("{octave} Hz in dB"), found_db - entry.octave_band_db[*octave], limit_db));
    }
    // Brown scatters so much as a whole that only this tells about its octaves.
    let offsets =
        OCTAVES.iter().zip(found.octaves_db).map(|((octave, _), db)| db - entry.octave_band_db[*octave]);
    let offsets: Vec<f64> = offsets.collect();
    let mean_db = offsets.iter().sum::<f64>() / offsets.len() as f64;
    for ((octave, _), offset_db) in OCTAVES.iter().zip(offsets) {
        differences.push((format!("{octave} Hz against the mean in dB"), offset_db - mean_db, 1.0));
    }
    if let Some(correlation) = entry.lr_correlation {
        differences.push(("correlation".to_owned(), found.correlation - correlation, 0.03));
    }
    let told: Vec<String> =
        differences.iter().map(|(what, off, limit)| format!("{what} {off:+.3} of {limit:.2}")).collect();
    println!("{}: {}", entry.name, told.join(", "));
    let beyond = differences.into_iter().filter(|(_, off, limit)| off.is_nan() || off.abs() > *limit);
    beyond.map(|(what, off, limit)| format!("{}: {what} {off:+.3}, limit {limit:.3}", entry.name)).collect()
}

#[test]
fn noise_sounds_like_the_original() {
    let text = std::fs::read(reference("noise_stats.json")).unwrap();
    let entries: Vec<Entry> = serde_json::from_slice(&text).unwrap();
    assert_eq!(entries.len(), 12);
    let findings: Vec<String> = entries.iter().flat_map(compare).collect();
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}
