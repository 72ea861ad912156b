//! Cleans a saved state before the framework takes it over. Main thread.

use nice_plug::plugin::ParamValue;
use nice_plug::prelude::PluginState;

use crate::adaptive::Saved;
use crate::sources::SourceParams;
use crate::state::tidied;

/// Field of the state that holds what the listener did and learned.
const ADAPTIVE: &str = "adaptive";

/// Removes values that this plugin never writes and that the framework would take unchecked: choices by number, which
/// may name none, and numbers that are not finite. The parameter then keeps its present value.
///
/// A track or listener that is not there or cannot be read becomes none, with the reason; the framework would keep the old one.
pub fn tidy(state: &mut PluginState) {
    state.params.retain(|_, value| match value {
        ParamValue::F32(number) => number.is_finite(),
        ParamValue::I32(_) => false,
        ParamValue::Bool(_) | ParamValue::String(_) => true,
    });
    SourceParams::tidy(&mut state.fields);
    let adaptive = tidied::<Saved>(state.fields.get(ADAPTIVE).map(String::as_str));
    state.fields.insert(ADAPTIVE.to_owned(), adaptive);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sound_values_pass() {
        let mut state = PluginState {
            version: String::new(),
            params: [
                ("in_gain".to_owned(), ParamValue::F32(3.0)),
                ("out_trim".to_owned(), ParamValue::F32(f32::INFINITY)),
                ("eq1_kind".to_owned(), ParamValue::I32(99)),
                ("eq2_kind".to_owned(), ParamValue::String("bell".to_owned())),
            ]
            .into(),
            fields: Default::default(),
        };
        tidy(&mut state);
        assert_eq!(state.params.keys().collect::<Vec<_>>(), ["eq2_kind", "in_gain"]);
        let track: crate::state::track::SavedTrack = serde_json::from_str(&state.fields["track"]).unwrap();
        assert_eq!(track, Default::default());
    }
}
