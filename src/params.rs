//! The parameters that hosts see: stable ids, names, ranges, text.
//!
//! The audio thread reads them once per call as plain [`MasterControls`]; the editor reads them directly and changes
//! them through the host with [`AuraParams::apply`] and the framework's own setter. The framework has no safe way to
//! set a parameter without the context that it gives to an open editor.

use std::sync::{Arc, Mutex};

use nice_plug::prelude::*;

use crate::adaptive::Saved;
use crate::control::MasterControls;
use crate::control::adaptive::AdaptiveControls;
use crate::parameter::{Act, Embedded, View, Writer, lock};
use crate::sources::SourceParams;
use crate::sources::track::TrackParams;
use crate::state::{AbSlots, Slot};

mod adaptive;
mod clipper;
mod compressor;
mod dither;
mod eq;
mod global;
mod limiter;
mod width;

pub use adaptive::AdaptiveParams;
pub use clipper::ClipperParams;
pub use compressor::CompressorParams;
pub use dither::DitherParams;
pub use eq::{EqBandParams, EqParams};
pub use global::GlobalParams;
pub use limiter::LimiterParams;
pub use width::WidthParams;

/// All parameters, by part.
#[derive(Params)]
pub struct AuraParams {
    /// Levels, listening, latency mode.
    #[nested(group = "Global")]
    pub global: GlobalParams,
    /// Equaliser.
    #[nested(group = "Equaliser")]
    pub eq: EqParams,
    /// Compressor.
    #[nested(group = "Compressor")]
    pub compressor: CompressorParams,
    /// Stereo width.
    #[nested(group = "Width")]
    pub width: WidthParams,
    /// Soft clipper.
    #[nested(group = "Clipper")]
    pub clipper: ClipperParams,
    /// Limiter.
    #[nested(group = "Limiter")]
    pub limiter: LimiterParams,
    /// Dither.
    #[nested(group = "Dither")]
    pub dither: DitherParams,
    /// Track player. Its parameters stand before the listener's, where they have always been: some hosts count them.
    #[nested(group = "Track")]
    pub track: Arc<TrackParams>,
    /// The listener.
    #[nested(group = "Adaptive")]
    pub adaptive: AdaptiveParams,
    /// Where the listener has gone and what it has learned.
    #[persist = "adaptive"]
    pub course: Embedded<Saved>,
    /// What each source has in the mix, and the parameters of the newer sources.
    #[nested]
    pub sources: SourceParams,
    /// The setting to compare with. Never touched by the audio thread.
    #[persist = "ab"]
    ab: Mutex<AbSlots>,
    /// What the last [`AuraParams::apply`] found and what it asked for, until the host has carried it out.
    in_flight: Mutex<Option<(MasterControls, MasterControls)>>,
}

impl Default for AuraParams {
    fn default() -> Self {
        Self::starting_with(&MasterControls::default())
    }
}

impl AuraParams {
    /// Parameters whose values and defaults, which hosts see and go back to, are these. Both comparison slots hold them.
    pub fn starting_with(master: &MasterControls) -> Self {
        let defaults = master.clamped();
        let sources = SourceParams::default();
        Self {
            global: GlobalParams::new(defaults.mode, &defaults.global),
            eq: EqParams::new(&defaults.eq),
            compressor: CompressorParams::new(&defaults.compressor),
            width: WidthParams::new(&defaults.width),
            clipper: ClipperParams::new(&defaults.clipper),
            limiter: LimiterParams::new(&defaults.limiter),
            dither: DitherParams::new(&defaults.dither),
            track: sources.track.player.clone(),
            adaptive: AdaptiveParams::new(&AdaptiveControls::default()),
            course: Embedded::default(),
            sources,
            ab: Mutex::new(AbSlots::both(defaults)),
            in_flight: Mutex::new(None),
        }
    }

    /// What plays now, the host's modulation included, always in range. Audio thread: atomic loads only.
    pub fn controls(&self) -> MasterControls {
        self.view(View::Playing).clamped()
    }

    /// What the listener may do now, the host's modulation included; locks are kept elsewhere. Any thread: atomic loads
    /// only.
    pub fn adaptive_controls(&self) -> AdaptiveControls {
        self.adaptive.controls(View::Playing)
    }

    /// What the user set, without modulation, always in range: for presets and comparing.
    pub fn settings(&self) -> MasterControls {
        self.view(View::Set).clamped()
    }

    fn view(&self, view: View) -> MasterControls {
        MasterControls {
            mode: view.of(&self.global.mode),
            global: self.global.controls(view),
            eq: self.eq.controls(view),
            compressor: self.compressor.controls(view),
            width: self.width.controls(view),
            clipper: self.clipper.controls(view),
            limiter: self.limiter.controls(view),
            dither: self.dither.controls(view),
        }
    }

    /// Sets every parameter that differs, each as one gesture that the host records. Main thread.
    pub fn apply(&self, controls: &MasterControls, setter: &ParamSetter) {
        let controls = controls.clamped();
        let found = self.settings();
        // Behind changes that the host still has to carry out, what a parameter reads now says nothing.
        let act = if self.expected() == found { Act::SetChanged } else { Act::SetAll };
        *lock(&self.in_flight) = Some((found, controls));
        self.write(&controls, &Writer { setter, act });
    }

    /// Ends gestures that nobody ends any more, as of a window that went in mid-drag; parameters by their names. Main thread.
    pub fn end_gestures(&self, names: &[String], setter: &ParamSetter) {
        self.write(&self.settings(), &Writer { setter, act: Act::End(names) });
    }

    /// Shows every parameter of the chain to a writer.
    fn write(&self, controls: &MasterControls, to: &Writer) {
        to.set(&self.global.mode, controls.mode);
        self.global.apply(&controls.global, to);
        self.eq.apply(&controls.eq, to);
        self.compressor.apply(&controls.compressor, to);
        self.width.apply(&controls.width, to);
        self.clipper.apply(&controls.clipper, to);
        self.limiter.apply(&controls.limiter, to);
        self.dither.apply(&controls.dither, to);
    }

    /// The setting that there will be once the host has carried out the last [`AuraParams::apply`]. Hosts may do so as
    /// late as when they next process audio.
    pub fn expected(&self) -> MasterControls {
        let settings = self.settings();
        let mut in_flight = lock(&self.in_flight);
        match *in_flight {
            Some((found, asked)) if found == settings => asked,
            _ => {
                *in_flight = None;
                settings
            }
        }
    }

    /// The comparison slot being heard. Main thread.
    pub fn ab_active(&self) -> Slot {
        lock(&self.ab).active()
    }

    /// Whether both comparison slots hold the same setting. Main thread.
    pub fn ab_equal(&self) -> bool {
        let slots = *lock(&self.ab);
        *slots.waiting() == self.expected()
    }

    /// Goes to the other comparison slot. Main thread.
    pub fn ab_switch(&self, setter: &ParamSetter) {
        let current = self.expected();
        let next = lock(&self.ab).switch(current);
        self.apply(&next, setter);
    }

    /// Copies the setting being heard into the other comparison slot. Main thread.
    pub fn ab_copy(&self) {
        let current = self.expected();
        lock(&self.ab).copy(current);
    }

    /// Pages for hardware controllers, by part.
    pub fn remote_controls(&self, context: &mut impl RemoteControlsContext) {
        context.add_section("Global", |section| {
            section.add_page("Global", |page| {
                self.global.remote_page(page);
                page.add_param(&self.eq.on);
            });
        });
        context.add_section("Equaliser", |section| self.eq.remote_pages(section));
        context.add_section("Compressor", |section| self.compressor.remote_pages(section));
        context.add_section("Output", |section| {
            section.add_page("Width", |page| self.width.remote_page(page));
            section.add_page("Clipper", |page| self.clipper.remote_page(page));
            section.add_page("Limiter", |page| self.limiter.remote_page(page));
            section.add_page("Dither", |page| self.dither.remote_page(page));
        });
        context.add_section("Adaptive", |section| self.adaptive.remote_pages(section));
        context.add_section("Track", |section| self.track.remote_pages(&self.sources.track.strip, section));
    }
}
