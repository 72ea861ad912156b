//! Coloured noise that deep notches sweep through. Everything about it is in [`crate::track::sound::noise`].

use super::{Behaviour, Built, VoiceContext};
use crate::track::sound::noise::envelope::Envelope;
use crate::track::sound::noise::player::{Player, Sound};
use crate::track::sound::noise::{Keys, Recipe};

const KEYS: Keys =
    Keys { default_lfo_hz: 0.1, default_right_deg: 0.0, default_q: 25.0, is_noise_file: false };

/// Compiles `noise_swept_notch` or its transition. Intended also obeys `gain` and `amp` beside `volume`, fades and the
/// amplitude envelope.
pub fn build(context: &VoiceContext<'_>) -> Built {
    let fields = context.fields;
    let curve = context.is_transition.then(|| context.curve());
    let recipe = KEYS.read(fields, context.span, curve, context.behaviour, context.files, fields.path());
    let (gain, envelope) = match context.behaviour {
        Behaviour::Original => (fields.number("volume", 1.0), Envelope::flat(context.span)),
        Behaviour::Intended => {
            (fields.number_of(&["volume", "gain", "amp"], 1.0), Envelope::read(fields, context.span))
        }
    };
    Built::new(Player::new(sound(context, recipe), [[gain; 2]; 2], None, envelope))
}

/// Renders or plans the noise; where nothing can be played, says why and gives silence.
pub(super) fn sound(context: &VoiceContext<'_>, recipe: Recipe) -> Sound {
    if context.fields.is_refused() {
        return Sound::Silence;
    }
    Sound::new(recipe).unwrap_or_else(|message| {
        context.fields.ignore("input_audio_path", message);
        Sound::Silence
    })
}
