//! What a user prefers, whatever the project: looks, the page shown last, the preset that new instances start with.
//!
//! Plain data; [`mod@file`] reads and writes it.

use serde::{Deserialize, Serialize};

pub mod file;

/// Layout that this program reads and writes.
pub const VERSION: u32 = 1;
/// Sizes of the window's contents, in per cent of the system's.
pub const SCALE_PERCENT: std::ops::RangeInclusive<u16> = 75..=200;
/// Smallest window, width and height in points.
pub const MIN_WINDOW_POINTS: [u32; 2] = [760, 480];
/// Largest window, width and height in points.
pub const MAX_WINDOW_POINTS: [u32; 2] = [7_680, 4_320];
/// Longest name of a preset, in bytes.
const MAX_NAME_BYTES: usize = 100;

/// Everything that a user prefers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserSettings {
    /// Layout of the file, see [`VERSION`].
    pub version: u32,
    /// Colours.
    pub theme: Theme,
    /// Size of everything in the window, 75…200 %.
    pub scale_percent: u16,
    /// Nothing moves that need not.
    pub reduced_motion: bool,
    /// Size of a new window, width and height, [`MIN_WINDOW_POINTS`] to [`MAX_WINDOW_POINTS`].
    pub window_size_points: [u32; 2],
    /// The page shown last.
    pub page: Page,
    /// The module of the master page shown last.
    pub module: Module,
    /// How spectra are drawn.
    pub analyser: Analyser,
    /// What new instances start with; none means the program's own defaults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_preset: Option<PresetChoice>,
}

impl Default for UserSettings {
    fn default() -> Self {
        Self {
            version: VERSION,
            theme: Theme::default(),
            scale_percent: 100,
            reduced_motion: false,
            window_size_points: [1_100, 720],
            page: Page::default(),
            module: Module::default(),
            analyser: Analyser::default(),
            default_preset: None,
        }
    }
}

/// Colours of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
    /// For eyes that need it.
    HighContrast,
}

/// Page of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// The chain.
    #[default]
    Master,
    /// The listener.
    Adaptive,
    /// The track player.
    Track,
    /// The preset library.
    Presets,
    /// These settings.
    Settings,
}

/// Module of the master page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Module {
    /// Equaliser.
    #[default]
    Eq,
    /// Compressor.
    Compressor,
    /// Stereo width.
    Width,
    /// Soft clipper.
    Clipper,
    /// Limiter.
    Limiter,
    /// Loudness meter.
    Loudness,
}

/// How spectra are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Analyser {
    /// Averaging over frequency.
    pub smoothing: Smoothing,
    /// Turned about 1 kHz so that music looks level.
    pub tilt_db_per_octave: Tilt,
    /// The highest levels stay visible.
    pub peak_hold: bool,
    /// The input is drawn beside the output.
    pub show_input: bool,
    /// Height of the scale.
    pub range_db: LevelRange,
}

impl Default for Analyser {
    fn default() -> Self {
        Self {
            smoothing: Smoothing::SixthOctave,
            tilt_db_per_octave: Tilt::Db4_5,
            peak_hold: false,
            show_input: true,
            range_db: LevelRange::Db90,
        }
    }
}

/// Averaging of a spectrum over frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Smoothing {
    /// Every bin as it is.
    None,
    /// A sixth of an octave.
    #[default]
    SixthOctave,
    /// A third of an octave.
    ThirdOctave,
}

/// Slope that is taken out of a drawn spectrum. In files the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "f32", into = "f32")]
pub enum Tilt {
    /// As measured.
    Flat,
    /// 3 dB per octave: pink noise is level.
    Db3,
    /// 4.5 dB per octave: much of popular music is level.
    Db4_5,
}

impl Tilt {
    /// From flat to steep.
    pub const ALL: [Self; 3] = [Self::Flat, Self::Db3, Self::Db4_5];

    /// Decibels per octave.
    pub fn db_per_octave(self) -> f32 {
        match self {
            Self::Flat => 0.0,
            Self::Db3 => 3.0,
            Self::Db4_5 => 4.5,
        }
    }
}

impl TryFrom<f32> for Tilt {
    type Error = String;

    fn try_from(found: f32) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|tilt| tilt.db_per_octave() == found);
        known.ok_or_else(|| format!("found {found}, expected 0, 3 or 4.5 dB per octave"))
    }
}

impl From<Tilt> for f32 {
    fn from(tilt: Tilt) -> Self {
        tilt.db_per_octave()
    }
}

/// Levels that fit on the scale of a spectrum. In files the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "f32", into = "f32")]
pub enum LevelRange {
    /// 60 dB.
    Db60,
    /// 90 dB.
    Db90,
    /// 120 dB.
    Db120,
}

impl LevelRange {
    /// From low to high.
    pub const ALL: [Self; 3] = [Self::Db60, Self::Db90, Self::Db120];

    /// Decibels from bottom to top.
    pub fn db(self) -> f32 {
        match self {
            Self::Db60 => 60.0,
            Self::Db90 => 90.0,
            Self::Db120 => 120.0,
        }
    }
}

impl TryFrom<f32> for LevelRange {
    type Error = String;

    fn try_from(found: f32) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|range| range.db() == found);
        known.ok_or_else(|| format!("found {found}, expected 60, 90 or 120 dB"))
    }
}

impl From<LevelRange> for f32 {
    fn from(range: LevelRange) -> Self {
        range.db()
    }
}

/// A preset by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PresetChoice {
    /// Display name, 1 to 100 bytes.
    pub name: String,
    /// Whose it is; the same name may stand in both places.
    pub origin: PresetOrigin,
}

/// Whose a preset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PresetOrigin {
    /// Comes with the program.
    Factory,
    /// A file of the user.
    User,
}

/// A value that this program would not write: place, what was found, what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
struct OutOfRange {
    at: &'static str,
    found: String,
    expected: String,
}

impl UserSettings {
    /// Checks what the types leave open.
    fn validate(&self) -> Result<(), OutOfRange> {
        let wrong = |at, found: String, expected: String| Err(OutOfRange { at, found, expected });
        if self.version != VERSION {
            return wrong("version", self.version.to_string(), VERSION.to_string());
        }
        if !SCALE_PERCENT.contains(&self.scale_percent) {
            let expected = format!("{} to {}", SCALE_PERCENT.start(), SCALE_PERCENT.end());
            return wrong("scale_percent", self.scale_percent.to_string(), expected);
        }
        for (side, at) in ["window_size_points[0]", "window_size_points[1]"].into_iter().enumerate() {
            let (found, low, high) =
                (self.window_size_points[side], MIN_WINDOW_POINTS[side], MAX_WINDOW_POINTS[side]);
            if !(low..=high).contains(&found) {
                return wrong(at, found.to_string(), format!("{low} to {high}"));
            }
        }
        match &self.default_preset {
            Some(preset) if !(1..=MAX_NAME_BYTES).contains(&preset.name.len()) => {
                let found = format!("{} bytes", preset.name.len());
                wrong("default_preset.name", found, format!("1 to {MAX_NAME_BYTES} bytes"))
            }
            _ => Ok(()),
        }
    }

    /// Takes over what differs between `before` and `after` and nothing else.
    fn take_changes(&mut self, before: &Self, after: &Self) {
        fn take<T: Clone + PartialEq>(here: &mut T, before: &T, after: &T) {
            if before != after {
                here.clone_from(after);
            }
        }
        // Without `..`: a new field has to be named here.
        let Self {
            version: _,
            theme,
            scale_percent,
            reduced_motion,
            window_size_points,
            page,
            module,
            analyser: Analyser { smoothing, tilt_db_per_octave, peak_hold, show_input, range_db },
            default_preset,
        } = self;
        take(theme, &before.theme, &after.theme);
        take(scale_percent, &before.scale_percent, &after.scale_percent);
        take(reduced_motion, &before.reduced_motion, &after.reduced_motion);
        take(window_size_points, &before.window_size_points, &after.window_size_points);
        take(page, &before.page, &after.page);
        take(module, &before.module, &after.module);
        take(default_preset, &before.default_preset, &after.default_preset);
        let (before, after) = (&before.analyser, &after.analyser);
        take(smoothing, &before.smoothing, &after.smoothing);
        take(tilt_db_per_octave, &before.tilt_db_per_octave, &after.tilt_db_per_octave);
        take(peak_hold, &before.peak_hold, &after.peak_hold);
        take(show_input, &before.show_input, &after.show_input);
        take(range_db, &before.range_db, &after.range_db);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Differs from the defaults in every field.
    pub(super) fn changed() -> UserSettings {
        UserSettings {
            version: VERSION,
            theme: Theme::HighContrast,
            scale_percent: 125,
            reduced_motion: true,
            window_size_points: [1_600, 900],
            page: Page::Settings,
            module: Module::Limiter,
            analyser: Analyser {
                smoothing: Smoothing::ThirdOctave,
                tilt_db_per_octave: Tilt::Db3,
                peak_hold: true,
                show_input: false,
                range_db: LevelRange::Db120,
            },
            default_preset: Some(PresetChoice { name: "Warm".into(), origin: PresetOrigin::Factory }),
        }
    }

    #[test]
    fn every_change_is_taken_and_nothing_else() {
        let (defaults, changed) = (UserSettings::default(), changed());
        let mut here = defaults.clone();
        here.take_changes(&defaults, &changed);
        assert_eq!(here, changed);
        here.take_changes(&defaults, &defaults);
        assert_eq!(here, changed);
        here.take_changes(&changed, &defaults);
        assert_eq!(here, defaults);

        let mut lighter = defaults.clone();
        lighter.theme = Theme::Light;
        lighter.analyser.peak_hold = true;
        let mut here = changed.clone();
        here.take_changes(&defaults, &lighter);
        assert_eq!(here, UserSettings { theme: Theme::Light, ..changed });
    }

    #[test]
    fn limits_are_named() {
        let defaults = UserSettings::default();
        assert_eq!(defaults.validate(), Ok(()));
        assert_eq!(changed().validate(), Ok(()));
        let at = |settings: UserSettings| settings.validate().unwrap_err().at;
        assert_eq!(at(UserSettings { scale_percent: 74, ..defaults.clone() }), "scale_percent");
        assert_eq!(at(UserSettings { scale_percent: 201, ..defaults.clone() }), "scale_percent");
        let sized = |window_size_points| UserSettings { window_size_points, ..defaults.clone() };
        assert_eq!(at(sized([759, 480])), "window_size_points[0]");
        assert_eq!(at(sized([760, 4_321])), "window_size_points[1]");
        let choice = |name: String| Some(PresetChoice { name, origin: PresetOrigin::User });
        for name in [String::new(), "x".repeat(101)] {
            let settings = UserSettings { default_preset: choice(name), ..defaults.clone() };
            assert_eq!(at(settings), "default_preset.name");
        }
    }
}
