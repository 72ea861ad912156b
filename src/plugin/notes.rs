//! Note events of a host block as the sources hear them. Audio thread.

use nice_plug::midi::{Channel, VoiceID};
use nice_plug::prelude::{NoteEvent as HostEvent, Plugin, ProcessContext};

use crate::source::{Note, NoteKind};

/// Events of one block that are heard; further ones are lost.
const MOST: usize = 1_024;

/// A list with room for a block.
pub struct Notes(Vec<Note>);

impl Default for Notes {
    fn default() -> Self {
        Self(Vec::with_capacity(MOST))
    }
}

impl Notes {
    /// Takes the events of the present block.
    pub fn take<P: Plugin>(&mut self, context: &mut impl ProcessContext<P>) {
        self.0.clear();
        while let Some(event) = context.next_event() {
            let has_room = self.0.len() < MOST;
            self.0.extend(heard(&event).filter(|_| has_room));
        }
    }

    /// The events of the present block in the order of their frames.
    pub fn heard(&self) -> &[Note] {
        &self.0
    }
}

/// What sources hear of an event.
fn heard<S>(event: &HostEvent<S>) -> Option<Note> {
    let voice = |channel: Channel, voice: VoiceID| (channel.number(), voice.id());
    let ((channel, id), kind) = match *event {
        HostEvent::NoteOn { channel, key, velocity, voice_id, .. } => {
            // A key that goes down is one key.
            let (channel, id) = voice(channel, voice_id);
            ((channel.or(Some(0)), id), NoteKind::On { key: key.number_or_middle_c(), velocity })
        }
        HostEvent::NoteOff { channel, key, velocity, voice_id, .. } => {
            (voice(channel, voice_id), NoteKind::Off { key: key.number(), velocity })
        }
        HostEvent::Choke { channel, key, voice_id, .. } => {
            (voice(channel, voice_id), NoteKind::Choke { key: key.number() })
        }
        HostEvent::PolyPressure { channel, key, pressure, voice_id, .. } => {
            (voice(channel, voice_id), NoteKind::KeyPressure { key: key.number(), pressure })
        }
        HostEvent::MidiChannelPressure { channel, pressure, .. } => {
            ((Some(channel), None), NoteKind::ChannelPressure { pressure })
        }
        HostEvent::MidiPitchBend { channel, value, .. } => {
            ((Some(channel), None), NoteKind::PitchBend { value })
        }
        HostEvent::MidiCC { channel, cc: controller, value, .. } => {
            ((Some(channel), None), NoteKind::ControlChange { controller, value })
        }
        _ => return None,
    };
    Some(Note { frame: event.timing() as usize, channel, id, kind })
}
