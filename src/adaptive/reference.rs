//! Reference recordings: their smoothed spectrum, width, dynamics and loudness as what is aimed for. Background threads.
//!
//! Several recordings are averaged, so that no one's key and bass line become the aim. What is kept is a hundred numbers,
//! never the audio; the moves keep the bounds that they always have.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::bands::{BANDS, DOUBLE_BANDS};
use super::curve::{Target, normalised};
use super::features::Portrait;
use super::listener::Listener;
use crate::audio_file::{AudioData, AudioFileError, Limits, read};
use crate::control::adaptive::{Character, WIDTH_BORDERS_HZ, WIDTH_REGIONS};

/// Most files that are averaged.
pub const MOST_FILES: usize = 16;
/// Shortest heard time that shows a spectrum, in seconds.
const SHORTEST_S: f64 = 5.0;
/// Hops between two looks: a second.
const HOPS_PER_LOOK: usize = 10;
/// Half the width of the corridor around a reference in its middle, dB: a third of what is common.
const CORRIDOR_SHARE: f32 = 0.4;
/// Side over mid may differ by this much, dB.
const WIDTH_TOLERANCE_DB: f32 = 2.0;
/// No level is beyond this, dB.
const MOST_DB: f32 = 200.0;
/// Layout of what is saved.
const VERSION: u32 = 1;

/// Why a reference cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// No file, or too many.
    #[error("{found} reference files, expected 1 to {MOST_FILES}")]
    Count {
        /// How many there were.
        found: usize,
    },
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] AudioFileError),
    /// A file has too little to hear.
    #[error("{}: {heard_s:.1} s of it are loud enough to be heard, expected at least {SHORTEST_S:.0} s", path.display())]
    TooLittle {
        /// Which file.
        path: PathBuf,
        /// Seconds above the gate.
        heard_s: f64,
    },
}

/// What references have in common.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Layout1", into = "Layout1")]
pub struct Reference {
    /// File names, for people.
    pub names: Vec<String>,
    level_db: [f32; BANDS],
    side_mid_db: [f32; DOUBLE_BANDS],
    loudness_lufs: f32,
    plr_db: f32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout1 {
    version: u32,
    names: Vec<String>,
    level_db: Vec<f32>,
    side_mid_db: Vec<f32>,
    loudness_lufs: f32,
    plr_db: f32,
}

impl Reference {
    /// The mean of files.
    ///
    /// # Errors
    /// [`ReferenceError`], naming the file.
    pub fn from_files(paths: &[PathBuf]) -> Result<Self, ReferenceError> {
        if !(1..=MOST_FILES).contains(&paths.len()) {
            return Err(ReferenceError::Count { found: paths.len() });
        }
        let mut all = Vec::with_capacity(paths.len());
        for path in paths {
            let audio = read(path, &Limits::default())?.audio;
            all.push(Self::from_audio(&audio, path)?);
        }
        Ok(Self::mean(&all))
    }

    /// One recording; `path` names it.
    ///
    /// # Errors
    /// [`ReferenceError::TooLittle`]
    pub fn from_audio(audio: &AudioData, path: &Path) -> Result<Self, ReferenceError> {
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into());
        let mut listener = Listener::new(f64::from(audio.rate_hz));
        let left = audio.channels.first().map_or(&[][..], Vec::as_slice);
        let right = audio.channels.get(1).map_or(left, Vec::as_slice);
        let (mut at, mut hops, mut looks) = (0, 0, Vec::new());
        while at < left.len() {
            let (taken, hop) = listener.until_hop(&left[at..], &right[at..]);
            at += taken;
            if hop.is_some_and(|hop| hop.heard) {
                hops += 1;
                if hops % HOPS_PER_LOOK == 0 && listener.heard_s() >= SHORTEST_S {
                    looks.push(Self::of(&listener.portrait(), &name));
                }
            }
        }
        if looks.is_empty() {
            return Err(ReferenceError::TooLittle { path: path.into(), heard_s: listener.heard_s() });
        }
        let whole = listener.portrait();
        let mut mean = Self::mean(&looks);
        mean.names = vec![name];
        mean.loudness_lufs = whole.integrated_lufs;
        Ok(mean)
    }

    fn of(portrait: &Portrait, name: &str) -> Self {
        Self {
            names: vec![name.to_owned()],
            level_db: portrait.level_30s_db,
            side_mid_db: portrait.side_mid_db,
            loudness_lufs: portrait.integrated_lufs,
            plr_db: portrait.plr_db,
        }
    }

    fn mean(all: &[Self]) -> Self {
        let count = all.len().max(1) as f32;
        let mean = |of: &dyn Fn(&Self) -> f32| all.iter().map(of).sum::<f32>() / count;
        Self {
            names: all.iter().flat_map(|one| one.names.iter().cloned()).take(MOST_FILES).collect(),
            level_db: std::array::from_fn(|band| mean(&|one| one.level_db[band])),
            side_mid_db: std::array::from_fn(|band| mean(&|one| one.side_mid_db[band])),
            loudness_lufs: mean(&|one| one.loudness_lufs),
            plr_db: mean(&|one| one.plr_db),
        }
    }

    /// Peak-to-loudness ratio, dB.
    pub fn plr_db(&self) -> f32 {
        self.plr_db
    }

    /// What is aimed for: its spectrum over half an octave, a narrow corridor around it, its width and its density.
    pub fn target(&self) -> Target {
        let common = Target::of(Character::Neutral);
        let mut dynamics = common.dynamics;
        // What is as dense as the reference stays, what is much less dense is compressed.
        dynamics.dense_plr_db = self.plr_db;
        dynamics.open_plr_db = self.plr_db + 6.0;
        Target {
            level_db: normalised(self.smoothed_db()),
            wish_db: [0.0; BANDS],
            is_reference: true,
            corridor_db: common.corridor_db.map(|corridor_db| CORRIDOR_SHARE * corridor_db),
            side_mid_db: std::array::from_fn(|region| {
                let middle_db = self.region_db(region);
                [middle_db - WIDTH_TOLERANCE_DB, middle_db + WIDTH_TOLERANCE_DB]
            }),
            dynamics,
            loudness_lufs: Some(self.loudness_lufs),
        }
    }

    /// Each band with half of its neighbours: half an octave wide.
    fn smoothed_db(&self) -> [f64; BANDS] {
        let level_db = |band: usize| f64::from(self.level_db[band.min(BANDS - 1)]);
        std::array::from_fn(|band| {
            0.25 * level_db(band.saturating_sub(1)) + 0.5 * level_db(band) + 0.25 * level_db(band + 1)
        })
    }

    /// Mean side over mid in a region of width, dB.
    fn region_db(&self, region: usize) -> f32 {
        let region_of = |pair: usize| {
            let centre_hz = super::bands::edge_hz(2 * pair + 1) as f32;
            WIDTH_BORDERS_HZ.iter().filter(|border_hz| centre_hz > **border_hz).count()
        };
        debug_assert!(region < WIDTH_REGIONS);
        let pairs: Vec<f32> = (0..DOUBLE_BANDS)
            .filter(|pair| region_of(*pair) == region)
            .map(|pair| self.side_mid_db[pair])
            .collect();
        pairs.iter().sum::<f32>() / pairs.len().max(1) as f32
    }
}

impl From<Reference> for Layout1 {
    fn from(reference: Reference) -> Self {
        Self {
            version: VERSION,
            names: reference.names,
            level_db: reference.level_db.to_vec(),
            side_mid_db: reference.side_mid_db.to_vec(),
            loudness_lufs: reference.loudness_lufs,
            plr_db: reference.plr_db,
        }
    }
}

impl TryFrom<Layout1> for Reference {
    type Error = String;

    fn try_from(layout: Layout1) -> Result<Self, String> {
        if layout.version != VERSION {
            return Err(format!("reference: found layout {}, expected {VERSION}", layout.version));
        }
        let levels = layout.level_db.len();
        let widths = layout.side_mid_db.len();
        let reference = Self {
            names: layout.names.into_iter().take(MOST_FILES).collect(),
            level_db: layout
                .level_db
                .try_into()
                .map_err(|_| format!("reference: found {levels} levels, expected {BANDS}"))?,
            side_mid_db: layout
                .side_mid_db
                .try_into()
                .map_err(|_| format!("reference: found {widths} widths, expected {DOUBLE_BANDS}"))?,
            loudness_lufs: layout.loudness_lufs,
            plr_db: layout.plr_db,
        };
        let plain = |number: &f32| number.is_finite() && number.abs() <= MOST_DB;
        let levels = reference.level_db.iter().chain(&reference.side_mid_db);
        if !levels.chain([&reference.loudness_lufs, &reference.plr_db]).all(plain) {
            return Err(format!("reference: found a level beyond ±{MOST_DB} dB"));
        }
        Ok(reference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seconds: usize, tilt: f32) -> AudioData {
        let mut state = 1u32;
        let mut low = 0.0;
        let plane: Vec<f32> = (0..seconds * 48_000)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let white = (state >> 8) as f32 / (1 << 23) as f32 - 1.0;
                low += tilt * (white - low);
                0.3 * low
            })
            .collect();
        AudioData { channels: vec![plane.clone(), plane], rate_hz: 48_000 }
    }

    fn reference(tilt: f32) -> Reference {
        Reference::from_audio(&noise(8, tilt), Path::new("some/noise.wav")).unwrap()
    }

    #[test]
    fn a_reference_is_its_own_target() {
        let one = reference(0.3);
        assert_eq!(one.names, ["noise.wav"]);
        let target = one.target();
        for band in 8..38 {
            let off = target.level_db[band] - one.level_db[band];
            assert!(off.abs() < 1.0, "band {band}: {off}");
        }
        assert!(target.corridor_db[16] < 1.0 && target.loudness_lufs.is_some());
    }

    #[test]
    fn several_are_averaged() {
        let (dull, bright) = (reference(0.1), reference(0.9));
        let mean = Reference::mean(&[dull.clone(), bright.clone()]);
        for band in 0..BANDS {
            let middle = 0.5 * (dull.level_db[band] + bright.level_db[band]);
            assert!((mean.level_db[band] - middle).abs() < 1e-4);
        }
        assert_eq!(mean.names.len(), 2);
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        let short = noise(2, 0.3);
        let error = Reference::from_audio(&short, Path::new("a/short.wav")).unwrap_err().to_string();
        assert!(error.contains("a/short.wav") && error.contains("at least 5 s"), "{error}");
        let error = Reference::from_files(&[PathBuf::from("/no/such.wav")]).unwrap_err().to_string();
        assert!(error.contains("/no/such.wav"), "{error}");
        assert!(matches!(Reference::from_files(&[]), Err(ReferenceError::Count { found: 0 })));
    }

    #[test]
    fn it_is_saved_in_few_numbers_and_read_with_care() {
        let one = reference(0.5);
        let json = serde_json::to_string(&one).unwrap();
        assert!(json.len() < 2_000, "{}", json.len());
        assert_eq!(serde_json::from_str::<Reference>(&json).unwrap(), one);
        for (from, to) in [("\"version\":1", "\"version\":2"), ("\"level_db\":[", "\"level_db\":[1.0,")] {
            assert!(serde_json::from_str::<Reference>(&json.replacen(from, to, 1)).is_err());
        }
    }
}
