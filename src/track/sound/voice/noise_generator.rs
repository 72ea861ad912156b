//! The noise generator voice: swept noise with a level for each ear, fades, an envelope and a place around the head.

use super::noise_swept_notch::sound;
use super::{Built, Quantum, Voice, VoiceContext, spatial};
use crate::track::sound::curve::{Curve, Shape};
use crate::track::sound::noise::Keys;
use crate::track::sound::noise::envelope::Envelope;
use crate::track::sound::noise::player::Player;

const KEYS: Keys =
    Keys { default_lfo_hz: 1.0 / 12.0, default_right_deg: 90.0, default_q: 25.0, is_noise_file: false };

/// Compiles `noise_generator` or its transition.
pub fn build(context: &VoiceContext<'_>) -> Built {
    let fields = context.fields;
    let curve = context.is_transition.then(|| curve(context));
    let recipe =
        KEYS.read(fields, context.span, curve.clone(), context.behaviour, context.files, fields.path());
    let gains = gains(context);
    let envelope = Envelope::read(fields, context.span);
    let player = Player::new(sound(context, recipe), gains, curve, envelope);
    Built::new(Clipped(spatial::wrap(Box::new(player), context)))
}

/// The curve of a transition; its shape also stands under `curve`.
pub fn curve(context: &VoiceContext<'_>) -> Curve {
    let mut curve = context.curve();
    if !context.fields.has("transition_curve") && context.fields.has("curve") {
        curve.shape = Shape::parse(context.fields.text("curve", "")).unwrap_or_else(|why| {
            context.fields.repair("curve", format!("{why}; taken as linear"));
            Shape::Linear
        });
    }
    curve
}

/// Gain of each ear, start and end.
fn gains(context: &VoiceContext<'_>) -> [[f64; 2]; 2] {
    let fields = context.fields;
    let both = if context.is_transition {
        let start = fields.number_of(&["start_amp", "amp"], 0.25);
        [start, fields.maybe_number("end_amp").unwrap_or(start)]
    } else {
        [fields.number_of(&["amp", "gain", "volume"], 0.25); 2]
    };
    ["left", "right"].map(|ear| {
        let of = |key: String| fields.maybe_number(&key);
        let rest = of(format!("amp_{ear}"));
        if !context.is_transition {
            return rest.map_or(both, |gain| [gain; 2]);
        }
        let start = of(format!("start_amp_{ear}")).or(rest);
        let end = of(format!("end_amp_{ear}")).or(start);
        [start.unwrap_or(both[0]), end.unwrap_or(both[1])]
    })
}

/// A voice whose sound is held within ±1.
struct Clipped(Box<dyn Voice>);

impl Voice for Clipped {
    fn render(&mut self, first: u64, out: &mut Quantum) {
        self.0.render(first, out);
        for x in out.left.iter_mut().chain(&mut out.right) {
            *x = x.clamp(-1.0, 1.0);
        }
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(Self(self.0.fork()))
    }

    fn run_in_frames(&self) -> u64 {
        self.0.run_in_frames()
    }
}
