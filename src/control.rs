//! Shared vocabulary of plain data: what the user set, what the engine reports.
//!
//! Every type here is `Copy`, holds user-facing units and knows nothing of hosts, files or threads. Parameters, presets
//! and tests build a [`MasterControls`]; the engine takes it by reference once per block.

use serde::{Deserialize, Serialize};

pub mod adaptive;
mod dynamics;
pub mod mix;
pub mod range;
pub mod session;

pub use dynamics::DynamicsPoint;

/// Number of bands of the equaliser.
pub const EQ_BANDS: usize = 8;

/// Default centre frequencies of the equaliser bands, in Hz.
pub const EQ_CENTRES_HZ: [f32; EQ_BANDS] =
    [60.0, 150.0, 400.0, 1_000.0, 2_400.0, 6_000.0, 10_000.0, 15_000.0];

/// Everything the mastering chain can be told.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MasterControls {
    /// Latency mode: look-ahead or none.
    pub mode: LatencyMode,
    /// Global listening and level settings.
    pub global: GlobalControls,
    /// Equaliser.
    pub eq: EqControls,
    /// Compressor.
    pub compressor: CompressorControls,
    /// Stereo width.
    pub width: WidthControls,
    /// Soft clipper.
    pub clipper: ClipperControls,
    /// True-peak limiter.
    pub limiter: LimiterControls,
    /// Word-length reduction.
    pub dither: DitherControls,
}

impl MasterControls {
    /// This sound, heard as `other` is: latency mode, bypass, gain match and delta are the other's.
    pub fn heard_as(mut self, other: &Self) -> Self {
        self.mode = other.mode;
        self.global.bypass = other.global.bypass;
        self.global.gain_match = other.global.gain_match;
        self.global.delta = other.global.delta;
        self
    }
}

/// How much latency the chain may use. The latency is constant within a mode, whatever the other controls say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LatencyMode {
    /// Look-ahead everywhere: the ceiling holds as true peak.
    #[default]
    Master,
    /// Zero latency for playing through it: no look-ahead, no oversampling, the ceiling holds for samples only.
    Live,
}

/// Gain stages around the chain and what is listened to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GlobalControls {
    /// Gain before the first stage, −24…+24 dB.
    pub input_gain_db: f32,
    /// Gain after the limiter, −24…0 dB: it can only lower the ceiling, never break it.
    pub output_trim_db: f32,
    /// Hear the input, delayed by the reported latency and otherwise untouched.
    pub bypass: bool,
    /// Bring the bypassed (or subtracted) signal to the loudness of the processed one.
    pub gain_match: bool,
    /// Hear what the chain adds or removes: processed minus delayed input.
    pub delta: bool,
}

impl Default for GlobalControls {
    fn default() -> Self {
        Self { input_gain_db: 0.0, output_trim_db: 0.0, bypass: false, gain_match: false, delta: false }
    }
}

/// Equaliser: eight bands in series.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EqControls {
    /// Stage switch.
    pub on: bool,
    /// The bands, in series in this order.
    pub bands: [EqBand; EQ_BANDS],
}

impl Default for EqControls {
    fn default() -> Self {
        Self { on: true, bands: EQ_CENTRES_HZ.map(|freq_hz| EqBand { freq_hz, ..EqBand::default() }) }
    }
}

/// One equaliser band.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EqBand {
    /// Band switch.
    pub on: bool,
    /// Hear only the region that this band works on. The first soloed band wins.
    pub solo: bool,
    /// Shape.
    pub kind: EqKind,
    /// Which part of the stereo image passes through the band.
    pub placement: EqPlacement,
    /// Steepness of the cut kinds.
    pub slope: CutSlope,
    /// Centre, corner or pivot frequency, 10 Hz…30 kHz.
    pub freq_hz: f32,
    /// Gain of bell, shelf and tilt, −24…+24 dB.
    pub gain_db: f32,
    /// Quality factor, 0.1…40. For cuts it scales the resonance of the last section; 0.71 is Butterworth.
    pub q: f32,
}

impl Default for EqBand {
    fn default() -> Self {
        Self {
            on: true,
            solo: false,
            kind: EqKind::Bell,
            placement: EqPlacement::Stereo,
            slope: CutSlope::Db12,
            freq_hz: 1_000.0,
            gain_db: 0.0,
            q: 0.71,
        }
    }
}

/// Shape of an equaliser band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EqKind {
    /// Peak or dip around the centre.
    #[default]
    Bell,
    /// Raises or lowers everything below.
    LowShelf,
    /// Raises or lowers everything above.
    HighShelf,
    /// High-pass: removes everything below.
    LowCut,
    /// Low-pass: removes everything above.
    HighCut,
    /// Removes the centre.
    Notch,
    /// Lowers one side of the pivot by half the gain and raises the other by half.
    Tilt,
}

/// Part of the stereo image that an equaliser band filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EqPlacement {
    /// Left and right alike.
    #[default]
    Stereo,
    /// The sum of both channels.
    Mid,
    /// Their difference.
    Side,
}

/// Steepness of low and high cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutSlope {
    /// 6 dB per octave.
    Db6,
    /// 12 dB per octave.
    #[default]
    Db12,
    /// 18 dB per octave.
    Db18,
    /// 24 dB per octave.
    Db24,
    /// 36 dB per octave.
    Db36,
    /// 48 dB per octave.
    Db48,
}

impl CutSlope {
    /// Filter order: 6 dB per octave each.
    pub fn order(self) -> usize {
        match self {
            Self::Db6 => 1,
            Self::Db12 => 2,
            Self::Db18 => 3,
            Self::Db24 => 4,
            Self::Db36 => 6,
            Self::Db48 => 8,
        }
    }
}

/// Feed-forward compressor.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CompressorControls {
    /// Stage switch.
    pub on: bool,
    /// Threshold, −60…0 dB.
    pub threshold_db: f32,
    /// Ratio, 1…20.
    pub ratio: f32,
    /// Width of the soft knee, 0…24 dB.
    pub knee_db: f32,
    /// Attack time constant, 0.1…200 ms.
    pub attack_ms: f32,
    /// Release time constant, 5…2000 ms; in auto mode the centre of the range that the programme moves it in.
    pub release_ms: f32,
    /// Release follows the crest factor of the programme.
    pub auto_release: bool,
    /// How far the detector sees ahead, 0…10 ms (always 0 in live mode).
    pub lookahead_ms: f32,
    /// Detector: 0 reads peaks, 1 reads RMS (a full-scale sine reads 0 dB in both).
    pub rms_blend: f32,
    /// High-pass in the detector path, 20…500 Hz; 20 Hz and below is off.
    pub sidechain_highpass_hz: f32,
    /// Detector listens to the external side-chain input.
    pub external_sidechain: bool,
    /// 0 compresses each channel by itself, 1 both by the louder.
    pub stereo_link: f32,
    /// Share of the compressed signal, 0…1; the rest is the untouched signal in phase.
    pub mix: f32,
    /// Gain after compression, −12…+24 dB.
    pub makeup_db: f32,
    /// Adds slow make-up so that the loudness stays what it was before compression.
    pub auto_makeup: bool,
}

impl Default for CompressorControls {
    fn default() -> Self {
        Self {
            on: false,
            threshold_db: -18.0,
            ratio: 2.0,
            knee_db: 6.0,
            attack_ms: 20.0,
            release_ms: 150.0,
            auto_release: true,
            lookahead_ms: 0.0,
            rms_blend: 0.5,
            sidechain_highpass_hz: 80.0,
            external_sidechain: false,
            stereo_link: 1.0,
            mix: 1.0,
            makeup_db: 0.0,
            auto_makeup: false,
        }
    }
}

/// Stereo width, mono bass and balance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WidthControls {
    /// Stage switch.
    pub on: bool,
    /// Gain of the side signal, 0…2.
    pub width: f32,
    /// Everything below is mono, 20…500 Hz; 20 Hz and below is off.
    pub mono_below_hz: f32,
    /// −1 (left only) … +1 (right only); attenuates the other side, never boosts.
    pub balance: f32,
}

impl Default for WidthControls {
    fn default() -> Self {
        Self { on: true, width: 1.0, mono_below_hz: 20.0, balance: 0.0 }
    }
}

/// Soft clipper before the limiter, four times oversampled in master mode.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClipperControls {
    /// Stage switch.
    pub on: bool,
    /// Gain into the clipper, 0…18 dB.
    pub drive_db: f32,
    /// Level that the clipped wave approaches, −18…0 dB.
    pub level_db: f32,
    /// 0 clips hard, 1 bends over the whole range.
    pub softness: f32,
}

impl Default for ClipperControls {
    fn default() -> Self {
        Self { on: false, drive_db: 0.0, level_db: 0.0, softness: 0.5 }
    }
}

/// True-peak look-ahead limiter.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimiterControls {
    /// Stage switch.
    pub on: bool,
    /// Gain into the limiter, 0…24 dB.
    pub drive_db: f32,
    /// Highest level that leaves the limiter, −20…0 dBTP.
    pub ceiling_db: f32,
    /// Time over which the gain glides down before a peak, 0.1…5 ms.
    pub attack_ms: f32,
    /// Time constant of the recovery, 1…1000 ms; in auto mode it scales both stages.
    pub release_ms: f32,
    /// Two-stage programme-dependent release.
    pub auto_release: bool,
    /// How much short peaks in one channel pull the other down, 0…1.
    pub link_transient: f32,
    /// How much sustained reduction in one channel pulls the other down, 0…1.
    pub link_release: f32,
}

impl Default for LimiterControls {
    fn default() -> Self {
        Self {
            on: true,
            drive_db: 0.0,
            ceiling_db: -1.0,
            attack_ms: 1.5,
            release_ms: 50.0,
            auto_release: true,
            link_transient: 0.75,
            link_release: 1.0,
        }
    }
}

/// Dither and word length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DitherControls {
    /// Stage switch; leave off where the host works in floating point.
    pub on: bool,
    /// Word length to round to.
    pub bits: DitherBits,
    /// Move the noise to where hearing is least sensitive.
    pub shaping: bool,
}

/// Word lengths that the dither stage can round to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DitherBits {
    /// 16 bit.
    #[default]
    Bits16,
    /// 20 bit.
    Bits20,
    /// 24 bit.
    Bits24,
}

impl DitherBits {
    /// Bits per sample.
    pub fn count(self) -> u32 {
        match self {
            Self::Bits16 => 16,
            Self::Bits20 => 20,
            Self::Bits24 => 24,
        }
    }
}

/// What the chain reports about the block it has just rendered. Reductions are positive dB, the largest of the block.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ChainTelemetry {
    /// Gain reduction of the compressor.
    pub compressor_reduction_db: f32,
    /// Gain reduction of the limiter.
    pub limiter_reduction_db: f32,
    /// Auto make-up of the compressor, signed dB.
    pub auto_makeup_db: f32,
    /// Gain that would match the input to the output's loudness, signed dB.
    pub match_gain_db: f32,
    /// Non-finite input samples replaced since the last reset.
    pub replaced_samples: u64,
}
