//! The voice layer: which synth a name of a track file means, and what every voice gets on top of it.
//!
//! Synth, then volume envelope, then flanger, then the short fades of a voice without an envelope. For the compiler of
//! tracks, off the audio thread. A voice in which something was refused is silent.

use super::envelope::{Envelope, Shaped};
use super::{Behaviour, Built, Files, Quantum, Span, Voice, VoiceContext};
use super::{
    binaural_beat, dual_pulse_binaural, flanger, hybrid_qam, isochronic_tone, monaural_beat, noise_generator,
    noise_swept_notch, qam_beat, rhythmic_waveshaping, sam_monaural, spatial_angle, spatial_angle_sam2,
    stereo_am, subliminal, wave_shape_stereo_am,
};
use crate::track::file::fields::{Asked, Fields};
use crate::track::file::files::NoFiles;
use crate::track::file::problem::{Problem, Severity};
use crate::track::sound::curve::Curve;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Ending of the names of voices that move from start to end values.
pub const TRANSITION: &str = "_transition";
/// The key that a static voice does not have, though files carry it.
const OFFSET: &str = "initial_offset";

/// Step in which a synth is asked for its keys, in seconds.
const SHORTEST_S: f64 = 0.01;
/// Rate at which it is asked, in Hz.
const SLOWEST_HZ: f64 = 8_000.0;

/// A synth that files can name.
struct Synth {
    name: &'static str,
    build: fn(&VoiceContext<'_>) -> Built,
    has_transition: bool,
    curve: fn(&VoiceContext<'_>) -> Curve,
}

impl Synth {
    const fn new(name: &'static str, build: fn(&VoiceContext<'_>) -> Built) -> Self {
        Self { name, build, has_transition: true, curve: own_curve }
    }
}

fn own_curve(context: &VoiceContext<'_>) -> Curve {
    context.curve()
}

/// Every synth, by the name of its static form.
const SYNTHS: &[Synth] = &[
    Synth::new("binaural_beat", binaural_beat::build),
    Synth::new("isochronic_tone", isochronic_tone::build),
    Synth::new("dual_pulse_binaural", dual_pulse_binaural::build),
    Synth::new("monaural_beat_stereo_amps", monaural_beat::build),
    Synth::new("qam_beat", qam_beat::build),
    Synth::new("hybrid_qam_monaural_beat", hybrid_qam::build),
    Synth::new("rhythmic_waveshaping", rhythmic_waveshaping::build),
    Synth::new("stereo_am_independent", stereo_am::build),
    Synth::new("wave_shape_stereo_am", wave_shape_stereo_am::build),
    Synth::new("spatial_angle_modulation", spatial_angle::build),
    Synth::new("spatial_angle_modulation_sam2", spatial_angle_sam2::build),
    Synth::new("spatial_angle_modulation_monaural_beat", sam_monaural::build),
    Synth { has_transition: false, ..Synth::new("subliminal_encode", subliminal::build) },
    Synth::new("noise_swept_notch", noise_swept_notch::build),
    Synth::new("noise", noise_swept_notch::build),
    Synth { curve: noise_generator::curve, ..Synth::new("noise_generator", noise_generator::build) },
];

/// A voice of a step as its file describes it.
pub struct VoiceSpec<'a> {
    /// Place of the voice object in its file, for example `progression[2].voices[0]`.
    pub path: &'a str,
    /// `synth_function_name` as written.
    pub name: &'a str,
    /// Whether the transition form is asked for, whatever the name ends in.
    pub is_transition: bool,
    /// Its `params`.
    pub params: &'a Map<String, Value>,
    /// Its `volume_envelope`, where it has an object there.
    pub volume_envelope: Option<&'a Map<String, Value>>,
}

/// Names that `synth_function_name` may hold.
pub fn names() -> impl Iterator<Item = String> {
    SYNTHS.iter().flat_map(|synth| {
        let transition = synth.has_transition.then(|| format!("{}{TRANSITION}", synth.name));
        [Some(synth.name.to_owned()), transition].into_iter().flatten()
    })
}

/// The keys of a synth's parameters, in the order in which its compiler asks for them where the voice holds nothing
/// but the flanger and the spatial group switched on. Empty for a form that does not exist.
pub fn asked(name: &str, is_transition: bool) -> Vec<(String, Asked)> {
    let params = ["flangeEnable", "spatialEnable"].map(|key| (key.to_owned(), Value::Bool(true)));
    let params = Map::from_iter(params);
    let fields = Fields::new(&params, "");
    let Some((synth, true)) = find(name, is_transition).map(|(synth, is)| (synth, is == is_transition))
    else {
        return Vec::new();
    };
    let (span, behaviour) = (Span::new(SHORTEST_S, SLOWEST_HZ), Behaviour::Intended);
    let context = VoiceContext {
        fields: &fields,
        span,
        is_transition,
        behaviour,
        carried_phases_rad: None,
        files: &NoFiles,
    };
    drop(flanger::wrap((synth.build)(&context).voice, &context));
    fields.asked()
}

/// Whether a voice moves from start to end values: it has to be asked to, and its synth has to be able to.
pub fn is_transition(name: &str, is_transition: bool) -> bool {
    find(name, is_transition).is_some_and(|(_, is_transition)| is_transition)
}

/// The course of a transition of that synth with these parameters.
pub fn curve(name: &str, fields: &Fields<'_>, span: Span) -> Curve {
    let behaviour = Behaviour::Intended;
    let context = VoiceContext {
        fields,
        span,
        is_transition: true,
        behaviour,
        carried_phases_rad: None,
        files: &NoFiles,
    };
    match find(name, true) {
        Some((synth, _)) => (synth.curve)(&context),
        None => context.curve(),
    }
}

/// Compiles the synth of a name alone, without anything on top; `context` says whether its transition form is meant.
pub fn bare(name: &str, context: &VoiceContext<'_>) -> Option<Built> {
    find(name, context.is_transition).map(|(synth, _)| (synth.build)(context))
}

/// Compiles a voice with everything on top of it. What does not fit is added to `problems`; what is refused there leaves
/// silence.
pub fn build(
    spec: &VoiceSpec<'_>,
    span: Span,
    behaviour: Behaviour,
    carried_phases_rad: Option<[f64; 2]>,
    files: &dyn Files,
    problems: &mut Vec<Problem>,
) -> Built {
    let first_new = problems.len();
    let Some((synth, is_transition)) = find(spec.name, spec.is_transition) else {
        let path = format!("{}.synth_function_name", spec.path);
        let message = format!("found {:?}, expected the name of a synth", spec.name);
        problems.push(Problem { path, severity: Severity::Refused, message });
        return Built::new(Silence);
    };
    let (mut params, path) = (Cow::Borrowed(spec.params), format!("{}.params", spec.path));
    if !is_transition && params.contains_key(OFFSET) {
        params.to_mut().remove(OFFSET);
    }
    let fields = Fields::new(&params, path);
    let context = VoiceContext { fields: &fields, span, is_transition, behaviour, carried_phases_rad, files };
    let Built { voice, phases } = (synth.build)(&context);
    let voice = match spec.volume_envelope {
        None => {
            let voice = flanger::wrap(voice, &context);
            Box::new(Shaped::new(voice, Envelope::fades(span)))
        }
        Some(map) => {
            let envelope = read_envelope(map, spec.path, &context, problems);
            let voice: Box<dyn Voice> =
                if envelope.is_flat() { voice } else { Box::new(Shaped::new(voice, [envelope])) };
            flanger::wrap(voice, &context)
        }
    };
    problems.extend(fields.into_problems());
    let is_refused = problems[first_new..].iter().any(|problem| problem.severity == Severity::Refused);
    if is_refused { Built::new(Silence) } else { Built { voice, phases } }
}

fn read_envelope(
    map: &Map<String, Value>,
    path: &str,
    context: &VoiceContext<'_>,
    problems: &mut Vec<Problem>,
) -> Envelope {
    let fields = Fields::new(map, format!("{path}.volume_envelope"));
    let (envelope, inner) = Envelope::read(&fields, context.span, context.behaviour);
    problems.extend(fields.into_problems());
    problems.extend(inner);
    envelope
}

/// The synth that a name means and whether it is its transition form.
///
/// The flag decides and the ending of the name does not, except where the flag asks for a form that does not exist.
fn find(name: &str, is_transition: bool) -> Option<(&'static Synth, bool)> {
    let base = name.strip_suffix(TRANSITION).unwrap_or(name);
    let synth = SYNTHS.iter().find(|synth| synth.name == base)?;
    let written = (synth, false);
    match is_transition {
        true if synth.has_transition => Some((synth, true)),
        // As written, which is a name only without the ending.
        true => (base == name).then_some(written),
        false => Some(written),
    }
}

/// What a voice that cannot sound leaves.
#[derive(Debug, Clone)]
struct Silence;

impl Voice for Silence {
    fn render(&mut self, _first: u64, out: &mut Quantum) {
        *out = Quantum::SILENT;
    }

    fn fork(&self) -> Box<dyn Voice> {
        Box::new(Self)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::track::file::files::Recording;
    use crate::track::sound::span::QUANTUM;
    use serde_json::json;
    use std::path::Path;
    use std::sync::Arc;

    struct NoFiles;

    impl Files for NoFiles {
        fn recording(&self, _path: &Path) -> Result<Arc<Recording>, String> {
            Err("there are no files".to_owned())
        }

        fn recording_at(&self, path: &Path, _rate_hz: f64) -> Result<Arc<Recording>, String> {
            self.recording(path)
        }

        fn json(&self, _path: &Path) -> Result<Value, String> {
            Err("there are no files".to_owned())
        }
    }

    /// Compiles a voice object of ten seconds.
    pub fn compile(voice: &Value) -> (Built, Vec<Problem>) {
        let (none, mut problems) = (Map::new(), Vec::new());
        let spec = VoiceSpec {
            path: "voices[0]",
            name: voice["synth_function_name"].as_str().unwrap_or("binaural_beat"),
            is_transition: voice["is_transition"] == true,
            params: voice["params"].as_object().unwrap_or(&none),
            volume_envelope: voice["volume_envelope"].as_object(),
        };
        let span = Span::new(10.0, 44_100.0);
        (build(&spec, span, Behaviour::Intended, None, &NoFiles, &mut problems), problems)
    }

    /// Largest difference between rendering in order and rendering scattered quanta; everything must be finite.
    pub fn seek_error(voice: &Value) -> f32 {
        let mut linear = compile(voice).0.voice;
        let mut seeking = linear.fork();
        let mut quantum = Quantum::SILENT;
        let mut all = Vec::new();
        for first in (0..441_000).step_by(QUANTUM) {
            linear.render(first, &mut quantum);
            all.push(quantum.clone());
        }
        assert!(all.iter().all(|q| q.left.iter().chain(&q.right).all(|x| x.is_finite())), "{voice}");
        let mut worst = 0.0f32;
        for index in [4000, 0, 1, 2, 6000, 37, 5999, 6000, 350, 1811] {
            seeking.render(index * QUANTUM as u64, &mut quantum);
            let there = &all[index as usize];
            for i in 0..QUANTUM {
                worst = worst.max((quantum.left[i] - there.left[i]).abs());
                worst = worst.max((quantum.right[i] - there.right[i]).abs());
            }
        }
        worst
    }

    fn starts(voice: &Value) -> Quantum {
        let mut quantum = Quantum::SILENT;
        compile(voice).0.voice.render(6400, &mut quantum);
        quantum
    }

    #[test]
    fn flag_decides_which_form_sounds() {
        assert_eq!(
            find("qam_beat", true).map(|(synth, moves)| (synth.name, moves)),
            Some(("qam_beat", true))
        );
        assert_eq!(find("qam_beat_transition", false).map(|(_, moves)| moves), Some(false));
        assert_eq!(find("subliminal_encode", true).map(|(_, moves)| moves), Some(false));
        assert!(find("subliminal_encode_transition", true).is_none() && find("", false).is_none());
        assert!(find("noise_transition", true).is_some_and(|(synth, moves)| synth.name == "noise" && moves));
        assert!(names().all(|name| find(&name, name.ends_with(TRANSITION)).is_some()));
        assert!(names().any(|name| name == "binaural_beat_transition"));
    }

    #[test]
    fn what_cannot_sound_is_silent_and_named() {
        let (mut built, problems) = compile(&json!({"synth_function_name": "binaural_beet"}));
        let mut quantum = Quantum { left: [1.0; QUANTUM], right: [1.0; QUANTUM] };
        built.voice.render(0, &mut quantum);
        assert_eq!(quantum, Quantum::SILENT);
        assert_eq!(problems[0].path, "voices[0].synth_function_name");
        for (voice, path) in [
            (json!({"params": {"baseFreq": []}}), "voices[0].params.baseFreq"),
            (json!({"params": {"flangeEnable": 1, "flangeMix": "wet"}}), "voices[0].params.flangeMix"),
            (
                json!({"params": {"spatialEnable": 1, "spatialTrajectory": [{}, {"extent_deg": {}}]}}),
                "voices[0].params.spatialTrajectory[1].extent_deg",
            ),
            (
                json!({"volume_envelope": {"type": "adsr", "params": {"attack": "soon"}}}),
                "voices[0].volume_envelope.params.attack",
            ),
        ] {
            let (_, problems) = compile(&voice);
            assert!(
                problems.iter().any(|p| p.path == path && p.severity == Severity::Refused),
                "{voice}: {problems:?}"
            );
            assert_eq!(starts(&voice), Quantum::SILENT);
        }
    }

    #[test]
    fn static_voices_start_with_their_step() {
        let late = json!({"params": {"initial_offset": 150, "baseFreq": 200}});
        assert_eq!(starts(&late), starts(&json!({"params": {"baseFreq": 200}})));
    }
}
