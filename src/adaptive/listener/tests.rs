//! The listener against closed forms, and what must not matter to it.

use super::super::bands::{DOUBLE_BANDS, ZONES, centre_hz, edge_hz, k_power_gain};
use super::super::features::{FEATURES, Portrait, vector};
use super::*;

const RATE_HZ: f64 = 48_000.0;
const TARGET_DB: [f32; BANDS] = [0.0; BANDS];

/// A programme as a function of time, both channels.
fn synth(rate_hz: f64, seconds: f64, at: impl Fn(f64) -> [f64; 2]) -> [Vec<f32>; 2] {
    let frames = (rate_hz * seconds) as usize;
    let stereo: Vec<_> = (0..frames).map(|n| at(n as f64 / rate_hz)).collect();
    [0, 1].map(|channel| stereo.iter().map(|frame| frame[channel] as f32).collect())
}

fn sine(freq_hz: f64, t: f64) -> f64 {
    (std::f64::consts::TAU * freq_hz * t).sin()
}

/// White noise of both channels, the same with every call.
fn noise(seconds: f64, amplitude: f32) -> [Vec<f32>; 2] {
    let mut state = 7u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        amplitude * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0)
    };
    let frames = (RATE_HZ * seconds) as usize;
    [0; 2].map(|_| (0..frames).map(|_| next()).collect())
}

/// Something like music: a slowly changing mixture with beats, wider at the top.
fn music(t: f64) -> [f64; 2] {
    let beat = (-8.0 * (t * 2.0).fract()).exp();
    let mut stereo = [0.0; 2];
    for (i, freq_hz) in
        [37.0, 61.0, 98.0, 143.0, 262.0, 415.0, 784.0, 1_319.0, 2_637.0, 5_274.0, 9_400.0, 15_100.0]
            .into_iter()
            .enumerate()
    {
        let swell = 1.0 + 0.4 * sine(0.11 + 0.02 * i as f64, t);
        let mid = swell * (0.4 + beat) * sine(freq_hz, t) / (2.0 + i as f64);
        let side = 0.03 * i as f64 * swell * sine(freq_hz * 1.013, t) / (2.0 + i as f64);
        stereo[0] += 0.2 * (mid + side);
        stereo[1] += 0.2 * (mid - side);
    }
    stereo
}

fn heard(rate_hz: f64, [left, right]: &[Vec<f32>; 2]) -> Portrait {
    let mut listener = Listener::new(rate_hz);
    listener.push(left, right, |_| {});
    listener.portrait()
}

fn row(portrait: &Portrait) -> [f32; FEATURES] {
    vector(portrait, &TARGET_DB)
}

#[test]
fn a_sine_reads_its_level_and_loudness() {
    // The bin nearest to the middle of a band, so that all of it lies there.
    let band = 28;
    let bin_hz = RATE_HZ / 4_096.0;
    let freq_hz = (centre_hz(band) / bin_hz).round() * bin_hz;
    let portrait = heard(RATE_HZ, &synth(RATE_HZ, 8.0, |t| [0.1 * sine(freq_hz, t); 2]));
    let k_db = 10.0 * k_power_gain(freq_hz, RATE_HZ).log10() as f32;
    let loudness_lufs = -20.0 - 0.691 + k_db;
    for found in [portrait.loudness_lufs, portrait.integrated_lufs, portrait.short_term_lufs] {
        // The first frames begin before the sound.
        assert!((found - loudness_lufs).abs() < 0.05, "{found} {loudness_lufs}");
    }
    assert!((portrait.level_30s_db[band] - (-3.0103 - k_db)).abs() < 0.001, "{portrait:?}");
    assert!((portrait.level_3s_db[band] - (-3.0103 - k_db)).abs() < 0.001);
    // The frames in which it begins have sound everywhere.
    assert!(portrait.level_30s_db[band - 4] < -60.0 && portrait.level_30s_db[band + 4] < -60.0);
    assert!((portrait.psr_db - (0.691 - k_db)).abs() < 0.05, "{}", portrait.psr_db);
    assert!((portrait.plr_db - portrait.psr_db).abs() < 0.05);
    assert!(portrait.range_lu < 0.6 && portrait.run_range_lu < 0.6 && portrait.crest_db[band / 2] < 0.05);
    assert!((portrait.side_mid_db[band / 2] + 60.0).abs() < 0.1 && portrait.onsets_per_s < 0.2);
    assert!((portrait.heard_s - 8.0).abs() < 1e-9);
}

#[test]
fn white_noise_has_the_power_of_each_bandwidth() {
    let portrait = heard(RATE_HZ, &noise(60.0, 0.2));
    let k_mean = (0..24_000).map(|hz| k_power_gain(f64::from(hz) + 0.5, RATE_HZ)).sum::<f64>() / 24_000.0;
    let loudness_lufs = lufs(2.0 * k_mean * 0.04 / 3.0) as f32;
    assert!(
        (portrait.loudness_lufs - loudness_lufs).abs() < 0.1,
        "{} {loudness_lufs}",
        portrait.loudness_lufs
    );
    for band in 8..BANDS {
        let share = (edge_hz(band + 1) - edge_hz(band)) / 24_000.0;
        let want_db = 10.0 * (share / (2.0 * k_mean)).log10() as f32;
        // Noise in a narrow band has a level only within a few tenths of a decibel.
        let tolerance_db = if band < 16 { 1.0 } else { 0.4 };
        let found_db = portrait.level_30s_db[band];
        assert!((found_db - want_db).abs() < tolerance_db, "{band}: {found_db} {want_db}");
    }
    assert!(portrait.correlation.iter().all(|correlation| correlation.abs() < 0.15), "{portrait:?}");
    assert!(portrait.side_mid_db[8..].iter().all(|ratio_db| ratio_db.abs() < 1.0));
    assert!(portrait.onsets_per_s < 0.2);
    assert!(portrait.flux_db > 0.3 && portrait.flux_db < 3.0, "{}", portrait.flux_db);
}

#[test]
fn width_and_correlation_are_those_of_mid_and_side() {
    let bin_hz = RATE_HZ / 4_096.0;
    let bin = |hz: f64| (hz / bin_hz).round() * bin_hz;
    // Middle and a quarter of side in every double band that is wide enough for both, on bins of their own.
    let doubles: Vec<usize> = (11..DOUBLE_BANDS).collect();
    let tones: Vec<[f64; 2]> =
        doubles.iter().map(|&d| [bin(centre_hz(2 * d)), bin(centre_hz(2 * d + 1))]).collect();
    let programme = synth(RATE_HZ, 4.0, |t| {
        let mid: f64 = tones.iter().map(|tone| 0.05 * sine(tone[0], t)).sum();
        let side: f64 = tones.iter().map(|tone| 0.0125 * sine(tone[1], t)).sum();
        [mid + side, mid - side]
    });
    let portrait = heard(RATE_HZ, &programme);
    for double in doubles {
        let found_db = portrait.side_mid_db[double];
        assert!((found_db + 12.041).abs() < 0.02, "{double}: {found_db}");
    }
    for (zone, found) in ZONES.into_iter().zip(portrait.correlation).skip(2) {
        let count = |which: usize| {
            let lies_here = |hz: f64| hz > edge_hz(zone.start) && hz < edge_hz(zone.end);
            tones.iter().filter(|tone| lies_here(tone[which])).count() as f32
        };
        let (mid, side) = (count(0), count(1) / 16.0);
        assert!((found - (mid - side) / (mid + side)).abs() < 1e-3, "{zone:?}: {found} {mid} {side}");
    }
}

#[test]
fn opposed_channels_are_all_side() {
    let [left, _] = noise(4.0, 0.2);
    let right: Vec<f32> = left.iter().map(|x| -x).collect();
    let portrait = heard(RATE_HZ, &[left, right]);
    assert!(portrait.correlation.iter().all(|correlation| (correlation + 1.0).abs() < 1e-3));
    assert!(row(&portrait)[100..120].iter().all(|ratio_db| *ratio_db == 10.0));
}

#[test]
fn an_equaliser_shows_as_what_it_is() {
    let tones: Vec<f64> = (16..BANDS).map(centre_hz).collect();
    let programme = |boost_db: f64| {
        let boost = 10f64.powf(boost_db / 20.0);
        synth(RATE_HZ, 4.0, |t| {
            let sum = tones.iter().enumerate().map(|(i, &hz)| {
                let gain = if (8..12).contains(&i) { boost } else { 1.0 };
                0.01 * gain * sine(hz, t)
            });
            [sum.sum::<f64>(); 2]
        })
    };
    let [flat, boosted] = [0.0, 6.0].map(|boost_db| heard(RATE_HZ, &programme(boost_db)));
    let change = |band: usize| boosted.level_30s_db[band] - flat.level_30s_db[band];
    // Loudness rises with it, by the same in every band.
    let louder_db = boosted.loudness_lufs - flat.loudness_lufs;
    assert!(louder_db > 0.5);
    for band in 16..BANDS {
        let want_db = if (24..28).contains(&band) { 6.0 } else { 0.0 };
        // Neighbours at the border leak into each other.
        let tolerance_db = if (23..29).contains(&band) { 0.1 } else { 0.01 };
        assert!((change(band) + louder_db - want_db).abs() < tolerance_db, "{band}: {}", change(band));
    }
}

#[test]
fn gain_changes_nothing_but_loudness() {
    let programme = synth(RATE_HZ, 12.0, music);
    let plain = heard(RATE_HZ, &programme);
    for gain in [0.1f32, 10.0] {
        let scaled = programme.clone().map(|channel| channel.iter().map(|x| gain * x).collect::<Vec<_>>());
        let scaled = heard(RATE_HZ, &scaled);
        let louder_lu = 20.0 * gain.log10();
        assert!((scaled.loudness_lufs - plain.loudness_lufs - louder_lu).abs() < 1e-3);
        for (i, (a, b)) in row(&plain).iter().zip(row(&scaled)).enumerate() {
            assert!((a - b).abs() < 1e-3, "{}: {a} {b}", super::super::features::name(i));
        }
    }
}

#[test]
fn cuts_do_not_matter() {
    let [left, right] = synth(44_100.0, 3.0, music);
    let mut whole = Listener::new(44_100.0);
    let mut hops = Vec::new();
    whole.push(&left, &right, |hop| hops.push(*hop));
    assert_eq!(hops.len(), 30);
    for block in [1, 7, 480, 4_410, 5_000, 44_099] {
        let mut cut = Listener::new(44_100.0);
        let mut cut_hops = Vec::new();
        for (left, right) in left.chunks(block).zip(right.chunks(block)) {
            cut.push(left, right, |hop| cut_hops.push(*hop));
        }
        assert_eq!(cut_hops, hops, "{block}");
        assert_eq!(cut.portrait(), whole.portrait(), "{block}");
    }
    let before = whole.portrait();
    whole.reset();
    assert_eq!((whole.portrait(), whole.heard_s()), (Portrait::EMPTY, 0.0));
    assert_eq!(row(&whole.portrait()), [0.0; FEATURES]);
    whole.push(&left, &right, |_| {});
    assert_eq!(whole.portrait(), before);
}

#[test]
fn what_is_not_heard_changes_nothing() {
    let [left, right] = synth(RATE_HZ, 5.0, music);
    let mut listener = Listener::new(RATE_HZ);
    listener.push(&left, &right, |_| {});
    // The momentary window still holds the end of the sound for a moment.
    listener.push(&[0.0; 48_000], &[0.0; 48_000], |_| {});
    let before = listener.portrait();
    assert!(before.heard_s >= 5.0 && before.heard_s < 5.5);
    let [hiss_left, hiss_right] = noise(20.0, 1e-3);
    listener.push(&hiss_left, &hiss_right, |hop| assert!(!hop.heard));
    listener.push(&[0.0; 480_000], &[1e-40; 480_000], |hop| assert!(!hop.heard && hop.k_power < 1e-6));
    assert_eq!(listener.portrait(), before);
    assert_eq!(listener.levels_db(Window::Short), before.level_3s_db);
    assert_eq!(listener.levels_db(Window::Long), before.level_30s_db);
}

#[test]
fn a_much_softer_programme_is_heard_after_half_a_minute() {
    let [loud_left, loud_right] = noise(5.0, 0.5);
    let [soft_left, soft_right] = noise(35.0, 0.02);
    let mut listener = Listener::new(RATE_HZ);
    listener.push(&loud_left, &loud_right, |_| {});
    let mut heard = Vec::new();
    listener.push(&soft_left, &soft_right, |hop| heard.push(hop.heard));
    let first = heard.iter().skip(10).position(|&heard| heard).expect("the gate opens again") + 10;
    assert!((300..310).contains(&first), "{first}");
    assert!(heard[first..].iter().all(|&heard| heard));
    assert!((listener.portrait().integrated_lufs + 33.0).abs() < 3.0);
}

#[test]
fn beats_are_counted() {
    let [mut left, _] = noise(20.0, 0.3);
    for (n, x) in left.iter_mut().enumerate() {
        // Bursts of 60 ms, four a second, over a floor 30 dB below.
        *x *= if n % 12_000 < 2_880 { 1.0 } else { 0.03 };
    }
    let portrait = heard(RATE_HZ, &[left.clone(), left]);
    assert!((portrait.onsets_per_s - 4.0).abs() < 0.3, "{}", portrait.onsets_per_s);
    assert!(portrait.flux_db > 3.0 && portrait.crest_db[15] > 4.0, "{portrait:?}");
}

#[test]
fn faults_pass() {
    let [left, right] = synth(RATE_HZ, 12.0, music);
    let clean = heard(RATE_HZ, &[left.clone(), right.clone()]);
    let mut listener = Listener::new(RATE_HZ);
    let faults = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1e-40, -1e-45, f32::NAN, 0.1, -0.1];
    for fault in [&[f32::MAX; 4_800][..], &faults, &[-f32::MAX; 48]] {
        listener.push(fault, fault, |_| {});
        let row = row(&listener.portrait());
        assert!(row.iter().all(|value| value.is_finite()));
    }
    for _ in 0..12 {
        listener.push(&left, &right, |_| {});
    }
    let after = listener.portrait();
    for band in 4..BANDS {
        let off_db = after.level_3s_db[band] - clean.level_3s_db[band];
        assert!(off_db.abs() < 0.2, "{band}: {off_db}");
    }
    assert!(Listener::new(f64::NAN).until_hop(&[0.0; 799], &[0.0; 900]).1.is_none());
}

/// Pink noise from 25 Hz to 19 kHz: the same sines at every sample rate, four hundred of them. They swell together, and
/// those of the side are a half as large as those of the middle.
fn sines(rate_hz: f64, seconds: f64) -> [Vec<f32>; 2] {
    let count = 400;
    let hz = |i: usize| 25.0 * (19_000.0f64 / 25.0).powf((i as f64 + 0.5) / count as f64);
    // Each is a point that turns, with its angle to begin with from the golden section.
    let turns: Vec<[f64; 2]> =
        (0..count).map(|i| (std::f64::consts::TAU * hz(i) / rate_hz).sin_cos().into()).collect();
    let mut points: Vec<[f64; 2]> =
        (0..count).map(|i| (std::f64::consts::TAU * 0.618_034 * i as f64).sin_cos().into()).collect();
    let mut stereo = [Vec::new(), Vec::new()];
    for n in 0..(rate_hz * seconds) as usize {
        let mut sums = [0.0; 2];
        for (i, ([y, x], [sin, cos])) in points.iter_mut().zip(&turns).enumerate() {
            (*y, *x) = (*y * cos + *x * sin, *x * cos - *y * sin);
            sums[i % 2] += *y;
        }
        let swell = 0.01 * (1.0 + 0.5 * sine(0.7, n as f64 / rate_hz));
        stereo[0].push((swell * (sums[0] + 0.5 * sums[1])) as f32);
        stereo[1].push((swell * (sums[0] - 0.5 * sums[1])) as f32);
    }
    stereo
}

#[test]
fn all_sample_rates_hear_the_same() {
    let at = |rate_hz: f64| row(&heard(rate_hz, &sines(rate_hz, 6.0)));
    let reference = at(48_000.0);
    for rate_hz in [44_100.0, 96_000.0, 192_000.0] {
        for (i, (a, b)) in reference.iter().zip(at(rate_hz)).enumerate() {
            // At 44.1 kHz the bins are others, and the lowest bands are but two of them wide.
            let tolerance = match i {
                _ if rate_hz != 44_100.0 => 0.15,
                0..4 | 40..44 => 1.5,
                _ => 0.5,
            };
            assert!((a - b).abs() < tolerance, "{rate_hz}: {} {a} {b}", super::super::features::name(i));
        }
    }
}
