//! Parameters around the chain: levels, listening, latency mode.

use nice_plug::prelude::*;

use crate::control::range::{INPUT_GAIN_DB, OUTPUT_TRIM_DB};
use crate::control::{GlobalControls, LatencyMode};
use crate::parameter::{View, Writer, declare};

/// See [`GlobalControls`] and [`LatencyMode`].
#[derive(Params)]
#[allow(missing_docs)] // the fields are those of the controls
pub struct GlobalParams {
    #[id = "bypass"]
    pub bypass: BoolParam,
    #[id = "in_gain"]
    pub input_gain: FloatParam,
    #[id = "out_trim"]
    pub output_trim: FloatParam,
    #[id = "gain_match"]
    pub gain_match: BoolParam,
    #[id = "delta"]
    pub delta: BoolParam,
    #[id = "mode"]
    pub mode: EnumParam<LatencyMode>,
}

impl GlobalParams {
    pub(super) fn new(mode: LatencyMode, defaults: &GlobalControls) -> Self {
        Self {
            bypass: declare::switch("Bypass", defaults.bypass).make_bypass(),
            input_gain: declare::db("Input gain", defaults.input_gain_db, INPUT_GAIN_DB),
            output_trim: declare::db("Output trim", defaults.output_trim_db, OUTPUT_TRIM_DB),
            gain_match: declare::switch("Gain match", defaults.gain_match),
            delta: declare::switch("Delta", defaults.delta),
            // A change makes the host restart the plugin, which no automation lane should do.
            mode: EnumParam::new("Latency mode", mode).non_automatable(),
        }
    }

    pub(super) fn controls(&self, view: View) -> GlobalControls {
        GlobalControls {
            input_gain_db: view.of(&self.input_gain),
            output_trim_db: view.of(&self.output_trim),
            bypass: view.of(&self.bypass),
            gain_match: view.of(&self.gain_match),
            delta: view.of(&self.delta),
        }
    }

    pub(super) fn apply(&self, controls: &GlobalControls, to: &Writer) {
        to.set(&self.bypass, controls.bypass);
        to.set(&self.input_gain, controls.input_gain_db);
        to.set(&self.output_trim, controls.output_trim_db);
        to.set(&self.gain_match, controls.gain_match);
        to.set(&self.delta, controls.delta);
    }

    pub(super) fn remote_page(&self, page: &mut impl RemoteControlsPage) {
        page.add_param(&self.input_gain);
        page.add_param(&self.output_trim);
        page.add_param(&self.bypass);
        page.add_param(&self.gain_match);
        page.add_param(&self.delta);
        page.add_param(&self.mode);
    }
}
