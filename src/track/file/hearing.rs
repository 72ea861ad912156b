//! Mute and solo of the parts of a track: kept in the file under keys of this program, which others keep or ignore.
//!
//! Off the audio thread. A part that is not heard still counts where a step's level is measured, so that what remains
//! stays exactly as loud as it was.

use crate::track::file::fields::Fields;
use crate::track::file::schema::{Part, Track, Voice};

/// Key of a voice, a noise bed or a clip that is not to be heard.
pub const MUTE: &str = "auracore_mute";
/// Key of a part beside which only parts with the same key are heard.
pub const SOLO: &str = "auracore_solo";

/// What of a track is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hearing {
    /// Whether anything in the track is soloed.
    pub has_solo: bool,
}

impl Hearing {
    /// Looks for solos in the whole track. Parts that could not be read do not count.
    pub fn of(track: &Track) -> Self {
        let voices = track.voices().any(|voice| voice.is_soloed && !voice.disabled);
        let mut parts = track.background_noise.iter().chain(&track.clips);
        Self { has_solo: voices || parts.any(|part| !part.disabled && part.is_soloed()) }
    }

    /// Whether a voice is heard.
    pub fn hears_voice(self, voice: &Voice) -> bool {
        self.hears(voice.is_muted, voice.is_soloed)
    }

    /// Whether a noise bed or a clip is heard.
    pub fn hears_part(self, part: &Part) -> bool {
        self.hears(part.is_muted(), part.is_soloed())
    }

    fn hears(self, is_muted: bool, is_soloed: bool) -> bool {
        !is_muted && (is_soloed || !self.has_solo)
    }
}

impl Part {
    /// Whether it is not to be heard.
    pub fn is_muted(&self) -> bool {
        self.flag(MUTE)
    }

    /// Whether it is among those that are heard alone.
    pub fn is_soloed(&self) -> bool {
        self.flag(SOLO)
    }

    fn flag(&self, key: &str) -> bool {
        Fields::new(self.object(), "").flag(key, false)
    }
}

#[cfg(test)]
mod tests {
    use crate::track::file::files::NoFiles;
    use crate::track::file::limits::Limits;
    use crate::track::file::load::parse;
    use crate::track::play::plan::{CompileOptions, Plan};
    use crate::track::play::prepare::for_rendering;
    use crate::track::play::program::{Buses, Program};
    use crate::track::sound::span::{Behaviour, QUANTUM};
    use serde_json::{Value, json};
    use std::path::Path;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    fn session() -> Value {
        let voice = |hz: f64, amp: f64| json!({"synth_function_name": "binaural_beat", "params": {"baseFreq": hz, "ampL": amp, "ampR": amp}});
        json!({"global": {"crossfade_duration": 0.2, "preserve_relative_step_loudness": true}, "progression": [
            {"duration": 1.0, "voices": [voice(200.0, 0.5), voice(311.0, 0.2)]},
            {"duration": 1.0, "voices": [voice(100.0, 0.1),
                {"synth_function_name": "noise_swept_notch", "voice_type": "noise", "params": {"sweeps": []}}]}],
            "background_noise": {"gain": 0.1, "params": {"sweeps": []}}})
    }

    fn plan(track: &Value) -> Arc<Plan> {
        let loaded = parse(track.to_string().as_bytes(), Path::new("a.json"), &Limits::default()).unwrap();
        assert_eq!(loaded.problems, []);
        let mut track = loaded.track;
        track.fill_starts();
        let options = CompileOptions { rate_hz: 8_000.0, behaviour: Behaviour::Intended };
        for_rendering(&track, options, &NoFiles, &AtomicBool::new(false), &|_| ()).unwrap().0
    }

    /// Tones and noise, left, from two seconds.
    fn sound(plan: &Arc<Plan>) -> [Vec<f32>; 2] {
        let (mut program, mut buses, mut out) = (Program::new(plan.clone()), Buses::SILENT, [vec![], vec![]]);
        for first in (0..plan.frames).step_by(QUANTUM) {
            program.render(first, QUANTUM, &mut buses);
            out[0].extend(buses.tones.left);
            out[1].extend(buses.noise.left);
        }
        out
    }

    fn with(change: impl FnOnce(&mut Value)) -> Arc<Plan> {
        let mut track = session();
        change(&mut track);
        plan(&track)
    }

    #[test]
    fn without_the_keys_and_with_them_unset_a_track_is_the_same_bit_for_bit() {
        let unset = with(|track| {
            track["progression"][0]["voices"][0]["auracore_mute"] = json!(false);
            track["background_noise"]["auracore_solo"] = json!(false);
        });
        let plain = plan(&session());
        assert_eq!(sound(&plain), sound(&unset));
        assert!(plain.steps.iter().zip(&unset.steps).all(|(a, b)| a.content == b.content));
        assert!(plain.steps.iter().all(|step| step.unheard.iter().all(Vec::is_empty)));
    }

    #[test]
    fn muting_leaves_the_rest_as_loud_as_it_was() {
        let plain = plan(&session());
        let muted = [0, 1].map(|voice| {
            with(|track| track["progression"][0]["voices"][voice]["auracore_mute"] = json!(true))
        });
        for muted in &muted {
            for (a, b) in plain.steps.iter().zip(&muted.steps) {
                assert_eq!((a.level.gains(), a.content), (b.level.gains(), b.content));
            }
        }
        let ([all, _], [one, _], [other, _]) = (sound(&plain), sound(&muted[0]), sound(&muted[1]));
        let worst = all.iter().zip(one.iter().zip(&other)).take(6_000);
        let worst = worst.fold(0.0f32, |worst, (all, (one, other))| worst.max((all - one - other).abs()));
        assert!(worst < 1e-6 && one[..6_000] != other[..6_000], "{worst}");
    }

    #[test]
    fn a_solo_anywhere_silences_everything_else() {
        let [tones, noise] =
            sound(&with(|track| track["progression"][0]["voices"][1]["auracore_solo"] = json!(true)));
        assert!(tones[..6_000].iter().any(|x| *x != 0.0) && tones[8_100..].iter().all(|x| *x == 0.0));
        assert!(noise.iter().all(|x| *x == 0.0));
        let [tones, noise] = sound(&with(|track| track["background_noise"]["auracore_solo"] = json!(true)));
        assert!(tones.iter().all(|x| *x == 0.0) && noise[..6_000].iter().any(|x| *x != 0.0));
        let [_, noise] = sound(&with(|track| {
            track["background_noise"]["auracore_solo"] = json!(true);
            track["background_noise"]["auracore_mute"] = json!(true);
        }));
        assert!(noise.iter().all(|x| *x == 0.0), "mute wins");
    }
}
