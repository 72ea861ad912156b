//! The adaptive layer seen from outside: how fast it moves, what it does to the signal, and that it can be taken away.

mod common;
#[path = "support/counting.rs"]
mod counting;

use auracore::control::adaptive::*;
use auracore::control::*;
use auracore::engine::{Engine, EngineIo};
use common::*;
use counting::calls_during;
use std::f64::consts::TAU;

const RATE_HZ: f64 = 48_000.0;
const RATES_HZ: [f64; 6] = [44_100.0, 48_000.0, 88_200.0, 96_000.0, 176_400.0, 192_000.0];

fn at_once(set: &[(usize, f32)]) -> Adaptation {
    let mut moves = Moves::NEUTRAL;
    set.iter().for_each(|(i, value)| moves.0[*i] = *value);
    Adaptation { moves, pace: Pace::AtOnce, ..Adaptation::NONE }
}

/// Every stage has something to do.
fn everything() -> Adaptation {
    let mut adaptation = at_once(&[
        (THRESHOLD, -30.0),
        (RATIO, 2.0),
        (WIDTH, 0.85),
        (WIDTH + 1, 1.1),
        (WIDTH + 2, 1.2),
        (DRIVE, 2.5),
    ]);
    let gains_db = [2.0, -1.5, 3.0, -2.5, 1.0, 3.5, -3.0, 2.0, 1.5, -2.0];
    adaptation.moves.0[..ADAPTIVE_BANDS].copy_from_slice(&gains_db);
    adaptation
}

fn unlimited() -> MasterControls {
    let mut controls = MasterControls::default();
    controls.limiter.on = false;
    controls
}

/// Renders in blocks of `cut`; `tell` speaks to the engine before each.
fn render(
    engine: &mut Engine,
    input: [&[f32]; 2],
    controls: &MasterControls,
    cut: usize,
    mut tell: impl FnMut(&mut Engine, usize),
) -> [Vec<f32>; 2] {
    let mut out = input.map(<[f32]>::to_vec);
    let [left, right] = &mut out;
    for (i, (left, right)) in left.chunks_mut(cut).zip(right.chunks_mut(cut)).enumerate() {
        tell(engine, i * cut);
        engine.process(EngineIo { left, right: Some(right), sidechain: None }, controls);
    }
    out
}

fn rms_db(signal: &[f32]) -> f64 {
    10.0 * (signal.iter().map(|x| f64::from(x * x)).sum::<f64>() / signal.len() as f64).log10()
}

/// Noise with a beat, well below the ceiling.
fn programme(seed: u64, frames: usize) -> Vec<f32> {
    let beat = |n: usize| 0.3 + 0.7 * (-((n % 24_000) as f32) / 2_000.0).exp();
    low_pass(&noise(seed, frames), 0.2, 20).iter().enumerate().map(|(n, x)| 0.25 * x * beat(n)).collect()
}

#[test]
fn moves_keep_their_speed_at_every_rate() {
    for rate in RATES_HZ {
        for (pace, factor) in [(Pace::Automatic, 1.0), (Pace::ByHand, 10.0)] {
            let mut engine = Engine::new(rate, LatencyMode::Live);
            engine.adapt(&Adaptation { pace, ..everything() });
            let silence = vec![0.0; rate as usize];
            let mut before = engine.adaptive_moves();
            assert_eq!(before, Moves::NEUTRAL);
            render(&mut engine, [&silence, &silence], &unlimited(), 1_000, |engine, at| {
                let now = engine.adaptive_moves();
                for (i, spec) in MOVE_SPECS.iter().enumerate() {
                    let jumps = matches!(i, THRESHOLD | ATTACK | RELEASE);
                    // A call may hold one step of the grid more than its length.
                    let most = spec.slew_per_s * factor * (1_064.0 / rate as f32);
                    let moved = (now.0[i] - before.0[i]).abs();
                    assert!(jumps || moved <= most * 1.001, "{rate} {pace:?} {} at {at}: {moved}", spec.id);
                }
                before = now;
            });
            let expected = 0.5 * factor;
            let now = engine.adaptive_moves().0[2].min(3.0);
            assert!((now - expected.min(3.0)).abs() < 0.002 * factor, "{rate}: {now} after a second");
            assert_eq!(engine.adaptive_moves().0[THRESHOLD], -30.0, "an idle compressor needs no travel");
        }
    }
}

#[test]
fn the_signal_moves_as_the_telemetry_says() {
    let tone = sine(1_000.0, 0.1, 0.0, RATE_HZ, 5 * 48_000);
    let mut engine = Engine::new(RATE_HZ, LatencyMode::Live);
    let mut up = at_once(&[(4, 4.0)]);
    up.pace = Pace::Automatic;
    engine.adapt(&up);
    let mut said = Vec::new();
    let out = render(&mut engine, [&tone, &tone], &unlimited(), 480, |engine, _| {
        said.push(f64::from(engine.adaptive_moves().0[4]));
    });
    for (k, part) in out[0].chunks(12_000).enumerate() {
        let heard = 20.0 * (tone_level(part, 1_000.0, RATE_HZ) / 0.1).log10();
        let middle_s = (k as f64 + 0.5) * 0.25;
        assert!((heard - 0.5 * middle_s).abs() < 0.02, "{heard} dB after {middle_s} s");
        assert!((heard - said[k * 25 + 12]).abs() < 0.02);
    }
}

#[test]
fn block_cuts_do_not_matter() {
    let input = [programme(1, 96_000), programme(2, 96_000)];
    let numbers = noise(3, 10_000);
    // Targets and amounts change where a call begins in every cutting, off the grid of the engine.
    const CHANGE: usize = 1_050;
    let told = |at: usize| {
        let number = |i: usize| numbers[(at / CHANGE) * 32 + i];
        let mut adaptation = Adaptation::NONE;
        for (i, (value, spec)) in adaptation.moves.0.iter_mut().zip(&MOVE_SPECS).enumerate() {
            *value = spec.min + (spec.max - spec.min) * (0.5 + 0.5 * number(i));
        }
        adaptation.amounts.overall = if number(18) > 0.6 { 0.0 } else { 0.5 + 0.5 * number(19) };
        adaptation.amounts.modules[2] = 0.5 + 0.5 * number(20);
        adaptation.pace =
            [Pace::AtOnce, Pace::Automatic, Pace::ByHand][(1.5 + 1.5 * number(21)) as usize % 3];
        // For a while nothing is moved, so that the layer falls asleep off the grid and wakes again.
        if (30_000..70_000).contains(&(at / CHANGE * CHANGE)) {
            adaptation.amounts = AdaptiveAmounts::NONE;
        }
        adaptation
    };
    // At 44.1 kHz the stages' ramps end off every grid.
    for (mode, rate) in [(LatencyMode::Master, RATE_HZ), (LatencyMode::Live, 44_100.0)] {
        let run = |cut: &mut dyn FnMut() -> usize| {
            let mut engine = Engine::new(rate, mode);
            let mut out = input.clone();
            let [left, right] = &mut out;
            let mut at = 0;
            while at < left.len() {
                let end = (at + cut()).min(left.len()).min(at / CHANGE * CHANGE + CHANGE);
                engine.adapt(&told(at));
                let io =
                    EngineIo { left: &mut left[at..end], right: Some(&mut right[at..end]), sidechain: None };
                engine.process(io, &MasterControls::default());
                at = end;
            }
            (out, engine.adaptive_moves())
        };
        let whole = run(&mut || CHANGE);
        let dry = render(
            &mut Engine::new(rate, mode),
            [&input[0], &input[1]],
            &MasterControls::default(),
            512,
            |_, _| (),
        );
        assert!(whole.0[0] != dry[0], "the layer is heard");
        assert!(whole.0[0][64_000..69_000] == dry[0][64_000..69_000], "the layer sleeps");
        for cut in [1, 7, 16, 63, 64, 200] {
            let out = run(&mut || cut);
            let first = (0..96_000).find(|n| out.0[0][*n] != whole.0[0][*n]);
            assert!(out == whole, "{mode:?}: blocks of {cut} differ from sample {first:?}");
        }
        let mut next = 0;
        let ragged = run(&mut || {
            next += 1;
            (numbers[next % 10_000].abs() * 150.0) as usize
        });
        assert!(ragged == whole, "{mode:?}: ragged blocks differ");
    }
}

#[test]
fn what_is_not_heard_changes_no_bit() {
    let input = [noise(5, 48_000), noise(6, 48_000)];
    let mut controls = MasterControls::default();
    (controls.compressor.on, controls.limiter.drive_db) = (true, 4.0);
    controls.eq.bands[2].gain_db = 3.0;
    for mode in [LatencyMode::Master, LatencyMode::Live] {
        let run = |adaptation: Option<Adaptation>| {
            let mut engine = Engine::new(RATE_HZ, mode);
            render(&mut engine, [&input[0], &input[1]], &controls, 300, |engine, _| {
                adaptation.iter().for_each(|told| engine.adapt(told));
            })
        };
        let never_told = run(None);
        for silent in [
            Adaptation::NONE,
            Adaptation { amounts: AdaptiveAmounts::NONE, ..everything() },
            Adaptation { amounts: AdaptiveAmounts::NONE, pace: Pace::ByHand, ..everything() },
            Adaptation { amounts: AdaptiveAmounts { overall: 1.0, modules: [0.0; 4] }, ..everything() },
            at_once(&[(THRESHOLD, -40.0), (ATTACK, 5.0), (RELEASE, 600.0)]),
        ] {
            assert!(run(Some(silent)) == never_told, "{mode:?} {silent:?}");
        }
        assert!(run(Some(everything())) != never_told);
    }
}

#[test]
fn amounts_at_zero_give_the_signal_back() {
    let input = [programme(7, 144_000), programme(8, 144_000)];
    let controls = MasterControls::default();
    for mode in [LatencyMode::Master, LatencyMode::Live] {
        let mut engine = Engine::new(RATE_HZ, mode);
        let dry = render(&mut engine, [&input[0], &input[1]], &controls, 480, |_, _| ());
        for overall in [true, false] {
            let mut told = everything();
            let mut engine = Engine::new(RATE_HZ, mode);
            let out = render(&mut engine, [&input[0], &input[1]], &controls, 480, |engine, at| {
                if at >= 48_000 {
                    told.amounts = if overall {
                        AdaptiveAmounts::NONE
                    } else {
                        AdaptiveAmounts { overall: 1.0, modules: [0.0; 4] }
                    };
                }
                engine.adapt(&told);
            });
            assert!(out[0][..48_000] != dry[0][..48_000]);
            for c in 0..2 {
                assert!(out[c][72_000..] == dry[c][72_000..], "{mode:?}: half a second later all is dry");
            }
            assert_eq!(engine.adaptive_moves(), everything().moves, "amounts move nothing");
        }
    }
}

#[test]
fn garbage_changes_nothing() {
    let input = [programme(9, 48_000), programme(10, 48_000)];
    let run = |garbage: bool| {
        let mut engine = Engine::new(RATE_HZ, LatencyMode::Master);
        render(&mut engine, [&input[0], &input[1]], &MasterControls::default(), 256, |engine, at| {
            if at == 0 {
                engine.adapt(&everything());
            } else if garbage {
                let strange = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][at / 256 % 3];
                let amounts = AdaptiveAmounts { overall: strange, modules: [strange; 4] };
                engine.adapt(&Adaptation { moves: Moves([strange; MOVES]), amounts, pace: Pace::AtOnce });
            }
        })
    };
    assert!(run(true) == run(false));
    // Beyond the bounds is at the bounds.
    let mut engine = Engine::new(RATE_HZ, LatencyMode::Live);
    engine.adapt(&Adaptation { moves: Moves([1e30; MOVES]), pace: Pace::AtOnce, ..Adaptation::NONE });
    assert_eq!(engine.adaptive_moves(), Moves(MOVE_SPECS.map(|spec| spec.max)));
    let tone = sine(100.0, 0.1, 0.0, RATE_HZ, 4_800);
    let out = render(&mut engine, [&tone, &tone], &MasterControls::default(), 100, |_, _| ());
    assert!(out[0].iter().all(|x| x.is_finite()));
}

/// Magnitude in dB of an impulse response that lies in a channel.
fn response_db(impulse_response: &[f32], scale: f64, freq_hz: f64, rate_hz: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, x) in impulse_response.iter().enumerate() {
        let (sin, cos) = (TAU * freq_hz * n as f64 / rate_hz).sin_cos();
        re += cos * f64::from(*x);
        im += sin * f64::from(*x);
    }
    20.0 * (re.hypot(im) / scale).log10()
}

/// Analogue magnitude of a band in dB; `s` is the frequency relative to the band's own.
fn analogue_db(shelf: Option<bool>, gain_db: f64, q: f64, s: f64) -> f64 {
    let linear = 10.0f64.powf(gain_db / 20.0);
    let a = linear.sqrt();
    let poly = |r0: f64, r1: f64, r2: f64| (r0 - r2 * s * s).hypot(r1 * s);
    let magnitude = match shelf {
        None => poly(1.0, a / q, 1.0) / poly(1.0, 1.0 / (a * q), 1.0),
        Some(low) => {
            let s = if low { s } else { 1.0 / s };
            let poly = |r0: f64, r1: f64, r2: f64| (r0 - r2 * s * s).hypot(r1 * s);
            a * poly(a, a.sqrt() / q, 1.0) / poly(1.0, a.sqrt() / q, a)
        }
    };
    20.0 * magnitude.log10()
}

fn third_octaves() -> impl Iterator<Item = f64> {
    (0..30).map(|i| 20.0 * 2.0f64.powf(f64::from(i) / 3.0)).filter(|hz| *hz <= 16_000.0).chain([16_000.0])
}

#[test]
fn ten_bands_sum_to_their_analogue_response() {
    for rate in RATES_HZ {
        for sign in [1.0, -1.0] {
            let mut told = everything();
            told.amounts.modules = [1.0, 0.0, 0.0, 0.0];
            told.moves.0[..ADAPTIVE_BANDS].iter_mut().for_each(|gain_db| *gain_db *= sign);
            let mut engine = Engine::new(rate, LatencyMode::Live);
            engine.adapt(&told);
            let mut impulse = vec![0.0; rate as usize / 2];
            impulse[0] = 0.25;
            let out = render(&mut engine, [&impulse, &impulse], &unlimited(), 512, |_, _| ());
            for hz in third_octaves() {
                let expected: f64 = (0..ADAPTIVE_BANDS)
                    .map(|band| {
                        let shelf = [0, ADAPTIVE_BANDS - 1].contains(&band).then_some(band == 0);
                        let q = if shelf.is_some() { SHELF_Q } else { BELL_Q };
                        let s = hz / f64::from(band_hz(band));
                        analogue_db(shelf, f64::from(told.moves.0[band]), f64::from(q), s)
                    })
                    .sum();
                let got = response_db(&out[0], 0.25, hz, rate);
                // What ten matched sections leave: up to four kilohertz next to nothing, above it less than a tenth each.
                let most = if hz < 4_100.0 || rate > 80_000.0 { 0.05 } else { 0.2 };
                assert!((got - expected).abs() < most, "{rate} at {hz} Hz: {got} not {expected}");
            }
        }
    }
}

#[test]
fn widths_act_in_their_regions() {
    for rate in RATES_HZ {
        let (low, middle, high) = (0.8, 1.1, 1.2);
        let mut engine = Engine::new(rate, LatencyMode::Live);
        engine.adapt(&at_once(&[(WIDTH, low), (WIDTH + 1, middle), (WIDTH + 2, high)]));
        let mut impulse = vec![0.0; rate as usize / 2];
        impulse[0] = 0.25;
        let opposite: Vec<f32> = impulse.iter().map(|x| -x).collect();
        let side = render(&mut engine, [&impulse, &opposite], &unlimited(), 512, |_, _| ());
        engine.reset();
        let mid = render(&mut engine, [&impulse, &impulse], &unlimited(), 512, |_, _| ());
        for hz in third_octaves() {
            assert!(response_db(&mid[0], 0.25, hz, rate).abs() < 1e-4, "the middle stays");
            let [low_db, middle_db, high_db] = [low, middle, high].map(|w| 20.0 * f64::from(w).log10());
            let shelf = |low, gain_db, corner_hz: f32| {
                analogue_db(Some(low), gain_db, f64::from(SHELF_Q), hz / f64::from(corner_hz))
            };
            let expected = middle_db
                + shelf(true, low_db - middle_db, WIDTH_BORDERS_HZ[0])
                + shelf(false, high_db - middle_db, WIDTH_BORDERS_HZ[1]);
            for channel in &side {
                let got = response_db(channel, 0.25, hz, rate);
                assert!((got - expected).abs() < 0.1, "{rate} at {hz} Hz: {got} not {expected}");
            }
        }
        for (hz, width) in [(40.0, low), (1_000.0, middle), (16_000.0, high)] {
            let got = response_db(&side[0], 0.25, hz, rate) - 20.0 * f64::from(width).log10();
            assert!(got.abs() < 0.15, "{rate}: off by {got} dB at {hz} Hz");
        }
    }
}

#[test]
fn drive_moves_the_level_into_a_limiter_that_is_on() {
    let tone = sine(997.0, 0.05, 0.0, RATE_HZ, 48_000);
    let level_db = |drive_db: f32, user_db: f32, on: bool| {
        let mut controls = MasterControls::default();
        (controls.limiter.on, controls.limiter.drive_db) = (on, user_db);
        let mut engine = Engine::new(RATE_HZ, LatencyMode::Master);
        engine.adapt(&at_once(&[(DRIVE, drive_db)]));
        let out = render(&mut engine, [&tone, &tone], &controls, 512, |_, _| ());
        20.0 * (tone_level(&out[0][24_000..], 997.0, RATE_HZ) / 0.05).log10()
    };
    for (drive_db, user_db) in [(3.0, 0.0), (-5.0, 0.0), (-12.0, 4.0), (12.0, 2.0)] {
        let got = level_db(drive_db, user_db, true);
        assert!((got - f64::from(drive_db + user_db)).abs() < 0.01, "{drive_db} on {user_db}: {got}");
        assert!(level_db(drive_db, user_db, false).abs() < 1e-4, "no limiter, no drive");
    }
    let hot: Vec<f32> = noise(12, 48_000);
    let mut engine = Engine::new(RATE_HZ, LatencyMode::Master);
    engine.adapt(&at_once(&[(DRIVE, 12.0)]));
    let out = render(&mut engine, [&hot, &hot], &MasterControls::default(), 512, |_, _| ());
    assert!(db(peak(&out[0])) < -1.0 + 1e-4, "the ceiling holds");
}

#[test]
fn the_compressor_makes_denser_and_makeup_gives_back() {
    let input = programme(13, 480_000);
    let curve = [(THRESHOLD, -40.0), (RATIO, 2.5), (ATTACK, 5.0), (RELEASE, 60.0)];
    let with_makeup = |makeup_db: f32| {
        let mut engine = Engine::new(RATE_HZ, LatencyMode::Live);
        engine.adapt(&at_once(&[&curve[..], &[(MAKEUP, makeup_db)]].concat()));
        render(&mut engine, [&input, &input], &unlimited(), 512, |_, _| ())
    };
    let (plain, raised) = (with_makeup(0.0), with_makeup(4.0));
    let (before, after) = (&input[240_000..], &plain[0][240_000..]);
    assert!(rms_db(after) < rms_db(before) - 2.0, "it turns down by itself");
    assert!((rms_db(&raised[0]) - rms_db(&plain[0]) - 4.0).abs() < 1e-3, "from the first sample on");
    let contrast = |signal: &[f32]| {
        let (loud, soft): (Vec<_>, Vec<_>) = signal.chunks(24_000).map(|beat| beat.split_at(2_400)).unzip();
        rms_db(&loud.concat()) - rms_db(&soft.concat())
    };
    let taken = contrast(before) - contrast(after);
    assert!(taken > 2.0, "took {taken} dB of {}", contrast(before));
}

/// Energy that a change scatters over frequencies where a low tone has none.
fn scattered_db(signal: &[f32], rate: f64) -> f32 {
    let low = low_pass(signal, 8_000.0 / rate, 300);
    let rest: Vec<f32> = signal.iter().zip(&low).map(|(x, l)| x - l).collect();
    db(peak(&rest[1_000..rest.len() - 1_000]))
}

#[test]
fn jumps_do_not_click() {
    let left = sine(200.0, 0.25, 0.0, RATE_HZ, 96_000);
    let right = sine(200.0, 0.2, 1.0, RATE_HZ, 96_000);
    let mut opposite = everything();
    for (value, spec) in opposite.moves.0.iter_mut().zip(&MOVE_SPECS) {
        *value = (2.0 * spec.neutral - *value).clamp(spec.min, spec.max);
    }
    opposite.moves.0[THRESHOLD] = -10.0;
    let numbers = noise(14, 1_000);
    type Story<'a> = (&'a str, usize, Box<dyn Fn(usize) -> Adaptation + 'a>);
    let stories: [Story; 4] = [
        (
            "amounts come and go",
            480,
            Box::new(|at| {
                let on = at / 9_600 % 2 == 0;
                let amounts = if on { AdaptiveAmounts::ALL } else { AdaptiveAmounts::NONE };
                Adaptation { amounts, ..everything() }
            }),
        ),
        (
            "amounts are automated every block",
            240,
            Box::new(|at| {
                let overall = 0.5 + 0.5 * numbers[at / 240];
                Adaptation { amounts: AdaptiveAmounts { overall, modules: [1.0; 4] }, ..everything() }
            }),
        ),
        ("moves jump", 480, Box::new(|at| if at / 9_600 % 2 == 0 { everything() } else { opposite })),
        ("moves travel", 64, Box::new(|_| Adaptation { pace: Pace::ByHand, ..everything() })),
    ];
    for (name, cut, told) in stories {
        let mut controls = MasterControls::default();
        controls.limiter.ceiling_db = 0.0;
        let mut engine = Engine::new(RATE_HZ, LatencyMode::Live);
        let out = render(&mut engine, [&left, &right], &controls, cut, |engine, at| engine.adapt(&told(at)));
        for channel in &out {
            let clicks = scattered_db(channel, RATE_HZ);
            assert!(clicks < -80.0, "{name}: clicks at {clicks} dB");
        }
    }
}

#[test]
fn mono_is_the_left_of_two_equal_channels() {
    let input = programme(15, 48_000);
    let run = |stereo: bool| {
        let (mut left, mut right) = (input.clone(), input.clone());
        let mut engine = Engine::new(RATE_HZ, LatencyMode::Master);
        engine.adapt(&Adaptation { pace: Pace::ByHand, ..everything() });
        for (left, right) in left.chunks_mut(100).zip(right.chunks_mut(100)) {
            let io = EngineIo { left, right: stereo.then_some(right), sidechain: None };
            engine.process(io, &MasterControls::default());
        }
        left
    };
    assert!(run(false) == run(true));
}

#[test]
fn a_fresh_start_is_in_place_and_repeats() {
    let input = [programme(16, 24_000), programme(17, 24_000)];
    let controls = MasterControls::default();
    let run = |engine: &mut Engine| render(engine, [&input[0], &input[1]], &controls, 333, |_, _| ());
    let mut engine = Engine::new(RATE_HZ, LatencyMode::Live);
    engine.adapt(&everything());
    let first = run(&mut engine);
    let mut another = Engine::new(RATE_HZ, LatencyMode::Live);
    another.adapt(&everything());
    assert!(run(&mut another) == first);
    engine.reset();
    assert_eq!(engine.adaptive_moves(), everything().moves, "a reset moves nothing");
    assert!(run(&mut engine) == first);

    // Equaliser, width and drive have no memory of how they got there: the very first sample has their whole gain.
    let mut still = everything();
    still.amounts.modules[1] = 0.0;
    let mut impulse = vec![0.0; 2_000];
    impulse[0] = 0.1;
    let mut engine = Engine::new(RATE_HZ, LatencyMode::Live);
    engine.adapt(&still);
    let fresh = render(&mut engine, [&impulse, &impulse], &controls, 64, |_, _| ());
    let silence = vec![0.0; 64_000];
    render(&mut engine, [&silence, &silence], &controls, 64, |_, _| ());
    let late = render(&mut engine, [&impulse, &impulse], &controls, 64, |_, _| ());
    assert!(fresh == late);

    engine.prepare(96_000.0, LatencyMode::Master);
    assert_eq!(engine.adaptive_moves(), everything().moves, "nor does another rate");
}

#[test]
fn latency_bypass_and_delta_know_the_layer() {
    let input = [programme(18, 24_000), programme(19, 24_000)];
    for mode in [LatencyMode::Master, LatencyMode::Live] {
        let run = |bypass: bool, delta: bool| {
            let mut controls = MasterControls::default();
            (controls.global.bypass, controls.global.delta) = (bypass, delta);
            let mut engine = Engine::new(RATE_HZ, mode);
            engine.adapt(&everything());
            assert_eq!(engine.latency_samples(), Engine::latency_for(RATE_HZ, mode));
            render(&mut engine, [&input[0], &input[1]], &controls, 500, |_, _| ())
        };
        let latency = Engine::latency_for(RATE_HZ, mode);
        let (wet, dry, delta) = (run(false, false), run(true, false), run(false, true));
        for c in 0..2 {
            assert!(dry[c][latency..] == input[c][..24_000 - latency], "bypass altered the signal");
            for n in latency..24_000 {
                assert!((delta[c][n] - (wet[c][n] - input[c][n - latency])).abs() < 1e-6);
            }
        }
        assert!(peak(&delta[0]) > 0.01);
        // An impulse stays where it is.
        let mut impulse = vec![0.0; 4_096];
        impulse[64] = 0.1;
        let mut engine = Engine::new(RATE_HZ, mode);
        engine.adapt(&everything());
        let out = render(&mut engine, [&impulse, &impulse], &MasterControls::default(), 512, |_, _| ());
        let at = (0..4_096).max_by(|a, b| out[0][*a].abs().total_cmp(&out[0][*b].abs())).unwrap();
        assert_eq!(at, 64 + latency);
    }
}

#[test]
fn nothing_allocates() {
    let source = noise(20, 2_000);
    let numbers = noise(21, 100_000);
    for rate in [44_100.0, 192_000.0] {
        let mut engine = Engine::new(rate, LatencyMode::Master);
        let (mut left, mut right) = (vec![0.0; 1_000], vec![0.0; 1_000]);
        for block in 0..2_000 {
            let number = |i: usize| numbers[(block * 32 + i) % numbers.len()];
            let frames = (number(0).abs() * 1_000.0) as usize;
            left[..frames].copy_from_slice(&source[..frames]);
            right[..frames].copy_from_slice(&source[900..900 + frames]);
            let mut adaptation = Adaptation::NONE;
            adaptation.moves.0.iter_mut().enumerate().for_each(|(i, value)| *value = 5.0 * number(i));
            adaptation.amounts.overall = number(20).max(0.0);
            adaptation.pace = [Pace::AtOnce, Pace::ByHand, Pace::Automatic][block % 3];
            if block % 7 == 0 {
                adaptation.moves.0[block % MOVES] = f32::NAN;
            }
            let calls = calls_during(|| {
                if block % 97 == 0 {
                    engine.reset();
                }
                engine.adapt(&adaptation);
                let io = EngineIo {
                    left: &mut left[..frames],
                    right: (block % 3 != 0).then_some(&mut right[..frames]),
                    sidechain: None,
                };
                engine.process(io, &MasterControls::default());
                _ = std::hint::black_box(engine.adaptive_moves());
            });
            assert_eq!(calls, 0, "{rate} Hz: block {block} allocated");
        }
    }
}
