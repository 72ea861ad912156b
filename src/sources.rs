//! The main half of every sound source: what it saves, which parameters it has, what works for it, what a window sees.
//!
//! A source is one folder here, with whatever it plays from elsewhere, and one line in the list at the end of this file.
//! The list makes the parameters, the mixer's seats and the views of all sources; nothing else has to be told that there
//! is one more. Its parameters are appended to the others, so that hosts that count parameters keep their automation.

use std::collections::BTreeMap;
use std::sync::Arc;

use nice_plug::prelude::*;

use crate::control::mix::Strip;
use crate::parameter::{View, declare};
use crate::source::Source;

pub mod track;

/// The main half of a source.
pub trait SourceKind {
    /// Parameters and saved state. Ids and keys start with the source's name.
    type Params: Params + Default + 'static;
    /// The audio half.
    type Audio: Source;
    /// Whatever must end with the instance, as a worker; ends when dropped.
    type Owner: Send + 'static;
    /// What a window sees and asks for.
    type View: Send + 'static;

    /// Makes the halves for one instance, which share its parameters. Main thread.
    fn make(params: &Arc<Self::Params>) -> (Self::Audio, Self::Owner, Self::View);

    /// The settings. Of what plays also on the audio thread, with atomic loads only.
    fn controls(params: &Self::Params, view: View<'_>) -> <Self::Audio as Source>::Controls;

    /// The place in the mix, likewise.
    fn strip(params: &Self::Params, view: View<'_>) -> Strip;

    /// Makes saved fields of the state readable before they are restored; what cannot be read becomes nothing, with the
    /// reason.
    fn tidy(fields: &mut BTreeMap<String, String>);
}

/// Mute and solo of a source in the mix.
#[derive(Params)]
pub struct MuteSolo {
    /// Silent.
    #[id = "mute"]
    pub mute: BoolParam,
    /// Silences the sources that are not soloed.
    #[id = "solo"]
    pub solo: BoolParam,
}

impl MuteSolo {
    /// For a source with this name.
    pub fn new(name: &str) -> Self {
        Self {
            mute: declare::switch(format!("{name} mute"), false),
            solo: declare::switch(format!("{name} solo"), false),
        }
    }

    /// The strip at a linear gain.
    pub fn strip(&self, gain: f32, view: View) -> Strip {
        Strip { gain, mute: view.of(&self.mute), solo: view.of(&self.solo) }
    }
}

/// Makes everything that there is once for each source.
#[macro_export]
macro_rules! sources {
    ($($(#[$doc:meta])* $name:ident: $Kind:ty,)+) => {
        /// Parameters and saved states of all sources.
        #[derive(Default, ::nice_plug::prelude::Params)]
        pub struct SourceParams {
            $($(#[$doc])* #[nested] pub $name: ::std::sync::Arc<<$Kind as $crate::sources::SourceKind>::Params>,)+
        }

        /// Whatever must end with the instance.
        pub struct SourceOwners {
            $($(#[$doc])* pub $name: <$Kind as $crate::sources::SourceKind>::Owner,)+
        }

        /// What windows see of all sources.
        pub struct SourceViews {
            $($(#[$doc])* pub $name: <$Kind as $crate::sources::SourceKind>::View,)+
        }

        impl SourceParams {
            /// Names in the order of the mixer's seats.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            /// Makes every source and puts the audio halves into a mixer. Main thread.
            pub fn make(&self) -> ($crate::engine::mixer::Mixer, SourceOwners, SourceViews) {
                let mut mixer = $crate::engine::mixer::Mixer::default();
                $(
                    let (audio, owner, view) = <$Kind as $crate::sources::SourceKind>::make(&self.$name);
                    let (controls, strip) = (self.$name.clone(), self.$name.clone());
                    mixer.insert(
                        audio,
                        move || <$Kind as $crate::sources::SourceKind>::controls(&controls, $crate::parameter::View::Playing),
                        move || <$Kind as $crate::sources::SourceKind>::strip(&strip, $crate::parameter::View::Playing),
                    );
                    let $name = (owner, view);
                )+
                (mixer, SourceOwners { $($name: $name.0,)+ }, SourceViews { $($name: $name.1,)+ })
            }

            /// Shows every parameter to a view, as one that lists them.
            pub fn view(&self, view: $crate::parameter::View<'_>) {
                $(
                    _ = <$Kind as $crate::sources::SourceKind>::controls(&self.$name, view);
                    _ = <$Kind as $crate::sources::SourceKind>::strip(&self.$name, view);
                )+
            }

            /// Makes the saved fields of all sources readable before they are restored.
            pub fn tidy(fields: &mut ::std::collections::BTreeMap<String, String>) {
                $(<$Kind as $crate::sources::SourceKind>::tidy(fields);)+
            }
        }
    };
}

sources! {
    /// The track player.
    track: track::TrackKind,
}
