//! Vocabulary of adaptive mastering: what the listener may move, by how much, how fast, and what the user allows.
//!
//! The moves lie beside the user's own settings in a layer of their own: ten equaliser bands, a compressor, the width of
//! three regions and a gain into the limiter. Everything is plain data; nothing here knows threads or hosts.

use serde::{Deserialize, Serialize};

use super::EQ_CENTRES_HZ;
use super::range::Range;

/// Bands of the adaptive equaliser: low shelf, eight bells, high shelf.
pub const ADAPTIVE_BANDS: usize = 10;
/// Regions of the adaptive width.
pub const WIDTH_REGIONS: usize = 3;
/// Everything that can be moved.
pub const MOVES: usize = 19;

/// Corner of the low shelf, in Hz.
pub const LOW_SHELF_HZ: f32 = 120.0;
/// Corner of the high shelf, in Hz.
pub const HIGH_SHELF_HZ: f32 = 7_000.0;
/// Quality factor of the eight bells, whose centres are [`EQ_CENTRES_HZ`].
pub const BELL_Q: f32 = 0.9;
/// Quality factor of the shelves.
pub const SHELF_Q: f32 = 0.71;
/// Borders of the width regions, in Hz.
pub const WIDTH_BORDERS_HZ: [f32; WIDTH_REGIONS - 1] = [250.0, 4_000.0];

/// Part of the chain that a move belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Module {
    /// Equaliser.
    Eq,
    /// Compressor.
    Dynamics,
    /// Stereo width.
    Width,
    /// Gain into the limiter.
    Drive,
}

impl Module {
    /// All of them, in the order of [`AdaptiveAmounts::modules`].
    pub const ALL: [Self; 4] = [Self::Eq, Self::Dynamics, Self::Width, Self::Drive];
}

/// What is known of one move before any audio: name, bounds, speed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MoveSpec {
    /// Stable name for files and the command line.
    pub id: &'static str,
    /// Name for people.
    pub name: &'static str,
    /// Unit for people; empty for ratios.
    pub unit: &'static str,
    /// Where the move belongs.
    pub module: Module,
    /// The value that changes nothing.
    pub neutral: f32,
    /// Lowest value.
    pub min: f32,
    /// Highest value.
    pub max: f32,
    /// Fastest automatic change per second.
    pub slew_per_s: f32,
    /// Smallest difference that is worth a move.
    pub worth: f32,
}

const fn eq(id: &'static str, name: &'static str, limit_db: f32) -> MoveSpec {
    MoveSpec {
        id,
        name,
        unit: "dB",
        module: Module::Eq,
        neutral: 0.0,
        min: -limit_db,
        max: limit_db,
        slew_per_s: 0.5,
        worth: 0.7,
    }
}

const fn dynamics(
    id: &'static str,
    name: &'static str,
    unit: &'static str,
    [neutral, min, max]: [f32; 3],
    [slew_per_s, worth]: [f32; 2],
) -> MoveSpec {
    MoveSpec { id, name, unit, module: Module::Dynamics, neutral, min, max, slew_per_s, worth }
}

const fn width(id: &'static str, name: &'static str) -> MoveSpec {
    MoveSpec {
        id,
        name,
        unit: "",
        module: Module::Width,
        neutral: 1.0,
        min: 0.8,
        max: 1.2,
        slew_per_s: 0.02,
        worth: 0.04,
    }
}

/// The moves in their order. The outermost bands, sub and air, have the tightest bounds.
pub const MOVE_SPECS: [MoveSpec; MOVES] = [
    eq("low_shelf", "Low shelf", 3.0),
    eq("eq_60", "60 Hz", 2.0),
    eq("eq_150", "150 Hz", 4.0),
    eq("eq_400", "400 Hz", 4.0),
    eq("eq_1k", "1 kHz", 4.0),
    eq("eq_2k4", "2.4 kHz", 4.0),
    eq("eq_6k", "6 kHz", 4.0),
    eq("eq_10k", "10 kHz", 4.0),
    eq("eq_15k", "15 kHz", 2.0),
    eq("high_shelf", "High shelf", 3.0),
    dynamics("threshold", "Threshold", "dB", [0.0, -50.0, 0.0], [0.5, 1.0]),
    dynamics("ratio", "Ratio", "", [1.0, 1.0, 2.5], [0.05, 0.1]),
    dynamics("attack", "Attack", "ms", [20.0, 5.0, 60.0], [2.0, 5.0]),
    dynamics("release", "Release", "ms", [150.0, 60.0, 600.0], [20.0, 40.0]),
    width("width_low", "Width low"),
    width("width_mid", "Width mid"),
    width("width_high", "Width high"),
    MoveSpec {
        id: "drive",
        name: "Drive",
        unit: "dB",
        module: Module::Drive,
        neutral: 0.0,
        min: -12.0,
        max: 12.0,
        slew_per_s: 0.3,
        worth: 0.5,
    },
    // What the compressor takes from the loudness on average, given back: known from the rule before the first sample.
    dynamics("makeup", "Make-up", "dB", [0.0, 0.0, 6.0], [0.3, 0.5]),
];

/// Place of the compressor's threshold among the moves.
pub const THRESHOLD: usize = 10;
/// Place of the compressor's ratio.
pub const RATIO: usize = 11;
/// Place of the compressor's attack.
pub const ATTACK: usize = 12;
/// Place of the compressor's release.
pub const RELEASE: usize = 13;
/// Place of the first of the three widths.
pub const WIDTH: usize = 14;
/// Place of the drive.
pub const DRIVE: usize = 17;

/// Place of the compressor's make-up.
pub const MAKEUP: usize = 18;

/// Place of the move with this name.
pub fn move_by_id(id: &str) -> Option<usize> {
    MOVE_SPECS.iter().position(|spec| spec.id == id)
}

/// Centre or corner of an adaptive equaliser band, in Hz.
pub fn band_hz(band: usize) -> f32 {
    match band {
        0 => LOW_SHELF_HZ,
        1..=8 => EQ_CENTRES_HZ[band - 1],
        _ => HIGH_SHELF_HZ,
    }
}

/// A value for every move, in the units of [`MOVE_SPECS`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f32>", into = "Vec<f32>")]
pub struct Moves(pub [f32; MOVES]);

impl Moves {
    /// Nothing is changed.
    pub const NEUTRAL: Self = {
        let mut values = [0.0; MOVES];
        let mut i = 0;
        while i < MOVES {
            values[i] = MOVE_SPECS[i].neutral;
            i += 1;
        }
        Self(values)
    };

    /// The same within the bounds; what is not finite becomes neutral.
    pub fn bounded(mut self) -> Self {
        for (value, spec) in self.0.iter_mut().zip(&MOVE_SPECS) {
            *value = if value.is_finite() { value.clamp(spec.min, spec.max) } else { spec.neutral };
        }
        self
    }

    /// Whether every value is a number.
    pub fn is_finite(&self) -> bool {
        self.0.iter().all(|value| value.is_finite())
    }

    /// What remains of the moves with these amounts: neutral at zero, all of it at one. Threshold and times are taken as
    /// they are, since the ratio decides how much they do.
    pub fn scaled(&self, amounts: &AdaptiveAmounts) -> Self {
        let mut scaled = *self;
        for (i, (value, spec)) in scaled.0.iter_mut().zip(&MOVE_SPECS).enumerate() {
            if !matches!(i, THRESHOLD | ATTACK | RELEASE) {
                *value = spec.neutral + (*value - spec.neutral) * amounts.of(spec.module);
            }
        }
        scaled
    }
}

impl Default for Moves {
    fn default() -> Self {
        Self::NEUTRAL
    }
}

impl From<Moves> for Vec<f32> {
    fn from(moves: Moves) -> Self {
        moves.0.to_vec()
    }
}

impl TryFrom<Vec<f32>> for Moves {
    type Error = String;

    fn try_from(values: Vec<f32>) -> Result<Self, String> {
        let found = values.len();
        let values = values.try_into().map_err(|_| format!("found {found} moves, expected {MOVES}"))?;
        Ok(Self(values).bounded())
    }
}

/// How much of the moves is heard. The audio thread reads this with every block; it may be automated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdaptiveAmounts {
    /// Share of everything, 0…1.
    pub overall: f32,
    /// Share of each module, 0…1, in the order of [`Module::ALL`].
    pub modules: [f32; Module::ALL.len()],
}

impl AdaptiveAmounts {
    /// Nothing is heard.
    pub const NONE: Self = Self { overall: 0.0, modules: [1.0; 4] };
    /// Everything is heard.
    pub const ALL: Self = Self { overall: 1.0, modules: [1.0; 4] };

    /// Share of a module, 0…1.
    pub fn of(&self, module: Module) -> f32 {
        (self.overall * self.modules[module as usize]).clamp(0.0, 1.0)
    }
}

/// What the listener does with what it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdaptiveMode {
    /// Does not listen; no move is heard.
    Off,
    /// Listens and proposes; moves when it is told to.
    #[default]
    Suggest,
    /// Listens for half a minute, moves once, then holds.
    Learn,
    /// Follows the programme.
    Adaptive,
}

/// Which kind of master is aimed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Character {
    /// The middle of what is common.
    #[default]
    Neutral,
    /// More low middle, softer top.
    Warm,
    /// More top.
    Bright,
    /// More bass and attack.
    Punchy,
    /// More compression, fuller middle.
    Dense,
    /// Nothing compressed, gentler on the top.
    Open,
}

impl Character {
    /// All of them, in the order that people see.
    pub const ALL: [Self; 6] =
        [Self::Neutral, Self::Warm, Self::Bright, Self::Punchy, Self::Dense, Self::Open];

    /// The name in files and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Warm => "warm",
            Self::Bright => "bright",
            Self::Punchy => "punchy",
            Self::Dense => "dense",
            Self::Open => "open",
        }
    }
}

/// Loudness that drive may be moved towards, LUFS; the lowest stands for none.
pub const TARGET_LUFS: Range = Range { min: -40.0, max: -5.0, unit: "LUFS" };

/// Everything that the user sets about the listener.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AdaptiveControls {
    /// What is done with the proposals.
    pub mode: AdaptiveMode,
    /// How much of them is heard.
    pub amounts: AdaptiveAmounts,
    /// The kind of master.
    pub character: Character,
    /// Nothing moves on.
    pub freeze: bool,
    /// Integrated loudness that drive is moved towards, LUFS; none leaves drive alone.
    pub target_lufs: Option<f32>,
}

impl Default for AdaptiveControls {
    fn default() -> Self {
        Self {
            mode: AdaptiveMode::default(),
            amounts: AdaptiveAmounts::ALL,
            character: Character::default(),
            freeze: false,
            target_lufs: None,
        }
    }
}

/// How fast the engine goes where it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// Nobody asked for it just now: at most at the speed of [`MOVE_SPECS`].
    #[default]
    Automatic,
    /// The user asked for it: ten times as fast.
    ByHand,
    /// It has been there before: no travel.
    AtOnce,
}

/// What the engine's adaptive layer is told: where to go, how fast, and how much of it is heard.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adaptation {
    /// Where to go.
    pub moves: Moves,
    /// How much of it is heard.
    pub amounts: AdaptiveAmounts,
    /// How fast to go there.
    pub pace: Pace,
}

impl Adaptation {
    /// Nothing is moved.
    pub const NONE: Self =
        Self { moves: Moves::NEUTRAL, amounts: AdaptiveAmounts::ALL, pace: Pace::Automatic };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_names_agree() {
        for (place, id) in [
            (THRESHOLD, "threshold"),
            (RATIO, "ratio"),
            (ATTACK, "attack"),
            (RELEASE, "release"),
            (WIDTH, "width_low"),
            (DRIVE, "drive"),
            (MAKEUP, "makeup"),
        ] {
            assert_eq!(move_by_id(id), Some(place));
        }
        let modules = MOVE_SPECS.map(|spec| spec.module);
        assert_eq!(modules.iter().filter(|module| **module == Module::Eq).count(), ADAPTIVE_BANDS);
        assert_eq!(modules.iter().filter(|module| **module == Module::Width).count(), WIDTH_REGIONS);
        let hz: Vec<f32> = (0..ADAPTIVE_BANDS).map(band_hz).collect();
        assert_eq!(hz, [120.0, 60.0, 150.0, 400.0, 1_000.0, 2_400.0, 6_000.0, 10_000.0, 15_000.0, 7_000.0]);
    }

    #[test]
    fn amounts_scale_towards_neutral() {
        let mut moves = Moves::NEUTRAL;
        moves.0[3] = 4.0;
        moves.0[RATIO] = 2.0;
        moves.0[THRESHOLD] = -20.0;
        let mut amounts = AdaptiveAmounts { overall: 0.5, ..AdaptiveAmounts::ALL };
        amounts.modules[0] = 0.5;
        let scaled = moves.scaled(&amounts);
        assert_eq!((scaled.0[3], scaled.0[RATIO], scaled.0[THRESHOLD]), (1.0, 1.5, -20.0));
        assert_eq!(moves.scaled(&AdaptiveAmounts::NONE).0[RATIO], 1.0);
    }

    #[test]
    fn strangers_values_are_bounded() {
        let mut wild = vec![f32::NAN; MOVES];
        wild[1] = 99.0;
        let moves = Moves::try_from(wild).unwrap();
        assert_eq!(moves.0[1], 2.0);
        assert_eq!(moves.0[0], 0.0);
        assert!(Moves::try_from(vec![0.0; 3]).is_err());
    }
}
