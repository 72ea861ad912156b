//! The worker without its thread: audio and points in, pictures out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize as Count, Ordering};

use super::pace::Pace;
use super::*;
use crate::bridge::tap::{TapFormat, TapWriter, tap};
use crate::bridge::trail::{TrailWriter, trail};
use crate::engine::Engine;
use crate::measure::Smoothing;
use crate::view::meters::{DYNAMICS_POINTS, LOUDNESS_POINTS, Requests, SCOPE_FRAMES};

const RATE_HZ: f32 = 48_000.0;

/// A worker that is visited by hand.
struct Bench {
    audio: TapWriter,
    points: TrailWriter<DynamicsPoint>,
    measuring: Measuring,
    requests: Arc<Requests>,
    view: MeterView,
    wakes: Arc<Count>,
}

impl Bench {
    fn new() -> Self {
        let (audio, tap) = tap(96_000);
        let (points, trail) = trail(256);
        let (requests, pictures, view) = meter_view();
        let measuring = Measuring::new(tap, trail, pictures, requests.clone());
        let wakes = Arc::new(Count::new(0));
        let counted = wakes.clone();
        view.wake_with(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let mut bench = Self { audio, points, measuring, requests, view, wakes };
        bench.set_rate(RATE_HZ);
        bench
    }

    fn set_rate(&mut self, sample_rate_hz: f32) {
        self.audio.set_format(TapFormat { sample_rate_hz, channels: 2 });
        self.visit();
    }

    fn visit(&mut self) {
        let pace = Pace::for_pictures_per_s(self.requests.pictures_per_s());
        self.measuring.visit(&self.requests, pace);
    }

    /// Audio that goes in and comes out at half its level, in one piece.
    fn play(&mut self, audio: &[f32]) {
        let half: Vec<f32> = audio.iter().map(|x| 0.5 * x).collect();
        let mut block = self.audio.begin(audio.len()).unwrap();
        block.input(audio, audio);
        block.finish(&half, &half);
        self.visit();
    }

    /// So many seconds period by period, with a point of dynamics now and then; how often the editor was woken.
    fn run(&mut self, level: f32, seconds: usize, watched: bool) -> usize {
        let before = self.wakes.load(Ordering::Relaxed);
        let point =
            DynamicsPoint { limiter_input_peak: level, limiter_output_peak: level, ..DynamicsPoint::SILENCE };
        for _ in 0..seconds * 60 {
            self.points.push(point);
            self.play(&tone(800, level));
            if watched {
                self.view.picture();
            }
        }
        self.wakes.load(Ordering::Relaxed) - before
    }
}

/// A tone in bin 110 of the spectra, in whole periods of 4800 frames.
fn tone(frames: usize, level: f32) -> Vec<f32> {
    let step = std::f64::consts::TAU * 110.0 / 4_096.0;
    (0..frames).map(|n| level * (step * n as f64).sin() as f32).collect()
}

fn top(bins: &[f32]) -> f32 {
    bins.iter().copied().fold(f32::MIN, f32::max)
}

#[test]
fn a_format_change_and_audio_reach_the_picture() {
    let mut bench = Bench::new();
    bench.view.picture();
    bench.play(&tone(48_000, 1.0));
    let picture = bench.view.picture();
    let (input, output) = (picture.input.unwrap(), picture.output.unwrap());
    assert!((input.integrated_lufs - output.integrated_lufs - 6.02).abs() < 0.05, "{input:?} {output:?}");
    assert!((input.sample_peak_dbfs - output.sample_peak_dbfs - 6.02).abs() < 0.01);
    let lower = top(&picture.input_spectrum_db) - top(&picture.output_spectrum_db);
    assert!((lower - 6.02).abs() < 0.05, "{lower}");
    assert!((picture.dynamics_per_s - RATE_HZ / Engine::point_frames_for(48_000.0) as f32).abs() < 1e-3);
}

#[test]
fn dropping_the_worker_ends_its_thread() {
    let ((_audio, tap), (_points, trail)) = (tap(64), trail(64));
    let (mut worker, _view) = meter_worker(tap, trail);
    worker.start();
    worker.start();
    drop(worker);
}

#[test]
fn dynamics_keep_the_newest_and_a_format_clears_them() {
    let mut bench = Bench::new();
    let first = bench.view.picture().dynamics_count;
    for n in 0..1_200 {
        bench.points.push(DynamicsPoint { limiter_input_peak: n as f32, ..DynamicsPoint::SILENCE });
        if n % 100 == 0 {
            bench.visit();
        }
    }
    bench.view.picture();
    bench.visit();
    let picture = bench.view.picture();
    assert_eq!((picture.dynamics.len(), picture.dynamics_count - first), (DYNAMICS_POINTS, 1_200));
    let peaks = picture.dynamics.iter().map(|point| point.limiter_input_peak as usize);
    assert!(peaks.eq(200..1_200));
    bench.set_rate(44_100.0);
    assert!(bench.view.picture().dynamics.is_empty());
}

#[test]
fn points_that_find_no_room_are_counted() {
    let mut bench = Bench::new();
    (0..300)
        .for_each(|_| bench.points.push(DynamicsPoint { limiter_input_peak: 0.5, ..DynamicsPoint::SILENCE }));
    bench.view.picture();
    bench.visit();
    let picture = bench.view.picture();
    assert_eq!((picture.dynamics.len(), picture.dropped_points), (256, 44));
}

#[test]
fn the_scope_holds_the_newest_output_and_thins_out_high_rates() {
    let mut bench = Bench::new();
    for (rate_hz, stride) in [(44_100.0, 1), (48_000.0, 1), (96_000.0, 2), (192_000.0, 4)] {
        bench.set_rate(rate_hz);
        bench.view.picture();
        let ramp: Vec<f32> = (0..10_007).map(|n| n as f32).collect();
        ramp.chunks(333).for_each(|part| bench.play(part));
        let scope = &bench.view.picture().scope;
        assert_eq!(scope.len(), SCOPE_FRAMES);
        let step = 0.5 * stride as f32;
        assert!(scope.windows(2).all(|two| two[1] == two[0].map(|x| x + step)), "{rate_hz}");
        let newest = scope[SCOPE_FRAMES - 1][0];
        assert!((5_003.0 - newest) < step && newest <= 5_003.0, "{rate_hz}: {newest}");
    }
}

#[test]
fn loudness_has_ten_points_a_second_however_the_audio_is_cut() {
    let audio: Vec<f32> =
        tone(96_000, 0.5).into_iter().zip(0..).map(|(x, n)| x * (n as f32 / 96_000.0)).collect();
    let trail = |block: usize, rate_hz: f32| {
        let mut bench = Bench::new();
        bench.set_rate(rate_hz);
        bench.view.picture();
        audio.chunks(block).for_each(|part| {
            bench.play(part);
            bench.view.picture();
        });
        bench.view.picture().loudness.clone()
    };
    let whole = trail(96_000, 48_000.0);
    assert_eq!(whole.len(), 20);
    assert!(whole[..3].iter().all(|point| point.integrated_lufs == f32::NEG_INFINITY));
    assert!(whole.windows(2).all(|two| two[1].momentary_lufs > two[0].momentary_lufs), "it grows");
    for block in [100, 4_799, 5_000, 30_000] {
        assert!(trail(block, 48_000.0) == whole, "{block}");
    }
    assert_eq!(trail(1_000, 44_100.0).len(), 21);
}

#[test]
fn the_loudness_trail_is_the_meters_own_and_ends_with_a_reset() {
    let mut bench = Bench::new();
    bench.view.picture();
    bench.play(&tone(24_000, 0.5));
    let picture = bench.view.picture();
    let (last, output) = (*picture.loudness.last().unwrap(), picture.output.unwrap());
    assert_eq!(picture.loudness.len(), 5);
    assert_eq!(last.momentary_lufs, output.momentary_lufs as f32);
    assert_eq!(last.short_term_lufs, output.short_term_lufs as f32);
    assert_eq!(last.integrated_lufs, output.integrated_lufs as f32);
    bench.view.reset();
    bench.visit();
    assert!(bench.view.picture().loudness.is_empty());
    bench.play(&tone(4_799, 0.5));
    assert!(bench.view.picture().loudness.is_empty());
    bench.play(&tone(1, 0.5));
    assert_eq!(bench.view.picture().loudness.len(), 1, "a tenth of a second after the reset");
}

#[test]
fn the_loudness_trail_spans_five_minutes() {
    let mut bench = Bench::new();
    for second in 0..303 {
        bench.view.picture();
        bench.play(&tone(48_000, if second < 3 { 0.5 } else { 0.01 }));
    }
    let loudness = &bench.view.picture().loudness;
    assert_eq!(loudness.len(), LOUDNESS_POINTS);
    assert!(loudness[20].momentary_lufs < -40.0, "the loud beginning has gone: {:?}", loudness[20]);
}

#[test]
fn smoothing_and_hold_are_followed() {
    let mut bench = Bench::new();
    bench.view.hold_peaks(true);
    bench.view.picture();
    bench.play(&tone(48_000, 1.0));
    let sharp = bench.view.picture().clone();
    assert!((top(&sharp.held_spectrum_db) + 6.02).abs() < 0.1);
    bench.play(&vec![0.0; 48_000]);
    let picture = bench.view.picture();
    assert!(top(&picture.output_spectrum_db) < -20.0);
    assert!((picture.held_spectrum_db[110] + 6.02).abs() < 0.1, "held");

    bench.view.set_smoothing(Smoothing::ThirdOctave);
    bench.visit();
    let smoothed = bench.view.picture().clone();
    assert_ne!(smoothed.serial, sharp.serial);
    assert!(top(&smoothed.held_spectrum_db) < -20.0, "starts over with another smoothing");
    bench.play(&tone(48_000, 1.0));
    let picture = bench.view.picture();
    // A Hann-windowed tone fills 1.5 bins of the 26 around bin 110.
    assert!((picture.held_spectrum_db[110] + 6.02 + 12.4).abs() < 0.5, "{}", picture.held_spectrum_db[110]);
    bench.play(&vec![0.0; 48_000]);
    bench.view.reset();
    bench.visit();
    assert!(top(&bench.view.picture().held_spectrum_db) < -30.0, "a reset starts over");
    bench.view.hold_peaks(false);
    bench.visit();
    assert!(bench.view.picture().held_spectrum_db.is_empty());
}

#[test]
fn a_new_format_keeps_the_analysis() {
    let mut bench = Bench::new();
    bench.view.hold_peaks(true);
    bench.set_rate(96_000.0);
    bench.view.picture();
    bench.play(&tone(9_600, 1.0));
    assert!(!bench.view.picture().held_spectrum_db.is_empty());
}

#[test]
fn sound_wakes_the_editor_as_often_as_asked_and_silence_lets_it_rest() {
    let mut bench = Bench::new();
    assert_eq!(bench.run(0.5, 1, true), 60);
    let serial = bench.view.picture().serial;
    bench.run(0.5, 1, true);
    assert!(bench.view.picture().serial >= serial + 60);

    // The trail of 1000 points, here 60 a second, runs out.
    assert!(bench.run(0.0, 17, true) > 900);
    assert_eq!(bench.run(0.0, 2, true), 0);
    assert_eq!(bench.run(0.5, 1, true), 60);
}

#[test]
fn a_slow_window_is_woken_less_often() {
    let mut bench = Bench::new();
    bench.view.wake_at_most(20);
    // Three periods from one picture to the next.
    assert_eq!(bench.run(0.5, 1, true), 20);
}

#[test]
fn nothing_is_published_at_rest_until_somebody_looks_or_asks() {
    let mut bench = Bench::new();
    bench.view.picture();
    bench.run(0.0, 2, false);
    let (serial, wakes) = (bench.view.unwatched().serial, bench.wakes.load(Ordering::Relaxed));
    bench.run(0.0, 2, false);
    assert_eq!(bench.view.unwatched().serial, serial);
    let asks: [fn(&mut MeterView); 3] =
        [|view| assert!(view.picture().serial > 0), |view| view.reset(), |view| view.hold_peaks(true)];
    for ask in asks {
        let serial = bench.view.unwatched().serial;
        ask(&mut bench.view);
        bench.visit();
        assert_ne!(bench.view.unwatched().serial, serial);
    }
    assert_eq!(bench.wakes.load(Ordering::Relaxed), wakes + 3);
}
