//! Whole noises: where they may be entered, what their seeds and levels do, how deep their notches are.

use super::bed;
use crate::track::file::fields::Fields;
use crate::track::file::files::{Files, Recording};
use crate::track::sound::span::{Behaviour, QUANTUM, Quantum, Span};
use crate::track::sound::voice::{Voice, VoiceContext, layer};
use realfft::RealFftPlanner;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

const RATE_HZ: f64 = 44_100.0;

/// Half a second of a saw, and a noise file that plays it.
struct Shelf;

impl Files for Shelf {
    fn recording(&self, path: &Path) -> Result<Arc<Recording>, String> {
        let samples = (0..22_050).map(|i| (i % 100) as f32 * 0.01 - 0.5).collect();
        match path.to_str() {
            Some("saw.wav") => Ok(Arc::new(Recording { channels: vec![samples], rate_hz: 44_100 })),
            Some("empty.wav") => Ok(Arc::new(Recording { channels: vec![vec![]], rate_hz: 44_100 })),
            _ => Err("not found".to_owned()),
        }
    }

    fn recording_at(&self, path: &Path, _rate_hz: f64) -> Result<Arc<Recording>, String> {
        self.recording(path)
    }

    fn json(&self, path: &Path) -> Result<Value, String> {
        let noise = json!({"noise_parameters": {"name": "white"}, "sweeps": []});
        if path.to_str() == Some("a.noise") { Ok(noise) } else { Err("not found".to_owned()) }
    }
}

/// A voice and whether something of it was refused.
fn voice(
    name: &str,
    params: &Value,
    span: Span,
    behaviour: Behaviour,
    place: &str,
) -> (Box<dyn Voice>, bool) {
    let fields = Fields::new(params.as_object().unwrap(), place);
    let is_transition = name.ends_with("_transition");
    let context = VoiceContext {
        fields: &fields,
        span,
        is_transition,
        behaviour,
        carried_phases_rad: None,
        files: &Shelf,
    };
    let built = layer::bare(name, &context).expect("a noise voice");
    (built.voice, fields.is_refused())
}

fn intended(name: &str, params: &Value, duration_s: f64) -> Box<dyn Voice> {
    voice(name, params, Span::new(duration_s, RATE_HZ), Behaviour::Intended, "steps[0].voices[0]").0
}

fn play(voice: &mut dyn Voice, first: u64, frames: usize) -> [Vec<f32>; 2] {
    let (mut ears, mut out) = ([Vec::new(), Vec::new()], Quantum::SILENT);
    for at in (first..first + frames as u64).step_by(QUANTUM) {
        voice.render(at, &mut out);
        ears[0].extend(out.left);
        ears[1].extend(out.right);
    }
    ears
}

fn peak(x: &[f32]) -> f32 {
    x.iter().fold(0.0, |peak, x| peak.max(x.abs()))
}

fn rms(x: &[f32]) -> f64 {
    (x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>() / x.len() as f64).sqrt()
}

/// Mean power spectrum in frames of 8192 samples.
fn spectrum(x: &[f32]) -> Vec<f64> {
    let transform = RealFftPlanner::<f64>::new().plan_fft_forward(8_192);
    let (mut powers, mut bins) = (vec![0.0; 4_097], transform.make_output_vec());
    for chunk in x.chunks_exact(8_192) {
        let hann = |i: usize| 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / 8_192.0).cos();
        let mut frame: Vec<f64> = chunk.iter().enumerate().map(|(i, x)| f64::from(*x) * hann(i)).collect();
        transform.process(&mut frame, &mut bins).unwrap();
        powers.iter_mut().zip(&bins).for_each(|(power, bin)| *power += bin.norm_sqr());
    }
    powers
}

/// Mean level between two frequencies in decibels.
fn band_db(powers: &[f64], low_hz: f64, high_hz: f64) -> f64 {
    let bin = |hz: f64| (hz * 8_192.0 / RATE_HZ) as usize;
    let band = &powers[bin(low_hz)..=bin(high_hz)];
    10.0 * (band.iter().sum::<f64>() / band.len() as f64).log10()
}

#[test]
fn any_position_gives_what_playing_from_the_start_gives() {
    let cases = [
        ("noise_swept_notch", json!({"start_lfo_phase_offset_deg": 90, "start_intra_phase_offset_deg": 180})),
        (
            "noise_generator_transition",
            json!({"start_lfo_freq": 1, "end_lfo_freq": 3, "transition_curve": "alpha**3",
            "start_amp": 0.1, "end_amp": 0.9, "fade_in": 0.5, "amp_envelope": [[0, 1], [1, 0.2]]}),
        ),
        ("noise_generator", json!({"input_audio_path": "saw.wav", "sweeps": [[200, 800, 5, 3]]})),
    ];
    for (name, params) in cases {
        let mut linear = intended(name, &params, 2.0);
        let whole = play(&mut *linear, 0, 88_200);
        let mut fork = linear.fork();
        for first in [64_000, 0, 2_048, 1_984, 33_280] {
            let part = play(&mut *fork, first, 4_096);
            for ear in 0..2 {
                assert_eq!(
                    part[ear],
                    whole[ear][first as usize..first as usize + 4_096],
                    "{name} at {first}"
                );
            }
        }
    }
}

#[test]
fn seeds_and_places_choose_the_numbers() {
    let at = |params: Value, place: &str| {
        let span = Span::new(1.0, RATE_HZ);
        play(&mut *voice("noise_swept_notch", &params, span, Behaviour::Intended, place).0, 0, 8_192)
    };
    let correlation = |a: &[f32], b: &[f32]| {
        let product: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum();
        product / (a.len() as f64 * rms(a) * rms(b))
    };
    let seeded = |seed: u64| json!({"noise_parameters": {"exponent": 0, "seed": seed}});
    assert_eq!(at(seeded(5), "steps[0].voices[1]"), at(seeded(5), "steps[3].voices[0]"));
    assert!(correlation(&at(seeded(5), "")[0], &at(seeded(6), "")[0]).abs() < 0.1);
    assert_eq!(at(json!({}), "steps[0].voices[1]"), at(json!({}), "progression[0].voices[1]"));
    for other in ["steps[0].voices[2]", "steps[1].voices[0]", "steps[0].voices[11]"] {
        let (a, b) = (at(json!({}), "steps[0].voices[1]"), at(json!({}), other));
        assert!(correlation(&a[0], &b[0]).abs() < 0.2, "{other}");
    }
}

#[test]
fn notches_are_deep_where_they_stand_and_nowhere_else() {
    let still =
        json!({"noise_type": "white", "sweeps": [[3000, 3000, 5, 4]], "static_notches": [[6000, 8, 1]]});
    let [left, right] = play(&mut *intended("noise_swept_notch", &still, 20.0), 0, 800_000);
    assert_eq!(left, right);
    let powers = spectrum(&left);
    let around =
        |hz: f64| 0.5 * (band_db(&powers, 0.75 * hz, 0.8 * hz) + band_db(&powers, 1.2 * hz, 1.25 * hz));
    for (hz, depth_db) in [(3_000.0, 40.0), (6_000.0, 25.0)] {
        let found = around(hz) - band_db(&powers, hz - 12.0, hz + 12.0);
        assert!(found > depth_db, "{hz} Hz: {found} dB");
    }
    // A cosine is at the top of the range at first, the right ear half a turn on at the bottom.
    let moving = json!({"noise_type": "white", "lfo_freq": 0.001, "sweeps": [[1000, 4000, 3, 4]],
                        "start_lfo_phase_offset_deg": 180});
    let ears = play(&mut *intended("noise_swept_notch", &moving, 20.0), 0, 200_000);
    let [left, right] = ears.map(|ear| {
        let powers = spectrum(&ear);
        band_db(&powers, 3_950.0, 4_000.0) - band_db(&powers, 990.0, 1_010.0)
    });
    assert!(left < -30.0 && right > 30.0, "{left} {right}");
}

#[test]
fn both_ears_are_equally_loud_and_peak_where_the_original_puts_it() {
    let params = json!({"sweeps": [[100, 900, 1, 2], [2000, 9000, 2, 5]], "start_lfo_phase_offset_deg": 90});
    let [left, right] = play(&mut *intended("noise_swept_notch", &params, 10.0), 0, 440_960);
    assert!((peak(&left).max(peak(&right)) - 0.95).abs() < 1e-6);
    assert!((rms(&left) / rms(&right) - 1.0).abs() < 0.05);
    // A little longer, the peak is expected rather than measured.
    let crest =
        |duration_s: f64| rms(&play(&mut *intended("noise_swept_notch", &params, duration_s), 0, 440_960)[0]);
    let step_db = 20.0 * (crest(30.001) / crest(29.999)).log10();
    assert!(step_db.abs() < 0.8, "{step_db}");
}

#[test]
fn an_hour_and_any_rate_are_like_a_second() {
    let mut hours = intended("noise_swept_notch", &json!({}), 36_000.0);
    let late = rms(&play(&mut *hours, 1_500_000_000 / 64 * 64, 65_536)[0]);
    assert!((late / rms(&play(&mut *hours, 0, 65_536)[0]) - 1.0).abs() < 0.2, "{late}");
    for rate_hz in [8_000.0, 96_000.0, 192_000.0] {
        let span = Span::new(2.0, rate_hz);
        let (mut voice, _) = voice("noise_generator", &json!({"amp": 1}), span, Behaviour::Intended, "");
        let top = peak(&play(&mut *voice, 0, span.frames as usize / 64 * 64)[0]);
        assert!((0.7..0.951).contains(&top), "{rate_hz}: {top}");
    }
}

#[test]
fn gains_fades_and_silence() {
    for params in
        [json!({"amp": 0}), json!({"noise_type": {"amplitude": 0}}), json!({"amp_envelope": [[0, 0]]})]
    {
        let [left, right] = play(&mut *intended("noise_generator", &params, 1.0), 0, 8_192);
        assert!(left.iter().chain(&right).all(|x| *x == 0.0), "{params}");
    }
    let [left, right] =
        play(&mut *intended("noise_generator", &json!({"amp_left": 9, "amp_right": 0.5}), 1.0), 0, 44_032);
    assert!(peak(&left) == 1.0 && peak(&right) <= 0.5);
    let (_, is_refused) = voice(
        "noise_generator",
        &json!({"input_audio_path": "gone.wav"}),
        Span::new(1.0, RATE_HZ),
        Behaviour::Intended,
        "",
    );
    assert!(is_refused);
}

#[test]
fn wild_parameters_stay_finite() {
    let sweeps =
        json!([[0, 0, 0, 0], [-5, 1e9, 1e-9, 1e9], {"min": 22049, "max": 22050, "q": -1, "cascade": -7}, []]);
    let cases = [
        json!({"sweeps": sweeps, "lfo_freq": 1e9, "static_notches": [[0, 0, 0], [21000, 1e-9, 99], []]}),
        json!({"noise_parameters": {"exponent": 1e9, "high_exponent": -1e9, "distribution_curve": 0, "seed": -3.5}}),
        json!({"noise_parameters": {"lowcut": 1e9, "highcut": 2e9}, "lfo_waveform": "x", "sweeps": sweeps}),
        json!({"input_audio_path": "empty.wav"}),
        json!({"amp": 1e9, "volume": -1e9, "fade_in": 1e9, "fade_out": -1}),
    ];
    for params in &cases {
        for name in [
            "noise_swept_notch",
            "noise_swept_notch_transition",
            "noise_generator",
            "noise_generator_transition",
        ] {
            for duration_s in [0.0, 1e-5, 0.3] {
                let span = Span::new(duration_s, RATE_HZ);
                for behaviour in [Behaviour::Intended, Behaviour::Original] {
                    let (mut voice, _) = voice(name, params, span, behaviour, "");
                    let ears = play(&mut *voice, 0, 14_000);
                    assert!(ears.iter().flatten().all(|x| x.is_finite()), "{name} {params}");
                }
            }
        }
    }
}

#[test]
fn files_of_another_length_go_round_or_are_silent_in_the_original() {
    let params = json!({"input_audio_path": "saw.wav", "sweeps": []});
    let span = Span::new(2.0, RATE_HZ);
    let looped = play(&mut *intended("noise_swept_notch", &params, 2.0), 0, 88_064);
    assert!(rms(&looped[0][60_000..]) > 0.1);
    let (mut silent, _) = voice("noise_swept_notch", &params, span, Behaviour::Original, "");
    assert_eq!(peak(&play(&mut *silent, 0, 88_064)[0]), 0.0);
    let (mut exact, _) =
        voice("noise_swept_notch", &params, Span::new(0.5, RATE_HZ), Behaviour::Original, "");
    let exact = play(&mut *exact, 0, 22_016);
    assert!((peak(&exact[0]) - 0.95).abs() < 1e-3 && exact[0][0] == 0.0);
}

#[test]
fn a_bed_keeps_the_time_of_the_track() {
    let read = |object: &Value, behaviour| {
        let fields = Fields::new(object.as_object().unwrap(), "background_noise");
        let bed = bed::read(&fields, Span::new(4.0, RATE_HZ), behaviour, &Shelf);
        (bed, fields.is_refused())
    };
    let object = json!({"file_path": "a.noise", "amp": 0.5, "start_time": 1.0001, "fade_out": 1, "pan": 1});
    assert!(read(&object, Behaviour::Original).0.is_none());
    let (bed, is_refused) = read(&object, Behaviour::Intended);
    let [left, right] = play(&mut *bed.unwrap(), 0, 176_384);
    assert!(!is_refused && peak(&left) == 0.0 && peak(&right) <= 0.475);
    assert_eq!(peak(&right[..44_104]), 0.0);
    assert!(right[44_104] != 0.0 && peak(&right[176_000..]) < 0.01);
    let inline = json!({"params": {"noise_type": "brown"}, "gain": 0.25});
    assert!(peak(&play(&mut *read(&inline, Behaviour::Intended).0.unwrap(), 0, 44_032)[0]) > 0.1);
    let gone = read(&json!({"file": "b.noise"}), Behaviour::Intended);
    assert!(gone.0.is_none() && gone.1);
    assert!(read(&json!({}), Behaviour::Intended).0.is_none());
}
