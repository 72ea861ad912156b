//! What must hold for any bytes as the state of a project: nothing that the framework takes unchecked passes, and what was
//! restored is saved and restored again unchanged.

use std::collections::BTreeMap;

use auracore::params::AuraParams;
use auracore::plugin::AuraCore;
use nice_plug::plugin::ParamValue;
use nice_plug::prelude::{Params, Plugin, PluginState};

/// Tries the bytes as a whole state, or else as each of its fields; whether anything of them was restored.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let mut state = serde_json::from_str(text).unwrap_or_else(|_| {
        let fields = ["track", "adaptive", "ab"].map(|name| (name.to_owned(), text.to_owned()));
        PluginState { version: String::new(), params: BTreeMap::new(), fields: fields.into() }
    });
    AuraCore::filter_state(&mut state);
    for (name, value) in &state.params {
        let is_sound = match value {
            ParamValue::F32(number) => number.is_finite(),
            ParamValue::I32(_) => false,
            ParamValue::Bool(_) | ParamValue::String(_) => true,
        };
        assert!(is_sound, "{name}");
    }
    let restored = restored(&state.fields);
    assert_eq!(self::restored(&restored), restored, "restored again");
    restored != self::restored(&BTreeMap::new())
}

/// What a project with these fields saves after it was opened.
fn restored(fields: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let params = AuraParams::default();
    params.deserialize_fields(fields);
    params.serialize_fields()
}
