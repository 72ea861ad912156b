//! The limiter's promises, measured from outside: ceiling as true peak, as a meter reads it and as samples; low distortion.

mod common;
#[path = "support/printed.rs"]
mod printed;

use auracore::control::{LatencyMode, LimiterControls};
use auracore::dsp::StereoBlock;
use auracore::engine::chain::limiter::Limiter;
use common::*;
use printed::{assert_printed, assert_printed_db};

fn limit(
    left: &[f32],
    right: &[f32],
    rate: f64,
    mode: LatencyMode,
    controls: LimiterControls,
) -> [Vec<f32>; 2] {
    let mut limiter = Limiter::new(rate, mode);
    limiter.reset(&controls);
    let mut out = [left.to_vec(), right.to_vec()];
    // A tail lets the look-ahead run empty.
    let tail = limiter.latency_samples() + 512;
    out.iter_mut().for_each(|c| c.extend(vec![0.0; tail]));
    let [l, r] = &mut out;
    for (left, right) in l.chunks_mut(64).zip(r.chunks_mut(64)) {
        limiter.process(&mut StereoBlock { left, right }, &controls);
    }
    out
}

fn scaled(signal: Vec<f32>, peak_db: f32) -> Vec<f32> {
    let gain = 10.0f32.powf(peak_db / 20.0) / peak(&signal);
    signal.into_iter().map(|x| x * gain).collect()
}

/// Programme-like and hostile signals, band-limited to 20 kHz, peaking at +6 dB.
fn hot_signals(rate: f64) -> Vec<(&'static str, Vec<f32>)> {
    let len = (rate * 1.5) as usize;
    let band = |x: Vec<f32>| low_pass(&x, (19_500.0 / rate).min(0.49), 200);
    let white = noise(1, len);
    let drums: Vec<f32> = (0..len)
        .map(|n| {
            let t = (n as f64 / rate) % 0.5;
            let hat = ((n as f64 / rate) % 0.125) * 60.0;
            ((200.0 * (1.0 - (-t * 30.0).exp()) / 30.0 * std::f64::consts::TAU).sin() * (-t * 8.0).exp())
                as f32
                + white[n] * 0.4 * (-hat).exp() as f32
        })
        .collect();
    let bursts: Vec<f32> = (0..len)
        .map(|n| {
            let on = (n / 2_000) % 2 == 0;
            if on { ((0.5 * n as f64 + 0.25) * std::f64::consts::PI).sin() as f32 } else { 0.0 }
        })
        .collect();
    let square: Vec<f32> = sine(997.0, 3.0, 0.0, rate, len).into_iter().map(|x| x.clamp(-1.0, 1.0)).collect();
    let sweep: Vec<f32> = (0..len)
        .map(|n| {
            let t = n as f64 / len as f64;
            let phase = std::f64::consts::TAU * 20.0 * (1_000.0f64.powf(t) - 1.0) / 1_000.0f64.ln()
                * len as f64
                / rate;
            let fade = ((len - n) as f64 / 2_000.0).min(1.0);
            (phase.sin() * fade) as f32
        })
        .collect();
    let clipped: Vec<f32> = band(noise(3, len)).into_iter().map(|x| (x * 4.0).clamp(-1.0, 1.0)).collect();
    vec![
        ("white", scaled(band(white.clone()), 6.0)),
        ("drums", scaled(band(drums), 6.0)),
        ("bursts", scaled(band(bursts), 6.0)),
        ("square", scaled(band(square), 6.0)),
        ("sweep", scaled(sweep, 6.0)),
        ("clipped", scaled(band(clipped), 6.0)),
    ]
}

#[test]
fn ceiling_holds_as_true_peak_and_on_a_meter() {
    let (mut worst, mut worst_on_a_meter) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for (name, signal) in hot_signals(rate) {
            let other: Vec<f32> = signal.iter().rev().map(|x| x * 0.7).collect();
            for attack_ms in [0.5, 1.5, 5.0] {
                let controls = LimiterControls { attack_ms, ..LimiterControls::default() };
                for channel in limit(&signal, &other, rate, LatencyMode::Master, controls) {
                    let over = |x: f32| db(x) - controls.ceiling_db;
                    let (sample, truth, meter) =
                        (over(peak(&channel)), over(true_peak(&channel)), over(meter_peak(&channel)));
                    println!(
                        "{rate} {name} {attack_ms} ms: sample {sample:.3} true {truth:.4} meter {meter:.4}"
                    );
                    assert!(sample <= 1e-5, "{rate} {name} {attack_ms}: sample {sample} dB over");
                    (worst, worst_on_a_meter) = (worst.max(truth), worst_on_a_meter.max(meter));
                }
            }
        }
    }
    assert_printed(worst.into(), 0.022, "dB of true peak over the ceiling");
    assert_printed(worst_on_a_meter.into(), 0.004, "dB over the ceiling on a meter");
}

#[test]
fn content_above_20_khz_may_exceed_the_ceiling() {
    let hot = scaled(noise(1, 96_000), 6.0);
    let out = limit(&hot, &hot, 48_000.0, LatencyMode::Master, LimiterControls::default());
    let over_db = db(true_peak(&out[0])) - LimiterControls::default().ceiling_db;
    assert_printed(over_db.into(), 1.0, "dB over the ceiling for noise up to half the rate");
}

#[test]
fn sample_ceiling_holds_without_latency() {
    for (name, signal) in hot_signals(48_000.0) {
        let out = limit(&signal, &signal, 48_000.0, LatencyMode::Live, LimiterControls::default());
        assert!(db(peak(&out[0])) <= -1.0 + 1e-5, "{name}");
    }
}

#[test]
fn bass_stays_clean_when_driven_6_db_over() {
    let mut worst_db = f64::NEG_INFINITY;
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        for freq in [30.0, 50.0, 100.0] {
            let tone = sine(freq, 1.0, 0.3, rate, (rate * 4.0) as usize);
            let controls = LimiterControls { drive_db: 5.0, ..LimiterControls::default() };
            let out = limit(&tone, &tone, rate, LatencyMode::Master, controls);
            let steady = &out[0][(rate * 2.0) as usize..(rate * 4.0) as usize];
            let third = tone_level(steady, 3.0 * freq, rate) / tone_level(steady, freq, rate);
            let third_db = 20.0 * third.log10();
            println!("{rate} {freq} Hz: third harmonic {third_db:.1} dB");
            worst_db = worst_db.max(third_db);
        }
    }
    assert_printed_db(worst_db, -170.0, "third harmonic of low notes");
}

#[test]
fn quiet_material_passes_bit_exactly() {
    let quiet = noise(11, 20_000).into_iter().map(|x| x * 0.3).collect::<Vec<_>>();
    let mut limiter = Limiter::new(48_000.0, LatencyMode::Master);
    let controls = LimiterControls::default();
    limiter.reset(&controls);
    let latency = limiter.latency_samples();
    let out = limit(&quiet, &quiet, 48_000.0, LatencyMode::Master, controls);
    assert!((0..quiet.len()).all(|n| out[0][n + latency] == quiet[n]));
}

#[test]
fn links_channels_as_told() {
    let hot = sine(1_000.0, 2.0, 0.0, 48_000.0, 48_000);
    let quiet = sine(1_300.0, 0.1, 0.0, 48_000.0, 48_000);
    let level = |link: f32| {
        let controls =
            LimiterControls { link_transient: link, link_release: link, ..LimiterControls::default() };
        let out = limit(&hot, &quiet, 48_000.0, LatencyMode::Master, controls);
        db(tone_level(&out[1][24_000..48_000], 1_300.0, 48_000.0) as f32)
    };
    assert!((level(0.0) + 20.0).abs() < 0.01, "{}", level(0.0));
    assert!((level(1.0) + 27.02).abs() < 0.1, "{}", level(1.0));
    let half = level(0.5);
    assert!((-24.5..-22.5).contains(&half), "{half}");
}
