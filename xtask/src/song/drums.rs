//! The drum kit: every stroke is synthesised, none is sampled.

use std::f32::consts::TAU;

use super::RATE_HZ;
use super::score;
use super::signal::{Filter, Noise, Stereo, decay, frames};

/// What a drummer can strike.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    Kick,
    Snare,
    ClosedHat,
    OpenHat,
    Tom,
    Crash,
}

/// The whole drum part.
pub fn render(length: usize) -> Stereo {
    let mut bus = Stereo::silence(length);
    let mut toms = 0;
    for (index, stroke) in score::drums().iter().enumerate() {
        let seed = index as u64;
        let (sound, pan) = match stroke.piece {
            Piece::Kick => (kick(), 0.0),
            Piece::Snare => (snare(seed, stroke.velocity), 0.05),
            Piece::ClosedHat => (hat(seed, 0.09), 0.28),
            Piece::OpenHat => (hat(seed, 0.5), 0.28),
            Piece::Tom => {
                toms += 1;
                let place = (toms % 4) as f32;
                (tom(180.0 - 28.0 * place), 0.45 - 0.3 * place)
            }
            Piece::Crash => {
                // Two different halves: a cymbal is wide.
                let left: Vec<f32> = crash(seed).iter().map(|x| x * stroke.velocity * 0.5).collect();
                let right: Vec<f32> = crash(seed + 1000).iter().map(|x| x * stroke.velocity * 0.5).collect();
                bus.place(stroke.at_s, -0.7, &left);
                bus.place(stroke.at_s, 0.7, &right);
                continue;
            }
        };
        let level = match stroke.piece {
            Piece::Kick => 0.74,
            Piece::Snare => 0.72,
            Piece::Tom => 0.5,
            Piece::OpenHat => 0.5,
            _ => 0.5,
        };
        let sound: Vec<f32> = sound.iter().map(|x| x * stroke.velocity * level).collect();
        bus.place(stroke.at_s, pan, &sound);
    }
    bus
}

/// Calls `sample(seconds)` for as long as the sound lasts.
fn sound(length_s: f64, mut sample: impl FnMut(f32) -> f32) -> Vec<f32> {
    (0..frames(length_s)).map(|i| sample(i as f32 / RATE_HZ as f32)).collect()
}

fn kick() -> Vec<f32> {
    let mut noise = Noise::new(77);
    let mut filter = Filter::default();
    let mut phase = 0.0;
    sound(0.45, |t| {
        let hz = 49.0 + 95.0 * (-t / 0.028).exp() + 160.0 * (-t / 0.004).exp();
        phase += TAU * hz / RATE_HZ as f32;
        let body = (1.5 * phase.sin() * decay(t, 0.5)).tanh();
        let click = filter.step(noise.step(), 3_600.0, 0.7).band * decay(t, 0.02);
        (t * 1500.0).min(1.0) * (body + 0.6 * click)
    })
}

fn snare(seed: u64, velocity: f32) -> Vec<f32> {
    let mut noise = Noise::new(seed + 100);
    let (mut wires, mut air) = (Filter::default(), Filter::default());
    // Struck harder, the wires ring longer and brighter.
    let ring_s = 0.16 + 0.16 * velocity;
    sound(0.5, |t| {
        let bend = 1.0 + 0.25 * (-t / 0.012).exp();
        let shell =
            (TAU * 188.0 * bend * t).sin() * decay(t, 0.2) + 0.5 * (TAU * 331.0 * t).sin() * decay(t, 0.12);
        let hiss = noise.step();
        let rattle = wires.step(hiss, 2100.0 + 900.0 * velocity, 0.7).band * decay(t, ring_s);
        let sizzle = air.step(hiss, 6000.0, 0.7).high * decay(t, 0.7 * ring_s);
        (t * 3000.0).min(1.0) * (0.5 * shell + 0.95 * rattle + 0.55 * sizzle)
    })
}

fn hat(seed: u64, ring_s: f32) -> Vec<f32> {
    // Six square waves in no simple ratio give the metal, noise gives the stroke.
    const METAL_HZ: [f32; 6] = [2_617.0, 3_413.0, 3_891.0, 4_517.0, 5_311.0, 6_203.0];
    let mut noise = Noise::new(seed + 500);
    let mut filters = [Filter::default(); 2];
    sound(f64::from(ring_s) * 1.3, |t| {
        let metal: f32 =
            METAL_HZ.iter().map(|hz| (TAU * hz * t + 1.7 * (TAU * hz * 1.34 * t).sin()).sin()).sum();
        let bright = filters[0].step(0.16 * metal + 0.6 * noise.step(), 7_000.0, 0.8).high;
        (t * 4000.0).min(1.0) * filters[1].step(bright, 13_000.0, 0.6).low * decay(t, ring_s)
    })
}

fn tom(hz: f32) -> Vec<f32> {
    let mut noise = Noise::new(9);
    let mut filter = Filter::default();
    let mut phase = 0.0;
    sound(0.6, |t| {
        phase += TAU * hz * (1.0 + 0.5 * (-t / 0.03).exp()) / RATE_HZ as f32;
        let skin = filter.step(noise.step(), 1_400.0, 0.8).band * decay(t, 0.07);
        (t * 1500.0).min(1.0) * (phase.sin() * decay(t, 0.55) + 0.3 * skin)
    })
}

fn crash(seed: u64) -> Vec<f32> {
    let mut noise = Noise::new(seed + 900);
    let mut filters = [Filter::default(); 2];
    sound(2.8, |t| {
        let cutoff_hz = 3_000.0 + 2_500.0 * (-t / 0.3).exp();
        let wash = filters[0].step(noise.step(), cutoff_hz, 0.7).high;
        (t * 400.0).min(1.0)
            * filters[1].step(wash, 12_500.0, 0.6).low
            * (0.7 * decay(t, 2.6) + 0.3 * decay(t, 0.5))
    })
}
