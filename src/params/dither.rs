//! Parameters of the dither stage.

use nice_plug::prelude::*;

use crate::control::{DitherBits, DitherControls};
use crate::parameter::{View, Writer, declare};

/// See [`DitherControls`].
#[derive(Params)]
#[allow(missing_docs)] // the fields are those of the controls
pub struct DitherParams {
    #[id = "dith_on"]
    pub on: BoolParam,
    #[id = "dith_bits"]
    pub bits: EnumParam<DitherBits>,
    #[id = "dith_shape"]
    pub shaping: BoolParam,
}

impl DitherParams {
    pub(super) fn new(defaults: &DitherControls) -> Self {
        Self {
            on: declare::switch("Dither", defaults.on),
            bits: EnumParam::new("Dither word length", defaults.bits),
            shaping: declare::switch("Dither noise shaping", defaults.shaping),
        }
    }

    pub(super) fn controls(&self, view: View) -> DitherControls {
        DitherControls { on: view.of(&self.on), bits: view.of(&self.bits), shaping: view.of(&self.shaping) }
    }

    pub(super) fn apply(&self, controls: &DitherControls, to: &Writer) {
        to.set(&self.on, controls.on);
        to.set(&self.bits, controls.bits);
        to.set(&self.shaping, controls.shaping);
    }

    pub(super) fn remote_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.bits);
        page.add_param(&self.shaping);
        page.add_param(&self.on);
    }
}
