//! What moves in a step as polylines for drawing, by the code that the player moves it with. Main and background
//! threads.

use crate::track::edit::catalogue::{At, Parameter};
use crate::track::file::fields::Fields;
use crate::track::file::schema::{Step, Track, Voice};
use crate::track::play::timeline::placements;
use crate::track::sound::curve::Curve;
use crate::track::sound::span::{Behaviour, Span};
use crate::track::sound::voice::{Envelope, layer};
use serde_json::Value;

/// Rate at which steps are looked at, in Hz: exact to a fraction of a millisecond.
const RATE_HZ: f64 = 8_000.0;
/// Points within a ramp.
const RAMP_POINTS: u64 = 48;

/// A point of a polyline: time in seconds from the beginning of the step, and value.
pub type Point = [f64; 2];

/// The course of a parameter over a step of `duration_s` seconds; empty where it is no number.
pub fn parameter(voice: &Voice, duration_s: f64, parameter: &Parameter) -> Vec<Point> {
    let at = |at| parameter.value(&voice.params, at).as_f64();
    let is_transition = layer::is_transition(&voice.synth_function_name, voice.is_transition);
    let ends = if is_transition { [At::Start, At::End] } else { [At::Plain; 2] };
    let [Some(start), Some(end)] = ends.map(at) else { return Vec::new() };
    if start == end || !parameter.moves() {
        return vec![[0.0, start], [duration_s, start]];
    }
    let span = Span::new(duration_s, RATE_HZ);
    let fields = Fields::new(&voice.params, "");
    let curve = layer::curve(&voice.synth_function_name, &fields, span);
    let value = |frame: u64| start + (end - start) * curve.at(frame as f64);
    ramp_frames(&curve, span).into_iter().map(|frame| [frame as f64 * curve.frame_s, value(frame)]).collect()
}

/// Frames worth drawing: both ends of the step, the ramp, and what lies just beside it.
fn ramp_frames(curve: &Curve, span: Span) -> Vec<u64> {
    let frame = |time_s: f64| (time_s / curve.frame_s).clamp(0.0, span.frames as f64) as u64;
    let (begin, end) = (frame(curve.start_s), frame(curve.start_s + curve.length_s));
    let within = (0..=RAMP_POINTS).map(|i| begin + (end - begin) * i / RAMP_POINTS);
    let mut frames: Vec<u64> =
        within.chain([0, begin.saturating_sub(1), (end + 1).min(span.frames), span.frames]).collect();
    frames.sort_unstable();
    frames.dedup();
    frames
}

/// The level that envelope and fades give a voice over a step of `duration_s` seconds.
pub fn envelope(voice: &Voice, duration_s: f64) -> Vec<Point> {
    let span = Span::new(duration_s, RATE_HZ);
    let envelopes = match &voice.volume_envelope {
        Some(map) => vec![Envelope::read(&Fields::new(map, ""), span, Behaviour::Intended).0],
        None => Envelope::fades(span).to_vec(),
    };
    let last = span.frames.saturating_sub(1);
    let begins = envelopes.iter().flat_map(Envelope::begins);
    let corners = begins.flat_map(|frame| [frame.saturating_sub(1), frame]).chain([0, last]);
    let mut frames: Vec<u64> = corners.filter(|frame| *frame <= last).collect();
    frames.sort_unstable();
    frames.dedup();
    let gain = |frame: u64| envelopes.iter().map(|envelope| envelope.at(frame)).product();
    frames.into_iter().map(|frame| [frame as f64 * span.frame_s(), gain(frame)]).collect()
}

/// Where a step sounds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StepTimes {
    /// Start in seconds from the beginning of the track.
    pub start_s: f64,
    /// End in seconds.
    pub end_s: f64,
    /// Length of the fade in at its start, in seconds; 0 where it is added to what sounds already.
    pub fade_in_s: f64,
    /// Start of its fade out in seconds from the beginning of the track; its end where there is none.
    pub fade_out_at_s: f64,
    /// Length of the fade out in seconds.
    pub fade_out_s: f64,
}

/// The steps of a track as the player places and joins them.
pub fn steps(track: &Track) -> Vec<StepTimes> {
    let bare = |step: &Step| Step {
        voices: Vec::new(),
        description: String::new(),
        path: String::new(),
        source: Value::Null,
        ..*step
    };
    let steps = track.steps.iter().map(bare).collect();
    let mut timed = Track { global: track.global.clone(), steps, ..Track::default() };
    timed.fill_starts();
    let placed = placements(&timed.steps, &timed.global, RATE_HZ);
    let times = placed.iter().enumerate().map(|(i, placement)| {
        let range = placement.range();
        let fade_out = placement.fade_out(placed[i + 1..].iter().map(|later| later.join));
        let seconds = |frames: u64| frames as f64 / RATE_HZ;
        StepTimes {
            start_s: seconds(range.start),
            end_s: seconds(range.end),
            fade_in_s: seconds(placement.join.frames),
            fade_out_at_s: seconds(fade_out.start),
            fade_out_s: seconds(fade_out.end - fade_out.start),
        }
    });
    times.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::edit::catalogue::synth;
    use crate::track::file::limits::Limits;
    use crate::track::file::load::parse;
    use crate::track::file::preset::factory;
    use serde_json::json;
    use std::path::Path;

    fn voice(value: Value) -> Voice {
        Voice::read(value, "", &mut Vec::new())
    }

    fn at(points: &[Point], time_s: f64) -> f64 {
        let after = points.partition_point(|point| point[0] < time_s).clamp(1, points.len() - 1);
        let ([t0, v0], [t1, v1]) = (points[after - 1], points[after]);
        v0 + (v1 - v0) * ((time_s - t0) / (t1 - t0)).clamp(0.0, 1.0)
    }

    #[test]
    fn a_parameter_moves_as_the_player_moves_it() {
        let beat = synth("binaural_beat").unwrap().parameter("baseFreq").unwrap();
        for curve in ["linear", "logarithmic", "exponential", "alpha**3", "sin(alpha*3)"] {
            let params = json!({"startBaseFreq": 100, "endBaseFreq": 300, "initial_offset": 5, "post_offset": 15,
                "transition_curve": curve});
            let voice = voice(
                json!({"synth_function_name": "binaural_beat", "is_transition": true, "params": params}),
            );
            let points = parameter(&voice, 60.0, beat);
            let fields = Fields::new(&voice.params, "");
            let truth = Curve::read(&fields, Span::new(60.0, 44_100.0), Behaviour::Intended);
            assert!(points.len() < 64 && points.windows(2).all(|pair| pair[0][0] < pair[1][0]));
            for i in 0..=600 {
                let time_s = f64::from(i) * 0.1;
                let expected = 100.0 + 200.0 * truth.at(time_s * 44_100.0);
                assert!((at(&points, time_s) - expected).abs() < 0.5, "{curve} {time_s}");
            }
        }
        let still = voice(json!({"synth_function_name": "binaural_beat", "params": {"baseFreq": 99}}));
        assert_eq!(parameter(&still, 60.0, beat), [[0.0, 99.0], [60.0, 99.0]]);
        let jump = json!({"startBaseFreq": 1, "endBaseFreq": 2, "initial_offset": 60});
        let jump =
            voice(json!({"synth_function_name": "binaural_beat", "is_transition": true, "params": jump}));
        assert!(parameter(&jump, 60.0, beat).iter().all(|point| point[1] == 1.0 || point[0] > 59.9));
    }

    #[test]
    fn envelopes_are_drawn_with_their_corners() {
        let bare = voice(json!({"synth_function_name": "binaural_beat"}));
        let points = envelope(&bare, 10.0);
        assert_eq!((at(&points, 0.0), at(&points, 5.0)), (0.0, 1.0));
        assert!(at(&points, 10.0) < 1e-9 && (at(&points, 0.005) - 0.5).abs() < 0.02);
        let adsr =
            json!({"type": "adsr", "params": {"attack": 2, "decay": 1, "sustain_level": 0.5, "release": 3}});
        let points = envelope(&voice(json!({"synth_function_name": "noise", "volume_envelope": adsr})), 10.0);
        for (time_s, gain) in
            [(0.0, 0.0), (1.0, 0.5), (2.0, 1.0), (3.0, 0.5), (6.9, 0.5), (8.5, 0.25), (10.0, 0.0)]
        {
            assert!((at(&points, time_s) - gain).abs() < 1e-3, "{time_s}");
        }
    }

    #[test]
    fn steps_fade_into_each_other() {
        let step = |seconds: f64| json!({"duration": seconds, "voices": []});
        let track = json!({"global": {"crossfade_duration": 2.0, "crossfade_overlap": 0.5},
            "progression": [step(10.0), step(5.0), step(0.0), step(4.0)]});
        let loaded = parse(track.to_string().as_bytes(), Path::new("a.json"), &Limits::default()).unwrap();
        let times = steps(&loaded.track);
        let shown: Vec<_> =
            times.iter().map(|x| [x.start_s, x.end_s, x.fade_in_s, x.fade_out_at_s, x.fade_out_s]).collect();
        assert_eq!(shown[0], [0.0, 10.0, 0.0, 9.0, 1.0]);
        assert_eq!(shown[1], [9.0, 14.0, 1.0, 13.0, 1.0]);
        assert_eq!(shown[3], [13.0, 17.0, 1.0, 17.0, 0.0]);
    }

    #[test]
    fn every_factory_track_can_be_drawn() {
        for preset in factory() {
            let track = parse(preset.json.as_bytes(), Path::new("a.json"), &Limits::default()).unwrap().track;
            assert_eq!(steps(&track).len(), track.steps.len());
            for (step, voice) in
                track.steps.iter().flat_map(|step| step.voices.iter().map(move |voice| (step, voice)))
            {
                let synth = synth(&voice.synth_function_name).unwrap();
                for known in &synth.parameters {
                    let points = parameter(voice, step.duration_s, known);
                    assert!(points.iter().flatten().all(|x| x.is_finite()));
                }
                assert!(
                    envelope(voice, step.duration_s)
                        .iter()
                        .all(|point| (0.0..=1.0 + 1e-9).contains(&point[1]))
                );
            }
        }
    }
}
