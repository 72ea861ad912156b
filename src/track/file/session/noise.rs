//! The noise presets that sessions name, and the voice that a noise becomes within a step.

use super::Object;
use serde_json::{Value, json};

/// Keys of a noise that concern the whole track and not a voice.
const TRACK_KEYS: &[&str] =
    &["duration_seconds", "sample_rate", "transition", "start_time", "fade_in", "fade_out", "amp_envelope"];

/// A noise preset by its name, whatever the case: `Brown`, `Green` and `Pink`, and the same three `Rolling`.
pub(super) fn preset(name: &str) -> Option<Object> {
    let name = name.trim().to_lowercase().replace(['_', '-'], " ");
    let (colour, rolls) = match name.strip_prefix("rolling ") {
        Some(colour) => (colour, true),
        None => (name.as_str(), false),
    };
    let colour = match colour {
        "brown" => json!({"name": "brown", "exponent": 2.0, "high_exponent": 2.0}),
        "green" => {
            json!({"name": "green", "exponent": 0.0, "high_exponent": 0.0, "lowcut": 100.0, "highcut": 8000.0})
        }
        "pink" => json!({"name": "pink", "exponent": 1.0, "high_exponent": 1.0}),
        _ => return None,
    };
    let mut noise = Object::new();
    noise.insert("noise_parameters".into(), colour);
    noise.insert("sweeps".into(), json!([]));
    if rolls {
        noise.insert("lfo_waveform".into(), "sine".into());
        noise.insert("lfo_freq".into(), 0.0415.into());
        noise.insert("start_lfo_phase_offset_deg".into(), 30.0.into());
        noise.insert("start_intra_phase_offset_deg".into(), 180.0.into());
        let sweeps = [(100, 2000, 25, 10), (250, 7000, 5, 3), (2000, 16000, 5, 1)];
        let sweep = |(min, max, q, stages)| json!({"start_min": min, "start_max": max, "start_q": q, "start_casc": stages});
        noise.insert("sweeps".into(), sweeps.map(sweep).to_vec().into());
    }
    Some(noise)
}

/// The noise as a voice on the noise bus.
pub(super) fn voice(noise: &Object, id: &str) -> Value {
    let is_transition =
        noise.get("transition").and_then(crate::track::file::fields::number_of).is_some_and(|on| on != 0.0);
    let mut params: Object = noise
        .iter()
        .filter(|(key, _)| !TRACK_KEYS.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let colour = ["noise_parameters", "color_params"].iter().find_map(|key| params.shift_remove(*key));
    params.extend(colour.map(|colour| ("noise_type".to_owned(), colour)));
    let name = if is_transition { "noise_swept_notch_transition" } else { "noise_swept_notch" };
    json!({
        "synth_function_name": name,
        "is_transition": is_transition,
        "params": params,
        "voice_type": "noise",
        "description": id,
    })
}
