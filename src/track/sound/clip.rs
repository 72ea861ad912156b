//! Overlay clips: recordings laid over a track at a fixed time.
//!
//! A clip is compiled off the audio thread and never changes; adding it to a block happens on the audio thread. The
//! balance is the constant-power law scaled to leave a centred clip as it is.

use crate::track::file::fields::Fields;
use crate::track::file::files::{Files, Recording};
use crate::track::sound::span::Behaviour;
use std::f64::consts::FRAC_PI_2;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Time over which the end of a loop gives way to its beginning.
const SEAM_S: f64 = 0.005;
/// Frames added at once.
const CHUNK: usize = 64;

/// A recording with its place and level in the track.
#[derive(Debug, Clone)]
pub struct Clip {
    recording: Arc<Recording>,
    /// Frames of the recording.
    frames: u64,
    start: u64,
    /// Frames that sound; without end for a loop that is given no duration.
    length: u64,
    gains: [f32; 2],
    fade_in: u64,
    fade_out: u64,
    /// Frames over which the passes of a loop overlap; `None` plays once.
    seam: Option<u64>,
}

impl Clip {
    /// Reads a clip and decodes its recording at `rate_hz`. Problems are recorded in `fields`; `None` is no clip.
    ///
    /// Keys: `file_path`, `path` or `file`; `start` or `start_time` (s); `duration` (s, 0 = all of the recording);
    /// `amp` or `gain`; `pan` (−1…1); `fade_in`, `fade_out` (s); `loop`; `description`. A loop without a duration goes on
    /// to the end of the track, and then has no fade out. The original knows `path`, `start_time` and `gain` alone, and a
    /// clip without `path` is silent.
    pub fn read(fields: &Fields, rate_hz: f64, behaviour: Behaviour, files: &dyn Files) -> Option<Self> {
        let is_original = behaviour == Behaviour::Original;
        let keys: [&[&str]; 3] = match behaviour {
            Behaviour::Intended => {
                [&["file_path", "path", "file"], &["start", "start_time"], &["amp", "gain"]]
            }
            Behaviour::Original => [&["path"], &["start_time"], &["gain"]],
        };
        fields.value("description");
        let Some(key) = keys[0].iter().find(|key| fields.has(key) && !fields.text(key, "").trim().is_empty())
        else {
            let found = "found no path of a recording";
            match behaviour {
                Behaviour::Intended => fields.refuse("file_path", found),
                Behaviour::Original => {
                    fields.ignore("path", format!("{found}, the original leaves the clip out"))
                }
            }
            return None;
        };
        let recording = files.recording_at(Path::new(fields.text(key, "")), rate_hz);
        let recording = recording.map_err(|why| fields.refuse(key, why)).ok()?;
        let mut clip = Self::whole(recording);
        if clip.frames == 0 {
            fields.refuse(key, "found a recording without sound, expected one or two channels with frames");
        }
        let frames_of = |time_s: f64| (time_s * rate_hz).max(0.0) as u64;
        clip.start = frames_of(fields.number_of(keys[1], 0.0));
        let gain = fields.number_of(keys[2], 1.0);
        clip.gains = [gain as f32; 2];
        if !is_original {
            clip.gains = balance(fields.number("pan", 0.0)).map(|side| (gain * side) as f32);
            clip.fade_in = frames_of(fields.number("fade_in", 0.0));
            clip.fade_out = frames_of(fields.number("fade_out", 0.0));
            let duration = Some(frames_of(fields.number("duration", 0.0))).filter(|frames| *frames > 0);
            if fields.flag("loop", false) {
                clip.seam = Some(frames_of(SEAM_S).min(clip.frames / 2));
                clip.length = duration.unwrap_or(u64::MAX - clip.start);
            } else {
                clip.length = duration.map_or(clip.frames, |frames| frames.min(clip.frames));
            }
        }
        (!fields.is_refused()).then_some(clip)
    }

    /// A recording from the first frame of the track, as it is.
    fn whole(recording: Arc<Recording>) -> Self {
        let frames = recording.channels.iter().map(Vec::len).min().unwrap_or(0) as u64;
        Self {
            recording,
            frames,
            start: 0,
            length: frames,
            gains: [1.0; 2],
            fade_in: 0,
            fade_out: 0,
            seam: None,
        }
    }

    /// Track frames in which the clip sounds; up to `u64::MAX` for a loop that goes on to the end of the track.
    pub fn range(&self) -> Range<u64> {
        self.start..self.start.saturating_add(self.length)
    }

    /// Adds the clip's samples for the track frames `first`… to two channels of the same length.
    pub fn add(&self, first: u64, left: &mut [f32], right: &mut [f32]) {
        let (range, frames) = (self.range(), left.len().min(right.len()) as u64);
        let mut at = range.start.max(first);
        let end = range.end.min(first.saturating_add(frames));
        while at < end {
            let count = (end - at).min(CHUNK as u64) as usize;
            let offset = (at - first) as usize;
            let local = at - self.start;
            for (channel, out) in [&mut *left, &mut *right].into_iter().enumerate() {
                let mut chunk = [0.0; CHUNK];
                self.copy(channel, local, &mut chunk[..count]);
                self.fade(local, &mut chunk[..count]);
                for (out, sample) in out[offset..offset + count].iter_mut().zip(&chunk) {
                    *out += sample * self.gains[channel];
                }
            }
            at += count as u64;
        }
    }

    /// Samples of a channel from frame `local` of the clip on.
    fn copy(&self, channel: usize, local: u64, out: &mut [f32]) {
        let Some(samples) = self.recording.channels.get(channel).or(self.recording.channels.first()) else {
            return;
        };
        let Some(seam) = self.seam else {
            let from = local as usize;
            out.copy_from_slice(&samples[from..from + out.len()]);
            return;
        };
        let period = self.frames - seam;
        let mut done = 0;
        while done < out.len() {
            let frame = local + done as u64;
            let at = frame % period;
            // The last pass goes on beneath the beginning of every pass but the first.
            let is_seam = frame >= period && at < seam;
            let run = if is_seam { seam - at } else { period - at }.min((out.len() - done) as u64) as usize;
            let (at, out) = (at as usize, &mut out[done..done + run]);
            out.copy_from_slice(&samples[at..at + run]);
            if is_seam {
                let ending = &samples[period as usize + at..][..run];
                for (i, (out, ending)) in out.iter_mut().zip(ending).enumerate() {
                    *out = ending + (*out - ending) * ((at + i) as f32 / seam as f32);
                }
            }
            done += run;
        }
    }

    /// Linear fades, from zero at the first frame and to zero at the last.
    fn fade(&self, local: u64, out: &mut [f32]) {
        let count = out.len() as u64;
        if local < self.fade_in {
            for (i, sample) in out.iter_mut().enumerate() {
                *sample *= ((local + i as u64) as f32 / self.fade_in as f32).min(1.0);
            }
        }
        let last = self.length - 1;
        if self.is_endless() || last - (local + count - 1) >= self.fade_out {
            return;
        }
        for (i, sample) in out.iter_mut().enumerate() {
            *sample *= ((last - local - i as u64) as f32 / self.fade_out as f32).min(1.0);
        }
    }

    fn is_endless(&self) -> bool {
        self.range().end == u64::MAX
    }
}

/// Factors of the channels for a pan of −1 (left) to 1 (right): the far side falls off as a cosine, the near side stays.
fn balance(pan: f64) -> [f64; 2] {
    let far = |towards: f64| (towards.clamp(0.0, 1.0) * FRAC_PI_2).cos();
    [far(pan), far(-pan)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Every path is a recording whose channels are the frame numbers, the right one negative.
    struct Ramps(usize, usize);

    impl Files for Ramps {
        fn recording(&self, path: &Path) -> Result<Arc<Recording>, String> {
            let Self(frames, channels) = *self;
            let channel = |c: usize| (0..frames).map(|i| [1.0, -1.0][c] * (i + 1) as f32).collect();
            match path.to_str() {
                Some("missing") => Err("found no file missing, expected a recording".to_owned()),
                _ => {
                    Ok(Arc::new(Recording { channels: (0..channels).map(channel).collect(), rate_hz: 1000 }))
                }
            }
        }

        fn recording_at(&self, path: &Path, _: f64) -> Result<Arc<Recording>, String> {
            self.recording(path)
        }

        fn json(&self, _: &Path) -> Result<Value, String> {
            Err(String::new())
        }
    }

    fn clip_of(object: &Value, behaviour: Behaviour, files: &Ramps) -> (Option<Clip>, Vec<String>) {
        let fields = Fields::new(object.as_object().unwrap(), "overlay_clips[0]");
        let clip = Clip::read(&fields, 1000.0, behaviour, files);
        (clip, fields.into_problems().iter().map(ToString::to_string).collect())
    }

    /// The clip over the first `frames` frames of a track, added in blocks of `block`.
    fn played(clip: &Clip, frames: usize, block: usize) -> [Vec<f32>; 2] {
        let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
        for (i, (left, right)) in left.chunks_mut(block).zip(right.chunks_mut(block)).enumerate() {
            clip.add((i * block) as u64, left, right);
        }
        [left, right]
    }

    fn intended(object: &Value, files: &Ramps) -> Clip {
        let (clip, problems) = clip_of(object, Behaviour::Intended, files);
        assert_eq!(problems, Vec::<String>::new());
        clip.unwrap()
    }

    #[test]
    fn starts_ends_and_scales_where_it_says() {
        let clip =
            intended(&json!({"file": "a", "start": 0.0109, "amp": 2, "duration": 0.1}), &Ramps(150, 2));
        assert_eq!(clip.range(), 10..110);
        let [left, right] = played(&clip, 200, 37);
        assert_eq!((left[9], left[10], left[109], left[110]), (0.0, 2.0, 200.0, 0.0));
        assert_eq!((right[9], right[10], right[109], right[110]), (0.0, -2.0, -200.0, 0.0));
        let longer = json!({"path": "a", "start_time": -3, "gain": 1, "duration": 9});
        assert_eq!(intended(&longer, &Ramps(150, 1)).range(), 0..150);
        assert_eq!(played(&clip, 200, 1), played(&clip, 200, 200));
    }

    #[test]
    fn fades_meet_zero_at_both_ends() {
        let object =
            json!({"file_path": "a", "fade_in": 0.01, "fade_out": 0.02, "pan": 0.0, "description": "x"});
        let [left, right] = played(&intended(&object, &Ramps(100, 1)), 120, 13);
        assert_eq!((left[0], left[5], left[10], left[50]), (0.0, 6.0 * 0.5, 11.0, 51.0));
        assert_eq!((left[79], left[89], left[99], left[100]), (80.0, 90.0 * 0.5, 0.0, 0.0));
        assert_eq!(left, right, "mono sounds in both ears");
    }

    #[test]
    fn balance_leaves_the_near_side_alone() {
        for (pan, [l, r]) in
            [(0.0, [1.0, 1.0]), (1.0, [0.0, 1.0]), (-0.5, [1.0, 0.5f32.sqrt()]), (7.0, [0.0, 1.0])]
        {
            let [left, right] = played(&intended(&json!({"file": "a", "pan": pan}), &Ramps(10, 1)), 10, 10);
            assert!((left[3] - 4.0 * l).abs() < 1e-6 && (right[3] - 4.0 * r).abs() < 1e-6, "{pan}");
        }
    }

    #[test]
    fn a_loop_overlaps_its_passes() {
        // 5 ms at 1 kHz: five frames of overlap, a pass every 95.
        let clip = intended(&json!({"file": "a", "loop": true, "start": 0.003}), &Ramps(100, 2));
        assert_eq!(clip.range(), 3..u64::MAX);
        let [left, right] = played(&clip, 1000, 29);
        assert_eq!((left[2], left[3], left[3 + 94]), (0.0, 1.0, 95.0));
        for pass in 1..10 {
            for i in 0..5 {
                let t = i as f32 / 5.0;
                let expected = (96 + i) as f32 * (1.0 - t) + (1 + i) as f32 * t;
                assert!((left[3 + 95 * pass + i] - expected).abs() < 1e-4, "{pass} {i}");
            }
            assert_eq!((left[3 + 95 * pass + 5], left[3 + 95 * pass + 94]), (6.0, 95.0));
            assert_eq!(right[3 + 95 * pass + 20], -21.0);
        }
        let (mut far, mut other) = ([0.0; 7], [0.0; 7]);
        clip.add(3 + 95 * 40_000_000_000, &mut far, &mut other);
        assert_eq!(far, left[98..105]);
    }

    #[test]
    fn a_loop_of_a_given_length_fades_out_at_its_end() {
        let object = json!({"file": "a", "loop": 1, "duration": 0.25, "fade_out": 0.01});
        let [left, _] = played(&intended(&object, &Ramps(100, 1)), 300, 64);
        assert_eq!((left[239], left[244], left[249], left[250]), (50.0, 55.0 * 0.5, 0.0, 0.0));
        let [left, _] = played(&intended(&json!({"file": "a", "loop": true}), &Ramps(1, 1)), 10, 3);
        assert_eq!(left, [1.0; 10], "one frame repeats");
    }

    #[test]
    fn the_original_reads_three_keys() {
        let object = json!({"path": "a", "file_path": "b", "start": 5, "amp": 0.2, "pan": 1, "fade_in": 1, "loop": true});
        let (clip, problems) = clip_of(&object, Behaviour::Original, &Ramps(100, 1));
        let [left, right] = played(&clip.unwrap(), 110, 50);
        assert_eq!((left[0], right[99], left[100]), (1.0, 100.0, 0.0));
        assert!(problems.is_empty());
        let (clip, problems) = clip_of(&json!({"file_path": "a"}), Behaviour::Original, &Ramps(100, 1));
        assert!(clip.is_none());
        assert_eq!(
            problems,
            [
                "overlay_clips[0].path: ignored: found no path of a recording, the original leaves the clip out"
            ]
        );
    }

    #[test]
    fn what_cannot_play_says_why() {
        for (object, files, expected) in [
            (
                json!({"file": "missing"}),
                Ramps(9, 1),
                "overlay_clips[0].file: refused: found no file missing",
            ),
            (json!({}), Ramps(9, 1), "overlay_clips[0].file_path: refused: found no path"),
            (
                json!({"path": "a"}),
                Ramps(0, 1),
                "overlay_clips[0].path: refused: found a recording without sound",
            ),
            (
                json!({"path": "a"}),
                Ramps(9, 0),
                "overlay_clips[0].path: refused: found a recording without sound",
            ),
            (json!({"path": "a", "pan": []}), Ramps(9, 1), "overlay_clips[0].pan: refused: found []"),
        ] {
            let (clip, problems) = clip_of(&object, Behaviour::Intended, &files);
            assert!(
                clip.is_none() && problems.len() == 1 && problems[0].starts_with(expected),
                "{problems:?}"
            );
        }
    }

    #[test]
    fn wild_values_stay_finite() {
        for key in ["start", "amp", "pan", "fade_in", "fade_out", "duration"] {
            for value in [-1e9, 1e9, 1e-9] {
                for looped in [false, true] {
                    let clip = intended(&json!({"file": "a", key: value, "loop": looped}), &Ramps(100, 2));
                    for first in [0, 50, clip.range().start, u64::MAX - 70, u64::MAX - 3] {
                        let (mut left, mut right) = ([0.0; 70], [0.0; 70]);
                        clip.add(first, &mut left, &mut right);
                        assert!(left.iter().chain(&right).all(|x| x.is_finite()), "{key} {value}");
                    }
                }
            }
        }
    }
}
