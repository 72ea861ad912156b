//! Each stage's truth in the signal: curves, gains, flatness, clicks.

mod common;
#[path = "support/printed.rs"]
mod printed;

use auracore::control::*;
use auracore::dsp::StereoBlock;
use auracore::engine::chain::compressor::Compressor;
use auracore::engine::chain::eq::Eq;
use auracore::engine::chain::width::Width;
use common::*;
use printed::{assert_printed, assert_printed_db};

fn blocks(channels: &mut [Vec<f32>; 2], cut: usize, mut process: impl FnMut(&mut StereoBlock, usize)) {
    let [left, right] = channels;
    for (i, (left, right)) in left.chunks_mut(cut).zip(right.chunks_mut(cut)).enumerate() {
        process(&mut StereoBlock { left, right }, i * cut);
    }
}

fn compressed_level(input_db: f64, controls: CompressorControls) -> f64 {
    let rate = 48_000.0;
    let tone = sine(1_000.0, 10.0f64.powf(input_db / 20.0), 0.0, rate, 96_000);
    let mut compressor = Compressor::new(rate, LatencyMode::Master);
    compressor.reset(&controls);
    let mut out = [tone.clone(), tone];
    blocks(&mut out, 64, |block, _| compressor.process(block, None, &controls));
    20.0 * tone_level(&out[0][48_000..], 1_000.0, rate).log10()
}

#[test]
fn compressor_follows_its_static_curve() {
    let mut worst = 0.0f64;
    for rms_blend in [0.0, 1.0] {
        for (threshold_db, ratio, knee_db) in [(-20.0, 2.0, 0.0), (-30.0, 4.0, 6.0), (-24.0, 20.0, 12.0)] {
            let controls = CompressorControls {
                on: true,
                threshold_db,
                ratio,
                knee_db,
                attack_ms: 5.0,
                release_ms: 2_000.0,
                auto_release: false,
                rms_blend,
                sidechain_highpass_hz: 20.0,
                ..CompressorControls::default()
            };
            for input_db in [-40.0, -30.0, -24.0, -20.0, -12.0, -3.0] {
                let (t, r, w, x) = (f64::from(threshold_db), f64::from(ratio), f64::from(knee_db), input_db);
                let expected = if x <= t - w / 2.0 {
                    x
                } else if x < t + w / 2.0 {
                    x + (1.0 / r - 1.0) * (x - t + w / 2.0).powi(2) / (2.0 * w)
                } else {
                    t + (x - t) / r
                };
                let got = compressed_level(input_db, controls);
                println!("{threshold_db} {ratio}:1 {knee_db} at {x}: {got}, expected {expected}");
                worst = worst.max((got - expected).abs());
            }
        }
    }
    assert_printed(worst, 0.033, "dB off the compressor's curve");
}

#[test]
fn parallel_mix_is_in_phase_and_sidechain_is_heard() {
    let controls = CompressorControls {
        on: true,
        threshold_db: -40.0,
        ratio: 20.0,
        mix: 0.5,
        rms_blend: 1.0,
        auto_release: false,
        release_ms: 1_000.0,
        sidechain_highpass_hz: 20.0,
        external_sidechain: true,
        ..CompressorControls::default()
    };
    let rate = 48_000.0;
    let run = |key_amplitude: f64| {
        let tone = sine(500.0, 0.1, 0.0, rate, 96_000);
        let key = sine(800.0, key_amplitude, 0.0, rate, 96_000);
        let mut compressor = Compressor::new(rate, LatencyMode::Master);
        compressor.reset(&controls);
        let mut out = [tone.clone(), tone];
        blocks(&mut out, 64, |block, at| {
            let key = &key[at..at + block.frames()];
            compressor.process(block, Some([key, key]), &controls);
        });
        tone_level(&out[0][48_000..], 500.0, rate)
    };
    assert!((run(0.0) - 0.1).abs() < 1e-4, "silent key must not compress");
    // A full-scale key asks for 38 dB: what is left is the dry half and a trace.
    let wet = 0.1 * 10.0f64.powf(-38.0 / 20.0);
    assert!((run(1.0) - 0.5 * (0.1 + wet)).abs() < 2e-4, "{}", run(1.0));
}

#[test]
fn lookahead_catches_an_onset() {
    let rate = 48_000.0;
    let overshoot = |lookahead_ms: f32| {
        let controls = CompressorControls {
            on: true,
            threshold_db: -20.0,
            ratio: 20.0,
            attack_ms: 2.0,
            lookahead_ms,
            rms_blend: 0.0,
            ..CompressorControls::default()
        };
        let mut onset = vec![0.0; 24_000];
        onset.extend(sine(1_000.0, 0.8, 0.0, rate, 24_000));
        let mut compressor = Compressor::new(rate, LatencyMode::Master);
        compressor.reset(&controls);
        let mut out = [onset.clone(), onset];
        blocks(&mut out, 64, |block, _| compressor.process(block, None, &controls));
        peak(&out[0])
    };
    assert!(overshoot(0.0) > 0.6 && overshoot(10.0) < 0.2, "{} {}", overshoot(0.0), overshoot(10.0));
}

#[test]
fn eq_has_the_gain_it_shows_at_every_rate() {
    for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        for (freq_hz, gain_db, q) in [(60.0, 6.0, 0.71), (1_000.0, -12.0, 4.0), (15_000.0, 6.0, 1.41)] {
            let mut controls = EqControls::default();
            controls.bands[3] = EqBand { freq_hz, gain_db, q, ..EqBand::default() };
            let mut eq = Eq::new(rate);
            eq.reset(&controls);
            let tone = sine(f64::from(freq_hz), 0.25, 0.0, rate, (rate * 2.0) as usize);
            let mut out = [tone.clone(), tone];
            blocks(&mut out, 64, |block, _| eq.process(block, &controls));
            let got = db(tone_level(&out[1][rate as usize..], f64::from(freq_hz), rate) as f32 / 0.25);
            assert!((got - gain_db).abs() < 0.4, "{rate} {freq_hz} {gain_db}: {got}");
        }
    }
}

#[test]
fn eq_cuts_mirror_boosts() {
    let mut controls = EqControls::default();
    controls.bands[2] = EqBand { freq_hz: 15_000.0, gain_db: 6.0, q: 1.41, ..EqBand::default() };
    controls.bands[4] = EqBand { gain_db: -6.0, ..controls.bands[2] };
    let input = noise(1, 20_000);
    let mut eq = Eq::new(44_100.0);
    eq.reset(&controls);
    let mut out = [input.clone(), input.clone()];
    blocks(&mut out, 64, |block, _| eq.process(block, &controls));
    let worst = out[0].iter().zip(&input).map(|(y, x)| (y - x).abs()).fold(0.0f32, f32::max);
    assert!(worst < 1e-6, "boost and cut leave {worst}");
}

#[test]
fn eq_places_bands_in_mid_and_side() {
    let rate = 48_000.0;
    for (placement, moves_mid, moves_side) in
        [(EqPlacement::Stereo, true, true), (EqPlacement::Mid, true, false), (EqPlacement::Side, false, true)]
    {
        let mut controls = EqControls::default();
        controls.bands[3] = EqBand { gain_db: 6.0, placement, ..EqBand::default() };
        let mut eq = Eq::new(rate);
        eq.reset(&controls);
        let tone = sine(1_000.0, 0.25, 0.0, rate, 48_000);
        let mid_out = {
            let mut out = [tone.clone(), tone.clone()];
            blocks(&mut out, 64, |block, _| eq.process(block, &controls));
            db(tone_level(&out[0][24_000..], 1_000.0, rate) as f32 / 0.25)
        };
        eq.reset(&controls);
        let mut out = [tone.clone(), tone.iter().map(|x| -x).collect()];
        blocks(&mut out, 64, |block, _| eq.process(block, &controls));
        let side_out = db(tone_level(&out[0][24_000..], 1_000.0, rate) as f32 / 0.25);
        for (moved, got) in [(moves_mid, mid_out), (moves_side, side_out)] {
            let expected = if moved { 6.0 } else { 0.0 };
            assert!((got - expected).abs() < 0.05, "{placement:?}: {got} not {expected}");
        }
    }
}

/// Energy that a change scatters over frequencies where a steady tone has none.
fn scattered_db(signal: &[f32], rate: f64) -> f32 {
    // A steep high-pass leaves clicks only.
    let low = low_pass(signal, 8_000.0 / rate, 300);
    let rest: Vec<f32> = signal.iter().zip(&low).map(|(x, l)| x - l).collect();
    db(peak(&rest[1_000..rest.len() - 1_000]))
}

#[test]
fn eq_moves_without_clicks_and_stays_bounded() {
    let rate = 48_000.0;
    let tone = sine(200.0, 0.25, 0.0, rate, 48_000);
    let mut eq = Eq::new(rate);
    let mut controls = EqControls::default();
    eq.reset(&controls);
    let mut out = [tone.clone(), tone.clone()];
    // Jumps at audio-automation speed, every 5 ms, over the whole range.
    let mut random = noise(77, 4_000).into_iter().map(|x| 0.5 + 0.5 * x);
    blocks(&mut out, 240, |_, _| ());
    let [left, right] = &mut out;
    for (left, right) in left.chunks_mut(240).zip(right.chunks_mut(240)) {
        let mut next = || random.next().unwrap();
        controls.bands[2].freq_hz = 100.0 * 10.0f32.powf(next());
        controls.bands[2].gain_db = 12.0 * next() - 6.0;
        controls.bands[2].q = 0.3 + next();
        let (mut l, mut r) = (left.chunks_mut(64), right.chunks_mut(64));
        while let (Some(left), Some(right)) = (l.next(), r.next()) {
            eq.process(&mut StereoBlock { left, right }, &controls);
        }
    }
    let clicks = scattered_db(&out[0], rate);
    assert_printed_db(clicks.into(), -82.0, "what jumps of a band scatter");
    assert!(peak(&out[0]) < 1.0);
}

#[test]
fn eq_survives_random_everything() {
    for rate in [44_100.0, 192_000.0] {
        let mut eq = Eq::new(rate);
        let mut controls = EqControls::default();
        eq.reset(&controls);
        let mut random = noise(5, 1_000_000).into_iter().map(|x| 0.5 + 0.5 * x);
        let kinds = [
            EqKind::Bell,
            EqKind::LowShelf,
            EqKind::HighShelf,
            EqKind::LowCut,
            EqKind::HighCut,
            EqKind::Notch,
            EqKind::Tilt,
        ];
        for _ in 0..3_000 {
            let mut next = || random.next().unwrap();
            let band = &mut controls.bands[(next() * 8.0) as usize % 8];
            band.kind = kinds[(next() * 7.0) as usize % 7];
            band.freq_hz = 10.0 * 3_000.0f32.powf(next());
            band.gain_db = 48.0 * next() - 24.0;
            band.q = 0.1 * 400.0f32.powf(next());
            band.slope = CutSlope::Db48;
            band.placement =
                [EqPlacement::Stereo, EqPlacement::Mid, EqPlacement::Side][(next() * 3.0) as usize % 3];
            band.on = next() > 0.3;
            band.solo = next() > 0.9;
            let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
            left.iter_mut().chain(&mut right).for_each(|x| *x = next() - 0.5);
            eq.process(&mut StereoBlock { left: &mut left, right: &mut right }, &controls);
            let largest = peak(&left).max(peak(&right));
            assert!(largest.is_finite() && largest < 1e8, "{largest}");
        }
    }
}

#[test]
fn structure_changes_fade_without_clicks() {
    let rate = 48_000.0;
    let tone = sine(200.0, 0.25, 0.0, rate, 48_000);
    let mut controls = EqControls::default();
    controls.bands[2] = EqBand { freq_hz: 300.0, gain_db: 6.0, ..EqBand::default() };
    let mut eq = Eq::new(rate);
    eq.reset(&controls);
    let mut out = [tone.clone(), tone];
    blocks(&mut out, 64, |block, at| {
        controls.bands[2].on = at / 9_600 % 2 == 0;
        controls.bands[2].kind = if at < 24_000 { EqKind::Bell } else { EqKind::LowShelf };
        eq.process(block, &controls);
    });
    let clicks = scattered_db(&out[0], rate);
    assert!(clicks < -80.0, "clicks at {clicks} dB");
}

#[test]
fn mono_bass_sums_flat_and_width_scales_the_side() {
    let rate = 48_000.0;
    let controls = WidthControls { mono_below_hz: 150.0, width: 1.5, ..WidthControls::default() };
    for freq in [40.0, 150.0, 400.0, 3_000.0] {
        let tone = sine(freq, 0.25, 0.0, rate, 96_000);
        let run = |other: Vec<f32>| {
            let mut width = Width::new(rate);
            width.reset(&controls);
            let mut out = [tone.clone(), other];
            blocks(&mut out, 64, |block, _| width.process(block, &controls));
            out.map(|c| db(tone_level(&c[48_000..], freq, rate) as f32 / 0.25))
        };
        let mid = run(tone.clone());
        assert!(mid[0].abs() < 0.01 && mid[1].abs() < 0.01, "{freq}: {mid:?}");
        let side = run(tone.iter().map(|x| -x).collect());
        // Fourth-order Linkwitz-Riley high-pass, times the width.
        let ratio = (150.0 / freq).powi(4);
        let expected = 20.0 * (1.5 / (1.0 + ratio)).log10();
        assert!((f64::from(side[0]) - expected).abs() < 0.1, "{freq}: {side:?} not {expected}");
    }
}

#[test]
fn switching_a_compressor_with_automatic_makeup_does_not_click() {
    let rate = 48_000.0;
    let tone = sine(200.0, 0.25, 0.0, rate, 96_000);
    let mut controls = CompressorControls {
        on: true,
        threshold_db: -30.0,
        ratio: 4.0,
        auto_makeup: true,
        ..CompressorControls::default()
    };
    let mut compressor = Compressor::new(rate, LatencyMode::Master);
    compressor.reset(&controls);
    let mut out = [tone.clone(), tone];
    blocks(&mut out, 64, |block, at| {
        controls.on = at / 38_400 % 2 == 0;
        compressor.process(block, None, &controls);
    });
    let clicks = scattered_db(&out[0], rate);
    assert!(clicks < -80.0, "clicks at {clicks} dB");
}
