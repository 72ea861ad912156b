//! The pitched instruments: bass, pad, electric piano, plucked synthesiser and lead.

use std::f32::consts::TAU;

use super::RATE_HZ;
use super::score::{self, Section};
use super::signal::{Filter, Saw, Stereo, decay, frames, note_hz};

/// Gain of a note that is held for `length_s` and lets go in `release_s`.
fn envelope(t: f32, attack_s: f32, length_s: f32, release_s: f32) -> f32 {
    let rise = (t / attack_s).min(1.0);
    let fall = (1.0 - (t - length_s) / release_s).clamp(0.0, 1.0);
    rise * fall * fall
}

fn time_s(frame: usize) -> f32 {
    frame as f32 / RATE_HZ as f32
}

/// Bass: a filtered saw over a sine at the same pitch.
pub fn bass(length: usize) -> Stereo {
    let mut bus = Stereo::silence(length);
    for note in score::bass() {
        let hz = note_hz(note.pitch + 12.0);
        let (mut saw, mut filter, mut second) = (Saw::new(0.5), Filter::default(), Filter::default());
        let length_s = note.length_s();
        let sound: Vec<f32> = (0..frames(f64::from(length_s + 0.08)))
            .map(|i| {
                let t = time_s(i);
                let cutoff_hz = 180.0 + hz + 3_000.0 * note.velocity * (-t / 0.13).exp();
                let growl =
                    second.step(filter.step(saw.step(hz), cutoff_hz, 1.1).low, cutoff_hz * 1.6, 0.6).low;
                let body = (TAU * hz * t).sin() + 0.35 * (TAU * hz * 0.5 * t).sin();
                let held = 0.65 + 0.35 * (-t / 0.25).exp();
                note.velocity
                    * held
                    * envelope(t, 0.004, length_s, 0.06)
                    * decay(t, 6.0)
                    * (0.6 * growl + 0.38 * body)
            })
            .collect();
        bus.place(note.at_s(), 0.0, &sound);
    }
    bus
}

/// Pad: per tone, three detuned saws on each side; it opens up in the chorus.
pub fn pad(length: usize) -> Stereo {
    const DETUNE_CENTS: [f32; 3] = [-9.0, 1.5, 8.0];
    let mut bus = Stereo::silence(length);
    for (index, note) in score::pad().iter().enumerate() {
        let bar = (note.beat / 4.0) as usize;
        let open_hz = match score::section(bar) {
            Section::Intro => 1_600.0,
            Section::Verse => 2_000.0,
            Section::Chorus => 5_200.0,
            Section::Ending => 2_600.0,
        };
        for side in [-1.0, 1.0] {
            let start = 0.37 * index as f32 + 0.21 * (side + 1.0);
            let mut saws = [0.0, 0.33, 0.71].map(|phase: f32| Saw::new((start + phase).fract()));
            let mut filter = Filter::default();
            let length_s = note.length_s();
            let sound: Vec<f32> = (0..frames(f64::from(length_s + 0.7)))
                .map(|i| {
                    let t = time_s(i);
                    let mix: f32 = saws
                        .iter_mut()
                        .zip(DETUNE_CENTS)
                        .map(|(saw, cents)| saw.step(note_hz(note.pitch + side * cents / 100.0)))
                        .sum();
                    let cutoff_hz = open_hz * (1.0 + 0.25 * (TAU * 0.21 * t + side).sin());
                    0.075 * envelope(t, 0.35, length_s, 0.7) * filter.step(mix, cutoff_hz, 0.7).low
                })
                .collect();
            bus.place(note.at_s(), 0.85 * side, &sound);
        }
    }
    bus.high_pass(240.0);
    bus
}

/// Electric piano: two-operator frequency modulation with a tine on top; low notes left, high notes right.
pub fn keys(length: usize) -> Stereo {
    let mut bus = Stereo::silence(length);
    for note in score::keys() {
        let hz = note_hz(note.pitch);
        let length_s = note.length_s();
        let bite = note.velocity * note.velocity;
        let sound: Vec<f32> = (0..frames(f64::from(length_s + 0.25)))
            .map(|i| {
                let t = time_s(i);
                let tine = 0.4 * bite * (TAU * hz * 14.0 * t).sin() * decay(t, 0.25);
                let modulator = 1.6 * bite * decay(t, 1.6) * (TAU * hz * t).sin();
                let tone = (TAU * hz * t + modulator + tine).sin();
                0.16 * note.velocity * decay(t, 3.5) * envelope(t, 0.003, length_s, 0.25) * tone
            })
            .collect();
        bus.place(note.at_s(), (note.pitch - 65.0) / 18.0, &sound);
    }
    bus.high_pass(120.0);
    bus
}

/// Plucked synthesiser, going from side to side.
pub fn pluck(length: usize) -> Stereo {
    let mut bus = Stereo::silence(length);
    for (index, note) in score::pluck().iter().enumerate() {
        let hz = note_hz(note.pitch);
        let (mut saws, mut filter) = ([Saw::new(0.0), Saw::new(0.4)], Filter::default());
        let sound: Vec<f32> = (0..frames(0.5))
            .map(|i| {
                let t = time_s(i);
                let mix = saws[0].step(hz) + saws[1].step(hz * 1.004);
                let cutoff_hz = 500.0 + hz + 9_000.0 * note.velocity * (-t / 0.05).exp();
                0.2 * note.velocity
                    * (t * 800.0).min(1.0)
                    * decay(t, 0.42)
                    * filter.step(mix, cutoff_hz, 1.2).low
            })
            .collect();
        let pan = if index % 2 == 0 { -0.6 } else { 0.6 };
        bus.place(note.at_s(), pan, &sound);
    }
    bus
}

/// Lead: one voice that glides from note to note, with a vibrato that comes in late.
pub fn lead(length: usize) -> Stereo {
    let mut bus = Stereo::silence(length);
    let mut pitch = score::lead().first().map_or(69.0, |note| note.pitch);
    let (mut saws, mut filter) = ([Saw::new(0.0), Saw::new(0.5), Saw::new(0.25)], Filter::default());
    for note in score::lead() {
        let length_s = note.length_s();
        let mut sounds = [Vec::new(), Vec::new()];
        for i in 0..frames(f64::from(length_s)) {
            let t = time_s(i);
            pitch += (note.pitch - pitch) * 0.0012;
            let vibrato = 0.16 * ((t - 0.25) * 4.0).clamp(0.0, 1.0) * (TAU * 5.3 * t).sin();
            let hz = note_hz(pitch + vibrato);
            let [centre, left, right] = [1.0, 0.996, 1.0045];
            let centre = saws[0].step(hz * centre);
            let cutoff_hz = 2_600.0 + 2.0 * hz + 3_000.0 * (-t / 0.2).exp();
            let gain = 0.2 * note.velocity * envelope(t, 0.012, length_s - 0.04, 0.04);
            let body = filter.step(centre, cutoff_hz, 0.8).low;
            sounds[0].push(gain * (0.75 * body + 0.22 * saws[1].step(hz * left)));
            sounds[1].push(gain * (0.75 * body + 0.22 * saws[2].step(hz * right)));
        }
        bus.place(note.at_s(), -0.5, &sounds[0]);
        bus.place(note.at_s(), 0.5, &sounds[1]);
    }
    soften(&mut bus);
    bus
}

/// Takes the edge off above 10 kHz.
fn soften(bus: &mut Stereo) {
    for channel in [&mut bus.left, &mut bus.right] {
        let mut filter = Filter::default();
        channel.iter_mut().for_each(|x| *x = filter.step(*x, 10_000.0, 0.6).low);
    }
}
