//! What is chosen on the page, and what a finding's place chooses. Pure.

use crate::track::file::schema::Track;

/// What the right panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// The chosen voice of the chosen step.
    #[default]
    Voice,
    /// The noise bed.
    Bed,
    /// A clip.
    Clip(usize),
}

/// What is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Choice {
    /// The step.
    pub step: usize,
    /// The voice in it.
    pub voice: usize,
    /// Which part of the track is edited.
    pub part: Part,
}

impl Choice {
    /// A step with its first voice.
    pub fn step(step: usize) -> Self {
        Self { step, ..Self::default() }
    }

    /// A voice of the same step.
    pub fn voice(self, voice: usize) -> Self {
        Self { voice, part: Part::Voice, ..self }
    }

    /// The same where it exists, else what is nearest to it.
    pub fn within(self, track: &Track) -> Self {
        let step = self.step.min(track.steps.len().saturating_sub(1));
        let voices = track.steps.get(step).map_or(0, |step| step.voices.len());
        let part = match self.part {
            Part::Bed if track.background_noise.is_none() => Part::Voice,
            Part::Clip(_) if track.clips.is_empty() => Part::Voice,
            Part::Clip(clip) => Part::Clip(clip.min(track.clips.len() - 1)),
            part => part,
        };
        Self { step, voice: self.voice.min(voices.saturating_sub(1)), part }
    }

    /// What a place in a file means, for example `progression[2].voices[0].params.baseFreq`; none is neither a step nor
    /// a voice, the bed or a clip.
    pub fn of_place(self, path: &str) -> Option<Self> {
        let mut parts = path.split('.').map(indexed);
        match parts.next()? {
            ("progression" | "steps", Some(step)) => {
                let voice = parts.next().and_then(|(name, index)| index.filter(|_| name == "voices"));
                Some(Self { voice: voice.unwrap_or(0), ..Self::step(step) })
            }
            ("voices", Some(voice)) => Some(Self::step(0).voice(voice)),
            ("background_noise" | "noise", _) => Some(Self { part: Part::Bed, ..self }),
            ("overlay_clips" | "clips", Some(clip)) => Some(Self { part: Part::Clip(clip), ..self }),
            _ => None,
        }
    }
}

/// `voices[3]` as name and number.
fn indexed(part: &str) -> (&str, Option<usize>) {
    match part.split_once('[') {
        Some((name, index)) => (name, index.trim_end_matches(']').parse().ok()),
        None => (part, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::file::schema::{Part as Written, Step, Voice};

    #[test]
    fn findings_choose_what_they_are_about() {
        let now = Choice::step(1).voice(2);
        let at = |path: &str| now.of_place(path);
        assert_eq!(at("progression[2].voices[4].params.baseFreq"), Some(Choice::step(2).voice(4)));
        assert_eq!(at("steps[3].duration"), Some(Choice::step(3)));
        assert_eq!(at("progression[0].voices"), Some(Choice::step(0)));
        assert_eq!(at("overlay_clips[1].file_path"), Some(Choice { part: Part::Clip(1), ..now }));
        assert_eq!(at("background_noise.params.sweeps[0]"), Some(Choice { part: Part::Bed, ..now }));
        for nowhere in ["", "global.sample_rate", "progression", "progression[x]", "the file"] {
            assert_eq!(at(nowhere), None, "{nowhere}");
        }
    }

    #[test]
    fn what_is_gone_is_chosen_no_more() {
        let step = |voices: usize| Step { voices: vec![Voice::default(); voices], ..Step::default() };
        let mut track = Track { steps: vec![step(3), step(1)], ..Track::default() };
        assert_eq!(Choice::step(7).voice(9).within(&track), Choice::step(1).voice(0));
        assert_eq!(Choice::step(0).voice(9).within(&track), Choice::step(0).voice(2));
        let clip = Choice { part: Part::Clip(4), ..Choice::step(0) };
        assert_eq!(clip.within(&track).part, Part::Voice);
        track.clips = vec![Written::default(); 2];
        assert_eq!(clip.within(&track).part, Part::Clip(1));
        assert_eq!(Choice { part: Part::Bed, ..clip }.within(&track).part, Part::Voice);
        assert_eq!(clip.within(&Track::default()), Choice::default());
    }
}
