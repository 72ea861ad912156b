//! What is played when: form, harmony, bass line, melody and drum patterns.

use super::drums::Piece;
use super::signal::Noise;

/// Length of the piece.
pub const BARS: usize = 12;
/// One beat at 104 beats a minute.
pub const BEAT_S: f64 = 60.0 / 104.0;
/// One bar of four beats.
pub const BAR_S: f64 = 4.0 * BEAT_S;

/// Parts of the form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Intro,
    Verse,
    Chorus,
    Ending,
}

/// One note: start and length in beats from the start of the piece, MIDI pitch, velocity 0…1.
#[derive(Clone, Copy)]
pub struct Note {
    pub beat: f64,
    pub length: f64,
    pub pitch: f32,
    pub velocity: f32,
}

impl Note {
    pub fn at_s(&self) -> f64 {
        self.beat * BEAT_S
    }

    pub fn length_s(&self) -> f32 {
        (self.length * BEAT_S) as f32
    }
}

struct Chord {
    root: f32,
    tones: [f32; 5],
}

const A_MINOR_9: Chord = Chord { root: 33.0, tones: [57.0, 60.0, 64.0, 67.0, 71.0] };
const F_MAJOR_9: Chord = Chord { root: 29.0, tones: [57.0, 60.0, 64.0, 67.0, 72.0] };
const C_MAJOR_9: Chord = Chord { root: 36.0, tones: [55.0, 59.0, 62.0, 64.0, 67.0] };
const G_6: Chord = Chord { root: 31.0, tones: [55.0, 59.0, 62.0, 64.0, 74.0] };
const E_MINOR_7: Chord = Chord { root: 28.0, tones: [59.0, 62.0, 64.0, 67.0, 71.0] };
const A_MINOR_7: Chord = Chord { root: 33.0, tones: [60.0, 64.0, 67.0, 69.0, 76.0] };

const HARMONY: [&Chord; BARS] = [
    &A_MINOR_9, &F_MAJOR_9, // intro
    &A_MINOR_9, &F_MAJOR_9, &C_MAJOR_9, &G_6, // verse
    &F_MAJOR_9, &G_6, &E_MINOR_7, &A_MINOR_7, // chorus
    &F_MAJOR_9, &A_MINOR_9, // ending
];

/// Melody of the chorus: beat within the four bars, length, pitch.
const MELODY: [(f64, f64, f32); 17] = [
    (0.0, 1.0, 76.0),
    (1.0, 0.5, 74.0),
    (1.5, 1.0, 72.0),
    (2.5, 0.5, 69.0),
    (3.0, 1.0, 72.0),
    (4.0, 1.5, 74.0),
    (5.5, 0.5, 71.0),
    (6.0, 1.0, 67.0),
    (7.0, 0.5, 69.0),
    (7.5, 0.5, 71.0),
    (8.0, 1.0, 79.0),
    (9.0, 0.5, 76.0),
    (9.5, 1.0, 74.0),
    (10.5, 0.5, 71.0),
    (11.0, 1.0, 74.0),
    (12.0, 1.5, 76.0),
    (13.5, 2.5, 69.0),
];

/// The part of the form that a bar (from 0) belongs to.
pub fn section(bar: usize) -> Section {
    match bar {
        0..2 => Section::Intro,
        2..6 => Section::Verse,
        6..10 => Section::Chorus,
        _ => Section::Ending,
    }
}

/// Start of a bar in beats.
fn bar_beat(bar: usize) -> f64 {
    4.0 * bar as f64
}

/// Held chords, one a bar, all tones.
pub fn pad() -> Vec<Note> {
    let held = |bar: usize| {
        let length = if bar + 1 == BARS { 5.0 } else { 4.1 };
        HARMONY[bar].tones.map(|pitch| Note { beat: bar_beat(bar), length, pitch, velocity: 0.7 })
    };
    (0..BARS).flat_map(held).collect()
}

/// Comping on the electric piano; it leaves the intro to the others.
pub fn keys() -> Vec<Note> {
    let mut human = Noise::new(11);
    let mut notes = Vec::new();
    for bar in 2..BARS {
        let strokes: &[(f64, f64, f32)] = match section(bar) {
            Section::Verse => &[(0.0, 1.3, 0.75), (1.5, 0.8, 0.5), (2.75, 1.0, 0.62)],
            Section::Chorus => &[(0.0, 0.9, 0.8), (1.0, 0.4, 0.5), (1.5, 0.9, 0.7), (2.5, 1.2, 0.75)],
            _ => &[(0.0, 3.8, 0.7)],
        };
        for &(beat, length, velocity) in strokes {
            for (string, &pitch) in HARMONY[bar].tones.iter().enumerate() {
                // A hand rolls a chord slightly and never strikes evenly.
                let beat =
                    bar_beat(bar) + beat + 0.008 * string as f64 + 0.008 * f64::from(1.0 + human.step());
                notes.push(Note { beat, length, pitch, velocity: velocity * (0.92 + 0.08 * human.step()) });
            }
        }
    }
    notes
}

/// Broken chords in sixteenths an octave up: alone at first, under the chorus later.
pub fn pluck() -> Vec<Note> {
    const ORDER: [usize; 16] = [0, 2, 1, 3, 2, 4, 3, 1, 0, 3, 2, 4, 1, 3, 4, 2];
    let mut human = Noise::new(23);
    let mut notes = Vec::new();
    for bar in (0..BARS - 1).filter(|&bar| section(bar) != Section::Verse || bar >= 4) {
        for (step, &tone) in ORDER.iter().enumerate() {
            let accent = if step % 4 == 0 { 0.85 } else { 0.55 };
            notes.push(Note {
                beat: bar_beat(bar) + 0.25 * step as f64,
                length: 0.25,
                pitch: HARMONY[bar].tones[tone] + 12.0,
                velocity: accent + 0.12 * human.step(),
            });
        }
    }
    notes
}

/// Bass: syncopated in the verse, driving eighths with octaves in the chorus, one long note to end on.
pub fn bass() -> Vec<Note> {
    let mut human = Noise::new(5);
    let mut notes = Vec::new();
    for bar in 2..BARS {
        let pattern: &[(f64, f64, f32)] = match section(bar) {
            Section::Verse => &[(0.0, 1.2, 0.0), (1.5, 0.45, 0.0), (2.5, 0.9, 0.0), (3.5, 0.4, 7.0)],
            Section::Chorus => &[
                (0.0, 0.7, 0.0),
                (0.75, 0.22, 0.0),
                (1.0, 0.45, 0.0),
                (1.5, 0.4, 12.0),
                (2.0, 0.45, 0.0),
                (2.5, 0.45, 0.0),
                (3.0, 0.45, 7.0),
                (3.5, 0.42, 12.0),
            ],
            _ if bar + 1 == BARS => &[(0.0, 4.5, 0.0)],
            _ => &[(0.0, 3.4, 0.0), (3.5, 0.45, 2.0)],
        };
        for &(beat, length, interval) in pattern {
            let velocity = 0.85 + 0.08 * human.step();
            notes.push(Note {
                beat: bar_beat(bar) + beat,
                length,
                pitch: HARMONY[bar].root + interval,
                velocity,
            });
        }
    }
    notes
}

/// The tune of the chorus.
pub fn lead() -> Vec<Note> {
    let start = bar_beat(6);
    MELODY
        .iter()
        .map(|&(beat, length, pitch)| Note {
            beat: start + beat,
            length: length * 0.96,
            pitch,
            velocity: 0.8,
        })
        .collect()
}

/// One drum stroke: seconds from the start, velocity 0…1.
pub struct Stroke {
    pub piece: Piece,
    pub at_s: f64,
    pub velocity: f32,
}

/// All drum strokes with humanised timing and velocity.
pub fn drums() -> Vec<Stroke> {
    let mut human = Noise::new(3);
    let mut strokes = Vec::new();
    for bar in 0..BARS {
        for (piece, beat, velocity) in drum_bar(bar) {
            let loose_s = if piece == Piece::Kick { 0.0 } else { 0.004 };
            let late_s = loose_s * f64::from(human.step());
            let velocity = velocity * (1.0 + 0.14 * human.step());
            strokes.push(Stroke { piece, at_s: (bar_beat(bar) + beat) * BEAT_S + late_s, velocity });
        }
    }
    strokes
}

/// Times of all strokes of one piece, in seconds.
pub fn drum_hits(piece: Piece) -> Vec<f64> {
    drums().iter().filter(|stroke| stroke.piece == piece).map(|stroke| stroke.at_s).collect()
}

fn drum_bar(bar: usize) -> Vec<(Piece, f64, f32)> {
    use Piece::{ClosedHat, Crash, Kick, OpenHat, Snare, Tom};
    let mut hits = Vec::new();
    match section(bar) {
        Section::Intro => {
            let start = if bar == 0 { 8 } else { 0 };
            hits.extend(
                (start..16).step_by(2).map(|i| (ClosedHat, 0.25 * f64::from(i), 0.25 + 0.012 * i as f32)),
            );
        }
        Section::Verse => {
            hits.extend([(Kick, 0.0, 0.95), (Kick, 2.5, 0.85), (Snare, 1.0, 0.85), (Snare, 3.0, 0.9)]);
            hits.extend((0..8).map(|i| (ClosedHat, 0.5 * f64::from(i), if i % 2 == 0 { 0.6 } else { 0.38 })));
            hits.extend([(Snare, 2.25, 0.16), (ClosedHat, 3.75, 0.25)]);
            if bar % 2 == 1 {
                hits.push((Kick, 1.75, 0.6));
            }
            if bar == 5 {
                hits.extend([(Tom, 3.25, 0.6), (Tom, 3.5, 0.7), (Tom, 3.75, 0.85)]);
            }
        }
        Section::Chorus => {
            hits.extend([(Kick, 0.0, 1.0), (Kick, 0.75, 0.75), (Kick, 2.0, 0.9), (Kick, 2.5, 0.95)]);
            hits.extend([(Snare, 1.0, 0.95), (Snare, 3.0, 1.0), (Snare, 3.75, 0.2)]);
            let accent = |i: i32| [0.65, 0.28, 0.5, 0.3][(i % 4) as usize];
            hits.extend((0..14).map(|i| (ClosedHat, 0.25 * f64::from(i), accent(i))));
            hits.push((OpenHat, 3.5, 0.6));
            if bar == 6 {
                hits.push((Crash, 0.0, 0.8));
            }
            if bar == 9 {
                hits.extend([(Tom, 3.0, 0.6), (Tom, 3.25, 0.65), (Tom, 3.5, 0.75), (Tom, 3.75, 0.85)]);
            }
        }
        Section::Ending => {
            hits.extend([(Kick, 0.0, 0.9), (Crash, 0.0, if bar == 10 { 0.75 } else { 0.45 })]);
            if bar == 10 {
                hits.extend([(Kick, 2.5, 0.6), (Snare, 3.0, 0.7)]);
                hits.extend((0..8).map(|i| (ClosedHat, 0.5 * f64::from(i), 0.42 - 0.03 * i as f32)));
            }
        }
    }
    hits
}
