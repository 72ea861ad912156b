//! What every voice without memory must stand, for the tests of the voices beside it.

use crate::track::file::fields::Fields;
use crate::track::file::files::{Files, Recording};
use crate::track::file::problem::Problem;
use crate::track::sound::span::{Behaviour, QUANTUM, Quantum, Span};
use crate::track::sound::voice::{Built, Voice, VoiceContext};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;

/// Compiles a voice.
pub type Build = fn(&VoiceContext) -> Built;

/// Files that hold two recordings: `short` of three frames and `long` of five in stereo.
pub struct TwoFiles;

impl Files for TwoFiles {
    fn recording(&self, path: &Path) -> Result<Arc<Recording>, String> {
        let channels = match path.to_str() {
            Some("short") => vec![vec![0.5, -1.0, 0.25]],
            Some("long") => vec![vec![0.1, 0.2, 0.3, 0.2, 0.1], vec![0.3, 0.2, 0.1, 0.0, -0.1]],
            Some("endless") => vec![vec![0.5; 1_000_000]],
            _ => return Err(format!("found no file {}, expected a recording", path.display())),
        };
        Ok(Arc::new(Recording { channels, rate_hz: 1000 }))
    }

    fn recording_at(&self, path: &Path, _: f64) -> Result<Arc<Recording>, String> {
        self.recording(path)
    }

    fn json(&self, path: &Path) -> Result<Value, String> {
        Err(format!("found no file {}", path.display()))
    }
}

/// A compiled voice and what was found in its parameters.
pub fn built(
    build: Build,
    params: &Value,
    span: Span,
    is_transition: bool,
    behaviour: Behaviour,
) -> (Box<dyn Voice>, Vec<Problem>) {
    let nothing = Map::new();
    let fields = Fields::new(params.as_object().unwrap_or(&nothing), "params");
    let context = VoiceContext {
        fields: &fields,
        span,
        is_transition,
        behaviour,
        carried_phases_rad: None,
        files: &TwoFiles,
    };
    let voice = build(&context).voice;
    (voice, fields.into_problems())
}

/// The quantum at `first`.
pub fn quantum(voice: &mut dyn Voice, first: u64) -> Quantum {
    let mut out = Quantum::SILENT;
    voice.render(first, &mut out);
    out
}

/// Seeks give what playing gives, to the bit, and forks sound like their origin.
pub fn seeks_exactly(build: Build, params: &Value) {
    for curve in ["linear", "exponential", "1 - alpha**2"] {
        for is_transition in [false, true] {
            let mut params = params.clone();
            params["transition_curve"] = json!(curve);
            let span = Span::new(0.5, 44_100.0);
            let (mut voice, _) = built(build, &params, span, is_transition, Behaviour::Intended);
            let firsts: Vec<u64> = (0..span.frames).step_by(QUANTUM).collect();
            let played: Vec<Quantum> = firsts.iter().map(|first| quantum(&mut *voice, *first)).collect();
            assert!(played.iter().any(|quantum| *quantum != Quantum::SILENT));
            let mut fork = voice.fork();
            for i in (0..firsts.len()).map(|i| i * 37 % firsts.len()) {
                assert_eq!(quantum(&mut *fork, firsts[i]), played[i], "{params} at {}", firsts[i]);
            }
        }
    }
}

/// Stays finite when each of `keys` is extreme, in steps of any length.
pub fn stands_extremes(build: Build, params: &Value, keys: &[&str]) {
    let spans = [(0.0, 44_100.0), (1e-9, 44_100.0), (1e-5, 192_000.0), (0.01, 8000.0), (36_000.0, 192_000.0)];
    for (duration_s, rate_hz) in spans {
        let span = Span::new(duration_s, rate_hz);
        for (key, value) in keys.iter().flat_map(|key| [1e9, -1e9, 0.0, 1e-9].map(|value| (key, value))) {
            for (is_transition, behaviour) in
                [(false, Behaviour::Intended), (true, Behaviour::Intended), (true, Behaviour::Original)]
            {
                let mut params = params.clone();
                params[*key] = json!(value);
                let (mut voice, _) = built(build, &params, span, is_transition, behaviour);
                for first in [0, span.frames / 2, span.frames.saturating_sub(1)] {
                    let out = quantum(&mut *voice, first - first % QUANTUM as u64);
                    let finite = out.left.iter().chain(&out.right).all(|x| x.is_finite());
                    assert!(finite, "{key} {value} {span:?} {is_transition} at {first}");
                }
            }
        }
    }
}
