//! A voice as another synth, as a transition or as none, with what it sounds like carried over.

use super::{EditError, Edited};
use crate::track::edit::catalogue::{self, At, Synth};
use crate::track::file::schema::{Object, Voice};
use serde_json::Value;

fn synth_of(voice: &Voice, place: &str) -> Result<&'static Synth, EditError> {
    let name = &voice.synth_function_name;
    catalogue::synth(name).ok_or_else(|| {
        let at = format!("{place}.synth_function_name");
        EditError::new(at, format!("{name:?}"), "the name of a synth")
    })
}

/// Another synth. The parameters stay: those that it shares are heard, the others wait in the file. A voice changes its
/// bus with the kind of its synth, and is no transition any longer where the synth has none.
pub(super) fn set_synth(voice: &mut Voice, place: &str, name: &str) -> Edited {
    let Some(synth) = catalogue::synth(name) else {
        let at = format!("{place}.synth_function_name");
        return Err(EditError::new(at, format!("{name:?}"), "the name of a synth"));
    };
    let was = catalogue::synth(&voice.synth_function_name);
    if was.is_none_or(|was| was.voice_type != synth.voice_type) {
        voice.voice_type = synth.voice_type;
    }
    if voice.is_transition && !synth.has_transition {
        set_transition(voice, place, false)?;
    }
    synth.name.clone_into(&mut voice.synth_function_name);
    voice.disabled = false;
    Ok(())
}

/// Makes a voice a transition or a static voice.
///
/// A transition starts with what sounded; its ends are those that the file still holds from before, else the same. A
/// static voice keeps what the transition started with, and the file keeps both ends. The name loses its ending for
/// transitions, since the flag alone decides and voices keep their phase by name.
pub(super) fn set_transition(voice: &mut Voice, place: &str, is_transition: bool) -> Edited {
    let synth = synth_of(voice, place)?;
    if is_transition && !synth.has_transition {
        let at = format!("{place}.is_transition");
        return Err(EditError::new(at, "true", format!("false: {} has no transition", synth.title)));
    }
    if voice.is_transition != is_transition {
        for parameter in synth.parameters.iter().filter(|x| !x.start_keys.is_empty() && x.in_static) {
            carry(voice, parameter, is_transition);
        }
    }
    voice.is_transition = is_transition;
    synth.name.clone_into(&mut voice.synth_function_name);
    Ok(())
}

fn carry(voice: &mut Voice, parameter: &catalogue::Parameter, is_transition: bool) {
    let params = &mut voice.params;
    if !is_transition {
        let start = parameter.value(params, At::Start);
        if start != parameter.value(params, At::Plain) {
            write(params, parameter, At::Plain, start);
        }
        return;
    }
    let plain = parameter.value(params, At::Plain);
    let has_end = parameter.end_keys.iter().any(|key| params.contains_key(key));
    if parameter.value(params, At::Start) != plain {
        write(params, parameter, At::Start, plain.clone());
    }
    if parameter.moves() && !has_end && parameter.value(params, At::End) != plain {
        write(params, parameter, At::End, plain);
    }
}

/// Writes a value under the spelling that counts.
pub(super) fn write(params: &mut Object, parameter: &catalogue::Parameter, at: At, value: Value) {
    let key = parameter.key(params, at).to_owned();
    params.insert(key, value);
}
