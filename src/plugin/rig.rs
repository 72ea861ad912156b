//! A plugin without a host, for tests and benchmarks of the editor: audio goes in by hand, everything behind it is real.

use nice_plug::prelude::*;

use super::{AuraCore, Core};
use crate::source::Transport;
use crate::view::EditorLink;

/// An activated instance.
pub struct Rig {
    core: Core,
}

impl Rig {
    /// An instance at a sample rate in Hz with the program's own defaults, and what its editor gets.
    pub fn new(sample_rate_hz: f32) -> (Self, EditorLink) {
        let mut core = Core::default();
        let link = core.editor_link.take().expect("nobody has taken it yet");
        let config = BufferConfig {
            sample_rate: sample_rate_hz,
            min_buffer_size: None,
            max_buffer_size: 512,
            process_mode: ProcessMode::Realtime,
        };
        core.start(&AuraCore::AUDIO_IO_LAYOUTS[0], &config, false);
        (Self { core }, link)
    }

    /// Masters a block in place, as the host's audio thread would.
    pub fn play(&mut self, left: &mut [f32], right: &mut [f32]) {
        let controls = self.core.params.controls();
        self.core.master(left, Some(right), None, &controls, Transport::default());
    }
}
