//! Completes a saved state before the framework takes it over. Main thread.
//!
//! The framework leaves what a state lacks as it is. Here nothing of the former project stays, and nothing of what this
//! machine or its user prefers comes in: what is saved holds, everything else is the program's own.

use nice_plug::prelude::PluginState;

use crate::params::{complete, master_controls};
use crate::sources::SourceParams;
use crate::state::AbSlots;
use crate::stored::{Versioned, legible, parse};

/// Field of the state that holds what the listener did and learned.
const ADAPTIVE: &str = "adaptive";
/// Field of the state that holds the setting to compare with.
const AB: &str = "ab";

/// Gives every parameter that is missing or has no value of its own the program's default. A track or listener that is
/// missing or cannot be read becomes none, with the reason. Slots to compare that are missing or cannot be read both become
/// the setting that is restored, so that a comparison starts from what the project sounds like.
pub fn tidy(state: &mut PluginState) {
    complete(&mut state.params);
    SourceParams::tidy(&mut state.fields);
    let adaptive = legible(state.fields.get(ADAPTIVE).map(String::as_str));
    state.fields.insert(ADAPTIVE.to_owned(), adaptive);
    if state.fields.get(AB).is_none_or(|text| parse::<AbSlots>(text).is_err()) {
        let slots = Versioned(AbSlots::both(master_controls(&state.params)).into());
        // Plain numbers and names, which always have a text.
        state.fields.insert(AB.to_owned(), serde_json::to_string(&slots).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::AuraParams;
    use crate::state::Slot;
    use nice_plug::params::Params;
    use nice_plug::plugin::ParamValue;

    fn state(params: &[(&str, ParamValue)], fields: &[(&str, &str)]) -> PluginState {
        PluginState {
            version: String::new(),
            params: params.iter().map(|(id, value)| ((*id).to_owned(), value.clone())).collect(),
            fields: fields.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect(),
        }
    }

    fn waiting(fields: &std::collections::BTreeMap<String, String>) -> (Slot, AbSlots) {
        let slots: AbSlots = parse(&fields[AB]).unwrap();
        (slots.active(), slots)
    }

    #[test]
    fn an_empty_state_is_a_new_project() {
        let mut empty = state(&[], &[]);
        tidy(&mut empty);
        assert_eq!(empty.params.len(), AuraParams::default().param_map().len());
        let params = AuraParams::default();
        params.ab.update(|slots| slots.switch(Default::default()));
        params.deserialize_fields(&empty.fields);
        assert_eq!(params.ab_active(), Slot::A);
        assert_eq!(params.serialize_fields(), AuraParams::default().serialize_fields());
    }

    #[test]
    fn slots_that_cannot_be_read_become_what_is_restored() {
        let mut saved = crate::control::MasterControls::default();
        saved.limiter.drive_db = 6.0;
        for broken in ["", "{\"version\":", "null", "{\"version\": 2}", "{\"version\": 1, \"active\": \"c\"}"]
        {
            let mut state = state(&[("lim_drive", ParamValue::F32(6.0))], &[(AB, broken)]);
            tidy(&mut state);
            assert_eq!(waiting(&state.fields), (Slot::A, AbSlots::both(saved)), "{broken}");
        }
        let mut slots = AbSlots::both(saved);
        slots.switch(saved);
        let text = serde_json::to_string(&Versioned(slots.into())).unwrap();
        let mut state = state(&[], &[(AB, &text)]);
        tidy(&mut state);
        assert_eq!(state.fields[AB], text, "left as it is");
    }

    #[test]
    fn a_broken_field_costs_no_other() {
        let track = include_str!("../../tests/fixtures/state/track-1.json");
        let mut state = state(&[], &[("track", track), (ADAPTIVE, "{\"version\": 1")]);
        tidy(&mut state);
        let params = AuraParams::default();
        params.deserialize_fields(&state.fields);
        assert_eq!(params.track.embedded.read().0.name, "Evening");
        assert!(params.course.read().0.lost.as_ref().is_some_and(|lost| lost.contains("EOF")));
    }
}
