//! Steps: adding, copying, deleting, moving, and their settings.

use super::starts::{self, Join};
use super::{EditError, Edited, GlobalField, StepField, check, voices};
use crate::track::file::limits::{RATES_HZ, STEP_S};
use crate::track::file::schema::{Step, Track};
use crate::track::play::levels::LARGEST_VOLUME;
use serde_json::json;

/// Length of a new step in seconds where there is no other.
const NEW_STEP_S: f64 = 60.0;
/// Latest start and longest crossfade that a file may state, in seconds.
const LATEST_S: f64 = 1e9;

/// A new step: as long and as loud as the one in front of it, with one plain binaural voice.
pub(super) fn add(track: &mut Track, after: Option<usize>) -> Edited {
    if let Some(after) = after {
        check::place("progression", after, track.steps.len())?;
    }
    let at = after.map_or(0, |after| after + 1);
    let model = after.or((!track.steps.is_empty()).then_some(0)).map(|i| &track.steps[i]);
    let duration_s = model.map(|step| step.duration_s).filter(|s| *s > 0.0).unwrap_or(NEW_STEP_S);
    let (tones, noise) =
        model.map_or((LARGEST_VOLUME, LARGEST_VOLUME), |step| (step.binaural_volume, step.noise_volume));
    let source = json!({"duration": duration_s, "start": null, "description": "", "voices": [],
        "binaural_volume": tones, "noise_volume": noise});
    let mut step = Step::read(source, "", &mut Vec::new());
    step.voices.push(voices::fresh("binaural_beat")?);
    insert(track, at, step);
    Ok(())
}

/// A copy behind its model.
pub(super) fn duplicate(track: &mut Track, index: usize) -> Edited {
    check::place("progression", index, track.steps.len())?;
    let copy = track.steps[index].clone();
    insert(track, index + 1, copy);
    Ok(())
}

fn insert(track: &mut Track, at: usize, mut step: Step) {
    let mut joins = starts::joins(track);
    let first_s = starts::first_s(track);
    step.start_s = None;
    track.steps.insert(at, step);
    joins.insert(at, Join::Tight);
    starts::place(track, &joins, first_s);
}

/// Takes a step away; those behind it move up.
pub(super) fn delete(track: &mut Track, index: usize) -> Edited {
    check::place("progression", index, track.steps.len())?;
    let mut joins = starts::joins(track);
    let first_s = starts::first_s(track);
    track.steps.remove(index);
    joins.remove(index);
    starts::place(track, &joins, first_s);
    Ok(())
}

/// Takes a step to another place.
pub(super) fn shift(track: &mut Track, from: usize, to: usize) -> Edited {
    check::place("progression", from, track.steps.len())?;
    check::place("progression", to, track.steps.len())?;
    let mut joins = starts::joins(track);
    let first_s = starts::first_s(track);
    let (step, join) = (track.steps.remove(from), joins.remove(from));
    track.steps.insert(to, step);
    joins.insert(to, join);
    starts::place(track, &joins, first_s);
    Ok(())
}

/// Sets a field of a step.
pub(super) fn set(track: &mut Track, index: usize, field: &StepField) -> Edited {
    check::place("progression", index, track.steps.len())?;
    let at = |key: &str| format!("progression[{index}].{key}");
    let volume = |key: &str, volume: f64| check::number(&at(key), volume, 0.0, LARGEST_VOLUME);
    let joins = match field {
        StepField::Duration(_)
        | StepField::Start(_)
        | StepField::CrossfadeDuration(_)
        | StepField::CrossfadeOverlap(_) => Some(starts::joins(track)),
        _ => None,
    };
    let step = &mut track.steps[index];
    match field {
        StepField::Duration(seconds) => {
            check::number(&at("duration"), *seconds, 0.0, STEP_S)?;
            step.duration_s = *seconds + 0.0;
        }
        StepField::Start(seconds) => {
            check::number(&at("start"), *seconds, 0.0, LATEST_S)?;
            return start(track, index, *seconds, joins.unwrap_or_default());
        }
        StepField::Description(text) => step.description.clone_from(text),
        StepField::CrossfadeDuration(seconds) => {
            check::maybe_number(&at("crossfade_duration"), *seconds, 0.0, LATEST_S)?;
            step.crossfade_duration_s = *seconds;
        }
        StepField::CrossfadeOverlap(share) => {
            check::maybe_number(&at("crossfade_overlap"), *share, 0.0, 1.0)?;
            step.crossfade_overlap = *share;
        }
        StepField::CrossfadeCurve(curve) => step.crossfade_curve = *curve,
        StepField::BinauralVolume(gain) => {
            volume("binaural_volume", *gain)?;
            step.binaural_volume = *gain;
        }
        StepField::NoiseVolume(gain) => {
            volume("noise_volume", *gain)?;
            step.noise_volume = *gain;
        }
        StepField::NormalizationLevel(level) => {
            check::maybe_number(&at("normalization_level"), *level, 0.0, 1.0)?;
            step.normalization_level = *level;
        }
    }
    if let Some(joins) = joins {
        let first_s = starts::first_s(track);
        starts::place(track, &joins, first_s);
    }
    Ok(())
}

/// Moves a step in time, and with it everything behind it.
fn start(track: &mut Track, index: usize, seconds: f64, mut joins: Vec<Join>) -> Edited {
    let mut first_s = starts::first_s(track);
    match index.checked_sub(1).map(|before| &track.steps[before]) {
        Some(before) => joins[index] = Join::Gap(seconds - before.start_s.unwrap_or(0.0) - before.duration_s),
        None => first_s = seconds,
    }
    track.steps[index].start_s = Some(seconds + 0.0);
    starts::place(track, &joins, first_s);
    Ok(())
}

/// Sets a field of the whole track.
pub(super) fn set_global(track: &mut Track, field: &GlobalField) -> Edited {
    let joins = match field {
        GlobalField::CrossfadeDuration(_) | GlobalField::CrossfadeOverlap(_) => Some(starts::joins(track)),
        _ => None,
    };
    let global = &mut track.global;
    match field {
        GlobalField::SampleRate(rate_hz) => {
            if !RATES_HZ.contains(rate_hz) {
                let expected = format!("{} to {} Hz", RATES_HZ.start(), RATES_HZ.end());
                return Err(EditError::new("global.sample_rate", rate_hz.to_string(), expected));
            }
            global.sample_rate_hz = *rate_hz;
        }
        GlobalField::CrossfadeDuration(seconds) => {
            check::maybe_number("global.crossfade_duration", *seconds, 0.0, LATEST_S)?;
            global.crossfade_duration_s = *seconds;
        }
        GlobalField::CrossfadeOverlap(share) => {
            check::number("global.crossfade_overlap", *share, 0.0, 1.0)?;
            global.crossfade_overlap = *share;
        }
        GlobalField::CrossfadeCurve(curve) => global.crossfade_curve = *curve,
        GlobalField::NormalizationLevel(level) => {
            check::number("global.normalization_level", *level, 0.0, 1.0)?;
            global.normalization_level = *level;
        }
        GlobalField::KeepLoudness(keeps) => global.preserve_relative_step_loudness = *keeps,
    }
    if let Some(joins) = joins {
        let first_s = starts::first_s(track);
        starts::place(track, &joins, first_s);
    }
    Ok(())
}

/// Says of everything where it will stand in the file.
pub(super) fn number(track: &mut Track) {
    for (i, step) in track.steps.iter_mut().enumerate() {
        step.path = format!("progression[{i}]");
        for (j, voice) in step.voices.iter_mut().enumerate() {
            voice.path = format!("progression[{i}].voices[{j}]");
        }
    }
    for (i, clip) in track.clips.iter_mut().enumerate() {
        clip.path = format!("overlay_clips[{i}]");
    }
}
