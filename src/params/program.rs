//! What the program itself sets its parameters to, whatever this machine or its user prefers, and what a saved state may
//! say about each. Main thread; the framework may ask on the audio thread when a window puts a state in place.
//!
//! A state may lack parameters, as those of older versions do, or hold values that this program never writes. The framework
//! would leave such a parameter as it is, and the project would sound different from one machine to the next.

use std::collections::HashMap;
use std::sync::OnceLock;

use nice_plug::prelude::*;

use super::AuraParams;
use crate::control::MasterControls;
use crate::parameter::{Kind, Listing, Lookup, SavedParams, View};

struct Program {
    /// At a fixed place: its parameters are known by their addresses.
    params: Box<AuraParams>,
    ids: HashMap<ParamPtr, String>,
    kinds: Vec<(String, Kind)>,
}

impl Program {
    fn get() -> &'static Self {
        static PROGRAM: OnceLock<Program> = OnceLock::new();
        PROGRAM.get_or_init(|| {
            let params = Box::new(AuraParams::default());
            let listing = Listing::default();
            let view = View::Listing(&listing);
            params.view(view);
            params.sources.view(view);
            params.adaptive.controls(view);
            let ids: HashMap<_, _> =
                params.param_map().into_iter().map(|(id, param, _)| (param, id)).collect();
            let kinds = listing.into_inner().into_iter();
            let kinds = kinds.filter_map(|(param, kind)| Some((ids.get(&param)?.clone(), kind))).collect();
            Self { params, ids, kinds }
        })
    }
}

/// Gives every parameter that a saved state lacks the program's default, and every one that it has with a value that this
/// program never writes: a number that is not finite, a choice by number or by a name that there is not.
pub fn complete(saved: &mut SavedParams) {
    for (id, kind) in &Program::get().kinds {
        if !saved.get(id).is_some_and(|value| kind.accepts(value)) {
            saved.insert(id.clone(), kind.default_value());
        }
    }
}

/// The setting of the chain in a saved state.
pub fn master_controls(saved: &SavedParams) -> MasterControls {
    let program = Program::get();
    program.params.view(View::Saved(Lookup { ids: &program.ids, saved })).clamped()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::{EqKind, LatencyMode};
    use nice_plug::plugin::ParamValue;

    #[test]
    fn every_parameter_has_a_default() {
        let mut ids: Vec<String> = AuraParams::default().param_map().into_iter().map(|(id, ..)| id).collect();
        ids.sort();
        let mut saved = SavedParams::new();
        complete(&mut saved);
        assert_eq!(saved.keys().cloned().collect::<Vec<_>>(), ids);
        assert_eq!(master_controls(&saved), MasterControls::default());
        assert_eq!(master_controls(&SavedParams::new()), MasterControls::default());
    }

    #[test]
    fn values_are_kept_or_count_as_missing() {
        let text = |id: &str| ParamValue::String(id.to_owned());
        for (id, value, is_kept) in [
            ("in_gain", ParamValue::F32(3.0), true),
            ("in_gain", ParamValue::F32(f32::INFINITY), false),
            ("in_gain", ParamValue::F32(f32::NAN), false),
            ("in_gain", ParamValue::I32(3), false),
            ("in_gain", text("3"), false),
            ("bypass", ParamValue::Bool(true), true),
            ("bypass", ParamValue::F32(1.0), false),
            ("eq1_kind", text("notch"), true),
            ("eq1_kind", text("trombone"), false),
            ("eq1_kind", text("Notch"), false),
            ("eq1_kind", ParamValue::I32(1), false),
            ("ai_mode", text("adaptive"), true),
            ("track_mode", ParamValue::I32(99), false),
        ] {
            let mut saved = SavedParams::from([(id.to_owned(), value.clone())]);
            complete(&mut saved);
            let kept = format!("{:?}", saved[id]) == format!("{value:?}");
            assert_eq!(kept, is_kept, "{id}: {value:?} became {:?}", saved[id]);
        }
    }

    #[test]
    fn a_setting_is_read_from_a_state() {
        let saved = SavedParams::from([
            ("eq3_kind".to_owned(), ParamValue::String("tilt".to_owned())),
            ("lim_drive".to_owned(), ParamValue::F32(99.0)),
            ("mode".to_owned(), ParamValue::String("live".to_owned())),
            ("delta".to_owned(), ParamValue::Bool(true)),
        ]);
        let mut expected = MasterControls { mode: LatencyMode::Live, ..MasterControls::default() };
        expected.eq.bands[2].kind = EqKind::Tilt;
        expected.limiter.drive_db = 24.0;
        expected.global.delta = true;
        assert_eq!(master_controls(&saved), expected);
    }
}
