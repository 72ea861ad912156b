//! Parameters of the listener.

use nice_plug::prelude::*;

use crate::control::adaptive::{
    AdaptiveAmounts, AdaptiveControls, AdaptiveMode, Character, Module, TARGET_LUFS,
};
use crate::control::range::SHARE;
use crate::parameter::{View, declare};

/// See [`AdaptiveControls`].
#[derive(Params)]
#[allow(missing_docs)] // the fields are those of the controls
pub struct AdaptiveParams {
    #[id = "ai_mode"]
    pub mode: EnumParam<AdaptiveMode>,
    #[id = "ai_amount"]
    pub amount: FloatParam,
    #[id = "ai_eq"]
    pub eq: FloatParam,
    #[id = "ai_dyn"]
    pub dynamics: FloatParam,
    #[id = "ai_width"]
    pub width: FloatParam,
    #[id = "ai_drive"]
    pub drive: FloatParam,
    #[id = "ai_char"]
    pub character: EnumParam<Character>,
    #[id = "ai_target"]
    pub target: FloatParam,
    #[id = "ai_freeze"]
    pub freeze: BoolParam,
}

impl AdaptiveParams {
    pub(super) fn new(defaults: &AdaptiveControls) -> Self {
        let amount =
            |name, module: Module| declare::percent(name, defaults.amounts.modules[module as usize], SHARE);
        Self {
            mode: EnumParam::new("Adaptive mode", defaults.mode),
            amount: declare::percent("Adaptive amount", defaults.amounts.overall, SHARE),
            eq: amount("Adaptive EQ", Module::Eq),
            dynamics: amount("Adaptive dynamics", Module::Dynamics),
            width: amount("Adaptive width", Module::Width),
            drive: amount("Adaptive drive", Module::Drive),
            character: EnumParam::new("Adaptive character", defaults.character),
            target: declare::lufs_or_off(
                "Adaptive target",
                defaults.target_lufs.unwrap_or(TARGET_LUFS.min),
                TARGET_LUFS,
            ),
            freeze: declare::switch("Adaptive freeze", defaults.freeze),
        }
    }

    /// Amounts of the modules, in the order of [`Module::ALL`].
    pub fn modules(&self) -> [&FloatParam; Module::ALL.len()] {
        [&self.eq, &self.dynamics, &self.width, &self.drive]
    }

    pub(super) fn controls(&self, view: View) -> AdaptiveControls {
        let target_lufs = view.of(&self.target);
        AdaptiveControls {
            mode: view.of(&self.mode),
            amounts: AdaptiveAmounts {
                overall: SHARE.clamp(view.of(&self.amount)),
                modules: self.modules().map(|module| SHARE.clamp(view.of(module))),
            },
            character: view.of(&self.character),
            freeze: view.of(&self.freeze),
            target_lufs: (target_lufs > TARGET_LUFS.min).then(|| TARGET_LUFS.clamp(target_lufs)),
        }
    }

    pub(super) fn remote_pages(&self, section: &mut impl RemoteControlsSection) {
        section.add_page("Adaptive", |page| {
            page.add_param(&self.mode);
            page.add_param(&self.amount);
            page.add_param(&self.character);
            page.add_param(&self.target);
            page.add_param(&self.freeze);
        });
        section.add_page("Adaptive amounts", |page| {
            self.modules().into_iter().for_each(|module| page.add_param(module));
        });
    }
}
