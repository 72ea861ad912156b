//! Making a band do nothing again.

use nice_plug::prelude::*;

use crate::control::EqKind;
use crate::editor::widgets::Touch;
use crate::params::EqBandParams;

/// Whether a kind of band has a gain.
pub fn has_gain(kind: EqKind) -> bool {
    matches!(kind, EqKind::Bell | EqKind::LowShelf | EqKind::HighShelf | EqKind::Tilt)
}

/// Flat and of ordinary width again; it stays where it is. What cannot be flat is switched off.
pub fn flatten(touch: &Touch, params: &EqBandParams) {
    if has_gain(params.kind.value()) {
        touch.hand.gesture(&params.gain, 0.0);
    } else {
        touch.hand.gesture(&params.on, false);
    }
    touch.hand.gesture(&params.q, params.q.default_plain_value());
    touch.hand.gesture(&params.solo, false);
}
