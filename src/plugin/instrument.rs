//! The entry for instrument tracks: no audio in, notes in, stereo out. Silent as long as there are no sound sources.

use std::sync::Arc;

use nice_plug::prelude::*;

use super::{Core, Source, restore};
use crate::editor;

/// AuraCore as an instrument.
#[derive(Default)]
pub struct AuraCoreInstrument {
    core: Core,
}

impl Plugin for AuraCoreInstrument {
    const NAME: &'static str = "AuraCore Instrument";
    const VENDOR: &'static str = super::VENDOR;
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] =
        &[AudioIOLayout { main_output_channels: NonZeroU32::new(2), ..AudioIOLayout::const_default() }];
    const MIDI_INPUT: MidiConfig = MidiConfig::Basic;
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
        self.core.process(buffer, aux, context, Source::Silence)
    }
}

impl ClapPlugin for AuraCoreInstrument {
    const CLAP_ID: &'static str = "org.auracore.instrument";
    const CLAP_DESCRIPTION: Option<&'static str> = Some("Sound sources through the AuraCore mastering chain");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] =
        &[ClapFeature::Instrument, ClapFeature::Synthesizer, ClapFeature::Stereo];

    fn remote_controls(&self, context: &mut impl RemoteControlsContext) {
        self.core.remote_controls(context);
    }
}

impl Vst3Plugin for AuraCoreInstrument {
    const VST3_CLASS_ID: [u8; 16] = *b"AuraCoreInstrmnt";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] =
        &[Vst3SubCategory::Instrument, Vst3SubCategory::Synth];
}
