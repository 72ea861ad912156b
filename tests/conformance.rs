//! The meter against the published vectors that can be synthesised: EBU Tech 3341 and 3342, ITU-R BS.1770 and BS.2217.
//!
//! Levels are peaks of sines in dB of full scale per channel, tolerances those of the documents. Vector numbers are those
//! of the EBU test set.

use auracore::measure::{Meter, Reading, measure_programme};
use std::f64::consts::{PI, TAU};

const RATES_HZ: [f64; 3] = [44_100.0, 48_000.0, 96_000.0];
const RATES_WITH_192_HZ: [f64; 4] = [44_100.0, 48_000.0, 96_000.0, 192_000.0];
const SILENCE_DB: f64 = f64::NEG_INFINITY;

fn gain(level_db: f64) -> f64 {
    10f64.powf(level_db / 20.0)
}

fn sine(rate_hz: f64, frequency_hz: f64, level_db: f64, length_s: f64) -> Vec<f32> {
    stepped_sine(rate_hz, frequency_hz, &[(level_db, length_s)])
}

/// A sine of continuous phase that takes each level for its time.
fn stepped_sine(rate_hz: f64, frequency_hz: f64, steps: &[(f64, f64)]) -> Vec<f32> {
    let mut signal: Vec<f32> = Vec::new();
    let turn = TAU * frequency_hz / rate_hz;
    let mut end_s = 0.0;
    for &(level_db, length_s) in steps {
        end_s += length_s;
        let (start, end) = (signal.len(), (end_s * rate_hz).round() as usize);
        signal.extend((start..end).map(|i| (gain(level_db) * (turn * i as f64).sin()) as f32));
    }
    signal
}

fn reading(rate_hz: f64, channels: &[&[f32]]) -> Reading {
    let mut meter = Meter::new(rate_hz, channels.len()).expect("a valid layout");
    meter.push(channels);
    meter.reading()
}

/// What a stereo meter reads of a 1 kHz sine in both channels.
fn stereo_steps(rate_hz: f64, steps: &[(f64, f64)]) -> Reading {
    let signal = stepped_sine(rate_hz, 1_000.0, steps);
    reading(rate_hz, &[&signal, &signal])
}

#[track_caller]
fn assert_near(found: f64, expected: f64, tolerance: f64, what: &str) {
    assert!((found - expected).abs() <= tolerance, "{what}: {found}, expected {expected} ±{tolerance}");
}

// EBU Tech 3341, loudness.

#[test]
fn steady_tones_1_2() {
    for rate_hz in RATES_WITH_192_HZ {
        for level in [-23.0, -33.0] {
            let read = stereo_steps(rate_hz, &[(level, 20.0)]);
            let what = format!("{level} dB at {rate_hz} Hz");
            for found in [read.momentary_lufs, read.short_term_lufs, read.integrated_lufs] {
                assert_near(found, level, 0.1, &what);
            }
            assert_near(read.max_momentary_lufs, level, 0.1, &what);
            assert_near(read.max_short_term_lufs, level, 0.1, &what);
        }
    }
}

#[test]
fn gated_programmes_3_4_5() {
    let programmes: [&[(f64, f64)]; 3] = [
        &[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)],
        &[(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)],
        &[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)],
    ];
    for rate_hz in RATES_HZ {
        for (number, steps) in (3..).zip(programmes) {
            let signal = stepped_sine(rate_hz, 1_000.0, steps);
            let live = reading(rate_hz, &[&signal, &signal]).integrated_lufs;
            assert_near(live, -23.0, 0.1, &format!("vector {number}, live, {rate_hz} Hz"));
            let mut exact = Meter::for_programme(rate_hz, 2).expect("valid");
            exact.push(&[&signal, &signal]);
            assert_near(
                exact.reading().integrated_lufs,
                -23.0,
                0.05,
                &format!("vector {number}, {rate_hz} Hz"),
            );
        }
    }
}

#[test]
fn surround_6() {
    for rate_hz in RATES_HZ {
        let [front, centre, back] = [-28.0, -24.0, -30.0].map(|level| sine(rate_hz, 1_000.0, level, 20.0));
        let read = reading(rate_hz, &[&front, &front, &centre, &back, &back]);
        assert_near(read.integrated_lufs, -23.0, 0.1, &format!("5.0 at {rate_hz} Hz"));
        let effects = sine(rate_hz, 60.0, 0.0, 20.0);
        let read = reading(rate_hz, &[&front, &front, &centre, &effects, &back, &back]);
        assert_near(read.integrated_lufs, -23.0, 0.1, &format!("5.1 at {rate_hz} Hz"));
    }
}

#[test]
fn short_term_stays_9() {
    for rate_hz in RATES_HZ {
        let steps = [(-20.0, 1.34), (-30.0, 1.66)].repeat(5);
        watch(rate_hz, &steps, 3.0, |read| read.short_term_lufs);
    }
}

#[test]
fn momentary_stays_12() {
    for rate_hz in RATES_HZ {
        let steps = [(-20.0, 0.18), (-30.0, 0.22)].repeat(25);
        watch(rate_hz, &steps, 1.0, |read| read.momentary_lufs);
    }
}

/// Asserts that a value is −23 ±0.1 at every 10 ms after `from_s`.
fn watch(rate_hz: f64, steps: &[(f64, f64)], from_s: f64, value: impl Fn(&Reading) -> f64) {
    let signal = stepped_sine(rate_hz, 1_000.0, steps);
    let mut meter = Meter::new(rate_hz, 2).expect("valid");
    for piece in signal.chunks(rate_hz as usize / 100) {
        meter.push(&[piece, piece]);
        let read = meter.reading();
        if read.duration_s >= from_s {
            assert_near(value(&read), -23.0, 0.1, &format!("{} s at {rate_hz} Hz", read.duration_s));
        }
    }
    assert!(meter.reading().duration_s > from_s + 5.0);
}

#[test]
fn short_term_maxima_of_files_10() {
    for rate_hz in RATES_HZ {
        for i in 0..20 {
            let steps = [(SILENCE_DB, 0.15 * f64::from(i)), (-23.0, 3.0), (SILENCE_DB, 1.0)];
            let found = stereo_steps(rate_hz, &steps).max_short_term_lufs;
            assert_near(found, -23.0, 0.1, &format!("file {i} at {rate_hz} Hz"));
        }
    }
}

#[test]
fn momentary_maxima_of_files_13() {
    for rate_hz in RATES_WITH_192_HZ {
        for i in 0..20 {
            let steps = [(SILENCE_DB, 0.02 * f64::from(i)), (-23.0, 0.4), (SILENCE_DB, 1.0)];
            let found = stereo_steps(rate_hz, &steps).max_momentary_lufs;
            assert_near(found, -23.0, 0.1, &format!("file {i} at {rate_hz} Hz"));
        }
    }
}

#[test]
fn live_maxima_11_14() {
    for rate_hz in RATES_HZ {
        for (unit_s, length_s) in [(0.15, 3.0), (0.02, 0.4)] {
            let mut meter = Meter::new(rate_hz, 2).expect("valid");
            for i in 0..20 {
                let level = -38.0 + f64::from(i);
                let before_s = unit_s * f64::from(i);
                let steps = [(SILENCE_DB, before_s), (level, length_s), (SILENCE_DB, length_s - before_s)];
                let signal = stepped_sine(rate_hz, 1_000.0, &steps);
                meter.push(&[&signal, &signal]);
                let read = meter.reading();
                let found = if length_s > 1.0 { read.max_short_term_lufs } else { read.max_momentary_lufs };
                assert_near(found, level, 0.1, &format!("segment {i} of {length_s} s at {rate_hz} Hz"));
            }
        }
    }
}

// EBU Tech 3341, true peak.

/// 10 ms raised-cosine fades at both ends.
fn faded(mut signal: Vec<f64>, rate_hz: f64) -> Vec<f32> {
    let (length, edge) = (signal.len(), rate_hz / 100.0);
    for (i, x) in signal.iter_mut().enumerate() {
        let near = (i.min(length - 1 - i) as f64 / edge).min(1.0);
        *x *= 0.5 - 0.5 * (PI * near).cos();
    }
    signal.into_iter().map(|x| x as f32).collect()
}

#[track_caller]
fn assert_true_peak(found_db: f64, expected_db: f64, what: &str) {
    let error = found_db - expected_db;
    assert!((-0.4..=0.2).contains(&error), "{what}: {found_db} dBTP, expected {expected_db} +0.2/−0.4");
}

#[test]
fn true_peaks_of_sines_15_to_19() {
    let vectors = [
        // Samples in a period, amplitude, phase in degrees, true peak, sample peak.
        (4.0, 0.50, 0.0, -6.0, -6.02),
        (4.0, 0.50, 45.0, -6.0, -9.03),
        (6.0, 0.50, 60.0, -6.0, -7.27),
        (8.0, 0.50, 67.5, -6.0, -6.71),
        (4.0, 1.41, 45.0, 3.0, -0.03),
    ];
    for rate_hz in RATES_WITH_192_HZ {
        for (number, (period, amplitude, degrees, true_peak_db, sample_peak_db)) in (15..).zip(vectors) {
            let turn = |i: usize| TAU * i as f64 / period + f64::to_radians(degrees);
            let signal = faded((0..rate_hz as usize).map(|i| amplitude * turn(i).sin()).collect(), rate_hz);
            let mut meter = Meter::new(rate_hz, 2).expect("valid");
            meter.push(&[&signal, &signal]);
            meter.finish();
            let (read, what) = (meter.reading(), format!("vector {number} at {rate_hz} Hz"));
            assert_true_peak(read.true_peak_dbtp, true_peak_db, &what);
            assert_near(read.true_peak_dbtp, 20.0 * f64::log10(amplitude), 0.01, &what);
            assert_near(read.sample_peak_dbfs, sample_peak_db, 0.01, &what);
        }
    }
}

/// A sine of a sixth of the sample rate with one period of a quarter of it at double level, made at four times the rate.
fn burst_at_four_times(rate_hz: f64) -> Vec<f64> {
    let around = 24 * (rate_hz as usize / 24);
    let slow = |i: usize| 0.5 * (TAU * i as f64 / 24.0).sin();
    let before = (0..around).map(slow);
    let burst = (0..16).map(|i| (TAU * f64::from(i) / 16.0).sin());
    faded(before.chain(burst).chain((0..around).map(slow)).collect(), 4.0 * rate_hz)
        .into_iter()
        .map(f64::from)
        .collect()
}

/// Low-passes to 0.46 of the lower rate and keeps every fourth sample from `offset`.
fn decimated(signal: &[f64], offset: usize) -> Vec<f32> {
    const REACH: i64 = 400;
    let turn = TAU * 0.46 / 4.0;
    let taps: Vec<f64> = (-REACH..=REACH)
        .map(|k| k as f64)
        .map(|k| {
            let window = 0.5 + 0.5 * (PI * k / (REACH + 1) as f64).cos();
            window * if k == 0.0 { turn / PI } else { (turn * k).sin() / (PI * k) }
        })
        .collect();
    let at = |i: i64| signal.get(i as usize).copied().unwrap_or(0.0);
    (0..signal.len() as i64 / 4)
        .map(|i| 4 * i + offset as i64)
        .map(|centre| taps.iter().zip(centre - REACH..).map(|(tap, i)| tap * at(i)).sum::<f64>() as f32)
        .collect()
}

#[test]
fn true_peaks_of_bursts_20_to_23() {
    for rate_hz in [44_100.0, 48_000.0, 96_000.0] {
        let burst = burst_at_four_times(rate_hz);
        let mut found = Vec::new();
        for offset in 0..4 {
            let signal = decimated(&burst, offset);
            let summary = measure_programme(&[&signal, &signal], rate_hz).expect("valid");
            assert_true_peak(summary.true_peak_dbtp, 0.0, &format!("vector {} at {rate_hz} Hz", 20 + offset));
            found.push(summary.true_peak_dbtp);
        }
        // The waveform is the same whatever samples carry it.
        found.iter().for_each(|&peak| assert_near(peak, found[0], 0.01, "offsets agree"));
    }
}

// EBU Tech 3342, loudness range.

#[test]
fn loudness_ranges_1_to_4() {
    let vectors: [(&[f64], f64); 4] = [
        (&[-20.0, -30.0], 10.0),
        (&[-20.0, -15.0], 5.0),
        (&[-40.0, -20.0], 20.0),
        (&[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ];
    for rate_hz in RATES_HZ {
        for (number, (levels, expected)) in (1..).zip(vectors) {
            let steps: Vec<_> = levels.iter().map(|&level| (level, 20.0)).collect();
            let signal = stepped_sine(rate_hz, 1_000.0, &steps);
            let live = reading(rate_hz, &[&signal, &signal]);
            assert_near(live.range_lu, expected, 1.0, &format!("vector {number} at {rate_hz} Hz"));
        }
    }
}

// ITU-R BS.1770 and BS.2217.

/// Power gain of the K-weighting at a frequency: the two sections of BS.1770, designed anew for the rate.
fn k_weight(rate_hz: f64, frequency_hz: f64) -> f64 {
    let section = |b: [f64; 3], a: [f64; 3]| {
        let turn = TAU * frequency_hz / rate_hz;
        let power = |c: [f64; 3]| {
            let re = c[0] + c[1] * turn.cos() + c[2] * (2.0 * turn).cos();
            let im = c[1] * turn.sin() + c[2] * (2.0 * turn).sin();
            re * re + im * im
        };
        power(b) / power(a)
    };
    let (k, q) = ((PI * 1_681.974_451 / rate_hz).tan(), 0.707_175_237);
    let high = 10f64.powf(3.999_843_854 / 20.0);
    let middle = high.powf(0.499_666_774_2);
    let shelf = section(
        [high + middle * k / q + k * k, 2.0 * (k * k - high), high - middle * k / q + k * k],
        [1.0 + k / q + k * k, 2.0 * (k * k - 1.0), 1.0 - k / q + k * k],
    );
    let (k, q) = ((PI * 38.135_470_88 / rate_hz).tan(), 0.500_327_037_3);
    let over = 1.0 + k / q + k * k;
    let cut = section([1.0, -2.0, 1.0], [1.0, 2.0 * (k * k - 1.0) / over, (1.0 - k / q + k * k) / over]);
    shelf * cut
}

#[test]
fn weighting_is_that_of_the_table_at_48_khz() {
    // 997 Hz gains what the offset takes away; the high pass adds 0.043 dB to the shelf's 4 dB.
    assert_near(10.0 * k_weight(48_000.0, 997.0).log10(), 0.691, 0.002, "997 Hz");
    assert_near(10.0 * k_weight(48_000.0, 20_000.0).log10(), 4.043, 0.005, "20 kHz");
}

#[test]
fn tones_over_the_weighting_curve() {
    for rate_hz in RATES_WITH_192_HZ {
        for frequency_hz in [25.0, 100.0, 500.0, 1_000.0, 2_000.0, 10_000.0] {
            for target in [-23.0, -24.0] {
                // Two channels of half the square of the amplitude each.
                let level_db = target + 0.691 - 10.0 * k_weight(rate_hz, frequency_hz).log10();
                let signal = sine(rate_hz, frequency_hz, level_db, 3.0);
                let found = reading(rate_hz, &[&signal, &signal]).integrated_lufs;
                assert_near(found, target, 0.1, &format!("{frequency_hz} Hz at {rate_hz} Hz"));
            }
        }
    }
}

#[test]
fn every_channel_has_its_weight() {
    for rate_hz in RATES_HZ {
        let tone = sine(rate_hz, 997.0, -20.0, 5.0);
        let silent = vec![0.0; tone.len()];
        // L, R, C, LFE, Ls, Rs: one channel of −20 dB reads −23.01, the surrounds 1.49 LU more.
        for (channel, expected) in
            [-23.01, -23.01, -23.01, SILENCE_DB, -21.52, -21.52].into_iter().enumerate()
        {
            let mut planes = [&silent[..]; 6];
            planes[channel] = &tone;
            let mut meter = Meter::for_programme(rate_hz, 6).expect("valid");
            meter.push(&planes);
            let found = meter.reading().integrated_lufs;
            if expected == SILENCE_DB {
                assert_eq!(found, SILENCE_DB);
                assert_eq!(meter.reading().max_momentary_lufs, SILENCE_DB);
            } else {
                assert_near(found, expected, 0.02, &format!("channel {channel} at {rate_hz} Hz"));
            }
        }
    }
}

#[test]
fn reference_figures() {
    for rate_hz in RATES_WITH_192_HZ {
        let full = sine(rate_hz, 997.0, 0.0, 5.0);
        let silent = vec![0.0; full.len()];
        let integrated =
            |planes: &[&[f32]]| measure_programme(planes, rate_hz).expect("valid").integrated_lufs;
        assert_near(integrated(&[&full, &silent]), -3.01, 0.03, "left only");
        // Mono is one channel, not two: 3.01 LU below the same signal in both.
        assert_near(integrated(&[&full]), -3.01, 0.03, "mono");
        assert_near(integrated(&[&full, &full]) - integrated(&[&full]), 3.01, 0.001, "stereo over mono");
    }
    for (rate_hz, expected) in [(44_100.0, -22.991), (48_000.0, -22.993), (96_000.0, -23.011)] {
        let signal = sine(rate_hz, 1_000.0, -23.0, 20.0);
        let summary = measure_programme(&[&signal, &signal], rate_hz).expect("valid");
        assert_near(summary.integrated_lufs, expected, 0.003, &format!("1 kHz at {rate_hz} Hz"));
        assert_near(summary.plr_lu.expect("both exist"), -23.0 - expected, 0.01, "PLR of a sine");
    }
}

// The meter's own promises.

/// Four seconds of two different channels with steps, silence and faults in it.
fn varied(rate_hz: f64) -> [Vec<f32>; 2] {
    let steps = [(-30.0, 0.5), (-6.0, 1.234), (SILENCE_DB, 0.3), (-12.0, 2.0)];
    let mut left = stepped_sine(rate_hz, 997.0, &steps);
    let right = stepped_sine(rate_hz, 3_333.0, &steps);
    left[1_000] = f32::NAN;
    left[2_000..2_100].fill(1e-40);
    [left, right]
}

#[test]
fn readings_do_not_depend_on_block_sizes() {
    for rate_hz in RATES_HZ {
        let [left, right] = varied(rate_hz);
        let mut whole = Meter::new(rate_hz, 2).expect("valid");
        whole.push(&[&left, &right]);
        let expected = whole.reading();
        whole.finish();
        assert!(expected.psr_lu.is_some() && expected.correlation.is_some() && expected.faults == 1);
        for block in [1, 7, 32, 441, 1_024, 8_192] {
            let mut cut = Meter::new(rate_hz, 2).expect("valid");
            for (l, r) in left.chunks(block).zip(right.chunks(block)) {
                cut.push(&[l, r]);
                cut.push(&[&[], &[]]);
            }
            assert_eq!(cut.reading(), expected, "blocks of {block} at {rate_hz} Hz");
            cut.finish();
            assert_eq!(cut.reading(), whole.reading(), "blocks of {block} at {rate_hz} Hz, finished");
        }
    }
}

#[test]
fn reset_and_a_new_rate_start_anew() {
    for (first_hz, second_hz) in [(48_000.0, 48_000.0), (48_000.0, 96_000.0), (96_000.0, 44_100.0)] {
        let mut meter = Meter::new(first_hz, 2).expect("valid");
        let [left, right] = varied(first_hz);
        meter.push(&[&left, &right[..right.len()]]);
        if second_hz == first_hz {
            meter.finish();
            meter.reset();
        } else {
            meter = Meter::new(second_hz, 2).expect("valid");
        }
        let empty = meter.reading();
        assert_eq!((empty.integrated_lufs, empty.true_peak_dbtp), (SILENCE_DB, SILENCE_DB));
        assert_eq!((empty.plr_lu, empty.psr_lu, empty.faults, empty.duration_s), (None, None, 0, 0.0));
        let [left, right] = varied(second_hz);
        meter.push(&[&left, &right]);
        assert_eq!(meter.reading(), reading(second_hz, &[&left, &right]));
    }
}

#[test]
fn silence_is_nothing_and_does_not_disturb_what_follows() {
    let rate_hz = 48_000.0;
    let silent = vec![0.0; 48_000 * 10];
    let mut meter = Meter::new(rate_hz, 2).expect("valid");
    meter.push(&[&silent, &silent]);
    let read = meter.reading();
    for level in [read.momentary_lufs, read.short_term_lufs, read.integrated_lufs, read.max_momentary_lufs] {
        assert_eq!(level, SILENCE_DB);
    }
    assert_eq!((read.true_peak_dbtp, read.sample_peak_dbfs, read.range_lu), (SILENCE_DB, SILENCE_DB, 0.0));
    assert_eq!((read.plr_lu, read.psr_lu, read.correlation), (None, None, None));
    let tone = sine(rate_hz, 1_000.0, -23.0, 10.0);
    meter.push(&[&tone, &tone]);
    let read = meter.reading();
    for found in [read.momentary_lufs, read.short_term_lufs] {
        assert_near(found, -23.0, 0.01, "after silence");
    }
    // The three gating blocks that begin in the silence lower it a little.
    assert_near(read.integrated_lufs, -23.0, 0.1, "after silence");
    assert_near(read.psr_lu.expect("long enough"), 0.0, 0.02, "PSR of a sine");
    assert_near(read.correlation.expect("both sound"), 1.0, 1e-9, "equal channels");
    meter.push(&[&silent, &silent]);
    let after = meter.reading();
    assert!(after.momentary_lufs < -100.0 && after.short_term_lufs < -100.0, "{after:?}");
    assert_eq!(after.psr_lu, None);
    assert_near(after.integrated_lufs, -23.0, 0.15, "silence is gated out but for the blocks it shares");
}

#[test]
fn recent_peaks_are_forgotten_after_three_seconds() {
    let rate_hz = 48_000.0;
    let signal = stepped_sine(rate_hz, 1_000.0, &[(0.0, 3.0), (-20.0, 3.2)]);
    let read = reading(rate_hz, &[&signal, &signal]);
    assert_near(read.psr_lu.expect("long enough"), 0.0, 0.02, "PSR");
    assert_near(read.true_peak_dbtp, 0.0, 0.02, "true peak");
    assert_near(read.max_short_term_lufs, 0.0, 0.02, "short-term maximum");
}

#[test]
fn faults_do_not_poison() {
    let rate_hz = 48_000.0;
    let tone = sine(rate_hz, 1_000.0, -23.0, 20.0);
    let mut broken = tone.clone();
    for (i, fault) in
        [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, -f32::NAN].into_iter().enumerate()
    {
        broken[10_000 + 5_000 * i] = fault;
    }
    let read = reading(rate_hz, &[&broken, &broken]);
    assert_eq!(read.faults, 10);
    for found in [read.momentary_lufs, read.short_term_lufs, read.integrated_lufs] {
        assert_near(found, -23.0, 0.1, "around faults");
    }
    assert!(read.true_peak_dbtp < -18.0, "{}", read.true_peak_dbtp);
    let only_faults = vec![f32::NAN; 48_000];
    assert_eq!(reading(rate_hz, &[&only_faults, &only_faults]).momentary_lufs, SILENCE_DB);
    let subnormal = vec![1e-40; 48_000];
    let read = reading(rate_hz, &[&subnormal, &subnormal]);
    assert_eq!((read.true_peak_dbtp, read.momentary_lufs, read.faults), (SILENCE_DB, SILENCE_DB, 0));
    let loud = sine(rate_hz, 1_000.0, 100.0, 4.0);
    let read = reading(rate_hz, &[&loud, &loud]);
    assert_near(read.short_term_lufs, 100.0, 0.1, "+100 dB");
    assert_near(read.true_peak_dbtp, 100.0, 0.01, "+100 dB");
}

#[test]
fn odd_inputs_are_taken() {
    let tone = sine(48_000.0, 1_000.0, -23.0, 1.0);
    let silent = vec![0.0; tone.len()];
    let expected = reading(48_000.0, &[&tone, &silent]);
    let mut meter = Meter::new(48_000.0, 2).expect("valid");
    meter.push(&[]);
    meter.push(&[&tone]);
    assert_eq!(meter.reading(), expected);
    let mut meter = Meter::new(48_000.0, 2).expect("valid");
    meter.push(&[&tone, &silent, &tone]);
    assert_eq!(meter.reading(), expected);
    let mut meter = Meter::new(48_000.0, 2).expect("valid");
    meter.push(&[&tone, &silent[..100]]);
    meter.push(&[&tone[100..], &silent]);
    assert_eq!(meter.reading(), expected);
}

#[test]
fn live_and_file_gating_agree() {
    for level in [-8.04, -14.0, -22.97, -23.0, -50.2] {
        let signal = stepped_sine(48_000.0, 1_000.0, &[(level, 5.0), (level - 4.3, 5.0)]);
        let live = reading(48_000.0, &[&signal, &signal]).integrated_lufs;
        let file = measure_programme(&[&signal, &signal], 48_000.0).expect("valid").integrated_lufs;
        assert_near(live, file, 0.055, &format!("{level} dB"));
    }
}

#[test]
fn hours_leave_the_readings_right() {
    let rate_hz = 8_000.0;
    let minute = stepped_sine(rate_hz, 1_000.0, &[(SILENCE_DB, 55.0), (-20.0, 5.0)]);
    let mut meter = Meter::new(rate_hz, 1).expect("valid");
    meter.push(&[&minute]);
    let first = meter.reading();
    for _ in 1..3 * 60 {
        meter.push(&[&minute]);
    }
    let later = meter.reading();
    assert_eq!(later.duration_s, 10_800.0);
    assert_near(later.integrated_lufs, first.integrated_lufs, 0.15, "after three hours");
    // Only what the filter remembers of the tone before may differ.
    assert_near(later.momentary_lufs, first.momentary_lufs, 1e-6, "after three hours");
    assert_near(later.max_short_term_lufs, first.max_short_term_lufs, 1e-3, "after three hours");
    assert_near(later.true_peak_dbtp, first.true_peak_dbtp, 0.02, "after three hours");
    let louder: Vec<f32> = minute.iter().map(|x| x * 2.0).collect();
    meter.push(&[&louder]);
    assert_near(meter.reading().max_momentary_lufs, first.max_momentary_lufs + 6.02, 0.01, "still listening");
    assert_near(meter.reading().true_peak_dbtp, first.true_peak_dbtp + 6.02, 0.02, "still listening");
}
