//! Voices of a step: adding, copying, deleting, moving, and their settings.

use super::{EditError, Edited, VoiceField, check, form};
use crate::track::edit::catalogue::{self, Control, Group, Parameter};
use crate::track::file::fields::{Fields, number_of, shown};
use crate::track::file::problem::Severity;
use crate::track::file::schema::keys::IDENTITY;
use crate::track::file::schema::{Object, Track, Voice, VoiceType};
use crate::track::sound::span::{Behaviour, Span};
use crate::track::sound::voice::Envelope;
use serde_json::{Value, json};

/// A new voice of a synth with the defaults of what makes its sound.
pub(super) fn fresh(synth: &str) -> Result<Voice, EditError> {
    let Some(synth) = catalogue::synth(synth) else {
        return Err(EditError::new("synth_function_name", format!("{synth:?}"), "the name of a synth"));
    };
    let main = [Group::Tone, Group::Beat, Group::Volume];
    let main =
        synth.parameters.iter().filter(|x| x.in_static && main.contains(&x.group) && !x.default.is_null());
    let params: Object = main.map(|x| (x.keys[0].clone(), x.default.clone())).collect();
    let bus = if synth.voice_type == VoiceType::Noise { "noise" } else { "binaural" };
    let source = json!({"synth_function_name": synth.name, "is_transition": false, "params": params,
        "volume_envelope": null, "voice_type": bus, "description": ""});
    Ok(Voice::read(source, "", &mut Vec::new()))
}

fn voices(track: &mut Track, step: usize) -> Result<&mut Vec<Voice>, EditError> {
    check::place("progression", step, track.steps.len())?;
    Ok(&mut track.steps[step].voices)
}

fn at(track: &mut Track, step: usize, voice: usize) -> Result<&mut Voice, EditError> {
    let voices = voices(track, step)?;
    check::place(&format!("progression[{step}].voices"), voice, voices.len())?;
    Ok(&mut voices[voice])
}

fn place_after(track: &mut Track, step: usize, after: Option<usize>, voice: Voice) -> Edited {
    let voices = voices(track, step)?;
    if let Some(after) = after {
        check::place(&format!("progression[{step}].voices"), after, voices.len())?;
    }
    voices.insert(after.map_or(0, |after| after + 1), voice);
    Ok(())
}

/// A new voice.
pub(super) fn add(track: &mut Track, step: usize, after: Option<usize>, synth: &str) -> Edited {
    let voice = fresh(synth).map_err(|error| EditError { at: format!("progression[{step}]"), ..error })?;
    place_after(track, step, after, voice)
}

/// A voice out of a file.
pub(super) fn insert(track: &mut Track, step: usize, after: Option<usize>, voice: &Value) -> Edited {
    let mut problems = Vec::new();
    let read = Voice::read(voice.clone(), "", &mut problems);
    if let Some(problem) = problems.iter().find(|problem| problem.severity == Severity::Refused) {
        return Err(EditError::new(format!("progression[{step}]"), problem.to_string(), "a voice"));
    }
    place_after(track, step, after, read)
}

/// A copy behind its model, of a name and an identity of its own: two voices of one step cannot both go on as one of
/// the next.
pub(super) fn duplicate(track: &mut Track, step: usize, voice: usize) -> Edited {
    let mut copy = at(track, step, voice)?.clone();
    if let Some(source) = copy.source.as_object_mut() {
        for key in IDENTITY.iter().chain(&["sam_source_id"]) {
            source.shift_remove(*key);
        }
    }
    copy.identity = None;
    if !copy.description.is_empty() {
        copy.description.push_str(" copy");
    }
    place_after(track, step, Some(voice), copy)
}

/// Takes a voice away.
pub(super) fn delete(track: &mut Track, step: usize, voice: usize) -> Edited {
    at(track, step, voice)?;
    track.steps[step].voices.remove(voice);
    Ok(())
}

/// Takes a voice to another place.
pub(super) fn shift(track: &mut Track, step: usize, from: usize, to: usize) -> Edited {
    at(track, step, from)?;
    at(track, step, to)?;
    let voices = &mut track.steps[step].voices;
    let voice = voices.remove(from);
    voices.insert(to, voice);
    Ok(())
}

/// Sets a field of a voice.
pub(super) fn set(track: &mut Track, step: usize, index: usize, field: &VoiceField) -> Edited {
    let place = format!("progression[{step}].voices[{index}]");
    let voice = at(track, step, index)?;
    match field {
        VoiceField::Synth(name) => form::set_synth(voice, &place, name)?,
        VoiceField::Transition(is_transition) => form::set_transition(voice, &place, *is_transition)?,
        VoiceField::VoiceType(voice_type) => voice.voice_type = *voice_type,
        VoiceField::Description(text) => text.trim().clone_into(&mut voice.description),
        VoiceField::Param(key, value) => set_param(voice, &place, key, value.as_ref())?,
        VoiceField::Envelope(envelope) => {
            if let Some(envelope) = envelope {
                check_envelope(envelope, &place)?;
            }
            voice.volume_envelope.clone_from(envelope);
        }
        VoiceField::EnvelopeParam(key, value) => {
            let mut envelope = voice.volume_envelope.clone().unwrap_or_default();
            check::number(&format!("{place}.volume_envelope.params.{key}"), *value, 0.0, 1e9)?;
            match envelope.entry("params").or_insert_with(|| json!({})) {
                Value::Object(params) => _ = params.insert(key.clone(), (*value).into()),
                other => {
                    return Err(EditError::new(place + ".volume_envelope.params", shown(other), "an object"));
                }
            }
            check_envelope(&envelope, &place)?;
            voice.volume_envelope = Some(envelope);
        }
        VoiceField::Mute(is_muted) => voice.is_muted = *is_muted,
        VoiceField::Solo(is_soloed) => voice.is_soloed = *is_soloed,
    }
    Ok(())
}

fn check_envelope(envelope: &Object, place: &str) -> Edited {
    let fields = Fields::new(envelope, format!("{place}.volume_envelope"));
    let (_, mut problems) = Envelope::read(&fields, Span::new(1.0, 1_000.0), Behaviour::Intended);
    problems.extend(fields.into_problems());
    match problems.into_iter().next() {
        None => Ok(()),
        Some(problem) => {
            let kinds: Vec<_> = catalogue::envelopes().iter().map(|kind| kind.name).collect();
            Err(EditError::new(
                problem.path,
                problem.message,
                format!("{} with its params", kinds.join(", ")),
            ))
        }
    }
}

fn set_param(voice: &mut Voice, place: &str, key: &str, value: Option<&Value>) -> Edited {
    let at = format!("{place}.params.{key}");
    let value = value.filter(|value| !value.is_null());
    let Some(value) = value else {
        voice.params.shift_remove(key);
        return Ok(());
    };
    let synth = catalogue::synth(&voice.synth_function_name);
    if let Some(parameter) = synth.and_then(|synth| synth.parameter(key)) {
        check_parameter(&at, parameter, value)?;
    }
    voice.params.insert(key.to_owned(), value.clone());
    Ok(())
}

/// Checks a value against what the compiler takes as it is.
pub(super) fn check_parameter(at: &str, parameter: &Parameter, value: &Value) -> Edited {
    let expected = match parameter.control {
        Control::Slider { .. } if !value.is_number() || number_of(value).is_none() => "a number within ±1e9",
        Control::Switch if !value.is_boolean() => "true or false",
        Control::Text if !value.is_string() => "a text",
        Control::Choice(choices) => {
            let same =
                |known: &Value| known == value || known.is_number() && known.as_f64() == value.as_f64();
            let known: Vec<Value> = choices.iter().map(|choice| choice.value.into()).collect();
            if known.iter().any(same) {
                return Ok(());
            }
            let known: Vec<_> = known.iter().map(shown).collect();
            return Err(EditError::new(at, shown(value), format!("one of {}", known.join(", "))));
        }
        _ => return Ok(()),
    };
    Err(EditError::new(at, shown(value), expected))
}
