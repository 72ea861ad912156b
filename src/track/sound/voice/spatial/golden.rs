//! The spatial group against the original: see `track::golden`.

use super::trajectory::Trajectory;
use super::wrap;
use crate::track::file::fields::Fields;
use crate::track::file::files::TrackFiles;
use crate::track::file::limits::Limits;
use crate::track::golden::{RATE_HZ, Tape, cases, play, reference, renamed, tone};
use crate::track::sound::span::{Behaviour, Span};
use crate::track::sound::voice::VoiceContext;
use serde_json::json;

fn trajectory(params: &serde_json::Value) -> Trajectory {
    let object = json!({"spatialTrajectory": params["segments"]});
    let fields = Fields::new(object.as_object().unwrap(), "params");
    Trajectory::read(&fields, Span::new(params["duration"].as_f64().unwrap(), RATE_HZ))
}

#[test]
fn trajectories() {
    for case in cases("trajectory_dist_") {
        let way = trajectory(&case.params);
        case.check(&[(0..case.frames).map(|frame| way.distance_m(frame as u64) as f32).collect()]);
    }
    for case in cases("trajectory_theta_") {
        let way = trajectory(&case.params);
        // The case has −180…180°.
        let wrapped = |deg: f64| deg - 360.0 * (deg / 360.0).round();
        let azimuth = |frame| wrapped(way.azimuth_rad(frame as u64).to_degrees()) as f32;
        case.check(&[(0..case.frames).map(azimuth).collect()]);
    }
}

#[test]
fn both_decoders() {
    let names = [
        ("ild_enable", "spatialUseIld"),
        ("ear_angle_deg", "spatialEarAngleDeg"),
        ("head_radius_m", "spatialHeadRadiusM"),
        ("itd_scale", "spatialItdScale"),
        ("ild_max_db", "spatialIldMaxDb"),
        ("ref_distance_m", "spatialRefDistanceM"),
        ("rolloff", "spatialRolloff"),
        ("dz_theta_ms", "spatialDezipperThetaMs"),
        ("dz_dist_ms", "spatialDezipperDistMs"),
        ("decoder", "spatialDecoder"),
        ("min_distance_m", "spatialMinDistanceM"),
        ("max_deg_per_s", "spatialMaxDegPerS"),
        ("max_delay_step_samples", "spatialMaxDelayStepSamples"),
        ("interp_mode", "spatialInterp"),
    ];
    let files = TrackFiles::new(&reference(""), Limits::default()).unwrap();
    for case in cases("spatial_mid_") {
        let mut params = renamed(&case.params, &names);
        params.insert("spatialEnable".to_owned(), json!(true));
        let mut segments = case.params["trajectory"]["segments"].clone();
        // Lengths are written as a quotient.
        segments[0]["seconds"] = json!(case.frames as f64 / RATE_HZ);
        params.insert("spatialTrajectory".to_owned(), segments);
        let fields = Fields::new(&params, "params");
        let (frames, duration_s) = (case.frames as u64, case.frames as f64 / RATE_HZ);
        let context = VoiceContext {
            fields: &fields,
            span: Span { rate_hz: RATE_HZ, frames, duration_s },
            is_transition: false,
            behaviour: Behaviour::Original,
            carried_phases_rad: None,
            files: &files,
        };
        case.check(&play(&mut *wrap(Tape::boxed(tone(0..case.frames)), &context), case.frames));
        assert!(fields.into_problems().is_empty(), "{}", case.name);
    }
}
