//! The seam between the engine and what makes sound: the audio half of a source, and what it is told.
//!
//! A source adds to what the host sends, in front of the mastering chain, in real time and offline by the same path
//! ([`crate::engine::mixer`]). Everything here is plain and knows no host. The other half of a source, with its
//! parameters, its saved state and its worker, is told by [`mod@crate::sources`].

use std::ops::Range;

use crate::dsp::{MAX_BLOCK, StereoBlock};

/// The audio half of a sound source. Everything but [`Self::prepare`] belongs on the audio thread: it never allocates,
/// frees, locks, logs, panics or calls the system, and does bounded work. A panic or a sample that is not finite silences
/// the source, never the host.
pub trait Source: Send + 'static {
    /// Plain settings, taken once a host block.
    type Controls: Copy + Send;

    /// Prepares for a format; may allocate. Main thread. What plays goes on where it was as far as it can.
    fn prepare(&mut self, spec: &Spec);

    /// Clears what still rings, never content, position or held notes. Some hosts ask for it around every block.
    fn reset(&mut self);

    /// Takes in what the coming stretch brings: settings, transport, notes, objects that have arrived from other threads.
    /// Exactly `now.frames` are rendered next.
    fn advance(&mut self, now: &Moment<'_>, controls: &Self::Controls);

    /// Adds the stretch to `out`.
    fn render(&mut self, out: &mut StereoBlock<'_>);

    /// What comes if nothing new is asked for.
    fn tail(&self) -> Tail;
}

/// The format that a source is prepared for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spec {
    /// Sample rate in Hz.
    pub rate_hz: f64,
    /// Whether rendering may take its time: then a source waits for what is not ready rather than leave it out.
    pub is_offline: bool,
}

/// What a source is told about a stretch of at most [`crate::dsp::MAX_BLOCK`] frames.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// Length of the stretch.
    pub frames: usize,
    /// The host's timeline at its start.
    pub transport: Transport,
    /// Notes that fall on its first frame, in order. Stretches are cut so that notes fall on first frames.
    pub notes: &'a [Note],
    /// What the host sends, left and right.
    pub input: [&'a [f32]; 2],
}

/// How long a source goes on sounding by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Tail {
    /// Not at all.
    #[default]
    Silent,
    /// At most so many frames.
    Samples(u64),
    /// As long as nobody stops it.
    Endless,
}

/// The host's timeline at one frame. What a host does not tell is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Transport {
    /// Whether it runs.
    pub is_playing: bool,
    /// Position in frames; may be negative.
    pub position_frames: Option<i64>,
    /// Position in quarter notes; may be negative.
    pub position_beats: Option<f64>,
    /// Tempo in quarter notes a minute.
    pub tempo_bpm: Option<f64>,
    /// Beats in a bar and the note value that counts as one beat, as 6 and 8.
    pub metre: Option<[u32; 2]>,
    /// Where the present bar began, in quarter notes.
    pub bar_start_beats: Option<f64>,
    /// Start and end of the region that the host repeats, in quarter notes.
    pub cycle_beats: Option<[f64; 2]>,
}

impl Transport {
    /// The timeline `frames` later, as far as it can be told from here, at a sample rate in Hz.
    pub fn after(mut self, frames: usize, rate_hz: f64) -> Self {
        if self.is_playing {
            self.position_frames = self.position_frames.map(|position| position + frames as i64);
            if let (Some(beats), Some(tempo_bpm)) = (&mut self.position_beats, self.tempo_bpm) {
                *beats += frames as f64 / rate_hz * tempo_bpm / 60.0;
            }
        }
        self
    }
}

/// Something that a player does, at a frame of the host's block.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Note {
    /// Frame of the host's block.
    pub frame: usize,
    /// MIDI channel, 0 to 15; none means every channel.
    pub channel: Option<u8>,
    /// The host's own number for the note, where it gives one.
    pub id: Option<i32>,
    /// What happens.
    pub kind: NoteKind,
}

/// What happens to a note or on a channel. Keys are 0 to 127, none means every key; everything else is 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NoteKind {
    /// A key goes down.
    On {
        /// Key.
        key: u8,
        /// How hard.
        velocity: f32,
    },
    /// A key comes up.
    Off {
        /// Key.
        key: Option<u8>,
        /// How fast.
        velocity: f32,
    },
    /// A note ends at once.
    Choke {
        /// Key.
        key: Option<u8>,
    },
    /// Pressure on a key that is down.
    KeyPressure {
        /// Key.
        key: Option<u8>,
        /// How much.
        pressure: f32,
    },
    /// Pressure on the whole channel.
    ChannelPressure {
        /// How much.
        pressure: f32,
    },
    /// The pitch wheel; 0.5 is its centre.
    PitchBend {
        /// Where it is.
        value: f32,
    },
    /// A controller, as a pedal.
    ControlChange {
        /// Its MIDI number, 0 to 127.
        controller: u8,
        /// Where it is.
        value: f32,
    },
}

impl Note {
    /// A key that goes down or comes up on the first channel at half velocity.
    pub fn plain(frame: usize, key: u8, is_on: bool) -> Self {
        let velocity = 0.5;
        let kind =
            if is_on { NoteKind::On { key, velocity } } else { NoteKind::Off { key: Some(key), velocity } };
        Self { frame, channel: Some(0), id: None, kind }
    }
}

/// Cuts frames where notes fall, and into stretches of at most [`MAX_BLOCK`]. `frame` is the first one's place in the host
/// block. Notes that come late, or out of order, belong to the next stretch.
pub fn stretches(
    frame: usize,
    frames: usize,
    mut notes: &[Note],
) -> impl Iterator<Item = (Range<usize>, &[Note])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let due = notes.iter().take_while(|note| note.frame <= frame + at).count();
        let (now, later) = notes.split_at(due);
        let until_note = later.first().map_or(frames, |note| note.frame - frame);
        let stretch = at..frames.min(until_note).min(at + MAX_BLOCK);
        (notes, at) = (later, stretch.end);
        (!stretch.is_empty()).then_some((stretch, now))
    })
}

/// Adds a host block of a source by itself, without a mixer: any length, `transport` at its first frame.
pub fn play<S: Source>(
    source: &mut S,
    controls: &S::Controls,
    (mut transport, rate_hz): (Transport, f64),
    notes: &[Note],
    [left, right]: [&mut [f32]; 2],
) {
    for (range, notes) in stretches(0, left.len(), notes) {
        let silence = [0.0; MAX_BLOCK];
        let frames = range.len();
        let input = [&silence[..frames], &silence[..frames]];
        source.advance(&Moment { frames, transport, notes, input }, controls);
        source.render(&mut StereoBlock { left: &mut left[range.clone()], right: &mut right[range] });
        transport = transport.after(frames, rate_hz);
    }
}

/// Which keys are down, by channel and key, so that a second note-off or one without its note-on counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HeldKeys([u128; 16]);

impl HeldKeys {
    /// Follows what happens. Whether a key went down, also one that was down.
    pub fn follow(&mut self, note: &Note) -> bool {
        let bit = |key: u8| 1u128.checked_shl(key.into()).unwrap_or(0);
        let is_meant = |channel: usize| note.channel.is_none_or(|meant| usize::from(meant) == channel);
        let channels = self.0.iter_mut().enumerate().filter(|(channel, _)| is_meant(*channel));
        match note.kind {
            NoteKind::On { key, .. } => channels.fold(false, |_, (_, keys)| {
                *keys |= bit(key);
                bit(key) != 0
            }),
            NoteKind::Off { key, .. } | NoteKind::Choke { key } => {
                let ended = key.map_or(u128::MAX, bit);
                channels.for_each(|(_, keys)| *keys &= !ended);
                false
            }
            _ => false,
        }
    }

    /// Whether any key is down.
    pub fn any(&self) -> bool {
        self.0.iter().any(|keys| *keys != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_held_one_by_one() {
        let mut held = HeldKeys::default();
        assert!(held.follow(&Note::plain(0, 60, true)) && held.any());
        assert!(held.follow(&Note::plain(0, 60, true)), "struck again");
        held.follow(&Note::plain(0, 61, false));
        assert!(held.any(), "an end without a beginning ends no other note");
        held.follow(&Note { channel: Some(1), ..Note::plain(0, 60, false) });
        assert!(held.any(), "the same key of another channel is another key");
        held.follow(&Note::plain(0, 60, false));
        assert!(!held.any(), "one end is enough for two beginnings");
        held.follow(&Note::plain(0, 3, true));
        held.follow(&Note { channel: None, kind: NoteKind::Choke { key: None }, ..Note::plain(0, 0, false) });
        assert!(!held.any(), "every key of every channel");
        assert!(!held.follow(&Note { channel: Some(200), ..Note::plain(0, 60, true) }));
        assert!(!held.follow(&Note::plain(0, 255, true)) && !held.any());
    }

    #[test]
    fn blocks_are_cut_where_notes_fall() {
        let notes = [0, 0, 70, 100].map(|frame| Note::plain(frame, 60, true));
        let cuts = |frame, frames| {
            stretches(frame, frames, &notes).map(|(range, notes)| (range, notes.len())).collect::<Vec<_>>()
        };
        assert_eq!(cuts(0, 100), [(0..64, 2), (64..70, 0), (70..100, 1)]);
        assert_eq!(cuts(64, 64), [(0..6, 2), (6..36, 1), (36..64, 1)], "late notes count at once");
        assert_eq!(cuts(0, 0), []);
    }

    #[test]
    fn a_timeline_goes_on_while_it_runs() {
        let start = Transport {
            is_playing: true,
            position_frames: Some(-24_000),
            position_beats: Some(4.0),
            tempo_bpm: Some(120.0),
            ..Transport::default()
        };
        let later = start.after(48_000, 48_000.0);
        assert_eq!((later.position_frames, later.position_beats), (Some(24_000), Some(6.0)));
        let stopped = Transport { is_playing: false, ..start };
        assert_eq!(stopped.after(48_000, 48_000.0), stopped);
    }
}
