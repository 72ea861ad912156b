//! Parameters of the stereo width stage.

use nice_plug::prelude::*;

use crate::control::WidthControls;
use crate::control::range::{WIDTH, WIDTH_BALANCE, WIDTH_MONO_BELOW_HZ};
use crate::parameter::{View, Writer, declare};

/// See [`WidthControls`].
#[derive(Params)]
#[allow(missing_docs)] // the fields are those of the controls
pub struct WidthParams {
    #[id = "width_on"]
    pub on: BoolParam,
    #[id = "width"]
    pub width: FloatParam,
    #[id = "width_mono"]
    pub mono_below: FloatParam,
    #[id = "balance"]
    pub balance: FloatParam,
}

impl WidthParams {
    pub(super) fn new(defaults: &WidthControls) -> Self {
        Self {
            on: declare::switch("Width stage", defaults.on),
            width: declare::percent("Width", defaults.width, WIDTH),
            mono_below: declare::hz_or_off("Mono below", defaults.mono_below_hz, WIDTH_MONO_BELOW_HZ),
            balance: declare::balance("Balance", defaults.balance, WIDTH_BALANCE),
        }
    }

    pub(super) fn controls(&self, view: View) -> WidthControls {
        WidthControls {
            on: view.of(&self.on),
            width: view.of(&self.width),
            mono_below_hz: view.of(&self.mono_below),
            balance: view.of(&self.balance),
        }
    }

    pub(super) fn apply(&self, controls: &WidthControls, to: &Writer) {
        to.set(&self.on, controls.on);
        to.set(&self.width, controls.width);
        to.set(&self.mono_below, controls.mono_below_hz);
        to.set(&self.balance, controls.balance);
    }

    pub(super) fn remote_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.width);
        page.add_param(&self.mono_below);
        page.add_param(&self.balance);
        page.add_param(&self.on);
    }
}
