//! The entry for mastering inserts: audio in, audio out, a side-chain for the compressor.

use std::sync::Arc;

use nice_plug::prelude::*;

use super::{Core, Source, restore};
use crate::editor;

/// AuraCore as an audio effect.
#[derive(Default)]
pub struct AuraCore {
    core: Core,
}

/// A layout with as many channels out as in, and a stereo side-chain or none.
const fn layout(channels: u32, sidechain: &'static [NonZeroU32], name: &'static str) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: NonZeroU32::new(channels),
        main_output_channels: NonZeroU32::new(channels),
        aux_input_ports: sidechain,
        aux_output_ports: &[],
        names: PortNames { layout: Some(name), aux_inputs: &["Side-chain"], ..PortNames::const_default() },
    }
}

impl Plugin for AuraCore {
    const NAME: &'static str = "AuraCore";
    const VENDOR: &'static str = super::VENDOR;
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[
        layout(2, &[new_nonzero_u32(2)], "Stereo with side-chain"),
        layout(2, &[], "Stereo"),
        layout(1, &[new_nonzero_u32(2)], "Mono with side-chain"),
        layout(1, &[], "Mono"),
    ];
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;

    type Editor = editor::Editor;
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        self.core.params()
    }

    fn editor(&mut self, _executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        self.core.editor()
    }

    fn filter_state(state: &mut PluginState) {
        restore::tidy(state);
    }

    fn activate(
        &mut self,
        layout: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        self.core.activate(layout, config, context)
    }

    fn reset(&mut self) {
        self.core.reset();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        self.core.process(buffer, aux, context, Source::Host)
    }
}

impl ClapPlugin for AuraCore {
    const CLAP_ID: &'static str = "org.auracore.auracore";
    const CLAP_DESCRIPTION: Option<&'static str> =
        Some("Mastering chain: EQ, compressor, width, clipper, true-peak limiter");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::AudioEffect,
        ClapFeature::Mastering,
        ClapFeature::Equalizer,
        ClapFeature::Compressor,
        ClapFeature::Limiter,
        ClapFeature::Stereo,
        ClapFeature::Mono,
    ];

    fn remote_controls(&self, context: &mut impl RemoteControlsContext) {
        self.core.remote_controls(context);
    }
}

impl Vst3Plugin for AuraCore {
    const VST3_CLASS_ID: [u8; 16] = *b"AuraCoreMasterFx";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] =
        &[Vst3SubCategory::Fx, Vst3SubCategory::Mastering, Vst3SubCategory::Dynamics, Vst3SubCategory::Eq];
}
